/* test_denoise.c -- a network with the exact optimum of Gaussian data inside: its predictions and kernels are
 * theory's, one point or many. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "exact.h"
#include "theory/mixture.h"
#include "theory/predict.h"

/* ---- Batches ---- */

static void test_batches(void **state)
{
    (void)state;
    static const char *const words[] = {"eps", "x0", "mu", "v", "score", "eps:skip"};
    enum { n = 700, D = 3 }; /* several blocks per lane */
    static double x[n * D], eps[n * D], x_0[n * D], mean[n * D], var[n * D];
    static size_t t[n];
    mixture *m = mixture_alloc(1, 1);
    m->mean[0] = centre, m->var[0] = spread;
    for (size_t p = 0; p < 6; p++) {
        exact *net = exact_alloc(words[p], "beta_tilde", D, 2, 0.0);
        for (size_t i = 0; i < n; i++) {
            t[i] = 1 + i * 7 % plan->T;
            for (size_t d = 0; d < D; d++) x[i * D + d] = 2.0 * sin((double)(i * D + d));
        }
        assert_int_equal(denoise_eps(net->w, eps, x, t, n), GSL_SUCCESS);
        assert_int_equal(denoise_x0(net->w, x_0, x, t, n), GSL_SUCCESS);
        assert_int_equal(denoise_kernel(net->w, mean, var, x, t, n), GSL_SUCCESS);
        const denoiser one = denoise_as_denoiser(net->w);
        for (size_t i = 0; i < n * D; i++) {
            const size_t at = t[i / D];
            double best;
            mixture_mean_eps(&best, m, plan, at, &x[i]);
            /* float parameters, divided by eps_out */
            const double tolerance =
                1e-6 * (1.0 + fabs(net->k->eps_x[at]) + fabs(net->k->eps_out[at])) * 4.0;
            assert_true(fabs(eps[i] - best) <= tolerance);
            assert_true(fabs(x_0[i] - predict_x0_from_eps(plan, at, x[i], eps[i])) <= 1e-12);
            assert_true(fabs(mean[i] - predict_mean_from_eps(plan, at, x[i], eps[i])) <= 1e-14);
            assert_true(var[i] == (at > 1 ? plan->beta_tilde[at] : plan->beta[1]));
            if (i % D == 0) {
                double alone[D];
                one.eps(alone, x + i, at, D, one.params);
                assert_memory_equal(alone, eps + i, sizeof alone);
            }
        }
        exact_free(net);
    }
    mixture_free(m);
}

static void test_variances(void **state)
{
    (void)state;
    exact *net = exact_alloc("v", "learned", 1, 1, 0.0);
    const double x = 0.4;
    const reverse_model p = denoise_as_reverse_model(net->w);
    for (size_t t = 1; t <= plan->T; t++) {
        const double low = plan->beta_tilde[t > 1 ? t : 2], f = 1.0 / (1.0 + exp(-0.1 * (double)t));
        const double var = pow(plan->beta[t], f) * pow(low, 1.0 - f);
        assert_true(fabs(p.var(x, t, p.params) / var - 1.0) < 1e-6);
    }
    exact *wide = exact_alloc("v", "learned", 3, 1, 0.0);
    const double three[3] = {0.4, 0.4, 0.4};
    for (size_t at = 1; at <= plan->T; at += 7) {
        const double low = log(plan->beta_tilde[at > 1 ? at : 2]), high = log(plan->beta[at]);
        double var[3];
        assert_int_equal(denoise_kernel(wide->w, NULL, var, three, &at, 1), GSL_SUCCESS);
        for (size_t d = 0; d < 3; d++) {
            const double f = 1.0 / (1.0 + exp(-0.1 * (double)at + 0.7 * (double)d));
            assert_true(fabs(log(var[d]) - low - f * (high - low)) < 1e-6);
        }
    }
    exact_free(wide);
    net->w->sigma = TASK_BETA; /* the choice is free once the network is trained */
    assert_true(p.var(x, 7, p.params) == plan->beta[7]);
    net->w->sigma = TASK_BETA_TILDE;
    assert_true(p.var(x, 7, p.params) == plan->beta_tilde[7] &&
                p.var(x, 1, p.params) == plan->beta[1]);
    net->w->sigma2 = plan->var_bar;
    assert_true(p.var(x, 7, p.params) == plan->var_bar[7]);
    double mean, other;
    const size_t t = 7;
    assert_int_equal(denoise_kernel(net->w, &mean, &other, &x, &t, 1), GSL_SUCCESS);
    assert_true(p.mean(x, 7, p.params) == mean && other == plan->var_bar[7]);
    exact_free(net);
}

/* A workspace beyond the cache: smaller blocks, the same numbers. */
static size_t large_workspace(const network *net, size_t n)
{
    (void)net;
    return n << 17;
}

static void test_blocks(void **state)
{
    (void)state;
    enum { n = 150 };
    static double x[n], y[n];
    exact *net = exact_alloc("eps", "beta", 1, 1, 0.0);
    assert_int_equal(denoise_sample(net->w, x, n, NULL), GSL_SUCCESS);
    denoise_free(net->w);
    net->net.workspace = large_workspace;
    net->w = denoise_alloc(&net->net, net->k, net->theta, 1);
    assert_int_equal(denoise_sample(net->w, y, n, NULL), GSL_SUCCESS);
    assert_memory_equal(x, y, sizeof x);
    exact_free(net);
}

/* What a network cannot be asked for. */
static void test_errors(void **state)
{
    (void)state;
    gsl_error_handler_t *old = gsl_set_error_handler(remember);
    exact *m = exact_alloc("eps", "beta", 1, 1, 0.0);
    const double x = 0.1;
    const size_t t = 3;
    double mean, var;
    m->w->sigma = TASK_LEARNED; /* which it is not */
    const reverse_model p = denoise_as_reverse_model(m->w);
    assert_int_equal(denoise_kernel(m->w, &mean, &var, &x, &t, 1), GSL_EINVAL);
    assert_true(isnan(p.mean(x, t, p.params)) && isnan(p.var(x, t, p.params)));
    assert_int_equal(last_error, GSL_EINVAL);
    denoise_free(NULL);
    exact_free(m);
    gsl_set_error_handler(old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_batches), cmocka_unit_test(test_variances),
        cmocka_unit_test(test_blocks), cmocka_unit_test(test_errors)};
    return cmocka_run_group_tests(tests, exact_open, exact_close);
}
