/* baseline.h -- what models that know nothing of shapes need for 8-bit images, in bits per pixel.
 *
 * A number that a generative model has to beat before it deserves the name.  Everything is fitted
 * on training images and measured on others. */
#ifndef DATA_BASELINE_H
#define DATA_BASELINE_H

#include <stddef.h>

/* A mean over images and its standard error. */
typedef struct baseline_number {
    double bits, error;
} baseline_number;

/* -log2 p per pixel with p(v) = (count of v + 1) / (pixels + 256): one histogram for all pixels.
 * Args     train [n_train,D], test [n_test,D]  values 0..255;  n_test >= 2.
 * Returns  NaN in both fields without memory. */
baseline_number baseline_histogram(const unsigned char *train, size_t n_train,
                                   const unsigned char *test, size_t n_test, size_t D);

/* The same with a histogram for each of the D places, (count + weight) / (n_train + 256 weight).
 * Args     weight  > 0: 1 is Laplace's rule, which wastes much on places that are always black; a
 *                  small one is better where one value has nearly all of the counts. */
baseline_number baseline_places(const unsigned char *train, size_t n_train,
                                const unsigned char *test, size_t n_test, size_t D, double weight);

/* 8 times the length of all n D bytes after zlib's deflate at level 9, per pixel.  The number of a
 * whole file: it has no error.   Returns  NaN without memory. */
double baseline_deflate(const unsigned char *pixel, size_t n, size_t D);

#endif
