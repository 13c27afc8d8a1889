/* twin.c -- a network of the double set, for tests that speak to the float set. */
#define NET_DOUBLE 1
#include "twin.h"

#include <stdlib.h>
#include <string.h>

#include "net/mlp.h"

int twin_mlp(const void *spec, double *out, double *d_theta, const double *d_out, const double *x,
             const size_t *t, size_t n, const double *theta)
{
    char error[200];
    network *net = mlp_alloc(spec, error, sizeof error);
    if (!net) return 1;
    double *workspace = calloc(net->workspace(net, n) + n * net->out, sizeof *workspace);
    if (workspace) {
        double *d = workspace + net->workspace(net, n);
        net->forward(net, out, x, t, n, theta, workspace);
        memcpy(d, d_out, n * net->out * sizeof *d);
        net->backward(net, d_theta, d, x, t, n, theta, workspace);
    }
    free(workspace);
    network_free(net);
    return workspace ? 0 : 1;
}
