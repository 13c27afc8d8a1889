/* gemm.c -- products of matrices. */
#include "net/gemm.h"

#include "net/kernel.h"

void gemm_naive(real *c, size_t c_row, const real *a, size_t a_row, size_t a_col, const real *b,
                size_t b_row, size_t b_col, size_t M, size_t N, size_t K)
{
    for (size_t m = 0; m < M; m++)
        for (size_t k = 0; k < K; k++)
            for (size_t n = 0; n < N; n++)
                c[m * c_row + n] += a[m * a_row + k * a_col] * b[k * b_row + n * b_col];
}

void gemm(real *c, size_t c_row, const real *a, size_t a_row, size_t a_col, const real *b,
          size_t b_row, size_t b_col, size_t M, size_t N, size_t K, real *pack)
{
    const kernel_product p = {.c = c,
                              .a = a,
                              .b = b,
                              .c_row = c_row,
                              .a_row = a_row,
                              .a_col = a_col,
                              .b_row = b_row,
                              .b_col = b_col,
                              .M = M,
                              .N = N,
                              .K = K,
                              .pack = pack};
    const kernel_ends add = {.fresh = false};
    kernel_gemm()->product(&p, &add);
}
