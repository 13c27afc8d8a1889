/* dense.c -- the dense layer, forward and backward. */
#include "net/dense.h"

#include "net/gemm.h"
#include "net/kernel.h"

static size_t whole_vectors(size_t n)
{
    return (n + KERNEL_COLUMNS - 1) / KERNEL_COLUMNS * KERNEL_COLUMNS;
}

size_t dense_row(size_t n)
{
    const size_t row = whole_vectors(n);
    return row / KERNEL_COLUMNS % 2 == 0 ? row + KERNEL_COLUMNS : row;
}

/* z[o][s] = b[o] + sum_i w[o][i] x[i][s] */
static void affine(real *z, const real *x, const real *w, size_t in, size_t out, size_t n,
                   size_t row, real *pack, const kernel_ends *ends)
{
    const kernel_product p = {.c = z,
                              .c_row = row,
                              .a = w,
                              .a_row = in,
                              .a_col = 1,
                              .b = x,
                              .b_row = row,
                              .b_col = 1,
                              .M = out,
                              .N = whole_vectors(n),
                              .K = in,
                              .pack = pack};
    kernel_gemm()->product(&p, ends);
}

void dense_forward(real *y, const real *x, const real *w, const real *b, size_t in, size_t out,
                   size_t n, size_t row, real *pack)
{
    const kernel_ends ends = {.fresh = true, .start = b};
    affine(y, x, w, in, out, n, row, pack, &ends);
}

void dense_act_forward(real *y, real *slope, const real *x, const real *w, const real *b,
                       act_kind kind, size_t in, size_t out, size_t n, size_t row, real *pack)
{
    const kernel_ends ends = {
        .fresh = true, .start = b, .activate = true, .act = kind, .slope = slope};
    affine(y, x, w, in, out, n, row, pack, &ends);
}

/* forward: z[o][s] = b[o] + sum_i w[o][i] x[i][s] */
void dense_backward_weight(real *dw, real *db, const real *dy, const real *x, size_t in, size_t out,
                           size_t n, size_t row, real *pack)
{
    kernel_flat()->row_sums(db, dy, out, row, n);
    gemm(dw, in, dy, row, 1, x, 1, row, out, in, n, pack);
}

/* forward: z[o][s] = b[o] + sum_i w[o][i] x[i][s],  x[i][s] = act(z_before[i][s]) */
void dense_backward_input(real *dx, const real *slope, const real *dy, const real *w, size_t in,
                          size_t out, size_t n, size_t row, real *pack)
{
    const kernel_ends ends = {.fresh = true, .scale = slope};
    const kernel_product p = {.c = dx,
                              .c_row = row,
                              .a = w,
                              .a_row = 1,
                              .a_col = in,
                              .b = dy,
                              .b_row = row,
                              .b_col = 1,
                              .M = in,
                              .N = whole_vectors(n),
                              .K = out,
                              .pack = pack};
    kernel_gemm()->product(&p, &ends);
}
