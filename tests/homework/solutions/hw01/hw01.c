/* hw01.c -- reference solution, for the tests of the grader. */
#include "hw01.h"

#include <math.h>

/* begin separate */
void separate(const double *log_p, const double *log_q, size_t T, double out[3])
{
    out[0] = log_p[1];
    out[1] = out[2] = 0.0;
    for (size_t t = 2; t <= T; t++) out[1] += log_p[t];
    for (size_t t = 1; t <= T; t++) out[2] += log_q[t];
}
/* end */

/* begin split_last */
void split_last(const double *log_q, size_t T, double out[2])
{
    out[0] = log_q[T];
    out[1] = 0.0;
    for (size_t t = 1; t < T; t++) out[1] += log_q[t];
}
/* end */

/* begin reindex */
void reindex(const double *log_q, size_t T, double *shifted)
{
    for (size_t t = 2; t <= T; t++) shifted[t] = log_q[t - 1];
}
/* end */

/* begin elbo_reindexed */
double elbo_reindexed(double log_prior, const double *log_p, const double *log_q, size_t T)
{
    double sum = log_prior - log_q[T] + log_p[1];
    for (size_t t = 2; t <= T; t++) sum += log_p[t] - log_q[t - 1];
    return sum;
}
/* end */

/* begin log_gaussian */
double log_gaussian(double x, double mean, double var)
{
    const double pi = 3.14159265358979323846;
    return -0.5 * log(2.0 * pi * var) - (x - mean) * (x - mean) / (2.0 * var);
}
/* end */

/* begin log_bayes */
double log_bayes(const noise_schedule *s, size_t t, double x_prev, double x_t, double x_0)
{
    const double step = log_gaussian(x_t, sqrt(s->alpha[t]) * x_prev, s->beta[t]);
    const double before =
        log_gaussian(x_prev, sqrt(s->alpha_bar[t - 1]) * x_0, s->var_bar[t - 1]);
    const double after = log_gaussian(x_t, sqrt(s->alpha_bar[t]) * x_0, s->var_bar[t]);
    return step + before - after;
}
/* end */

/* begin forward_sum */
double forward_sum(const double *log_posterior, const double *log_marginal, size_t T)
{
    double sum = log_marginal[1];
    for (size_t t = 2; t <= T; t++)
        sum += log_posterior[t] + log_marginal[t] - log_marginal[t - 1];
    return sum;
}
/* end */

/* begin leftover */
double leftover(const double *log_marginal, size_t T)
{
    return log_marginal[T];
}
/* end */

/* begin elbo_from_terms */
double elbo_from_terms(double reconstruction, double prior_kl, const double *kl, size_t T)
{
    double sum = reconstruction - prior_kl;
    for (size_t t = 2; t <= T; t++) sum -= kl[t];
    return sum;
}
/* end */

/* begin elbo_on_path */
double elbo_on_path(const noise_schedule *s, const double *x, const double *log_p,
                    double log_prior)
{
    const size_t T = s->T;
    double sum = log_p[1] + log_prior -
                 log_gaussian(x[T], sqrt(s->alpha_bar[T]) * x[0], s->var_bar[T]);
    for (size_t t = 2; t <= T; t++) sum += log_p[t] - log_bayes(s, t, x[t - 1], x[t], x[0]);
    return sum;
}
/* end */
