/* lesson03.h -- what the four parts of lesson 3 share. */
#ifndef LESSON03_H
#define LESSON03_H

#include <stddef.h>

#include "check/check.h"
#include "theory/mixture.h"
#include "theory/schedule.h"

enum { S10, S50, L1000, COS1000, N_SCHEDULES };
extern schedule *schedules[N_SCHEDULES];

double normal_pdf(double x, double mean, double var);

/* Data of three bumps in the plane; NULL when memory is short. */
mixture *three_bumps(void);

/* The density of m after each bump moved to shrink mean_k and got the variance shrink^2 var_k +
 * spread. feel, if not NULL, is increased by what the logarithm feels of relative errors of x. */
double blurred(const mixture *m, double shrink, double spread, const double *x, double *feel);

/* KL(kernel || normal law of the same mean and variance), D = 1, with its error. */
double kl_of_kernel(const mixture *kernel, double *error);

/* q(x_t|x_{t-1}) q(x_{t-1}) as a function of x_{t-1}; q(x_{t-1}) is `prior`, blurred. */
typedef struct product {
    const mixture *prior;
    double shrink, spread, beta, x_t;
} product;

/* The same divergence, of the product, on a grid; increases *error by its error. */
double kl_by_bayes(product p, double *error);

/* Part b. */
void small_beta(lesson *L);
void feller(lesson *L);
void figures_of_kernels(lesson *L);

/* Part c. */
void price_of_gaussian_steps(lesson *L);
void figure_chain(lesson *L);

/* Part d. */
void told_x_0(lesson *L);
void chain_comes_home(lesson *L);

#endif
