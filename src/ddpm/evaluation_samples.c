/* evaluation_samples.c -- the samples of a network beside fresh data, and beside the noise floor. */
#include <math.h>
#include <stdlib.h>

#include "check/check.h"
#include "ddpm/evaluation.h"
#include "theory/distance.h"

/* ---- Distances --------------------------------------------------------------------------------- */

static double uniform(void *rng)
{
    return gsl_rng_uniform(rng);
}

static void draw(double *x, gsl_rng *rng, void *params)
{
    toy_sample(params, x, uniform, rng);
}

static evaluation_distance measure(const distance_metric *metric, const double *x,
                                   const double *data, size_t n, size_t D, const distance_law *law,
                                   gsl_rng *rng)
{
    evaluation_distance r;
    r.value = metric->value(x, n, data, n, D, metric->params);
    r.floor = distance_floor(metric, law, n, n, D, EVALUATION_PAIRS, rng, &r.floor_sd);
    return r;
}

static double permutation_p(const double *x, const double *data, size_t n, size_t D, gsl_rng *rng)
{
    distance_pairs *pairs = distance_pairs_alloc(x, n, data, n, D);
    if (!pairs) check_refuse("ddpm eval: out of memory for %zu samples; a smaller --n?", n);
    const double p = distance_permutation_p(pairs, EVALUATION_PERMUTATIONS, rng);
    distance_pairs_free(pairs);
    return p;
}

static void measure_distances(evaluation *e, const toy *d, const double *x, const double *data,
                              gsl_rng *rng)
{
    const distance_law law = {.draw = draw, .params = (void *)(uintptr_t)d};
    const size_t K = d->D == 1 ? 1 : EVALUATION_DIRECTIONS;
    double *u = calloc(K * d->D, sizeof *u);
    if (!u) check_refuse("ddpm eval: out of memory");
    if (d->D == 2)
        distance_directions_even(u, K);
    else
        distance_directions_random(u, K, d->D, rng);
    distance_slices slices = {.K = K, .u = u};
    const distance_metric energy = distance_metric_energy(),
                          sliced = distance_metric_sliced(&slices);
    e->energy = measure(&energy, x, data, e->n, d->D, &law, rng);
    e->sliced = measure(&sliced, x, data, e->n, d->D, &law, rng);
    e->p_value = permutation_p(x, data, e->n, d->D, rng);
    free(u);
}

/* ---- Modes ------------------------------------------------------------------------------------- */

/* Are the bumps so far apart that the nearest centre tells which one a point came from?  Then the
 * expected shares are the weights: midway between two centres is 5 standard deviations away. */
static bool are_separate(const toy *d, size_t n)
{
    if (d->K < 2 || d->K > 64) return false;
    for (size_t j = 0; j < d->K; j++) {
        if (!((double)n * d->weight[j] >= 5.0)) return false;
        for (size_t k = 0; k < j; k++) {
            double square = 0.0;
            for (size_t i = 0; i < d->D; i++)
                square += pow(d->mean[j * d->D + i] - d->mean[k * d->D + i], 2.0);
            if (!(sqrt(square) >= 5.0 * (sqrt(d->var[j]) + sqrt(d->var[k])))) return false;
        }
    }
    return true;
}

static bool is_inside(const toy *d, const double *x)
{
    for (size_t b = 0; b < d->boxes; b++) {
        bool inside = true;
        for (size_t i = b * d->D; i < (b + 1) * d->D; i++)
            inside = inside && d->low[i] <= x[i - b * d->D] && x[i - b * d->D] <= d->high[i];
        if (inside) return true;
    }
    return false;
}

/* Centres and shares of the modes; boxes have equal shares. */
static void place_modes(const toy *d, size_t modes, double *centre, double *share)
{
    for (size_t k = 0; k < modes; k++) share[k] = d->boxes ? 1.0 / (double)modes : d->weight[k];
    for (size_t i = 0; i < modes * d->D; i++)
        centre[i] = d->boxes ? 0.5 * (d->low[i] + d->high[i]) : d->mean[i];
}

static void measure_modes(evaluation *e, const toy *d, const double *x)
{
    const size_t modes = d->boxes ? d->boxes : are_separate(d, e->n) ? d->K : 0;
    if (modes == 0) return;
    double *centre = calloc(modes * (d->D + 1), sizeof *centre);
    e->count = calloc(modes, sizeof *e->count);
    if (!centre || !e->count) check_refuse("ddpm eval: out of memory");
    double *share = centre + modes * d->D;
    place_modes(d, modes, centre, share);
    e->modes = modes;
    distance_nearest(e->count, x, e->n, d->D, centre, modes);
    e->chi2 = distance_occupancy(e->count, share, modes, &e->modes_p);
    for (size_t k = 0; k < modes; k++) e->occupied += e->count[k] > 0;
    e->has_outside = d->boxes > 0;
    for (size_t i = 0; e->has_outside && i < e->n; i++) e->outside += !is_inside(d, x + i * d->D);
    free(centre);
}

void evaluation_samples(evaluation *e, loaded *l, gsl_rng *rng)
{
    const toy *d = l->m->d;
    double *x = calloc(2 * e->n * d->D, sizeof *x), *data = x ? x + e->n * d->D : NULL;
    if (!x) check_refuse("--n %zu: out of memory", e->n);
    loaded_sample(l, x, e->n, e->seed, e->respace, NULL, NULL);
    for (size_t i = 0; i < e->n; i++) toy_sample(d, data + i * d->D, uniform, rng);
    measure_distances(e, d, x, data, rng);
    measure_modes(e, d, x);
    free(x);
}
