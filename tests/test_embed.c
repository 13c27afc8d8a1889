/* test_embed.c -- time embeddings: their formulas, and that no two times look alike. */
#include "reals.h"

#include "net/embed.h"

/* Squared distance, or any number above `enough` as soon as that is clear. */
static double distance2(const real *a, const real *b, size_t n, double enough)
{
    double sum = 0.0;
    for (size_t i = 0; i < n && sum <= enough; i++) sum += pow((double)(a[i] - b[i]), 2);
    return sum;
}

/* The smallest distance between the rows of two different times, root mean square over the row. */
static double closest(const real *table, size_t T, size_t size)
{
    double least = HUGE_VAL;
    for (size_t t = 1; t <= T; t++)
        for (size_t u = 1; u < t; u++)
            least = fmin(least, distance2(table + t * size, table + u * size, size, least));
    return sqrt(least / (double)size);
}

/* Angles w t and w u: |(sin, cos)(w t) - (sin, cos)(w u)|^2 = 2 - 2 cos(w (t - u)).  So the distance
 * of two times is a function of their difference.  The largest deviation from that. */
static double unsteadiness(const real *table, size_t T, size_t size)
{
    double worst = 0.0;
    for (size_t gap = 1; gap < T; gap += 1 + gap / 3) {
        const double first = distance2(table + size, table + (1 + gap) * size, size, HUGE_VAL);
        for (size_t t = 1; t + gap <= T; t++) {
            const double d = distance2(table + t * size, table + (t + gap) * size, size, HUGE_VAL);
            worst = fmax(worst, fabs(d - first) / (double)size);
        }
    }
    return worst;
}

static void test_sinusoidal_formula(void **state)
{
    enum { T = 1000, SIZE = 128, H = SIZE / 2 };
    (void)state;
    real *table = embed_alloc(EMBED_SINUSOIDAL, T, SIZE);
    assert_non_null(table);
    for (size_t t = 0; t <= T; t += 37)
        for (size_t j = 0; j < H; j++) {
            /* at most 1000 radians, exact to a few units in the last place of 1000 */
            const double angle = (double)t * pow(10000.0, -(double)j / (H - 1));
            assert_true(fabs((double)table[t * SIZE + j] - sin(angle)) < (double)FLT_EPSILON);
            assert_true(fabs((double)table[t * SIZE + H + j] - cos(angle)) < (double)FLT_EPSILON);
        }
    embed_free(table);
}

/* With one frequency it is 1. */
static void test_two_numbers(void **state)
{
    (void)state;
    real *table = embed_alloc(EMBED_SINUSOIDAL, 9, 2);
    for (size_t t = 0; t < 10; t++) {
        assert_true(fabs((double)table[2 * t] - sin((double)t)) < (double)FLT_EPSILON);
        assert_true(fabs((double)table[2 * t + 1] - cos((double)t)) < (double)FLT_EPSILON);
    }
    embed_free(table);
}

/* sin and cos of one angle, which is proportional to t/T; the frequencies are 16 normal numbers. */
static void test_fourier_formula(void **state)
{
    enum { T = 400, SIZE = 2000, H = SIZE / 2 };
    (void)state;
    real *table = embed_alloc(EMBED_FOURIER, T, SIZE);
    real *half = embed_alloc(EMBED_FOURIER, T / 2, SIZE);
    double sum = 0.0, square = 0.0;
    /* checkpoints do not hold the frequencies: they must never change */
    const double first[] = {-8.041079, -11.398466, -1.903566, -13.491724};
    for (size_t j = 0; j < H; j++) {
        const double s = (double)table[SIZE + j], c = (double)table[SIZE + H + j];
        const double turns = atan2(s, c) / (2.0 * acos(-1.0)) * T; /* below T/2 = 200 = 12 sigma */
        if (j < 4) assert_true(fabs(turns - first[j]) < 1e-4);
        sum += turns / 16.0;
        square += turns * turns / 256.0;
        for (size_t t = 0; t <= T; t += 19) {
            const double angle = atan2(s, c) * (double)t;
            assert_true(fabs((double)table[t * SIZE + j] - sin(angle)) < 1e-7 * (2.0 + (double)t));
            assert_true(fabs((double)table[t * SIZE + H + j] - cos(angle)) <
                        1e-7 * (2.0 + (double)t));
        }
        /* the same numbers at the same t/T */
        assert_true(fabsf(half[50 * SIZE + j] - table[100 * SIZE + j]) <= FLT_EPSILON);
    }
    assert_true(fabs(sum) < 6.0 * sqrt(H) && fabs(square - H) < 6.0 * sqrt(2.0 * H));
    embed_free(table), embed_free(half);
}

/* Neighbours are the closest pair.  Sinusoidal: the fast frequencies tell them apart, whatever T is;
 * the sum of 2 - 2 cos(w_j) over w_j = 10000^(-j/(h-1)) is 0.029 per number for 64 frequencies.
 * Fourier: about 2 pi 16/T radians apart, 71/T per number. */
static double least_distance(embed_kind kind, size_t T)
{
    return kind == EMBED_SINUSOIDAL ? 0.17 : fmin(0.7, 55.0 / (double)T);
}

static void test_no_two_times_look_alike(void **state)
{
    static const size_t times[] = {2, 10, 50, 1000, 4000};
    (void)state;
    for (size_t i = 0; i < 5; i++)
        for (size_t size = 32; size <= 128; size *= 2)
            for (embed_kind kind = EMBED_SINUSOIDAL; kind < EMBED_LEARNED; kind++) {
                real *table = embed_alloc(kind, times[i], size);
                assert_true(closest(table, times[i], size) >= least_distance(kind, times[i]));
                embed_free(table);
            }
}

static void test_distances_are_those_of_time(void **state)
{
    (void)state;
    for (embed_kind kind = EMBED_SINUSOIDAL; kind < EMBED_LEARNED; kind++) {
        real *table = embed_alloc(kind, 500, 64);
        assert_true(unsteadiness(table, 500, 64) < 10.0 * real_epsilon);
        embed_free(table);
    }
}

/* The mistake of a public course: rows are taken for columns.  Even t get sin(t w); odd t get the
 * cosine of what stands there, counted from the other end: cos(sin((T+1-t) w)).  Both tests see it. */
static void test_reversed_odd_times_are_noticed(void **state)
{
    enum { T = 1000, SIZE = 128, H = SIZE / 2 };
    (void)state;
    real *table = zeros((T + 1) * SIZE);
    for (size_t t = 1; t <= T; t++)
        for (size_t j = 0; j < SIZE; j++) {
            const double w = pow(10000.0, -(double)(j % H) / (H - 1)), s = t % 2 ? T + 1 - t : t;
            table[t * SIZE + j] = (real)(t % 2 ? cos(sin(s * w)) : sin(s * w));
        }
    assert_true(closest(table, T, SIZE) < 0.9 * least_distance(EMBED_SINUSOIDAL, T));
    assert_true(unsteadiness(table, T, SIZE) > 0.1);
    free(table);
}

/* A row that does not depend on t at all. */
static void test_a_constant_is_noticed(void **state)
{
    (void)state;
    real *table = zeros(21 * 16);
    assert_true(closest(table, 20, 16) == 0.0);
    free(table);
}

static void test_refused(void **state)
{
    (void)state;
    assert_null(embed_alloc(EMBED_LEARNED, 10, 8));
    assert_null(embed_alloc(EMBED_KINDS, 10, 8));
    assert_null(embed_alloc(EMBED_FOURIER, 0, 8));
    assert_null(embed_alloc(EMBED_SINUSOIDAL, 10, 0));
    assert_null(embed_alloc(EMBED_SINUSOIDAL, 10, 7));
    assert_null(embed_alloc(EMBED_SINUSOIDAL, SIZE_MAX - 1, 2));
    assert_null(embed_alloc(EMBED_SINUSOIDAL, SIZE_MAX, 2));
    assert_null(
        embed_alloc(EMBED_SINUSOIDAL, SIZE_MAX / sizeof(real) / 2, 2)); /* 0 bytes modulo 2^64 */
    embed_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sinusoidal_formula),
        cmocka_unit_test(test_two_numbers),
        cmocka_unit_test(test_fourier_formula),
        cmocka_unit_test(test_no_two_times_look_alike),
        cmocka_unit_test(test_distances_are_those_of_time),
        cmocka_unit_test(test_reversed_odd_times_are_noticed),
        cmocka_unit_test(test_a_constant_is_noticed),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
