/* kernel_flat.c -- loops over flat arrays, for one instruction set.
 *
 * Compiled without contraction to fused multiply-adds: an element's value depends neither on where a
 * piece of the array begins nor on the instruction set.  The compiler makes the vectors. */
#include "net/kernel.h"

#include <math.h>

static void adam(real *restrict theta, real *restrict m, real *restrict v,
                 const real *restrict grad, size_t n, const kernel_adam *numbers)
{
    const kernel_adam k = *numbers;
    for (size_t i = 0; i < n; i++) {
        m[i] = k.keep_m * m[i] + k.take_m * grad[i];
        v[i] = k.keep_v * v[i] + k.take_v * (grad[i] * grad[i]);
#ifdef NET_DOUBLE
        theta[i] -= k.rate * m[i] / (sqrt(v[i]) + k.floor);
#else
        theta[i] -= k.rate * m[i] / (sqrtf(v[i]) + k.floor);
#endif
    }
}

static void mix(real *restrict y, const real *restrict x, size_t n, real keep, real take)
{
    for (size_t i = 0; i < n; i++) y[i] = keep * y[i] + take * x[i];
}

static void scale(real *y, size_t n, real factor)
{
    for (size_t i = 0; i < n; i++) y[i] *= factor;
}

/* Sums are made of sixteen partial sums, element i in number i mod 16, added up in order: so they are
 * the same for any width of the vectors that the compiler makes of them. */
enum { WIDE = 16 };
typedef real wide __attribute__((vector_size(WIDE * sizeof(real))));
typedef real wide_unaligned
    __attribute__((vector_size(WIDE * sizeof(real)), aligned(sizeof(real)), may_alias));
typedef double wide_double __attribute__((vector_size(WIDE * sizeof(double))));

static double square(const real *x, size_t n)
{
    const size_t whole = n - n % WIDE;
    wide_double part = {0};
    double sum = 0.0;
    for (size_t i = 0; i < whole; i += WIDE) {
        const wide_double y =
            __builtin_convertvector(*(const wide_unaligned *)(x + i), wide_double);
        part += y * y;
    }
    for (size_t i = whole; i < n; i++) part[i - whole] += (double)x[i] * (double)x[i];
    for (size_t j = 0; j < WIDE; j++) sum += part[j];
    return sum;
}

static double gather(real *sum, const real *const *part, size_t parts, size_t at, size_t n)
{
    const size_t whole = n - n % WIDE;
    for (size_t i = at; i < at + whole; i += WIDE) {
        wide s = *(const wide_unaligned *)(part[0] + i);
        for (size_t p = 1; p < parts; p++) s += *(const wide_unaligned *)(part[p] + i);
        *(wide_unaligned *)(sum + i) = s;
    }
    for (size_t i = at + whole; i < at + n; i++) {
        sum[i] = part[0][i];
        for (size_t p = 1; p < parts; p++) sum[i] += part[p][i];
    }
    return square(sum + at, n);
}

static void row_sums(real *sum, const real *x, size_t rows, size_t row, size_t n)
{
    const size_t whole = n - n % WIDE;
    for (size_t r = 0; r < rows; r++, x += row) {
        wide part = {0};
        for (size_t i = 0; i < whole; i += WIDE) part += *(const wide_unaligned *)(x + i);
        for (size_t i = whole; i < n; i++) part[i - whole] += x[i];
        real total = 0;
        for (size_t j = 0; j < WIDE; j++) total += part[j];
        sum[r] += total;
    }
}

const kernel_flat_table KERNEL_TABLE = {adam, mix, scale, square, gather, row_sums};
