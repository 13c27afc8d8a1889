/* test_network_alloc.c -- the perceptron when memory runs out, and that a step needs none. */
#include "reals.h"

#include <errno.h>

#include "failing_alloc.h"
#include "net/gradcheck.h"
#include "net/mlp.h"

#ifndef NO_INTERPOSING
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
#endif

/* The k-th allocation of mlp_alloc fails, for every k; a step allocates nothing at all. */
static void test_memory(void **state)
{
    (void)state;
#ifndef NO_INTERPOSING
    for (embed_kind kind = EMBED_SINUSOIDAL; kind < EMBED_KINDS; kind++) {
        const mlp_spec s = small(kind);
        const long needed = kind == EMBED_LEARNED ? 3 : 4;
        for (long k = 0; k <= needed; k++) {
            memset(error, 0, sizeof error);
            allocator.countdown = k;
            network *net = mlp_alloc(&s, error, sizeof error);
            allocator.countdown = -1;
            assert_true((net != NULL) == (k == needed));
            if (!net) assert_string_equal(error, "no memory for the network");
            network_free(net);
        }
    }
    const mlp_spec s = small(EMBED_LEARNED);
    network *net = make(&s);
    real *theta = zeros(net->parameters), *d = zeros(net->parameters), x[3] = {1, 2, 3}, out[5];
    real *workspace = zeros(net->workspace(net, 1));
    const size_t t[1] = {4};
    const long before = allocator.count;
    net->forward(net, out, x, t, 1, theta, workspace);
    net->backward(net, d, out, x, t, 1, theta, workspace);
    assert_int_equal(allocator.count, before);
    network_free(net);
    free(theta), free(d), free(workspace);
#endif
}

#ifndef NO_INTERPOSING
static double half_square(void *params)
{
    const double x = *(double *)params;
    return 0.5 * x * x;
}
#endif

/* A gradient check without memory checks nothing, and says so. */
static void test_gradcheck(void **state)
{
    (void)state;
#ifndef NO_INTERPOSING
    double x = 0.7, gradient = 0.7;
    counter_rng rng = counter_start(1, 0, 0, 0);
    const gradcheck_job job = {half_square, &x, &x, &gradient, 1, 1e-16, 1, 1};
    allocator.countdown = 0;
    gradcheck_result r = gradcheck(&job, &rng);
    allocator.countdown = -1;
    assert_false(gradcheck_accepts(&r, 1.0));
    r = gradcheck(&job, &rng);
    assert_true(gradcheck_accepts(&r, 1e-6));
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_memory),
                                       cmocka_unit_test(test_gradcheck)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
