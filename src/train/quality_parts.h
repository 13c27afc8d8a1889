/* quality_parts.h -- what the files quality*.c share. */
#ifndef TRAIN_QUALITY_PARTS_H
#define TRAIN_QUALITY_PARTS_H

#include "train/quality.h"

/* Print a line into error; returns false. */
bool quality_fail(char *error, size_t error_size, const char *line);

/* Are these samples that can be measured?   Returns  false with one line in error. */
bool quality_accepts(const quality *q, const images *samples, size_t least, char *error,
                     size_t error_size);

/* Images first, first + step, ..., n of them, as a set of their own; NULL without memory. */
images *quality_pick(const images *s, size_t first, size_t step, size_t n);

#endif
