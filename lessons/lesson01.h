/* lesson01.h -- what the parts of lesson 1 share. */
#ifndef LESSON01_H
#define LESSON01_H

#include <stddef.h>

#include <gsl/gsl_rng.h>

#include "check/check.h"
#include "check/quad.h"
#include "theory/schedule.h"

/* Short coarse schedules show what long fine ones hide, and the reverse. */
enum { S10, L1000, COS1000, BAD50, S50, COS50, N_SCHEDULES, LONGEST = 1001 };
extern schedule *schedules[N_SCHEDULES];
extern const char *const schedule_names[N_SCHEDULES];

/* Generic values: no 0, no 1, no simple ratio that could hide a lost factor. */
extern const double x_0;

/* Walk the chain by hand from x[0] to x[t_end], noting in e[t] the noise of step t. */
void walk(const schedule *s, size_t t_end, double *x, double *e, gsl_rng *rng);

/* Part b: the noise of the jump, variance and entropy. */
void which_noise(lesson *L);
void keep_the_variance(lesson *L);
void spread_or_contract(lesson *L, quad *w);

/* Part c: the joint law of the path, the span of the noise, the figures. */
void the_whole_path(lesson *L);
void shapes(lesson *L);
void span(lesson *L);
void write_figures(lesson *L);

#endif
