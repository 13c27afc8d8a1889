/* value.h -- numbers with error bounds, many points at a time.
 *
 * A value is a table of n points by d coordinates (d = 1 for scalars), each number with a bound of its
 * error: running error analysis for the roundings, the estimate of a quadrature on top.  n = 1 means
 * the same at every point.  Everything lives in the arena. */
#ifndef DERIVE_VALUE_H
#define DERIVE_VALUE_H

#include <stddef.h>

#include "derive/arena.h"
#include "derive/tree.h"

typedef struct value {
    size_t n, d;
    double *v, *e; /* [n*d] */
} value;

value value_new(arena *memory, size_t n, size_t d);
value value_scalar(arena *memory, double v, double e);

/* Element (i, k), with constants spread over the points and literal scalars over the coordinates. */
static inline size_t value_at(const value *a, size_t i, size_t k)
{
    return (a->n == 1 ? 0 : i) * a->d + (a->d == 1 ? 0 : k);
}

value value_add(arena *memory, value a, value b, double sign);
value value_mul(arena *memory, value a, value b);
value value_div(arena *memory, value a, value b);
value value_neg(arena *memory, value a);
value value_apply(arena *memory, function_symbol f, value a);
/* a^exponent, a scalar a. */
value value_pow(arena *memory, value a, double exponent);
/* The sum over coordinates of a_k b_k. */
value value_dot(arena *memory, value a, value b);

#endif
