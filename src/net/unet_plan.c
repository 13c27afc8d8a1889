/* unet_plan.c -- from the specification of a U-Net to its steps and parameters. */
#include "net/unet_plan.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/counter.h"
#include "net/norm.h"

enum { STREAM_INIT = 0x494E4954 };

unet_spec unet_default(size_t width, size_t T)
{
    return (unet_spec){.rows = 28,
                       .columns = 28,
                       .in = 1,
                       .out = 1,
                       .width = width,
                       .levels = 3,
                       .mult = {1, 2, 4},
                       .blocks = 1,
                       .attention = true,
                       .embedding = EMBED_SINUSOIDAL,
                       .embed = width,
                       .T = T};
}

size_t unet_rows(const unet_plan *p, size_t level)
{
    return p->spec.rows >> level;
}

size_t unet_columns(const unet_plan *p, size_t level)
{
    return p->spec.columns >> level;
}

size_t unet_pixels(const unet_plan *p, size_t level)
{
    return unet_rows(p, level) * unet_columns(p, level);
}

size_t unet_level_before(const unet_step *s)
{
    if (s->kind == UNET_DOWN) return s->level - 1;
    return s->before == UNET_UPSAMPLE ? s->level + 1 : s->level;
}

const real *unet_embedding(const unet_plan *p, size_t t, const real *theta)
{
    const size_t size = p->spec.embed;
    return p->table ? p->table + t * size : theta + p->embedding + (t - 1) * size;
}

/* ---- Parameters ---- */

static unet_place enter(network *net, const char *prefix, const char *name, size_t rank,
                        const size_t *shape)
{
    network_tensor *v = &net->tensor[net->tensors++];
    snprintf(v->name, sizeof v->name, "%s%s%s", prefix, *prefix ? "." : "", name);
    v->rank = rank;
    v->size = 1;
    for (size_t i = 0; i < rank; i++) v->size *= v->shape[i] = shape[i];
    v->at = net->parameters;
    net->parameters += v->size;
    return v->at;
}

/* weight [out, in, k, k] (k = 0: [out, in]) and bias [out], named prefix.name.weight, .bias */
static unet_place enter_layer(network *net, const char *prefix, const char *name, size_t out,
                              size_t in, size_t k, unet_place *bias)
{
    char full[NETWORK_NAME - 8];
    snprintf(full, sizeof full, "%s%s%s", prefix, *prefix ? "." : "", name);
    const unet_place weight =
        enter(net, full, "weight", k ? 4 : 2, (const size_t[]){out, in, k, k});
    *bias = enter(net, full, "bias", 1, &out);
    return weight;
}

static void enter_norm(network *net, const char *prefix, const char *name, unet_step *s)
{
    char full[NETWORK_NAME - 8];
    snprintf(full, sizeof full, "%s%s%s", prefix, *prefix ? "." : "", name);
    s->gamma = enter(net, full, "weight", 1, &s->in);
    s->beta = enter(net, full, "bias", 1, &s->in);
    s->groups = norm_groups(s->in);
}

/* ---- Steps ---- */

/* A step from tensor x (and skip) to a new tensor; the caller fills in the rest. */
static unet_step *add_step(unet_plan *p, unet_kind kind, size_t x, size_t skip, size_t out,
                           size_t level)
{
    unet_step *s = &p->step[p->steps++];
    *s = (unet_step){.kind = kind,
                     .x = x,
                     .skip = skip,
                     .plus = UNET_NONE,
                     .y = p->tensors,
                     .in = p->tensor[x].channels,
                     .out = out,
                     .level = level,
                     .gamma = UNET_NONE,
                     .time_weight = UNET_NONE};
    if (skip != UNET_NONE) s->in += p->tensor[skip].channels;
    p->tensor[p->tensors++] = (unet_tensor){out, level};
    return s;
}

static size_t add_conv(network *net, size_t x, size_t out, size_t level, unet_kind kind,
                       unet_before before, const char *name)
{
    unet_step *s = add_step(net->self, kind, x, UNET_NONE, out, level);
    s->before = before;
    s->weight = enter_layer(net, "", name, out, s->in, 3, &s->bias);
    return s->y;
}

/* h = conv1(silu(norm1(x))) + time(e);  y = conv2(silu(norm2(h))) + shortcut(x) */
static size_t add_block(network *net, size_t x, size_t skip, size_t out, size_t level,
                        const char *name)
{
    unet_plan *p = net->self;
    unet_step *s = add_step(p, UNET_CONV, x, skip, out, level);
    const size_t in = s->in;
    s->before = UNET_NORM_SILU;
    enter_norm(net, name, "norm1", s);
    s->weight = enter_layer(net, name, "conv1", out, in, 3, &s->bias);
    s->time_weight = enter_layer(net, name, "time", out, p->hidden, 0, &s->time_bias);
    const size_t h = s->y;
    size_t plus = x;
    if (in != out) {
        s = add_step(p, UNET_SHORTCUT, x, skip, out, level);
        s->weight = enter_layer(net, name, "shortcut", out, in, 1, &s->bias);
        plus = s->y;
    }
    s = add_step(p, UNET_CONV, h, UNET_NONE, out, level);
    s->before = UNET_NORM_SILU;
    s->plus = plus;
    enter_norm(net, name, "norm2", s);
    s->weight = enter_layer(net, name, "conv2", out, out, 3, &s->bias);
    return s->y;
}

/* y = x + last(attention(q, k, v of norm(x))) */
static size_t add_attention(network *net, size_t x, size_t level)
{
    unet_plan *p = net->self;
    unet_step *s = add_step(p, UNET_ATTENTION, x, UNET_NONE, p->tensor[x].channels, level);
    enter_norm(net, "attention", "norm", s);
    s->plus = x;
    s->weight = enter_layer(net, "attention", "qkv", 3 * s->in, s->in, 1, &s->bias);
    s->last_weight = enter_layer(net, "attention", "last", s->in, s->in, 1, &s->last_bias);
    return s->y;
}

static void add_all(network *net)
{
    unet_plan *p = net->self;
    const unet_spec *c = &p->spec;
    size_t kept[UNET_MAX_LEVELS * UNET_MAX_BLOCKS], depth = 0;
    char name[NETWORK_NAME / 2];
    p->tensor[p->tensors++] = (unet_tensor){c->in, 0};
    p->time_weight[0] = enter_layer(net, "", "time.0", p->hidden, c->embed, 0, &p->time_bias[0]);
    p->time_weight[1] = enter_layer(net, "", "time.1", p->hidden, p->hidden, 0, &p->time_bias[1]);
    if (!p->table)
        p->embedding = enter(net, "embedding", "weight", 2, (const size_t[]){c->T, c->embed});
    size_t x = add_conv(net, 0, c->width * c->mult[0], 0, UNET_CONV, UNET_AS_IT_IS, "conv_in");
    for (size_t l = 0; l < c->levels; l++) {
        for (size_t b = 0; b < c->blocks; b++) {
            snprintf(name, sizeof name, "down.%u.%u", (unsigned)l, (unsigned)b);
            kept[depth++] = x = add_block(net, x, UNET_NONE, c->width * c->mult[l], l, name);
        }
        snprintf(name, sizeof name, "downsample.%u", (unsigned)l);
        if (l + 1 < c->levels)
            x = add_conv(net, x, c->width * c->mult[l], l + 1, UNET_DOWN, UNET_AS_IT_IS, name);
    }
    const size_t last = c->levels - 1, most = c->width * c->mult[last];
    x = add_block(net, x, UNET_NONE, most, last, "mid.0");
    if (c->attention) x = add_attention(net, x, last);
    x = add_block(net, x, UNET_NONE, most, last, "mid.1");
    for (size_t l = c->levels; l-- > 0;) {
        for (size_t b = 0; b < c->blocks; b++) {
            snprintf(name, sizeof name, "up.%u.%u", (unsigned)l, (unsigned)b);
            x = add_block(net, x, kept[--depth], c->width * c->mult[l], l, name);
        }
        snprintf(name, sizeof name, "upsample.%u", (unsigned)l);
        if (l > 0)
            x = add_conv(net, x, c->width * c->mult[l - 1], l - 1, UNET_CONV, UNET_UPSAMPLE, name);
    }
    unet_step *s = add_step(p, UNET_CONV, x, UNET_NONE, c->out, 0);
    s->before = UNET_NORM_SILU;
    enter_norm(net, "", "norm_out", s);
    s->weight = enter_layer(net, "", "conv_out", c->out, s->in, 3, &s->bias);
}

/* ---- Initial parameters ---- */

static bool ends_in(const char *name, const char *end)
{
    const size_t n = strlen(name), m = strlen(end);
    return n >= m && strcmp(name + n - m, end) == 0;
}

/* Weights uniform in +-sqrt(3/fan_in), so that a layer keeps the variance of what it gets; biases 0,
 * normalisations 1.  The last layer of every block, of the attention and of the network begins at 0:
 * every block starts as its shortcut, and the untrained network predicts 0, whose loss is known. */
static void unet_init(const network *net, real *theta, uint64_t seed)
{
    static const char *const zero[] = {"conv2.weight", "attention.last.weight", "conv_out.weight"};
    memset(theta, 0, net->parameters * sizeof *theta);
    for (size_t i = 0; i < net->tensors; i++) {
        const network_tensor *v = &net->tensor[i];
        counter_rng rng = counter_start(seed, STREAM_INIT, i, 0);
        if (strstr(v->name, "norm") && ends_in(v->name, "weight"))
            for (size_t k = 0; k < v->size; k++) theta[v->at + k] = 1;
        if (v->rank == 1 || ends_in(v->name, zero[0]) || ends_in(v->name, zero[1]) ||
            ends_in(v->name, zero[2]))
            continue;
        const double bound = sqrt(3.0 * (double)v->shape[0] / (double)v->size);
        const bool learned = strcmp(v->name, "embedding.weight") == 0;
        for (size_t k = 0; k < v->size; k++)
            theta[v->at + k] = (real)(learned ? counter_normal(&rng)
                                              : bound * (2.0 * counter_uniform(&rng) - 1.0));
    }
}

static void unet_free(network *net)
{
    unet_plan *p = net->self;
    if (p) {
        embed_free(p->table);
        free(p->step);
        free(p->tensor);
        free(p->more);
    }
    free(p);
    free(net->tensor);
    free(net);
}

/* ---- Specifications ---- */

static const char *fault(const unet_spec *s)
{
    static const size_t most = 1 << 12; /* products of three sizes stay far below 2^64 */
    if (s->levels < 1 || s->levels > UNET_MAX_LEVELS) return "levels: expected 1..6";
    if (s->blocks < 1 || s->blocks > UNET_MAX_BLOCKS) return "blocks: expected 1..8";
    const size_t sizes[] = {s->rows, s->columns, s->in, s->out, s->width, s->embed};
    for (size_t i = 0; i < 6; i++)
        if (sizes[i] < 1 || sizes[i] > most)
            return "rows, columns, in, out, width and embed: expected 1..4096";
    for (size_t l = 0; l < s->levels; l++)
        if (s->mult[l] < 1 || s->mult[l] * s->width > most)
            return "mult: every level needs 1..4096 channels";
    if ((s->rows | s->columns) % ((size_t)1 << (s->levels - 1)) != 0)
        return "rows and columns: expected multiples of 2^(levels - 1)";
    if (s->T < 1 || s->T > 1 << 20) return "T: expected 1..2^20";
    if ((unsigned)s->embedding >= EMBED_KINDS) return "embedding: there is no such kind";
    if (s->embedding != EMBED_LEARNED && s->embed % 2 != 0)
        return "embed: a fixed time embedding has as many sines as cosines";
    return NULL;
}

static network *refuse(network *net, char *error, size_t error_size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (error_size > 0) vsnprintf(error, error_size, format, args);
    va_end(args);
    network_free(net);
    return NULL;
}

network *unet_plan_alloc(const unet_spec *spec, char *error, size_t error_size)
{
    if (fault(spec)) return refuse(NULL, error, error_size, "U-Net: %s", fault(spec));
    network *net = calloc(1, sizeof *net);
    unet_plan *p = net ? calloc(1, sizeof *p) : NULL;
    if (net) *net = (network){.T = spec->T, .init = unet_init, .free = unet_free, .self = p};
    if (!p) return refuse(net, error, error_size, "no memory for the network");
    const size_t blocks = 2 * spec->levels * spec->blocks + 2, others = 2 * spec->levels + 4;
    p->spec = *spec;
    p->hidden = 4 * spec->width;
    p->step = calloc(3 * blocks + others, sizeof *p->step);
    p->tensor = calloc(3 * blocks + others, sizeof *p->tensor);
    net->tensor = calloc(12 * blocks + 6 * others, sizeof *net->tensor);
    if (spec->embedding != EMBED_LEARNED)
        p->table = embed_alloc(spec->embedding, spec->T, spec->embed);
    if (!p->step || !p->tensor || !net->tensor || (spec->embedding != EMBED_LEARNED && !p->table))
        return refuse(net, error, error_size, "no memory for the network");
    net->in = spec->in * spec->rows * spec->columns;
    net->out = spec->out * spec->rows * spec->columns;
    add_all(net);
    return net;
}

static double step_flops(const unet_plan *p, const unet_step *s)
{
    const double pixels = (double)unet_pixels(p, s->level);
    const double square = (double)(s->in * s->out), C = (double)s->in;
    if (s->kind == UNET_ATTENTION) return 2.0 * pixels * (4.0 * C * C + 2.0 * pixels * C);
    const double time = s->time_weight == UNET_NONE ? 0.0 : (double)(p->hidden * s->out);
    return 2.0 * (pixels * square * (s->kind == UNET_SHORTCUT ? 1.0 : 9.0) + time);
}

double unet_flops(const unet_spec *spec)
{
    network *net = unet_plan_alloc(spec, NULL, 0);
    if (!net) return (double)NAN;
    const unet_plan *p = net->self;
    double sum = 2.0 * (double)(p->hidden * (spec->embed + p->hidden));
    for (size_t i = 0; i < p->steps; i++) sum += step_flops(p, &p->step[i]);
    network_free(net);
    return sum;
}
