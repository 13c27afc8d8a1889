/* vector.h -- vectors of reals in the compilers' own vector types, with exp and tanh.
 *
 * Only the kernel files include this.  A vector has as many reals as a register of the instruction
 * set that the file is compiled for; + - * / act on all of them at once. */
#ifndef NET_VECTOR_H
#define NET_VECTOR_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "net/act.h"
#include "net/real.h"

#if defined(__AVX512F__)
enum { VECTOR_BYTES = 64 };
#elif defined(__AVX2__)
enum { VECTOR_BYTES = 32 };
#else
enum { VECTOR_BYTES = 16 };
#endif
enum { LANES = VECTOR_BYTES / sizeof(real) };

/* Before a loop of few, constant turns: write them out, so that an array can live in registers. */
#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

#ifdef NET_DOUBLE
typedef int64_t lane_bits;
#else
typedef int32_t lane_bits;
#endif
typedef real vector __attribute__((vector_size(VECTOR_BYTES)));
typedef lane_bits vector_bits __attribute__((vector_size(VECTOR_BYTES)));
typedef real unaligned __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(real)), may_alias));

static inline vector load(const real *x)
{
    return *(const unaligned *)x;
}

static inline void store(real *x, vector v)
{
    *(unaligned *)x = v;
}

static inline vector all(real x)
{
    return x - (vector){0};
}

/* where mask is set (all bits of a lane): a, else b */
static inline vector choose(vector_bits mask, vector a, vector b)
{
    return (vector)((mask & (vector_bits)a) | (~mask & (vector_bits)b));
}

static inline vector clamp(vector x, real low, real high)
{
    x = choose(x < low, all(low), x); /* a NaN stays one: it is not below anything */
    return choose(x > high, all(high), x);
}

/* exp(x) = 2^n (1 + m);  shift is n in the place of the exponent. */
typedef struct split_exp {
    vector_bits shift;
    vector m;
} split_exp;

/* 2^n y for y > 0, by adding to its exponent. */
static inline vector times_two_n(vector y, vector_bits shift)
{
    return (vector)((vector_bits)y + shift);
}

#ifdef NET_DOUBLE

/* The double set exists to be right: the library's function, lane by lane. */
static inline split_exp vector_exp(vector x)
{
    vector m;
    for (int i = 0; i < LANES; i++) m[i] = expm1(x[i]);
    return (split_exp){(vector_bits){0}, m};
}

#else

/* For |x| < 88:  x = n log 2 + r with |r| <= log(2)/2, and exp(r) - 1 = r q(r); q by Remez' algorithm for
 * the least relative error of exp(r), 3.0e-8.  log 2 = HIGH + LOW, where n HIGH is exact (Cody and Waite
 * 1980).  No product is used twice: so every compiler fuses the same multiply-adds. */
static inline split_exp vector_exp(vector x)
{
    static const float round_to_whole = 0x1.8p23f; /* the sum's last bits are n: units of 1 */
    static const float LOG2E = 1.44269504f, HIGH = 0.693359375f, LOW = -2.12194440e-4f;
    const vector shifted = x * LOG2E + round_to_whole;
    const vector n = shifted - round_to_whole;
    const vector r = (x - n * HIGH) - n * LOW;
    vector q = r * 1.4061277e-3f + 8.37902073e-3f;
    q = q * r + 4.16647755e-2f;
    q = q * r + 1.66663647e-1f;
    q = q * r + 5.00000060e-1f;
    q = q * r + 1.0f;
    /* What stands above n in `shifted` is shifted out. */
    return (split_exp){(vector_bits)shifted << 23, q * r};
}

#endif

/* silu(z) = z s with s = 1/(1 + exp(-z));  silu' = s (1 + z (1 - s)).
 * Beyond |z| = 87 the clamped exponential still gives 0 and z to within 2e-36. */
static inline vector vector_silu(vector z, vector *slope)
{
    const split_exp e = vector_exp(clamp(-z, -87, 87));
    const vector exp_minus_z = times_two_n(1 + e.m, e.shift);
    const vector s = 1 / (1 + exp_minus_z), y = z * s;
    *slope = y * (exp_minus_z * s) + s; /* 1 - s = exp(-z) s without cancellation */
    return y;
}

/* tanh(z) = w/(w + 2) with w = exp(2|z|) - 1, and its sign;  tanh' = (1 + tanh)(1 - tanh). */
static inline vector vector_tanh(vector z, vector *slope)
{
    const vector_bits sign = (vector_bits)z & (vector_bits)all((real)-0.0);
    const vector size = (vector)((vector_bits)z ^ sign);
    const split_exp e = vector_exp(clamp(2 * size, 0, 40));
    const vector two_n = times_two_n(all(1), e.shift);
    const vector w = two_n * e.m + (two_n - 1); /* small z: n = 0 and no cancellation */
    const vector r = 1 / (w + 2), y = w * r;
    *slope = (1 + y) * (2 * r);
    return (vector)((vector_bits)y | sign);
}

static inline vector vector_act(vector z, vector *slope, act_kind kind)
{
    return kind == ACT_SILU ? vector_silu(z, slope) : vector_tanh(z, slope);
}

#endif
