/* evaluate.h -- a trained network measured: against the exact optimum, and as a bound on log p.
 *
 * Random numbers come from (seed, STREAM_EVALUATE, t, sample), so that two networks measured with one
 * seed see the same x_t: differences between them are much sharper than either number. */
#ifndef TRAIN_EVALUATE_H
#define TRAIN_EVALUATE_H

#include <stddef.h>
#include <stdint.h>

#include "theory/mixture.h"
#include "train/denoise.h"

/* A number and its standard error. */
typedef struct evaluate_number {
    double value, error;
} evaluate_number;

/* ---- Against the Bayes optimum -----------------------------------------------------------------
 * For a network with noise prediction eps_hat and data of known law,
 *     E|eps - eps_hat|^2 / D = bayes_t + excess_t,
 *     bayes_t  = E tr Cov(eps | x_t) / D = SNR(t) E tr Cov(x_0 | x_t) / D,   no network can beat it,
 *     excess_t = E|eps_hat - E[eps|x_t]|^2 / D;
 * both are averages of nonnegative numbers that are computed exactly at each x_t, never the
 * difference of two noisy losses. */
typedef struct evaluate_excess {
    size_t T, stride, n;             /* t = 1, 1 + stride, ...; n points x_t at each */
    evaluate_number *bayes, *excess; /* [T+1]; zero where t was skipped */
} evaluate_excess;

/* Args     m       the law of the data, in the network's units; D equal to the network's;
 *          stride  >= 1: every stride-th t;  n  >= 2 points at each.
 * Cost     (T/stride) n network calls and as many of the oracle (K^2 D operations each).
 * Returns  NULL with GSL_EINVAL (also for NCSN: the mixture's oracle speaks DDPM) or GSL_ENOMEM. */
evaluate_excess *evaluate_excess_alloc(denoise *w, mixture *m, size_t stride, size_t n,
                                       uint64_t seed);
void evaluate_excess_free(evaluate_excess *e); /* NULL is legal */

/* Means over the evaluated t in first..last, and their quotient. */
typedef struct evaluate_part {
    size_t first, last;
    evaluate_number bayes, excess, ratio; /* ratio = excess / bayes, error by propagation */
} evaluate_part;
evaluate_part evaluate_excess_part(const evaluate_excess *e, size_t first, size_t last);

/* Tenth i = 0..9 of 1..T. */
evaluate_part evaluate_excess_tenth(const evaluate_excess *e, size_t i);

/* ---- The variational bound -----------------------------------------------------------------------
 *     -log p_theta(x_0) <= L_T + sum_{t=2}^T L_{t-1} + L_0     (theory/elbo.h), summed over the D
 * coordinates, averaged over data points, with one x_t drawn per data point and t; every term is a
 * KL in closed form given x_t and x_0. */
typedef struct evaluate_bound {
    size_t T, D, n, stride;
    evaluate_number *term; /* [T+1] nats: term[1] = L_0, term[t] = L_{t-1} for t >= 2 */
    evaluate_number prior, denoising, decoder, total; /* L_T, sum_{t>=2} L_{t-1}, L_0, all: nats */
} evaluate_bound;

typedef struct evaluate_bound_options {
    uint64_t seed;
    size_t stride; /* 0 or 1: every t; more: t = 1, then every stride-th, the sum scaled up.  Such a
                     * bound is an estimate with a bias that its error does not show: label it */
    unsigned bins; /* 0: x_0 has a density.  256: 8-bit images on [-1,1], decoder by bins
                     * (Ho et al. 2020, eq. 13): only then are the nats those of discrete data */
} evaluate_bound_options;

/* Args     x_0  [n,D], n >= 2;  how  NULL means all defaults.
 *          The variance of the kernels is that of w (sigma, sigma2).
 * Returns  NULL with GSL_EINVAL (NCSN; values of x_0 that are no 8-bit values if bins) or ENOMEM. */
evaluate_bound *evaluate_bound_alloc(denoise *w, const double *x_0, size_t n,
                                     const evaluate_bound_options *how);
void evaluate_bound_free(evaluate_bound *b); /* NULL is legal */

/* Nats per data point to bits per coordinate: divide by D ln 2. */
evaluate_number evaluate_bits(evaluate_number nats, size_t D);

/* log p_theta(x_0) exactly, D = 1, for n points: theory/law.h with the network as reverse model.
 * Args     log_p   [n] receives nats;  reach, per_sd  as law_alloc has them.
 * Cost     one network call per node and t: meant for T up to about 100.
 * Returns  GSL_SUCCESS, GSL_EINVAL unless D = 1 (and as law_alloc), GSL_ENOMEM. */
int evaluate_log_p(denoise *w, double *log_p, const double *x_0, size_t n, double reach,
                   double per_sd);

#endif
