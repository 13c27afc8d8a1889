/* Lesson 18.  Langevin dynamics and noise-conditioned scores
 * ----------------------------------------------------------
 * CLAIM   x_{l+1} = x_l + (eta/2) s(x_l) + sqrt(eta) eps_l samples the law with score s, up to a bias
 *         of order eta, and only where it can walk.  So NCSN takes many noise levels,
 *             sum_t sigma_t^2 E|s(x_t) + eps/sigma_t|^2 -> min,
 *         and walks from the largest sigma to the smallest: not as printed, t = 1..T, but T..1.
 * WHY     The weight sigma_t^2 makes this L_simple in other units; lesson 19 samples the DDPM way.
 * NEEDS   lessons 14, 17.   Notes: docs/lesson18.md
 * RUN     make lesson18   FIGURE  build/figures/lesson18.png and others
 *
 * In one dimension the law of a chain is exact: src/theory/langevin_law.h carries the density forward
 * from grid to grid.  The references carry questions backward in time (part d), or are the recursion
 * of a variance, or draws. */
#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson18.h"

static const double ulp = GSL_DBL_EPSILON;
data_law even = {.left = 0.5}, uneven = {.left = 0.3};
ladder *rungs;

/* --- The data ------------------------------------------------------------------------------------- */
static bool data_open_law(data_law *d)
{
    d->m = mixture_alloc(2, 1);
    if (!d->m) return false;
    for (size_t k = 0; k < 2; k++) {
        d->m->mean[k] = k ? bump_at : -bump_at;
        d->m->var[k] = bump_var;
        d->m->weight[k] = k ? 1.0 - d->left : d->left;
    }
    d->score = langevin_oracle(d->m);
    return true;
}

/* Both bumps have the variance v, so the odds of the right one are exp(8x/v) (1-left)/left. */
double own_score(const data_law *d, double x, double sigma)
{
    const double v = bump_var + sigma * sigma;
    const double right = 1.0 / (1.0 + d->left / (1.0 - d->left) * exp(-2.0 * bump_at * x / v));
    return (bump_at * (2.0 * right - 1.0) - x) / v;
}

double data_below(double x, void *params)
{
    const double *p = params; /* left, sigma */
    const double sd = sqrt(bump_var + p[1] * p[1]);
    return p[0] * gsl_cdf_gaussian_P(x + bump_at, sd) +
           (1.0 - p[0]) * gsl_cdf_gaussian_P(x - bump_at, sd);
}

/* --- 18.1  One step, many steps --------------------------------------------------------------------
 * Score -x/v: each step multiplies by 1 - eta/(2v) and adds the variance eta,
 *     V' = (1 - eta/(2v))^2 V + eta,    fixed point  V = v/(1 - eta/(4v)). */
typedef struct recipe {
    const char *what;
    double drift, noise; /* x + drift eta s + ..., the noise has the variance noise(eta) */
    bool squared;        /* noise eta instead of sqrt(eta): the variance is eta^2 */
} recipe;
static const recipe right_step = {"as the slide has it", 0.5, 1.0, false};
static const recipe wrong_steps[] = {{"no 1/2 before the score", 1.0, 1.0, false},
                                     {"noise sqrt(2 eta)", 0.5, 2.0, false},
                                     {"noise eta for sqrt(eta)", 0.5, 1.0, true},
                                     {"minus before the score", -0.5, 1.0, false}};

/* The recursion, n times. */
static double walk_variance(const recipe *r, double v, double eta, size_t n, double start)
{
    const double noise = r->noise * (r->squared ? eta * eta : eta);
    double V = start;
    for (size_t i = 0; i < n; i++) V = gsl_pow_2(1.0 - r->drift * eta / v) * V + noise;
    return V;
}

static const double widths[] = {0.26, 1.0, 2.37}, shares[] = {0.5, 0.1, 0.01, 1.9, 3.1};

/* The stationary variance; eta = share v.  Each round of the recursion adds 4 roundings and forgets
 * a part (1 - ratio) of the older ones. */
static gap stationary(const recipe *r)
{
    gap g = {0};
    for (size_t i = 0; i < 15; i++) {
        const double v = widths[i / 5], eta = shares[i % 5] * v;
        const double forgets = shares[i % 5] * (1.0 - 0.25 * shares[i % 5]);
        const size_t n = (size_t)(40.0 / forgets) + 10;
        const double reference = walk_variance(r, v, eta, n, v);
        gap_add(&g, i, langevin_variance(v, eta), reference, 8 * ulp * reference / forgets);
    }
    return g;
}

/* After n steps, also beyond 4v, where the chain explodes; shares 4 is its border. */
static gap after(const recipe *r)
{
    static const double beyond[] = {0.5, 0.1, 3.1, 4.0, 5.7, 20.0};
    gap g = {0};
    for (size_t i = 0; i < 18; i++) {
        const double v = widths[i / 6], eta = beyond[i % 6] * v;
        for (size_t n = 0; n <= 60; n += 12) {
            const double reference = walk_variance(r, v, eta, n, 0.37);
            gap_add(&g, i, langevin_variance_after(v, eta, n, 0.37), reference,
                    8 * ulp * (double)(n + 1) * reference);
        }
    }
    return g;
}

/* The same from the law on a grid, N(0,v) data; also no step at all, and a start that is narrower
 * than a step. */
static gap grid_variances(void)
{
    static const size_t n[9] = {30, 0, 44, 1, 58, 2, 65, 3, 86};
    gap g = {0};
    mixture *normal = mixture_alloc(1, 1);
    for (size_t i = 0; normal && i < 9; i++) {
        const double v = widths[i / 3], eta = shares[i % 3] * v, reach = 14.0 * sqrt(v);
        const double sd = i % 2 ? 0.4 * sqrt(eta) : 0.7 * sqrt(v);
        const score_model score = langevin_oracle(normal);
        normal->var[0] = v;
        law *l = langevin_law_alloc(0.0, sd);
        double var = (double)NAN, lost = (double)NAN;
        if (l && langevin_law_walk(l, &score, 0.0, 1, eta, n[i], reach, 2.5) == 0)
            langevin_law_moments(l, NULL, &var, &lost);
        /* A step sums 45 terms per node: 90 roundings at most. */
        const double reference = walk_variance(&right_step, v, eta, n[i], sd * sd);
        const double rounding = 90 * ulp * (double)(n[i] + 1);
        gap_add(&g, i, var, reference, rounding * reference);
        gap_add(&g, i, lost, 0.0, rounding);
        law_free(l);
    }
    mixture_free(normal);
    return g;
}

/* Draws of 8 steps in the plane for N(0.4, 0.8) + noise 0.5, from the point 2.3. */
static moments drawn_ends(lesson *L, double eta)
{
    moments m = {0};
    mixture *normal = mixture_alloc(1, 2);
    if (!normal) return m;
    normal->var[0] = 0.8;
    normal->mean[0] = normal->mean[1] = 0.4;
    const score_model score = langevin_oracle(normal);
    for (size_t n = lesson_samples(L, 20000); n > 0; n--) {
        double x[2] = {-0.7, 2.3}, scratch[2];
        for (size_t i = 0; i < 8; i++)
            langevin_step(x, scratch, 2, &score, 0.5, 1, eta, lesson_rng(L));
        moments_add(&m, x[1]);
    }
    mixture_free(normal);
    return m;
}

/* W1 of the chain's stationary law to the law with the score: two bumps near each other. */
static double bias(double eta)
{
    mixture *m = mixture_pair_alloc(0.25);
    if (!m) return (double)NAN;
    const score_model score = langevin_oracle(m);
    law *l = langevin_law_alloc(0.0, 1.0);
    double w1 = (double)NAN;
    /* Modes at +-1 of sd 0.5: the chain forgets its start in a time of about 5. */
    if (l && langevin_law_walk(l, &score, 0.0, 1, eta, (size_t)(60.0 / eta), 8.0, 2.0) == 0) {
        double sum = 0.0;
        for (double x = -6.0; x <= 6.0; x += 0.01)
            sum += 0.01 * fabs(law_below(l, x) - 0.5 * gsl_cdf_gaussian_P(x + 1.0, 0.5) -
                               0.5 * gsl_cdf_gaussian_P(x - 1.0, 0.5));
        w1 = sum;
    }
    law_free(l);
    mixture_free(m);
    return w1;
}

static void langevin(lesson *L)
{
    claim(L, "NCS-01");
    const double eta = 0.41, v = 0.8 + 0.25;
    const moments ends = drawn_ends(L, eta);
    const double centre = 0.4 + 1.9 * pow(1.0 - 0.5 * eta / v, 8.0);
    if (!lesson_random_only(L)) {
        const gap fixed = stationary(&right_step), many = after(&right_step),
                  grid = grid_variances();
        road_gap(L, "langevin_variance", "v/(1 - eta/(4v)): the recursion, to its end", &fixed);
        road_gap(L, "langevin_variance_after", "after n steps, also beyond eta = 4v", &many);
        road_gap(L, "langevin_law_walk", "the law carried on a grid: variance, lost mass", &grid);
        for (size_t i = 0; i < 3; i++) {
            const gap wrong = stationary(&wrong_steps[i]);
            control_gap(L, wrong_steps[i].what, &wrong);
        }
        const gap away = after(&wrong_steps[3]);
        control_gap(L, wrong_steps[3].what, &away);
        road_below(L, "langevin_variance", "eta = 0.01: within 1 percent of v",
                   langevin_variance(1.0, 0.01) - 1.0, 0.01, 0.0);
        control_below(L, "eta = 0.5: within 1 percent of v", langevin_variance(1.0, 0.5) - 1.0,
                      0.01, 0.0);
        const double b[3] = {bias(0.2), bias(0.1), bias(0.05)};
        road_below(L, "langevin_law_walk", "two bumps: half the step, W1 at most 0.55 of it", b[1],
                   0.55 * b[0], 0.0);
        road_below(L, "langevin_law_walk", "and again", b[2], 0.55 * b[1], 0.0);
        evidence(L,
                 "N(0,1): variance %.4f (eta 0.5), %.4f (0.1), %.4f (0.01); bumps +-1: W1 %.5f, "
                 "%.5f, %.5f (eta 0.2, 0.1, 0.05)",
                 langevin_variance(1.0, 0.5), langevin_variance(1.0, 0.1),
                 langevin_variance(1.0, 0.01), b[0], b[1], b[2]);
    }
    road_mean(L, NULL, "8 steps drawn in the plane: mean", &ends, centre);
    road_variance(L, "langevin_variance_after", "their variance", &ends,
                  langevin_variance_after(v, eta, 8, 0.0));
    control_variance(L, "noise sqrt(2 eta)", &ends, walk_variance(&wrong_steps[1], v, eta, 8, 0.0),
                     50.0);
}

int main(int argc, char **argv)
{
    lesson *L = lesson_open(argc, argv, 18, "Langevin dynamics and noise-conditioned scores");
    rungs = ladder_alloc(LEVELS, 0.1, 8.0, 0.1);
    if (!rungs || !data_open_law(&even) || !data_open_law(&uneven)) return 2;
    const bool all = !lesson_random_only(L);
    section(L, "18.1  Langevin dynamics");
    langevin(L);
    section(L, "18.2  One noise level is not enough");
    if (all) one_small_level(L);
    if (all) one_large_level(L);
    section(L, "18.3  The loss over all levels");
    if (all) the_loss(L);
    if (all) the_weight(L);
    section(L, "18.4  Annealing");
    the_order(L);
    if (all) the_start(L);
    if (all) the_steps(L);
    section(L, "18.5  A network");
    if (all) the_training(L);
    if (all) draw_figures(L);
    ladder_free(rungs);
    mixture_free(even.m);
    mixture_free(uneven.m);
    return lesson_close(L);
}
