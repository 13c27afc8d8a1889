/* lesson17.h -- what the four parts of lesson 17 share: the data, and Bayes' rule by sums. */
#ifndef LESSONS_LESSON17_H
#define LESSONS_LESSON17_H

#include <stddef.h>

#include "check/check.h"
#include "theory/mixture.h"

/* Three mixtures, one per dimension; bumps[0] is the one that the figures show. */
enum { DIMENSIONS = 3, MOST_K = 4, MOST_D = 3 };
extern mixture *bumps[DIMENSIONS];

/* Noise levels: generic ones; never 1, where a lost power of sigma is invisible. */
enum { LEVELS = 5 };
extern const double levels[LEVELS];

/* A likely point of x_sigma, another one for every i. */
void place(double *x_sigma, const mixture *m, double sigma, size_t i);

/* What x_sigma = x + sigma eps tells about x, by sums over a grid of x and nothing else. */
typedef struct seen {
    double log_q;
    double x_hat[MOST_D], target[MOST_D];       /* E[x|x_sigma], E[-(x_sigma-x)/sigma^2|x_sigma] */
    double square;                              /* E[|x|^2 | x_sigma] */
    double size_x[MOST_D], size_target[MOST_D]; /* the same of absolute values */
    double rounding;                            /* relative, of every sum */
} seen;
seen look(const mixture *m, double sigma, const double *x_sigma);

/* The three score functions that are compared, D = 1: two wrong ones and 0. */
enum { GUESSES = 3 };
double guess(size_t i, double x);

/* Part b: the theorem and the loss. */
void the_theorem(lesson *L);
void the_minimiser(lesson *L);
void the_loss_in_eps(lesson *L);

/* Part c: small sigma, the bridge to DDPM, the data of the figures. */
void small_sigma(lesson *L);
void the_bridge(lesson *L);
void draw_figures(lesson *L);

#endif
