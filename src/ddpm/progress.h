/* progress.h -- how far a long computation is: one line that is rewritten on a terminal, a few plain
 * lines elsewhere; on stderr, because results belong to stdout. */
#ifndef DDPM_PROGRESS_H
#define DDPM_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "check/check.h"

typedef struct progress {
    const char *what;            /* "step" */
    uint64_t first, done, total; /* steps when it began, at the last line, at the end */
    double began, shown;         /* seconds of a monotonic clock */
    bool terminal;
} progress;

/* Args  what  a noun for what is counted;  first  how many are already done. */
progress progress_start(const char *what, uint64_t first, uint64_t total);

/* Is it time for a line?  A terminal gets five in a second, a file at most twenty in all. */
bool progress_due(const progress *p, uint64_t done);

/* Show a line: count, share, the words, time to the end. */
void progress_show(progress *p, uint64_t done, const char *format, ...) CHECK_PRINTF(3, 4);

/* Wipe the line of a terminal, before anything else is printed. */
void progress_end(progress *p);

/* Seconds since it began. */
double progress_seconds(const progress *p);

/* A time for people: "3.2 s", "4 min 10 s", "1 h 03 min". */
void progress_print_time(char *text, size_t size, double seconds);

#endif
