/* winograd.c -- the fast 3 x 3 convolution, with what stands before and after it. */
#include "net/winograd.h"

#include <string.h>

#include "net/arena.h"
#include "net/image.h"
#include "net/kernel_image.h"
#include "net/norm_channels.h"
#include "net/winograd_weights.h"

/* Tiles that are multiplied at a time: enough for a product, few enough for the cache. */
enum { ENOUGH_TILES = 32, GAP = WINOGRAD_GAP };

/* A layer in numbers. */
typedef struct sizes {
    kernel_tiling g;
    size_t tiles;   /* of an image */
    size_t in, out; /* numbers per pixel */
    size_t images;  /* of a whole chunk */
    size_t frame;   /* numbers of a framed image */
    size_t parts;
} sizes;

/* As few tiles as possible, and as many short ones among them as can be. */
static void cover(size_t tiles[2], size_t pixels)
{
    const size_t all = (pixels + 3) / 4, spare = 4 * all - pixels;
    tiles[1] = spare < all ? spare : all;
    tiles[0] = all - tiles[1];
}

static sizes sizes_of(const winograd_layer *l, size_t n)
{
    sizes s = {.g = {.height = l->rows, .width = l->columns}};
    cover(s.g.rows, l->rows), cover(s.g.columns, l->columns);
    s.tiles = (s.g.rows[0] + s.g.rows[1]) * (s.g.columns[0] + s.g.columns[1]);
    s.in = norm_width(l->in);
    s.out = image_channels(l->out);
    s.images = (ENOUGH_TILES + s.tiles - 1) / s.tiles;
    if (s.images > n) s.images = n;
    s.frame = (4 * s.g.rows[0] + 3 * s.g.rows[1] + 2) *
              (4 * s.g.columns[0] + 3 * s.g.columns[1] + 2) * s.in;
    s.parts = l->in[1] > 0 ? 2 : 1;
    return s;
}

/* A chunk: images from number `first` on, their planes, and the tiles of every kind. */
typedef struct chunk {
    kernel_tiling g;
    size_t first, v_plane, m_plane;
    size_t tiles[4];
} chunk;

static chunk chunk_of(const sizes *s, size_t first, size_t n)
{
    chunk c = {.g = s->g, .first = first};
    c.g.images = n - first < s->images ? n - first : s->images;
    c.v_plane = c.g.images * s->tiles * s->in + GAP;
    c.m_plane = c.g.images * s->tiles * s->out + GAP;
    for (size_t k = 0; k < 4; k++) c.tiles[k] = c.g.images * c.g.rows[k / 2] * c.g.columns[k % 2];
    return c;
}

typedef struct scratch_memory {
    real *w, *u; /* weights transposed, and in their planes */
    real *du;    /* gradients of u */
    real *v, *m; /* planes of a chunk: what is multiplied and its results, or their gradients */
    real *frame, *d_frame; /* framed images */
    real *channel;         /* [out] */
    real *sums, *abc;
} scratch_memory;

static scratch_memory cut(const sizes *s, arena *a)
{
    const size_t pairs = s->in * s->out, tiles = s->images * s->tiles;
    scratch_memory m = {.w = arena_take(a, 9 * pairs)};
    m.u = arena_take(a, KERNEL_PLANES * (pairs + GAP));
    m.du = arena_take(a, KERNEL_PLANES * (pairs + GAP));
    m.v = arena_take(a, KERNEL_PLANES * (tiles * s->in + GAP));
    m.m = arena_take(a, KERNEL_PLANES * (tiles * s->out + GAP));
    m.frame = arena_take(a, s->frame);
    m.d_frame = arena_take(a, s->frame);
    m.channel = arena_take(a, s->out);
    m.sums = arena_take(a, 2 * s->in);
    m.abc = arena_take(a, 3 * s->in);
    return m;
}

size_t winograd_kept(const winograd_layer *l, size_t n)
{
    return l->before == WINOGRAD_NORM_SILU ? n * 4 * norm_width(l->in) : 0;
}

size_t winograd_scratch(const winograd_layer *l, size_t n)
{
    arena a = arena_start(NULL);
    const sizes s = sizes_of(l, n);
    cut(&s, &a);
    return arena_size(&a);
}

/* ---- Forward ---- */

/* Part q of an image in the frame. */
static kernel_picture picture_of(const winograd_layer *l, const sizes *s, size_t q)
{
    const size_t half = l->before == WINOGRAD_UPSAMPLE ? 2 : 1, C = image_channels(l->in[q]);
    return (kernel_picture){.rows = l->rows / half,
                            .columns = l->columns / half,
                            .C = C,
                            .x_row = l->columns / half * C,
                            .x_pixel = C,
                            .y_row = (4 * s->g.columns[0] + 3 * s->g.columns[1] + 2) * s->in,
                            .y_pixel = s->in};
}

static kernel_norm_channels channels_at(const real *channels, size_t in, size_t offset)
{
    return (kernel_norm_channels){channels + offset, channels + in + offset,
                                  channels + 2 * in + offset, channels + 3 * in + offset};
}

/* before(x|skip) of one image, in the frame. */
static void frame_forward(const winograd_layer *l, const sizes *s, real *frame,
                          const real *const x[2], const real *channels)
{
    for (size_t q = 0; q < s->parts; q++) {
        const kernel_picture where = picture_of(l, s, q);
        const size_t offset = q * image_channels(l->in[0]);
        real *const to = frame + where.y_row + where.y_pixel + offset;
        if (l->before == WINOGRAD_UPSAMPLE) kernel_norm()->double_up(to, x[q], &where);
        if (l->before == WINOGRAD_AS_IT_IS) kernel_norm()->copy(to, x[q], &where);
        if (l->before != WINOGRAD_NORM_SILU) continue;
        const kernel_norm_channels k = channels_at(channels, s->in, offset);
        kernel_norm()->forward(to, x[q], &k, &where, true);
    }
}

/* The two parts of image number i. */
static void image_at(const winograd_layer *l, const real *at[2], const real *x, const real *skip,
                     size_t i)
{
    const size_t size = l->rows * l->columns / (l->before == WINOGRAD_UPSAMPLE ? 4 : 1);
    at[0] = x + i * size * image_channels(l->in[0]);
    at[1] = skip ? skip + i * size * image_channels(l->in[1]) : NULL;
}

/* The planes of what is multiplied. */
static void chunk_input(const winograd_layer *l, const sizes *s, const scratch_memory *m,
                        const real *x, const real *skip, const chunk *c, const real *kept)
{
    for (size_t i = 0; i < c->g.images; i++) {
        const real *at[2];
        image_at(l, at, x, skip, c->first + i);
        frame_forward(l, s, m->frame, at, kept + (c->first + i) * 4 * s->in);
        kernel_conv()->input(m->v, c->v_plane, m->frame, &c->g, i, s->in);
    }
}

static kernel_planes planes_of(const sizes *s, const chunk *c, real *to, const real *a,
                               const real *b)
{
    kernel_planes p = {.c = to,
                       .a = a,
                       .b = b,
                       .c_plane = c->m_plane,
                       .a_plane = c->v_plane,
                       .b_plane = s->in * s->out + GAP,
                       .in = s->in,
                       .out = s->out};
    memcpy(p.tiles, c->tiles, sizeof p.tiles);
    return p;
}

void winograd_forward(const winograd_layer *l, real *y, const real *x, const real *skip,
                      const winograd_parameters *p, const real *channel, const real *plus, size_t n,
                      real *kept, real *scratch)
{
    const sizes s = sizes_of(l, n);
    arena a = arena_start(scratch);
    const scratch_memory m = cut(&s, &a);
    const size_t picture = l->rows * l->columns * s.out;
    winograd_weights_forward(l, m.u, m.w, p->weight);
    memset(m.frame, 0, s.frame * sizeof *m.frame);
    memset(m.channel, 0, s.out * sizeof *m.channel);
    for (size_t i = 0; l->before == WINOGRAD_NORM_SILU && i < n; i++) {
        const real *at[2];
        image_at(l, at, x, skip, i);
        norm_channels_forward(kept + i * 4 * s.in, at, l->in, p->gamma, p->beta, l->groups,
                              l->rows * l->columns);
    }
    for (size_t first = 0; first < n; first += s.images) {
        const chunk c = chunk_of(&s, first, n);
        const kernel_planes product = planes_of(&s, &c, m.m, m.v, m.u);
        chunk_input(l, &s, &m, x, skip, &c, kept);
        kernel_products()->multiply(&product);
        for (size_t i = first; i < first + c.g.images; i++) {
            for (size_t o = 0; o < l->out; o++)
                m.channel[o] = p->bias[o] + (channel ? channel[i * s.out + o] : 0);
            kernel_conv()->output(y + i * picture, m.m, c.m_plane, m.channel,
                                  plus ? plus + i * picture : NULL, &c.g, i - first, s.out);
        }
    }
}

/* ---- Backward ---- */

/* The gradient of before(x|skip) of one image stands in d_frame. */
static void frame_backward(const winograd_layer *l, const sizes *s, const scratch_memory *m,
                           real *const dx[2], const bool add[2], const real *const x[2],
                           const winograd_parameters *p, const winograd_gradients *d,
                           const real *channels)
{
    for (size_t q = 0; q < s->parts; q++) {
        const kernel_picture where = picture_of(l, s, q);
        const size_t offset = q * image_channels(l->in[0]);
        real *const from = m->d_frame + where.y_row + where.y_pixel + offset;
        const kernel_norm_channels k = channels_at(channels, s->in, offset);
        if (l->before == WINOGRAD_NORM_SILU)
            kernel_norm()->backward(from, x[q], &k, &where, true, m->sums + offset,
                                    m->sums + s->in + offset);
        if (l->before == WINOGRAD_UPSAMPLE)
            kernel_norm()->double_up_adjoint(dx[q], from, &where, add[q]);
        if (l->before == WINOGRAD_AS_IT_IS)
            kernel_norm()->copy_adjoint(dx[q], from, &where, add[q]);
    }
    if (l->before != WINOGRAD_NORM_SILU) return;
    norm_channels_backward(m->abc, d->gamma, d->beta, channels, m->sums, m->sums + s->in, p->gamma,
                           l->in, l->groups, l->rows * l->columns);
    for (size_t q = 0; q < s->parts; q++) {
        const kernel_picture where = picture_of(l, s, q);
        const size_t offset = q * image_channels(l->in[0]);
        kernel_norm()->backward_end(dx[q], m->d_frame + where.y_row + where.y_pixel + offset, x[q],
                                    m->abc + offset, m->abc + s->in + offset,
                                    m->abc + 2 * s->in + offset, &where, add[q]);
    }
}

/* The planes of dy, and the sums of dy over the pixels of every image: row 1 of A is all ones, so that
 * plane 7 has the sums over every tile. */
static void chunk_output_adjoint(const sizes *s, const scratch_memory *m, const real *dy,
                                 real *d_channel, const chunk *c)
{
    const size_t picture = s->g.height * s->g.width * s->out;
    for (size_t i = 0; i < c->g.images; i++) {
        real *const sum = d_channel + (c->first + i) * s->out;
        const real *at = m->m + 7 * c->m_plane;
        kernel_conv()->output_adjoint(m->m, c->m_plane, dy + (c->first + i) * picture, &c->g, i,
                                      s->out);
        memset(sum, 0, s->out * sizeof *sum);
        for (size_t k = 0; k < 4; at += c->tiles[k++] * s->out) {
            const size_t tiles = c->tiles[k] / c->g.images;
            kernel_norm()->sums(m->channel, at + i * tiles * s->out, tiles, s->out, s->out);
            for (size_t o = 0; o < s->out; o++) sum[o] += m->channel[o];
        }
    }
}

/* From the planes of dm to the gradients of x and skip. */
static void chunk_input_adjoint(const winograd_layer *l, const sizes *s, const scratch_memory *m,
                                real *dx, real *d_skip, const bool add[2], const real *x,
                                const real *skip, const winograd_parameters *p,
                                const winograd_gradients *d, const chunk *c, const real *kept)
{
    kernel_planes product = {.c = m->v, /* v is done with */
                             .a = m->m,
                             .b = m->u,
                             .c_plane = c->v_plane,
                             .a_plane = c->m_plane,
                             .b_plane = s->in * s->out + GAP,
                             .in = s->out,
                             .out = s->in};
    memcpy(product.tiles, c->tiles, sizeof product.tiles);
    kernel_products()->multiply(&product);
    for (size_t i = 0; i < c->g.images; i++) {
        const real *at[2], *d_at[2];
        image_at(l, at, x, skip, c->first + i);
        image_at(l, d_at, dx, d_skip, c->first + i);
        real *const to[2] = {(real *)(uintptr_t)d_at[0], (real *)(uintptr_t)d_at[1]};
        kernel_conv()->input_adjoint(m->d_frame, m->v, c->v_plane, &c->g, i, s->in);
        frame_backward(l, s, m, to, add, at, p, d, kept + (c->first + i) * 4 * s->in);
    }
}

void winograd_backward(const winograd_layer *l, real *dx, real *d_skip, bool add_x, bool add_skip,
                       const winograd_gradients *d, real *d_channel, const real *dy, const real *x,
                       const real *skip, const winograd_parameters *p, size_t n, const real *kept,
                       real *scratch)
{
    const sizes s = sizes_of(l, n);
    arena a = arena_start(scratch);
    const scratch_memory m = cut(&s, &a);
    const bool add[2] = {add_x, add_skip};
    if (dx) winograd_weights_transposed(l, m.u, m.w, p->weight);
    memset(m.frame, 0, s.frame * sizeof *m.frame);
    for (size_t first = 0; first < n; first += s.images) {
        const chunk c = chunk_of(&s, first, n);
        kernel_planes product = planes_of(&s, &c, m.du, m.v, m.m);
        product.b_plane = c.m_plane, product.c_plane = s.in * s.out + GAP;
        product.add = first > 0;
        chunk_input(l, &s, &m, x, skip, &c, kept);
        chunk_output_adjoint(&s, &m, dy, d_channel, &c);
        kernel_products()->multiply_adjoint(&product);
        if (dx) chunk_input_adjoint(l, &s, &m, dx, d_skip, add, x, skip, p, d, &c, kept);
    }
    winograd_weights_backward(l, d->weight, m.du, m.w, m.u);
    for (size_t i = 0; i < n; i++)
        for (size_t o = 0; o < l->out; o++) d->bias[o] += d_channel[i * s.out + o];
}
