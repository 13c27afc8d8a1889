/* resample.h -- nearest-neighbour upsampling: every pixel becomes 2 x 2 of its kind.
 *
 * These are the naive versions, on batches of images; the fast ones are fused to the convolution that
 * follows (winograd.h). */
#ifndef NET_RESAMPLE_H
#define NET_RESAMPLE_H

#include <stddef.h>

#include "net/real.h"

/* y [images, 2 rows, 2 columns] of x [images, rows, columns]. */
void upsample_naive_forward(real *y, const real *x, size_t images, size_t rows, size_t columns);

/* dx [images, rows, columns] += the four numbers of dy that came from each. */
void upsample_naive_backward(real *dx, const real *dy, size_t images, size_t rows, size_t columns);

#endif
