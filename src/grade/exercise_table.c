/* exercise_table.c -- the reference of every student function, and the table of exercises.
 *
 * The references call src/theory wherever it has the formula; the sums over a path are written out. */
#include <math.h>

#include "grade/exercise.h"
#include "theory/elbo.h"
#include "theory/forward.h"
#include "theory/gaussian.h"
#include "theory/posterior.h"
#include "theory/predict.h"
#include "theory/target.h"
#include "theory/weight.h"

/* a[from] + ... + a[to] */
static double sum(const double *a, size_t from, size_t to)
{
    double total = 0.0;
    for (size_t t = from; t <= to; t++) total += a[t];
    return total;
}

/* ---- Homework 1: n = T, arrays with T + 1 entries ---- */

static void separate(const schedule *s, size_t t, size_t T, const double *in, double *out)
{
    (void)s, (void)t;
    out[0] = in[1];
    out[1] = sum(in, 2, T);
    out[2] = sum(in + T + 1, 1, T);
}

static void split_last(const schedule *s, size_t t, size_t T, const double *in, double *out)
{
    (void)s, (void)t;
    out[0] = in[T];
    out[1] = sum(in, 1, T - 1);
}

static void reindex(const schedule *s, size_t t, size_t T, const double *in, double *out)
{
    (void)s, (void)t;
    out[0] = out[1] = 0.0;
    for (size_t k = 2; k <= T; k++) out[k] = in[k - 1];
}

static void elbo_reindexed(const schedule *s, size_t t, size_t T, const double *in, double *out)
{
    (void)s, (void)t;
    out[0] = in[0] + sum(in + 1, 1, T) - sum(in + T + 2, 1, T);
}

static void log_gaussian(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)s, (void)t, (void)n;
    out[0] = gaussian_log_pdf(in[0], in[1], in[2]);
}

static void log_bayes(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)n;
    out[0] = posterior_log_pdf(s, t, in[0], in[1], in[2]);
}

/* Size of the pieces of log N(x; mean, var), the rounding of var included. */
static double pieces(double x, double mean, double var)
{
    const double far = (fabs(x) + fabs(mean)) * (fabs(x) + fabs(mean)) / var;
    return (1.0 + far) * (1.0 + fabs(log(var)) + 1e-4 / var);
}

static double bayes_pieces(const schedule *s, size_t t, double x_prev, double x_t, double x_0)
{
    return pieces(x_t, sqrt(s->alpha[t]) * x_prev, s->beta[t]) +
           pieces(x_prev, sqrt(s->alpha_bar[t - 1]) * x_0, s->var_bar[t - 1]) +
           pieces(x_t, sqrt(s->alpha_bar[t]) * x_0, s->var_bar[t]);
}

static void log_bayes_scale(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)n;
    out[0] = bayes_pieces(s, t, in[0], in[1], in[2]);
}

static void forward_sum(const schedule *s, size_t t, size_t T, const double *in, double *out)
{
    (void)s, (void)t;
    out[0] = sum(in, 2, T) + in[T + 1 + T];
}

static void leftover(const schedule *s, size_t t, size_t T, const double *in, double *out)
{
    (void)s, (void)t;
    out[0] = in[T];
}

static void elbo_from_terms(const schedule *s, size_t t, size_t T, const double *in, double *out)
{
    (void)s, (void)t;
    out[0] = in[0] - in[1] - sum(in + 2, 2, T);
}

/* Sizes of all terms of one array, or of two. */
static void all_sizes(const double *in, size_t n, size_t T, double *out)
{
    out[0] = 0.0;
    for (size_t i = 0; i < n; i++) out[0] += fabs(in[i]);
    for (size_t i = 1; i <= T; i++) out[i] = out[0];
}

static void one_array(const schedule *s, size_t t, size_t T, const double *in, double *out)
{
    (void)s, (void)t;
    all_sizes(in, T + 1, T, out);
}

static void two_arrays(const schedule *s, size_t t, size_t T, const double *in, double *out)
{
    (void)s, (void)t;
    all_sizes(in, 2 * (T + 1), T, out);
}

static void elbo_on_path(const schedule *s, size_t t, size_t T, const double *in, double *out)
{
    const double *x = in + 1, *log_p = in + T + 2;
    (void)t;
    out[0] = in[0] - forward_jump_log_pdf(s, T, x[T], x[0]) + log_p[1];
    for (size_t k = 2; k <= T; k++)
        out[0] += log_p[k] - posterior_log_pdf(s, k, x[k - 1], x[k], x[0]);
}

static void elbo_on_path_scale(const schedule *s, size_t t, size_t T, const double *in, double *out)
{
    const double *x = in + 1;
    (void)t;
    out[0] = 0.0;
    for (size_t k = 2; k <= T; k++) out[0] += bayes_pieces(s, k, x[k - 1], x[k], x[0]);
}

/* ---- Homework 2 ---- */

static void reconstruction_nll(const schedule *s, size_t t, size_t D, const double *in, double *out)
{
    (void)t;
    out[0] = 0.0;
    for (size_t d = 0; d < D; d++) out[0] -= gaussian_log_pdf(in[d], in[D + d], s->beta[1]);
}

static void bin_probability(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)s, (void)n;
    out[0] = exp(elbo_decoder_bin((unsigned)t, in[0], in[1]));
}

static void one(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)s, (void)t, (void)n, (void)in;
    out[0] = 1.0;
}

static void prior_kl(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)t, (void)n;
    out[0] = elbo_prior(s, in[0]);
}

static void prior_scale(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)t, (void)n;
    out[0] = 1.0 + s->alpha_bar[s->T] * in[0] * in[0];
}

static void mean_slope(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)n, (void)in;
    out[0] = predict_mean_slope_eps(s, t);
}

static void weigh_eps(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)n;
    out[0] = weight_eps(s, t, in[0]);
}

/* ---- Homework 3 ---- */

static void x0_from_eps(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)n;
    out[0] = predict_x0_from_eps(s, t, in[0], in[1]);
}

static void mean_of_posterior(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)n;
    out[0] = posterior_mean(s, t, in[0], in[1]);
}

static void var_of_posterior(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)n, (void)in;
    out[0] = posterior_var(s, t);
}

static void coefficient_xt(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)n, (void)in;
    out[0] = predict_mean_from_eps(s, t, 1.0, 0.0);
}

static void coefficient_eps(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)n, (void)in;
    out[0] = -predict_mean_slope_eps(s, t);
}

static void mean_from_eps(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)n;
    out[0] = predict_mean_from_eps(s, t, in[0], in[1]);
}

static void kl(const schedule *s, size_t t, size_t D, const double *in, double *out)
{
    (void)s, (void)t;
    out[0] = 0.0;
    for (size_t d = 0; d < D; d++) out[0] += gaussian_kl(in[2 + d], in[0], in[2 + D + d], in[1]);
}

static void kl_scale(const schedule *s, size_t t, size_t D, const double *in, double *out)
{
    (void)s, (void)t;
    out[0] = (double)D * (1.0 + in[0] / in[1] + fabs(log(in[0])) + fabs(log(in[1])));
}

static void kl_equal(const schedule *s, size_t t, size_t D, const double *in, double *out)
{
    (void)s, (void)t;
    out[0] = 0.0;
    for (size_t d = 0; d < D; d++) out[0] += gaussian_kl(in[1 + d], in[0], in[1 + D + d], in[0]);
}

/* ---- Without points ---- */

static void step_forward(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)n;
    out[0] = forward_step(s, t, in[0], in[1]);
}

static void training_input(const schedule *s, size_t t, size_t D, const double *in, double *out)
{
    for (size_t d = 0; d < D; d++) out[d] = forward_jump(s, t, in[d], in[D + d]);
}

static void training_loss(const schedule *s, size_t t, size_t D, const double *in, double *out)
{
    (void)s, (void)t;
    out[0] = 0.0;
    for (size_t d = 0; d < D; d++) out[0] += (in[d] - in[D + d]) * (in[d] - in[D + d]);
}

static void ancestral_step(const schedule *s, size_t t, size_t D, const double *in, double *out)
{
    for (size_t d = 0; d < D; d++)
        out[d] = predict_mean_from_eps(s, t, in[1 + d], in[1 + D + d]) +
                 (t > 1 ? in[0] * in[1 + 2 * D + d] : 0.0);
}

static void weigh_x0(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)n;
    out[0] = weight_x0(s, t, in[0]);
}

static void zero_loss(const schedule *s, size_t t, size_t kind, const double *in, double *out)
{
    out[0] = target_square(s, t, (target_kind)kind, in[0]);
}

static void x0_error(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)n;
    out[0] = fabs(predict_x0_from_eps(s, t, 0.0, in[0]));
}

/* clang-format off */
const exercise exercises[] = {
    {"separate:reverse", F_SEPARATE, SHAPE_PATH, 0, 2, false, 3, 0, 2, 1, false, false, separate, two_arrays, NULL, 0},
    {"separate:forward", F_SEPARATE, SHAPE_PATH, 0, 2, false, 3, 2, 3, 1, false, false, separate, two_arrays, NULL, 0},
    {"split_last", F_SPLIT_LAST, SHAPE_PATH, 0, 1, false, 2, 0, 0, 1, false, false, split_last, one_array, NULL, 0},
    {"reindex", F_REINDEX, SHAPE_PATH, 0, 1, false, 1000, 2, 1000, 1, false, false, reindex, NULL, NULL, 0},
    {"elbo_reindexed", F_ELBO_REINDEXED, SHAPE_PATH, 1, 2, false, 1, 0, 0, 1, false, false, elbo_reindexed, two_arrays, NULL, 0},
    {"log_gaussian", F_LOG_GAUSSIAN, SHAPE_END, 3, 0, false, 1, 0, 0, 1, false, false, log_gaussian, NULL, NULL, 0},
    {"log_bayes", F_LOG_BAYES, SHAPE_POINT, 3, 0, false, 1, 0, 0, 2, false, false, log_bayes, log_bayes_scale, "bayes", READ_SAME},
    {"forward_sum", F_FORWARD_SUM, SHAPE_PATH, 0, 2, false, 1, 0, 0, 1, false, false, forward_sum, two_arrays, NULL, 0},
    {"leftover", F_LEFTOVER, SHAPE_PATH, 0, 1, false, 1, 0, 0, 1, false, false, leftover, one_array, NULL, 0},
    {"elbo_from_terms", F_ELBO_FROM_TERMS, SHAPE_PATH, 2, 1, false, 1, 0, 0, 1, false, false, elbo_from_terms, one_array, NULL, 0},
    {"elbo_on_path", F_ELBO_ON_PATH, SHAPE_PATH, 1, 2, false, 1, 0, 0, 1, false, false, elbo_on_path, elbo_on_path_scale, NULL, 0},
    {"reconstruction_nll", F_RECONSTRUCTION_NLL, SHAPE_VECTOR, 0, 2, false, 1, 0, 0, 1, false, false, reconstruction_nll, NULL, NULL, 0},
    {"bin_probability", F_BIN_PROBABILITY, SHAPE_BIN, 2, 0, false, 1, 0, 0, 1, false, false, bin_probability, one, NULL, 0},
    {"prior_kl", F_PRIOR_KL, SHAPE_END, 1, 0, false, 1, 0, 0, 1, false, false, prior_kl, prior_scale, "prior", READ_SAME},
    {"mean_slope", F_MEAN_SLOPE, SHAPE_POINT, 0, 0, false, 1, 0, 0, 1, true, false, mean_slope, NULL, "mean_from_eps", READ_MINUS_SECOND},
    {"weight_eps", F_WEIGHT_EPS, SHAPE_POINT, 1, 0, true, 1, 0, 0, 1, true, false, weigh_eps, NULL, "weight_eps", READ_SAME},
    {"x0_from_eps", F_X0_FROM_EPS, SHAPE_POINT, 2, 0, false, 1, 0, 0, 1, true, true, x0_from_eps, NULL, "x0_from_eps", READ_SAME},
    {"posterior_mean", F_POSTERIOR_MEAN, SHAPE_POINT, 2, 0, false, 1, 0, 0, 1, true, true, mean_of_posterior, NULL, "posterior_mean", READ_SAME},
    {"posterior_var", F_POSTERIOR_VAR, SHAPE_POINT, 0, 0, false, 1, 0, 0, 1, true, false, var_of_posterior, NULL, "posterior_var", READ_SAME},
    {"coefficient_xt", F_COEFFICIENT_XT, SHAPE_POINT, 0, 0, false, 1, 0, 0, 1, true, false, coefficient_xt, NULL, "mean_from_eps", READ_FIRST},
    {"coefficient_eps", F_COEFFICIENT_EPS, SHAPE_POINT, 0, 0, false, 1, 0, 0, 1, true, false, coefficient_eps, NULL, "mean_from_eps", READ_SECOND},
    {"mean_from_eps", F_MEAN_FROM_EPS, SHAPE_POINT, 2, 0, false, 1, 0, 0, 1, true, true, mean_from_eps, NULL, "mean_from_eps", READ_SAME},
    {"gaussian_kl", F_GAUSSIAN_KL, SHAPE_VECTOR, 2, 2, true, 1, 0, 0, 1, false, false, kl, kl_scale, "kl", READ_KL},
    {"kl_equal_variance", F_KL_EQUAL_VARIANCE, SHAPE_VECTOR, 1, 2, true, 1, 0, 0, 1, false, false, kl_equal, NULL, "kl", READ_KL_EQUAL},
    {"forward_step", F_FORWARD_STEP, SHAPE_POINT, 2, 0, false, 1, 0, 0, 1, true, true, step_forward, NULL, "forward_step", READ_SAME},
    {"training_input", F_TRAINING_INPUT, SHAPE_VECTOR, 0, 2, false, 0, 0, 0, 1, true, false, training_input, NULL, "forward_jump", READ_EACH},
    {"training_loss", F_TRAINING_LOSS, SHAPE_VECTOR, 0, 2, false, 1, 0, 0, 1, false, false, training_loss, NULL, NULL, 0},
    {"ancestral_step", F_ANCESTRAL_STEP, SHAPE_VECTOR, 1, 3, true, 0, 0, 0, 1, true, false, ancestral_step, NULL, "mean_from_eps", READ_STEP},
    {"mean_from_x0", F_MEAN_FROM_X0, SHAPE_POINT, 2, 0, false, 1, 0, 0, 1, true, true, mean_of_posterior, NULL, "posterior_mean", READ_SAME},
    {"weight_x0", F_WEIGHT_X0, SHAPE_POINT, 1, 0, true, 1, 0, 0, 1, true, false, weigh_x0, NULL, "weight_x0", READ_SAME},
    {"zero_predictor_loss", F_ZERO_PREDICTOR_LOSS, SHAPE_KIND, 1, 0, true, 1, 0, 0, 1, true, false, zero_loss, NULL, NULL, 0},
    {"x0_error", F_X0_ERROR, SHAPE_POINT, 1, 0, true, 1, 0, 0, 1, true, false, x0_error, NULL, NULL, 0},
};
/* clang-format on */
const size_t n_exercises = sizeof exercises / sizeof exercises[0];
