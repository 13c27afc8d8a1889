/* test_attention.c -- attention: by hand, its gradient (test_attention_double.c), the fast version against the
 * naive one. */
#include "images.h"

#ifdef NET_DOUBLE
#include "gradients.h"
#endif
#include "net/attention.h"
#include "net/gemm.h"

/* Two pixels, one channel: P[p] = (1/(1 + e^d), ..) with d = q_p (k_1 - k_0). */
static void test_by_hand(void **state)
{
    const real qkv[] = {2, -1, (real)0.5, (real)0.25, 3, 7}; /* q, k, v */
    real y[2], P[4];
    (void)state;
    attention_naive_forward(y, P, qkv, 1, 1, 2);
    for (size_t p = 0; p < 2; p++) {
        const double second = 1.0 / (1.0 + exp((double)qkv[p] * 0.25));
        assert_true(fabs((double)P[2 * p + 1] - second) < 1e-6);
        assert_true(fabs((double)y[p] - (3.0 + 4.0 * second)) < 1e-5);
    }
}

/* qkv [n, 3 C, N] -> three batches of images side by side, [n, N, 3 C'], and back. */
static void beside(real *wide, real *qkv, size_t n, size_t C, size_t N, bool back)
{
    const size_t row = image_channels(C);
    for (size_t b = 0; b < n; b++)
        for (size_t j = 0; j < 3; j++)
            for (size_t c = 0; c < C; c++)
                for (size_t p = 0; p < N; p++) {
                    real *const a = &wide[((b * N + p) * 3 + j) * row + c];
                    real *const q = &qkv[((b * 3 + j) * C + c) * N + p];
                    *(back ? q : a) = *(back ? a : q);
                }
}

static void compare(counter_rng *rng)
{
    real *pack = zeros(GEMM_PACK);
    for (int i = 0; i < 50; i++) {
        const size_t n = any_size(rng, 3), C = any_size(rng, 40), N = any_size(rng, 50);
        const size_t row = image_channels(C), P_row = image_channels(N), Q = n * 3 * C * N;
        real *qkv = normals(Q, rng), *P = zeros(n * N * N), *y = zeros(n * C * N);
        real *dy = normals(n * C * N, rng), *dqkv = zeros(Q), *got = zeros(Q);
        real *wide = zeros(n * N * 3 * row), *d_wide = normals(n * N * 3 * row, rng);
        real *fast_P = normals(n * N * P_row, rng), *fast_y = normals(n * N * row, rng);
        real *fast_dy = to_image(dy, n, C, N), *dP = normals(N * P_row, rng);
        if (i % 10 == 0) /* scores that would overflow an exponential */
            for (size_t k = 0; k < n * 3 * C * N; k++) qkv[k] *= 30;
        attention_naive_forward(y, P, qkv, n, C, N);
        attention_naive_backward(dqkv, dy, P, qkv, n, C, N);
        beside(wide, qkv, n, C, N, false);
        attention_forward(fast_y, fast_P, wide, n, C, N, pack);
        attention_backward(d_wide, fast_dy, fast_P, wide, n, C, N, dP, pack);
        beside(d_wide, got, n, C, N, true);
        real *got_y = from_image(fast_y, n, C, N);
        const double tolerance = i % 10 == 0 ? 1e-2 : 1e-5; /* scores of 1000s: their rounding */
        assert_near("y", got_y, y, n * C * N, tolerance, 1);
        assert_near("dqkv", got, dqkv, Q, 10 * tolerance, size_of(dy, n * C * N));
        free(qkv), free(P), free(y), free(dy), free(dqkv), free(got), free(wide), free(d_wide);
        free(fast_P), free(fast_y), free(fast_dy), free(dP), free(got_y);
    }
    free(pack);
}

static void test_fast(void **state)
{
    (void)state;
    for_every_set(compare, 1);
}

#ifdef NET_DOUBLE
static double P[3 * 20 * 20];

static void attention_test_forward(layer_test *l)
{
    const size_t *s = l->shape;
    attention_naive_forward(l->y, P, l->x, s[0], s[1], s[2]);
}

static void attention_test_backward(layer_test *l)
{
    const size_t *s = l->shape;
    attention_naive_backward(l->d, l->c, P, l->x, s[0], s[1], s[2]);
}

static void test_naive_gradient(void **state)
{
    (void)state;
    counter_rng rng = counter_start(2, 1, 0, 0);
    for (int i = 0; i < 40; i++) {
        const size_t s[3] = {1 + (size_t)i % 3, any_size(&rng, 6), 2 + any_size(&rng, 10)};
        layer_test l = {
            .forward = attention_test_forward, .backward = attention_test_backward, .shape = s};
        l.n = s[0] * 3 * s[1] * s[2], l.m = s[0] * s[1] * s[2];
        check_layer(&l, &rng);
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),
#ifdef NET_DOUBLE
        cmocka_unit_test(test_naive_gradient),
#endif
        cmocka_unit_test(test_fast),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
