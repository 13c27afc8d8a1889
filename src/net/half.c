/* half.c -- IEEE 754 half precision: 1 sign, 5 exponent and 10 fraction bits. */
#include "net/half.h"

#include <math.h>

/* A half is fraction * 2^(e - 25), with an implied bit when e > 0; e = 0 counts as e = 1. */
float half_to_float(uint16_t half)
{
    const int e = half >> 10 & 31, fraction = half & 1023;
    float x;
    if (e == 31)
        x = fraction ? (float)NAN : (float)INFINITY;
    else if (e == 0)
        x = ldexpf((float)fraction, -24);
    else
        x = ldexpf((float)(fraction + 1024), e - 25);
    return half & 0x8000 ? -x : x;
}

uint16_t half_from_float(float x)
{
    const uint16_t sign = signbit(x) ? 0x8000 : 0;
    const float size = fabsf(x);
    int e;
    if (isnan(x)) return (uint16_t)(sign | 0x7e00);
    if (size == 0.0f) return sign;
    if (size >= 65520.0f) return (uint16_t)(sign | 0x7c00); /* halfway above the largest, 65504 */
    frexpf(size, &e);                                       /* size in [2^(e-1), 2^e) */
    const int shift = e - 11 > -24 ? e - 11 : -24;          /* the last place is 2^shift */
    const int units = (int)rintf(ldexpf(size, -shift));     /* at most 2048; ties to even */
    /* The implied bit of units and its carries run into the exponent by plain addition. */
    return (uint16_t)(sign | (((shift + 24) << 10) + units));
}
