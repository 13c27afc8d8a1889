/* kernel.h -- the inner loops, compiled for several instruction sets and chosen when the program runs.
 *
 * kernel_gemm.c and kernel_flat.c are compiled once per instruction set (Makefile, KERNEL_SETS), and
 * each time leave one table of functions.  The first call chooses the widest set that this processor
 * has; so a binary that is copied to an older machine still runs.  The environment variable
 * DDPM_ISA=baseline|avx2|avx512 chooses a narrower one. */
#ifndef NET_KERNEL_H
#define NET_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

#include "net/act.h"
#include "net/real.h"

enum { KERNEL_COLUMNS = 16 }; /* a multiple of the reals in a vector of any set */

/* Where a product C = A B begins and what follows it.  With activate or scale, N must be a multiple of
 * KERNEL_COLUMNS. */
typedef struct kernel_ends {
    bool fresh;        /* C starts from `start` (else from its old values) */
    const real *start; /* [M] the first value of every row; NULL: 0 */
    bool activate;     /* C = act(C), and slope = act'(C) */
    act_kind act;
    real *slope;       /* as C, or NULL */
    const real *scale; /* as C, or NULL: C = C scale, elementwise */
} kernel_ends;

/* The arguments of gemm.h; K >= 1. */
typedef struct kernel_product {
    real *c;
    const real *a, *b;
    size_t c_row, a_row, a_col, b_row, b_col, M, N, K;
    real *pack;
} kernel_product;

/* The numbers of an Adam step (adam.h), as the inner loop uses them. */
typedef struct kernel_adam {
    real rate, floor, keep_m, take_m, keep_v, take_v;
} kernel_adam;

typedef struct kernel_gemm_table {
    size_t rows, columns; /* of the tile that is held in registers */
    void (*product)(const kernel_product *p, const kernel_ends *ends);
    void (*act)(real *y, real *slope, const real *z, size_t n, act_kind kind);
    void (*transpose)(real *y, size_t y_row, const real *x, size_t x_row, size_t rows,
                      size_t columns); /* y[j y_row + i] = x[i x_row + j], i < rows, j < columns */
} kernel_gemm_table;

typedef struct kernel_flat_table {
    void (*adam)(real *theta, real *m, real *v, const real *grad, size_t n, const kernel_adam *k);
    void (*mix)(real *y, const real *x, size_t n, real keep, real take); /* y = keep y + take x */
    void (*scale)(real *y, size_t n, real factor);
    double (*square)(const real *x, size_t n); /* sum of x^2 */
    /* sum[i] = part[0][i] + ... + part[parts-1][i] for at <= i < at + n; returns the sum of squares */
    double (*gather)(real *sum, const real *const *part, size_t parts, size_t at, size_t n);
    /* sum[r] += x[r row] + ... + x[r row + n - 1] */
    void (*row_sums)(real *sum, const real *x, size_t rows, size_t row, size_t n);
} kernel_flat_table;

typedef enum kernel_isa { KERNEL_BASELINE, KERNEL_AVX2, KERNEL_AVX512, KERNEL_SETS } kernel_isa;

/* The tables in use. */
const kernel_gemm_table *kernel_gemm(void);
const kernel_flat_table *kernel_flat(void);

/* The instruction set in use, and its name: "baseline", "avx2" (with FMA) or "avx512". */
kernel_isa kernel_in_use(void);
const char *kernel_name(kernel_isa isa);

/* From now on use no wider set than this (for tests; not while another thread computes).
 * Returns  the set that will be used. */
kernel_isa kernel_limit(kernel_isa isa);

#endif
