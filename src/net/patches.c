/* patches.c -- convolutions as products of matrices. */
#include "net/patches.h"

#include <string.h>

#include "net/arena.h"
#include "net/gemm.h"
#include "net/image.h"
#include "net/kernel_image.h"

/* ---- Pixel by pixel ---- */

void pixels_bias(real *y, size_t y_row, const real *bias, size_t out, size_t pixels)
{
    for (size_t p = 0; p < pixels; p++) memcpy(y + p * y_row, bias, out * sizeof *y);
}

void pixels_forward(real *y, size_t y_row, const real *x, size_t x_row, const real *weight,
                    size_t w_row, size_t in, size_t out, size_t pixels, real *pack)
{
    gemm(y, y_row, x, x_row, 1, weight, 1, w_row, pixels, out, in, pack);
}

void pixels_backward_weight(real *d_weight, size_t w_row, const real *dy, size_t y_row,
                            const real *x, size_t x_row, size_t in, size_t out, size_t pixels,
                            real *pack)
{
    gemm(d_weight, w_row, dy, 1, y_row, x, x_row, 1, out, in, pixels, pack);
}

void pixels_backward_bias(real *d_bias, const real *dy, size_t y_row, size_t out, size_t pixels,
                          real *sum)
{
    kernel_norm()->sums(sum, dy, pixels, y_row, image_channels(out));
    for (size_t o = 0; o < out; o++) d_bias[o] += sum[o];
}

void pixels_backward_input(real *dx, size_t x_row, const real *dy, size_t y_row, const real *weight,
                           size_t w_row, size_t in, size_t out, size_t pixels, real *pack)
{
    gemm(dx, x_row, dy, y_row, 1, weight, w_row, 1, pixels, in, out, pack);
}

/* ---- Patches ---- */

typedef struct scratch_memory {
    real *patch, *d_patch; /* [rows columns of y, k k C] */
    real *w, *dw;          /* [out, k k C] */
    real *sum, *pack;
} scratch_memory;

static size_t patch_size(const conv_shape *s)
{
    return s->k * s->k * image_channels(s->in);
}

static scratch_memory cut(const conv_shape *s, arena *a)
{
    scratch_memory m = {.patch = arena_take(a, conv_rows(s) * conv_columns(s) * patch_size(s))};
    m.d_patch = arena_take(a, conv_rows(s) * conv_columns(s) * patch_size(s));
    m.w = arena_take(a, s->out * patch_size(s));
    m.dw = arena_take(a, s->out * patch_size(s));
    m.sum = arena_take(a, image_channels(s->out));
    m.pack = arena_take(a, GEMM_PACK);
    return m;
}

size_t patches_scratch(const conv_shape *s)
{
    arena a = arena_start(NULL);
    cut(s, &a);
    return arena_size(&a);
}

/* w [out, k k, C] from weight [out, in, k k] */
static void arrange(real *w, const real *weight, const conv_shape *s)
{
    const size_t C = image_channels(s->in), taps = s->k * s->k;
    memset(w, 0, s->out * taps * C * sizeof *w);
    for (size_t o = 0; o < s->out; o++)
        for (size_t c = 0; c < s->in; c++)
            for (size_t t = 0; t < taps; t++)
                w[(o * taps + t) * C + c] = weight[(o * s->in + c) * taps + t];
}

static void arrange_backward(real *d_weight, const real *dw, const conv_shape *s)
{
    const size_t C = image_channels(s->in), taps = s->k * s->k;
    for (size_t o = 0; o < s->out; o++)
        for (size_t c = 0; c < s->in; c++)
            for (size_t t = 0; t < taps; t++)
                d_weight[(o * s->in + c) * taps + t] += dw[(o * taps + t) * C + c];
}

/* The outputs first .. end-1 whose tap number u reads inside a line of `size` pixels. */
static void inside(const conv_shape *s, size_t u, size_t size, size_t outputs, size_t *first,
                   size_t *end)
{
    const size_t pad = (s->k - 1) / 2, stride = s->stride;
    *first = u < pad ? (pad - u + stride - 1) / stride : 0;
    *end = u < size + pad ? (size + pad - u + stride - 1) / stride : 0;
    if (*end > outputs) *end = outputs;
    if (*end < *first) *end = *first;
}

/* The pixels that tap (u, v) reads inside the image, as a picture: x is the image, y the patches;
 * at[0] and at[1] are where its first pixel is in each. */
static kernel_picture tap(const conv_shape *s, size_t u, size_t v, size_t at[2])
{
    const size_t C = image_channels(s->in), patch = patch_size(s), pad = (s->k - 1) / 2;
    const size_t columns = conv_columns(s), stride = s->stride;
    size_t i, j, i_end, j_end;
    inside(s, u, s->rows, conv_rows(s), &i, &i_end);
    inside(s, v, s->columns, columns, &j, &j_end);
    at[0] = at[1] = 0;
    if (i_end > i && j_end > j) {
        at[0] = ((stride * i + u - pad) * s->columns + stride * j + v - pad) * C;
        at[1] = (i * columns + j) * patch + (u * s->k + v) * C;
    }
    return (kernel_picture){.rows = i_end - i,
                            .columns = j_end - j,
                            .C = C,
                            .x_row = stride * s->columns * C,
                            .x_pixel = stride * C,
                            .y_row = columns * patch,
                            .y_pixel = patch};
}

/* Patches of an image; what lies outside it is left as it is. */
static void gather(real *patch, const real *x, const conv_shape *s)
{
    for (size_t t = 0; t < s->k * s->k; t++) {
        size_t at[2];
        const kernel_picture where = tap(s, t / s->k, t % s->k, at);
        kernel_norm()->copy(patch + at[1], x + at[0], &where);
    }
}

static void scatter(real *dx, const real *patch, const conv_shape *s)
{
    for (size_t t = 0; t < s->k * s->k; t++) {
        size_t at[2];
        const kernel_picture where = tap(s, t / s->k, t % s->k, at);
        kernel_norm()->copy_adjoint(dx + at[0], patch + at[1], &where, true);
    }
}

void patches_forward(real *y, const real *x, const real *weight, const real *bias,
                     const conv_shape *s, real *scratch)
{
    arena a = arena_start(scratch);
    const scratch_memory m = cut(s, &a);
    const size_t pixels = conv_rows(s) * conv_columns(s), row = image_channels(s->out);
    arrange(m.w, weight, s);
    memset(m.patch, 0, pixels * patch_size(s) * sizeof *m.patch);
    memset(y, 0, s->n * pixels * row * sizeof *y);
    pixels_bias(y, row, bias, s->out, s->n * pixels);
    for (size_t i = 0; i < s->n; i++) {
        gather(m.patch, x + i * s->rows * s->columns * image_channels(s->in), s);
        pixels_forward(y + i * pixels * row, row, m.patch, patch_size(s), m.w, patch_size(s),
                       patch_size(s), s->out, pixels, m.pack);
    }
}

void patches_backward(real *dx, bool add, real *d_weight, real *d_bias, const real *dy,
                      const real *x, const real *weight, const conv_shape *s, real *scratch)
{
    arena a = arena_start(scratch);
    const scratch_memory m = cut(s, &a);
    const size_t pixels = conv_rows(s) * conv_columns(s), row = image_channels(s->out);
    const size_t size = s->rows * s->columns * image_channels(s->in), patch = patch_size(s);
    arrange(m.w, weight, s);
    memset(m.patch, 0, pixels * patch * sizeof *m.patch);
    memset(m.dw, 0, s->out * patch * sizeof *m.dw);
    if (dx && !add) memset(dx, 0, s->n * size * sizeof *dx);
    for (size_t i = 0; i < s->n; i++) {
        const real *const dy_i = dy + i * pixels * row;
        gather(m.patch, x + i * size, s);
        pixels_backward_weight(m.dw, patch, dy_i, row, m.patch, patch, patch, s->out, pixels,
                               m.pack);
        if (!dx) continue;
        memset(m.d_patch, 0, pixels * patch * sizeof *m.d_patch);
        pixels_backward_input(m.d_patch, patch, dy_i, row, m.w, patch, patch, s->out, pixels,
                              m.pack);
        scatter(dx + i * size, m.d_patch, s);
    }
    pixels_backward_bias(d_bias, dy, row, s->out, s->n * pixels, m.sum);
    arrange_backward(d_weight, m.dw, s);
}
