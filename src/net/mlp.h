/* mlp.h -- a multilayer perceptron of (x_t, t), as a network (network.h).
 *
 *     h_0 = ( x | emb(t) )                    [D + embed]
 *     h_l = act( W_l h_{l-1} + b_l )          l = 1..depth, [width]
 *     out = W h_depth + b                     [out]
 *
 * Tensors, in this order and with PyTorch's shapes: layers.0.weight [width, D + embed],
 * layers.0.bias [width], ..., layers.DEPTH.weight [out, width], layers.DEPTH.bias [out]; a learned
 * embedding is the last, embedding.weight [T, embed], row t - 1 for t. */
#ifndef NET_MLP_H
#define NET_MLP_H

#include <stddef.h>

#include "net/act.h"
#include "net/embed.h"
#include "net/network.h"

enum { MLP_MAX_DEPTH = 32 };

typedef struct mlp_spec {
    size_t D, out;       /* numbers per sample */
    size_t width, depth; /* depth hidden layers, 1..MLP_MAX_DEPTH */
    embed_kind embedding;
    size_t embed; /* numbers of the time embedding; even, unless it is learned */
    act_kind activation;
    size_t T;
} mlp_spec;

/* The default network in D dimensions: ( x | 128 sinusoids ) -> 128 -> 128 -> 128 -> 128 -> D, SiLU. */
mlp_spec mlp_default(size_t D, size_t T);

/* The network of a specification.
 * Args     error [error_size]  receives one line when the specification is refused
 * Returns  to be freed with network_free; NULL for a size of 0, an odd fixed embedding, a depth above
 *          MLP_MAX_DEPTH, sizes whose products overflow, or without memory. */
network *mlp_alloc(const mlp_spec *spec, char *error, size_t error_size);

#endif
