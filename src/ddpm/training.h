/* training.h -- a training of `ddpm train`, from its beginning or from a checkpoint to its end. */
#ifndef DDPM_TRAINING_H
#define DDPM_TRAINING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ddpm/model.h"
#include "ddpm/words.h"
#include "train/trainer.h"

/* What the command line asks for. */
typedef struct training_request {
    words given;
    const char *out, *log, *mnist; /* log, mnist: NULL when not given */
    bool resume, overwrite;
    uint64_t save_every, stop_at; /* stop_at 0: not given */
    size_t threads;
} training_request;

/* Train as asked; everything unusable ends the program with one line and exit 2.
 * Returns  the exit status of the program. */
int training_run(const training_request *r);

#endif
