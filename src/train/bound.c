/* bound.c -- the variational bound of a trained network, and its exact evidence in one dimension. */
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>

#include "check/moments.h"
#include "net/counter.h"
#include "theory/elbo.h"
#include "theory/gaussian.h"
#include "theory/law.h"
#include "theory/posterior.h"
#include "train/denoise_job.h"
#include "train/evaluate.h"
#include "train/trainer.h"

enum { LANES = 8, CHUNK = 256 };

/* A chunk of the data points at one t. */
typedef struct room {
    denoise *w;
    const double *x_0; /* [n,D], the chunk */
    size_t first, n, t, *times;
    evaluate_bound_options how;
    double *x, *mean, *var; /* [CHUNK,D] */
    double *nats;           /* [n]: KL of each point of the chunk */
    double *totals;         /* [all n]: sum over t */
} room;

static bool make_room(room *r, size_t n)
{
    r->times = malloc(CHUNK * sizeof *r->times);
    r->x = calloc(3 * CHUNK * r->w->D + CHUNK + n, sizeof *r->x);
    if (!r->times || !r->x) {
        free(r->times);
        free(r->x);
        return false;
    }
    r->mean = r->x + CHUNK * r->w->D;
    r->var = r->mean + CHUNK * r->w->D;
    r->nats = r->var + CHUNK * r->w->D;
    r->totals = r->nats + CHUNK;
    return true;
}

/* ---- One t ------------------------------------------------------------------------------------ */

static void draw(size_t lane, void *params)
{
    room *r = params;
    const task *k = r->w->k;
    const size_t D = r->w->D;
    for (size_t i = lane; i < r->n; i += LANES) {
        counter_rng rng = counter_start(r->how.seed, STREAM_EVALUATE, r->t, r->first + i);
        r->times[i] = r->t;
        for (size_t d = i * D; d < (i + 1) * D; d++)
            r->x[d] = k->signal[r->t] * r->x_0[d] + k->noise[r->t] * counter_normal(&rng);
    }
}

/* The value 0..255 of a pixel in [-1,1]. */
static double level_of(double x)
{
    return floor(127.5 * (x + 1.0) + 0.5);
}

static double decoder(const room *r, double x_0, double mean, double var)
{
    if (r->how.bins == 0) return -gaussian_log_pdf(x_0, mean, var);
    return -elbo_decoder_bin((unsigned)level_of(x_0), mean, sqrt(var));
}

static void divergence(size_t lane, void *params)
{
    room *r = params;
    const schedule *s = r->w->k->s;
    const size_t D = r->w->D, t = r->t;
    const double var = s->beta_tilde[t];
    for (size_t i = lane; i < r->n; i += LANES) {
        r->nats[i] = 0.0;
        for (size_t d = i * D; d < (i + 1) * D; d++)
            r->nats[i] += t == 1 ? decoder(r, r->x_0[d], r->mean[d], r->var[d])
                                 : gaussian_kl(posterior_mean(s, t, r->x[d], r->x_0[d]), var,
                                               r->mean[d], r->var[d]);
    }
}

static evaluate_number number_of(const moments *m)
{
    return (evaluate_number){m->mean, moments_se(m)};
}

/* Term t of all data points; each point's total grows by scale times its own. */
static evaluate_number measure(room *r, const double *x_0, size_t n, size_t t, double scale)
{
    moments sum = {0};
    r->t = t;
    for (r->first = 0; r->first < n; r->first += CHUNK) {
        r->n = GSL_MIN(CHUNK, n - r->first);
        r->x_0 = x_0 + r->first * r->w->D;
        parallel_run(r->w->pool, LANES, draw, r);
        denoise_kernel(r->w, r->mean, r->var, r->x, r->times, r->n);
        parallel_run(r->w->pool, LANES, divergence, r);
        for (size_t i = 0; i < r->n; i++) {
            moments_add(&sum, r->nats[i]);
            r->totals[r->first + i] += scale * r->nats[i];
        }
    }
    return number_of(&sum);
}

/* ---- The bound -------------------------------------------------------------------------------- */

static evaluate_number prior(room *r, const double *x_0, size_t n)
{
    const size_t D = r->w->D;
    moments sum = {0};
    for (size_t i = 0; i < n; i++) {
        double nats = 0.0;
        for (size_t d = i * D; d < (i + 1) * D; d++) nats += elbo_prior(r->w->k->s, x_0[d]);
        moments_add(&sum, nats);
        r->totals[i] += nats;
    }
    return number_of(&sum);
}

static evaluate_number mean_of(const double *x, size_t n)
{
    moments sum = {0};
    for (size_t i = 0; i < n; i++) moments_add(&sum, x[i]);
    return number_of(&sum);
}

/* The totals hold first the sum over t >= 2 alone, so that this sum has an error of its own. */
static void fill(evaluate_bound *b, room *r, const double *x_0)
{
    const size_t T = b->T, count = T > 1 ? (T - 2) / b->stride + 1 : 0;
    const double scale = count ? (double)(T - 1) / (double)count : 0.0;
    for (size_t t = 2; t <= T; t += b->stride) b->term[t] = measure(r, x_0, b->n, t, scale);
    b->denoising = mean_of(r->totals, b->n);
    b->decoder = b->term[1] = measure(r, x_0, b->n, 1, 1.0);
    b->prior = prior(r, x_0, b->n);
    b->total = mean_of(r->totals, b->n);
}

static bool are_levels(const double *x_0, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double level = level_of(x_0[i]);
        if (!(level >= 0.0 && level <= 255.0 && fabs(level / 127.5 - 1.0 - x_0[i]) < 1e-6))
            return false;
    }
    return true;
}

evaluate_bound *evaluate_bound_alloc(denoise *w, const double *x_0, size_t n,
                                     const evaluate_bound_options *how)
{
    const evaluate_bound_options all = {.seed = 0};
    room r = {.w = w, .how = how ? *how : all};
    if (n < 2 || denoise_check_kernel(w) != GSL_SUCCESS)
        GSL_ERROR_NULL("a bound needs a reverse kernel and two data points", GSL_EINVAL);
    if (r.how.bins != 0 && (r.how.bins != 256 || !are_levels(x_0, n * w->D)))
        GSL_ERROR_NULL("bins are for 8-bit values on [-1,1], 256 of them", GSL_EINVAL);
    evaluate_bound *b = calloc(1, sizeof *b);
    evaluate_number *term = calloc(w->k->T + 1, sizeof *term);
    if (!b || !term || !make_room(&r, n)) {
        free(b);
        free(term);
        GSL_ERROR_NULL("out of memory for a bound", GSL_ENOMEM);
    }
    *b = (evaluate_bound){
        .T = w->k->T, .D = w->D, .n = n, .stride = r.how.stride ? r.how.stride : 1, .term = term};
    fill(b, &r, x_0);
    free(r.times);
    free(r.x);
    return b;
}

void evaluate_bound_free(evaluate_bound *b)
{
    if (!b) return;
    free(b->term);
    free(b);
}

evaluate_number evaluate_bits(evaluate_number nats, size_t D)
{
    const double unit = (double)D * M_LN2;
    return (evaluate_number){nats.value / unit, nats.error / unit};
}

/* ---- The evidence ----------------------------------------------------------------------------- */

int evaluate_log_p(denoise *w, double *log_p, const double *x_0, size_t n, double reach,
                   double per_sd)
{
    if (w->D != 1 || !w->k->s) GSL_ERROR("log p by quadrature: a DDPM with D = 1", GSL_EINVAL);
    const reverse_model p = denoise_as_reverse_model(w);
    law *l = law_alloc(w->k->T, 0, &p, reach, per_sd);
    if (!l) return GSL_EINVAL;
    for (size_t i = 0; i < n; i++) log_p[i] = log(law_pdf(l, x_0[i]));
    law_free(l);
    return GSL_SUCCESS;
}
