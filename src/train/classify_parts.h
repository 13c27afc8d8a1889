/* classify_parts.h -- what the files classify*.c share. */
#ifndef TRAIN_CLASSIFY_PARTS_H
#define TRAIN_CLASSIFY_PARTS_H

#include "train/classify.h"

/* A classifier with parameters 0; NULL without memory. */
classifier *classify_new(void);

/* The parameters rounded to half precision, [net->parameters]. */
void classify_halves(const classifier *c, uint16_t *half);

/* Round the parameters to half precision and set the hash.   Returns  false without memory. */
bool classify_seal(classifier *c);

/* Are all parameters finite?  Half precision ends at 65504. */
bool classify_finite(const classifier *c);

#endif
