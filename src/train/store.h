/* store.h -- trained parameters and the state of a trainer in a checkpoint (net/checkpoint.h).
 *
 * The averaged parameters go by the network's own names ("layers.0.weight"): they are what other
 * programs want.  What only a resume needs is prefixed: "train.theta.", "train.m.", "train.v.".
 * The step is the word "step" of the metadata; the words "task", "batch" and "seed" go with it,
 * because the steps to come depend on them.  Everything else in the file is the caller's. */
#ifndef TRAIN_STORE_H
#define TRAIN_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "net/checkpoint.h"
#include "net/network.h"
#include "train/trainer.h"

/* Append parameters as tensors F32 under prefix + the network's names.
 * Args     theta  [net->parameters], borrowed until the checkpoint is freed;  prefix  "" or "train.m."
 * Returns  false with one line in error. */
bool store_parameters(checkpoint *c, const network *net, const real *theta, const char *prefix,
                      char *error, size_t error_size);

/* Read them back; theta is undefined after a failure.
 * Returns  false with one line in error that names the tensor: missing, another shape. */
bool store_find_parameters(const checkpoint *c, const network *net, real *theta, const char *prefix,
                           char *error, size_t error_size);

/* Append all that a resume needs, the averaged parameters first. */
bool store_trainer(checkpoint *c, const trainer *w, char *error, size_t error_size);

/* Continue from it, bit by bit.
 * Returns  false with one line in error: no training state in the file, another task, batch or seed,
 *          tensors that do not fit, numbers that are not finite.  Then w is not to be used. */
bool store_find_trainer(const checkpoint *c, trainer *w, char *error, size_t error_size);

#endif
