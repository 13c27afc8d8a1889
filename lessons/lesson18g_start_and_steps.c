/* Lesson 18, part g.  The start and the steps. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>

#include "lesson18.h"
#include "theory/gaussian.h"
#include "theory/perturb.h"

static const double ulp = GSL_DBL_EPSILON;

/* --- The start ---------------------------------------------------------------------------------------- */

/* KL(q(x_T) || N(0, sigma^2)) by a sum over x; own: the density in the lesson's own words. */
static double start_kl(double sigma, bool own, double *rounding)
{
    const double v = bump_var + sigma * sigma, h = 0.05 * sqrt(v), reach = bump_at + 9.0 * sqrt(v);
    double sum = 0.0, size = 0.0;
    for (double x = -reach; x <= reach; x += h) {
        const double q =
            0.5 *
            (exp(-0.5 * gsl_pow_2(x - bump_at) / v) + exp(-0.5 * gsl_pow_2(x + bump_at) / v)) /
            sqrt(2.0 * M_PI * v);
        const double log_q = own ? log(q) : perturb_log_pdf(even.m, sigma, &x);
        const double log_p = -0.5 * gsl_pow_2(x / sigma) - 0.5 * log(2.0 * M_PI * sigma * sigma);
        sum += h * (own ? q : exp(log_q)) * (log_q - log_p);
        size += h * q * (fabs(log_q) + fabs(log_p));
    }
    if (rounding) *rounding = 64 * ulp * size; /* 8 per term and a sum that averages out */
    return sum;
}

/* Uneven data: the share of the left mode after annealing from sigma_T = high. */
static double share_from(double high, double *w1)
{
    ladder *l = ladder_alloc(LEVELS, 0.1, high, 0.1);
    if (!l) return (double)NAN;
    const plan p = annealed(l, LANGEVIN_DOWN, 2.0);
    const outcome o = outcome_of(&p, &uneven);
    ladder_free(l);
    *w1 = o.w1;
    return o.left;
}

void the_start(lesson *L)
{
    claim(L, "NCS-07");
    double rounding, narrow_rounding, w1_wide, w1_narrow;
    const double wide = start_kl(8.0, false, NULL), narrow = start_kl(1.0, false, NULL);
    const double own = start_kl(8.0, true, &rounding),
                 own_narrow = start_kl(1.0, true, &narrow_rounding);
    const double data = bump_at * bump_at + bump_var;
    const double matched = gaussian_kl(0.0, data + 64.0, 0.0, 64.0);
    const double left = share_from(8.0, &w1_wide), left_narrow = share_from(1.0, &w1_narrow);
    road(L, "perturb_log_pdf", "KL(q(x_T)||N(0,sigma_T^2)), sigma_T = 8, two roads", wide, own,
         2.0 * rounding);
    road(L, "perturb_log_pdf", "the same for sigma_T = 1", narrow, own_narrow,
         2.0 * narrow_rounding);
    road(L, "gaussian_kl", "of a normal law with that variance, in closed form", matched,
         0.5 * ((data + 64.0) / 64.0 - 1.0 - log((data + 64.0) / 64.0)), 16 * ulp);
    road_below(L, "perturb_log_pdf", "sigma_T = 8: below 0.02 nats", wide, 0.02, 0.0);
    control_below(L, "sigma_T = 1", narrow, 0.02, 0.0);
    road_below(L, "langevin_law_walk", "30:70 data: the chain's left share within 0.02",
               fabs(left - 0.3), 0.02, 0.0);
    control_below(L, "the same chain begun at sigma_T = 1", fabs(left_narrow - 0.3), 0.02, 0.0);
    road(L, NULL, "docs/claims.tsv: 0.0138, the normal law alone", matched, 0.0138, 1e-4);
    evidence(L,
             "KL %.4f (sigma_T 8), %.2f (1); data split 30:70 come out %.3f in the left mode (8), "
             "%.3f (1)",
             wide, narrow, left, left_narrow);
}

/* --- The steps ------------------------------------------------------------------------------------------
 * A step multiplies by 1 - eta/(2 (v + sigma^2)): stable below eta = 4 (v + sigma^2).  With
 * eta = c sigma^2 that is c < 4 for any data; a fixed eta meets its border on the way down. */
static size_t unstable(double v, double fixed)
{
    size_t n = 0;
    for (size_t t = 1; t <= LEVELS; t++) {
        const double at = v + gsl_pow_2(rungs->sigma[t]), eta = fixed > 0.0 ? fixed : rungs->eta[t];
        /* Two chains, begun with variances 1 and 0: a stable one forgets the difference. */
        n += !(langevin_variance_after(at, eta, 60, 1.0) -
                   langevin_variance_after(at, eta, 60, 0.0) <
               1.0);
    }
    return n;
}

void the_steps(lesson *L)
{
    claim(L, "NCS-09");
    static const double v[] = {0.0, 0.0025, 0.25, 16.25};
    size_t bad = 0, bad_fixed = 0;
    for (size_t i = 0; i < 4; i++) {
        bad += unstable(v[i], 0.0);
        bad_fixed += unstable(v[i], 0.1);
    }
    double V = 0.01, w1;
    for (size_t n = 0; n < 60; n++) V = gsl_pow_2(1.0 - 0.5 * 0.1 / 0.01) * V + 0.1;
    const double exploded = langevin_variance_after(0.01, 0.1, 60, 0.01);
    plan creep = annealed(rungs, LANGEVIN_DOWN, 1.25);
    for (size_t i = 0; i < creep.n; i++) {
        creep.at[i].eta = 0.02; /* below 4 sigma_1^2 = 0.04: safe for any data */
        creep.at[i].reach = creep.at[0].reach;
    }
    const outcome slow = outcome_of(&creep, &uneven);
    const plan right_plan = annealed(rungs, LANGEVIN_DOWN, 3.0);
    const outcome good = outcome_of(&right_plan, &uneven);
    const gap both = both_roads(&right_plan, &uneven, &good);
    w1 = good.w1;
    road_all(L, "langevin_variance_after", "eta = 0.1 sigma_t^2: stable, 12 levels, 4 data", bad,
             4 * LEVELS);
    control_all(L, "eta = 0.1 at every level", bad_fixed, 4 * LEVELS);
    road(L, "langevin_variance_after", "eta = 0.1, v + sigma^2 = 0.01: variance, 60 steps",
         exploded, V, 8 * 60 * ulp * V);
    road_gap(L, "langevin_law_walk", "30:70 data, T..1: shares, E x^2 backwards", &both);
    road_below(L, "langevin_law_walk", "30:70 data: W1 below half a bump's sd", w1,
               0.5 * sqrt(bump_var), 0.0);
    control_below(L, "with the safe fixed eta = 0.02", slow.w1, 0.5 * sqrt(bump_var), 0.0);
    evidence(
        L,
        "fixed eta 0.1: sd %.1e after 60 steps; 30:70 data: left %.3f, W1 %.3f; fixed eta 0.02: "
        "%.3f, W1 %.2f",
        sqrt(exploded), good.left, w1, slow.left, slow.w1);
}
