/* bits_images.h -- small images and a network of known answers, for the tests of bits per
 * dimension. */
#ifndef TESTS_BITS_IMAGES_H
#define TESTS_BITS_IMAGES_H

#include "exact.h"
#include "net/counter.h"
#include "train/bits.h"

enum { D = 3, MOST = 1200 };
static unsigned char pixel[MOST * D];
static double x_0[MOST * D], table[64];

/* Images whose pixels go together (an easy image is easy everywhere), with both ends of the
 * scale. */
static void draw_levels(size_t n, uint64_t seed)
{
    counter_rng rng = counter_start(seed, 91, 0, 0);
    for (size_t i = 0; i < n; i++) {
        const size_t kind = counter_below(&rng, 4);
        for (size_t d = i * D; d < (i + 1) * D; d++) {
            pixel[d] = kind < 2    ? 0
                       : kind == 2 ? 255
                                   : (unsigned char)(120 + counter_below(&rng, 40));
            x_0[d] = pixel[d] / 127.5 - 1.0;
        }
    }
}

static bits_pass *pass_of(const exact *m, const bits_plan *plan_of)
{
    int status = -1;
    bits_pass *pass = bits_pass_alloc(m->w, plan_of, pixel, NULL, NULL, &status);
    assert_int_equal(status, GSL_SUCCESS);
    assert_non_null(pass);
    return pass;
}

/* The part of a KL that no mean can change, per coordinate. */
static double kl_constant(size_t t, double sigma2)
{
    const double r = plan->beta_tilde[t] / sigma2;
    return 0.5 * (r - 1.0 - log(r));
}

#endif
