/* weight.h -- the weights that the variational bound puts on squared prediction errors.
 *
 * For t >= 2 the t-th term of L_VLB is  KL(q(x_{t-1}|x_t,x_0) || N(mu_theta, sigma_t^2))
 *   = w^mu ||mu_tilde - mu_theta||^2 + const = w^x0 ||x_0 - x_0_hat||^2 + const
 *   = w^eps ||eps - eps_hat||^2 + const;   at t = 1 the same weights belong to L_0.
 * Source: Ho et al. 2020, eqs. (8), (12); Kingma et al. 2021, section 4. */
#ifndef THEORY_WEIGHT_H
#define THEORY_WEIGHT_H

#include <stddef.h>

#include "theory/schedule.h"

/* The two usual choices of sigma_t^2 (Ho et al. 2020, section 3.2). */
typedef enum weight_variance { SIGMA_BETA, SIGMA_BETA_TILDE } weight_variance;

/* sigma_t^2 of that choice: beta_t or beta_tilde_t (0 at t = 1). */
double weight_sigma2(const schedule *s, size_t t, weight_variance choice);

/* w^mu = 1 / (2 sigma_t^2).   Errors  NaN with GSL_EDOM unless sigma2 > 0 (all three). */
double weight_mu(double sigma2);

/* w^x0 = w^mu * posterior_weight_x0^2; (SNR(t-1) - SNR(t))/2 when sigma_t^2 = beta_tilde_t. */
double weight_x0(const schedule *s, size_t t, double sigma2);

/* w_t = beta_t^2 / (2 sigma_t^2 alpha_t (1 - alpha_bar_t)): the weight the lectures call w_t. */
double weight_eps(const schedule *s, size_t t, double sigma2);

#endif
