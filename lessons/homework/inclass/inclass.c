/* inclass.c -- In-class exercise: one step of training.  Replace every TODO; README.md says what is
 * asked.
 *
 * Pure functions: nothing is read, printed or remembered.  t runs from 1 to T, every variance is a
 * variance.  Helper functions are welcome. */
#include "inclass.h"

#include <math.h>

/* Q1 */
double forward_step(const noise_schedule *s, size_t t, double x_prev, double eps)
{
    return NAN; /* TODO */
}

/* Q2 */
void training_input(const noise_schedule *s, size_t t, const double *x_0, const double *eps,
                    size_t D, double *x_t)
{
    for (size_t d = 0; d < D; d++) x_t[d] = NAN; /* TODO */
}

/* Q3 */
double training_loss(const double *eps, const double *eps_hat, size_t D)
{
    return NAN; /* TODO */
}

/* Q4 */
void ancestral_step(const noise_schedule *s, size_t t, const double *x_t, const double *eps_hat,
                    const double *z, double sigma, size_t D, double *x_prev)
{
    for (size_t d = 0; d < D; d++) x_prev[d] = NAN; /* TODO */
}
