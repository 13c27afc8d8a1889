/* lenet_shape.h -- sizes inside the classifier, and where its parameters are; for lenet*.c. */
#ifndef NET_LENET_SHAPE_H
#define NET_LENET_SHAPE_H

#include "net/lenet.h"

enum { LENET_TAP = 5, LENET_TAPS = LENET_TAP * LENET_TAP }; /* of both convolutions */

/* A convolution and what follows: [in, side, side] -> z [out, wide, wide] -> [out, half, half]. */
typedef struct lenet_stage {
    size_t in, side, out, wide, half;
    size_t weight, bias; /* where its parameters begin in theta */
} lenet_stage;

/* The two convolutions. */
extern const lenet_stage lenet_stages[2];

enum { LENET_FLAT = 512 }; /* what the first dense layer reads: [32,4,4] */

/* Where the dense layers' parameters begin. */
enum {
    LENET_CONV1 = 16 * LENET_TAPS + 16,
    LENET_CONV2 = 32 * 16 * LENET_TAPS + 32,
    LENET_DENSE1_WEIGHT = LENET_CONV1 + LENET_CONV2,
    LENET_DENSE1_BIAS = LENET_DENSE1_WEIGHT + LENET_FEATURES * LENET_FLAT,
    LENET_DENSE2_WEIGHT = LENET_DENSE1_BIAS + LENET_FEATURES,
    LENET_DENSE2_BIAS = LENET_DENSE2_WEIGHT + LENET_CLASSES * LENET_FEATURES,
    LENET_PARAMETERS = LENET_DENSE2_BIAS + LENET_CLASSES
};

/* A network with everything but workspace, forward and backward; NULL without memory. */
network *lenet_frame(void);

#endif
