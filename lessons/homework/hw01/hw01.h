/* hw01.h -- the functions of homework 1.  Do not change this file: the grader uses its own copy.
 *
 * A path x_0, x_1, ..., x_T is given.  Arrays over the steps have T + 1 entries and are used from
 * index 1 on (entry 0 holds no meaning):
 *     log_p[t] = log p_theta(x_{t-1}|x_t)      log_q[t] = log q(x_t|x_{t-1})
 *     log_marginal[t] = log q(x_t|x_0)         log_posterior[t] = log q(x_{t-1}|x_t,x_0), t >= 2 */
#ifndef HW01_H
#define HW01_H

#include "noise.h"

/* A2, A3.  out[0] = the reverse term that is special,  out[1] = the sum of the other reverse terms,
 * out[2] = the sum of the forward terms, so that the bound on this path is
 * log p(x_T) + out[0] + out[1] - out[2]. */
void separate(const double *log_p, const double *log_q, size_t T, double out[3]);

/* B1.  out[0] = the last forward term,  out[1] = the sum of the others. */
void split_last(const double *log_q, size_t T, double out[2]);

/* B2.  The forward terms that remain, reindexed: for t = 2 .. T, shifted[t] is the forward term
 * that stands beside log p_theta(x_{t-1}|x_t).  shifted has T + 1 entries; 0 and 1 are not looked
 * at. */
void reindex(const double *log_q, size_t T, double *shifted);

/* B3.  The bound on this path, with both sums from 2 to T.  log_prior = log p(x_T). */
double elbo_reindexed(double log_prior, const double *log_p, const double *log_q, size_t T);

/* C2.  log N(x; mean, var) in nats; var is a variance. */
double log_gaussian(double x, double mean, double var);

/* C3.  log q(x_{t-1}|x_t,x_0) by Bayes' rule, for 2 <= t <= T. */
double log_bayes(const noise_schedule *s, size_t t, double x_prev, double x_t, double x_0);

/* C4.  The sum of ALL forward terms, t = 1 .. T, written with log_posterior and log_marginal. */
double forward_sum(const double *log_posterior, const double *log_marginal, size_t T);

/* C5.  What is left of the marginals in that sum after everything has cancelled. */
double leftover(const double *log_marginal, size_t T);

/* D1.  The bound from its three kinds of terms; kl[t] for t = 2 .. T as in your final formula.
 *   reconstruction = E log p_theta(x_0|x_1), prior_kl = KL(q(x_T|x_0) || p(x_T)). */
double elbo_from_terms(double reconstruction, double prior_kl, const double *kl, size_t T);

/* D2.  The bound on this path in its final form: log p_theta(x_0|x_1), the log ratio at T, and the
 * log ratios for t = 2 .. T.  x[0 .. T] is the path.  Call your own functions from part C. */
double elbo_on_path(const noise_schedule *s, const double *x, const double *log_p,
                    double log_prior);

#endif
