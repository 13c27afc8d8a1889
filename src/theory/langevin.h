/* langevin.h -- Langevin dynamics with a score, alone and annealed over a ladder of noise levels.
 *
 * x_{l+1} = x_l + (eta/2) s(x_l) + sqrt(eta) eps_l is the Euler step, of length eta, of a diffusion
 * whose stationary law has the score s.  NCSN takes L such steps at each noise level, from the
 * largest to the smallest. */
#ifndef THEORY_LANGEVIN_H
#define THEORY_LANGEVIN_H

#include <stddef.h>

#include <gsl/gsl_rng.h>

#include "theory/mixture.h"

/* score [D] = grad log q(x_sigma) at x [D], at noise level sigma = sigma_t; an exact score uses
 * sigma, a network t. */
typedef struct score_model {
    void (*score)(double *score, const double *x, double sigma, size_t t, size_t D, void *params);
    void *params;
} score_model;

/* The perfect network: the score of the mixture m plus noise (perturb_score). */
score_model langevin_oracle(mixture *m);

/* Noise levels sigma_1 < ... < sigma_T with the length of a step at each; entry 0 is unused. */
typedef struct ladder {
    size_t T;
    double *sigma; /* [T+1] */
    double *eta;   /* [T+1]; may be changed */
} ladder;

/* A geometric ladder.   Eq.  sigma_t = low (high/low)^((t-1)/(T-1)),  eta_t = step sigma_t^2
 * Args     2 <= T <= 10^6; 0 < low < high; step > 0; finite.                    (Song & Ermon 2019, algorithm 1)
 * Returns  NULL with GSL_EINVAL or GSL_ENOMEM. */
ladder *ladder_alloc(size_t T, double low, double high, double step);
void ladder_free(ladder *l);

/* One step in place.
 * Args  x [D]; score [D] scratch that receives the score at the old x; sigma, t for the model;
 *       eta >= 0. */
void langevin_step(double *x, double *score, size_t D, const score_model *model, double sigma,
                   size_t t, double eta, gsl_rng *rng);

/* The order of the levels: t = T..1 (right), or t = 1..T (as Isachenko L8 prints it). */
typedef enum langevin_order { LANGEVIN_DOWN, LANGEVIN_UP } langevin_order;

/* NCSN's sampler: x ~ N(0, sigma_T^2 I), then L steps at every level.
 * Args  x [D] receives the sample; score [D] scratch. */
void langevin_annealed(double *x, double *score, size_t D, const ladder *l, size_t L,
                       langevin_order order, const score_model *model, gsl_rng *rng);

/* The variance in which the chain with the score -x/v ends; it is not v.
 * Eq.      v/(1 - eta/(4 v)), the fixed point of V = (1 - eta/(2v))^2 V + eta
 * Returns  NaN with GSL_EDOM unless v > 0 and 0 < eta < 4v (beyond, the chain explodes). */
double langevin_variance(double v, double eta);

/* The variance after n steps of that chain, from the variance start >= 0; also when it explodes.
 * Eq.      r^n start + eta (1 - r^n)/(1 - r),  r = (1 - eta/(2v))^2
 * Returns  NaN with GSL_EDOM unless v > 0 and eta > 0. */
double langevin_variance_after(double v, double eta, size_t n, double start);

#endif
