/* sampler.c -- ancestral sampling with any denoiser. */
#include "theory/sampler.h"

#include <math.h>

#include <gsl/gsl_randist.h>

#include "theory/predict.h"

static void oracle_eps(double *eps_hat, const double *x_t, size_t t, size_t D, void *params)
{
    (void)D;
    const sampler_oracle *oracle = params;
    mixture_mean_eps(eps_hat, oracle->m, oracle->s, t, x_t);
}

denoiser sampler_oracle_denoiser(sampler_oracle *oracle)
{
    return (denoiser){oracle_eps, oracle};
}

void sampler_step(double *x, double *eps_hat, size_t D, const schedule *s, size_t t,
                  const denoiser *net, double sigma, gsl_rng *rng)
{
    net->eps(eps_hat, x, t, D, net->params);
    for (size_t d = 0; d < D; d++) {
        x[d] = predict_mean_from_eps(s, t, x[d], eps_hat[d]);
        if (sigma > 0.0) x[d] += gsl_ran_gaussian_ziggurat(rng, sigma);
    }
}

void sampler_ancestral(double *x, double *eps_hat, size_t D, const schedule *s, const denoiser *net,
                       weight_variance choice, gsl_rng *rng)
{
    for (size_t d = 0; d < D; d++) x[d] = gsl_ran_gaussian_ziggurat(rng, 1.0);
    for (size_t t = s->T; t >= 1; t--) {
        const double sigma = t > 1 ? sqrt(weight_sigma2(s, t, choice)) : 0.0;
        sampler_step(x, eps_hat, D, s, t, net, sigma, rng);
    }
}
