/* unet_slice.h -- the fast U-Net's workspace for a slice of a batch, and its steps on it.
 *
 * Inside src/net only: unet.c puts the steps together. */
#ifndef NET_UNET_SLICE_H
#define NET_UNET_SLICE_H

#include <stdbool.h>
#include <stddef.h>

#include "net/arena.h"
#include "net/unet_plan.h"
#include "net/winograd.h"

/* Gradients are assigned by the first step that reaches a tensor on the way back, and added by others.
 * They share a few places in memory: a place is free again when the step that made the tensor has been
 * gone back through; and where a first step only passes its own gradient on (y = .. + plus), the place
 * passes on too. */
typedef struct unet_ways {
    bool add_x[UNET_MAX_STEPS], add_skip[UNET_MAX_STEPS], add_plus[UNET_MAX_STEPS];
    size_t places, size[UNET_MAX_STEPS + 1]; /* numbers of each for one sample */
    size_t place[UNET_MAX_STEPS + 1];        /* of every tensor's gradient */
} unet_ways;

void unet_find_ways(const unet_plan *p, unet_ways *w);

/* Tensors and their gradients lie as in image.h; the time is feature-major (dense.h). */
typedef struct unet_slice {
    size_t n, row; /* row: of feature-major arrays */
    real *value[UNET_MAX_STEPS + 1], *gradient[UNET_MAX_STEPS + 1]; /* of every tensor */
    real *kept[UNET_MAX_STEPS];                                     /* of every step */
    real *time[3], *slope[2]; /* embedding and hidden layers [.., row] */
    real *d_time, *d_more;    /* [hidden, row]: gradient of time[2], and what is added to it */
    real *turned;             /* [widest, row] */
    real *channel;            /* [n, widest] */
    real *pack, *scratch;
} unet_slice;

/* Cut the workspace of n samples from an arena, or count it. */
void unet_cut(unet_slice *s, const unet_plan *p, size_t n, arena *a);

/* Reals of tensor number i for one sample. */
size_t unet_numbers(const unet_plan *p, size_t i);

/* The 3 x 3 convolution of a step. */
winograd_layer unet_layer(const unet_plan *p, const unet_step *k);

/* time[0..2] from t [n]; and backward from d_time. */
void unet_time_forward(const unet_plan *p, const unet_slice *s, const size_t *t, const real *theta);
void unet_time_backward(const unet_plan *p, const unet_slice *s, const size_t *t, real *d_theta,
                        const real *theta);

/* s->channel = what the time adds to the channels of a step; and its part of d_time from the gradient
 * that stands there. */
void unet_channel_forward(const unet_plan *p, const unet_step *k, const unet_slice *s,
                          const real *theta);
void unet_channel_backward(const unet_plan *p, const unet_step *k, const unet_slice *s,
                           real *d_theta, const real *theta);

/* Step i, of the kind in the name. */
void unet_down_forward(const unet_plan *p, size_t i, const unet_slice *s, const real *theta);
void unet_down_backward(const unet_plan *p, size_t i, const unet_slice *s, real *d_theta,
                        const real *theta);
void unet_shortcut_forward(const unet_plan *p, size_t i, const unet_slice *s, const real *theta);
void unet_shortcut_backward(const unet_plan *p, size_t i, const unet_slice *s, real *d_theta,
                            const real *theta);
void unet_attention_forward(const unet_plan *p, size_t i, const unet_slice *s, const real *theta);
void unet_attention_backward(const unet_plan *p, size_t i, const unet_slice *s, real *d_theta,
                             const real *theta);

/* Reals that step k keeps, and reals of scratch memory that it needs, for n samples. */
void unet_needs(const unet_plan *p, const unet_step *k, size_t n, size_t *kept, size_t *scratch);

#endif
