/* test_act.c -- activations in float against the library's double functions, at all sizes of argument. */
#include "reals.h"

#include "net/act.h"
#include "net/kernel.h"

static double silu(double z)
{
    return z / (1.0 + exp(-z));
}

static double silu_slope(double z)
{
    const double s = 1.0 / (1.0 + exp(-z));
    return s + z * s * (1.0 / (1.0 + exp(z)));
}

static double tanh_slope(double z)
{
    return 1.0 / (cosh(z) * cosh(z));
}

/* Every 12289th float between -100 and 100, both signs.  The exponential's relative error is 3e-8 and
 * a rounding or two (src/net/vector.h), a handful of roundings follow; below the normal numbers an
 * absolute error of 2e-36 is allowed. */
static double allowed(double value)
{
    return 6.0 * (double)FLT_EPSILON * fabs(value) + 2e-36;
}

static void compare(const real *z, size_t n)
{
    real *y = zeros(n), *slope = zeros(n);
    act_forward(y, slope, z, n, ACT_SILU);
    for (size_t i = 0; i < n; i++) {
        const double x = (double)z[i], right = silu(x);
        if (!(fabs((double)y[i] - right) <= allowed(right)))
            fail_msg("silu(%a) = %g, not %g", x, (double)y[i], right);
        /* the slope is a sum of two parts, of different sign for z < 0 */
        const double part = fabs(right) + 1.0 / (1.0 + exp(-x));
        if (!(fabs((double)slope[i] - silu_slope(x)) <= allowed(part)))
            fail_msg("silu'(%a) = %g, not %g", x, (double)slope[i], silu_slope(x));
    }
    act_forward(y, slope, z, n, ACT_TANH);
    for (size_t i = 0; i < n; i++) {
        const double x = (double)z[i];
        if (!(fabs((double)y[i] - tanh(x)) <= 6.0 * (double)FLT_EPSILON * fabs(tanh(x))))
            fail_msg("tanh(%a) = %g, not %g", x, (double)y[i], tanh(x));
        if (!(fabs((double)slope[i] - tanh_slope(x)) <= allowed(tanh_slope(x)) + 1e-16))
            fail_msg("tanh'(%a) = %g, not %g", x, (double)slope[i], tanh_slope(x));
    }
    free(y), free(slope);
}

static void test_all_sizes_of_argument(void **state)
{
    enum { N = 1 << 14 };
    (void)state;
    real *z = zeros(N);
    for (kernel_isa isa = KERNEL_BASELINE; isa < KERNEL_SETS; isa++) {
        if (kernel_limit(isa) != isa) continue;
        uint32_t bits = 0;
        for (bool more = true; more;) {
            size_t n = 0;
            for (; n + 2 <= N && more; n += 2, bits += 12289) {
                float x;
                memcpy(&x, &bits, sizeof x);
                more = x < 100.0f;
                z[n] = x;
                z[n + 1] = -x;
            }
            compare(z, n);
        }
    }
    kernel_limit(KERNEL_SETS - 1);
    free(z);
}

/* Ends: far out, at 0, and what is not a number stays so. */
static void test_ends(void **state)
{
    const real z[] = {0, -0.0f, 1e30f, -1e30f, INFINITY, 88.5f, -88.5f, -104, 3e38f, FLT_MIN};
    real y[10], slope[10], nan[1] = {NAN};
    (void)state;
    act_forward(y, slope, z, 10, ACT_SILU);
    assert_true(y[0] == 0 && y[1] == 0 && y[2] == 1e30f && isinf(y[4]) && y[5] == 88.5f);
    assert_true(slope[0] == 0.5f && slope[2] == 1 && fabsf(slope[6]) < 1e-34f && y[8] == 3e38f);
    assert_true(fabsf(y[3]) < 1e-6f && fabsf(y[6]) < 1e-35f && fabsf(y[7]) < 1e-35f);
    act_forward(y, slope, z, 10, ACT_TANH);
    assert_true(y[0] == 0 && signbit(y[1]) && y[2] == -y[3] && y[2] == y[4]);
    assert_true(y[2] <= 1 && y[2] >= 1 - FLT_EPSILON); /* a reciprocal and a product */
    assert_true(slope[0] == 1 && slope[2] < 1e-15f);
    assert_true(fabsf(y[9] / FLT_MIN - 1) <= 2 * FLT_EPSILON);
    for (act_kind kind = ACT_SILU; kind < ACT_KINDS; kind++) {
        act_forward(y, slope, nan, 1, kind);
        assert_true(isnan(y[0]) && isnan(slope[0]));
    }
}

/* Any length, in place, without the slope: the same bytes, and nothing beyond the end. */
static void test_lengths(void **state)
{
    (void)state;
    counter_rng rng = counter_start(1, 0, 0, 0);
    real *z = normals(100, &rng), *all = zeros(100), *slopes = zeros(100);
    for (act_kind kind = ACT_SILU; kind < ACT_KINDS; kind++) {
        act_forward(all, slopes, z, 100, kind);
        for (size_t n = 0; n < 100; n++) {
            real *y = zeros(101), *slope = zeros(101);
            memcpy(y, z, 101 * sizeof *y - sizeof *y);
            act_forward(y, slope, y, n, kind);
            assert_memory_equal(y, all, n * sizeof *y);
            assert_memory_equal(slope, slopes, n * sizeof *y);
            assert_memory_equal(y + n, z + n, (100 - n) * sizeof *y);
            assert_true(slope[n] == 0);
            act_forward(y, NULL, z, n, kind);
            assert_memory_equal(y, all, n * sizeof *y);
            free(y), free(slope);
        }
    }
    free(z), free(all), free(slopes);
}

/* The sets with fused multiply-adds agree to the last bit. */
static void test_sets_agree(void **state)
{
    enum { N = 5000 };
    (void)state;
    counter_rng rng = counter_start(2, 0, 0, 0);
    real *z = normals(N, &rng), *first = NULL;
    for (size_t i = 0; i < N; i++) z[i] *= (real)(i % 20);
    for (kernel_isa isa = KERNEL_AVX2; isa < KERNEL_SETS; isa++) {
        if (kernel_limit(isa) != isa) continue;
        real *y = zeros(4 * N);
        act_forward(y, y + N, z, N, ACT_SILU);
        act_forward(y + 2 * N, y + 3 * N, z, N, ACT_TANH);
        if (first) assert_memory_equal(first, y, 4 * N * sizeof *y);
        if (first) free(y);
        if (!first) first = y;
    }
    kernel_limit(KERNEL_SETS - 1);
    free(first), free(z);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_sizes_of_argument),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_sets_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
