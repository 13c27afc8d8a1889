/* test_denoise_sample.c -- the samplers of a network with the exact optimum inside: the laws that
 * theory/linear.h has in closed form, and the same bytes however the work is shared out. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "check/moments.h"
#include "exact.h"
#include "theory/linear.h"

/* ---- Samples ---- */

/* Mean and variance of n samples against theirs in closed form, 6 standard errors. */
static void expect_law(const double *x, size_t n, double mean, double var)
{
    moments m = {0};
    for (size_t i = 0; i < n; i++) moments_add(&m, x[i]);
    const double N = (double)n;
    if (!(fabs(m.mean - mean) < 6.0 * sqrt(var / N))) fail_msg("mean %.5f, not %.5f", m.mean, mean);
    if (!(fabs(moments_variance(&m) / var - 1.0) < 6.0 * sqrt(2.0 / N)))
        fail_msg("variance %.5f, not %.5f", moments_variance(&m), var);
}

/* The law of the sampler's x_0: the chain's, without the noise of the last step. */
static void expect_chain(const double *x, size_t n, weight_variance choice)
{
    linear_chain *c = linear_chain_alloc(plan, centre, spread, choice);
    double mean, var;
    linear_marginal(c, &mean, &var);
    expect_law(x, n, mean, var - c->var[1]);
    linear_chain_free(c);
}

static void test_ancestral(void **state)
{
    (void)state;
    enum { n = 20000 };
    static double x[n], y[n];
    static const char *const words[] = {"beta", "beta_tilde"};
    for (int choice = 0; choice < 2; choice++) {
        exact *net = exact_alloc("eps", words[choice], 1, 2, 0.0);
        const denoise_options how = {.seed = 17};
        assert_int_equal(denoise_sample(net->w, x, n, &how), GSL_SUCCESS);
        expect_chain(x, n, choice == 0 ? SIGMA_BETA : SIGMA_BETA_TILDE);
        net->w->sigma2 = net->k->sigma2; /* the same numbers as a table */
        assert_int_equal(denoise_sample(net->w, y, 500, &how), GSL_SUCCESS);
        net->w->sigma2 = NULL;
        denoise_sample(net->w, x, 500, &how);
        assert_memory_equal(x, y, 500 * sizeof *x);
        exact_free(net);
    }
}

static void test_bytes(void **state)
{
    (void)state;
    enum { n = 200, D = 3 };
    static double x[n * D], y[n * D];
    const denoise_options how = {.seed = 3};
    for (int sub = 0; sub < 2; sub++) {
        denoise_options all = how;
        all.steps = sub ? 9 : 0;
        exact *one = exact_alloc("v", "learned", D, 1, 0.0),
              *two = exact_alloc("v", "learned", D, 2, 0.0);
        assert_int_equal(denoise_sample(one->w, x, n, &all), GSL_SUCCESS);
        assert_int_equal(denoise_sample(two->w, y, n, &all), GSL_SUCCESS);
        assert_memory_equal(x, y, sizeof x);
        denoise_options part = all; /* in pieces */
        for (part.first = 0; part.first < n; part.first += 50)
            assert_int_equal(denoise_sample(two->w, y + part.first * D, 50, &part), GSL_SUCCESS);
        assert_memory_equal(x, y, sizeof x);
        part.first = 0, part.seed++;
        denoise_sample(two->w, y, n, &part);
        assert_memory_not_equal(x, y, sizeof x);
        exact_free(one), exact_free(two);
    }
    exact *net = exact_alloc("v", "beta", D, 2, 0.0);
    assert_int_equal(denoise_sample(net->w, x, n, NULL), GSL_SUCCESS); /* defaults: seed 0 */
    denoise_options zero = {.seed = 0, .steps = plan->T};
    assert_int_equal(denoise_sample(net->w, y, n, &zero), GSL_SUCCESS);
    assert_memory_equal(x, y, sizeof x);
    exact_free(net);
}

/* A strided chain of the optimal denoiser: each of its steps is linear, so mean and variance follow by
 * hand from alpha_bar at the t that are kept. */
/* t of place j = 1..steps. */
static size_t kept(size_t j, size_t steps)
{
    if (j == 0) return 0;
    const double share = steps > 1 ? (double)(j - 1) / (double)(steps - 1) : 1.0;
    return 1 + (size_t)lround((double)(plan->T - 1) * share);
}

/* Mean and variance of coordinate d; choice 0 beta, 1 beta_tilde, 2 learned. */
static void strided_law(size_t steps, int choice, size_t d, double *mean, double *var)
{
    *mean = 0.0, *var = 1.0;
    for (size_t j = steps; j >= 1; j--) {
        const size_t t = kept(j, steps), s = kept(j - 1, steps);
        const double a = plan->alpha_bar[t] / plan->alpha_bar[s], b = 1.0 - a;
        const double V = plan->alpha_bar[t] * spread + plan->var_bar[t];
        const double slope = (1.0 - b / V) / sqrt(a);
        const double tilde = b * plan->var_bar[s] / plan->var_bar[t];
        const double f = 1.0 / (1.0 + exp(-(0.1 * (double)t - 0.7 * (double)d))); /* exact.h */
        const double noise = choice == 0   ? b
                             : choice == 1 ? tilde
                                           : pow(b, f) * pow(tilde, 1.0 - f);
        *mean = slope * *mean + b * sqrt(plan->alpha_bar[t]) * centre / V / sqrt(a);
        *var = slope * slope * *var + (j == 1 ? 0.0 : noise);
    }
}

static void test_strided(void **state)
{
    (void)state;
    enum { n = 20000, D = 2 };
    static double x[n * D], column[n];
    static const char *const words[] = {"beta", "beta_tilde", "learned"};
    for (size_t steps = 1; steps <= 7; steps += 3)
        for (int choice = 0; choice < 3; choice++) {
            exact *net = exact_alloc("x0", words[choice], D, 2, 0.0);
            const denoise_options how = {.seed = 23, .steps = steps};
            assert_int_equal(denoise_sample(net->w, x, n, &how), GSL_SUCCESS);
            for (size_t d = 0; d < D; d++) {
                double mean, var;
                strided_law(steps, choice, d, &mean, &var);
                for (size_t i = 0; i < n; i++) column[i] = x[i * D + d];
                expect_law(column, n, mean, var);
            }
            exact_free(net);
        }
}

typedef struct diary {
    size_t seen, t[64], stop_at;
} diary;

static int note(size_t t, const double *x, size_t n, void *params)
{
    diary *d = params;
    assert_true(isfinite(x[0]) && n == 5);
    d->t[d->seen++] = t;
    return d->seen == d->stop_at;
}

static void test_watch(void **state)
{
    (void)state;
    double x[5];
    exact *net = exact_alloc("eps", "beta", 1, 1, 0.0);
    diary d = {0};
    denoise_options how = {.seed = 3, .watch = note, .params = &d};
    assert_int_equal(denoise_sample(net->w, x, 5, &how), GSL_SUCCESS);
    assert_int_equal(d.seen, plan->T + 1);
    for (size_t i = 0; i < d.seen; i++) assert_int_equal(d.t[i], plan->T - i);
    how.steps = 3;
    d = (diary){0};
    assert_int_equal(denoise_sample(net->w, x, 5, &how), GSL_SUCCESS);
    const size_t kept[] = {50, 26, 1, 0};
    assert_int_equal(d.seen, 4);
    assert_memory_equal(d.t, kept, sizeof kept);
    for (size_t stop = 1; stop <= 3; stop++) {
        d = (diary){.stop_at = stop};
        assert_int_equal(denoise_sample(net->w, x, 5, &how), GSL_EFAILED);
        assert_int_equal(d.seen, stop);
    }
    for (size_t stop = 1; stop <= 2; stop++) {
        d = (diary){.stop_at = stop};
        assert_int_equal(denoise_one_shot(net->w, x, 5, &how), GSL_EFAILED);
    }
    exact_free(net);
}

/* x_0_hat(x_T) of standard normal x_T: linear. */
static void test_one_shot(void **state)
{
    (void)state;
    enum { n = 20000 };
    static double x[n];
    exact *net = exact_alloc("eps:skip", "beta", 1, 2, 0.0);
    assert_int_equal(denoise_one_shot(net->w, x, n, NULL), GSL_SUCCESS);
    const size_t T = plan->T;
    const double V = plan->alpha_bar[T] * spread + plan->var_bar[T], a = sqrt(plan->alpha_bar[T]);
    const double slope = a * spread / V, offset = plan->var_bar[T] * centre / V;
    expect_law(x, n, offset, slope * slope);
    exact_free(net);
}

/* ---- NCSN: the score of N(centre, spread + sigma_t^2), exactly ---- */

static const double level[] = {0.2, 0.7, 2.0};

static exact *make_ncsn(bool skip, size_t D)
{
    char error[200];
    exact *m = calloc(1, sizeof *m);
    m->k = task_ncsn_alloc(level, 3, skip, error, sizeof error);

    m->net = tabular(3, D, D);
    m->theta = calloc(m->net.parameters, sizeof *m->theta);
    for (size_t t = 1; t <= 3; t++)
        for (size_t d = 0; d < D; d++) { /* coordinate d has the mean (1 + d) centre */
            real *line = m->theta + tabular_at(&m->net, t, d);
            const double sigma = level[t - 1], scale = skip ? sigma : 1.0,
                         V = spread + sigma * sigma;
            line[0] = (real)(-scale / (V * m->k->input[t]));
            line[1] = (real)(scale * (double)(1 + d) * centre / V);
        }
    m->w = denoise_alloc(&m->net, m->k, m->theta, 2);
    return m;
}

/* x <- (1 - a/V) x + a centre/V + sqrt(2a) z, repeated: mean and variance by hand. */
static void test_langevin(void **state)
{
    (void)state;
    enum { n = 20000, D = 2 };
    static double x[n * D], column[n];
    for (int upward = 0; upward < 2; upward++) {
        exact *net = make_ncsn(upward == 0, D);
        const denoise_anneal how = {.repeats = 6, .size = 0.02, .upward = upward != 0};
        assert_int_equal(denoise_langevin(net->w, x, n, &how, NULL), GSL_SUCCESS);
        for (size_t d = 0; d < D; d++) {
            double mean = 0.0, var = 4.0;
            for (size_t i = 0; i < 3; i++) {
                const double sigma = level[upward ? i : 2 - i], V = spread + sigma * sigma;
                const double a = 0.02 * gsl_pow_2(sigma / level[0]);
                for (int r = 0; r < 6; r++) {
                    mean = (1.0 - a / V) * mean + a * (double)(1 + d) * centre / V;
                    var = gsl_pow_2(1.0 - a / V) * var + 2.0 * a;
                }
            }
            for (size_t i = 0; i < n; i++) column[i] = x[i * D + d];
            expect_law(column, n, mean, var);
        }
        if (upward == 0) { /* the one-shot sampler starts from N(0, sigma_T^2) here */
            assert_int_equal(denoise_one_shot(net->w, x, n, NULL), GSL_SUCCESS);
            const double V = spread + 4.0, slope = spread / V;
            for (size_t i = 0; i < n; i++) column[i] = x[i * D];
            expect_law(column, n, (1.0 - slope) * centre, 4.0 * slope * slope);
        }
        diary d = {0};
        denoise_options watched = {.watch = note, .params = &d};
        assert_int_equal(denoise_langevin(net->w, x, 5, &how, &watched), GSL_SUCCESS);
        const size_t down[] = {3, 2, 1, 0}, up[] = {3, 0, 1, 2};
        assert_int_equal(d.seen, 4);
        assert_memory_equal(d.t, upward ? up : down, sizeof up);
        for (size_t stop = 1; stop <= 2; stop++) {
            d = (diary){.stop_at = stop};
            assert_int_equal(denoise_langevin(net->w, x, 5, &how, &watched), GSL_EFAILED);
        }
        exact_free(net);
    }
}

/* ---- Errors ---- */

static void test_errors(void **state)
{
    (void)state;
    gsl_error_handler_t *old = gsl_set_error_handler(remember);
    exact *ddpm = exact_alloc("eps", "beta", 1, 1, 0.0), *ncsn = make_ncsn(false, 1);
    double x[4] = {0.1, 0.2, 0.3, 0.4}, mean[4], var[4];
    const size_t t[4] = {1, 2, 3, 1};
    const denoise_anneal how = {.repeats = 1, .size = 0.1};
    assert_int_equal(denoise_kernel(ncsn->w, mean, var, x, t, 4), GSL_EINVAL);
    assert_int_equal(denoise_sample(ncsn->w, x, 4, NULL), GSL_EINVAL);
    assert_int_equal(denoise_langevin(ddpm->w, x, 4, &how, NULL), GSL_EINVAL);
    const denoise_anneal none = {.repeats = 0, .size = 0.1}, flat = {.repeats = 1, .size = 0.0};
    assert_int_equal(denoise_langevin(ncsn->w, x, 4, &none, NULL), GSL_EINVAL);
    assert_int_equal(denoise_langevin(ncsn->w, x, 4, &flat, NULL), GSL_EINVAL);
    denoise_options long_chain = {.steps = plan->T + 1}, sub = {.steps = 5};
    assert_int_equal(denoise_sample(ddpm->w, x, 4, &long_chain), GSL_EINVAL);
    ddpm->w->sigma2 = plan->beta;
    assert_int_equal(denoise_sample(ddpm->w, x, 4, &sub), GSL_EINVAL);
    ddpm->w->sigma2 = NULL;
    ddpm->w->sigma = TASK_LEARNED; /* which it is not */
    assert_int_equal(denoise_sample(ddpm->w, x, 4, NULL), GSL_EINVAL);
    const reverse_model p = denoise_as_reverse_model(ddpm->w),
                        q = denoise_as_reverse_model(ncsn->w);
    assert_true(isnan(p.mean(0.1, 3, p.params)) && isnan(p.var(0.1, 3, p.params)));
    assert_true(isnan(q.mean(0.1, 3, q.params)));
    ddpm->w->sigma = TASK_BETA;

    /* one coordinate of three that is not finite is enough */
    exact *wide = exact_alloc("eps", "beta", 3, 1, 0.0), *noisy = make_ncsn(false, 3);
    double y[12];
    wide->theta[tabular_at(&wide->net, plan->T, 2)] = (real)NAN;
    noisy->theta[tabular_at(&noisy->net, 3, 2)] = (real)NAN;
    assert_int_equal(denoise_sample(wide->w, y, 4, NULL), GSL_ERANGE);
    assert_int_equal(denoise_one_shot(wide->w, y, 4, NULL), GSL_ERANGE);
    assert_int_equal(denoise_langevin(noisy->w, y, 4, &how, NULL), GSL_ERANGE);
    exact_free(wide), exact_free(noisy);
    exact_free(ddpm), exact_free(ncsn);
    gsl_set_error_handler(old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ancestral), cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_strided),   cmocka_unit_test(test_watch),
        cmocka_unit_test(test_one_shot),  cmocka_unit_test(test_langevin),
        cmocka_unit_test(test_errors)};
    return cmocka_run_group_tests(tests, exact_open, exact_close);
}
