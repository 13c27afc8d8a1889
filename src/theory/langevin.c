/* langevin.c -- Langevin dynamics with a score, alone and annealed over a ladder of noise levels. */
#include "theory/langevin.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "theory/perturb.h"

static const size_t most = 1000000;

static void oracle_score(double *score, const double *x, double sigma, size_t t, size_t D,
                         void *params)
{
    (void)t, (void)D;
    perturb_score(score, params, sigma, x);
}

score_model langevin_oracle(mixture *m)
{
    return (score_model){oracle_score, m};
}

ladder *ladder_alloc(size_t T, double low, double high, double step)
{
    if (!(T >= 2 && T <= most && low > 0.0 && low < high && step > 0.0 && isfinite(high * step)))
        GSL_ERROR_NULL("a ladder needs 2 <= T <= 10^6, 0 < low < high and step > 0, all finite",
                       GSL_EINVAL);
    ladder *l = malloc(sizeof *l);
    double *block = calloc(2 * (T + 1), sizeof *block);
    if (!l || !block) {
        free(l);
        free(block);
        GSL_ERROR_NULL("out of memory for a ladder", GSL_ENOMEM);
    }
    *l = (ladder){T, block, block + T + 1};
    for (size_t t = 1; t <= T; t++) {
        l->sigma[t] = low * pow(high / low, (double)(t - 1) / (double)(T - 1));
        l->eta[t] = step * l->sigma[t] * l->sigma[t];
    }
    return l;
}

void ladder_free(ladder *l)
{
    if (!l) return;
    free(l->sigma); /* the one block */
    free(l);
}

void langevin_step(double *x, double *score, size_t D, const score_model *model, double sigma,
                   size_t t, double eta, gsl_rng *rng)
{
    model->score(score, x, sigma, t, D, model->params);
    for (size_t d = 0; d < D; d++)
        x[d] += 0.5 * eta * score[d] + gsl_ran_gaussian_ziggurat(rng, sqrt(eta));
}

void langevin_annealed(double *x, double *score, size_t D, const ladder *l, size_t L,
                       langevin_order order, const score_model *model, gsl_rng *rng)
{
    for (size_t d = 0; d < D; d++) x[d] = gsl_ran_gaussian_ziggurat(rng, l->sigma[l->T]);
    for (size_t i = 0; i < l->T; i++) {
        const size_t t = order == LANGEVIN_DOWN ? l->T - i : 1 + i;
        for (size_t n = 0; n < L; n++)
            langevin_step(x, score, D, model, l->sigma[t], t, l->eta[t], rng);
    }
}

double langevin_variance(double v, double eta)
{
    if (!(v > 0.0 && eta > 0.0 && eta < 4.0 * v))
        GSL_ERROR_VAL("the chain has a stationary law only for 0 < eta < 4v", GSL_EDOM,
                      (double)NAN);
    return v / (1.0 - 0.25 * eta / v);
}

double langevin_variance_after(double v, double eta, size_t n, double start)
{
    if (!(v > 0.0 && eta > 0.0 && start >= 0.0))
        GSL_ERROR_VAL("the chain needs v > 0, eta > 0 and a start of variance >= 0", GSL_EDOM,
                      (double)NAN);
    const double ratio = gsl_pow_2(1.0 - 0.5 * eta / v);
    /* 1 - ratio = (eta/v)(1 - eta/(4v)) may be 0 (eta = 4v: the variance grows by eta a step). */
    const double gap = eta / v * (1.0 - 0.25 * eta / v), left = pow(ratio, (double)n);
    return left * start + (gap == 0.0 ? eta * (double)n : eta * (1.0 - left) / gap);
}
