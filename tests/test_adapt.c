/* test_adapt.c -- images as what a trainer draws from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "train/adapt.h"
#include "train/trainer.h"

enum { N = 5, ROWS = 3, COLUMNS = 4, D = ROWS * COLUMNS, DRAWS = 20000 };

/* Pixel d of image i is 20 i + d: every image can be told from its first pixel. */
static images five(unsigned char *pixel)
{
    for (size_t i = 0; i < N; i++)
        for (size_t d = 0; d < D; d++) pixel[i * D + d] = (unsigned char)(20 * i + d);
    return (images){.n = N, .rows = ROWS, .columns = COLUMNS, .pixel = pixel};
}

static size_t drawn(const adapt_data *data, real *x, uint64_t seed, uint64_t step)
{
    counter_rng rng = counter_start(seed, STREAM_DATA, step, 0);
    data->draw(x, step, &rng, data->params);
    return (size_t)lrintf((x[0] + 1.0f) * 127.5f / 20.0f);
}

static void all_images_are_drawn_alike(void **state)
{
    (void)state;
    unsigned char pixel[N * D];
    const images s = five(pixel);
    const adapt_data data = adapt_images_data(&s);
    size_t count[N] = {0};
    real x[D];
    assert_int_equal(data.D, D);
    for (uint64_t k = 0; k < DRAWS; k++) {
        const size_t i = drawn(&data, x, 1, k);
        assert_true(i < N);
        count[i]++;
        for (size_t d = 0; d < D; d++) /* the float nearest to v/127.5 - 1, or its neighbour */
            assert_true(fabs((double)x[d] - ((double)pixel[i * D + d] / 127.5 - 1.0)) < 1.2e-7);
    }
    double chi2 = 0.0;
    for (size_t i = 0; i < N; i++) chi2 += pow((double)count[i] - DRAWS / N, 2.0) / (DRAWS / N);
    assert_true(chi2 < 47.0); /* 4 degrees of freedom: P = 1.5e-9 */
}

static void the_address_decides(void **state)
{
    (void)state;
    unsigned char pixel[N * D];
    const images s = five(pixel);
    const adapt_data data = adapt_images_data(&s);
    real x[D];
    size_t same_seed = 0, other_seed = 0;
    for (uint64_t k = 0; k < 200; k++) {
        const size_t i = drawn(&data, x, 1, k);
        same_seed += drawn(&data, x, 1, k) == i;
        other_seed += drawn(&data, x, 2, k) == i;
    }
    assert_int_equal(same_seed, 200);
    assert_in_range(other_seed, 10, 80); /* 40 are expected; 6 standard deviations are 34 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_images_are_drawn_alike),
        cmocka_unit_test(the_address_decides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
