/* frechet.h -- the Fréchet distance of two samples in a space of features, as normal laws.
 *
 *     |m_1 - m_2|^2 + tr(S_1 + S_2 - 2 (S_1 S_2)^(1/2))
 *
 * is the square of the Wasserstein-2 distance of N(m_1, S_1) and N(m_2, S_2) (Dowson and Landau
 * 1982); as a measure of generated images: Heusel et al. 2017, eq. 6, in the features of a network.
 * It is 0 for equal moments, but not for moments that were estimated from two samples of one law:
 * read it beside its value for two such samples of the same sizes. */
#ifndef THEORY_FRECHET_H
#define THEORY_FRECHET_H

#include <stddef.h>

/* Mean and covariance of a sample.
 * Eq.   mean = sum_i x_i / n,   cov = sum_i (x_i - mean)(x_i - mean)^T / (n - 1), in two passes
 * Args  mean [d], cov [d,d] receive them, NaN unless n >= 2;  x [n,d]. */
void frechet_moments(double *mean, double *cov, const double *x, size_t n, size_t d);

/* The formula above: the square of a distance.
 * Eq.   tr (S_1 S_2)^(1/2) = sum of the singular values of S_1^(1/2) S_2^(1/2)
 * Args  m_1, m_2 [d];  s_1, s_2 [d,d] symmetric, no eigenvalue below 0 but for rounding; any rank.
 *       Eigenvalues up to d DBL_EPSILON times the largest count as 0: for covariances of full rank
 *       the result is right to about d DBL_EPSILON tr(S_1 + S_2), else to sqrt of that.
 * Returns  NaN with GSL_EINVAL for d = 0, GSL_EDOM for a number that is not finite or an eigenvalue
 *          below -1e-8 times the largest, GSL_ENOMEM. */
double frechet_distance(const double *m_1, const double *s_1, const double *m_2, const double *s_2,
                        size_t d);

#endif
