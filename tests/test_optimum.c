/* test_optimum.c -- training arrives at the oracle's optimum for every legal combination of words. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include <gsl/gsl_errno.h>

#include "tabular.h"
#include "theory/mixture.h"
#include "train/evaluate.h"
#include "train/trainer.h"

static char error[200];
static schedule *S10;
static mixture *bump; /* N(0.3, 0.6): every optimum is a line */

static int open_all(void **state)
{
    (void)state;
    S10 = schedule_named_alloc("S10");
    bump = mixture_alloc(1, 1);
    bump->mean[0] = 0.3;
    bump->var[0] = 0.6;
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    mixture_free(bump);
    schedule_free(S10);
    return 0;
}

/* ---- The optimum of every legal combination ---- */

static void expect_optimum(const task *k, const network *net, const trainer *w)
{
    denoise *use = denoise_alloc(net, k, w->average, 1);
    evaluate_excess *e = evaluate_excess_alloc(use, bump, 1, 200, 11);
    const double ratio = evaluate_excess_part(e, 1, k->T).ratio.value;
    if (!(ratio < 3e-3)) fail_msg("%s: %.3g above the optimum", k->words, ratio);
    for (size_t t = 1; t <= k->T && k->sigma == TASK_LEARNED; t++) {
        /* the variance that minimises the KL; at t = 1 that of x_0 given x_1; both inside the range */
        const double x_t = 0.4, low = S10->beta_tilde[t > 1 ? t : 2];
        const double best = mixture_optimal_variance(bump, S10, t, &x_t);
        double var;
        assert_int_equal(denoise_kernel(use, NULL, &var, &x_t, &t, 1), GSL_SUCCESS);
        const double clipped = fmax(low, fmin(best, S10->beta[t]));
        if (!(fabs(log(var / clipped)) < 0.08))
            fail_msg("%s, t = %zu: variance %.4g, best %.4g", k->words, t, var, clipped);
    }
    evaluate_excess_free(e);
    denoise_free(use);
}

static void train_one(const char *predict, const char *loss, const char *sigma)
{
    task *k = task_alloc(S10, predict, loss, sigma, error, sizeof error);
    if (!k) fail_msg("%s", error);
    network net = tabular(10, 1, task_outputs(k, 1));
    trainer_config c = trainer_defaults();
    c.warm_up = 3, c.seed = 5, c.threads = 1;
    c.batch = 128, c.steps = k->kl > 0.0 ? 3000 : 1000, c.rate = 0.05, c.decay = 0.8, c.ema = 0.99;
    const adapt_data data = adapt_mixture_data(bump);
    trainer *w = trainer_alloc(&net, k, &data, &c, error, sizeof error);
    if (!w) fail_msg("%s", error);
    while (w->step < c.steps) assert_int_equal(trainer_step(w), GSL_SUCCESS);
    expect_optimum(k, &net, w);
    trainer_free(w);
    task_free(k);
}

static void test_optimum(void **state)
{
    (void)state;
    static const char *const predicts[] = {"eps", "x0", "mu", "v", "score", "eps:skip", "mu:skip"};
    static const char *const losses[] = {"simple", "vlb", "snr:0.5", "snr:min:5", "snr:max:1"};
    for (size_t p = 0; p < 7; p++) {
        for (size_t l = 0; l < 5; l++) train_one(predicts[p], losses[l], "beta");
        train_one(predicts[p], "vlb", "beta_tilde");
        train_one(predicts[p], "vlb", "learned");
        train_one(predicts[p], "hybrid:0.1", "learned");
    }
}

/* Two coordinates that are not alike, an odd batch: every number must come from its own place. */
static void test_coordinates(void **state)
{
    (void)state;
    mixture *m = mixture_alloc(1, 2);
    m->mean[0] = 0.8, m->mean[1] = -0.5, m->var[0] = 0.6;
    task *k = task_alloc(S10, "v", NULL, NULL, error, sizeof error);
    network net = tabular(10, 2, 2);
    trainer_config c = trainer_defaults();
    c.batch = 131, c.steps = 1000, c.rate = 0.05, c.warm_up = 3, c.threads = 2;
    const adapt_data data = adapt_mixture_data(m);
    trainer *w = trainer_alloc(&net, k, &data, &c, error, sizeof error);
    while (w->step < c.steps) assert_int_equal(trainer_step(w), GSL_SUCCESS);
    denoise *use = denoise_alloc(&net, k, w->average, 1);
    evaluate_excess *e = evaluate_excess_alloc(use, m, 1, 200, 11);
    assert_true(evaluate_excess_part(e, 1, 10).ratio.value < 3e-3);
    evaluate_excess_free(e);
    denoise_free(use);
    trainer_free(w);
    task_free(k);
    mixture_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_optimum),
                                       cmocka_unit_test(test_coordinates)};
    return cmocka_run_group_tests(tests, open_all, close_all);
}
