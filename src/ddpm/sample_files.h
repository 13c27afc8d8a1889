/* sample_files.h -- samples as files: numbers and pictures. */
#ifndef DDPM_SAMPLE_FILES_H
#define DDPM_SAMPLE_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "ddpm/pictures.h"

/* What a sample is: D numbers, or an image of rows x columns = D. */
typedef struct sample_shape {
    size_t D, rows, columns; /* rows 0: no image */
} sample_shape;

/* Write x [n,D]: FILE.npy for NumPy, FILE.png a sheet (images only), any other name tab-separated
 * numbers; path NULL means standard output.  Complete or not at all; failure ends the program with one
 * line and exit 2. */
void sample_files_write(const char *path, const double *x, size_t n, const sample_shape *shape);

/* Refuse a name that does not go with the samples, before any work is done. */
void sample_files_check(const char *path, const sample_shape *shape);

/* The way from noise to the first few samples, made while they walk. */
typedef struct sample_way {
    size_t T;
    size_t snapshots, frames; /* already taken */
    sheet *strip;             /* a row per sample, t = T at the left, 0 at the right; or NULL */
    sheet *scene;             /* of the film */
    film *film;               /* or NULL */
} sample_way;

/* Args  strip, gif  paths, NULL when not wanted;  n  samples that will walk. */
sample_way sample_way_start(const char *strip, const char *gif, size_t n, size_t T,
                            const sample_shape *shape);

/* The samples at t; for loaded_sample.   Args  params  a sample_way. */
void sample_way_see(size_t t, const double *x, size_t n, void *params);

/* Write what was made. */
void sample_way_end(sample_way *way, const char *strip);

#endif
