/* images.h -- a set of grey images with 8-bit pixels and what is known about it. */
#ifndef DATA_IMAGES_H
#define DATA_IMAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "net/digest.h"

typedef enum images_part { IMAGES_TRAIN, IMAGES_TEST } images_part;

typedef struct images {
    size_t n, rows, columns; /* 28 x 28 for all sets of today */
    unsigned char *pixel;    /* [n, rows, columns], 0 = background, 255 = full ink */
    unsigned char *label;    /* [n], 0..9 */
    char name[96];           /* for every report, e.g. "MNIST (train)" */
    char hash[DIGEST_HEX];   /* SHA-256 over n, rows, columns, pixels and labels */
    bool genuine;            /* MNIST, known by the SHA-256 of both its files */
} images;

/* Read or make a set.
 * Args     word    "mnist": the files where mnist_dir(option) finds them;  "digits": the built-in
 *                  generator (data/digits.h);  "idx:DIR": files named like MNIST's elsewhere;
 *          part    training or test;
 *          option  --mnist DIR, or NULL;
 *          error   [error_size] receives one line on failure, untouched on success.
 * Returns  the set, to be freed with images_free; NULL for another word, when no MNIST is to be
 *          found (the line says where it is looked for), a bad file (data/idx.h), or no memory.
 * Names    "MNIST (train)" if and only if it is genuine, whatever word asked for it; else "built-in
 *          digits (train)", "images of DIR (train)", and under the word mnist "not the genuine
 *          MNIST, images of DIR (train)"; a long DIR by its tail.
 * Hash     of the 128 hexadecimal digits of the SHA-256 of the set's two uncompressed IDX files. */
images *images_read(const char *word, images_part part, const char *option, char *error,
                    size_t error_size);

/* A set of samples: numbers x [n, rows columns] in the units of images_scale, each rounded to the
 * nearest of the 256 grey values; labels 0, genuine false.
 * Args     name  for reports, cut to what fits.
 * Returns  NULL with one line in error: n, rows or columns 0, a number that is NaN, no memory. */
images *images_of_numbers(const float *x, size_t n, size_t rows, size_t columns, const char *name,
                          char *error, size_t error_size);

/* Is it one of the three words? */
bool images_word(const char *word);

/* NULL is legal. */
void images_free(images *s);

/* Image i in the units of the networks:  x [rows columns] = v/127.5 - 1, in [-1, 1]. */
void images_scale(const images *s, size_t i, float *x);

#endif
