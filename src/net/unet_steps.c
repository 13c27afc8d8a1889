/* unet_steps.c -- the fast U-Net's steps that are not 3 x 3 convolutions. */
#include "net/unet_slice.h"

#include <string.h>

#include "net/attention.h"
#include "net/image.h"
#include "net/kernel_image.h"
#include "net/norm_channels.h"
#include "net/patches.h"

/* ---- Down: 3 x 3 with stride 2 ---- */

static conv_shape shape_of(const unet_plan *p, const unet_step *s, size_t n)
{
    return (conv_shape){n, s->in, s->out, unet_rows(p, s->level - 1), unet_columns(p, s->level - 1),
                        3, 2};
}

void unet_down_forward(const unet_plan *p, size_t i, const unet_slice *s, const real *theta)
{
    const unet_step *k = &p->step[i];
    const conv_shape shape = shape_of(p, k, s->n);
    patches_forward(s->value[k->y], s->value[k->x], theta + k->weight, theta + k->bias, &shape,
                    s->scratch);
}

void unet_down_backward(const unet_plan *p, size_t i, const unet_slice *s, real *d_theta,
                        const real *theta)
{
    const unet_step *k = &p->step[i];
    const conv_shape shape = shape_of(p, k, s->n);
    patches_backward(s->gradient[k->x], ((const unet_ways *)p->more)->add_x[i], d_theta + k->weight,
                     d_theta + k->bias, s->gradient[k->y], s->value[k->x], theta + k->weight,
                     &shape, s->scratch);
}

/* ---- Shortcuts: 1 x 1 ---- */

/* The parts of x|skip that a product reads: value, gradient, channels, where they begin. */
typedef struct part {
    const real *x;
    real *dx;
    size_t in, offset;
    bool add;
} part;

static size_t parts_of(const unet_plan *p, size_t i, const unet_slice *s, part q[2])
{
    const unet_step *k = &p->step[i];
    const unet_ways *w = p->more;
    const size_t first = p->tensor[k->x].channels;
    q[0] = (part){s->value[k->x], s->gradient[k->x], first, 0, w->add_x[i]};
    if (k->skip == UNET_NONE) return 1;
    q[1] = (part){s->value[k->skip], s->gradient[k->skip], k->in - first, first, w->add_skip[i]};
    return 2;
}

void unet_shortcut_forward(const unet_plan *p, size_t i, const unet_slice *s, const real *theta)
{
    const unet_step *k = &p->step[i];
    const size_t pixels = s->n * unet_pixels(p, k->level), row = image_channels(k->out);
    part q[2];
    memset(s->value[k->y], 0, pixels * row * sizeof(real));
    pixels_bias(s->value[k->y], row, theta + k->bias, k->out, pixels);
    for (size_t j = 0, parts = parts_of(p, i, s, q); j < parts; j++)
        pixels_forward(s->value[k->y], row, q[j].x, image_channels(q[j].in),
                       theta + k->weight + q[j].offset, k->in, q[j].in, k->out, pixels, s->pack);
}

void unet_shortcut_backward(const unet_plan *p, size_t i, const unet_slice *s, real *d_theta,
                            const real *theta)
{
    const unet_step *k = &p->step[i];
    const size_t pixels = s->n * unet_pixels(p, k->level), row = image_channels(k->out);
    const real *const dy = s->gradient[k->y];
    part q[2];
    pixels_backward_bias(d_theta + k->bias, dy, row, k->out, pixels, s->scratch);
    for (size_t j = 0, parts = parts_of(p, i, s, q); j < parts; j++) {
        const size_t C = image_channels(q[j].in), at = k->weight + q[j].offset;
        pixels_backward_weight(d_theta + at, k->in, dy, row, q[j].x, C, q[j].in, k->out, pixels,
                               s->pack);
        if (!q[j].add) memset(q[j].dx, 0, pixels * C * sizeof(real));
        pixels_backward_input(q[j].dx, C, dy, row, theta + at, k->in, q[j].in, k->out, pixels,
                              s->pack);
    }
}

/* ---- Attention ---- */

/* What attention keeps of n samples, and its scratch memory. */
typedef struct looks {
    real *z, *qkv, *P, *o, *channels;
    real *d_o, *dqkv, *dz, *dP, *sums, *abc;
} looks;

static looks cut_looks(size_t C, size_t N, size_t n, arena *kept, arena *scratch)
{
    const size_t row = image_channels(C), P_row = image_channels(N);
    looks l = {.z = arena_take(kept, n * N * row), .qkv = arena_take(kept, 3 * n * N * row)};
    l.P = arena_take(kept, n * N * P_row);
    l.o = arena_take(kept, n * N * row);
    l.channels = arena_take(kept, n * 4 * row);
    l.d_o = arena_take(scratch, n * N * row);
    l.dqkv = arena_take(scratch, 3 * n * N * row);
    l.dz = arena_take(scratch, n * N * row);
    l.dP = arena_take(scratch, N * P_row);
    l.sums = arena_take(scratch, 2 * row);
    l.abc = arena_take(scratch, 3 * row);
    return l;
}

static kernel_picture flat_picture(size_t pixels, size_t C)
{
    return (kernel_picture){1, pixels, C, pixels * C, C, pixels * C, C};
}

static kernel_norm_channels channels_at(const real *c, size_t C)
{
    return (kernel_norm_channels){c, c + C, c + 2 * C, c + 3 * C};
}

void unet_attention_forward(const unet_plan *p, size_t i, const unet_slice *s, const real *theta)
{
    const unet_step *k = &p->step[i];
    const size_t C = k->in, row = image_channels(C), N = unet_pixels(p, k->level), in[2] = {C, 0};
    arena a = arena_start(s->kept[i]), b = arena_start(s->scratch);
    const looks l = cut_looks(C, N, s->n, &a, &b);
    const kernel_picture flat = flat_picture(N, row);
    for (size_t m = 0; m < s->n; m++) {
        const real *const x[2] = {s->value[k->x] + m * N * row, NULL};
        norm_channels_forward(l.channels + m * 4 * row, x, in, theta + k->gamma, theta + k->beta,
                              k->groups, N);
        const kernel_norm_channels c = channels_at(l.channels + m * 4 * row, row);
        kernel_norm()->forward(l.z + m * N * row, x[0], &c, &flat, false);
    }
    memset(l.qkv, 0, 3 * s->n * N * row * sizeof *l.qkv);
    for (size_t j = 0; j < 3; j++) {
        pixels_bias(l.qkv + j * row, 3 * row, theta + k->bias + j * C, C, s->n * N);
        pixels_forward(l.qkv + j * row, 3 * row, l.z, row, theta + k->weight + j * C * C, C, C, C,
                       s->n * N, s->pack);
    }
    attention_forward(l.o, l.P, l.qkv, s->n, C, N, s->pack);
    memcpy(s->value[k->y], s->value[k->plus], s->n * N * row * sizeof *l.o);
    for (size_t m = 0; m < s->n * N; m++)
        for (size_t c = 0; c < C; c++) s->value[k->y][m * row + c] += theta[k->last_bias + c];
    pixels_forward(s->value[k->y], row, l.o, row, theta + k->last_weight, C, C, C, s->n * N,
                   s->pack);
}

void unet_attention_backward(const unet_plan *p, size_t i, const unet_slice *s, real *d_theta,
                             const real *theta)
{
    const unet_step *k = &p->step[i];
    const size_t C = k->in, row = image_channels(C), N = unet_pixels(p, k->level), in[2] = {C, 0};
    const size_t all = s->n * N;
    arena a = arena_start(s->kept[i]), b = arena_start(s->scratch);
    const looks l = cut_looks(C, N, s->n, &a, &b);
    const kernel_picture flat = flat_picture(N, row);
    const real *const dy = s->gradient[k->y];
    pixels_backward_bias(d_theta + k->last_bias, dy, row, C, all, l.sums);
    pixels_backward_weight(d_theta + k->last_weight, C, dy, row, l.o, row, C, C, all, s->pack);
    memset(l.d_o, 0, all * row * sizeof *l.d_o);
    pixels_backward_input(l.d_o, row, dy, row, theta + k->last_weight, C, C, C, all, s->pack);
    attention_backward(l.dqkv, l.d_o, l.P, l.qkv, s->n, C, N, l.dP, s->pack);
    memset(l.dz, 0, all * row * sizeof *l.dz);
    for (size_t j = 0; j < 3; j++) {
        const real *const d = l.dqkv + j * row;
        pixels_backward_bias(d_theta + k->bias + j * C, d, 3 * row, C, all, l.sums);
        pixels_backward_weight(d_theta + k->weight + j * C * C, C, d, 3 * row, l.z, row, C, C, all,
                               s->pack);
        pixels_backward_input(l.dz, row, d, 3 * row, theta + k->weight + j * C * C, C, C, C, all,
                              s->pack);
    }
    for (size_t m = 0; m < s->n; m++) {
        const real *const c = l.channels + m * 4 * row, *const x = s->value[k->x] + m * N * row;
        const kernel_norm_channels channels = channels_at(c, row);
        kernel_norm()->backward(l.dz + m * N * row, x, &channels, &flat, false, l.sums,
                                l.sums + row);
        norm_channels_backward(l.abc, d_theta + k->gamma, d_theta + k->beta, c, l.sums,
                               l.sums + row, theta + k->gamma, in, k->groups, N);
        kernel_norm()->backward_end(s->gradient[k->x] + m * N * row, l.dz + m * N * row, x, l.abc,
                                    l.abc + row, l.abc + 2 * row, &flat,
                                    ((const unet_ways *)p->more)->add_x[i]);
    }
}

/* What step s keeps, and what scratch memory it needs. */
void unet_needs(const unet_plan *p, const unet_step *s, size_t n, size_t *kept, size_t *scratch)
{
    arena a = arena_start(NULL), b = arena_start(NULL);
    *kept = 0;
    *scratch = image_channels(s->out) + ARENA_LINE;
    if (s->kind == UNET_CONV) {
        const winograd_layer l = unet_layer(p, s);
        *kept = winograd_kept(&l, n);
        *scratch = winograd_scratch(&l, n);
    } else if (s->kind == UNET_DOWN) {
        const conv_shape shape = shape_of(p, s, n);
        *scratch = patches_scratch(&shape);
    } else if (s->kind == UNET_ATTENTION) {
        cut_looks(s->in, unet_pixels(p, s->level), n, &a, &b);
        *kept = arena_size(&a);
        *scratch = arena_size(&b);
    }
}
