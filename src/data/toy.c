/* toy -- small data sets for training in seconds. */
#include "data/toy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>

#include "data/idx.h"
#include "data/points.h"

enum { RING = 8, MOON = 48, ROLL = 256, FIELDS = 4 };

/* Room for K components or so many boxes; everything zero. */
static toy *room(const char *name, size_t K, size_t boxes, size_t D)
{
    toy *d = malloc(sizeof *d);
    double *block = calloc(3 * K + (K + 2 * boxes) * D, sizeof *block);
    if (d == NULL || block == NULL) {
        free(d);
        free(block);
        return NULL;
    }
    *d = (toy){.D = D, .K = K, .boxes = boxes, .weight = block};
    d->var = block + K;
    d->below = block + 2 * K;
    d->mean = block + 3 * K;
    d->low = d->mean + K * D;
    d->high = d->low + boxes * D;
    snprintf(d->name, sizeof d->name, "%s", name);
    return d;
}

void toy_free(toy *d)
{
    if (d == NULL) return;
    free(d->weight); /* the one block */
    free(d);
}

/* --- Mixtures along curves ----------------------------------------------------------------- */

static void equal_components(toy *d, double var)
{
    for (size_t k = 0; k < d->K; k++) {
        d->weight[k] = 1.0 / (double)d->K;
        d->var[k] = var;
    }
}

/* Weights to sum 1, and their running sums. */
static void normalise(toy *d)
{
    double sum = 0.0, below = 0.0;
    for (size_t k = 0; k < d->K; k++) sum += d->weight[k];
    for (size_t k = 0; k < d->K; k++) {
        d->weight[k] /= sum;
        d->below[k] = below += d->weight[k];
    }
    d->below[d->K - 1] = 1.0; /* whatever the roundings */
}

/* Mean 0 and, averaged over the coordinates, variance 1; the same scale for all coordinates, which
 * keeps round bumps round. */
static void standardise(toy *d)
{
    double mean[2], sd[2];
    toy_moments(d, mean, sd);
    const double scale = sqrt(2.0 / (sd[0] * sd[0] + sd[1] * sd[1]));
    for (size_t k = 0; k < d->K; k++) {
        for (size_t i = 0; i < 2; i++) d->mean[2 * k + i] = scale * (d->mean[2 * k + i] - mean[i]);
        d->var[k] *= scale * scale;
    }
}

static toy *ring(void)
{
    toy *d = room("ring", RING, 0, 2);
    if (d == NULL) return NULL;
    equal_components(d, 0.05 * 0.05);
    for (size_t k = 0; k < RING; k++) {
        const double angle = 2.0 * M_PI * (double)k / RING;
        d->mean[2 * k] = cos(angle);
        d->mean[2 * k + 1] = sin(angle);
    }
    return d;
}

/* The upper half of the unit circle, and the lower half moved by (1, 1/2). */
static toy *moons(void)
{
    toy *d = room("moons", 2 * MOON, 0, 2);
    if (d == NULL) return NULL;
    equal_components(d, 0.1 * 0.1);
    for (size_t k = 0; k < MOON; k++) {
        const double angle = M_PI * ((double)k + 0.5) / MOON;
        double *upper = d->mean + 2 * k, *lower = upper + 2 * MOON;
        upper[0] = cos(angle);
        upper[1] = sin(angle);
        lower[0] = 1.0 - cos(angle);
        lower[1] = 0.5 - sin(angle);
    }
    standardise(d);
    return d;
}

/* Archimedes' spiral (a cos a, a sin a), a from 3 pi/2 to 9 pi/2.  Equal steps of a^2 are nearly
 * equal steps along the curve, because its length grows like a^2 / 2. */
static toy *swissroll(void)
{
    toy *d = room("swissroll", ROLL, 0, 2);
    if (d == NULL) return NULL;
    equal_components(d, 0.5 * 0.5);
    const double first = gsl_pow_2(1.5 * M_PI), last = gsl_pow_2(4.5 * M_PI);
    for (size_t k = 0; k < ROLL; k++) {
        const double angle = sqrt(first + (last - first) * ((double)k + 0.5) / ROLL);
        d->mean[2 * k] = angle * cos(angle);
        d->mean[2 * k + 1] = angle * sin(angle);
    }
    standardise(d);
    return d;
}

/* The fields (i,j) with i + j even; a side of 2 sqrt(3) makes the variances 1. */
static toy *checkerboard(void)
{
    toy *d = room("checkerboard", 0, FIELDS * FIELDS / 2, 2);
    if (d == NULL) return NULL;
    const double field = 2.0 * M_SQRT3 / FIELDS;
    size_t b = 0;
    for (size_t i = 0; i < FIELDS; i++)
        for (size_t j = i % 2; j < FIELDS; j += 2, b++) {
            d->low[2 * b] = field * (double)i - M_SQRT3;
            d->low[2 * b + 1] = field * (double)j - M_SQRT3;
            for (size_t e = 0; e < 2; e++) d->high[2 * b + e] = d->low[2 * b + e] + field;
        }
    return d;
}

/* --- Files --------------------------------------------------------------------------------- */

static const char *gmm_rule(const double *row, size_t D)
{
    if (D < 3) return "expected `weight var mean_1 .. mean_D`, at least three numbers";
    if (!(row[0] >= 1e-100)) return "expected a weight above 0 in the first column";
    if (!(row[1] >= 0.0)) return "expected a variance of 0 or more in the second column";
    return NULL;
}

static toy *gmm(const points *p)
{
    toy *d = room("gmm", p->n, 0, p->D - 2);
    if (d == NULL) return NULL;
    for (size_t k = 0; k < p->n; k++) {
        const double *row = p->x + k * p->D;
        d->weight[k] = row[0];
        d->var[k] = row[1];
        memcpy(d->mean + k * d->D, row + 2, d->D * sizeof *row);
    }
    return d;
}

static toy *empirical(const points *p)
{
    toy *d = room("points", p->n, 0, p->D);
    if (d == NULL) return NULL;
    equal_components(d, 0.0);
    memcpy(d->mean, p->x, p->n * p->D * sizeof *p->x);
    return d;
}

/* A data set from the file `path`, a gmm if is_gmm. */
static toy *from_file(const char *path, bool is_gmm, char *error, size_t error_size)
{
    if (*path == '\0') {
        idx_fail(error, error_size, "--data", GSL_EINVAL, "expected a file name after the colon");
        return NULL;
    }
    points *p = points_read(path, is_gmm ? TOY_MAX_GMM : TOY_MAX_POINTS, is_gmm ? gmm_rule : NULL,
                            error, error_size);
    if (p == NULL) return NULL;
    toy *d = NULL;
    if (!is_gmm && p->n == 1)
        idx_fail(error, error_size, path, GSL_EFAILED, "one point only, expected at least 2");
    else if ((d = is_gmm ? gmm(p) : empirical(p)) == NULL)
        idx_fail(error, error_size, path, GSL_ENOMEM, "out of memory after reading");
    points_free(p);
    return d;
}

/* --- All of them --------------------------------------------------------------------------- */

static const char expected[] =
    "expected ring | moons | swissroll | checkerboard | gmm:FILE | points:FILE; images: mnist | "
    "digits | idx:DIR";

toy *toy_alloc(const char *spec, char *error, size_t error_size)
{
    static const struct {
        const char *name;
        toy *(*make)(void);
    } named[] = {
        {"ring", ring}, {"moons", moons}, {"swissroll", swissroll}, {"checkerboard", checkerboard}};
    toy *d = NULL;
    const bool is_gmm = strncmp(spec, "gmm:", 4) == 0, is_points = strncmp(spec, "points:", 7) == 0;
    if (is_gmm || is_points) {
        d = from_file(strchr(spec, ':') + 1, is_gmm, error, error_size);
        if (d == NULL) return NULL;
    }
    size_t i = 0;
    while (d == NULL && i < 4 && strcmp(spec, named[i].name) != 0) i++;
    if (d == NULL && i == 4) {
        idx_fail(error, error_size, "--data", GSL_EINVAL, "`%s`, %s", spec, expected);
        return NULL;
    }
    if (d == NULL && (d = named[i].make()) == NULL) {
        idx_fail(error, error_size, "--data", GSL_ENOMEM, "out of memory for %s", spec);
        return NULL;
    }
    if (d->K > 0) normalise(d);
    return d;
}

/* The first component whose running sum exceeds u. */
static size_t find(const toy *d, double u)
{
    size_t low = 0, high = d->K - 1;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (u < d->below[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

void toy_sample(const toy *d, double *x, double (*uniform)(void *state), void *state)
{
    const double u = uniform(state);
    if (d->boxes > 0) {
        const size_t b = (size_t)(u * (double)d->boxes);
        for (size_t i = 0; i < d->D; i++) {
            const double low = d->low[b * d->D + i], high = d->high[b * d->D + i];
            x[i] = low + (high - low) * uniform(state);
        }
        return;
    }
    const size_t k = find(d, u);
    memcpy(x, d->mean + k * d->D, d->D * sizeof *x);
    const double sd = sqrt(d->var[k]);
    for (size_t i = 0; sd > 0.0 && i < d->D; i += 2) { /* Box and Muller: two normals at a time */
        const double length = sd * sqrt(-2.0 * log1p(-uniform(state)));
        const double angle = 2.0 * M_PI * uniform(state);
        x[i] += length * cos(angle);
        if (i + 1 < d->D) x[i + 1] += length * sin(angle);
    }
}

/* A box [low, high] has mean (low + high)/2 and variance (high - low)^2/12 per coordinate. */
void toy_moments(const toy *d, double *mean, double *sd)
{
    for (size_t i = 0; i < d->D; i++) {
        const size_t n = d->boxes > 0 ? d->boxes : d->K;
        double sum = 0.0, square = 0.0;
        for (int pass = 0; pass < 2; pass++) /* the mean first: no cancellation in the variance */
            for (size_t k = 0; k < n; k++) {
                const double low = d->boxes ? d->low[k * d->D + i] : 0.0;
                const double high = d->boxes ? d->high[k * d->D + i] : 0.0;
                const double centre = d->boxes ? 0.5 * (low + high) : d->mean[k * d->D + i];
                const double var = d->boxes ? gsl_pow_2(high - low) / 12.0 : d->var[k];
                const double weight = d->boxes ? 1.0 / (double)n : d->weight[k];
                if (pass == 0) sum += weight * centre;
                if (pass == 1) square += weight * (gsl_pow_2(centre - sum) + var);
            }
        mean[i] = sum;
        sd[i] = sqrt(square);
    }
}
