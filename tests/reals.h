/* reals.h -- random arrays of reals for the tests of src/net, in float or (NET_DOUBLE) in double. */
#ifndef TESTS_REALS_H
#define TESTS_REALS_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "net/counter.h"
#include "net/real.h"

static const double real_epsilon = sizeof(real) == sizeof(float) ? (double)FLT_EPSILON : DBL_EPSILON;

/* n zeros, on a cache line. */
static inline real *zeros(size_t n)
{
    real *x = aligned_alloc(64, (n * sizeof *x + 127) / 64 * 64);
    assert_non_null(x);
    memset(x, 0, n * sizeof *x);
    return x;
}

static inline void fill(real *x, size_t n, counter_rng *rng)
{
    for (size_t i = 0; i < n; i++) x[i] = (real)counter_normal(rng);
}

static inline real *normals(size_t n, counter_rng *rng)
{
    real *x = zeros(n);
    fill(x, n, rng);
    return x;
}

/* 1 .. most, small numbers and odd ones preferred. */
static inline size_t any_size(counter_rng *rng, size_t most)
{
    const size_t n = 1 + counter_below(rng, counter_below(rng, 2) ? most : (most < 9 ? most : 9));
    return counter_below(rng, 2) && n < most ? n | 1 : n;
}

#endif
