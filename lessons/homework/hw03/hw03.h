/* hw03.h -- the functions of homework 3.  Do not change this file: the grader uses its own copy.
 *
 * Everything in part A is per coordinate, 1 <= t <= T. */
#ifndef HW03_H
#define HW03_H

#include "noise.h"

/* A1.  x_0 from x_t and the noise of the jump. */
double x0_from_eps(const noise_schedule *s, size_t t, double x_t, double eps);

/* A2.  mu_tilde_t(x_t, x_0), the mean of q(x_{t-1}|x_t,x_0). */
double posterior_mean(const noise_schedule *s, size_t t, double x_t, double x_0);

/* A3.  beta_tilde_t, its variance. */
double posterior_var(const noise_schedule *s, size_t t);

/* A4.  The coefficient of x_t after x_0 has been replaced by x_t and eps. */
double coefficient_xt(const noise_schedule *s, size_t t);

/* A5.  The coefficient of eps, with its sign. */
double coefficient_eps(const noise_schedule *s, size_t t);

/* A6.  mu_tilde_t as a function of x_t and eps.  You may call A4 and A5. */
double mean_from_eps(const noise_schedule *s, size_t t, double x_t, double eps);

/* B1.  KL( N(mean_q, var_q I) || N(mean_p, var_p I) ) in D dimensions, in nats.  Variances. */
double gaussian_kl(const double *mean_q, double var_q, const double *mean_p, double var_p,
                   size_t D);

/* B2.  The same when both variances are var. */
double kl_equal_variance(const double *mean_q, const double *mean_p, double var, size_t D);

#endif
