/* lesson10c_optimal_variance.c -- lesson 10, part c: what a fixed choice costs, and the figures. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>

#include "lesson10.h"
#include "theory/linear.h"
#include "theory/posterior.h"
#include "theory/sampler.h"
#include "theory/schedule_spec.h"

/* --- 10.4  Fixed, or better learned? ----------------------------------------------------------
 * The variance of q(x_{t-1}|x_t,x_0) needs no learning: whatever the two ends are, it is the same.
 * We integrate Bayes' rule at three pairs of ends. */
typedef struct ends {
    chain c;
    double x_0, x_t;
    double centre, shift; /* moments about centre - shift, so that no integral is zero */
    int power;
} ends;

static double bayes_moment(double x, void *params)
{
    const ends *e = params;
    const double y = x - e->centre;
    const double step = e->x_t - sqrt(e->c.alpha) * x, jump = x - sqrt(e->c.abar_prev) * e->x_0;
    const double step_0 = step + sqrt(e->c.alpha) * y, jump_0 = jump - y;
    return gsl_pow_int(y + e->shift, e->power) *
           exp(0.5 * (step_0 * step_0 - step * step) / e->c.beta +
               0.5 * (jump_0 * jump_0 - jump * jump) / e->c.v_prev);
}

/* Exponents up to 100 carry about 4 roundings each: 400 eps on every moment, 5 moments' worth. */
static gap posterior_variances(quad *w)
{
    static const double pairs[][2] = {{0.731, -0.283}, {-1.7, -0.9}, {0.05, 1.41}};
    static const size_t places[][2] = {{S10, 3}, {S10, 9}, {L1000, 137}, {COS1000, 500}};
    gap g = {0};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        for (size_t j = 0; j < 3; j++) {
            const schedule *s = schedules[places[i][0]];
            const size_t t = places[i][1];
            ends e = {.c = chain_at(s, t, 0.0), .x_0 = pairs[j][0], .x_t = pairs[j][1]};
            const double var = chain_beta_tilde(&e.c);
            e.centre = var * (sqrt(e.c.alpha) / e.c.beta * e.x_t +
                              sqrt(e.c.abar_prev) / e.c.v_prev * e.x_0);
            e.shift = sqrt(var);
            double moment[3], error[3];
            for (e.power = 0; e.power < 3; e.power++)
                moment[e.power] =
                    quad_around(w, bayes_moment, &e, e.centre, 12.0 * e.shift, &error[e.power]);
            const double spread = moment[2] / moment[0] - gsl_pow_2(moment[1] / moment[0]);
            gap_add(&g, t, posterior_var(s, t), spread,
                    (error[2] + 2.0 * e.shift * error[1] + 3.0 * var * error[0]) / moment[0] +
                        2000 * GSL_DBL_EPSILON * spread);
        }
    return g;
}

/* The average over x_0 ~ N(0,1) of L_VLB with beta_tilde_t minus that with beta_t. */
typedef struct bound {
    const schedule *s;
    linear_chain *chain;
} bound;

static double vlb(double x_0, void *params)
{
    const bound *b = params;
    return linear_vlb(b->s, b->chain, x_0);
}

static double mean_vlb(const schedule *s, weight_variance choice)
{
    bound b = {s, linear_chain_alloc(s, 0.0, 1.0, choice)};
    if (!b.chain) return (double)NAN;
    const double mean = quad_hermite(vlb, &b, 0.0, 1.0, 3, NULL); /* quadratic in x_0: exact */
    linear_chain_free(b.chain);
    return mean;
}

/* By hand: step t costs (r - 1 - ln r)/2 with r = beta_t/beta_tilde_t = (1 - abar_t)/(1 -
 * abar_{t-1}). */
static double cost_by_hand(const schedule *s)
{
    double sum = 0.0;
    chain c = chain_start(1.0);
    for (size_t t = 1; t <= s->T; t++) {
        chain_walk(&c, s->beta[t]);
        const double excess = c.abar_prev * c.beta / c.v_prev; /* r - 1 */
        if (t >= 2) sum += 0.5 * (excess - log1p(excess));
    }
    return sum;
}

/* T terms, each a sum of numbers below 10 in size with a few roundings. */
static gap costs(bool free_of_charge)
{
    gap g = {0};
    for (int k = 0; k < N_SCHEDULES; k++)
        gap_add(&g, (size_t)k,
                mean_vlb(schedules[k], SIGMA_BETA_TILDE) - mean_vlb(schedules[k], SIGMA_BETA),
                free_of_charge ? 0.0 : cost_by_hand(schedules[k]),
                40.0 * (double)schedules[k]->T * GSL_DBL_EPSILON);
    return g;
}

void fixed_variance(lesson *L, mixture *normal, quad *w)
{
    claim(L, "VAR-04");
    const gap bayes = posterior_variances(w);
    road_gap(L, "schedule.beta_tilde", "Var of Bayes' rule, 4 steps x 3 pairs of ends", &bayes);
    gap same = {0};
    for (int k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++) {
            const double other = best_variance(normal, schedules[k], t, 0.25);
            gap_add(&same, t, best_variance(normal, schedules[k], t, 4.0), other,
                    32 * GSL_DBL_EPSILON * other);
        }
    control_gap(L, "the best model variance is one for all data too", &same);
    const gap cost = costs(false), nothing = costs(true);
    road_gap(L, "linear_vlb", "N(0,1): what beta_tilde_t costs, 6 schedules", &cost);
    control_gap(L, "... costs nothing", &nothing);
    evidence(L,
             "beta_tilde_t instead of beta_t, N(0,1): %.4f nats/dim (L1000), %.3f (S10), %.3f "
             "(S50), %.4f (COS1000)",
             cost_by_hand(schedules[L1000]), cost_by_hand(schedules[S10]),
             cost_by_hand(schedules[S50]), cost_by_hand(schedules[COS1000]));
}

/* --- 10.5  beta_t or beta_tilde_t: does it matter? --------------------------------------------
 * For N(0,1) data the exact chain is x_{t-1} = sqrt(alpha_t) x_t + sigma_t z.  With beta_tilde_t
 * each step adds too little noise, and the sampler ends at abar_T + sum_t abar_{t-1} beta_tilde_t
 * < 1. */
static double variance_by_hand(const schedule *s)
{
    double sum = 0.0;
    chain c = chain_start(1.0);
    for (size_t t = 1; t <= s->T; t++) {
        chain_walk(&c, s->beta[t]);
        sum += c.abar_prev * chain_beta_tilde(&c);
    }
    return sum + c.abar;
}

static double sampler_variance(const schedule *s, weight_variance choice)
{
    linear_chain *c = linear_chain_alloc(s, 0.0, 1.0, choice);
    if (!c) return (double)NAN;
    if (choice == SIGMA_BETA_TILDE) c->var[1] = 0.0; /* no noise in the last step */
    double mean, var;
    linear_marginal(c, &mean, &var);
    linear_chain_free(c);
    return var;
}

/* Draws of the ancestral sampler with the exact network of N(0,1) data. */
static moments draw_samples(lesson *L, const schedule *s, mixture *normal, weight_variance choice)
{
    sampler_oracle oracle = {normal, s};
    const denoiser net = sampler_oracle_denoiser(&oracle);
    const size_t n = lesson_samples(L, 20000);
    moments m = {0};
    for (size_t i = 0; i < n; i++) {
        double x, eps_hat;
        sampler_ancestral(&x, &eps_hat, 1, s, &net, choice, lesson_rng(L));
        moments_add(&m, x);
    }
    return m;
}

static void run_the_sampler(lesson *L)
{
    mixture *normal = mixture_alloc(1, 1);
    if (!normal) return;
    const moments m = draw_samples(L, schedules[S10], normal, SIGMA_BETA_TILDE);
    road_variance(L, "linear_chain_alloc", "S10, exact net, beta_tilde_t: simulated", &m,
                  sampler_variance(schedules[S10], SIGMA_BETA_TILDE));
    control_variance(L, "... variance 1, as the data", &m, 1.0, 31.5);
    /* Three steps of beta = 0.3 show the start and the last step: with beta_t every x_t has
     * variance 1, and without noise in the last step x_0 keeps 1 - beta_1. */
    const double beta[] = {0.3, 0.3, 0.3};
    schedule *coarse = schedule_from_beta_alloc(beta, 3);
    if (coarse) {
        const moments rough = draw_samples(L, coarse, normal, SIGMA_BETA);
        road_variance(L, NULL, "3 steps of 0.3, beta_t, no noise at t = 1: 0.7", &rough,
                      1.0 - beta[0]);
        control_variance(L, "... with noise in the last step: 1", &rough, 1.0,
                         0.3 * sqrt(20000.0 / 2.0));
    }
    schedule_free(coarse);
    mixture_free(normal);
}

void choice_of_variance(lesson *L)
{
    claim(L, "VAR-05");
    if (!lesson_random_only(L)) {
        gap ratio = {0}, end = {0}, unit = {0};
        size_t far = 0, far_on_S10 = 0;
        for (int k = 0; k < N_SCHEDULES; k++) {
            const schedule *s = schedules[k];
            chain c = chain_start(1.0);
            for (size_t t = 1; t <= s->T; t++) {
                chain_walk(&c, s->beta[t]);
                gap_add(&ratio, t, s->beta_tilde[t] / s->beta[t], c.v_prev / c.v,
                        chain_tolerance(t));
                const bool close = s->beta_tilde[t] >= 0.98 * s->beta[t];
                if (k == L1000 && t >= 100 && !close) far++;
                if (k == S10 && !close) far_on_S10++;
            }
            gap_add(&end, (size_t)k, sampler_variance(s, SIGMA_BETA_TILDE), variance_by_hand(s),
                    chain_tolerance(s->T));
            gap_add(&unit, (size_t)k, sampler_variance(s, SIGMA_BETA), 1.0, chain_tolerance(s->T));
        }
        road_gap(L, "schedule.beta_tilde", "beta_tilde_t/beta_t = (1-abar_{t-1})/(1-abar_t)",
                 &ratio);
        road_all(L, "schedule.beta_tilde", "L1000, t >= 100: within 2 percent of each other", far,
                 901);
        control_all(L, "S10: within 2 percent of each other", far_on_S10, 10);
        road_gap(L, "linear_chain_alloc", "N(0,1): end variance with beta_t is 1", &unit);
        road_gap(L, "linear_chain_alloc", "N(0,1): with beta_tilde_t, summed by hand", &end);
        evidence(L,
                 "beta_tilde/beta on L1000: %.3f (t=10), %.3f (100), %.8f (T); end variance %.6f "
                 "(L1000), %.6f (S50), %.6f (S10)",
                 schedules[L1000]->beta_tilde[10] / schedules[L1000]->beta[10],
                 schedules[L1000]->beta_tilde[100] / schedules[L1000]->beta[100],
                 schedules[L1000]->beta_tilde[1000] / schedules[L1000]->beta[1000],
                 sampler_variance(schedules[L1000], SIGMA_BETA_TILDE),
                 sampler_variance(schedules[S50], SIGMA_BETA_TILDE),
                 sampler_variance(schedules[S10], SIGMA_BETA_TILDE));
    }
    run_the_sampler(L);
}

/* --- The figures ------------------------------------------------------------------------------ */
static void write_positions(lesson *L)
{
    schedule *s = schedule_of_figure(L);
    data_file *f = data_open(L, "position", "t v0.1 v1 v4 v100 upper");
    for (size_t t = 1; t <= s->T; t++) {
        const double abar = s->alpha_bar[t], rest = s->var_bar[t];
        data_line(f, "%zu %.9g %.9g %.9g %.9g %.9g", t, 0.1 / (0.1 * abar + rest),
                  1.0 / (abar + rest), 4.0 / (4.0 * abar + rest), 100.0 / (100.0 * abar + rest),
                  1.0 / abar);
    }
    data_close(f);
    schedule_free(s);
}

/* The position at one x_t for data +-1: three steps of L1000. */
static void write_points(lesson *L, mixture *pair)
{
    static const size_t steps[] = {50, 150, 400};
    const schedule *s = schedules[L1000];
    data_file *f = data_open(L, "point", "x_t position sigma2/beta");
    for (size_t i = 0; i < 3; i++) {
        const size_t t = steps[i];
        for (int j = -300; j <= 300; j++) {
            const double x = 0.005 * j, best = mixture_optimal_variance(pair, s, t, &x);
            const double width = s->beta[t] - s->beta_tilde[t];
            data_line(f, "%.9g %.9g %.9g", x, (best - s->beta_tilde[t]) / width, best / s->beta[t]);
        }
        data_gap(f);
        data_gap(f);
    }
    data_close(f);
}

void write_figures(lesson *L, mixture *pair)
{
    write_positions(L);
    write_points(L, pair);
}
