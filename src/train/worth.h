/* worth.h -- what a trained network is worth, in four numbers: for comparing networks with each other. */
#ifndef TRAIN_WORTH_H
#define TRAIN_WORTH_H

#include <stddef.h>
#include <stdint.h>

#include "theory/mixture.h"
#include "train/denoise.h"

/* Everything is measured with the same data, the same noise and the same directions, so that
 * differences between networks are much sharper than the numbers themselves. */
typedef struct worth_meter {
    mixture *m; /* the law of the data */
    size_t n;   /* points per sample */
    uint64_t seed;
    double *law, *x;     /* [n,D] draws of the law, and room for a network's samples */
    double *directions;  /* [16,D] of the sliced distance */
    double floor_energy; /* standard deviation of `energy` for a perfect sampler */
    double floor_sliced; /* mean of `sliced` for a perfect sampler */
} worth_meter;

/* Args     m  must outlive the meter;  n  2 .. 10^5 (the energy distance costs n^2).
 * Returns  NULL with GSL_EINVAL or GSL_ENOMEM. */
worth_meter *worth_meter_alloc(mixture *m, size_t n, uint64_t seed);
void worth_meter_free(worth_meter *y); /* NULL is legal */

typedef struct worth {
    double simple; /* mean over t of E|eps_hat - E[eps|x_t]|^2 / D: excess of the loss of eps */
    double vlb; /* sum over t of w_t E|eps_hat - E[eps|x_t]|^2: excess of the bound, nats, sigma^2 =
                    * beta (theory/weight.h) */
    double energy; /* energy distance of its samples to the law, unbiased: 0 on average at best */
    double sliced; /* sliced Wasserstein-1 distance of the same */
} worth;

/* Measure a network; it samples with all steps and its own sigma.
 * Args     stride  evaluate every stride-th t.
 * Returns  GSL_SUCCESS, or the error of denoise_sample or evaluate_excess_alloc. */
int worth_measure(worth *o, worth_meter *y, denoise *use, size_t stride);

#endif
