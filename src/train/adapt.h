/* adapt.h -- data sets as what a trainer draws from, and as the exact oracle to measure it by. */
#ifndef TRAIN_ADAPT_H
#define TRAIN_ADAPT_H

#include <stdint.h>

#include "data/images.h"
#include "data/toy.h"
#include "net/counter.h"
#include "net/real.h"
#include "theory/mixture.h"

/* Where x_0 comes from.  draw fills x_0 [D]; it is called from several threads at once.
 * Args of draw  index  the running number of the sample, step * batch + place in the batch: a data
 *                      set that is gone through in epochs takes its element from it;
 *               rng    random numbers that belong to this sample alone. */
typedef struct adapt_data {
    size_t D;
    void (*draw)(real *x_0, uint64_t index, counter_rng *rng, const void *params);
    const void *params;
} adapt_data;

/* A toy data set in the units that the network sees:  x_0 = (x - shift) / scale.
 * One scale for all coordinates, so that a mixture of round bumps stays one. */
typedef struct adapt_toy {
    const toy *d;
    const double *shift; /* [D]; NULL means 0 */
    double scale;        /* > 0; 1 leaves the units alone */
} adapt_toy;

/* Valid as long as a and what it points to. */
adapt_data adapt_toy_data(const adapt_toy *a);

/* The law of x_0, for the exact denoiser.
 * Returns  NULL with GSL_EINVAL when the data are no mixture (checkerboard), GSL_ENOMEM. */
mixture *adapt_toy_mixture(const adapt_toy *a);

/* Draws from a set of images, with replacement: x_0 = v/127.5 - 1.  Valid as long as s. */
adapt_data adapt_images_data(const images *s);

/* Draws from a mixture itself (D <= 4096).  Valid as long as m; gamma is not touched. */
adapt_data adapt_mixture_data(const mixture *m);

#endif
