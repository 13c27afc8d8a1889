/* Lesson 8.  Every term of the bound as a number
 * ----------------------------------------------
 * CLAIM   For N(0,1) data, the exact network and sigma_t^2 = beta_t, per coordinate:
 *           L_{t-1} = w_t abar_t + (r - 1 - ln r)/2 = -ln(r)/2,      r = beta_tilde_t/beta_t
 *           sum_{t>=2} L_{t-1} = ln((1 - abar_T)/beta_1)/2
 *         and no training removes it: it is the price of not seeing x_0.
 * WHY     Whoever trains a network needs to know which loss is perfect.  It is not 0.
 * NEEDS   lessons 4, 7.   Notes: docs/lesson08.md
 * RUN     make lesson08   FIGURES  build/figures/lesson08*.png
 *
 * The references of this lesson are written down here from the betas and from GSL's own normal
 * distribution; the values come from src/theory.
 */
#include <math.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "check/quad.h"
#include "theory/elbo.h"
#include "theory/gaussian.h"
#include "theory/misprint.h"
#include "theory/predict.h"
#include "theory/schedule_spec.h"
#include "theory/weight.h"

#include "lesson08.h"

static const char *const schedule_names[] = {"S10", "S50", "L1000", "COS1000"};
schedule *schedules[N_SCHEDULES];
static const double x_0 = 0.731, noise = -0.517,
                    guess = -0.382; /* generic: x_0, eps and eps_theta */

/* A term is a quadratic in x_0, for which three Gauss-Hermite nodes are exact. */
typedef struct term {
    const schedule *s;
    const linear_chain *c;
    size_t t;
} term;

static double term_at(double x, void *params)
{
    const term *a = params;
    return a->t == 1 ? linear_decoder(a->s, a->c, x) : linear_denoising(a->s, a->c, a->t, x);
}

double average_term(const schedule *s, const linear_chain *c, size_t t, double m, double v)
{
    term a = {s, c, t};
    return quad_hermite(term_at, &a, m, sqrt(v), 3, NULL);
}

/* --- 8.1  The denoising sum ---------------------------------------------------------------------
 * v_t = 1 - abar_t obeys v_t = v_{t-1} + abar_{t-1} beta_t, and r = beta_tilde_t/beta_t =
 * v_{t-1}/v_t, so -ln(r)/2 = log1p(abar_{t-1} beta_t / v_{t-1})/2,  computed here from the betas
 * alone. */
static double denoising_from_betas(const schedule *s, size_t t)
{
    double alpha_bar = 1.0, v = 0.0;
    for (size_t k = 1; k < t; k++) {
        v += alpha_bar * s->beta[k];
        alpha_bar *= 1.0 - s->beta[k];
    }
    return 0.5 * log1p(alpha_bar * s->beta[t] / v);
}

/* Tolerance of one term: t roundings of abar and v, then 64 of summands of at most w_t + 1 < 4. */
static double term_tolerance(size_t t)
{
    return eps * (2.0 * (double)t + 64.0);
}

/* The weighted error with any formula for w_t, plus the constants; E|eps - eps*|^2 = abar_t for
 * N(0,1). */
static gap weights_and_constants(misprint_formula weight, double constants)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 2; t <= schedules[k]->T; t++) {
            const schedule *s = schedules[k];
            const double value = weight(s, t, &s->beta[t]) * s->alpha_bar[t] +
                                 constants * gaussian_kl_variances(s->beta_tilde[t], s->beta[t]);
            gap_add(&g, t, value, denoising_from_betas(s, t), term_tolerance(t));
        }
    return g;
}

static void denoising_sum(lesson *L)
{
    claim(L, "TRM-01");
    gap each = {0}, sum = {0};
    double squares = 0.0, constants = 0.0;
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        linear_chain *c = linear_chain_alloc(s, 0.0, 1.0, SIGMA_BETA);
        double total = 0.0;
        squares = k == L1000 ? 0.0 : squares;
        for (size_t t = 2; t <= s->T; t++) {
            const double value = average_term(s, c, t, 0.0, 1.0);
            gap_add(&each, t, value, denoising_from_betas(s, t), term_tolerance(t));
            total += value;
            if (k == L1000) squares += weight_eps(s, t, s->beta[t]) * s->alpha_bar[t];
            if (k == L1000) constants += gaussian_kl_variances(s->beta_tilde[t], s->beta[t]);
        }
        gap_add(&sum, s->T, total, 0.5 * log(s->var_bar[s->T] / s->beta[1]),
                (double)s->T * term_tolerance(0));
        say(L, "%-7s  sum of L_{t-1} = %.5f nats", schedule_names[k], total);
        linear_chain_free(c);
    }
    const gap right = weights_and_constants(misprint_quantity_find("weight_eps")->value, 1.0);
    road_gap(L, "linear_denoising", "L_{t-1} = -ln(r)/2 from the betas, 4 schedules", &each);
    road_gap(L, "linear_denoising", "their sum = ln((1-abar_T)/beta_1)/2", &sum);
    road_gap(L, "weight_eps", "w_t abar_t + (r - 1 - ln r)/2 = -ln(r)/2", &right);
    road(L, "weight_eps", "L1000, docs/claims.tsv: 4.26799 + 0.33716", squares + constants,
         4.26799 + 0.33716, 1e-5);
    const gap bare = weights_and_constants(misprint_quantity_find("weight_eps")->value, 0.0);
    control_gap(L, "without the constants (r - 1 - ln r)/2", &bare);
    for (const misprint *m = NULL; (m = misprint_next("weight_eps", m));) {
        const gap wrong = weights_and_constants(m->value, 1.0);
        control_gap(L, m->what, &wrong);
    }
    evidence(L, "L1000: %.5f + %.5f = %.5f nats", squares, constants, squares + constants);
}

/* --- 8.2  The reconstruction term ---------------------------------------------------------------
 *   -log N(x_0; mu, sigma_1^2) = |x_0 - mu|^2/(2 sigma_1^2) + ln(2 pi sigma_1^2)/2
 * and, with sigma_1^2 = beta_1 and mu from eps_theta,  = w_1 |eps - eps_theta|^2 + const, w_1 =
 * 1/(2 alpha_1). */
static double decoder_density(double x_1, void *params) /* -log p(x_0|x_1) with GSL's density */
{
    const term *a = params;
    return -log(gsl_ran_gaussian_pdf(x_0 - a->c->a[1] * x_1 - a->c->b[1], sqrt(a->c->var[1])));
}

static void reconstruction(lesson *L)
{
    claim(L, "TRM-02");
    gap plain = {0}, weighted = {0}, mean = {0}, unweighted = {0}, no_constant = {0}, sd = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        const double beta = s->beta[1], x_1 = sqrt(1.0 - beta) * x_0 + sqrt(beta) * noise;
        const double mu = (x_1 - sqrt(beta) * guess) / sqrt(1.0 - beta); /* v_1 = beta_1 */
        const double reference = -log(gsl_ran_gaussian_pdf(x_0 - mu, sqrt(beta)));
        const double constant = 0.5 * log(2.0 * M_PI * beta);
        /* x_0 - mu is a difference of numbers of size 1, amplified by |x_0 - mu|/beta. */
        const double tolerance = 16.0 * eps * (4.0 + fabs(x_0 - mu) / beta);
        gap_add(&plain, k,
                gsl_pow_2(x_0 - predict_mean_from_eps(s, 1, x_1, guess)) * weight_mu(beta) +
                    constant,
                reference, tolerance);
        gap_add(&weighted, k, weight_eps(s, 1, beta) * gsl_pow_2(noise - guess) + constant,
                reference, tolerance);
        gap_add(&unweighted, k, gsl_pow_2(x_0 - mu) + constant, reference, tolerance);
        gap_add(&no_constant, k, weight_mu(beta) * gsl_pow_2(x_0 - mu), reference, tolerance);
        gap_add(&sd, k, weight_mu(sqrt(beta)) * gsl_pow_2(x_0 - mu) + constant, reference,
                tolerance);
        linear_chain *c = linear_chain_alloc(s, 0.4, 0.6, SIGMA_BETA_TILDE);
        term a = {s, c, 1};
        double error;
        const double expected =
            quad_hermite(decoder_density, &a, sqrt(1.0 - beta) * x_0, sqrt(beta), 20, &error);
        gap_add(&mean, k, linear_decoder(s, c, x_0), expected,
                error + 16.0 * eps * (4.0 + fabs(x_0) / sqrt(beta)));
        linear_chain_free(c);
    }
    const double beta = schedules[L1000]->beta[1];
    road_gap(L, "predict_mean_from_eps", "|x_0-mu|^2/(2 sigma_1^2) + const = -log density", &plain);
    road_gap(L, "weight_eps", "w_1 |eps-eps_theta|^2 + const = -log density", &weighted);
    road_gap(L, "linear_decoder", "L_0 = E of it over q(x_1|x_0), quadrature", &mean);
    control_gap(L, "the MSE without 1/(2 sigma_1^2)", &unweighted);
    control_gap(L, "the constant ln(2 pi sigma_1^2)/2 forgotten", &no_constant);
    control_gap(L, "1/(2 sigma_1) for 1/(2 sigma_1^2)", &sd);
    evidence(L,
             "L1000: w_1 = %.5f, const %.4f per coordinate; the plain MSE is %.0f times too small",
             weight_eps(schedules[L1000], 1, beta), 0.5 * log(2.0 * M_PI * beta), weight_mu(beta));
}

/* --- 8.3  sigma_1^2 = beta_tilde_1 = 0 ------------------------------------------------------- */
/* Mean and variance of the sampler's x_0, unrolled from the data's side: x_0 = sum_t (a_1 ..
 * a_{t-1}) (b_t + sqrt(var_t) z_t) + a_1 .. a_T x_T.  A variance of zero is no obstacle. */
static gap unrolled_sampler(void)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        linear_chain *c = linear_chain_alloc(schedules[k], 0.4, 0.6, SIGMA_BETA_TILDE);
        double product = 1.0, mean = 0.0, var = 0.0, library_mean, library_var;
        c->var[1] = 0.0;
        for (size_t t = 1; t <= c->T; t++) {
            mean += product * c->b[t];
            var += product * product * c->var[t];
            product *= c->a[t];
        }
        linear_marginal(c, &library_mean, &library_var);
        /* T steps of four roundings on numbers below 1, on either side. */
        const double tolerance = 8.0 * eps * (double)c->T;
        gap_add(&g, k, library_mean, mean, tolerance);
        gap_add(&g, k, library_var, var + product * product, tolerance);
        linear_chain_free(c);
    }
    return g;
}

static void zero_variance(lesson *L)
{
    claim(L, "TRM-03");
    const schedule *s = schedules[L1000];
    linear_chain *c = linear_chain_alloc(s, 0.0, 1.0, SIGMA_BETA);
    const double proper = linear_decoder(s, c, x_0), entropy = 0.5 * log(2.0 * M_PI * M_E);
    double mean, var, previous = proper;
    printed(L, "|x_0-mu|^2/(2 beta_tilde_1): a finite L_0",
            (1.0 - s->alpha[1]) * s->beta[1] / (2.0 * s->beta_tilde[1]), proper,
            64.0 * eps / sqrt(s->beta[1]));
    size_t falls = 0, refused = 0;
    for (int k = 1; k <= 30; k++) { /* sigma_1^2 = 10^-k beta_1: L_0 grows without bound */
        c->var[1] = s->beta[1] * gsl_pow_int(0.1, k);
        const double now = linear_decoder(s, c, x_0);
        falls += !(now > previous);
        previous = now;
    }
    c->var[1] = 0.0;
    reverse_model p = linear_reverse_model(c);
    gsl_error_handler_t *old = gsl_set_error_handler_off();
    refused +=
        gsl_isnan(elbo_reverse_log_pdf(&p, 1, x_0, noise)) + gsl_isnan(weight_mu(s->beta_tilde[1]));
    gsl_set_error_handler(old);
    linear_marginal(c, &mean, &var);
    road_all(L, "linear_decoder", "L_0 grows as sigma_1^2 -> 0, thirty decades", falls, 30);
    road_all(L, "weight_mu", "the library refuses sigma_1^2 = 0 (NaN)", 2 - refused, 2);
    const gap sampler = unrolled_sampler();
    road_gap(L, "linear_marginal", "as a sampler it is fine: mean and variance of x_0", &sampler);
    road(L, NULL, "N(0,1), sigma_t^2 = beta_t elsewhere: 1 - beta_1", var, 1.0 - s->beta[1],
         8.0 * eps * (double)s->T);
    linear_chain_free(c);
    c = linear_chain_alloc(s, 0.0, 1.0, SIGMA_BETA_TILDE);
    road(L, "linear_decoder", "with sigma_1^2 = beta_1: L_0 = E of -log density",
         linear_decoder(s, c, x_0),
         0.5 * log(2.0 * M_PI * s->beta[1]) + 0.5 * (s->alpha[1] + s->beta[1] * x_0 * x_0),
         64.0 * eps / sqrt(s->beta[1])); /* x_0 - mu cancels to sqrt(beta_1) */
    linear_chain_free(c);
    evidence(L,
             "L1000: beta_tilde_1 = %g; L_0 = %.4f at sigma_1^2 = beta_1, %.1e at 1e-30 of it "
             "(entropy of the data %.4f)",
             s->beta_tilde[1], proper, previous, entropy);
}

/* --- 8.8  The figures ------------------------------------------------------------------------ */
static void draw_terms(lesson *L)
{
    schedule *s = schedule_of_figure(L);
    data_file *f = data_open(L, "terms", "t term floor constant");
    for (size_t t = 2; f && t <= s->T; t++) {
        const double error = weight_eps(s, t, s->beta[t]) * s->alpha_bar[t];
        const double constant = gaussian_kl_variances(s->beta_tilde[t], s->beta[t]);
        data_line(f, "%zu %.9g %.9g %.9g", t, error + constant, error, constant);
    }
    data_close(f);
    schedule_free(s);
}

int main(int argc, char **argv)
{
    lesson *L = lesson_open(argc, argv, 8, "Every term of the bound as a number");
    for (size_t k = 0; k < N_SCHEDULES; k++)
        if (!(schedules[k] = schedule_named_alloc(schedule_names[k]))) return 2;
    const bool all = !lesson_random_only(L);
    if (all) {
        section(L, "8.1  The denoising sum");
        denoising_sum(L);
        section(L, "8.2  The reconstruction term");
        reconstruction(L);
        section(L, "8.3  A variance of zero at t = 1");
        zero_variance(L);
        section(L, "8.4  The discretised decoder");
        discretised_decoder(L);
    }
    section(L, "8.5  A target that cannot be hit");
    perfect_target(L);
    if (all) {
        section(L, "8.6  What conditioning on x_0 costs");
        condition_on_x0(L);
    }
    section(L, "8.7  The last step left out");
    leave_out_the_last_step(L);
    if (all) {
        draw_terms(L);
        draw_decoder(L);
    }
    for (size_t k = 0; k < N_SCHEDULES; k++) schedule_free(schedules[k]);
    return lesson_close(L);
}
