/* test_parallel.c -- every piece is done once, whatever the number of threads; and what feeds a trainer. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "check/moments.h"
#include "train/adapt.h"
#include "train/parallel.h"

static int last_error;

static void remember(const char *reason, const char *file, int line, int code)
{
    (void)reason, (void)file, (void)line;
    last_error = code;
}

static void count(size_t piece, void *params)
{
    ((int *)params)[piece]++; /* its own place: no two threads meet */
}

static void test_pieces(void **state)
{
    (void)state;
    for (size_t threads = 0; threads <= 5; threads++) {
        parallel *p = parallel_alloc(threads);
        assert_true(parallel_threads(p) >= 1 && (threads == 0 || parallel_threads(p) == threads));
        for (size_t pieces = 0; pieces < 40; pieces += 3)
            for (int again = 0; again < 30; again++) {
                int done[40] = {0};
                parallel_run(p, pieces, count, done);
                for (size_t i = 0; i < 40; i++) assert_int_equal(done[i], i < pieces);
            }
        parallel_free(p);
    }
    int done[3] = {0};
    parallel_run(NULL, 3, count, done); /* no threads at all */
    assert_true(done[0] == 1 && done[1] == 1 && done[2] == 1);
    assert_int_equal(parallel_threads(NULL), 1);
    parallel_free(NULL);
    parallel *many = parallel_alloc(1000);
    assert_int_equal(parallel_threads(many), 64);
    parallel_free(many);
}

/* ---- Data ---- */

static void expect_moments(const adapt_data *data, const double *mean, const double *sd)
{
    enum { n = 20000, MOST = 2 };
    moments m[MOST] = {{0}};
    for (size_t i = 0; i < n; i++) {
        real x[MOST];
        counter_rng rng = counter_start(5, 1, 0, i);
        data->draw(x, i, &rng, data->params);
        for (size_t d = 0; d < data->D; d++) moments_add(&m[d], (double)x[d]);
    }
    for (size_t d = 0; d < data->D; d++) {
        assert_true(fabs(m[d].mean - mean[d]) < 6.0 * moments_se(&m[d]));
        assert_true(fabs(sqrt(moments_variance(&m[d])) / sd[d] - 1.0) < 0.03);
    }
}

static void test_data(void **state)
{
    (void)state;
    const double shift[] = {0.25, -0.5};
    toy *moons = toy_alloc("moons", NULL, 0), *board = toy_alloc("checkerboard", NULL, 0);
    const adapt_toy plain = {moons, NULL, 1.0}, moved = {moons, shift, 2.0}, b = {board, NULL, 1.0};
    double mean[2], sd[2];
    toy_moments(moons, mean, sd);
    adapt_data data = adapt_toy_data(&plain);
    assert_int_equal(data.D, 2);
    expect_moments(&data, mean, sd);
    for (size_t d = 0; d < 2; d++) mean[d] = (mean[d] - shift[d]) / 2.0, sd[d] /= 2.0;
    data = adapt_toy_data(&moved);
    expect_moments(&data, mean, sd);

    /* the oracle's law is that of the data */
    mixture *m = adapt_toy_mixture(&moved);
    assert_true(m->K == moons->K && m->D == 2);
    data = adapt_mixture_data(m);
    expect_moments(&data, mean, sd);
    assert_true(fabs(m->var[3] - moons->var[3] / 4.0) < 1e-15);
    mixture_free(m);
    m = adapt_toy_mixture(&plain);
    assert_memory_equal(m->mean, moons->mean, 2 * moons->K * sizeof *m->mean);
    mixture_free(m);

    m = mixture_alloc(2, 2); /* wide bumps: their variance is seen */
    static const double means[] = {0.3, -1.2, 2.3, 0.8};
    memcpy(m->mean, means, sizeof means);
    m->var[0] = m->var[1] = 0.4;
    m->weight[0] = 0.75, m->weight[1] = 0.25;
    data = adapt_mixture_data(m);
    mean[0] = 0.8, mean[1] = -0.7; /* 3/4 and 1/4; variance 0.4 + 3/16 4 */
    sd[0] = sd[1] = sqrt(0.4 + 0.75);
    expect_moments(&data, mean, sd);
    mixture_free(m);

    gsl_error_handler_t *old = gsl_set_error_handler(remember);
    assert_null(adapt_toy_mixture(&b));
    assert_int_equal(last_error, GSL_EINVAL);
    gsl_set_error_handler(old);
    toy_free(moons), toy_free(board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pieces), cmocka_unit_test(test_data)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
