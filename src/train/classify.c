/* classify.c -- trains the classifier of images. */
#include "train/classify.h"

#include <math.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/adam.h"
#include "net/counter.h"
#include "net/half.h"
#include "train/classify_parts.h"

enum { SLICES = 8, STREAM_PICTURE = 32 };

classify_config classify_defaults(void)
{
    return (classify_config){.batch = 128, .steps = 3000, .rate = 2e-3, .shift = 2, .seed = 1};
}

/* ---- A training ------------------------------------------------------------------------------ */

/* A part of the batch, with everything that it needs. */
typedef struct slice {
    size_t first, n;
    real *x, *out, *workspace, *gradient;
    unsigned char *label;
    double *loss;
} slice;

typedef struct training {
    classifier *c;
    const images *s;
    const unsigned char *label;
    uint64_t step;
    double rate;
    slice slice[SLICES];
    real *gradient, *m, *v;
    double square[SLICES]; /* of the parts of the gradient */
    parallel *pool;
    void *memory[7];
} training;

/* The image of sample i of this step, moved by a random whole number of pixels; what comes in from
 * outside is background. */
static void draw(const training *w, size_t i, real *x, unsigned char *label)
{
    const classify_config *const k = &w->c->config;
    counter_rng rng = counter_start(k->seed, STREAM_PICTURE, w->step, i);
    const size_t at = counter_below(&rng, w->s->n);
    const size_t down = counter_below(&rng, 2 * k->shift + 1);
    const size_t right = counter_below(&rng, 2 * k->shift + 1);
    real image[LENET_PIXELS];
    images_scale(w->s, at, image);
    *label = w->label[at];
    for (size_t p = 0; p < LENET_PIXELS; p++) {
        const size_t row = p / LENET_SIDE + down, column = p % LENET_SIDE + right;
        const bool inside = row >= k->shift && row < LENET_SIDE + k->shift && column >= k->shift &&
                            column < LENET_SIDE + k->shift;
        x[p] = inside ? image[(row - k->shift) * LENET_SIDE + column - k->shift] : -1;
    }
}

static void work_on_slice(size_t j, void *params)
{
    training *const w = params;
    const network *const net = w->c->net;
    slice *const s = &w->slice[j];
    memset(s->gradient, 0, net->parameters * sizeof *s->gradient);
    if (s->n == 0) return;
    for (size_t i = 0; i < s->n; i++) draw(w, s->first + i, s->x + i * LENET_PIXELS, &s->label[i]);
    net->forward(net, s->out, s->x, NULL, s->n, w->c->theta, s->workspace);
    lenet_cross_entropy(s->loss, s->out, s->out, s->label, s->n, 1.0 / (double)w->c->config.batch);
    net->backward(net, s->gradient, s->out, s->x, NULL, s->n, w->c->theta, s->workspace);
}

/* A part of the parameters: slices added in their order, then Adam. */
static void descend(size_t part, void *params)
{
    static const double beta1 = 0.9, beta2 = 0.999, tiny = 1e-8; /* as in the paper */
    training *const w = params;
    const size_t P = w->c->net->parameters, at = P * part / SLICES;
    const size_t n = P * (part + 1) / SLICES - at;
    const real *gradients[SLICES];
    for (size_t j = 0; j < SLICES; j++) gradients[j] = w->slice[j].gradient;
    w->square[part] = adam_gather(w->gradient, gradients, SLICES, at, n);
    if (!isfinite(w->square[part])) return;
    adam_step(w->c->theta + at, w->m + at, w->v + at, w->gradient + at, n, w->rate, beta1, beta2,
              tiny, w->step + 1);
}

/* Returns  the mean loss of the batch before the step; NaN when a gradient is not finite. */
static double take_step(training *w)
{
    const classify_config *const k = &w->c->config;
    w->rate = k->rate * (double)(k->steps - w->step) / (double)k->steps;
    parallel_run(w->pool, SLICES, work_on_slice, w);
    parallel_run(w->pool, SLICES, descend, w);
    double loss = 0.0, square = 0.0;
    for (size_t j = 0; j < SLICES; j++) {
        for (size_t i = 0; i < w->slice[j].n; i++) loss += w->slice[j].loss[i];
        square += w->square[j];
    }
    w->step++;
    return isfinite(square) ? loss / (double)k->batch : (double)NAN;
}

/* ---- Memory ---------------------------------------------------------------------------------- */

/* Returns  false without memory; what was allocated is in w->memory. */
static bool allocate(training *w)
{
    const network *const net = w->c->net;
    const size_t batch = w->c->config.batch, most = (batch + SLICES - 1) / SLICES;
    const size_t P = net->parameters, room = net->workspace(net, most);
    real *const x = w->memory[0] = calloc(batch * LENET_PIXELS, sizeof *x);
    real *const out = w->memory[1] = calloc(batch * LENET_CLASSES, sizeof *out);
    real *const workspace = w->memory[2] = calloc(SLICES * room, sizeof *workspace);
    real *const gradient = w->memory[3] = calloc((SLICES + 1) * P, sizeof *gradient);
    real *const moments = w->memory[4] = calloc(2 * P, sizeof *moments);
    unsigned char *const label = w->memory[5] = calloc(batch, 1);
    double *const loss = w->memory[6] = calloc(batch, sizeof *loss);
    if (!x || !out || !workspace || !gradient || !moments || !label || !loss) return false;
    for (size_t j = 0; j < SLICES; j++) {
        const size_t first = batch * j / SLICES;
        w->slice[j] = (slice){.first = first,
                              .n = batch * (j + 1) / SLICES - first,
                              .x = x + first * LENET_PIXELS,
                              .out = out + first * LENET_CLASSES,
                              .workspace = workspace + j * room,
                              .gradient = gradient + j * P,
                              .label = label + first,
                              .loss = loss + first};
    }
    w->gradient = gradient + SLICES * P;
    w->m = moments, w->v = moments + P;
    return true;
}

/* ---- The whole ------------------------------------------------------------------------------- */

static const char *bad(const images *s, const unsigned char *label, const classify_config *c)
{
    if (s->n < 1 || s->rows != LENET_SIDE || s->columns != LENET_SIDE)
        return "the classifier needs images of 28 x 28 pixels";
    for (size_t i = 0; i < s->n; i++)
        if (label[i] >= LENET_CLASSES) return "a label is above 9";
    if (c->batch < 1 || c->batch > 65536) return "batch: expected 1 .. 65536";
    if (c->steps < 1 || c->steps > 10000000) return "steps: expected 1 .. 10^7";
    if (!(c->rate > 0.0 && c->rate <= 1.0)) return "rate: expected a number in (0, 1]";
    if (c->shift >= LENET_SIDE) return "shift: expected less than 28 pixels";
    return NULL;
}

/* All steps; returns what went wrong, or NULL. */
static const char *run(training *w, classify_watch *watch, void *params)
{
    while (w->step < w->c->config.steps) {
        const double loss = take_step(w);
        if (!isfinite(loss)) return "the loss is not finite; try a smaller rate";
        if (watch && !watch(w->step, loss, params)) return "stopped";
    }
    return NULL;
}

static classifier *fail(classifier *c, char *error, size_t error_size, const char *line)
{
    if (error_size > 0) snprintf(error, error_size, "classifier: %s", line);
    classify_free(c);
    return NULL;
}

classifier *classify_new(void)
{
    classifier *const c = calloc(1, sizeof *c);
    if (!c) return NULL;
    c->net = lenet_alloc();
    if (c->net) c->theta = calloc(c->net->parameters, sizeof *c->theta);
    if (c->theta) return c;
    classify_free(c);
    return NULL;
}

void classify_free(classifier *c)
{
    if (!c) return;
    network_free(c->net);
    free(c->theta);
    free(c);
}

bool classify_finite(const classifier *c)
{
    for (size_t i = 0; i < c->net->parameters; i++)
        if (!isfinite(c->theta[i])) return false;
    return true;
}

/* Round to half precision, and name what results. */
bool classify_seal(classifier *c)
{
    const size_t P = c->net->parameters;
    uint16_t *const half = malloc(P * sizeof *half);
    if (!half) return false;
    classify_halves(c, half);
    for (size_t i = 0; i < P; i++) c->theta[i] = half_to_float(half[i]);
    digest_bytes(c->hash, half, P * sizeof *half);
    free(half);
    return true;
}

classifier *classify_train(const images *s, const unsigned char *label, const classify_config *c,
                           parallel *pool, classify_watch *watch, void *params, char *error,
                           size_t error_size)
{
    if (!label) label = s->label;
    const char *fault = bad(s, label, c);
    if (fault) return fail(NULL, error, error_size, fault);
    training w = {.c = classify_new(), .s = s, .label = label, .pool = pool};
    if (!w.c) return fail(NULL, error, error_size, "no memory");
    w.c->config = *c;
    snprintf(w.c->data, sizeof w.c->data, "%s", s->name);
    snprintf(w.c->data_hash, sizeof w.c->data_hash, "%s", s->hash);
    w.c->net->init(w.c->net, w.c->theta, c->seed);
    fault = allocate(&w) ? run(&w, watch, params) : "no memory";
    for (size_t i = 0; i < sizeof w.memory / sizeof *w.memory; i++) free(w.memory[i]);
    if (!fault && !classify_seal(w.c)) fault = "no memory";
    if (!fault && !classify_finite(w.c)) fault = "a parameter is too large for half precision";
    return fault ? fail(w.c, error, error_size, fault) : w.c;
}
