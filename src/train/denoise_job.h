/* denoise_job.h -- what denoise.c and denoise_sample.c share: the network on a batch, with threads. */
#ifndef TRAIN_DENOISE_JOB_H
#define TRAIN_DENOISE_JOB_H

#include "train/denoise.h"

enum { DENOISE_LANES = 8 };

typedef struct denoise_lane {
    real *x, *out, *workspace; /* of one block */
    size_t *t;
} denoise_lane;

typedef struct denoise_room {
    size_t block; /* samples per call of the network, at most */
    denoise_lane lane[DENOISE_LANES];
    void *memory;
} denoise_room;

/* Apply the network to n points and hand every sample's output to use, from several threads. */
typedef struct denoise_job denoise_job;
struct denoise_job {
    denoise *w;
    const double *x; /* [n,D] */
    const size_t *t; /* [n]; NULL: one_t for all */
    size_t one_t, n, block;
    void (*use)(const denoise_job *job, size_t i, size_t t, const real *out);
    double *to, *to_var; /* [n,D] results; to may be x */
    /* samplers: the schedule of the (sub-)chain, the place of t in it, the address of the noise */
    const schedule *s;
    size_t place;
    uint64_t seed, first, number;
    double step; /* Langevin */
};

void denoise_run(denoise_job *job);

/* eps_hat of a coordinate from the network's output. */
double denoise_eps_of(const denoise *w, size_t t, double x_t, real out);

/* sigma^2 of step j of a chain with schedule s; logit is read for a learned variance only. */
double denoise_var_of(const denoise *w, const schedule *s, size_t j, const real *logit);

/* GSL_EINVAL where the task has no reverse kernel, or not the one that is asked for. */
int denoise_check_kernel(const denoise *w);

#endif
