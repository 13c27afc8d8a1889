/* selfcheck.h -- the functions of the self-assessment.  The grader uses its own copy. */
#ifndef SELFCHECK_H
#define SELFCHECK_H

#include "noise.h"

/* Q2.  mu_theta from x_t and the network's x_0_hat. */
double mean_from_x0(const noise_schedule *s, size_t t, double x_t, double x_0_hat);

/* Q3.  The factor of |x_0 - x_0_hat|^2 in KL(q || p_theta) when p_theta has variance sigma2. */
double weight_x0(const noise_schedule *s, size_t t, double sigma2);

#endif
