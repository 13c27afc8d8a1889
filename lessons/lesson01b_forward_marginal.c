/* Lesson 1, part b.  Which noise the jump means, and what happens to variance and entropy. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson01.h"
#include "theory/forward.h"
#include "theory/gaussian.h"
#include "theory/predict.h"

/* --- 1.4  Which noise? --------------------------------------------------------------------------
 * Unrolling the chain, with e_s the noise of step s,
 *      x_t - sqrt(abar_t) x_0 = sum_{s<=t} sqrt(abar_t/abar_s) sqrt(beta_s) e_s,
 * so the eps of the jump is a mean of all noises so far, with weights of unit length; its
 * correlation with the last of them is sqrt(beta_t/(1-abar_t)). */
static double mixed_noise(const schedule *s, size_t t, const double *e, double *scale)
{
    double sum = 0.0;
    *scale = 0.0;
    for (size_t r = 1; r <= t; r++) {
        const double term =
            sqrt(s->alpha_bar[t] / s->alpha_bar[r] * s->beta[r] / s->var_bar[t]) * e[r];
        sum += term;
        *scale += fabs(term);
    }
    return sum;
}

/* x_t carries 3 t roundings of numbers below |x|_max + |e|_max < 8, divided by the sd; the sum t
 * more. */
static gap noise_of_jump(const schedule *s, const double *x, const double *e)
{
    gap g = {0};
    for (size_t t = 1; t <= s->T; t++) {
        double scale;
        const double mixed = mixed_noise(s, t, e, &scale);
        gap_add(&g, t, forward_noise(s, t, x[t], x[0]), mixed,
                (double)(t + 4) * GSL_DBL_EPSILON * (24.0 / sqrt(s->var_bar[t]) + scale));
    }
    return g;
}

/* mu_tilde from a noise, against the precision-weighted mean of lesson 4 (its two precisions are
 * written out here); errors of x and eps enter with slopes below 1/sqrt(alpha_t). */
static gap means_from_noise(const schedule *s, const double *x, const double *e, bool of_step)
{
    gap g = {0};
    for (size_t t = 2; t <= s->T; t++) {
        const double a = s->alpha[t] / s->beta[t], b = 1.0 / s->var_bar[t - 1],
                     root = sqrt(s->alpha[t]);
        const double mean = (a * x[t] / root + b * sqrt(s->alpha_bar[t - 1]) * x[0]) / (a + b);
        const double eps =
            of_step ? e[t] : (x[t] - sqrt(s->alpha_bar[t]) * x[0]) / sqrt(s->var_bar[t]);
        gap_add(&g, t, predict_mean_from_eps(s, t, x[t], eps), mean,
                16 * GSL_DBL_EPSILON * (fabs(x[t]) + fabs(x[0]) + fabs(eps)) / root);
    }
    return g;
}

/* Root mean square over t of (mu from the step's noise - mu_tilde): the two noises differ by
 * variance 2 - 2 corr. */
static double rms_of_mistake(const schedule *s, bool in_sd)
{
    double sum = 0.0;
    for (size_t t = 2; t <= s->T; t++)
        sum += gsl_pow_2(predict_mean_slope_eps(s, t)) * 2.0 *
               (1.0 - sqrt(s->beta[t] / s->var_bar[t])) / (in_sd ? s->beta_tilde[t] : 1.0);
    return sqrt(sum / (double)(s->T - 1));
}

static double mean_correlation(const schedule *s)
{
    double sum = 0.0;
    for (size_t t = 1; t <= s->T; t++) sum += sqrt(s->beta[t] / s->var_bar[t]);
    return sum / (double)s->T;
}

void which_noise(lesson *L)
{
    claim(L, "FWD-04");
    static double x[LONGEST], e[LONGEST];
    x[0] = x_0;
    static const char *const what[2][3] = {
        {"S10: weighted sum of the steps' noises", "S10: mu_tilde from the jump's noise",
         "S10: mu_tilde from the step's noise"},
        {"L1000: weighted sum of the steps' noises", "L1000: mu_tilde from the jump's noise",
         "L1000: mu_tilde from the step's noise"}};
    for (size_t k = S10; k <= L1000 && !lesson_random_only(L); k++) {
        walk(schedules[k], schedules[k]->T, x, e, lesson_rng(L));
        const gap jump = noise_of_jump(schedules[k], x, e);
        road_gap(L, "forward_noise", what[k][0], &jump);
        const gap right = means_from_noise(schedules[k], x, e, false);
        road_gap(L, "predict_mean_from_eps", what[k][1], &right);
        const gap wrong = means_from_noise(schedules[k], x, e, true);
        control_gap(L, what[k][2], &wrong);
    }
    const schedule *s = schedules[S10];
    moments product_of_noises = {0};
    for (size_t i = 0, N = lesson_samples(L, 20000); i < N; i++) {
        double sum = 0.0;
        walk(s, 10, x, e, lesson_rng(L));
        for (size_t t = 1; t <= 10; t++)
            sum += e[t] * (x[t] - sqrt(s->alpha_bar[t]) * x_0) / sqrt(s->var_bar[t]);
        moments_add(&product_of_noises, sum / 10.0);
    }
    road_mean(L, NULL, "their correlation, mean over t, simulated (S10)", &product_of_noises,
              mean_correlation(s));
    control_mean(L, "one and the same noise: correlation 1", &product_of_noises, 1.0, 84.0);
    evidence(L,
             "mean correlation %.3f (S10), %.3f (L1000); rms error of mu_tilde %.3f = %.2f sd, "
             "%.4f = %.2f sd",
             mean_correlation(s), mean_correlation(schedules[L1000]), rms_of_mistake(s, false),
             rms_of_mistake(s, true), rms_of_mistake(schedules[L1000], false),
             rms_of_mistake(schedules[L1000], true));
}

/* --- 1.5  What happens to the variance ----------------------------------------------------------
 * Data of variance v:  Var x_t = alpha_t Var x_{t-1} + beta_t,  so  Var x_t - 1 = abar_t (v - 1):
 * the distance from 1 shrinks, from whichever side. */
static double variance_by_recurrence(const schedule *s, size_t t_end, double v)
{
    for (size_t t = 1; t <= t_end; t++) v = (1.0 - s->beta[t]) * v + s->beta[t];
    return v;
}

/* Three positive roundings per step of the recurrence. */
static gap variances(double v, bool as_root)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        double u = v;
        for (size_t t = 1; t <= s->T; t++) {
            u = (1.0 - s->beta[t]) * u + s->beta[t];
            const double value =
                as_root ? sqrt(s->alpha_bar[t]) * v + s->var_bar[t] : forward_variance(s, t, v);
            gap_add(&g, t, value, u, (2.0 * (double)t + 4) * GSL_DBL_EPSILON * u);
        }
    }
    return g;
}

/* Unit variance against the number 1: two roundings, whatever t. */
static gap stays(double v)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++)
            gap_add(&g, t, forward_variance(schedules[k], t, v), v, 2 * GSL_DBL_EPSILON * v);
    return g;
}

/* x_5^2 for data +-root, five simulated steps of S10; its mean is Var x_5. */
static moments squares(lesson *L, double root)
{
    moments m = {0};
    for (size_t i = 0, N = lesson_samples(L, 30000); i < N; i++) {
        double x[6] = {i % 2 ? root : -root}, e[6];
        walk(schedules[S10], 5, x, e, lesson_rng(L));
        moments_add(&m, x[5] * x[5]);
    }
    return m;
}

void keep_the_variance(lesson *L)
{
    claim(L, "FWD-05");
    if (!lesson_random_only(L)) {
        const gap unit = stays(1.0), wide = variances(3.7, false), narrow = variances(0.23, false);
        road_gap(L, "forward_variance", "v = 1: variance 1 at all t, 6 schedules", &unit);
        road_gap(L, "forward_variance", "v = 3.7: recurrence of the variance", &wide);
        road_gap(L, "forward_variance", "v = 0.23: recurrence of the variance", &narrow);
        const gap moved = stays(4.0), root = variances(3.7, true);
        control_gap(L, "v = 4: the variance stays at 4", &moved);
        control_gap(L, "sqrt(abar_t) v + 1 - abar_t", &root);
    }
    const moments one = squares(L, 1.0), two = squares(L, 2.0);
    road_mean(L, "forward_variance", "data +-1, 5 simulated steps (S10)", &one,
              forward_variance(schedules[S10], 5, 1.0));
    road_mean(L, "forward_variance", "data +-2, 5 simulated steps (S10)", &two,
              forward_variance(schedules[S10], 5, 4.0));
    control_mean(L, "data +-2: the variance stays at 4", &two, 4.0, 119.0);
    evidence(L, "v = 4 on L1000: Var x_T - Var x_0 = %.4f",
             forward_variance(schedules[L1000], 1000, 4.0) - 4.0);
}

/* Entropy of N(0, var) by definition, - int f ln f. */
static double minus_f_log_f(double x, void *params)
{
    const double sd = *(const double *)params, f = gsl_ran_gaussian_pdf(x, sd);
    return f > 0.0 ? -f * log(f) : 0.0;
}

static gap entropies(quad *w, double v)
{
    gap g = {0};
    for (size_t k = S10; k <= COS1000; k++)
        for (size_t i = 0; i <= 5; i++) {
            const schedule *s = schedules[k];
            const size_t t = i * s->T / 5;
            double sd = sqrt(variance_by_recurrence(s, t, v)), abserr;
            const double entropy = quad_around(w, minus_f_log_f, &sd, 0.0, 14.0 * sd, &abserr);
            /* the relative error of the variance, 2 t eps, enters with the factor 1/2 */
            gap_add(&g, t, gaussian_entropy(forward_variance(s, t, v)), entropy,
                    abserr + (double)(t + 8) * GSL_DBL_EPSILON);
        }
    return g;
}

static size_t falls_of_entropy(const schedule *s, double v)
{
    size_t n = 0;
    for (size_t t = 1; t <= s->T; t++)
        n += !(gaussian_entropy(forward_variance(s, t, v)) >
               gaussian_entropy(forward_variance(s, t - 1, v)));
    return n;
}

void spread_or_contract(lesson *L, quad *w)
{
    claim(L, "FWD-06");
    const schedule *s = schedules[L1000];
    const gap wide = entropies(w, 4.0), narrow = entropies(w, 0.25);
    road_gap(L, "gaussian_entropy", "v = 4: -int q ln q by quadrature", &wide);
    road_gap(L, "gaussian_entropy", "v = 0.25: -int q ln q by quadrature", &narrow);
    road_all(L, "gaussian_entropy", "v = 0.25: entropy rises at each step (L1000)",
             falls_of_entropy(s, 0.25), 1000);
    const double before = gaussian_entropy(4.0),
                 after = gaussian_entropy(forward_variance(s, 1000, 4.0));
    const double end = 0.5 * log(2.0 * M_PI * M_E * variance_by_recurrence(s, 1000, 4.0));
    road(L, "gaussian_entropy", "v = 4: change of entropy, 0 to T", after - before,
         end - 0.5 * log(8.0 * M_PI * M_E), 1008 * GSL_DBL_EPSILON);
    control_all(L, "v = 4: entropy rises at each step (L1000)", falls_of_entropy(s, 4.0), 1000);
    control_below(L, "v = 4: entropy at 0 below entropy at T", before, after, 0.0);
    say(L, "Wide normal data contract: their particles move from low density to high.");
    evidence(
        L, "entropy, L1000: v = 4 falls %.4f, %.4f (t=500), %.4f (T); v = 0.25 rises %.4f to %.4f",
        before, gaussian_entropy(forward_variance(s, 500, 4.0)), after, gaussian_entropy(0.25),
        gaussian_entropy(forward_variance(s, 1000, 0.25)));
}
