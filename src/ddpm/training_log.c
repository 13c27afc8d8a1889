/* training_log.c -- the course of a training as a table. */
#include "ddpm/training_log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "check/output.h"

struct training_log {
    FILE *f;
    const char *path;
    double before; /* seconds of the training up to here */
};

static const char header[] = "# step\tsamples\tseconds\tloss\trate\n";

/* The log of the training so far; NULL when there is none. */
static FILE *open_old(const char *path)
{
    char line[sizeof header];
    FILE *f = fopen(path, "r");
    if (!f && errno == ENOENT) return NULL;
    if (!f) check_refuse("--log %s: %s", path, strerror(errno));
    if (!fgets(line, sizeof line, f) || strcmp(line, header) != 0)
        check_refuse("--log %s: exists and is no log of a training", path);
    return f;
}

/* Copy the lines up to the step; the seconds of the last one. */
static double keep(FILE *from, FILE *to, uint64_t step)
{
    char line[256];
    double seconds = 0.0, last = 0.0;
    while (fgets(line, sizeof line, from)) {
        uint64_t at;
        if (sscanf(line, "%" SCNu64 "\t%*u\t%lf", &at, &seconds) != 2 || !strchr(line, '\n')) break;
        if (at > step) break;
        fputs(line, to);
        last = seconds;
    }
    return last;
}

training_log *training_log_open(const char *path, uint64_t step)
{
    training_log *log = calloc(1, sizeof *log);
    if (!log) check_refuse("ddpm train: out of memory");
    log->path = path;
    FILE *old = step > 0 ? open_old(path) : NULL;
    output *o = output_open("--log", path);
    fputs(header, o->stream);
    if (old) {
        log->before = keep(old, o->stream, step);
        fclose(old);
    }
    output_close(o);
    log->f = fopen(path, "a");
    if (!log->f) check_refuse("--log %s: %s", path, strerror(errno));
    return log;
}

/* A log that cannot be written is no reason to lose a training. */
void training_log_line(training_log *log, uint64_t step, uint64_t samples, double seconds,
                       double loss, double rate)
{
    fprintf(log->f, "%" PRIu64 "\t%" PRIu64 "\t%.2f\t%.6g\t%.4g\n", step, samples,
            log->before + seconds, loss, rate);
    if (fflush(log->f) == 0) return;
    fprintf(stderr, "ddpm train: --log %s: %s\n", log->path, strerror(errno));
    clearerr(log->f);
}

void training_log_close(training_log *log)
{
    if (!log) return;
    fclose(log->f);
    free(log);
}
