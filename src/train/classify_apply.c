/* classify_apply.c -- applies the classifier to whole sets of images, and counts its mistakes. */
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_math.h>

#include "train/classify.h"

enum { PIECE = 64, LANES = 64 }; /* images at a time; most threads */

typedef struct job {
    const classifier *c;
    const images *s;
    real *logits, *features;
    real *x, *out, *workspace; /* of every lane */
    size_t room;
    atomic_size_t next;
} job;

/* One batch of images, from bytes to logits and features. */
static void apply_piece(const job *w, size_t piece, size_t lane)
{
    const network *const net = w->c->net;
    const size_t first = piece * PIECE, n = GSL_MIN(PIECE, w->s->n - first);
    real *const x = w->x + lane * PIECE * LENET_PIXELS;
    real *const out = w->out + lane * PIECE * LENET_CLASSES;
    real *const workspace = w->workspace + lane * w->room;
    for (size_t i = 0; i < n; i++) images_scale(w->s, first + i, x + i * LENET_PIXELS);
    net->forward(net, out, x, NULL, n, w->c->theta, workspace);
    if (w->logits) memcpy(w->logits + first * LENET_CLASSES, out, n * LENET_CLASSES * sizeof *out);
    if (w->features)
        memcpy(w->features + first * LENET_FEATURES, lenet_features(net, n, workspace),
               n * LENET_FEATURES * sizeof *out);
}

static void apply_lane(size_t lane, void *params)
{
    job *const w = params;
    const size_t pieces = (w->s->n + PIECE - 1) / PIECE;
    for (size_t j; (j = atomic_fetch_add(&w->next, 1)) < pieces;) apply_piece(w, j, lane);
}

bool classify_apply(const classifier *c, const images *s, real *logits, real *features,
                    parallel *pool)
{
    if (s->rows != LENET_SIDE || s->columns != LENET_SIDE) return false;
    const size_t lanes = pool ? GSL_MIN(parallel_threads(pool), LANES) : 1;
    job w = {.c = c, .s = s, .logits = logits, .features = features};
    w.room = c->net->workspace(c->net, PIECE);
    w.x = calloc(lanes * PIECE * LENET_PIXELS, sizeof *w.x);
    w.out = calloc(lanes * PIECE * LENET_CLASSES, sizeof *w.out);
    w.workspace = calloc(lanes * w.room, sizeof *w.workspace);
    const bool good = w.x && w.out && w.workspace;
    if (good) parallel_run(pool, lanes, apply_lane, &w);
    free(w.x), free(w.out), free(w.workspace);
    return good;
}

/* ---- Mistakes -------------------------------------------------------------------------------- */

/* Mean and its standard error from sums of x and x^2. */
static void mean_of(double *mean, double *se, double sum, double squares, size_t n)
{
    *mean = sum / (double)n;
    *se = sqrt(fmax(squares / (double)n - *mean * *mean, 0.0) / (double)n);
}

static void count(classify_score *score, const real *logits, const unsigned char *label, size_t n)
{
    double sure = 0.0, sure_square = 0.0, loss = 0.0, loss_square = 0.0;
    *score = (classify_score){.n = n};
    for (size_t i = 0; i < n; i++) {
        double p[LENET_CLASSES], nats;
        const size_t chosen = lenet_probabilities(p, logits + i * LENET_CLASSES);
        lenet_cross_entropy(&nats, NULL, logits + i * LENET_CLASSES, label + i, 1, 1.0);
        score->confusion[label[i]][chosen]++;
        score->right += chosen == label[i];
        sure += p[chosen], sure_square += p[chosen] * p[chosen];
        loss += nats, loss_square += nats * nats;
    }
    mean_of(&score->accuracy, &score->accuracy_se, (double)score->right, (double)score->right, n);
    mean_of(&score->confidence, &score->confidence_se, sure, sure_square, n);
    mean_of(&score->loss, &score->loss_se, loss, loss_square, n);
}

bool classify_measure(const classifier *c, const images *s, const unsigned char *label,
                      classify_score *score, parallel *pool)
{
    real *const logits = malloc(s->n * LENET_CLASSES * sizeof *logits);
    const bool good = logits && classify_apply(c, s, logits, NULL, pool);
    if (good) count(score, logits, label ? label : s->label, s->n);
    free(logits);
    return good;
}
