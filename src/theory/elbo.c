/* elbo.c -- the terms of the variational bound. */
#include "theory/elbo.h"

#include <math.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_sf_erf.h>

#include "theory/forward.h"
#include "theory/gaussian.h"
#include "theory/posterior.h"

double elbo_reverse_log_pdf(const reverse_model *p, size_t t, double x_prev, double x_t)
{
    return gaussian_log_pdf(x_prev, p->mean(x_t, t, p->params), p->var(x_t, t, p->params));
}

double elbo_prior(const schedule *s, double x_0)
{
    const size_t T = s->T;
    return gaussian_kl(sqrt(s->alpha_bar[T]) * x_0, s->var_bar[T], 0.0, 1.0);
}

double elbo_denoising(const schedule *s, size_t t, const reverse_model *p, double x_t, double x_0)
{
    return gaussian_kl(posterior_mean(s, t, x_t, x_0), posterior_var(s, t),
                       p->mean(x_t, t, p->params), p->var(x_t, t, p->params));
}

double elbo_path(const schedule *s, const reverse_model *p, const double *x)
{
    double sum = gaussian_log_pdf(x[s->T], 0.0, 1.0);
    for (size_t t = 1; t <= s->T; t++)
        sum +=
            elbo_reverse_log_pdf(p, t, x[t - 1], x[t]) - forward_step_log_pdf(s, t, x[t], x[t - 1]);
    return sum;
}

double elbo_path_telescoped(const schedule *s, const reverse_model *p, const double *x,
                            double *term)
{
    const size_t T = s->T;
    const double decoder = elbo_reverse_log_pdf(p, 1, x[0], x[1]);
    const double prior = gaussian_log_pdf(x[T], 0.0, 1.0) - forward_jump_log_pdf(s, T, x[T], x[0]);
    double sum = decoder + prior;
    if (term) {
        term[0] = decoder;
        term[1] = prior;
    }
    for (size_t t = 2; t <= T; t++) {
        const double ratio = elbo_reverse_log_pdf(p, t, x[t - 1], x[t]) -
                             posterior_log_pdf(s, t, x[t - 1], x[t], x[0]);
        if (term) term[t] = ratio;
        sum += ratio;
    }
    return sum;
}

/* ln(Phi(b) - Phi(a)), a < b, from the tail in which both lie, so that nothing cancels:
 * ln Q(a) + ln(1 - Q(b)/Q(a)) with Q the upper tail. */
static double log_normal_interval(double a, double b)
{
    if (a + b < 0.0) return log_normal_interval(-b, -a);
    const double log_qa = gsl_sf_log_erfc(a * M_SQRT1_2) - M_LN2;
    const double log_qb = gsl_sf_log_erfc(b * M_SQRT1_2) - M_LN2;
    return log_qa + log(-expm1(log_qb - log_qa));
}

double elbo_decoder_bin(unsigned k, double mean, double sigma)
{
    if (!(k <= 255 && sigma > 0.0))
        GSL_ERROR_VAL("a bin needs k <= 255 and sigma > 0", GSL_EDOM, (double)NAN);
    const double lower = ((2.0 * k - 1.0) / 255.0 - 1.0 - mean) / sigma;
    const double upper = ((2.0 * k + 1.0) / 255.0 - 1.0 - mean) / sigma;
    if (k == 0) return gsl_sf_log_erfc(-upper * M_SQRT1_2) - M_LN2;
    if (k == 255) return gsl_sf_log_erfc(lower * M_SQRT1_2) - M_LN2;
    return log_normal_interval(lower, upper);
}
