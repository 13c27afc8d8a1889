/* quad.h -- one-dimensional integrals by GSL, with their error bound; never aborts, NaN on failure. */
#ifndef CHECK_QUAD_H
#define CHECK_QUAD_H

#include <stddef.h>

/* An integrand and its parameters, as gsl_function has it. */
typedef double (*quad_integrand)(double x, void *params);

typedef struct quad quad;

/* Workspace for all integrals of a lesson.
 * Returns  the workspace, or NULL when memory is short.  quad_free(NULL) is legal. */
quad *quad_alloc(void);
void quad_free(quad *w);

/* Integral of f over centre - reach .. centre + reach, doubly adaptive Clenshaw-Curtis (gsl cquad).
 * Choose reach >= 12 standard deviations: a Gaussian keeps less than 1e-32 outside.
 * Args     abserr  receives GSL's error bound plus the roundings of the sum (may not be NULL).
 * Returns  the integral; NaN, and abserr NaN, when GSL fails. */
double quad_around(quad *w, quad_integrand f, void *params, double centre, double reach,
                   double *abserr);

/* Integral of f over a .. b, adaptive Gauss-Kronrod with 61 points (gsl qag).
 * Returns  as quad_around. */
double quad_interval(quad *w, quad_integrand f, void *params, double a, double b, double *abserr);

/* Integral of f over the whole line (gsl qagi).  Only for integrands that are wide compared with 1
 * and centred near 0: qagi can miss a narrow peak without noticing.
 * Returns  as quad_around. */
double quad_line(quad *w, quad_integrand f, void *params, double *abserr);

/* E f(X) for X ~ N(mean, sd^2) by n-point Gauss-Hermite quadrature.
 * Exact for polynomials up to degree 2n-1.
 * Args     n       1..200 nodes; sd >= 0.
 *          abserr  receives |n nodes - (n-8) nodes| plus roundings when n > 8 (may be NULL).
 * Returns  the expectation; NaN when memory is short. */
double quad_hermite(quad_integrand f, void *params, double mean, double sd, size_t n,
                    double *abserr);

#endif
