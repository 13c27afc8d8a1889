/* lesson22.h -- what the parts of lesson 22 share. */
#ifndef LESSON22_H
#define LESSON22_H

#include <stddef.h>

#include "check/check.h"
#include "theory/mixture.h"
#include "theory/schedule.h"
#include "train/worth.h"

enum { SIMPLE, VLB, LOSSES };
enum { SEEDS = 5 };

/* Chains are also left early, at these t, by x_0_hat in the place of the last t steps. */
enum { CUTS = 2 };
extern const size_t cut_at[CUTS];

/* What one trained network is worth. */
typedef struct outcome {
    worth worth;      /* excess of L_simple and of the bound, distances of its samples */
    double middle;    /* share of the squared gradient at 0.2 T < t <= 0.7 T */
    double cut[CUTS]; /* energy distance when the chain is left at cut_at */
} outcome;

/* Part b: ten trainings. */
typedef struct trial {
    outcome of[SEEDS][LOSSES];
    double floor_energy, floor_sliced; /* two samples of the law, same size */
    size_t steps, batch;
} trial;
trial run_trial(lesson *L);

/* Part c: the theorem. */
void theorem(lesson *L);
void shares_of_the_optimum(lesson *L);

#endif
