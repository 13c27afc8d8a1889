/* test_mlp.c -- the multilayer perceptron in double: its formula, its gradient, mistakes, its workspace. */
#define NET_DOUBLE 1
#include "reals.h"

#include <stdio.h>

#include "net/dense.h"
#include "net/gemm.h"
#include "net/gradcheck.h"
#include "net/kernel.h"
#include "net/mlp.h"

typedef struct play {
    mlp_spec spec;
    network *net;
    size_t n;
    double *theta, *x, *c, *out, *workspace;
    size_t *t;
} play;

static mlp_spec any_spec(counter_rng *rng)
{
    mlp_spec s = {.D = any_size(rng, 5),
                  .out = any_size(rng, 9),
                  .width = any_size(rng, 20),
                  .depth = 1 + counter_below(rng, 3),
                  .embedding = (embed_kind)counter_below(rng, EMBED_KINDS),
                  .embed = 2 * any_size(rng, 5),
                  .activation = (act_kind)counter_below(rng, ACT_KINDS),
                  .T = any_size(rng, 30)};
    if (s.embedding == EMBED_LEARNED) s.embed |= counter_below(rng, 2);
    return s;
}

static play example(counter_rng *rng)
{
    char error[200] = "";
    play p = {.spec = any_spec(rng), .n = any_size(rng, 33)};
    p.net = mlp_alloc(&p.spec, error, sizeof error);
    assert_non_null(p.net);
    assert_string_equal(error, "");
    p.theta = normals(p.net->parameters, rng);
    for (size_t i = 0; i < p.net->parameters; i++) p.theta[i] *= 0.7;
    p.x = normals(p.n * p.spec.D, rng);
    p.c = normals(p.n * p.spec.out, rng);
    p.out = zeros(p.n * p.spec.out);
    p.workspace = zeros(p.net->workspace(p.net, p.n));
    p.t = calloc(p.n, sizeof *p.t);
    assert_non_null(p.t);
    for (size_t b = 0; b < p.n; b++) p.t[b] = 1 + counter_below(rng, p.spec.T);
    return p;
}

static void discard(play *p)
{
    network_free(p->net);
    free(p->theta), free(p->x), free(p->c), free(p->out), free(p->workspace), free(p->t);
}

static double loss(void *params)
{
    play *p = params;
    double sum = 0.0;
    p->net->forward(p->net, p->out, p->x, p->t, p->n, p->theta, p->workspace);
    for (size_t i = 0; i < p->n * p->spec.out; i++) sum += p->c[i] * p->out[i];
    return sum;
}

static double *gradient_of(play *p)
{
    double *gradient = zeros(p->net->parameters), *d_out = zeros(p->n * p->spec.out);
    memcpy(d_out, p->c, p->n * p->spec.out * sizeof *d_out);
    loss(p);
    p->net->backward(p->net, gradient, d_out, p->x, p->t, p->n, p->theta, p->workspace);
    free(d_out);
    return gradient;
}

static bool accepted(play *p, const double *gradient, counter_rng *rng)
{
    double size = 0.0; /* 100 roundings on the way to an output of size up to width */
    for (size_t i = 0; i < p->n * p->spec.out; i++)
        size += fabs(p->c[i] * p->out[i]) + fabs(p->c[i]);
    const double noise = 100.0 * DBL_EPSILON * size * (1.0 + (double)p->spec.width / 10.0);
    const gradcheck_job job = {loss, p, p->theta, gradient, p->net->parameters, noise, 3, 200};
    const gradcheck_result r = gradcheck(&job, rng);
    return gradcheck_accepts(&r, 1e-5);
}

/* Every tensor matters: its gradient left out, doubled, or shifted by one element is noticed. */
static void test_gradient_and_mistakes(void **state)
{
    (void)state;
    counter_rng rng = counter_start(1, 0, 0, 0);
    for (int i = 0; i < 100; i++) {
        play p = example(&rng);
        double *g = gradient_of(&p), *wrong = zeros(p.net->parameters);
        assert_true(accepted(&p, g, &rng));
        const network_tensor *v = &p.net->tensor[counter_below(&rng, p.net->tensors)];
        memcpy(wrong, g, p.net->parameters * sizeof *g);
        for (size_t k = 0; k < v->size; k++)
            wrong[v->at + k] = i % 3 == 0   ? 0.0
                               : i % 3 == 1 ? 2.0 * g[v->at + k]
                                            : g[v->at + (k + 1) % v->size];
        const bool same = memcmp(wrong, g, p.net->parameters * sizeof *g) == 0;
        assert_true(accepted(&p, wrong, &rng) == same);
        free(g), free(wrong);
        discard(&p);
    }
}

static const double *tensor(const play *p, const char *format, size_t l)
{
    char name[NETWORK_NAME];
    snprintf(name, sizeof name, format, l);
    for (size_t i = 0; i < p->net->tensors; i++)
        if (strcmp(p->net->tensor[i].name, name) == 0) return p->theta + p->net->tensor[i].at;
    fail_msg("no tensor %s", name);
    return NULL;
}

/* The header's formula for one sample, in loops. */
static void plain_forward(const play *p, size_t b, double *out)
{
    const mlp_spec *s = &p->spec;
    double h[64], z[64];
    real *table = s->embedding == EMBED_LEARNED ? NULL : embed_alloc(s->embedding, s->T, s->embed);
    const double *e = table ? table + p->t[b] * s->embed
                            : tensor(p, "embedding.weight", 0) + (p->t[b] - 1) * s->embed;
    memcpy(h, p->x + b * s->D, s->D * sizeof *h);
    memcpy(h + s->D, e, s->embed * sizeof *h);
    size_t in = s->D + s->embed;
    for (size_t l = 0; l <= s->depth; l++) {
        const double *w = tensor(p, "layers.%zu.weight", l),
                     *bias = tensor(p, "layers.%zu.bias", l);
        const size_t width = l < s->depth ? s->width : s->out;
        for (size_t o = 0; o < width; o++) {
            z[o] = bias[o];
            for (size_t i = 0; i < in; i++) z[o] += w[o * in + i] * h[i];
            if (l < s->depth)
                z[o] = s->activation == ACT_TANH ? tanh(z[o]) : z[o] / (1.0 + exp(-z[o]));
        }
        memcpy(h, z, width * sizeof *h);
        in = width;
    }
    memcpy(out, h, s->out * sizeof *out);
    embed_free(table);
}

static void test_forward_formula(void **state)
{
    (void)state;
    counter_rng rng = counter_start(2, 0, 0, 0);
    for (int i = 0; i < 100; i++) {
        play p = example(&rng);
        double out[16];
        loss(&p);
        for (size_t b = 0; b < p.n; b++) {
            plain_forward(&p, b, out);
            for (size_t k = 0; k < p.spec.out; k++)
                assert_true(fabs(out[k] - p.out[b * p.spec.out + k]) <=
                            1e-12 * (1.0 + fabs(out[k])));
        }
        discard(&p);
    }
}

/* No more memory than activations (kept for the way back), their slopes and two gradients need. */
static void test_workspace_size(void **state)
{
    (void)state;
    const mlp_spec s = mlp_default(2, 1000);
    network *net = mlp_alloc(&s, NULL, 0);
    assert_non_null(net);
    for (size_t n = 1; n < 300; n += 37) {
        const size_t rows = 130 + 4 * 128 + 2 + 4 * 128 + 2 * 130;
        const size_t needed = rows * dense_row(n) + n * 130 + GEMM_PACK;
        const size_t size = net->workspace(net, n);
        assert_true(size >= needed && size < needed + 20 * 16);
    }
    network_free(net);
}

/* The workspace may hold anything, NaN included, and nothing beyond its end is touched. */
static void test_workspace(void **state)
{
    (void)state;
    counter_rng rng = counter_start(3, 0, 0, 0);
    for (int i = 0; i < 100; i++) {
        play p = example(&rng);
        double *clean = gradient_of(&p);
        const size_t size = p.net->workspace(p.net, p.n), shift = counter_below(&rng, 9);
        double *all = zeros(size + 20), *kept = p.workspace;
        for (size_t k = 0; k < size + 20; k++) all[k] = (double)NAN;
        all[size + shift] = all[shift > 0 ? shift - 1 : size + 19] = 17.0;
        p.workspace = all + shift; /* not aligned */
        double *dirty = gradient_of(&p);
        assert_memory_equal(clean, dirty, p.net->parameters * sizeof *clean);
        assert_true(all[size + shift] == 17.0 && all[shift > 0 ? shift - 1 : size + 19] == 17.0);
        p.workspace = kept;
        free(clean), free(dirty), free(all);
        discard(&p);
    }
}

/* A sample's output does not depend on the batch it comes in, to the last bit. */
static void test_a_sample_does_not_know_its_batch(void **state)
{
    (void)state;
    counter_rng rng = counter_start(4, 0, 0, 0);
    for (int i = 0; i < 60; i++) {
        play p = example(&rng);
        loss(&p);
        for (size_t b = 0; b < p.n; b++) {
            const size_t m = 1 + counter_below(&rng, p.n - b);
            real *out = zeros(m * p.spec.out);
            p.net->forward(p.net, out, p.x + b * p.spec.D, p.t + b, m, p.theta, p.workspace);
            assert_memory_equal(out, p.out + b * p.spec.out, m * p.spec.out * sizeof *out);
            free(out);
        }
        discard(&p);
    }
}

/* The gradient of a batch is the sum of those of its halves, and is added to what is there. */
static void test_gradients_add_up(void **state)
{
    (void)state;
    counter_rng rng = counter_start(5, 0, 0, 0);
    for (int i = 0; i < 60; i++) {
        play p = example(&rng);
        double *whole = gradient_of(&p), *sum = zeros(p.net->parameters);
        const size_t half = p.n / 2, cut[] = {0, half, p.n};
        real *d_out = zeros(p.n * p.spec.out);
        memcpy(d_out, p.c, p.n * p.spec.out * sizeof *d_out);
        for (size_t k = half == 0; k < 2; k++) {
            const size_t b = cut[k], n = cut[k + 1] - b;
            p.net->forward(p.net, p.out, p.x + b * p.spec.D, p.t + b, n, p.theta, p.workspace);
            p.net->backward(p.net, sum, d_out + b * p.spec.out, p.x + b * p.spec.D, p.t + b, n,
                            p.theta, p.workspace);
        }
        for (size_t k = 0; k < p.net->parameters; k++)
            assert_true(fabs(sum[k] - whole[k]) <= 1e-11 * (1.0 + fabs(whole[k])));
        free(whole), free(sum), free(d_out);
        discard(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradient_and_mistakes),
        cmocka_unit_test(test_forward_formula),
        cmocka_unit_test(test_workspace_size),
        cmocka_unit_test(test_workspace),
        cmocka_unit_test(test_a_sample_does_not_know_its_batch),
        cmocka_unit_test(test_gradients_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
