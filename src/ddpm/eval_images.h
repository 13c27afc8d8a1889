/* eval_images.h -- `ddpm eval` of an image model: bits per dimension, and the quality of its
 * samples. */
#ifndef DDPM_EVAL_IMAGES_H
#define DDPM_EVAL_IMAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ddpm/loaded.h"

typedef struct eval_images_request {
    const char *model, *mnist; /* of --model; --mnist, or NULL */
    const char *json, *curve;  /* files to write, or NULL */
    size_t n, respace, calls;  /* 0: the defaults */
    uint64_t seed;
    bool full, mistakes;
} eval_images_request;

/* Returns  0; 1 for a bound that is worse than knowing nothing.  Other trouble ends the program. */
int eval_images(const eval_images_request *r, loaded *l);

#endif
