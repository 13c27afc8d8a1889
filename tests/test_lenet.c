/* test_lenet.c -- the fast classifier against the naive one, for every instruction set.
 * (test_lenet_double.c: the same in double, and the naive gradient.) */
#include "images.h"

#include "net/lenet.h"
#ifdef NET_DOUBLE
#include "net/gradcheck.h"
#endif

typedef struct play {
    network *net;
    size_t n;
    real *theta, *x, *out, *d_out, *workspace, *gradient;
    unsigned char label[16];
} play;

/* Inputs are random, or a digit's: black except for a patch, so that many pooled pixels are equal. */
static play begin(bool naive, size_t n, bool black, counter_rng *rng)
{
    play p = {.net = naive ? lenet_naive_alloc() : lenet_alloc(), .n = n};
    assert_non_null(p.net);
    p.theta = zeros(p.net->parameters), p.gradient = zeros(p.net->parameters);
    p.net->init(p.net, p.theta, counter_bits(rng));
    for (size_t i = 0; i < p.net->parameters; i++)
        p.theta[i] += (real)(0.05 * counter_normal(rng)); /* biases too */
    p.x = normals(n * LENET_PIXELS, rng);
    for (size_t i = 0; black && i < n * LENET_PIXELS; i++)
        if (i % 28 < 9 || i % 28 > 15 || i / 28 % 28 < 11) p.x[i] = -1;
    p.out = zeros(n * LENET_CLASSES), p.d_out = normals(n * LENET_CLASSES, rng);
    p.workspace = normals(p.net->workspace(p.net, n), rng); /* whatever it holds */
    for (size_t i = 0; i < n; i++) p.label[i] = (unsigned char)counter_below(rng, LENET_CLASSES);
    return p;
}

static void end(play *p)
{
    network_free(p->net);
    free(p->theta), free(p->x), free(p->out), free(p->d_out), free(p->workspace);
    free(p->gradient);
}

static void run(play *p)
{
    p->net->forward(p->net, p->out, p->x, NULL, p->n, p->theta, p->workspace);
}

static void run_back(play *p)
{
    p->net->backward(p->net, p->gradient, p->d_out, p->x, NULL, p->n, p->theta, p->workspace);
}

static void compare(counter_rng *rng)
{
    for (size_t n = 1; n <= 11; n += 2) {
        counter_rng same = *rng;
        play fast = begin(false, n, n % 4 == 1, rng), slow = begin(true, n, n % 4 == 1, &same);
        if (n == 7) memset(fast.theta, 0, 416 * sizeof(real)); /* z = 0: nothing comes back */
        memcpy(slow.d_out, fast.d_out,
               n * LENET_CLASSES * sizeof(real)); /* another workspace size */
        memcpy(slow.theta, fast.theta, slow.net->parameters * sizeof(real));
        memcpy(slow.x, fast.x, n * LENET_PIXELS * sizeof(real));
        run(&fast), run(&slow);
        assert_near("logits", fast.out, slow.out, n * LENET_CLASSES, 1e-5, 1e-3);
        assert_near("features", lenet_features(fast.net, n, fast.workspace),
                    lenet_features(slow.net, n, slow.workspace), n * LENET_FEATURES, 1e-5, 1e-3);
        fill(fast.gradient, fast.net->parameters, rng); /* gradients are added */
        memcpy(slow.gradient, fast.gradient, slow.net->parameters * sizeof(real));
        run_back(&fast), run_back(&slow);
        for (size_t i = 0; i < fast.net->tensors; i++) {
            const network_tensor *const v = &fast.net->tensor[i];
            assert_near(v->name, fast.gradient + v->at, slow.gradient + v->at, v->size, 1e-4, 1);
        }
        end(&fast), end(&slow);
    }
}

static void test_fast_is_naive(void **state)
{
    (void)state;
    for_every_set(compare, 3);
}

/* An image's numbers do not depend on which others are in the batch. */
static void test_batches(void **state)
{
    (void)state;
    counter_rng rng = counter_start(5, 1, 0, 0);
    play all = begin(false, 9, false, &rng), one = begin(false, 1, false, &rng);
    memcpy(one.theta, all.theta, one.net->parameters * sizeof(real));
    run(&all);
    for (size_t i = 0; i < 9; i++) {
        memcpy(one.x, all.x + i * LENET_PIXELS, LENET_PIXELS * sizeof(real));
        run(&one);
        assert_memory_equal(one.out, all.out + i * LENET_CLASSES, LENET_CLASSES * sizeof(real));
    }
    end(&all), end(&one);
}

static void test_frame(void **state)
{
    (void)state;
    network *const net = lenet_alloc();
    static const char *const name[8] = {"conv1.weight",  "conv1.bias",    "conv2.weight",
                                        "conv2.bias",    "dense1.weight", "dense1.bias",
                                        "dense2.weight", "dense2.bias"};
    static const size_t size[8] = {400, 16, 12800, 32, 65536, 128, 1280, 10};
    size_t at = 0;
    assert_true(net->tensors == 8 && net->parameters == 80202 && net->in == 784 && net->out == 10);
    for (size_t i = 0; i < 8; i++) {
        const network_tensor *const v = &net->tensor[i];
        size_t product = 1;
        for (size_t k = 0; k < v->rank; k++) product *= v->shape[k];
        assert_string_equal(v->name, name[i]);
        assert_true(v->at == at && v->size == size[i] && product == size[i]);
        at += size[i];
    }
    real *const a = zeros(net->parameters), *const b = zeros(net->parameters);
    net->init(net, a, 7), net->init(net, b, 7);
    assert_memory_equal(a, b, net->parameters * sizeof(real));
    net->init(net, b, 8);
    for (size_t i = 0; i < 8; i++) {
        const network_tensor *const v = &net->tensor[i];
        const double rms = size_of(a + v->at, v->size) / sqrt((double)v->size);
        const double in = (double)v->size / (double)v->shape[0];
        const double expected = i % 2 ? 0.0 : sqrt(1.0 / (3.0 * in));
        assert_true(fabs(rms - expected) <= 0.1 * expected); /* uniform: limit / sqrt 3 */
        assert_true((memcmp(a + v->at, b + v->at, v->size * sizeof(real)) != 0) == (i % 2 == 0));
    }
    free(a), free(b), network_free(net);
}

static void test_loss(void **state)
{
    (void)state;
    const real out[20] = {1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 4000, -4000, 0, 0, 0, 0, 0, 0, 0, 4000};
    const unsigned char label[2] = {2, 1};
    double loss[2], p[10];
    real d[20];
    lenet_cross_entropy(loss, d, out, label, 2, 0.5);
    const double sum = exp(1.0) + exp(2.0) + exp(3.0) + 7.0;
    assert_true(fabs(loss[0] - (log(sum) - 3.0)) < 1e-12);
    assert_true(fabs(loss[1] - (8000.0 + log(2.0))) < 1e-9); /* no overflow, no log 0 */
    assert_true(fabs((double)d[0] - 0.5 * exp(1.0) / sum) < 1e-7);
    assert_true(fabs((double)d[2] - 0.5 * (exp(3.0) / sum - 1.0)) < 1e-7);
    assert_true(d[10] == (real)0.25 && d[11] == (real)-0.5 && d[19] == (real)0.25);
    assert_int_equal(lenet_probabilities(p, out), 2);
    assert_true(fabs(p[1] - exp(2.0) / sum) < 1e-15);
    assert_int_equal(lenet_probabilities(p, out + 10), 0); /* the first of equals */
    lenet_cross_entropy(NULL, NULL, out, label, 2, 1.0);
}

#ifdef NET_DOUBLE
static double loss_of(void *params)
{
    play *const p = params;
    double loss[16], sum = 0.0;
    run(p);
    lenet_cross_entropy(loss, NULL, p->out, p->label, p->n, 1.0);
    for (size_t i = 0; i < p->n; i++) sum += loss[i];
    return sum;
}

static bool accepted(play *p, const double *gradient, size_t coordinates, counter_rng *rng)
{
    /* The loss is a sum of n terms of size 1, each after sums of some hundred terms of size 1. */
    const gradcheck_job job = {loss_of,           p, p->theta,   gradient, p->net->parameters,
                               1e4 * DBL_EPSILON, 3, coordinates};
    const gradcheck_result r = gradcheck(&job, rng);
    return gradcheck_accepts(&r, 1e-3);
}

/* A network, an image and its gradient, at a point where no maximum and no ReLU changes sides within
 * the steps of a central difference (there the function has no derivative to compare with). */
static play off_kinks(counter_rng *rng)
{
    for (int i = 0; i < 12; i++) {
        play p = begin(true, 1, false, rng);
        loss_of(&p);
        lenet_cross_entropy(NULL, p.d_out, p.out, p.label, p.n, 1.0);
        run_back(&p);
        if (accepted(&p, p.gradient, 40, rng)) return p;
        end(&p);
    }
    fail_msg("the gradient is wrong, or there are kinks everywhere");
    return (play){0};
}

/* The gradient is right; each tensor's left out or doubled is not. */
static void test_naive_gradient(void **state)
{
    (void)state;
    counter_rng rng = counter_start(11, 1, 0, 0);
    play p = off_kinks(&rng);
    for (size_t i = 0; i < p.net->tensors; i++) {
        const network_tensor *const v = &p.net->tensor[i];
        for (int factor = 0; factor <= 2; factor += 2) {
            double *const wrong = zeros(p.net->parameters);
            memcpy(wrong, p.gradient, p.net->parameters * sizeof *wrong);
            for (size_t k = 0; k < v->size; k++) wrong[v->at + k] *= factor;
            if (accepted(&p, wrong, 0, &rng)) fail_msg("%s times %d is accepted", v->name, factor);
            free(wrong);
        }
    }
    end(&p);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fast_is_naive),  cmocka_unit_test(test_batches),
        cmocka_unit_test(test_frame),          cmocka_unit_test(test_loss),
#ifdef NET_DOUBLE
        cmocka_unit_test(test_naive_gradient),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
