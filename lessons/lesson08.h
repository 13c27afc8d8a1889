/* lesson08.h -- what the three parts of lesson 8 share. */
#ifndef LESSON08_H
#define LESSON08_H

#include <stddef.h>

#include <gsl/gsl_machine.h>

#include "check/check.h"
#include "theory/linear.h"
#include "theory/schedule.h"

enum { S10, S50, L1000, COS1000, N_SCHEDULES };
extern schedule *schedules[N_SCHEDULES];

static const double eps = GSL_DBL_EPSILON;

/* L_{t-1} of a linear chain (t = 1: L_0) averaged over x_0 ~ N(m, v). */
double average_term(const schedule *s, const linear_chain *c, size_t t, double m, double v);

/* Part b */
void perfect_target(lesson *L);
void condition_on_x0(lesson *L);
void leave_out_the_last_step(lesson *L);

/* Part c */
void discretised_decoder(lesson *L);
void draw_decoder(lesson *L);

#endif
