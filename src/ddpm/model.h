/* model.h -- what the words mean: data, schedule, task and network, made from options or from a
 * checkpoint. */
#ifndef DDPM_MODEL_H
#define DDPM_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "data/images.h"
#include "data/toy.h"
#include "ddpm/words.h"
#include "net/checkpoint.h"
#include "net/digest.h"
#include "net/network.h"
#include "theory/mixture.h"
#include "theory/schedule.h"
#include "train/adapt.h"
#include "train/task.h"
#include "train/trainer.h"

typedef struct model {
    size_t D;
    toy *d;                     /* NULL for images, and in a model that only samples */
    images *i;                  /* NULL for points, and in a model that only samples */
    size_t rows, columns;       /* of an image; 0 for points */
    char data_hash[DIGEST_HEX]; /* of a data file or of images; "" for built-in points */
    double *shift, scale;       /* the network sees (x - shift) / scale */
    adapt_toy units;
    schedule *s;
    task *k;
    network *net;
} model;

/* The model of a complete set of words.  Points from a file are brought to mean 0 and a mean variance
 * of 1, images to [-1, 1]; T and the betas join the words.  What does not fit together ends the
 * program with one line and exit 2.
 * Args  mnist  where the MNIST files are (option --mnist), or NULL. */
model *model_from_words(words *w, const char *mnist);

/* The model of a checkpoint, whose words are in w: its schedule and units as they are stored.
 * Args     path  of the checkpoint, for messages;
 *          with_data  read the data set too; data that have changed since are refused;
 *          mnist  as above. */
model *model_from_checkpoint(const words *w, const checkpoint *c, const char *path, bool with_data,
                             const char *mnist);

void model_free(model *m); /* NULL is legal */

/* Append words, units and schedule; m and w must outlive c.   Returns  false with one line in error. */
bool model_store(const model *m, const words *w, checkpoint *c, char *error, size_t error_size);

/* What a trainer draws from.  Valid as long as m. */
adapt_data model_data(const model *m);

/* The configuration of its training. */
trainer_config model_config(const words *w, size_t threads);

/* One line that says what it is. */
void model_print(const model *m, const words *w, FILE *f);

#endif
