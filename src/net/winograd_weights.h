/* winograd_weights.h -- the weights of a convolution, as its products read them, and their gradient.
 *
 * Inside src/net only.  Planes are in * out + WINOGRAD_GAP numbers apart, counted with their padding;
 * w is scratch memory, [9, in, out]. */
#ifndef NET_WINOGRAD_WEIGHTS_H
#define NET_WINOGRAD_WEIGHTS_H

#include "net/winograd.h"

enum { WINOGRAD_GAP = 16 }; /* so that planes are not a power of two apart */

/* u [in, out] = G weight G^T, for the forward pass. */
void winograd_weights_forward(const winograd_layer *l, real *u, real *w, const real *weight);

/* The same transposed, u [out, in], for the gradient of x. */
void winograd_weights_transposed(const winograd_layer *l, real *u, real *w, const real *weight);

/* d_weight += G^T du G.   Args  turned  scratch memory like w. */
void winograd_weights_backward(const winograd_layer *l, real *d_weight, const real *du, real *w,
                               real *turned);

#endif
