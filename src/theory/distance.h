/* distance.h -- how far apart are two samples?  Energy distance, Wasserstein-1, occupancy of modes.
 *
 * A sample is an array [n,D] of n points, row by row.  All functions are deterministic: where chance
 * is needed the generator is an argument.  A distance between two samples is never 0, also when both
 * come from one law: read it beside distance_floor, the same distance between two fresh samples of
 * the law at the same sizes. */
#ifndef THEORY_DISTANCE_H
#define THEORY_DISTANCE_H

#include <stddef.h>

#include <gsl/gsl_rng.h>

#include "theory/mixture.h"

/* Energy distance as it stands (V-statistic): never negative, and of size
 * (1/n + 1/m) E|X - X'| on average when both samples come from one law.
 * Eq.   2 mean|x_i - y_j| - mean|x_i - x_j| - mean|y_i - y_j|, means over ALL pairs, |.| Euclidean
 *       (Szekely & Rizzo 2013, eq. 6.1; no root is taken)
 * Args  x [n,D], y [m,D]; n, m, D >= 1.   Cost  (n+m)^2/2 distances: 0.3 s for n = m = 4000, D = 2.
 * Returns  NaN with GSL_EINVAL for empty samples. */
double distance_energy(const double *x, size_t n, const double *y, size_t m, size_t D);

/* Its unbiased form (U-statistic): the pairs i = j are left out, so that the mean is the energy
 * distance of the two laws, 0 when they agree; it may be negative.
 * Args  as distance_energy, but n, m >= 2. */
double distance_energy_unbiased(const double *x, size_t n, const double *y, size_t m, size_t D);

/* Exact Wasserstein-1 distance of two samples on the line, each sorted upwards.
 * Eq.   integral |F_x(z) - F_y(z)| dz; for n = m this is the mean of |x_i - y_i|
 * Returns  NaN with GSL_EINVAL for empty samples.   Cost  n + m. */
double distance_w1_sorted(const double *x, size_t n, const double *y, size_t m);

/* K unit vectors u [K,D], independent and uniform on the sphere. */
void distance_directions_random(double *u, size_t K, size_t D, gsl_rng *rng);

/* K unit vectors u [K,2] of the plane, evenly spaced on the half circle: angle (k + 1/2) pi/K. */
void distance_directions_even(double *u, size_t K);

/* Sliced Wasserstein-1: the mean over the directions of the exact W1 of the projections.
 * Args  x [n,D], y [m,D], u [K,D].   Cost  K (n+m) (D + log).
 * Returns  NaN with GSL_EINVAL for empty samples or no direction, GSL_ENOMEM when memory is short. */
double distance_sliced_w1(const double *x, size_t n, const double *y, size_t m, size_t D,
                          const double *u, size_t K);

/* ---- The permutation test ------------------------------------------------------------------ */

/* All mutual distances of the pooled sample x, y; kept in float: 4 (n+m)^2/2 bytes, 128 MB for
 * n = m = 4000.  (A relative 6e-8 of each distance; what is compared is computed from the same ones.) */
typedef struct distance_pairs {
    size_t n, m, N;         /* N = n + m points: x first, then y */
    float *r;               /* [N (N+1)/2]: r[i (i+1)/2 + j] for j <= i */
    double *row;            /* [N] sums of the distances from point i */
    double total;           /* the sum over all pairs j < i */
    size_t *order, *member; /* [N], [N] scratch */
} distance_pairs;

/* Returns  NULL with GSL_EINVAL for empty samples, GSL_ENOMEM when memory is short. */
distance_pairs *distance_pairs_alloc(const double *x, size_t n, const double *y, size_t m,
                                     size_t D);
void distance_pairs_free(distance_pairs *p);

/* distance_energy of the first n points against the last m, from the distances. */
double distance_pairs_energy(distance_pairs *p);

/* P-value of "both samples come from one law": the pooled points are dealt out again at random.
 * Eq.   (1 + number of dealings with an energy distance >= the observed one) / (1 + permutations),
 *       valid at every n and m without any approximation
 * Cost  n^2/2 additions per permutation (about 10 ms for n = 4000). */
double distance_permutation_p(distance_pairs *p, size_t permutations, gsl_rng *rng);

/* ---- Modes --------------------------------------------------------------------------------- */

/* count [K] = how many points of x [n,D] lie nearest to each centre [K,D]; of equally near ones the
 * first counts. */
void distance_nearest(size_t *count, const double *x, size_t n, size_t D, const double *centre,
                      size_t K);

/* Pearson's chi^2 = sum_k (count_k - N p_k)^2 / (N p_k), N the sum of the counts.
 * Args  probability [K], positive, sum 1; K >= 2;
 *       p_value  receives P(chi^2_{K-1} >= the value): needs N p_k >= 5 or so (may be NULL).
 * Returns  NaN with GSL_EINVAL (p_value NaN too) for K < 2, no counts or a probability not positive. */
double distance_occupancy(const size_t *count, const double *probability, size_t K,
                          double *p_value);

/* ---- The noise floor ----------------------------------------------------------------------- */

/* A law to draw from: one point x [D]. */
typedef struct distance_law {
    void (*draw)(double *x, gsl_rng *rng, void *params);
    void *params;
} distance_law;

/* The mixture as such a law; valid as long as m. */
distance_law distance_law_mixture(mixture *m);

/* Fill x [n,D] with independent draws. */
void distance_draw(double *x, size_t n, size_t D, const distance_law *law, gsl_rng *rng);

/* A distance of two samples, whatever its inside. */
typedef struct distance_metric {
    double (*value)(const double *x, size_t n, const double *y, size_t m, size_t D, void *params);
    void *params;
} distance_metric;

/* K directions [K,D] for distance_metric_sliced. */
typedef struct distance_slices {
    size_t K;
    const double *u;
} distance_slices;

distance_metric distance_metric_energy(void);
distance_metric distance_metric_energy_unbiased(void);
distance_metric distance_metric_sliced(distance_slices *slices);

/* The noise floor: mean distance of two independent samples of one law, sizes n and m.
 * Args  repeats  pairs of samples, >= 1;  sd  receives the standard deviation over them (0 for one
 *       pair; may be NULL).
 * Returns  NaN with GSL_EINVAL for repeats = 0 or empty samples, GSL_ENOMEM when memory is short. */
double distance_floor(const distance_metric *metric, const distance_law *law, size_t n, size_t m,
                      size_t D, size_t repeats, gsl_rng *rng, double *sd);

#endif
