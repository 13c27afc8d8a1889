/* test_unet.c -- the U-Net in float: fast against naive, its parameters, refusals, memory that runs out, training
 * on one thread and on two. */
#include "unets.h"

#include <errno.h>
#include <stdio.h>

#include "failing_alloc.h"
#include "train/trainer.h"

static char error[200];

static unet_spec little(embed_kind kind)
{
    unet_spec s = unet_default(4, 20);
    s.rows = 8, s.columns = 12, s.embedding = kind;
    return s;
}

static network *make(const unet_spec *s)
{
    network *net = unet_alloc(s, error, sizeof error);
    if (!net) fail_msg("%s", error);
    return net;
}

/* ---- Fast against naive, in float ---- */

static void compare(counter_rng *rng)
{
    for (int i = 0; i < 10; i++) {
        unet_spec s = any_unet(rng);
        s.width += 3; /* groups of one channel and few pixels are ill-conditioned */
        s.rows *= 2;
        assert_fast_is_naive(s, any_size(rng, 9), rng);
    }
    assert_fast_is_naive(unet_default(16, 1000), 1, rng);
}

static void test_fast_is_naive(void **state)
{
    (void)state;
    for_every_set(compare, 1);
}

/* ---- Parameters ---- */

static const network_tensor *find(const network *net, const char *name)
{
    for (size_t i = 0; i < net->tensors; i++)
        if (strcmp(net->tensor[i].name, name) == 0) return &net->tensor[i];
    fail_msg("no tensor %s", name);
    return NULL;
}

/* The numbers of the documentation; the views cover theta in order, under names of their own. */
static void test_tensors(void **state)
{
    static const struct {
        const char *name;
        size_t rank, shape[4];
    } right[] = {{"time.0.weight", 2, {64, 16}},
                 {"time.1.bias", 1, {64}},
                 {"conv_in.weight", 4, {16, 1, 3, 3}},
                 {"down.1.0.norm1.weight", 1, {16}},
                 {"down.1.0.conv1.weight", 4, {32, 16, 3, 3}},
                 {"down.1.0.time.weight", 2, {32, 64}},
                 {"down.1.0.shortcut.weight", 4, {32, 16, 1, 1}},
                 {"downsample.1.weight", 4, {32, 32, 3, 3}},
                 {"mid.1.conv2.weight", 4, {64, 64, 3, 3}},
                 {"attention.qkv.weight", 4, {192, 64, 1, 1}},
                 {"attention.last.bias", 1, {64}},
                 {"up.0.0.norm1.bias", 1, {32}},
                 {"up.2.0.shortcut.weight", 4, {64, 128, 1, 1}},
                 {"upsample.2.weight", 4, {32, 64, 3, 3}},
                 {"norm_out.weight", 1, {16}},
                 {"conv_out.weight", 4, {1, 16, 3, 3}}};
    (void)state;
    unet_spec s = unet_default(16, 1000);
    network *net = make(&s);
    assert_int_equal(net->parameters, 461985);
    assert_true(net->in == 784 && net->out == 784 && net->T == 1000 && net->tensors == 114);
    assert_true(fabs(unet_flops(&s) - 86.8e6) < 0.05e6);
    size_t at = 0;
    for (size_t i = 0; i < net->tensors; i++) {
        const network_tensor *v = &net->tensor[i];
        size_t size = 1;
        for (size_t k = 0; k < v->rank; k++) size *= v->shape[k];
        assert_true(v->at == at && v->size == size && find(net, v->name) == v);
        at += size;
    }
    assert_int_equal(at, net->parameters);
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        const network_tensor *v = find(net, right[i].name);
        assert_int_equal(v->rank, right[i].rank);
        assert_memory_equal(v->shape, right[i].shape, v->rank * sizeof *v->shape);
    }
    network_free(net);
    s.attention = false, s.out = 2, s.embedding = EMBED_LEARNED, s.embed = 7, s.blocks = 3;
    net = make(&s);
    assert_true(net->out == 2 * 784);
    assert_int_equal(find(net, "embedding.weight")->shape[0], 1000);
    find(net, "down.2.2.conv2.bias"), find(net, "up.1.2.shortcut.bias");
    network_free(net);
    s.width = 0;
    assert_true(isnan(unet_flops(&s)));
}

/* A function of the seed; variance 1/fan_in; what begins at 0 and at 1; the untrained network gives 0. */
static void test_initial_parameters(void **state)
{
    (void)state;
    for (embed_kind kind = EMBED_SINUSOIDAL; kind < EMBED_KINDS; kind++) {
        const unet_spec s = little(kind);
        network *net = make(&s);
        const size_t P = net->parameters;
        real *a = zeros(P), *b = normals(P, &(counter_rng){.left = 0}), *c = zeros(P);
        net->init(net, a, 7), net->init(net, b, 7), net->init(net, c, 8);
        assert_memory_equal(a, b, P * sizeof *a);
        for (size_t i = 0; i < net->tensors; i++) {
            const network_tensor *v = &net->tensor[i];
            const bool zero = strstr(v->name, "conv2.w") || strstr(v->name, "last") ||
                              strstr(v->name, "conv_out") || strstr(v->name, "bias");
            const bool one = strstr(v->name, "norm") && strstr(v->name, "weight");
            const bool learned = strcmp(v->name, "embedding.weight") == 0;
            double square = 0.0, product = 0.0;
            for (size_t k = v->at; k < v->at + v->size; k++) {
                square += (double)a[k] * (double)a[k], product += (double)a[k] * (double)c[k];
                assert_true(!zero || a[k] == 0);
                assert_true(!one || a[k] == 1);
            }
            const double n = (double)v->size;
            const double variance = learned ? 1.0 : (double)v->shape[0] / n;
            if (zero || one) continue;
            assert_true(fabs(square - n * variance) <= 6.0 * sqrt(2.0 * n) * variance);
            assert_true(fabs(product) <=
                        6.0 * sqrt(n) * variance); /* another seed, other numbers */
        }
        real *workspace = zeros(net->workspace(net, 1)),
             *out = normals(net->out, &(counter_rng){.left = 0});
        const size_t t[1] = {3};
        net->forward(net, out, a, t, 1, a, workspace);
        for (size_t i = 0; i < net->out; i++) assert_true(out[i] == 0);
        network_free(net);
        free(a), free(b), free(c), free(workspace), free(out);
    }
}

/* ---- Refusals ---- */

static void assert_refused(unet_spec s, const char *part)
{
    memset(error, 0, sizeof error);
    assert_null(unet_alloc(&s, error, sizeof error));
    if (!strstr(error, part)) fail_msg("no '%s' in '%s'", part, error);
    assert_null(unet_naive_alloc(&s, NULL, 0));
}

static void test_refused(void **state)
{
    (void)state;
    unet_spec s;
    for (size_t value = 0; value < 2; value++) {
        const size_t v = value ? 4097 : 0;
        size_t *const sizes[] = {&s.rows, &s.columns, &s.in, &s.out, &s.width, &s.embed};
        for (size_t i = 0; i < 6; i++) {
            s = little(EMBED_LEARNED);
            *sizes[i] = v;
            assert_refused(s, "expected 1..4096");
        }
        s = little(EMBED_LEARNED), s.levels = value ? 7 : 0;
        assert_refused(s, "levels");
        s = little(EMBED_LEARNED), s.blocks = value ? 9 : 0;
        assert_refused(s, "blocks");
        s = little(EMBED_LEARNED), s.mult[1] = value ? 1025 : 0;
        assert_refused(s, "mult");
        s = little(EMBED_LEARNED), s.T = value ? ((size_t)1 << 20) + 1 : 0;
        assert_refused(s, "T:");
    }
    s = little(EMBED_LEARNED), s.rows = 10;
    assert_refused(s, "multiples of 2^(levels - 1)");
    s = little(EMBED_LEARNED), s.columns = 6;
    assert_refused(s, "multiples of 2^(levels - 1)");
    s = little(EMBED_KINDS);
    assert_refused(s, "no such kind");
    s = little(EMBED_FOURIER), s.embed = 7;
    assert_refused(s, "as many sines as cosines");
    s = little(EMBED_SINUSOIDAL);
    s.levels = UNET_MAX_LEVELS, s.blocks = UNET_MAX_BLOCKS,
    s.rows = s.columns = 32; /* the largest plan */
    for (size_t l = 0; l < UNET_MAX_LEVELS; l++) s.mult[l] = 1 + l % 2;
    network *net = make(&s);
    real *theta = zeros(net->parameters), *d = zeros(net->parameters);
    real *workspace = zeros(net->workspace(net, 1)), *x = zeros(net->in);
    const size_t t[1] = {20};
    net->init(net, theta, 1);
    net->forward(net, x, x, t, 1, theta, workspace);
    net->backward(net, d, x, x, t, 1, theta, workspace);
    network_free(net);
    free(theta), free(d), free(workspace), free(x);
}

/* ---- Memory ---- */

/* The k-th allocation of unet_alloc fails, for every k; a step allocates nothing at all. */
static void test_memory(void **state)
{
    (void)state;
#ifndef NO_INTERPOSING
    for (embed_kind kind = EMBED_SINUSOIDAL; kind < EMBED_KINDS; kind++) {
        const unet_spec s = little(kind);
        const long needed = kind == EMBED_LEARNED ? 6 : 7;
        for (long k = 0; k <= needed; k++) {
            memset(error, 0, sizeof error);
            allocator.countdown = k;
            network *net = unet_alloc(&s, error, sizeof error);
            allocator.countdown = -1;
            assert_true((net != NULL) == (k == needed));
            if (!net) assert_string_equal(error, "no memory for the network");
            network_free(net);
            allocator.countdown = k;
            net = unet_alloc(&s, NULL, 0);
            allocator.countdown = -1;
            network_free(net);
        }
    }
    counter_rng rng = counter_start(5, 0, 0, 0);
    play p = play_with(little(EMBED_LEARNED), 3, false, &rng);
    real *d = zeros(p.net->parameters), *d_out = zeros(3 * p.net->out);
    const long before = allocator.count;
    play_forward(&p);
    p.net->backward(p.net, d, d_out, p.x, p.t, p.n, p.theta, p.workspace);
    assert_int_equal(allocator.count, before);
    free(d), free(d_out);
    play_end(&p);
#endif
}

/* ---- Training ---- */

static void draw_noise(real *x_0, uint64_t index, counter_rng *rng, const void *params)
{
    (void)index;
    for (size_t i = 0; i < *(const size_t *)params; i++) x_0[i] = (real)counter_normal(rng);
}

/* Train a little; the parameters are to be freed. */
static real *train(size_t threads, double *first, double *last)
{
    unet_spec spec = little(EMBED_SINUSOIDAL);
    network *net = make(&spec);
    const adapt_data data = {net->in, draw_noise, &net->in};
    schedule *s = schedule_named_alloc("S10");
    task *k = task_alloc(s, "eps", "simple", "beta", error, sizeof error);
    trainer_config config = trainer_defaults();
    config.batch = 20, config.steps = 40, config.rate = 5e-3, config.warm_up = 0,
    config.threads = threads;
    trainer *w = trainer_alloc(net, k, &data, &config, error, sizeof error);
    assert_non_null(w);
    for (size_t i = 0; i < config.steps; i++) {
        assert_int_equal(trainer_step(w), 0);
        if (i == 0) *first = w->loss;
    }
    *last = w->loss;
    real *theta = zeros(net->parameters);
    memcpy(theta, w->theta, net->parameters * sizeof *theta);
    trainer_free(w);
    network_free(net);
    task_free(k);
    schedule_free(s);
    return theta;
}

/* On one thread and on two: the same bytes; and the loss falls. */
static void test_training(void **state)
{
    (void)state;
    double first[2], last[2];
    const unet_spec spec = little(EMBED_SINUSOIDAL);
    network *net = make(&spec);
    real *one = train(1, &first[0], &last[0]), *two = train(2, &first[1], &last[1]);
    assert_memory_equal(one, two, net->parameters * sizeof *one);
    assert_true(first[0] == first[1] && last[0] == last[1]);
    assert_true(fabs(first[0] - 1.0) < 0.15 && last[0] < 0.9 * first[0]); /* E|eps|^2/D = 1 */
    network_free(net);
    free(one), free(two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fast_is_naive),
        cmocka_unit_test(test_tensors),
        cmocka_unit_test(test_initial_parameters),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_training),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
