/* Lesson 5.  The two weights of the posterior mean
 * ------------------------------------------------
 * CLAIM   In mu_tilde_t = w_{x0} x_0 + w_{xt} x_t the weights do NOT sum to 1, and it is x_0 that
 *         leads at small t, x_t at large t.  What sums to 1 are the shares of information
 *           share(x_0) = beta_t / (1 - abar_t) = w_{x0} / sqrt(abar_{t-1})
 *           share(x_t) = sqrt(alpha_t) w_{xt}
 * WHY     Four popular sentences about mu_tilde are false; lessons 11, 16, 20 need the true ones.
 * NEEDS   lesson 4.   Notes: docs/lesson05.md
 * RUN     make lesson05   FIGURES  build/figures/lesson05.png, lesson05_sum.png
 *
 * Every weight is compared with Bayes' rule worked out here from the betas alone, at every t of the
 * six named schedules.  A sentence about "all t" is a loop over all t, not an impression.
 */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>

#include "lesson05.h"
#include "theory/misprint.h"
#include "theory/posterior.h"

static const char *const names[N_SCHEDULES] = {"L1000", "S10", "S50", "BAD50", "COS1000", "COS50"};
schedule *schedules[N_SCHEDULES];

size_t number_of_steps(void)
{
    size_t n = 0;
    for (int k = 0; k < N_SCHEDULES; k++) n += schedules[k]->T - 1;
    return n;
}

/* --- 5.1  The weights from Bayes' rule --------------------------------------------------------
 * A walk along the betas carries sqrt(abar_{t-1}), its complement 1 - sqrt(abar_{t-1}) and
 * v = 1 - abar_{t-1}; all sums have positive terms, so nothing cancels.  Given x_0, x_{t-1} has
 * precision 1/v; given x_t, precision alpha_t/beta_t.  Precisions add, means are averaged with
 * them. Per step at most 4 roundings of eps/2: the relative error stays below 2 t eps. */
const bayes bayes_start = {.root = 1.0, .alpha = 1.0};

/* From step t-1 to step t. */
void bayes_walk(bayes *b, double beta)
{
    b->alpha = 1.0 - beta;
    b->root = exp(0.5 * b->log_abar);
    b->lost = -expm1(0.5 * b->log_abar);
    b->v_prev = b->v;
    b->v = b->alpha * b->v_prev + beta;
    b->log_abar += log1p(-beta);
    const double likelihood = b->alpha / beta;
    const double prior = b->v_prev > 0.0 ? 1.0 / b->v_prev : (double)INFINITY;
    b->share = b->v_prev > 0.0 ? prior / (prior + likelihood) : 1.0;
    b->x0 = b->root * b->share;
    b->xt = b->v_prev > 0.0 ? sqrt(b->alpha) / beta / (prior + likelihood) : 0.0;
}

double bayes_tolerance(size_t t)
{
    return (double)(2 * t + 16) * GSL_DBL_EPSILON;
}

gap against_bayes(statement f, reference r, int first, int last)
{
    gap g = {0};
    for (int k = first; k <= last; k++) {
        bayes b = bayes_start;
        for (size_t t = 1; t <= schedules[k]->T; t++) {
            bayes_walk(&b, schedules[k]->beta[t]);
            const double expected = r(&b);
            gap_add(&g, t, f(schedules[k], t), expected, bayes_tolerance(t) * fabs(expected));
        }
    }
    return g;
}

static double bayes_x0(const bayes *b)
{
    return b->x0;
}

double bayes_xt(const bayes *b)
{
    return b->xt;
}

double bayes_share(const bayes *b)
{
    return b->share;
}

static double bayes_one(const bayes *b)
{
    (void)b;
    return 1.0;
}

/* If both estimates of x_{t-1}, sqrt(abar_{t-1}) x_0 and x_t / sqrt(alpha_t), say c, so does
 * mu_tilde. */
static gap agreeing_estimates(misprint_formula mean)
{
    gap g = {0};
    const double c = 0.731;
    for (int k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++) {
            const schedule *s = schedules[k];
            const double x[] = {sqrt(s->alpha[t]) * c, c / sqrt(s->alpha_bar[t - 1])};
            gap_add(&g, t, mean(s, t, x), c, 16 * GSL_DBL_EPSILON * c);
        }
    return g;
}

static double rescaled_sum(const schedule *s, size_t t)
{
    return posterior_weight_x0(s, t) / sqrt(s->alpha_bar[t - 1]) +
           posterior_weight_xt(s, t) * sqrt(s->alpha[t]);
}

static double plain_sum(const schedule *s, size_t t)
{
    return posterior_weight_x0(s, t) + posterior_weight_xt(s, t);
}

static void precision_weighting(lesson *L)
{
    claim(L, "WGT-02");
    const gap x0 = against_bayes(posterior_weight_x0, bayes_x0, 0, COS50);
    const gap xt = against_bayes(posterior_weight_xt, bayes_xt, 0, COS50);
    const gap sum = against_bayes(rescaled_sum, bayes_one, 0, COS50);
    road_gap(L, "posterior_weight_x0", "w_{x0} = sqrt(abar_{t-1}) x share of precision", &x0);
    road_gap(L, "posterior_weight_xt", "w_{xt} = share of precision / sqrt(alpha_t)", &xt);
    road_gap(L, "posterior_weight_xt", "the two shares sum to 1, all t, 6 schedules", &sum);
    const gap agree = agreeing_estimates(misprint_quantity_find("posterior_mean")->value);
    road_gap(L, "posterior_mean", "estimates that agree on c give mu_tilde = c", &agree);
    for (const misprint *m = NULL; (m = misprint_next("posterior_mean", m));) {
        const gap wrong = agreeing_estimates(m->value);
        control_gap(L, m->what, &wrong);
    }
    const gap plain = against_bayes(plain_sum, bayes_one, 0, COS50);
    control_gap(L, "the weights summed without rescaling", &plain);
    evidence(L, "S10 at t = 7: share of x_0 %.4f, share of x_t %.4f",
             schedules[S10]->beta[7] / schedules[S10]->var_bar[7],
             sqrt(schedules[S10]->alpha[7]) * posterior_weight_xt(schedules[S10], 7));
}

/* --- 5.2  Myth: the weights sum to 1 ----------------------------------------------------------
 * The sum is 1 - (1 - sqrt(abar_{t-1}))(1 - sqrt(alpha_t)) / (1 + sqrt(abar_t)). */
static double bayes_sum(const bayes *b)
{
    return 1.0 - b->lost * (1.0 - sqrt(b->alpha)) / (1.0 + exp(0.5 * b->log_abar));
}

static double bayes_sum_no_denominator(const bayes *b)
{
    return 1.0 - b->lost * (1.0 - sqrt(b->alpha));
}

static void sum_of_weights(lesson *L)
{
    claim(L, "WGT-01");
    const gap standard = against_bayes(plain_sum, bayes_one, L1000, L1000);
    const gap coarse = against_bayes(plain_sum, bayes_one, S50, S50);
    printed_gap(L, "the sum is 1 at every t of L1000", &standard);
    printed_gap(L, "the sum is 1 at every t of S50", &coarse);
    const gap right = against_bayes(plain_sum, bayes_sum, 0, COS50);
    road_gap(L, "posterior_weight_xt", "sum = 1 - deficit, all t, 6 schedules", &right);
    size_t reached = 0, cases = 0, hasty = 0;
    gap first = {0};
    for (int k = 0; k < N_SCHEDULES; k++) {
        gap_add(&first, 1, plain_sum(schedules[k], 1), 1.0, 0.0);
        for (size_t t = 2; t <= schedules[k]->T; t++, cases++)
            if (!(plain_sum(schedules[k], t) < 1.0)) reached++;
    }
    road_gap(L, "posterior_weight_x0", "at t = 1 the sum is 1, 6 schedules", &first);
    road_all(L, "posterior_weight_x0", "from t = 2 on it is below 1, 6 schedules", reached, cases);
    const gap wrong = against_bayes(plain_sum, bayes_sum_no_denominator, 0, COS50);
    control_gap(L, "the deficit without its denominator", &wrong);
    while (fabs(plain_sum(schedules[L1000], hasty + 1) - 1.0) <= 1e-3) hasty++;
    say(L, "A test with tolerance 1e-3 would believe the slide up to t = %zu of L1000.", hasty);
    evidence(L, "sum at t = T: L1000 %.6f, S10 %.4f, S50 %.4f, COS1000 %.4f, COS50 %.4f",
             plain_sum(schedules[L1000], 1000), plain_sum(schedules[S10], 10),
             plain_sum(schedules[S50], 50), plain_sum(schedules[COS1000], 1000),
             plain_sum(schedules[COS50], 50));
}

/* --- 5.3  Myth: at large t mu_tilde relies on x_0 --------------------------------------------- */
/* How often f does not fall (or does not rise) from t to t + 1. */
size_t exceptions(statement f, const schedule *s, bool falling)
{
    size_t count = 0;
    for (size_t t = 1; t < s->T; t++)
        if (falling ? !(f(s, t + 1) < f(s, t)) : !(f(s, t + 1) > f(s, t))) count++;
    return count;
}

static void reliance(lesson *L)
{
    claim(L, "WGT-03");
    const schedule *standard = schedules[L1000];
    printed_all(L, "w_{x0} grows with t (L1000)", exceptions(posterior_weight_x0, standard, false),
                999);
    size_t not_falling = 0;
    gap ratio = {0};
    for (int k = 0; k < N_SCHEDULES; k++) {
        not_falling += exceptions(posterior_weight_x0, schedules[k], true);
        bayes b = bayes_start, last;
        bayes_walk(&b, schedules[k]->beta[1]);
        for (size_t t = 2; t <= schedules[k]->T; t++) {
            last = b;
            bayes_walk(&b, schedules[k]->beta[t]);
            gap_add(&ratio, t,
                    posterior_weight_x0(schedules[k], t) / posterior_weight_x0(schedules[k], t - 1),
                    b.x0 / last.x0, 2 * bayes_tolerance(t) * b.x0 / last.x0);
        }
    }
    road_all(L, "posterior_weight_x0", "w_{x0} falls at every step of 6 schedules", not_falling,
             number_of_steps());
    road_gap(L, "posterior_weight_x0", "w_{x0}(t)/w_{x0}(t-1) from the betas alone", &ratio);
    const double jump[] = {0.011, 0.013, 0.517};
    schedule *s = schedule_from_beta_alloc(jump, 3);
    if (s)
        control_all(L, "falling for ANY betas: 0.011 0.013 0.517",
                    exceptions(posterior_weight_x0, s, true), 2);
    schedule_free(s);
    evidence(L, "L1000 (w_{x0}, w_{xt}): t=2 (%.3f, %.3f), 10 (%.3f, %.3f), T (%.6f, %.5f)",
             posterior_weight_x0(standard, 2), posterior_weight_xt(standard, 2),
             posterior_weight_x0(standard, 10), posterior_weight_xt(standard, 10),
             posterior_weight_x0(standard, 1000), posterior_weight_xt(standard, 1000));
}

/* First t at which the weight of x_t exceeds that of x_0. */
static size_t first_lead(const schedule *s)
{
    size_t t = 1;
    while (t < s->T && !(posterior_weight_xt(s, t) > posterior_weight_x0(s, t))) t++;
    return t;
}

/* The same from Bayes' rule, and how often the lead is not as the corrected statement says:
 * x_0 before, x_t from then on. */
static size_t bayes_lead(const schedule *s, size_t *wrong)
{
    size_t first = 0;
    bayes b = bayes_start;
    for (size_t t = 1; t <= s->T; t++) {
        bayes_walk(&b, s->beta[t]);
        if (first == 0 && b.xt > b.x0) first = t;
        const bool x_t_leads = posterior_weight_xt(s, t) > posterior_weight_x0(s, t);
        if (x_t_leads != (first > 0)) ++*wrong;
    }
    return first;
}

static void balancing_act(lesson *L)
{
    claim(L, "WGT-04");
    const schedule *s = schedules[L1000];
    printed_below(L, "L1000 t = 1: w_{x0} <= w_{xt}", posterior_weight_x0(s, 1),
                  posterior_weight_xt(s, 1), 0.0);
    printed_below(L, "L1000 t = 2: w_{x0} <= w_{xt}", posterior_weight_x0(s, 2),
                  posterior_weight_xt(s, 2), 0.0);
    printed_below(L, "L1000 t = T: w_{xt} <= w_{x0}", posterior_weight_xt(s, 1000),
                  posterior_weight_x0(s, 1000), 0.0);
    gap lead = {0}, ends = {0};
    size_t wrong = 0;
    for (int k = 0; k < N_SCHEDULES; k++) {
        gap_add(&ends, 1, posterior_weight_xt(schedules[k], 1), 0.0, 0.0);
        gap_add(&lead, (size_t)k, (double)first_lead(schedules[k]),
                (double)bayes_lead(schedules[k], &wrong), 0.0);
    }
    road_gap(L, "posterior_weight_xt", "w_{xt}(1) = 0: x_0 has all the weight", &ends);
    road_gap(L, "posterior_weight_xt", "first t at which x_t leads, 6 schedules", &lead);
    road_all(L, "posterior_weight_xt", "x_0 leads before it, x_t ever after", wrong,
             number_of_steps() + N_SCHEDULES);
    evidence(L,
             "x_t leads from t = %zu (L1000), %zu (COS1000), %zu (S10), %zu (S50), %zu (BAD50), "
             "%zu (COS50) on",
             first_lead(schedules[L1000]), first_lead(schedules[COS1000]),
             first_lead(schedules[S10]), first_lead(schedules[S50]), first_lead(schedules[BAD50]),
             first_lead(schedules[COS50]));
}

int main(int argc, char **argv)
{
    lesson *L = lesson_open(argc, argv, 5, "The two weights of the posterior mean");
    for (int k = 0; k < N_SCHEDULES; k++)
        if (!(schedules[k] = schedule_named_alloc(names[k]))) return 2;
    if (!lesson_random_only(L)) {
        section(L, "5.1  The weights from Bayes' rule");
        precision_weighting(L);
        section(L, "5.2  Myth: the weights sum to 1");
        sum_of_weights(L);
        interpolation(L);
        section(L, "5.3  Myth: at large t mu_tilde relies on x_0");
        reliance(L);
        balancing_act(L);
        section(L, "5.4  What the mu target looks like");
    }
    mu_target(L);
    if (!lesson_random_only(L)) {
        last_target(L);
        section(L, "5.5  Myth: the weight of x_t only grows");
        rise_and_fall(L);
        section(L, "5.6  Myth: in heavy noise trust x_0");
        trust(L);
        write_figure(L);
    }
    for (int k = 0; k < N_SCHEDULES; k++) schedule_free(schedules[k]);
    return lesson_close(L);
}
