/* hw03.c -- Homework 3: predicting the noise.  Replace every TODO; README.md says what is asked.
 *
 * Pure functions: nothing is read, printed or remembered.  t runs from 1 to T, every variance is a
 * variance.  Helper functions are welcome. */
#include "hw03.h"

#include <math.h>

/* A1 */
double x0_from_eps(const noise_schedule *s, size_t t, double x_t, double eps)
{
    return NAN; /* TODO */
}

/* A2 */
double posterior_mean(const noise_schedule *s, size_t t, double x_t, double x_0)
{
    return NAN; /* TODO */
}

/* A3 */
double posterior_var(const noise_schedule *s, size_t t)
{
    return NAN; /* TODO */
}

/* A4 */
double coefficient_xt(const noise_schedule *s, size_t t)
{
    return NAN; /* TODO */
}

/* A5 */
double coefficient_eps(const noise_schedule *s, size_t t)
{
    return NAN; /* TODO */
}

/* A6 */
double mean_from_eps(const noise_schedule *s, size_t t, double x_t, double eps)
{
    return NAN; /* TODO */
}

/* B1 */
double gaussian_kl(const double *mean_q, double var_q, const double *mean_p, double var_p, size_t D)
{
    return NAN; /* TODO */
}

/* B2 */
double kl_equal_variance(const double *mean_q, const double *mean_p, double var, size_t D)
{
    return NAN; /* TODO */
}
