/* schedule.h -- noise schedules beta_1 .. beta_T and everything that follows from them alone. */
#ifndef THEORY_SCHEDULE_H
#define THEORY_SCHEDULE_H

#include <stddef.h>

/* All arrays have T + 1 entries; index 0 is the data: beta[0] = 0, alpha[0] = alpha_bar[0] = 1,
 * var_bar[0] = beta_tilde[0] = 0.  Source of the names: Ho et al. 2020, eqs. (2), (4), (7). */
typedef struct schedule {
    size_t T;
    double *beta;          /* variance added by step t, in (0,1) */
    double *alpha;         /* 1 - beta_t */
    double *alpha_bar;     /* product of alpha_1 .. alpha_t */
    double *var_bar;       /* 1 - alpha_bar_t, computed without cancellation */
    double *log_alpha_bar; /* ln alpha_bar_t */
    double *log_snr;       /* ln(alpha_bar_t / var_bar_t); +inf at t = 0 */
    double *beta_tilde;    /* beta_t var_bar_{t-1} / var_bar_t; beta_tilde_1 = 0 */
} schedule;

/* A schedule from its betas.
 * Args     beta  [T], beta[0] is step 1; each in (0,1).
 * Returns  the schedule, every array right to a few units in the last place; NULL on error.
 * Errors   GSL_EINVAL  T is 0 or above 10^7
 *          GSL_EDOM    a beta is outside (0,1) or NaN
 *          GSL_EUNDRFLW  alpha_bar falls below 1e-290: 1/sqrt(alpha_bar_t) would mean nothing
 *          GSL_ENOMEM. */
schedule *schedule_from_beta_alloc(const double *beta, size_t T);

/* beta_t = beta_min + (beta_max - beta_min) (t-1)/(T-1); for T = 1, beta_min.
 * Source   Ho et al. 2020, section 4.   Errors as schedule_from_beta_alloc. */
schedule *schedule_linear_alloc(size_t T, double beta_min, double beta_max);

/* sqrt(beta_t) linear from sqrt(beta_min) to sqrt(beta_max).   Errors as above. */
schedule *schedule_quadratic_alloc(size_t T, double beta_min, double beta_max);

/* beta_t = beta_min + (beta_max - beta_min) / (1 + exp(-z_t)), z_t linear from -6 to 6. */
schedule *schedule_sigmoid_alloc(size_t T, double beta_min, double beta_max);

/* beta_t = beta. */
schedule *schedule_constant_alloc(size_t T, double beta);

/* alpha_bar_t = f(t)/f(0), f(t) = cos^2(pi/2 (t/T + s)/(1 + s)), beta_t clipped at beta_clip.
 * Source   Nichol & Dhariwal 2021, eq. (17); s = 0.008, beta_clip = 0.999 there. */
schedule *schedule_cosine_alloc(size_t T, double s, double beta_clip);

/* A schedule from a text file: one beta per line, or `t beta` with t = 1, 2, 3, ...; blank lines and
 * lines starting with # are skipped; beta must not decrease.
 * Args     error  receives one line naming file, line and fault (may not be NULL).
 * Returns  the schedule or NULL (then error is set). */
schedule *schedule_file_alloc(const char *path, char *error, size_t error_size);

/* The named schedules of docs/notation.md: L1000, S10, S50, BAD50, COS1000, COS50.
 * Returns  NULL with GSL_EINVAL for another name. */
schedule *schedule_named_alloc(const char *name);

/* NULL is legal. */
void schedule_free(schedule *s);

#endif
