/* unets.h -- small U-Nets with numbers in them, for the tests. */
#ifndef TESTS_UNETS_H
#define TESTS_UNETS_H

#include "images.h"
#include "reals.h"

#include "net/unet.h"

/* A network on n random samples with random parameters. */
typedef struct play {
    unet_spec spec;
    network *net;
    size_t n;
    real *theta, *x, *c, *out, *workspace;
    size_t *t;
} play;

static inline unet_spec any_unet(counter_rng *rng)
{
    const size_t levels = 1 + counter_below(rng, 3), step = (size_t)1 << (levels - 1);
    unet_spec s = {.rows = step * any_size(rng, 3),
                   .columns = step * any_size(rng, 4),
                   .in = any_size(rng, 3),
                   .out = any_size(rng, 3),
                   .width = any_size(rng, 6),
                   .levels = levels,
                   .blocks = 1 + counter_below(rng, 2),
                   .attention = counter_below(rng, 2),
                   .embedding = (embed_kind)counter_below(rng, EMBED_KINDS),
                   .embed = 2 * any_size(rng, 5),
                   .T = any_size(rng, 30)};
    for (size_t l = 0; l < levels; l++) s.mult[l] = 1 + counter_below(rng, 3);
    if (s.embedding == EMBED_LEARNED) s.embed |= counter_below(rng, 2);
    if (s.rows * s.columns < 6 * step * step) s.rows = 6 * step; /* something to normalise */
    return s;
}

static inline play play_with(unet_spec spec, size_t n, bool naive, counter_rng *rng)
{
    char error[200] = "";
    play p = {.spec = spec, .n = n};
    p.net = (naive ? unet_naive_alloc : unet_alloc)(&p.spec, error, sizeof error);
    if (!p.net) fail_msg("%s", error);
    assert_string_equal(error, "");
    p.theta = zeros(p.net->parameters);
    p.net->init(p.net, p.theta, counter_bits(rng));
    for (size_t i = 0; i < p.net->parameters; i++) p.theta[i] += (real)(0.2 * counter_normal(rng));
    p.x = normals(n * p.net->in, rng);
    p.c = normals(n * p.net->out, rng);
    p.out = zeros(n * p.net->out);
    p.workspace = zeros(p.net->workspace(p.net, n));
    p.t = calloc(n, sizeof *p.t);
    assert_non_null(p.t);
    for (size_t b = 0; b < n; b++) p.t[b] = 1 + counter_below(rng, spec.T);
    return p;
}

static inline void play_end(play *p)
{
    network_free(p->net);
    free(p->theta), free(p->x), free(p->c), free(p->out), free(p->workspace), free(p->t);
}

static inline void play_forward(play *p)
{
    p->net->forward(p->net, p->out, p->x, p->t, p->n, p->theta, p->workspace);
}

/* The gradient of sum c out, to be freed; p->out is filled. */
static inline real *play_gradient(play *p)
{
    real *gradient = zeros(p->net->parameters), *d_out = zeros(p->n * p->net->out);
    memcpy(d_out, p->c, p->n * p->net->out * sizeof *d_out);
    play_forward(p);
    p->net->backward(p->net, gradient, d_out, p->x, p->t, p->n, p->theta, p->workspace);
    free(d_out);
    return gradient;
}

/* The same network in both versions, the same numbers. */
static inline void assert_fast_is_naive(unet_spec spec, size_t n, counter_rng *rng)
{
    const counter_rng same = *rng;
    play a = play_with(spec, n, false, rng);
    *rng = same;
    play b = play_with(spec, n, true, rng);
    real *g = play_gradient(&a), *h = play_gradient(&b);
    const double all = size_of(h, b.net->parameters);
    assert_near("out", a.out, b.out, n * a.net->out, 1e-5, 1.0);
    for (size_t k = 0; k < a.net->tensors; k++) {
        const network_tensor *v = &a.net->tensor[k];
        assert_near(v->name, g + v->at, h + v->at, v->size, 1e-4, 1e-2 * all);
    }
    free(g), free(h);
    play_end(&a), play_end(&b);
}

#endif
