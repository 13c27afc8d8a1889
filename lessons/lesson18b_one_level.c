/* Lesson 18, part b.  Plans, what comes of them, and one noise level alone. */
#include <math.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>

#include "lesson18.h"

static const double ulp = GSL_DBL_EPSILON;

/* --- Plans and their laws ------------------------------------------------------------------------- */
/* The law that enters a leg is as wide as the level before left it. */
static double reach_for(double sigma, double sigma_before)
{
    return 6.0 + 9.0 * sqrt(bump_var + 1.1 * gsl_pow_2(fmax(sigma, sigma_before)));
}

/* The score of two bumps has poles at +- i pi (v + sigma^2)/8.  Downwards they come near the real axis
 * while the chain has yet to choose a bump, and uneven bumps need per_sd = 3; otherwise 1.25 is
 * enough. */
plan annealed(const ladder *l, langevin_order order, double per_sd)
{
    plan p = {.n = l->T, .start_sd = l->sigma[l->T], .per_sd = per_sd};
    double before = p.start_sd;
    for (size_t i = 0; i < l->T; i++) {
        const size_t t = order == LANGEVIN_DOWN ? l->T - i : 1 + i;
        p.at[i] = (leg){l->sigma[t], l->eta[t], reach_for(l->sigma[t], before), STEPS};
        /* Upwards the first levels are too slow to forget the wide start. */
        if (order == LANGEVIN_DOWN) before = l->sigma[t];
    }
    return p;
}

plan one_level(double sigma, size_t steps)
{
    plan p = {.n = 1, .start_mean = bump_at, .start_sd = sqrt(bump_var), .per_sd = 1.25};
    p.at[0] = (leg){sigma, 0.1 * sigma * sigma, reach_for(sigma, 0.0), steps};
    return p;
}

law *law_of(const plan *p, const data_law *d, double finer)
{
    law *l = langevin_law_alloc(p->start_mean, p->start_sd);
    for (size_t i = 0; l && i < p->n; i++)
        if (langevin_law_walk(l, &d->score, p->at[i].sigma, i, p->at[i].eta, p->at[i].steps,
                              p->at[i].reach, finer * p->per_sd) != GSL_SUCCESS) {
            law_free(l);
            return NULL;
        }
    return l;
}

double distance(const law *l, const data_law *d, double *error)
{
    double params[2] = {d->left, 0.0};
    return law_wasserstein(l, NULL, NULL, data_below, params, 80.0, 3201, error);
}

outcome look_at(const law *l, const data_law *d)
{
    outcome o = {.left = law_below(l, 0.0), .below_4_2 = law_below(l, 4.2)};
    langevin_law_moments(l, &o.mean, &o.var, NULL);
    o.w1 = distance(l, d, NULL);
    return o;
}

outcome outcome_of(const plan *p, const data_law *d)
{
    law *l = law_of(p, d, 1.0);
    const outcome none = {(double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN};
    const outcome o = l ? look_at(l, d) : none;
    law_free(l);
    return o;
}

size_t steps_of(const plan *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++) n += p->at[i].steps;
    return n;
}

/* Forward and backward.  The error of the grids is that of grids 1.25 times as coarse; the backward
 * ones lie between.  Each step is a sum of up to 60 positive terms, 120 roundings at most, on either
 * road, and cuts off 2.3e-19 of the mass beyond 9 standard deviations. */
gap both_roads(const plan *p, const data_law *d, const outcome *o)
{
    gap g = {0};
    const answers a = ask_backwards(p, d);
    law *l = law_of(p, d, 0.8);
    if (!l || !a.done) return g;
    double mean, var;
    langevin_law_moments(l, &mean, &var, NULL);
    const double steps = (double)steps_of(p), reach = p->at[0].reach;
    const double value[3] = {o->left, o->below_4_2, o->var + gsl_pow_2(o->mean)};
    const double coarse[3] = {law_below(l, 0.0), law_below(l, 4.2), var + mean * mean};
    static const enum answer which[3] = {LEFT, BELOW_4_2, SQUARE};
    for (size_t i = 0; i < 3; i++)
        gap_add(&g, i + 1, value[i], a.value[which[i]],
                fabs(value[i] - coarse[i]) + 240 * ulp * steps * value[i] +
                    4.6e-19 * steps * (i == 2 ? reach * reach : 1.0));
    law_free(l);
    return g;
}

/* --- 18.2  One noise level --------------------------------------------------------------------------
 * Start in the right bump.  To cross at sigma = 0.1 the chain must climb down to a density
 * 2 exp(-16/(2 * 0.26)) = 9e-14 of the top (both bumps reach there); at sigma = 8 there is no valley. */
void one_small_level(lesson *L)
{
    claim(L, "NCS-02");
    const plan small = one_level(0.1, 2000), large = one_level(8.0, 2000);
    const outcome o = outcome_of(&small, &even), wide = outcome_of(&large, &even);
    const gap both = both_roads(&small, &even, &o);
    double near[2];
    for (size_t i = 0; i < 2; i++) {
        double params[2] = {0.5, i ? 8.0 : 0.1};
        near[i] = data_below(1.0, params) - data_below(-1.0, params);
    }
    road_gap(L, "langevin_law_walk", "shares and E x^2: forwards, backwards in time", &both);
    road_below(L, "langevin_law_walk", "from +4, 2000 steps: P(left) below 1e-12", o.left, 1e-12,
               0.0);
    control_below(L, "sigma = 8, the same call", wide.left, 1e-12, 0.0);
    control_below(L, "the data themselves: one half", 0.5, 1e-12, 0.0);
    say(L, "And nobody learned the score there: %.0e of the training points are in |x| < 1",
        near[0]);
    say(L, "at sigma = 0.1; at sigma = 8 it is %.3f of them.", near[1]);
    evidence(L, "sigma = 0.1, 2000 steps from +4: %.2e in the left mode; sigma = 8: %.3f", o.left,
             wide.left);
}

void one_large_level(lesson *L)
{
    claim(L, "NCS-03");
    const plan p = one_level(8.0, 2000);
    law *l = law_of(&p, &even, 1.0);
    if (!l) return;
    const outcome o = look_at(l, &even);
    const gap both = both_roads(&p, &even, &o);
    const double data = bump_at * bump_at + bump_var, noisy = data + 64.0;
    double params[2] = {0.5, 8.0}, error;
    const double to_noisy = law_wasserstein(l, NULL, NULL, data_below, params, 80.0, 3201, &error);
    road_gap(L, "langevin_law_walk", "shares and E x^2: forwards, backwards in time", &both);
    road_below(L, "langevin_law_walk", "nearer to the noisy data than to the data, in W1", to_noisy,
               o.w1, 0.0);
    control_below(L, "nearer to the data", o.w1, to_noisy, 0.0);
    /* A bias of at most that of a Gaussian of the same variance. */
    const double bias = noisy / (1.0 - p.at[0].eta / (4.0 * noisy)) - noisy;
    road(L, "langevin_law_walk", "its variance is 80.25, up to the step's bias", o.var, noisy,
         bias);
    control(L, "its variance is that of the data, 16.25", o.var, data, bias);
    evidence(
        L,
        "variance %.2f (noisy data %.2f, data %.2f); W1 to the data %.2f, to the noisy data %.3f",
        o.var, noisy, data, o.w1, to_noisy);
    law_free(l);
}
