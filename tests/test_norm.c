/* test_norm.c -- group normalisation, SiLU and upsampling: gradients, and the fast versions against the naive
 * ones.  (test_norm_double.c: the same in double, with the gradients.) */
#include "images.h"

#ifdef NET_DOUBLE
#include "gradients.h"
#endif
#include "net/kernel_image.h"
#include "net/norm.h"
#include "net/norm_channels.h"
#include "net/resample.h"

static void test_groups(void **state)
{
    static const size_t right[][2] = {{1, 1},  {2, 2},  {7, 7},  {8, 8},  {9, 3},
                                      {11, 1}, {16, 8}, {20, 5}, {22, 2}, {64, 8}};
    (void)state;
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        assert_int_equal(norm_groups(right[i][0]), right[i][1]);
}

/* Every group of every image has mean 0 and variance 1 (nearly: epsilon) before gamma and beta. */
static void test_moments(void **state)
{
    enum { n = 3, C = 6, pixels = 35, groups = 2, m = C / groups * pixels };
    (void)state;
    counter_rng rng = counter_start(1, 1, 0, 0);
    real *x = normals(n * C * pixels, &rng), *z = zeros(n * C * pixels);
    const real gamma[C] = {1, 1, 1, 1, 1, 1}, beta[C] = {0};
    for (size_t i = 0; i < n * C * pixels; i++) x[i] = 5 + 3 * x[i];
    norm_naive_forward(z, x, gamma, beta, n, C, pixels, groups);
    for (size_t g = 0; g < n * groups; g++) {
        double sum = 0.0, square = 0.0;
        for (size_t i = 0; i < m; i++) {
            sum += (double)z[g * m + i];
            square += (double)z[g * m + i] * (double)z[g * m + i];
        }
        assert_true(fabs(sum / m) < 1e-6 && fabs(square / m - 1.0) < 1e-5);
    }
    free(x), free(z);
}

/* The fast pieces, put together for every image, with and without SiLU, in one part and in two. */
static void compare_norm(counter_rng *rng)
{
    for (int i = 0; i < 80; i++) {
        const bool silu = counter_below(rng, 2), add = counter_below(rng, 2);
        const size_t rows = 1 + any_size(rng, 9), columns = 1 + any_size(rng, 9),
                     n = any_size(rng, 3);
        const size_t N = rows * columns,
                     in[2] = {any_size(rng, 40), counter_below(rng, 2) ? any_size(rng, 20) : 0};
        const size_t C = in[0] + in[1], W = norm_width(in), groups = norm_groups(C),
                     all = n * C * N;
        real *x = normals(all, rng), *z = zeros(all), *y = zeros(all), *dy = normals(all, rng);
        real *dz = zeros(all), *dx = normals(all, rng), *gamma = normals(C, rng),
             *beta = normals(C, rng);
        real *dgamma = zeros(C), *dbeta = zeros(C), *fast_dgamma = zeros(C), *fast_dbeta = zeros(C);
        real *channels = normals(4 * W, rng), *sums = normals(2 * W, rng),
             *abc = normals(3 * W, rng);
        real *got_y = zeros(all), *got_dx = zeros(all);
        for (size_t k = 0; k < all; k++) x[k] = 2 + 3 * x[k];
        memcpy(got_dx, dx, all * sizeof *dx);
        norm_naive_forward(z, x, gamma, beta, n, C, N, groups);
        memcpy(y, z, all * sizeof *y), memcpy(dz, dy, all * sizeof *dz);
        if (silu) silu_naive_forward(y, z, all), silu_naive_backward(dz, dy, z, all);
        if (!add) memset(dx, 0, all * sizeof *dx);
        norm_naive_backward(dx, dgamma, dbeta, dz, x, gamma, n, C, N, groups);
        for (size_t b = 0; b < n; b++) {
            real *part[2], *d_part[2], *dx_part[2], *y_part[2];
            for (size_t q = 0; q < 2; q++) {
                const size_t at = (b * C + q * in[0]) * N;
                part[q] = to_image(x + at, 1, in[q], N), d_part[q] = to_image(dy + at, 1, in[q], N);
                dx_part[q] = to_image(got_dx + at, 1, in[q], N);
                y_part[q] = normals(image_size(1, in[q], N) + 1, rng);
            }
            norm_channels_forward(channels, (const real *const[]){part[0], part[1]}, in, gamma,
                                  beta, groups, N);
            kernel_picture s[2];
            kernel_norm_channels k[2];
            for (size_t q = 0, at = 0; q < 2; at += image_channels(in[q]), q++) {
                const size_t row = image_channels(in[q]);
                s[q] = (kernel_picture){rows, columns, row, columns * row, row, columns * row, row};
                k[q] = (kernel_norm_channels){channels + at, channels + W + at,
                                              channels + 2 * W + at, channels + 3 * W + at};
                kernel_norm()->forward(y_part[q], part[q], &k[q], &s[q], silu);
                kernel_norm()->backward(d_part[q], part[q], &k[q], &s[q], silu, sums + at,
                                        sums + W + at);
            }
            norm_channels_backward(abc, fast_dgamma, fast_dbeta, channels, sums, sums + W, gamma,
                                   in, groups, N);
            for (size_t q = 0, at = 0; q < 2; at += image_channels(in[q]), q++) {
                const size_t to = (b * C + q * in[0]) * N;
                kernel_norm()->backward_end(dx_part[q], d_part[q], part[q], abc + at, abc + W + at,
                                            abc + 2 * W + at, &s[q], add);
                real *back = from_image(y_part[q], 1, in[q], N);
                memcpy(got_y + to, back, in[q] * N * sizeof *back), free(back);
                back = from_image(dx_part[q], 1, in[q], N);
                memcpy(got_dx + to, back, in[q] * N * sizeof *back), free(back);
            }
            for (size_t q = 0; q < 2; q++)
                free(part[q]), free(d_part[q]), free(dx_part[q]), free(y_part[q]);
        }
        const double least = size_of(dy, all);
        assert_near("y", got_y, y, all, 1e-5, 1);
        assert_near("dx", got_dx, dx, all, 1e-4, least);
        assert_near("dgamma", fast_dgamma, dgamma, C, 1e-4, least);
        assert_near("dbeta", fast_dbeta, dbeta, C, 1e-4, least);
        free(x), free(z), free(y), free(dy), free(dz), free(dx), free(gamma), free(beta),
            free(dgamma);
        free(dbeta), free(fast_dgamma), free(fast_dbeta), free(channels), free(sums), free(abc);
        free(got_y), free(got_dx);
    }
}

static void test_norm(void **state)
{
    (void)state;
    for_every_set(compare_norm, 2);
}

static void compare_upsample(counter_rng *rng)
{
    for (int i = 0; i < 40; i++) {
        const size_t n = any_size(rng, 3), C = any_size(rng, 20), rows = any_size(rng, 7);
        const size_t columns = any_size(rng, 7), N = rows * columns, row = image_channels(C);
        const bool add = counter_below(rng, 2);
        const kernel_picture s = {rows, columns, row, columns * row, row, 2 * columns * row, row};
        real *x = normals(n * C * N, rng), *y = zeros(4 * n * C * N),
             *dy = normals(4 * n * C * N, rng);
        real *dx = normals(n * C * N, rng), *fast_dx = to_image(dx, n, C, N);
        real *fast_x = to_image(x, n, C, N), *fast_dy = to_image(dy, n, C, 4 * N);
        real *fast_y = normals(image_size(n, C, 4 * N), rng);
        if (!add) memset(dx, 0, n * C * N * sizeof *dx);
        upsample_naive_forward(y, x, n * C, rows, columns);
        upsample_naive_backward(dx, dy, n * C, rows, columns);
        for (size_t b = 0; b < n; b++) {
            kernel_norm()->double_up(fast_y + b * 4 * N * row, fast_x + b * N * row, &s);
            kernel_norm()->double_up_adjoint(fast_dx + b * N * row, fast_dy + b * 4 * N * row, &s,
                                             add);
        }
        real *got_y = from_image(fast_y, n, C, 4 * N), *got_dx = from_image(fast_dx, n, C, N);
        assert_memory_equal(got_y, y, 4 * n * C * N * sizeof *y);
        assert_near("dx", got_dx, dx, n * C * N, 1e-6, 1);
        free(x), free(y), free(dy), free(dx), free(fast_dx), free(fast_x), free(fast_dy),
            free(fast_y);
        free(got_y), free(got_dx);
    }
}

static void test_upsample(void **state)
{
    static const real x[] = {1, 2, 3, 4},
                      right[] = {1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4};
    real y[16];
    (void)state;
    upsample_naive_forward(y, x, 1, 2, 2);
    assert_memory_equal(y, right, sizeof y);
    for_every_set(compare_upsample, 3);
}

/* ---- Gradients of the naive versions ---- */

#ifdef NET_DOUBLE
static void norm_test_forward(layer_test *l)
{
    const size_t *s = l->shape, X = s[0] * s[1] * s[2];
    norm_naive_forward(l->y, l->x, l->x + X, l->x + X + s[1], s[0], s[1], s[2], s[3]);
}

static void norm_test_backward(layer_test *l)
{
    const size_t *s = l->shape, X = s[0] * s[1] * s[2];
    norm_naive_backward(l->d, l->d + X, l->d + X + s[1], l->c, l->x, l->x + X, s[0], s[1], s[2],
                        s[3]);
}

static void silu_test_forward(layer_test *l)
{
    silu_naive_forward(l->y, l->x, l->n);
}

static void silu_test_backward(layer_test *l)
{
    double *dz = zeros(l->n);
    silu_naive_backward(dz, l->c, l->x, l->n);
    for (size_t i = 0; i < l->n; i++) l->d[i] += dz[i];
    free(dz);
}

static void upsample_test_forward(layer_test *l)
{
    const size_t *s = l->shape;
    upsample_naive_forward(l->y, l->x, s[0], s[1], s[2]);
}

static void upsample_test_backward(layer_test *l)
{
    const size_t *s = l->shape;
    upsample_naive_backward(l->d, l->c, s[0], s[1], s[2]);
}

static void test_naive_gradients(void **state)
{
    (void)state;
    counter_rng rng = counter_start(4, 1, 0, 0);
    for (int i = 0; i < 30; i++) {
        const size_t C = any_size(&rng, 12), groups = norm_groups(C);
        const size_t s[4] = {1 + (size_t)i % 3, C, 3 + any_size(&rng, 9), groups};
        layer_test l = {.forward = norm_test_forward, .backward = norm_test_backward, .shape = s};
        l.m = s[0] * C * s[2], l.n = l.m + 2 * C;
        check_layer(&l, &rng);
        l = (layer_test){.forward = silu_test_forward, .backward = silu_test_backward};
        l.m = l.n = 2 + any_size(&rng, 50);
        check_layer(&l, &rng);
        const size_t u[3] = {any_size(&rng, 4), 1 + any_size(&rng, 5), any_size(&rng, 5)};
        l = (layer_test){
            .forward = upsample_test_forward, .backward = upsample_test_backward, .shape = u};
        l.n = u[0] * u[1] * u[2], l.m = 4 * l.n;
        check_layer(&l, &rng);
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_moments),
#ifdef NET_DOUBLE
        cmocka_unit_test(test_naive_gradients),
#endif
        cmocka_unit_test(test_norm),
        cmocka_unit_test(test_upsample),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
