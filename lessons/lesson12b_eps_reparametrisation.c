/* Lesson 12, part b.  What a wrong noise does to the mean, and which noise is meant. */
#include <math.h>
#include <stdio.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson12.h"
#include "theory/posterior.h"
#include "theory/predict.h"
#include "theory/schedule_spec.h"

/* --- 12.5  The error of the network -----------------------------------------------------------
 * Same x_t, two noises: mu_tilde - mu_theta = slope_t (eps_theta - eps). */
void the_error_of_the_network(lesson *L)
{
    claim(L, "EPS-05");
    gap slope = {0}, bayes = {0}, sign = {0};
    for (size_t k = 0; k < N_LOOPS; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++) {
            const schedule *s = schedules[k];
            const point p = draw(lesson_rng(L), s, t);
            const double tol = roundings(s, t, &p), b = -match_coefficients(s, t).b;
            const double x_hat = (p.x_t - sqrt(s->var_bar[t]) * p.eps_hat) / sqrt(s->alpha_bar[t]);
            const double difference =
                bayes_mean(s, t, p.x_t, p.x_0) - bayes_mean(s, t, p.x_t, x_hat);
            gap_add(&bayes, t, predict_mean_slope_eps(s, t) * (p.eps_hat - p.eps), difference, tol);
            gap_add(&sign, t, predict_mean_slope_eps(s, t) * (p.eps - p.eps_hat), difference, tol);
            gap_add(&slope, t, predict_mean_slope_eps(s, t), b,
                    16 * GSL_DBL_EPSILON / sqrt(s->alpha[t]));
        }
    road_gap(L, "predict_mean_slope_eps", "Bayes with the true and the predicted x_0", &bayes);
    road_gap(L, "predict_mean_slope_eps", "projection, 2 x 2 system by LU", &slope);
    control_gap(L, "eps - eps_theta for eps_theta - eps", &sign);
    say(L, "The sign is invisible in the loss, which squares it, and fatal in a sampler.");
    const schedule *s = schedules[L1000];
    evidence(L, "factor on L1000: %.5f (t=1), %.5f (2), %.5f (100), %.4f (500), %.4f (T)",
             predict_mean_slope_eps(s, 1), predict_mean_slope_eps(s, 2),
             predict_mean_slope_eps(s, 100), predict_mean_slope_eps(s, 500),
             predict_mean_slope_eps(s, 1000));
}

/* --- 12.6  Two ways to read mu_theta, and what clipping does ----------------------------------
 * x_0_hat ~ N(0, V), V = 0.81 + 0.01 (1-abar_t)/abar_t for data N(0,0.81) and an error of eps of sd
 * 0.1.  Clipping to [-1,1] moves it by (|x|-1)_+, with s = sqrt(V):
 *   E (|x|-1)_+^2 = 2 [(V+1) Q(1/s) - s phi(1/s)]. */
static double clipping(const schedule *s, size_t t)
{
    const double V = 0.81 + 0.01 * s->var_bar[t] / s->alpha_bar[t], sd = sqrt(V);
    return 2 * ((V + 1) * gsl_cdf_ugaussian_Q(1 / sd) - sd * gsl_ran_ugaussian_pdf(1 / sd));
}

static double clipped_away(double x, void *params)
{
    return 2 * gsl_pow_2(x - 1) * gsl_ran_gaussian_pdf(x, *(double *)params);
}

/* That closed form against the integral, along the schedules: V runs from 0.81 to 4e6. */
static gap clipping_integrated(void)
{
    gap g = {0};
    quad *w = quad_alloc();
    for (size_t k = 0; w && k < N_LOOPS; k++)
        for (size_t t = 1; t <= schedules[k]->T; t += t < 10 ? 1 : 90) {
            const schedule *s = schedules[k];
            double error, sd = sqrt(0.81 + 0.01 * s->var_bar[t] / s->alpha_bar[t]);
            const double integral = quad_interval(w, clipped_away, &sd, 1, 1 + 12 * sd, &error);
            gap_add(&g, t, clipping(s, t), integral, error + 16 * GSL_DBL_EPSILON * (sd * sd + 1));
        }
    quad_free(w);
    return g;
}

static double clip(double x)
{
    return fmax(-1.0, fmin(1.0, x));
}

static void simulate_clipping(lesson *L, const schedule *s, size_t t)
{
    moments m = {0};
    for (size_t n = lesson_samples(L, 100000); n > 0; n--) {
        const point p = draw(lesson_rng(L), s, t);
        const double x_hat = (p.x_t - sqrt(s->var_bar[t]) * p.eps_hat) / sqrt(s->alpha_bar[t]);
        moments_add(
            &m, gsl_pow_2(bayes_mean(s, t, p.x_t, clip(x_hat)) - bayes_mean(s, t, p.x_t, x_hat)));
    }
    road_mean(L, "posterior_weight_x0", "mean square shift by clipping, L1000, t = T", &m,
              gsl_pow_2(posterior_weight_x0(s, t)) * clipping(s, t));
    /* At t = T the squared shift has mean/sd = 0.675: 213 standard errors at N = 1e5. */
    control_mean(L, "clipping taken as harmless", &m, 0.0, 213.0);
}

static double rms_of_clipping(const schedule *s, size_t t)
{
    return posterior_weight_x0(s, t) * sqrt(clipping(s, t));
}

void two_ways_to_read_the_mean(lesson *L)
{
    claim(L, "EPS-06");
    gap right = {0}, own = {0}, clipped = {0};
    for (size_t k = 0; k < N_LOOPS; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++) {
            const schedule *s = schedules[k];
            const point p = draw(lesson_rng(L), s, t);
            const eps_form f = match_coefficients(s, t);
            const double mu = f.a * p.x_t + f.b * p.eps_hat, tol = roundings(s, t, &p);
            const double x_hat = predict_x0_from_eps(s, t, p.x_t, p.eps_hat);
            const double by_hand =
                (p.x_t - sqrt(s->var_bar[t]) * p.eps_hat) / sqrt(s->alpha_bar[t]);
            gap_add(&right, t, posterior_mean(s, t, p.x_t, x_hat), mu, tol);
            gap_add(&own, t, predict_mean_from_eps(s, t, p.x_t, p.eps_hat),
                    bayes_mean(s, t, p.x_t, by_hand), tol);
            gap_add(&clipped, t, posterior_mean(s, t, p.x_t, clip(x_hat)), mu, tol);
        }
    road_gap(L, "posterior_mean", "through x_0_hat: the same mu_theta, all t", &right);
    road_gap(L, "predict_mean_from_eps", "the eps form: Bayes with that x_0_hat, all t", &own);
    control_gap(L, "x_0_hat clipped to [-1,1]", &clipped);
    other_predictions(L);
    const gap integrated = clipping_integrated();
    road_gap(L, NULL, "E (|x_0_hat|-1)_+^2: closed form = integral", &integrated);
    simulate_clipping(L, schedules[L1000], 1000);
    evidence(L,
             "rms shift by clipping: L1000 %.3f (t=2), %.4f (500), %.4f (T); S10 %.3f, %.3f, %.3f "
             "(t=2,5,T)",
             rms_of_clipping(schedules[L1000], 2), rms_of_clipping(schedules[L1000], 500),
             rms_of_clipping(schedules[L1000], 1000), rms_of_clipping(schedules[S10], 2),
             rms_of_clipping(schedules[S10], 5), rms_of_clipping(schedules[S10], 10));
}

/* --- 12.7  Which noise? -----------------------------------------------------------------------
 * The noise z of the last step and the noise eps of the jump have correlation
 *   rho_t = sqrt(beta_t/(1-abar_t)).
 * A network sees only x_t.  For N(0,1) data its best guesses of the two are
 *   E[eps|x_t] = sqrt(1-abar_t) x_t   and   E[z|x_t] = sqrt(beta_t) x_t,
 * and the best guess of x_{t-1} is sqrt(alpha_t) x_t: only the first one leads there. */
static void simulate_two_noises(lesson *L, const schedule *s, size_t t)
{
    moments product = {0}, error = {0};
    const size_t one = 100000, n = lesson_samples(L, one);
    const double b = match_coefficients(s, t).b;
    for (size_t i = 0; i < n; i++) {
        walker w = {.x = 0.9 * gsl_ran_ugaussian(lesson_rng(L))};
        for (size_t r = 1; r <= t; r++) step(&w, lesson_rng(L), s, r);
        moments_add(&product, w.z * w.eps);
        moments_add(&error, gsl_pow_2(b * (w.z - w.eps)));
    }
    const double slope = predict_mean_slope_eps(s, t), rho = slope * sqrt(s->alpha[t] / s->beta[t]);
    const double se = sqrt((1 + s->beta[t] / s->var_bar[t]) / (double)one);
    road_mean(L, "predict_mean_slope_eps", "correlation sqrt(beta_t/(1-abar_t)), S10, t = 5",
              &product, rho);
    control_mean(L, "one and the same noise", &product, 1.0, (1 - rho) / se);
    control_mean(L, "unrelated noises", &product, 0.0, rho / se);
    road_mean(L, "predict_mean_slope_eps", "mean square error of mu_tilde with z for eps", &error,
              slope * slope * 2 * (1 - rho));
    control_mean(L, "z would do as well", &error, 0.0, sqrt((double)one / 2));
}

static double rms_of_wrong_noise(const schedule *s, bool in_sd)
{
    double sum = 0.0;
    for (size_t t = 2; t <= s->T; t++)
        sum += gsl_pow_2(predict_mean_slope_eps(s, t)) * 2 *
               (1 - sqrt(s->beta[t] / s->var_bar[t])) / (in_sd ? s->beta_tilde[t] : 1.0);
    return sqrt(sum / (double)(s->T - 1));
}

void which_noise(lesson *L)
{
    claim(L, "EPS-07");
    const gap chain = walk(L, true);
    gap jump = {0}, last = {0};
    for (size_t k = 0; k < N_LOOPS; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++) {
            const schedule *s = schedules[k];
            const double x = draw(lesson_rng(L), s, t).x_t, expected = sqrt(s->alpha[t]) * x;
            const double tol = 16 * GSL_DBL_EPSILON * fabs(x) / sqrt(s->alpha[t]);
            const double guess = sqrt(s->var_bar[t]) * x, guess_of_z = sqrt(s->beta[t]) * x;
            gap_add(&jump, t, predict_mean_from_eps(s, t, x, guess), expected, tol);
            gap_add(&last, t, predict_mean_from_eps(s, t, x, guess_of_z), expected, tol);
        }
    road_gap(L, "forward_noise", "the noises of the steps add up to the jump's", &chain);
    road_gap(L, "predict_mean_from_eps", "best guess of eps gives E[x_{t-1}|x_t], all t", &jump);
    control_gap(L, "the noise of the last step as target", &last);
    simulate_two_noises(L, schedules[S10], 5);
    road(L, NULL, "docs/claims.tsv: rms error over S10, 3 digits",
         rms_of_wrong_noise(schedules[S10], false), 0.361, 0.5e-3);
    evidence(
        L,
        "z for eps: rms error of mu_tilde %.3f = %.2f posterior sd (S10), %.4f = %.2f sd (L1000)",
        rms_of_wrong_noise(schedules[S10], false), rms_of_wrong_noise(schedules[S10], true),
        rms_of_wrong_noise(schedules[L1000], false), rms_of_wrong_noise(schedules[L1000], true));
}

/* --- The figures ------------------------------------------------------------------------------ */
void write_figures(lesson *L)
{
    static const char *const ids[] = {"root-abar", "no-root", "root-beta",
                                      "plus",      "shifted", "no-alpha"};
    schedule *s = schedule_of_figure(L);
    data_file *f = data_open(L, "errors", "t root_abar no_root root_beta plus shifted no_alpha");
    for (size_t t = 2; t <= s->T; t++) {
        double e[6];
        for (size_t i = 0; i < 6; i++) {
            char id[32];
            snprintf(id, sizeof id, "mean-eps-%s", ids[i]);
            e[i] = error_in_sd(s, t, misprint_find(id)->value);
        }
        data_line(f, "%zu %.9g %.9g %.9g %.9g %.9g %.9g", t, e[0], e[1], e[2], e[3], e[4], e[5]);
    }
    data_close(f);
    f = data_open(L, "noise", "t rho eps z");
    const size_t at[] = {2, s->T / 2};
    for (size_t k = 0; k < 2; k++, data_gap(f), data_gap(f))
        for (size_t i = 0; i < 400 && at[k] >= 1 && at[k] <= s->T; i++) {
            const double rho = sqrt(s->beta[at[k]] / s->var_bar[at[k]]);
            const double z = gsl_ran_ugaussian(lesson_rng(L)),
                         rest = gsl_ran_ugaussian(lesson_rng(L));
            data_line(f, "%zu %.9g %.9g %.9g", at[k], rho, rho * z + sqrt(1 - rho * rho) * rest, z);
        }
    data_close(f);
    schedule_free(s);
}
