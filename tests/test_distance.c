/* test_distance.c -- distances of samples by definition, their ends and errors, and the adaptor of reverse.h. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sort.h>

#include "theory/distance.h"
#include "theory/posterior.h"
#include "theory/reverse.h"

enum { N = 23, M = 17 };
static gsl_rng *rng;

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

/* Two samples on the line, sorted, a little apart. */
static void two_samples(double *x, double *y)
{
    for (size_t i = 0; i < N; i++) x[i] = gsl_ran_gaussian(rng, 1.0);
    for (size_t j = 0; j < M; j++) y[j] = 0.3 + gsl_ran_gaussian(rng, 1.7);
    gsl_sort(x, 1, N);
    gsl_sort(y, 1, M);
}

static double below(const double *x, size_t n, double z)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) k += x[i] <= z;
    return (double)k / (double)n;
}

/* Integral of |F - G|^power between the points of both samples, from the definition of F. */
static double between_distributions(const double *x, const double *y, double power)
{
    double z[N + M], sum = 0.0;
    for (size_t i = 0; i < N + M; i++) z[i] = i < N ? x[i] : y[i - N];
    gsl_sort(z, 1, N + M);
    for (size_t i = 1; i < N + M; i++)
        sum += pow(fabs(below(x, N, z[i - 1]) - below(y, M, z[i - 1])), power) * (z[i] - z[i - 1]);
    return sum;
}

static void test_line(void **state)
{
    (void)state;
    double x[N], y[M];
    for (int repeat = 0; repeat < 20; repeat++) {
        two_samples(x, y);
        assert_near(distance_w1_sorted(x, N, y, M), between_distributions(x, y, 1.0), 1e-13);
        assert_near(distance_w1_sorted(y, M, x, N), between_distributions(x, y, 1.0), 1e-13);
        /* On the line the energy distance is 2 integral (F - G)^2. */
        assert_near(distance_energy(x, N, y, M, 1), 2.0 * between_distributions(x, y, 2.0), 1e-13);
        double pairs = 0.0;
        for (size_t i = 0; i < M; i++) pairs += fabs(x[i] - y[i]) / M;
        assert_near(distance_w1_sorted(x, M, y, M), pairs, 1e-13);
        assert_true(distance_energy(x, N, x, N, 1) < 1e-13 && distance_w1_sorted(x, N, x, N) == 0);
    }
    const double a[] = {0.0, 1.0}, b[] = {5.0};
    assert_near(distance_w1_sorted(a, 2, b, 1), 4.5, 1e-15);
    assert_near(distance_energy(a, 2, b, 1, 1), 2.0 * 4.5 - 0.5, 1e-14);
    const double c[] = {5.0, 7.0};
    assert_near(distance_energy_unbiased(a, 2, c, 2, 1), 11.0 - 1.0 - 2.0, 1e-14);
    assert_near(distance_energy_unbiased(a, 2, a, 2, 1), 2.0 * 0.5 - 2.0, 1e-14); /* negative */
}

/* A line turned into space: distances are the same, seen from direction u they shrink by |u.e|. */
static void test_space(void **state)
{
    (void)state;
    double x[N], y[M], x3[3 * N], y3[3 * M], u[3 * 5], seen = 0.0;
    const double e[3] = {0.48, -0.64, 0.6};
    two_samples(x, y);
    for (size_t d = 0; d < 3; d++) {
        for (size_t i = 0; i < N; i++) x3[3 * i + d] = e[d] * x[i] + 0.1;
        for (size_t j = 0; j < M; j++) y3[3 * j + d] = e[d] * y[j] + 0.1;
    }
    assert_near(distance_energy(x3, N, y3, M, 3), distance_energy(x, N, y, M, 1), 1e-13);
    assert_near(distance_energy_unbiased(x3, N, y3, M, 3), distance_energy_unbiased(x, N, y, M, 1),
                1e-13);
    distance_directions_random(u, 5, 3, rng);
    for (size_t k = 0; k < 5; k++) {
        double dot = 0.0, square = 0.0;
        for (size_t d = 0; d < 3; d++) {
            dot += u[3 * k + d] * e[d];
            square += u[3 * k + d] * u[3 * k + d];
        }
        assert_near(square, 1.0, 1e-14);
        seen += fabs(dot) / 5.0;
    }
    assert_near(distance_sliced_w1(x3, N, y3, M, 3, u, 5), seen * distance_w1_sorted(x, N, y, M),
                1e-13);
    double plane[2 * 64], mean = 0.0;
    distance_directions_even(plane, 64);
    for (size_t k = 0; k < 64; k++) mean += fabs(plane[2 * k]) / 64.0;
    assert_near(mean, M_2_PI, 1e-3); /* mean |cos| over the half circle */
    assert_near(hypot(plane[6], plane[7]), 1.0, 1e-15);
    assert_true(plane[1] > 0.0 && plane[127] > 0.0);
}

static void test_permutations(void **state)
{
    (void)state;
    double x[2 * N], y[2 * M];
    for (size_t i = 0; i < 2 * N; i++) x[i] = gsl_ran_gaussian(rng, 1.0);
    for (size_t j = 0; j < 2 * M; j++) y[j] = gsl_ran_gaussian(rng, 1.0);
    distance_pairs *p = distance_pairs_alloc(x, N, y, M, 2);
    assert_near(distance_pairs_energy(p), distance_energy(x, N, y, M, 2), 1e-6); /* floats */
    assert_true(distance_permutation_p(p, 99, rng) > 0.01);
    assert_near(distance_permutation_p(p, 0, rng), 1.0, 0.0);
    distance_pairs_free(p);
    for (size_t j = 0; j < 2 * M; j++) y[j] += 4.0;
    p = distance_pairs_alloc(x, N, y, M, 2);
    assert_near(distance_permutation_p(p, 99, rng), 0.01, 0.0); /* the smallest there is */
    distance_pairs_free(p);
    /* 2 of 4 points: 6 dealings, and the observed pair and its complement are the farthest. */
    const double a[] = {0.1, 0.7}, b[] = {5.3, 5.9};
    p = distance_pairs_alloc(a, 2, b, 2, 1);
    assert_near(distance_permutation_p(p, 9999, rng), 1.0 / 3.0, 0.03);
    distance_pairs_free(p);
    p = distance_pairs_alloc(a, 1, b, 1, 1); /* one point each: both dealings are the same */
    assert_near(distance_permutation_p(p, 9, rng), 1.0, 0.0);
    distance_pairs_free(p);
    distance_pairs_free(NULL);
}

/* One law: the P-value is spread evenly, P(p <= 0.1) = 0.1. */
static void test_level(void **state)
{
    (void)state;
    size_t small = 0;
    for (int repeat = 0; repeat < 1000; repeat++) {
        double x[12], y[9];
        for (size_t i = 0; i < 12; i++) x[i] = gsl_ran_exponential(rng, 1.0);
        for (size_t j = 0; j < 9; j++) y[j] = gsl_ran_exponential(rng, 1.0);
        distance_pairs *p = distance_pairs_alloc(x, 12, y, 9, 1);
        small += distance_permutation_p(p, 99, rng) <= 0.1;
        distance_pairs_free(p);
    }
    assert_in_range(small, 50, 150); /* 5 standard errors of 9.5 */
}

static void test_modes(void **state)
{
    (void)state;
    const double centre[] = {0.0, 0.0, 3.0, 0.0, 0.0, 3.0};
    const double x[] = {0.2, 0.1, 2.9, 0.4, 3.1, -0.7, 0.3, 2.2, -5.0, -5.0};
    size_t count[3];
    distance_nearest(count, x, 5, 2, centre, 3);
    assert_true(count[0] == 2 && count[1] == 2 && count[2] == 1);
    const size_t seen[] = {30, 14, 16};
    const double p[] = {0.5, 0.25, 0.25};
    double p_value;
    /* expected 30, 15, 15: 1/15 + 1/15; two degrees of freedom: P = exp(-chi^2/2) */
    assert_near(distance_occupancy(seen, p, 3, &p_value), 2.0 / 15.0, 1e-15);
    assert_near(p_value, exp(-1.0 / 15.0), 1e-15);
    assert_near(distance_occupancy(seen, p, 3, NULL), 2.0 / 15.0, 1e-15);
}

/* N(0,1) twice: the energy distance is (1/n + 1/m) 2/sqrt(pi) on average. */
static void test_floor(void **state)
{
    (void)state;
    mixture *m = mixture_alloc(1, 1);
    const distance_law law = distance_law_mixture(m);
    const distance_metric energy = distance_metric_energy(),
                          unbiased = distance_metric_energy_unbiased();
    const double u = 1.0, size = 2.0 / sqrt(M_PI) * (1.0 / N + 1.0 / M);
    distance_slices slices = {1, &u};
    const distance_metric sliced = distance_metric_sliced(&slices);
    double sd, x[N], y[M];
    const double mean = distance_floor(&energy, &law, N, M, 1, 2000, rng, &sd);
    assert_near(mean, size, 5.0 * sd / sqrt(2000.0));
    assert_true(sd > 0.1 * size && sd < 10.0 * size);
    const double zero = distance_floor(&unbiased, &law, N, M, 1, 2000, rng, &sd);
    assert_near(zero, 0.0, 5.0 * sd / sqrt(2000.0));
    gsl_rng *twin = gsl_rng_clone(rng);
    const double once = distance_floor(&sliced, &law, N, M, 1, 1, rng, &sd);
    assert_true(sd == 0.0);
    distance_draw(x, N, 1, &law, twin);
    distance_draw(y, M, 1, &law, twin);
    gsl_sort(x, 1, N);
    gsl_sort(y, 1, M);
    assert_near(once, distance_w1_sorted(x, N, y, M), 0.0);
    assert_true(distance_floor(&energy, &law, N, M, 1, 3, rng, NULL) > 0.0);
    gsl_rng_free(twin);
    mixture_free(m);
}

static void assert_refused(double value)
{
    assert_true(isnan(value));
    assert_int_equal(last_error, GSL_EINVAL);
    last_error = 0;
}

static void test_errors(void **state)
{
    (void)state;
    gsl_error_handler_t *old = gsl_set_error_handler(remember);
    const double x[2] = {0.3, 0.7}, p[2] = {0.5, 0.5}, negative[2] = {1.5, -0.5};
    const size_t count[2] = {3, 4}, none[2] = {0, 0};
    double value;
    for (size_t i = 0; i < 3; i++) {
        const size_t n = i != 0 ? 2 : 0, m = i != 1 ? 2 : 0, D = i != 2;
        assert_refused(distance_energy(x, n, x, m, D));
        assert_refused(distance_energy_unbiased(x, n, x, m, D));
        assert_refused(distance_sliced_w1(x, n, x, m, D, x, 1));
        assert_null(distance_pairs_alloc(x, n, x, m, D));
        assert_int_equal(last_error, GSL_EINVAL);
    }
    assert_refused(distance_energy_unbiased(x, 1, x, 2, 1));
    assert_refused(distance_energy_unbiased(x, 2, x, 1, 1));
    assert_refused(distance_sliced_w1(x, 2, x, 2, 1, x, 0));
    assert_refused(distance_w1_sorted(x, 0, x, 2));
    assert_refused(distance_w1_sorted(x, 2, x, 0));
    assert_refused(distance_occupancy(count, p, 1, &value));
    assert_true(isnan(value));
    assert_refused(distance_occupancy(none, p, 2, NULL));
    assert_refused(distance_occupancy(count, negative, 2, NULL));
    const distance_metric energy = distance_metric_energy();
    assert_refused(distance_floor(&energy, NULL, 2, 2, 1, 0, rng, &value));
    assert_true(isnan(value));
    assert_refused(distance_floor(&energy, NULL, 0, 2, 1, 1, rng, NULL));
    gsl_set_error_handler(old);
}

/* mu_theta from eps* is the posterior mean at E[x_0|x_t]; the variance is that of the choice. */
static void test_reverse(void **state)
{
    (void)state;
    schedule *s = schedule_named_alloc("S10");
    mixture *m = mixture_pair_alloc(0.04);
    reverse_oracle o;
    reverse_model p = reverse_of_mixture(&o, m, s, SIGMA_BETA_TILDE);
    const double x_t = -0.731;
    for (size_t t = 1; t <= s->T; t++) {
        double x_0_hat;
        mixture_mean_x0(&x_0_hat, m, s, t, &x_t);
        assert_near(p.mean(x_t, t, p.params), posterior_mean(s, t, x_t, x_0_hat), 1e-14);
        assert_near(p.var(x_t, t, p.params), t == 1 ? s->beta[1] : posterior_var(s, t), 0.0);
    }
    assert_near(reverse_last_mean(x_t, &p), p.mean(x_t, 1, p.params), 0.0);
    o.denoiser.choice = SIGMA_BETA;
    assert_near(p.var(x_t, 7, p.params), s->beta[7], 0.0);
    o.denoiser.sigma2 = s->var_bar;
    assert_near(p.var(x_t, 7, p.params), s->var_bar[7], 0.0);
    mixture_free(m);
    schedule_free(s);
}

int main(void)
{
    rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 20251122);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line),   cmocka_unit_test(test_space),
        cmocka_unit_test(test_level),  cmocka_unit_test(test_permutations),
        cmocka_unit_test(test_modes),  cmocka_unit_test(test_floor),
        cmocka_unit_test(test_errors), cmocka_unit_test(test_reverse)};
    const int status = cmocka_run_group_tests(tests, NULL, NULL);
    gsl_rng_free(rng);
    return status;
}
