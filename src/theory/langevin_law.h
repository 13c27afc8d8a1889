/* langevin_law.h -- the exact law of a one-dimensional Langevin chain, as a `law` of law.h.
 *
 * Every step has the kernel N(x + (eta/2) s(x), eta): the law is carried on from grid to grid
 * (Chapman-Kolmogorov), a node every 1/per_sd standard deviations of the narrower of the two kernels
 * that meet there.  What a histogram of samples would show after infinitely many; law_below, law_pdf
 * and law_wasserstein of law.h ask it. */
#ifndef THEORY_LANGEVIN_LAW_H
#define THEORY_LANGEVIN_LAW_H

#include <stddef.h>

#include "theory/langevin.h"
#include "theory/law.h"

/* The start N(mean, sd^2), sd > 0; free it with law_free.
 * Returns  NULL with GSL_EDOM unless sd > 0, GSL_ENOMEM when memory is short. */
law *langevin_law_alloc(double mean, double sd);

/* Carry the law on by n steps at one noise level.
 * Args     l        t counts the steps; after an error a valid law with fewer of them;
 *          model, sigma, t, eta   as in langevin_step, with D = 1 and eta > 0;
 *          n        steps, 0 is legal;
 *          reach    nodes -reach .. reach: what leaves it is lost, see langevin_law_moments;
 *          per_sd   nodes per standard deviation; the error falls like exp(-pi^2 per_sd^2): 2 is
 *                   rounding, 1.5 is 1e-10.
 * Returns  GSL_SUCCESS, GSL_EINVAL (also for more than 10^6 nodes) or GSL_ENOMEM. */
int langevin_law_walk(law *l, const score_model *model, double sigma, size_t t, double eta,
                      size_t n, double reach, double per_sd);

/* Mean, variance and lost mass, 1 minus all mass; each may be NULL. */
void langevin_law_moments(const law *l, double *mean, double *var, double *lost);

#endif
