/* test_dense.c -- the dense layer in double: against the formula, central differences, planted errors. */
#define NET_DOUBLE 1
#include "reals.h"

#include "net/dense.h"
#include "net/gemm.h"
#include "net/gradcheck.h"
#include "net/kernel.h"

/* loss = sum_{o,s} c[o][s] act(w x + b)[o][s], or without act. */
typedef struct layer {
    size_t in, out, n, row;
    bool activate;
    act_kind kind;
    double *all;                /* w, b, x(without gaps): what the loss depends on */
    real *x, *y, *slope, *pack; /* [in,row], [out,row] */
    double *c;                  /* [out,n] */
} layer;

static double loss(void *params)
{
    layer *l = params;
    const double *w = l->all, *b = w + l->in * l->out, *x = b + l->out;
    double sum = 0.0;
    for (size_t i = 0; i < l->in; i++) memcpy(l->x + i * l->row, x + i * l->n, l->n * sizeof *x);
    if (l->activate)
        dense_act_forward(l->y, l->slope, l->x, w, b, l->kind, l->in, l->out, l->n, l->row,
                          l->pack);
    else
        dense_forward(l->y, l->x, w, b, l->in, l->out, l->n, l->row, l->pack);
    for (size_t o = 0; o < l->out; o++)
        for (size_t s = 0; s < l->n; s++) sum += l->c[o * l->n + s] * l->y[o * l->row + s];
    return sum;
}

static size_t arguments(const layer *l)
{
    return l->in * l->out + l->out + l->in * l->n;
}

static layer example(counter_rng *rng)
{
    layer l = {.in = any_size(rng, 20), .out = any_size(rng, 20), .n = any_size(rng, 40)};
    l.row = dense_row(l.n);
    l.activate = counter_below(rng, 3);
    l.kind = (act_kind)counter_below(rng, ACT_KINDS);
    l.all = normals(arguments(&l), rng);
    l.c = normals(l.out * l.n, rng);
    l.x = zeros(l.in * l.row);
    l.y = zeros(l.out * l.row);
    l.slope = zeros(l.out * l.row);
    l.pack = zeros(GEMM_PACK);
    return l;
}

static void discard(layer *l)
{
    free(l->all), free(l->c), free(l->x), free(l->y), free(l->slope), free(l->pack);
}

enum { RIGHT, NO_SLOPE, FORGOT_LAST, TRANSPOSED, MISTAKES };

/* The gradient by w, b and x, added to what is there; with a mistake. */
static void backward(const layer *l, double *gradient, int mistake)
{
    real *dy = zeros(l->out * l->row), *dx = zeros(l->in * l->row);
    const size_t n = mistake == FORGOT_LAST ? l->n - 1 : l->n;
    for (size_t o = 0; o < l->out; o++)
        for (size_t s = 0; s < l->n; s++) {
            const double by_z = l->activate && mistake != NO_SLOPE ? l->slope[o * l->row + s] : 1.0;
            dy[o * l->row + s] = l->c[o * l->n + s] * by_z;
        }
    double *dw = gradient, *db = dw + l->in * l->out, *out = db + l->out;
    dense_backward_weight(dw, db, dy, l->x, l->in, l->out, n, l->row, l->pack);
    dense_backward_input(dx, NULL, dy, l->all, l->in, l->out, l->n, l->row, l->pack);
    for (size_t i = 0; i < l->in; i++)
        for (size_t s = 0; s < l->n; s++) out[i * l->n + s] = dx[i * l->row + s];
    for (size_t i = 0; mistake == TRANSPOSED && i < l->in * l->out; i++)
        dw[i] = dw[i % l->in * l->out + i / l->in];
    free(dy), free(dx);
}

/* 30 roundings on the way of a summand, as many summands as there are products. */
static double noise_of(const layer *l)
{
    double size = 0.0;
    for (size_t i = 0; i < l->out * l->n; i++) size += fabs(l->c[i]) * 9.0;
    return 30.0 * DBL_EPSILON * size;
}

static bool accepted(layer *l, int mistake, counter_rng *rng)
{
    double *gradient = zeros(arguments(l));
    loss(l);
    backward(l, gradient, mistake);
    const gradcheck_job job = {loss, l, l->all, gradient, arguments(l), noise_of(l), 3, 200};
    const gradcheck_result r = gradcheck(&job, rng);
    free(gradient);
    return gradcheck_accepts(&r, 1e-6);
}

static void test_gradients(void **state)
{
    (void)state;
    for (kernel_isa isa = KERNEL_BASELINE; isa < KERNEL_SETS; isa++) {
        counter_rng rng = counter_start(1, 0, 0, 0);
        if (kernel_limit(isa) != isa) continue;
        for (int i = 0; i < 60; i++) {
            layer l = example(&rng);
            assert_true(accepted(&l, RIGHT, &rng));
            if (l.activate) assert_false(accepted(&l, NO_SLOPE, &rng));
            assert_false(accepted(&l, FORGOT_LAST, &rng));
            if (l.in > 1 && l.out > 1) assert_false(accepted(&l, TRANSPOSED, &rng));
            discard(&l);
        }
    }
    kernel_limit(KERNEL_SETS - 1);
}

/* Gradients are added to what is there; the gradient by x is assigned, and multiplied by the slope. */
static void test_what_is_added_and_what_is_assigned(void **state)
{
    (void)state;
    counter_rng rng = counter_start(2, 0, 0, 0);
    for (int i = 0; i < 50; i++) {
        layer l = example(&rng);
        const size_t P = l.in * l.out + l.out;
        loss(&l);
        double *once = zeros(arguments(&l)), *twice = zeros(arguments(&l));
        backward(&l, once, RIGHT);
        backward(&l, twice, RIGHT);
        backward(&l, twice, RIGHT);
        for (size_t k = 0; k < arguments(&l); k++)
            assert_true(fabs(twice[k] - (k < P ? 2.0 : 1.0) * once[k]) <=
                        1e-12 * (1.0 + fabs(once[k])));
        real *dy = zeros(l.out * l.row), *dx = normals(l.in * l.row, &rng),
             *scaled = normals(l.in * l.row, &rng);
        real *slope = normals(l.in * l.row, &rng);
        fill(dy, l.out * l.row, &rng);
        dense_backward_input(dx, NULL, dy, l.all, l.in, l.out, l.n, l.row, l.pack);
        dense_backward_input(scaled, slope, dy, l.all, l.in, l.out, l.n, l.row, l.pack);
        for (size_t k = 0; k < l.in; k++)
            for (size_t s = 0; s < l.n; s++)
                assert_true(scaled[k * l.row + s] == dx[k * l.row + s] * slope[k * l.row + s]);
        free(once), free(twice), free(dy), free(dx), free(scaled), free(slope);
        discard(&l);
    }
}

/* The forward pass is its formula: sums of at most 21 products. */
static void test_forward(void **state)
{
    (void)state;
    counter_rng rng = counter_start(3, 0, 0, 0);
    for (int i = 0; i < 100; i++) {
        layer l = example(&rng);
        const double *w = l.all, *b = w + l.in * l.out;
        loss(&l);
        for (size_t o = 0; o < l.out; o++)
            for (size_t s = 0; s < l.n; s++) {
                double z = b[o], size = fabs(b[o]);
                for (size_t k = 0; k < l.in; k++) {
                    z += w[o * l.in + k] * l.x[k * l.row + s];
                    size += fabs(w[o * l.in + k] * l.x[k * l.row + s]);
                }
                const double y = !l.activate          ? z
                                 : l.kind == ACT_SILU ? z / (1.0 + exp(-z))
                                                      : tanh(z);
                assert_true(fabs(l.y[o * l.row + s] - y) <= 50.0 * DBL_EPSILON * (1.0 + size));
            }
        discard(&l);
    }
}

/* At least n, whole cache lines of a vector, an odd number of them. */
static void test_row(void **state)
{
    (void)state;
    for (size_t n = 1; n < 200; n++) {
        const size_t row = dense_row(n);
        assert_true(row >= n && row < n + 2 * KERNEL_COLUMNS && row % KERNEL_COLUMNS == 0);
        assert_true(row / KERNEL_COLUMNS % 2 == 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradients),
        cmocka_unit_test(test_what_is_added_and_what_is_assigned),
        cmocka_unit_test(test_forward),
        cmocka_unit_test(test_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
