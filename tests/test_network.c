/* test_network.c -- the perceptron in float: against double, its parameters, what is refused. */
#include "reals.h"

#include <stdio.h>

#include "net/kernel.h"
#include "net/mlp.h"
#include "twin.h"

static char error[200];

static mlp_spec small(embed_kind kind)
{
    return (mlp_spec){
        .D = 3, .out = 5, .width = 11, .depth = 2, .embedding = kind, .embed = 6, .T = 20};
}

static network *make(const mlp_spec *s)
{
    network *net = mlp_alloc(s, error, sizeof error);
    if (!net) fail_msg("%s", error);
    return net;
}

static double *doubles(const real *x, size_t n)
{
    double *y = calloc(n, sizeof *y);
    assert_non_null(y);
    for (size_t i = 0; x && i < n; i++) y[i] = (double)x[i];
    return y;
}

/* |x - y| <= tolerance |y|, in Euclidean norm */
static void assert_near(const real *x, const double *y, size_t n, double tolerance)
{
    double error2 = 0.0, size2 = 0.0;
    for (size_t i = 0; i < n; i++) {
        error2 += pow((double)x[i] - y[i], 2);
        size2 += y[i] * y[i];
    }
    if (!(sqrt(error2) <= tolerance * sqrt(size2)))
        fail_msg("relative error %g of %zu numbers", sqrt(error2 / size2), n);
}

/* One network with the same numbers in float and in double. */
static void compare_types(const mlp_spec *s, size_t n, counter_rng *rng)
{
    network *net = make(s);
    const size_t P = net->parameters;
    real *theta = normals(P, rng), *x = normals(n * s->D, rng), *d_out = normals(n * s->out, rng);
    real *out = zeros(n * s->out), *d_theta = zeros(P), *workspace = zeros(net->workspace(net, n));
    size_t *t = calloc(n, sizeof *t);
    net->init(net, theta, 5);
    for (size_t i = 0; i < P; i++) theta[i] += (real)(0.1 * counter_normal(rng));
    for (size_t b = 0; b < n; b++) t[b] = 1 + counter_below(rng, s->T);
    double *const x2 = doubles(x, n * s->D), *const theta2 = doubles(theta, P);
    double *const d_out2 = doubles(d_out, n * s->out);
    double *const out2 = doubles(NULL, n * s->out), *const d_theta2 = doubles(NULL, P);
    net->forward(net, out, x, t, n, theta, workspace);
    net->backward(net, d_theta, d_out, x, t, n, theta, workspace);
    assert_int_equal(twin_mlp(s, out2, d_theta2, d_out2, x2, t, n, theta2), 0);
    assert_near(out, out2, n * s->out, 1e-5);
    for (size_t i = 0; i < net->tensors; i++)
        assert_near(d_theta + net->tensor[i].at, d_theta2 + net->tensor[i].at, net->tensor[i].size,
                    1e-5);
    network_free(net);
    free(theta), free(x), free(d_out), free(out), free(d_theta), free(workspace), free(t);
    free(x2), free(theta2), free(d_out2), free(out2), free(d_theta2);
}

static void test_float_agrees_with_double(void **state)
{
    (void)state;
    for (kernel_isa isa = KERNEL_BASELINE; isa < KERNEL_SETS; isa++) {
        counter_rng rng = counter_start(1, 0, 0, 0);
        if (kernel_limit(isa) != isa) continue;
        for (int i = 0; i < 30; i++) {
            mlp_spec s = small((embed_kind)(i % EMBED_KINDS));
            s.activation = (act_kind)(i % ACT_KINDS);
            s.width = any_size(&rng, 40);
            compare_types(&s, any_size(&rng, 70), &rng);
        }
        const mlp_spec full = mlp_default(2, 1000);
        compare_types(&full, 64, &rng);
    }
    kernel_limit(KERNEL_SETS - 1);
}

/* FNV-1a of the gradient of a default network, made without any function of the C library. */
static uint64_t hash_of_a_gradient(act_kind activation)
{
    enum { N = 37 };
    mlp_spec s = mlp_default(2, 1000);
    s.activation = activation;
    s.embedding = EMBED_LEARNED;
    network *net = make(&s);
    real *theta = zeros(net->parameters), *d_theta = zeros(net->parameters);
    real *workspace = zeros(net->workspace(net, N)), x[2 * N], out[2 * N];
    size_t t[N];
    counter_rng rng = counter_start(1, 2, 3, 4);
    for (size_t i = 0; i < net->parameters; i++) theta[i] = (real)(counter_uniform(&rng) - 0.5) / 4;
    for (size_t i = 0; i < 2 * N; i++) x[i] = (real)(counter_uniform(&rng) - 0.5);
    for (size_t i = 0; i < N; i++) t[i] = 1 + counter_below(&rng, 1000);
    net->forward(net, out, x, t, N, theta, workspace);
    net->backward(net, d_theta, out, x, t, N, theta, workspace);
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < net->parameters * sizeof(real); i++)
        hash = (hash ^ ((const unsigned char *)d_theta)[i]) * 0x100000001b3u;
    network_free(net);
    free(theta), free(d_theta), free(workspace);
    return hash;
}

/* The same bytes from every compiler, with any optimisation, on every processor with fused
 * multiply-adds; and other ones, also the same everywhere, without (the baseline, gcc -O0). */
static void test_bytes(void **state)
{
    static const uint64_t fused[] = {0x62771a767e214558, 0x65567986e6b9801e},
                          plain[] = {0x4b4cd75bf218cc45, 0xee27cca7b147daf5};
    (void)state;
    for (kernel_isa isa = KERNEL_BASELINE; isa < KERNEL_SETS; isa++)
        for (act_kind kind = ACT_SILU; kind < ACT_KINDS; kind++) {
            if (kernel_limit(isa) != isa) continue;
            const uint64_t hash = hash_of_a_gradient(kind);
            if (hash != fused[kind] && hash != plain[kind])
                fail_msg("%s: 0x%016llx", kernel_name(isa), (unsigned long long)hash);
        }
    kernel_limit(KERNEL_SETS - 1);
}

/* The views cover theta in order; names and shapes are PyTorch's. */
static void test_tensors(void **state)
{
    (void)state;
    const mlp_spec s = small(EMBED_LEARNED);
    network *net = make(&s);
    const struct {
        const char *name;
        size_t rank, rows, columns;
    } right[] = {{"layers.0.weight", 2, 11, 9},  {"layers.0.bias", 1, 11, 0},
                 {"layers.1.weight", 2, 11, 11}, {"layers.1.bias", 1, 11, 0},
                 {"layers.2.weight", 2, 5, 11},  {"layers.2.bias", 1, 5, 0},
                 {"embedding.weight", 2, 20, 6}};
    size_t at = 0;
    assert_int_equal(net->tensors, 7);
    for (size_t i = 0; i < 7; i++) {
        const network_tensor *v = &net->tensor[i];
        assert_string_equal(v->name, right[i].name);
        assert_true(v->rank == right[i].rank && v->shape[0] == right[i].rows && v->at == at);
        assert_true(v->shape[1] == right[i].columns &&
                    v->size == right[i].rows * (v->rank == 2 ? right[i].columns : 1));
        at += v->size;
    }
    assert_int_equal(net->parameters, at);
    assert_true(net->in == 3 && net->out == 5 && net->T == 20);
    network_free(net);
    network_free(NULL);
}

/* A function of the seed; variance 1/in, zero biases, a last layer that begins at 0. */
static void test_initial_parameters(void **state)
{
    (void)state;
    mlp_spec s = mlp_default(2, 1000);
    assert_true(s.D == 2 && s.out == 2 && s.width == 128 && s.depth == 4 && s.embed == 128 &&
                s.T == 1000);
    s.embedding = EMBED_LEARNED;
    network *net = make(&s);
    const size_t P = net->parameters;
    real *a = zeros(P), *b = normals(P, &(counter_rng){.left = 0}), *c = zeros(P);
    net->init(net, a, 7), net->init(net, b, 7), net->init(net, c, 8);
    assert_memory_equal(a, b, P * sizeof *a);
    for (size_t i = 0; i < net->tensors; i++) {
        const network_tensor *v = &net->tensor[i];
        const bool weight = v->rank == 2, last = i == 8;
        double square = 0.0, product = 0.0;
        for (size_t k = v->at; k < v->at + v->size; k++) {
            square += (double)a[k] * (double)a[k];
            product += (double)a[k] * (double)c[k];
        }
        const double variance = i == 10 ? 1.0 : weight && !last ? 1.0 / (double)v->shape[1] : 0.0;
        const double n = (double)v->size;
        assert_true(fabs(square - n * variance) <= 6.0 * sqrt(2.0 * n) * variance);
        assert_true(fabs(product) <= 6.0 * sqrt(n) * variance); /* another seed, other numbers */
    }
    assert_true(a[0] != a[net->tensor[2].at]); /* every layer has its own */
    network_free(net);
    free(a), free(b), free(c);
}

/* The rows of a fresh learned embedding are independent normal vectors: all far apart. */
static void test_learned_times_differ(void **state)
{
    (void)state;
    mlp_spec s = mlp_default(2, 1000);
    s.embedding = EMBED_LEARNED;
    network *net = make(&s);
    real *theta = zeros(net->parameters);
    net->init(net, theta, 3);
    const real *row = theta + net->tensor[10].at;
    assert_string_equal(net->tensor[10].name, "embedding.weight");
    for (size_t t = 0; t < 1000; t++)
        for (size_t u = 0; u < t; u++) {
            double d2 = 0.0; /* 2 times chi-square with 128 degrees of freedom: 256 +- 32 */
            for (size_t i = 0; i < 128; i++)
                d2 += pow((double)(row[t * 128 + i] - row[u * 128 + i]), 2);
            assert_true(d2 > 80.0);
        }
    network_free(net);
    free(theta);
}

static void assert_refused(mlp_spec s, const char *part)
{
    memset(error, 0, sizeof error);
    assert_null(mlp_alloc(&s, error, sizeof error));
    if (!strstr(error, part)) fail_msg("no '%s' in '%s'", part, error);
    assert_null(mlp_alloc(&s, NULL, 0));
}

static void test_refused(void **state)
{
    (void)state;
    for (size_t value = 0; value < 2; value++) {
        const size_t v = value ? ((size_t)1 << 20) + 1 : 0;
        const char *part = value ? "above 1048576" : "at least 1";
        mlp_spec s = small(EMBED_LEARNED);
        size_t *const sizes[] = {&s.D, &s.out, &s.width, &s.embed, &s.T};
        for (size_t i = 0; i < 5; i++) {
            s = small(EMBED_LEARNED);
            *sizes[i] = v;
            assert_refused(s, part);
        }
        s = small(EMBED_LEARNED);
        s.depth = value ? MLP_MAX_DEPTH + 1 : 0;
        assert_refused(s, "expected 1..32");
    }
    mlp_spec s;
    size_t *const sizes[] = {&s.D, &s.out, &s.width, &s.embed, &s.T};
    for (size_t i = 0; i < 5; i++) { /* the largest size is legal */
        s = small(EMBED_LEARNED);
        *sizes[i] = (size_t)1 << 20;
        network_free(make(&s));
    }
    s = small(EMBED_FOURIER);
    s.embed = 7;
    assert_refused(s, "embed 7 is odd");
    s = small(EMBED_KINDS);
    assert_refused(s, "no such embedding");
    s = small(EMBED_LEARNED);
    s.activation = ACT_KINDS;
    assert_refused(s, "no such embedding or activation");
    s.activation = ACT_TANH;
    s.embed = 1; /* legal when learned */
    s.depth = MLP_MAX_DEPTH;
    network_free(make(&s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_float_agrees_with_double),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_tensors),
        cmocka_unit_test(test_initial_parameters),
        cmocka_unit_test(test_learned_times_differ),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
