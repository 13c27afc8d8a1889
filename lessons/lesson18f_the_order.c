/* Lesson 18, part f.  The order of the levels. */
#include <math.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>

#include "lesson18.h"

static const double ulp = GSL_DBL_EPSILON;

/* --- 18.4  The order of the levels ------------------------------------------------------------------- */

/* A short ladder carried by law.h instead: its chain counts down from N(0,1), so in units of
 * sigma_T. */
typedef struct short_chain {
    const ladder *l;
    size_t L;
    langevin_order order;
    double unit;
} short_chain;

static size_t level_at(const short_chain *c, size_t t)
{
    const size_t i = (c->l->T * c->L - t) / c->L; /* t = T L .. 1 */
    return c->order == LANGEVIN_DOWN ? c->l->T - i : 1 + i;
}
static double short_mean(double y, size_t t, void *params)
{
    const short_chain *c = params;
    const size_t level = level_at(c, t);
    const double x = c->unit * y;
    return (x + 0.5 * c->l->eta[level] * own_score(&uneven, x, c->l->sigma[level])) / c->unit;
}
static double short_var(double y, size_t t, void *params)
{
    (void)y;
    const short_chain *c = params;
    return c->l->eta[level_at(c, t)] / (c->unit * c->unit);
}

static double stretch(double y, void *params)
{
    return y * *(const double *)params;
}

enum { SHORT_T = 4, SHORT_L = 10 };
static const double far = -6.0; /* hardly any data are below, but much of a law that is too wide */

/* The short ladder, carried by src/theory. */
static law *short_law(const ladder *l, langevin_order order, double per_sd)
{
    law *value = langevin_law_alloc(0.0, l->sigma[SHORT_T]);
    for (size_t i = 0; value && i < SHORT_T; i++) {
        const size_t t = order == LANGEVIN_DOWN ? SHORT_T - i : 1 + i;
        if (langevin_law_walk(value, &uneven.score, l->sigma[t], t, l->eta[t], SHORT_L, 80.0,
                              per_sd) != GSL_SUCCESS) {
            law_free(value);
            return NULL;
        }
    }
    return value;
}

/* Distribution functions and W1 of the short ladder by the two programs.  The error is that of
 * grids 1.25 times as coarse, and 120 roundings per step. */
static void compare_short(gap *g, const law *value, const law *coarse, const law *reference,
                          double unit)
{
    const double rounding = 120 * ulp * SHORT_T * SHORT_L, reach = 80.0;
    for (double x = -9.3; x < 10.0; x += 1.7)
        gap_add(g, 1, law_below(value, x), law_below(reference, x / unit),
                fabs(law_below(value, x) - law_below(coarse, x)) + rounding);
    double params[2] = {uneven.left, 0.0};
    const double w1 = law_wasserstein(value, NULL, NULL, data_below, params, reach, 1601, NULL);
    const double rough = law_wasserstein(coarse, NULL, NULL, data_below, params, reach, 1601, NULL);
    const double other =
        law_wasserstein(reference, stretch, &unit, data_below, params, reach / unit, 1601, NULL);
    gap_add(g, 2, w1, other, fabs(w1 - rough) + 2.0 * reach * rounding);
}

static gap short_ladders(const ladder *l)
{
    gap g = {0};
    for (int order = LANGEVIN_DOWN; order <= LANGEVIN_UP; order++) {
        short_chain c = {l, SHORT_L, (langevin_order)order, l->sigma[SHORT_T]};
        const reverse_model model = {short_mean, short_var, &c};
        law *reference = law_alloc(SHORT_T * SHORT_L, 0, &model, 10.0, 4.2);
        law *value = short_law(l, (langevin_order)order, 4.0);
        law *coarse = short_law(l, (langevin_order)order, 3.2);
        if (value && coarse && reference) compare_short(&g, value, coarse, reference, c.unit);
        law_free(coarse);
        law_free(value);
        law_free(reference);
    }
    return g;
}

/* A score that, like a network, is told t and not sigma; the left share of the data is 0.3. */
static void score_by_level(double *score, const double *x, double sigma, size_t t, size_t D,
                           void *params)
{
    (void)sigma, (void)D;
    const ladder *l = params;
    *score = own_score(&uneven, *x, l->sigma[t]);
}

/* Draws of the sampler itself on the short ladder. */
static void drawn_orders(lesson *L, ladder *l)
{
    /* One order with a score that looks at sigma, the other with one that looks at t. */
    const score_model models[2] = {uneven.score, {score_by_level, l}};
    static const char *const what[] = {"drawn, t = T..1, 4 levels: share below -6",
                                       "drawn, t = 1..T, 4 levels: share below -6"};
    const size_t n = lesson_samples(L, 10000);
    size_t hits[2] = {0};
    double exact[2] = {0.0, 0.0};
    for (int order = LANGEVIN_DOWN; order <= LANGEVIN_UP; order++) {
        law *value = short_law(l, (langevin_order)order, 4.0);
        if (value) exact[order] = law_below(value, far);
        law_free(value);
        for (size_t i = 0; i < n; i++) {
            double x, scratch;
            langevin_annealed(&x, &scratch, 1, l, SHORT_L, (langevin_order)order, &models[order],
                              lesson_rng(L));
            hits[order] += x <= far;
        }
        road_count(L, "langevin_law_walk", what[order], hits[order], n, exact[order]);
    }
    /* (p_up - p_down)/sqrt(p_up (1 - p_up)/n) at effort 1. */
    control_count(L, "T..1 drawn, the share of 1..T expected", hits[0], n, exact[1],
                  fabs(exact[0] - exact[1]) / sqrt(exact[1] * (1.0 - exact[1]) / 10000.0));
}

/* N(0, v) data: the variance goes from level to level by the recursion. */
static gap gaussian_ladder(void)
{
    gap g = {0};
    const double v = 0.37;
    mixture *normal = mixture_alloc(1, 1);
    for (int order = LANGEVIN_DOWN; normal && order <= LANGEVIN_UP; order++) {
        const plan p = annealed(rungs, (langevin_order)order, 1.5);
        double V = gsl_pow_2(p.start_sd), var;
        for (size_t i = 0; i < p.n; i++) {
            const double at = v + gsl_pow_2(p.at[i].sigma);
            for (size_t n = 0; n < p.at[i].steps; n++)
                V = gsl_pow_2(1.0 - 0.5 * p.at[i].eta / at) * V + p.at[i].eta;
        }
        normal->var[0] = v;
        const data_law d = {.m = normal, .score = langevin_oracle(normal)};
        law *l = law_of(&p, &d, 1.0);
        if (!l) break;
        langevin_law_moments(l, NULL, &var, NULL);
        gap_add(&g, (size_t)order, var, V, 80 * ulp * (double)steps_of(&p) * V);
        law_free(l);
    }
    mixture_free(normal);
    return g;
}

/* sigma_t = 0.1 80^((t-1)/11): equal steps of the logarithm; wrong: equal steps of sigma itself. */
static gap ladder_against(bool arithmetic)
{
    gap g = {0};
    for (size_t t = 1; t <= LEVELS; t++) {
        const double part = (double)(t - 1) / (double)(LEVELS - 1);
        const double sigma = arithmetic ? 0.1 + 7.9 * part : exp(log(0.1) + part * log(80.0));
        gap_add(&g, t, rungs->sigma[t], sigma, 16 * ulp * sigma);
        gap_add(&g, t, rungs->eta[t], 0.1 * sigma * sigma, 32 * ulp * sigma * sigma);
    }
    return g;
}

void the_order(lesson *L)
{
    claim(L, "NCS-06");
    ladder *brief = ladder_alloc(SHORT_T, 0.9, 8.0, 0.3);
    if (!brief) return;
    if (!lesson_random_only(L)) {
        const gap rung = ladder_against(false), arithmetic = ladder_against(true);
        road_gap(L, "ladder_alloc", "equal steps of ln sigma; eta_t = 0.1 sigma_t^2", &rung);
        control_gap(L, "an arithmetic ladder", &arithmetic);
        const gap by_law = short_ladders(brief), normal = gaussian_ladder();
        const plan down = annealed(rungs, LANGEVIN_DOWN, 2.0),
                   up = annealed(rungs, LANGEVIN_UP, 1.25);
        const outcome right = outcome_of(&down, &even), wrong = outcome_of(&up, &even);
        const gap right_roads = both_roads(&down, &even, &right),
                  wrong_roads = both_roads(&up, &even, &wrong);
        const double half_a_bump = 0.5 * sqrt(bump_var);
        road_gap(L, "langevin_law_walk", "T..1: shares, E x^2 backwards in time", &right_roads);
        road_gap(L, "langevin_law_walk", "1..T: the same", &wrong_roads);
        road_gap(L, "langevin_law_walk", "4 levels, both orders: distribution, W1", &by_law);
        road_gap(L, "langevin_law_walk", "N(0,0.37) data, both orders: variance", &normal);
        printed_below(L, "t = 1..T: W1 to the data below half a bump's sd", wrong.w1, half_a_bump,
                      0.0);
        road_below(L, "langevin_law_walk", "t = T..1: W1 below half a bump's sd", right.w1,
                   half_a_bump, 0.0);
        evidence(
            L,
            "data +-4: T..1 variance %.3f, W1 %.4f; as printed %.2f, W1 %.3f (%.0f times); data "
            "16.25",
            right.var, right.w1, wrong.var, wrong.w1, wrong.w1 / right.w1);
        say(L, "As printed the last walk is the one at sigma = 8: the result is that of NCS-03.");
    }
    drawn_orders(L, brief);
    ladder_free(brief);
}
