/* mixture.c -- the exact oracle: a Gaussian mixture diffuses in closed form. */
#include "theory/mixture.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "check/quad.h"
#include "theory/posterior.h"

static const size_t most = 1000000;

mixture *mixture_alloc(size_t K, size_t D)
{
    if (!(K >= 1 && D >= 1 && K <= most && D <= most && K * D <= most))
        GSL_ERROR_NULL("a mixture needs K, D >= 1 and K D <= 10^6", GSL_EINVAL);
    mixture *m = malloc(sizeof *m);
    double *block = calloc(K * D + 3 * K, sizeof *block);
    if (!m || !block) {
        free(m);
        free(block);
        GSL_ERROR_NULL("out of memory for a mixture", GSL_ENOMEM);
    }
    *m = (mixture){K, D, block, block + 3 * K, block + K, block + 2 * K};
    for (size_t k = 0; k < K; k++) {
        m->weight[k] = 1.0 / (double)K;
        m->var[k] = 1.0;
    }
    return m;
}

void mixture_free(mixture *m)
{
    if (!m) return;
    free(m->weight); /* the one block */
    free(m);
}

mixture *mixture_pair_alloc(double var)
{
    mixture *m = mixture_alloc(2, 1);
    if (!m) return NULL;
    m->mean[0] = -1.0;
    m->mean[1] = 1.0;
    m->var[0] = m->var[1] = var;
    return m;
}

mixture *mixture_ring_alloc(size_t K, double radius, double var, double centre)
{
    mixture *m = mixture_alloc(K, 2);
    if (!m) return NULL;
    for (size_t k = 0; k < K; k++) {
        const double angle = 2.0 * M_PI * (double)k / (double)K;
        m->mean[2 * k] = centre + radius * cos(angle);
        m->mean[2 * k + 1] = radius * sin(angle);
        m->var[k] = var;
    }
    return m;
}

/* log sum_k weight_k N(x; shrink mean_k, (shrink^2 var_k + spread) I), and gamma_k if wanted.
 * The largest exponent is taken out, so that nothing under- or overflows. */
static double log_density(const mixture *m, double shrink, double spread, const double *x,
                          double *gamma)
{
    double largest = -(double)INFINITY, sum = 0.0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t k = 0; k < m->K; k++) {
            const double var = shrink * shrink * m->var[k] + spread;
            double square = 0.0;
            for (size_t d = 0; d < m->D; d++)
                square += gsl_pow_2(x[d] - shrink * m->mean[k * m->D + d]);
            const double exponent =
                log(m->weight[k]) - 0.5 * square / var - 0.5 * (double)m->D * log(2.0 * M_PI * var);
            if (pass == 0) largest = fmax(largest, exponent);
            if (pass == 1) sum += exp(exponent - largest);
            if (pass == 1 && gamma) gamma[k] = exp(exponent - largest);
        }
    if (gamma)
        for (size_t k = 0; k < m->K; k++) gamma[k] /= sum;
    return largest + log(sum);
}

double mixture_log_pdf(const mixture *m, const double *x)
{
    return log_density(m, 1.0, 0.0, x, NULL);
}

double mixture_log_pdf_t(mixture *m, const schedule *s, size_t t, const double *x_t)
{
    return log_density(m, sqrt(s->alpha_bar[t]), s->var_bar[t], x_t, m->gamma);
}

/* Variance of component k at time t. */
static double var_at(const mixture *m, const schedule *s, size_t t, size_t k)
{
    return s->alpha_bar[t] * m->var[k] + s->var_bar[t];
}

void mixture_score(double *score, mixture *m, const schedule *s, size_t t, const double *x_t)
{
    const double root = sqrt(s->alpha_bar[t]);
    mixture_log_pdf_t(m, s, t, x_t);
    for (size_t d = 0; d < m->D; d++) score[d] = 0.0;
    for (size_t k = 0; k < m->K; k++)
        for (size_t d = 0; d < m->D; d++)
            score[d] -= m->gamma[k] * (x_t[d] - root * m->mean[k * m->D + d]) / var_at(m, s, t, k);
}

/* E[x_0 | x_t, component k] = (var_bar_t mean_k + sqrt(alpha_bar_t) var_k x_t) / var_k(t). */
static double component_x0(const mixture *m, const schedule *s, size_t t, size_t k, size_t d,
                           double x_t)
{
    return (s->var_bar[t] * m->mean[k * m->D + d] + sqrt(s->alpha_bar[t]) * m->var[k] * x_t) /
           var_at(m, s, t, k);
}

static void mean_x0(double *x_0_hat, const mixture *m, const schedule *s, size_t t,
                    const double *x_t)
{
    for (size_t d = 0; d < m->D; d++) {
        x_0_hat[d] = 0.0;
        for (size_t k = 0; k < m->K; k++)
            x_0_hat[d] += m->gamma[k] * component_x0(m, s, t, k, d, x_t[d]);
    }
}

void mixture_mean_x0(double *x_0_hat, mixture *m, const schedule *s, size_t t, const double *x_t)
{
    mixture_log_pdf_t(m, s, t, x_t);
    mean_x0(x_0_hat, m, s, t, x_t);
}

void mixture_mean_eps(double *eps_hat, mixture *m, const schedule *s, size_t t, const double *x_t)
{
    const double root = sqrt(s->alpha_bar[t]), noise = sqrt(s->var_bar[t]);
    mixture_log_pdf_t(m, s, t, x_t);
    for (size_t d = 0; d < m->D; d++) eps_hat[d] = 0.0;
    for (size_t k = 0; k < m->K; k++)
        for (size_t d = 0; d < m->D; d++)
            eps_hat[d] +=
                m->gamma[k] * noise * (x_t[d] - root * m->mean[k * m->D + d]) / var_at(m, s, t, k);
}

/* Var(x_0 | x_t, component k) per coordinate. */
static double component_var(const mixture *m, const schedule *s, size_t t, size_t k)
{
    return m->var[k] * s->var_bar[t] / var_at(m, s, t, k);
}

/* Covariance between the components' means, sum_k gamma_k (c_kd - mean_d)(c_ke - mean_e), one component
 * after the other with the means so far: no cancellation, unlike E[x x'] - E[x]E[x]'. */
static double between(const mixture *m, const schedule *s, size_t t, const double *x_t, size_t d,
                      size_t e)
{
    double sum = 0.0, weight = 0.0, mean_d = 0.0, mean_e = 0.0;
    for (size_t k = 0; k < m->K; k++) {
        if (!(m->gamma[k] > 0.0)) continue;
        const double step_d = component_x0(m, s, t, k, d, x_t[d]) - mean_d;
        const double step_e = d == e ? step_d : component_x0(m, s, t, k, e, x_t[e]) - mean_e;
        const double share = m->gamma[k] / (weight + m->gamma[k]);
        sum += share * weight * step_d * step_e;
        mean_d += share * step_d;
        mean_e += share * step_e;
        weight += m->gamma[k];
    }
    return sum;
}

static double within(const mixture *m, const schedule *s, size_t t)
{
    double sum = 0.0;
    for (size_t k = 0; k < m->K; k++) sum += m->gamma[k] * component_var(m, s, t, k);
    return sum;
}

void mixture_cov_x0(double *cov, mixture *m, const schedule *s, size_t t, const double *x_t)
{
    mixture_log_pdf_t(m, s, t, x_t);
    const double common = within(m, s, t);
    for (size_t d = 0; d < m->D; d++)
        for (size_t e = 0; e < m->D; e++)
            cov[d * m->D + e] = (d == e ? common : 0.0) + between(m, s, t, x_t, d, e);
}

double mixture_var_x0(mixture *m, const schedule *s, size_t t, const double *x_t)
{
    mixture_log_pdf_t(m, s, t, x_t);
    double trace = 0.0;
    for (size_t d = 0; d < m->D; d++) trace += between(m, s, t, x_t, d, d);
    return within(m, s, t) + trace / (double)m->D;
}

double mixture_optimal_variance(mixture *m, const schedule *s, size_t t, const double *x_t)
{
    return posterior_var(s, t) +
           gsl_pow_2(posterior_weight_x0(s, t)) * mixture_var_x0(m, s, t, x_t);
}

/* Component k of x_{t-1} is N(root mean_k, u); the step to x_t is a likelihood N(x_t; sqrt(alpha) x, beta):
 * the product has variance u beta / (beta + alpha u). */
void mixture_reverse_kernel(mixture *kernel, mixture *m, const schedule *s, size_t t,
                            const double *x_t)
{
    const double root = sqrt(s->alpha_bar[t - 1]), alpha = s->alpha[t], beta = s->beta[t];
    mixture_log_pdf_t(m, s, t, x_t);
    for (size_t k = 0; k < m->K; k++) {
        const double u = var_at(m, s, t - 1, k);
        kernel->weight[k] = m->gamma[k];
        kernel->var[k] = u * beta / (beta + alpha * u);
        for (size_t d = 0; d < m->D; d++)
            kernel->mean[k * m->D + d] =
                (beta * root * m->mean[k * m->D + d] + u * sqrt(alpha) * x_t[d]) /
                (beta + alpha * u);
    }
}

void mixture_sample(const mixture *m, gsl_rng *rng, double *x_0)
{
    double u = gsl_rng_uniform(rng);
    size_t k = 0;
    while (k + 1 < m->K && u >= m->weight[k]) u -= m->weight[k++];
    for (size_t d = 0; d < m->D; d++)
        x_0[d] = m->mean[k * m->D + d] + gsl_ran_gaussian_ziggurat(rng, sqrt(m->var[k]));
}

double mixture_expectation(const mixture *m, const schedule *s, size_t t,
                           double (*f)(double x_t, void *params), void *params, size_t n)
{
    double sum = 0.0;
    for (size_t k = 0; k < m->K; k++)
        sum += m->weight[k] * quad_hermite(f, params, sqrt(s->alpha_bar[t]) * m->mean[k],
                                           sqrt(var_at(m, s, t, k)), n, NULL);
    return sum;
}
