/* forward.c -- the forward chain q: one step, one jump, and the joint law of the path. */
#include "theory/forward.h"

#include <math.h>

#include "theory/gaussian.h"

double forward_step(const schedule *s, size_t t, double x_prev, double eps)
{
    return sqrt(s->alpha[t]) * x_prev + sqrt(s->beta[t]) * eps;
}

double forward_jump(const schedule *s, size_t t, double x_0, double eps)
{
    return sqrt(s->alpha_bar[t]) * x_0 + sqrt(s->var_bar[t]) * eps;
}

double forward_noise(const schedule *s, size_t t, double x_t, double x_0)
{
    return (x_t - sqrt(s->alpha_bar[t]) * x_0) / sqrt(s->var_bar[t]);
}

double forward_step_log_pdf(const schedule *s, size_t t, double x_t, double x_prev)
{
    return gaussian_log_pdf(x_t, sqrt(s->alpha[t]) * x_prev, s->beta[t]);
}

double forward_jump_log_pdf(const schedule *s, size_t t, double x_t, double x_0)
{
    return gaussian_log_pdf(x_t, sqrt(s->alpha_bar[t]) * x_0, s->var_bar[t]);
}

double forward_covariance(const schedule *s, size_t i, size_t j)
{
    const size_t first = i < j ? i : j, last = i < j ? j : i;
    return sqrt(s->alpha_bar[last] / s->alpha_bar[first]) * s->var_bar[first];
}

double forward_variance(const schedule *s, size_t t, double v)
{
    return s->alpha_bar[t] * v + s->var_bar[t];
}

double forward_snr(const schedule *s, size_t t)
{
    return s->alpha_bar[t] / s->var_bar[t];
}
