/* lesson02.h -- what the parts of lesson 2 share. */
#ifndef LESSON02_H
#define LESSON02_H

#include <stddef.h>

#include <gsl/gsl_integration.h>

#include "check/check.h"
#include "check/quad.h"
#include "theory/schedule.h"

/* Ordered by what they leave of the data: abar_T falls from 0.6 to 2e-9. */
enum { BAD50, S10, L1000, S50, COS50, COS1000, N_SCHEDULES };
extern schedule *schedules[N_SCHEDULES];
extern const char *const schedule_names[N_SCHEDULES];

/* e^d d - e^d + 1 >= 0, without cancellation for small d.  For densities q = p e^d,
 *      KL(q||p) = int q ln(q/p) dx = int (q ln(q/p) - q + p) dx = int p phi(d) dx:
 * the last integrand is nowhere negative, so that even a KL of 1e-17 can be integrated. */
double phi(double d);

/* Part b: the prior term. */
void nearly_zero(lesson *L, quad *w);
void constant_in_theta(lesson *L);

/* Part c: the law of x_T itself; nodes are Gauss-Legendre rules of 64, 256 and 512 points. */
extern gsl_integration_glfixed_table *nodes[3];
void never_quite_normal(lesson *L, quad *w);
void marginal_below_average(lesson *L, quad *w);
void write_cauchy(lesson *L, quad *w);

#endif
