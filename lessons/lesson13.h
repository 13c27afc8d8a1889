/* lesson13.h -- what the parts of lesson 13 share: schedules, and weights found by measurement. */
#ifndef LESSON13_H
#define LESSON13_H

#include <stddef.h>

#include "check/check.h"
#include "check/quad.h"
#include "theory/misprint.h"
#include "theory/schedule.h"
#include "theory/weight.h"

enum { S10, L1000, COS1000, S50, N_SCHEDULES };
extern schedule *schedules[N_SCHEDULES];

/* The weight of |eps - eps_hat|^2 at every t, three times over. */
typedef struct weights {
    size_t T;
    double *measured;   /* [T+1] from the divergence itself, by quadrature; see section 13.1 */
    double *formula;    /* [T+1] weight_eps */
    double *as_printed; /* [T+1] the Training Objective page, Step 6 */
} weights;

/* of[k][choice]: schedule k with sigma_t^2 = beta_t or beta_tilde_t (then there is no term 1). */
extern weights of[N_SCHEDULES][2];

/* Relative error of a measured weight. */
extern const double measured_to;

/* How far mu_theta moves when the prediction of x_0, or of eps, is off by one. */
double move_by_x0(const schedule *s, size_t t);
double move_by_eps(const schedule *s, size_t t);

/* Weight of a squared error that moves mu_theta by `move` per unit, measured on the divergence. */
double measure_weight(const schedule *s, size_t t, weight_variance choice, double move);

/* The t of the least weight. */
size_t place_of_least(const double *w, size_t T);

/* Share of the terms first..last in the sum of w over 1..T. */
double share(const double *w, size_t T, size_t first, size_t last);

/* The part of sum w_t E|eps - eps*|^2 that the steps first..last carry, data N(0,1): the error of
 * the best network is abar_t. */
double loss_share(const double *w, const schedule *s, size_t first, size_t last);

/* All weights of one schedule; to be given to forget(). */
weights measure_all(const schedule *s, weight_variance choice);
void forget(weights w);

/* Part b: which end, and the bars. */
void which_end(lesson *L);
void who_is_right(lesson *L);
void which_end_is_early(lesson *L);
void not_monotone(lesson *L);
void the_bars(lesson *L);
void write_figures(lesson *L);

/* Part c: whose share of the loss, and the signal-to-noise ratio. */
void attention(lesson *L, quad *q);
void the_likelihood_mass(lesson *L, quad *q);
void no_weighting_needed(lesson *L);
void signal_to_noise(lesson *L);

#endif
