/* mnist -- finds the MNIST files in a directory and loads one part of them, images with labels. */
#ifndef DATA_MNIST_H
#define DATA_MNIST_H

#include <stddef.h>

#include "data/idx.h"

/* Every image is MNIST_SIDE x MNIST_SIDE pixels. */
#define MNIST_SIDE 28

typedef enum mnist_part {
    MNIST_TRAIN, /* train-images-idx3-ubyte, train-labels-idx1-ubyte: 60000 in the genuine files */
    MNIST_TEST   /* t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte: 10000 */
} mnist_part;

typedef struct mnist {
    idx_images *images; /* pixel [n, MNIST_SIDE, MNIST_SIDE] */
    idx_labels *labels; /* label [n], the same n */
} mnist;

/* Loads the images and labels of one part.
 * dir: holds the files; NAME.gz is preferred, else NAME.
 * out: receives the data, to be freed with mnist_free; NULL on failure.
 * error [error_size]: receives one line on failure, as idx_images_read does.
 * Any number of images >= 1 is accepted, if there are as many labels.
 * Returns GSL_SUCCESS or an error code; GSL's error handler is not called.
 * Errors: GSL_EINVAL (dir or out is NULL, no such part), GSL_ENOMEM, and GSL_EFAILED for a
 * missing or faulty file, unequal counts, or images that are not 28 x 28.
 */
int mnist_read(const char *dir, mnist_part part, mnist **out, char *error, size_t error_size);

/* Frees the data; NULL is legal. */
void mnist_free(mnist *data);

/* Scales a pixel to the range the diffusion works in.
 * Eq. x = v/127.5 - 1 (Ho et al. 2020, section 3.3), so that 0 -> -1 and 255 -> 1, both exact.
 * Returns x in [-1, 1].
 */
double mnist_scale_pixel(unsigned char v);

/* Decides where the MNIST files are looked for.
 * option: the user's choice (--mnist DIR), or NULL if there is none.
 * Returns option if not NULL (but NULL for "none"); else the environment variable MNIST_DIR if set
 * and not empty; else
 * "build/mnist" if it holds all four files; else NULL.  The first two are not examined.
 */
const char *mnist_dir(const char *option);

#endif
