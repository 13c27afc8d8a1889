/* tabular.h -- the simplest network there is: for every t a line of its own per output.
 *
 * out_j = slope[t,j] x_{j mod D} + offset[t,j].  For Gaussian data (D independent coordinates) the
 * Bayes optimum of every objective lies in this family, so that training must arrive at it. */
#ifndef TESTS_TABULAR_H
#define TESTS_TABULAR_H

#include <stdlib.h>
#include <string.h>

#include "net/network.h"

static size_t tabular_workspace(const network *net, size_t n)
{
    (void)net, (void)n;
    return 0;
}

static void tabular_init(const network *net, real *theta, uint64_t seed)
{
    (void)seed;
    memset(theta, 0, net->parameters * sizeof *theta);
}

/* Where slope and offset of output j at t stand. */
static size_t tabular_at(const network *net, size_t t, size_t j)
{
    return 2 * ((t - 1) * net->out + j);
}

static void tabular_forward(const network *net, real *out, const real *x, const size_t *t, size_t n,
                            const real *theta, real *workspace)
{
    (void)workspace;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < net->out; j++) {
            const real *line = theta + tabular_at(net, t[i], j);
            out[i * net->out + j] = line[0] * x[i * net->in + j % net->in] + line[1];
        }
}

static void tabular_backward(const network *net, real *d_theta, real *d_out, const real *x,
                             const size_t *t, size_t n, const real *theta, real *workspace)
{
    (void)theta, (void)workspace;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < net->out; j++) {
            real *d_line = d_theta + tabular_at(net, t[i], j);
            d_line[0] += d_out[i * net->out + j] * x[i * net->in + j % net->in];
            d_line[1] += d_out[i * net->out + j];
        }
}

static network_tensor tabular_tensor;

static network tabular(size_t T, size_t in, size_t out)
{
    tabular_tensor = (network_tensor){"lines", 3, {T, out, 2}, 0, 2 * T * out};
    return (network){.T = T,
                     .in = in,
                     .out = out,
                     .parameters = 2 * T * out,
                     .tensors = 1,
                     .tensor = &tabular_tensor,
                     .workspace = tabular_workspace,
                     .init = tabular_init,
                     .forward = tabular_forward,
                     .backward = tabular_backward};
}

#endif
