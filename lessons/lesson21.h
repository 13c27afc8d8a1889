/* lesson21.h -- what the parts of lesson 21 share. */
#ifndef LESSON21_H
#define LESSON21_H

#include "check/check.h"

enum { EPS, X0, MU, KINDS };
extern const char *const kind_words[KINDS];

/* Part b: the gradient, in double. */
void gradient_by_hand(lesson *L);

/* Part c: what must hold for every network, trained or not. */
void loss_splits(lesson *L);

#endif
