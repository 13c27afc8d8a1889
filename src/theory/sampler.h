/* sampler.h -- ancestral sampling with any denoiser.
 *
 * A denoiser is where theory and networks meet: given x_t and t it returns eps_hat. */
#ifndef THEORY_SAMPLER_H
#define THEORY_SAMPLER_H

#include <stdbool.h>
#include <stddef.h>

#include <gsl/gsl_rng.h>

#include "theory/mixture.h"
#include "theory/schedule.h"
#include "theory/weight.h"

/* eps_hat [D] = prediction of the noise in x_t [D]. */
typedef struct denoiser {
    void (*eps)(double *eps_hat, const double *x_t, size_t t, size_t D, void *params);
    void *params;
} denoiser;

/* The perfect network: eps_hat = E[eps | x_t] of a mixture. */
typedef struct sampler_oracle {
    mixture *m;
    const schedule *s;
} sampler_oracle;
denoiser sampler_oracle_denoiser(sampler_oracle *oracle);

/* One ancestral step, in place: x <- mu_theta(x, t) + sigma z, z ~ N(0, I).
 * Eq.   mu_theta from eps_hat (Ho et al. 2020, eq. 11)
 * Args  x        [D]; eps_hat [D] scratch that receives the prediction
 *       sigma    standard deviation of the added noise, >= 0. */
void sampler_step(double *x, double *eps_hat, size_t D, const schedule *s, size_t t,
                  const denoiser *net, double sigma, gsl_rng *rng);

/* Algorithm 2 of Ho et al. 2020: x_T ~ N(0, I), then t = T .. 1; no noise in the last step.
 * Args  x [D] receives the sample; eps_hat [D] scratch. */
void sampler_ancestral(double *x, double *eps_hat, size_t D, const schedule *s, const denoiser *net,
                       weight_variance choice, gsl_rng *rng);

#endif
