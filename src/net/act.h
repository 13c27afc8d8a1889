/* act.h -- activations and their derivatives. */
#ifndef NET_ACT_H
#define NET_ACT_H

#include <stddef.h>

#include "net/real.h"

typedef enum act_kind {
    ACT_SILU, /* z / (1 + exp(-z)); Elfwing et al. 2018, Hendrycks and Gimpel 2016 */
    ACT_TANH,
    ACT_KINDS
} act_kind;

/* y [n] = act(z [n]) and slope [n] = act'(z); z may be y.  slope NULL: not wanted. */
void act_forward(real *y, real *slope, const real *z, size_t n, act_kind kind);

#endif
