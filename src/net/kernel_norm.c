/* kernel_norm.c -- normalisation, SiLU, copies and softmax on images, for one instruction set. */
#include "net/kernel_image.h"

#include "net/vector.h"

#define INLINE static inline __attribute__((always_inline))

enum { PARTS = 4 }; /* partial sums: pixel p goes to number p mod 4, for any width of the vectors */

INLINE void sum_of(real *sum, const real *x, const real *mean, size_t pixels, size_t row, size_t C)
{
    for (size_t c = 0; c < C; c += LANES) {
        const vector m = mean ? load(mean + c) : all(0);
        vector part[PARTS] = {all(0), all(0), all(0), all(0)};
        const real *at = x + c;
        size_t p = 0;
        for (; p + PARTS <= pixels; p += PARTS, at += PARTS * row)
#pragma GCC unroll 4
            for (int i = 0; i < PARTS; i++) {
                const vector d = load(at + (size_t)i * row) - m;
                part[i] += mean ? d * d : d;
            }
        for (; p < pixels; p++, at += row) {
            const vector d = load(at) - m;
            part[p % PARTS] += mean ? d * d : d;
        }
        store(sum + c, (part[0] + part[1]) + (part[2] + part[3]));
    }
}

static void sums(real *sum, const real *x, size_t pixels, size_t row, size_t C)
{
    sum_of(sum, x, NULL, pixels, row, C);
}

static void squares(real *sum, const real *x, const real *mean, size_t pixels, size_t row, size_t C)
{
    sum_of(sum, x, mean, pixels, row, C);
}

INLINE void forward_as(real *y, const real *x, const kernel_norm_channels *k,
                       const kernel_picture *s, const bool silu)
{
    vector slope;
    for (size_t c = 0; c < s->C; c += LANES) {
        const vector scale = load(k->scale + c), shift = load(k->shift + c);
        for (size_t i = 0; i < s->rows; i++) {
            const real *from = x + i * s->x_row + c;
            real *to = y + i * s->y_row + c;
            for (size_t j = 0; j < s->columns; j++, from += s->x_pixel, to += s->y_pixel) {
                const vector z = load(from) * scale + shift;
                store(to, silu ? vector_silu(z, &slope) : z);
            }
        }
    }
}

static void forward(real *y, const real *x, const kernel_norm_channels *k, const kernel_picture *s,
                    bool silu)
{
    if (silu)
        forward_as(y, x, k, s, true);
    else
        forward_as(y, x, k, s, false);
}

INLINE void backward_as(real *dy, const real *x, const kernel_norm_channels *k,
                        const kernel_picture *s, const bool silu, real *sum, real *sum_u)
{
    for (size_t c = 0; c < s->C; c += LANES) {
        const vector scale = load(k->scale + c), shift = load(k->shift + c);
        const vector mean = load(k->mean + c), inverse = load(k->inverse + c);
        vector s_1[2] = {all(0), all(0)}, s_u[2] = {all(0), all(0)};
        for (size_t i = 0; i < s->rows; i++) {
            const real *from = x + i * s->x_row + c;
            real *at = dy + i * s->y_row + c;
            for (size_t j = 0; j < s->columns; j++, from += s->x_pixel, at += s->y_pixel) {
                const vector value = load(from);
                vector slope, dz = load(at);
                if (silu) {
                    vector_silu(value * scale + shift, &slope);
                    dz *= slope;
                    store(at, dz);
                }
                s_1[j % 2] += dz;
                s_u[j % 2] += dz * (value - mean);
            }
        }
        store(sum + c, s_1[0] + s_1[1]);
        store(sum_u + c, (s_u[0] + s_u[1]) * inverse);
    }
}

static void backward(real *dy, const real *x, const kernel_norm_channels *k,
                     const kernel_picture *s, bool silu, real *sum, real *sum_u)
{
    if (silu)
        backward_as(dy, x, k, s, true, sum, sum_u);
    else
        backward_as(dy, x, k, s, false, sum, sum_u);
}

static void backward_end(real *dx, const real *dz, const real *x, const real *a, const real *b,
                         const real *c, const kernel_picture *s, bool add)
{
    for (size_t k = 0; k < s->C; k += LANES) {
        const vector a_k = load(a + k), b_k = load(b + k), c_k = load(c + k);
        for (size_t i = 0; i < s->rows; i++)
            for (size_t j = 0; j < s->columns; j++) {
                const size_t at = i * s->x_row + j * s->x_pixel + k;
                const vector d =
                    a_k * load(dz + i * s->y_row + j * s->y_pixel + k) + (b_k * load(x + at) + c_k);
                store(dx + at, add ? load(dx + at) + d : d);
            }
    }
}

static void copy(real *y, const real *x, const kernel_picture *s)
{
    for (size_t i = 0; i < s->rows; i++)
        for (size_t j = 0; j < s->columns; j++)
            for (size_t c = 0; c < s->C; c += LANES)
                store(y + i * s->y_row + j * s->y_pixel + c,
                      load(x + i * s->x_row + j * s->x_pixel + c));
}

static void copy_adjoint(real *dx, const real *dy, const kernel_picture *s, bool add)
{
    for (size_t i = 0; i < s->rows; i++)
        for (size_t j = 0; j < s->columns; j++)
            for (size_t c = 0; c < s->C; c += LANES) {
                real *const at = dx + i * s->x_row + j * s->x_pixel + c;
                const vector d = load(dy + i * s->y_row + j * s->y_pixel + c);
                store(at, add ? load(at) + d : d);
            }
}

static void double_up(real *y, const real *x, const kernel_picture *s)
{
    for (size_t i = 0; i < s->rows; i++)
        for (size_t j = 0; j < s->columns; j++)
            for (size_t c = 0; c < s->C; c += LANES) {
                const vector v = load(x + i * s->x_row + j * s->x_pixel + c);
                real *const at = y + 2 * (i * s->y_row + j * s->y_pixel) + c;
                store(at, v), store(at + s->y_pixel, v);
                store(at + s->y_row, v), store(at + s->y_row + s->y_pixel, v);
            }
}

static void double_up_adjoint(real *dx, const real *dy, const kernel_picture *s, bool add)
{
    for (size_t i = 0; i < s->rows; i++)
        for (size_t j = 0; j < s->columns; j++)
            for (size_t c = 0; c < s->C; c += LANES) {
                const real *const from = dy + 2 * (i * s->y_row + j * s->y_pixel) + c;
                const vector d = (load(from) + load(from + s->y_pixel)) +
                                 (load(from + s->y_row) + load(from + s->y_row + s->y_pixel));
                real *const at = dx + i * s->x_row + j * s->x_pixel + c;
                store(at, add ? load(at) + d : d);
            }
}

/* The last vector of a row may reach beyond its n numbers: it is computed along and not stored. */
INLINE vector load_some(const real *x, size_t n, real rest)
{
    real piece[LANES];
    for (size_t i = 0; i < LANES; i++) piece[i] = i < n ? x[i] : rest;
    return load(piece);
}

INLINE void store_some(real *x, size_t n, vector v)
{
    real piece[LANES];
    store(piece, v);
    for (size_t i = 0; i < LANES && i < n; i++) x[i] = piece[i];
}

static void softmax(real *s, size_t rows, size_t row, size_t n, real scale)
{
    for (size_t r = 0; r < rows; r++, s += row) {
        real most = s[0], sum = 0;
        for (size_t i = 1; i < n; i++) most = s[i] > most ? s[i] : most;
        for (size_t i = 0; i < n; i += LANES) {
            const vector d = clamp(scale * (load_some(s + i, n - i, most) - most), -87, 0);
            const split_exp e = vector_exp(d);
            store_some(s + i, n - i, times_two_n(1 + e.m, e.shift));
        }
        for (size_t i = 0; i < n; i++) sum += s[i];
        for (size_t i = 0; i < n; i++) s[i] /= sum;
    }
}

static void softmax_backward(real *dP, const real *P, size_t rows, size_t row, size_t n, real scale)
{
    for (size_t r = 0; r < rows; r++, dP += row, P += row) {
        real mean = 0;
        for (size_t i = 0; i < n; i++) mean += P[i] * dP[i];
        for (size_t i = 0; i < n; i++) dP[i] = scale * P[i] * (dP[i] - mean);
    }
}

const kernel_norm_table KERNEL_TABLE = {
    sums,      squares,      forward,           backward, backward_end,    copy,
    double_up, copy_adjoint, double_up_adjoint, softmax,  softmax_backward};
