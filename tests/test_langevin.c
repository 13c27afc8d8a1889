/* test_langevin.c -- perturbed mixtures, ladders, Langevin steps and the law on a grid: their errors and
 * ends, allocations that fail, and properties that no lesson needs.  The formulas are lessons 17 and 18. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>

#include "failing_alloc.h"
#include "theory/langevin_law.h"
#include "theory/perturb.h"

static int last_error;

static void remember(const char *reason, const char *file, int line, int code)
{
    (void)reason, (void)file, (void)line;
    last_error = code;
}

static void assert_near(double value, double reference, double tolerance)
{
    if (!(fabs(value - reference) <= tolerance))
        fail_msg("%.17g is not %.17g within %.3g", value, reference, tolerance);
}

static void assert_domain(double value)
{
    assert_true(isnan(value));
    assert_int_equal(last_error, GSL_EDOM);
    last_error = 0;
}

/* Two bumps, uneven. */
static mixture *bumps(void)
{
    mixture *m = mixture_alloc(2, 1);
    assert_non_null(m);
    m->mean[0] = -1.3;
    m->mean[1] = 0.8;
    m->weight[0] = 0.3;
    m->weight[1] = 0.7;
    m->var[0] = 0.09;
    m->var[1] = 0.25;
    return m;
}

/* sigma = 0 is the data; far away nothing under- or overflows, and the score points home. */
static void test_perturb_ends(void **state)
{
    (void)state;
    mixture *m = bumps();
    double score, x_hat, x = 0.317;
    assert_near(perturb_log_pdf(m, 0.0, &x), mixture_log_pdf(m, &x), 1e-14);
    perturb_mean(&x_hat, m, 0.0, &x);
    assert_near(x_hat, x, 1e-15);
    x = 1e3;
    perturb_score(&score, m, 0.2, &x);
    assert_near(score, -(1e3 - 0.8) / 0.29, 1e-9);
    assert_true(isfinite(perturb_log_pdf(m, 0.2, &x)));
    perturb_mean(&x_hat, m, 1e6, &x);
    assert_near(x_hat, 0.3 * -1.3 + 0.7 * 0.8, 1e-8);
    mixture_free(m);
}

static void test_errors(void **state)
{
    (void)state;
    gsl_error_handler_t *old = gsl_set_error_handler(remember);
    const double nan = (double)NAN, bad[] = {0.0, -1.0, nan};
    for (size_t i = 0; i < 3; i++) {
        assert_domain(langevin_variance(bad[i], 0.1));
        assert_domain(langevin_variance(1.3, bad[i]));
        assert_domain(langevin_variance_after(bad[i], 0.1, 3, 0.2));
        assert_domain(langevin_variance_after(1.3, bad[i], 3, 0.2));
        assert_null(langevin_law_alloc(0.1, bad[i]));
        assert_int_equal(last_error, GSL_EDOM);
        assert_null(ladder_alloc(5, bad[i], 2.0, 0.1));
        assert_null(ladder_alloc(5, 0.1, 2.0, bad[i]));
        assert_int_equal(last_error, GSL_EINVAL);
    }
    assert_domain(langevin_variance(1.3, 5.2));
    assert_domain(langevin_variance_after(1.3, 0.1, 3, -0.2));
    assert_null(ladder_alloc(1, 0.1, 2.0, 0.1));
    assert_null(ladder_alloc(2000000, 0.1, 2.0, 0.1));
    assert_null(ladder_alloc(5, 0.1, 0.1, 0.1));
    assert_null(ladder_alloc(5, 0.1, (double)INFINITY, 0.1));
    assert_null(ladder_alloc(5, 0.1, 2.0, (double)INFINITY));
    ladder_free(NULL);
    mixture *m = bumps();
    const score_model score = langevin_oracle(m);
    law *l = langevin_law_alloc(0.3, 0.5);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(langevin_law_walk(l, &score, 0.1, 1, bad[i], 3, 8.0, 2.0), GSL_EINVAL);
        assert_int_equal(langevin_law_walk(l, &score, 0.1, 1, 0.1, 3, bad[i], 2.0), GSL_EINVAL);
        assert_int_equal(langevin_law_walk(l, &score, 0.1, 1, 0.1, 3, 8.0, bad[i]), GSL_EINVAL);
    }
    /* 10^7 nodes */
    assert_int_equal(langevin_law_walk(l, &score, 0.1, 1, 1e-10, 3, 8.0, 2.0), GSL_EINVAL);
    assert_int_equal(l->t, 0);
    assert_int_equal(langevin_law_walk(l, &score, 0.1, 1, 0.1, 0, 8.0, 2.0), GSL_SUCCESS);
    assert_near(law_below(l, 0.3), 0.5, 1e-15); /* still the start */
    langevin_law_moments(l, NULL, NULL, NULL);
    law_free(l);
    mixture_free(m);
    gsl_set_error_handler(old);
}

static void test_ladder(void **state)
{
    (void)state;
    ladder *l = ladder_alloc(3, 0.2, 1.8, 0.5);
    assert_int_equal(l->T, 3);
    assert_near(l->sigma[2], 0.6, 1e-15);
    assert_near(l->eta[3], 1.62, 1e-14);
    assert_true(l->sigma[0] == 0.0 && l->eta[0] == 0.0);
    ladder_free(l);
}

/* n steps at once, one by one, or in two halves: the same law; and the mass stays. */
static void test_walks_add_up(void **state)
{
    (void)state;
    mixture *m = bumps();
    const score_model score = langevin_oracle(m);
    static const size_t parts[][4] = {{6, 0, 0, 0}, {1, 1, 1, 3}, {2, 4, 0, 0}, {3, 3, 0, 0}};
    double first = 0.0;
    for (size_t i = 0; i < 4; i++) {
        double mean, var, lost;
        law *l = langevin_law_alloc(0.3, 0.05); /* narrower than a step: a finer first grid */
        for (size_t k = 0; k < 4; k++)
            assert_int_equal(langevin_law_walk(l, &score, 0.4, 1, 0.04, parts[i][k], 6.0, 3.0), 0);
        assert_int_equal(l->t, 6);
        langevin_law_moments(l, &mean, &var, &lost);
        assert_near(lost, 0.0, 1e-13);
        if (i == 0) first = var;
        assert_near(var, first, 1e-13);
        assert_near(law_below(l, 50.0), 1.0, 1e-13);
        law_free(l);
    }
    mixture_free(m);
}

/* What leaves the grid is missed. */
static void test_lost_mass(void **state)
{
    (void)state;
    mixture *m = bumps();
    const score_model score = langevin_oracle(m);
    double lost;
    law *l = langevin_law_alloc(3.0, 0.5);
    assert_int_equal(langevin_law_walk(l, &score, 0.4, 1, 0.04, 1, 3.0, 8.0), 0);
    langevin_law_moments(l, NULL, NULL, &lost);
    assert_near(lost, 0.5, 0.06); /* half a node counts */
    law_free(l);
    l = langevin_law_alloc(400.0, 0.5); /* all of it: the law is empty, and no crash */
    assert_int_equal(langevin_law_walk(l, &score, 0.4, 1, 0.04, 5, 3.0, 2.0), 0);
    langevin_law_moments(l, NULL, NULL, &lost);
    assert_near(lost, 1.0, 1e-12);
    law_free(l);
    mixture_free(m);
}

/* The order of the levels, seen by the score. */
typedef struct diary {
    size_t n, t[40];
} diary;

static void note(double *score, const double *x, double sigma, size_t t, size_t D, void *params)
{
    (void)x, (void)sigma;
    diary *d = params;
    for (size_t i = 0; i < D; i++) score[i] = 0.0;
    d->t[d->n++] = t;
}

static void test_order(void **state)
{
    (void)state;
    ladder *l = ladder_alloc(4, 0.2, 1.8, 0.5);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (int order = LANGEVIN_DOWN; order <= LANGEVIN_UP; order++) {
        diary d = {0};
        const score_model model = {note, &d};
        double x[3], score[3];
        langevin_annealed(x, score, 3, l, 2, (langevin_order)order, &model, rng);
        assert_int_equal(d.n, 8);
        for (size_t i = 0; i < 8; i++)
            assert_int_equal(d.t[i], order == LANGEVIN_DOWN ? 4 - i / 2 : 1 + i / 2);
    }
    gsl_rng_free(rng);
    ladder_free(l);
}

static void test_allocations(void **state)
{
    (void)state;
#ifdef NO_INTERPOSING
    skip(); /* the sanitizer has an allocator of its own */
#endif
    gsl_error_handler_t *old = gsl_set_error_handler(remember);
    mixture *m = bumps();
    const score_model score = langevin_oracle(m);
    for (long k = 0; k < 2; k++) {
        last_error = 0;
        allocator.countdown = k;
        assert_null(ladder_alloc(5, 0.1, 2.0, 0.1));
        assert_int_equal(last_error, GSL_ENOMEM);
        last_error = 0;
        allocator.countdown = k;
        assert_null(langevin_law_alloc(0.3, 0.5));
        assert_int_equal(last_error, GSL_ENOMEM);
    }
    /* A walk takes 3 blocks for each grid and 3 for the repeats; what was reached stays a law. */
    size_t refused = 0;
    for (long k = 0; k < 20; k++) {
        law *l = langevin_law_alloc(0.3, 0.05);
        allocator.countdown = k;
        const int status = langevin_law_walk(l, &score, 0.4, 1, 0.04, 6, 6.0, 2.0);
        allocator.countdown = -1;
        assert_int_equal(status, k < 9 ? GSL_ENOMEM : GSL_SUCCESS);
        refused += status == GSL_ENOMEM;
        assert_true(status == GSL_SUCCESS || l->t < 6);
        assert_near(law_below(l, 50.0), 1.0, 1e-9);
        law_free(l);
    }
    assert_int_equal(refused, 9);
    mixture_free(m);
    gsl_set_error_handler(old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_perturb_ends), cmocka_unit_test(test_errors),
        cmocka_unit_test(test_ladder),       cmocka_unit_test(test_walks_add_up),
        cmocka_unit_test(test_lost_mass),    cmocka_unit_test(test_order),
        cmocka_unit_test(test_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
