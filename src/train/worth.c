/* worth.c -- four numbers to compare networks by. */
#include "train/worth.h"

#include <stdlib.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_rng.h>

#include "theory/distance.h"
#include "theory/weight.h"
#include "train/evaluate.h"

enum { DIRECTIONS = 16, PAIRS = 6, MOST = 100000 };

static void measure_floors(worth_meter *y, const distance_law *law, gsl_rng *rng)
{
    const size_t n = y->n, D = y->m->D;
    const distance_metric energy = distance_metric_energy_unbiased();
    distance_slices slices = {DIRECTIONS, y->directions};
    const distance_metric sliced = distance_metric_sliced(&slices);
    distance_floor(&energy, law, n, n, D, PAIRS, rng, &y->floor_energy);
    y->floor_sliced = distance_floor(&sliced, law, n, n, D, PAIRS, rng, NULL);
}

worth_meter *worth_meter_alloc(mixture *m, size_t n, uint64_t seed)
{
    if (n < 2 || n > MOST) GSL_ERROR_NULL("expected 2 to 10^5 points", GSL_EINVAL);
    worth_meter *y = calloc(1, sizeof *y);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    if (y && rng) {
        *y = (worth_meter){.m = m,
                           .n = n,
                           .seed = seed,
                           .law = calloc(n * m->D, sizeof *y->law),
                           .x = calloc(n * m->D, sizeof *y->x),
                           .directions = calloc(DIRECTIONS * m->D, sizeof *y->directions)};
    }
    if (!y || !rng || !y->law || !y->x || !y->directions) {
        worth_meter_free(y);
        if (rng) gsl_rng_free(rng);
        GSL_ERROR_NULL("no memory for samples", GSL_ENOMEM);
    }
    gsl_rng_set(rng, (unsigned long)((seed ^ (seed >> 32)) & 0xffffffffu));
    distance_directions_random(y->directions, DIRECTIONS, m->D, rng);
    const distance_law law = distance_law_mixture(m);
    distance_draw(y->law, n, m->D, &law, rng);
    measure_floors(y, &law, rng);
    gsl_rng_free(rng);
    return y;
}

void worth_meter_free(worth_meter *y)
{
    if (!y) return;
    free(y->law);
    free(y->x);
    free(y->directions);
    free(y);
}

/* The excess at the evaluated t, in the currency of L_simple and in that of the bound. */
static void add_excess(worth *o, const evaluate_excess *e, const schedule *s, size_t D)
{
    size_t evaluated = 0;
    o->simple = o->vlb = 0.0;
    for (size_t t = 1; t <= e->T; t += e->stride) {
        o->simple += e->excess[t].value;
        o->vlb += weight_eps(s, t, weight_sigma2(s, t, SIGMA_BETA)) * e->excess[t].value;
        evaluated++;
    }
    o->simple /= (double)evaluated;
    o->vlb *= (double)(D * e->T) / (double)evaluated;
}

int worth_measure(worth *o, worth_meter *y, denoise *use, size_t stride)
{
    const size_t D = y->m->D, n = y->n;
    evaluate_excess *e = evaluate_excess_alloc(use, y->m, stride, n / 4 + 2, y->seed);
    if (!e) return GSL_EFAILED;
    add_excess(o, e, use->k->s, D);
    evaluate_excess_free(e);
    const int status = denoise_sample(use, y->x, n, &(denoise_options){.seed = y->seed});
    if (status) return status;
    o->energy = distance_energy_unbiased(y->x, n, y->law, n, D);
    o->sliced = distance_sliced_w1(y->x, n, y->law, n, D, y->directions, DIRECTIONS);
    return GSL_SUCCESS;
}
