/* compare.h -- the samples of a line's two sides, and how they are compared. */
#ifndef DERIVE_COMPARE_H
#define DERIVE_COMPARE_H

#include "derive/checker.h"

/* Two values on the same points, with the data they were taken at. */
typedef struct sample {
    double a, ea, b, eb;
    int net, point;
    size_t row;
} sample;

enum { MOST_SAMPLES = 4 * WORLD_PATHS * WORLD_D, NETS = 2, POINTS = 2 };

typedef struct comparison {
    const node *a, *b;
    int relation, mode;
    unsigned letters;
    double tolerance;
    judgement *j;
    size_t valid, undecided, equal, refused, one_sided;
    const char *density; /* bits of the states a density's argument spans, or NULL */
    sample s[MOST_SAMPLES];
    size_t n;
    bool broken;     /* a side is no number */
    bool theta_free; /* neither side depends on theta */
} comparison;

/* Compare all samples as the relation and the mode ask; counts go into q, the worst pair into q->j. */
void compare_samples(checker *c, comparison *q, const env *at);

#endif
