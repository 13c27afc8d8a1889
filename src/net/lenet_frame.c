/* lenet_frame.c -- what both versions of the classifier share: parameters and loss. */
#include "net/lenet_shape.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/counter.h"

enum { STREAM_INIT = 0x494E4954 };

const lenet_stage lenet_stages[2] = {
    {1, 28, 16, 24, 12, 0, 16 * LENET_TAPS},
    {16, 12, 32, 8, 4, LENET_CONV1, LENET_CONV1 + 32 * 16 * LENET_TAPS}};

/* ---- The frame: parameters ------------------------------------------------------------------- */

/* Weights uniform in +-1/sqrt(in), PyTorch's default, so that features and the distances in them are
 * of about the size that others report; biases 0.  The first losses are near log 10. */
static void lenet_init(const network *net, real *theta, uint64_t seed)
{
    memset(theta, 0, net->parameters * sizeof *theta);
    for (size_t i = 0; i < net->tensors; i += 2) {
        const network_tensor *const w = &net->tensor[i];
        const double scale = sqrt((double)w->shape[0] / (double)w->size);
        counter_rng rng = counter_start(seed, STREAM_INIT, i, 0);
        for (size_t k = 0; k < w->size; k++)
            theta[w->at + k] = (real)(scale * (2.0 * counter_uniform(&rng) - 1.0));
    }
}

static void lenet_free(network *net)
{
    free(net->tensor);
    free(net);
}

/* A weight [out, in (, 5, 5)] and its bias [out]. */
static void name_layer(network *net, const char *name, size_t rank, size_t out, size_t in)
{
    network_tensor *const w = &net->tensor[net->tensors], *const b = w + 1;
    *w = (network_tensor){.rank = rank, .shape = {out, in, LENET_TAP, LENET_TAP}};
    *b = (network_tensor){.rank = 1, .shape = {out}};
    snprintf(w->name, sizeof w->name, "%s.weight", name);
    snprintf(b->name, sizeof b->name, "%s.bias", name);
    w->at = net->parameters, w->size = out * in * (rank == 4 ? (size_t)LENET_TAPS : 1);
    b->at = w->at + w->size, b->size = out;
    net->parameters = b->at + b->size;
    net->tensors += 2;
}

network *lenet_frame(void)
{
    network *const net = calloc(1, sizeof *net);
    if (!net) return NULL;
    net->tensor = calloc(8, sizeof *net->tensor);
    if (!net->tensor) {
        free(net);
        return NULL;
    }
    net->T = 1, net->in = LENET_PIXELS, net->out = LENET_CLASSES;
    name_layer(net, "conv1", 4, lenet_stages[0].out, lenet_stages[0].in);
    name_layer(net, "conv2", 4, lenet_stages[1].out, lenet_stages[1].in);
    name_layer(net, "dense1", 2, LENET_FEATURES, LENET_FLAT);
    name_layer(net, "dense2", 2, LENET_CLASSES, LENET_FEATURES);
    net->init = lenet_init;
    net->free = lenet_free;
    return net;
}

/* ---- The loss -------------------------------------------------------------------------------- */

size_t lenet_probabilities(double *p, const real *out)
{
    size_t best = 0;
    double sum = 0.0;
    for (size_t c = 1; c < LENET_CLASSES; c++)
        if (out[c] > out[best]) best = c;
    for (size_t c = 0; c < LENET_CLASSES; c++)
        sum += p[c] = exp((double)out[c] - (double)out[best]);
    for (size_t c = 0; c < LENET_CLASSES; c++) p[c] /= sum;
    return best;
}

/* -log p = log sum_k exp(out_k - out_best) - (out_label - out_best): no p of 0 is met. */
void lenet_cross_entropy(double *loss, real *d_out, const real *out, const unsigned char *label,
                         size_t n, double scale)
{
    for (size_t i = 0; i < n; i++) {
        const real *const o = out + i * LENET_CLASSES;
        double p[LENET_CLASSES];
        const size_t best = lenet_probabilities(p, o), right = label[i];
        if (loss) loss[i] = -log(p[best]) - ((double)o[right] - (double)o[best]);
        if (!d_out) continue;
        p[right] -= 1.0;
        for (size_t c = 0; c < LENET_CLASSES; c++)
            d_out[i * LENET_CLASSES + c] = (real)(scale * p[c]);
    }
}
