/* unet_naive.c -- the U-Net made of the naive layers: slow, short, and what the fast one is held to. */
#include "net/unet.h"

#include <string.h>

#include "net/arena.h"
#include "net/attention.h"
#include "net/conv.h"
#include "net/norm.h"
#include "net/resample.h"
#include "net/unet_plan.h"

/* ---- The workspace of n samples ---- */

/* What a step reads and leaves, all [n, channels, rows, columns], each with its gradient. */
typedef struct inside {
    real *x, *dx;                   /* x|skip, joined */
    real *z, *dz;                   /* normalised */
    real *y, *dy;                   /* after SiLU or upsampling: what the layer reads */
    real *qkv, *dqkv, *P, *o, *d_o; /* attention: P [n, N, N], o before the projection */
} inside;

typedef struct slice {
    size_t n;
    real *value[UNET_MAX_STEPS + 1], *gradient[UNET_MAX_STEPS + 1]; /* of every tensor */
    inside in[UNET_MAX_STEPS];
    real *time[5], *d_time[5]; /* embedding, z_0, silu(z_0), z_1, silu(z_1): [n, ...] */
} slice;

static size_t size_of(const unet_plan *p, size_t tensor)
{
    return p->tensor[tensor].channels * unet_pixels(p, p->tensor[tensor].level);
}

static inside cut_inside(const unet_plan *p, const unet_step *s, size_t n, arena *a)
{
    const size_t N = unet_pixels(p, s->level), x = n * s->in * unet_pixels(p, unet_level_before(s));
    const size_t y = s->before == UNET_UPSAMPLE ? 4 * x : x;
    inside in = {.x = arena_take(a, x), .z = arena_take(a, x), .y = arena_take(a, y)};
    in.dx = arena_take(a, x), in.dz = arena_take(a, x), in.dy = arena_take(a, y);
    if (s->kind != UNET_ATTENTION) return in;
    in.qkv = arena_take(a, 3 * x), in.dqkv = arena_take(a, 3 * x);
    in.o = arena_take(a, x), in.d_o = arena_take(a, x), in.P = arena_take(a, n * N * N);
    return in;
}

static void cut(slice *s, const unet_plan *p, size_t n, arena *a)
{
    s->n = n;
    for (size_t i = 0; i < p->tensors; i++) {
        s->value[i] = arena_take(a, n * size_of(p, i));
        s->gradient[i] = arena_take(a, n * size_of(p, i));
    }
    for (size_t i = 0; i < 5; i++) {
        s->time[i] = arena_take(a, n * (i == 0 ? p->spec.embed : p->hidden));
        s->d_time[i] = arena_take(a, n * (i == 0 ? p->spec.embed : p->hidden));
    }
    for (size_t i = 0; i < p->steps; i++) s->in[i] = cut_inside(p, &p->step[i], n, a);
}

static size_t naive_workspace(const network *net, size_t n)
{
    arena a = arena_start(NULL);
    slice s;
    cut(&s, net->self, n, &a);
    return arena_size(&a);
}

/* ---- The time ---- */

/* y [n,out] = x [n,in] w^T + b */
static void linear_forward(real *y, const real *x, const real *w, const real *b, size_t n,
                           size_t in, size_t out)
{
    for (size_t i = 0; i < n; i++)
        for (size_t o = 0; o < out; o++) {
            y[i * out + o] = b[o];
            for (size_t k = 0; k < in; k++) y[i * out + o] += w[o * in + k] * x[i * in + k];
        }
}

static void linear_backward(real *dx, real *dw, real *db, const real *dy, const real *x,
                            const real *w, size_t n, size_t in, size_t out)
{
    for (size_t i = 0; i < n; i++)
        for (size_t o = 0; o < out; o++) {
            db[o] += dy[i * out + o];
            for (size_t k = 0; k < in; k++) {
                dw[o * in + k] += dy[i * out + o] * x[i * in + k];
                dx[i * in + k] += dy[i * out + o] * w[o * in + k];
            }
        }
}

static void time_forward(const unet_plan *p, const slice *s, const size_t *t, const real *theta)
{
    const size_t embed = p->spec.embed;
    for (size_t i = 0; i < s->n; i++)
        memcpy(s->time[0] + i * embed, unet_embedding(p, t[i], theta), embed * sizeof(real));
    for (size_t l = 0; l < 2; l++) {
        linear_forward(s->time[2 * l + 1], s->time[2 * l], theta + p->time_weight[l],
                       theta + p->time_bias[l], s->n, l == 0 ? embed : p->hidden, p->hidden);
        silu_naive_forward(s->time[2 * l + 2], s->time[2 * l + 1], s->n * p->hidden);
    }
}

static void time_backward(const unet_plan *p, const slice *s, const size_t *t, real *d_theta,
                          const real *theta)
{
    const size_t embed = p->spec.embed;
    for (size_t l = 2; l-- > 0;) {
        silu_naive_backward(s->d_time[2 * l + 1], s->d_time[2 * l + 2], s->time[2 * l + 1],
                            s->n * p->hidden);
        linear_backward(s->d_time[2 * l], d_theta + p->time_weight[l], d_theta + p->time_bias[l],
                        s->d_time[2 * l + 1], s->time[2 * l], theta + p->time_weight[l], s->n,
                        l == 0 ? embed : p->hidden, p->hidden);
    }
    for (size_t i = 0; !p->table && i < s->n; i++)
        for (size_t k = 0; k < embed; k++)
            d_theta[p->embedding + (t[i] - 1) * embed + k] += s->d_time[0][i * embed + k];
}

/* ---- Joining x and skip, adding, the time in every pixel ---- */

static void add(real *y, const real *x, size_t n)
{
    for (size_t i = 0; i < n; i++) y[i] += x[i];
}

static void join(const unet_plan *p, const unet_step *s, const slice *c, real *x)
{
    const size_t a = size_of(p, s->x), b = s->skip == UNET_NONE ? 0 : size_of(p, s->skip);
    for (size_t i = 0; i < c->n; i++, x += a + b) {
        memcpy(x, c->value[s->x] + i * a, a * sizeof *x);
        if (b) memcpy(x + a, c->value[s->skip] + i * b, b * sizeof *x);
    }
}

static void part(const unet_plan *p, const unet_step *s, const slice *c, const real *dx)
{
    const size_t a = size_of(p, s->x), b = s->skip == UNET_NONE ? 0 : size_of(p, s->skip);
    for (size_t i = 0; i < c->n; i++, dx += a + b) {
        add(c->gradient[s->x] + i * a, dx, a);
        if (b) add(c->gradient[s->skip] + i * b, dx + a, b);
    }
}

/* silu(time) -> dense -> one number for every channel of every sample, added to all its pixels. */
static void add_time(const unet_plan *p, const unet_step *s, const slice *c, const real *theta)
{
    const size_t N = unet_pixels(p, s->level);
    const real *w = theta + s->time_weight, *b = theta + s->time_bias;
    for (size_t i = 0; i < c->n * s->out; i++) {
        const size_t o = i % s->out, sample = i / s->out;
        real sum = 0;
        linear_forward(&sum, c->time[4] + sample * p->hidden, w + o * p->hidden, b + o, 1,
                       p->hidden, 1);
        for (size_t k = 0; k < N; k++) c->value[s->y][i * N + k] += sum;
    }
}

static void add_time_backward(const unet_plan *p, const unet_step *s, const slice *c, real *d_theta,
                              const real *theta)
{
    const size_t N = unet_pixels(p, s->level);
    for (size_t i = 0; i < c->n * s->out; i++) {
        const size_t o = i % s->out, at = i / s->out * p->hidden;
        real sum = 0;
        for (size_t k = 0; k < N; k++) sum += c->gradient[s->y][i * N + k];
        linear_backward(c->d_time[4] + at, d_theta + s->time_weight + o * p->hidden,
                        d_theta + s->time_bias + o, &sum, c->time[4] + at,
                        theta + s->time_weight + o * p->hidden, 1, p->hidden, 1);
    }
}

/* ---- A step ---- */

static conv_shape shape_of(const unet_plan *p, const unet_step *s, size_t n)
{
    const size_t level = s->kind == UNET_DOWN ? s->level - 1 : s->level;
    return (conv_shape){n,
                        s->in,
                        s->out,
                        unet_rows(p, level),
                        unet_columns(p, level),
                        s->kind == UNET_CONV || s->kind == UNET_DOWN ? 3 : 1,
                        s->kind == UNET_DOWN ? 2 : 1};
}

static void step_forward(const unet_plan *p, const unet_step *s, const slice *c, const inside *in,
                         const real *theta)
{
    const size_t level = unet_level_before(s), N = unet_pixels(p, level);
    const real *layer = in->x; /* what the layer reads */
    conv_shape shape = shape_of(p, s, c->n);
    join(p, s, c, in->x);
    if (s->gamma != UNET_NONE) {
        norm_naive_forward(in->z, in->x, theta + s->gamma, theta + s->beta, c->n, s->in, N,
                           s->groups);
        layer = in->z;
    }
    if (s->before == UNET_NORM_SILU) silu_naive_forward(in->y, in->z, c->n * s->in * N);
    if (s->before == UNET_UPSAMPLE)
        upsample_naive_forward(in->y, in->x, c->n * s->in, unet_rows(p, level),
                               unet_columns(p, level));
    if (s->before != UNET_AS_IT_IS) layer = in->y;
    if (s->kind == UNET_ATTENTION) {
        shape.out = 3 * s->in;
        conv_naive_forward(in->qkv, layer, theta + s->weight, theta + s->bias, &shape);
        attention_naive_forward(in->o, in->P, in->qkv, c->n, s->in, N);
        shape.out = s->out;
        conv_naive_forward(c->value[s->y], in->o, theta + s->last_weight, theta + s->last_bias,
                           &shape);
    } else {
        conv_naive_forward(c->value[s->y], layer, theta + s->weight, theta + s->bias, &shape);
    }
    if (s->time_weight != UNET_NONE) add_time(p, s, c, theta);
    if (s->plus != UNET_NONE) add(c->value[s->y], c->value[s->plus], c->n * size_of(p, s->y));
}

static void clear(real *x, size_t n)
{
    memset(x, 0, n * sizeof *x);
}

static void step_backward(const unet_plan *p, const unet_step *s, const slice *c, const inside *in,
                          real *d_theta, const real *theta)
{
    const size_t level = unet_level_before(s), N = unet_pixels(p, level), x = c->n * s->in * N;
    const size_t y = s->before == UNET_UPSAMPLE ? 4 * x : x;
    const bool norm = s->gamma != UNET_NONE, more = s->before != UNET_AS_IT_IS;
    conv_shape shape = shape_of(p, s, c->n);
    real *const dy = c->gradient[s->y];
    const real *const layer = more ? in->y : norm ? in->z : in->x;
    real *const d_layer = more ? in->dy : norm ? in->dz : in->dx;
    clear(in->dx, x), clear(in->dz, x), clear(in->dy, y);
    if (s->plus != UNET_NONE) add(c->gradient[s->plus], dy, c->n * size_of(p, s->y));
    if (s->time_weight != UNET_NONE) add_time_backward(p, s, c, d_theta, theta);
    if (s->kind == UNET_ATTENTION) {
        clear(in->d_o, x), clear(in->dqkv, 3 * x);
        conv_naive_backward(in->d_o, d_theta + s->last_weight, d_theta + s->last_bias, dy, in->o,
                            theta + s->last_weight, &shape);
        attention_naive_backward(in->dqkv, in->d_o, in->P, in->qkv, c->n, s->in, N);
        shape.out = 3 * s->in;
        conv_naive_backward(d_layer, d_theta + s->weight, d_theta + s->bias, in->dqkv, layer,
                            theta + s->weight, &shape);
    } else {
        conv_naive_backward(d_layer, d_theta + s->weight, d_theta + s->bias, dy, layer,
                            theta + s->weight, &shape);
    }
    if (s->before == UNET_UPSAMPLE)
        upsample_naive_backward(in->dx, in->dy, c->n * s->in, unet_rows(p, level),
                                unet_columns(p, level));
    if (s->before == UNET_NORM_SILU) silu_naive_backward(in->dz, in->dy, in->z, x);
    if (norm)
        norm_naive_backward(in->dx, d_theta + s->gamma, d_theta + s->beta, in->dz, in->x,
                            theta + s->gamma, c->n, s->in, N, s->groups);
    part(p, s, c, in->dx);
}

/* ---- The network ---- */

static void naive_forward(const network *net, real *out, const real *x, const size_t *t, size_t n,
                          const real *theta, real *workspace)
{
    const unet_plan *p = net->self;
    arena a = arena_start(workspace);
    slice s;
    cut(&s, p, n, &a);
    memcpy(s.value[0], x, n * net->in * sizeof *x);
    time_forward(p, &s, t, theta);
    for (size_t i = 0; i < p->steps; i++) step_forward(p, &p->step[i], &s, &s.in[i], theta);
    memcpy(out, s.value[p->tensors - 1], n * net->out * sizeof *out);
}

static void naive_backward(const network *net, real *d_theta, real *d_out, const real *x,
                           const size_t *t, size_t n, const real *theta, real *workspace)
{
    const unet_plan *p = net->self;
    arena a = arena_start(workspace);
    slice s;
    (void)x; /* the workspace holds it */
    cut(&s, p, n, &a);
    for (size_t i = 0; i < p->tensors; i++) clear(s.gradient[i], n * size_of(p, i));
    for (size_t i = 0; i < 5; i++) clear(s.d_time[i], n * (i == 0 ? p->spec.embed : p->hidden));
    memcpy(s.gradient[p->tensors - 1], d_out, n * net->out * sizeof *d_out);
    for (size_t i = p->steps; i-- > 0;) step_backward(p, &p->step[i], &s, &s.in[i], d_theta, theta);
    time_backward(p, &s, t, d_theta, theta);
}

network *unet_naive_alloc(const unet_spec *spec, char *error, size_t error_size)
{
    network *net = unet_plan_alloc(spec, error, error_size);
    if (!net) return NULL;
    net->workspace = naive_workspace;
    net->forward = naive_forward;
    net->backward = naive_backward;
    return net;
}
