/* evaluation.h -- what `ddpm eval` measures: every number with its error, and what to hold it against. */
#ifndef DDPM_EVALUATION_H
#define DDPM_EVALUATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gsl/gsl_rng.h>

#include "ddpm/loaded.h"
#include "train/evaluate.h"

/* A distance of n samples from n data points, beside that of two sets of data points. */
typedef struct evaluation_distance {
    double value, floor, floor_sd; /* mean and standard deviation over pairs of sets */
} evaluation_distance;

typedef struct evaluation {
    size_t n, respace; /* respace: steps of the chain, 0 for all */
    uint64_t seed;

    evaluate_excess *excess; /* NULL, and then why not */
    const char *no_excess;

    /* Nats per point of the data's own units: a density in other units is shifted by `units`. */
    evaluate_bound *bound;
    double units;               /* D ln scale, to be added to L_0 and to the sum */
    evaluate_number total, own; /* the bound;  E[-log p] of the data's law, when has_own */
    double trivial;             /* the same of a Gaussian with the data's means and variances */
    bool has_own, has_trivial, worse_than_trivial; /* by more than 3 standard errors */
    const char *no_own;

    evaluation_distance energy, sliced;
    double p_value; /* of the permutation test: do samples and data come from one law? */

    size_t modes, *count;     /* 0 when the law has no separate modes; [modes] nearest samples */
    size_t occupied, outside; /* outside: samples on none of the fields of a board */
    double chi2, modes_p;
    bool has_outside;
} evaluation;

enum { EVALUATION_PAIRS = 8, EVALUATION_PERMUTATIONS = 199, EVALUATION_DIRECTIONS = 64 };

/* The three parts, one after the other; each ends the program with one line if memory is short. */
void evaluation_excess(evaluation *e, loaded *l);
void evaluation_bound(evaluation *e, loaded *l, gsl_rng *rng);
void evaluation_samples(evaluation *e, loaded *l, gsl_rng *rng);
void evaluation_free(evaluation *e);

#endif
