/* kernel_image.h -- the inner loops on images, compiled for several instruction sets like kernel.h.
 *
 * Images lie pixel by pixel: number c of pixel p is x[p row + c], with a multiple of KERNEL_COLUMNS
 * channels C, so that the channels of a pixel fill whole vectors; channels that do not exist are 0.
 *
 * kernel_conv.c and kernel_planes.c multiply by Winograd's method, tile by tile (tile.h).  The 36
 * products of a tile belong to 36 planes: number c of tile i in plane p is at p plane + i C + c. */
#ifndef NET_KERNEL_IMAGE_H
#define NET_KERNEL_IMAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "net/real.h"

enum { KERNEL_PLANES = 36 };

/* How images [height, width] are covered by tiles: in either direction first rows[0] (columns[0]) whole
 * ones of 4 pixels, then rows[1] (columns[1]) short ones of 3.  Of a chunk of images, first come all
 * tiles that are whole (kind 0), then those with short columns' sides (1), short rows' sides (2), both (3).
 * A framed image has a border of zeros: [4 rows[0] + 3 rows[1] + 2, the same of columns, C], the image
 * at (1, 1). */
typedef struct kernel_tiling {
    size_t height, width;
    size_t rows[2], columns[2];
    size_t images; /* in the chunk */
} kernel_tiling;

typedef struct kernel_conv_table {
    /* v = B^T x B for all tiles of a framed image, and its adjoint dx = B dv B^T, overlaps added. */
    void (*input)(real *v, size_t plane, const real *x, const kernel_tiling *g, size_t image,
                  size_t C);
    void (*input_adjoint)(real *dx, const real *dv, size_t plane, const kernel_tiling *g,
                          size_t image, size_t C);
    /* y = A^T m A + bias [C] + plus (an image like y, or NULL), and its adjoint dm = A dy A^T. */
    void (*output)(real *y, const real *m, size_t plane, const real *bias, const real *plus,
                   const kernel_tiling *g, size_t image, size_t C);
    void (*output_adjoint)(real *dm, size_t plane, const real *dy, const kernel_tiling *g,
                           size_t image, size_t C);
    /* u = G w G^T with w [first, 9, second], u [first, second] in every plane, and dw = G^T du G. */
    void (*weights)(real *u, size_t plane, const real *w, size_t first, size_t second);
    void (*weights_adjoint)(real *dw, const real *du, size_t plane, size_t first, size_t second);
} kernel_conv_table;

/* A batch of 36 products; each matrix is contiguous in its plane. */
typedef struct kernel_planes {
    real *c;
    const real *a, *b;
    size_t c_plane, a_plane, b_plane;
    size_t tiles[4]; /* of every kind */
    size_t in, out;
    bool add; /* to what c holds */
} kernel_planes;

typedef struct kernel_planes_table {
    /* c [tiles,out] (+)= a [tiles,in] b [in,out]  and  c [in,out] (+)= a [tiles,in]^T b [tiles,out]. */
    void (*multiply)(const kernel_planes *p);
    void (*multiply_adjoint)(const kernel_planes *p);
} kernel_planes_table;

/* What group normalisation does to the channels of one image, [C] each:
 * z = scale x + shift = gamma (x - mean) inverse + beta. */
typedef struct kernel_norm_channels {
    const real *scale, *shift, *mean, *inverse;
} kernel_norm_channels;

/* rows x columns pixels of C channels: two pictures, pixels x_pixel (y_pixel) and rows of pixels x_row
 * (y_row) numbers apart. */
typedef struct kernel_picture {
    size_t rows, columns, C, x_row, x_pixel, y_row, y_pixel;
} kernel_picture;

typedef struct kernel_norm_table {
    /* sum[c] = sum over pixels of x[c]  and of (x[c] - mean[c])^2 */
    void (*sums)(real *sum, const real *x, size_t pixels, size_t row, size_t C);
    void (*squares)(real *sum, const real *x, const real *mean, size_t pixels, size_t row,
                    size_t C);
    /* y = silu(z), or z itself */
    void (*forward)(real *y, const real *x, const kernel_norm_channels *k, const kernel_picture *s,
                    bool silu);
    /* dz = dy silu'(z) in place of dy (which lies like y), or dy itself; sums over pixels of dz and of
     * dz (x - mean) inverse */
    void (*backward)(real *dy, const real *x, const kernel_norm_channels *k,
                     const kernel_picture *s, bool silu, real *sum, real *sum_u);
    /* dx = a dz + b x + c  per channel, or added to dx (which lies like x) */
    void (*backward_end)(real *dx, const real *dz, const real *x, const real *a, const real *b,
                         const real *c, const kernel_picture *s, bool add);
    /* y = x; every pixel of x to 2 x 2 pixels of y; and the adjoints: dx (+)= .. */
    void (*copy)(real *y, const real *x, const kernel_picture *s);
    void (*double_up)(real *y, const real *x, const kernel_picture *s);
    void (*copy_adjoint)(real *dx, const real *dy, const kernel_picture *s, bool add);
    void (*double_up_adjoint)(real *dx, const real *dy, const kernel_picture *s, bool add);
    /* s = softmax(scale s) of every row of n numbers; ds = P (dP - sum P dP) scale in place of dP */
    void (*softmax)(real *s, size_t rows, size_t row, size_t n, real scale);
    void (*softmax_backward)(real *dP, const real *P, size_t rows, size_t row, size_t n,
                             real scale);
} kernel_norm_table;

/* The tables in use (kernel_in_use). */
const kernel_conv_table *kernel_conv(void);
const kernel_planes_table *kernel_products(void);
const kernel_norm_table *kernel_norm(void);

#endif
