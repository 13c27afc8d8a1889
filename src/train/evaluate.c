/* evaluate.c -- a trained network against the exact optimum. */
#include "train/evaluate.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>

#include "check/moments.h"
#include "net/counter.h"
#include "theory/forward.h"
#include "train/adapt.h"
#include "train/trainer.h"

enum { LANES = 8 };

/* ---- Room ------------------------------------------------------------------------------------- */

typedef struct room {
    denoise *w;
    mixture *m;
    adapt_data data;
    size_t n, t;
    uint64_t seed;
    size_t *times;                  /* [n], all t */
    double *x, *eps_hat, *best;     /* [n,D] */
    double *bayes, *excess, *gamma; /* [n], [n], [LANES,K] */
    real *x_0;                      /* [LANES,D] */
} room;

static void free_room(room *r)
{
    free(r->times);
    free(r->x);
    free(r->x_0);
}

static bool make_room(room *r)
{
    const size_t n = r->n, D = r->m->D, K = r->m->K;
    r->times = malloc(n * sizeof *r->times);
    r->x = calloc(3 * n * D + 2 * n + LANES * K, sizeof *r->x);
    r->x_0 = malloc(LANES * D * sizeof *r->x_0);
    if (!r->times || !r->x || !r->x_0) {
        free_room(r);
        return false;
    }
    r->eps_hat = r->x + n * D;
    r->best = r->eps_hat + n * D;
    r->bayes = r->best + n * D;
    r->excess = r->bayes + n;
    r->gamma = r->excess + n;
    return true;
}

/* ---- One t ------------------------------------------------------------------------------------ */

/* Draw points lane, lane + LANES, ... and ask the oracle about them. */
static void ask_oracle(size_t lane, void *params)
{
    const room *r = params;
    const task *k = r->w->k;
    const size_t D = r->m->D, t = r->t;
    mixture m = *r->m;
    m.gamma = r->gamma + lane * m.K;
    real *const x_0 = r->x_0 + lane * D;
    for (size_t i = lane; i < r->n; i += LANES) {
        double *const x = r->x + i * D;
        counter_rng rng = counter_start(r->seed, STREAM_EVALUATE, t, i);
        r->data.draw(x_0, i, &rng, r->data.params);
        for (size_t d = 0; d < D; d++)
            x[d] = k->signal[t] * (double)x_0[d] + k->noise[t] * counter_normal(&rng);
        mixture_mean_eps(r->best + i * D, &m, k->s, t, x);
        r->bayes[i] = forward_snr(k->s, t) * mixture_var_x0(&m, k->s, t, x);
    }
}

static evaluate_number mean_of(const double *x, size_t n)
{
    moments sum = {0};
    for (size_t i = 0; i < n; i++) moments_add(&sum, x[i]);
    return (evaluate_number){sum.mean, moments_se(&sum)};
}

static void measure(room *r, size_t t, evaluate_number *bayes, evaluate_number *excess)
{
    const size_t D = r->m->D;
    r->t = t;
    for (size_t i = 0; i < r->n; i++) r->times[i] = t;
    parallel_run(r->w->pool, LANES, ask_oracle, r);
    denoise_eps(r->w, r->eps_hat, r->x, r->times, r->n);
    for (size_t i = 0; i < r->n; i++) {
        double square = 0.0;
        for (size_t d = i * D; d < (i + 1) * D; d++)
            square += gsl_pow_2(r->eps_hat[d] - r->best[d]);
        r->excess[i] = square / (double)D;
    }
    *bayes = mean_of(r->bayes, r->n);
    *excess = mean_of(r->excess, r->n);
}

/* ---- All t ------------------------------------------------------------------------------------ */

evaluate_excess *evaluate_excess_alloc(denoise *w, mixture *m, size_t stride, size_t n,
                                       uint64_t seed)
{
    if (!(w->k->s && m->D == w->D && stride >= 1 && n >= 2))
        GSL_ERROR_NULL("a DDPM, data of its dimension, stride >= 1, n >= 2", GSL_EINVAL);
    room r = {.w = w, .m = m, .data = adapt_mixture_data(m), .n = n, .seed = seed};
    evaluate_excess *e = calloc(1, sizeof *e);
    evaluate_number *numbers = calloc(2 * (w->k->T + 1), sizeof *numbers);
    if (!e || !numbers || !make_room(&r)) {
        free(e);
        free(numbers);
        GSL_ERROR_NULL("out of memory for an evaluation", GSL_ENOMEM);
    }
    *e = (evaluate_excess){w->k->T, stride, n, numbers, numbers + w->k->T + 1};
    for (size_t t = 1; t <= e->T; t += stride) measure(&r, t, &e->bayes[t], &e->excess[t]);
    free_room(&r);
    return e;
}

void evaluate_excess_free(evaluate_excess *e)
{
    if (!e) return;
    free(e->bayes); /* the one block */
    free(e);
}

evaluate_part evaluate_excess_part(const evaluate_excess *e, size_t first, size_t last)
{
    evaluate_part p = {.first = first, .last = last};
    double count = 0.0, var_bayes = 0.0, var_excess = 0.0;
    for (size_t t = 1; t <= GSL_MIN(last, e->T); t += e->stride) {
        if (t < first) continue;
        count += 1.0;
        p.bayes.value += e->bayes[t].value;
        p.excess.value += e->excess[t].value;
        var_bayes += gsl_pow_2(e->bayes[t].error);
        var_excess += gsl_pow_2(e->excess[t].error);
    }
    p.bayes = (evaluate_number){p.bayes.value / count, sqrt(var_bayes) / count};
    p.excess = (evaluate_number){p.excess.value / count, sqrt(var_excess) / count};
    p.ratio.value = p.excess.value / p.bayes.value;
    p.ratio.error = hypot(p.excess.error, p.ratio.value * p.bayes.error) / p.bayes.value;
    return p;
}

evaluate_part evaluate_excess_tenth(const evaluate_excess *e, size_t i)
{
    return evaluate_excess_part(e, 1 + e->T * i / 10, e->T * (i + 1) / 10);
}
