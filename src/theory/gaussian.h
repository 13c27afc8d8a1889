/* gaussian.h -- the normal distribution in one dimension: density, divergence, entropy. */
#ifndef THEORY_GAUSSIAN_H
#define THEORY_GAUSSIAN_H

/* log N(x; mean, var).
 * Eq.   -(x - mean)^2 / (2 var) - ln(2 pi var)/2
 * Args  var > 0 (a variance, not a standard deviation).
 * Returns  nats; NaN with GSL_EDOM unless var > 0. */
double gaussian_log_pdf(double x, double mean, double var);

/* KL( N(mean_q, var_q) || N(mean_p, var_p) ) for one coordinate.
 * Eq.   (r - 1 - ln r)/2 + (mean_q - mean_p)^2 / (2 var_p),  r = var_q / var_p
 *       For isotropic covariances in D dimensions add the coordinates.
 * Returns  nats, >= 0; NaN with GSL_EDOM unless both variances are > 0. */
double gaussian_kl(double mean_q, double var_q, double mean_p, double var_p);

/* The part of the divergence that the variances alone cause: (r - 1 - ln r)/2, r = var_q / var_p.
 * Computed without cancellation for r near 1.
 * Returns  nats, >= 0; NaN with GSL_EDOM unless both are > 0. */
double gaussian_kl_variances(double var_q, double var_p);

/* Entropy of N(mean, var) for one coordinate: ln(2 pi e var)/2.
 * Returns  nats; NaN with GSL_EDOM unless var > 0. */
double gaussian_entropy(double var);

#endif
