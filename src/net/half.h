/* half.h -- IEEE 754 half precision (binary16), the F16 of a checkpoint, as bits. */
#ifndef NET_HALF_H
#define NET_HALF_H

#include <stdint.h>

/* The exact value; NaN stays NaN. */
float half_to_float(uint16_t half);

/* The nearest half, ties to even; beyond 65504 infinity, below 2^-25 zero. */
uint16_t half_from_float(float x);

#endif
