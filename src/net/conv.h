/* conv.h -- convolution of images, forward and backward: the naive version, to read and to compare with.
 *
 *     y[o][i][j] = b[o] + sum_{c,u,v} w[o][c][u][v] x[c][stride i + u - pad][stride j + v - pad],
 *
 * x = 0 outside the image, k x k weights, pad = (k - 1)/2 rounded down.  (As everywhere in this trade, that is
 * a correlation.)  Batches are [n, channels, rows, columns], weights [out, in, k, k], as in PyTorch.
 * The fast versions are in winograd.h (3 x 3, stride 1) and patches.h (the rest). */
#ifndef NET_CONV_H
#define NET_CONV_H

#include <stddef.h>

#include "net/real.h"

typedef struct conv_shape {
    size_t n, in, out;
    size_t rows, columns; /* of x */
    size_t k, stride;
} conv_shape;

/* Rows and columns of y. */
size_t conv_rows(const conv_shape *s);
size_t conv_columns(const conv_shape *s);

/* y [n, out, conv_rows, conv_columns]. */
void conv_naive_forward(real *y, const real *x, const real *w, const real *b, const conv_shape *s);

/* Gradients, added to dx, dw and db; dx may be NULL. */
void conv_naive_backward(real *dx, real *dw, real *db, const real *dy, const real *x, const real *w,
                         const conv_shape *s);

#endif
