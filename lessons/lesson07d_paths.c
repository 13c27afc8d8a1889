/* Lesson 7, part d: a path x_0 .. x_T, the densities of the derivation, and what a line is. */
#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "theory/forward.h"
#include "theory/posterior.h"

#include "lesson07.h"

/* ---- A model and a path ---- */

/* An arbitrary model, far from the optimum and nonlinear in mean and variance: the algebra below
 * must not care.  (sin and cos are entire functions, so that Gauss-Hermite quadrature converges
 * fast.) */
static double model_mean(double x_t, size_t t, void *params)
{
    const schedule *s = params;
    const double beta = s->beta[t];
    return (1.0 - 0.4 * beta) * x_t + 0.6 * beta * sin(2.0 * x_t + (double)t / (double)s->T);
}

static double model_var(double x_t, size_t t, void *params)
{
    const schedule *s = params;
    return s->beta[t] * (1.2 + 0.3 * cos((double)t + x_t));
}

void take_walk(walk *w, schedule *s, int kind)
{
    w->s = s;
    w->p = (reverse_model){model_mean, model_var, s};
    w->library = false;
    w->x[0] = x_0;
    for (size_t t = 1; t <= s->T; t++) {
        const double u = fmod(0.377 + 0.618033988749895 * (double)t + 0.291 * kind, 1.0);
        const double noise = gsl_cdf_ugaussian_Pinv(u);
        w->x[t] = kind == 2 ? 1.3 * sin(1.7 * (double)t) + 0.2
                            : sqrt(s->alpha[t]) * w->x[t - 1] + sqrt(s->beta[t]) * noise;
    }
}

/* ---- Densities that know their rounding error ---- */

/* log N(x; mean, var), `size` = sum of the |summands| of the mean.  At most 8 roundings act on each
 * of the parts; those of the mean are amplified by |x - mean|/var. */
bounded log_normal(double x, double mean, double size, double var)
{
    const double d = x - mean, square = d * d / (2.0 * var), constant = 0.5 * log(2.0 * M_PI * var);
    const double parts = 1.0 + square + fabs(constant) + fabs(d) / var * (fabs(x) + size);
    return (bounded){-square - constant, 8.0 * eps * parts};
}

void add(bounded *sum, double sign, bounded term)
{
    sum->value += sign * term.value;
    sum->error += term.error + eps * fabs(sum->value);
}

bounded log_prior(const walk *w, size_t T) /* log p(x_T) */
{
    return log_normal(w->x[T], 0.0, 0.0, 1.0);
}

bounded log_p(const walk *w, size_t t) /* log p(x_{t-1} | x_t) */
{
    const double mean = w->p.mean(w->x[t], t, w->p.params), var = w->p.var(w->x[t], t, w->p.params);
    bounded r = log_normal(w->x[t - 1], mean, fabs(mean), var);
    if (w->library) r.value = elbo_reverse_log_pdf(&w->p, t, w->x[t - 1], w->x[t]);
    return r;
}

bounded log_step(const walk *w, size_t t) /* log q(x_t | x_{t-1}) */
{
    const double mean = sqrt(w->s->alpha[t]) * w->x[t - 1];
    bounded r = log_normal(w->x[t], mean, fabs(mean), w->s->beta[t]);
    if (w->library) r.value = forward_step_log_pdf(w->s, t, w->x[t], w->x[t - 1]);
    return r;
}

bounded log_jump(const walk *w, size_t t) /* log q(x_t | x_0) */
{
    const double mean = sqrt(w->s->alpha_bar[t]) * w->x[0];
    bounded r = log_normal(w->x[t], mean, fabs(mean), w->s->var_bar[t]);
    if (w->library) r.value = forward_jump_log_pdf(w->s, t, w->x[t], w->x[0]);
    return r;
}

bounded log_posterior(const walk *w,
                      size_t t) /* log q(x_{t-1} | x_t, x_0), t >= 2: precisions add */
{
    const double likelihood = w->s->alpha[t] / w->s->beta[t], prior = 1.0 / w->s->var_bar[t - 1];
    const double var = 1.0 / (likelihood + prior);
    const double from_end = var * likelihood * w->x[t] / sqrt(w->s->alpha[t]);
    const double from_start = var * prior * sqrt(w->s->alpha_bar[t - 1]) * w->x[0];
    bounded r =
        log_normal(w->x[t - 1], from_end + from_start, fabs(from_end) + fabs(from_start), var);
    if (w->library) r.value = posterior_log_pdf(w->s, t, w->x[t - 1], w->x[t], w->x[0]);
    return r;
}

/* ---- A line of the derivation ---- */

bounded evaluate(const line *l, walk *w, bool library)
{
    w->library = library;
    if (l->whole) return l->whole(w);
    bounded r = {0.0, 0.0};
    for (size_t k = 0; k < SUMMANDS && l->part[k].density; k++) {
        const size_t first = l->part[k].first == END ? w->s->T : l->part[k].first;
        const size_t last = l->part[k].last == END ? w->s->T : l->part[k].last;
        for (size_t t = first; t <= last; t++)
            add(&r, l->part[k].sign, l->part[k].density(w, t - l->part[k].shift));
    }
    return r;
}

/* (1) as it stands: densities of GSL multiplied and divided; frexp keeps the product in range. */
static bounded multiply_out(walk *w)
{
    double ratio = gsl_ran_ugaussian_pdf(w->x[w->s->T]), exponent = 0.0;
    double error = log_prior(w, w->s->T).error;
    for (size_t t = 1; t <= w->s->T; t++) {
        const double root = sqrt(w->s->alpha[t]), mean = w->p.mean(w->x[t], t, w->p.params);
        const double sd = sqrt(w->p.var(w->x[t], t, w->p.params));
        int shift;
        ratio *= gsl_ran_gaussian_pdf(w->x[t - 1] - mean, sd);
        ratio /= gsl_ran_gaussian_pdf(w->x[t] - root * w->x[t - 1], sqrt(w->s->beta[t]));
        ratio = frexp(ratio, &shift);
        exponent += shift * M_LN2;
        error += log_p(w, t).error + log_step(w, t).error + eps * (8.0 + fabs(exponent));
    }
    return (bounded){log(ratio) + exponent, error};
}

const line product = {.text = "(1)  log of the product of densities", .whole = multiply_out};
