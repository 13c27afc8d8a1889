/* loaded.h -- a trained network from a checkpoint, ready to work: what `sample` and `eval` begin with. */
#ifndef DDPM_LOADED_H
#define DDPM_LOADED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ddpm/model.h"
#include "train/denoise.h"

enum { LOADED_PIECE = 4096 }; /* samples that walk together */

typedef struct loaded {
    checkpoint *c;
    words words;
    model *m;
    real *theta; /* the averaged parameters */
    denoise *w;
    uint64_t step; /* of the training */
} loaded;

/* A file that cannot be used ends the program with one line and exit 2; an unfinished training is
 * mentioned on stderr.
 * Args  sigma      the variance of the reverse kernel; NULL means as trained;
 *       with_data  read the data set too;  mnist  where MNIST is, or NULL. */
void loaded_open(loaded *l, const char *path, const char *sigma, size_t threads, bool with_data,
                 const char *mnist);
void loaded_close(loaded *l);

/* n samples x [n,D] in the data's own units, with progress on a terminal; ends the program when it
 * cannot be done.
 * Args  steps  of the chain, at most T; 0: all;
 *       see    called with the first samples (at most LOADED_PIECE) at t = T and after every step, in
 *              the network's units; NULL: nobody looks. */
void loaded_sample(loaded *l, double *x, size_t n, uint64_t seed, size_t steps,
                   void (*see)(size_t t, const double *x, size_t n, void *params), void *params);

#endif
