/* winograd_weights.c -- the weights of a convolution, as its products read them, and their gradient. */
#include "net/winograd_weights.h"

#include <string.h>

#include "net/image.h"
#include "net/kernel_image.h"
#include "net/norm_channels.h"

/* y [columns, y_row] = x [rows, x_row] transposed, a few rows at a time: they stay in the cache. */
static void turn(real *y, size_t y_row, const real *x, size_t x_row, size_t rows, size_t columns)
{
    enum { FEW = 16 };
    for (size_t i = 0; i < rows; i += FEW)
        kernel_gemm()->transpose(y + i, y_row, x + i * x_row, x_row,
                                 rows - i < FEW ? rows - i : FEW, columns);
}

/* Channels that do not exist have weights 0. */
static void clear_padding(const winograd_layer *l, real *w)
{
    const size_t in = norm_width(l->in), out = image_channels(l->out);
    if (l->in[0] + l->in[1] < in || l->out < out) memset(w, 0, 9 * in * out * sizeof *w);
}

/* w [in, 9, out] from weight [out, in, 9], for u [in, out]. */
void winograd_weights_forward(const winograd_layer *l, real *u, real *w, const real *weight)
{
    const size_t row = 9 * (l->in[0] + l->in[1]);
    const size_t in = norm_width(l->in), out = image_channels(l->out);
    clear_padding(l, w);
    for (size_t q = 0; q < 2 && l->in[q] > 0; q++)
        turn(w + q * image_channels(l->in[0]) * 9 * out, out, weight + q * l->in[0] * 9, row,
             l->out, 9 * l->in[q]);
    kernel_conv()->weights(u, in * out + WINOGRAD_GAP, w, in, out);
}

/* w [out, 9, in] from weight [out, in, 9], for the transposed u [out, in]. */
void winograd_weights_transposed(const winograd_layer *l, real *u, real *w, const real *weight)
{
    const size_t row = 9 * (l->in[0] + l->in[1]);
    const size_t in = norm_width(l->in), out = image_channels(l->out);
    clear_padding(l, w);
    for (size_t o = 0; o < l->out; o++)
        for (size_t q = 0; q < 2 && l->in[q] > 0; q++)
            kernel_gemm()->transpose(w + o * 9 * in + q * image_channels(l->in[0]), in,
                                     weight + o * row + q * l->in[0] * 9, 9, l->in[q], 9);
    kernel_conv()->weights(u, in * out + WINOGRAD_GAP, w, out, in);
}

/* d_weight [out, in, 9] += from du [in, out]. */
void winograd_weights_backward(const winograd_layer *l, real *d_weight, const real *du, real *w,
                               real *turned)
{
    const size_t row = 9 * (l->in[0] + l->in[1]);
    const size_t in = norm_width(l->in), out = image_channels(l->out);
    kernel_conv()->weights_adjoint(w, du, in * out + WINOGRAD_GAP, in, out);
    for (size_t q = 0; q < 2 && l->in[q] > 0; q++)
        turn(turned + q * l->in[0] * 9, row, w + q * image_channels(l->in[0]) * 9 * out, out,
             9 * l->in[q], l->out);
    kernel_flat()->mix(d_weight, turned, l->out * row, 1, 1);
}
