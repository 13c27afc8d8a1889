/* norm.h -- group normalisation (Wu and He 2018) and SiLU: the naive versions.
 *
 *     z[c][p] = gamma[c] (x[c][p] - mean) / sqrt(var + NORM_EPSILON) + beta[c],
 *
 * mean and var (divided by the number, not by one less) over all pixels p of one image and all channels
 * of the group of c; group g has the channels g C/groups .. (g+1) C/groups - 1.  Batches are
 * [n, C, pixels].  The fast versions are in kernel_norm.c and are fused to what reads their results. */
#ifndef NET_NORM_H
#define NET_NORM_H

#include <stddef.h>

#include "net/real.h"

#define NORM_EPSILON 1e-5

/* The number of groups for C channels: the largest divisor of C that is at most 8. */
size_t norm_groups(size_t C);

/* z.  Args  groups divides C. */
void norm_naive_forward(real *z, const real *x, const real *gamma, const real *beta, size_t n,
                        size_t C, size_t pixels, size_t groups);

/* Gradients, added to dx, dgamma and dbeta. */
void norm_naive_backward(real *dx, real *dgamma, real *dbeta, const real *dz, const real *x,
                         const real *gamma, size_t n, size_t C, size_t pixels, size_t groups);

/* y [n] = z / (1 + exp(-z)), in place if y = z;  dz [n] = dy silu'(z), in place if dz = dy. */
void silu_naive_forward(real *y, const real *z, size_t n);
void silu_naive_backward(real *dz, const real *dy, const real *z, size_t n);

#endif
