/* kernel_gemm.c -- matrix products and what is fused to them, for one instruction set.
 *
 * How a product is cut.  C is covered by tiles of ROWS x COLUMNS, whose sums live in registers while k
 * runs; every step of k multiplies ROWS numbers of A, each spread over a vector, by two vectors of B:
 *
 *               b[k][n .. n+COLUMNS)              COLUMNS = two vectors
 *     a[m][k] [ sum  sum ]
 *     ...     [ sum  sum ]                        2 ROWS sums, 2 ROWS multiply-adds,
 *     a[.][k] [ sum  sum ]                        2 vector loads, ROWS scalar loads
 *
 * A is read where it lies, whatever its strides.  The COLUMNS columns of B (a panel) must lie in
 * rows; when they do not, or stick out, they are packed into `pack` first.  A panel of B stays in
 * the first-level cache (DEPTH x COLUMNS) while all rows of A pass by. */
#include "net/kernel.h"

#include "net/vector.h"

enum {
#if defined(__AVX512F__)
    ROWS = 8, /* 32 registers: 16 sums */
#else
    ROWS = 6, /* 16 registers: 12 sums, 2 of B, 1 of A */
#endif
    COLUMNS = 2 * LANES,
    DEPTH = 256 /* of a piece of k */
};

/* C [rows, vectors] += A B over k < K; C *= scale at the end. */
typedef struct tile_job {
    real *c;
    const real *a, *b, *start, *scale;
    size_t c_row, a_row, a_col, b_row, K;
    bool fresh;
} tile_job;

/* rows and vectors are constants wherever this is inlined, so that the loops over them disappear. */
static inline __attribute__((always_inline)) void tile(const tile_job *j, const int rows,
                                                       const int vectors)
{
    const size_t a_row = j->a_row, a_col = j->a_col, b_row = j->b_row, c_row = j->c_row;
    const real *a = j->a, *b = j->b, *const start = j->start, *const scale = j->scale;
    real *const c = j->c;
    vector sum[ROWS][2];
    UNROLL
    for (int r = 0; r < rows; r++) {
        UNROLL
        for (int v = 0; v < vectors; v++) {
            const vector first = start ? all(start[r]) : all(0);
            sum[r][v] = j->fresh ? first : load(c + (size_t)r * c_row + v * LANES);
        }
    }
    for (size_t k = 0; k < j->K; k++, a += a_col, b += b_row) {
        vector b_k[2];
        UNROLL
        for (int v = 0; v < vectors; v++) b_k[v] = load(b + v * LANES);
        UNROLL
        for (int r = 0; r < rows; r++) {
            UNROLL
            for (int v = 0; v < vectors; v++) sum[r][v] += a[(size_t)r * a_row] * b_k[v];
        }
    }
    UNROLL
    for (int r = 0; r < rows; r++) {
        UNROLL
        for (int v = 0; v < vectors; v++) {
            const size_t at = (size_t)r * c_row + (size_t)v * LANES;
            store(c + at, scale ? sum[r][v] * load(scale + at) : sum[r][v]);
        }
    }
}

/* As many rows as one tile can take of those that are left: ROWS, 4, 2 or 1. */
static size_t any_tile(const tile_job *j, size_t left, size_t vectors)
{
    if (vectors == 2) {
        if (left >= ROWS) return tile(j, ROWS, 2), ROWS;
        if (left >= 4) return tile(j, 4, 2), 4;
        if (left >= 2) return tile(j, 2, 2), 2;
        return tile(j, 1, 2), 1;
    }
    if (left >= ROWS) return tile(j, ROWS, 1), ROWS;
    if (left >= 4) return tile(j, 4, 1), 4;
    if (left >= 2) return tile(j, 2, 1), 2;
    return tile(j, 1, 1), 1;
}

/* ---- What follows a product, while the tile is still in the cache ---- */

static void act_rows(real *y, real *slope, const real *z, size_t rows, size_t row, size_t columns,
                     act_kind kind)
{
    vector d;
    for (size_t r = 0; r < rows; r++)
        for (size_t n = 0; n < columns; n += LANES) {
            store(y + r * row + n, vector_act(load(z + r * row + n), &d, kind));
            if (slope) store(slope + r * row + n, d);
        }
}

/* ---- Transposition: 4 x 4 blocks of float by two rounds of exchanges ---- */

#ifdef NET_DOUBLE
static size_t transpose_blocks(real *y, size_t y_row, const real *x, size_t x_row, size_t rows)
{
    (void)y, (void)y_row, (void)x, (void)x_row, (void)rows;
    return 0;
}
#else
typedef float four __attribute__((vector_size(16)));
typedef float four_unaligned __attribute__((vector_size(16), aligned(4), may_alias));

/* Columns 0..3 of as many whole blocks of rows as there are; returns the rows done. */
static size_t transpose_blocks(real *y, size_t y_row, const real *x, size_t x_row, size_t rows)
{
    size_t i = 0;
    for (; i + 4 <= rows; i += 4) {
        const four a = *(const four_unaligned *)(x + i * x_row);
        const four b = *(const four_unaligned *)(x + (i + 1) * x_row);
        const four c = *(const four_unaligned *)(x + (i + 2) * x_row);
        const four d = *(const four_unaligned *)(x + (i + 3) * x_row);
        const four ac = __builtin_shufflevector(a, c, 0, 4, 1, 5); /* a0 c0 a1 c1 */
        const four bd = __builtin_shufflevector(b, d, 0, 4, 1, 5);
        const four AC = __builtin_shufflevector(a, c, 2, 6, 3, 7); /* a2 c2 a3 c3 */
        const four BD = __builtin_shufflevector(b, d, 2, 6, 3, 7);
        *(four_unaligned *)(y + i) = __builtin_shufflevector(ac, bd, 0, 4, 1, 5);
        *(four_unaligned *)(y + y_row + i) = __builtin_shufflevector(ac, bd, 2, 6, 3, 7);
        *(four_unaligned *)(y + 2 * y_row + i) = __builtin_shufflevector(AC, BD, 0, 4, 1, 5);
        *(four_unaligned *)(y + 3 * y_row + i) = __builtin_shufflevector(AC, BD, 2, 6, 3, 7);
    }
    return i;
}
#endif

static void transpose(real *y, size_t y_row, const real *x, size_t x_row, size_t rows,
                      size_t columns)
{
    for (size_t j = 0; j < columns; j++) {
        size_t i = 0;
        if (j % 4 == 0 && j + 4 <= columns)
            i = transpose_blocks(y + j * y_row, y_row, x + j, x_row, rows);
        const size_t last = i > 0 ? j + 4 : j + 1;
        for (; i < rows; i++)
            for (size_t q = j; q < last; q++) y[q * y_row + i] = x[i * x_row + q];
        j = last - 1;
    }
}

/* ---- The product ---- */

/* Columns n .. n+columns-1 of B in rows of COLUMNS; what stands beside them is computed along and
 * thrown away. */
static void pack_panel(const kernel_product *p, size_t k, size_t depth, size_t n, size_t columns)
{
    const real *b = p->b + k * p->b_row + n * p->b_col;
    if (p->b_row == 1) {
        transpose(p->pack, COLUMNS, b, p->b_col, columns, depth);
        return;
    }
    for (size_t i = 0; i < depth; i++)
        for (size_t q = 0; q < columns; q++)
            p->pack[i * COLUMNS + q] = b[i * p->b_row + q * p->b_col];
}

/* A tile whose columns stick out of C: computed aside, its part copied. */
static size_t edge_tile(const tile_job *j, size_t left, size_t columns)
{
    real aside[ROWS * COLUMNS] = {0};
    const size_t rows = left < ROWS ? left : ROWS;
    tile_job k = *j;
    k.c = aside;
    k.c_row = COLUMNS;
    for (size_t r = 0; r < rows; r++)
        memcpy(aside + r * COLUMNS, j->c + r * j->c_row, columns * sizeof(real));
    const size_t done = any_tile(&k, left, columns > LANES ? 2 : 1);
    for (size_t r = 0; r < done; r++)
        memcpy(j->c + r * j->c_row, aside + r * COLUMNS, columns * sizeof(real));
    return done;
}

/* All rows of C for one panel of B and one piece of k. */
static void panel(const kernel_product *p, const kernel_ends *ends, size_t k, size_t depth,
                  size_t n, size_t columns)
{
    const bool whole = columns % LANES == 0, direct = whole && p->b_col == 1;
    const bool last = k + depth == p->K;
    if (!direct) pack_panel(p, k, depth, n, columns);
    tile_job j = {.b = direct ? p->b + k * p->b_row + n : p->pack,
                  .b_row = direct ? p->b_row : COLUMNS,
                  .c_row = p->c_row,
                  .a_row = p->a_row,
                  .a_col = p->a_col,
                  .K = depth,
                  .fresh = ends->fresh && k == 0};
    for (size_t m = 0, done; m < p->M; m += done) {
        const size_t at = m * p->c_row + n;
        real *const c = j.c = p->c + at;
        j.scale = last && ends->scale ? ends->scale + at : NULL;
        j.a = p->a + m * p->a_row + k * p->a_col;
        j.start = ends->start ? ends->start + m : NULL;
        done = whole ? any_tile(&j, p->M - m, columns / LANES) : edge_tile(&j, p->M - m, columns);
        if (last && ends->activate)
            act_rows(c, ends->slope ? ends->slope + at : NULL, c, done, p->c_row, columns,
                     ends->act);
    }
}

static void product(const kernel_product *p, const kernel_ends *ends)
{
    for (size_t n = 0; n < p->N; n += COLUMNS)
        for (size_t k = 0, depth; k < p->K; k += depth) {
            depth = p->K - k < DEPTH ? p->K - k : DEPTH;
            panel(p, ends, k, depth, n, p->N - n < COLUMNS ? p->N - n : COLUMNS);
        }
}

static void act(real *y, real *slope, const real *z, size_t n, act_kind kind)
{
    const size_t whole = n - n % LANES, left = n - whole;
    real in[LANES] = {0}, out[LANES], d[LANES];
    act_rows(y, slope, z, 1, 0, whole, kind);
    if (left == 0) return;
    memcpy(in, z + whole, left * sizeof(real));
    act_rows(out, d, in, 1, 0, LANES, kind);
    memcpy(y + whole, out, left * sizeof(real));
    if (slope) memcpy(slope + whole, d, left * sizeof(real));
}

const kernel_gemm_table KERNEL_TABLE = {ROWS, COLUMNS, product, act, transpose};
