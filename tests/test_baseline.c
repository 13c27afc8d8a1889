/* test_baseline.c -- baselines whose number can be worked out by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "data/baseline.h"
#include "net/counter.h"

/* Three training images of two places: 0 0 | 0 7 | 0 255; test images 0 7 and 7 9. */
static const unsigned char train[] = {0, 0, 0, 7, 0, 255}, test[] = {0, 7, 7, 9};

static void near(baseline_number seen, double first, double second)
{
    assert_true(fabs(seen.bits - 0.5 * (first + second)) < 1e-12);
    assert_true(fabs(seen.error - 0.5 * fabs(first - second)) < 1e-12); /* se of two numbers */
}

static void test_histogram(void **state)
{
    (void)state;
    /* 262 in all: 0 has 5, 7 has 2, 9 has 1 */
    near(baseline_histogram(train, 3, test, 2, 2), 0.5 * (log2(262 / 5.0) + log2(262 / 2.0)),
         0.5 * (log2(262 / 2.0) + log2(262.0)));
}

static void test_places(void **state)
{
    (void)state;
    /* first place: 0 has 3 of 3; second: 0, 7 and 255 have 1 each; weight 1/2: sums 3 + 128 */
    near(baseline_places(train, 3, test, 2, 2, 0.5), 0.5 * (log2(131 / 3.5) + log2(131 / 1.5)),
         0.5 * (log2(131 / 0.5) + log2(131 / 0.5)));
}

/* Uniform pixels cost 8 bits by any method, and no method does better. */
static void test_noise(void **state)
{
    (void)state;
    enum { n = 400, D = 700, BYTES = 2 * n * D };
    unsigned char *pixel = malloc(BYTES);
    counter_rng rng = counter_start(3, 93, 0, 0);
    for (size_t i = 0; i < BYTES; i++) pixel[i] = (unsigned char)counter_below(&rng, 256);
    const baseline_number one = baseline_histogram(pixel, n, pixel + n * D, n, D);
    assert_true(one.bits > 8.0 - 5.0 * one.error && one.bits < 8.01 && one.error < 1e-3);
    assert_true(baseline_places(pixel, n, pixel + n * D, n, D, 1.0).bits > 8.05); /* overfitted */
    const double zip = baseline_deflate(pixel, n, D);
    assert_true(zip > 8.0 && zip < 8.02);
    free(pixel);
}

/* A megabyte and more of one value is nearly nothing; one byte is some bytes. */
static void test_deflate(void **state)
{
    (void)state;
    unsigned char *pixel = calloc(3000000, 1);
    const double much = baseline_deflate(pixel, 3000, 1000);
    assert_true(much > 0.0 && much < 0.02);
    /* zlib's format: 2 bytes of header, 4 of checksum, and a block of 3 */
    assert_true(fabs(baseline_deflate(pixel, 1, 1) - 72.0) < 1e-12);
    for (size_t i = 0; i < 3000000; i++) pixel[i] = (unsigned char)(i % 1000 * i % 251);
    assert_true(baseline_deflate(pixel, 3000, 1000) > 2.0 * much);
    free(pixel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_histogram),
                                       cmocka_unit_test(test_places), cmocka_unit_test(test_noise),
                                       cmocka_unit_test(test_deflate)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
