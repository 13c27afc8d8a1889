/* adam.h -- Adam (Kingma and Ba 2015, algorithm 1), elementwise on flat arrays.
 *
 *     m = beta1 m + (1 - beta1) g              v = beta2 v + (1 - beta2) g^2
 *     theta -= lr m_hat / (sqrt(v_hat) + eps)  m_hat = m/(1 - beta1^k), v_hat = v/(1 - beta2^k)
 *
 * Elements do not meet, so a call on pieces of the arrays gives the same bytes as one call. */
#ifndef NET_ADAM_H
#define NET_ADAM_H

#include <stddef.h>
#include <stdint.h>

#include "net/real.h"

/* Step k = 1, 2, ... of the algorithm.
 * Args  theta, m, v [n]  updated; m = v = 0 before step 1;  grad [n];
 *       lr > 0, beta1 and beta2 in [0,1), eps > 0 (0.001, 0.9, 0.999, 1e-8 in the paper). */
void adam_step(real *theta, real *m, real *v, const real *grad, size_t n, double lr, double beta1,
               double beta2, double eps, uint64_t k);

/* The gradient of a batch from those of its slices, in fixed order:
 *     grad[i] = part[0][i] + part[1][i] + ... + part[parts-1][i]   for at <= i < at + n
 * Args     parts >= 1;  grad is none of the parts.
 * Returns  the sum of grad[i]^2 over the same i. */
double adam_gather(real *grad, const real *const *part, size_t parts, size_t at, size_t n);

/* Shorten the gradient to Euclidean norm `limit` if it is longer; limit <= 0: only measure.
 * Returns  the norm before; NaN or infinity when an element is. */
double adam_clip(real *grad, size_t n, double limit);

#endif
