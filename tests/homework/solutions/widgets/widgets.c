/* widgets.c -- reference solution, for the tests of the grader. */
#include "widgets.h"

#include <math.h>

/* begin zero_predictor_loss */
double zero_predictor_loss(const noise_schedule *s, size_t t, int target, double v)
{
    const double beta_tilde = s->beta[t] * s->var_bar[t - 1] / s->var_bar[t];
    if (target == 0) return 1.0;
    if (target == 1) return v;
    return s->alpha_bar[t - 1] * v + s->var_bar[t - 1] - beta_tilde;
}
/* end */

/* begin x0_error */
double x0_error(const noise_schedule *s, size_t t, double delta)
{
    return sqrt(s->var_bar[t] / s->alpha_bar[t]) * fabs(delta);
}
/* end */
