/* noise.h -- the noise schedule that your functions receive.
 *
 * All arrays have T + 1 entries, index t = 0 is the data: beta[0] = 0, alpha[0] = alpha_bar[0] = 1,
 * var_bar[0] = 0.  You only read them. */
#ifndef NOISE_H
#define NOISE_H

#include <stddef.h>

typedef struct noise_schedule {
    size_t T;
    const double *beta;      /* beta_t, the variance that step t adds */
    const double *alpha;     /* alpha_t = 1 - beta_t */
    const double *alpha_bar; /* abar_t = alpha_1 alpha_2 ... alpha_t */
    const double *var_bar;   /* 1 - abar_t, with more digits than the subtraction would give */
} noise_schedule;

#endif
