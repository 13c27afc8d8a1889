/* lesson25.h -- what the parts of lesson 25 share. */
#ifndef LESSONS_LESSON25_H
#define LESSONS_LESSON25_H

#include <stddef.h>

#include "check/check.h"
#include "data/images.h"
#include "theory/mixture.h"
#include "theory/schedule.h"

enum { ROWS = 28, PIXELS = ROWS * ROWS, MEMORIES = 10 };

/* The documents' schedule, L1000. */
extern schedule *chain;

/* Built-in digits, so that everything but the trained network needs no files. */
extern images *digits;

/* Image i of a set, x_0 in [-1,1]^784. */
void image_of(const images *s, size_t i, double *x_0);

/* Part b: a network that remembers ten images (claim CAP-04), and the best linear one. */
void memory(lesson *L);

/* Part c: the trained network (last part of claim CAP-03). */
void trained_network(lesson *L);

#endif
