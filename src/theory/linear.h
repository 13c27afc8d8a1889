/* linear.h -- the linear-Gaussian model: data N(m, v) and the best network for it, all in closed form.
 *
 * With x_0 ~ N(m, v) the optimal noise prediction is linear in x_t, so every kernel is
 * N(a_t x_t + b_t, var_t), the model's p_theta(x_0) is Gaussian, and each term of the bound is a
 * number.  Source: the algebra of Ho et al. 2020, eq. (11), with E[eps|x_t] of a Gaussian. */
#ifndef THEORY_LINEAR_H
#define THEORY_LINEAR_H

#include <stddef.h>

#include "theory/elbo.h"
#include "theory/schedule.h"
#include "theory/weight.h"

typedef struct linear_chain {
    size_t T;
    double *a, *b, *var; /* [T+1]; index 0 unused */
} linear_chain;

/* The optimal chain for N(m, v) data: mu_theta from eps*(x_t) = E[eps | x_t],
 *   a_t = (1 - beta_t / V_t) / sqrt(alpha_t),  b_t = beta_t sqrt(alpha_bar_t) m / (V_t sqrt(alpha_t)),
 *   V_t = alpha_bar_t v + 1 - alpha_bar_t;
 * var_t = beta_t or beta_tilde_t; var_1 = beta_1 in either case (beta_tilde_1 = 0 has no density).
 * Args     v >= 0.
 * Returns  the chain, or NULL with GSL_EDOM / GSL_ENOMEM.   The fields may be changed afterwards. */
linear_chain *linear_chain_alloc(const schedule *s, double m, double v, weight_variance choice);
void linear_chain_free(linear_chain *c);

/* Mean and variance of the model's x_0, started from x_T ~ N(0,1). */
void linear_marginal(const linear_chain *c, double *mean, double *var);

/* log p_theta(x_0), nats. */
double linear_log_evidence(const linear_chain *c, double x_0);

/* L_{t-1} at this x_0: the expectation over q(x_t|x_0) taken exactly; 2 <= t <= T. */
double linear_denoising(const schedule *s, const linear_chain *c, size_t t, double x_0);

/* L_0 at this x_0. */
double linear_decoder(const schedule *s, const linear_chain *c, double x_0);

/* L_VLB at this x_0: elbo_prior + sum of linear_denoising + linear_decoder. */
double linear_vlb(const schedule *s, const linear_chain *c, double x_0);

/* The chain as a reverse_model, for code that knows nothing of linearity; valid as long as c. */
reverse_model linear_reverse_model(linear_chain *c);

#endif
