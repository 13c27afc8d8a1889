/* kernel_planes.c -- the products of Winograd's method, for one instruction set.
 *
 * Plane by plane, C (+)= A B with matrices that are small and contiguous, so that they need no packing: a block
 * of ROWS x 2 vectors of C stays in registers while k runs (kernel_gemm.c has the same block in a
 * general product).  The rows are cut into blocks of nearly the same size. */
#include "net/kernel_image.h"

#include "net/vector.h"

#define INLINE static inline __attribute__((always_inline))

enum {
#if defined(__AVX512F__)
    ROWS = 8
#else
    ROWS = 6
#endif
};

typedef struct block_job {
    real *c;
    const real *a, *b;
    size_t c_row, a_row, a_col, b_row, K;
    bool add;
} block_job;

INLINE void block(const block_job *j, const int rows, const int vectors)
{
    const size_t a_row = j->a_row, a_col = j->a_col, b_row = j->b_row, c_row = j->c_row;
    const real *a = j->a, *b = j->b;
    real *const c = j->c;
    vector sum[8][2];
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++)
#pragma GCC unroll 2
        for (int v = 0; v < vectors; v++)
            sum[r][v] = j->add ? load(c + (size_t)r * c_row + v * LANES) : all(0);
    for (size_t k = 0; k < j->K; k++, a += a_col, b += b_row) {
        vector b_k[2];
#pragma GCC unroll 2
        for (int v = 0; v < vectors; v++) b_k[v] = load(b + v * LANES);
#pragma GCC unroll 8
        for (int r = 0; r < rows; r++)
#pragma GCC unroll 2
            for (int v = 0; v < vectors; v++) sum[r][v] += a[(size_t)r * a_row] * b_k[v];
    }
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++)
#pragma GCC unroll 2
        for (int v = 0; v < vectors; v++) store(c + (size_t)r * c_row + v * LANES, sum[r][v]);
}

INLINE void any_block(const block_job *j, size_t rows, const int vectors)
{
    switch (rows) {
    case 1: block(j, 1, vectors); return;
    case 2: block(j, 2, vectors); return;
    case 3: block(j, 3, vectors); return;
    case 4: block(j, 4, vectors); return;
    case 5: block(j, 5, vectors); return;
#if defined(__AVX512F__)
    case 6: block(j, 6, vectors); return;
    case 7: block(j, 7, vectors); return;
#endif
    default: block(j, ROWS, vectors); return;
    }
}

/* C [M,N] (+)= A B over K; the rows in blocks of nearly the same size. */
static void plane_product(block_job *j, size_t M, size_t N)
{
    const size_t blocks = (M + ROWS - 1) / ROWS;
    real *const c = j->c;
    const real *const a = j->a, *const b = j->b;
    for (size_t n = 0; n < N; n += 2 * LANES) {
        const bool both = n + LANES < N;
        j->b = b + n;
        for (size_t i = 0, m = 0; i < blocks; i++) {
            const size_t rows = M * (i + 1) / blocks - m;
            j->c = c + m * j->c_row + n;
            j->a = a + m * j->a_row;
            if (both)
                any_block(j, rows, 2);
            else
                any_block(j, rows, 1);
            m += rows;
        }
    }
}

/* The tiles of plane (i, j), in up to two ranges: kinds 0 (whole), 1 (short rows of pixels), 2 (short
 * columns), 3 (both); those that are short across leave out i = 4, or j = 4. */
typedef struct range {
    size_t first, n;
} range;

static void ranges_of(const kernel_planes *p, size_t plane, range r[2])
{
    const size_t *n = p->tiles;
    const bool i = plane / 6 == 4, j = plane % 6 == 4;
    r[0] = (range){0, n[0] + (j ? 0 : n[1]) + (i || j ? 0 : n[2] + n[3])};
    r[1] = (range){n[0] + n[1], j && !i ? n[2] : 0};
}

static void multiply(const kernel_planes *p)
{
    for (size_t i = 0; i < KERNEL_PLANES; i++) {
        range r[2];
        ranges_of(p, i, r);
        for (size_t k = 0; k < 2; k++) {
            block_job j = {.c = p->c + i * p->c_plane + r[k].first * p->out,
                           .a = p->a + i * p->a_plane + r[k].first * p->in,
                           .b = p->b + i * p->b_plane,
                           .c_row = p->out,
                           .a_row = p->in,
                           .a_col = 1,
                           .b_row = p->out,
                           .K = p->in,
                           .add = p->add};
            plane_product(&j, r[k].n, p->out);
        }
    }
}

static void multiply_adjoint(const kernel_planes *p)
{
    for (size_t i = 0; i < KERNEL_PLANES; i++) {
        range r[2];
        ranges_of(p, i, r);
        for (size_t k = 0; k < 2 && (k == 0 || r[k].n > 0); k++) {
            block_job j = {.c = p->c + i * p->c_plane,
                           .a = p->a + i * p->a_plane + r[k].first * p->in,
                           .b = p->b + i * p->b_plane + r[k].first * p->out,
                           .c_row = p->out,
                           .a_row = 1,
                           .a_col = p->in,
                           .b_row = p->out,
                           .K = r[k].n,
                           .add = p->add || k > 0};
            plane_product(&j, p->in, p->out);
        }
    }
}

const kernel_planes_table KERNEL_TABLE = {multiply, multiply_adjoint};
