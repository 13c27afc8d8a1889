/* real.h -- the number type of the networks, and the two sets of names that it gives rise to.
 *
 * Everything in src/net is compiled twice: in float, for training, and with -DNET_DOUBLE in double,
 * where a central difference is sharp enough to check a gradient.  Both live in one library; a
 * program (or one file of it) speaks to the double set when it is compiled with NET_DOUBLE. */
#ifndef NET_REAL_H
#define NET_REAL_H

#ifdef NET_DOUBLE
typedef double real;
#include "net/names.h"
#else
typedef float real;
#endif

#endif
