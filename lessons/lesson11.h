/* lesson11.h -- what the four parts of lesson 11 share. */
#ifndef LESSON11_H
#define LESSON11_H

#include <stddef.h>

#include "check/check.h"
#include "check/quad.h"
#include "theory/mixture.h"
#include "theory/schedule.h"

enum { S10, L1000, COS1000, S50, N_SCHEDULES };
extern schedule *schedules[N_SCHEDULES];

/* Two narrow bumps at -1 and 1 of this variance: the data of lessons 11, 15 and 19. */
#define BUMP 0.04

typedef struct normal {
    double mean, var;
} normal;

/* q(x_{t-1} | x_t, x_0) by adding precisions (lesson 4); t >= 2. */
normal true_step(const schedule *s, size_t t, double x_t, double x_0);

double log_normal(double x, double mean, double var);

/* Generic values: no 0, no 1, no simple ratio that could hide a lost factor. */
extern const double x_0, guess, x_t;

/* Part b: the weight of |x_0_hat - x_0|^2, and its minimiser. */
void the_weight(lesson *L, quad *w);
void by_regression(lesson *L, quad *w, mixture *bumps);
void by_simulation(lesson *L, mixture *bumps);

/* Part c: other weights. */
/* P(x_0 <= x) of the two bumps; params unused. */
double bumps_below(double x, void *params);
void another_objective(lesson *L, mixture *bumps);
void same_minimiser(lesson *L);

/* Part d: samplers. */
void a_component(lesson *L, quad *w, mixture *bumps);
void families(lesson *L);
void a_small_step(lesson *L);
void write_figures(lesson *L, mixture *bumps);

#endif
