/* world.h -- random diffusion worlds in which formulas are evaluated.
 *
 * A world is a coarse schedule (T from 2 to 6), a data law (a mixture of two Gaussians), a point x_0, a
 * network in D = 1 to 3 dimensions and a handful of paths x_0 .. x_T.  The network is one function
 * eps_theta, entire and not polynomial (sin, x exp(-|x|^2/4)), and it couples the coordinates; mu_theta and
 * x_hat_theta are the same network in other coordinates (docs/notation.md).  p_theta has variances of its
 * own, neither beta_t nor beta_tilde_t, so that nothing holds by accident. */
#ifndef DERIVE_WORLD_H
#define DERIVE_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "theory/mixture.h"
#include "theory/schedule.h"

enum { WORLD_T = 6, WORLD_D = 3, WORLD_PATHS = 8 };

/* eps_theta(x, t)_k = slope_t x_k + sine sin(frequency . x + phase_t + k) + bump x_k exp(-|x|^2/4). */
typedef struct world_net {
    double slope[WORLD_T + 1], phase[WORLD_T + 1], sine, bump, frequency[WORLD_D];
} world_net;

typedef enum world_variance { VARIANCE_OWN, VARIANCE_BETA, VARIANCE_BETA_TILDE } world_variance;

typedef struct world {
    uint64_t id;
    size_t T, D;
    schedule *s;
    double sigma2[WORLD_T + 1]; /* the model's own variances */
    world_net net[2];           /* two values of theta */
    mixture *data;
    double x_0[2][WORLD_D];  /* two data points */
    struct world_laws *laws; /* the model's marginals, made when first asked for */
    double path[2][WORLD_T + 1][WORLD_PATHS * WORLD_D]; /* from each point, with the same noise */
} world;

/* What a world must be like for a line to be evaluated in it. */
typedef struct world_wish {
    bool one_dimension, short_chain, flat; /* D = 1; T <= 4; D <= 2 */
} world_wish;

/* The index-th world of a seed; the same arguments give the same world.
 * Returns  NULL when memory is short. */
world *world_alloc(uint64_t seed, size_t index, world_wish wish);
void world_free(world *w);

/* eps_hat [D] = eps_theta(x, t). */
void world_eps(const world *w, int net, size_t t, const double *x, double *eps_hat);

/* sigma_t^2 of p_theta(x_{t-1} | x_t); the choice beta_tilde keeps the own variance at t = 1, where
 * beta_tilde_1 = 0 would be no density. */
double world_sigma2(const world *w, world_variance choice, size_t t);

/* density [n] = p_theta(x_t) of the model's marginal at x [n], t < T; needs D = 1 (NaN otherwise). */
void world_marginal(const world *w, int net, world_variance choice, size_t t, const double *x,
                    size_t n, double *density);

/* A number in (0, 1) that depends on the world and the name only. */
double world_uniform(const world *w, uint64_t name);

#endif
