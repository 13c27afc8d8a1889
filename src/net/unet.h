/* unet.h -- the U-Net of a diffusion model for images, as a network (network.h).
 *
 * The architecture of Ho et al. 2020 with fewer channels, written down layer by layer in docs/unet.md:
 *
 *     conv_in -> down 0 -> 1/2 -> down 1 -> 1/2 -> down 2 -> mid, attention, mid
 *                  |                |                |          |
 *     conv_out <- up 0 <- x2 <-- up 1 <- x2 <---- up 2 <-------+
 *
 * Every level has `blocks` residual blocks on the way down and as many on the way up; each of the latter
 * reads what its partner wrote beside what comes from below.  A sample is an image [in, rows, columns],
 * an output [out, rows, columns], channel by channel, as in PyTorch. */
#ifndef NET_UNET_H
#define NET_UNET_H

#include <stdbool.h>
#include <stddef.h>

#include "net/embed.h"
#include "net/network.h"

enum { UNET_MAX_LEVELS = 6, UNET_MAX_BLOCKS = 8 };

typedef struct unet_spec {
    size_t rows, columns;                 /* of pixels, multiples of 2^(levels-1) */
    size_t in, out;                       /* channels; a learned variance needs out = 2 in */
    size_t width;                         /* channels of the first level */
    size_t levels, mult[UNET_MAX_LEVELS]; /* level l has width * mult[l] channels */
    size_t blocks;                        /* residual blocks per level and direction */
    bool attention;                       /* of all pixels to all, at the lowest level */
    embed_kind embedding;
    size_t embed; /* numbers of the time embedding; its hidden layers have 4 width */
    size_t T;
} unet_spec;

/* 28 x 28 x 1, mult 1,2,4, one block per level, attention, 16 sinusoids at width 16: 461985 parameters
 * and 86.8 MFLOP per image.   Args  width  16 by default, 32 for the larger setting;  T >= 1. */
unet_spec unet_default(size_t width, size_t T);

/* The network of a specification, and the same one made of the layers' naive versions: the oracle.
 * Args     error [error_size]  receives one line when the specification is refused
 * Returns  to be freed with network_free; NULL for a size of 0 or beyond any use, more than
 *          UNET_MAX_LEVELS or UNET_MAX_BLOCKS, an image that cannot be halved levels - 1 times, an odd
 *          number of fixed embeddings, or without memory. */
network *unet_alloc(const unet_spec *spec, char *error, size_t error_size);
network *unet_naive_alloc(const unet_spec *spec, char *error, size_t error_size);

/* Multiplications and additions of one forward pass per image, of all convolutions, products and dense
 * layers as the formulas have them (2 per multiply-add). */
double unet_flops(const unet_spec *spec);

#endif
