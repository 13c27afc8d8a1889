/* test_bits.c -- the bound in bits of networks whose answer is known. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "bits_images.h"
#include "check/moments.h"
#include "theory/linear.h"
#include "theory/posterior.h"

/* ---- Against the bound of evaluate.h, which asks every image at every t ---- */

static void same(evaluate_number seen, evaluate_number known, double scale)
{
    if (!(fabs(seen.value - known.value) <= 1e-6 * scale && known.error > 0.0 &&
          fabs(seen.error - known.error) <= 1e-6 * scale))
        fail_msg("%.12g +- %.12g, not %.12g +- %.12g", seen.value, seen.error, known.value,
                 known.error);
}

static void same_bound(exact *m, const bits_pass *pass, const double *sigma2, size_t n)
{
    const evaluate_bound_options how = {.seed = 7, .bins = 256};
    m->w->sigma2 = sigma2;
    evaluate_bound *known = evaluate_bound_alloc(m->w, x_0, n, &how);
    m->w->sigma2 = NULL;
    evaluate_bound *b = bits_bound_alloc(pass, &(bits_kernel){.sigma2 = sigma2}, m->w->pool);
    assert_true(b->T == 50 && b->D == D && b->n == n && b->stride == 1);
    for (size_t t = 1; t <= 50; t++) same(b->term[t], known->term[t], known->total.value);
    same(b->prior, known->prior, known->total.value);
    same(b->denoising, known->denoising, known->total.value);
    same(b->decoder, known->decoder, known->total.value);
    same(b->total, known->total, known->total.value);
    evaluate_bound_free(known);
    evaluate_bound_free(b);
}

static void test_every_image(void **state)
{
    (void)state;
    enum { n = 40 };
    draw_levels(n, 3);
    bits_plan *all = bits_plan_alloc(plan, n, 100000000, 7, false);
    assert_true(all->pairs == n * 50);
    for (size_t threads = 1; threads <= 2; threads++) {
        exact *m = exact_alloc("eps", "beta", D, threads, 1.0);
        bits_pass *pass = pass_of(m, all);
        for (int choice = 0; choice < 2; choice++) {
            bits_sigma2(table, plan, choice == 0 ? SIGMA_BETA : SIGMA_BETA_TILDE);
            same_bound(m, pass, table, n);
        }
        bits_pass_free(pass);
        exact_free(m);
    }
    exact *m = exact_alloc("eps", "learned", D, 1, 1.0); /* each coordinate its own variance */
    bits_pass *pass = pass_of(m, all);
    same_bound(m, pass, NULL, n);
    bits_pass_free(pass);
    exact_free(m);
    bits_plan_free(all);
}

static void test_tables(void **state)
{
    (void)state;
    double beta[64], tilde[64];
    bits_sigma2(beta, plan, SIGMA_BETA), bits_sigma2(tilde, plan, SIGMA_BETA_TILDE);
    for (size_t t = 1; t <= 50; t++) {
        assert_true(beta[t] == plan->beta[t]);
        assert_true(tilde[t] == plan->beta_tilde[t == 1 ? 2 : t]);
    }
    schedule *one = schedule_linear_alloc(1, 0.02, 0.02);
    bits_sigma2(tilde, one, SIGMA_BETA_TILDE);
    assert_true(tilde[1] == 0.02);
    schedule_free(one);
}

/* A chain of one step: no terms between, and a prior that is not nearly the same for all images. */
static void test_one_step(void **state)
{
    (void)state;
    enum { n = 40 };
    char error[200];
    draw_levels(n, 3);
    schedule *one = schedule_linear_alloc(1, 0.02, 0.02);
    task *k = task_alloc(one, "x0", NULL, "beta_tilde", error, sizeof error);
    network net = tabular(1, D, D);
    const real theta[2 * D] = {(real)0.9, 0, (real)0.8, 0, (real)0.7, 0};
    denoise *w = denoise_alloc(&net, k, theta, 1);
    bits_plan *all = bits_plan_alloc(one, n, 100000, 7, false);
    int status;
    bits_pass *pass = bits_pass_alloc(w, all, pixel, NULL, NULL, &status);
    bits_sigma2(table, one, SIGMA_BETA_TILDE);
    assert_true(all->pairs == n && table[1] == 0.02);
    const evaluate_bound_options how = {.seed = 7, .bins = 256};
    evaluate_bound *known = evaluate_bound_alloc(w, x_0, n, &how);
    evaluate_bound *b = bits_bound_alloc(pass, &(bits_kernel){.sigma2 = table}, NULL);
    assert_true(b->denoising.value == 0.0 && b->denoising.error == 0.0);
    same(b->prior, known->prior, known->total.value);
    same(b->decoder, known->decoder, known->total.value);
    same(b->total, known->total, known->total.value);
    evaluate_bound_free(known), evaluate_bound_free(b);
    bits_pass_free(pass);
    bits_plan_free(all);
    denoise_free(w);
    task_free(k);
    schedule_free(one);
}

/* ---- Closed forms ---- */

/* eps_hat = 0: |eps - eps_hat|^2 has mean D, whatever the image. */
static void test_zero_network(void **state)
{
    (void)state;
    draw_levels(MOST, 5);
    exact *m = exact_alloc("eps", "beta", D, 2, 0.0);
    memset(m->theta, 0, m->net.parameters * sizeof *m->theta);
    bits_plan *some = bits_plan_alloc(plan, MOST, 100000000, 11, false);
    bits_pass *pass = pass_of(m, some);
    for (int choice = 0; choice < 2; choice++) {
        bits_sigma2(table, plan, choice == 0 ? SIGMA_BETA : SIGMA_BETA_TILDE);
        evaluate_bound *b = bits_bound_alloc(pass, &(bits_kernel){.sigma2 = table}, NULL);
        double sum = 0.0;
        for (size_t t = 2; t <= 50; t++) {
            const double known = D * (kl_constant(t, table[t]) + weight_eps(plan, t, table[t]));
            assert_true(fabs(b->term[t].value - known) <= 6.0 * b->term[t].error);
            const evaluate_number loss = bits_eps_loss(pass, t);
            assert_true(fabs(loss.value - 1.0) <= 6.0 * loss.error && loss.error < 0.5);
            const double same_pairs =
                D * (kl_constant(t, table[t]) + weight_eps(plan, t, table[t]) * loss.value);
            assert_true(fabs(b->term[t].value - same_pairs) <= 1e-11 * same_pairs);
            sum += known;
        }
        assert_true(fabs(b->denoising.value - sum) <= 6.0 * b->denoising.error);
        /* controls: the weight of another t, sigma for sigma^2, bits for nats */
        const double other = D * (kl_constant(3, table[3]) + weight_eps(plan, 2, table[2]));
        assert_true(fabs(b->term[3].value - other) > 8.0 * b->term[3].error);
        double rooted = 0.0;
        for (size_t t = 2; t <= 50; t++) {
            const double root = sqrt(table[t]);
            rooted += D * (kl_constant(t, root) + weight_eps(plan, t, root));
        }
        assert_true(fabs(b->denoising.value - rooted) > 8.0 * b->denoising.error);
        assert_true(fabs(b->denoising.value - sum / M_LN2) > 8.0 * b->denoising.error);
        evaluate_bound_free(b);
    }
    bits_pass_free(pass);
    bits_plan_free(some);
    exact_free(m);
}

/* One image, known by heart: eps_hat = (x_t - signal x_0)/noise in every coordinate. */
static void test_known_by_heart(void **state)
{
    (void)state;
    enum { n = 30 };
    static const unsigned char level[D] = {0, 146, 255};
    exact *m = exact_alloc("eps", "beta", D, 1, 0.0);
    for (size_t i = 0; i < n * D; i++) pixel[i] = level[i % D];
    for (size_t t = 1; t <= 50; t++)
        for (size_t d = 0; d < D; d++) {
            real *line = m->theta + tabular_at(&m->net, t, d);
            line[0] = (real)(1.0 / m->k->noise[t]);
            line[1] = (real)(-m->k->signal[t] * (level[d] / 127.5 - 1.0) / m->k->noise[t]);
        }
    bits_plan *some = bits_plan_alloc(plan, n, 1000, 2, true);
    bits_pass *pass = pass_of(m, some);
    double cost = -1.0, prior = 0.0, divergence = 0.0;
    assert_int_equal(bits_best_sigma2(table, &cost, pass, 0, NULL), GSL_SUCCESS);
    assert_true(cost >= 0.0 && cost < 1e-9 && table[1] > 0.0 && table[1] < 1e-5);
    for (size_t d = 0; d < D; d++) prior += elbo_prior(plan, level[d] / 127.5 - 1.0);
    for (size_t t = 2; t <= 50; t++) {
        assert_true(fabs(table[t] / plan->beta_tilde[t] - 1.0) < 1e-9);
        divergence += D * kl_constant(t, plan->beta[t]);
    }
    evaluate_bound *b = bits_bound_alloc(pass, &(bits_kernel){.sigma2 = table}, NULL);
    assert_true(fabs(b->total.value - prior) < 1e-9);
    evaluate_bound_free(b);
    bits_sigma2(table, plan, SIGMA_BETA);
    b = bits_bound_alloc(pass, &(bits_kernel){.sigma2 = table}, NULL);
    assert_true(fabs(b->denoising.value - divergence) < 1e-7 * divergence);
    assert_true(fabs(b->prior.value - prior) < 1e-12 && b->prior.error < 1e-12);
    evaluate_bound_free(b);
    bits_pass_free(pass);
    bits_plan_free(some);
    exact_free(m);
}

/* Variances that are none. */
static void test_refusals(void **state)
{
    (void)state;
    gsl_error_handler_t *old = gsl_set_error_handler(remember);
    draw_levels(MOST, 8);
    exact *m = exact_alloc("eps", "beta", D, 1, 0.0);
    bits_plan *p = bits_plan_alloc(plan, MOST, 5000, 4, false);
    bits_pass *pass = pass_of(m, p);
    bits_sigma2(table, plan, SIGMA_BETA);
    assert_null(bits_bound_alloc(pass, &(bits_kernel){.sigma2 = NULL}, NULL)); /* none learned */
    for (int wrong = 0; wrong < 3; wrong++) {
        table[50] = wrong == 0 ? 0.0 : wrong == 1 ? (double)NAN : (double)INFINITY;
        assert_null(bits_bound_alloc(pass, &(bits_kernel){.sigma2 = table}, NULL));
    }
    assert_int_equal(last_error, GSL_EINVAL);
    bits_pass_free(pass);
    bits_plan_free(p);
    exact_free(m);
    gsl_set_error_handler(old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_image),    cmocka_unit_test(test_tables),
        cmocka_unit_test(test_one_step),       cmocka_unit_test(test_zero_network),
        cmocka_unit_test(test_known_by_heart), cmocka_unit_test(test_refusals)};
    return cmocka_run_group_tests(tests, exact_open, exact_close);
}
