/* target.h -- the three regression targets of a DDPM and what each asks of an untrained network.
 *
 * Data with E x_0 = 0 and E x_0^2 = v per coordinate; 1 <= t <= T (not checked).  "Gradient" is
 * that of |target - w x_t|^2 with respect to w, taken at w = 0, where it is -2 target x_t. */
#ifndef THEORY_TARGET_H
#define THEORY_TARGET_H

#include <stddef.h>

#include "theory/schedule.h"

typedef enum target_kind { TARGET_EPS, TARGET_X0, TARGET_MU, TARGET_KINDS } target_kind;

/* E target^2: the loss of the predictor that says 0.
 * Eq.   eps: 1    x_0: v    mu_tilde: alpha_bar_{t-1} v + 1 - alpha_bar_{t-1} - beta_tilde_t */
double target_square(const schedule *s, size_t t, target_kind kind, double v);

/* E target x_t.
 * Eq.   eps: sqrt(1 - alpha_bar_t)    x_0: v sqrt(alpha_bar_t)
 *       mu_tilde: sqrt(alpha_t) (alpha_bar_{t-1} v + 1 - alpha_bar_{t-1}) */
double target_covariance(const schedule *s, size_t t, target_kind kind, double v);

/* |expected gradient| = 2 |E target x_t|. */
double target_gradient(const schedule *s, size_t t, target_kind kind, double v);

/* Root mean square of the gradient of one sample, for x_0 ~ N(0, v).
 * Eq.   2 sqrt(E target^2 E x_t^2 + 2 (E target x_t)^2)                          (Isserlis 1918) */
double target_gradient_rms(const schedule *s, size_t t, target_kind kind, double v);

#endif
