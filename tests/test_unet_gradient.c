/* test_unet_gradient.c -- the U-Net in double: the gradient of both versions, mistakes in it, the workspace,
 * batches; and the fast version against the naive one to the last digits. */
#define NET_DOUBLE 1
#include "unets.h"

#include <stdio.h>

#include "net/gradcheck.h"

static double loss(void *params)
{
    play *p = params;
    double sum = 0.0;
    play_forward(p);
    for (size_t i = 0; i < p->n * p->net->out; i++) sum += p->c[i] * p->out[i];
    return sum;
}

static bool accepted(play *p, const double *gradient, counter_rng *rng)
{
    double size = 0.0; /* a few thousand roundings on the way to an output */
    loss(p);
    for (size_t i = 0; i < p->n * p->net->out; i++) size += fabs(p->c[i]) * (1.0 + fabs(p->out[i]));
    const gradcheck_job job = {
        loss, p, p->theta, gradient, p->net->parameters, 5000.0 * DBL_EPSILON * size, 3, 25};
    const gradcheck_result r = gradcheck(&job, rng);
    return gradcheck_accepts(&r, 1e-3);
}

/* Every tensor matters: its gradient left out, doubled, or shifted by one element is noticed. */
static void check_gradient(bool naive, int cases, uint64_t seed)
{
    counter_rng rng = counter_start(seed, 0, 0, 0);
    for (int i = 0; i < cases; i++) {
        play p = play_with(any_unet(&rng), 1 + counter_below(&rng, 3), naive, &rng);
        double *g = play_gradient(&p), *wrong = zeros(p.net->parameters);
        assert_true(accepted(&p, g, &rng));
        const network_tensor *v = &p.net->tensor[counter_below(&rng, p.net->tensors)];
        memcpy(wrong, g, p.net->parameters * sizeof *g);
        double moved = 0.0, all = 0.0;
        for (size_t k = 0; k < v->size; k++) {
            wrong[v->at + k] = i % 3 == 0   ? 0.0
                               : i % 3 == 1 ? 2.0 * g[v->at + k]
                                            : g[v->at + (k + 1) % v->size];
            moved += pow(wrong[v->at + k] - g[v->at + k], 2.0);
        }
        for (size_t k = 0; k < p.net->parameters; k++) all += g[k] * g[k];
        if (moved > 1e-6 * all) assert_false(accepted(&p, wrong, &rng));
        free(g), free(wrong);
        play_end(&p);
    }
}

static void test_naive_gradient(void **state)
{
    (void)state;
    check_gradient(true, 5, 1);
}

static void test_fast_gradient(void **state)
{
    (void)state;
    check_gradient(false, 12, 2);
}

static void compare(counter_rng *rng)
{
    for (int i = 0; i < 10; i++) {
        const unet_spec spec = any_unet(rng);
        assert_fast_is_naive(spec, any_size(rng, 9), rng);
    }
}

static void test_fast_is_naive(void **state)
{
    (void)state;
    for_every_set(compare, 3);
}

/* The workspace may hold anything, NaN included, and nothing beyond its end is touched. */
static void test_workspace(void **state)
{
    (void)state;
    counter_rng rng = counter_start(4, 0, 0, 0);
    for (int i = 0; i < 20; i++) {
        play p = play_with(any_unet(&rng), any_size(&rng, 5), i % 5 == 0, &rng);
        double *clean = play_gradient(&p);
        const size_t size = p.net->workspace(p.net, p.n), shift = counter_below(&rng, 9);
        double *all = zeros(size + 20), *kept = p.workspace;
        for (size_t k = 0; k < size + 20; k++) all[k] = (double)NAN;
        all[size + shift] = all[shift > 0 ? shift - 1 : size + 19] = 17.0;
        p.workspace = all + shift; /* not aligned */
        double *dirty = play_gradient(&p);
        assert_memory_equal(clean, dirty, p.net->parameters * sizeof *clean);
        assert_true(all[size + shift] == 17.0 && all[shift > 0 ? shift - 1 : size + 19] == 17.0);
        p.workspace = kept;
        free(clean), free(dirty), free(all);
        play_end(&p);
    }
}

/* A sample's output does not depend on the batch it comes in, to the last bit. */
static void test_a_sample_does_not_know_its_batch(void **state)
{
    (void)state;
    counter_rng rng = counter_start(5, 0, 0, 0);
    for (int i = 0; i < 8; i++) {
        play p = play_with(any_unet(&rng), 1 + any_size(&rng, 40), false, &rng);
        play_forward(&p);
        for (size_t b = 0; b < p.n; b++) {
            const size_t m = 1 + counter_below(&rng, p.n - b), D = p.net->out;
            real *out = zeros(m * D);
            p.net->forward(p.net, out, p.x + b * p.net->in, p.t + b, m, p.theta, p.workspace);
            assert_memory_equal(out, p.out + b * D, m * D * sizeof *out);
            free(out);
        }
        play_end(&p);
    }
}

/* The gradient of a batch is the sum of those of its halves, and is added to what is there. */
static void test_gradients_add_up(void **state)
{
    (void)state;
    counter_rng rng = counter_start(6, 0, 0, 0);
    for (int i = 0; i < 20; i++) {
        play p = play_with(any_unet(&rng), any_size(&rng, 9), i % 4 == 0, &rng);
        double *whole = play_gradient(&p), *sum = zeros(p.net->parameters);
        const size_t half = p.n / 2, cut[] = {0, half, p.n};
        const size_t in = p.net->in, out = p.net->out;
        for (size_t k = half == 0; k < 2; k++) {
            const size_t b = cut[k], n = cut[k + 1] - b;
            p.net->forward(p.net, p.out, p.x + b * in, p.t + b, n, p.theta, p.workspace);
            p.net->backward(p.net, sum, p.c + b * out, p.x + b * in, p.t + b, n, p.theta,
                            p.workspace);
        }
        const double all = size_of(whole, p.net->parameters);
        assert_near("sum", sum, whole, p.net->parameters, 1e-4, all);
        free(whole), free(sum);
        play_end(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_naive_gradient),
        cmocka_unit_test(test_fast_gradient),
        cmocka_unit_test(test_fast_is_naive),
        cmocka_unit_test(test_workspace),
        cmocka_unit_test(test_a_sample_does_not_know_its_batch),
        cmocka_unit_test(test_gradients_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
