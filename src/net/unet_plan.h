/* unet_plan.h -- a U-Net as a list of steps on tensors: what both of its versions execute.
 *
 * A step reads tensor x (with `skip` beside it: more channels), maybe normalises or upsamples it, applies
 * one layer and writes tensor y.  Executed from first to last it is the forward pass, from last to
 * first the backward pass. */
#ifndef NET_UNET_PLAN_H
#define NET_UNET_PLAN_H

#include "net/unet.h"

#define UNET_NONE ((size_t)-1) /* no such tensor, or no such parameter */

/* Most steps, and one more for the tensors: every step makes one, and the first is the image. */
enum { UNET_MAX_STEPS = 3 * (2 * UNET_MAX_LEVELS * UNET_MAX_BLOCKS + 2) + 2 * UNET_MAX_LEVELS + 4 };

typedef enum unet_kind {
    UNET_CONV,     /* 3 x 3, one pixel of zeros around the image */
    UNET_DOWN,     /* 3 x 3 with stride 2, one pixel of zeros around the image */
    UNET_SHORTCUT, /* 1 x 1 */
    UNET_ATTENTION
} unet_kind;

typedef enum unet_before {
    UNET_AS_IT_IS,
    UNET_NORM_SILU, /* group normalisation, then SiLU */
    UNET_UPSAMPLE   /* every pixel becomes 2 x 2 of its kind */
} unet_before;

/* A place in theta, or UNET_NONE. */
typedef size_t unet_place;

typedef struct unet_step {
    unet_kind kind;
    unet_before before;
    size_t x, skip, y,
        plus;               /* tensors; y = layer(x|skip) + plus;  skip and plus may be UNET_NONE */
    size_t in, out;         /* channels of x|skip and of y */
    size_t level;           /* of y */
    size_t groups;          /* of the normalisation (also attention's) */
    unet_place gamma, beta; /* its parameters [in] */
    unet_place weight,
        bias; /* [out, in, 3, 3] or [.., 1, 1]; attention: q, k, v [3 in, in, 1, 1] */
    unet_place last_weight, last_bias; /* attention: its projection [in, in, 1, 1] */
    unet_place time_weight,
        time_bias; /* [out, 4 width]: what the time adds to every channel of y */
} unet_step;

typedef struct unet_tensor {
    size_t channels, level;
} unet_tensor;

typedef struct unet_plan {
    unet_spec spec;
    size_t hidden;                           /* 4 width */
    real *table;                             /* fixed embedding [T+1, embed], or NULL */
    unet_place embedding;                    /* a learned one [T, embed] */
    unet_place time_weight[2], time_bias[2]; /* [hidden, embed], [hidden, hidden] */
    size_t steps, tensors;
    unet_step *step;
    unet_tensor *tensor; /* 0 is the image, the last one the output */
    void *more;          /* what a version adds; freed with free() */
} unet_plan;

/* The network with its plan in `self`, its tensors, init and free; forward, backward and workspace are
 * for the version to fill in.  Returns as unet_alloc. */
network *unet_plan_alloc(const unet_spec *spec, char *error, size_t error_size);

/* The size of the image at a level, and of what step s reads. */
size_t unet_rows(const unet_plan *p, size_t level);
size_t unet_columns(const unet_plan *p, size_t level);
size_t unet_pixels(const unet_plan *p, size_t level);
size_t unet_level_before(const unet_step *s);

/* The embedding of t, [embed]. */
const real *unet_embedding(const unet_plan *p, size_t t, const real *theta);

#endif
