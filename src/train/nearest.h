/* nearest.h -- for every image of one set, the nearest image of another: was it learnt by heart? */
#ifndef TRAIN_NEAREST_H
#define TRAIN_NEAREST_H

#include <stdbool.h>
#include <stddef.h>

#include "data/images.h"
#include "train/parallel.h"

/* The Euclidean distance of pixels, black 0 and white 1, to the nearest image of `among`.
 * Eq.      distance[i]^2 = min_j sum_p ((a_ip - b_jp) / 255)^2
 * Args     distance [s->n];  index [s->n] receives which it is, or NULL.
 * The products are taken in float, which can take another image that is as near but for a relative
 * 1e-5; the distance that is returned is exact for the image that is named.
 * Cost     s->n among->n pixels multiply-adds: 1 s on two cores for 1000 images among 60000.
 * Returns  false for sets without images or of different sizes, or without memory. */
bool nearest_find(double *distance, size_t *index, const images *s, const images *among,
                  parallel *pool);

#endif
