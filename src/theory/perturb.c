/* perturb.c -- data plus noise, x_sigma = x + sigma eps: the noise of score matching and NCSN. */
#include "theory/perturb.h"

#include <math.h>

#include <gsl/gsl_math.h>

double perturb_target(double x_sigma, double x, double sigma)
{
    return -(x_sigma - x) / (sigma * sigma);
}

/* The exponent of component k, with its weight and its normalisation. */
static double exponent(const mixture *m, double sigma, size_t k, const double *x)
{
    const double var = m->var[k] + sigma * sigma;
    double square = 0.0;
    for (size_t d = 0; d < m->D; d++) square += gsl_pow_2(x[d] - m->mean[k * m->D + d]);
    return log(m->weight[k]) - 0.5 * (square / var + (double)m->D * log(2.0 * M_PI * var));
}

/* Also leaves the responsibilities in gamma.  The largest exponent is taken out, so that nothing
 * under- or overflows. */
double perturb_log_pdf(mixture *m, double sigma, const double *x_sigma)
{
    double largest = -(double)INFINITY, sum = 0.0;
    for (size_t k = 0; k < m->K; k++) {
        m->gamma[k] = exponent(m, sigma, k, x_sigma);
        largest = fmax(largest, m->gamma[k]);
    }
    for (size_t k = 0; k < m->K; k++) {
        m->gamma[k] = exp(m->gamma[k] - largest);
        sum += m->gamma[k];
    }
    for (size_t k = 0; k < m->K; k++) m->gamma[k] /= sum;
    return largest + log(sum);
}

void perturb_score(double *score, mixture *m, double sigma, const double *x_sigma)
{
    perturb_log_pdf(m, sigma, x_sigma);
    for (size_t d = 0; d < m->D; d++) {
        score[d] = 0.0;
        for (size_t k = 0; k < m->K; k++)
            score[d] -=
                m->gamma[k] * (x_sigma[d] - m->mean[k * m->D + d]) / (m->var[k] + sigma * sigma);
    }
}

void perturb_mean(double *x_hat, mixture *m, double sigma, const double *x_sigma)
{
    const double noise = sigma * sigma;
    perturb_log_pdf(m, sigma, x_sigma);
    for (size_t d = 0; d < m->D; d++) {
        x_hat[d] = 0.0;
        for (size_t k = 0; k < m->K; k++)
            x_hat[d] += m->gamma[k] * (noise * m->mean[k * m->D + d] + m->var[k] * x_sigma[d]) /
                        (m->var[k] + noise);
    }
}

double perturb_loss(const double *score, const double *eps, double sigma, size_t D)
{
    double sum = 0.0;
    for (size_t d = 0; d < D; d++) sum += gsl_pow_2(sigma * score[d] + eps[d]);
    return sum;
}
