/* loss.h -- the loss of a batch and its derivative by the network's output.
 *
 * Compiled twice, like src/net: in float for training and, with -DNET_DOUBLE, in double for gradient
 * checks.  Per sample, with the tables of the task and e = y - out (the first D outputs),
 *     loss = weight_t |e|^2 / D + kl KL_t / D
 *     KL_t = 1/2 sum_d [ r - 1 - ln r + mean_out_t^2 e_d^2 / sigma^2 ],  r = beta_tilde_t / sigma^2,
 * for t >= 2 (Ho et al. 2020, eq. 5); at t = 1 in its place the decoder
 *     -log p_theta(x_0|x_1) = 1/2 sum_d [ ln(2 pi sigma^2) + mean_out_1^2 e_d^2 / sigma^2 ]. */
#ifndef TRAIN_LOSS_H
#define TRAIN_LOSS_H

#include <stddef.h>

#include "net/real.h"
#include "train/task.h"

#ifdef NET_DOUBLE
#define loss_input loss_input_double
#define loss_batch loss_batch_double
#endif

/* What the network reads: input_t (signal_t x_0 + noise_t eps).
 * Args  input, x_0, eps  [n,D];  t  [n], each in 1..T. */
void loss_input(real *input, const real *x_0, const real *eps, const size_t *t, size_t n, size_t D,
                const task *k);

/* Losses of n samples, and scale times their derivatives by the network's output.
 * Args  loss  [n], nats for vlb;  d_out, out  [n, task_outputs(k, D)], may alias;
 *       x_0, eps [n,D], t [n]  as given to loss_input;
 *       scale  usually 1 / (size of the batch).
 * For a hybrid loss the derivative by the first D outputs is that of the first part alone. */
void loss_batch(double *loss, real *d_out, const real *out, const real *x_0, const real *eps,
                const size_t *t, size_t n, size_t D, const task *k, double scale);

#endif
