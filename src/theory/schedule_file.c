/* schedule_file.c -- reads a schedule from a text file and says exactly what is wrong with it. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "theory/schedule.h"

enum { LONGEST_LINE = 256, MOST_STEPS = 10000000 };

/* The betas read so far, and where we are. */
typedef struct reader {
    const char *path;
    FILE *stream;
    double *beta;
    size_t n, room, line;
    char *error;
    size_t error_size;
} reader;

static int refuse(reader *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const int n = r->line ? snprintf(r->error, r->error_size, "%s:%zu: ", r->path, r->line)
                          : snprintf(r->error, r->error_size, "%s: ", r->path);
    if (n >= 0 && (size_t)n < r->error_size)
        vsnprintf(r->error + n, r->error_size - (size_t)n, format, args);
    va_end(args);
    return GSL_EFAILED;
}

static int append(reader *r, double beta)
{
    if (!(0.0 < beta && beta < 1.0))
        return refuse(r, "beta %g, expected a number strictly between 0 and 1", beta);
    if (r->n > 0 && beta < r->beta[r->n - 1])
        return refuse(
            r, "beta %g is below the one before, %g; expected a schedule that does not decrease",
            beta, r->beta[r->n - 1]);
    if (r->n == MOST_STEPS) return refuse(r, "more than %d steps", MOST_STEPS);
    if (r->n == r->room) {
        const size_t room = r->room ? 2 * r->room : 1024;
        double *larger = realloc(r->beta, room * sizeof *larger);
        if (!larger) return refuse(r, "out of memory");
        r->beta = larger;
        r->room = room;
    }
    r->beta[r->n++] = beta;
    return GSL_SUCCESS;
}

/* One line: nothing, a comment, `beta`, or `t beta`. */
static int read_line(reader *r, char *text)
{
    if (!strchr(text, '\n') && !feof(r->stream))
        return refuse(r, "a line longer than %d characters", LONGEST_LINE - 2);
    char *word = text + strspn(text, " \t\r\n");
    if (*word == '\0' || *word == '#') return GSL_SUCCESS;
    char *end;
    double first = strtod(word, &end);
    if (end == word) return refuse(r, "expected a number");
    word = end + strspn(end, " \t\r\n");
    if (*word == '\0') return append(r, first);
    const double second = strtod(word, &end);
    if (end == word || end[strspn(end, " \t\r\n")] != '\0')
        return refuse(r, "expected `beta` or `t beta`");
    if (first != (double)(r->n + 1))
        return refuse(r, "t = %g where %zu was expected", first, r->n + 1);
    return append(r, second);
}

static int read_all(reader *r)
{
    char text[LONGEST_LINE];
    r->stream = fopen(r->path, "r");
    if (!r->stream) return refuse(r, "cannot read: %s", strerror(errno));
    int status = GSL_SUCCESS;
    while (status == GSL_SUCCESS && fgets(text, sizeof text, r->stream)) {
        r->line++;
        status = read_line(r, text);
    }
    const int broken = ferror(r->stream);
    fclose(r->stream);
    if (status != GSL_SUCCESS) return status;
    r->line = 0;
    if (broken) return refuse(r, "cannot read (is it a directory?)");
    return r->n > 0 ? GSL_SUCCESS : refuse(r, "no betas; expected one per line");
}

schedule *schedule_file_alloc(const char *path, char *error, size_t error_size)
{
    reader r = {.path = path, .error = error, .error_size = error_size};
    schedule *s = NULL;
    if (read_all(&r) == GSL_SUCCESS) {
        gsl_error_handler_t *old = gsl_set_error_handler_off();
        s = schedule_from_beta_alloc(r.beta, r.n);
        gsl_set_error_handler(old);
        if (!s) refuse(&r, "alpha_bar underflows after %zu steps, or memory is short", r.n);
    }
    free(r.beta);
    return s;
}
