/* test_counter.c -- the counter-based generator: known answers, addresses that never meet, the laws. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>

#include "net/counter.h"

/* philox4x32 10 in the file kat_vectors of Random123 1.14: address, key, result. */
static void test_known_answers(void **state)
{
    static const uint32_t kat[][10] = {
        {0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
        {~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
        {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09,
         0x94fdcceb, 0x5001e420, 0x24126ea1},
    };
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        uint32_t out[4];
        counter_philox(out, kat[i], kat[i] + 4);
        assert_memory_equal(out, kat[i] + 6, sizeof out);
    }
}

/* The words come block by block, the block number being the first word of the address. */
static void test_the_words_of_an_address(void **state)
{
    (void)state;
    counter_rng rng = counter_start(0x0123456789abcdefu, 7, 0x9876543210u, 0xabcdef);
    const uint32_t key[2] = {0x89abcdef, 0x01234567};
    for (uint32_t block = 0; block < 3; block++) {
        const uint32_t address[4] = {block, 0x76543210, 0x98abcdef, 7};
        uint32_t expected[4];
        counter_philox(expected, address, key);
        for (int i = 0; i < 4; i++) assert_int_equal(counter_bits(&rng), expected[i]);
    }
}

static int by_bits(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Neighbours in every part of the address, at the ends of its range: 64 bits never repeat. */
static void test_addresses_do_not_meet(void **state)
{
    static const uint64_t steps[] = {0, 1, 0xffffffff, 0x100000000, 0xff00000000, 0xffffffffff};
    static const uint64_t samples[] = {0, 1, 0xff, 0xfffffe, 0xffffff};
    static uint64_t seen[3 * 3 * 6 * 5 * 4];
    size_t n = 0;
    (void)state;
    for (uint64_t seed = 0; seed < 3; seed++)
        for (unsigned stream = 0; stream < 3; stream++)
            for (size_t k = 0; k < 6; k++)
                for (size_t i = 0; i < 5; i++) {
                    counter_rng rng = counter_start(seed << 31, stream, steps[k], samples[i]);
                    for (int w = 0; w < 4; w++, n++) {
                        seen[n] = (uint64_t)counter_bits(&rng) << 32;
                        seen[n] |= counter_bits(&rng);
                    }
                }
    qsort(seen, n, sizeof *seen, by_bits);
    for (size_t i = 1; i < n; i++) assert_true(seen[i] != seen[i - 1]);
}

static void test_uniform_law(void **state)
{
    enum { N = 200000, BINS = 100 };
    double low = 1.0, high = 0.0, count[BINS] = {0}, chi2 = 0.0;
    counter_rng rng = counter_start(11, 1, 2, 3);
    (void)state;
    for (size_t i = 0; i < N; i++) {
        const double u = counter_uniform(&rng);
        assert_true(u == ldexp(rint(ldexp(u, 53)), -53));
        low = fmin(low, u);
        high = fmax(high, u);
        count[(size_t)(u * BINS)]++;
    }
    assert_true(0.0 <= low && low < 1e-4 && 1.0 - 1e-4 < high && high < 1.0);
    for (size_t b = 0; b < BINS; b++) chi2 += pow(count[b] - (double)N / BINS, 2) * BINS / N;
    assert_true(gsl_cdf_chisq_Q(chi2, BINS - 1) > 1e-6 && gsl_cdf_chisq_P(chi2, BINS - 1) > 1e-6);
}

/* The last bit is as random as the first: u is the first 27 bits, then the next 26. */
static void test_uniform_is_made_of_two_words(void **state)
{
    (void)state;
    counter_rng rng = counter_start(5, 6, 7, 8), twin = rng;
    for (int i = 0; i < 50; i++) {
        const double high = counter_bits(&twin) >> 5, low = counter_bits(&twin) >> 6;
        assert_true(counter_uniform(&rng) == ldexp(high, -27) + ldexp(low, -53));
    }
}

/* Moments of 200 000 normal numbers within 6 standard errors, and the two uniforms of each. */
static void test_normal_law(void **state)
{
    enum { N = 200000 };
    double sum = 0.0, square = 0.0, fourth = 0.0, neighbours = 0.0, before = 0.0;
    counter_rng rng = counter_start(3, 0, 0, 0), twin = rng;
    (void)state;
    for (size_t i = 0; i < N; i++) {
        const double z = counter_normal(&rng);
        sum += z;
        square += z * z;
        fourth += z * z * z * z;
        neighbours += z * before;
        before = z;
        if (i < 100) {
            const double u = counter_uniform(&twin), v = counter_uniform(&twin);
            assert_true(fabs(z - sqrt(-2.0 * log1p(-u)) * cos(2.0 * acos(-1.0) * v)) < 1e-14 * 9);
        }
    }
    assert_true(fabs(sum / sqrt(N)) < 6);
    assert_true(fabs((square - N) / sqrt(2.0 * N)) < 6);
    assert_true(fabs((fourth - 3.0 * N) / sqrt(96.0 * N)) < 6);
    assert_true(fabs(neighbours / sqrt(N)) < 6);
}

static void test_whole_numbers(void **state)
{
    (void)state;
    for (size_t n = 1; n < 12; n++) {
        double count[12] = {0}, chi2 = 0.0;
        counter_rng rng = counter_start(n, 1, 1, 1);
        for (size_t i = 0; i < 12000; i++) {
            const size_t k = counter_below(&rng, n);
            assert_true(k < n);
            count[k]++;
        }
        const double expected = 12000.0 / (double)n;
        for (size_t k = 0; k < n; k++) chi2 += pow(count[k] - expected, 2) / expected;
        if (n > 1) assert_true(gsl_cdf_chisq_Q(chi2, (double)n - 1.0) > 1e-6);
    }
}

/* With n = 3 2^30 a product u n has its low half below 2^32 mod n = 2^30 for a quarter of the u, which
 * are refused; without that the lowest of every three numbers would come twice as often. */
static void test_no_bias_for_large_n(void **state)
{
    enum { N = 30000 };
    const size_t n = (size_t)3 << 30;
    double count[3] = {0}, chi2 = 0.0;
    counter_rng rng = counter_start(1, 2, 3, 4), twin = rng;
    (void)state;
    for (size_t i = 0; i < N; i++) count[counter_below(&rng, n) % 3]++;
    for (size_t k = 0; k < 3; k++) chi2 += pow(count[k] - N / 3.0, 2) / (N / 3.0);
    assert_true(gsl_cdf_chisq_Q(chi2, 2.0) > 1e-6);
    size_t words = 0; /* how many it took: N / (3/4), within 6 standard errors */
    while (twin.address[0] != rng.address[0] || twin.left != rng.left) counter_bits(&twin), words++;
    assert_true(fabs((double)words - N / 0.75) < 6 * sqrt(N * 0.25) / 0.75);
    assert_int_equal(counter_below(&rng, 0), 0); /* nothing to choose from */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers),
        cmocka_unit_test(test_the_words_of_an_address),
        cmocka_unit_test(test_addresses_do_not_meet),
        cmocka_unit_test(test_uniform_law),
        cmocka_unit_test(test_uniform_is_made_of_two_words),
        cmocka_unit_test(test_normal_law),
        cmocka_unit_test(test_whole_numbers),
        cmocka_unit_test(test_no_bias_for_large_n),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
