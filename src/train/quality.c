/* quality.c -- Fréchet distance and classes of samples. */
#include "train/quality.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>

#include "net/counter.h"
#include "theory/frechet.h"
#include "train/quality_parts.h"

enum { D = LENET_FEATURES, STREAM_XT = 33 };

bool quality_fail(char *error, size_t error_size, const char *line)
{
    if (error_size > 0) snprintf(error, error_size, "%s", line);
    return false;
}

bool quality_accepts(const quality *q, const images *samples, size_t least, char *error,
                     size_t error_size)
{
    if (samples->rows != q->train->rows || samples->columns != q->train->columns)
        return quality_fail(error, error_size, "samples of another size than the training images");
    if (samples->n >= least) return true;
    if (error_size > 0)
        snprintf(error, error_size, "%zu samples, expected at least %zu", samples->n, least);
    return false;
}

images *quality_pick(const images *s, size_t first, size_t step, size_t n)
{
    const size_t pixels = s->rows * s->columns;
    images *const p = calloc(1, sizeof *p);
    if (!p) return NULL;
    *p = (images){.n = n, .rows = s->rows, .columns = s->columns};
    p->pixel = malloc(n * pixels);
    p->label = malloc(n);
    if (!p->pixel || !p->label) {
        images_free(p);
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        memcpy(p->pixel + i * pixels, s->pixel + (first + i * step) * pixels, pixels);
        p->label[i] = s->label[first + i * step];
    }
    return p;
}

/* Features [n,D] of a set in double, to be freed; NULL without memory.  logits [n,10] or NULL. */
static double *features_of(const quality *q, const images *s, real *logits)
{
    real *const f = malloc(s->n * D * sizeof *f);
    double *const x = malloc(s->n * D * sizeof *x);
    const bool good = f && x && classify_apply(q->c, s, logits, f, q->pool);
    for (size_t i = 0; good && i < s->n * D; i++) x[i] = (double)f[i];
    free(f);
    if (good) return x;
    free(x);
    return NULL;
}

/* ---- The real images ------------------------------------------------------------------------- */

/* Counts of the chosen classes, and the mean probability of the choice. */
static quality_number count_classes(size_t *count, const real *logits, size_t n)
{
    double sum = 0.0, squares = 0.0;
    for (size_t c = 0; c < LENET_CLASSES; c++) count[c] = 0;
    for (size_t i = 0; i < n; i++) {
        double p[LENET_CLASSES];
        const size_t chosen = lenet_probabilities(p, logits + i * LENET_CLASSES);
        count[chosen]++;
        sum += p[chosen], squares += p[chosen] * p[chosen];
    }
    const double mean = sum / (double)n, var = fmax(squares / (double)n - mean * mean, 0.0);
    return (quality_number){mean, sqrt(var / (double)n)};
}

static bool look(quality *q)
{
    const size_t n = q->train->n, m = q->test->n;
    real *const logits = malloc(GSL_MAX(n, m) * LENET_CLASSES * sizeof *logits);
    double *const x = logits ? features_of(q, q->train, logits) : NULL;
    size_t count[LENET_CLASSES];
    if (x) {
        frechet_moments(q->mean, q->cov, x, n, D);
        count_classes(count, logits, n);
        for (size_t c = 0; c < LENET_CLASSES; c++) q->share[c] = (double)count[c] / (double)n;
        q->test_features = features_of(q, q->test, logits);
    }
    if (q->test_features) q->confidence = count_classes(count, logits, m);
    free(logits), free(x);
    return q->test_features != NULL;
}

quality *quality_alloc(const classifier *c, const images *train, const images *test, parallel *pool,
                       char *error, size_t error_size)
{
    if (train->rows != LENET_SIDE || train->columns != LENET_SIDE || test->rows != train->rows ||
        test->columns != train->columns || train->n < 2 || test->n < 2) {
        quality_fail(error, error_size, "expected sets of at least 2 images of 28 x 28 pixels");
        return NULL;
    }
    quality *const q = calloc(1, sizeof *q);
    if (q) {
        *q = (quality){.c = c, .train = train, .test = test, .pool = pool};
        q->mean = calloc(D, sizeof *q->mean);
        q->cov = calloc(D * D, sizeof *q->cov);
    }
    if (q && q->mean && q->cov && look(q)) return q;
    quality_free(q);
    quality_fail(error, error_size, "no memory to measure samples");
    return NULL;
}

void quality_free(quality *q)
{
    if (!q) return;
    free(q->mean);
    free(q->cov);
    free(q->test_features);
    free(q);
}

/* ---- Fréchet distance ------------------------------------------------------------------------ */

/* The distance of n rows of features from the training images; room begins with mean and cov. */
static double distance_of(const quality *q, double *room, const double *rows, size_t n)
{
    double *const mean = room, *const cov = room + D;
    frechet_moments(mean, cov, rows, n, D);
    return frechet_distance(q->mean, q->cov, mean, cov, D);
}

/* Standard error by the jackknife: leave out every tenth sample, in ten ways. */
static double jackknife(const quality *q, double *room, const double *x, size_t n)
{
    double *const rows = room + D + D * D, value[QUALITY_GROUPS], sum = 0.0, squares = 0.0;
    if (n < 2 * QUALITY_GROUPS) return (double)NAN;
    for (size_t g = 0; g < QUALITY_GROUPS; g++) {
        size_t kept = 0;
        for (size_t i = 0; i < n; i++)
            if (i % QUALITY_GROUPS != g) memcpy(rows + D * kept++, x + D * i, D * sizeof *rows);
        sum += value[g] = distance_of(q, room, rows, kept);
    }
    for (size_t g = 0; g < QUALITY_GROUPS; g++)
        squares += gsl_pow_2(value[g] - sum / QUALITY_GROUPS);
    return sqrt(squares * (QUALITY_GROUPS - 1) / QUALITY_GROUPS);
}

/* The draws are spread evenly over the file, which need not be in random order (MNIST's test images
 * come from two sources, one after the other): draw k has the images  first + i step,
 * step = floor(all / n) >= draws, with another first < step for every k. */
static void find_floor(const quality *q, double *room, quality_frechet *f)
{
    const size_t step = q->test->n / f->n;
    double *const rows = room + D + D * D, value[QUALITY_DRAWS], sum = 0.0, squares = 0.0;
    f->draws = GSL_MIN(step, QUALITY_DRAWS);
    for (size_t k = 0; k < f->draws; k++) {
        const size_t first = k * step / f->draws;
        for (size_t i = 0; i < f->n; i++)
            memcpy(rows + D * i, q->test_features + D * (first + i * step), D * sizeof *rows);
        sum += value[k] = distance_of(q, room, rows, f->n);
    }
    f->floor_mean = f->draws > 0 ? sum / (double)f->draws : (double)NAN;
    for (size_t k = 0; k < f->draws; k++) squares += gsl_pow_2(value[k] - f->floor_mean);
    f->floor_sd = f->draws > 1 ? sqrt(squares / (double)(f->draws - 1)) : (double)NAN;
}

/* n images of x_T ~ N(0, I), a fixed seed. */
static images *noise_images(const quality *q, size_t n, char *error, size_t error_size)
{
    const size_t rows = q->train->rows, columns = q->train->columns, pixels = rows * columns;
    float *const x = malloc(n * pixels * sizeof *x);
    if (!x) return NULL;
    for (size_t i = 0; i < n; i++) {
        counter_rng rng = counter_start(1, STREAM_XT, 0, i);
        for (size_t p = 0; p < pixels; p++) x[i * pixels + p] = (float)counter_normal(&rng);
    }
    images *const s = images_of_numbers(x, n, rows, columns, "noise", error, error_size);
    free(x);
    return s;
}

static bool find_noise(const quality *q, double *room, quality_frechet *f, char *error,
                       size_t error_size)
{
    images *const s = noise_images(q, f->n, error, error_size);
    double *const x = s ? features_of(q, s, NULL) : NULL;
    if (x) f->noise = distance_of(q, room, x, f->n);
    free(x);
    images_free(s);
    return x != NULL;
}

bool quality_frechet_of(const quality *q, const images *samples, quality_frechet *f, char *error,
                        size_t error_size)
{
    if (!quality_accepts(q, samples, 2, error, error_size)) return false;
    *f = (quality_frechet){.n = samples->n};
    double *const room = malloc((D + D * D + samples->n * D) * sizeof *room);
    double *const x = room ? features_of(q, samples, NULL) : NULL;
    bool good = x != NULL;
    if (good) {
        f->distance.value = distance_of(q, room, x, samples->n);
        f->distance.se = jackknife(q, room, x, samples->n);
        find_floor(q, room, f);
        good = find_noise(q, room, f, error, error_size);
    }
    free(x), free(room);
    return good || quality_fail(error, error_size, "no memory for the Frechet distance");
}

/* ---- Classes --------------------------------------------------------------------------------- */

/* Pearson's statistic; a class that no training image has is not expected at all. */
static void compare(quality_classes *k)
{
    k->chi2 = 0.0, k->free = 0;
    for (size_t c = 0; c < LENET_CLASSES; c++) {
        const double expected = (double)k->n * k->share[c];
        if (expected > 0.0) {
            k->chi2 += gsl_pow_2((double)k->count[c] - expected) / expected;
            k->free++;
        } else if (k->count[c] > 0) {
            k->chi2 = HUGE_VAL;
        }
    }
    k->free -= k->free > 0;
    k->p = k->free > 0 && isfinite(k->chi2) ? gsl_cdf_chisq_Q(k->chi2, (double)k->free)
                                            : (k->chi2 > 0.0 ? 0.0 : 1.0);
}

bool quality_classes_of(const quality *q, const images *samples, quality_classes *k, char *error,
                        size_t error_size)
{
    if (!quality_accepts(q, samples, 1, error, error_size)) return false;
    *k = (quality_classes){.n = samples->n, .confidence_real = q->confidence};
    real *const logits = malloc(samples->n * LENET_CLASSES * sizeof *logits);
    const bool good = logits && classify_apply(q->c, samples, logits, NULL, q->pool);
    if (good) {
        k->confidence = count_classes(k->count, logits, samples->n);
        memcpy(k->share, q->share, sizeof k->share);
        compare(k);
    }
    free(logits);
    return good || quality_fail(error, error_size, "no memory for the classes");
}
