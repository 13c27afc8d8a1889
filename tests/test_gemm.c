/* test_gemm.c -- the fast product against the naive one: all strides, odd sizes, every instruction set. */
#include "reals.h"

#include "net/gemm.h"
#include "net/kernel.h"

typedef struct matrix {
    real *x;
    size_t rows, columns, row, col, size;
} matrix;

/* [rows, columns] as it lies, or transposed, with gaps between rows and, sometimes, between numbers. */
static matrix matrix_of(size_t rows, size_t columns, counter_rng *rng)
{
    const bool transposed = counter_below(rng, 2);
    const size_t gap = counter_below(rng, 3) * counter_below(rng, 4);
    const size_t step = counter_below(rng, 4) ? 1 : 2;
    matrix m = {.rows = rows, .columns = columns};
    m.row = transposed ? step : step * columns + gap;
    m.col = transposed ? step * rows + gap : step;
    m.size = (transposed ? columns * m.col : rows * m.row);
    m.x = normals(m.size, rng);
    return m;
}

/* |A| |B| in every element: what the rounding errors are counted in. */
static double scale_of(const matrix *a, const matrix *b, size_t m, size_t n)
{
    double sum = 0.0;
    for (size_t k = 0; k < a->columns; k++)
        sum += fabs((double)(a->x[m * a->row + k * a->col] * b->x[k * b->row + n * b->col]));
    return sum;
}

static void compare_once(counter_rng *rng, real *pack)
{
    const size_t M = any_size(rng, 40), N = any_size(rng, 90);
    const size_t K = counter_below(rng, 8) ? any_size(rng, 70) : 250 + any_size(rng, 300);
    const matrix a = matrix_of(M, K, rng), b = matrix_of(K, N, rng);
    const size_t c_row = N + counter_below(rng, 3);
    real *fast = normals(M * c_row, rng), *slow = zeros(M * c_row);
    memcpy(slow, fast, M * c_row * sizeof *slow);
    gemm(fast, c_row, a.x, a.row, a.col, b.x, b.row, b.col, M, N, K, pack);
    gemm_naive(slow, c_row, a.x, a.row, a.col, b.x, b.row, b.col, M, N, K);
    for (size_t m = 0; m < M; m++)
        for (size_t n = 0; n < c_row; n++) {
            const double x = (double)fast[m * c_row + n], y = (double)slow[m * c_row + n];
            if (n >= N && x != y) fail_msg("the gap of row %zu was written", m);
            /* K + 1 roundings each, of partial sums below the sum of the sizes */
            const double bound =
                2.0 * (double)(K + 1) * real_epsilon * (4.0 + scale_of(&a, &b, m, n % N));
            if (!(fabs(x - y) <= bound))
                fail_msg("[%zu,%zu] of %zu x %zu x %zu: %g, naive %g", m, n, M, N, K, x, y);
        }
    free(a.x), free(b.x), free(fast), free(slow);
}

static void test_against_the_naive_product(void **state)
{
    (void)state;
    real *pack = zeros(GEMM_PACK);
    for (kernel_isa isa = KERNEL_BASELINE; isa < KERNEL_SETS; isa++) {
        counter_rng rng = counter_start(1, 1, isa, 0);
        if (kernel_limit(isa) != isa) continue; /* not on this machine */
        for (size_t i = 0; i < 400; i++) compare_once(&rng, pack);
    }
    kernel_limit(KERNEL_SETS - 1);
    free(pack);
}

/* An element is the same, to the last bit, wherever it stands and however large the matrices are;
 * and the sets with fused multiply-adds agree to the last bit. */
static void test_an_element_does_not_know_its_place(void **state)
{
    enum { M = 23, N = 67, K = 300 };
    (void)state;
    counter_rng rng = counter_start(2, 1, 0, 0);
    real *pack = zeros(GEMM_PACK), *a = normals(M * K, &rng), *b = normals(K * N, &rng);
    real *fused = NULL;
    for (kernel_isa isa = KERNEL_BASELINE; isa < KERNEL_SETS; isa++) {
        if (kernel_limit(isa) != isa) continue;
        real *c = zeros(M * N);
        gemm(c, N, a, K, 1, b, N, 1, M, N, K, pack);
        for (size_t i = 0; i < 200; i++) {
            const size_t m = counter_below(&rng, M), n = counter_below(&rng, N);
            const size_t rows = 1 + counter_below(&rng, M - m),
                         columns = 1 + counter_below(&rng, N - n);
            real *part = zeros(rows * columns);
            gemm(part, columns, a + m * K, K, 1, b + n, N, 1, rows, columns, K, pack);
            assert_memory_equal(part, c + m * N + n, sizeof *part);
            assert_memory_equal(part + columns - 1, c + m * N + n + columns - 1, sizeof *part);
            free(part);
        }
        if (isa > KERNEL_BASELINE && fused) assert_memory_equal(c, fused, M * N * sizeof *c);
        if (isa > KERNEL_BASELINE && !fused)
            fused = c;
        else
            free(c);
    }
    kernel_limit(KERNEL_SETS - 1);
    free(fused), free(pack), free(a), free(b);
}

static void transpose_once(counter_rng *rng)
{
    const size_t rows = any_size(rng, 40), columns = any_size(rng, 40);
    const size_t x_row = columns + counter_below(rng, 3), y_row = rows + counter_below(rng, 3);
    real *x = normals(rows * x_row, rng), *y = zeros((columns + 4) * y_row);
    kernel_gemm()->transpose(y, y_row, x, x_row, rows, columns);
    for (size_t c = 0; c < columns + 4; c++)
        for (size_t r = 0; r < y_row; r++)
            assert_true(y[c * y_row + r] == (r < rows && c < columns ? x[r * x_row + c] : 0));
    free(x), free(y);
}

static void test_transpose(void **state)
{
    (void)state;
    for (kernel_isa isa = KERNEL_BASELINE; isa < KERNEL_SETS; isa++) {
        counter_rng rng = counter_start(3, 1, 0, 0);
        if (kernel_limit(isa) != isa) continue;
        for (size_t i = 0; i < 300; i++) transpose_once(&rng);
    }
    kernel_limit(KERNEL_SETS - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_the_naive_product),
        cmocka_unit_test(test_an_element_does_not_know_its_place),
        cmocka_unit_test(test_transpose),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
