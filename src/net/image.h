/* image.h -- how the fast layers keep images: pixel by pixel, channels last, in whole vectors.
 *
 * A batch is [n, rows, columns, image_channels(C)]; the channels from C on are 0, and every layer keeps
 * them so. */
#ifndef NET_IMAGE_H
#define NET_IMAGE_H

#include <stddef.h>

#include "net/kernel.h"
#include "net/real.h"

/* C rounded up to a multiple of KERNEL_COLUMNS. */
static inline size_t image_channels(size_t C)
{
    return (C + KERNEL_COLUMNS - 1) / KERNEL_COLUMNS * KERNEL_COLUMNS;
}

#endif
