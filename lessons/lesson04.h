/* lesson04.h -- what the two parts of lesson 4 share. */
#ifndef LESSON04_H
#define LESSON04_H

#include <stddef.h>

#include "check/check.h"
#include "check/quad.h"
#include "theory/schedule.h"

/* A short coarse schedule shows what a long fine one hides, and the reverse: we always use both. */
enum { S10, L1000, COS1000, N_SCHEDULES, ALL_SCHEDULES = 6 };
extern schedule *schedules[ALL_SCHEDULES];

/* Generic values: no 0, no 1, no simple ratio that could hide a lost factor. */
extern const double x_0, x_t;

typedef struct normal {
    double mean, var;
} normal;

/* q(x_{t-1} | x_t = end, x_0 = start) by adding precisions; t >= 2. */
normal complete_the_square(const schedule *s, size_t t, double end, double start);

/* Part b: Bayes' rule by quadrature. */
void bayes_is_normal(lesson *L, quad *w);
void read_the_display(lesson *L);
void the_variance_is_constant(lesson *L, quad *w);
void the_mode(lesson *L);

/* Prior, likelihood and posterior at three steps of S10. */
void write_figure(lesson *L);

#endif
