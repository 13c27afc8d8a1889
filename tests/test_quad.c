/* test_quad.c -- integrals with known values: the result lies within the bound that is returned. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include <gsl/gsl_math.h>

#include "check/quad.h"

static double gauss(double x, void *params)
{
    const double *p = params; /* mean, sd */
    const double z = (x - p[0]) / p[1];
    return exp(-0.5 * z * z) / (p[1] * sqrt(2.0 * M_PI));
}

static double not_a_number(double x, void *params)
{
    (void)params;
    return x > 0.1 ? (double)NAN : 1.0;
}

static double diverging(double x, void *params)
{
    (void)params;
    return x == 0.0 ? 0.0 : 1.0 / fabs(x);
}

static double fourth(double x, void *params)
{
    (void)params;
    return x * x * x * x;
}

static void test_within_the_bound(void **state)
{
    (void)state;
    quad *w = quad_alloc();
    double p[] = {0.731, 0.013}, wide[] = {0.2, 1.3}, error;
    double value = quad_around(w, gauss, p, 0.7, 0.3, &error);
    assert_true(fabs(value - 1.0) <= error && error < 1e-11);
    value = quad_interval(w, gauss, wide, -1.3, 2.1, &error);
    assert_true(fabs(value - 0.5 * (erf(1.9 / 1.3 / M_SQRT2) + erf(1.5 / 1.3 / M_SQRT2))) <= error);
    value = quad_line(w, gauss, wide, &error);
    assert_true(fabs(value - 1.0) <= error && error < 1e-10);
    quad_free(w);
}

static void test_failures_are_not_numbers(void **state)
{
    (void)state;
    quad *w = quad_alloc();
    double error;
    assert_true(isnan(quad_interval(w, diverging, NULL, -1.0, 1.0, &error)) && isnan(error));
    assert_true(isnan(quad_line(w, diverging, NULL, &error)) && isnan(error));
    const double value =
        quad_around(w, not_a_number, NULL, 0.0, 1.0, &error); /* cquad steps around NaN */
    assert_true(isnan(value) || error >= 0.0);
    quad_free(w);
    quad_free(NULL);
}

static void test_hermite(void **state)
{
    (void)state;
    double error;
    const double m = 0.731, v = 0.49; /* E X^4 = m^4 + 6 m^2 v + 3 v^2 */
    const double exact = m * m * m * m + 6.0 * m * m * v + 3.0 * v * v;
    assert_true(fabs(quad_hermite(fourth, NULL, m, 0.7, 3, &error) - exact) <= error);
    assert_true(fabs(quad_hermite(fourth, NULL, m, 0.7, 40, &error) - exact) <= error &&
                error < 1e-11);
    assert_true(fabs(quad_hermite(fourth, NULL, m, 0.7, 20, NULL) - exact) < 1e-12);
    assert_true(fabs(quad_hermite(fourth, NULL, m, 0.7, 2, NULL) - exact) >
                0.1); /* degree 4 needs 3 nodes */
    assert_true(isnan(quad_hermite(fourth, NULL, m, 0.7, 0, NULL)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_within_the_bound),
        cmocka_unit_test(test_failures_are_not_numbers),
        cmocka_unit_test(test_hermite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
