/* misprint.c -- the table of named wrong formulas.  Each function is the formula as somebody wrote it;
 * its error is named in the table below. */
#include "theory/misprint.h"

#include <math.h>
#include <string.h>

#include "theory/elbo.h"
#include "theory/forward.h"
#include "theory/gaussian.h"
#include "theory/posterior.h"
#include "theory/predict.h"
#include "theory/weight.h"

/* ---- The true formulas in the shared signature ---- */

static double true_forward_step(const schedule *s, size_t t, const double *x)
{
    return forward_step(s, t, x[0], x[1]);
}

static double true_forward_jump(const schedule *s, size_t t, const double *x)
{
    return forward_jump(s, t, x[0], x[1]);
}

static double true_posterior_mean(const schedule *s, size_t t, const double *x)
{
    return posterior_mean(s, t, x[0], x[1]);
}

static double true_posterior_var(const schedule *s, size_t t, const double *x)
{
    (void)x;
    return posterior_var(s, t);
}

static double true_mean_from_eps(const schedule *s, size_t t, const double *x)
{
    return predict_mean_from_eps(s, t, x[0], x[1]);
}

static double true_x0_from_eps(const schedule *s, size_t t, const double *x)
{
    return predict_x0_from_eps(s, t, x[0], x[1]);
}

static double true_score(const schedule *s, size_t t, const double *x)
{
    return predict_score_from_eps(s, t, x[0]);
}

static double true_weight_eps(const schedule *s, size_t t, const double *x)
{
    return weight_eps(s, t, x[0]);
}

static double true_weight_x0(const schedule *s, size_t t, const double *x)
{
    return weight_x0(s, t, x[0]);
}

static double true_prior(const schedule *s, size_t t, const double *x)
{
    (void)t;
    return elbo_prior(s, x[0]);
}

static double true_kl(const schedule *s, size_t t, const double *x)
{
    (void)s;
    (void)t;
    return gaussian_kl(x[0], x[1], x[2], x[3]);
}

static double true_bayes(const schedule *s, size_t t, const double *x)
{
    return posterior_log_pdf(s, t, x[0], x[1], x[2]);
}

/* ---- The wrong ones ---- */

static double forward_step_beta(const schedule *s, size_t t, const double *x)
{
    return sqrt(s->alpha[t]) * x[0] + s->beta[t] * x[1];
}

static double forward_step_mean(const schedule *s, size_t t, const double *x)
{
    return s->alpha[t] * x[0] + sqrt(s->beta[t]) * x[1];
}

static double forward_jump_mean(const schedule *s, size_t t, const double *x)
{
    return s->alpha_bar[t] * x[0] + sqrt(s->var_bar[t]) * x[1];
}

static double forward_jump_variance(const schedule *s, size_t t, const double *x)
{
    return sqrt(s->alpha_bar[t]) * x[0] + s->var_bar[t] * x[1];
}

static double forward_jump_shifted(const schedule *s, size_t t, const double *x)
{
    return forward_jump(s, t - 1, x[0], x[1]);
}

static double forward_jump_one_alpha(const schedule *s, size_t t, const double *x)
{
    return sqrt(s->alpha[t]) * x[0] + sqrt(s->beta[t]) * x[1];
}

static double forward_jump_no_data(const schedule *s, size_t t, const double *x)
{
    return sqrt(s->var_bar[t]) * x[1] + 0.0 * x[0];
}

static double forward_jump_data_squared(const schedule *s, size_t t, const double *x)
{
    return sqrt(s->alpha_bar[t]) * x[0] * x[0] + sqrt(s->var_bar[t]) * x[1];
}

static double forward_jump_abs_noise(const schedule *s, size_t t, const double *x)
{
    return sqrt(s->alpha_bar[t]) * x[0] + sqrt(s->var_bar[t]) * fabs(x[1]);
}

static double posterior_mean_swapped(const schedule *s, size_t t, const double *x)
{
    return posterior_weight_x0(s, t) * x[0] + posterior_weight_xt(s, t) * x[1];
}

static double posterior_mean_abar_t(const schedule *s, size_t t, const double *x)
{
    return sqrt(s->alpha_bar[t]) * s->beta[t] / s->var_bar[t] * x[1] +
           posterior_weight_xt(s, t) * x[0];
}

static double posterior_mean_root_abar(const schedule *s, size_t t, const double *x)
{
    return posterior_weight_x0(s, t) * x[1] +
           sqrt(s->alpha_bar[t]) * s->var_bar[t - 1] / s->var_bar[t] * x[0];
}

static double posterior_mean_no_root(const schedule *s, size_t t, const double *x)
{
    return s->alpha_bar[t - 1] * s->beta[t] / s->var_bar[t] * x[1] +
           posterior_weight_xt(s, t) * x[0];
}

static double posterior_mean_no_xt(const schedule *s, size_t t, const double *x)
{
    return posterior_weight_x0(s, t) * x[1] + posterior_weight_xt(s, t) * x[1];
}

static double posterior_var_beta(const schedule *s, size_t t, const double *x)
{
    (void)x;
    return s->beta[t];
}

static double posterior_var_inverted(const schedule *s, size_t t, const double *x)
{
    (void)x;
    return s->beta[t] * s->var_bar[t] / s->var_bar[t - 1];
}

static double posterior_var_sd(const schedule *s, size_t t, const double *x)
{
    (void)x;
    return sqrt(posterior_var(s, t));
}

static double posterior_var_abar(const schedule *s, size_t t, const double *x)
{
    (void)x;
    return s->beta[t] * s->alpha_bar[t] / s->alpha_bar[t - 1];
}

static double mean_eps_root_abar(const schedule *s, size_t t, const double *x)
{
    return (x[0] - s->beta[t] / sqrt(s->var_bar[t]) * x[1]) / sqrt(s->alpha_bar[t]);
}

static double mean_eps_no_root(const schedule *s, size_t t, const double *x)
{
    return (x[0] - s->beta[t] / s->var_bar[t] * x[1]) / sqrt(s->alpha[t]);
}

static double mean_eps_root_beta(const schedule *s, size_t t, const double *x)
{
    return (x[0] - sqrt(s->beta[t]) / sqrt(s->var_bar[t]) * x[1]) / sqrt(s->alpha[t]);
}

static double mean_eps_plus(const schedule *s, size_t t, const double *x)
{
    return (x[0] + s->beta[t] / sqrt(s->var_bar[t]) * x[1]) / sqrt(s->alpha[t]);
}

static double mean_eps_shifted(const schedule *s, size_t t, const double *x)
{
    return (x[0] - s->beta[t] / sqrt(s->var_bar[t - 1]) * x[1]) / sqrt(s->alpha[t]);
}

static double mean_eps_no_alpha(const schedule *s, size_t t, const double *x)
{
    return x[0] - s->beta[t] / sqrt(s->var_bar[t]) * x[1];
}

static double mean_eps_swapped(const schedule *s, size_t t, const double *x)
{
    return (x[1] - s->beta[t] / sqrt(s->var_bar[t]) * x[0]) / sqrt(s->alpha[t]);
}

static double x0_eps_abar(const schedule *s, size_t t, const double *x)
{
    return (x[0] - sqrt(s->var_bar[t]) * x[1]) / s->alpha_bar[t];
}

static double x0_eps_no_root(const schedule *s, size_t t, const double *x)
{
    return (x[0] - s->var_bar[t] * x[1]) / sqrt(s->alpha_bar[t]);
}

static double x0_eps_swapped(const schedule *s, size_t t, const double *x)
{
    return (x[1] - sqrt(s->var_bar[t]) * x[0]) / sqrt(s->alpha_bar[t]);
}

static double x0_eps_no_eps(const schedule *s, size_t t, const double *x)
{
    return x[0] / sqrt(s->alpha_bar[t]);
}

static double x0_eps_plus(const schedule *s, size_t t, const double *x)
{
    return (x[0] + sqrt(s->var_bar[t]) * x[1]) / sqrt(s->alpha_bar[t]);
}

static double score_plus(const schedule *s, size_t t, const double *x)
{
    return x[0] / sqrt(s->var_bar[t]);
}

static double score_variance(const schedule *s, size_t t, const double *x)
{
    return -x[0] / s->var_bar[t];
}

static double score_no_scale(const schedule *s, size_t t, const double *x)
{
    (void)s;
    (void)t;
    return -x[0];
}

static double weight_no_sigma(const schedule *s, size_t t, const double *x)
{
    return s->beta[t] * s->beta[t] / (s->alpha[t] * s->var_bar[t]) + 0.0 * x[0];
}

static double weight_no_half(const schedule *s, size_t t, const double *x)
{
    return 2.0 * weight_eps(s, t, x[0]);
}

static double weight_root_var(const schedule *s, size_t t, const double *x)
{
    return weight_eps(s, t, x[0]) * sqrt(s->var_bar[t]);
}

static double weight_root_alpha(const schedule *s, size_t t, const double *x)
{
    return weight_eps(s, t, x[0]) * sqrt(s->alpha[t]);
}

static double weight_sigma(const schedule *s, size_t t, const double *x)
{
    return weight_eps(s, t, x[0]) * sqrt(x[0]);
}

static double weight_beta_once(const schedule *s, size_t t, const double *x)
{
    return weight_eps(s, t, x[0]) / s->beta[t];
}

static double weight_x0_no_square(const schedule *s, size_t t, const double *x)
{
    return weight_mu(x[0]) * posterior_weight_x0(s, t);
}

static double weight_x0_no_half(const schedule *s, size_t t, const double *x)
{
    return 2.0 * weight_x0(s, t, x[0]);
}

static double prior_no_mean(const schedule *s, size_t t, const double *x)
{
    (void)t;
    return elbo_prior(s, 0.0) + 0.0 * x[0];
}

static double prior_reversed(const schedule *s, size_t t, const double *x)
{
    (void)t;
    return gaussian_kl(0.0, 1.0, sqrt(s->alpha_bar[s->T]) * x[0], s->var_bar[s->T]);
}

static double prior_no_half(const schedule *s, size_t t, const double *x)
{
    (void)t;
    return 2.0 * elbo_prior(s, x[0]);
}

static double prior_zero(const schedule *s, size_t t, const double *x)
{
    (void)s;
    (void)t;
    return 0.0 * x[0];
}

static double kl_mse_only(const schedule *s, size_t t, const double *x)
{
    (void)s;
    (void)t;
    return (x[0] - x[2]) * (x[0] - x[2]) / (2.0 * x[3]);
}

static double kl_wrong_variance(const schedule *s, size_t t, const double *x)
{
    (void)s;
    (void)t;
    return gaussian_kl_variances(x[1], x[3]) + (x[0] - x[2]) * (x[0] - x[2]) / (2.0 * x[1]);
}

static double kl_reversed(const schedule *s, size_t t, const double *x)
{
    (void)s;
    (void)t;
    return gaussian_kl(x[2], x[3], x[0], x[1]);
}

static double kl_no_half(const schedule *s, size_t t, const double *x)
{
    (void)s;
    (void)t;
    return 2.0 * gaussian_kl(x[0], x[1], x[2], x[3]);
}

static double kl_sigma(const schedule *s, size_t t, const double *x)
{
    (void)s;
    (void)t;
    return gaussian_kl_variances(x[1], x[3]) + (x[0] - x[2]) * (x[0] - x[2]) / (2.0 * sqrt(x[3]));
}

static double bayes_inverted(const schedule *s, size_t t, const double *x)
{
    return forward_step_log_pdf(s, t, x[1], x[0]) - forward_jump_log_pdf(s, t - 1, x[0], x[2]) +
           forward_jump_log_pdf(s, t, x[1], x[2]);
}

static double bayes_unconditioned(const schedule *s, size_t t, const double *x)
{
    return forward_step_log_pdf(s, t, x[1], x[0]) + forward_jump_log_pdf(s, t - 1, x[0], x[2]);
}

/* ---- The tables ---- */

const misprint_quantity misprint_quantities[] = {
    {"forward_step", "forward_step", "sqrt(1-beta_t) x_{t-1} + sqrt(beta_t) eps", "x_{t-1} eps", 2,
     1, true_forward_step},
    {"forward_jump", "forward_jump", "sqrt(abar_t) x_0 + sqrt(1-abar_t) eps", "x_0 eps", 2, 1,
     true_forward_jump},
    {"posterior_mean", "posterior_mean",
     "sqrt(abar_{t-1}) beta_t/(1-abar_t) x_0 + sqrt(alpha_t)(1-abar_{t-1})/(1-abar_t) x_t",
     "x_t x_0", 2, 1, true_posterior_mean},
    {"posterior_var", "posterior_var", "(1-abar_{t-1})/(1-abar_t) beta_t", "", 0, 2,
     true_posterior_var},
    {"mean_from_eps", "predict_mean_from_eps", "(x_t - beta_t/sqrt(1-abar_t) eps)/sqrt(alpha_t)",
     "x_t eps", 2, 1, true_mean_from_eps},
    {"x0_from_eps", "predict_x0_from_eps", "(x_t - sqrt(1-abar_t) eps)/sqrt(abar_t)", "x_t eps", 2,
     1, true_x0_from_eps},
    {"score", "predict_score_from_eps", "-eps/sqrt(1-abar_t)", "eps", 1, 1, true_score},
    {"weight_eps", "weight_eps", "beta_t^2/(2 sigma_t^2 alpha_t (1-abar_t))", "sigma_t^2", 1, 1,
     true_weight_eps},
    {"weight_x0", "weight_x0", "abar_{t-1} beta_t^2/(2 sigma_t^2 (1-abar_t)^2)", "sigma_t^2", 1, 1,
     true_weight_x0},
    {"prior", "elbo_prior", "(abar_T x_0^2 - abar_T - ln(1-abar_T))/2", "x_0", 1, 1, true_prior},
    {"kl", "gaussian_kl", "(r - 1 - ln r)/2 + (mean_q-mean_p)^2/(2 var_p), r = var_q/var_p",
     "mean_q var_q mean_p var_p", 4, 1, true_kl},
    {"bayes", "posterior_log_pdf", "log q(x_t|x_{t-1}) + log q(x_{t-1}|x_0) - log q(x_t|x_0)",
     "x_{t-1} x_t x_0", 3, 2, true_bayes},
};
const size_t misprint_n_quantities = sizeof misprint_quantities / sizeof misprint_quantities[0];

const misprint misprints[] = {
    {"forward-step-beta", "forward_step", "beta_t for sqrt(beta_t)",
     "a public course notebook, open since 2021",
     "If eps has variance 1, what variance does your noise term have?", forward_step_beta},
    {"forward-step-mean", "forward_step", "1-beta_t for sqrt(1-beta_t)", "students",
     "If x_{t-1} has variance 1, what variance does your x_t have?", forward_step_mean},
    {"forward-jump-mean", "forward_jump", "abar_t for sqrt(abar_t)", "students",
     "What is the variance of x_t when x_0 has variance 1?", forward_jump_mean},
    {"forward-jump-variance", "forward_jump", "variance 1-abar_t used as standard deviation",
     "the most repeated error of public code", "Is 1-abar_t a variance or a standard deviation?",
     forward_jump_variance},
    {"forward-jump-shifted", "forward_jump", "index off by one (abar_{t-1})", "public code, often",
     "Which index has seen t steps of noise?", forward_jump_shifted},
    {"forward-jump-one-alpha", "forward_jump", "alpha_t for abar_t", "students",
     "How much of x_0 is left after t steps, and after one?", forward_jump_one_alpha},
    {"forward-jump-no-data", "forward_jump", "x_0 is ignored", "passes a published course test",
     "Which of your terms changes when x_0 changes?", forward_jump_no_data},
    {"forward-jump-data-squared", "forward_jump", "x_0^2 for x_0", "passes a published course test",
     "Is your x_t odd in x_0?", forward_jump_data_squared},
    {"forward-jump-abs-noise", "forward_jump", "|eps| for eps", "passes a published course test",
     "What is the mean of your noise term?", forward_jump_abs_noise},
    {"posterior-mean-swapped", "posterior_mean", "the two weights swapped", "students",
     "At t = 1 the posterior is a point mass. At which of the two arguments?",
     posterior_mean_swapped},
    {"posterior-mean-abar-t", "posterior_mean", "abar_t for abar_{t-1} in the x_0 weight",
     "students", "Through which step does the prior q(x_{t-1}|x_0) see x_0?",
     posterior_mean_abar_t},
    {"posterior-mean-root-abar", "posterior_mean",
     "sqrt(abar_t) for sqrt(alpha_t) in the x_t weight",
     "Prathosh, ELBO Equivalence, section 4 step 2; a public course notebook",
     "How does x_t depend on x_{t-1}: through one step or through all of them?",
     posterior_mean_root_abar},
    {"posterior-mean-no-root", "posterior_mean", "abar_{t-1} without its root", "students",
     "What multiplies x_0 in the mean of q(x_{t-1}|x_0)?", posterior_mean_no_root},
    {"posterior-mean-no-xt", "posterior_mean", "x_t is ignored", "passes a published course test",
     "What does your mean do when x_t moves?", posterior_mean_no_xt},
    {"posterior-var-beta", "posterior_var", "beta_t for beta_tilde_t", "public code, often",
     "Does knowing x_0 as well leave the variance of the step unchanged?", posterior_var_beta},
    {"posterior-var-inverted", "posterior_var", "the ratio inverted", "students",
     "Can the posterior be wider than the step itself?", posterior_var_inverted},
    {"posterior-var-sd", "posterior_var", "the standard deviation for the variance", "students",
     "Which of your numbers has the unit of x squared?", posterior_var_sd},
    {"posterior-var-abar", "posterior_var", "abar for 1-abar in the ratio", "students",
     "What happens to your variance as t goes to 1?", posterior_var_abar},
    {"mean-eps-root-abar", "mean_from_eps", "1/sqrt(abar_t) outside instead of 1/sqrt(alpha_t)",
     "students", "Do you step back to x_{t-1} or all the way to x_0?", mean_eps_root_abar},
    {"mean-eps-no-root", "mean_from_eps", "1-abar_t without its root",
     "the most repeated error of public code", "Is 1-abar_t a variance or a standard deviation?",
     mean_eps_no_root},
    {"mean-eps-root-beta", "mean_from_eps", "sqrt(beta_t) for beta_t", "public code, often",
     "Which power of beta_t does the x_0 weight of mu_tilde carry?", mean_eps_root_beta},
    {"mean-eps-plus", "mean_from_eps", "plus for minus", "students",
     "Does your step remove noise or add it?", mean_eps_plus},
    {"mean-eps-shifted", "mean_from_eps", "abar_{t-1} for abar_t", "public code: off by one",
     "Which noise level does eps belong to?", mean_eps_shifted},
    {"mean-eps-no-alpha", "mean_from_eps", "1/sqrt(alpha_t) missing", "students",
     "A step forward shrinks by sqrt(alpha_t). What does a step back do?", mean_eps_no_alpha},
    {"mean-eps-swapped", "mean_from_eps", "x_t and eps swapped", "passes a published course test",
     "Which argument survives when beta_t goes to 0?", mean_eps_swapped},
    {"x0-eps-abar", "x0_from_eps", "divided by abar_t", "students",
     "Put your x_0 back into the jump: does x_t come out?", x0_eps_abar},
    {"x0-eps-no-root", "x0_from_eps", "1-abar_t without its root",
     "the most repeated error of public code", "Is 1-abar_t a variance or a standard deviation?",
     x0_eps_no_root},
    {"x0-eps-swapped", "x0_from_eps", "x_t and eps swapped", "passes a published course test",
     "Which argument survives when abar_t goes to 1?", x0_eps_swapped},
    {"x0-eps-no-eps", "x0_from_eps", "eps is ignored", "passes a published course test",
     "What does your x_0 do when eps moves?", x0_eps_no_eps},
    {"x0-eps-plus", "x0_from_eps", "plus for minus", "students",
     "Put your x_0 back into the jump: does x_t come out?", x0_eps_plus},
    {"score-plus", "score", "plus for minus", "a public course notebook",
     "Does the score point towards the data or away from it?", score_plus},
    {"score-variance", "score", "1-abar_t for its root", "students",
     "By which power of the noise level do you divide?", score_variance},
    {"score-no-scale", "score", "not divided at all", "students",
     "How long is the score when the noise is tiny?", score_no_scale},
    {"weight-no-sigma", "weight_eps", "1/(2 sigma_t^2) dropped", "Training Objective page, step 6",
     "Where did the 1/(2 sigma_t^2) of the KL go, and does it depend on t?", weight_no_sigma},
    {"weight-no-half", "weight_eps", "the factor 1/2 missing", "students",
     "What stands in front of the square in the KL of two Gaussians?", weight_no_half},
    {"weight-root-var", "weight_eps", "sqrt(1-abar_t) for 1-abar_t", "students",
     "The slope of the mean in eps is squared. Is every factor of it?", weight_root_var},
    {"weight-root-alpha", "weight_eps", "sqrt(alpha_t) for alpha_t", "students",
     "The slope of the mean in eps is squared. Is every factor of it?", weight_root_alpha},
    {"weight-sigma", "weight_eps", "sigma_t for sigma_t^2", "students",
     "Which unit does a KL divergence have?", weight_sigma},
    {"weight-beta-once", "weight_eps", "beta_t for beta_t^2", "students",
     "The slope of the mean in eps is squared. Is every factor of it?", weight_beta_once},
    {"weight-x0-no-square", "weight_x0", "the x_0 weight not squared", "students",
     "What happens to a constant when it is pulled out of a squared norm?", weight_x0_no_square},
    {"weight-x0-no-half", "weight_x0", "the factor 1/2 missing", "students",
     "What stands in front of the square in the KL of two Gaussians?", weight_x0_no_half},
    {"prior-no-mean", "prior", "the mean part forgotten", "students",
     "Does q(x_T|x_0) still know x_0?", prior_no_mean},
    {"prior-reversed", "prior", "KL taken in the other direction", "students",
     "Under which of the two laws is the expectation taken?", prior_reversed},
    {"prior-no-half", "prior", "the factor 1/2 missing", "students",
     "What stands in front of the square in the KL of two Gaussians?", prior_no_half},
    {"prior-zero", "prior", "taken as exactly zero", "students", "Is alpha_bar_T zero?",
     prior_zero},
    {"kl-mse-only", "kl", "only the squared distance of the means",
     "Training Objective page: + const", "When do the variances contribute nothing?", kl_mse_only},
    {"kl-wrong-variance", "kl", "var_q under the squared distance", "students",
     "Under whose ruler is the distance of the means measured?", kl_wrong_variance},
    {"kl-reversed", "kl", "KL(p||q) for KL(q||p)", "students",
     "Under which of the two laws is the expectation taken?", kl_reversed},
    {"kl-no-half", "kl", "the factor 1/2 missing", "students",
     "What stands in front of the square in the exponent of a Gaussian?", kl_no_half},
    {"kl-sigma", "kl", "sigma for sigma^2 under the squared distance", "students",
     "Which unit does a KL divergence have?", kl_sigma},
    {"bayes-inverted", "bayes", "the two marginals swapped", "students",
     "Which of the two marginals does the product rule put in the numerator?", bayes_inverted},
    {"bayes-unconditioned", "bayes", "the conditioning on x_0 dropped from the normaliser",
     "students", "Does your density of x_{t-1} integrate to 1?", bayes_unconditioned},
};
const size_t misprint_n = sizeof misprints / sizeof misprints[0];

const misprint_quantity *misprint_quantity_find(const char *name)
{
    for (size_t i = 0; i < misprint_n_quantities; i++)
        if (strcmp(misprint_quantities[i].name, name) == 0) return &misprint_quantities[i];
    return NULL;
}

const misprint *misprint_find(const char *id)
{
    for (size_t i = 0; i < misprint_n; i++)
        if (strcmp(misprints[i].id, id) == 0) return &misprints[i];
    return NULL;
}

const misprint *misprint_next(const char *quantity, const misprint *last)
{
    for (size_t i = last ? (size_t)(last - misprints) + 1 : 0; i < misprint_n; i++)
        if (strcmp(misprints[i].quantity, quantity) == 0) return &misprints[i];
    return NULL;
}
