/* lesson10.h -- what the parts of lesson 10 share: the schedules and the regression by hand. */
#ifndef LESSON10_H
#define LESSON10_H

#include <stddef.h>

#include "check/check.h"
#include "check/quad.h"
#include "theory/mixture.h"
#include "theory/schedule.h"

enum { L1000, S10, COS1000, S50, BAD50, COS50, N_SCHEDULES };
extern schedule *schedules[N_SCHEDULES];

/* Step t for data of variance `data`, from the betas alone; see section 10.1. */
typedef struct chain {
    double data;
    double alpha, beta;
    double abar_prev, abar;
    double v_prev, v; /* variance of the noise in x_{t-1} and x_t */
    double V_prev, V; /* variance of x_{t-1} and x_t */
} chain;
chain chain_start(double data);
void chain_walk(chain *c, double beta);
chain chain_at(const schedule *s, size_t t, double data);
double chain_tolerance(size_t t);

/* beta_t V_{t-1} / V_t: what remains of Var x_{t-1} when x_t is known. */
double chain_rest(const chain *c);
/* 1 - abar_{t-1} over 1 - abar_t times beta_t: the same for a point mass. */
double chain_beta_tilde(const chain *c);

/* sigma*^2 of src/theory for N(0.37, data) at some x_t (it does not matter which). */
double best_variance(mixture *normal, const schedule *s, size_t t, double data);

/* A formula for sigma*^2 against the regression (all t, 6 schedules) and against the minimum of the
 * expected divergence (9 places), for n variances of the data. */
typedef double (*variance_formula)(mixture *normal, const schedule *s, size_t t, double data);
gap against_regression(mixture *normal, variance_formula f, const double *data, size_t n);
gap against_minimum(mixture *normal, variance_formula f, const double *data, size_t n);
double beta_always(mixture *normal, const schedule *s, size_t t, double data);

/* The sigma^2 at which Brent's method finds the least of a function of ln sigma^2. */
double minimise(double (*f)(double log_sigma2, void *params), void *params, double guess);
/* How near a minimum can be seen: near it f = const + delta^2/4, so that 16 roundings of f hide
 * every relative error delta of sigma^2 below sqrt(64 eps) = 1.2e-7. */
extern const double sight;

/* Part b. */
void point_mass(lesson *L, mixture *normal);
void the_interval(lesson *L, mixture *normal, mixture *pair, quad *w);
/* Part c. */
void fixed_variance(lesson *L, mixture *normal, quad *w);
void choice_of_variance(lesson *L);
void write_figures(lesson *L, mixture *pair);

#endif
