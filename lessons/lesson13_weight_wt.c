/* Lesson 13.  The weight w_t of the variational bound
 * ---------------------------------------------------
 * CLAIM   L_{t-1} = w_t E|eps - eps_theta|^2 + const  with
 *           w_t = beta_t^2 / (2 sigma_t^2 alpha_t (1-abar_t))
 * WHY     Two of the five texts contradict each other about this weight, and L_simple drops it:
 *         only who knows it knows what is dropped (lessons 14 and 22).
 * NEEDS   lessons 9 and 12.   Notes: docs/lesson13.md
 * RUN     make lesson13   FIGURES  build/figures/lesson13.png, lesson13_bars.png
 *
 * We do not derive the weight, we measure it: shift the prediction, integrate the divergence, and
 * read off how fast it grows.  The measured weight settles every dispute below.
 */
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_statistics_double.h>

#include "lesson13.h"

static const char *const names[N_SCHEDULES] = {"S10", "L1000", "COS1000", "S50"};
schedule *schedules[N_SCHEDULES];
weights of[N_SCHEDULES][2];

/* --- 13.1  Measuring the weight ---------------------------------------------------------------
 * Bayes:  x_{t-1} given x_t, x_0 has variance  u gain  and its mean moves by  sqrt(abar_{t-1}) gain
 * when x_0 moves by 1, with u = 1-abar_{t-1} and gain = beta_t/(alpha_t u + beta_t)   (lesson 4).
 * The jump:  a prediction of eps that is off by 1 puts x_0 off by sqrt((1-abar_t)/abar_t)
 * (lesson 12).  The two together say how far mu_theta moves. */
static double gain(const schedule *s, size_t t)
{
    return s->beta[t] / (s->alpha[t] * s->var_bar[t - 1] + s->beta[t]);
}

double move_by_x0(const schedule *s, size_t t)
{
    return sqrt(s->alpha_bar[t - 1]) * gain(s, t);
}

double move_by_eps(const schedule *s, size_t t)
{
    return move_by_x0(s, t) * sqrt(s->var_bar[t] / s->alpha_bar[t]);
}

/* sigma_t^2 without src/theory's help. */
static double sigma2_of(const schedule *s, size_t t, weight_variance choice)
{
    return choice == SIGMA_BETA ? s->beta[t] : s->var_bar[t - 1] * gain(s, t);
}

typedef struct model {
    double mean, var;
} model;

static double minus_log(double x, void *params)
{
    const model *p = params;
    return 0.5 * (gsl_pow_2(x - p->mean) / p->var + log(2 * M_PI * p->var));
}

/* KL(q||p) = E_q[-log p] - entropy(q), and the entropy does not move.  With mu_tilde at 0 and
 * mu_theta at +-shift the weight is the second difference over twice the square of the error; KL is
 * a parabola in the error, so that a step of three sigma_t is exact.  At t = 1, where q is a point,
 * the same number is the weight in L_0. */
double measure_weight(const schedule *s, size_t t, weight_variance choice, double move)
{
    const double var = sigma2_of(s, t, choice), shift = 3 * sqrt(var), error = shift / move;
    const double sd = sqrt(s->var_bar[t - 1] * gain(s, t));
    double E[3];
    for (int i = 0; i < 3; i++) {
        model p = {(i - 1) * shift, var};
        E[i] = quad_hermite(minus_log, &p, 0.0, sd, 8, NULL);
    }
    return (E[0] - 2 * E[1] + E[2]) / (2 * error * error);
}

/* E[] is at most 12; Hermite is right to 64 roundings of it, four of them stand over 2 x 4.5. */
const double measured_to = 4 * 64 * 12 / 9 * GSL_DBL_EPSILON;

static double *array(size_t T)
{
    double *w = calloc(T + 1, sizeof *w);
    if (!w) check_refuse("lesson 13: out of memory");
    return w;
}

weights measure_all(const schedule *s, weight_variance choice)
{
    const misprint *page = misprint_find("weight-no-sigma");
    const weights w = {s->T, array(s->T), array(s->T), array(s->T)};
    for (size_t t = choice == SIGMA_BETA ? 1 : 2; t <= s->T; t++) {
        const double sigma2 = weight_sigma2(s, t, choice);
        w.measured[t] = measure_weight(s, t, choice, move_by_eps(s, t));
        w.formula[t] = weight_eps(s, t, sigma2);
        w.as_printed[t] = page->value(s, t, &sigma2);
    }
    return w;
}

void forget(weights w)
{
    free(w.measured);
    free(w.formula);
    free(w.as_printed);
}

/* A formula for the weight against the measured one, every t of all four schedules. */
static gap against_measured(misprint_formula formula, weight_variance choice)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t t = choice == SIGMA_BETA ? 1 : 2; t <= schedules[k]->T; t++) {
            const double sigma2 = weight_sigma2(schedules[k], t, choice),
                         w = of[k][choice].measured[t];
            gap_add(&g, t, formula(schedules[k], t, &sigma2), w, measured_to * w);
        }
    return g;
}

static void with_the_posterior_variance(lesson *L)
{
    claim(L, "WT-01");
    const gap right =
        against_measured(misprint_quantity_find("weight_eps")->value, SIGMA_BETA_TILDE);
    gap short_form = {0}, beta = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 2; t <= schedules[k]->T; t++) {
            const schedule *s = schedules[k];
            const double w = s->beta[t] / (2 * s->alpha[t] * s->var_bar[t - 1]),
                         tol = 16 * GSL_DBL_EPSILON * w;
            gap_add(&short_form, t, weight_eps(s, t, s->beta_tilde[t]), w, tol);
            gap_add(&beta, t, weight_eps(s, t, s->beta[t]), w, tol);
        }
    road_gap(L, "weight_eps", "measured by quadrature, t >= 2, 4 schedules", &right);
    road_gap(L, "schedule.beta_tilde", "= beta_t/(2 alpha_t (1-abar_{t-1})), t >= 2", &short_form);
    const gap half = against_measured(misprint_find("weight-no-half")->value, SIGMA_BETA_TILDE);
    const gap sigma = against_measured(misprint_find("weight-sigma")->value, SIGMA_BETA_TILDE);
    control_gap(L, "the factor 1/2 missing", &half);
    control_gap(L, "sigma_t for sigma_t^2", &sigma);
    control_gap(L, "beta_t for beta_tilde_t", &beta);
    const double *w = of[L1000][SIGMA_BETA_TILDE].formula;
    evidence(L, "L1000: %.4f (t=2), %.4f (3), %.4f (10), %.5f (100), %.6f (350), %.4f (T)", w[2],
             w[3], w[10], w[100], w[350], w[1000]);
}

/* One term of the bound by simulation: x_0 ~ N(0,1), and a mediocre network eps_theta = c x_t with
 * c = 0.7 sqrt(1-abar_t), whose error is E|eps - c x_t|^2 = 1 - 0.91 (1-abar_t).  The posterior is
 * Bayes' ratio of three densities. */
static void simulate_a_term(lesson *L, const schedule *s, size_t t)
{
    moments m = {0};
    const double root = sqrt(s->alpha[t]), u = s->var_bar[t - 1], v = s->var_bar[t];
    for (size_t n = lesson_samples(L, 100000); n > 0; n--) {
        const double x_0 = gsl_ran_ugaussian(lesson_rng(L));
        const double x =
            sqrt(s->alpha_bar[t - 1]) * x_0 + sqrt(u) * gsl_ran_ugaussian(lesson_rng(L));
        const double x_t = root * x + sqrt(s->beta[t]) * gsl_ran_ugaussian(lesson_rng(L));
        model step = {root * x, s->beta[t]}, jump_before = {sqrt(s->alpha_bar[t - 1]) * x_0, u};
        model jump = {sqrt(s->alpha_bar[t]) * x_0, v};
        model reverse = {(x_t - s->beta[t] * 0.7 * x_t) / root, s->beta[t]};
        moments_add(&m, minus_log(x, &reverse) + minus_log(x_t, &jump) - minus_log(x_t, &step) -
                            minus_log(x, &jump_before));
    }
    const double r = u / v, constant = (r - 1 - log(r)) / 2, error = 1 - 0.91 * v;
    const double sigma2 = s->beta[t];
    road_mean(L, "weight_eps", "one term of the bound simulated, S10, t = 5", &m,
              constant + weight_eps(s, t, sigma2) * error);
    control_mean(L, "the same with twice the weight", &m,
                 constant + 2 * weight_eps(s, t, sigma2) * error, 93.0);
    control_mean(L, "the same with 1/(2 sigma_t^2) dropped", &m,
                 constant + misprint_find("weight-no-sigma")->value(s, t, &sigma2) * error, 51.0);
}

static void with_beta(lesson *L)
{
    claim(L, "WT-02");
    if (!lesson_random_only(L)) {
        const gap right = against_measured(misprint_quantity_find("weight_eps")->value, SIGMA_BETA);
        road_gap(L, "weight_eps", "measured by quadrature, all t, 4 schedules", &right);
        for (const misprint *m = NULL; (m = misprint_next("weight_eps", m));) {
            const gap wrong = against_measured(m->value, SIGMA_BETA);
            control_gap(L, m->what, &wrong);
        }
    }
    simulate_a_term(L, schedules[S10], 5);
    if (lesson_random_only(L)) return;
    const double *w = of[L1000][SIGMA_BETA].formula;
    evidence(
        L, "L1000: %.5f (t=1), %.4f, %.4f, %.4f (10), %.5f (50), %.5f (100), %.6f (349), %.4f (T)",
        w[1], w[2], w[3], w[10], w[50], w[100], w[349], w[1000]);
}

/* --- 13.2  The weight as one page prints it ---------------------------------------------------
 * The page drops 1/(2 sigma_t^2), as if it were one constant for all t.  To be fair we also try the
 * constant that fits best. */

static double correlation_with_t(const double *w, size_t T)
{
    double *t = array(T);
    for (size_t i = 0; i < T; i++) t[i] = (double)(i + 1);
    const double r = gsl_stats_correlation(t, 1, w + 1, 1, T);
    free(t);
    return r;
}

size_t place_of_least(const double *w, size_t T)
{
    size_t least = 1;
    for (size_t t = 2; t <= T; t++)
        if (w[t] < w[least]) least = t;
    return least;
}

static double sum(const double *w, size_t first, size_t last)
{
    double total = 0.0;
    for (size_t t = first; t <= last; t++) total += w[t];
    return total;
}

double share(const double *w, size_t T, size_t first, size_t last)
{
    return sum(w, first, last) / sum(w, 1, T);
}

static void the_printed_weight(lesson *L)
{
    claim(L, "WT-03");
    const weights w = of[L1000][SIGMA_BETA];
    const size_t T = w.T;
    const double constant = sum(w.measured, 1, T) / sum(w.as_printed, 1, T);
    gap as_printed = {0}, scaled = {0}, right = {0}, missing = {0};
    for (size_t t = 1; t <= T; t++) {
        const double tol = measured_to * w.measured[t], two_sigma2 = 2 * schedules[L1000]->beta[t];
        gap_add(&as_printed, t, w.as_printed[t], w.measured[t], tol);
        gap_add(&scaled, t, constant * w.as_printed[t], w.measured[t], tol);
        gap_add(&right, t, w.formula[t], w.measured[t], tol);
        gap_add(&missing, t, w.as_printed[t] / w.measured[t], two_sigma2, measured_to * two_sigma2);
    }
    const double r = correlation_with_t(w.measured, T), tol = 16 * measured_to;
    printed_gap(L, "beta_t^2/(alpha_t (1-abar_t)), L1000", &as_printed);
    printed_gap(L, "the same, times the best constant", &scaled);
    printed(L, "its correlation with t", correlation_with_t(w.as_printed, T), r, tol);
    printed(L, "its least value is at t =", (double)place_of_least(w.as_printed, T),
            (double)place_of_least(w.measured, T), 0.0);
    road_gap(L, "weight_eps", "corrected: measured by quadrature, L1000", &right);
    road_gap(L, NULL, "printed/measured = 2 sigma_t^2, not a constant", &missing);
    road(L, "weight_eps", "correlation with t", correlation_with_t(w.formula, T), r, tol);
    road(L, "weight_eps", "least at t =", (double)place_of_least(w.formula, T),
         (double)place_of_least(w.measured, T), 0.0);
    gap known = {0}; /* of the registry: correlations, and the ratio of the ends */
    gap_add(&known, 1, correlation_with_t(w.as_printed, T), 0.949, 0.5e-3);
    gap_add(&known, 2, r, -0.195, 0.5e-3);
    gap_add(&known, 3, w.as_printed[1] / w.as_printed[T], 0.245, 0.5e-3);
    road_gap(L, NULL, "docs/claims.tsv: correlations and ratio, 3 digits", &known);
    evidence(L,
             "L1000: printed %.1e (t=1), least %.2e (%zu), %.2e (T), correlation %+.3f; true %.1f, "
             "least at %zu, "
             "%.4f, %+.3f",
             w.as_printed[1], w.as_printed[place_of_least(w.as_printed, T)],
             place_of_least(w.as_printed, T), w.as_printed[T], correlation_with_t(w.as_printed, T),
             w.formula[1], place_of_least(w.formula, T), w.formula[T],
             correlation_with_t(w.formula, T));
}

int main(int argc, char **argv)
{
    lesson *L = lesson_open(argc, argv, 13, "The weight w_t of the variational bound");
    quad *q = quad_alloc();
    if (!q) return 2;
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        if (!(schedules[k] = schedule_named_alloc(names[k]))) return 2;
        for (int choice = 0; choice < 2 && !lesson_random_only(L); choice++)
            of[k][choice] = measure_all(schedules[k], choice);
    }
    section(L, "13.1  Measuring the weight");
    if (!lesson_random_only(L)) with_the_posterior_variance(L);
    with_beta(L);
    if (!lesson_random_only(L)) {
        section(L, "13.2  The weight as one page prints it");
        the_printed_weight(L);
        section(L, "13.3  Which steps does the bound emphasise?");
        which_end(L);
        who_is_right(L);
        which_end_is_early(L);
        not_monotone(L);
        section(L, "13.4  The bars");
        the_bars(L);
        section(L, "13.5  Weight, attention, likelihood");
        attention(L, q);
        the_likelihood_mass(L, q);
        no_weighting_needed(L);
        section(L, "13.6  The weight as a drop of the signal-to-noise ratio");
        signal_to_noise(L);
        write_figures(L);
    }
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        forget(of[k][0]);
        forget(of[k][1]);
        schedule_free(schedules[k]);
    }
    quad_free(q);
    return lesson_close(L);
}
