/* linear.c -- the linear-Gaussian model in closed form. */
#include "theory/linear.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>

#include "theory/forward.h"
#include "theory/gaussian.h"
#include "theory/posterior.h"

linear_chain *linear_chain_alloc(const schedule *s, double m, double v, weight_variance choice)
{
    if (!(v >= 0.0)) GSL_ERROR_NULL("the variance of the data must be >= 0", GSL_EDOM);
    linear_chain *c = malloc(sizeof *c);
    double *block = calloc(3 * (s->T + 1), sizeof *block);
    if (!c || !block) {
        free(c);
        free(block);
        GSL_ERROR_NULL("out of memory for a chain", GSL_ENOMEM);
    }
    *c = (linear_chain){s->T, block, block + (s->T + 1), block + 2 * (s->T + 1)};
    for (size_t t = 1; t <= s->T; t++) {
        const double root = sqrt(s->alpha[t]), V = forward_variance(s, t, v);
        c->a[t] = (1.0 - s->beta[t] / V) / root;
        c->b[t] = s->beta[t] * sqrt(s->alpha_bar[t]) * m / (V * root);
        c->var[t] = t == 1 ? s->beta[1] : weight_sigma2(s, t, choice);
    }
    return c;
}

void linear_chain_free(linear_chain *c)
{
    if (!c) return;
    free(c->a); /* the one block */
    free(c);
}

void linear_marginal(const linear_chain *c, double *mean, double *var)
{
    *mean = 0.0;
    *var = 1.0;
    for (size_t t = c->T; t >= 1; t--) {
        *mean = c->a[t] * *mean + c->b[t];
        *var = gsl_pow_2(c->a[t]) * *var + c->var[t];
    }
}

double linear_log_evidence(const linear_chain *c, double x_0)
{
    double mean, var;
    linear_marginal(c, &mean, &var);
    return gaussian_log_pdf(x_0, mean, var);
}

/* The difference of means is linear in x_t: slope x_t + offset, and x_t ~ N(sqrt(alpha_bar) x_0, var_bar). */
double linear_denoising(const schedule *s, const linear_chain *c, size_t t, double x_0)
{
    const double slope = posterior_weight_xt(s, t) - c->a[t];
    const double offset = posterior_weight_x0(s, t) * x_0 - c->b[t];
    const double mean = slope * sqrt(s->alpha_bar[t]) * x_0 + offset;
    const double square = gsl_pow_2(mean) + gsl_pow_2(slope) * s->var_bar[t];
    return gaussian_kl_variances(posterior_var(s, t), c->var[t]) + square / (2.0 * c->var[t]);
}

double linear_decoder(const schedule *s, const linear_chain *c, double x_0)
{
    const double mean = x_0 - c->a[1] * sqrt(s->alpha_bar[1]) * x_0 - c->b[1];
    const double square = gsl_pow_2(mean) + gsl_pow_2(c->a[1]) * s->var_bar[1];
    return square / (2.0 * c->var[1]) + 0.5 * log(2.0 * M_PI * c->var[1]);
}

double linear_vlb(const schedule *s, const linear_chain *c, double x_0)
{
    double sum = elbo_prior(s, x_0) + linear_decoder(s, c, x_0);
    for (size_t t = 2; t <= s->T; t++) sum += linear_denoising(s, c, t, x_0);
    return sum;
}

static double reverse_mean(double x_t, size_t t, void *params)
{
    const linear_chain *c = params;
    return c->a[t] * x_t + c->b[t];
}

static double reverse_var(double x_t, size_t t, void *params)
{
    (void)x_t;
    const linear_chain *c = params;
    return c->var[t];
}

reverse_model linear_reverse_model(linear_chain *c)
{
    return (reverse_model){reverse_mean, reverse_var, c};
}
