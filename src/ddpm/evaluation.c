/* evaluation.c -- what `ddpm eval` measures, the denoiser and the bound; samples: evaluation_samples.c. */
#include "ddpm/evaluation.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>

#include "check/check.h"
#include "check/moments.h"

/* An exact denoiser costs K numbers per point and t. */
enum { MOST_COMPONENTS = 1024 };

/* ---- The denoiser ------------------------------------------------------------------------------ */

void evaluation_excess(evaluation *e, loaded *l)
{
    const toy *d = l->m->d;
    const size_t T = l->m->s->T;
    if (d->K == 0 || d->K > MOST_COMPONENTS) {
        e->no_excess = d->K == 0 ? "the law of the data is no Gaussian mixture: no exact denoiser"
                                 : "the law of the data has more than 1024 components";
        return;
    }
    mixture *law = adapt_toy_mixture(&l->m->units);
    if (!law) check_refuse("ddpm eval: out of memory");
    const size_t each = e->n > 40 ? e->n / 10 : 4, stride = T > 100 ? T / 100 : 1;
    e->excess = evaluate_excess_alloc(l->w, law, stride, each, e->seed);
    if (!e->excess) check_refuse("ddpm eval: out of memory");
    mixture_free(law);
}

/* ---- The bound --------------------------------------------------------------------------------- */

static double uniform(void *rng)
{
    return gsl_rng_uniform(rng);
}

/* -log p(x) of the data's law: a mixture with positive variances, or boxes of equal size. */
static double minus_log_law(const toy *d, const mixture *law, const double *x)
{
    if (law) return -mixture_log_pdf(law, x);
    double volume = (double)d->boxes;
    for (size_t i = 0; i < d->D; i++) volume *= d->high[i] - d->low[i];
    return log(volume);
}

static const char *why_no_density(const toy *d, size_t n)
{
    for (size_t k = 0; k < d->K; k++)
        if (!(d->var[k] > 0.0)) return "the law of the data consists of points: it has no density";
    if ((double)d->K * (double)n > 1e9) return "the law of the data has too many components";
    return NULL;
}

static void measure_own(evaluation *e, const toy *d, const double *x)
{
    e->no_own = why_no_density(d, e->n);
    if (e->no_own) return;
    const adapt_toy own_units = {.d = d, .shift = NULL, .scale = 1.0};
    mixture *law = d->K > 0 ? adapt_toy_mixture(&own_units) : NULL;
    if (d->K > 0 && !law) check_refuse("ddpm eval: out of memory");
    moments sum = {0};
    for (size_t i = 0; i < e->n; i++) moments_add(&sum, minus_log_law(d, law, x + i * d->D));
    e->own = (evaluate_number){sum.mean, moments_se(&sum)};
    e->has_own = true;
    mixture_free(law);
}

/* The best Gaussian with independent coordinates: 1/2 sum ln(2 pi e var_i). */
static void measure_trivial(evaluation *e, const toy *d)
{
    double *mean = calloc(2 * d->D, sizeof *mean);
    if (!mean) check_refuse("ddpm eval: out of memory");
    double *sd = mean + d->D;
    toy_moments(d, mean, sd);
    for (size_t i = 0; i < d->D; i++) e->trivial += 0.5 * log(2.0 * M_PI * M_E) + log(sd[i]);
    e->has_trivial = isfinite(e->trivial);
    free(mean);
}

void evaluation_bound(evaluation *e, loaded *l, gsl_rng *rng)
{
    const model *m = l->m;
    const size_t D = m->D;
    double *x = calloc(e->n * D, sizeof *x);
    if (!x) check_refuse("--n %zu: out of memory", e->n);
    for (size_t i = 0; i < e->n; i++) toy_sample(m->d, x + i * D, uniform, rng);
    measure_own(e, m->d, x);
    measure_trivial(e, m->d);
    for (size_t i = 0; i < e->n; i++) /* the network's units */
        for (size_t d = 0; d < D; d++) x[i * D + d] = (x[i * D + d] - m->shift[d]) / m->scale;
    const evaluate_bound_options how = {.seed = e->seed};
    e->bound = evaluate_bound_alloc(l->w, x, e->n, &how);
    if (!e->bound) check_refuse("ddpm eval: out of memory");
    free(x);
    e->units = (double)D * log(m->scale);
    e->total = e->bound->total;
    e->total.value += e->units;
    e->worse_than_trivial = e->has_trivial && e->total.value - 3.0 * e->total.error > e->trivial;
}

void evaluation_free(evaluation *e)
{
    evaluate_excess_free(e->excess);
    evaluate_bound_free(e->bound);
    free(e->count);
}
