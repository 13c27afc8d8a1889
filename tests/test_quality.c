/* test_quality.c -- the measures of samples on built-in digits: real ones, noise, copies, one class. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/digits.h"
#include "net/counter.h"
#include "theory/frechet.h"
#include "train/nearest.h"
#include "train/quality.h"

static char error[600];
static images *train, *test;
static classifier *judge;
static parallel *pool;
static quality *q;

/* n digits that are in neither part. */
static images *fresh(size_t n)
{
    images *const s = calloc(1, sizeof *s);
    *s = (images){.n = n, .rows = 28, .columns = 28, .pixel = malloc(n * 784), .label = malloc(n)};
    for (size_t i = 0; i < n; i++) s->label[i] = digits_image(s->pixel + i * 784, 2, i);
    return s;
}

static images *noise(size_t n)
{
    images *const s = fresh(n);
    counter_rng rng = counter_start(2, 7, 0, 0);
    for (size_t i = 0; i < n * 784; i++) s->pixel[i] = (unsigned char)counter_below(&rng, 256);
    return s;
}

/* ---- Nearest neighbours ---- */

static double slow_distance(const images *s, size_t i, const images *t, size_t j)
{
    double sum = 0.0;
    for (size_t p = 0; p < 784; p++)
        sum += pow(((double)s->pixel[i * 784 + p] - (double)t->pixel[j * 784 + p]) / 255.0, 2.0);
    return sqrt(sum);
}

static void test_nearest(void **state)
{
    (void)state;
    enum { N = 205 };
    images few = *train;
    few.n = 700; /* blocks and a piece */
    images *const s = fresh(N);
    double distance[N], again[N];
    size_t index[N];
    memcpy(s->pixel + 17 * 784, train->pixel + 699 * 784, 784); /* a copy of the last one */
    assert_true(nearest_find(distance, index, s, &few, pool));
    for (size_t i = 0; i < N; i++) {
        double least = HUGE_VAL;
        for (size_t j = 0; j < 700; j++) least = fmin(least, slow_distance(s, i, &few, j));
        assert_true(fabs(distance[i] - least) <= 1e-4 * least);
        assert_true(fabs(distance[i] - slow_distance(s, i, &few, index[i])) <= 1e-12 * least);
    }
    assert_true(distance[17] == 0.0 && index[17] == 699);
    assert_true(nearest_find(again, NULL, s, &few, NULL)); /* one thread: the same bytes */
    assert_memory_equal(distance, again, sizeof distance);
    images other = few;
    other.rows = 14, other.columns = 56;
    assert_false(nearest_find(distance, NULL, &other, &few, pool));
    other = few, other.n = 0;
    assert_false(nearest_find(distance, NULL, &other, &few, pool));
    assert_false(nearest_find(distance, NULL, &few, &other, pool));
    images_free(s);
}

/* ---- Fréchet distance ---- */

static void test_real_digits_are_at_the_floor(void **state)
{
    (void)state;
    images *const s = fresh(400);
    quality_frechet f;
    assert_true(quality_frechet_of(q, s, &f, error, sizeof error));
    print_message("real %.2f +- %.2f, floor %.2f sd %.2f in %zu draws, noise %.1f\n",
                  f.distance.value, f.distance.se, f.floor_mean, f.floor_sd, f.draws, f.noise);
    assert_true(f.n == 400 && f.draws == 5);
    assert_true(f.floor_mean > 0 && f.floor_sd > 0);
    assert_true(fabs(f.distance.value - f.floor_mean) < 6 * f.floor_sd + 6 * f.distance.se);
    assert_true(f.noise > 20 * f.floor_mean);
    assert_true(f.distance.se > 0.1 * f.floor_sd && f.distance.se < 10 * f.floor_sd);
    images_free(s);
}

/* The value itself, from features and the formula alone. */
static void test_the_value(void **state)
{
    (void)state;
    images *const s = fresh(150);
    quality_frechet f;
    assert_true(quality_frechet_of(q, s, &f, error, sizeof error));
    const images *const set[2] = {train, s};
    double *features[2];
    double *const mean[2] = {malloc(128 * 8), malloc(128 * 8)};
    double *const cov[2] = {malloc(128 * 128 * 8), malloc(128 * 128 * 8)};
    for (int i = 0; i < 2; i++) {
        real *const x = malloc(set[i]->n * 128 * sizeof *x);
        double *const y = malloc(set[i]->n * 128 * sizeof *y);
        assert_true(classify_apply(judge, set[i], NULL, x, NULL));
        for (size_t k = 0; k < set[i]->n * 128; k++) y[k] = (double)x[k];
        frechet_moments(mean[i], cov[i], y, set[i]->n, 128);
        free(x);
        features[i] = y;
    }
    const double value = frechet_distance(mean[0], cov[0], mean[1], cov[1], 128);
    assert_true(fabs(f.distance.value - value) <= 1e-9 * value);
    /* The jackknife: 9/10 of the sum of squared deviations of the ten values without a group. */
    double without[10], sum = 0.0, squares = 0.0;
    for (size_t g = 0; g < 10; g++) {
        double *const rows = malloc(135 * 128 * sizeof *rows);
        for (size_t i = 0, at = 0; i < 150; i++)
            if (i % 10 != g) memcpy(rows + 128 * at++, features[1] + 128 * i, 128 * sizeof *rows);
        frechet_moments(mean[1], cov[1], rows, 135, 128);
        sum += without[g] = frechet_distance(mean[0], cov[0], mean[1], cov[1], 128) / 10;
        free(rows);
    }
    for (size_t g = 0; g < 10; g++) squares += pow(10 * without[g] - sum, 2.0);
    assert_true(fabs(f.distance.se - sqrt(0.9 * squares)) <= 1e-6 * f.distance.se);
    free(features[0]), free(features[1]);
    for (int i = 0; i < 2; i++) free(mean[i]), free(cov[i]);
    images_free(s);
}

static void test_worse_samples_are_farther(void **state)
{
    (void)state;
    images *const good = fresh(300), *const dim = fresh(300), *const one = fresh(300);
    images *const bad = noise(300);
    double last = 0.0;
    for (size_t i = 0; i < 300 * 784; i++) dim->pixel[i] = (unsigned char)(dim->pixel[i] * 4 / 5);
    for (size_t i = 0; i < 300; i++) /* a collapse: one image again and again */
        memcpy(one->pixel + i * 784, train->pixel, 784);
    images *const order[3] = {good, dim, bad};
    for (int i = 0; i < 3; i++) {
        quality_frechet f;
        assert_true(quality_frechet_of(q, order[i], &f, error, sizeof error));
        print_message("distance %.2f +- %.2f\n", f.distance.value, f.distance.se);
        assert_true(f.distance.value > 1.5 * last);
        last = f.distance.value;
    }
    quality_frechet f;
    assert_true(quality_frechet_of(q, one, &f, error, sizeof error));
    assert_true(f.distance.value > 10 * f.floor_mean && f.distance.se < 1e-6 * f.distance.value);
    images_free(good), images_free(dim), images_free(bad), images_free(one);
}

static void test_few_and_many_samples(void **state)
{
    (void)state;
    quality_frechet f;
    images *const few = fresh(19), *const many = fresh(2100), *const one = fresh(1);
    assert_true(quality_frechet_of(q, few, &f, error, sizeof error));
    assert_true(isnan(f.distance.se) && f.draws == QUALITY_DRAWS && isfinite(f.distance.value));
    assert_true(quality_frechet_of(q, many, &f, error, sizeof error)); /* 2000 test images */
    assert_true(f.draws == 0 && isnan(f.floor_mean) && isnan(f.floor_sd) && f.distance.se > 0);
    assert_false(quality_frechet_of(q, one, &f, error, sizeof error));
    assert_string_equal(error, "1 samples, expected at least 2");
    images_free(few), images_free(many), images_free(one);
}

/* The draws of the floor are spread over the whole file: sorted by label, it has no higher floor
 * (each draw then has its fair share of every class), where draws from its first part would. */
static void test_the_floor_of_a_sorted_file(void **state)
{
    (void)state;
    images sorted = *test;
    sorted.pixel = malloc(test->n * 784), sorted.label = malloc(test->n);
    size_t at = 0;
    for (unsigned char c = 0; c < 10; c++)
        for (size_t i = 0; i < test->n; i++) {
            if (test->label[i] != c) continue;
            memcpy(sorted.pixel + at * 784, test->pixel + i * 784, 784);
            sorted.label[at++] = c;
        }
    quality *const other = quality_alloc(judge, train, &sorted, pool, error, sizeof error);
    images *const s = fresh(110); /* ten draws from 18 possible ones */
    quality_frechet f, g;
    assert_true(quality_frechet_of(q, s, &f, error, sizeof error));
    assert_true(quality_frechet_of(other, s, &g, error, sizeof error));
    print_message("floor %.1f sd %.1f, of the sorted file %.1f sd %.1f\n", f.floor_mean, f.floor_sd,
                  g.floor_mean, g.floor_sd);
    assert_true(f.draws == 10 && g.draws == 10);
    assert_true(g.floor_mean < f.floor_mean + f.floor_sd);
    quality_free(other), free(sorted.pixel), free(sorted.label), images_free(s);
}

/* ---- Classes ---- */

static void test_classes(void **state)
{
    (void)state;
    images *const s = fresh(1000);
    quality_classes k;
    assert_true(quality_classes_of(q, s, &k, error, sizeof error));
    print_message("chi2 %.2f, p %.3f, confidence %.4f +- %.4f (real %.4f +- %.4f)\n", k.chi2, k.p,
                  k.confidence.value, k.confidence.se, k.confidence_real.value,
                  k.confidence_real.se);
    size_t sum = 0;
    double share = 0.0, chi2 = 0.0;
    for (size_t c = 0; c < 10; c++) {
        const double expected = 1000 * k.share[c];
        sum += k.count[c], share += k.share[c];
        chi2 += pow((double)k.count[c] - expected, 2.0) / expected;
    }
    assert_true(sum == 1000 && fabs(share - 1.0) < 1e-12 && k.free == 9 && k.n == 1000);
    assert_true(fabs(chi2 - k.chi2) < 1e-9 * chi2);
    assert_true(k.p > 1e-6 && k.p < 1);
    assert_true(fabs(k.confidence.value - k.confidence_real.value) <
                6 * hypot(k.confidence.se, k.confidence_real.se));
    for (size_t i = 0; i < 400; i++) /* too many of one class */
        memcpy(s->pixel + i * 784, train->pixel, 784);
    assert_true(quality_classes_of(q, s, &k, error, sizeof error));
    assert_true(k.p < 1e-30 && k.chi2 > 300);
    images_free(s);
    images *const bad = noise(200);
    assert_true(quality_classes_of(q, bad, &k, error, sizeof error));
    assert_true(k.confidence.value < k.confidence_real.value - 6 * k.confidence_real.se);
    images_free(bad);
}

/* ---- Learnt by heart? ---- */

static void test_memory(void **state)
{
    (void)state;
    images *const s = fresh(1000);
    quality_memory m;
    assert_true(quality_memory_of(q, s, &m, error, sizeof error));
    print_message(
        "median %.3f +- %.3f, real %.3f +- %.3f, ratio %.3f +- %.3f; %zu nearer than %.3f\n",
        m.sample.value, m.sample.se, m.real.value, m.real.se, m.ratio.value, m.ratio.se, m.nearer,
        m.quantile);
    assert_true(m.n == 1000 && m.n_real == 1000);
    assert_true(fabs(m.ratio.value - 1.0) < 6 * m.ratio.se && m.ratio.se < 0.1);
    assert_true(m.nearer < 60); /* 10 are expected */
    assert_true(m.planted == 20 && m.found == 20);
    assert_true(fabs(m.share.value - (double)m.nearer / 1000) < 1e-15);
    for (size_t i = 0; i < 1000; i += 5) /* a fifth of them copies */
        memcpy(s->pixel + i * 784, train->pixel + 7 * i * 784, 784);
    const size_t before = m.nearer;
    assert_true(quality_memory_of(q, s, &m, error, sizeof error));
    assert_true(m.nearer >= 200 && m.nearer <= 200 + before && m.share.se > 0.01);
    images_free(s);
    /* Copies only: the median is 0. */
    images copies = *train;
    copies.n = 150;
    assert_true(quality_memory_of(q, &copies, &m, error, sizeof error));
    assert_true(m.sample.value == 0 && m.ratio.value == 0 && m.nearer == 150);
}

/* The quantile and medians by definition, from the distances themselves. */
static int by_number(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void test_memory_by_definition(void **state)
{
    (void)state;
    enum { N = 251 };
    images *const s = fresh(N);
    images real_images = *test;
    double *const d = malloc(2000 * sizeof *d);
    quality_memory m;
    assert_true(quality_memory_of(q, s, &m, error, sizeof error));
    assert_true(nearest_find(d, NULL, s, train, pool));
    qsort(d, N, sizeof *d, by_number);
    assert_true(m.sample.value == d[125]);
    assert_true(fabs(m.sample.se - 0.5 * (d[133] - d[117])) < 1e-12); /* 125 -+ sqrt(251)/2 */
    assert_true(nearest_find(d, NULL, &real_images, train, pool));
    size_t nearer = 0;
    for (size_t i = 0; i < m.n_real; i++) nearer += d[i * (2000 / N)] < m.quantile;
    assert_true(nearer == 2); /* 1 % of 251 */
    free(d), images_free(s);
}

/* ---- Is it enough to learn from? ---- */

static void test_teaching(void **state)
{
    (void)state;
    classify_config c = classify_defaults();
    c.batch = 32, c.steps = 200, c.seed = 9;
    images *const s = fresh(600), *const bad = noise(600);
    quality_teaching t;
    assert_true(quality_teaching_of(q, s, &c, &t, error, sizeof error));
    print_message("taught by samples %.3f +- %.3f, by real images %.3f +- %.3f\n", t.sample.value,
                  t.sample.se, t.real.value, t.real.se);
    assert_true(t.n == 600 && t.n_real == 600 && t.n_test == 2000 && t.steps == 200);
    assert_true(t.sample.value > 0.8 && t.real.value > 0.8);
    assert_true(fabs(t.sample.value - t.real.value) < 0.06);
    const double real_images = t.real.value;
    assert_true(quality_teaching_of(q, bad, &c, &t, error, sizeof error));
    assert_true(t.sample.value < 0.5 && t.real.value == real_images);
    c.rate = 2;
    assert_false(quality_teaching_of(q, s, &c, &t, error, sizeof error));
    assert_non_null(strstr(error, "rate"));
    images_free(s), images_free(bad);
}

static void test_refusals(void **state)
{
    (void)state;
    images *const s = fresh(3);
    images other = *s, few = *test;
    quality_frechet f;
    quality_classes k;
    quality_memory m;
    quality_teaching t;
    const classify_config c = classify_defaults();
    other.rows = 14, other.columns = 56;
    assert_false(quality_frechet_of(q, &other, &f, error, sizeof error));
    assert_false(quality_classes_of(q, &other, &k, error, sizeof error));
    assert_false(quality_memory_of(q, &other, &m, error, sizeof error));
    assert_false(quality_teaching_of(q, &other, &c, &t, error, sizeof error));
    assert_non_null(strstr(error, "another size"));
    other = *s, other.n = 0;
    assert_false(quality_classes_of(q, &other, &k, error, sizeof error));
    assert_string_equal(error, "0 samples, expected at least 1");
    few.n = 99;
    quality *const small = quality_alloc(judge, s, &few, NULL, error, sizeof error);
    assert_non_null(small);
    assert_false(quality_memory_of(small, s, &m, error, sizeof error));
    assert_non_null(strstr(error, "100 test images"));
    quality_free(small);
    few.n = 1;
    assert_null(quality_alloc(judge, s, &few, NULL, error, sizeof error));
    assert_non_null(strstr(error, "at least 2 images"));
    assert_null(quality_alloc(judge, &other, test, NULL, NULL, 0));
    quality_free(NULL);
    images_free(s);
}

static int start(void **state)
{
    (void)state;
    classify_config c = classify_defaults();
    c.batch = 64, c.steps = 200;
    pool = parallel_alloc(2);
    train = images_read("digits", IMAGES_TRAIN, NULL, error, sizeof error);
    test = images_read("digits", IMAGES_TEST, NULL, error, sizeof error);
    if (!train || !test || !pool) return 1;
    train->n = 8000, test->n = 2000;
    judge = classify_train(train, NULL, &c, pool, NULL, NULL, error, sizeof error);
    if (!judge) return 1;
    q = quality_alloc(judge, train, test, pool, error, sizeof error);
    return !q;
}

static int stop(void **state)
{
    (void)state;
    quality_free(q), classify_free(judge), images_free(train), images_free(test);
    parallel_free(pool);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_real_digits_are_at_the_floor),
        cmocka_unit_test(test_the_value),
        cmocka_unit_test(test_worse_samples_are_farther),
        cmocka_unit_test(test_few_and_many_samples),
        cmocka_unit_test(test_the_floor_of_a_sorted_file),
        cmocka_unit_test(test_classes),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_memory_by_definition),
        cmocka_unit_test(test_teaching),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
