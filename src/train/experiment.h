/* experiment.h -- train one network from start to end: what a lesson means by "train a network". */
#ifndef TRAIN_EXPERIMENT_H
#define TRAIN_EXPERIMENT_H

#include <stddef.h>

#include "net/mlp.h"
#include "net/network.h"
#include "theory/schedule.h"
#include "train/adapt.h"
#include "train/denoise.h"
#include "train/task.h"
#include "train/trainer.h"

/* The question. */
typedef struct experiment {
    const schedule *s;                  /* must outlive the answer */
    const char *predict, *loss, *sigma; /* words of task_alloc; NULL means its defaults */
    adapt_data data;                    /* must outlive the answer */
    size_t width, depth, embed;         /* of the MLP; 0 means 128, 4, 128 */
    trainer_config config; /* from trainer_defaults; warm_up is cut to a tenth of the steps */
} experiment;

/* The answer: a trained network, ready to be sampled and measured (by its averaged parameters). */
typedef struct trained {
    task *k;
    network *net;
    trainer *w;
    denoise *use;
} trained;

/* Everything made, nothing trained yet: use speaks of the initial parameters.
 * Returns  NULL with one line in error. */
trained *trained_alloc(const experiment *e, char *error, size_t error_size);

/* Train for all steps of the configuration; progress on stderr when that is a terminal, and one line
 * with the wall time at the end, both headed by name.  use speaks of the averaged parameters then.
 * Returns  false with one line in error when a number was not finite. */
bool trained_run(trained *a, const char *name, char *error, size_t error_size);

/* NULL is legal. */
void trained_free(trained *a);

#endif
