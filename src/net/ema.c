/* ema.c -- the exponential moving average of the parameters. */
#include "net/ema.h"

#include "net/kernel.h"

double ema_decay(double decay, uint64_t k)
{
    const double warm_up = (double)(k - 1) / (double)(k + 2);
    return warm_up < decay ? warm_up : decay;
}

void ema_update(real *avg, const real *theta, size_t n, double d)
{
    kernel_flat()->mix(avg, theta, n, (real)d, (real)(1.0 - d));
}
