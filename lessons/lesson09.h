/* lesson09.h -- what the five parts of lesson 9 share. */
#ifndef LESSON09_H
#define LESSON09_H

#include "check/check.h"
#include "check/quad.h"
#include "theory/elbo.h"
#include "theory/schedule.h"
#include "theory/weight.h"

enum { S10, L1000, S50, COS1000, N_SCHEDULES };
extern schedule *schedules[N_SCHEDULES];

/* q = N(mean_q, var_q) and p = N(mean_p, var_p), one coordinate. */
typedef struct pair {
    double mean_q, var_q, mean_p, var_p;
} pair;

double log_normal(double x, double mean, double var);

/* ln q(x)/p(x). */
double log_ratio(const pair *k, double x);

/* KL(q||p) by its definition: the integral of q ln(q/p); tolerance receives its error bound. */
double integrate(quad *w, const pair *k, double *tolerance);

/* Six pairs with different variances; the first is the ledger's. */
enum { N_DIFFERENT = 6 };
extern const pair different[N_DIFFERENT];

/* Part b: five dimensions seen through a full matrix; the slope in mu_p. */
void in_d_dimensions(lesson *L, const char *what, double var_q, double var_p);
void match_the_means(lesson *L, quad *w);

/* Part c: one step of the bound.  x_0 is generic: no 0, no 1, no simple ratio. */
extern const double x_0;

/* A typical x_t: the jump from x_0 with one fixed noise. */
double end_of(const schedule *s, size_t t);

/* q(x_{t-1}|x_t,x_0) by adding precisions (lesson 4), t >= 2; p is left open. */
pair true_step(const schedule *s, size_t t, double x_t);

/* A network nobody trained, with either of the two usual variances. */
typedef struct network {
    const schedule *s;
    weight_variance choice;
} network;

double network_mean(double x_t, size_t t, void *params);
reverse_model model_of(network *net);

/* q and p of one step of that network; its variance is beta_t, or the variance of q itself. */
pair both_steps(const schedule *s, size_t t, weight_variance choice);

void both_are_gaussian(lesson *L, quad *w);

/* Part d: the constant and the factor.   Part e: under the expectation. */
void the_constant(lesson *L, quad *w);
void the_full_term(lesson *L, quad *w);
void the_factor(lesson *L, quad *w);
void up_to_constants(lesson *L, quad *w);
void write_factor(lesson *L);
void under_the_expectation(lesson *L);

#endif
