/* bits.c -- the network's part of a bound in bits per dimension: one pass over pairs of image and
 * t. */
#include "train/bits.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>

#include "check/moments.h"
#include "net/counter.h"
#include "theory/gaussian.h"
#include "theory/posterior.h"
#include "train/denoise_job.h"
#include "train/trainer.h"

/* Pairs per call: every lane of the network gets a full block. */
enum { LANES = 8, CHUNK = 512 };

/* Noise for training images is that of images beyond the largest test set. */
static const uint64_t training_images = (uint64_t)1 << 23;

typedef struct room {
    denoise *w;
    bits_pass *pass;
    size_t first, n, t[CHUNK];
    double *x, *mean, *var; /* [CHUNK,D]; var NULL unless learned */
} room;

static double scaled(unsigned char v)
{
    return v / 127.5 - 1.0;
}

static size_t image_of(const room *r, size_t i)
{
    return r->pass->plan->image[r->first + i];
}

/* x_t = signal_t x_0 + noise_t eps, eps from the address (seed, t, image). */
static void draw(size_t lane, void *params)
{
    const room *r = params;
    const bits_plan *plan = r->pass->plan;
    const size_t D = r->pass->D;
    for (size_t i = lane; i < r->n; i += LANES) {
        const size_t image = image_of(r, i), t = r->t[i];
        const unsigned char *const level = r->pass->pixel + image * D;
        counter_rng rng = counter_start(plan->seed, STREAM_EVALUATE, t,
                                        plan->training ? training_images + image : image);
        for (size_t d = 0; d < D; d++)
            r->x[i * D + d] =
                r->w->k->signal[t] * scaled(level[d]) + r->w->k->noise[t] * counter_normal(&rng);
    }
}

static double learned_nats(const room *r, size_t t, unsigned char level, double mu, size_t at)
{
    if (t == 1) return -elbo_decoder_bin(level, r->mean[at], sqrt(r->var[at]));
    return gaussian_kl(mu, r->pass->s->beta_tilde[t], r->mean[at], r->var[at]);
}

/* x_0 - x_0_hat, the latter clipped; mu_theta = w_x0 x_0_hat + w_xt x_t gives x_0_hat back. */
static double clipped_error(const room *r, size_t t, double x_0, double x_t, double mean)
{
    const schedule *s = r->pass->s;
    const double hat = (mean - posterior_weight_xt(s, t) * x_t) / posterior_weight_x0(s, t);
    return x_0 - fmin(fmax(hat, -1.0), 1.0);
}

static void score(size_t lane, void *params)
{
    const room *r = params;
    bits_pass *pass = r->pass;
    const size_t D = pass->D;
    for (size_t i = lane; i < r->n; i += LANES) {
        const size_t p = r->first + i, t = r->t[i];
        const unsigned char *const level = pass->pixel + image_of(r, i) * D;
        double square = 0.0, clipped = 0.0;
        for (size_t d = 0; d < D; d++) {
            const size_t at = i * D + d;
            const double x = scaled(level[d]), mu = posterior_mean(pass->s, t, r->x[at], x);
            square += gsl_pow_2(mu - r->mean[at]);
            clipped += gsl_pow_2(clipped_error(r, t, x, r->x[at], r->mean[at]));
            if (t == 1) pass->x_0_hat[p * D + d] = (float)r->mean[at];
            if (pass->learned) pass->learned[p] += learned_nats(r, t, level[d], mu, at);
        }
        pass->square[p] = square;
        pass->clipped[p] = gsl_pow_2(posterior_weight_x0(pass->s, t)) * clipped;
    }
}

/* ---- The pass -------------------------------------------------------------------------------- */

static void set_times(room *r)
{
    const bits_plan *plan = r->pass->plan;
    size_t t = 1;
    for (size_t i = 0; i < r->n; i++) {
        while (plan->first[t + 1] <= r->first + i) t++;
        r->t[i] = t;
    }
}

static int ask_chunk(room *r)
{
    set_times(r);
    parallel_run(r->w->pool, LANES, draw, r);
    const int status = denoise_kernel(r->w, r->mean, r->var, r->x, r->t, r->n);
    if (status != GSL_SUCCESS) return status;
    parallel_run(r->w->pool, LANES, score, r);
    for (size_t p = r->first; p < r->first + r->n; p++)
        if (!gsl_finite(r->pass->square[p])) return GSL_ERANGE;
    return GSL_SUCCESS;
}

static int ask(room *r, int (*watch)(size_t pairs, void *params), void *params)
{
    const size_t pairs = r->pass->plan->pairs;
    for (r->first = 0; r->first < pairs; r->first += r->n) {
        r->n = GSL_MIN(CHUNK, pairs - r->first);
        const int status = ask_chunk(r);
        if (status != GSL_SUCCESS) return status;
        if (watch && watch(r->first + r->n, params)) return GSL_EFAILED;
    }
    return GSL_SUCCESS;
}

static bool make_pass(bits_pass *pass, bool learned)
{
    const bits_plan *plan = pass->plan;
    pass->square = calloc(plan->pairs, sizeof *pass->square);
    pass->clipped = calloc(plan->pairs, sizeof *pass->clipped);
    pass->x_0_hat = calloc(plan->first[2] * pass->D, sizeof *pass->x_0_hat);
    pass->learned = learned ? calloc(plan->pairs, sizeof *pass->learned) : NULL;
    return pass->square && pass->clipped && pass->x_0_hat && (pass->learned || !learned);
}

static int run(bits_pass *pass, denoise *w, int (*watch)(size_t, void *), void *params)
{
    const bool learned = w->sigma == TASK_LEARNED && !w->sigma2;
    const size_t reals = CHUNK * pass->D;
    room *r = calloc(1, sizeof *r);
    double *memory = malloc((learned ? 3 : 2) * reals * sizeof *memory);
    int status = GSL_ENOMEM;
    if (r && memory && make_pass(pass, learned)) {
        *r = (room){.w = w, .pass = pass, .x = memory, .mean = memory + reals};
        if (learned) r->var = memory + 2 * reals;
        status = ask(r, watch, params);
    }
    free(r);
    free(memory);
    return status;
}

bits_pass *bits_pass_alloc(denoise *w, const bits_plan *plan, const unsigned char *pixel,
                           int (*watch)(size_t pairs, void *params), void *params, int *status)
{
    *status = GSL_EINVAL;
    if (!w->k->s || w->k->T != plan->T)
        GSL_ERROR_NULL("a bound in bits needs a DDPM and a plan of its length", GSL_EINVAL);
    bits_pass *pass = calloc(1, sizeof *pass);
    *status = GSL_ENOMEM;
    if (pass) {
        *pass = (bits_pass){.plan = plan, .s = w->k->s, .pixel = pixel, .D = w->D};
        *status = run(pass, w, watch, params);
    }
    if (*status == GSL_SUCCESS) return pass;
    bits_pass_free(pass);
    GSL_ERROR_NULL("the pass over the images was not finished", *status);
}

void bits_pass_free(bits_pass *pass)
{
    if (!pass) return;
    free(pass->square);
    free(pass->clipped);
    free(pass->x_0_hat);
    free(pass->learned);
    free(pass);
}

double bits_decoder_mean(const bits_pass *pass, size_t p, size_t d, bool clip)
{
    const double mean = (double)pass->x_0_hat[p * pass->D + d];
    return clip ? fmin(fmax(mean, -1.0), 1.0) : mean;
}

evaluate_number bits_eps_loss(const bits_pass *pass, size_t t)
{
    const schedule *s = pass->s;
    const double c2 = gsl_pow_2(s->beta[t]) / (s->alpha[t] * s->var_bar[t]);
    moments m = {0};
    for (size_t p = pass->plan->first[t]; p < pass->plan->first[t + 1]; p++)
        moments_add(&m, pass->square[p] / (c2 * (double)pass->D));
    return (evaluate_number){m.mean, moments_se(&m)};
}
