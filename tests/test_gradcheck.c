/* test_gradcheck.c -- the gradient check: accepts what is right, rejects every kind of wrong, counts noise. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <string.h>

#include "net/gradcheck.h"

enum { N = 7 };

typedef struct problem {
    double x[N], gradient[N], magnitude; /* of the largest summand of f */
    double blur;                         /* f is cut to multiples of this */
} problem;

/* f = sum_i exp(x_i / 2) sin(x_{i+1}), all of x in a ring. */
static double f(void *params)
{
    problem *p = params;
    double sum = 0.0;
    for (size_t i = 0; i < N; i++) {
        const double term = exp(p->x[i] / 2) * sin(p->x[(i + 1) % N]);
        sum += term;
        p->magnitude = fmax(p->magnitude, fabs(term));
    }
    return p->blur > 0.0 ? p->blur * rint(sum / p->blur) : sum;
}

static problem example(counter_rng *rng)
{
    problem p = {.blur = 0.0};
    for (size_t i = 0; i < N; i++) p.x[i] = 2.0 * counter_normal(rng);
    for (size_t i = 0; i < N; i++) {
        p.gradient[i] += 0.5 * exp(p.x[i] / 2) * sin(p.x[(i + 1) % N]);
        p.gradient[(i + 1) % N] += exp(p.x[i] / 2) * cos(p.x[(i + 1) % N]);
    }
    f(&p);
    return p;
}

static gradcheck_result check(problem *p, double noise, size_t directions, size_t coordinates)
{
    counter_rng rng = counter_start(9, 0, 0, 0);
    const problem before = *p;
    const gradcheck_job job = {f, p, p->x, p->gradient, N, noise, directions, coordinates};
    const gradcheck_result r = gradcheck(&job, &rng);
    assert_memory_equal(before.x, p->x, sizeof p->x); /* x is put back */
    return r;
}

/* 4 roundings in a term, N of the sum */
static double noise_of(const problem *p)
{
    return (4 + N) * DBL_EPSILON * N * p->magnitude;
}

static void test_a_right_gradient_is_accepted(void **state)
{
    (void)state;
    counter_rng rng = counter_start(1, 0, 0, 0);
    for (int i = 0; i < 300; i++) {
        problem p = example(&rng);
        const gradcheck_result r = check(&p, noise_of(&p), 3, N);
        assert_true(gradcheck_accepts(&r, 1e-6));
        assert_true(r.error <= r.sharpness && r.largest > 0.0);
    }
}

/* A single coordinate that is wrong in the sixth digit, one that is left out, one with the other sign. */
static void test_a_wrong_gradient_is_rejected(void **state)
{
    (void)state;
    counter_rng rng = counter_start(2, 0, 0, 0);
    const double wrong[] = {1.0 + 1e-6, 0.0, -1.0, 2.0};
    for (int i = 0; i < 100; i++) {
        problem p = example(&rng);
        size_t k = 0;
        for (size_t j = 1; j < N; j++)
            if (fabs(p.gradient[j]) > fabs(p.gradient[k])) k = j;
        p.gradient[k] *= wrong[i % 4];
        gradcheck_result r = check(&p, noise_of(&p), 0, N);
        assert_true(!gradcheck_accepts(&r, 1e-6) && r.worst == k && r.error > 9e-7);
        r = check(&p, noise_of(&p), 5, 0); /* along random directions too */
        assert_true(!gradcheck_accepts(&r, 1e-6) && r.worst == N);
    }
}

static void test_not_a_number_is_rejected(void **state)
{
    (void)state;
    counter_rng rng = counter_start(3, 0, 0, 0);
    problem p = example(&rng);
    p.gradient[3] = (double)NAN;
    gradcheck_result r = check(&p, noise_of(&p), 0, N);
    assert_true(!gradcheck_accepts(&r, 1.0) && isinf(r.excess) && r.worst == 3);
    p = example(&rng);
    p.x[2] = (double)INFINITY;
    r = check(&p, 1.0, 0, N);
    assert_false(gradcheck_accepts(&r, 1.0));
}

/* f = 0 and gradient = 0 agree, and prove nothing; nor does a check of nothing. */
static double zero(void *params)
{
    (void)params;
    return 0.0;
}

static void test_a_gradient_of_zeros_is_no_test(void **state)
{
    (void)state;
    counter_rng rng = counter_start(4, 0, 0, 0);
    double x[N] = {0}, gradient[N] = {0};
    const gradcheck_job all = {zero, NULL, x, gradient, N, 0.0, 2, N},
                        none = {zero, NULL, x, gradient, N, 0.0, 0, 0};
    gradcheck_result r = gradcheck(&all, &rng);
    assert_false(gradcheck_accepts(&r, 1.0));
    r = gradcheck(&none, &rng);
    assert_false(gradcheck_accepts(&r, 1.0));
}

/* A function that is blurred by rounding is accepted when the blur is declared, and then says that it
 * was not sharp; undeclared it is rejected. */
static void test_noise_has_to_be_declared(void **state)
{
    (void)state;
    counter_rng rng = counter_start(5, 0, 0, 0);
    for (int i = 0; i < 100; i++) {
        problem p = example(&rng);
        p.blur = 1e-8;
        gradcheck_result r = check(&p, 0.5e-8, 0, N);
        assert_true(gradcheck_accepts(&r, 1.0) && !gradcheck_accepts(&r, 1e-6));
        r = check(&p, noise_of(&p), 0, N);
        assert_false(gradcheck_accepts(&r, 1e-6));
    }
}

/* More coordinates than are asked for: some of them, all different ones over many draws. */
static void test_some_coordinates(void **state)
{
    (void)state;
    counter_rng rng = counter_start(6, 0, 0, 0);
    problem p = example(&rng);
    unsigned found = 0;
    for (size_t k = 0; k < N; k++) {
        const double right = p.gradient[k];
        p.gradient[k] += 1.0;
        for (int i = 0; i < 60; i++) {
            const gradcheck_job job = {f, &p, p.x, p.gradient, N, noise_of(&p), 0, 2};
            const gradcheck_result r = gradcheck(&job, &rng);
            if (!gradcheck_accepts(&r, 1e-6)) found |= 1u << r.worst;
        }
        p.gradient[k] = right;
    }
    assert_int_equal(found, (1u << N) - 1);
}

/* f = sin(50 x)/50: the truncation error is 2500 h^2/6 and far above the rounding errors, so the error is
 * one third of D(2h) - D(h), half the tolerance, up to a share of 50^2 h^2 = 1e-7. */
static double fast_wave(void *params)
{
    return sin(50.0 * *(double *)params) / 50.0;
}

static void test_the_truncation_error_is_estimated(void **state)
{
    (void)state;
    counter_rng rng = counter_start(7, 0, 0, 0);
    double x = 0.3, gradient = cos(15.0);
    const gradcheck_job job = {fast_wave, &x, &x, &gradient, 1, 0.0, 0, 1};
    const gradcheck_result r = gradcheck(&job, &rng);
    const double h2 = pow(DBL_EPSILON, 2.0 / 3.0), error = 2500.0 * h2 / 6.0;
    assert_true(fabs(r.excess - 0.5) < 0.005); /* rounding: 1e-11/50 of 1.5e-8 */
    assert_true(fabs(r.error / error - 1.0) < 0.01 && fabs(r.sharpness / error - 2.0) < 0.02);
}

/* f = x: no truncation error; the tolerance is the noise's, 2 noise/h, with h = cbrt(eps) max(1, |x|)
 * along a coordinate and h = cbrt(eps) along a direction. */
static double itself(void *params)
{
    return *(double *)params;
}

static void test_the_step(void **state)
{
    (void)state;
    counter_rng rng = counter_start(8, 0, 0, 0);
    const double places[] = {0.3, 1.0, -1000.0};
    for (size_t i = 0; i < 3; i++) {
        double x = places[i], gradient = 1.0;
        gradcheck_job job = {itself, &x, &x, &gradient, 1, 1e-6, 0, 1};
        gradcheck_result r = gradcheck(&job, &rng);
        const double noise = 2e-6 / cbrt(DBL_EPSILON), size = fmax(1.0, fabs(x));
        assert_true(fabs(r.sharpness * size / noise - 1.0) < 1e-3 && r.largest == 1.0);
        job.directions = 1, job.coordinates = 0;
        r = gradcheck(&job, &rng);
        assert_true(fabs(r.sharpness * r.largest / noise - 1.0) < 1e-3);
    }
}

static void test_what_is_accepted(void **state)
{
    (void)state;
    const gradcheck_result limit = {1.0, 0.0, 0.5, 1e-300, 0}, good = {0.7, 0.1, 0.3, 2.0, 1};
    gradcheck_result r = limit;
    assert_true(gradcheck_accepts(&limit, 0.5) && gradcheck_accepts(&good, 0.5));
    r.excess = 1.0 + 1e-15;
    assert_false(gradcheck_accepts(&r, 0.5));
    r = limit, r.sharpness = 0.5 + 1e-15;
    assert_false(gradcheck_accepts(&r, 0.5));
    r = limit, r.largest = 0.0;
    assert_false(gradcheck_accepts(&r, 0.5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_right_gradient_is_accepted),
        cmocka_unit_test(test_a_wrong_gradient_is_rejected),
        cmocka_unit_test(test_not_a_number_is_rejected),
        cmocka_unit_test(test_a_gradient_of_zeros_is_no_test),
        cmocka_unit_test(test_noise_has_to_be_declared),
        cmocka_unit_test(test_some_coordinates),
        cmocka_unit_test(test_the_truncation_error_is_estimated),
        cmocka_unit_test(test_the_step),
        cmocka_unit_test(test_what_is_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
