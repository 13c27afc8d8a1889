/* norm.c -- naive group normalisation and SiLU. */
#include "net/norm.h"

#include <math.h>

size_t norm_groups(size_t C)
{
    size_t groups = C < 8 ? C : 8;
    while (C % groups != 0) groups--;
    return groups;
}

/* mean and 1/sqrt(var + epsilon) of m numbers */
static void moments(double *mean, double *inverse, const real *x, size_t m)
{
    double sum = 0.0, square = 0.0;
    for (size_t i = 0; i < m; i++) sum += (double)x[i];
    *mean = sum / (double)m;
    for (size_t i = 0; i < m; i++) square += ((double)x[i] - *mean) * ((double)x[i] - *mean);
    *inverse = 1.0 / sqrt(square / (double)m + NORM_EPSILON);
}

void norm_naive_forward(real *z, const real *x, const real *gamma, const real *beta, size_t n,
                        size_t C, size_t pixels, size_t groups)
{
    const size_t m = C / groups * pixels; /* a group of an image is contiguous */
    double mean, inverse;
    for (size_t g = 0; g < n * groups; g++) {
        moments(&mean, &inverse, x + g * m, m);
        for (size_t i = 0; i < m; i++) {
            const size_t at = g * m + i, c = at / pixels % C;
            z[at] = (real)((double)gamma[c] * ((double)x[at] - mean) * inverse + (double)beta[c]);
        }
    }
}

/* forward: z = gamma u + beta with u = (x - mean) inverse.  As mean and inverse depend on x too,
 * dx = inverse (du - mean of du - u (mean of u du)),  du = gamma dz. */
void norm_naive_backward(real *dx, real *dgamma, real *dbeta, const real *dz, const real *x,
                         const real *gamma, size_t n, size_t C, size_t pixels, size_t groups)
{
    const size_t m = C / groups * pixels;
    double mean, inverse;
    for (size_t g = 0; g < n * groups; g++) {
        double sum_du = 0.0, sum_u_du = 0.0;
        moments(&mean, &inverse, x + g * m, m);
        for (size_t i = 0; i < m; i++) {
            const size_t at = g * m + i, c = at / pixels % C;
            const double u = ((double)x[at] - mean) * inverse;
            dgamma[c] += (real)(u * (double)dz[at]);
            dbeta[c] += dz[at];
            sum_du += (double)gamma[c] * (double)dz[at];
            sum_u_du += u * (double)gamma[c] * (double)dz[at];
        }
        for (size_t i = 0; i < m; i++) {
            const size_t at = g * m + i, c = at / pixels % C;
            const double u = ((double)x[at] - mean) * inverse;
            const double du = (double)gamma[c] * (double)dz[at];
            dx[at] += (real)(inverse * (du - sum_du / (double)m - u * sum_u_du / (double)m));
        }
    }
}

void silu_naive_forward(real *y, const real *z, size_t n)
{
    for (size_t i = 0; i < n; i++) y[i] = (real)((double)z[i] / (1.0 + exp(-(double)z[i])));
}

void silu_naive_backward(real *dz, const real *dy, const real *z, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double s = 1.0 / (1.0 + exp(-(double)z[i]));
        dz[i] = (real)((double)dy[i] * s * (1.0 + (double)z[i] * (1.0 - s)));
    }
}
