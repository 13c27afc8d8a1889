/* test_frechet.c -- the Fréchet distance against closed forms and against a root found another way. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "theory/frechet.h"

enum { MOST = 40 };
static gsl_rng *rng;

static void assert_near(double value, double reference, double tolerance)
{
    if (!(fabs(value - reference) <= tolerance))
        fail_msg("%.17g is not %.17g within %.3g", value, reference, tolerance);
}

/* c = a b, a^T b (first), a b^T (second): [n,n]. */
static void multiply(double *c, const double *a, const double *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = 0.0;
            for (size_t k = 0; k < n; k++) sum += a[i * n + k] * b[k * n + j];
            c[i * n + j] = sum;
        }
}

static double trace(const double *a, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) sum += a[i * n + i];
    return sum;
}

/* s = sum of `rank` random squares, sizes spread over two decades. */
static void any_covariance(double *s, size_t n, size_t rank)
{
    memset(s, 0, n * n * sizeof *s);
    for (size_t r = 0; r < rank; r++) {
        double u[MOST];
        const double size = pow(10.0, gsl_ran_flat(rng, -1.0, 1.0));
        for (size_t i = 0; i < n; i++) u[i] = gsl_ran_gaussian(rng, 1.0);
        for (size_t i = 0; i < n * n; i++) s[i] += size * u[i / n] * u[i % n];
    }
}

static void any_mean(double *m, size_t n)
{
    for (size_t i = 0; i < n; i++) m[i] = gsl_ran_gaussian(rng, 1.7);
}

static double between(const double *a, const double *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) sum += gsl_pow_2(a[i] - b[i]);
    return sum;
}

/* s -> r s r^T with a product r of random plane rotations, and m -> r m. */
static void rotate(double *s, double *m, size_t n, unsigned long seed)
{
    gsl_rng *const own = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(own, seed);
    for (size_t k = 0; n > 1 && k < 4 * n; k++) {
        const size_t i = gsl_rng_uniform_int(own, n),
                     j = (i + 1 + gsl_rng_uniform_int(own, n - 1)) % n;
        const double angle = gsl_ran_flat(own, 0.0, 2.0 * M_PI), c = cos(angle), d = sin(angle);
        for (size_t l = 0; l < n; l++) {
            const double a = s[i * n + l], b = s[j * n + l];
            s[i * n + l] = c * a - d * b, s[j * n + l] = d * a + c * b;
        }
        for (size_t l = 0; l < n; l++) {
            const double a = s[l * n + i], b = s[l * n + j];
            s[l * n + i] = c * a - d * b, s[l * n + j] = d * a + c * b;
        }
        const double a = m[i], b = m[j];
        m[i] = c * a - d * b, m[j] = d * a + c * b;
    }
    gsl_rng_free(own);
}

/* ---- Closed forms ---- */

static void test_on_the_line(void **state)
{
    (void)state;
    const double m = 0.731, v = 2.3, w = 0.41, u = -1.283;
    assert_near(frechet_distance(&m, &v, &u, &w, 1),
                gsl_pow_2(m - u) + gsl_pow_2(sqrt(v) - sqrt(w)), 1e-14);
    const double zero = 0.0; /* a point mass */
    assert_near(frechet_distance(&m, &v, &u, &zero, 1), gsl_pow_2(m - u) + v, 1e-14);
    assert_near(frechet_distance(&m, &zero, &u, &zero, 1), gsl_pow_2(m - u), 1e-14);
}

/* Covariances that commute: |m_1 - m_2|^2 + sum (sqrt a_i - sqrt b_i)^2, in any common basis. */
static void test_commuting(void **state)
{
    (void)state;
    for (unsigned long k = 0; k < 20; k++) {
        const size_t n = 1 + gsl_rng_uniform_int(rng, MOST);
        double *const s = calloc(n * n, sizeof *s), *const t = calloc(n * n, sizeof *t);
        double m[MOST], p[MOST], sum = 0.0, size = 0.0;
        any_mean(m, n), any_mean(p, n);
        for (size_t i = 0; i < n; i++) {
            const double a = gsl_ran_flat(rng, 0.1, 3.0), b = gsl_ran_flat(rng, 0.1, 3.0);
            s[i * n + i] = a, t[i * n + i] = b;
            sum += gsl_pow_2(sqrt(a) - sqrt(b)), size += a + b;
        }
        sum += between(m, p, n);
        assert_near(frechet_distance(m, s, p, t, n), sum, 1e-13 * (size + sum));
        rotate(s, m, n, k), rotate(t, p, n, k); /* the same rotation: nothing changes */
        assert_near(frechet_distance(m, s, p, t, n), sum, 1e-12 * (size + sum));
        free(s), free(t);
    }
}

/* tr (S_1 S_2)^(1/2) of 2 x 2 matrices: sqrt(tr S_1 S_2 + 2 sqrt(det S_1 det S_2)). */
static void test_in_the_plane(void **state)
{
    (void)state;
    for (int k = 0; k < 50; k++) {
        double s[4], t[4], product[4];
        const double m[2] = {0.3, -0.7}, p[2] = {1.1, 0.2};
        any_covariance(s, 2, 3), any_covariance(t, 2, 3);
        multiply(product, s, t, 2);
        const double det = (s[0] * s[3] - s[1] * s[2]) * (t[0] * t[3] - t[1] * t[2]);
        const double cross = sqrt(trace(product, 2) + 2.0 * sqrt(det));
        const double size = trace(s, 2) + trace(t, 2);
        assert_near(frechet_distance(m, s, p, t, 2), between(m, p, 2) + size - 2.0 * cross,
                    1e-11 * size);
    }
}

/* ---- Another road: the root of the product itself, by Denman and Beavers' iteration ---- */

/* b = a^-1, Gauss and Jordan with pivots; a is used up. */
static void invert(double *b, double *a, size_t n)
{
    for (size_t i = 0; i < n * n; i++) b[i] = i / n == i % n;
    for (size_t c = 0; c < n; c++) {
        size_t pivot = c;
        for (size_t i = c; i < n; i++)
            if (fabs(a[i * n + c]) > fabs(a[pivot * n + c])) pivot = i;
        for (size_t j = 0; j < n; j++) {
            double keep = a[c * n + j];
            a[c * n + j] = a[pivot * n + j], a[pivot * n + j] = keep;
            keep = b[c * n + j], b[c * n + j] = b[pivot * n + j], b[pivot * n + j] = keep;
        }
        const double scale = 1.0 / a[c * n + c];
        for (size_t j = 0; j < n; j++) a[c * n + j] *= scale, b[c * n + j] *= scale;
        for (size_t i = 0; i < n; i++) {
            const double f = i == c ? 0.0 : a[i * n + c];
            for (size_t j = 0; j < n; j++)
                a[i * n + j] -= f * a[c * n + j], b[i * n + j] -= f * b[c * n + j];
        }
    }
}

/* Y <- (Y + Z^-1)/2, Z <- (Z + Y^-1)/2 from Y = A, Z = 1: then Y -> A^(1/2). */
static double trace_of_root(const double *a, size_t n)
{
    const size_t size = n * n;
    double *const y = malloc(5 * size * sizeof *y), *const z = y + size, *const u = z + size;
    double *const v = u + size, *const spare = v + size;
    memcpy(y, a, size * sizeof *y);
    for (size_t i = 0; i < size; i++) z[i] = i / n == i % n;
    for (int k = 0; k < 40; k++) {
        memcpy(spare, z, size * sizeof *z), invert(u, spare, n);
        memcpy(spare, y, size * sizeof *y), invert(v, spare, n);
        for (size_t i = 0; i < size; i++) y[i] = 0.5 * (y[i] + u[i]), z[i] = 0.5 * (z[i] + v[i]);
    }
    const double sum = trace(y, n);
    free(y);
    return sum;
}

static void test_against_denman_and_beavers(void **state)
{
    (void)state;
    for (int k = 0; k < 12; k++) {
        const size_t n = 1 + gsl_rng_uniform_int(rng, 16);
        double s[16 * 16], t[16 * 16], product[16 * 16], m[16], p[16];
        any_covariance(s, n, 3 * n), any_covariance(t, n, 3 * n);
        any_mean(m, n), any_mean(p, n);
        multiply(product, s, t, n);
        const double size = trace(s, n) + trace(t, n);
        const double reference = between(m, p, n) + size - 2.0 * trace_of_root(product, n);
        assert_near(frechet_distance(m, s, p, t, n), reference, 1e-9 * size);
        assert_near(frechet_distance(p, t, m, s, n), reference, 1e-9 * size); /* symmetric */
        /* Not the root of a product of other things: the wrong formulas are far away. */
        const double wrong = between(m, p, n) + size - 2.0 * trace_of_root(s, n);
        assert_true(n == 1 || fabs(wrong - reference) > 1e-3 * size);
    }
}

/* ---- Any rank ---- */

/* S = u u^T against any T: tr (S T)^(1/2) = sqrt(u^T T u), exactly one singular value. */
static void test_rank_one(void **state)
{
    (void)state;
    for (int k = 0; k < 20; k++) {
        const size_t n = 2 + gsl_rng_uniform_int(rng, MOST - 1);
        double *const s = malloc(n * n * sizeof *s), *const t = malloc(n * n * sizeof *t);
        double u[MOST], m[MOST] = {0.0}, square = 0.0;
        any_mean(u, n), any_covariance(t, n, n / 2);
        for (size_t i = 0; i < n * n; i++) {
            s[i] = u[i / n] * u[i % n];
            square += u[i / n] * t[i] * u[i % n];
        }
        const double size = trace(s, n) + trace(t, n);
        assert_near(frechet_distance(m, s, m, t, n), size - 2.0 * sqrt(square), 1e-7 * size);
        free(s), free(t);
    }
}

/* Equal laws of any rank are at distance 0. */
static void test_equal_laws(void **state)
{
    (void)state;
    for (size_t rank = 1; rank <= MOST; rank += 3) {
        double *const s = malloc(MOST * MOST * sizeof *s), m[MOST];
        any_covariance(s, MOST, rank), any_mean(m, MOST);
        assert_near(frechet_distance(m, s, m, s, MOST), 0.0, 1e-12 * trace(s, MOST));
        free(s);
    }
    const double zero[4] = {0}, mean[2] = {1, 2};
    assert_near(frechet_distance(mean, zero, mean, zero, 2), 0.0, 0.0);
}

/* ---- Moments ---- */

static void test_moments(void **state)
{
    (void)state;
    enum { N = 9, D = 3 };
    double x[N * D], mean[D], cov[D * D];
    for (size_t i = 0; i < N * D; i++) x[i] = 1000.0 + gsl_ran_gaussian(rng, 1.0);
    frechet_moments(mean, cov, x, N, D);
    for (size_t j = 0; j < D; j++)
        for (size_t k = 0; k < D; k++) {
            double pairs = 0.0, sum = 0.0; /* half the mean product of differences of pairs */
            for (size_t a = 0; a < N; a++) {
                sum += x[a * D + j] / N;
                for (size_t b = 0; b < N; b++)
                    pairs += (x[a * D + j] - x[b * D + j]) * (x[a * D + k] - x[b * D + k]);
            }
            assert_near(mean[j], sum, 1e-11);
            assert_near(cov[j * D + k], pairs / (2.0 * N * (N - 1)), 1e-12);
        }
    frechet_moments(mean, cov, x, 1, D);
    for (size_t i = 0; i < D * D; i++) assert_true(isnan(cov[i]) && isnan(mean[i % D]));
}

/* ---- Refusals ---- */

static int last_error;

static void remember(const char *reason, const char *file, int line, int code)
{
    (void)reason, (void)file, (void)line;
    last_error = code;
}

static void refused(const double *m, const double *s, size_t d, int code)
{
    const double fine_mean[2] = {0, 0}, fine[4] = {1, 0, 0, 1};
    last_error = GSL_SUCCESS;
    assert_true(isnan(frechet_distance(m, s, fine_mean, fine, d)));
    assert_int_equal(last_error, code);
    last_error = GSL_SUCCESS;
    assert_true(isnan(frechet_distance(fine_mean, fine, m, s, d)));
    assert_int_equal(last_error, code);
}

static void test_refusals(void **state)
{
    (void)state;
    const double m[2] = {0, 0}, bad_m[2] = {0, (double)INFINITY}, one[4] = {1, 0, 0, 1};
    const double negative[4] = {1, 0, 0, -0.01}, minus[4] = {-1, 0, 0, -1};
    const double bad[4] = {1, 0, 0, (double)NAN};
    gsl_error_handler_t *const old = gsl_set_error_handler(remember);
    refused(m, one, 0, GSL_EINVAL);
    refused(bad_m, one, 2, GSL_EDOM);
    refused(m, bad, 2, GSL_EDOM);
    refused(m, negative, 2, GSL_EDOM);
    refused(m, minus, 2, GSL_EDOM);
    gsl_set_error_handler(old);
    const double rounded[4] = {1, 0, 0, -1e-12}; /* what rounding leaves of a 0 */
    assert_near(frechet_distance(m, one, m, rounded, 2), 1.0, 1e-11);
}

static int start(void **state)
{
    (void)state;
    rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 1);
    return !rng;
}

static int stop(void **state)
{
    (void)state;
    gsl_rng_free(rng);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_on_the_line),  cmocka_unit_test(test_commuting),
        cmocka_unit_test(test_in_the_plane), cmocka_unit_test(test_against_denman_and_beavers),
        cmocka_unit_test(test_rank_one),     cmocka_unit_test(test_equal_laws),
        cmocka_unit_test(test_moments),      cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
