/* digits.h -- handwritten-like digits from nothing but random numbers: the data set `digits`.
 *
 * A digit is one of a few skeletons of pen strokes (digits_table.h), bent by a smooth random field,
 * sheared, turned and stretched, then drawn with a pen of random width and pressure.  As in MNIST
 * the ink is scaled to a box of 20 x 20 pixels, has grey edges, and its centre of mass is in the
 * middle of the image.
 * The numbers below were chosen by eye, beside a sheet of MNIST; nothing was copied from MNIST. */
#ifndef DATA_DIGITS_H
#define DATA_DIGITS_H

#include "net/counter.h"

enum { DIGITS_SIDE = 28, DIGITS_PIXELS = DIGITS_SIDE * DIGITS_SIDE };

/* The sizes of the two parts of the set. */
enum { DIGITS_TRAIN = 20000, DIGITS_TEST = 10000 };

/* Draw one digit.
 * Args     pixel  [DIGITS_PIXELS] receives it: 0 background, 255 full ink;
 *          rng    random numbers that belong to this image alone.
 * Returns  the digit, 0..9, uniform. */
unsigned char digits_draw(unsigned char *pixel, counter_rng *rng);

/* Image i of a part, always the same one: the two parts are two streams of one fixed seed, so that
 * no image of one is drawn from the numbers of an image of the other.
 * Args     part  0 training, 1 test;  i < 2^24. */
unsigned char digits_image(unsigned char *pixel, unsigned part, size_t i);

#endif
