/* Lesson 13, part c.  Whose share of the loss, and the signal-to-noise ratio. */
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson13.h"
#include "theory/forward.h"
#include "theory/gaussian.h"
#include "theory/mixture.h"

/* --- 13.5  Weight, attention, likelihood -------------------------------------------------------
 * What a step costs is weight times what is left to predict.  Data: two bumps of variance v at +-1.
 * At t each bump is N(+-m, V), m = sqrt(abar_t), V = abar_t v + 1-abar_t.  The best prediction and
 * what it leaves open are
 *   eps* = sqrt(1-abar_t) (x - m tanh(m x/V)) / V,      E|eps - eps*|^2 = 1 - E eps*^2.
 * By symmetry the expectation is over one bump, x = m + sqrt(V) z. */
typedef struct bumps {
    double m, V, noise;
} bumps;

static double weighted_square(double z, void *params)
{
    const bumps *b = params;
    const double x = b->m + sqrt(b->V) * z;
    const double eps = b->noise * (x - b->m * tanh(b->m * x / b->V)) / b->V;
    return gsl_ran_ugaussian_pdf(z) * eps * eps;
}

/* What is left to predict: by quadrature of the line above, and by src/theory's mixture summed over
 * a fine grid (the trapezoidal rule is exact to rounding for a smooth peak). */
static double left_by_tanh(quad *q, const schedule *s, size_t t, double v, double *error)
{
    bumps b = {sqrt(s->alpha_bar[t]), s->alpha_bar[t] * v + s->var_bar[t], sqrt(s->var_bar[t])};
    return 1 - quad_around(q, weighted_square, &b, 0.0, 12.0, error);
}

static double left_by_mixture(mixture *m, const schedule *s, size_t t)
{
    const double root = sqrt(s->alpha_bar[t]), sd = sqrt(forward_variance(s, t, m->var[0])),
                 h = 0.08;
    double sum = 0.0, eps;
    for (int i = -150; i <= 150; i++) {
        const double z = h * i, x = root + sd * z;
        mixture_mean_eps(&eps, m, s, t, &x);
        sum += h * gsl_ran_ugaussian_pdf(z) * eps * eps;
    }
    return 1 - sum;
}

/* Share of the first tenth of t in sum w_t E|eps - eps*|^2, on both roads. */
typedef struct shares {
    double vlb, uniform;                     /* src/theory */
    double vlb_reference, uniform_reference; /* measured weights, tanh */
    double vlb_error, uniform_error;
} shares;

static shares shares_of_mixture(quad *q, int k, double v)
{
    const schedule *s = schedules[k];
    const weights w = of[k][SIGMA_BETA];
    mixture *m = mixture_pair_alloc(v);
    if (!m) check_refuse("lesson 13: out of memory");
    double part[4] = {0}, total[4] = {0}, error[2] = {0};
    for (size_t t = 1; t <= s->T; t++) {
        double abserr;
        const double a = left_by_mixture(m, s, t), b = left_by_tanh(q, s, t, v, &abserr);
        const double term[4] = {w.formula[t] * a, a, w.measured[t] * b, b};
        for (int i = 0; i < 4; i++) total[i] += term[i];
        for (int i = 0; i < 4 && t <= s->T / 10; i++) part[i] += term[i];
        abserr += 64 * GSL_DBL_EPSILON; /* 301 summands of one sign, and 1 - sum */
        error[0] += w.measured[t] * abserr;
        error[1] += abserr;
    }
    mixture_free(m);
    return (shares){part[0] / total[0],
                    part[1] / total[1],
                    part[2] / total[2],
                    part[3] / total[3],
                    2 * error[0] / total[2] + 4 * measured_to,
                    2 * error[1] / total[3] + 4 * measured_to};
}

void attention(lesson *L, quad *q)
{
    claim(L, "WT-07");
    const weights w = of[L1000][SIGMA_BETA];
    const double vlb = share(w.formula, 1000, 1, 100), page = share(w.as_printed, 1000, 1, 100);
    const shares loss = shares_of_mixture(q, L1000, 0.04);
    printed_below(L, "weight of the first tenth: VLB <= uniform, L1000", vlb, 0.1, 0.0);
    printed_below(L, "loss of the first tenth: VLB <= uniform, two bumps", loss.vlb, loss.uniform,
                  0.0);
    road_below(L, NULL, "corrected: weight, uniform <= VLB", 0.1, share(w.measured, 1000, 1, 100),
               0.0);
    road_below(L, "mixture_mean_eps", "corrected: loss, uniform <= VLB", loss.uniform,
               loss.vlb_reference, 0.0);
    road(L, "weight_eps", "loss share of the first tenth, VLB", loss.vlb, loss.vlb_reference,
         loss.vlb_error);
    road(L, "mixture_mean_eps", "loss share of the first tenth, uniform", loss.uniform,
         loss.uniform_reference, loss.uniform_error);
    control_below(L, "with the weight of the page: uniform <= VLB", 0.1, page, 0.0);
    gap known = {0};
    gap_add(&known, 1, loss.vlb, 0.79, 0.5e-2);
    gap_add(&known, 2, loss.uniform, 0.31, 0.5e-2);
    road_gap(L, NULL, "docs/claims.tsv: two shares of the loss, percent", &known);
    evidence(L,
             "first tenth of t, L1000: weight %.3f (VLB) and 0.100 (uniform); loss of two bumps "
             "%.3f and %.3f",
             vlb, loss.vlb, loss.uniform);
}

/* For N(0,1) data and sigma_t^2 = beta_t the best network makes the t-th term
 *   L_{t-1} = C_t + w_t abar_t = ln((1-abar_t)/(1-abar_{t-1}))/2,
 * so the sum telescopes: its first n terms are ln((1-abar_n)/beta_1)/2. */
static double terms(const schedule *s, size_t last)
{
    double sum = 0.0;
    for (size_t t = 2; t <= last; t++)
        sum += gaussian_kl_variances(s->beta_tilde[t], s->beta[t]) +
               weight_eps(s, t, s->beta[t]) * s->alpha_bar[t];
    return sum;
}

static double telescoped_share(const schedule *s, size_t last)
{
    return log(s->var_bar[last] / s->beta[1]) / log(s->var_bar[s->T] / s->beta[1]);
}

void the_likelihood_mass(lesson *L, quad *q)
{
    claim(L, "WT-08");
    static const int normal[] = {L1000, S50, COS1000};
    double gaussian[3], noise[3], least = 1.0;
    gap g = {0}, noises = {0}, no_constants = {0};
    for (size_t i = 0; i < 3; i++) {
        const schedule *s = schedules[normal[i]];
        gaussian[i] = terms(s, s->T / 10) / terms(s, s->T);
        least = fmin(least, telescoped_share(s, s->T / 10));
        noise[i] = loss_share(of[normal[i]][SIGMA_BETA].formula, s, 1, s->T / 10);
        const double telescoped = telescoped_share(s, s->T / 10),
                     rounding = (double)s->T * GSL_DBL_EPSILON;
        gap_add(&g, s->T, gaussian[i], telescoped, rounding);
        gap_add(&no_constants, s->T, noise[i], telescoped, rounding);
        gap_add(&noises, s->T, noise[i],
                loss_share(of[normal[i]][SIGMA_BETA].measured, s, 1, s->T / 10), 4 * measured_to);
    }
    const shares fine = shares_of_mixture(q, L1000, 0.04), middle = shares_of_mixture(q, S50, 0.04);
    const shares coarse = shares_of_mixture(q, S10, 0.04),
                 points = shares_of_mixture(q, L1000, 0.0);
    road_gap(L, "weight_eps", "N(0,1): first tenth of the L_{t-1}, telescoped", &g);
    control_gap(L, "the constants C_t left out, t = 1 included", &no_constants);
    road_gap(L, "weight_eps", "N(0,1): first tenth of w_t E|eps - eps*|^2", &noises);
    road_below(L, NULL, "N(0,1): more than half, 3 schedules", 0.5, least, 0.0);
    road(L, "mixture_mean_eps", "two bumps, L1000: share of the first tenth", fine.vlb,
         fine.vlb_reference, fine.vlb_error);
    road(L, "mixture_mean_eps", "two bumps, S50: share of the first tenth", middle.vlb,
         middle.vlb_reference, middle.vlb_error);
    road_below(L, NULL, "two bumps: more than half, L1000 and S50", 0.5,
               fmin(fine.vlb_reference, middle.vlb_reference), 0.0);
    road(L, "mixture_mean_eps", "two bumps, S10: share of the first tenth", coarse.vlb,
         coarse.vlb_reference, coarse.vlb_error);
    control_below(L, "a coarse schedule, S10: more than half", 0.5, coarse.vlb, 0.0);
    control_below(L, "no density, two points, L1000: more than half", 0.5, points.vlb, 0.0);
    const double found[] = {gaussian[0], gaussian[1], gaussian[2], noise[0],   noise[1],
                            noise[2],    fine.vlb,    middle.vlb,  coarse.vlb, points.vlb};
    static const double known[] = {0.753, 0.609, 0.645, 0.763, 0.596,
                                   0.660, 0.786, 0.582, 0.298, 0.007};
    gap registry = {0};
    for (size_t i = 0; i < 10; i++) gap_add(&registry, i, found[i], known[i], 0.5e-3);
    road_gap(L, NULL, "docs/claims.tsv: ten shares, 3 digits", &registry);
    say(L, "The L_{t-1} of t >= 2 carry their constants C_t; the shares of w_t E|eps - eps*|^2 "
           "leave them out and begin at t = 1, which on S10 is all of the first tenth.");
    evidence(L,
             "first tenth of t; L_{t-1}, t >= 2: N(0,1) %.3f (L1000), %.3f (S50); w_t "
             "E|eps-eps*|^2, t >= 1: N(0,1) %.3f, %.3f, bumps %.3f, %.3f, %.3f (S10), points %.2g "
             "(L1000)",
             gaussian[0], gaussian[1], noise[0], noise[1], fine.vlb, middle.vlb, coarse.vlb,
             points.vlb);
}

/* One number c for all steps, eps_theta = c x_t, data N(0,1): then
 *   E|eps - c x_t|^2 = 1 - 2 c sqrt(1-abar_t) + c^2,
 * and the best c is the weighted mean of sqrt(1-abar_t): the weight decides. */
static double best_c(const schedule *s, const double *w)
{
    double part = 0.0, total = 0.0;
    for (size_t t = 1; t <= s->T; t++) {
        const double weight = w ? w[t] : 1.0;
        part += weight * sqrt(s->var_bar[t]);
        total += weight;
    }
    return part / total;
}

void no_weighting_needed(lesson *L)
{
    claim(L, "WT-10");
    const schedule *s = schedules[L1000];
    const weights w = of[L1000][SIGMA_BETA];
    const size_t least = place_of_least(w.measured, 1000);
    gap constant = {0};
    double mean = 0.0;
    for (size_t t = 1; t <= 1000; t++) mean += w.formula[t] / 1000;
    for (size_t t = 1; t <= 1000; t++)
        gap_add(&constant, t, mean, w.measured[t], measured_to * w.measured[t]);
    const double range = w.measured[1] / w.measured[least], c = best_c(s, w.measured);
    road(L, "weight_eps", "largest over least weight, L1000", w.formula[1] / w.formula[least],
         range, 2 * measured_to * range);
    road(L, "weight_eps", "best shared c in eps_theta = c x_t", best_c(s, w.formula), c,
         4 * measured_to);
    control_gap(L, "w_t taken as constant", &constant);
    control(L, "the best c without the weight", best_c(s, NULL), c, 4 * measured_to);
    gap known = {0};
    gap_add(&known, 1, range, 100.7, 0.5e-1);
    gap_add(&known, 2, c, 0.5856, 0.5e-4);
    gap_add(&known, 3, best_c(s, NULL), 0.8059, 0.5e-4);
    road_gap(L, NULL, "docs/claims.tsv: range and its two c", &known);
    say(L, "The target is scale-stable (E eps^2 = 1 at every t); its weight in the likelihood is "
           "not.");
    evidence(L, "L1000: max/min of w_t = %.1f; shared c = %.4f with the weight, %.4f without",
             range, c, best_c(s, NULL));
}

/* --- 13.6  The weight as a drop of the signal-to-noise ratio -----------------------------------
 * sigma_t^2 = beta_tilde_t:  w^x0 = (SNR(t-1) - SNR(t))/2  and  w^eps = (SNR(t-1)/SNR(t) - 1)/2,
 * SNR = abar/(1-abar).  The difference amplifies the roundings of SNR(t-1). */
static double snr(const schedule *s, size_t t)
{
    return s->alpha_bar[t] / s->var_bar[t];
}

void signal_to_noise(lesson *L)
{
    claim(L, "WT-11");
    gap x0 = {0}, x0_measured = {0}, eps = {0}, logarithm = {0}, theory = {0}, later = {0},
        square = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 2; t <= schedules[k]->T; t++) {
            const schedule *s = schedules[k];
            const double before = snr(s, t - 1), now = snr(s, t), sigma2 = s->beta_tilde[t];
            const double drop = (before - now) / 2, tol = 16 * GSL_DBL_EPSILON * before;
            const double by_quadrature = measure_weight(s, t, SIGMA_BETA_TILDE, move_by_x0(s, t));
            const double log_tol =
                8 * GSL_DBL_EPSILON * (1 + fabs(s->log_snr[t - 1])) * before / now;
            gap_add(&x0, t, weight_x0(s, t, sigma2), drop, tol);
            gap_add(&x0_measured, t, weight_x0(s, t, sigma2), by_quadrature,
                    measured_to * by_quadrature);
            gap_add(&eps, t, weight_eps(s, t, sigma2), (before / now - 1) / 2,
                    16 * GSL_DBL_EPSILON * before / now);
            gap_add(&theory, t, (forward_snr(s, t - 1) - forward_snr(s, t)) / 2, by_quadrature,
                    tol + measured_to * by_quadrature);
            gap_add(&logarithm, t, expm1(s->log_snr[t - 1] - s->log_snr[t]) / 2,
                    of[k][SIGMA_BETA_TILDE].measured[t],
                    log_tol + measured_to * of[k][SIGMA_BETA_TILDE].measured[t]);
            if (t < s->T) gap_add(&later, t, (now - snr(s, t + 1)) / 2, by_quadrature, tol);
            gap_add(&square, t, misprint_find("weight-x0-no-square")->value(s, t, &sigma2),
                    by_quadrature, tol);
        }
    road_gap(L, "weight_x0", "w^x0 measured by quadrature, 4 schedules", &x0_measured);
    road_gap(L, "weight_x0", "w^x0 = (SNR(t-1) - SNR(t))/2", &x0);
    road_gap(L, "weight_eps", "w^eps = (SNR(t-1)/SNR(t) - 1)/2", &eps);
    road_gap(L, "forward_snr", "the drop of the SNR against the measured w^x0", &theory);
    road_gap(L, "schedule.log_snr", "w^eps from the fall of log SNR, measured", &logarithm);
    control_gap(L, "SNR(t) - SNR(t+1)", &later);
    control_gap(L, "the x_0 weight not squared", &square);
    const schedule *s = schedules[L1000];
    evidence(L, "L1000: w^x0 %.1f (t=2), %.2e (T); w^eps %.4f, %.4f",
             weight_x0(s, 2, s->beta_tilde[2]), weight_x0(s, 1000, s->beta_tilde[1000]),
             weight_eps(s, 2, s->beta_tilde[2]), weight_eps(s, 1000, s->beta_tilde[1000]));
}
