/* training_log.h -- the course of a training as a table: how long must I train?
 *
 * Tab-separated, header `# step samples seconds loss rate`: the mean loss per coordinate since the line
 * before, and the seconds spent in training so far, over all interruptions. */
#ifndef DDPM_TRAINING_LOG_H
#define DDPM_TRAINING_LOG_H

#include <stdint.h>

typedef struct training_log training_log;

/* Begin a log, or go on with the one that is there: lines beyond the step are dropped, because the
 * training that is resumed there will write them again.  Step 0 begins anew.  A file that cannot be read
 * or written, or is no such log, ends the program with one line and exit 2. */
training_log *training_log_open(const char *path, uint64_t step);

/* Append a line and hand it to the system.
 * Args  seconds  since training_log_open. */
void training_log_line(training_log *log, uint64_t step, uint64_t samples, double seconds,
                       double loss, double rate);

/* NULL is legal. */
void training_log_close(training_log *log);

#endif
