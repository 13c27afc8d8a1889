/* Lesson 20, part d.  One family, two weights: eps_theta = c x_t, the same c at every t. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_min.h>

#include "lesson20.h"
#include "theory/linear.h"
#include "theory/weight.h"

static const double eps = GSL_DBL_EPSILON;

double vlb_weight(const schedule *s, size_t t)
{
    return weight_eps(s, t, s->beta[t]);
}

double simple_weight(const schedule *s, size_t t)
{
    (void)t;
    return 1.0 / (double)s->T;
}

/* --- 20.3  The argument ---------------------------------------------------------------------------
 * -ELBO(theta) = const + sum_t w_t E_t(theta).  Let theta_V minimise this and theta_S minimise
 * sum_t E_t(theta)/T over the SAME family.  Then -ELBO(theta_V) <= -ELBO(theta_S), because theta_S
 * is one of the candidates; and the other way round for L_simple.  Nothing else is needed, and
 * nothing more is true.
 *
 * N(0,1) data, eps_theta = c x_t:  E_t = 1 - 2 c sqrt(1-abar_t) + c^2. */
static double error_at(const schedule *s, size_t t, double c)
{
    return 1.0 - 2.0 * c * sqrt(s->var_bar[t]) + c * c;
}

static double total(const schedule *s, weight_of w, double c)
{
    double sum = 0.0;
    for (size_t t = 1; t <= s->T; t++) sum += w(s, t) * error_at(s, t, c);
    return sum;
}

static double optimum(const schedule *s, weight_of w)
{
    double sum = 0.0, weights = 0.0;
    for (size_t t = 1; t <= s->T; t++) {
        sum += w(s, t) * sqrt(s->var_bar[t]);
        weights += w(s, t);
    }
    return sum / weights;
}

/* E L_VLB of that model over N(0,1) data, from src/theory: its slope is (1 - c beta/sqrt(1-abar))/
 * sqrt(alpha), and L_VLB is quadratic in x_0, so three nodes give the mean. */
static double expected_vlb(const schedule *s, double c)
{
    linear_chain *chain = linear_chain_alloc(s, 0.0, 1.0, SIGMA_BETA);
    if (!chain) return (double)NAN;
    for (size_t t = 1; t <= s->T; t++)
        chain->a[t] = (1.0 - c * s->beta[t] / sqrt(s->var_bar[t])) / sqrt(s->alpha[t]);
    const double sum = linear_vlb(s, chain, 0.0) * 2.0 / 3.0 +
                       (linear_vlb(s, chain, sqrt(3.0)) + linear_vlb(s, chain, -sqrt(3.0))) / 6.0;
    linear_chain_free(chain);
    return sum;
}

/* KL(N(0,1) || p(x_0)) of the same model. */
static double divergence(const schedule *s, double c)
{
    double var = 1.0;
    for (size_t t = s->T; t >= 1; t--)
        var = s->beta[t] +
              var * gsl_pow_2((1.0 - c * s->beta[t] / sqrt(s->var_bar[t])) / sqrt(s->alpha[t]));
    return 0.5 * (1.0 / var - 1.0 + log(var));
}

/* Least c of E L_VLB, by Brent's method on src/theory's bound; it knows nothing of weights. */
static double brent(double c, void *params)
{
    return expected_vlb(params, c);
}

static double minimum(schedule *s)
{
    gsl_min_fminimizer *search = gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent);
    if (!search) return (double)NAN;
    gsl_function f = {brent, s};
    gsl_min_fminimizer_set(search, &f, 0.7, 0.05, 1.5);
    for (int i = 0; i < 40; i++) gsl_min_fminimizer_iterate(search);
    const double c = gsl_min_fminimizer_x_minimum(search);
    gsl_min_fminimizer_free(search);
    return c;
}

/* The bound of one c against the other: E L_VLB(c) - E L_VLB(c') = sum_t w_t (E_t(c) - E_t(c')). */
static gap same_difference(bool half)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        const double at_S = optimum(s, simple_weight), at_V = optimum(s, vlb_weight);
        const double V = expected_vlb(s, at_V), S = expected_vlb(s, at_S);
        const double weighted = total(s, vlb_weight, at_S) - total(s, vlb_weight, at_V);
        /* T terms of 32 roundings each, of sums about |V| + weighted errors. */
        gap_add(&g, s->T, S - V, half ? 0.5 * weighted : weighted,
                32.0 * (double)s->T * eps * (fabs(V) + total(s, vlb_weight, at_S)));
    }
    return g;
}

static void one_number(lesson *L)
{
    gap least = {0}, other = {0};
    size_t dearer = 0, swapped = 0;
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        schedule *s = schedules[k];
        const double c = minimum(s), at_V = optimum(s, vlb_weight),
                     at_S = optimum(s, simple_weight);
        /* A minimum is seen to sqrt(32 T eps f/f''), f'' = 2 sum w_t. */
        double weights = 0.0;
        for (size_t t = 1; t <= s->T; t++) weights += vlb_weight(s, t);
        const double sight =
            sqrt(32.0 * (double)s->T * eps * (fabs(expected_vlb(s, c)) + weights) / weights);
        gap_add(&least, s->T, at_V, c, sight);
        gap_add(&other, s->T, at_S, c, sight);
        dearer += !(total(s, vlb_weight, at_V) <= total(s, vlb_weight, at_S));
        dearer += !(total(s, simple_weight, at_S) <= total(s, simple_weight, at_V));
        swapped += !(total(s, vlb_weight, at_S) <= total(s, vlb_weight, at_V));
    }
    const gap difference = same_difference(false), half = same_difference(true);
    const schedule *s = schedules[L1000];
    const double at_S = optimum(s, simple_weight), at_V = optimum(s, vlb_weight);
    road_gap(L, "linear_vlb", "bounds of two c differ by sum_t w_t (E_t - E'_t)", &difference);
    control_gap(L, "by half of that", &half);
    road_gap(L, "weight_eps", "c of the VLB = Brent's minimum of E L_VLB", &least);
    control_gap(L, "c of L_simple minimises E L_VLB", &other);
    road_all(L, "weight_eps", "one c: each optimum is best at its own loss", dearer,
             2 * N_SCHEDULES);
    control_all(L, "one c: the optimum of L_simple has the lower VLB", swapped, N_SCHEDULES);
    road(L, NULL, "docs/claims.tsv: 6.9582", total(s, vlb_weight, at_S), 6.9582, 0.5e-4);
    road(L, NULL, "docs/claims.tsv: 6.4796", total(s, vlb_weight, at_V), 6.4796, 0.5e-4);
    say(L, "One c, L1000: KL of the samples %.3f with L_simple, %.4f with the VLB.",
        divergence(s, at_S), divergence(s, at_V));
}

void two_weights(lesson *L)
{
    claim(L, "ERR-03");
    one_number(L);
    const double price = other_families(L);
    const schedule *s = schedules[L1000];
    const double at_S = optimum(s, simple_weight), at_V = optimum(s, vlb_weight);
    evidence(L,
             "one c, L1000: VLB %.4f (optimum of L_simple) against %.4f, KL of the samples %.3f "
             "against %.4f; 6 features, S50: VLB %.4f dearer",
             total(s, vlb_weight, at_S), total(s, vlb_weight, at_V), divergence(s, at_S),
             divergence(s, at_V), price);
}
