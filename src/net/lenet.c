/* lenet.c -- the fast classifier: images pixel by pixel, every layer a product of matrices. */
#include "net/lenet.h"

#include <stdbool.h>
#include <string.h>

#include "net/arena.h"
#include "net/gemm.h"
#include "net/lenet_shape.h"

/* A batch of a stage is [n, pixels, channels]; only what the dense layer reads lies channel by
 * channel, as its weights do.  A few images at a time, so that their patches stay in the cache. */
enum { CHUNK = 4 };

typedef struct pieces {
    real *features;         /* [n, 128], first: lenet_features finds them */
    real *z[2], *h[2];      /* [n, ..] before and after the maximum */
    real *d_features, *d_h; /* [n, 128] and [n, 512] */
    real *patch, *d_patch;  /* [CHUNK wide wide, 25 in] */
    real *dz, *dh;          /* of a chunk */
    real *w[2], *dw[2];     /* [out, 25, in]: the weights in the order of a patch */
    real *pack;
} pieces;

static size_t z_size(const lenet_stage *s)
{
    return s->wide * s->wide * s->out;
}

static size_t h_size(const lenet_stage *s)
{
    return s->half * s->half * s->out;
}

static size_t patch_size(const lenet_stage *s)
{
    return LENET_TAPS * s->in;
}

static pieces cut(arena *a, size_t n)
{
    const lenet_stage *const l = lenet_stages;
    const size_t patches = CHUNK * l[1].wide * l[1].wide * patch_size(&l[1]); /* the larger ones */
    pieces s = {.features = arena_take(a, n * LENET_FEATURES)};
    for (size_t k = 0; k < 2; k++) {
        s.z[k] = arena_take(a, n * z_size(&l[k]));
        s.h[k] = arena_take(a, n * h_size(&l[k]));
        s.w[k] = arena_take(a, l[k].out * patch_size(&l[k]));
        s.dw[k] = arena_take(a, l[k].out * patch_size(&l[k]));
    }
    s.d_features = arena_take(a, n * LENET_FEATURES);
    s.d_h = arena_take(a, n * LENET_FLAT);
    s.patch = arena_take(a, patches);
    s.d_patch = arena_take(a, patches);
    s.dz = arena_take(a, CHUNK * z_size(&l[0]));
    s.dh = arena_take(a, CHUNK * h_size(&l[0]));
    s.pack = arena_take(a, GEMM_PACK);
    return s;
}

static size_t lenet_workspace(const network *net, size_t n)
{
    (void)net;
    arena a = arena_start(NULL);
    cut(&a, n);
    return arena_size(&a);
}

const real *lenet_features(const network *net, size_t n, const real *workspace)
{
    (void)net, (void)n;
    return arena_start((real *)workspace).base; /* the first piece of both networks */
}

/* ---- Convolutions ---------------------------------------------------------------------------- */

/* w [out, 25, in] of weight [out, in, 25], and back. */
static void arrange(real *w, const real *weight, const lenet_stage *s)
{
    for (size_t o = 0; o < s->out; o++)
        for (size_t c = 0; c < s->in; c++)
            for (size_t t = 0; t < LENET_TAPS; t++)
                w[(o * LENET_TAPS + t) * s->in + c] = weight[(o * s->in + c) * LENET_TAPS + t];
}

static void arrange_backward(real *d_weight, const real *dw, const lenet_stage *s)
{
    for (size_t o = 0; o < s->out; o++)
        for (size_t c = 0; c < s->in; c++)
            for (size_t t = 0; t < LENET_TAPS; t++)
                d_weight[(o * s->in + c) * LENET_TAPS + t] += dw[(o * LENET_TAPS + t) * s->in + c];
}

/* Where row u of the patch of pixel p begins in x [side, side, in]. */
static size_t place(const lenet_stage *s, size_t p, size_t u)
{
    return ((p / s->wide + u) * s->side + p % s->wide) * s->in;
}

/* The patches [n wide wide, 25 in] of n images. */
static void gather(real *patch, const real *x, size_t n, const lenet_stage *s)
{
    const size_t line = LENET_TAP * s->in;
    for (size_t b = 0; b < n; b++, x += s->side * s->side * s->in)
        for (size_t p = 0; p < s->wide * s->wide; p++)
            for (size_t u = 0; u < LENET_TAP; u++, patch += line)
                memcpy(patch, x + place(s, p, u), line * sizeof *x);
}

/* dx += the patches, each where it came from. */
static void scatter(real *dx, const real *patch, size_t n, const lenet_stage *s)
{
    const size_t line = LENET_TAP * s->in;
    for (size_t b = 0; b < n; b++, dx += s->side * s->side * s->in)
        for (size_t p = 0; p < s->wide * s->wide; p++)
            for (size_t u = 0; u < LENET_TAP; u++, patch += line) {
                real *const to = dx + place(s, p, u);
                for (size_t i = 0; i < line; i++) to[i] += patch[i];
            }
}

static void fill_rows(real *y, const real *row, size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++) memcpy(y + i * n, row, n * sizeof *y);
}

static void conv_forward(real *z, const real *x, size_t n, const real *theta, const lenet_stage *s,
                         const real *w, const pieces *m)
{
    const size_t pixels = n * s->wide * s->wide, patch = patch_size(s);
    gather(m->patch, x, n, s);
    fill_rows(z, theta + s->bias, pixels, s->out);
    gemm(z, s->out, m->patch, patch, 1, w, 1, patch, pixels, s->out, patch, m->pack);
}

/* dx, [n, side side, in], is assigned; it may be NULL. */
static void conv_backward(real *dx, real *d_theta, real *dw, const real *dz, const real *x,
                          size_t n, const lenet_stage *s, const real *w, const pieces *m)
{
    const size_t pixels = n * s->wide * s->wide, patch = patch_size(s);
    gather(m->patch, x, n, s);
    gemm(dw, patch, dz, 1, s->out, m->patch, patch, 1, s->out, patch, pixels, m->pack);
    for (size_t p = 0; p < pixels; p++)
        for (size_t o = 0; o < s->out; o++) d_theta[s->bias + o] += dz[p * s->out + o];
    if (!dx) return;
    memset(m->d_patch, 0, pixels * patch * sizeof *dz);
    gemm(m->d_patch, patch, dz, s->out, 1, w, patch, 1, pixels, patch, s->out, m->pack);
    memset(dx, 0, n * s->side * s->side * s->in * sizeof *dx);
    scatter(dx, m->d_patch, n, s);
}

/* ---- The maximum of 2 x 2 pixels, and ReLU --------------------------------------------------- */

/* Number c of pooled pixel p is h[p pixel + c channel]: pixel by pixel, or channel by channel. */
typedef struct layout {
    size_t pixel, channel;
} layout;

static layout layout_of(const lenet_stage *s)
{
    const bool last = s == &lenet_stages[1];
    return last ? (layout){1, s->half * s->half} : (layout){s->out, 1};
}

static real larger(real a, real b)
{
    return b > a ? b : a;
}

/* The first of the four pixels of z [wide, wide, out] above pooled pixel p. */
static size_t above(const lenet_stage *s, size_t p)
{
    return (2 * (p / s->half) * s->wide + 2 * (p % s->half)) * s->out;
}

static void pool_forward(real *h, const real *z, size_t n, const lenet_stage *s)
{
    const size_t right = s->out, down = s->wide * s->out;
    const layout at = layout_of(s);
    for (size_t b = 0; b < n; b++, z += z_size(s), h += h_size(s))
        for (size_t p = 0; p < s->half * s->half; p++) {
            const real *const a = z + above(s, p);
            real *const to = h + p * at.pixel;
            for (size_t c = 0; c < s->out; c++) {
                const real top = larger(a[c], a[right + c]);
                const real bottom = larger(a[down + c], a[down + right + c]);
                to[c * at.channel] = larger(0, larger(top, bottom));
            }
        }
}

/* dz = dh at the first of the four that is h, unless h is 0. */
static void pool_backward(real *dz, const real *dh, const real *h, const real *z, size_t n,
                          const lenet_stage *s)
{
    const size_t q[4] = {0, s->out, s->wide * s->out, s->wide * s->out + s->out};
    const layout at = layout_of(s);
    for (size_t b = 0; b < n; b++, z += z_size(s), dz += z_size(s), h += h_size(s), dh += h_size(s))
        for (size_t p = 0; p < s->half * s->half; p++)
            for (size_t c = 0; c < s->out; c++) {
                const size_t first = above(s, p) + c, from = p * at.pixel + c * at.channel;
                real d = h[from] > 0 ? dh[from] : 0;
                for (size_t k = 0; k < 4; k++) {
                    const bool is_it = z[first + q[k]] == h[from];
                    dz[first + q[k]] = is_it ? d : 0;
                    if (is_it) d = 0;
                }
            }
}

/* ---- The network ----------------------------------------------------------------------------- */

/* y [n,out] = x [n,in] w^T + b */
static void dense_layer(real *y, const real *x, const real *w, const real *b, size_t in, size_t out,
                        size_t n, real *pack)
{
    fill_rows(y, b, n, out);
    gemm(y, out, x, in, 1, w, 1, in, n, out, in, pack);
}

/* dw += dy^T x, db += dy^T 1, dx = dy w */
static void dense_layer_backward(real *dx, real *dw, real *db, const real *dy, const real *x,
                                 const real *w, size_t in, size_t out, size_t n, real *pack)
{
    gemm(dw, in, dy, 1, out, x, in, 1, out, in, n, pack);
    for (size_t b = 0; b < n; b++)
        for (size_t o = 0; o < out; o++) db[o] += dy[b * out + o];
    memset(dx, 0, n * in * sizeof *dx);
    gemm(dx, in, dy, out, 1, w, in, 1, n, in, out, pack);
}

static size_t chunk_at(size_t i, size_t n)
{
    return n - i < CHUNK ? n - i : CHUNK;
}

static void lenet_forward(const network *net, real *out, const real *x, const size_t *t, size_t n,
                          const real *theta, real *workspace)
{
    (void)net, (void)t;
    const lenet_stage *const l = lenet_stages;
    arena a = arena_start(workspace);
    const pieces s = cut(&a, n);
    for (size_t k = 0; k < 2; k++) arrange(s.w[k], theta + l[k].weight, &l[k]);
    for (size_t i = 0; i < n; i += CHUNK) {
        const real *below = x + i * LENET_PIXELS;
        for (size_t k = 0; k < 2; k++) {
            real *const z = s.z[k] + i * z_size(&l[k]), *const h = s.h[k] + i * h_size(&l[k]);
            conv_forward(z, below, chunk_at(i, n), theta, &l[k], s.w[k], &s);
            pool_forward(h, z, chunk_at(i, n), &l[k]);
            below = h;
        }
    }
    dense_layer(s.features, s.h[1], theta + LENET_DENSE1_WEIGHT, theta + LENET_DENSE1_BIAS,
                LENET_FLAT, LENET_FEATURES, n, s.pack);
    for (size_t i = 0; i < n * LENET_FEATURES; i++) s.features[i] = larger(0, s.features[i]);
    dense_layer(out, s.features, theta + LENET_DENSE2_WEIGHT, theta + LENET_DENSE2_BIAS,
                LENET_FEATURES, LENET_CLASSES, n, s.pack);
}

static void dense_backward_both(real *d_theta, const real *d_out, size_t n, const real *theta,
                                const pieces *s)
{
    dense_layer_backward(s->d_features, d_theta + LENET_DENSE2_WEIGHT, d_theta + LENET_DENSE2_BIAS,
                         d_out, s->features, theta + LENET_DENSE2_WEIGHT, LENET_FEATURES,
                         LENET_CLASSES, n, s->pack);
    for (size_t i = 0; i < n * LENET_FEATURES; i++)
        if (!(s->features[i] > 0)) s->d_features[i] = 0;
    dense_layer_backward(s->d_h, d_theta + LENET_DENSE1_WEIGHT, d_theta + LENET_DENSE1_BIAS,
                         s->d_features, s->h[1], theta + LENET_DENSE1_WEIGHT, LENET_FLAT,
                         LENET_FEATURES, n, s->pack);
}

static void lenet_backward(const network *net, real *d_theta, real *d_out, const real *x,
                           const size_t *t, size_t n, const real *theta, real *workspace)
{
    (void)net, (void)t;
    const lenet_stage *const l = lenet_stages;
    arena a = arena_start(workspace);
    const pieces s = cut(&a, n);
    dense_backward_both(d_theta, d_out, n, theta, &s);
    for (size_t k = 0; k < 2; k++)
        memset(s.dw[k], 0, l[k].out * patch_size(&l[k]) * sizeof *s.dw[k]);
    for (size_t i = 0; i < n; i += CHUNK) {
        const size_t m = chunk_at(i, n);
        const real *const h0 = s.h[0] + i * h_size(&l[0]), *const h1 = s.h[1] + i * LENET_FLAT;
        pool_backward(s.dz, s.d_h + i * LENET_FLAT, h1, s.z[1] + i * z_size(&l[1]), m, &l[1]);
        conv_backward(s.dh, d_theta, s.dw[1], s.dz, h0, m, &l[1], s.w[1], &s);
        pool_backward(s.dz, s.dh, h0, s.z[0] + i * z_size(&l[0]), m, &l[0]);
        conv_backward(NULL, d_theta, s.dw[0], s.dz, x + i * LENET_PIXELS, m, &l[0], s.w[0], &s);
    }
    for (size_t k = 0; k < 2; k++) arrange_backward(d_theta + l[k].weight, s.dw[k], &l[k]);
}

network *lenet_alloc(void)
{
    network *const net = lenet_frame();
    if (!net) return NULL;
    net->workspace = lenet_workspace;
    net->forward = lenet_forward;
    net->backward = lenet_backward;
    return net;
}
