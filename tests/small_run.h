/* small_run.h -- a small perceptron in training, everything switched on. */
#ifndef TESTS_SMALL_RUN_H
#define TESTS_SMALL_RUN_H

#include <string.h>

#include <gsl/gsl_errno.h>

#include "net/mlp.h"
#include "theory/mixture.h"
#include "train/trainer.h"

static char error[600];
static schedule *S10;
static mixture *ring;

static int open_all(void **state)
{
    (void)state;
    S10 = schedule_named_alloc("S10");
    ring = mixture_ring_alloc(8, 1.0, 0.0025, 0.0);
    return !S10 || !ring;
}

static int close_all(void **state)
{
    (void)state;
    mixture_free(ring);
    schedule_free(S10);
    return 0;
}

static trainer_config little(void)
{
    trainer_config c = trainer_defaults();
    c.batch = 60, c.steps = 40, c.rate = 2e-3, c.warm_up = 3, c.decay = 0.5, c.ema = 0.999;
    c.seed = 5, c.threads = 1;
    return c;
}

typedef struct run {
    task *k;
    network *net;
    trainer *w;
} run;

/* A small perceptron on two dimensions, everything switched on. */
static run begin(const trainer_config *c)
{
    run r = {.k = task_alloc(S10, "v", "vlb", "learned", error, sizeof error)};
    mlp_spec spec = mlp_default(2, 10);
    spec.width = 12, spec.depth = 2, spec.embed = 6, spec.out = 4;
    r.net = mlp_alloc(&spec, error, sizeof error);
    const adapt_data data = adapt_mixture_data(ring);
    r.w = trainer_alloc(r.net, r.k, &data, c, error, sizeof error);
    if (!r.w) fail_msg("%s", error);
    return r;
}

static void end(run *r)
{
    trainer_free(r->w);
    network_free(r->net);
    task_free(r->k);
}

static void go(run *r, uint64_t to)
{
    while (r->w->step < to) assert_int_equal(trainer_step(r->w), GSL_SUCCESS);
}

static void assert_same(const run *a, const run *b)
{
    const size_t bytes = a->net->parameters * sizeof(real);
    assert_memory_equal(a->w->theta, b->w->theta, bytes);
    assert_memory_equal(a->w->average, b->w->average, bytes);
    assert_memory_equal(a->w->m, b->w->m, bytes);
    assert_memory_equal(a->w->v, b->w->v, bytes);
}

#endif
