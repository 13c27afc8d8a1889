/* gaussian.c -- the normal distribution in one dimension. */
#include "theory/gaussian.h"

#include <math.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>

double gaussian_log_pdf(double x, double mean, double var)
{
    if (!(var > 0.0)) GSL_ERROR_VAL("the variance must be positive", GSL_EDOM, (double)NAN);
    return -gsl_pow_2(x - mean) / (2.0 * var) - 0.5 * log(2.0 * M_PI * var);
}

/* r - 1 - ln r = d - log1p(d) with d = r - 1 = (var_q - var_p)/var_p; for small d its series
 * d^2/2 - d^3/3 + d^4/4 - ... saves the digits that the difference would lose. */
double gaussian_kl_variances(double var_q, double var_p)
{
    if (!(var_q > 0.0 && var_p > 0.0))
        GSL_ERROR_VAL("both variances must be positive", GSL_EDOM, (double)NAN);
    const double d = (var_q - var_p) / var_p;
    if (fabs(d) > 0.03) return 0.5 * (d - log1p(d));
    double sum = 0.0;
    for (int n = 12; n >= 2; n--) sum = 1.0 / n - d * sum; /* 0.03^11 / 13 < 1e-17 */
    return 0.5 * d * d * sum;
}

double gaussian_kl(double mean_q, double var_q, double mean_p, double var_p)
{
    return gaussian_kl_variances(var_q, var_p) + gsl_pow_2(mean_q - mean_p) / (2.0 * var_p);
}

double gaussian_entropy(double var)
{
    if (!(var > 0.0)) GSL_ERROR_VAL("the variance must be positive", GSL_EDOM, (double)NAN);
    return 0.5 * log(2.0 * M_PI * M_E * var);
}
