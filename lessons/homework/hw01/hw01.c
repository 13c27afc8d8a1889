/* hw01.c -- Homework 1: the bound, taken apart.  Replace every TODO; README.md says what is asked.
 *
 * Pure functions: nothing is read, printed or remembered.  t runs from 1 to T, every variance is a
 * variance.  Helper functions are welcome. */
#include "hw01.h"

#include <math.h>

/* A2, A3 */
void separate(const double *log_p, const double *log_q, size_t T, double out[3])
{
    out[0] = out[1] = out[2] = NAN; /* TODO */
}

/* B1 */
void split_last(const double *log_q, size_t T, double out[2])
{
    out[0] = out[1] = NAN; /* TODO */
}

/* B2 */
void reindex(const double *log_q, size_t T, double *shifted)
{
    for (size_t t = 0; t <= T; t++) shifted[t] = NAN; /* TODO */
}

/* B3 */
double elbo_reindexed(double log_prior, const double *log_p, const double *log_q, size_t T)
{
    return NAN; /* TODO */
}

/* C2 */
double log_gaussian(double x, double mean, double var)
{
    return NAN; /* TODO */
}

/* C3 */
double log_bayes(const noise_schedule *s, size_t t, double x_prev, double x_t, double x_0)
{
    return NAN; /* TODO */
}

/* C4 */
double forward_sum(const double *log_posterior, const double *log_marginal, size_t T)
{
    return NAN; /* TODO */
}

/* C5 */
double leftover(const double *log_marginal, size_t T)
{
    return NAN; /* TODO */
}

/* D1 */
double elbo_from_terms(double reconstruction, double prior_kl, const double *kl, size_t T)
{
    return NAN; /* TODO */
}

/* D2 */
double elbo_on_path(const noise_schedule *s, const double *x, const double *log_p, double log_prior)
{
    return NAN; /* TODO */
}
