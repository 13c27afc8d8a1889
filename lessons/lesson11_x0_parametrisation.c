/* Lesson 11.  Predicting x_0: the posterior mean with a guess in place of the data
 * ---------------------------------------------------------------------------------
 * CLAIM   mu_theta = w_xt x_t + w_x0 x_0_hat(x_t, t), the weights those of mu_tilde, makes
 *           mu_theta - mu_tilde = w_x0 (x_0_hat - x_0)   and
 *           L_{t-1} = (SNR(t-1) - SNR(t))/2 E |x_0_hat - x_0|^2     (sigma_t^2 = beta_tilde_t);
 *         the best x_0_hat is E[x_0 | x_t].  Without its weight this is a denoiser's loss, but it
 *         is not the L_simple of Ho et al., and the minimisers agree only where t is free.
 * WHY     The lecture of Prathosh in numbers: why the network of a DDPM is called a denoiser.
 * NEEDS   lessons 4 and 9.   Notes: docs/lesson11.md
 * RUN     make lesson11
 * FIGURES build/figures/lesson11.png, lesson11_flowchart.png, lesson11_ratio.png
 */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>

#include "lesson11.h"
#include "theory/misprint.h"
#include "theory/posterior.h"

static const double eps = GSL_DBL_EPSILON;

/* Generic values: no 0, no 1, no simple ratio that could hide a lost factor. */
const double x_0 = 0.731, guess = 0.264, x_t = -1.283;

static const char *const names[N_SCHEDULES] = {"S10", "L1000", "COS1000", "S50"};
schedule *schedules[N_SCHEDULES];

double log_normal(double x, double mean, double var)
{
    return -0.5 * (gsl_pow_2(x - mean) / var + log(2.0 * M_PI * var));
}

normal true_step(const schedule *s, size_t t, double end, double start)
{
    const double likelihood = s->alpha[t] / s->beta[t], prior = 1.0 / s->var_bar[t - 1];
    const double pull =
        sqrt(s->alpha[t]) / s->beta[t] * end + sqrt(s->alpha_bar[t - 1]) * prior * start;
    return (normal){pull / (likelihood + prior), 1.0 / (likelihood + prior)};
}

/* 32 roundings of the two summands of the mean. */
static double mean_tolerance(const schedule *s, size_t t, double end, double start)
{
    return 32.0 * eps *
           (fabs(true_step(s, t, end, 0.0).mean) + fabs(true_step(s, t, 0.0, start).mean));
}

/* --- 11.1  The model's mean ---------------------------------------------------------------------
 * The network only fills the gap that x_0 leaves: mu_theta is the posterior mean for x_0 = x_0_hat.
 */
static gap means(misprint_formula formula)
{
    gap g = {0};
    const double arg[] = {x_t, guess};
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 2; t <= schedules[k]->T; t++)
            gap_add(&g, t, formula(schedules[k], t, arg),
                    true_step(schedules[k], t, x_t, guess).mean,
                    mean_tolerance(schedules[k], t, x_t, guess));
    return g;
}

/* x_{t-1} given x_t alone, by Bayes' rule with the bumpy q(x_{t-1}): no x_0 in sight. */
typedef struct blind_step {
    const schedule *s;
    size_t t;
    double end, centre;
    int power;
} blind_step;

static double bumpy_pdf(const schedule *s, size_t t, double x)
{
    const double root = sqrt(s->alpha_bar[t]), var = s->alpha_bar[t] * BUMP + s->var_bar[t];
    return 0.5 * (exp(log_normal(x, root, var)) + exp(log_normal(x, -root, var)));
}

static double blind_integrand(double x, void *params)
{
    const blind_step *k = params;
    return gsl_pow_int(x - k->centre, k->power) * bumpy_pdf(k->s, k->t - 1, x) *
           exp(log_normal(k->end, sqrt(k->s->alpha[k->t]) * x, k->s->beta[k->t]));
}

static double blind_mean(quad *w, const schedule *s, size_t t, double end, double *tolerance)
{
    const double centre = end / sqrt(s->alpha[t]), reach = 12.0 * sqrt(s->beta[t] / s->alpha[t]);
    blind_step k = {s, t, end, centre, 0};
    double error_mass, error_first;
    const double mass =
        quad_interval(w, blind_integrand, &k, centre - reach, centre + reach, &error_mass);
    k.power = 1;
    const double first =
        quad_interval(w, blind_integrand, &k, centre - reach, centre + reach, &error_first);
    *tolerance = (error_first + error_mass * fabs(first / mass)) / mass +
                 16.0 * eps * (fabs(centre) + reach);
    return centre + first / mass;
}

static void the_model_mean(lesson *L, quad *w, mixture *bumps)
{
    claim(L, "X0P-01");
    const gap right = means(misprint_quantity_find("posterior_mean")->value);
    road_gap(L, "posterior_mean", "Bayes with x_0_hat as x_0, all t, 4 schedules", &right);
    gap best = {0};
    for (size_t k = 0; k <= L1000; k++) /* S10 and L1000 */
        for (size_t t = 2; t <= schedules[k]->T; t += schedules[k]->T / 10) {
            const schedule *s = schedules[k];
            double x_0_hat, tolerance;
            const double end = 0.6 * sqrt(s->alpha_bar[t]) - 0.83 * sqrt(s->var_bar[t]);
            mixture_mean_x0(&x_0_hat, bumps, s, t, &end);
            const double mean = blind_mean(w, s, t, end, &tolerance);
            gap_add(&best, t, posterior_mean(s, t, end, x_0_hat), mean, tolerance);
        }
    road_gap(L, "posterior_mean", "with E[x_0|x_t] in it: the mean of q(x_{t-1}|x_t)", &best);
    for (const misprint *m = NULL; (m = misprint_next("posterior_mean", m));) {
        const gap wrong = means(m->value);
        control_gap(L, m->what, &wrong);
    }
    const schedule *s = schedules[L1000];
    evidence(L,
             "L1000: weight of x_0_hat %.5f at t=2, %.5f at t=500, %.2e at t=T; mu_theta with "
             "E[x_0|x_t] is the mean of q(x_{t-1}|x_t)",
             posterior_weight_x0(s, 2), posterior_weight_x0(s, 500), posterior_weight_x0(s, s->T));
}

/* --- 11.2  The flowchart ------------------------------------------------------------------------
 * Two branches, one linear combination, and a loss that sees only what differs.  The coefficients
 * of a branch are its answers to the inputs (1, 0) and (0, 1). */
static void the_flowchart(lesson *L)
{
    claim(L, "FIG-01");
    const misprint *other = misprint_find("posterior-mean-root-abar");
    gap of_xt = {0}, of_x0 = {0}, loss = {0}, unequal = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 2; t <= schedules[k]->T; t++) {
            const schedule *s = schedules[k];
            gap_add(&of_xt, t, posterior_mean(s, t, 1.0, 0.0), true_step(s, t, 1.0, 0.0).mean,
                    mean_tolerance(s, t, 1.0, 0.0));
            gap_add(&of_x0, t, posterior_mean(s, t, 0.0, 1.0), true_step(s, t, 0.0, 1.0).mean,
                    mean_tolerance(s, t, 0.0, 1.0));
            const double target = true_step(s, t, x_t, x_0).mean,
                         zero = gsl_pow_2(mean_tolerance(s, t, x_t, x_0));
            gap_add(&loss, t, gsl_pow_2(posterior_mean(s, t, x_t, x_0) - target), 0.0, zero);
            gap_add(&unequal, t, gsl_pow_2(other->value(s, t, (const double[]){x_t, x_0}) - target),
                    0.0, zero);
        }
    road_gap(L, "posterior_mean", "both branches weigh x_t alike, all t", &of_xt);
    road_gap(L, "posterior_mean", "the model weighs x_0_hat as the target x_0", &of_x0);
    road_gap(L, "posterior_mean", "equal inputs, loss 0", &loss);
    control_gap(L, "another x_t coefficient in the model's branch", &unequal);
    evidence(
        L,
        "equal coefficients at all t of 4 schedules; the loss vanishes exactly when x_0_hat = x_0");
}

/* --- 11.3  What cancels -------------------------------------------------------------------------
 * x_t stands in both means with the same weight, so it leaves the difference - even when that
 * weight is misprinted in both.  The reference is the share of the prior's precision. */
static double rms_of_misprint(const schedule *s)
{
    double sum = 0.0; /* x_t of variance 1: the square of the difference of the coefficients */
    for (size_t t = 2; t <= s->T; t++)
        sum += gsl_pow_2((sqrt(s->alpha[t]) - sqrt(s->alpha_bar[t])) * s->var_bar[t - 1] /
                         s->var_bar[t]);
    return sqrt(sum / (double)(s->T - 1));
}

static void what_cancels(lesson *L)
{
    claim(L, "X0P-02");
    const misprint *other = misprint_find("posterior-mean-root-abar");
    gap same = {0}, both = {0}, one = {0};
    double sum = 0.0, roundings = 0.0; /* of the slopes in x_t, L1000 */
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 2; t <= schedules[k]->T; t++) {
            const schedule *s = schedules[k];
            const double model[] = {x_t, guess}, target[] = {x_t, x_0}, along[] = {1.0, 0.0};
            const double slope = other->value(s, t, along) - true_step(s, t, 1.0, 0.0).mean;
            if (k == L1000) sum += slope * slope / (double)(s->T - 1);
            if (k == L1000) roundings = fmax(roundings, mean_tolerance(s, t, 1.0, 0.0));
            const double prior = 1.0 / s->var_bar[t - 1],
                         precision = prior + s->alpha[t] / s->beta[t];
            const double expected = sqrt(s->alpha_bar[t - 1]) * prior / precision * (guess - x_0);
            const double tolerance = mean_tolerance(s, t, x_t, x_0);
            gap_add(&same, t, posterior_mean(s, t, x_t, guess) - posterior_mean(s, t, x_t, x_0),
                    expected, tolerance);
            gap_add(&both, t, other->value(s, t, model) - other->value(s, t, target), expected,
                    tolerance);
            gap_add(&one, t, other->value(s, t, model) - posterior_mean(s, t, x_t, x_0), expected,
                    tolerance);
        }
    road_gap(L, "posterior_mean", "difference = w_x0 (x_0_hat - x_0), 4 schedules", &same);
    road_gap(L, "posterior_weight_x0", "also with the misprint sqrt(abar_t) in both", &both);
    control_gap(L, "the misprint in one of the two means only", &one);
    road(L, NULL, "its residual, L1000: rms of the slopes in x_t",
         rms_of_misprint(schedules[L1000]), sqrt(sum), roundings);
    evidence(L,
             "misprint in one mean only: residual %.3f rms over t (L1000), %.3f (S10), for x_t of "
             "variance 1",
             rms_of_misprint(schedules[L1000]), rms_of_misprint(schedules[S10]));
    say(L, "This is why the misprint of POS-10, which stands in both lines, does no harm to the "
           "result.");
}

int main(int argc, char **argv)
{
    lesson *L = lesson_open(argc, argv, 11,
                            "Predicting x_0: the posterior mean with a guess in place of the data");
    for (size_t k = 0; k < N_SCHEDULES; k++) schedules[k] = schedule_named_alloc(names[k]);
    quad *w = quad_alloc();
    mixture *bumps = mixture_pair_alloc(BUMP);
    const int all = !lesson_random_only(L);

    if (all) {
        section(L, "11.1  The model's mean");
        the_model_mean(L, w, bumps);
        section(L, "11.2  The flowchart");
        the_flowchart(L);
        section(L, "11.3  What cancels, and the weight that stays");
        what_cancels(L);
        the_weight(L, w);
        section(L, "11.4  Dropping the weight");
        another_objective(L, bumps);
        same_minimiser(L);
    }
    section(L, "11.5  The optimum is a denoiser");
    claim(L, "X0P-06");
    if (all) by_regression(L, w, bumps);
    by_simulation(L, bumps);
    section(L, "11.6  A component, used T times in small steps");
    a_component(L, w, bumps);
    if (all) families(L);
    a_small_step(L);
    if (all) write_figures(L, bumps);

    mixture_free(bumps);
    quad_free(w);
    for (size_t k = 0; k < N_SCHEDULES; k++) schedule_free(schedules[k]);
    return lesson_close(L);
}
