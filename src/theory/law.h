/* law.h -- the exact law of a one-dimensional reverse chain, so also log p_theta(x_0).
 *
 * "Intractable" is a statement about D = 784, not about D = 1: the Markov structure turns the T-fold
 * integral over the path into T successive ones (Chapman-Kolmogorov).  Every step has the grid that
 * its own kernel asks, so that a chain of 1000 steps costs a fraction of a second, and the last step
 * is left to closed form: distribution function, density and distance are available at any point.
 * This is what a sampler's histogram would show after infinitely many samples. */
#ifndef THEORY_LAW_H
#define THEORY_LAW_H

#include <stddef.h>

#include "theory/elbo.h"

/* The law of x_t on a grid, and the kernel p_theta(x_{t-1} | x_t) that is still to act. */
typedef struct law {
    size_t t, n;
    double h;
    double *x;    /* [n] nodes, symmetric about 0 */
    double *mass; /* [n] h times the density of x_t */
    double *mean; /* [n] of x_{t-1} given the node */
    double *sd;   /* [n] */
} law;

/* Carry x_T ~ N(0,1) down to x_{last+1}; the functions below then speak of x_last.
 * Args     T       length of the chain;  last  0 .. T-1;  p  the model, with positive variances;
 *          reach   the grids are -reach .. reach;
 *          per_sd  nodes per standard deviation of the kernel at x = 0 (at least about 2; more where
 *                  the kernel's mean is steep); the error falls like exp(-2 pi^2 per_sd^2).
 * Returns  NULL with GSL_EINVAL (also when a grid would need more than 10^6 nodes) or GSL_ENOMEM. */
law *law_alloc(size_t T, size_t last, const reverse_model *p, double reach, double per_sd);
void law_free(law *l);

/* P(x_last <= x). */
double law_below(const law *l, double x);

/* The density of x_last at x; log(law_pdf) of a law with last = 0 is log p_theta(x_0). */
double law_pdf(const law *l, double x);

/* Wasserstein-1 distance of f(x_last) from the law with distribution function G, f increasing:
 *   W1 = integral |P(f(x_last) <= y) - G(y)| dy = integral |P(x_last <= x) - G(f(x))| df(x).
 * Args     f       NULL means f(x) = x;  G;  params of each;
 *          reach, n   nodes of the integral, -reach .. reach, n odd and >= 5
 *          abserr  receives |n nodes - every second node| (may be NULL).
 * Returns  the distance; NaN when memory is short. */
double law_wasserstein(const law *l, double (*f)(double x, void *params), void *f_params,
                       double (*G)(double y, void *params), void *G_params, double reach, size_t n,
                       double *abserr);

#endif
