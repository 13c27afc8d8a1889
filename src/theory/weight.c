/* weight.c -- the weights that the variational bound puts on squared prediction errors. */
#include "theory/weight.h"

#include <math.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>

#include "theory/posterior.h"

double weight_sigma2(const schedule *s, size_t t, weight_variance choice)
{
    return choice == SIGMA_BETA ? s->beta[t] : s->beta_tilde[t];
}

double weight_mu(double sigma2)
{
    if (!(sigma2 > 0.0)) GSL_ERROR_VAL("sigma_t^2 must be positive", GSL_EDOM, (double)NAN);
    return 1.0 / (2.0 * sigma2);
}

double weight_x0(const schedule *s, size_t t, double sigma2)
{
    return weight_mu(sigma2) * gsl_pow_2(posterior_weight_x0(s, t));
}

double weight_eps(const schedule *s, size_t t, double sigma2)
{
    /* In this order nothing underflows: beta^2 would, below 1e-154. */
    return weight_mu(sigma2) * s->beta[t] * (s->beta[t] / (s->alpha[t] * s->var_bar[t]));
}
