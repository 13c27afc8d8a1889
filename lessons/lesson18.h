/* lesson18.h -- what the parts of lesson 18 share: the data, the ladder, and the backward equation. */
#ifndef LESSONS_LESSON18_H
#define LESSONS_LESSON18_H

#include <stdbool.h>
#include <stddef.h>

#include "check/check.h"
#include "theory/langevin_law.h"
#include "theory/mixture.h"

/* Two bumps at -4 and 4, variance 0.25, with the share `left` in the left one. */
static const double bump_at = 4.0, bump_var = 0.25;
typedef struct data_law {
    double left;
    mixture *m;        /* the same, as src/theory has it */
    score_model score; /* its exact score */
} data_law;
extern data_law even, uneven; /* left = 0.5 and 0.3 */

/* The lesson's own score of the data plus noise. */
double own_score(const data_law *d, double x, double sigma);

/* P(x_sigma <= x) of the data plus noise; params of the first form: {left, sigma}. */
double data_below(double x, void *params);

/* The ladder of 12 levels from 0.1 to 8, 100 steps of length 0.1 sigma^2 at each. */
enum { LEVELS = 12, STEPS = 100 };
extern ladder *rungs;

/* A plan: which level, with which step, how often; in the order of time. */
typedef struct leg {
    double sigma, eta, reach; /* the law lives on -reach .. reach */
    size_t steps;
} leg;
typedef struct plan {
    size_t n;
    leg at[LEVELS];
    double start_mean, start_sd;
    double per_sd; /* nodes per standard deviation of the grids */
} plan;
plan annealed(const ladder *l, langevin_order order, double per_sd);
plan one_level(double sigma, size_t steps); /* from the right bump, eta = 0.1 sigma^2 */
size_t steps_of(const plan *p);

/* The exact law at the end of a plan, by src/theory; the grids `finer` times as fine as planned.
 * NULL when memory is short. */
law *law_of(const plan *p, const data_law *d, double finer);

/* W1 of a law to the data. */
double distance(const law *l, const data_law *d, double *error);

/* Part d, the other way round: E f(x) at the end of a plan, asked backwards in time with the lesson's
 * own score. f: the share left of 0, the share left of 4.2, and x^2. */
enum answer { LEFT, BELOW_4_2, SQUARE, ANSWERS };
typedef struct answers {
    double value[ANSWERS];
    bool done;
} answers;
answers ask_backwards(const plan *p, const data_law *d);

/* What one law says, by the forward road. */
typedef struct outcome {
    double left, below_4_2, mean, var, w1;
} outcome;
outcome look_at(const law *l, const data_law *d);
outcome outcome_of(const plan *p, const data_law *d);

/* Both shares and E x^2: forwards against backwards. */
gap both_roads(const plan *p, const data_law *d, const outcome *o);

/* Part b: one noise level.  Part c: a trained network.  Part e: the loss.  Part f: the order of the
 * levels.  Part g: the start, the steps, and the data of the figures. */
void one_small_level(lesson *L);
void one_large_level(lesson *L);
void the_loss(lesson *L);
void the_weight(lesson *L);
void the_order(lesson *L);
void the_start(lesson *L);
void the_steps(lesson *L);
void the_training(lesson *L);
void draw_figures(lesson *L);

#endif
