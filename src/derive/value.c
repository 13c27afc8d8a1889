/* value.c -- arithmetic with running error bounds. */
#include "derive/value.h"

#include <math.h>

#include <gsl/gsl_math.h>

value value_new(arena *memory, size_t n, size_t d)
{
    value a = {.n = n, .d = d};
    a.v = arena_take(memory, n * d * sizeof *a.v);
    a.e = arena_take(memory, n * d * sizeof *a.e);
    return a;
}

value value_scalar(arena *memory, double v, double e)
{
    value a = value_new(memory, 1, 1);
    a.v[0] = v;
    a.e[0] = e;
    return a;
}

/* Shape of a result; then i, k run over it. */
static value shaped(arena *memory, const value *a, const value *b)
{
    return value_new(memory, a->n > b->n ? a->n : b->n, a->d > b->d ? a->d : b->d);
}

value value_add(arena *memory, value a, value b, double sign)
{
    value r = shaped(memory, &a, &b);
    for (size_t i = 0; i < r.n; i++)
        for (size_t k = 0; k < r.d; k++) {
            const size_t at = i * r.d + k, x = value_at(&a, i, k), y = value_at(&b, i, k);
            r.v[at] = a.v[x] + sign * b.v[y];
            r.e[at] = a.e[x] + b.e[y] + GSL_DBL_EPSILON * fabs(r.v[at]);
        }
    return r;
}

value value_mul(arena *memory, value a, value b)
{
    value r = shaped(memory, &a, &b);
    for (size_t i = 0; i < r.n; i++)
        for (size_t k = 0; k < r.d; k++) {
            const size_t at = i * r.d + k, x = value_at(&a, i, k), y = value_at(&b, i, k);
            r.v[at] = a.v[x] * b.v[y];
            r.e[at] = fabs(a.v[x]) * b.e[y] + fabs(b.v[y]) * a.e[x] + a.e[x] * b.e[y] +
                      GSL_DBL_EPSILON * fabs(r.v[at]);
        }
    return r;
}

value value_div(arena *memory, value a, value b)
{
    value r = shaped(memory, &a, &b);
    for (size_t i = 0; i < r.n; i++)
        for (size_t k = 0; k < r.d; k++) {
            const size_t at = i * r.d + k, x = value_at(&a, i, k), y = value_at(&b, i, k);
            const double room = fabs(b.v[y]) - b.e[y]; /* the least the divisor can be */
            r.v[at] = a.v[x] / b.v[y];
            r.e[at] = room > 0.0 ? (a.e[x] + fabs(r.v[at]) * b.e[y]) / room +
                                       GSL_DBL_EPSILON * fabs(r.v[at])
                                 : (double)INFINITY;
        }
    return r;
}

value value_neg(arena *memory, value a)
{
    value r = value_new(memory, a.n, a.d);
    for (size_t i = 0; i < a.n * a.d; i++) {
        r.v[i] = -a.v[i];
        r.e[i] = a.e[i];
    }
    return r;
}

/* f and the change of f when its argument moves by e. */
static double function_of(function_symbol f, double x, double e, double *error)
{
    double y, slope;
    switch (f) {
    case FUNCTION_LOG:
        *error = x > e ? -log1p(-e / x) + GSL_DBL_EPSILON * fabs(log(x)) : (double)INFINITY;
        return log(x);
    case FUNCTION_EXP:
        y = exp(x);
        *error = y * expm1(e) + GSL_DBL_EPSILON * (2.0 + fabs(x)) * y;
        return y;
    case FUNCTION_SQRT:
        y = sqrt(x);
        *error = (x > e ? e / (y + sqrt(x - e)) : sqrt(e)) + GSL_DBL_EPSILON * y;
        return y;
    case FUNCTION_TANH:
        y = tanh(x);
        slope = 1.0;
        break;
    case FUNCTION_COS:
        y = cos(x);
        slope = 1.0;
        break;
    case FUNCTION_ABS:
        y = fabs(x);
        slope = 1.0;
        break;
    case FUNCTION_SIN:
    default:
        y = sin(x);
        slope = 1.0;
        break;
    }
    *error = slope * e + GSL_DBL_EPSILON * (fabs(y) + fabs(x));
    return y;
}

value value_apply(arena *memory, function_symbol f, value a)
{
    value r = value_new(memory, a.n, a.d);
    for (size_t i = 0; i < a.n * a.d; i++) r.v[i] = function_of(f, a.v[i], a.e[i], &r.e[i]);
    return r;
}

value value_pow(arena *memory, value a, double exponent)
{
    value r = value_new(memory, a.n, 1);
    for (size_t i = 0; i < a.n; i++) {
        const double x = fabs(a.v[i]), e = a.e[i], y = pow(x, exponent);
        const double above = pow(x + e, exponent), below = x > e ? pow(x - e, exponent) : 0.0;
        r.v[i] = pow(a.v[i], exponent);
        r.e[i] = fmax(fabs(above - y), fabs(y - below)) + 4.0 * GSL_DBL_EPSILON * (y + above);
        if (exponent < 0.0 && x <= e) r.e[i] = (double)INFINITY;
    }
    return r;
}

value value_dot(arena *memory, value a, value b)
{
    value r = value_new(memory, a.n > b.n ? a.n : b.n, 1);
    const size_t d = a.d > b.d ? a.d : b.d;
    for (size_t i = 0; i < r.n; i++)
        for (size_t k = 0; k < d; k++) {
            const size_t x = value_at(&a, i, k), y = value_at(&b, i, k);
            const double term = a.v[x] * b.v[y];
            r.v[i] += term;
            r.e[i] += fabs(a.v[x]) * b.e[y] + fabs(b.v[y]) * a.e[x] + a.e[x] * b.e[y] +
                      GSL_DBL_EPSILON * (fabs(term) + fabs(r.v[i]));
        }
    return r;
}
