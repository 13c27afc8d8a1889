/* norm_channels.c -- group normalisation as one scale and shift per channel, and backward. */
#include "net/norm_channels.h"

#include <math.h>
#include <string.h>

#include "net/image.h"
#include "net/kernel_image.h"
#include "net/norm.h"

size_t norm_place(const size_t in[2], size_t c)
{
    return c < in[0] ? c : image_channels(in[0]) + c - in[0];
}

size_t norm_width(const size_t in[2])
{
    return image_channels(in[0]) + image_channels(in[1]);
}

/* Sums over the pixels of both parts. */
static void both(real *sum, const real *const x[2], const real *mean, const size_t in[2],
                 size_t pixels)
{
    for (size_t q = 0, at = 0; q < 2 && in[q] > 0; q++) {
        const size_t C = image_channels(in[q]);
        if (mean)
            kernel_norm()->squares(sum + at, x[q], mean + at, pixels, C, C);
        else
            kernel_norm()->sums(sum + at, x[q], pixels, C, C);
        at += C;
    }
}

void norm_channels_forward(real *channels, const real *const x[2], const size_t in[2],
                           const real *gamma, const real *beta, size_t groups, size_t pixels)
{
    const size_t C = norm_width(in), all = in[0] + in[1], size = all / groups;
    real *const scale = channels, *const shift = scale + C, *const mean = shift + C;
    real *const inverse = mean + C, *const sum = scale;
    const double m = (double)(size * pixels);
    memset(mean, 0, 2 * C * sizeof *mean);
    both(sum, x, NULL, in, pixels);
    for (size_t g = 0; g < groups; g++) {
        double total = 0.0;
        for (size_t c = g * size; c < (g + 1) * size; c++) total += (double)sum[norm_place(in, c)];
        for (size_t c = g * size; c < (g + 1) * size; c++)
            mean[norm_place(in, c)] = (real)(total / m);
    }
    both(sum, x, mean, in, pixels);
    for (size_t g = 0; g < groups; g++) {
        double total = 0.0;
        for (size_t c = g * size; c < (g + 1) * size; c++) total += (double)sum[norm_place(in, c)];
        for (size_t c = g * size; c < (g + 1) * size; c++)
            inverse[norm_place(in, c)] = (real)(1.0 / sqrt(total / m + NORM_EPSILON));
    }
    memset(scale, 0, 2 * C * sizeof *scale);
    for (size_t c = 0; c < all; c++) {
        const size_t at = norm_place(in, c);
        scale[at] = gamma[c] * inverse[at];
        shift[at] = beta[c] - mean[at] * scale[at];
    }
}

/* norm.c: dx = inverse (du - mean of du - u (mean of u du)), du = gamma dz, u = (x - mean) inverse. */
void norm_channels_backward(real *abc, real *dgamma, real *dbeta, const real *channels,
                            const real *sum, const real *sum_u, const real *gamma,
                            const size_t in[2], size_t groups, size_t pixels)
{
    const size_t C = norm_width(in), all = in[0] + in[1], size = all / groups;
    const real *const scale = channels, *const mean = scale + 2 * C, *const inverse = mean + C;
    real *const a = abc, *const b = a + C, *const c_0 = b + C;
    const double m = (double)(size * pixels);
    memset(abc, 0, 3 * C * sizeof *abc);
    for (size_t g = 0; g < groups; g++) {
        double du = 0.0, u_du = 0.0;
        for (size_t c = g * size; c < (g + 1) * size; c++) {
            const size_t at = norm_place(in, c);
            du += (double)gamma[c] * (double)sum[at] / m;
            u_du += (double)gamma[c] * (double)sum_u[at] / m;
            dgamma[c] += sum_u[at];
            dbeta[c] += sum[at];
        }
        for (size_t c = g * size; c < (g + 1) * size; c++) {
            const size_t at = norm_place(in, c);
            const double r = (double)inverse[at];
            a[at] = scale[at];
            b[at] = (real)(-r * r * u_du);
            c_0[at] = (real)(r * (r * (double)mean[at] * u_du - du));
        }
    }
}
