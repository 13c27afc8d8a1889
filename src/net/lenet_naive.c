/* lenet_naive.c -- the classifier in plain loops, to read and to compare with. */
#include "net/lenet_shape.h"

#include <string.h>

#include "net/arena.h"

/* ---- The layers, one image at a time --------------------------------------------------------- */

/* z[o][i][j] = b[o] + sum_{c,u,v} w[o][c][u][v] x[c][i+u][j+v] */
static void conv_forward(real *z, const real *x, const real *w, const real *b, const lenet_stage *s)
{
    for (size_t o = 0; o < s->out; o++)
        for (size_t p = 0; p < s->wide * s->wide; p++) {
            const size_t i = p / s->wide, j = p % s->wide;
            real sum = b[o];
            for (size_t c = 0; c < s->in; c++)
                for (size_t t = 0; t < LENET_TAPS; t++)
                    sum += w[(o * s->in + c) * LENET_TAPS + t] *
                           x[(c * s->side + i + t / LENET_TAP) * s->side + j + t % LENET_TAP];
            z[o * s->wide * s->wide + p] = sum;
        }
}

/* dw += dz x, db += dz, dx += w dz; dx may be NULL. */
static void conv_backward(real *dx, real *dw, real *db, const real *dz, const real *x,
                          const real *w, const lenet_stage *s)
{
    for (size_t o = 0; o < s->out; o++)
        for (size_t p = 0; p < s->wide * s->wide; p++) {
            const size_t i = p / s->wide, j = p % s->wide;
            const real d = dz[o * s->wide * s->wide + p];
            db[o] += d;
            for (size_t c = 0; c < s->in; c++)
                for (size_t t = 0; t < LENET_TAPS; t++) {
                    const size_t at =
                        (c * s->side + i + t / LENET_TAP) * s->side + j + t % LENET_TAP;
                    dw[(o * s->in + c) * LENET_TAPS + t] += d * x[at];
                    if (dx) dx[at] += d * w[(o * s->in + c) * LENET_TAPS + t];
                }
        }
}

/* The place in z of the largest of the 2 x 2 numbers above number p of h; of equals the first. */
static size_t largest(const real *z, size_t p, const lenet_stage *s)
{
    const size_t o = p / (s->half * s->half), i = p / s->half % s->half, j = p % s->half;
    const size_t first = (o * s->wide + 2 * i) * s->wide + 2 * j;
    size_t at = first;
    for (size_t q = 1; q < 4; q++) {
        const size_t next = first + q / 2 * s->wide + q % 2;
        if (z[next] > z[at]) at = next;
    }
    return at;
}

/* h = max(0, z at its largest) */
static void pool_forward(real *h, const real *z, const lenet_stage *s)
{
    for (size_t p = 0; p < s->out * s->half * s->half; p++) {
        const real most = z[largest(z, p, s)];
        h[p] = most > 0 ? most : 0;
    }
}

/* dz = dh where z was the largest and above 0, else 0 */
static void pool_backward(real *dz, const real *dh, const real *z, const lenet_stage *s)
{
    memset(dz, 0, s->out * s->wide * s->wide * sizeof *dz);
    for (size_t p = 0; p < s->out * s->half * s->half; p++) {
        const size_t at = largest(z, p, s);
        if (z[at] > 0) dz[at] = dh[p];
    }
}

/* y = w x + b */
static void dense_layer(real *y, const real *x, const real *w, const real *b, size_t in, size_t out)
{
    for (size_t o = 0; o < out; o++) {
        y[o] = b[o];
        for (size_t i = 0; i < in; i++) y[o] += w[o * in + i] * x[i];
    }
}

/* dw += dy x^T, db += dy, dx = w^T dy */
static void dense_layer_backward(real *dx, real *dw, real *db, const real *dy, const real *x,
                                 const real *w, size_t in, size_t out)
{
    memset(dx, 0, in * sizeof *dx);
    for (size_t o = 0; o < out; o++) {
        db[o] += dy[o];
        for (size_t i = 0; i < in; i++) {
            dw[o * in + i] += dy[o] * x[i];
            dx[i] += w[o * in + i] * dy[o];
        }
    }
}

/* ---- The network ----------------------------------------------------------------------------- */

typedef struct pieces {
    real *features;       /* [n, 128], first: lenet_features finds them */
    real *z[2], *h[2];    /* [n, ..] of both stages */
    real *d, *d_features; /* gradients of one image: by z, and by h or the features */
} pieces;

enum { Z_MOST = 16 * 24 * 24, H_MOST = 16 * 12 * 12 };

static pieces cut(arena *a, size_t n)
{
    pieces s = {.features = arena_take(a, n * LENET_FEATURES)};
    for (size_t k = 0; k < 2; k++) {
        const lenet_stage *const l = &lenet_stages[k];
        s.z[k] = arena_take(a, n * l->out * l->wide * l->wide);
        s.h[k] = arena_take(a, n * l->out * l->half * l->half);
    }
    s.d = arena_take(a, Z_MOST + 2 * H_MOST);
    s.d_features = arena_take(a, LENET_FEATURES);
    return s;
}

static size_t naive_workspace(const network *net, size_t n)
{
    (void)net;
    arena a = arena_start(NULL);
    cut(&a, n);
    return arena_size(&a);
}

static void naive_forward(const network *net, real *out, const real *x, const size_t *t, size_t n,
                          const real *theta, real *workspace)
{
    (void)net, (void)t;
    arena a = arena_start(workspace);
    const pieces s = cut(&a, n);
    for (size_t b = 0; b < n; b++) {
        const real *below = x + b * LENET_PIXELS;
        for (size_t k = 0; k < 2; k++) {
            const lenet_stage *const l = &lenet_stages[k];
            real *const z = s.z[k] + b * l->out * l->wide * l->wide;
            real *const h = s.h[k] + b * l->out * l->half * l->half;
            conv_forward(z, below, theta + l->weight, theta + l->bias, l);
            pool_forward(h, z, l);
            below = h;
        }
        real *const f = s.features + b * LENET_FEATURES;
        dense_layer(f, below, theta + LENET_DENSE1_WEIGHT, theta + LENET_DENSE1_BIAS, LENET_FLAT,
                    LENET_FEATURES);
        for (size_t i = 0; i < LENET_FEATURES; i++) f[i] = f[i] > 0 ? f[i] : 0;
        dense_layer(out + b * LENET_CLASSES, f, theta + LENET_DENSE2_WEIGHT,
                    theta + LENET_DENSE2_BIAS, LENET_FEATURES, LENET_CLASSES);
    }
}

static void naive_backward(const network *net, real *d_theta, real *d_out, const real *x,
                           const size_t *t, size_t n, const real *theta, real *workspace)
{
    (void)net, (void)t;
    arena a = arena_start(workspace);
    const pieces s = cut(&a, n);
    const lenet_stage *const l = lenet_stages;
    real *const dz = s.d, *const dh1 = dz + Z_MOST, *const dh0 = dh1 + H_MOST;
    for (size_t b = 0; b < n; b++) {
        const real *const f = s.features + b * LENET_FEATURES;
        const real *const h0 = s.h[0] + b * H_MOST, *const h1 = s.h[1] + b * LENET_FLAT;
        dense_layer_backward(s.d_features, d_theta + LENET_DENSE2_WEIGHT,
                             d_theta + LENET_DENSE2_BIAS, d_out + b * LENET_CLASSES, f,
                             theta + LENET_DENSE2_WEIGHT, LENET_FEATURES, LENET_CLASSES);
        for (size_t i = 0; i < LENET_FEATURES; i++)
            if (!(f[i] > 0)) s.d_features[i] = 0;
        dense_layer_backward(dh1, d_theta + LENET_DENSE1_WEIGHT, d_theta + LENET_DENSE1_BIAS,
                             s.d_features, h1, theta + LENET_DENSE1_WEIGHT, LENET_FLAT,
                             LENET_FEATURES);
        pool_backward(dz, dh1, s.z[1] + b * l[1].out * l[1].wide * l[1].wide, &l[1]);
        memset(dh0, 0, H_MOST * sizeof *dh0);
        conv_backward(dh0, d_theta + l[1].weight, d_theta + l[1].bias, dz, h0, theta + l[1].weight,
                      &l[1]);
        pool_backward(dz, dh0, s.z[0] + b * Z_MOST, &l[0]);
        conv_backward(NULL, d_theta + l[0].weight, d_theta + l[0].bias, dz, x + b * LENET_PIXELS,
                      theta + l[0].weight, &l[0]);
    }
}

network *lenet_naive_alloc(void)
{
    network *const net = lenet_frame();
    if (!net) return NULL;
    net->workspace = naive_workspace;
    net->forward = naive_forward;
    net->backward = naive_backward;
    return net;
}
