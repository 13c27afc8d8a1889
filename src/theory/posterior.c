/* posterior.c -- the forward posterior q(x_{t-1} | x_t, x_0). */
#include "theory/posterior.h"

#include <math.h>

#include "theory/gaussian.h"

double posterior_weight_x0(const schedule *s, size_t t)
{
    return sqrt(s->alpha_bar[t - 1]) * s->beta[t] / s->var_bar[t];
}

double posterior_weight_xt(const schedule *s, size_t t)
{
    return sqrt(s->alpha[t]) * s->var_bar[t - 1] / s->var_bar[t];
}

double posterior_mean(const schedule *s, size_t t, double x_t, double x_0)
{
    return posterior_weight_x0(s, t) * x_0 + posterior_weight_xt(s, t) * x_t;
}

double posterior_var(const schedule *s, size_t t)
{
    return s->beta_tilde[t];
}

double posterior_log_pdf(const schedule *s, size_t t, double x_prev, double x_t, double x_0)
{
    return gaussian_log_pdf(x_prev, posterior_mean(s, t, x_t, x_0), posterior_var(s, t));
}
