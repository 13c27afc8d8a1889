/* hw02.c -- Homework 2: the terms of the bound.  Replace every TODO; README.md says what is asked.
 *
 * Pure functions: nothing is read, printed or remembered.  t runs from 1 to T, every variance is a
 * variance.  Helper functions are welcome. */
#include "hw02.h"

#include <math.h>

/* A2 */
double reconstruction_nll(const noise_schedule *s, const double *x_0, const double *mu, size_t D)
{
    return NAN; /* TODO */
}

/* A3 */
double bin_probability(unsigned k, double mean, double sigma)
{
    return NAN; /* TODO */
}

/* B1 */
double prior_kl(const noise_schedule *s, double x_0)
{
    return NAN; /* TODO */
}

/* C3 */
double mean_slope(const noise_schedule *s, size_t t)
{
    return NAN; /* TODO */
}

/* C4 */
double weight_eps(const noise_schedule *s, size_t t, double sigma2)
{
    return NAN; /* TODO */
}
