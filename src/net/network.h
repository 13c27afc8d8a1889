/* network.h -- what a trainer, a sampler or a checkpoint needs to know of any network.
 *
 * A network is a pure function  out = f(x, t; theta)  of a batch, with all parameters in one flat
 * array theta.  It holds no state and starts no thread: a trainer cuts a batch into slices, gives
 * every slice its own workspace and gradient, and adds the gradients in a fixed order; so the bytes
 * do not depend on the number of threads. */
#ifndef NET_NETWORK_H
#define NET_NETWORK_H

#include <stddef.h>
#include <stdint.h>

#include "net/real.h"

enum { NETWORK_NAME = 64, NETWORK_RANK = 4 };

/* A named view into theta, row-major. */
typedef struct network_tensor {
    char name[NETWORK_NAME]; /* e.g. "layers.0.weight" */
    size_t rank, shape[NETWORK_RANK];
    size_t at, size; /* theta[at] .. theta[at + size - 1] */
} network_tensor;

typedef struct network network;
struct network {
    size_t T;               /* it accepts t = 1..T */
    size_t in, out;         /* numbers per sample */
    size_t parameters;      /* length of theta */
    size_t tensors;         /* number of named views; they cover theta without gap or overlap */
    network_tensor *tensor; /* [tensors] */

    /* Reals of workspace for a slice of n samples; forward fills it, backward reads it. */
    size_t (*workspace)(const network *net, size_t n);

    /* Fill theta with the initial parameters: a function of the seed alone. */
    void (*init)(const network *net, real *theta, uint64_t seed);

    /* out [n,out] = f(x [n,in], t [n]). */
    void (*forward)(const network *net, real *out, const real *x, const size_t *t, size_t n,
                    const real *theta, real *workspace);

    /* d_theta += gradient of a loss whose derivative by out is d_out [n,out]; workspace as the
     * forward pass of the same x, t, n and theta left it.  d_out may be overwritten. */
    void (*backward)(const network *net, real *d_theta, real *d_out, const real *x, const size_t *t,
                     size_t n, const real *theta, real *workspace);

    void (*free)(network *net);
    void *self; /* the network's own description */
};

/* NULL is legal. */
void network_free(network *net);

#endif
