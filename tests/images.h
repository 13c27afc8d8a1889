/* images.h -- batches of images for the tests of src/net: channel by channel as in PyTorch, and pixel by
 * pixel as in net/image.h; and how near two arrays are. */
#ifndef TESTS_IMAGES_H
#define TESTS_IMAGES_H

#include "reals.h"

#include "net/image.h"
#include "net/kernel.h"

/* Reals of n images of C channels, pixel by pixel. */
static inline size_t image_size(size_t n, size_t C, size_t pixels)
{
    return n * pixels * image_channels(C);
}

static inline real *to_image(const real *x, size_t n, size_t C, size_t pixels)
{
    real *y = zeros(image_size(n, C, pixels) + 1);
    for (size_t b = 0; b < n; b++)
        for (size_t c = 0; c < C; c++)
            for (size_t p = 0; p < pixels; p++)
                y[(b * pixels + p) * image_channels(C) + c] = x[(b * C + c) * pixels + p];
    return y;
}

/* Back again; the channels that do not exist must be 0. */
static inline real *from_image(const real *y, size_t n, size_t C, size_t pixels)
{
    real *x = zeros(n * C * pixels + 1);
    for (size_t b = 0; b < n; b++)
        for (size_t p = 0; p < pixels; p++)
            for (size_t c = 0; c < image_channels(C); c++) {
                const real value = y[(b * pixels + p) * image_channels(C) + c];
                if (c < C)
                    x[(b * C + c) * pixels + p] = value;
                else
                    assert_true(value == 0);
            }
    return x;
}

static inline double size_of(const real *x, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) sum += (double)x[i] * (double)x[i];
    return sqrt(sum);
}

/* |x - y| <= tolerance max(|y|, least) in Euclidean norm; in the double set a tolerance that only the
 * rounding of doubles can keep.  `least` is the size below which y is the rounding error of 0. */
static inline void assert_near(const char *what, const real *x, const real *y, size_t n,
                               double tolerance, double least)
{
    double sum = 0.0;
    if (sizeof(real) == sizeof(double)) tolerance *= 1e-7;
    for (size_t i = 0; i < n; i++) sum += pow((double)x[i] - (double)y[i], 2.0);
    if (!(sqrt(sum) <= tolerance * fmax(size_of(y, n), least)))
        fail_msg("%s: off by %g, size %g, %zu numbers", what, sqrt(sum), size_of(y, n), n);
}

/* Every instruction set of this machine in turn. */
static inline void for_every_set(void (*test)(counter_rng *rng), uint64_t seed)
{
    for (kernel_isa isa = KERNEL_BASELINE; isa < KERNEL_SETS; isa++) {
        counter_rng rng = counter_start(seed, 1, isa, 0);
        if (kernel_limit(isa) == isa) test(&rng);
    }
    kernel_limit(KERNEL_SETS - 1);
}

#endif
