/* classify.h -- which digit is on an image?  Trains, applies, stores the classifier of net/lenet.h.
 *
 * A trained classifier's parameters are numbers of half precision, so that the one that was
 * measured is the one that is stored.  Its hash names it in every report that uses it. */
#ifndef TRAIN_CLASSIFY_H
#define TRAIN_CLASSIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/images.h"
#include "net/lenet.h"
#include "train/parallel.h"

typedef struct classify_config {
    size_t batch;   /* images per step, drawn with replacement */
    uint64_t steps; /* 1 .. 10^7 */
    double rate;    /* of Adam at the first step; falls linearly to 0 */
    size_t shift; /* every image is moved by -shift .. shift pixels in both directions, at random */
    uint64_t seed;
} classify_config;

/* 128 images, 3000 steps, rate 2e-3, shift 2, seed 1. */
classify_config classify_defaults(void);

typedef struct classifier {
    network *net;
    real *theta; /* [net->parameters] */
    classify_config config;
    char data[96]; /* name and hash of the training images */
    char data_hash[DIGEST_HEX];
    char hash[DIGEST_HEX]; /* SHA-256 of theta, as half-precision numbers, little-endian */
} classifier;

/* Called after every step of a training with the mean loss of its batch; false stops it. */
typedef bool classify_watch(uint64_t step, double loss, void *params);

/* Minimise the cross entropy of the labels by Adam; the bytes depend on images, labels and
 * configuration, not on the number of threads.
 * Args     s      images of LENET_SIDE x LENET_SIDE pixels;
 *          label  [s->n] in place of the set's own; NULL: those;
 *          pool   NULL: one thread;  watch  NULL: nobody watches.
 * Returns  to be freed with classify_free; NULL with one line in error: images of another size, a
 *          configuration out of range, a loss that is not finite, stopped, no memory. */
classifier *classify_train(const images *s, const unsigned char *label, const classify_config *c,
                           parallel *pool, classify_watch *watch, void *params, char *error,
                           size_t error_size);
void classify_free(classifier *c); /* NULL is legal */

/* Logits [n, LENET_CLASSES] and features [n, LENET_FEATURES] of all images of a set; either may be
 * NULL.   Returns  false without memory, or for images of another size. */
bool classify_apply(const classifier *c, const images *s, real *logits, real *features,
                    parallel *pool);

/* How often it is right. */
typedef struct classify_score {
    size_t n, right;
    double accuracy, accuracy_se;                   /* right/n and its binomial standard error */
    double confidence, confidence_se;               /* mean probability of the chosen class */
    double loss, loss_se;                           /* mean cross entropy of the labels, nats */
    size_t confusion[LENET_CLASSES][LENET_CLASSES]; /* [label][chosen] */
} classify_score;

/* Compare with labels [s->n]; NULL: the set's own.   Returns  false as classify_apply. */
bool classify_measure(const classifier *c, const images *s, const unsigned char *label,
                      classify_score *score, parallel *pool);

/* Write a checkpoint (net/checkpoint.h) of F16 tensors with the words kind = "classifier", network,
 * data, data-sha256, steps, batch, rate, shift, seed, command, and whatever else `also` has.
 * Args     command  how it was made;  also  keys and values in turn, a NULL at the end; or NULL.
 * Returns  false with one line in error. */
bool classify_write(const classifier *c, const char *path, const char *command,
                    const char *const *also, char *error, size_t error_size);

/* Read it back.   Returns  NULL with one line in error: not a classifier, tensors that do not fit,
 * a number that is not finite, anything checkpoint_read refuses. */
classifier *classify_read(const char *path, char *error, size_t error_size);

#endif
