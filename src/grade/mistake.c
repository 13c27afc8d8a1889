/* mistake.c -- wrong formulas that only make sense for coursework: vectors and their
 * constants (sums over a path stand in mistake_path.c).
 * All others stand in src/theory/misprint.c. */
#include <math.h>

#include <gsl/gsl_math.h>

#include "grade/exercise.h"
#include "theory/forward.h"
#include "theory/gaussian.h"
#include "theory/predict.h"

/* ---- Homework 2 ---- */

static double square(size_t D, const double *a, const double *b)
{
    double total = 0.0;
    for (size_t d = 0; d < D; d++) total += (a[d] - b[d]) * (a[d] - b[d]);
    return total;
}

static double constant(const schedule *s, size_t D)
{
    return 0.5 * (double)D * log(2.0 * M_PI * s->beta[1]);
}

static void nll_mse(const schedule *s, size_t t, size_t D, const double *in, double *o)
{
    (void)s, (void)t;
    o[0] = square(D, in, in + D);
}

static void nll_no_constant(const schedule *s, size_t t, size_t D, const double *in, double *o)
{
    (void)t;
    o[0] = square(D, in, in + D) / (2.0 * s->beta[1]);
}

static void nll_beta_tilde(const schedule *s, size_t t, size_t D, const double *in, double *o)
{
    (void)s, (void)t;
    o[0] = square(D, in, in + D) / 0.0;
}

static void nll_sd(const schedule *s, size_t t, size_t D, const double *in, double *o)
{
    (void)t;
    o[0] = square(D, in, in + D) / (2.0 * sqrt(s->beta[1])) + constant(s, D);
}

static void nll_sign(const schedule *s, size_t t, size_t D, const double *in, double *o)
{
    (void)t;
    o[0] = -square(D, in, in + D) / (2.0 * s->beta[1]) - constant(s, D);
}

static void nll_constant_once(const schedule *s, size_t t, size_t D, const double *in, double *o)
{
    (void)t;
    o[0] = square(D, in, in + D) / (2.0 * s->beta[1]) + constant(s, 1);
}

static double cdf(double z)
{
    return 0.5 * erfc(-z / sqrt(2.0));
}

static void bins_closed(const schedule *s, size_t t, size_t n, const double *in, double *o)
{
    const double centre = 2.0 * (double)t / 255.0 - 1.0;
    (void)s, (void)n;
    o[0] =
        cdf((centre + 1.0 / 255.0 - in[0]) / in[1]) - cdf((centre - 1.0 / 255.0 - in[0]) / in[1]);
}

static void bins_density(const schedule *s, size_t t, size_t n, const double *in, double *o)
{
    (void)s, (void)n;
    o[0] = exp(gaussian_log_pdf(2.0 * (double)t / 255.0 - 1.0, in[0], in[1] * in[1])) * 2.0 / 255.0;
}

/* ---- Homework 3 and the exercises without points ---- */

static void mean_one_step(const schedule *s, size_t t, size_t n, const double *in, double *o)
{
    (void)n;
    o[0] = (in[0] - sqrt(s->beta[t]) * in[1]) / sqrt(s->alpha[t]);
}

static void coefficient_one_step(const schedule *s, size_t t, size_t n, const double *in, double *o)
{
    (void)n, (void)in;
    o[0] = -sqrt(s->beta[t]) / sqrt(s->alpha[t]);
}

static void coefficient_no_sign(const schedule *s, size_t t, size_t n, const double *in, double *o)
{
    (void)n, (void)in;
    o[0] = predict_mean_slope_eps(s, t);
}

static void kl_no_dimension(const schedule *s, size_t t, size_t D, const double *in, double *o)
{
    (void)s, (void)t;
    o[0] = square(D, in + 2, in + 2 + D) / (2.0 * in[1]) + gaussian_kl_variances(in[0], in[1]);
}

static void kl_ratio_reversed(const schedule *s, size_t t, size_t D, const double *in, double *o)
{
    (void)s, (void)t;
    o[0] = square(D, in + 2, in + 2 + D) / (2.0 * in[1]) +
           (double)D * gaussian_kl_variances(in[1], in[0]);
}

static void loss_mean(const schedule *s, size_t t, size_t D, const double *in, double *o)
{
    (void)s, (void)t;
    o[0] = square(D, in, in + D) / (double)D;
}

static void loss_absolute(const schedule *s, size_t t, size_t D, const double *in, double *o)
{
    (void)s, (void)t;
    o[0] = 0.0;
    for (size_t d = 0; d < D; d++) o[0] += fabs(in[d] - in[D + d]);
}

static void loss_root(const schedule *s, size_t t, size_t D, const double *in, double *o)
{
    (void)s, (void)t;
    o[0] = sqrt(square(D, in, in + D));
}

static void step_with(const schedule *s, size_t t, size_t D, const double *in, double sigma,
                      double *o)
{
    for (size_t d = 0; d < D; d++)
        o[d] = predict_mean_from_eps(s, t, in[1 + d], in[1 + D + d]) + sigma * in[1 + 2 * D + d];
}

static void step_always(const schedule *s, size_t t, size_t D, const double *in, double *o)
{
    step_with(s, t, D, in, in[0], o);
}

static void step_variance(const schedule *s, size_t t, size_t D, const double *in, double *o)
{
    step_with(s, t, D, in, t > 1 ? in[0] * in[0] : 0.0, o);
}

static void step_without(const schedule *s, size_t t, size_t D, const double *in, double *o)
{
    step_with(s, t, D, in, 0.0, o);
}

static void jump_no_noise(const schedule *s, size_t t, size_t D, const double *in, double *o)
{
    for (size_t d = 0; d < D; d++) o[d] = sqrt(s->alpha_bar[t]) * in[d];
}

static void jump_step_noise(const schedule *s, size_t t, size_t D, const double *in, double *o)
{
    for (size_t d = 0; d < D; d++)
        o[d] = sqrt(s->alpha_bar[t]) * in[d] + sqrt(s->beta[t]) * in[D + d];
}

static void jump_beta(const schedule *s, size_t t, size_t D, const double *in, double *o)
{
    for (size_t d = 0; d < D; d++) o[d] = sqrt(s->alpha_bar[t]) * in[d] + s->beta[t] * in[D + d];
}

static void jump_first(const schedule *s, size_t t, size_t D, const double *in, double *o)
{
    for (size_t d = 0; d < D; d++) o[d] = forward_jump(s, t, in[0], in[D]);
}

static void zero_balloon(const schedule *s, size_t t, size_t kind, const double *in, double *o)
{
    const double seen[] = {1.0, s->var_bar[t] / s->alpha_bar[t]};
    o[0] =
        kind < 2 ? seen[kind] : s->alpha_bar[t - 1] * in[0] + s->var_bar[t - 1] - s->beta_tilde[t];
}

static void zero_mu_sample(const schedule *s, size_t t, size_t kind, const double *in, double *o)
{
    o[0] = kind == 0 ? 1.0 : kind == 1 ? in[0] : s->alpha_bar[t - 1] * in[0] + s->var_bar[t - 1];
}

const mistake mistakes[] = {
    {"reconstruction-mse", F_RECONSTRUCTION_NLL, "Which factor turns a squared distance into nats?",
     nll_mse},
    {"reconstruction-no-constant", F_RECONSTRUCTION_NLL, "Does your density integrate to 1?",
     nll_no_constant},
    {"reconstruction-beta-tilde", F_RECONSTRUCTION_NLL,
     "What is beta_tilde_1, and can a density have that variance?", nll_beta_tilde},
    {"reconstruction-sd", F_RECONSTRUCTION_NLL, "Is beta_1 a variance or a standard deviation?",
     nll_sd},
    {"reconstruction-sign", F_RECONSTRUCTION_NLL,
     "Should the value grow or fall when mu moves away from x_0?", nll_sign},
    {"reconstruction-constant-once", F_RECONSTRUCTION_NLL,
     "How many coordinates bring a normalising constant?", nll_constant_once},
    {"bins-closed", F_BIN_PROBABILITY, "Do your 256 probabilities add up to 1 when mean = 1.2?",
     bins_closed},
    {"bins-density", F_BIN_PROBABILITY, "Is a density times a width the integral over the bin?",
     bins_density},
    {"mean-eps-one-step", F_MEAN_FROM_EPS,
     "Is eps the noise of the last step or of the whole jump from x_0?", mean_one_step},
    {"mean-eps-one-step", F_COEFFICIENT_EPS,
     "Is eps the noise of the last step or of the whole jump from x_0?", coefficient_one_step},
    {"mean-eps-plus", F_COEFFICIENT_EPS, "Does your step remove noise or add it?",
     coefficient_no_sign},
    {"kl-no-dimension", F_GAUSSIAN_KL, "How many coordinates have these variances?",
     kl_no_dimension},
    {"kl-ratio-reversed", F_GAUSSIAN_KL,
     "Let var_q go to 0: should the divergence grow, and does yours?", kl_ratio_reversed},
    {"forward-jump-no-noise", F_TRAINING_INPUT, "Which of your terms changes when eps changes?",
     jump_no_noise},
    {"forward-jump-step-noise", F_TRAINING_INPUT,
     "How much noise has x_t collected in t steps, and how much of it came with the last one?",
     jump_step_noise},
    {"forward-jump-beta", F_TRAINING_INPUT,
     "How much noise has x_t collected in t steps, and how much of it came with the last one?",
     jump_beta},
    {"forward-jump-first", F_TRAINING_INPUT, "Do all coordinates get the same noise?", jump_first},
    {"loss-mean", F_TRAINING_LOSS, "Is |eps - eps_hat|^2 a sum or a mean over coordinates?",
     loss_mean},
    {"loss-absolute", F_TRAINING_LOSS, "Which loss has the conditional mean as its minimiser?",
     loss_absolute},
    {"loss-root", F_TRAINING_LOSS, "Is the norm squared?", loss_root},
    {"ancestral-noise-always", F_ANCESTRAL_STEP,
     "What is the variance of q(x_0|x_1,x_0), and what does the last step add?", step_always},
    {"ancestral-variance", F_ANCESTRAL_STEP, "Is sigma a variance or a standard deviation?",
     step_variance},
    {"ancestral-no-noise", F_ANCESTRAL_STEP, "Is the reverse step a point or a distribution?",
     step_without},
    {"zero-balloon", F_ZERO_PREDICTOR_LOSS, "Does the size of x_0 itself depend on t?",
     zero_balloon},
    {"zero-mu-sample", F_ZERO_PREDICTOR_LOSS,
     "Is mu_tilde a sample of x_{t-1}, or its conditional mean?", zero_mu_sample},
};
const size_t n_mistakes = sizeof mistakes / sizeof mistakes[0];

const mistake *mistake_next(enum function_id f, const mistake *last)
{
    const size_t total = n_mistakes_of_paths + n_mistakes;
    size_t i = 0;
    if (last && last >= mistakes && last < mistakes + n_mistakes)
        i = n_mistakes_of_paths + (size_t)(last - mistakes) + 1;
    else if (last)
        i = (size_t)(last - mistakes_of_paths) + 1;
    for (; i < total; i++) {
        const mistake *m =
            i < n_mistakes_of_paths ? &mistakes_of_paths[i] : &mistakes[i - n_mistakes_of_paths];
        if (m->f == f) return m;
    }
    return NULL;
}
