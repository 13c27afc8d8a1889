/* image_quality.h -- `ddpm eval` of an image model: its samples, judged by a frozen classifier. */
#ifndef DDPM_IMAGE_QUALITY_H
#define DDPM_IMAGE_QUALITY_H

#include <stdio.h>

#include <cjson/cJSON.h>

#include "ddpm/loaded.h"
#include "train/quality.h"

typedef struct image_quality {
    classifier *judge; /* NULL: not run, and why not */
    char why[256];
    size_t n, steps; /* samples, and steps of the chain that drew them; steps = T: all */
    quality_frechet frechet;
    quality_classes classes;
    quality_memory memory;
    quality_teaching teaching;
} image_quality;

/* Find the judge; a file that cannot be used ends the program with one line and exit 2.
 * Args  path  of the classifier; NULL: the one shipped for these data, if there is one. */
void image_quality_open(image_quality *q, const loaded *l, const char *path);

/* Draw n samples and measure them.  Without a judge nothing is drawn.
 * Args  n  >= 50;  respace  0: all steps. */
void image_quality_measure(image_quality *q, loaded *l, const images *test, size_t n,
                           size_t respace, uint64_t seed);
void image_quality_print(const image_quality *q, size_t T);

/* The object "samples". */
void image_quality_json(cJSON *root, const image_quality *q, size_t T);
void image_quality_free(image_quality *q);

#endif
