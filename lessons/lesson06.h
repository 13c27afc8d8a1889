/* lesson06.h -- what the parts of lesson 6 share. */
#ifndef LESSON06_H
#define LESSON06_H

#include <stddef.h>

#include <gsl/gsl_matrix.h>

#include "check/check.h"
#include "theory/elbo.h"
#include "theory/linear.h"
#include "theory/mixture.h"
#include "theory/reverse.h"
#include "theory/schedule.h"
#include "theory/weight.h"

enum { S10, S50, L1000, COS1000, N_SCHEDULES };
extern schedule *schedules[N_SCHEDULES];

double log_normal(double x, double mean, double var);

/* A model that no theory made: nonlinear mean, variance that depends on x_t.  It knows how often
 * its mean was asked for. */
typedef struct wild {
    size_t T, calls;
} wild;
double wild_mean(double x_t, size_t t, void *params);
double wild_var(double x_t, size_t t, void *params);

/* The bound E_q log p_theta(x_{0:T})/q(x_{1:T}|x_0) from its closed-form terms, with its error. */
double elbo_of(const schedule *s, const reverse_model *p, double x_0, double *error);

/* Mean and covariance of a linear chain's whole path, row t is x_t. */
typedef struct dense {
    size_t T;
    gsl_matrix *cov; /* [T+1,T+1] */
    gsl_vector *mean;
} dense;
dense dense_of(const linear_chain *c);
void dense_free(dense g);

/* Part b: the bound of a chain.  Part c: the integral and the factors. */
void jensen_for_a_chain(lesson *L);
void gap_of_paths(lesson *L);
void intractable(lesson *L);
void factors(lesson *L);
void as_a_vae(lesson *L);

/* Part d: what is printed otherwise.  Part e: importance weights. */
void importance_weights(lesson *L);
void not_the_vanilla_vae(lesson *L);
void signs_and_names(lesson *L);

#endif
