/* act.c -- activations and their derivatives. */
#include "net/act.h"

#include "net/kernel.h"

void act_forward(real *y, real *slope, const real *z, size_t n, act_kind kind)
{
    kernel_gemm()->act(y, slope, z, n, kind);
}
