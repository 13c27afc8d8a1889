/* test_conv.c -- the fast convolutions against the naive one, for every instruction set and before, with, and
 * after all that is fused to them.  (test_conv_double.c: the same in double, and the naive gradient.) */
#include "images.h"

#ifdef NET_DOUBLE
#include "gradients.h"
#endif
#include "net/conv.h"
#include "net/norm.h"
#include "net/patches.h"
#include "net/resample.h"
#include "net/winograd.h"

/* ---- Stride 2, 1 x 1, other sizes: patches.h ---- */

static void compare_patches(counter_rng *rng)
{
    for (int i = 0; i < 60; i++) {
        const conv_shape s = {.n = any_size(rng, 3),
                              .in = any_size(rng, 20),
                              .out = any_size(rng, 20),
                              .rows = any_size(rng, 9),
                              .columns = any_size(rng, 9),
                              .k = 1 + 2 * counter_below(rng, 3),
                              .stride = 1 + counter_below(rng, 3)};
        const size_t X = s.rows * s.columns, Y = conv_rows(&s) * conv_columns(&s);
        const size_t W = s.out * s.in * s.k * s.k;
        const bool add = counter_below(rng, 2);
        real *x = normals(s.n * s.in * X, rng), *w = normals(W, rng), *b = normals(s.out, rng);
        real *dy = normals(s.n * s.out * Y, rng), *dx = normals(s.n * s.in * X, rng);
        real *y = zeros(s.n * s.out * Y), *dw = normals(W, rng), *db = normals(s.out, rng);
        real *fast_dw = zeros(W), *fast_db = zeros(s.out);
        real *fast_x = to_image(x, s.n, s.in, X), *fast_dx = to_image(dx, s.n, s.in, X);
        real *fast_dy = to_image(dy, s.n, s.out, Y),
             *fast_y = normals(image_size(s.n, s.out, Y), rng);
        real *scratch = normals(patches_scratch(&s), rng);
        memcpy(fast_dw, dw, W * sizeof *w), memcpy(fast_db, db, s.out * sizeof *b);
        if (!add) memset(dx, 0, s.n * s.in * X * sizeof *dx);
        conv_naive_forward(y, x, w, b, &s);
        conv_naive_backward(dx, dw, db, dy, x, w, &s);
        patches_forward(fast_y, fast_x, w, b, &s, scratch);
        patches_backward(fast_dx, add, fast_dw, fast_db, fast_dy, fast_x, w, &s, scratch);
        real *got_y = from_image(fast_y, s.n, s.out, Y),
             *got_dx = from_image(fast_dx, s.n, s.in, X);
        assert_near("y", got_y, y, s.n * s.out * Y, 1e-5, 1);
        assert_near("dx", got_dx, dx, s.n * s.in * X, 1e-5, 1);
        assert_near("dw", fast_dw, dw, W, 1e-5, 1);
        assert_near("db", fast_db, db, s.out, 1e-5, 1);
        patches_backward(NULL, false, fast_dw, fast_db, fast_dy, fast_x, w, &s, scratch);
        free(x), free(w), free(b), free(dy), free(dx), free(y), free(dw), free(db);
        free(fast_dw), free(fast_db), free(fast_x), free(fast_dx), free(fast_dy), free(fast_y);
        free(scratch), free(got_y), free(got_dx);
    }
}

static void test_patches(void **state)
{
    (void)state;
    for_every_set(compare_patches, 1);
}

/* ---- 3 x 3 with stride 1: winograd.h ---- */

/* A layer with everything that it reads and makes, by the naive functions, channel by channel. */
typedef struct example {
    winograd_layer l;
    size_t n, X, N, in; /* pixels of x and of y; channels of x|skip */
    real *x[2], *dx[2], *joined, *d_joined, *z, *h, *dz, *dh; /* h: what the convolution reads */
    real *w, *b, *gamma, *beta, *channel, *plus, *y, *dy;
    real *dw, *db, *dgamma, *dbeta, *d_channel;
} example;

static example any_example(counter_rng *rng)
{
    example e = {.n = any_size(rng, 9)};
    e.l.before = (winograd_before)counter_below(rng, 3);
    const size_t half = e.l.before == WINOGRAD_UPSAMPLE ? 2 : 1;
    e.l.rows = half * (1 + any_size(rng, 15 / half)),
    e.l.columns = half * (1 + any_size(rng, 15 / half));
    e.l.in[0] = any_size(rng, 40), e.l.out = any_size(rng, 40);
    e.l.in[1] = half == 1 && counter_below(rng, 2) ? any_size(rng, 24) : 0;
    e.in = e.l.in[0] + e.l.in[1];
    e.l.groups = norm_groups(e.in);
    e.N = e.l.rows * e.l.columns, e.X = e.N / half / half;
    for (size_t q = 0; q < 2; q++) {
        e.x[q] = normals(e.n * e.l.in[q] * e.X + 1, rng);
        e.dx[q] = normals(e.n * e.l.in[q] * e.X + 1, rng);
    }
    real **const all[] = {&e.joined, &e.d_joined, &e.z, &e.dz, &e.h, &e.dh};
    for (size_t i = 0; i < 6; i++) *all[i] = zeros(e.n * e.in * e.N);
    real **const outputs[] = {&e.plus, &e.y, &e.dy};
    for (size_t i = 0; i < 3; i++) *outputs[i] = normals(e.n * e.l.out * e.N, rng);
    e.w = normals(9 * e.in * e.l.out, rng), e.dw = normals(9 * e.in * e.l.out, rng);
    for (size_t i = 0; i < 9 * e.in * e.l.out; i++) e.w[i] /= (real)sqrt(9.0 * (double)e.in);
    e.b = normals(e.l.out, rng), e.db = normals(e.l.out, rng);
    e.gamma = normals(e.in, rng), e.dgamma = normals(e.in, rng);
    e.beta = normals(e.in, rng), e.dbeta = normals(e.in, rng);
    e.channel = normals(e.n * image_channels(e.l.out), rng);
    e.d_channel = zeros(e.n * e.l.out);
    return e;
}

static void discard(example *e)
{
    real *const all[] = {e->x[0],  e->x[1], e->dx[0],   e->dx[1], e->joined,   e->d_joined,
                         e->z,     e->h,    e->dz,      e->dh,    e->w,        e->b,
                         e->gamma, e->beta, e->channel, e->plus,  e->y,        e->dy,
                         e->dw,    e->db,   e->dgamma,  e->dbeta, e->d_channel};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
}

static conv_shape shape_of(const example *e)
{
    return (conv_shape){e->n, e->in, e->l.out, e->l.rows, e->l.columns, 3, 1};
}

static void naive_forward(example *e, bool with_channel, bool with_plus)
{
    const conv_shape s = shape_of(e);
    const size_t row = image_channels(e->l.out), part[2] = {e->l.in[0] * e->X, e->l.in[1] * e->X};
    for (size_t i = 0; i < e->n; i++)
        for (size_t q = 0; q < 2; q++)
            memcpy(e->joined + i * (part[0] + part[1]) + q * part[0], e->x[q] + i * part[q],
                   part[q] * sizeof(real));
    if (e->l.before == WINOGRAD_AS_IT_IS)
        memcpy(e->h, e->joined, e->n * e->in * e->N * sizeof(real));
    if (e->l.before == WINOGRAD_UPSAMPLE)
        upsample_naive_forward(e->h, e->joined, e->n * e->in, e->l.rows / 2, e->l.columns / 2);
    if (e->l.before == WINOGRAD_NORM_SILU) {
        norm_naive_forward(e->z, e->joined, e->gamma, e->beta, e->n, e->in, e->N, e->l.groups);
        silu_naive_forward(e->h, e->z, e->n * e->in * e->N);
    }
    conv_naive_forward(e->y, e->h, e->w, e->b, &s);
    for (size_t i = 0; i < e->n * e->l.out * e->N; i++) {
        const size_t o = i / e->N % e->l.out, image = i / e->N / e->l.out;
        if (with_channel) e->y[i] += e->channel[image * row + o];
        if (with_plus) e->y[i] += e->plus[i];
    }
}

static void naive_backward(example *e, const bool add[2])
{
    const conv_shape s = shape_of(e);
    const size_t part[2] = {e->l.in[0] * e->X, e->l.in[1] * e->X};
    conv_naive_backward(e->dh, e->dw, e->db, e->dy, e->h, e->w, &s);
    if (e->l.before == WINOGRAD_AS_IT_IS)
        memcpy(e->d_joined, e->dh, e->n * e->in * e->N * sizeof(real));
    if (e->l.before == WINOGRAD_UPSAMPLE)
        upsample_naive_backward(e->d_joined, e->dh, e->n * e->in, e->l.rows / 2, e->l.columns / 2);
    if (e->l.before == WINOGRAD_NORM_SILU) {
        silu_naive_backward(e->dz, e->dh, e->z, e->n * e->in * e->N);
        norm_naive_backward(e->d_joined, e->dgamma, e->dbeta, e->dz, e->joined, e->gamma, e->n,
                            e->in, e->N, e->l.groups);
    }
    for (size_t i = 0; i < e->n; i++)
        for (size_t q = 0; q < 2; q++)
            for (size_t k = 0; k < part[q]; k++) {
                real *const at = &e->dx[q][i * part[q] + k];
                *at = (add[q] ? *at : 0) + e->d_joined[i * (part[0] + part[1]) + q * part[0] + k];
            }
    for (size_t i = 0; i < e->n * e->l.out * e->N; i++) e->d_channel[i / e->N] += e->dy[i];
}

static void compare_once(counter_rng *rng)
{
    example e = any_example(rng);
    const winograd_layer *l = &e.l;
    const bool add[2] = {counter_below(rng, 2), counter_below(rng, 2)};
    const bool channel = counter_below(rng, 2), plus = counter_below(rng, 2), skip = l->in[1] > 0;
    const size_t W = 9 * e.in * l->out, row = image_channels(l->out), kept = winograd_kept(l, e.n);
    real *x[2], *dx[2], *got[2], *grads = zeros(W + l->out + 2 * e.in);
    const winograd_parameters p = {e.w, e.b, e.gamma, e.beta};
    const winograd_gradients d = {grads, grads + W, grads + W + l->out, grads + W + l->out + e.in};
    memcpy(d.weight, e.dw, W * sizeof(real)), memcpy(d.bias, e.db, l->out * sizeof(real));
    memcpy(d.gamma, e.dgamma, e.in * sizeof(real)), memcpy(d.beta, e.dbeta, e.in * sizeof(real));
    for (size_t q = 0; q < 2; q++) {
        x[q] = to_image(e.x[q], e.n, l->in[q], e.X);
        dx[q] = to_image(e.dx[q], e.n, l->in[q], e.X);
    }
    real *more = to_image(e.plus, e.n, l->out, e.N), *dy = to_image(e.dy, e.n, l->out, e.N);
    real *y = normals(image_size(e.n, l->out, e.N), rng), *d_channel = normals(e.n * row, rng);
    real *memory = normals(kept + 1, rng), *scratch = normals(winograd_scratch(l, e.n), rng);

    naive_forward(&e, channel, plus);
    winograd_forward(l, y, x[0], skip ? x[1] : NULL, &p, channel ? e.channel : NULL,
                     plus ? more : NULL, e.n, memory, scratch);
    real *got_y = from_image(y, e.n, l->out, e.N);
    assert_near("y", got_y, e.y, e.n * l->out * e.N, 1e-5, 1);

    naive_backward(&e, add);
    fill(scratch, winograd_scratch(l, e.n), rng); /* nothing is kept there */
    winograd_backward(l, dx[0], skip ? dx[1] : NULL, add[0], add[1], &d, d_channel, dy, x[0],
                      skip ? x[1] : NULL, &p, e.n, memory, scratch);
    const double least = size_of(e.dh, e.n * e.in * e.N); /* before a normalisation takes it away */
    for (size_t q = 0; q < 2; q++) {
        got[q] = from_image(dx[q], e.n, l->in[q], e.X);
        if (q == 0 || skip) assert_near("dx", got[q], e.dx[q], e.n * l->in[q] * e.X, 1e-4, least);
    }
    assert_near("dw", d.weight, e.dw, W, 1e-4, 1);
    assert_near("db", d.bias, e.db, l->out, 1e-4, 1);
    if (l->before == WINOGRAD_NORM_SILU) {
        assert_near("dgamma", d.gamma, e.dgamma, e.in, 1e-4, least);
        assert_near("dbeta", d.beta, e.dbeta, e.in, 1e-4, least);
    }
    real *sums = zeros(e.n * l->out);
    for (size_t i = 0; i < e.n * l->out; i++) sums[i] = d_channel[i / l->out * row + i % l->out];
    assert_near("channel", sums, e.d_channel, e.n * l->out, 1e-4, 1);

    /* Without dx the other gradients are the same. */
    memcpy(e.dw, d.weight, W * sizeof(real));
    memset(d.weight, 0, W * sizeof(real));
    winograd_backward(l, NULL, NULL, false, false, &d, d_channel, dy, x[0], skip ? x[1] : NULL, &p,
                      e.n, memory, scratch);
    assert_true(size_of(d.weight, W) > 0.0);
    for (size_t q = 0; q < 2; q++) free(x[q]), free(dx[q]), free(got[q]);
    free(grads), free(more), free(dy), free(y), free(d_channel), free(memory), free(scratch);
    free(got_y), free(sums);
    discard(&e);
}

static void compare_winograd(counter_rng *rng)
{
    for (int i = 0; i < 80; i++) compare_once(rng);
}

static void test_winograd(void **state)
{
    (void)state;
    for_every_set(compare_winograd, 2);
}

/* ---- The naive convolution's gradient ---- */

#ifdef NET_DOUBLE
static void conv_test_forward(layer_test *l)
{
    const conv_shape *s = l->shape;
    const size_t X = s->n * s->in * s->rows * s->columns, W = s->out * s->in * s->k * s->k;
    conv_naive_forward(l->y, l->x, l->x + X, l->x + X + W, s);
}

static void conv_test_backward(layer_test *l)
{
    const conv_shape *s = l->shape;
    const size_t X = s->n * s->in * s->rows * s->columns, W = s->out * s->in * s->k * s->k;
    conv_naive_backward(l->d, l->d + X, l->d + X + W, l->c, l->x, l->x + X, s);
    conv_naive_backward(NULL, (real[5 * 5 * 9 * 9]){0}, (real[9]){0}, l->c, l->x, l->x + X, s);
}

static void test_naive_gradient(void **state)
{
    (void)state;
    counter_rng rng = counter_start(3, 1, 0, 0);
    for (int i = 0; i < 40; i++) {
        const conv_shape s = {.n = 1 + (size_t)i % 3,
                              .in = any_size(&rng, 4),
                              .out = any_size(&rng, 4),
                              .rows = 1 + any_size(&rng, 6),
                              .columns = any_size(&rng, 7),
                              .k = 1 + 2 * counter_below(&rng, 3),
                              .stride = 1 + counter_below(&rng, 2)};
        layer_test l = {.forward = conv_test_forward, .backward = conv_test_backward, .shape = &s};
        l.n = s.n * s.in * s.rows * s.columns + s.out * s.in * s.k * s.k + s.out;
        l.m = s.n * s.out * conv_rows(&s) * conv_columns(&s);
        check_layer(&l, &rng);
    }
}
#endif

/* The numbers of a convolution known by hand. */
static void test_by_hand(void **state)
{
    (void)state;
    const real x[] = {1, 2, 3, 4, 5, 6}, w[] = {1, 0, 0, 0, 10, 0, 0, 0, 100}, b[] = {7};
    real y[6];
    const conv_shape s = {1, 1, 1, 2, 3, 3, 1}, t = {1, 1, 1, 2, 3, 3, 2};
    const real right[] = {517, 627, 37, 47, 58, 69};
    assert_true(conv_rows(&s) == 2 && conv_columns(&s) == 3);
    conv_naive_forward(y, x, w, b, &s);
    for (size_t i = 0; i < 6; i++) assert_true(y[i] == right[i]);
    assert_true(conv_rows(&t) == 1 && conv_columns(&t) == 2);
    conv_naive_forward(y, x, w, b, &t);
    assert_true(y[0] == 517 && y[1] == 37);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),
#ifdef NET_DOUBLE
        cmocka_unit_test(test_naive_gradient),
#endif
        cmocka_unit_test(test_patches),
        cmocka_unit_test(test_winograd),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
