/* quality.h -- how good are samples of images?  Each number beside what it is for real images.
 *
 * Everything is measured by one frozen classifier (train/classify.h), whose hash belongs in the
 * report: another classifier gives other numbers.  Samples are sets of images (images_of_numbers).
 *
 * A quality holds borrowed sets: classifier, training and test images must outlive it. */
#ifndef TRAIN_QUALITY_H
#define TRAIN_QUALITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "train/classify.h"

/* A number with its standard error; NaN where there is none. */
typedef struct quality_number {
    double value, se;
} quality_number;

typedef struct quality {
    const classifier *c;
    const images *train, *test;
    parallel *pool;
    double *mean, *cov;          /* of the features of all training images */
    double *test_features;       /* [test->n, LENET_FEATURES] */
    double share[LENET_CLASSES]; /* of the training images, as the classifier sees them */
    quality_number confidence;   /* mean probability of the chosen class, on the test images */
} quality;

/* Look at the real images once: about 3 s for MNIST on two cores.
 * Args     pool   NULL: one thread; must outlive it too.
 * Returns  NULL with one line in error: sets of other sizes, fewer than 2 images, no memory. */
quality *quality_alloc(const classifier *c, const images *train, const images *test, parallel *pool,
                       char *error, size_t error_size);
void quality_free(quality *q); /* NULL is legal */

/* ---- Fréchet distance (theory/frechet.h) in the classifier's features ------------------------ */

enum { QUALITY_GROUPS = 10, QUALITY_DRAWS = 10 };

typedef struct quality_frechet {
    size_t n;
    quality_number distance; /* samples against all training images; jackknife over QUALITY_GROUPS
                              * groups of samples, NaN below 20 samples */
    size_t draws;            /* disjoint draws of n test images, at most QUALITY_DRAWS; maybe 0 */
    double floor_mean, floor_sd; /* the same distance for them: what perfect samples would get; NaN
                                  * without draws (without two) */
    double noise;                /* and for n images of x_T: normal noise, cut to [-1,1] */
} quality_frechet;

/* Returns  false with one line in error: fewer than 2 samples, another size of image, no memory. */
bool quality_frechet_of(const quality *q, const images *samples, quality_frechet *f, char *error,
                        size_t error_size);

/* ---- Classes --------------------------------------------------------------------------------- */

typedef struct quality_classes {
    size_t n, count[LENET_CLASSES];
    double share[LENET_CLASSES];    /* of the training images: what is expected */
    double chi2, p;                 /* of the counts against it, and P(chi^2 with `free` >= chi2) */
    size_t free;                    /* degrees of freedom */
    quality_number confidence;      /* mean probability of the chosen class */
    quality_number confidence_real; /* the same for the test images */
} quality_classes;

bool quality_classes_of(const quality *q, const images *samples, quality_classes *k, char *error,
                        size_t error_size);

/* ---- Learnt by heart? ------------------------------------------------------------------------ */

typedef struct quality_memory {
    size_t n; /* samples, and as many test images (fewer when there are fewer) */
    size_t n_real;
    quality_number sample; /* median distance to the nearest training image (train/nearest.h) */
    quality_number real;   /* the same for the test images */
    quality_number ratio;  /* sample / real */
    double quantile;       /* 1 % of the test images are nearer than this */
    size_t nearer;         /* samples that are */
    quality_number
        share; /* nearer / n; 0.01 is expected of images that are as new as test images */
    size_t planted,
        found; /* copies of training images, every pixel moved by up to 2 grey values, and
                             * how many of them are nearer: all, or the search is broken */
} quality_memory;

/* Returns  false with one line in error, also for fewer than 100 test images: no 1 % of them. */
bool quality_memory_of(const quality *q, const images *samples, quality_memory *m, char *error,
                       size_t error_size);

/* ---- Is it enough to learn from? ------------------------------------------------------------- */

typedef struct quality_teaching {
    size_t n, n_test;
    quality_number
        sample;          /* accuracy on the real test images, with their own labels, of a classifier
                            * trained on nothing but the samples, labelled by the frozen one */
    quality_number real; /* the same with n training images, labelled by the frozen one as well */
    size_t n_real;       /* n, or all training images when there are fewer */
    uint64_t steps;
} quality_teaching;

/* Args     config  of both trainings; classify_defaults with 1000 steps takes 10 s.
 * Returns  false with one line in error: a training that failed, no memory. */
bool quality_teaching_of(const quality *q, const images *samples, const classify_config *config,
                         quality_teaching *t, char *error, size_t error_size);

#endif
