/* test_adam.c -- Adam and the moving average in float, against the paper's lines in double. */
#include "reals.h"

#include "net/adam.h"
#include "net/ema.h"
#include "net/kernel.h"

enum { N = 1003 };

/* Kingma and Ba 2015, algorithm 1, line by line, for one number. */
typedef struct plain {
    double theta, m, v;
} plain;

static void plain_step(plain *p, double g, double lr, double beta1, double beta2, double eps, int k)
{
    p->m = beta1 * p->m + (1.0 - beta1) * g;
    p->v = beta2 * p->v + (1.0 - beta2) * g * g;
    const double m_hat = p->m / (1.0 - pow(beta1, k)), v_hat = p->v / (1.0 - pow(beta2, k));
    p->theta -= lr * m_hat / (sqrt(v_hat) + eps);
}

/* One trajectory in float and the same in double: after k steps m and v have had 3 k roundings,
 * relative to the largest gradient so far; theta moves by at most about lr a step. */
static void follow(double lr, double beta1, double beta2, double eps, double size)
{
    counter_rng rng = counter_start(1, 0, 0, 0);
    real *theta = normals(N, &rng), *m = zeros(N), *v = zeros(N), *g = zeros(N);
    plain *p = calloc(N, sizeof *p);
    assert_non_null(p);
    for (size_t i = 0; i < N; i++) p[i].theta = (double)theta[i];
    for (int k = 1; k <= 30; k++) {
        fill(g, N, &rng);
        for (size_t i = 0; i < N; i++) g[i] = i == 7 ? 0 : (real)((double)g[i] * size);
        adam_step(theta, m, v, g, N, lr, beta1, beta2, eps, (uint64_t)k);
        for (size_t i = 0; i < N; i++) {
            plain_step(&p[i], (double)g[i], lr, beta1, beta2, eps, k);
            assert_true(fabs((double)m[i] - p[i].m) <= 3.0 * k * real_epsilon * 5.0 * size);
            assert_true(fabs((double)v[i] - p[i].v) <= 4.0 * k * real_epsilon * p[i].v);
            /* steps are at most lr/sqrt(1 - beta2) or so; 1 - beta is stored in float */
            assert_true(fabs((double)theta[i] - p[i].theta) <=
                        k * real_epsilon * (5.0 + 300.0 * lr));
        }
    }
    assert_true(p[7].theta == (double)theta[7]); /* no gradient, no step, not 0/0 */
    free(theta), free(m), free(v), free(g), free(p);
}

static void test_the_paper_line_by_line(void **state)
{
    (void)state;
    follow(0.001, 0.9, 0.999, 1e-8, 1.0);
    follow(0.01, 0.85, 0.97, 1e-3, 0.02); /* here eps matters */
    follow(0.1, 0.0, 0.5, 1e-8, 3.0);
}

/* The first step is lr times the sign of the gradient, whatever its size. */
static void test_the_first_step(void **state)
{
    (void)state;
    for (double size = 1e-3; size < 1e4; size *= 10.0) {
        real theta[2] = {0, 0}, m[2] = {0, 0}, v[2] = {0, 0};
        const real g[2] = {(real)size, (real)-size};
        adam_step(theta, m, v, g, 2, 0.25, 0.9, 0.999, 1e-8, 1);
        assert_true(fabs((double)theta[0] + 0.25) < 1e-5 && fabs((double)theta[1] - 0.25) < 1e-5);
    }
}

/* Pieces of any length give the bytes of the whole; so does every instruction set. */
static void test_pieces_and_sets_agree(void **state)
{
    (void)state;
    real *first = NULL;
    for (kernel_isa isa = KERNEL_BASELINE; isa < KERNEL_SETS; isa++)
        for (int pieces = 0; pieces < 2; pieces++) {
            if (kernel_limit(isa) != isa) continue;
            counter_rng rng = counter_start(2, 0, 0, 0), sizes = rng;
            real *x = normals(4 * N, &rng), *g = normals(N, &rng);
            for (size_t i = 0; i < N; i++) x[2 * N + i] = x[2 * N + i] * x[2 * N + i];
            for (size_t at = 0, n; at < N; at += n) {
                n = pieces ? counter_below(&sizes, 40) : N;
                if (n > N - at) n = N - at;
                adam_step(x + at, x + N + at, x + 2 * N + at, g + at, n, 0.01, 0.9, 0.999, 1e-8, 5);
                ema_update(x + 3 * N + at, x + at, n, 0.9);
            }
            if (first) assert_memory_equal(x, first, 4 * N * sizeof *x);
            if (first) free(x);
            if (!first) first = x;
            free(g);
        }
    kernel_limit(KERNEL_SETS - 1);
    free(first);
}

/* Run a test under every instruction set of this machine. */
static void with_every_set(void (*test)(counter_rng *rng))
{
    for (kernel_isa isa = KERNEL_BASELINE; isa < KERNEL_SETS; isa++) {
        counter_rng rng = counter_start(3, 0, 0, 0);
        if (kernel_limit(isa) == isa) test(&rng);
    }
    kernel_limit(KERNEL_SETS - 1);
}

static void gather(counter_rng *rng)
{
    for (int i = 0; i < 60; i++) {
        const size_t parts = 1 + counter_below(rng, 9), n = 1 + counter_below(rng, 3000);
        const size_t at = counter_below(rng, n), m = 1 + counter_below(rng, n - at);
        real *part[9], *grad = zeros(n);
        double squares = 0.0;
        for (size_t p = 0; p < parts; p++) part[p] = normals(n, rng);
        const double got = adam_gather(grad, (const real *const *)part, parts, at, m);
        for (size_t k = 0; k < n; k++) {
            real sum = part[0][k];
            for (size_t p = 1; p < parts; p++) sum += part[p][k];
            const bool inside = at <= k && k < at + m;
            assert_true(grad[k] == (inside ? sum : 0));
            if (inside) squares += (double)sum * (double)sum;
        }
        assert_true(fabs(got - squares) <= 1e-12 * squares);
        for (size_t p = 0; p < parts; p++) free(part[p]);
        free(grad);
    }
}

static void test_gather(void **state)
{
    (void)state;
    with_every_set(gather);
}

static void clip(counter_rng *rng)
{
    for (int i = 0; i < 60; i++) {
        const size_t n = 1 + counter_below(rng, 100);
        real *g = normals(n, rng), *old = zeros(n);
        memcpy(old, g, n * sizeof *g);
        double norm = 0.0;
        for (size_t k = 0; k < n; k++) norm = hypot(norm, (double)g[k]);
        assert_true(fabs(adam_clip(g, n, 0.0) - norm) <= 1e-13 * norm);
        adam_clip(g, n, 1.001 * norm);
        assert_memory_equal(g, old, n * sizeof *g); /* short enough */
        assert_true(fabs(adam_clip(g, n, 0.3 * norm) - norm) <= 1e-13 * norm);
        for (size_t k = 0; k < n; k++)
            assert_true(fabs((double)g[k] - 0.3 * (double)old[k]) <=
                        2.0 * real_epsilon * fabs((double)old[k]));
        free(g), free(old);
    }
    real bad[3] = {1, (real)NAN, 2};
    assert_true(isnan(adam_clip(bad, 3, 1.0)) && bad[0] == 1);
    bad[1] = (real)INFINITY;
    assert_true(isinf(adam_clip(bad, 3, 0.0)));
}

static void test_clip(void **state)
{
    (void)state;
    with_every_set(clip);
}

/* In the warm-up step j has the weight 3 j (j+1) / (k (k+1) (k+2)) after k steps. */
static void test_average(void **state)
{
    (void)state;
    real avg = 17;
    double expected = 0.0, total = 0.0;
    for (uint64_t k = 1; k <= 400; k++) {
        const real theta = (real)sin((double)k);
        ema_update(&avg, &theta, 1, ema_decay(0.999, k));
        expected += (double)k * (double)(k + 1) * (double)theta;
        total += (double)k * (double)(k + 1);
        assert_true(fabs((double)avg - expected / total) < 400 * real_epsilon);
        if (k == 1) assert_true(avg == theta); /* what was there before counts for nothing */
    }
}

static void test_decay(void **state)
{
    (void)state;
    assert_true(ema_decay(0.999, 2998) == 0.999 && ema_decay(0.999, 2997) < 0.999);
    assert_true(ema_decay(0.9999, 29998) == 0.9999 && ema_decay(0.9999, 29996) < 0.9999);
    assert_true(ema_decay(0.999, 1) == 0.0 && ema_decay(0.0, 1000) == 0.0);
    assert_true(fabs(ema_decay(0.999, 7) - 6.0 / 9.0) < 1e-15);
    for (uint64_t k = 1; k < 5000; k++) assert_true(ema_decay(0.999, k) <= ema_decay(0.999, k + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_paper_line_by_line),
        cmocka_unit_test(test_the_first_step),
        cmocka_unit_test(test_pieces_and_sets_agree),
        cmocka_unit_test(test_gather),
        cmocka_unit_test(test_clip),
        cmocka_unit_test(test_average),
        cmocka_unit_test(test_decay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
