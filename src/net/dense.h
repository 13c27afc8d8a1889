/* dense.h -- the dense layer  y = act(W x + b)  on feature-major batches.
 *
 * A batch of n samples with `in` features is x [in,n]: row i holds feature i of all samples, and
 * rows lie `row` = dense_row(n) >= n numbers apart.  Then W stands in the products as it lies in
 * memory (PyTorch's [out,in]), and the samples are the contiguous direction.  The columns from n on
 * are computed along (whole vectors); they may hold anything and mean nothing.
 * Everywhere pack is [GEMM_PACK] reals of scratch memory. */
#ifndef NET_DENSE_H
#define NET_DENSE_H

#include <stddef.h>

#include "net/act.h"
#include "net/real.h"

/* The row stride for n samples: a whole number of vectors, and an odd number of cache lines, so that
 * the rows of a panel do not fall upon each other in the cache. */
size_t dense_row(size_t n);

/* y [out,n] = w [out,in] x [in,n] + b [out]. */
void dense_forward(real *y, const real *x, const real *w, const real *b, size_t in, size_t out,
                   size_t n, size_t row, real *pack);

/* z = w x + b, then y = act(z) and slope [out,n] = act'(z). */
void dense_act_forward(real *y, real *slope, const real *x, const real *w, const real *b,
                       act_kind kind, size_t in, size_t out, size_t n, size_t row, real *pack);

/* The gradients of w and b, added:  dw [out,in] += dy x^T,  db [out] += dy 1. */
void dense_backward_weight(real *dw, real *db, const real *dy, const real *x, size_t in, size_t out,
                           size_t n, size_t row, real *pack);

/* The gradient of x, assigned:  dx [in,n] = (w^T dy) slope;  slope [in,n] is act' of the layer that
 * made x, so that dx is the gradient of its z; NULL: 1. */
void dense_backward_input(real *dx, const real *slope, const real *dy, const real *w, size_t in,
                          size_t out, size_t n, size_t row, real *pack);

#endif
