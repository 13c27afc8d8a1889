/* unet.c -- the U-Net made of the fast layers. */
#include "net/unet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/image.h"
#include "net/unet_slice.h"

static winograd_parameters parameters_of(const unet_step *k, const real *theta)
{
    const bool norm = k->gamma != UNET_NONE;
    return (winograd_parameters){theta + k->weight, theta + k->bias, norm ? theta + k->gamma : NULL,
                                 norm ? theta + k->beta : NULL};
}

static void conv_forward(const unet_plan *p, size_t i, const unet_slice *s, const real *theta)
{
    const unet_step *k = &p->step[i];
    const winograd_layer l = unet_layer(p, k);
    const winograd_parameters parameters = parameters_of(k, theta);
    const bool time = k->time_weight != UNET_NONE;
    if (time) unet_channel_forward(p, k, s, theta);
    winograd_forward(&l, s->value[k->y], s->value[k->x],
                     k->skip != UNET_NONE ? s->value[k->skip] : NULL, &parameters,
                     time ? s->channel : NULL, k->plus != UNET_NONE ? s->value[k->plus] : NULL,
                     s->n, s->kept[i], s->scratch);
}

static void conv_backward(const unet_plan *p, size_t i, const unet_slice *s, real *d_theta,
                          const real *theta)
{
    const unet_step *k = &p->step[i];
    const unet_ways *w = p->more;
    const winograd_layer l = unet_layer(p, k);
    const winograd_parameters parameters = parameters_of(k, theta);
    const bool norm = k->gamma != UNET_NONE, skip = k->skip != UNET_NONE;
    const winograd_gradients d = {d_theta + k->weight, d_theta + k->bias,
                                  norm ? d_theta + k->gamma : NULL,
                                  norm ? d_theta + k->beta : NULL};
    if (k->plus != UNET_NONE && w->add_plus[i])
        kernel_flat()->mix(s->gradient[k->plus], s->gradient[k->y], s->n * unet_numbers(p, k->y), 1,
                           1);
    winograd_backward(&l, k->x > 0 ? s->gradient[k->x] : NULL, skip ? s->gradient[k->skip] : NULL,
                      w->add_x[i], w->add_skip[i], &d, s->channel, s->gradient[k->y],
                      s->value[k->x], skip ? s->value[k->skip] : NULL, &parameters, s->n,
                      s->kept[i], s->scratch);
    if (k->time_weight != UNET_NONE) unet_channel_backward(p, k, s, d_theta, theta);
}

static void step_forward(const unet_plan *p, size_t i, const unet_slice *s, const real *theta)
{
    const unet_step *k = &p->step[i];
    switch (k->kind) {
    case UNET_CONV: conv_forward(p, i, s, theta); break;
    case UNET_SHORTCUT: unet_shortcut_forward(p, i, s, theta); break;
    case UNET_ATTENTION: unet_attention_forward(p, i, s, theta); break;
    case UNET_DOWN: unet_down_forward(p, i, s, theta); break;
    }
}

static void step_backward(const unet_plan *p, size_t i, const unet_slice *s, real *d_theta,
                          const real *theta)
{
    const unet_step *k = &p->step[i];
    switch (k->kind) {
    case UNET_CONV: conv_backward(p, i, s, d_theta, theta); break;
    case UNET_SHORTCUT: unet_shortcut_backward(p, i, s, d_theta, theta); break;
    case UNET_ATTENTION: unet_attention_backward(p, i, s, d_theta, theta); break;
    case UNET_DOWN: unet_down_backward(p, i, s, d_theta, theta); break;
    }
}

/* ---- The network ---- */

/* y [n, pixels, image_channels(C)] = x [n, C, pixels] */
static void to_pixels(real *y, const real *x, size_t n, size_t C, size_t pixels)
{
    const size_t row = image_channels(C);
    memset(y, 0, n * pixels * row * sizeof *y);
    for (size_t b = 0; b < n; b++, y += pixels * row, x += C * pixels)
        kernel_gemm()->transpose(y, row, x, pixels, C, pixels);
}

static void from_pixels(real *x, const real *y, size_t n, size_t C, size_t pixels)
{
    const size_t row = image_channels(C);
    for (size_t b = 0; b < n; b++, y += pixels * row, x += C * pixels)
        kernel_gemm()->transpose(x, pixels, y, row, pixels, C);
}

static size_t unet_workspace(const network *net, size_t n)
{
    arena a = arena_start(NULL);
    unet_slice s;
    unet_cut(&s, net->self, n, &a);
    return arena_size(&a);
}

static void unet_forward(const network *net, real *out, const real *x, const size_t *t, size_t n,
                         const real *theta, real *workspace)
{
    const unet_plan *p = net->self;
    arena a = arena_start(workspace);
    unet_slice s;
    unet_cut(&s, p, n, &a);
    to_pixels(s.value[0], x, n, p->spec.in, unet_pixels(p, 0));
    unet_time_forward(p, &s, t, theta);
    for (size_t i = 0; i < p->steps; i++) step_forward(p, i, &s, theta);
    from_pixels(out, s.value[p->tensors - 1], n, p->spec.out, unet_pixels(p, 0));
}

static void unet_backward(const network *net, real *d_theta, real *d_out, const real *x,
                          const size_t *t, size_t n, const real *theta, real *workspace)
{
    const unet_plan *p = net->self;
    arena a = arena_start(workspace);
    unet_slice s;
    (void)x; /* the workspace holds it */
    unet_cut(&s, p, n, &a);
    to_pixels(s.gradient[p->tensors - 1], d_out, n, p->spec.out, unet_pixels(p, 0));
    memset(s.d_time, 0, p->hidden * s.row * sizeof *s.d_time);
    for (size_t i = p->steps; i-- > 0;) step_backward(p, i, &s, d_theta, theta);
    unet_time_backward(p, &s, t, d_theta, theta);
}

network *unet_alloc(const unet_spec *spec, char *error, size_t error_size)
{
    network *net = unet_plan_alloc(spec, error, error_size);
    unet_plan *p = net ? net->self : NULL;
    if (!net) return NULL;
    p->more = calloc(1, sizeof(unet_ways));
    if (!p->more) {
        if (error_size > 0) snprintf(error, error_size, "no memory for the network");
        network_free(net);
        return NULL;
    }
    unet_find_ways(p, p->more);
    net->workspace = unet_workspace;
    net->forward = unet_forward;
    net->backward = unet_backward;
    return net;
}
