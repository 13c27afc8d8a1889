/* lesson23.h -- what the parts of lesson 23 share. */
#ifndef LESSON23_H
#define LESSON23_H

#include <stddef.h>

#include "check/check.h"
#include "theory/elbo.h"
#include "theory/mixture.h"
#include "theory/schedule.h"

/* The bound in its three terms, nats; total = prior + denoising + decoder, and its error bound. */
typedef struct three_terms {
    double prior, denoising, decoder, total, error;
} three_terms;

/* One dimension: the data N(+-1, 0.04) and a chain of 50 steps. */
extern const double data_var;

/* Part b: exact, by sums.  At one x_0, and averaged over the data. */
three_terms bound_at(const schedule *s, const reverse_model *p, double x_0);
three_terms bound_of_data(const schedule *s, const reverse_model *p);

/* E log p(x_T) + sum_t E [log p_theta(x_{t-1}|x_t) - log q(x_t|x_{t-1})], the bound before anything
 * was rearranged: no posterior, no divergence, no telescoping. */
double bound_first_written(const schedule *s, const reverse_model *p, double x_0, double *error);

/* Cross-entropies with the data in nats: of p_theta, of the data itself (its entropy), and of
 * N(mean, var). */
double cross_entropy_model(const schedule *s, const reverse_model *p, double *error);
double entropy_of_data(double *error);
double cross_entropy_normal(double mean, double var);

/* Part c: the ring in two dimensions, and what a bound costs. */
void ring_in_two_dimensions(lesson *L);
void calls(lesson *L);

/* "L_T  0.0123 nats  0.0177 bits/dim" */
void print_row(lesson *L, const char *name, double nats, size_t D);

#endif
