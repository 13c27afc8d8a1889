/* lenet.h -- a small classifier of 28 x 28 images after LeCun et al. 1998 (LeNet-5), as a network.
 *
 *     x [1,28,28] -> conv 5x5 -> [16,24,24] -> max of 2x2 -> [16,12,12] -> ReLU
 *                 -> conv 5x5 -> [32,8,8]   -> max of 2x2 -> [32,4,4]   -> ReLU
 *                 -> dense [512 -> 128] -> ReLU: the features  -> dense [128 -> 10]: the logits
 *
 * Convolutions read no pixel outside the image (PyTorch: padding 0).  80202 parameters, named as in
 * a PyTorch module: conv1, conv2, dense1, dense2 with .weight [out,in,5,5] or [out,in] and .bias;
 * dense1 reads channel by channel.  As a network (network.h) it has T = 1 and never reads t. */
#ifndef NET_LENET_H
#define NET_LENET_H

#include <stddef.h>

#include "net/network.h"

enum { LENET_SIDE = 28, LENET_PIXELS = 784, LENET_FEATURES = 128, LENET_CLASSES = 10 };

/* The network, and the same one made of plain loops: the oracle.   Returns  NULL without memory. */
network *lenet_alloc(void);
network *lenet_naive_alloc(void);

/* The features [n, LENET_FEATURES] of the last forward pass with this workspace; of either network.
 * They are at least 0. */
const real *lenet_features(const network *net, size_t n, const real *workspace);

/* Softmax and cross entropy of logits out [n, LENET_CLASSES]:
 *     p_c = exp(out_c) / sum_k exp(out_k),   loss_i = -log p_label,
 *     d_out_c = scale (p_c - [c = label]).
 * Args     loss   [n] receives the losses, or NULL;  d_out  like out, may be out, or NULL;
 *          label  [n], 0..LENET_CLASSES-1. */
void lenet_cross_entropy(double *loss, real *d_out, const real *out, const unsigned char *label,
                         size_t n, double scale);

/* The probabilities p [LENET_CLASSES] of one row of logits, in double.
 * Returns  the most probable class; the first, if there are several. */
size_t lenet_probabilities(double *p, const real *out);

#endif
