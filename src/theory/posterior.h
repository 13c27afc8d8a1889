/* posterior.h -- the forward posterior q(x_{t-1} | x_t, x_0) = N(mu_tilde_t, beta_tilde_t).
 *
 * Source: Ho et al. 2020, eqs. (6)-(7); Chatterjee L4, eqs. (11)-(12).  Per coordinate,
 * 1 <= t <= T (not checked); at t = 1 the posterior is a point mass at x_0. */
#ifndef THEORY_POSTERIOR_H
#define THEORY_POSTERIOR_H

#include <stddef.h>

#include "theory/schedule.h"

/* Weight of x_0 in mu_tilde.   Eq.  sqrt(alpha_bar_{t-1}) beta_t / (1 - alpha_bar_t) */
double posterior_weight_x0(const schedule *s, size_t t);

/* Weight of x_t in mu_tilde.   Eq.  sqrt(alpha_t) (1 - alpha_bar_{t-1}) / (1 - alpha_bar_t) */
double posterior_weight_xt(const schedule *s, size_t t);

/* mu_tilde_t(x_t, x_0), the mean of x_{t-1} given both ends. */
double posterior_mean(const schedule *s, size_t t, double x_t, double x_0);

/* beta_tilde_t, the variance.  Eq.  (1 - alpha_bar_{t-1}) beta_t / (1 - alpha_bar_t); 0 at t = 1. */
double posterior_var(const schedule *s, size_t t);

/* log q(x_{t-1} | x_t, x_0), nats; needs t >= 2 (NaN with GSL_EDOM at t = 1: a point mass). */
double posterior_log_pdf(const schedule *s, size_t t, double x_prev, double x_t, double x_0);

#endif
