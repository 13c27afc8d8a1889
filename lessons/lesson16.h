/* lesson16.h -- what the parts of lesson 16 share: the data, the chain walked step by step, and the
 * comparison of a formula with it at all t. */
#ifndef LESSON16_H
#define LESSON16_H

#include <stdbool.h>
#include <stddef.h>

#include "check/check.h"
#include "theory/misprint.h"
#include "theory/mixture.h"
#include "theory/schedule.h"
#include "theory/target.h"

enum { S10, L1000, S50, COS1000, N_SCHEDULES };
extern schedule *schedules[N_SCHEDULES];

/* The course's toy data: 8 bumps of variance 0.05^2 on a circle.  E x_0^2 per coordinate for the
 * circle of radius 1, of radius sqrt(2), and the first one moved away to a distance of 3. */
extern const double bump, ring, unit_ring, far_ring;
/* Generic values: no 0, no 1, no simple ratio that could hide a lost factor. */
extern const double x_0, eps, slip;

/* x_t = signal x_0 + sqrt(noise) eps: both follow from alpha_t and beta_t step by step, without
 * abar_t and without any function of src/theory. */
typedef struct walk {
    double signal, noise;         /* of x_t */
    double old_signal, old_noise; /* of x_{t-1} */
    double roundings;             /* relative: 3 per step, and 24 for the formulas around it */
} walk;

/* What a formula says at step t, what the walk says, and how many roundings lie between them. */
typedef struct comparison {
    double value, reference, tolerance;
} comparison;
typedef comparison (*compare)(const schedule *s, size_t t, const walk *w, void *params);

/* f at all t >= first_t of all schedules. */
gap everywhere(compare f, void *params, size_t first_t);

/* Push every misprint of a quantity through f, whose params are a misprint_formula. */
void control_misprints(lesson *L, const char *quantity, compare f);

/* A target against the walked chain: its loss under the predictor 0, its expected gradient, its rms
 * gradient. */
typedef double (*target_formula)(const schedule *s, size_t t, target_kind kind, double v);
typedef struct horse {
    target_kind kind;
    double v; /* E x_0^2 */
    target_formula formula;
    enum { LOSS, GRADIENT, RMS } quantity;
} horse;
comparison horse_walked(const schedule *s, size_t t, const walk *w, void *params);

/* How flat is y[1] .. y[T]?  cv is the standard deviation over the mean. */
typedef struct flatness {
    double first, last, largest, smallest, cv;
} flatness;
flatness flatness_of(const double *y, size_t T);

/* MMSE of x_0 per coordinate for the ring of radius 1. */
double ring_mmse_x0(mixture *m, const schedule *s, size_t t);

/* Part b: the predictor 0. */
void the_predictor_0(lesson *L);
/* Parts c and d: the gradients, of one weight and of a small network. */
void the_gradients(lesson *L);
void small_network(lesson *L, const flatness flat[TARGET_KINDS]);
/* Part e: after training, and what an error of eps becomes. */
void after_training(lesson *L);
void one_network_for_all_t(lesson *L);
void an_error_of_eps(lesson *L);

#endif
