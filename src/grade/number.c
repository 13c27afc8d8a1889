/* number.c -- expected numbers, computed from src/theory, and the wrong ones that are common. */
#include "grade/number.h"

#include <math.h>
#include <string.h>

#include <gsl/gsl_math.h>

#include "theory/elbo.h"
#include "theory/gaussian.h"
#include "theory/posterior.h"
#include "theory/schedule.h"
#include "theory/weight.h"

/* One number, one line. */
/* clang-format off */

typedef double of_schedule(const schedule *s);

static double on(const char *name, of_schedule *f)
{
    schedule *s = schedule_named_alloc(name);
    const double value = s ? f(s) : (double)NAN;
    schedule_free(s);
    return value;
}

/* ---- Homework 1 ---- */

static double of_beta_1(const schedule *s) { return s->beta[1]; }
static double of_beta_tilde_1(const schedule *s) { return posterior_var(s, 1); }
static double of_mismatch(const schedule *s) { return 0.5 * log(posterior_var(s, 2) / s->beta[1]); }
static double beta_1(void) { return on("L1000", of_beta_1); }
static double beta_tilde_1(void) { return on("L1000", of_beta_tilde_1); }
static double mismatch(void) { return on("L1000", of_mismatch); }
static double mismatch_sign(void) { return -mismatch(); }
static double mismatch_twice(void) { return 2.0 * mismatch(); }
static double calls_denoising(void) { return 999.0; }
static double calls_full(void) { return 1000.0; }
static double one_call(void) { return 1.0; }
static double no_call(void) { return 0.0; }

/* For data N(0,1) and a perfect network with variance beta_t, summed over t = 2 .. T. */
static double of_denoising(const schedule *s) { return 0.5 * log(s->var_bar[s->T] / s->beta[1]); }
static double of_alpha_1(const schedule *s) { return s->alpha[1]; }
static double denoising_sum(void) { return on("L1000", of_denoising); }
static double minus_elbo(void) { return 0.5 * log(2.0 * M_PI * M_E); }

/* ---- Homework 2 ---- */

static double of_w_1(const schedule *s) { return weight_eps(s, 1, s->beta[1]); }
static double of_w_2(const schedule *s) { return weight_eps(s, 2, s->beta[2]); }
static double of_w_10(const schedule *s) { return weight_eps(s, 10, s->beta[10]); }
static double of_w_100(const schedule *s) { return weight_eps(s, 100, s->beta[100]); }
static double of_w_T(const schedule *s) { return weight_eps(s, s->T, s->beta[s->T]); }
static double of_grey(const schedule *s) { return sqrt(s->beta[1]) * 127.5; }
static double of_prior(const schedule *s) { return elbo_prior(s, 1.0); }
static double of_prior_0(const schedule *s) { return elbo_prior(s, 0.0); }
static double of_offset(const schedule *s) { return 0.5 * log(s->beta[2] / posterior_var(s, 2)); }
static double w_1(void) { return on("L1000", of_w_1); }
static double w_2(void) { return on("L1000", of_w_2); }
static double w_10(void) { return on("L1000", of_w_10); }
static double w_100(void) { return on("L1000", of_w_100); }
static double w_T(void) { return on("L1000", of_w_T); }
static double w_1_twice(void) { return 2.0 * w_1(); }
static double w_1_no_sigma(void) { return 2.0 * w_1() * beta_1(); }
static double w_1_root(void) { return w_1() * sqrt(beta_1()); }
static double grey_levels(void) { return on("L1000", of_grey); }
static double grey_raw(void) { return sqrt(beta_1()); }
static double grey_variance(void) { return beta_1() * 127.5; }
static double grey_double(void) { return 2.0 * grey_levels(); }
static double prior_l1000(void) { return on("L1000", of_prior); }
static double prior_bad50(void) { return on("BAD50", of_prior); }
static double prior_no_mean(void) { return on("L1000", of_prior_0); }
static double prior_twice(void) { return 2.0 * prior_l1000(); }
static double x0_offset(void) { return on("L1000", of_offset); }
static double x0_offset_sign(void) { return -x0_offset(); }
static double x0_offset_twice(void) { return 2.0 * x0_offset(); }

static double of_small_share(const schedule *s)
{
    double small = 0.0, all = 0.0;
    for (size_t t = 1; t <= s->T; t++) {
        const double w = weight_eps(s, t, s->beta[t]);
        all += w;
        if (10 * t <= s->T) small += w;
    }
    return small / all;
}
static double small_share(void) { return on("L1000", of_small_share); }

/* ---- Homework 3 and the others ---- */

static double kl_pair(void) { return gaussian_kl(0.5, 0.5, 0.0, 0.9); }
static double kl_pair_mse(void) { return 0.25 / 1.8; }
static double kl_pair_reversed(void) { return gaussian_kl(0.0, 0.9, 0.5, 0.5); }
static double kl_pair_twice(void) { return 2.0 * kl_pair(); }
static double kl_pair_var(void) { return gaussian_kl_variances(0.5, 0.9) + 0.25; }
static double of_amplification(const schedule *s)
{
    return sqrt(s->var_bar[s->T] / s->alpha_bar[s->T]);
}
static double amplification(void) { return on("L1000", of_amplification); }
static double amplification_inverse(void) { return 1.0 / amplification(); }
static double amplification_square(void) { return amplification() * amplification(); }
static double of_loss_from(const schedule *s, size_t first)
{
    double sum = 0.0; /* data N(0,1): the best E|eps - eps_hat|^2 at t is abar_t */
    for (size_t t = first; t <= s->T; t++) sum += s->alpha_bar[t];
    return sum / (double)(s->T + 1 - first);
}
static double of_loss(const schedule *s) { return of_loss_from(s, 1); }
static double of_loss_2(const schedule *s) { return of_loss_from(s, 2); }
static double oracle_loss(void) { return on("L1000", of_loss); }
static double oracle_loss_2(void) { return on("L1000", of_loss_2); }
static double oracle_loss_signal(void) { return 1.0 - oracle_loss(); }
static double of_w_x0_2(const schedule *s) { return weight_x0(s, 2, posterior_var(s, 2)); }
static double of_weight_2(const schedule *s) { return posterior_weight_x0(s, 2); }
static double w_x0_2(void) { return on("L1000", of_w_x0_2); }
static double w_x0_2_twice(void) { return 2.0 * w_x0_2(); }
static double weight_2(void) { return on("L1000", of_weight_2); }
static double weight_2_square(void) { return weight_2() * weight_2(); }
static double of_root_abar(const schedule *s) { return sqrt(s->alpha_bar[300]); }
static double of_abar(const schedule *s) { return s->alpha_bar[300]; }
static double root_abar_300(void) { return on("L1000", of_root_abar); }
static double abar_300(void) { return on("L1000", of_abar); }
static double root_var_300(void) { return sqrt(1.0 - abar_300()); }
static double of_blind(const schedule *s)
{
    double mean = 0.0; /* the best network that is not told t says c x_t, c = mean sqrt(1-abar_t) */
    for (size_t t = 1; t <= s->T; t++) mean += sqrt(s->var_bar[t]) / (double)s->T;
    return 1.0 - mean * mean;
}
static double blind_loss(void) { return on("L1000", of_blind); }
static double alpha_1(void) { return on("L1000", of_alpha_1); }

static const char *const ask_half = "What stands in front of the square in the KL of two Gaussians?";
static const number numbers[] = {
    {"beta_tilde_1", "beta_tilde_1", beta_tilde_1, 1e-12, {
        {"number-beta", "If x_0 is known, how much doubt about x_0 is left?", beta_1},
        {"number-alpha", "If x_0 is known, how much doubt about x_0 is left?", alpha_1}}},
    {"mismatch", "ln(beta_tilde_2/beta_1)/2 on L1000: negative, so no KL", mismatch, 2e-3, {
        {"number-sign", "Which of the two densities is wider, and what does that do to the log ratio?", mismatch_sign},
        {"number-no-half", "What stands in front of the logarithm in the log density of a Gaussian?", mismatch_twice},
        {"number-zero", "Do the two laws have the same variance?", no_call}}},
    {"calls_denoising", "network calls of the denoising sum, T = 1000", calls_denoising, 1e-9, {
        {"number-range", "From which t to which T does the denoising sum run?", calls_full},
        {"number-one", "How many terms does the sum have, and can two of them share a call?", one_call}}},
    {"w_1", "w_1 on L1000, sigma_1^2 = beta_1", w_1, 3e-3, {
        {"number-no-half", NULL, w_1_twice},
        {"number-no-sigma", "Where did the 1/(2 sigma_t^2) of the KL go, and does it depend on t?", w_1_no_sigma},
        {"number-root", "The slope of the mean in eps is squared. Is every factor of it?", w_1_root}}},
    {"grey_levels", "sqrt(beta_1) in grey levels, L1000", grey_levels, 2.5e-2, {
        {"number-unit", "How many grey levels is one unit of x, if x runs from -1 to 1?", grey_raw},
        {"number-variance", "Is beta_1 a variance or a standard deviation?", grey_variance},
        {"number-range", "How many grey levels is one unit of x, if x runs from -1 to 1?", grey_double}}},
    {"prior_l1000", "L_T on L1000, x_0 = 1", prior_l1000, 1e-2, {
        {"prior-zero", "Is alpha_bar_T zero?", no_call},
        {"prior-no-mean", "Does q(x_T|x_0) still know x_0?", prior_no_mean},
        {"prior-no-half", NULL, prior_twice}}},
    {"x0_offset", "ln(beta_2/beta_tilde_2)/2 on L1000", x0_offset, 2e-3, {
        {"number-sign", "Is a divergence negative?", x0_offset_sign},
        {"number-no-half", NULL, x0_offset_twice}}},
    {"calls_full", "network calls of the full bound, T = 1000", calls_full, 1e-9, {
        {"number-reconstruction", "Does the reconstruction term need the network?", calls_denoising},
        {"number-one", "Is one random term the whole sum?", one_call}}},
    {"kl_pair", "KL(N(0.5, 0.5) || N(0, 0.9))", kl_pair, 2e-3, {
        {"kl-mse-only", "When do the variances contribute nothing?", kl_pair_mse},
        {"kl-reversed", "Under which of the two laws is the expectation taken?", kl_pair_reversed},
        {"kl-no-half", "What stands in front of the square in the exponent of a Gaussian?", kl_pair_twice},
        {"kl-wrong-variance", "Under whose ruler is the distance of the means measured?", kl_pair_var}}},
    {"amplification", "sqrt((1-abar_T)/abar_T) on L1000", amplification, 5e-3, {
        {"number-inverse", "Does an error grow or shrink when you divide by sqrt(abar_T)?", amplification_inverse},
        {"number-square", "Is it the ratio of variances or of standard deviations?", amplification_square}}},
    {"oracle_loss", "mean of abar_t over t = 1 .. 1000", oracle_loss, 1e-3, {
        {"number-range", "Is t = 1 among the steps that training draws?", oracle_loss_2},
        {"number-signal", "At small t, is the noise easy or hard to see?", oracle_loss_signal}}},
    {"w_x0_2", "(SNR(1)-SNR(2))/2 on L1000", w_x0_2, 3e-3, {
        {"number-no-half", NULL, w_x0_2_twice},
        {"weight-x0-no-square", "What happens to a constant when it is pulled out of a squared norm?", weight_2},
        {"number-no-sigma", "Where did the 1/(2 sigma_t^2) of the KL go, and does it depend on t?", weight_2_square}}},
    {"root_abar_300", "sqrt(abar_300) on L1000", root_abar_300, 2e-3, {
        {"number-root", "Is it abar_t or its root?", abar_300},
        {"number-noise", "Is this the part of the data or of the noise?", root_var_300}}},
    /* For the human grader. */
    {"denoising_sum", "sum of the denoising KLs, data N(0,1), perfect network, L1000", denoising_sum, 0, {{0}}},
    {"minus_elbo", "-log p(x) of N(0,1) on average (what the three terms add up to)", minus_elbo, 0, {{0}}},
    {"prior_bad50", "L_T on BAD50 (50 steps of the usual betas), x_0 = 1", prior_bad50, 0, {{0}}},
    {"w_2", "w_2, sigma^2 = beta, L1000", w_2, 0, {{0}}},
    {"w_10", "w_10", w_10, 0, {{0}}},
    {"w_100", "w_100", w_100, 0, {{0}}},
    {"w_T", "w_T", w_T, 0, {{0}}},
    {"small_share", "share of the weight in the first tenth of the steps (uniform: 0.1)", small_share, 0, {{0}}},
    {"blind_loss", "best loss of a network that is not told t, data N(0,1), L1000", blind_loss, 0, {{0}}},
    {"weight_2", "weight of x_0 in mu_tilde at t = 2, L1000", weight_2, 0, {{0}}},
    {"beta_1", "beta_1 on L1000", beta_1, 0, {{0}}},
};
/* clang-format on */

const number *number_at(size_t i)
{
    return i < sizeof numbers / sizeof numbers[0] ? &numbers[i] : NULL;
}

const number *number_find(const char *name)
{
    const number *n;
    for (size_t i = 0; (n = number_at(i)); i++)
        if (strcmp(n->name, name) == 0) return n;
    return NULL;
}

static bool close_to(double answer, double value, double tolerance)
{
    return fabs(answer - value) <= (value == 0.0 ? 1e-12 : tolerance * fabs(value));
}

bool number_judge(const number *n, double answer, const char **id, const char **hint)
{
    *id = "number-other";
    *hint = "Which formula did you evaluate, and with which schedule and index?";
    if (close_to(answer, n->value(), n->tolerance)) return true;
    for (int i = 0; i < NUMBER_WRONGS && n->wrong[i].id; i++) {
        if (!close_to(answer, n->wrong[i].value(), fmax(n->tolerance, 1e-9))) continue;
        *id = n->wrong[i].id;
        *hint = n->wrong[i].hint ? n->wrong[i].hint : ask_half;
        break;
    }
    return false;
}
