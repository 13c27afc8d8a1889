/* Lesson 21, part c.  What holds for every network: its loss is the best one plus its distance. */
#include <math.h>
#include <stdio.h>

#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson21.h"
#include "theory/forward.h"
#include "theory/mixture.h"

/* --- The split ------------------------------------------------------------------------------------
 * For any function f(x_t), since eps - E[eps|x_t] is uncorrelated with every function of x_t,
 *     E|eps - f|^2 = E|eps - E[eps|x_t]|^2 + E|E[eps|x_t] - f|^2.
 * The first part is the same for all networks, and SNR(t) E tr Cov(x_0|x_t).  We draw (x_0, eps) and
 * look at the difference of the two sides at each draw: its mean must be 0. */
static const double bump_var = 0.0025;

/* A function that no training made; wrong enough to be far from E[eps|x_t]. */
static double some_network(double x, double other, size_t t)
{
    return 0.4 * x - 0.3 * sin(1.7 * other) + 0.05 * cos(0.1 * (double)t);
}

typedef struct sides {
    moments right;     /* loss - (best + distance), per coordinate */
    moments no_excess; /* loss - best */
    moments fresh;     /* |eps' - f|^2 - 1 - |f|^2 for noise eps' that is not in x_t */
    moments in_x_t;    /* the same with the eps that is */
} sides;

static void add_draw(sides *sum, mixture *m, const schedule *s, size_t t, gsl_rng *rng)
{
    double x_0[2], x_t[2], best[2], eps[2], loss = 0.0, distance = 0.0, fresh = 0.0, seen = 0.0;
    mixture_sample(m, rng, x_0);
    for (int d = 0; d < 2; d++) {
        eps[d] = gsl_ran_gaussian(rng, 1.0);
        x_t[d] = sqrt(s->alpha_bar[t]) * x_0[d] + sqrt(s->var_bar[t]) * eps[d];
    }
    mixture_mean_eps(best, m, s, t, x_t);
    for (int d = 0; d < 2; d++) {
        const double f = some_network(x_t[d], x_t[1 - d], t), other = gsl_ran_gaussian(rng, 1.0);
        loss += 0.5 * gsl_pow_2(eps[d] - f);
        distance += 0.5 * gsl_pow_2(best[d] - f);
        fresh += 0.5 * (gsl_pow_2(other - f) - 1.0 - f * f);
        seen += 0.5 * (gsl_pow_2(eps[d] - f) - 1.0 - f * f);
    }
    const double least = forward_snr(s, t) * mixture_var_x0(m, s, t, x_t);
    moments_add(&sum->right, loss - least - distance);
    moments_add(&sum->no_excess, loss - least);
    moments_add(&sum->fresh, fresh);
    moments_add(&sum->in_x_t, seen);
}

/* Draws with t uniform on 1..T. */
static sides draw_sides(lesson *L, mixture *m, const schedule *s, size_t n)
{
    sides sum = {0};
    gsl_rng *rng = lesson_rng(L);
    for (size_t i = 0; i < n; i++) add_draw(&sum, m, s, 1 + gsl_rng_uniform_int(rng, s->T), rng);
    return sum;
}

/* The same at one t, in means of 16 draws: one alone is too skewed for a z test. */
static moments right_at(lesson *L, mixture *m, const schedule *s, size_t t, size_t n)
{
    moments right = {0};
    for (size_t i = 0; i < n; i++) {
        sides few = {0};
        for (int j = 0; j < 16; j++) add_draw(&few, m, s, t, lesson_rng(L));
        moments_add(&right, few.right.mean);
    }
    return right;
}

/* The best loss per coordinate at t by a sum over a grid of x_t, whose density is that of the ring. */
static double best_by_sum(mixture *m, const schedule *s, size_t t, int n)
{
    const double sd = sqrt(s->alpha_bar[t] * bump_var + s->var_bar[t]),
                 reach = sqrt(s->alpha_bar[t]) + 8.0 * sd, h = 2.0 * reach / n;
    double sum = 0.0;
    for (int i = 0; i <= n; i++)
        for (int j = 0; j <= n; j++) {
            const double x_t[2] = {h * i - reach, h * j - reach};
            double eps_hat[2];
            mixture_mean_eps(eps_hat, m, s, t, x_t);
            sum += h * h * exp(mixture_log_pdf_t(m, s, t, x_t)) *
                   (1.0 - 0.5 * (gsl_pow_2(eps_hat[0]) + gsl_pow_2(eps_hat[1])));
        }
    return sum;
}

/* It is far from flat: 1 - E|E[eps|x_t]|^2 per coordinate, by sums, at small and at large t. */
static void not_flat(lesson *L, mixture *m, const schedule *s)
{
    static const size_t at[] = {4, 10, 25, 50};
    gap flat = {0};
    double best[4];
    for (size_t i = 0; i < 4; i++) {
        best[i] = best_by_sum(m, s, at[i], 300);
        const double error = fabs(best[i] - best_by_sum(m, s, at[i], 220)) + 1e-12;
        gap_add(&flat, at[i], 1.0, best[i], error);
    }
    road_below(L, NULL, "the best loss at t = 50 is below a fifth of t = 4", best[3], 0.2 * best[0],
               0.0);
    control_gap(L, "a flat curve: 1 at every t, the predictor 0", &flat);
    say(L, "Best loss per coordinate: %.4f (t = 4), %.4f (10), %.4f (25), %.5f (50).", best[0],
        best[1], best[2], best[3]);
}

void loss_splits(lesson *L)
{
    schedule *s = schedule_named_alloc("S50");
    mixture *m = mixture_ring_alloc(8, 1.0, bump_var, 0.0);
    if (!s || !m) check_refuse("lesson 21: out of memory");
    const sides sum = draw_sides(L, m, s, lesson_samples(L, 160000));
    road_mean(L, NULL, "any network: loss = best + distance to the best", &sum.right, 0.0);
    control_mean(L, "the distance left out", &sum.no_excess, 0.0, 268.0);
    road_mean(L, NULL, "noise that is not in x_t: loss = 1 + |f|^2", &sum.fresh, 0.0);
    control_mean(L, "the same with the noise that is in x_t", &sum.in_x_t, 0.0, 418.0);
    const moments small = right_at(L, m, s, 4, lesson_samples(L, 10000)),
                  middle = right_at(L, m, s, 25, lesson_samples(L, 10000));
    road_mean(L, NULL, "loss = best + distance at t = 4 alone", &small, 0.0);
    road_mean(L, NULL, "and at t = 25 alone", &middle, 0.0);
    if (!lesson_random_only(L)) not_flat(L, m, s);
    mixture_free(m);
    schedule_free(s);
}
