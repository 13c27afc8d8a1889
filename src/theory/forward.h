/* forward.h -- the forward chain q: one step, one jump, and the joint law of the path.
 *
 * Everything is per coordinate: the chain acts on each of the D coordinates alike.
 * 1 <= t <= T unless said otherwise; the functions do not check it (they stand in inner loops). */
#ifndef THEORY_FORWARD_H
#define THEORY_FORWARD_H

#include <stddef.h>

#include "theory/schedule.h"

/* One step.   Eq.  x_t = sqrt(1 - beta_t) x_{t-1} + sqrt(beta_t) eps        (Ho et al. 2020, eq. 2) */
double forward_step(const schedule *s, size_t t, double x_prev, double eps);

/* The jump.   Eq.  x_t = sqrt(alpha_bar_t) x_0 + sqrt(1 - alpha_bar_t) eps  (Ho et al. 2020, eq. 4)
 * t = 0 returns x_0. */
double forward_jump(const schedule *s, size_t t, double x_0, double eps);

/* The noise of the jump, eps = (x_t - sqrt(alpha_bar_t) x_0) / sqrt(1 - alpha_bar_t). */
double forward_noise(const schedule *s, size_t t, double x_t, double x_0);

/* log q(x_t | x_{t-1}) = log N(x_t; sqrt(alpha_t) x_{t-1}, beta_t), nats. */
double forward_step_log_pdf(const schedule *s, size_t t, double x_t, double x_prev);

/* log q(x_t | x_0) = log N(x_t; sqrt(alpha_bar_t) x_0, 1 - alpha_bar_t), nats. */
double forward_jump_log_pdf(const schedule *s, size_t t, double x_t, double x_0);

/* Cov(x_i, x_j | x_0) = sqrt(alpha_bar_j / alpha_bar_i) (1 - alpha_bar_i) for i <= j (symmetric). */
double forward_covariance(const schedule *s, size_t i, size_t j);

/* Var x_t = alpha_bar_t v + 1 - alpha_bar_t for data of variance v per coordinate. */
double forward_variance(const schedule *s, size_t t, double v);

/* SNR(t) = alpha_bar_t / (1 - alpha_bar_t); +inf at t = 0.       (Kingma et al. 2021, eq. 2) */
double forward_snr(const schedule *s, size_t t);

#endif
