/* test_random.c -- the statistical rule: right laws pass, wrong ones fail, declared sizes are checked. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>

#include "play.h"

static const captured *run(void (*steps)(lesson *), const char *a, const char *b)
{
    return play(20, steps, (const char *const[]){"--random-only", a, b, NULL});
}

static moments normal_sample(lesson *L, size_t n, double mean, double sd)
{
    moments m = {0};
    for (size_t i = 0; i < n; i++) moments_add(&m, mean + gsl_ran_gaussian(lesson_rng(L), sd));
    return m;
}

static void right_laws(lesson *L)
{
    claim(L, "ERR-01");
    const size_t n = lesson_samples(L, 20000);
    const moments m = normal_sample(L, n, 0.3, 0.7);
    road_mean(L, NULL, "mean", &m, 0.3);
    control_mean(L, "mean off by 0.1", &m, 0.4, 0.1 / (0.7 / sqrt(20000.0)));
    road_variance(L, NULL, "variance", &m, 0.49);
    /* 0.6 for 0.49: chi^2 is off by 0.49/0.6 - 1 in units of sqrt(2/n). */
    control_variance(L, "variance too large", &m, 0.6, (1.0 - 0.49 / 0.6) * sqrt(20000.0 / 2.0));
    const size_t k = gsl_ran_binomial(lesson_rng(L), 0.2, (unsigned)n);
    road_count(L, NULL, "count", k, n, 0.2);
    control_count(L, "wrong probability", k, n, 0.25, 0.05 * sqrt(20000.0 / (0.25 * 0.75)));
    printed_mean(L, "printed", &m, 0.4, 0.1 / (0.7 / sqrt(20000.0)));
    printed_variance(L, "printed", &m, 0.6, (1.0 - 0.49 / 0.6) * sqrt(20000.0 / 2.0));
    printed_count(L, "printed", k, n, 0.25, 0.05 * sqrt(20000.0 / (0.25 * 0.75)));
}

static void test_right_laws_pass(void **state)
{
    (void)state;
    static const char *const seeds[] = {"1", "2", "3", "77", "18446744073709551615", "random"};
    for (size_t i = 0; i < 6; i++) {
        run(right_laws, "--seed", seeds[i]);
        assert_contains(play_seen.out, "9 passed, 0 failed");
        assert_int_equal(play_seen.status, 0);
    }
}

static void test_same_seed_same_bytes(void **state)
{
    (void)state;
    static captured first;
    run(right_laws, "--seed", "5");
    first = play_seen;
    run(right_laws, "--seed", "5");
    assert_string_equal(first.out, play_seen.out);
    run(right_laws, "--seed", "6");
    assert_string_not_equal(first.out, play_seen.out);
}

static void test_effort_scales_samples(void **state)
{
    (void)state;
    run(right_laws, "--effort", "4");
    assert_contains(play_seen.out, "N = 80000");
    assert_contains(play_seen.out, "9 passed, 0 failed");
    run(right_laws, "--effort", "0.01"); /* never below the 10^4 that a z test needs */
    assert_contains(play_seen.out, "N = 10000");
}

/* Training: steps follow --effort and --quick, what is measured is neither passed nor failed. */
static void training(lesson *L)
{
    claim(L, "ERR-01");
    road(L, NULL, "steps", (double)lesson_steps(L, 1000), 1000.0, 0.5);
    control(L, "seed", (double)lesson_seed(L), 5.5, 0.5);
    measured(L, "the loss is %.2f", 0.25);
}

static void test_training(void **state)
{
    (void)state;
    run(training, "--effort", "1");
    assert_contains(play_seen.out, "  measured  the loss is 0.25\n");
    assert_contains(play_seen.out, "2 passed, 0 failed");
    run(training, "--effort", "2");
    assert_contains(play_seen.out, "value 2000,");
    run(training, "--quick", "--tap");
    assert_contains(play_seen.out, "seed 20251122, effort 1, quick");
    assert_contains(play_seen.out, "# measured  the loss is 0.25\n");
    assert_contains(play_seen.out, "value: 20\n");
}

static void few_steps(lesson *L)
{
    claim(L, "ERR-01");
    road(L, NULL, "never less than one step", (double)lesson_steps(L, 3), 1.0, 0.0);
}

static void test_few_steps(void **state)
{
    (void)state;
    run(few_steps, "--quick", NULL);
    assert_contains(play_seen.out, "1 passed, 0 failed");
}

/* ---- What must fail ---- */

static void wrong_mean(lesson *L)
{
    claim(L, "ERR-01");
    const moments m = normal_sample(L, 20000, 0.3, 0.7);
    road_mean(L, NULL, "mean", &m, 0.36); /* 12 standard errors */
}

static void wrong_variance(lesson *L)
{
    claim(L, "ERR-01");
    const moments m = normal_sample(L, 20000, 0.3, 0.7);
    road_variance(L, NULL, "variance", &m, 0.56);
}

static void wrong_count(lesson *L)
{
    claim(L, "ERR-01");
    road_count(L, NULL, "count", 2500, 10000, 0.2);
}

static void far_out(lesson *L)
{
    claim(L, "ERR-01"); /* the tails underflow: still a finite number of standard errors */
    road_count(L, NULL, "count", 9000, 10000, 0.2);
}

static void too_few(lesson *L)
{
    claim(L, "ERR-01");
    const moments m = normal_sample(L, 9999, 0.0, 1.0);
    road_mean(L, NULL, "mean", &m, 0.0);
}

static void too_few_for_a_variance(lesson *L)
{
    claim(L, "ERR-01");
    const moments m = normal_sample(L, 99, 0.0, 1.0);
    road_variance(L, NULL, "variance", &m, 1.0);
}

static void too_skewed(lesson *L)
{
    claim(L, "ERR-01"); /* one in 10^4 is large: skewness near 100 */
    moments m = {0};
    for (size_t i = 0; i < 10000; i++) moments_add(&m, i == 5000 ? 1.0 : 0.0);
    road_mean(L, NULL, "mean", &m, 1e-4);
}

static void constant_sample(lesson *L)
{
    claim(L, "ERR-01"); /* no spread: standard error 0, nothing is learnt */
    moments m = {0};
    for (size_t i = 0; i < 10000; i++) moments_add(&m, 0.25);
    road_mean(L, NULL, "mean", &m, 0.25);
}

static void bad_probability(lesson *L)
{
    claim(L, "ERR-01");
    road_count(L, NULL, "count", 10, 10000, 1.5);
}

static void small_control(lesson *L)
{
    claim(L, "ERR-01");
    const moments m = normal_sample(L, 20000, 0.3, 0.7);
    control_mean(L, "8 standard errors are not enough", &m, 0.34, 8.0);
}

static void boasting_control(lesson *L)
{
    claim(L, "ERR-01");
    const moments m = normal_sample(L, 20000, 0.3, 0.7);
    control_mean(L, "declared 60, really 20", &m, 0.4, 60.0);
}

static void nan_expected(lesson *L)
{
    claim(L, "ERR-01");
    const moments m = normal_sample(L, 20000, 0.3, 0.7);
    road_mean(L, NULL, "mean", &m, (double)NAN);
}

static void too_many(lesson *L)
{
    claim(L, "ERR-01");
    const moments m = normal_sample(L, 10000, 0.0, 1.0);
    for (int i = 0; i <= CHECK_RANDOM_PER_LESSON; i++) road_mean(L, NULL, "again", &m, 0.0);
}

static void test_each_failure_is_seen(void **state)
{
    (void)state;
    static const struct {
        void (*steps)(lesson *);
        const char *says;
    } cases[] = {
        {wrong_mean, "FAILED"},
        {wrong_variance, "FAILED"},
        {wrong_count, "FAILED"},
        {far_out, "FAILED: 175.0 standard errors"},
        {too_few, "needs 10000 samples"},
        {too_few_for_a_variance, "fewer than 100 samples"},
        {too_skewed, "too skewed"},
        {constant_sample, "not a number"},
        {bad_probability, "unusable count"},
        {small_control, "below the threshold + 6"},
        {boasting_control, "not the declared one"},
        {nan_expected, "not a number"},
        {too_many, "a lesson's share is 40"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        run(cases[i].steps, NULL, NULL);
        assert_int_equal(play_seen.status, 1);
        assert_contains(play_seen.out, cases[i].says);
    }
}

/* With less effort a test that lacks samples is left out, not failed. */
static void test_less_effort_skips(void **state)
{
    (void)state;
    run(too_skewed, "--effort", "0.5");
    assert_contains(play_seen.out, "not run   mean: too few samples at this effort");
    assert_contains(play_seen.out, "0 failed, 1 skipped");
    run(wrong_mean, "--effort", "0.5"); /* but what is wrong stays wrong */
    assert_contains(play_seen.out, "FAILED");
}

/* The rule's number: two-sided 1e-9. */
static void test_threshold(void **state)
{
    (void)state;
    assert_true(fabs(2.0 * gsl_cdf_ugaussian_Q(CHECK_Z) / CHECK_ALPHA - 1.0) < 1e-9);
    assert_true(CHECK_LESSONS * CHECK_RANDOM_PER_LESSON * CHECK_ALPHA <= 1e-6 * (1.0 + 1e-12));
}

/* Moments against the two-pass formulas. */
static void test_moments(void **state)
{
    (void)state;
    const double x[] = {0.731, -1.283, 3.1, 0.02, 5.77, -0.9};
    moments m = {0};
    assert_true(isnan(moments_variance(&m)));
    double mean = 0.0, m2 = 0.0, m3 = 0.0;
    for (size_t i = 0; i < 6; i++) mean += x[i] / 6.0;
    for (size_t i = 0; i < 6; i++) m2 += pow(x[i] - mean, 2), m3 += pow(x[i] - mean, 3);
    for (size_t i = 0; i < 6; i++) moments_add(&m, x[i]);
    assert_true(fabs(m.mean - mean) < 1e-14);
    assert_true(fabs(moments_variance(&m) - m2 / 5.0) < 1e-13);
    assert_true(fabs(moments_se(&m) - sqrt(m2 / 30.0)) < 1e-14);
    assert_true(fabs(moments_skewness(&m) - (m3 / 6.0) / pow(m2 / 6.0, 1.5)) < 1e-13);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_right_laws_pass),
        cmocka_unit_test(test_same_seed_same_bytes),
        cmocka_unit_test(test_effort_scales_samples),
        cmocka_unit_test(test_training),
        cmocka_unit_test(test_few_steps),
        cmocka_unit_test(test_each_failure_is_seen),
        cmocka_unit_test(test_less_effort_skips),
        cmocka_unit_test(test_threshold),
        cmocka_unit_test(test_moments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
