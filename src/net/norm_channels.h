/* norm_channels.h -- group normalisation as one scale and one shift per channel of an image.
 *
 * z = scale x + shift  with scale = gamma inverse, shift = beta - mean scale: the sums are taken once,
 * and whoever reads x next applies it (kernel_norm.c).  An image may have two parts, x beside skip; its
 * channels are the in[0] of the one, then the in[1] of the other, each part in whole vectors. */
#ifndef NET_NORM_CHANNELS_H
#define NET_NORM_CHANNELS_H

#include <stddef.h>

#include "net/real.h"

/* Numbers per pixel of both parts, and the place of channel c among them. */
size_t norm_width(const size_t in[2]);
size_t norm_place(const size_t in[2], size_t c);

/* channels [4, norm_width]: scale, shift, mean, inverse of every channel of one image; 0 where there is no
 * channel.
 * Args  x  the two parts, [pixels, image_channels(in[q])];  gamma, beta [in[0] + in[1]];
 *       groups  divides in[0] + in[1]. */
void norm_channels_forward(real *channels, const real *const x[2], const size_t in[2],
                           const real *gamma, const real *beta, size_t groups, size_t pixels);

/* The coefficients abc [3, norm_width] of  dx = a dz + b x + c,  and the gradients of gamma and beta,
 * added.   Args  sum, sum_u [norm_width]  over pixels, of dz and of dz (x - mean) inverse. */
void norm_channels_backward(real *abc, real *dgamma, real *dbeta, const real *channels,
                            const real *sum, const real *sum_u, const real *gamma,
                            const size_t in[2], size_t groups, size_t pixels);

#endif
