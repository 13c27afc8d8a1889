/* denoise.h -- a trained network at work: as theory's denoiser, in batches, and as a sampler.
 *
 * All numbers outside the network are double.  Batches are cut into blocks by their size alone, and
 * noise comes from a counter-based generator by (seed, t, sample): the same bytes for any number of
 * threads. */
#ifndef TRAIN_DENOISE_H
#define TRAIN_DENOISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/network.h"
#include "theory/elbo.h"
#include "theory/sampler.h"
#include "train/parallel.h"
#include "train/task.h"

typedef struct denoise {
    const network *net;
    const task *k;
    const real *theta; /* not owned; may change between calls */
    size_t D;
    task_sigma sigma;     /* variance of the reverse kernel: the task's, unless changed here */
    const double *sigma2; /* [T+1], positive from 1: used instead unless NULL */
    parallel *pool;       /* the rest is its own */
    struct denoise_room *room;
} denoise;

/* Returns  NULL with GSL_ENOMEM. */
denoise *denoise_alloc(const network *net, const task *k, const real *theta, size_t threads);
void denoise_free(denoise *w); /* NULL is legal */

/* ---- Batches: x_t [n,D], t [n] each in 1..T, results [n,D] -------------------------------------
 * Return GSL_SUCCESS, GSL_ENOMEM, or GSL_EINVAL where the task has no such thing. */

int denoise_eps(denoise *w, double *eps_hat, const double *x_t, const size_t *t, size_t n);

/* x_0_hat = (x_t - noise_t eps_hat) / signal_t. */
int denoise_x0(denoise *w, double *x_0_hat, const double *x_t, const size_t *t, size_t n);

/* mu_theta and sigma^2_theta of p_theta(x_{t-1} | x_t); GSL_EINVAL for NCSN. */
int denoise_kernel(denoise *w, double *mean, double *var, const double *x_t, const size_t *t,
                   size_t n);

/* ---- One point, for the theory; not to be used by two threads at once ---------------------------*/

/* For sampler_step, sampler_ancestral and everything that takes a denoiser. */
denoiser denoise_as_denoiser(denoise *w);

/* For elbo.h and law.h: D = 1, mean and variance of the reverse kernel, also a learned one. */
reverse_model denoise_as_reverse_model(denoise *w);

/* ---- Samplers -----------------------------------------------------------------------------------*/

typedef struct denoise_options {
    uint64_t seed;
    uint64_t first; /* sample i draws the noise of number first + i: large sets in pieces */
    size_t steps; /* of the chain, 0 or T: all; fewer: a strided sub-chain (Nichol & Dhariwal 2021,
                     * section 4), t = 1 + round((T-1) j/(steps-1)); not with sigma2 */
    /* Called before the first step (t = T) and after each with the present x [n,D] and the t that it
     * belongs to (0 at the end); returns nonzero to stop.  NULL: nobody looks. */
    int (*watch)(size_t t, const double *x, size_t n, void *params);
    void *params;
} denoise_options;

/* Ancestral sampling, Algorithm 2 of Ho et al. 2020: x_T ~ N(0, I); x <- mu_theta + sigma_t z for
 * t = T..2; the mean alone at t = 1.
 * Args     x  [n,D] receives the samples;  how  NULL means all defaults (seed 0).
 * Returns  GSL_SUCCESS; GSL_EINVAL for an NCSN task, a learned variance of a network without, or a
 *          bad number of steps; GSL_ENOMEM; GSL_EFAILED when watch said stop; GSL_ERANGE when a
 *          sample is not finite. */
int denoise_sample(denoise *w, double *x, size_t n, const denoise_options *how);

/* x_0_hat(x_T, T) of x_T ~ N(0, I) (NCSN: N(0, sigma_T^2 I)) in one call: the control that shows what
 * the chain is for.  steps is not used.   Returns as denoise_sample. */
int denoise_one_shot(denoise *w, double *x, size_t n, const denoise_options *how);

/* Annealed Langevin dynamics for an NCSN task: x ~ N(0, sigma_T^2 I); for t = T..1 repeat
 *     x <- x + a_t score(x, t) + sqrt(2 a_t) z,   a_t = size sigma_t^2 / sigma_1^2
 * (Song & Ermon 2019, algorithm 1, whose step alpha_i is our 2 a_t).
 * Args     repeats  steps per level, >= 1;  size  > 0;
 *          upward   the levels in the wrong order, small noise first: a control.
 * watch is called after each level.   Returns as denoise_sample. */
typedef struct denoise_anneal {
    size_t repeats;
    double size;
    bool upward;
} denoise_anneal;
int denoise_langevin(denoise *w, double *x, size_t n, const denoise_anneal *levels,
                     const denoise_options *how);

#endif
