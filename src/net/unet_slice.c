/* unet_slice.c -- the fast U-Net's workspace, and the time. */
#include "net/unet_slice.h"

#include <string.h>

#include "net/dense.h"
#include "net/gemm.h"
#include "net/image.h"

size_t unet_numbers(const unet_plan *p, size_t tensor)
{
    return unet_pixels(p, p->tensor[tensor].level) * image_channels(p->tensor[tensor].channels);
}

/* A place for the gradient of tensor i: one that is free and has its size, or a new one. */
static size_t place_for(unet_ways *w, bool *busy, size_t size)
{
    size_t k = 0;
    while (k < w->places && (busy[k] || w->size[k] != size)) k++;
    if (k == w->places) w->size[w->places++] = size;
    busy[k] = true;
    return k;
}

/* The first to reach a tensor gives its gradient a place; returns whether others were there before. */
static bool reach(const unet_plan *p, unet_ways *w, bool *busy, size_t tensor)
{
    if (w->place[tensor] != UNET_NONE) return true;
    w->place[tensor] = place_for(w, busy, unet_numbers(p, tensor));
    return false;
}

void unet_find_ways(const unet_plan *p, unet_ways *w)
{
    bool busy[UNET_MAX_STEPS + 1] = {false};
    for (size_t i = 0; i < p->tensors; i++) w->place[i] = UNET_NONE;
    reach(p, w, busy, p->tensors - 1);
    for (size_t i = p->steps; i-- > 0;) {
        const unet_step *s = &p->step[i];
        bool passed_on = false;
        if (s->plus != UNET_NONE) {
            w->add_plus[i] = w->place[s->plus] != UNET_NONE;
            passed_on = !w->add_plus[i];
            if (passed_on) w->place[s->plus] = w->place[s->y];
        }
        w->add_x[i] = reach(p, w, busy, s->x);
        if (s->skip != UNET_NONE) w->add_skip[i] = reach(p, w, busy, s->skip);
        if (!passed_on) busy[w->place[s->y]] = false;
    }
}

winograd_layer unet_layer(const unet_plan *p, const unet_step *s)
{
    const size_t first = p->tensor[s->x].channels;
    return (winograd_layer){.rows = unet_rows(p, s->level),
                            .columns = unet_columns(p, s->level),
                            .in = {first, s->in - first},
                            .out = s->out,
                            .before = (winograd_before)s->before,
                            .groups = s->groups};
}

void unet_cut(unet_slice *s, const unet_plan *p, size_t n, arena *a)
{
    const unet_ways *w = p->more;
    size_t widest = 0, most = 0, kept, scratch;
    s->n = n;
    s->row = dense_row(n);
    for (size_t i = 0; i < p->tensors; i++) {
        s->value[i] = arena_take(a, n * unet_numbers(p, i));
        const size_t C = image_channels(p->tensor[i].channels);
        if (C > widest) widest = C;
    }
    real *place[UNET_MAX_STEPS + 1];
    for (size_t k = 0; k < w->places; k++) place[k] = arena_take(a, n * w->size[k]);
    for (size_t i = 0; i < p->tensors; i++) s->gradient[i] = place[w->place[i]];
    for (size_t i = 0; i < p->steps; i++) {
        unet_needs(p, &p->step[i], n, &kept, &scratch);
        s->kept[i] = arena_take(a, kept);
        if (scratch > most) most = scratch;
    }
    s->time[0] = arena_take(a, p->spec.embed * s->row);
    for (size_t l = 0; l < 2; l++) {
        s->time[l + 1] = arena_take(a, p->hidden * s->row);
        s->slope[l] = arena_take(a, p->hidden * s->row);
    }
    s->d_time = arena_take(a, p->hidden * s->row);
    s->d_more = arena_take(a, (p->hidden > p->spec.embed ? p->hidden : p->spec.embed) * s->row);
    s->turned = arena_take(a, widest * s->row);
    s->channel = arena_take(a, n * widest);
    s->pack = arena_take(a, GEMM_PACK);
    s->scratch = arena_take(a, most);
}

/* ---- The time ---- */

void unet_time_forward(const unet_plan *p, const unet_slice *s, const size_t *t, const real *theta)
{
    const size_t embed = p->spec.embed;
    memset(s->time[0], 0, embed * s->row * sizeof(real));
    for (size_t b = 0; b < s->n; b++) {
        const real *const e = unet_embedding(p, t[b], theta);
        for (size_t i = 0; i < embed; i++) s->time[0][i * s->row + b] = e[i];
    }
    for (size_t l = 0; l < 2; l++)
        dense_act_forward(s->time[l + 1], s->slope[l], s->time[l], theta + p->time_weight[l],
                          theta + p->time_bias[l], ACT_SILU, l == 0 ? embed : p->hidden, p->hidden,
                          s->n, s->row, s->pack);
}

void unet_time_backward(const unet_plan *p, const unet_slice *s, const size_t *t, real *d_theta,
                        const real *theta)
{
    const size_t embed = p->spec.embed, hidden = p->hidden;
    for (size_t i = 0; i < hidden * s->row; i++) s->d_time[i] *= s->slope[1][i];
    dense_backward_weight(d_theta + p->time_weight[1], d_theta + p->time_bias[1], s->d_time,
                          s->time[1], hidden, hidden, s->n, s->row, s->pack);
    dense_backward_input(s->d_more, s->slope[0], s->d_time, theta + p->time_weight[1], hidden,
                         hidden, s->n, s->row, s->pack);
    dense_backward_weight(d_theta + p->time_weight[0], d_theta + p->time_bias[0], s->d_more,
                          s->time[0], embed, hidden, s->n, s->row, s->pack);
    if (p->table) return;
    dense_backward_input(s->time[0], NULL, s->d_more, theta + p->time_weight[0], embed, hidden,
                         s->n, s->row, s->pack);
    for (size_t b = 0; b < s->n; b++)
        for (size_t i = 0; i < embed; i++)
            d_theta[p->embedding + (t[b] - 1) * embed + i] += s->time[0][i * s->row + b];
}

/* channel [n, C] = the time's part of step k. */
void unet_channel_forward(const unet_plan *p, const unet_step *k, const unet_slice *s,
                          const real *theta)
{
    const size_t C = image_channels(k->out);
    dense_forward(s->turned, s->time[2], theta + k->time_weight, theta + k->time_bias, p->hidden,
                  k->out, s->n, s->row, s->pack);
    kernel_gemm()->transpose(s->channel, C, s->turned, s->row, k->out, s->n);
}

void unet_channel_backward(const unet_plan *p, const unet_step *k, const unet_slice *s,
                           real *d_theta, const real *theta)
{
    const size_t C = image_channels(k->out);
    memset(s->turned, 0, k->out * s->row * sizeof *s->turned);
    kernel_gemm()->transpose(s->turned, s->row, s->channel, C, s->n, k->out);
    dense_backward_weight(d_theta + k->time_weight, d_theta + k->time_bias, s->turned, s->time[2],
                          p->hidden, k->out, s->n, s->row, s->pack);
    dense_backward_input(s->d_more, NULL, s->turned, theta + k->time_weight, p->hidden, k->out,
                         s->n, s->row, s->pack);
    kernel_flat()->mix(s->d_time, s->d_more, p->hidden * s->row, 1, 1);
}
