/* toy -- small data sets for training in seconds: `ddpm train --data ring|moons|...|points:FILE`. */
#ifndef DATA_TOY_H
#define DATA_TOY_H

#include <stdbool.h>
#include <stddef.h>

/* All but the checkerboard are Gaussian mixtures  sum_k weight_k N(mean_k, var_k I)  by definition,
 * not by approximation: the Bayes-optimal denoiser of a mixture is known in closed form
 * (theory/mixture.h), so that a network trained on them can be compared with the exact optimum.
 *
 *   ring          8 bumps of sd 0.05 on the unit circle, the ring of lessons 15 and 16.
 *                 Mean 0, covariance 0.5025 I.
 *   moons         two interleaved half circles, 48 bumps each, 0.65 standard deviations apart.
 *                 Mean 0, variances 1.499 and 0.501, covariance -0.381.
 *   swissroll     one and a half turns of a spiral, 256 bumps, 0.70 standard deviations apart.
 *                 Mean 0, variances 0.930 and 1.070, covariance 0.125.
 *   checkerboard  uniform on 8 of the 16 fields of a square board of side 2 sqrt(3).
 *                 Mean 0, variances 1, covariance 3/16.  No mixture: K = 0.
 *   gmm:FILE      one component per line:  weight  var  mean_1 .. mean_D.
 *   points:FILE   one point per line, D numbers: the empirical distribution, point masses (var 0).
 *
 * Bumps that are h standard deviations apart make a density that ripples by a relative
 * 2 exp(-2 pi^2 / h^2): about 1e-17 for h = 0.7, so that the curves are smooth. */
typedef struct toy {
    char name[32]; /* ring, moons, ..., gmm, points */
    size_t D;
    size_t K;       /* components; 0 for the checkerboard */
    double *weight; /* [K], positive, sum 1 */
    double *mean;   /* [K,D] */
    double *var;    /* [K], per coordinate, >= 0 */
    size_t boxes;   /* 8 for the checkerboard, 0 for the others */
    double *low;    /* [boxes,D] corners: uniform on the union of boxes of equal size */
    double *high;   /* [boxes,D] */
    double *below;  /* [K] weight_0 + .. + weight_k, the last exactly 1 */
} toy;

/* The most numbers in a file: components of a gmm (all its oracle takes), points. */
#define TOY_MAX_GMM 1000000
#define TOY_MAX_POINTS 10000000

/* A data set from words.
 * spec: one of the six forms above.
 * error [error_size]: receives one line on failure that names the option --data or file:line and
 * what was expected; untouched on success; NULL if error_size = 0.
 * Returns the data set, to be freed with toy_free, or NULL: an unknown name, a bad file
 * (data/points.h), one point only, a weight that is not positive, a negative variance, no memory. */
toy *toy_alloc(const char *spec, char *error, size_t error_size);

/* Frees a data set; NULL is legal. */
void toy_free(toy *d);

/* Draws one data point.
 * x [D]: receives it.
 * uniform: returns independent draws from [0,1); called at most D + 2 times.
 * state: handed to uniform. */
void toy_sample(const toy *d, double *x, double (*uniform)(void *state), void *state);

/* Exact mean and standard deviation per coordinate (of the distribution, not of a sample).
 * mean [D], sd [D]: receive them; sd is 0 for a coordinate in which all points agree. */
void toy_moments(const toy *d, double *mean, double *sd);

#endif
