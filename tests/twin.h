/* twin.h -- a network of the double set, for tests that speak to the float set. */
#ifndef TESTS_TWIN_H
#define TESTS_TWIN_H

#include <stddef.h>

/* out [n,out] = f(x, t; theta) and d_theta += its gradient for d_out, all in double.
 * spec  an mlp_spec (net/mlp.h).   Returns 0; 1 when the network cannot be made. */
int twin_mlp(const void *spec, double *out, double *d_theta, const double *d_out, const double *x,
             const size_t *t, size_t n, const double *theta);

#endif
