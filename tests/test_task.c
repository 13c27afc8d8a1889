/* test_task.c -- the tables of a task against the identities they stand for; what is refused and why. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <gsl/gsl_math.h>

#include "theory/forward.h"
#include "theory/gaussian.h"
#include "theory/posterior.h"
#include "theory/predict.h"
#include "theory/schedule_spec.h"
#include "train/task.h"

static const char *const predicts[] = {"eps",      "x0",      "mu",      "v",      "score",
                                       "eps:skip", "x0:skip", "mu:skip", "v:skip", "score:skip"};
static const char *const losses[] = {"simple",    "vlb",         "snr:0.37",   "snr:-0.8",
                                     "snr:min:5", "snr:max:1.3", "hybrid:0.01"};
static const char *const sigmas[] = {"beta", "beta_tilde", "learned"};
enum { PREDICTS = 10, LOSSES = 7 };
static const double x_0 = 0.731, eps = -1.283, slip = 0.417;
static char error[200];

/* The tables hold numbers up to 1e4 and quotients of them: 64 roundings of the largest part. */
static void same(double value, double reference, double scale, const char *what, size_t t)
{
    if (!(fabs(value - reference) <= 64.0 * GSL_DBL_EPSILON * (scale + fabs(reference))))
        fail_msg("%s, t = %zu: %.17g, not %.17g", what, t, value, reference);
}

/* The quantity itself, from its definition in theory. */
static double quantity(const schedule *s, size_t t, task_predict predict, double x_t, double noise)
{
    const double x = predict_x0_from_eps(s, t, x_t, noise);
    switch (predict) {
    case PREDICT_X0: return x;
    case PREDICT_MU: return posterior_mean(s, t, x_t, x);
    case PREDICT_V: return predict_v(s, t, x, noise);
    case PREDICT_SCORE: return predict_score_from_eps(s, t, noise);
    default: return noise;
    }
}

static void check_tables(const task *k, size_t t)
{
    const schedule *s = k->s;
    const double x_t = forward_jump(s, t, x_0, eps);
    same(k->signal[t] * x_0 + k->noise[t] * eps, x_t, 2.0, "x_t", t);
    const double y = k->target_x0[t] * x_0 + k->target_eps[t] * eps;
    const task_predict inside = k->skip ? PREDICT_V : k->predict;
    same(y, quantity(s, t, inside, x_t, eps), 2.0 / k->noise[t] + 2.0 / k->signal[t], "target", t);
    const double back = k->eps_x[t] * x_t + k->eps_out[t] * y;
    same(back, eps, fabs(k->eps_x[t] * x_t) + fabs(k->eps_out[t] * y), "eps", t);

    /* A wrong output, and what it does to the prediction, the mean, the bound and x_0. */
    const double out = y + slip, wrong = k->eps_x[t] * x_t + k->eps_out[t] * out;
    const double true_mean = predict_mean_from_eps(s, t, x_t, eps);
    const double mean = predict_mean_from_eps(s, t, x_t, wrong), move = wrong - eps;
    const double noise = fabs(k->eps_x[t] * x_t) + fabs(k->eps_out[t] * out); /* its roundings */
    same(k->mean_out[t] * (y - out), true_mean - mean,
         fabs(x_t) + predict_mean_slope_eps(s, t) * noise, "mean", t);
    const double asked = quantity(s, t, k->predict, x_t, eps);
    const double loss = k->weight[t] * slip * slip, x0_error = gsl_pow_2(move) / forward_snr(s, t);
    double reference = 0.0;
    switch (k->loss) {
    case LOSS_VLB: /* the mean's part of the KL, or of the decoder */
        reference = gsl_pow_2(predict_mean_slope_eps(s, t) * move) / (2.0 * k->sigma2[t]);
        if (t > 1)
            same(reference,
                 gaussian_kl(0.0, s->beta_tilde[t], mean - true_mean, k->sigma2[t]) -
                     gaussian_kl(0.0, s->beta_tilde[t], 0.0, k->sigma2[t]),
                 1.0 + (reference / fabs(move)) * noise * 4.0, "KL", t);
        break;
    case LOSS_SNR: reference = pow(forward_snr(s, t), k->number) * x0_error; break;
    case LOSS_SNR_MIN: reference = fmin(forward_snr(s, t), k->number) * x0_error; break;
    case LOSS_SNR_MAX: reference = fmax(forward_snr(s, t), k->number) * x0_error; break;
    default: /* simple: the error of the quantity that is predicted */
        reference = gsl_pow_2(asked - quantity(s, t, k->predict, x_t, wrong));
    }
    same(loss / reference, 1.0, 16.0 * noise / fabs(move), "weight", t);
}

static bool legal(size_t loss, size_t sigma)
{
    const bool trains_sigma = losses[loss][0] == 'v' || losses[loss][0] == 'h';
    return sigma == 2 ? trains_sigma : losses[loss][0] != 'h';
}

static void test_every_combination(void **state)
{
    (void)state;
    static const char *const schedules[] = {"S10", "L1000", "COS50"};
    size_t made = 0, refused = 0;
    for (size_t c = 0; c < 3; c++) {
        schedule *s = schedule_named_alloc(schedules[c]);
        for (size_t p = 0; p < PREDICTS; p++)
            for (size_t l = 0; l < LOSSES; l++)
                for (size_t g = 0; g < 3; g++) {
                    task *k = task_alloc(s, predicts[p], losses[l], sigmas[g], error, sizeof error);
                    if (!legal(l, g)) {
                        assert_null(k);
                        assert_non_null(strstr(error, "--"));
                        refused++;
                        continue;
                    }
                    if (!k) fail_msg("%s", error);
                    made++;
                    for (size_t t = 1; t <= s->T && g < 2; t++) check_tables(k, t);
                    task_free(k);
                }
        schedule_free(s);
    }
    assert_int_equal(made, 3 * 10 * (6 * 2 + 2));
    assert_int_equal(refused, 3 * 10 * (1 * 2 + 5));
}

static void test_variances(void **state)
{
    (void)state;
    schedule *s = schedule_named_alloc("S10");
    task *beta = task_alloc(s, NULL, NULL, NULL, error, sizeof error);
    task *tilde = task_alloc(s, "v", "vlb", "beta_tilde", error, sizeof error);
    task *both = task_alloc(s, "eps", "hybrid:0.25", "learned", error, sizeof error);
    assert_string_equal(beta->words, "eps simple beta");
    assert_string_equal(both->words, "eps hybrid:0.25 learned");
    assert_true(beta->sigma2[1] == s->beta[1] && tilde->sigma2[1] == s->beta[1]);
    assert_true(beta->sigma2[7] == s->beta[7] && tilde->sigma2[7] == s->beta_tilde[7]);
    assert_true(both->kl == 0.25 * 10.0 && !both->kl_moves_mean && both->sigma2 == NULL);
    assert_true(both->log_low[1] == log(s->beta_tilde[2]) && both->log_high[1] == log(s->beta[1]));
    assert_true(both->log_low[4] == log(s->beta_tilde[4]) && both->log_high[4] == log(s->beta[4]));
    task *whole = task_alloc(s, "eps", "vlb", "learned", error, sizeof error);
    assert_true(whole->kl == 1.0 && whole->kl_moves_mean && beta->kl == 0.0);
    for (size_t t = 1; t <= s->T; t++) { /* the other tables do not depend on sigma */
        assert_true(both->input[t] == 1.0 && beta->input[t] == 1.0 && both->weight[t] == 1.0);
        assert_true(whole->weight[t] == 0.0 && both->mean_out[t] == beta->mean_out[t]);
        assert_true(both->eps_out[t] == 1.0 && both->eps_x[t] == 0.0);
        assert_true(both->target_x0[t] == 0.0 && both->target_eps[t] == 1.0);
        assert_true(both->signal[t] == beta->signal[t] && both->noise[t] == beta->noise[t]);
    }
    task_free(whole);
    assert_int_equal(task_outputs(beta, 3), 3);
    assert_int_equal(task_outputs(both, 3), 6);
    for (double f = -800.0; f <= 800.0; f += 37.3) { /* an ordinary sigmoid, without overflow */
        const double value = task_between(-2.0, 3.0, f);
        same(value, -2.0 + 5.0 / (1.0 + exp(-f)), 5.0, "between", 0);
    }
    assert_string_equal(task_predict_word(PREDICT_SCORE), "score");
    assert_string_equal(task_sigma_word(TASK_BETA_TILDE), "beta_tilde");
    task_free(beta), task_free(tilde), task_free(both);
    task_free(NULL);
    schedule_free(s);
}

static void refused(const schedule *s, const char *predict, const char *loss, const char *sigma,
                    const char *part)
{
    strcpy(error, "untouched");
    task *k = task_alloc(s, predict, loss, sigma, error, sizeof error);
    if (k || !strstr(error, part)) fail_msg("%s %s %s: '%s'", predict, loss, sigma, error);
    assert_null(task_alloc(s, predict, loss, sigma, NULL, 0));
}

static void test_words(void **state)
{
    (void)state;
    schedule *s = schedule_named_alloc("L1000"), *one = schedule_linear_alloc(1, 0.3, 0.3);
    refused(s, "noise", "simple", "beta", "--predict noise: expected eps, x0");
    refused(s, "ep", "simple", "beta", "--predict ep:");
    refused(s, "eps:skipped", "simple", "beta", "--predict");
    refused(s, "", "simple", "beta", "--predict");
    refused(s, "eps", "mse", "beta", "--loss mse: expected simple");
    static const char *const numbers[] = {"snr:",      "snr:x",      "snr:1x",      "snr:nan",
                                          "snr:min:0", "snr:min:-1", "snr:max:",    "snr:max:inf",
                                          "hybrid:",   "hybrid:0",   "hybrid:1e400"};
    for (size_t i = 0; i < 11; i++) refused(s, "eps", numbers[i], "beta", "expected simple");
    refused(s, "eps", "simple", "gamma", "--sigma gamma: expected beta");
    refused(s, "eps", "simple", "learned", "no other loss trains sigma");
    refused(s, "eps", "snr:1", "learned", "no other loss trains sigma");
    refused(s, "eps", "hybrid:0.001", "beta", "nothing else");
    refused(one, "eps", "vlb", "learned", "T >= 2");
    refused(s, "eps", "snr:20", "beta", "beyond single precision");
    refused(s, "eps", "snr:-20", "beta", "beyond single precision");
    refused(s, "eps", "snr:20", "beta", "at t = 1 is");
    refused(s, "eps", "snr:-20", "beta", "at t = 1 is");
    task *k = task_alloc(one, "mu", "vlb", "beta_tilde", error, sizeof error);
    assert_true(k && k->sigma2[1] == one->beta[1]);
    task_free(k);
    schedule *two = schedule_linear_alloc(2, 0.3, 0.4);
    k = task_alloc(two, "mu", "vlb", "learned", error, sizeof error);
    assert_true(k && k->log_low[1] == log(two->beta_tilde[2]));
    task_free(k);
    schedule_free(two);
    schedule_free(s), schedule_free(one);
}

static void test_ncsn(void **state)
{
    (void)state;
    static const double level[] = {0.013, 0.21, 3.7};
    for (int skip = 0; skip < 2; skip++) {
        task *k = task_ncsn_alloc(level, 3, skip != 0, error, sizeof error);
        assert_non_null(k);
        assert_true(k->s == NULL && k->sigma2 == NULL && k->mean_out == NULL && k->kl == 0.0);
        for (size_t t = 1; t <= 3; t++) {
            const double sigma = level[t - 1], x_t = x_0 + sigma * eps;
            const double score = -eps / sigma; /* of N(x_t; x_0, sigma^2) */
            const double y = k->target_x0[t] * x_0 + k->target_eps[t] * eps;
            same(k->signal[t] * x_0 + k->noise[t] * eps, x_t, 1.0, "x_t", t);
            same(skip ? y / sigma : y, score, 0.0, "score", t);
            same(k->eps_x[t] * x_t + k->eps_out[t] * y, eps, 0.0, "eps", t);
            /* sigma^2 |score error|^2 */
            same(k->weight[t] * slip * slip, gsl_pow_2(sigma * (skip ? slip / sigma : slip)), 0.0,
                 "weight", t);
            same(gsl_pow_2(k->input[t]) * (1.0 + sigma * sigma), 1.0, 0.0, "input", t);
        }
        assert_string_equal(k->words, skip ? "ncsn score:skip" : "ncsn score");
        task_free(k);
    }
    const double bad[][2] = {{0.0, 1.0}, {-1.0, 1.0},        {0.5, 0.5},
                             {0.9, 0.4}, {(double)NAN, 1.0}, {1.0, (double)INFINITY}};
    for (size_t i = 0; i < 6; i++) {
        assert_null(task_ncsn_alloc(bad[i], 2, false, error, sizeof error));
        assert_non_null(strstr(error, i == 2 ? "noise level 2 is 0.5:" : "noise level"));
    }
    assert_null(task_ncsn_alloc(level, 0, false, error, sizeof error));
    task *one = task_ncsn_alloc(level, 1, false, error, sizeof error);
    assert_non_null(one);
    task_free(one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_combination),
                                       cmocka_unit_test(test_variances),
                                       cmocka_unit_test(test_words), cmocka_unit_test(test_ncsn)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
