/* reverse.h -- a denoiser as a reverse model: what law.h and elbo.h ask for, from what sampler.h gives.
 *
 * One dimension: the laws and bounds of these two headers are those of a chain on the line. */
#ifndef THEORY_REVERSE_H
#define THEORY_REVERSE_H

#include "theory/elbo.h"
#include "theory/sampler.h"
#include "theory/schedule.h"
#include "theory/weight.h"

/* A denoiser with D = 1, its schedule, and sigma_t^2. */
typedef struct reverse_denoiser {
    denoiser net;
    const schedule *s;
    weight_variance choice;
    const double *sigma2; /* [T+1], used instead of the choice unless NULL; positive from index 1 */
} reverse_denoiser;

/* p_theta(x_{t-1} | x_t) = N(mu_theta, sigma_t^2), valid as long as r.
 * Eq.   mu_theta = (x_t - beta_t eps_hat / sqrt(1 - alpha_bar_t)) / sqrt(alpha_t)
 *       (Ho et al. 2020, eq. 11);  sigma_t^2 = sigma2[t], or beta_t or beta_tilde_t of the choice;
 *       sigma_1^2 = beta_1 for either choice, because beta_tilde_1 = 0 is no density. */
reverse_model reverse_of_denoiser(reverse_denoiser *r);

/* The perfect network of mixture data (D = 1) as a reverse model: what lessons mostly want.
 *   reverse_oracle o;
 *   reverse_model p = reverse_of_mixture(&o, m, s, SIGMA_BETA);
 * Args  o  filled in here; m, s and o must live as long as the model. */
typedef struct reverse_oracle {
    sampler_oracle oracle;
    reverse_denoiser denoiser;
} reverse_oracle;
reverse_model reverse_of_mixture(reverse_oracle *o, mixture *m, const schedule *s,
                                 weight_variance choice);

/* The mean of the last step, mu(x_1, 1), as law_wasserstein wants it for a sampler that adds no noise
 * at t = 1.
 * Args  p  a reverse_model. */
double reverse_last_mean(double x_1, void *p);

#endif
