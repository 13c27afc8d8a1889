/* ema.h -- the exponential moving average of the parameters, which samples better than the last ones.
 *
 *     avg = d_k avg + (1 - d_k) theta,   d_k = min(decay, (k-1)/(k+2))  in step k = 1, 2, ...
 *
 * The warm-up: with d_k = (k-1)/(k+2) the average is exactly the one that gives the parameters of
 * step j a weight proportional to j(j+1): the first tenth of the run counts for a thousandth, and the
 * untrained parameters not at all.  It hands over to decay = 0.999 at k = 2998 (0.9999: 29998).  The
 * customary (1+k)/(10+k) does so only at k = 8990, beyond the end of many a short run. */
#ifndef NET_EMA_H
#define NET_EMA_H

#include <stddef.h>
#include <stdint.h>

#include "net/real.h"

/* d_k.  Args  decay in [0,1);  k >= 1. */
double ema_decay(double decay, uint64_t k);

/* avg [n] = d avg + (1 - d) theta [n], elementwise; avg holds finite numbers before step 1, e.g. zeros. */
void ema_update(real *avg, const real *theta, size_t n, double d);

#endif
