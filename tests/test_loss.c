/* test_loss.c -- values of the losses, and their gradients in double against central differences:
 * every legal combination, by the outputs and through a network. */
#define NET_DOUBLE 1
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_math.h>

#include "net/counter.h"
#include "net/mlp.h"
#include "theory/gaussian.h"
#include "theory/posterior.h"
#include "theory/predict.h"
#include "train/loss.h"

static const char *const predicts[] = {"eps",      "x0",      "mu",      "v",      "score",
                                       "eps:skip", "x0:skip", "mu:skip", "v:skip", "score:skip"};
static const char *const fixed[] = {"simple",   "vlb",       "snr:0.37",
                                    "snr:-0.8", "snr:min:5", "snr:max:1.3"};
static const char *const learned[] = {"vlb", "hybrid:0.01"};
enum { PREDICTS = 10, FIXED = 6, LEARNED = 2, N = 5, MOST_D = 3 };

typedef struct batch {
    size_t D, outputs, t[N];
    double x_0[N * MOST_D], eps[N * MOST_D], input[N * MOST_D];
    double out[2 * N * MOST_D], d_out[2 * N * MOST_D], loss[N];
} batch;

static batch make(const task *k, size_t D, uint64_t number)
{
    batch b = {.D = D, .outputs = task_outputs(k, D)};
    counter_rng rng = counter_start(7, 99, number, D);
    for (size_t i = 0; i < N * D; i++)
        b.x_0[i] = counter_normal(&rng), b.eps[i] = counter_normal(&rng);
    for (size_t i = 0; i < N * b.outputs; i++) b.out[i] = 0.7 * counter_normal(&rng);
    for (size_t i = 0; i < N; i++) b.t[i] = 1 + counter_below(&rng, k->T);
    b.t[0] = 1, b.t[1] = k->T; /* the ends always */
    loss_input(b.input, b.x_0, b.eps, b.t, N, D, k);
    return b;
}

static double total(batch *b, const task *k)
{
    double sum = 0.0;
    loss_batch(b->loss, b->d_out, b->out, b->x_0, b->eps, b->t, N, b->D, k, 1.0);
    for (size_t i = 0; i < N; i++) sum += b->loss[i];
    return sum;
}

/* Every legal task on a schedule; returns how many. */
static size_t each_task(const schedule *s, void (*test)(const task *k))
{
    static const char *const sigmas[] = {"beta", "beta_tilde"};
    char error[200];
    size_t count = 0;
    for (size_t p = 0; p < PREDICTS; p++)
        for (size_t l = 0; l < 2 * FIXED + LEARNED; l++) {
            const bool last = l >= 2 * FIXED;
            task *k = task_alloc(s, predicts[p], last ? learned[l - 2 * FIXED] : fixed[l / 2],
                                 last ? "learned" : sigmas[l % 2], error, sizeof error);
            if (!k) fail_msg("%s", error);
            test(k);
            task_free(k);
            count++;
        }
    return count;
}

/* ---- By the outputs ---- */

/* The hybrid loss as the two functions whose gradients it reports: its mean part is the simple loss. */
static double frozen_part(const task *k, batch *b, size_t j)
{
    if (k->loss != LOSS_HYBRID || j % b->outputs >= b->D) return total(b, k);
    task simple = *k;
    simple.kl = 0.0; /* the loss without its second part; sigma is not read */
    batch copy = *b;
    return total(&copy, &simple);
}

static void by_outputs(const task *k)
{
    for (size_t D = 1; D <= MOST_D; D += 2) {
        batch b = make(k, D, 1);
        total(&b, k);
        const batch exact = b;
        double size = 0.0;
        for (size_t j = 0; j < N * b.outputs; j++) {
            const double h = cbrt(GSL_DBL_EPSILON) * fmax(1.0, fabs(b.out[j])), at = b.out[j];
            const double scale = fabs(exact.loss[j / b.outputs]);
            b.out[j] = at + h;
            const double above = frozen_part(k, &b, j);
            b.out[j] = at - h;
            const double below = frozen_part(k, &b, j);
            b.out[j] = at;
            double sum = 0.0; /* rounding of the difference: that of the whole sum over h */
            for (size_t i = 0; i < N; i++) sum += fabs(exact.loss[i]);
            const double slope = (above - below) / (2.0 * h), d = exact.d_out[j];
            const double tolerance = 1e-8 * (fabs(slope) + scale) + 8.0 * GSL_DBL_EPSILON * sum / h;
            if (!(fabs(slope - d) <= tolerance))
                fail_msg("%s, output %zu: %.12g, by differences %.12g", k->words, j, d, slope);
            size += fabs(d);
        }
        assert_true(size > 1e-9);
    }
}

static void test_by_outputs(void **state)
{
    (void)state;
    static const char *const names[] = {"S10", "COS50"};
    for (size_t i = 0; i < 2; i++) {
        schedule *s = schedule_named_alloc(names[i]);
        assert_int_equal(each_task(s, by_outputs), 140);
        schedule_free(s);
    }
}

/* ---- Through a network ---- */

static network *net;
static double *theta, *gradient, *workspace;

static double through(batch *b, const task *k)
{
    net->forward(net, b->out, b->input, b->t, N, theta, workspace);
    return total(b, k);
}

static void make_net(const task *k, size_t D)
{
    mlp_spec spec = mlp_default(D, k->T);
    spec.width = 7, spec.depth = 2, spec.embed = 6, spec.out = task_outputs(k, D);
    net = mlp_alloc(&spec, NULL, 0);
    assert_non_null(net);
    theta = calloc(2 * net->parameters, sizeof *theta);
    gradient = theta + net->parameters;
    workspace = calloc(net->workspace(net, N), sizeof *workspace);
    assert_true(theta && workspace);
    net->init(net, theta, 3);
    counter_rng rng =
        counter_start(3, 98, 0, 0); /* the last layer begins at 0: no gradient behind it */
    for (size_t i = 0; i < net->parameters; i++) theta[i] += 0.2 * counter_normal(&rng);
}

static void through_network(const task *k)
{
    if (k->loss == LOSS_HYBRID) return; /* its halves are two functions: test_by_outputs */
    make_net(k, 3);
    batch b = make(k, 3, 2);
    double size = 0.0, worst = 0.0, sum = through(&b, k);
    net->backward(net, gradient, b.d_out, b.input, b.t, N, theta, workspace);
    for (size_t j = 0; j < net->parameters; j++) size = fmax(size, fabs(gradient[j]));
    assert_true(size > 1e-9);
    for (size_t j = 0; j < net->parameters; j += 3) {
        const double h = cbrt(GSL_DBL_EPSILON) * fmax(1.0, fabs(theta[j])), at = theta[j];
        theta[j] = at + h;
        const double above = through(&b, k);
        theta[j] = at - h;
        const double below = through(&b, k);
        theta[j] = at;
        worst = fmax(worst, fabs((above - below) / (2.0 * h) - gradient[j]));
    }
    /* h^2 times a third derivative of the size of the loss, and rounding */
    const double tolerance = 1e-6 * size + 1e-8 * sum;
    if (!(worst <= tolerance))
        fail_msg("%s: off by %g, largest gradient %g", k->words, worst, size);
    network_free(net);
    free(theta), free(workspace);
}

static void test_through_network(void **state)
{
    (void)state;
    schedule *s = schedule_named_alloc("S10");
    each_task(s, through_network);
    schedule_free(s);
}

/* ---- Values ---- */

static void test_learned_values(void **state)
{
    (void)state;
    schedule *s = schedule_named_alloc("S10");
    char error[200];
    task *vlb = task_alloc(s, "x0", "vlb", "learned", error, sizeof error);
    task *hybrid = task_alloc(s, "x0", "hybrid:0.25", "learned", error, sizeof error);
    batch b = make(vlb, 3, 3);
    for (size_t t = 1; t <= s->T; t++) {
        for (size_t i = 0; i < N; i++) b.t[i] = t;
        total(&b, vlb);
        const batch exact = b;
        total(&b, hybrid);
        for (size_t i = 0; i < N; i++) {
            double kl = 0.0, squares = 0.0;
            for (size_t d = 0; d < 3; d++) {
                const double x_0 = b.x_0[3 * i + d], out = b.out[6 * i + d];
                const double x_t =
                    sqrt(s->alpha_bar[t]) * x_0 + sqrt(s->var_bar[t]) * b.eps[3 * i + d];
                const double f = 1.0 / (1.0 + exp(-b.out[6 * i + 3 + d]));
                const double low = t > 1 ? s->beta_tilde[t] : s->beta_tilde[2];
                const double var = pow(s->beta[t], f) * pow(low, 1.0 - f);
                const double mean = posterior_mean(s, t, x_t, out);
                kl += t > 1
                          ? gaussian_kl(posterior_mean(s, t, x_t, x_0), s->beta_tilde[t], mean, var)
                          : -gaussian_log_pdf(x_0, mean, var);
                squares += gsl_pow_2(x_0 - out);
            }
            assert_true(fabs(exact.loss[i] - kl / 3.0) <= 1e-13 * (1.0 + fabs(kl)));
            assert_true(fabs(b.loss[i] - (squares + 2.5 * kl) / 3.0) <= 1e-12 * (1.0 + fabs(kl)));
        }
    }
    task_free(vlb), task_free(hybrid);
    schedule_free(s);
}

static void test_simple_values(void **state)
{
    (void)state;
    const double level[] = {0.1, 0.7, 2.0};
    char error[200];
    task *k = task_ncsn_alloc(level, 3, false, error, sizeof error);
    batch b = make(k, 3, 4);
    loss_batch(b.loss, b.d_out, b.out, b.x_0, b.eps, b.t, N, 3, k, 0.5);
    for (size_t i = 0; i < N; i++) {
        const double sigma = level[b.t[i] - 1];
        double squares = 0.0;
        for (size_t d = 0; d < 3; d++) {
            const double x_t = b.x_0[3 * i + d] + sigma * b.eps[3 * i + d];
            assert_true(fabs(b.input[3 * i + d] - x_t / sqrt(1.0 + sigma * sigma)) <= 1e-15 * 8);
            const double term = sigma * b.out[3 * i + d] + b.eps[3 * i + d];
            squares += term * term;
            assert_true(fabs(b.d_out[3 * i + d] - 0.5 * 2.0 * sigma * term / 3.0) <= 1e-14);
        }
        assert_true(fabs(b.loss[i] - squares / 3.0) <= 1e-14 * squares);
    }
    task_free(k);
}

/* A gradient that is wrong must be noticed by such a comparison: one with a lost factor is. */
static void test_planted_error(void **state)
{
    (void)state;
    schedule *s = schedule_named_alloc("S10");
    char error[200];
    task *k = task_alloc(s, "eps", "vlb", "learned", error, sizeof error);
    batch b = make(k, 1, 5);
    total(&b, k);
    const double h = 1e-5, at = b.out[1], d = b.d_out[1];
    b.out[1] = at + h;
    const double above = total(&b, k);
    b.out[1] = at - h;
    const double slope = (above - total(&b, k)) / (2.0 * h);
    assert_true(fabs(slope - d) <= 1e-8 * fabs(slope) &&
                fabs(slope - 2.0 * d) > 1e-3 * fabs(slope));
    task_free(k);
    schedule_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_outputs), cmocka_unit_test(test_through_network),
        cmocka_unit_test(test_learned_values), cmocka_unit_test(test_simple_values),
        cmocka_unit_test(test_planted_error)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
