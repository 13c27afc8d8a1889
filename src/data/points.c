/* points -- reads rows of numbers from a text file, and trusts nothing in it. */
#include "data/points.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "data/idx.h"

enum {
    LONGEST_WORD = 63,   /* characters of a number; %.17g needs 24 */
    FIRST_ROOM = 1024,   /* numbers; doubled from there */
    LONGEST_PLACE = 4200 /* "file:line"; no file with a longer name can be opened */
};

/* The numbers read so far, and where we are. */
typedef struct reader {
    const char *path;
    FILE *stream;
    size_t line, row; /* line: 1.. while reading; row: where the present row starts in x */
    size_t D;         /* 0 until the first row is complete */
    double *x;
    size_t have, room, most;
    points_rule *rule;
    char *error;
    size_t error_size;
} reader;

/* "file:line: fault" */
static int refuse(const reader *r, const char *fault)
{
    char place[LONGEST_PLACE];
    snprintf(place, sizeof place, "%s:%zu", r->path, r->line);
    return idx_fail(r->error, r->error_size, place, GSL_EFAILED, "%s", fault);
}

static int refuse_size(const reader *r, const char *format, size_t seen, size_t expected)
{
    char fault[120];
    snprintf(fault, sizeof fault, format, seen, expected);
    return refuse(r, fault);
}

static int refuse_word(const reader *r, const char *word, const char *expected)
{
    char fault[LONGEST_WORD + 120];
    snprintf(fault, sizeof fault, "found `%s`, expected %s", word, expected);
    return refuse(r, fault);
}

/* --- One number ---------------------------------------------------------------------------- */

static int append(reader *r, double value)
{
    if (r->have - r->row == POINTS_MAX_D)
        return refuse_size(r, "more than %zu numbers in one row", POINTS_MAX_D, 0);
    if (r->have == r->most) return refuse_size(r, "more than %zu numbers in the file", r->most, 0);
    if (r->have == r->room) {
        const size_t room = r->room ? 2 * r->room : FIRST_ROOM;
        double *larger = realloc(r->x, room * sizeof *larger);
        if (larger == NULL) return refuse_size(r, "out of memory after %zu numbers", r->have, 0);
        r->x = larger;
        r->room = room;
    }
    r->x[r->have++] = value;
    return GSL_SUCCESS;
}

/* The next character that is no blank; it stays in the stream. */
static int skip_blanks(FILE *stream)
{
    int c;
    do c = getc(stream);
    while (c == ' ' || c == '\t' || c == '\r');
    return ungetc(c, stream);
}

static int ends_word(int c)
{
    return c == EOF || (c != '\0' && strchr(" \t\r\n,;#", c) != NULL);
}

/* One word, which must be a number.  The word's length is bounded, so that a file of rubbish
 * without an end costs no memory. */
static int read_number(reader *r)
{
    char word[LONGEST_WORD + 1], *end;
    size_t length = 0;
    int c;
    while (!ends_word(c = getc(r->stream)) && length < LONGEST_WORD)
        word[length++] = c == '\0' ? '?' : (char)c;
    word[length] = '\0';
    ungetc(c, r->stream);
    if (length == 0) return refuse(r, "an empty field, expected a number");
    const double value = strtod(word, &end);
    if (*end != '\0' || !ends_word(c))
        return refuse_word(r, word, "a number (a line of words may start with #)");
    if (!(fabs(value) <= POINTS_MAX_SIZE)) /* NaN too */
        return refuse_word(r, word, "a finite number of size at most 1e15");
    return append(r, value);
}

/* --- One row ------------------------------------------------------------------------------- */

static void skip_comment(FILE *stream)
{
    int c;
    do c = getc(stream);
    while (c != '\n' && c != EOF);
    ungetc(c, stream);
}

static int check_row(reader *r)
{
    const size_t count = r->have - r->row;
    if (count == 0) return GSL_SUCCESS; /* a blank line */
    if (r->D == 0) r->D = count;
    if (count != r->D)
        return refuse_size(r, "%zu numbers in this row, expected %zu as in the rows before", count,
                           r->D);
    const char *expected = r->rule != NULL ? r->rule(r->x + r->row, r->D) : NULL;
    if (expected != NULL) return refuse(r, expected);
    r->row = r->have;
    return GSL_SUCCESS;
}

/* Numbers up to the end of the line, which stays in the stream. */
static int read_row(reader *r)
{
    for (;;) {
        int c = skip_blanks(r->stream);
        if (c == '#') {
            skip_comment(r->stream);
            return check_row(r);
        }
        if (c == '\n' || c == EOF) return check_row(r);
        if ((c == ',' || c == ';') && r->have > r->row) {
            getc(r->stream);
            skip_blanks(r->stream);
        }
        const int status = read_number(r);
        if (status != GSL_SUCCESS) return status;
    }
}

/* --- The file ------------------------------------------------------------------------------ */

/* Spreadsheets start a file with the three bytes of U+FEFF. */
static void skip_byte_order_mark(FILE *stream)
{
    static const int mark[] = {0xef, 0xbb, 0xbf};
    int c = getc(stream);
    for (size_t i = 0; i < 3 && c == mark[i]; i++) c = getc(stream);
    ungetc(c, stream);
}

static int read_rows(reader *r)
{
    skip_byte_order_mark(r->stream);
    int c, status;
    do {
        r->line++;
        status = read_row(r);
        c = getc(r->stream);
    } while (status == GSL_SUCCESS && c == '\n');
    return status;
}

static int read_file(reader *r)
{
    r->stream = fopen(r->path, "r");
    if (r->stream == NULL)
        return idx_fail(r->error, r->error_size, r->path, GSL_EFAILED,
                        "cannot be opened (%s), expected a file of numbers", strerror(errno));
    const int status = read_rows(r);
    const int fault = ferror(r->stream) ? errno : 0;
    fclose(r->stream);
    if (status != GSL_SUCCESS) return status;
    if (fault != 0)
        return idx_fail(r->error, r->error_size, r->path, GSL_EFAILED,
                        "cannot be read (%s), expected a file of numbers", strerror(fault));
    if (r->have == 0)
        return idx_fail(r->error, r->error_size, r->path, GSL_EFAILED,
                        "no numbers, expected one point per line");
    return GSL_SUCCESS;
}

points *points_read(const char *path, size_t most, points_rule *rule, char *error,
                    size_t error_size)
{
    reader r = {.path = path, .most = most, .rule = rule, .error = error, .error_size = error_size};
    int status = read_file(&r);
    points *p = status == GSL_SUCCESS ? malloc(sizeof *p) : NULL;
    if (p == NULL) {
        if (status == GSL_SUCCESS)
            idx_fail(error, error_size, path, GSL_ENOMEM, "out of memory after reading");
        free(r.x);
        return NULL;
    }
    *p = (points){r.have / r.D, r.D, r.x};
    return p;
}

void points_free(points *p)
{
    if (p == NULL) return;
    free(p->x);
    free(p);
}
