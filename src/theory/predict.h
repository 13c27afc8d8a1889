/* predict.h -- what a network may predict (x_0, eps, v or the score) and how each gives mu_theta.
 *
 * Per coordinate, 1 <= t <= T (not checked).  All are linear identities between x_t and one other
 * quantity; put the exact quantity in and the exact mu_tilde comes out. */
#ifndef THEORY_PREDICT_H
#define THEORY_PREDICT_H

#include <stddef.h>

#include "theory/schedule.h"

/* x_0 = (x_t - sqrt(1 - alpha_bar_t) eps) / sqrt(alpha_bar_t)      (Ho et al. 2020, after eq. 9)
 * Amplifies an error of eps by sqrt((1 - alpha_bar_t)/alpha_bar_t): 157 at the end of L1000. */
double predict_x0_from_eps(const schedule *s, size_t t, double x_t, double eps);

/* mu = (x_t - beta_t / sqrt(1 - alpha_bar_t) eps) / sqrt(alpha_t)  (Ho et al. 2020, eq. 11) */
double predict_mean_from_eps(const schedule *s, size_t t, double x_t, double eps);

/* The positive factor of eps in the line above: beta_t / (sqrt(alpha_t) sqrt(1 - alpha_bar_t)). */
double predict_mean_slope_eps(const schedule *s, size_t t);

/* v = sqrt(alpha_bar_t) eps - sqrt(1 - alpha_bar_t) x_0            (Salimans & Ho 2022, section 4) */
double predict_v(const schedule *s, size_t t, double x_0, double eps);

/* x_0 = sqrt(alpha_bar_t) x_t - sqrt(1 - alpha_bar_t) v */
double predict_x0_from_v(const schedule *s, size_t t, double x_t, double v);

/* eps = sqrt(1 - alpha_bar_t) x_t + sqrt(alpha_bar_t) v */
double predict_eps_from_v(const schedule *s, size_t t, double x_t, double v);

/* score = -eps / sqrt(1 - alpha_bar_t): the conditional score of q(x_t | x_0). */
double predict_score_from_eps(const schedule *s, size_t t, double eps);

/* mu = (x_t + beta_t score) / sqrt(alpha_t) */
double predict_mean_from_score(const schedule *s, size_t t, double x_t, double score);

#endif
