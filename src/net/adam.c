/* adam.c -- Adam, and the clipping of a gradient's norm. */
#include "net/adam.h"

#include <math.h>

#include "net/kernel.h"

void adam_step(real *theta, real *m, real *v, const real *grad, size_t n, double lr, double beta1,
               double beta2, double eps, uint64_t k)
{
    /* With c1 = 1 - beta1^k and c2 = 1 - beta2^k:
     *   lr (m/c1) / (sqrt(v/c2) + eps) = (lr sqrt(c2)/c1) m / (sqrt(v) + sqrt(c2) eps). */
    const double c1 = 1.0 - pow(beta1, (double)k), c2 = 1.0 - pow(beta2, (double)k);
    const kernel_adam numbers = {.rate = (real)(lr * sqrt(c2) / c1),
                                 .floor = (real)(eps * sqrt(c2)),
                                 .keep_m = (real)beta1,
                                 .take_m = (real)(1.0 - beta1),
                                 .keep_v = (real)beta2,
                                 .take_v = (real)(1.0 - beta2)};
    kernel_flat()->adam(theta, m, v, grad, n, &numbers);
}

double adam_gather(real *grad, const real *const *part, size_t parts, size_t at, size_t n)
{
    return kernel_flat()->gather(grad, part, parts, at, n);
}

double adam_clip(real *grad, size_t n, double limit)
{
    const double norm = sqrt(kernel_flat()->square(grad, n));
    if (limit > 0.0 && norm > limit) kernel_flat()->scale(grad, n, (real)(limit / norm));
    return norm;
}
