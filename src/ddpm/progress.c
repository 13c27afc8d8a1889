/* progress.c -- how far a long computation is. */
#include "ddpm/progress.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static const double interval = 0.2; /* seconds between two states of a terminal's line */
enum { LINES = 20 };                /* in a file, from start to end */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

progress progress_start(const char *what, uint64_t first, uint64_t total)
{
    const double t = now();
    return (progress){.what = what,
                      .first = first,
                      .done = first,
                      .total = total,
                      .began = t,
                      .shown = t - interval,
                      .terminal = isatty(STDERR_FILENO)};
}

bool progress_due(const progress *p, uint64_t done)
{
    if (p->terminal) return done == p->total || now() - p->shown >= interval;
    return done == p->total || (done - p->done) >= (p->total + LINES - 1) / LINES;
}

void progress_print_time(char *text, size_t size, double seconds)
{
    const unsigned long s = (unsigned long)(seconds + 0.5);
    if (seconds < 10.0)
        snprintf(text, size, "%.1f s", seconds);
    else if (s < 100)
        snprintf(text, size, "%lu s", s);
    else if (s < 6000)
        snprintf(text, size, "%lu min %02lu s", s / 60, s % 60);
    else
        snprintf(text, size, "%lu h %02lu min", s / 3600, s % 3600 / 60);
}

void progress_show(progress *p, uint64_t done, const char *format, ...)
{
    char words[96], left[32];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    const double t = now();
    const uint64_t made = done > p->first ? done - p->first : 1;
    progress_print_time(left, sizeof left,
                        (t - p->began) / (double)made * (double)(p->total - done));
    fprintf(stderr, "%s%s %" PRIu64 "/%" PRIu64 " %3.0f %%  %s  ETA %s%s", p->terminal ? "\r" : "",
            p->what, done, p->total, 100.0 * (double)done / (double)p->total, words, left,
            p->terminal ? "\033[K" : "\n");
    fflush(stderr);
    p->shown = t;
    p->done = done;
}

void progress_end(progress *p)
{
    if (p->terminal) fputs("\r\033[K", stderr);
    fflush(stderr);
}

double progress_seconds(const progress *p)
{
    return now() - p->began;
}
