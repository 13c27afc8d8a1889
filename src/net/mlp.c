/* mlp.c -- the multilayer perceptron: forward, backward, parameters. */
#include "net/mlp.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/counter.h"
#include "net/dense.h"
#include "net/gemm.h"
#include "net/kernel.h"

enum { STREAM_INIT = 0x494E4954 };

typedef struct mlp {
    mlp_spec spec;
    size_t width[MLP_MAX_DEPTH + 2];                           /* of h_0 .. h_depth and out */
    size_t weight[MLP_MAX_DEPTH + 1], bias[MLP_MAX_DEPTH + 1]; /* where they begin in theta */
    size_t embedding;                                          /* where a learned one begins */
    size_t widest;
    real *table; /* a fixed embedding [T+1, embed] */
} mlp;

/* ---- The workspace of a slice (feature-major, dense.h) ---- */

typedef struct slice {
    size_t n, row;
    real *x;                        /* h_0, sample-major [n, D + embed] */
    real *h[MLP_MAX_DEPTH + 2];     /* h_0 .. h_depth, and out */
    real *slope[MLP_MAX_DEPTH + 1]; /* act' at layer 1..depth; NULL at 0, which has none */
    real *d, *d_next;               /* gradients by z */
    real *pack;
} slice;

enum { LINE = 64 / sizeof(real) }; /* pieces begin on cache lines */

/* The next n reals of the workspace; without one only their number is counted. */
static real *take(real *workspace, size_t *used, size_t n)
{
    real *const piece = workspace ? workspace + *used : NULL;
    *used += (n + LINE - 1) / LINE * LINE;
    return piece;
}

/* Lay the pieces of a slice out; returns how many reals they take. */
static size_t cut(slice *s, const mlp *m, size_t n, real *workspace)
{
    size_t used = workspace ? (LINE - (uintptr_t)workspace / sizeof(real) % LINE) % LINE : LINE;
    *s = (slice){.n = n, .row = dense_row(n)};
    s->x = take(workspace, &used, n * m->width[0]);
    for (size_t l = 0; l <= m->spec.depth + 1; l++)
        s->h[l] = take(workspace, &used, m->width[l] * s->row);
    for (size_t l = 1; l <= m->spec.depth; l++)
        s->slope[l] = take(workspace, &used, m->width[l] * s->row);
    s->d = take(workspace, &used, m->widest * s->row);
    s->d_next = take(workspace, &used, m->widest * s->row);
    s->pack = take(workspace, &used, GEMM_PACK);
    return used;
}

static size_t mlp_workspace(const network *net, size_t n)
{
    slice s;
    return cut(&s, net->self, n, NULL);
}

/* ---- Forward and backward ---- */

static const real *embedding_of(const mlp *m, size_t t, const real *theta)
{
    const size_t size = m->spec.embed;
    return m->table ? m->table + t * size : theta + m->embedding + (t - 1) * size;
}

static void mlp_forward(const network *net, real *out, const real *x, const size_t *t, size_t n,
                        const real *theta, real *workspace)
{
    const mlp *m = net->self;
    const size_t D = m->spec.D, depth = m->spec.depth;
    slice s;
    cut(&s, m, n, workspace);
    for (size_t b = 0; b < n; b++) {
        real *const h_b = s.x + b * m->width[0];
        memcpy(h_b, x + b * D, D * sizeof *x);
        memcpy(h_b + D, embedding_of(m, t[b], theta), m->spec.embed * sizeof *x);
    }
    kernel_gemm()->transpose(s.h[0], s.row, s.x, m->width[0], n, m->width[0]);
    for (size_t l = 0; l < depth; l++)
        dense_act_forward(s.h[l + 1], s.slope[l + 1], s.h[l], theta + m->weight[l],
                          theta + m->bias[l], m->spec.activation, m->width[l], m->width[l + 1], n,
                          s.row, s.pack);
    dense_forward(s.h[depth + 1], s.h[depth], theta + m->weight[depth], theta + m->bias[depth],
                  m->width[depth], m->spec.out, n, s.row, s.pack);
    kernel_gemm()->transpose(out, m->spec.out, s.h[depth + 1], s.row, m->spec.out, n);
}

/* The embedding's row of sample b was copied into h_0 [D ..]. */
static void embedding_backward(const mlp *m, real *d_theta, const real *d_h0, const size_t *t,
                               const slice *s)
{
    const size_t size = m->spec.embed;
    for (size_t b = 0; b < s->n; b++) {
        real *const de = d_theta + m->embedding + (t[b] - 1) * size;
        for (size_t i = 0; i < size; i++) de[i] += d_h0[(m->spec.D + i) * s->row + b];
    }
}

static void mlp_backward(const network *net, real *d_theta, real *d_out, const real *x,
                         const size_t *t, size_t n, const real *theta, real *workspace)
{
    const mlp *m = net->self;
    slice s;
    cut(&s, m, n, workspace);
    (void)x; /* the workspace holds it */
    kernel_gemm()->transpose(s.d, s.row, d_out, m->spec.out, n, m->spec.out);
    for (size_t l = m->spec.depth + 1; l-- > 0;) {
        const size_t in = m->width[l], out = m->width[l + 1];
        dense_backward_weight(d_theta + m->weight[l], d_theta + m->bias[l], s.d, s.h[l], in, out, n,
                              s.row, s.pack);
        if (l == 0 && m->table)
            return; /* nobody asks for the gradient of x and a fixed embedding */
        dense_backward_input(s.d_next, s.slope[l], s.d, theta + m->weight[l], in, out, n, s.row,
                             s.pack);
        real *const done = s.d;
        s.d = s.d_next;
        s.d_next = done;
    }
    embedding_backward(m, d_theta, s.d, t, &s);
}

/* ---- Parameters ---- */

/* Weights uniform in +-sqrt(3/in), so that a layer keeps the variance of what it gets; biases 0.  The
 * last layer begins at 0: the untrained network predicts 0, whose loss is known. */
static void mlp_init(const network *net, real *theta, uint64_t seed)
{
    const mlp *m = net->self;
    memset(theta, 0, net->parameters * sizeof *theta);
    for (size_t l = 0; l < m->spec.depth; l++) {
        counter_rng rng = counter_start(seed, STREAM_INIT, l, 0);
        const double bound = sqrt(3.0 / (double)m->width[l]);
        for (size_t i = 0; i < m->width[l] * m->width[l + 1]; i++)
            theta[m->weight[l] + i] = (real)(bound * (2.0 * counter_uniform(&rng) - 1.0));
    }
    if (m->table) return;
    counter_rng rng = counter_start(seed, STREAM_INIT, MLP_MAX_DEPTH, 0);
    for (size_t i = 0; i < m->spec.T * m->spec.embed; i++)
        theta[m->embedding + i] = (real)counter_normal(&rng);
}

static void mlp_free(network *net)
{
    mlp *m = net->self;
    embed_free(m->table);
    free(m);
    free(net->tensor);
    free(net);
}

/* Enter a tensor [rows, columns], or [rows] when columns = 0; returns where it begins. */
static size_t enter(network *net, const char *name, size_t rows, size_t columns)
{
    network_tensor *v = &net->tensor[net->tensors++];
    snprintf(v->name, sizeof v->name, "%s", name);
    v->rank = columns ? 2 : 1;
    v->shape[0] = rows;
    v->shape[1] = columns;
    v->size = columns ? rows * columns : rows;
    v->at = net->parameters;
    net->parameters += v->size;
    return v->at;
}

static void enter_all(network *net, mlp *m)
{
    for (size_t l = 0; l <= m->spec.depth; l++) {
        char name[NETWORK_NAME];
        snprintf(name, sizeof name, "layers.%zu.weight", l);
        m->weight[l] = enter(net, name, m->width[l + 1], m->width[l]);
        snprintf(name, sizeof name, "layers.%zu.bias", l);
        m->bias[l] = enter(net, name, m->width[l + 1], 0);
    }
    if (!m->table) m->embedding = enter(net, "embedding.weight", m->spec.T, m->spec.embed);
}

static void refuse(char *error, size_t error_size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (error_size > 0) vsnprintf(error, error_size, format, args);
    va_end(args);
}

mlp_spec mlp_default(size_t D, size_t T)
{
    return (mlp_spec){.D = D,
                      .out = D,
                      .width = 128,
                      .depth = 4,
                      .embedding = EMBED_SINUSOIDAL,
                      .embed = 128,
                      .activation = ACT_SILU,
                      .T = T};
}

static bool acceptable(const mlp_spec *s, char *error, size_t error_size)
{
    static const size_t most = (size_t)1 << 20; /* products of two sizes stay far below 2^64 */
    if (s->D < 1 || s->out < 1 || s->width < 1 || s->embed < 1 || s->T < 1)
        refuse(error, error_size, "a network needs D, out, width, embed and T of at least 1");
    else if (s->D > most || s->out > most || s->width > most || s->embed > most || s->T > most)
        refuse(error, error_size, "a size of the network is above %zu", most);
    else if (s->depth < 1 || s->depth > MLP_MAX_DEPTH)
        refuse(error, error_size, "depth %zu: expected 1..%d", s->depth, MLP_MAX_DEPTH);
    else if ((unsigned)s->embedding >= EMBED_KINDS || (unsigned)s->activation >= ACT_KINDS)
        refuse(error, error_size, "no such embedding or activation");
    else if (s->embedding != EMBED_LEARNED && s->embed % 2 != 0)
        refuse(error, error_size,
               "a fixed time embedding has as many sines as cosines: embed %zu is odd", s->embed);
    else
        return true;
    return false;
}

/* Widths of the layers, names and places of the tensors. */
static void describe(network *net, mlp *m)
{
    const mlp_spec *s = &m->spec;
    m->width[0] = s->D + s->embed;
    for (size_t l = 1; l <= s->depth; l++) m->width[l] = s->width;
    m->width[s->depth + 1] = s->out;
    for (size_t l = 0; l <= s->depth + 1; l++)
        if (m->width[l] > m->widest) m->widest = m->width[l];
    enter_all(net, m);
}

network *mlp_alloc(const mlp_spec *s, char *error, size_t error_size)
{
    if (!acceptable(s, error, error_size)) return NULL;
    const bool fixed = s->embedding != EMBED_LEARNED;
    network *net = calloc(1, sizeof *net);
    mlp *m = calloc(1, sizeof *m);
    if (net) net->tensor = calloc(2 * s->depth + 3, sizeof *net->tensor);
    if (net && m && fixed) m->table = embed_alloc(s->embedding, s->T, s->embed);
    if (!net || !m || !net->tensor || (fixed && !m->table)) {
        if (m) embed_free(m->table);
        if (net) free(net->tensor);
        free(m);
        free(net);
        refuse(error, error_size, "no memory for the network");
        return NULL;
    }
    m->spec = *s;
    *net = (network){.T = s->T,
                     .in = s->D,
                     .out = s->out,
                     .tensor = net->tensor,
                     .workspace = mlp_workspace,
                     .init = mlp_init,
                     .forward = mlp_forward,
                     .backward = mlp_backward,
                     .free = mlp_free,
                     .self = m};
    describe(net, m);
    return net;
}
