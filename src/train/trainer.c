/* trainer.c -- stochastic gradient training of any network on any task. */
#include "train/trainer.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>

#include "net/adam.h"
#include "net/ema.h"
#include "train/loss.h"

static const double beta1 = 0.9, beta2 = 0.999, tiny = 1e-8; /* Adam's, as in the paper */
static const double steepest = 1e18;                         /* its square is still a float */
enum { PARTS = 16, LINE = 16 };                              /* pieces of theta; reals per line */

typedef trainer_slice slice;

/* ---- Configuration ---------------------------------------------------------------------------- */

trainer_config trainer_defaults(void)
{
    return (trainer_config){.batch = 512,
                            .steps = 20000,
                            .rate = 3e-3,
                            .warm_up = 200,
                            .decay = 1.0,
                            .ema = 0.99,
                            .seed = 1};
}

double trainer_rate(const trainer_config *c, uint64_t k)
{
    const double rise = (double)(k + 1) / (double)(c->warm_up + 1);
    const double left = k < c->steps ? (double)(c->steps - k) : 0.0;
    const double fall = c->decay > 0.0 ? left / (c->decay * (double)c->steps) : 1.0;
    return c->rate * fmin(1.0, rise) * fmin(1.0, fall);
}

static const char *bad_config(const trainer_config *c)
{
    if (c->batch < 1 || c->batch >= (size_t)1 << 24) return "batch: expected 1 .. 2^24 - 1";
    if (c->steps < 1 || c->steps > (uint64_t)1 << 40) return "steps: expected 1 .. 2^40";
    if (!(c->rate > 0.0 && c->rate <= 1.0)) return "rate: expected a number in (0, 1]";
    if (c->warm_up > (uint64_t)1 << 40) return "warm-up: expected at most 2^40 steps";
    if (!(c->decay >= 0.0 && c->decay <= 1.0)) return "decay: expected a part of 0 .. 1";
    if (!(c->ema >= 0.0 && c->ema < 1.0)) return "ema: expected 0 <= ema < 1";
    if (!(c->clip >= 0.0)) return "clip: expected a norm >= 0";
    return NULL;
}

/* ---- Memory ----------------------------------------------------------------------------------- */

/* The next n reals of a block, the place after it aligned; counts only when *block is NULL. */
static real *carve(real **block, size_t *used, size_t n)
{
    real *at = *block ? *block + *used : NULL;
    *used += (n + LINE - 1) / LINE * LINE;
    return at;
}

/* How many threads work on slices. */
static size_t lanes(const trainer *w)
{
    return GSL_MIN(parallel_threads(w->pool), TRAINER_SLICES);
}

static size_t lay_out(trainer *w, real *block)
{
    const size_t largest = (w->config.batch + TRAINER_SLICES - 1) / TRAINER_SLICES;
    const size_t most = GSL_MAX(w->net->workspace(w->net, 1), w->net->workspace(w->net, largest));
    const size_t D = w->data.D, P = w->net->parameters, outputs = w->net->out;
    real **const flat[] = {&w->theta, &w->average, &w->m, &w->v, &w->gradient, &w->spare};
    size_t used = 0;
    for (size_t i = 0; i < 6; i++) *flat[i] = carve(&block, &used, P);
    for (size_t j = 0; j < TRAINER_SLICES; j++) {
        slice *const s = &w->slice[j];
        s->x_0 = carve(&block, &used, s->n * D);
        s->eps = carve(&block, &used, s->n * D);
        s->input = carve(&block, &used, s->n * D);
        s->out = carve(&block, &used, s->n * outputs);
        s->d_out = carve(&block, &used, s->n * outputs);
        s->gradient = carve(&block, &used, P);
    }
    for (size_t l = 0; l < lanes(w); l++) w->workspace[l] = carve(&block, &used, most);
    return used;
}

static bool allocate(trainer *w)
{
    const size_t batch = w->config.batch;
    for (size_t j = 0; j < TRAINER_SLICES; j++) {
        w->slice[j].first = batch * j / TRAINER_SLICES;
        w->slice[j].n = batch * (j + 1) / TRAINER_SLICES - w->slice[j].first;
    }
    w->pool = parallel_alloc(w->config.threads);
    if (!w->pool) return false;
    w->memory = calloc(lay_out(w, NULL) + LINE, sizeof *w->memory);
    w->losses = calloc(batch + PARTS, sizeof *w->losses);
    w->t = calloc(batch, sizeof *w->t);
    w->bin = calloc(w->k->T + 1, sizeof *w->bin);
    if (!w->memory || !w->losses || !w->t || !w->bin) return false;
    w->part = w->losses + batch;
    const size_t off = (uintptr_t)w->memory / sizeof(real) % LINE;
    lay_out(w, w->memory + (LINE - off) % LINE);
    return true;
}

static trainer *refuse(trainer *w, char *error, size_t error_size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (error_size > 0) vsnprintf(error, error_size, format, args);
    va_end(args);
    trainer_free(w);
    return NULL;
}

trainer *trainer_alloc(const network *net, const task *k, const adapt_data *data,
                       const trainer_config *config, char *error, size_t error_size)
{
    if (bad_config(config)) return refuse(NULL, error, error_size, "%s", bad_config(config));
    if (net->in != data->D || net->out != task_outputs(k, data->D) || net->T < k->T)
        return refuse(NULL, error, error_size,
                      "a network %zu -> %zu for t <= %zu; data and task need %zu -> %zu, t <= %zu",
                      net->in, net->out, net->T, data->D, task_outputs(k, data->D), k->T);
    trainer *w = calloc(1, sizeof *w);
    if (!w) return refuse(w, error, error_size, "no memory for the trainer");
    w->net = net;
    w->k = k;
    w->data = *data;
    w->config = *config;
    if (!allocate(w)) return refuse(w, error, error_size, "no memory or threads for the trainer");
    net->init(net, w->theta, config->seed);
    memcpy(w->average, w->theta, net->parameters * sizeof *w->theta);
    return w;
}

void trainer_free(trainer *w)
{
    if (!w) return;
    parallel_free(w->pool);
    free(w->memory);
    free(w->losses);
    free(w->t);
    free(w->bin);
    free(w);
}

void trainer_forget(trainer *w)
{
    memset(w->bin, 0, (w->k->T + 1) * sizeof *w->bin);
}

/* ---- One step --------------------------------------------------------------------------------- */

/* t of sample i: uniform, or the i-th of `batch` even strides from a common random offset. */
static size_t draw_t(const trainer *w, size_t i, counter_rng *rng)
{
    const size_t T = w->k->T;
    if (!w->config.stratified) return 1 + counter_below(rng, T);
    const double place = ((double)i + w->offset) / (double)w->config.batch;
    return 1 + GSL_MIN((size_t)(place * (double)T), T - 1);
}

static void draw(trainer *w, const slice *s, size_t j)
{
    const uint64_t seed = w->config.seed;
    const size_t i = s->first + j, D = w->data.D;
    counter_rng rng = counter_start(seed, STREAM_DATA, w->step, i);
    w->data.draw(s->x_0 + j * D, w->step * w->config.batch + i, &rng, w->data.params);
    rng = counter_start(seed, STREAM_NOISE, w->step, i);
    w->t[i] = draw_t(w, i, &rng);
    for (size_t d = 0; d < D; d++) s->eps[j * D + d] = (real)counter_normal(&rng);
}

static void work_on_slice(trainer *w, const slice *s, real *workspace)
{
    const size_t *t = w->t + s->first;
    memset(s->gradient, 0, w->net->parameters * sizeof *s->gradient);
    if (s->n == 0) return;
    for (size_t j = 0; j < s->n; j++) draw(w, s, j);
    loss_input(s->input, s->x_0, s->eps, t, s->n, w->data.D, w->k);
    w->net->forward(w->net, s->out, s->input, t, s->n, w->theta, workspace);
    loss_batch(w->losses + s->first, s->d_out, s->out, s->x_0, s->eps, t, s->n, w->data.D, w->k,
               1.0 / (double)w->config.batch);
    w->net->backward(w->net, s->gradient, s->d_out, s->input, t, s->n, w->theta, workspace);
}

/* A thread takes slice after slice; which ones cannot be seen in the result. */
static void work_on_slices(size_t lane, void *params)
{
    trainer *w = params;
    for (size_t j; (j = atomic_fetch_add(&w->next, 1)) < TRAINER_SLICES;)
        work_on_slice(w, &w->slice[j], w->workspace[lane]);
}

/* Where part number p of theta begins: whole lines, the last filled up with zeros. */
static size_t cut(const trainer *w, size_t p)
{
    const size_t lines = (w->net->parameters + LINE - 1) / LINE;
    return lines * p / PARTS * LINE;
}

/* Line by line, slices in their order; loops of fixed length become vector instructions. */
static void add_gradients(size_t p, void *params)
{
    trainer *w = params;
    double squares[LINE] = {0.0};
    for (size_t at = cut(w, p); at < cut(w, p + 1); at += LINE) {
        real sum[LINE];
        memcpy(sum, w->slice[0].gradient + at, sizeof sum);
        for (size_t j = 1; j < TRAINER_SLICES; j++) {
            const real *const more = w->slice[j].gradient + at;
            for (size_t i = 0; i < LINE; i++) sum[i] += more[i];
        }
        for (size_t i = 0; i < LINE; i++) squares[i] += (double)sum[i] * (double)sum[i];
        memcpy(w->gradient + at, sum, sizeof sum);
    }
    w->part[p] = 0.0;
    for (size_t i = 0; i < LINE; i++) w->part[p] += squares[i];
}

static void descend(size_t p, void *params)
{
    trainer *w = params;
    const size_t at = cut(w, p), n = cut(w, p + 1) - at;
    const double limit = w->config.clip;
    if (limit > 0.0 && w->norm > limit)
        for (size_t i = at; i < at + n; i++) w->gradient[i] *= (real)(limit / w->norm);
    adam_step(w->theta + at, w->m + at, w->v + at, w->gradient + at, n, w->rate, beta1, beta2, tiny,
              w->step + 1);
    ema_update(w->average + at, w->theta + at, n, ema_decay(w->config.ema, w->step + 1));
}

static bool finite(const real *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i])) return false;
    return true;
}

/* The first quantity of a step that is not finite. */
static const char *culprit(const trainer *w)
{
    const size_t D = w->data.D;
    for (size_t j = 0; j < TRAINER_SLICES; j++)
        if (!finite(w->slice[j].x_0, w->slice[j].n * D)) return "the data";
    for (size_t j = 0; j < TRAINER_SLICES; j++)
        if (!finite(w->slice[j].out, w->slice[j].n * w->net->out)) return "the network's output";
    return isfinite(w->loss) ? "the gradient" : "the loss";
}

static int stop(trainer *w)
{
    snprintf(w->fault, sizeof w->fault,
             "step %llu: %s is not finite; the state is that before this step",
             (unsigned long long)w->step, culprit(w));
    return GSL_EFAILED;
}

int trainer_step(trainer *w)
{
    const size_t batch = w->config.batch;
    counter_rng shared = counter_start(w->config.seed, STREAM_BATCH, w->step, 0);
    w->offset = counter_uniform(&shared);
    w->rate = trainer_rate(&w->config, w->step);
    atomic_store(&w->next, 0);
    parallel_run(w->pool, lanes(w), work_on_slices, w);
    parallel_run(w->pool, PARTS, add_gradients, w);

    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < batch; i++) sum += w->losses[i];
    for (size_t p = 0; p < PARTS; p++) squares += w->part[p];
    w->loss = sum / (double)batch;
    w->norm = sqrt(squares);
    if (!(isfinite(w->loss) && w->norm <= steepest)) return stop(w);

    parallel_run(w->pool, PARTS, descend, w);
    for (size_t i = 0; i < batch; i++) {
        w->bin[w->t[i]].n++;
        w->bin[w->t[i]].loss += w->losses[i];
    }
    w->step++;
    return GSL_SUCCESS;
}

int trainer_resume(trainer *w, uint64_t step)
{
    const real *const state[] = {w->theta, w->average, w->m, w->v};
    for (size_t i = 0; i < 4; i++)
        if (!finite(state[i], w->net->parameters)) {
            snprintf(w->fault, sizeof w->fault, "the state to resume from is not finite");
            return GSL_EFAILED;
        }
    w->step = step;
    return GSL_SUCCESS;
}
