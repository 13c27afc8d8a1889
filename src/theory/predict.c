/* predict.c -- what a network may predict, and how each prediction gives mu_theta. */
#include "theory/predict.h"

#include <math.h>

double predict_x0_from_eps(const schedule *s, size_t t, double x_t, double eps)
{
    return (x_t - sqrt(s->var_bar[t]) * eps) / sqrt(s->alpha_bar[t]);
}

double predict_mean_slope_eps(const schedule *s, size_t t)
{
    return s->beta[t] / (sqrt(s->alpha[t]) * sqrt(s->var_bar[t]));
}

double predict_mean_from_eps(const schedule *s, size_t t, double x_t, double eps)
{
    return x_t / sqrt(s->alpha[t]) - predict_mean_slope_eps(s, t) * eps;
}

double predict_v(const schedule *s, size_t t, double x_0, double eps)
{
    return sqrt(s->alpha_bar[t]) * eps - sqrt(s->var_bar[t]) * x_0;
}

double predict_x0_from_v(const schedule *s, size_t t, double x_t, double v)
{
    return sqrt(s->alpha_bar[t]) * x_t - sqrt(s->var_bar[t]) * v;
}

double predict_eps_from_v(const schedule *s, size_t t, double x_t, double v)
{
    return sqrt(s->var_bar[t]) * x_t + sqrt(s->alpha_bar[t]) * v;
}

double predict_score_from_eps(const schedule *s, size_t t, double eps)
{
    return -eps / sqrt(s->var_bar[t]);
}

double predict_mean_from_score(const schedule *s, size_t t, double x_t, double score)
{
    return (x_t + s->beta[t] * score) / sqrt(s->alpha[t]);
}
