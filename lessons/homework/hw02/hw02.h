/* hw02.h -- the functions of homework 2.  Do not change this file: the grader uses its own copy. */
#ifndef HW02_H
#define HW02_H

#include "noise.h"

/* A2.  -log p_theta(x_0|x_1) for D coordinates, when p_theta(x_0|x_1) = N(mu, sigma_1^2 I) with
 * sigma_1^2 = beta_1.  In nats, with all constants. */
double reconstruction_nll(const noise_schedule *s, const double *x_0, const double *mu, size_t D);

/* A3.  The probability of the 8-bit value k = 0 .. 255 when the pixel is N(mean, sigma^2) and value
 * k is the bin of width 2/255 around 2k/255 - 1.  The 256 probabilities must add up to 1. */
double bin_probability(unsigned k, double mean, double sigma);

/* B1.  KL(q(x_T|x_0) || N(0,1)) for one coordinate. */
double prior_kl(const noise_schedule *s, double x_0);

/* C3.  The positive number c_t in  mu_tilde - mu_theta = c_t (eps_theta - eps), when both means are
 * written with x_t and a noise. */
double mean_slope(const noise_schedule *s, size_t t);

/* C4.  w_t in  KL = w_t |eps - eps_theta|^2 + constant; sigma2 = sigma_t^2 of p_theta. */
double weight_eps(const noise_schedule *s, size_t t, double sigma2);

#endif
