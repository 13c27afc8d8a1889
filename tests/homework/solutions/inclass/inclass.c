/* inclass.c -- reference solution, for the tests of the grader. */
#include "inclass.h"

#include <math.h>

/* begin forward_step */
double forward_step(const noise_schedule *s, size_t t, double x_prev, double eps)
{
    return sqrt(s->alpha[t]) * x_prev + sqrt(s->beta[t]) * eps;
}
/* end */

/* begin training_input */
void training_input(const noise_schedule *s, size_t t, const double *x_0, const double *eps,
                    size_t D, double *x_t)
{
    for (size_t d = 0; d < D; d++)
        x_t[d] = sqrt(s->alpha_bar[t]) * x_0[d] + sqrt(s->var_bar[t]) * eps[d];
}
/* end */

/* begin training_loss */
double training_loss(const double *eps, const double *eps_hat, size_t D)
{
    double sum = 0.0;
    for (size_t d = 0; d < D; d++) sum += (eps[d] - eps_hat[d]) * (eps[d] - eps_hat[d]);
    return sum;
}
/* end */

/* begin ancestral_step */
void ancestral_step(const noise_schedule *s, size_t t, const double *x_t, const double *eps_hat,
                    const double *z, double sigma, size_t D, double *x_prev)
{
    const double c = s->beta[t] / sqrt(s->var_bar[t]);
    for (size_t d = 0; d < D; d++) {
        x_prev[d] = (x_t[d] - c * eps_hat[d]) / sqrt(s->alpha[t]);
        if (t > 1) x_prev[d] += sigma * z[d];
    }
}
/* end */
