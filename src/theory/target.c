/* target.c -- the three regression targets and what each asks of an untrained network. */
#include "theory/target.h"

#include <math.h>

#include "theory/forward.h"
#include "theory/posterior.h"

double target_square(const schedule *s, size_t t, target_kind kind, double v)
{
    if (kind == TARGET_EPS) return 1.0;
    if (kind == TARGET_X0) return v;
    return forward_variance(s, t - 1, v) - posterior_var(s, t);
}

double target_covariance(const schedule *s, size_t t, target_kind kind, double v)
{
    if (kind == TARGET_EPS) return sqrt(s->var_bar[t]);
    if (kind == TARGET_X0) return v * sqrt(s->alpha_bar[t]);
    return sqrt(s->alpha[t]) * forward_variance(s, t - 1, v);
}

double target_gradient(const schedule *s, size_t t, target_kind kind, double v)
{
    return 2.0 * target_covariance(s, t, kind, v); /* >= 0 for every target */
}

double target_gradient_rms(const schedule *s, size_t t, target_kind kind, double v)
{
    const double covariance = target_covariance(s, t, kind, v);
    return 2.0 * sqrt(target_square(s, t, kind, v) * forward_variance(s, t, v) +
                      2.0 * covariance * covariance);
}
