/* test_train_alloc.c -- the k-th allocation of src/train fails, for every k: refused, nothing leaks; and a
 * step of training allocates nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "failing_alloc.h"
#include "tabular.h"
#include "train/bits.h"
#include "train/evaluate.h"
#include "train/store.h"
#include "train/trainer.h"

static schedule *plan;
static mixture *bump;
static task *k;
static network net;
static trainer_config config;
static denoise *use;
static trainer *kept;
static toy *ring;
static char error[200];
static double x[60], log_p[60];
static const unsigned char level[20] = {0, 3, 255, 120, 17};
static bits_plan *images_of_t;
static bits_pass *answers;

static void *make_task(void)
{
    return task_alloc(plan, "v", "vlb", "learned", error, sizeof error);
}
static void *make_ncsn(void)
{
    static const double noise[] = {0.1, 0.2};
    return task_ncsn_alloc(noise, 2, false, error, sizeof error);
}
static void free_task(void *p)
{
    task_free(p);
}
static void *make_pool(void)
{
    return parallel_alloc(3);
}
static void free_pool(void *p)
{
    parallel_free(p);
}
static void *make_trainer(void)
{
    const adapt_data data = adapt_mixture_data(bump);
    return trainer_alloc(&net, k, &data, &config, error, sizeof error);
}
static void free_trainer(void *p)
{
    trainer_free(p);
}
static void *make_denoise(void)
{
    return denoise_alloc(&net, k, kept->theta, 2);
}
static void free_denoise(void *p)
{
    denoise_free(p);
}
static void *make_excess(void)
{
    return evaluate_excess_alloc(use, bump, 1, 10, 1);
}
static void free_excess(void *p)
{
    evaluate_excess_free(p);
}
static void *make_bound(void)
{
    return evaluate_bound_alloc(use, x, 20, NULL);
}
static void free_bound(void *p)
{
    evaluate_bound_free(p);
}
static void *make_plan(void)
{
    return bits_plan_alloc(plan, 20, 60, 1, false);
}
static void free_plan(void *p)
{
    bits_plan_free(p);
}
static void *make_pass(void)
{
    int status;
    return bits_pass_alloc(use, images_of_t, level, NULL, NULL, &status);
}
static void free_pass(void *p)
{
    bits_pass_free(p);
}
static void *make_best(void)
{
    double cost;
    return bits_best_sigma2(log_p, &cost, answers, 0, NULL) == GSL_SUCCESS ? x : NULL;
}
static void *make_bits(void)
{
    return bits_bound_alloc(answers, &(bits_kernel){.sigma2 = plan->beta}, NULL);
}
static void *make_oracle(void)
{
    const adapt_toy a = {ring, NULL, 1.0};
    return adapt_toy_mixture(&a);
}
static void free_oracle(void *p)
{
    mixture_free(p);
}
static void *make_strided(void)
{
    const denoise_options how = {.steps = 3};
    return denoise_sample(use, x, 20, &how) == GSL_SUCCESS ? x : NULL;
}
static void *make_one_shot(void)
{
    return denoise_one_shot(use, x, 20, NULL) == GSL_SUCCESS ? x : NULL;
}
static void *make_log_p(void)
{
    return evaluate_log_p(use, log_p, x, 2, 8.0, 2.0) == GSL_SUCCESS ? x : NULL;
}
static void *make_store(void)
{
    checkpoint *c = checkpoint_alloc();
    if (c && store_trainer(c, kept, error, sizeof error)) return c;
    checkpoint_free(c);
    return NULL;
}
static void free_store(void *p)
{
    checkpoint_free(p);
}
static void keep(void *p)
{
    (void)p;
}

/* Run make(k-th allocation fails) for k = 0, 1, ... until it succeeds; count the refusals. */
static size_t refusals(void *(*make)(void), void (*destroy)(void *))
{
    for (size_t i = 0; i < 1000; i++) {
        allocator.countdown = (long)i;
        void *made = make();
        const int reached = allocator.countdown < 0;
        allocator.countdown = -1;
        if (made) destroy(made);
        if (made && !reached) return i;
        if (made) fail_msg("allocation %zu failed and nobody noticed", i);
    }
    fail_msg("never succeeded");
    return 0;
}

static void test_refusals(void **state)
{
    (void)state;
    assert_int_equal(refusals(make_task, free_task), 2);
    assert_int_equal(refusals(make_ncsn, free_task), 2);
    assert_true(refusals(make_pool, free_pool) >= 2);
    assert_true(refusals(make_trainer, free_trainer) >= 7);
    assert_non_null(strstr(error, "no memory"));
    assert_true(refusals(make_denoise, free_denoise) >= 5);
    assert_int_equal(refusals(make_excess, free_excess), 5);
    assert_int_equal(refusals(make_bound, free_bound), 4);
    assert_int_equal(refusals(make_plan, free_plan), 4);
    assert_int_equal(refusals(make_pass, free_pass), 6);
    assert_true(refusals(make_best, keep) >= 2); /* its own, and GSL's */
    assert_int_equal(refusals(make_bits, free_bound), 3);
    assert_int_equal(refusals(make_oracle, free_oracle), 2);
    assert_int_equal(refusals(make_strided, keep), 3);
    assert_int_equal(refusals(make_one_shot, keep), 1);
    assert_int_equal(refusals(make_log_p, keep), 4);
    assert_true(refusals(make_store, free_store) >= 8);
}

static void test_no_allocation(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        allocator.countdown = 0; /* whoever asks is refused, and seen */
        assert_int_equal(trainer_step(kept), GSL_SUCCESS);
        assert_int_equal(allocator.countdown, 0);
        allocator.countdown = -1;
    }
}

static int open_all(void **state)
{
    (void)state;
    gsl_set_error_handler_off();
    plan = schedule_named_alloc("S10");
    bump = mixture_alloc(2, 1);
    ring = toy_alloc("ring", error, sizeof error);
    k = task_alloc(plan, "eps", NULL, NULL, error, sizeof error);
    net = tabular(10, 1, 1);
    config = trainer_defaults();
    config.batch = 20, config.threads = 2;
    kept = make_trainer();
    if (kept) use = make_denoise();
    images_of_t = make_plan();
    answers = use && images_of_t ? make_pass() : NULL;
    return answers == NULL;
}

static int close_all(void **state)
{
    (void)state;
    bits_pass_free(answers);
    bits_plan_free(images_of_t);
    denoise_free(use);
    trainer_free(kept);
    task_free(k);
    toy_free(ring);
    mixture_free(bump);
    schedule_free(plan);
    return 0;
}

int main(void)
{
#ifdef NO_INTERPOSING
    puts("SKIP: the sanitizer has an allocator of its own");
    return 77;
#endif
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_refusals),
                                       cmocka_unit_test(test_no_allocation)};
    return cmocka_run_group_tests(tests, open_all, close_all);
}
