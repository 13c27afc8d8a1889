/* lesson20.h -- what the parts of lesson 20 share. */
#ifndef LESSONS_LESSON20_H
#define LESSONS_LESSON20_H

#include <stddef.h>

#include "check/check.h"
#include "check/quad.h"
#include "theory/mixture.h"
#include "theory/schedule.h"

enum { S10, S50, L1000, COS1000, N_SCHEDULES };
extern schedule *schedules[N_SCHEDULES];

/* Part b: two bumps at -1 and 1 of this variance, and the network (1+d) eps*. */
static const double bump = 0.04;
/* On S10: KL(p_data||p) with the perfect network and with d = 0.1, and the bound at d = 0. */
typedef struct bumps_budget {
    double KL, KL_worse, bound;
} bumps_budget;
bumps_budget gaussian_steps(lesson *L);
void figure_bumps(lesson *L);

/* Their density at time t (t = 0: the data) and E[eps|x_t], in the lesson's own words. */
double bumps_pdf(const schedule *s, size_t t, double x);
double bumps_eps(const schedule *s, size_t t, double x);

/* Part c: how much of the noise can be known. */
void explained(lesson *L);

/* Part d: one family, two weights.  Part e: families that are not linear. */
void two_weights(lesson *L);
/* Returns what the optimum of L_simple costs in the bound, six features, S50. */
double other_families(lesson *L);
void figure_weights(lesson *L);

/* What a loss weighs E_t with: w_t of the bound for sigma^2 = beta, or 1/T. */
typedef double (*weight_of)(const schedule *s, size_t t);
double vlb_weight(const schedule *s, size_t t);
double simple_weight(const schedule *s, size_t t);

#endif
