/* Lesson 23, part b.  Bounds, evidence and entropies of a one-dimensional chain, without chance. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>

#include "check/quad.h"
#include "lesson23.h"
#include "theory/law.h"

const double data_var = 0.04;

static double log_normal(double x, double mean, double var)
{
    return -0.5 * (log(2.0 * M_PI * var) + (x - mean) * (x - mean) / var);
}

/* --- The three terms at one x_0 -----------------------------------------------------------------
 * Each expectation over q(x_t|x_0) is a trapezoidal sum over 9 standard deviations on either side:
 * for an integrand that is smooth on the scale of one standard deviation the error falls faster
 * than any power of the step.  It is measured by leaving out every second node. */
enum { NODES = 180 };

static double expected_term(const schedule *s, const reverse_model *p, size_t t, double x_0,
                            double *error)
{
    const double h = 18.0 / NODES, root = sqrt(s->alpha_bar[t]), sd = sqrt(s->var_bar[t]);
    double sum[2] = {0.0, 0.0};
    for (size_t i = 0; i <= NODES; i++) {
        const double z = h * (double)i - 9.0, x_t = root * x_0 + sd * z;
        const double term =
            t == 1 ? -elbo_reverse_log_pdf(p, 1, x_0, x_t) : elbo_denoising(s, t, p, x_t, x_0);
        const double value = h * exp(log_normal(z, 0.0, 1.0)) * term;
        sum[0] += value;
        if (i % 2 == 0) sum[1] += 2.0 * value;
    }
    *error += fabs(sum[0] - sum[1]) + NODES * GSL_DBL_EPSILON * fabs(sum[0]);
    return sum[0];
}

three_terms bound_at(const schedule *s, const reverse_model *p, double x_0)
{
    three_terms b = {.prior = elbo_prior(s, x_0)};
    b.decoder = expected_term(s, p, 1, x_0, &b.error);
    for (size_t t = 2; t <= s->T; t++) b.denoising += expected_term(s, p, t, x_0, &b.error);
    b.total = b.prior + b.denoising + b.decoder;
    return b;
}

/* --- Averages over the data N(+-1, 0.04) --------------------------------------------------------
 * Trapezoidal again, around each bump. */
three_terms bound_of_data(const schedule *s, const reverse_model *p)
{
    enum { n = 24 };
    const double h = 12.0 / n;
    three_terms mean = {0};
    for (int bump = -1; bump <= 1; bump += 2)
        for (size_t i = 0; i <= n; i++) {
            const double z = h * (double)i - 6.0, weight = 0.5 * h * exp(log_normal(z, 0.0, 1.0));
            const three_terms b = bound_at(s, p, bump + sqrt(data_var) * z);
            mean.prior += weight * b.prior;
            mean.denoising += weight * b.denoising;
            mean.decoder += weight * b.decoder;
            mean.total += weight * b.total;
            mean.error += weight * b.error;
        }
    return mean;
}

/* --- The bound as first written -----------------------------------------------------------------
 * E log p_theta(x_{t-1}|x_t) needs the pair: x_{t-1} = sqrt(alpha_bar_{t-1}) x_0 + sd z and x_t =
 * sqrt(alpha_t) x_{t-1} + sqrt(beta_t) e, a double sum.  E log q(x_t|x_{t-1}) is the entropy of
 * N(0, beta_t), E log p(x_T) a second moment. */
static double pair_sum(const schedule *s, const reverse_model *p, size_t t, double x_0, size_t n)
{
    const double h = 18.0 / (double)n, sd = sqrt(s->var_bar[t - 1]);
    const size_t first = t == 1 ? n / 2 : 0, last = t == 1 ? n / 2 : n; /* at t = 1 x_{t-1} = x_0 */
    double sum = 0.0;
    for (size_t i = first; i <= last; i++) {
        const double z = h * (double)i - 9.0;
        const double weight = t == 1 ? 1.0 : h * exp(log_normal(z, 0.0, 1.0));
        const double x_prev = sqrt(s->alpha_bar[t - 1]) * x_0 + sd * z;
        for (size_t j = 0; j <= n; j++) {
            const double e = h * (double)j - 9.0;
            const double x_t = sqrt(s->alpha[t]) * x_prev + sqrt(s->beta[t]) * e;
            sum +=
                weight * h * exp(log_normal(e, 0.0, 1.0)) * elbo_reverse_log_pdf(p, t, x_prev, x_t);
        }
    }
    return sum;
}

double bound_first_written(const schedule *s, const reverse_model *p, double x_0, double *error)
{
    const double second = s->alpha_bar[s->T] * x_0 * x_0 + s->var_bar[s->T]; /* E x_T^2 */
    double sum = -0.5 * (log(2.0 * M_PI) + second);
    *error = 0.0;
    for (size_t t = 1; t <= s->T; t++) {
        const double fine = pair_sum(s, p, t, x_0, 80);
        sum += fine + 0.5 * (log(2.0 * M_PI * s->beta[t]) + 1.0);
        *error += fabs(fine - pair_sum(s, p, t, x_0, 40)) + 80 * GSL_DBL_EPSILON * (fabs(fine) + 3);
    }
    return sum;
}

/* --- Cross-entropies ---------------------------------------------------------------------------- */
static double data_log_pdf(double x)
{
    const double a = log_normal(x, 1.0, data_var), b = log_normal(x, -1.0, data_var);
    return fmax(a, b) + log1p(exp(-fabs(a - b))) - M_LN2;
}

/* -E log f(x_0) over the data by a trapezoidal sum of 2001 nodes, error by every second node. */
static double cross_entropy(double (*log_f)(double x, void *params), void *params, double *error)
{
    enum { n = 2000 };
    const double reach = 1.0 + 9.0 * sqrt(data_var), h = 2.0 * reach / n;
    double sum[2] = {0.0, 0.0};
    for (size_t i = 0; i <= n; i++) {
        const double x = h * (double)i - reach;
        const double value = -h * exp(data_log_pdf(x)) * log_f(x, params);
        sum[0] += value;
        if (i % 2 == 0) sum[1] += 2.0 * value;
    }
    *error = fabs(sum[0] - sum[1]) + n * GSL_DBL_EPSILON;
    return sum[0];
}

static double of_data(double x, void *params)
{
    (void)params;
    return data_log_pdf(x);
}

static double of_law(double x, void *params)
{
    return log(law_pdf(params, x));
}

double entropy_of_data(double *error)
{
    return cross_entropy(of_data, NULL, error);
}

double cross_entropy_model(const schedule *s, const reverse_model *p, double *error)
{
    law *fine = law_alloc(s->T, 0, p, 6.0, 5.0), *coarse = law_alloc(s->T, 0, p, 6.0, 3.5);
    double value = (double)NAN, sum_error = 0.0;
    if (fine && coarse) {
        double ignored;
        value = cross_entropy(of_law, fine, &sum_error);
        *error = sum_error + fabs(value - cross_entropy(of_law, coarse, &ignored));
    }
    law_free(fine);
    law_free(coarse);
    return value;
}

double cross_entropy_normal(double mean, double var)
{
    const double second = 1.0 + data_var + mean * mean; /* E (x_0 - mean)^2, E x_0 = 0 */
    return 0.5 * (log(2.0 * M_PI * var) + second / var);
}
