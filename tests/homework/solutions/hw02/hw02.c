/* hw02.c -- reference solution, for the tests of the grader. */
#include "hw02.h"

#include <math.h>

/* begin reconstruction_nll */
double reconstruction_nll(const noise_schedule *s, const double *x_0, const double *mu, size_t D)
{
    const double pi = 3.14159265358979323846;
    double sum = 0.0;
    for (size_t d = 0; d < D; d++) sum += (x_0[d] - mu[d]) * (x_0[d] - mu[d]);
    return sum / (2.0 * s->beta[1]) + 0.5 * (double)D * log(2.0 * pi * s->beta[1]);
}
/* end */

/* begin bin_probability */
static double cdf(double z)
{
    return 0.5 * erfc(-z / sqrt(2.0));
}

double bin_probability(unsigned k, double mean, double sigma)
{
    const double centre = 2.0 * k / 255.0 - 1.0, half = 1.0 / 255.0;
    const double below = k == 0 ? 0.0 : cdf((centre - half - mean) / sigma);
    const double above = k == 255 ? 1.0 : cdf((centre + half - mean) / sigma);
    return above - below;
}
/* end */

/* begin prior_kl */
double prior_kl(const noise_schedule *s, double x_0)
{
    const double abar = s->alpha_bar[s->T], var = s->var_bar[s->T];
    return 0.5 * (abar * x_0 * x_0 - abar - log(var));
}
/* end */

/* begin mean_slope */
double mean_slope(const noise_schedule *s, size_t t)
{
    return s->beta[t] / (sqrt(s->alpha[t]) * sqrt(s->var_bar[t]));
}
/* end */

/* begin weight_eps */
double weight_eps(const noise_schedule *s, size_t t, double sigma2)
{
    const double c = mean_slope(s, t);
    return c * c / (2.0 * sigma2);
}
/* end */
