/* inclass.h -- the functions of the in-class exercise.  The grader uses its own copy. */
#ifndef INCLASS_H
#define INCLASS_H

#include "noise.h"

/* Q1.  One step of noise: x_t from x_{t-1} and eps ~ N(0,1). */
double forward_step(const noise_schedule *s, size_t t, double x_prev, double eps);

/* Q2.  What the network sees in training: x_t [D] from x_0 [D] and eps [D], in one jump. */
void training_input(const noise_schedule *s, size_t t, const double *x_0, const double *eps,
                    size_t D, double *x_t);

/* Q3.  The simplest loss for one example: a sum over the D coordinates. */
double training_loss(const double *eps, const double *eps_hat, size_t D);

/* Q4.  One ancestral step: x_prev [D] from x_t [D], the prediction eps_hat [D], fresh noise z [D]
 * and sigma (a standard deviation).  Mind the last step. */
void ancestral_step(const noise_schedule *s, size_t t, const double *x_t, const double *eps_hat,
                    const double *z, double sigma, size_t D, double *x_prev);

#endif
