/* Lesson 16, part c.  The gradient of one weight, in closed form and simulated. */
#include <math.h>
#include <stdio.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson16.h"
#include "theory/forward.h"

/* --- 16.3  The gradients ----------------------------------------------------------------------
 * One weight: |target - w x_t|^2 has the gradient -2 target x_t at w = 0. */
static double root_forgotten(const schedule *s, size_t t, target_kind kind, double v)
{
    if (kind == TARGET_EPS) return 2.0 * s->var_bar[t];
    return kind == TARGET_X0 ? 2.0 * v * s->alpha_bar[t]
                             : 2.0 * s->alpha[t] * forward_variance(s, t - 1, v);
}

static double two_pairings(const schedule *s, size_t t, target_kind kind, double v)
{
    return 2.0 * sqrt(target_square(s, t, kind, v) * forward_variance(s, t, v) +
                      gsl_pow_2(target_covariance(s, t, kind, v)));
}

/* All three horses, data of the ring's second moment. */
static void roads_and_controls(lesson *L, int quantity, target_formula right, target_formula wrong,
                               const char *what, const char *slip_name)
{
    static const char *const names[] = {"eps", "x_0", "mu"};
    for (size_t kind = 0; kind < TARGET_KINDS; kind++) {
        char line[80];
        horse sound = {(target_kind)kind, ring, right, quantity};
        horse lame = {(target_kind)kind, ring, wrong, quantity};
        const gap g = everywhere(horse_walked, &sound, 1), bad = everywhere(horse_walked, &lame, 1);
        snprintf(line, sizeof line, "%s, target %s", what, names[kind]);
        road_gap(L, quantity == RMS ? "target_gradient_rms" : "target_gradient", line, &g);
        control_gap(L, slip_name, &bad);
    }
}

/* Batches of 8, as a trainer has them: the gradient of eps at t = 6 of S10, the chain simulated. */
static void simulate_gradients(lesson *L)
{
    const schedule *s = schedules[S10];
    moments noise = {0}, mean = {0};
    for (size_t n = lesson_samples(L, 20000); n > 0; n--) {
        double of_eps = 0.0, of_mu = 0.0;
        for (size_t i = 0; i < 8; i++) {
            const double start = gsl_ran_gaussian_ziggurat(lesson_rng(L), 1.0);
            double x = start, old = start;
            for (size_t t = 1; t <= 6; t++) {
                old = x;
                x = sqrt(s->alpha[t]) * x +
                    gsl_ran_gaussian_ziggurat(lesson_rng(L), sqrt(s->beta[t]));
            }
            of_eps += 2.0 * forward_noise(s, 6, x, start) * x / 8.0;
            of_mu += 2.0 * old * x / 8.0; /* E[x_{t-1} | x_t, x_0] = mu_tilde */
        }
        moments_add(&noise, of_eps);
        moments_add(&mean, of_mu);
    }
    road_mean(L, "target_gradient", "S10, t = 6, simulated: eps", &noise,
              target_gradient(s, 6, TARGET_EPS, 1.0));
    road_mean(L, "target_gradient", "S10, t = 6, simulated: mu", &mean,
              target_gradient(s, 6, TARGET_MU, 1.0));
    control_mean(L, "the eps gradient is 2 at every t", &noise, 2.0, 66.0);
}

flatness flatness_of(const double *y, size_t T)
{
    moments m = {0};
    flatness f = {y[1], y[T], y[1], y[1], 0.0};
    for (size_t t = 1; t <= T; t++) {
        moments_add(&m, y[t]);
        f.largest = fmax(f.largest, y[t]);
        f.smallest = fmin(f.smallest, y[t]);
    }
    f.cv = sqrt(m.m2 / (double)T) / m.mean;
    return f;
}

static flatness flatness_on_L1000(target_kind kind, double v)
{
    const schedule *s = schedules[L1000];
    double y[1001];
    for (size_t t = 1; t <= s->T; t++) y[t] = target_gradient(s, t, kind, v);
    return flatness_of(y, s->T);
}

/* Which curve over t is flat?  The answer holds for data of variance near 1, as data are scaled. */
static void compare_flatness(lesson *L, flatness flat[TARGET_KINDS])
{
    for (size_t k = 0; k < TARGET_KINDS; k++) flat[k] = flatness_on_L1000((target_kind)k, 1.0);
    const double of_eps = flat[TARGET_EPS].cv, of_x0 = flat[TARGET_X0].cv;
    const double of_mu = flat[TARGET_MU].cv;
    printed_below(L, "eps is the flattest: sd/mean over t below mu's", of_eps, of_mu, 0.0);
    road_below(L, NULL, "mu is flatter than eps", of_mu, of_eps, 0.0);
    road_below(L, NULL, "eps is flatter than x_0", of_eps, of_x0, 0.0);
    control_below(L, "mu stays flatter than eps for data of variance 0.1",
                  flatness_on_L1000(TARGET_MU, 0.1).cv, flatness_on_L1000(TARGET_EPS, 0.1).cv, 0.0);
    gap known = {0};
    gap_add(&known, TARGET_EPS, of_eps, 0.340, 0.5e-3);
    gap_add(&known, TARGET_X0, of_x0, 0.896, 0.5e-3);
    gap_add(&known, TARGET_MU, of_mu, 0.003, 0.5e-3);
    road_gap(L, NULL, "docs/claims.tsv: three sd/mean, 3 digits", &known);
}

void the_gradients(lesson *L)
{
    claim(L, "GRD-08");
    if (!lesson_random_only(L)) {
        flatness flat[TARGET_KINDS];
        compare_flatness(L, flat);
        say(L,
            "From t = 1 to t = T of L1000 the mean gradient goes, for N(0,1) data and one weight:");
        say(L, "  eps %.2f to %.2f      x_0 %.2f to %.4f      mu %.2f to %.2f", flat[0].first,
            flat[0].last, flat[1].first, flat[1].last, flat[2].first, flat[2].last);
        roads_and_controls(L, GRADIENT, target_gradient, root_forgotten, "expected gradient",
                           "a root forgotten");
        roads_and_controls(L, RMS, target_gradient_rms, two_pairings, "rms gradient",
                           "two of Isserlis' three pairings");
        small_network(L, flat);
    }
    simulate_gradients(L);
}
