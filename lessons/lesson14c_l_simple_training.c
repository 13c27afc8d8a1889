/* Lesson 14, part c.  The seven steps of the training loop, run with the smallest network. */
#include <math.h>

#include <gsl/gsl_deriv.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson14.h"
#include "theory/forward.h"
#include "theory/schedule_spec.h"
#include "theory/weight.h"

static const double ulp = GSL_DBL_EPSILON;

/* --- 14.6  Seven steps, run ---------------------------------------------------------------------
 * The smallest network: one slope c_t per t, eps_hat = c_t x_t, data N(0, v). */
static const double data_sd = 0.7937253933193772; /* v = 0.63 */
static const normal_data centred = {0.0, 0.63};

static void train_step(double *c, const schedule *s, double rate, gsl_rng *rng)
{
    const double x_0 = data_sd * gsl_ran_gaussian_ziggurat(rng, 1.0); /* 1 */
    const size_t t = 1 + gsl_rng_uniform_int(rng, s->T);              /* 2 */
    const double eps = gsl_ran_gaussian_ziggurat(rng, 1.0);           /* 3 */
    const double x_t = forward_jump(s, t, x_0, eps);                  /* 4 */
    const double eps_hat = c[t] * x_t;                                /* 5 */
    const double dloss = -2.0 * (eps - eps_hat);                      /* 6: of (eps - eps_hat)^2 */
    c[t] -= rate * dloss * x_t;                                       /* 7 */
}

/* c_t before a step is independent of what the step draws, so its mean obeys exactly
 *      E c_t <- E c_t - rate (2/T) (V_t E c_t - sqrt(1-abar_t)):
 * the distance from the optimum shrinks by 1 - 2 rate V_t/T in every step. */
static double expected(const schedule *s, size_t t, double start, double rate, int steps_done)
{
    const double V = s->alpha_bar[t] * centred.v + s->var_bar[t], best = slope(s, t, centred);
    return best + gsl_pow_int(1.0 - 2.0 * rate * V / (double)s->T, steps_done) * (start - best);
}

/* The loss of a fixed batch as a function of one slope, the others held: for the gradient check. */
typedef struct batch {
    const schedule *s;
    double c[11];
    size_t at;
} batch;
enum { BATCH = 48 };

static double batch_loss_of(double c, void *params)
{
    const batch *b = params;
    double sum = 0.0;
    for (size_t i = 0; i < BATCH; i++) {
        const size_t t = 1 + i % b->s->T;
        const double x_t = forward_jump(b->s, t, data_sd * point(2 * i), point(3 * i + 1));
        sum += gsl_pow_2(point(3 * i + 1) - (t == b->at ? c : b->c[t]) * x_t) / BATCH;
    }
    return sum;
}

static double batch_gradient(const batch *b, bool redrawn)
{
    double sum = 0.0;
    for (size_t i = 0; i < BATCH; i++) {
        if (1 + i % b->s->T != b->at) continue;
        const double x_t = forward_jump(b->s, b->at, data_sd * point(2 * i), point(3 * i + 1));
        sum += -2.0 * (point(3 * i + 1 + redrawn) - b->c[b->at] * x_t) * x_t / BATCH;
    }
    return sum;
}

static void check_gradient(lesson *L)
{
    batch b = {.s = schedules[S10]};
    gap right = {0}, no_two = {0}, redrawn = {0};
    for (size_t t = 1; t <= 10; t++) b.c[t] = 0.1 + 0.07 * (double)t;
    for (b.at = 1; b.at <= 10; b.at++) {
        gsl_function f = {batch_loss_of, &b};
        double difference, error;
        gsl_deriv_central(&f, b.c[b.at], 0.1, &difference, &error);
        /* A parabola has no truncation error; there remain 100 roundings of the loss / 0.1. */
        error += 100 * ulp * batch_loss_of(b.c[b.at], &b) / 0.1;
        gap_add(&right, b.at, batch_gradient(&b, false), difference, error);
        gap_add(&no_two, b.at, 0.5 * batch_gradient(&b, false), difference, error);
        gap_add(&redrawn, b.at, batch_gradient(&b, true), difference, error);
    }
    road_gap(L, NULL, "gradient of a batch against finite differences", &right);
    control_gap(L, "the factor 2 of the square forgotten", &no_two);
    control_gap(L, "eps of the loss not the eps inside x_t", &redrawn);
}

/* One long run with a falling rate on S50, for the figure and for the eye: nothing is asserted. */
static double long_run(lesson *L)
{
    const schedule *s = schedules[S50];
    double c[51], short_run[51], loss = 0.0;
    for (size_t t = 0; t <= 50; t++) c[t] = short_run[t] = -0.3;
    for (size_t n = 0; n < 200000; n++) {
        if (n == 1000)
            for (size_t t = 0; t <= 50; t++) short_run[t] = c[t];
        train_step(c, s, 1.0 / (10.0 + 1.5 * (double)n / 50.0), lesson_rng(L));
    }
    data_file *f = data_open(L, "training", "t best after_1000 after_200000");
    for (size_t t = 1; t <= 50; t++) {
        const setting w = {.s = s, .t = t, .p = centred, .c = c[t], .jump = own_jump};
        loss += expect(squared_error, &w) / 50.0;
        data_line(f, "%zu %.9g %.9g %.9g", t, slope(s, t, centred), short_run[t], c[t]);
    }
    data_close(f);
    return loss;
}

void training(lesson *L)
{
    claim(L, "SIM-09");
    const schedule *s = schedules[S10];
    const double rate = 0.1, start = -0.3;
    const int n_steps = 50;
    moments small = {0}, large = {0};
    for (size_t n = lesson_samples(L, 10000); n > 0; n--) {
        double c[11];
        for (size_t t = 0; t <= 10; t++) c[t] = start;
        for (int i = 0; i < n_steps; i++) train_step(c, s, rate, lesson_rng(L));
        moments_add(&small, c[3]);
        moments_add(&large, c[8]);
    }
    road_mean(L, NULL, "c_3 after 50 steps, mean of 10000 trainings", &small,
              expected(s, 3, start, rate, n_steps));
    road_mean(L, NULL, "c_8 after 50 steps", &large, expected(s, 8, start, rate, n_steps));
    control_mean(L, "sign of the update wrong: c_8 diverges", &large,
                 expected(s, 8, start, -rate, n_steps), 644);
    control_mean(L, "eps drawn anew for the loss: c_8 goes to 0", &large,
                 start / (start - slope(s, 8, centred)) *
                     (expected(s, 8, start, rate, n_steps) - slope(s, 8, centred)),
                 139);
    if (lesson_random_only(L)) return;
    check_gradient(L);
    const double reached = long_run(L), optimum = mean_least(S50, centred, 1);
    say(L, "One run of 200000 steps on S50, one sample each: L_simple %.5f, the optimum is %.5f.",
        reached, optimum);
    evidence(
        L,
        "200000 steps, S50, N(0, 0.63): L_simple %.4f, optimum %.4f; the nets follow in lesson 21",
        reached, optimum);
}

/* Dropping the weights moves no optimum as long as every t has parameters of its own; a shared
 * parameter sits at the weighted mean of what the t would like, and there the weights decide. */
void weights_dropped(lesson *L)
{
    claim(L, "SIM-11");
    const schedule *s = schedules[L1000];
    double c[2] = {0}, total[2] = {0};
    for (size_t t = 1; t <= s->T; t++) {
        const double w[2] = {1.0, weight_eps(s, t, s->beta[t])};
        for (int k = 0; k < 2; k++) {
            c[k] += w[k] * sqrt(s->var_bar[t]);
            total[k] += w[k];
        }
    }
    say(L,
        "With a slope of its own for every t, the minimiser is the same for any weights w_t > 0. A "
        "t-blind slope is not: c = %.3f without weights, %.3f with them (L1000, N(0,1)).",
        c[0] / total[0], c[1] / total[1]);
    say(L,
        "Whether samples get better is a question about trained networks: reported by lesson 22.");
    evidence(L,
             "reported later (lesson 22); exact: the t-blind optimum moves from c = %.3f to %.3f "
             "with the weights",
             c[0] / total[0], c[1] / total[1]);

    schedule *shown = schedule_of_figure(L);
    double blind_c, unused;
    spread(shown, 1.0, &blind_c, &unused);
    data_file *f = data_open(L, "loss", "t aware blind");
    for (size_t t = 1; t <= shown->T; t++) {
        const double c_t = sqrt(shown->var_bar[t]);
        data_line(f, "%zu %.9g %.9g", t, shown->alpha_bar[t],
                  shown->alpha_bar[t] + gsl_pow_2(blind_c - c_t));
    }
    data_close(f);
    schedule_free(shown);
}
