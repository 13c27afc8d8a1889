/* test_trainer.c -- the bytes of a training do not depend on threads; what is not finite stops it; rates, bins and
 * the gradient probe. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_math.h>

#include "check/moments.h"
#include "small_run.h"
#include "tabular.h"
#include "theory/target.h"

/* ---- Bytes ---- */

static void test_threads(void **state)
{
    (void)state;
    for (int stratified = 0; stratified < 2; stratified++) {
        trainer_config c = little();
        c.stratified = stratified != 0;
        c.batch = stratified ? 5 : 61; /* fewer samples than slices; an odd number */
        c.clip = 0.05;
        run one = begin(&c);
        go(&one, 40);
        for (c.threads = 2; c.threads <= 3; c.threads++) {
            run two = begin(&c);
            go(&two, 40);
            assert_same(&one, &two);
            end(&two);
        }
        c.seed++;
        run other = begin(&c);
        assert_memory_not_equal(one.w->theta, other.w->theta, one.net->parameters * sizeof(real));
        end(&other);
        end(&one);
    }
}

/* ---- Faults ---- */

static uint64_t poison_at;
static double poison;

static void draw_poison(real *x_0, uint64_t index, counter_rng *rng, const void *params)
{
    (void)params;
    x_0[0] = index == poison_at ? (real)poison : (real)counter_normal(rng);
}

static void test_faults(void **state)
{
    (void)state;
    const double values[] = {(double)NAN, (double)INFINITY, 3e37, 1e25};
    static const char *const quantities[] = {"the data is", "the data is",
                                             "the network's output is", "the gradient is"};
    for (size_t i = 0; i < 4; i++) {
        task *k = task_alloc(S10, "eps", NULL, NULL, error, sizeof error);
        network net = tabular(10, 1, 1);
        const adapt_data data = {1, draw_poison, NULL};
        const trainer_config c = little();
        trainer *w = trainer_alloc(&net, k, &data, &c, error, sizeof error);
        poison_at = 60 * 3 + 7; /* in step 3 */
        poison = values[i];
        for (size_t j = 0; i == 2 && j < net.parameters; j++) w->theta[j] = (real)100.0;
        for (int s = 0; s < 3; s++) assert_int_equal(trainer_step(w), GSL_SUCCESS);
        real before[40], average[40];
        memcpy(before, w->theta, sizeof before);
        memcpy(average, w->average, sizeof average);
        assert_int_equal(trainer_step(w), GSL_EFAILED);
        if (!strstr(w->fault, "step 3: ") || !strstr(w->fault, quantities[i]))
            fail_msg("%s", w->fault);
        assert_int_equal(w->step, 3);
        assert_memory_equal(before, w->theta, sizeof before);
        assert_memory_equal(average, w->average, sizeof average);
        trainer_free(w);
        task_free(k);
    }
}

static void test_refusals(void **state)
{
    (void)state;
    const trainer_config good = little();
    trainer_config bad[12];
    for (size_t i = 0; i < 12; i++) bad[i] = good;
    bad[0].batch = 0, bad[1].batch = (size_t)1 << 24, bad[2].steps = 0, bad[3].rate = 0.0;
    bad[4].rate = (double)NAN, bad[5].warm_up = ((uint64_t)1 << 40) + 1, bad[6].decay = 1.5,
    bad[7].ema = 1.0;
    bad[8].clip = -1.0, bad[9].rate = 2.0, bad[10].ema = (double)NAN;
    bad[11].steps = ((uint64_t)1 << 40) + 1;
    static const char *const names[] = {"batch", "batch", "steps", "rate", "rate", "warm-up",
                                        "decay", "ema",   "clip",  "rate", "ema",  "steps"};
    task *k = task_alloc(S10, "eps", NULL, NULL, error, sizeof error);
    network net = tabular(10, 2, 2), wide = tabular(10, 2, 4), early = tabular(9, 2, 2);
    const adapt_data data = adapt_mixture_data(ring);
    for (size_t i = 0; i < 12; i++) {
        assert_null(trainer_alloc(&net, k, &data, &bad[i], error, sizeof error));
        if (strncmp(error, names[i], strlen(names[i])) != 0) fail_msg("%zu: %s", i, error);
    }
    assert_null(trainer_alloc(&wide, k, &data, &good, error, sizeof error));
    assert_string_equal(error, "a network 2 -> 4 for t <= 10; data and task need 2 -> 2, t <= 10");
    assert_null(trainer_alloc(&early, k, &data, &good, NULL, 0));
    trainer_config ends[2] = {good, good}; /* the ends of the ranges are legal */
    ends[0].batch = ends[0].steps = 1;
    ends[1].steps = ends[1].warm_up = (uint64_t)1 << 40, ends[1].rate = 1.0, ends[1].decay = 0.0;
    for (size_t i = 0; i < 2; i++) {
        trainer *w = trainer_alloc(&net, k, &data, &ends[i], error, sizeof error);
        assert_non_null(w);
        assert_int_equal(trainer_step(w), GSL_SUCCESS);
        trainer_free(w);
    }
    trainer_free(NULL);
    task_free(k);
}

/* ---- Rates, clipping, bins, probe ---- */

static void test_rate(void **state)
{
    (void)state;
    const trainer_config d = trainer_defaults(); /* as docs/training.md has them */
    assert_true(d.batch == 512 && d.steps == 20000 && d.rate == 3e-3 && d.warm_up == 200);
    assert_true(d.decay == 1.0 && d.ema == 0.99 && d.clip == 0.0 && d.seed == 1 && !d.stratified);
    trainer_config c = {.steps = 100, .rate = 0.5, .warm_up = 4, .decay = 0.25};
    const double expected[][2] = {{0, 0.1},  {1, 0.2},   {4, 0.5},   {60, 0.5}, {75, 0.5},
                                  {80, 0.4}, {99, 0.02}, {100, 0.0}, {200, 0.0}};
    for (size_t i = 0; i < 9; i++)
        assert_true(fabs(trainer_rate(&c, (uint64_t)expected[i][0]) - expected[i][1]) < 1e-15);
    c.decay = 0.0, c.warm_up = 0;
    assert_true(trainer_rate(&c, 0) == 0.5 && trainer_rate(&c, 1000) == 0.5);
}

/* A step by hand, from its addresses: at theta = 0 the output is 0, the loss |eps|^2/2, and the gradient of
 * a line's slope is the sum of -2 eps x_t/(2 batch) over the samples of its t, its offset's that of -2 eps/.. */
static double by_hand(const trainer *w, uint64_t step, double *g)
{
    double loss = 0.0;
    for (size_t i = 0; i < w->config.batch; i++) {
        real x_0[2];
        counter_rng rng = counter_start(w->config.seed, STREAM_DATA, step, i);
        w->data.draw(x_0, i, &rng, w->data.params);
        rng = counter_start(w->config.seed, STREAM_NOISE, step, i);
        const size_t t = 1 + counter_below(&rng, 10);
        for (size_t d = 0; d < 2; d++) {
            const double eps = counter_normal(&rng), push = -eps / (double)w->config.batch;
            const double x_t = w->k->signal[t] * (double)x_0[d] + w->k->noise[t] * eps;
            g[tabular_at(w->net, t, d)] += push * x_t;
            g[tabular_at(w->net, t, d) + 1] += push;
            loss += 0.5 * eps * eps / (double)w->config.batch;
        }
    }
    return loss;
}

static void test_steps_by_hand(void **state)
{
    (void)state;
    enum { P = 64 };
    task *k = task_alloc(S10, "eps", NULL, NULL, error, sizeof error);
    network net = tabular(16, 2, 2); /* P parameters: whole lines */
    trainer_config c = little();
    c.ema = 0.9;
    const adapt_data data = adapt_mixture_data(ring);
    trainer *w = trainer_alloc(&net, k, &data, &c, error, sizeof error);
    real theta[2][P];
    for (uint64_t step = 0; step < 2; step++) {
        double g[P] = {0.0}, squares = 0.0;
        const double loss = by_hand(w, step, g);
        for (size_t i = 0; i < P; i++) w->theta[i] = w->m[i] = w->v[i] = 0;
        assert_int_equal(trainer_step(w), GSL_SUCCESS);
        for (size_t i = 0; i < P; i++) {
            squares += g[i] * g[i];
            assert_true(fabs((double)w->m[i] - 0.1 * g[i]) < 1e-7);
            assert_true(fabs((double)w->v[i] - 0.001 * g[i] * g[i]) < 1e-8);
        }
        assert_true(fabs(w->loss - loss) < 1e-6 && fabs(w->norm - sqrt(squares)) < 1e-6);
        memcpy(theta[step], w->theta, sizeof theta[step]);
        if (step == 0) assert_memory_equal(w->average, w->theta, sizeof theta[0]);
    }
    for (size_t i = 0; i < P; i++) { /* the average of two steps has the weights 1 : 3, net/ema.h */
        const double average = 0.25 * (double)theta[0][i] + 0.75 * (double)theta[1][i];
        assert_true(fabs((double)w->average[i] - average) < 1e-8);
    }
    trainer_free(w);
    task_free(k);
}

static void test_clipping(void **state)
{
    (void)state;
    trainer_config c = little();
    run plain = begin(&c);
    c.clip = 1e-3;
    run clipped = begin(&c);
    go(&plain, 1), go(&clipped, 1);
    assert_true(plain.w->norm == clipped.w->norm && plain.w->norm > 1e-3);
    const double shrink = c.clip / plain.w->norm;
    for (size_t i = 0; i < plain.net->parameters; i++) /* m = (1 - beta1) g */
        assert_true(fabs((double)clipped.w->m[i] - shrink * (double)plain.w->m[i]) <=
                    1e-6 * fabs((double)clipped.w->m[i]));
    end(&plain), end(&clipped);
}

static void test_bins(void **state)
{
    (void)state;
    trainer_config c = little();
    c.stratified = true, c.batch = 40;
    run r = begin(&c);
    double sum = 0.0, losses = 0.0;
    for (int i = 0; i < 5; i++)
        assert_int_equal(trainer_step(r.w), GSL_SUCCESS), losses += r.w->loss;
    for (size_t t = 1; t <= 10; t++) {
        assert_int_equal(r.w->bin[t].n, 20); /* even strata: 4 of each t in every batch of 40 */
        sum += r.w->bin[t].loss;
    }
    assert_true(fabs(sum - 40.0 * losses) <= 1e-10 * fabs(sum));
    trainer_forget(r.w);
    for (size_t t = 0; t <= 10; t++) assert_true(r.w->bin[t].n == 0 && r.w->bin[t].loss == 0.0);
    end(&r);
}

/* For the tabular net at theta = 0 and N(0, v) data the gradients are those of lesson 16; the offset
 * adds the square of the target to them. */
static void test_probe(void **state)
{
    (void)state;
    static const char *const words[] = {"eps", "x0", "mu"};
    mixture *m = mixture_alloc(1, 1);
    m->var[0] = 0.6;
    for (size_t p = 0; p < 3; p++) {
        task *k = task_alloc(S10, words[p], NULL, NULL, error, sizeof error);
        network net = tabular(10, 1, 1);
        const trainer_config c = little();
        const adapt_data data = adapt_mixture_data(m);
        trainer *w = trainer_alloc(&net, k, &data, &c, error, sizeof error);
        for (size_t t = 1; t <= 10; t += 3) {
            const size_t n = 100000;
            const trainer_probe seen = trainer_probe_at(w, t, n, t);
            const double target = target_square(S10, t, (target_kind)p, 0.6);
            const double mean = gsl_pow_2(target_gradient(S10, t, (target_kind)p, 0.6));
            const double square =
                gsl_pow_2(target_gradient_rms(S10, t, (target_kind)p, 0.6)) + 4.0 * target;
            /* fourth moments of normal numbers: relative standard errors below 10/sqrt(n) */
            const double part = 60.0 / sqrt((double)n);
            assert_true(fabs(seen.loss / target - 1.0) < part);
            assert_true(fabs(seen.out_square / (4.0 * target) - 1.0) < part);
            assert_true(fabs(seen.square / square - 1.0) < part);
            assert_true(fabs(seen.mean_square - mean) < part * (mean + square / sqrt((double)n)));
        }
        /* |E g|^2 from two samples at a time: noisy, but without bias */
        moments pairs = {0};
        for (uint64_t number = 1; number <= 50000; number++)
            moments_add(&pairs, trainer_probe_at(w, 4, 2, number).mean_square);
        const double mean = gsl_pow_2(target_gradient(S10, 4, (target_kind)p, 0.6));
        assert_true(fabs(pairs.mean - mean) < 6.0 * moments_se(&pairs));
        assert_true(moments_se(&pairs) < 0.1 * mean);

        assert_true(isnan(trainer_probe_at(w, 0, 5, 1).loss));
        assert_true(isnan(trainer_probe_at(w, 11, 5, 1).square));
        assert_true(isnan(trainer_probe_at(w, 3, 1, 1).mean_square));
        assert_true(w->step == 0 && w->theta[3] == 0);
        trainer_free(w);
        task_free(k);
    }
    mixture_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads),       cmocka_unit_test(test_faults),
        cmocka_unit_test(test_refusals),      cmocka_unit_test(test_rate),
        cmocka_unit_test(test_steps_by_hand), cmocka_unit_test(test_clipping),
        cmocka_unit_test(test_bins),          cmocka_unit_test(test_probe)};
    return cmocka_run_group_tests(tests, open_all, close_all);
}
