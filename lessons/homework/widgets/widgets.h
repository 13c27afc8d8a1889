/* widgets.h -- the functions of the two widget exercises.  The grader uses its own copy. */
#ifndef WIDGETS_H
#define WIDGETS_H

#include "noise.h"

/* W1.  E target^2 per coordinate: the loss of the predictor that always says 0.  The data have mean
 * 0 and variance v.  target: 0 = eps, 1 = x_0, 2 = mu_tilde_t(x_t, x_0). */
double zero_predictor_loss(const noise_schedule *s, size_t t, int target, double v);

/* W2.  The error of x_0_hat when eps_hat is wrong by delta at step t: |x_0_hat - x_0|. */
double x0_error(const noise_schedule *s, size_t t, double delta);

#endif
