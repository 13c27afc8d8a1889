/* gemm.h -- products of matrices, any strides: the naive one to read, the fast one to use.
 *
 *     C += A B      C [M,N], A [M,K], B [K,N]
 *     C[m][n] = c[m c_row + n],   A[m][k] = a[m a_row + k a_col],   B[k][n] = b[k b_row + n b_col]
 *
 * A transposed matrix is one with its strides exchanged.  Every element is one sum over k in the
 * order k = 0..K-1 that starts from the element's old value; so it depends on neither M nor N nor its
 * place in C. */
#ifndef NET_GEMM_H
#define NET_GEMM_H

#include <stddef.h>

#include "net/real.h"

/* The readable twin of gemm: three loops. */
void gemm_naive(real *c, size_t c_row, const real *a, size_t a_row, size_t a_col, const real *b,
                size_t b_row, size_t b_col, size_t M, size_t N, size_t K);

/* Reals of scratch memory that gemm needs, whatever the sizes. */
enum { GEMM_PACK = 256 * 32 };

/* The same, fast; K >= 1.
 * Args  pack  [GEMM_PACK]; C must not overlap A, B or pack. */
void gemm(real *c, size_t c_row, const real *a, size_t a_row, size_t a_col, const real *b,
          size_t b_row, size_t b_col, size_t M, size_t N, size_t K, real *pack);

#endif
