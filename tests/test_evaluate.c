/* test_evaluate.c -- measuring a network whose distance from the optimum is known in closed form. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "check/moments.h"
#include "exact.h"
#include "net/counter.h"
#include "theory/forward.h"
#include "train/adapt.h"
#include "train/evaluate.h"
#include "train/trainer.h"

static mixture *bump, *pair;

static int open_all(void **state)
{
    bump = mixture_alloc(1, 2);
    bump->mean[0] = bump->mean[1] = centre, bump->var[0] = spread;
    pair = mixture_pair_alloc(0.04);
    return exact_open(state);
}

static int close_all(void **state)
{
    mixture_free(bump), mixture_free(pair);
    return exact_close(state);
}

/* ---- Excess ---- */

/* E (slope x + offset)^2 for x_t of the bump. */
static double known_excess(size_t t)
{
    const double mean = sqrt(plan->alpha_bar[t]) * centre;
    const double V = plan->alpha_bar[t] * spread + plan->var_bar[t];
    return gsl_pow_2(slip_slope * mean + slip_offset) + gsl_pow_2(slip_slope) * V;
}

static void near(evaluate_number seen, double known, const char *what)
{
    if (!(fabs(seen.value - known) <= 6.0 * seen.error + 1e-12 && seen.error < 0.2 * known))
        fail_msg("%s: %.6g +- %.2g, not %.6g", what, seen.value, seen.error, known);
}

/* The same points, drawn again from their addresses. */
static void expect_points(const evaluate_excess *e, size_t t, size_t n, uint64_t seed)
{
    const adapt_data data = adapt_mixture_data(bump);
    moments m = {0};
    for (size_t i = 0; i < n; i++) {
        counter_rng rng = counter_start(seed, STREAM_EVALUATE, t, i);
        real x_0[2];
        data.draw(x_0, i, &rng, data.params);
        double square = 0.0;
        for (size_t d = 0; d < 2; d++) {
            const double x = forward_jump(plan, t, (double)x_0[d], counter_normal(&rng));
            square += 0.5 * gsl_pow_2(slip_slope * x + slip_offset);
        }
        moments_add(&m, square);
    }
    assert_true(fabs(e->excess[t].value - m.mean) < 1e-4 * m.mean); /* float parameters */
    assert_true(fabs(e->excess[t].error - moments_se(&m)) < 1e-3 * moments_se(&m));
}

static void test_excess(void **state)
{
    (void)state;
    exact *right = exact_alloc("eps", "beta", 2, 2, 0.0),
          *wrong = exact_alloc("eps", "beta", 2, 2, 1.0);
    evaluate_excess *best = evaluate_excess_alloc(right->w, bump, 1, 400, 3);
    evaluate_excess *e = evaluate_excess_alloc(wrong->w, bump, 1, 400, 3);
    double sum = 0.0, bayes = 0.0, var = 0.0;
    for (size_t t = 1; t <= plan->T; t++) {
        assert_true(best->excess[t].value < 1e-12); /* float parameters */
        near(e->excess[t], known_excess(t), "excess");
        expect_points(e, t, 400, 3);
        /* E Var(eps|x_t) is the same number at every x_t: no error at all */
        const double V = plan->alpha_bar[t] * spread + plan->var_bar[t];
        assert_true(fabs(e->bayes[t].value - plan->alpha_bar[t] * spread / V) < 1e-12);
        sum += known_excess(t), bayes += plan->alpha_bar[t] * spread / V;
        var += gsl_pow_2(e->excess[t].error / 50.0);
    }
    const evaluate_part all = evaluate_excess_part(e, 1, plan->T);
    near(all.excess, sum / 50.0, "all");
    near(all.ratio, sum / bayes, "ratio");
    assert_true(fabs(all.bayes.value - bayes / 50.0) < 1e-12);
    assert_true(fabs(all.excess.error - sqrt(var)) < 1e-12);
    double excess = 0.0;
    for (size_t i = 0; i < 10; i++) {
        const evaluate_part tenth = evaluate_excess_tenth(e, i);
        assert_true(tenth.first == 5 * i + 1 && tenth.last == 5 * i + 5);
        excess += 0.1 * tenth.excess.value;
    }
    assert_true(fabs(excess - all.excess.value) < 1e-12);
    evaluate_excess_free(best), evaluate_excess_free(e);
    e = evaluate_excess_alloc(wrong->w, bump, 7, 50, 3); /* t = 1, 8, .., 50 */
    assert_true(e->bayes[2].value == 0.0 && e->bayes[8].value > 0.0 && e->bayes[50].value > 0.0);
    assert_true(evaluate_excess_part(e, 2, 14).excess.value == e->excess[8].value);
    evaluate_excess_free(e);
    evaluate_excess_free(NULL);
    exact_free(right), exact_free(wrong);
}

/* The arithmetic of the errors, on numbers of our own. */
static void test_parts(void **state)
{
    (void)state;
    evaluate_number bayes[] = {{0, 0}, {2.0, 0.3}, {5.0, 0.4}},
                    excess[] = {{0, 0}, {0.7, 0.06}, {0.1, 0.08}};
    const evaluate_excess e = {2, 1, 10, bayes, excess};
    const evaluate_part p = evaluate_excess_part(&e, 1, 2);
    assert_true(fabs(p.bayes.value - 3.5) < 1e-15 && fabs(p.bayes.error - 0.25) < 1e-15);
    assert_true(fabs(p.excess.value - 0.4) < 1e-15 && fabs(p.excess.error - 0.05) < 1e-15);
    const double q = 0.4 / 3.5;
    assert_true(fabs(p.ratio.value - q) < 1e-15);
    assert_true(fabs(p.ratio.error - q * hypot(0.05 / 0.4, 0.25 / 3.5)) < 1e-15);
}

/* Two bumps: bayes_t by quadrature. */
static double cov_at(double x, void *params)
{
    return mixture_var_x0(pair, plan, *(size_t *)params, &x);
}

static void test_bayes(void **state)
{
    (void)state;
    exact *m = exact_alloc("eps", "beta", 1, 2, 0.0);
    evaluate_excess *e = evaluate_excess_alloc(m->w, pair, 1, 2000, 5);
    for (size_t t = 1; t <= plan->T; t += 3) {
        const double known =
            forward_snr(plan, t) * mixture_expectation(pair, plan, t, cov_at, &t, 80);
        if (!(fabs(e->bayes[t].value - known) <= 6.0 * e->bayes[t].error + 1e-4 * known))
            fail_msg("t = %zu: %.6g +- %.2g, not %.6g", t, e->bayes[t].value, e->bayes[t].error,
                     known);
    }
    evaluate_excess_free(e);
    exact_free(m);
}

static void test_errors(void **state)
{
    (void)state;
    gsl_error_handler_t *old = gsl_set_error_handler(remember);
    exact *m = exact_alloc("eps", "beta", 2, 1, 0.0), *wide = exact_alloc("eps", "beta", 3, 1, 0.0);
    const double level[] = {0.2, 0.7};
    char error[200];
    task *k = task_ncsn_alloc(level, 2, false, error, sizeof error);
    network net = tabular(2, 1, 1);
    denoise *ncsn = denoise_alloc(&net, k, m->theta, 1);
    assert_null(evaluate_excess_alloc(m->w, bump, 0, 10, 1));
    assert_null(evaluate_excess_alloc(m->w, bump, 1, 1, 1));
    assert_null(evaluate_excess_alloc(wide->w, bump, 1, 10, 1));
    assert_null(evaluate_excess_alloc(ncsn, pair, 1, 10, 1));
    assert_int_equal(last_error, GSL_EINVAL);
    denoise_free(ncsn);
    task_free(k);
    exact_free(m), exact_free(wide);
    gsl_set_error_handler(old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_excess), cmocka_unit_test(test_parts),
                                       cmocka_unit_test(test_bayes), cmocka_unit_test(test_errors)};
    return cmocka_run_group_tests(tests, open_all, close_all);
}
