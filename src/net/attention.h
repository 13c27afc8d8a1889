/* attention.h -- every pixel looks at every other (Vaswani et al. 2017, one head).
 *
 * With queries, keys and values q, k, v [C] at every pixel p = 0..N-1 of an image,
 *     s[p][r] = q_p . k_r / sqrt(C),   P[p] = softmax(s[p]),   y_p = sum_r P[p][r] v_r. */
#ifndef NET_ATTENTION_H
#define NET_ATTENTION_H

#include <stddef.h>

#include "net/real.h"

/* The naive version, on batches [n, 3 C, N] of q, k, v one after the other, as PyTorch has them.
 * Args  y [n, C, N];  P [n, N, N] is kept for the backward pass. */
void attention_naive_forward(real *y, real *P, const real *qkv, size_t n, size_t C, size_t N);

/* dqkv [n, 3 C, N] += the gradient. */
void attention_naive_backward(real *dqkv, const real *dy, const real *P, const real *qkv, size_t n,
                              size_t C, size_t N);

/* The fast version, on batches [n, N, C'] with C' = image_channels(C) (image.h): qkv [n, N, 3 C'] are
 * three such batches side by side.
 * Args  P [n, N, image_channels(N)] is kept for the backward pass;  pack [GEMM_PACK] scratch. */
void attention_forward(real *y, real *P, const real *qkv, size_t n, size_t C, size_t N, real *pack);

/* dqkv, assigned.   Args  dP [N, image_channels(N)] scratch. */
void attention_backward(real *dqkv, const real *dy, const real *P, const real *qkv, size_t n,
                        size_t C, size_t N, real *dP, real *pack);

#endif
