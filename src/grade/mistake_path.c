/* mistake_path.c -- wrong sums over a path: the mistakes of homework 1. */
#include <math.h>

#include <gsl/gsl_math.h>

#include "grade/exercise.h"
#include "theory/forward.h"
#include "theory/gaussian.h"
#include "theory/posterior.h"

static double sum(const double *a, size_t from, size_t to)
{
    double total = 0.0;
    for (size_t t = from; t <= to; t++) total += a[t];
    return total;
}

/* ---- Homework 1 ---- */

static void separate_keeps_first(const schedule *s, size_t t, size_t T, const double *in, double *o)
{
    (void)s, (void)t;
    o[0] = in[1];
    o[1] = sum(in, 1, T);
    o[2] = sum(in + T + 1, 1, T);
}

static void separate_shifts_both(const schedule *s, size_t t, size_t T, const double *in, double *o)
{
    (void)s, (void)t;
    o[0] = in[1];
    o[1] = sum(in, 2, T);
    o[2] = sum(in + T + 1, 2, T);
}

static void separate_last(const schedule *s, size_t t, size_t T, const double *in, double *o)
{
    (void)s, (void)t;
    o[0] = in[T];
    o[1] = sum(in, 1, T - 1);
    o[2] = sum(in + T + 1, 1, T);
}

static void split_first(const schedule *s, size_t t, size_t T, const double *in, double *o)
{
    (void)s, (void)t;
    o[0] = in[1];
    o[1] = sum(in, 2, T);
}

static void split_keeps_last(const schedule *s, size_t t, size_t T, const double *in, double *o)
{
    (void)s, (void)t;
    o[0] = in[T];
    o[1] = sum(in, 1, T);
}

static void reindex_not(const schedule *s, size_t t, size_t T, const double *in, double *o)
{
    (void)s, (void)t;
    o[0] = o[1] = 0.0;
    for (size_t k = 2; k <= T; k++) o[k] = in[k];
}

static void reindex_too_low(const schedule *s, size_t t, size_t T, const double *in, double *o)
{
    (void)s, (void)t;
    o[0] = o[1] = 0.0;
    for (size_t k = 2; k <= T; k++) o[k] = in[k - 2];
}

static void reindexed_not(const schedule *s, size_t t, size_t T, const double *in, double *o)
{
    (void)s, (void)t;
    o[0] = in[0] + sum(in + 1, 1, T) - in[T + 2 + T] - sum(in + T + 2, 2, T);
}

static void reindexed_twice(const schedule *s, size_t t, size_t T, const double *in, double *o)
{
    (void)s, (void)t;
    o[0] = in[0] + in[2] + sum(in + 1, 1, T) - sum(in + T + 2, 1, T);
}

static void reindexed_plus(const schedule *s, size_t t, size_t T, const double *in, double *o)
{
    (void)s, (void)t;
    o[0] = in[0] + sum(in + 1, 1, T) + sum(in + T + 2, 1, T);
}

static void reindexed_no_last(const schedule *s, size_t t, size_t T, const double *in, double *o)
{
    (void)s, (void)t;
    o[0] = in[0] + sum(in + 1, 1, T) - sum(in + T + 2, 1, T - 1);
}

static void log_gaussian_sd(const schedule *s, size_t t, size_t n, const double *in, double *o)
{
    (void)s, (void)t, (void)n;
    o[0] = gaussian_log_pdf(in[0], in[1], in[2] * in[2]);
}

static void log_gaussian_no_half(const schedule *s, size_t t, size_t n, const double *in, double *o)
{
    (void)s, (void)t, (void)n;
    const double d = in[0] - in[1];
    o[0] = gaussian_log_pdf(in[0], in[1], in[2]) - d * d / (2.0 * in[2]);
}

static void log_gaussian_no_norm(const schedule *s, size_t t, size_t n, const double *in, double *o)
{
    (void)s, (void)t, (void)n;
    o[0] = -(in[0] - in[1]) * (in[0] - in[1]) / (2.0 * in[2]);
}

static void log_gaussian_norm(const schedule *s, size_t t, size_t n, const double *in, double *o)
{
    (void)s, (void)t, (void)n;
    o[0] = -(in[0] - in[1]) * (in[0] - in[1]) / (2.0 * in[2]) - log(2.0 * M_PI * in[2]);
}

static void log_gaussian_density(const schedule *s, size_t t, size_t n, const double *in, double *o)
{
    (void)s, (void)t, (void)n;
    o[0] = exp(gaussian_log_pdf(in[0], in[1], in[2]));
}

static void forward_sum_from_2(const schedule *s, size_t t, size_t T, const double *in, double *o)
{
    (void)s, (void)t;
    o[0] = sum(in, 2, T) + in[T + 1 + T] - in[T + 1 + 1];
}

static void forward_sum_swapped(const schedule *s, size_t t, size_t T, const double *in, double *o)
{
    const double *marginal = in + T + 1;
    (void)s, (void)t;
    o[0] = marginal[1] + sum(in, 2, T) + marginal[1] - marginal[T];
}

static void forward_sum_bare(const schedule *s, size_t t, size_t T, const double *in, double *o)
{
    (void)s, (void)t;
    o[0] = in[T + 1 + 1] + sum(in, 2, T);
}

static void leftover_difference(const schedule *s, size_t t, size_t T, const double *in, double *o)
{
    (void)s, (void)t;
    o[0] = in[T] - in[1];
}

static void leftover_first(const schedule *s, size_t t, size_t T, const double *in, double *o)
{
    (void)s, (void)t, (void)T;
    o[0] = in[1];
}

static void leftover_all(const schedule *s, size_t t, size_t T, const double *in, double *o)
{
    (void)s, (void)t;
    o[0] = sum(in, 1, T);
}

static void terms_plus(const schedule *s, size_t t, size_t T, const double *in, double *o)
{
    (void)s, (void)t;
    o[0] = in[0] - in[1] + sum(in + 2, 2, T);
}

static void terms_prior_plus(const schedule *s, size_t t, size_t T, const double *in, double *o)
{
    (void)s, (void)t;
    o[0] = in[0] + in[1] - sum(in + 2, 2, T);
}

static void terms_from_1(const schedule *s, size_t t, size_t T, const double *in, double *o)
{
    (void)s, (void)t;
    o[0] = in[0] - in[1] - sum(in + 2, 1, T);
}

static void terms_negative(const schedule *s, size_t t, size_t T, const double *in, double *o)
{
    (void)s, (void)t;
    o[0] = -in[0] + in[1] + sum(in + 2, 2, T);
}

static double path_ratios(const schedule *s, size_t T, const double *x, const double *log_p)
{
    double total = log_p[1];
    for (size_t k = 2; k <= T; k++)
        total += log_p[k] - posterior_log_pdf(s, k, x[k - 1], x[k], x[0]);
    return total;
}

static void path_first(const schedule *s, size_t t, size_t T, const double *in, double *o)
{
    const double *x = in + 1;
    (void)t;
    o[0] = in[0] - forward_jump_log_pdf(s, 1, x[1], x[0]) + path_ratios(s, T, x, in + T + 2);
}

static void path_no_marginal(const schedule *s, size_t t, size_t T, const double *in, double *o)
{
    (void)t;
    o[0] = in[0] + path_ratios(s, T, in + 1, in + T + 2);
}

static void path_difference(const schedule *s, size_t t, size_t T, const double *in, double *o)
{
    const double *x = in + 1;
    (void)t;
    o[0] = in[0] - forward_jump_log_pdf(s, T, x[T], x[0]) + forward_jump_log_pdf(s, 1, x[1], x[0]) +
           path_ratios(s, T, x, in + T + 2);
}

const mistake mistakes_of_paths[] = {
    {"separate-keeps-first", F_SEPARATE,
     "log p_theta(x_0|x_1) stands alone now: from which t does the sum of the others start?",
     separate_keeps_first},
    {"separate-shifts-both", F_SEPARATE,
     "A reverse term was taken out. Was a forward term taken out as well?", separate_shifts_both},
    {"separate-last", F_SEPARATE, "Which of the reverse terms mentions the data x_0?",
     separate_last},
    {"split-first", F_SPLIT_LAST, "Which forward term mentions x_T?", split_first},
    {"split-keeps-last", F_SPLIT_LAST, "Is the term you split off still in the sum?",
     split_keeps_last},
    {"reindex-not", F_REINDEX,
     "Put t = 2 into your term: between which two states does it stand, and between which does "
     "log p_theta(x_1|x_2)?",
     reindex_not},
    {"reindex-too-low", F_REINDEX, "Put t = 2 into your term: is there an x_{-1}?",
     reindex_too_low},
    {"reindexed-not", F_ELBO_REINDEXED,
     "Count the forward terms on your path: is each of log q(x_1|x_0) .. log q(x_T|x_{T-1}) there "
     "once?",
     reindexed_not},
    {"reindexed-twice", F_ELBO_REINDEXED, "How often does log p_theta(x_0|x_1) occur?",
     reindexed_twice},
    {"reindexed-plus", F_ELBO_REINDEXED, "Which of the two products stands in the denominator?",
     reindexed_plus},
    {"reindexed-no-last", F_ELBO_REINDEXED, "Where did the forward term go that you split off?",
     reindexed_no_last},
    {"log-gaussian-sd", F_LOG_GAUSSIAN, "Is the third argument a variance or a standard deviation?",
     log_gaussian_sd},
    {"log-gaussian-no-half", F_LOG_GAUSSIAN,
     "What stands in front of the square in the exponent of a Gaussian?", log_gaussian_no_half},
    {"log-gaussian-no-norm", F_LOG_GAUSSIAN, "Does your density integrate to 1?",
     log_gaussian_no_norm},
    {"log-gaussian-norm", F_LOG_GAUSSIAN, "Does your density integrate to 1?", log_gaussian_norm},
    {"log-gaussian-density", F_LOG_GAUSSIAN, "Is your value a density or its logarithm?",
     log_gaussian_density},
    {"forward-sum-from-2", F_FORWARD_SUM, "Which forward term does Bayes' rule not apply to?",
     forward_sum_from_2},
    {"forward-sum-swapped", F_FORWARD_SUM,
     "Which of the two marginals does the product rule put in the numerator?", forward_sum_swapped},
    {"forward-sum-bare", F_FORWARD_SUM,
     "Solve Bayes' rule for q(x_t|x_{t-1}): which two marginals come along?", forward_sum_bare},
    {"leftover-difference", F_LEFTOVER,
     "The sum from t = 2 leaves two marginals. Which of them meets the forward term at t = 1?",
     leftover_difference},
    {"leftover-first", F_LEFTOVER, "Write the sum out for T = 3: which marginal has no partner?",
     leftover_first},
    {"leftover-all", F_LEFTOVER, "Write the sum out for T = 3: which marginals cancel?",
     leftover_all},
    {"terms-plus", F_ELBO_FROM_TERMS,
     "If the KL terms grow, should your bound come closer to log p(x_0) or fall below it?",
     terms_plus},
    {"terms-prior-plus", F_ELBO_FROM_TERMS,
     "If the last state is further from the prior, is the bound better or worse?",
     terms_prior_plus},
    {"terms-from-1", F_ELBO_FROM_TERMS, "What is the posterior variance at t = 1?", terms_from_1},
    {"terms-negative", F_ELBO_FROM_TERMS, "Is your number the bound, or the loss to minimise?",
     terms_negative},
    {"path-first", F_ELBO_ON_PATH, "Which marginal is left over after the cancellation?",
     path_first},
    {"path-no-marginal", F_ELBO_ON_PATH, "Which marginal is left over after the cancellation?",
     path_no_marginal},
    {"path-difference", F_ELBO_ON_PATH,
     "The sum from t = 2 leaves two marginals. Which of them meets the forward term at t = 1?",
     path_difference},
};
const size_t n_mistakes_of_paths = sizeof mistakes_of_paths / sizeof mistakes_of_paths[0];
