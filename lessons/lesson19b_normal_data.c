/* Lesson 19, part b.  Normal data: every law in the chain is normal, and its variance is a recursion. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson19.h"
#include "theory/sampler.h"

static const double eps = GSL_DBL_EPSILON;

/* sigma_t^2 in the lesson's own words; BEST is what regression leaves, for N(m, v). */
static double sigma2(const schedule *s, size_t t, int choice, double v)
{
    if (choice == BEST) return regression(s, t, 0.0, v).var;
    if (choice == BETA) return s->beta[t];
    return s->beta[t] * s->var_bar[t - 1] / s->var_bar[t];
}

normal sampled(const schedule *s, double m, double v, int choice, bool last_noise)
{
    linear_chain *c = linear_chain_alloc(s, m, v, choice == TILDE ? SIGMA_BETA_TILDE : SIGMA_BETA);
    mixture *data = mixture_alloc(1, 1);
    normal end = {(double)NAN, (double)NAN};
    if (c && data) {
        data->var[0] = v;
        for (size_t t = 1; choice == BEST && t <= s->T; t++)
            c->var[t] = mixture_optimal_variance(data, s, t, &(double){0.731});
        if (!last_noise || choice == TILDE) c->var[1] = 0.0; /* beta_tilde_1 = 0 */
        linear_marginal(c, &end.mean, &end.var);
    }
    mixture_free(data);
    linear_chain_free(c);
    return end;
}

/* The same without a recursion.  Run the EXACT kernels from x_T: E[x_0|x_{t-1}] has slope
 *      A_{t-1} = sqrt(abar_{t-1}) v / V_{t-1},   V_{t-1} = abar_{t-1} v + 1 - abar_{t-1}.
 * A start of variance 1 for V_T changes Var x_0 = v by A_T^2 (1 - V_T), and noise of variance
 * sigma_t^2 for sigma*_t^2 by A_{t-1}^2 (sigma_t^2 - sigma*_t^2). */
static double variance_by_parts(const schedule *s, double v, int choice, bool last_noise)
{
    double sum = v;
    for (size_t t = 1; t <= s->T + 1; t++) {
        const double V = s->alpha_bar[t - 1] * v + s->var_bar[t - 1];
        const double slope = sqrt(s->alpha_bar[t - 1]) * v / V;
        const double least = t <= s->T ? regression(s, t, 0.0, v).var : V;
        const double used = t > s->T ? 1.0 : t == 1 && !last_noise ? 0.0 : sigma2(s, t, choice, v);
        sum += slope * slope * (used - least);
    }
    return sum;
}

/* Rounding: each of T steps of the recursion costs 16 eps of a variance that stays below 1 + v, and
 * so does each summand above. */
static double rounding(const schedule *s, double v)
{
    return 16.0 * (double)s->T * eps * (1.0 + v);
}

static gap by_parts(double v, int choice, int claimed)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        gap_add(&g, s->T, sampled(s, 0.37, v, choice, true).var,
                variance_by_parts(s, v, claimed, true), rounding(s, v));
    }
    return g;
}

/* --- 19.2  Data N(0,1) --------------------------------------------------------------------------
 * mu = sqrt(alpha_t) x_t, so that beta_t keeps the variance: alpha_t + beta_t = 1. */
static gap is_one(int choice)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++)
        gap_add(&g, schedules[k]->T, sampled(schedules[k], 0.0, 1.0, choice, true).var, 1.0,
                rounding(schedules[k], 1.0));
    return g;
}

static void draw_variance(lesson *L)
{
    const schedule *s = schedules[S10];
    mixture *m = mixture_alloc(1, 1);
    if (!m) return;
    sampler_oracle oracle = {m, s};
    const denoiser net = sampler_oracle_denoiser(&oracle);
    moments x_0 = {0};
    for (size_t n = lesson_samples(L, 20000); n > 0; n--) {
        double x, eps_hat;
        sampler_ancestral(&x, &eps_hat, 1, s, &net, SIGMA_BETA_TILDE, lesson_rng(L));
        moments_add(&x_0, x);
    }
    const double var = sampled(s, 0.0, 1.0, TILDE, true).var;
    road_variance(L, "linear_marginal", "S10, beta_tilde: 20000 samples", &x_0, var);
    control_variance(L, "they have the variance of the data, 1", &x_0, 1.0,
                     (1.0 - var) * sqrt(10000.0));
    mixture_free(m);
}

void variance_of_normal_data(lesson *L)
{
    claim(L, "SMP-02");
    if (!lesson_random_only(L)) {
        static const double ledger[N_SCHEDULES] = {0.684662, 0.853636, 0.991067, 0.995098};
        double var[N_SCHEDULES];
        gap known = {0};
        for (size_t k = 0; k < N_SCHEDULES; k++) {
            var[k] = sampled(schedules[k], 0.0, 1.0, TILDE, true).var;
            if (k <= COS1000) gap_add(&known, schedules[k]->T, var[k], ledger[k], 0.5e-6);
        }
        const gap beta = is_one(BETA), best = is_one(BEST), tilde = is_one(TILDE);
        const gap parts = by_parts(1.0, TILDE, TILDE), other = by_parts(1.0, TILDE, BETA);
        road_gap(L, "linear_marginal", "sigma^2 = beta: variance 1, 6 schedules", &beta);
        road_gap(L, "mixture_optimal_variance", "sigma*^2: the same", &best);
        road_gap(L, "linear_marginal", "beta_tilde: the parts that are missing, summed", &parts);
        road_gap(L, NULL, "docs/claims.tsv: 4 variances, 6 digits", &known);
        double largest = 0.0;
        for (size_t k = 0; k < N_SCHEDULES; k++) largest = fmax(largest, var[k]);
        road_below(L, "linear_marginal", "beta_tilde: below 1 on all 6", largest, 1.0, 1e-3);
        control_gap(L, "sigma^2 = beta_tilde: variance 1", &tilde);
        control_gap(L, "the same with beta_t in the sum", &other);
        evidence(L, "beta: 1; beta_tilde: %.6f (L1000), %.6f (S50), %.6f (S10), %.6f (COS1000)",
                 var[L1000], var[S50], var[S10], var[COS1000]);
    }
    draw_variance(L);
}

/* --- 19.2  Other normal data -------------------------------------------------------------------- */

/* Started where the data end, at N(sqrt(abar_T) m, V_T), the exact kernels must return to N(m, v). */
static gap right_start(double m, double v, bool right)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        linear_chain *c = linear_chain_alloc(s, m, v, SIGMA_BETA);
        if (!c) break;
        const double V = s->alpha_bar[s->T] * v + s->var_bar[s->T];
        normal x = right ? (normal){sqrt(s->alpha_bar[s->T]) * m, V} : (normal){0.0, 1.0};
        for (size_t t = s->T; t >= 1; t--)
            x = (normal){c->a[t] * x.mean + c->b[t],
                         gsl_pow_2(c->a[t]) * x.var + regression(s, t, m, v).var};
        gap_add(&g, 2 * s->T, x.mean, m, 16.0 * (double)s->T * eps * (1.0 + fabs(m)));
        gap_add(&g, 2 * s->T + 1, x.var, v, rounding(s, v));
        linear_chain_free(c);
    }
    return g;
}

static gap ledger_of_4(void)
{
    static const struct {
        int schedule;
        double v, var[N_CHOICES], digits;
    } row[] = {{L1000, 4.0, {3.9907, 3.9748, 4.0000}, 0.5e-4},
               {S10, 4.0, {3.44, 2.86, 3.93}, 0.5e-2},
               {S50, 0.25, {0.2682, 0.1966, 0.2500}, 0.5e-4}};
    gap g = {0};
    for (size_t i = 0; i < 3; i++)
        for (int choice = 0; choice < N_CHOICES; choice++)
            gap_add(&g, i, sampled(schedules[row[i].schedule], 1.0, row[i].v, choice, true).var,
                    row[i].var[choice], row[i].digits);
    return g;
}

void other_normal_data(lesson *L)
{
    if (lesson_random_only(L)) return;
    claim(L, "SMP-04");
    static const double data[] = {0.07, 0.25, 4.0};
    gap parts = {0}, mixed = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t i = 0; i < 3; i++)
            for (int choice = 0; choice < N_CHOICES; choice++) {
                const schedule *s = schedules[k];
                const double var = sampled(s, 1.0, data[i], choice, true).var;
                gap_add(&parts, s->T, var, variance_by_parts(s, data[i], choice, true),
                        rounding(s, data[i]));
                gap_add(&mixed, s->T, var, data[i], rounding(s, data[i]));
            }
    const gap start = right_start(0.37, 4.0, true), standard = right_start(0.37, 4.0, false);
    const gap known = ledger_of_4();
    road_gap(L, "linear_marginal", "v = 0.07, 0.25, 4: v + what start and noise add", &parts);
    road_gap(L, "linear_chain_alloc", "sigma*^2 from N(sqrt(abar_T) m, V_T): N(m, v)", &start);
    road_gap(L, NULL, "docs/claims.tsv: nine variances", &known);
    control_gap(L, "sigma*^2 from N(0,1): exactly N(m, v)", &standard);
    control_gap(L, "any choice: the variance of the data", &mixed);
    const double below = sampled(schedules[S50], 1.0, 0.25, TILDE, true).var,
                 above = sampled(schedules[S50], 1.0, 0.25, BETA, true).var,
                 best = sampled(schedules[S50], 1.0, 0.25, BEST, true).var;
    say(L, "N(1, 0.25) on S50: beta_tilde gives variance %.4f, beta %.4f, sigma*^2 %.6f.", below,
        above, best);
    evidence(L,
             "beta/beta_tilde/sigma*^2: N(0,4) %.4f/%.4f/%.5f (L1000), %.2f/%.2f/%.2f (S10); "
             "N(1,0.25) %.4f/%.4f/%.5f (S50)",
             sampled(schedules[L1000], 0, 4.0, BETA, true).var,
             sampled(schedules[L1000], 0, 4.0, TILDE, true).var,
             sampled(schedules[L1000], 0, 4.0, BEST, true).var,
             sampled(schedules[S10], 0, 4.0, BETA, true).var,
             sampled(schedules[S10], 0, 4.0, TILDE, true).var,
             sampled(schedules[S10], 0, 4.0, BEST, true).var, above, below, best);
}

/* ---- Figure: the sampled variance against T, cosine schedules ---- */
void figure_variance(lesson *L)
{
    data_file *f = data_open(L, "variance", "T one_tilde narrow_beta narrow_tilde narrow_best");
    for (size_t T = 5; f && T <= 1000; T = T * 5 / 4 + 1) {
        schedule *s = schedule_cosine_alloc(T, 0.008, 0.999);
        if (!s) break;
        data_line(f, "%zu %.6f %.6f %.6f %.6f", T, sampled(s, 0.0, 1.0, TILDE, true).var,
                  sampled(s, 0.0, 0.25, BETA, true).var / 0.25,
                  sampled(s, 0.0, 0.25, TILDE, true).var / 0.25,
                  sampled(s, 0.0, 0.25, BEST, true).var / 0.25);
        schedule_free(s);
    }
    data_close(f);
}
