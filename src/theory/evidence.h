/* evidence.h -- log p_theta(x_0) of a one-dimensional chain, by T successive quadratures.
 *
 * "Intractable" is a statement about D = 784, not about D = 1: the Markov structure turns the
 * T-fold integral over the path into T one-dimensional ones (Chapman-Kolmogorov). */
#ifndef THEORY_EVIDENCE_H
#define THEORY_EVIDENCE_H

#include <stddef.h>

#include "theory/elbo.h"

/* The marginal density of the model, carried from x_T ~ N(0,1) down to x_1 on a grid. */
typedef struct evidence_grid {
    size_t n;        /* nodes, odd */
    double reach, h; /* grid -reach .. reach, spacing h */
    double *x;       /* [n] nodes */
    double *density; /* [n] p_theta(x_1) */
    double mass;     /* its integral: 1 up to what left the grid */
    const reverse_model *p;
} evidence_grid;

/* Carry the density down to x_1 with the trapezoidal rule (spectrally accurate for smooth densities
 * that vanish at the ends; h must not exceed 1.1 standard deviations of the narrowest kernel).
 * Args     T      length of the chain;  p  the model, kept;
 *          reach  > 0, well beyond the mass;  n  odd, 3..20001.
 * Returns  NULL with GSL_EINVAL / GSL_ENOMEM. */
evidence_grid *evidence_alloc(size_t T, const reverse_model *p, double reach, size_t n);
void evidence_free(evidence_grid *e);

/* log p_theta(x_0).
 * Args     abserr  receives |n nodes - every second node| in the last integral (may be NULL).
 * Returns  nats. */
double evidence_log_p(const evidence_grid *e, double x_0, double *abserr);

#endif
