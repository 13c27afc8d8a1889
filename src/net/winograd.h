/* winograd.h -- the fast 3 x 3 convolution with what stands before and after it:
 *
 *     y = conv( before(x|skip) ) + bias + channel + plus
 *
 * before is nothing, SiLU of a group normalisation, or upsampling; channel is one number per sample and
 * channel (the time), plus a batch like y (the shortcut).  The convolution is Winograd's F(4x4, 3x3)
 * (kernel_conv.c), a few images at a time, so that what passes between the pieces stays in the cache.
 * Batches lie as in image.h; parameters and their gradients as in conv.h and norm.h. */
#ifndef NET_WINOGRAD_H
#define NET_WINOGRAD_H

#include <stdbool.h>
#include <stddef.h>

#include "net/real.h"

typedef enum winograd_before {
    WINOGRAD_AS_IT_IS,
    WINOGRAD_NORM_SILU,
    WINOGRAD_UPSAMPLE
} winograd_before;

typedef struct winograd_layer {
    size_t rows, columns; /* of y; even when x is upsampled */
    size_t in[2],
        out; /* channels of x, of skip (0: no skip; there must be none to upsample), of y */
    winograd_before before;
    size_t groups; /* of the normalisation of x|skip */
} winograd_layer;

/* weight [out, in[0] + in[1], 3, 3], bias [out], gamma and beta [in[0] + in[1]] */
typedef struct winograd_parameters {
    const real *weight, *bias, *gamma, *beta;
} winograd_parameters;

typedef struct winograd_gradients {
    real *weight, *bias, *gamma, *beta;
} winograd_gradients;

/* Reals kept from forward to backward for n samples, and reals of scratch memory of each. */
size_t winograd_kept(const winograd_layer *l, size_t n);
size_t winograd_scratch(const winograd_layer *l, size_t n);

/* Args  channel  [n, image_channels(out)] or NULL;  plus  like y, or NULL, and may be y. */
void winograd_forward(const winograd_layer *l, real *y, const real *x, const real *skip,
                      const winograd_parameters *p, const real *channel, const real *plus, size_t n,
                      real *kept, real *scratch);

/* Gradients of the parameters, added; of channel (sums of dy over pixels), assigned; of x and skip,
 * assigned or added.
 * Args  d_channel  [n, image_channels(out)];  dx  NULL: nobody asks for it. */
void winograd_backward(const winograd_layer *l, real *dx, real *d_skip, bool add_x, bool add_skip,
                       const winograd_gradients *d, real *d_channel, const real *dy, const real *x,
                       const real *skip, const winograd_parameters *p, size_t n, const real *kept,
                       real *scratch);

#endif
