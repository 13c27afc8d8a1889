/* test_bound.c -- the bound and the evidence of a network that theory/linear.h knows in closed form. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "check/moments.h"
#include "exact.h"
#include "net/counter.h"
#include "theory/forward.h"
#include "theory/linear.h"
#include "train/evaluate.h"
#include "train/trainer.h"

static char error[200];

/* ---- Bound ---- */

enum { N = 600, D = 3 };
static double points[N * D];

static void draw_points(void)
{
    counter_rng rng = counter_start(9, 90, 0, 0);
    for (size_t i = 0; i < N * D; i++) /* the last ones stand apart: no chunk is like another */
        points[i] = centre + sqrt(spread) * counter_normal(&rng) + (i > 2 * N ? 1.9 : 0.0);
}

/* Each term at these points, with x_t integrated out: theory/linear.h. */
static evaluate_number known_bound(const linear_chain *c, evaluate_number *term)
{
    moments total = {0};
    for (size_t t = 1; t <= plan->T; t++) {
        moments m = {0};
        for (size_t i = 0; i < N; i++) {
            double nats = 0.0;
            for (size_t d = i * D; d < (i + 1) * D; d++)
                nats += t == 1 ? linear_decoder(plan, c, points[d])
                               : linear_denoising(plan, c, t, points[d]);
            moments_add(&m, nats);
        }
        term[t] = (evaluate_number){m.mean, 0.0};
    }
    for (size_t i = 0; i < N; i++) {
        double nats = 0.0;
        for (size_t d = i * D; d < (i + 1) * D; d++) {
            nats += elbo_prior(plan, points[d]) + linear_decoder(plan, c, points[d]);
            for (size_t t = 2; t <= plan->T; t++) nats += linear_denoising(plan, c, t, points[d]);
        }
        moments_add(&total, nats);
    }
    return (evaluate_number){total.mean, moments_se(&total)};
}

static void test_bound(void **state)
{
    (void)state;
    static evaluate_number term[64];
    draw_points();
    static const char *const words[] = {"beta", "beta_tilde"};
    for (int choice = 0; choice < 2; choice++) {
        exact *m = exact_alloc("eps", words[choice], D, 2, 0.0);
        linear_chain *c =
            linear_chain_alloc(plan, centre, spread, choice == 0 ? SIGMA_BETA : SIGMA_BETA_TILDE);
        const evaluate_number known = known_bound(c, term);
        evaluate_bound *b = evaluate_bound_alloc(m->w, points, N, NULL);
        assert_true(b->T == 50 && b->D == D && b->n == N && b->stride == 1);
        double sum = 0.0, prior = 0.0;
        for (size_t i = 0; i < N * D; i++) prior += elbo_prior(plan, points[i]) / (double)N;
        assert_true(fabs(b->prior.value - prior) < 1e-12);
        for (size_t t = 1; t <= plan->T; t++) { /* the same points: only x_t is drawn */
            assert_true(fabs(b->term[t].value - term[t].value) <= 6.0 * b->term[t].error + 1e-6);
            sum += t > 1 ? b->term[t].value : 0.0;
        }
        assert_true(fabs(sum - b->denoising.value) < 1e-9 && b->decoder.value == b->term[1].value);
        assert_true(fabs(b->prior.value + b->denoising.value + b->decoder.value - b->total.value) <
                    1e-9);
        assert_true(fabs(b->total.value - known.value) <= 6.0 * b->total.error);
        assert_true(b->total.error > known.error && b->total.error < 5.0 * known.error);
        const evaluate_number bits = evaluate_bits(b->total, D);
        assert_true(fabs(bits.value * 3.0 * M_LN2 - b->total.value) < 1e-12 &&
                    fabs(bits.error * 3.0 * M_LN2 - b->total.error) < 1e-12);

        /* one in seven t: a sum of the right size, with an error of its own */
        const evaluate_bound_options sparse = {.seed = 4, .stride = 7};
        evaluate_bound *few = evaluate_bound_alloc(m->w, points, N, &sparse);
        double scaled = 0.0;
        for (size_t t = 2; t <= 50; t += 7) scaled += few->term[t].value * 49.0 / 7.0;
        assert_true(few->term[3].value == 0.0 && few->term[9].value > 0.0);
        assert_true(fabs(scaled - few->denoising.value) < 1e-9);
        evaluate_bound_free(few);
        evaluate_bound_free(b);
        linear_chain_free(c);
        exact_free(m);
    }
    evaluate_bound_free(NULL);
}

/* A chain of one step has no denoising terms; pixels have a decoder of bins. */
static void test_bins(void **state)
{
    (void)state;
    double x[6], wrong[6];
    for (size_t i = 0; i < 6; i++) x[i] = (double)(51 * i) / 127.5 - 1.0;
    memcpy(wrong, x, sizeof x);
    wrong[3] += 1e-3;
    schedule *one = schedule_linear_alloc(1, 0.02, 0.02);
    task *k = task_alloc(one, "x0", NULL, NULL, error, sizeof error);
    network net = tabular(1, 3, 3);
    real theta[6] = {1, 0, 1, 0, 1, 0}; /* x_0_hat = x_1 */
    denoise *w = denoise_alloc(&net, k, theta, 1);
    const evaluate_bound_options how = {.seed = 8, .bins = 256};
    evaluate_bound *b = evaluate_bound_alloc(w, x, 2, &how);
    assert_non_null(b);
    assert_true(b->denoising.value == 0.0);
    double nats[2] = {0.0, 0.0}; /* the same x_1, drawn again */
    for (size_t i = 0; i < 2; i++) {
        counter_rng rng = counter_start(8, STREAM_EVALUATE, 1, i);
        for (size_t d = 0; d < 3; d++) {
            const double x_1 = forward_jump(one, 1, x[3 * i + d], counter_normal(&rng));
            nats[i] -=
                elbo_decoder_bin((unsigned)(51 * (3 * i + d)), (double)(float)x_1, sqrt(0.02));
        }
    }
    assert_true(fabs(b->decoder.value - 0.5 * (nats[0] + nats[1])) < 1e-5 * b->decoder.value);
    evaluate_bound_free(b);
    gsl_error_handler_t *old = gsl_set_error_handler(remember);
    assert_null(evaluate_bound_alloc(w, wrong, 2, &how));
    wrong[3] = 1.5;
    assert_null(evaluate_bound_alloc(w, wrong, 2, &how));
    wrong[3] = (double)NAN;
    assert_null(evaluate_bound_alloc(w, wrong, 2, &how));
    const evaluate_bound_options few = {.bins = 16};
    assert_null(evaluate_bound_alloc(w, x, 2, &few));
    assert_int_equal(last_error, GSL_EINVAL);
    gsl_set_error_handler(old);
    denoise_free(w);
    task_free(k);
    schedule_free(one);
}

/* ---- Evidence ---- */

static void test_log_p(void **state)
{
    (void)state;
    static const char *const words[] = {"beta", "beta_tilde"};
    const double x[] = {-1.3, 0.2, 1.9};
    double log_p[3];
    for (int choice = 0; choice < 2; choice++) {
        exact *m = exact_alloc("eps", words[choice], 1, 2, 0.0);
        linear_chain *c =
            linear_chain_alloc(plan, centre, spread, choice == 0 ? SIGMA_BETA : SIGMA_BETA_TILDE);
        assert_int_equal(evaluate_log_p(m->w, log_p, x, 3, 9.0, 3.0), GSL_SUCCESS);
        for (size_t i = 0; i < 3; i++)
            assert_true(fabs(log_p[i] - linear_log_evidence(c, x[i])) < 1e-5);
        linear_chain_free(c);
        exact_free(m);
    }
    /* a learned variance: its law stays between those of its two ends */
    exact *m = exact_alloc("eps", "learned", 1, 2, 0.0);
    assert_int_equal(evaluate_log_p(m->w, log_p, x, 3, 9.0, 3.0), GSL_SUCCESS);
    assert_true(isfinite(log_p[0]) && isfinite(log_p[2]));
    exact_free(m);
}

static void test_errors(void **state)
{
    (void)state;
    gsl_error_handler_t *old = gsl_set_error_handler(remember);
    exact *m = exact_alloc("eps", "beta", 1, 2, 0.0), *wide = exact_alloc("eps", "beta", 3, 2, 0.0);
    const double level[] = {0.2, 0.7};
    task *k = task_ncsn_alloc(level, 2, false, error, sizeof error);
    network net = tabular(2, 1, 1);
    denoise *ncsn = denoise_alloc(&net, k, m->theta, 1);
    double x[2] = {0.1, 0.2}, log_p[2];
    assert_null(evaluate_bound_alloc(m->w, x, 1, NULL));
    assert_null(evaluate_bound_alloc(ncsn, x, 2, NULL));
    m->w->sigma = TASK_LEARNED;
    assert_null(evaluate_bound_alloc(m->w, x, 2, NULL));
    m->w->sigma = TASK_BETA;
    assert_int_equal(evaluate_log_p(wide->w, log_p, x, 2, 9.0, 3.0), GSL_EINVAL);
    assert_int_equal(evaluate_log_p(ncsn, log_p, x, 2, 9.0, 3.0), GSL_EINVAL);
    assert_int_equal(evaluate_log_p(m->w, log_p, x, 2, -1.0, 3.0), GSL_EINVAL);
    assert_int_equal(last_error, GSL_EINVAL);
    denoise_free(ncsn);
    task_free(k);
    exact_free(m), exact_free(wide);
    gsl_set_error_handler(old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bound), cmocka_unit_test(test_bins),
                                       cmocka_unit_test(test_log_p), cmocka_unit_test(test_errors)};
    return cmocka_run_group_tests(tests, exact_open, exact_close);
}
