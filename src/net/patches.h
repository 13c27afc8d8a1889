/* patches.h -- convolutions that are not 3 x 3 with stride 1, as products of matrices.
 *
 * Batches lie as in image.h, parameters and their gradients as in conv.h.  A 1 x 1 convolution is the
 * product of all pixels [n rows columns, in] with the weights; for the others the k x k pixels that every
 * output reads are copied side by side first. */
#ifndef NET_PATCHES_H
#define NET_PATCHES_H

#include <stdbool.h>
#include <stddef.h>

#include "net/conv.h"
#include "net/real.h"

/* Reals of scratch memory of the following functions. */
size_t patches_scratch(const conv_shape *s);

/* y = conv(x) + bias;  the shape is that of conv.h. */
void patches_forward(real *y, const real *x, const real *weight, const real *bias,
                     const conv_shape *s, real *scratch);

/* Gradients: of the parameters, added; of x, assigned or added, unless dx is NULL. */
void patches_backward(real *dx, bool add, real *d_weight, real *d_bias, const real *dy,
                      const real *x, const real *weight, const conv_shape *s, real *scratch);

/* One pixel at a time:  y [pixels, row] = bias; then for every part  y += x weight^T.
 * Args  y_row, x_row  numbers per pixel;  weight [out, w_row] begins at the part's first channel. */
void pixels_bias(real *y, size_t y_row, const real *bias, size_t out, size_t pixels);
void pixels_forward(real *y, size_t y_row, const real *x, size_t x_row, const real *weight,
                    size_t w_row, size_t in, size_t out, size_t pixels, real *pack);

/* Gradients, added: of the weights, of the bias, of x. */
void pixels_backward_weight(real *d_weight, size_t w_row, const real *dy, size_t y_row,
                            const real *x, size_t x_row, size_t in, size_t out, size_t pixels,
                            real *pack);
void pixels_backward_bias(real *d_bias, const real *dy, size_t y_row, size_t out, size_t pixels,
                          real *sum);
void pixels_backward_input(real *dx, size_t x_row, const real *dy, size_t y_row, const real *weight,
                           size_t w_row, size_t in, size_t out, size_t pixels, real *pack);

#endif
