/* reference.c -- the reference of every student function, and the sizes of its summands.
 *
 * They call src/theory wherever it has the formula; the sums over a path are written out. */
#include "grade/reference.h"

#include <math.h>

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

void reference_separate(const schedule *s, size_t t, size_t T, const double *in, double *out)
{
    (void)s, (void)t;
    out[0] = in[1];
    out[1] = sum(in, 2, T);
    out[2] = sum(in + T + 1, 1, T);
}

void reference_split_last(const schedule *s, size_t t, size_t T, const double *in, double *out)
{
    (void)s, (void)t;
    out[0] = in[T];
    out[1] = sum(in, 1, T - 1);
}

void reference_reindex(const schedule *s, size_t t, size_t T, const double *in, double *out)
{
    (void)s, (void)t;
    out[0] = out[1] = 0.0;
    for (size_t k = 2; k <= T; k++) out[k] = in[k - 1];
}

void reference_elbo_reindexed(const schedule *s, size_t t, size_t T, const double *in, double *out)
{
    (void)s, (void)t;
    out[0] = in[0] + sum(in + 1, 1, T) - sum(in + T + 2, 1, T);
}

void reference_log_gaussian(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)s, (void)t, (void)n;
    out[0] = gaussian_log_pdf(in[0], in[1], in[2]);
}

void reference_log_bayes(const schedule *s, size_t t, size_t n, const double *in, double *out)
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

void reference_log_bayes_scale(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)n;
    out[0] = bayes_pieces(s, t, in[0], in[1], in[2]);
}

void reference_forward_sum(const schedule *s, size_t t, size_t T, const double *in, double *out)
{
    (void)s, (void)t;
    out[0] = sum(in, 2, T) + in[T + 1 + T];
}

void reference_leftover(const schedule *s, size_t t, size_t T, const double *in, double *out)
{
    (void)s, (void)t;
    out[0] = in[T];
}

void reference_elbo_from_terms(const schedule *s, size_t t, size_t T, const double *in, double *out)
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

void reference_one_array(const schedule *s, size_t t, size_t T, const double *in, double *out)
{
    (void)s, (void)t;
    all_sizes(in, T + 1, T, out);
}

void reference_two_arrays(const schedule *s, size_t t, size_t T, const double *in, double *out)
{
    (void)s, (void)t;
    all_sizes(in, 2 * (T + 1), T, out);
}

void reference_elbo_on_path(const schedule *s, size_t t, size_t T, const double *in, double *out)
{
    const double *x = in + 1, *log_p = in + T + 2;
    (void)t;
    out[0] = in[0] - forward_jump_log_pdf(s, T, x[T], x[0]) + log_p[1];
    for (size_t k = 2; k <= T; k++)
        out[0] += log_p[k] - posterior_log_pdf(s, k, x[k - 1], x[k], x[0]);
}

void reference_elbo_on_path_scale(const schedule *s, size_t t, size_t T, const double *in,
                                  double *out)
{
    const double *x = in + 1;
    (void)t;
    out[0] = 0.0;
    for (size_t k = 2; k <= T; k++) out[0] += bayes_pieces(s, k, x[k - 1], x[k], x[0]);
}

/* ---- Homework 2 ---- */

void reference_reconstruction_nll(const schedule *s, size_t t, size_t D, const double *in,
                                  double *out)
{
    (void)t;
    out[0] = 0.0;
    for (size_t d = 0; d < D; d++) out[0] -= gaussian_log_pdf(in[d], in[D + d], s->beta[1]);
}

void reference_bin_probability(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)s, (void)n;
    out[0] = exp(elbo_decoder_bin((unsigned)t, in[0], in[1]));
}

void reference_one(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)s, (void)t, (void)n, (void)in;
    out[0] = 1.0;
}

void reference_prior_kl(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)t, (void)n;
    out[0] = elbo_prior(s, in[0]);
}

void reference_prior_scale(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)t, (void)n;
    out[0] = 1.0 + s->alpha_bar[s->T] * in[0] * in[0];
}

void reference_mean_slope(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)n, (void)in;
    out[0] = predict_mean_slope_eps(s, t);
}

void reference_weigh_eps(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)n;
    out[0] = weight_eps(s, t, in[0]);
}

/* ---- Homework 3 ---- */

void reference_x0_from_eps(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)n;
    out[0] = predict_x0_from_eps(s, t, in[0], in[1]);
}

void reference_mean_of_posterior(const schedule *s, size_t t, size_t n, const double *in,
                                 double *out)
{
    (void)n;
    out[0] = posterior_mean(s, t, in[0], in[1]);
}

void reference_var_of_posterior(const schedule *s, size_t t, size_t n, const double *in,
                                double *out)
{
    (void)n, (void)in;
    out[0] = posterior_var(s, t);
}

void reference_coefficient_xt(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)n, (void)in;
    out[0] = predict_mean_from_eps(s, t, 1.0, 0.0);
}

void reference_coefficient_eps(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)n, (void)in;
    out[0] = -predict_mean_slope_eps(s, t);
}

void reference_mean_from_eps(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)n;
    out[0] = predict_mean_from_eps(s, t, in[0], in[1]);
}

void reference_kl(const schedule *s, size_t t, size_t D, const double *in, double *out)
{
    (void)s, (void)t;
    out[0] = 0.0;
    for (size_t d = 0; d < D; d++) out[0] += gaussian_kl(in[2 + d], in[0], in[2 + D + d], in[1]);
}

void reference_kl_scale(const schedule *s, size_t t, size_t D, const double *in, double *out)
{
    (void)s, (void)t;
    out[0] = (double)D * (1.0 + in[0] / in[1] + fabs(log(in[0])) + fabs(log(in[1])));
}

void reference_kl_equal(const schedule *s, size_t t, size_t D, const double *in, double *out)
{
    (void)s, (void)t;
    out[0] = 0.0;
    for (size_t d = 0; d < D; d++) out[0] += gaussian_kl(in[1 + d], in[0], in[1 + D + d], in[0]);
}

/* ---- Without points ---- */

void reference_step_forward(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)n;
    out[0] = forward_step(s, t, in[0], in[1]);
}

void reference_training_input(const schedule *s, size_t t, size_t D, const double *in, double *out)
{
    for (size_t d = 0; d < D; d++) out[d] = forward_jump(s, t, in[d], in[D + d]);
}

void reference_training_loss(const schedule *s, size_t t, size_t D, const double *in, double *out)
{
    (void)s, (void)t;
    out[0] = 0.0;
    for (size_t d = 0; d < D; d++) out[0] += (in[d] - in[D + d]) * (in[d] - in[D + d]);
}

void reference_ancestral_step(const schedule *s, size_t t, size_t D, const double *in, double *out)
{
    for (size_t d = 0; d < D; d++)
        out[d] = predict_mean_from_eps(s, t, in[1 + d], in[1 + D + d]) +
                 (t > 1 ? in[0] * in[1 + 2 * D + d] : 0.0);
}

void reference_weigh_x0(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)n;
    out[0] = weight_x0(s, t, in[0]);
}

void reference_zero_loss(const schedule *s, size_t t, size_t kind, const double *in, double *out)
{
    out[0] = target_square(s, t, (target_kind)kind, in[0]);
}

void reference_x0_error(const schedule *s, size_t t, size_t n, const double *in, double *out)
{
    (void)n;
    out[0] = fabs(predict_x0_from_eps(s, t, 0.0, in[0]));
}
