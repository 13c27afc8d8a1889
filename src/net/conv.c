/* conv.c -- the naive convolution. */
#include "net/conv.h"

#include <stdbool.h>

static size_t pad(const conv_shape *s)
{
    return (s->k - 1) / 2;
}

size_t conv_rows(const conv_shape *s)
{
    return (s->rows + 2 * pad(s) - s->k) / s->stride + 1;
}

size_t conv_columns(const conv_shape *s)
{
    return (s->columns + 2 * pad(s) - s->k) / s->stride + 1;
}

/* One multiplication of the formula: where it finds its three factors. */
typedef struct place {
    size_t x, w, y;
} place;

/* Where tap (u, v) of output pixel (i, j) reads; false: outside the image. */
static bool tap(const conv_shape *s, place *at, size_t b, size_t o, size_t c, size_t i, size_t j,
                size_t u, size_t v)
{
    const size_t row = s->stride * i + u, column = s->stride * j + v;
    if (row < pad(s) || row >= s->rows + pad(s)) return false;
    if (column < pad(s) || column >= s->columns + pad(s)) return false;
    at->x = ((b * s->in + c) * s->rows + row - pad(s)) * s->columns + column - pad(s);
    at->w = ((o * s->in + c) * s->k + u) * s->k + v;
    return true;
}

void conv_naive_forward(real *y, const real *x, const real *w, const real *b, const conv_shape *s)
{
    const size_t rows = conv_rows(s), columns = conv_columns(s);
    place at = {0};
    for (size_t n = 0; n < s->n; n++)
        for (size_t o = 0; o < s->out; o++)
            for (size_t i = 0; i < rows; i++)
                for (size_t j = 0; j < columns; j++, at.y++) {
                    y[at.y] = b[o];
                    for (size_t c = 0; c < s->in; c++)
                        for (size_t u = 0; u < s->k; u++)
                            for (size_t v = 0; v < s->k; v++)
                                if (tap(s, &at, n, o, c, i, j, u, v)) y[at.y] += w[at.w] * x[at.x];
                }
}

/* forward: y[at.y] = b[o] + sum of w[at.w] * x[at.x] */
void conv_naive_backward(real *dx, real *dw, real *db, const real *dy, const real *x, const real *w,
                         const conv_shape *s)
{
    const size_t rows = conv_rows(s), columns = conv_columns(s);
    place at = {0};
    for (size_t n = 0; n < s->n; n++)
        for (size_t o = 0; o < s->out; o++)
            for (size_t i = 0; i < rows; i++)
                for (size_t j = 0; j < columns; j++, at.y++) {
                    db[o] += dy[at.y];
                    for (size_t c = 0; c < s->in; c++)
                        for (size_t u = 0; u < s->k; u++)
                            for (size_t v = 0; v < s->k; v++) {
                                if (!tap(s, &at, n, o, c, i, j, u, v)) continue;
                                dw[at.w] += dy[at.y] * x[at.x];
                                if (dx) dx[at.x] += dy[at.y] * w[at.w];
                            }
                }
}
