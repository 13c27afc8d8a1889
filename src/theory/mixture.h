/* mixture.h -- the exact oracle: a Gaussian mixture diffuses in closed form, in any dimension.
 *
 * Data x_0 ~ sum_k weight_k N(mean_k, var_k I_D); var_k = 0 is a point mass.  At time t component k
 * is N(sqrt(alpha_bar_t) mean_k, (alpha_bar_t var_k + 1 - alpha_bar_t) I), and, given x_t, it has
 * probability gamma_k (its responsibility).  Everything a perfect network could know follows.
 * All functions take 1 <= t <= T (t = 0 where said), x and results as [D]; they do not check t. */
#ifndef THEORY_MIXTURE_H
#define THEORY_MIXTURE_H

#include <stddef.h>

#include <gsl/gsl_rng.h>

#include "theory/schedule.h"

typedef struct mixture {
    size_t K, D;
    double *weight; /* [K], positive, sum 1 */
    double *mean;   /* [K,D] */
    double *var;    /* [K], per coordinate, >= 0 */
    double *gamma;  /* [K] scratch: the responsibilities of the last call */
} mixture;

/* K components in D dimensions with equal weights, zero means and unit variances: fill in the rest.
 * Returns  NULL with GSL_EINVAL for K or D of 0 or absurd sizes, GSL_ENOMEM when memory is short. */
mixture *mixture_alloc(size_t K, size_t D);
void mixture_free(mixture *m);

/* Two point masses or bumps at +-1 with variance var (D = 1). */
mixture *mixture_pair_alloc(double var);

/* K equal bumps of variance var on a circle of that radius around (centre, 0) (D = 2). */
mixture *mixture_ring_alloc(size_t K, double radius, double var, double centre);

/* The density of the mixture itself, log sum_k weight_k N(x; mean_k, var_k I); needs var_k > 0. */
double mixture_log_pdf(const mixture *m, const double *x);

/* log q(x_t), nats; t = 0 gives the data's density. */
double mixture_log_pdf_t(mixture *m, const schedule *s, size_t t, const double *x_t);

/* score = grad log q(x_t) = -sum_k gamma_k (x_t - sqrt(alpha_bar_t) mean_k) / var_k(t). */
void mixture_score(double *score, mixture *m, const schedule *s, size_t t, const double *x_t);

/* x_0_hat = E[x_0 | x_t]. */
void mixture_mean_x0(double *x_0_hat, mixture *m, const schedule *s, size_t t, const double *x_t);

/* eps_hat = E[eps | x_t] = sum_k gamma_k sqrt(1 - alpha_bar_t) (x_t - sqrt(alpha_bar_t) mean_k) / var_k(t). */
void mixture_mean_eps(double *eps_hat, mixture *m, const schedule *s, size_t t, const double *x_t);

/* cov [D,D] = Cov(x_0 | x_t): the law of total covariance over the components. */
void mixture_cov_x0(double *cov, mixture *m, const schedule *s, size_t t, const double *x_t);

/* Its trace divided by D, without forming the matrix. */
double mixture_var_x0(mixture *m, const schedule *s, size_t t, const double *x_t);

/* The sigma_t^2(x_t) that minimises KL(q(x_{t-1}|x_t,x_0) || N(E[mu_tilde|x_t], sigma^2 I)) on average
 * over x_0 given x_t.   Eq.  beta_tilde_t + posterior_weight_x0^2 tr Cov(x_0|x_t)/D
 * Source  Bao et al. 2022, theorem 1 (before the average over x_t). */
double mixture_optimal_variance(mixture *m, const schedule *s, size_t t, const double *x_t);

/* The exact reverse kernel q(x_{t-1} | x_t), itself a mixture of the same K and D.
 * Args  kernel  made by mixture_alloc(m->K, m->D); receives weights, means and variances. */
void mixture_reverse_kernel(mixture *kernel, mixture *m, const schedule *s, size_t t,
                            const double *x_t);

/* Draw x_0. */
void mixture_sample(const mixture *m, gsl_rng *rng, double *x_0);

/* E f(x_t) for D = 1: Gauss-Hermite quadrature with n nodes around every component.
 * Args  f  called with x_t and params.   Returns  NaN when memory is short. */
double mixture_expectation(const mixture *m, const schedule *s, size_t t,
                           double (*f)(double x_t, void *params), void *params, size_t n);

#endif
