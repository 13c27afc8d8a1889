/* hw03.c -- reference solution, for the tests of the grader. */
#include "hw03.h"

#include <math.h>

/* begin x0_from_eps */
double x0_from_eps(const noise_schedule *s, size_t t, double x_t, double eps)
{
    return (x_t - sqrt(s->var_bar[t]) * eps) / sqrt(s->alpha_bar[t]);
}
/* end */

/* begin posterior_mean */
double posterior_mean(const noise_schedule *s, size_t t, double x_t, double x_0)
{
    const double w_x0 = sqrt(s->alpha_bar[t - 1]) * s->beta[t] / s->var_bar[t];
    const double w_xt = sqrt(s->alpha[t]) * s->var_bar[t - 1] / s->var_bar[t];
    return w_x0 * x_0 + w_xt * x_t;
}
/* end */

/* begin posterior_var */
double posterior_var(const noise_schedule *s, size_t t)
{
    return s->var_bar[t - 1] / s->var_bar[t] * s->beta[t];
}
/* end */

/* begin coefficient_xt */
double coefficient_xt(const noise_schedule *s, size_t t)
{
    return 1.0 / sqrt(s->alpha[t]);
}
/* end */

/* begin coefficient_eps */
double coefficient_eps(const noise_schedule *s, size_t t)
{
    return -s->beta[t] / (sqrt(s->alpha[t]) * sqrt(s->var_bar[t]));
}
/* end */

/* begin mean_from_eps */
double mean_from_eps(const noise_schedule *s, size_t t, double x_t, double eps)
{
    return coefficient_xt(s, t) * x_t + coefficient_eps(s, t) * eps;
}
/* end */

/* begin gaussian_kl */
double gaussian_kl(const double *mean_q, double var_q, const double *mean_p, double var_p,
                   size_t D)
{
    const double ratio = var_q / var_p;
    double square = 0.0;
    for (size_t d = 0; d < D; d++) square += (mean_q[d] - mean_p[d]) * (mean_q[d] - mean_p[d]);
    return 0.5 * (double)D * (ratio - 1.0 - log(ratio)) + square / (2.0 * var_p);
}
/* end */

/* begin kl_equal_variance */
double kl_equal_variance(const double *mean_q, const double *mean_p, double var, size_t D)
{
    double square = 0.0;
    for (size_t d = 0; d < D; d++) square += (mean_q[d] - mean_p[d]) * (mean_q[d] - mean_p[d]);
    return square / (2.0 * var);
}
/* end */
