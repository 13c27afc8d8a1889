/* lesson12.h -- what the parts of lesson 12 share: random points, chains, two roads to mu_tilde. */
#ifndef LESSON12_H
#define LESSON12_H

#include <stdbool.h>
#include <stddef.h>

#include <gsl/gsl_rng.h>

#include "check/check.h"
#include "check/quad.h"
#include "theory/misprint.h"
#include "theory/schedule.h"

/* The identities run at every t of the first three, the last step (t = 1) on all six. */
enum { S10, L1000, COS1000, N_LOOPS, S50 = N_LOOPS, BAD50, COS50, N_SCHEDULES };
extern schedule *schedules[N_SCHEDULES];

/* A random point of the jump, and a prediction eps_hat of its noise that is off by about 0.1. */
typedef struct point {
    double x_0, eps, x_t, eps_hat;
} point;
point draw(gsl_rng *rng, const schedule *s, size_t t);

/* What a comparison of two means at that point may be off by. */
double roundings(const schedule *s, size_t t, const point *p);

/* A chain after some steps: x_t, the noise eps of the whole jump from x_0, and of the last step its
 * start x_{t-1} and its noise z. */
typedef struct walker {
    double x, eps, x_prev, z;
} walker;
void step(walker *w, gsl_rng *rng, const schedule *s, size_t t);

/* Walk a chain down each schedule; at each t find its start again from x_t and eps, or its noise
 * from x_t and x_0. */
gap walk(lesson *L, bool find_noise);

/* Road 1: mu_tilde by Bayes' rule. */
double bayes_mean(const schedule *s, size_t t, double x_t, double x_0);

/* Road 2: the two numbers in mu_tilde = a x_t + b eps, by projection and elimination. */
typedef struct eps_form {
    double a, b;
} eps_form;
eps_form match_coefficients(const schedule *s, size_t t);

/* Root mean square error of a wrong mean_from_eps at step t, in posterior standard deviations. */
double error_in_sd(const schedule *s, size_t t, misprint_formula formula);
/* The same over all steps t = 2..T. */
double error_of_chain(const schedule *s, misprint_formula formula);

/* Part b: the network's error, clipping, which noise, the figures. */
void the_error_of_the_network(lesson *L);
void two_ways_to_read_the_mean(lesson *L);
void which_noise(lesson *L);
void write_figures(lesson *L);

/* Part c: the errors of 12.2 on another road; within 12.6, v and the score. */
void mistakes_by_signs(lesson *L);
void other_predictions(lesson *L);

#endif
