/* model_data.h -- the data of a model: points or images, in the network's units. */
#ifndef DDPM_MODEL_DATA_H
#define DDPM_MODEL_DATA_H

#include "ddpm/model.h"

/* Read what --data names; fills d or i, D, rows, columns and data_hash.  Data that cannot be had end
 * the program with one line and exit 2. */
void model_read_data(model *m, const words *w, const char *mnist);

/* shift and scale: points from a file get mean 0 and a mean variance of 1, built-in points have them
 * nearly; images are read in their units. */
void model_choose_units(model *m, const words *w);

/* Read the data again and refuse those that are not what data_hash, from the checkpoint at path, says. */
void model_read_same_data(model *m, const words *w, const char *path, const char *mnist);

#endif
