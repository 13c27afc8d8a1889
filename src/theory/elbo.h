/* elbo.h -- the terms of the variational bound, in the project's convention (docs/notation.md):
 *
 *     L_VLB = -ELBO = L_T + sum_{t=2}^T L_{t-1} + L_0          (minimise; nats)
 *     L_T     = KL(q(x_T|x_0) || N(0,1))
 *     L_{t-1} = E_{q(x_t|x_0)} KL(q(x_{t-1}|x_t,x_0) || p_theta(x_{t-1}|x_t))
 *     L_0     = -E_{q(x_1|x_0)} log p_theta(x_0|x_1)
 *
 * Source: Ho et al. 2020, eq. (5).  Everything per coordinate. */
#ifndef THEORY_ELBO_H
#define THEORY_ELBO_H

#include <stddef.h>

#include "theory/schedule.h"

/* A reverse model p_theta(x_{t-1} | x_t) = N(mean(x_t, t), var(x_t, t)), whatever its inside. */
typedef struct reverse_model {
    double (*mean)(double x_t, size_t t, void *params);
    double (*var)(double x_t, size_t t, void *params); /* > 0 */
    void *params;
} reverse_model;

/* log p_theta(x_{t-1} | x_t), nats. */
double elbo_reverse_log_pdf(const reverse_model *p, size_t t, double x_prev, double x_t);

/* L_T for one coordinate.   Eq.  (alpha_bar_T x_0^2 - alpha_bar_T - ln(1 - alpha_bar_T)) / 2 */
double elbo_prior(const schedule *s, double x_0);

/* KL(q(x_{t-1}|x_t,x_0) || p_theta(x_{t-1}|x_t)) at one x_t; needs t >= 2. */
double elbo_denoising(const schedule *s, size_t t, const reverse_model *p, double x_t, double x_0);

/* The bound on one path, before the expectation, as first written down:
 *   log p(x_T) + sum_t log p_theta(x_{t-1}|x_t) - sum_t log q(x_t|x_{t-1})    (Chatterjee L4, eq. 2)
 * Args  x  [T+1], the path x_0 .. x_T. */
double elbo_path(const schedule *s, const reverse_model *p, const double *x);

/* The same number after telescoping:
 *   log p_theta(x_0|x_1) + log p(x_T)/q(x_T|x_0) + sum_{t>=2} log p_theta(x_{t-1}|x_t)/q(x_{t-1}|x_t,x_0)
 * Args  x     [T+1];
 *       term  [T+1] receives the summands: term[0] the decoder, term[1] the prior ratio,
 *             term[t] the t-th log-ratio for t = 2..T (may be NULL). */
double elbo_path_telescoped(const schedule *s, const reverse_model *p, const double *x,
                            double *term);

/* Log-probability of the 8-bit value k under N(mean, sigma^2) with 256 bins of width 2/255 on
 * [-1,1], the two end bins open.                                     (Ho et al. 2020, eq. 13)
 * Args     k  0..255; sigma > 0 (a standard deviation).
 * Returns  nats, <= 0, accurate in both tails; NaN with GSL_EDOM for other arguments. */
double elbo_decoder_bin(unsigned k, double mean, double sigma);

#endif
