/* quad.c -- one-dimensional integrals by GSL, with their error bound. */
#include "check/quad.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_machine.h>

enum { SUBINTERVALS = 2000 };

/* Requested relative accuracy; GSL reports what it reached, and that is what we pass on. */
static const double epsrel = 1e-13;

struct quad {
    gsl_integration_workspace *gauss_kronrod;
    gsl_integration_cquad_workspace *clenshaw_curtis;
};

quad *quad_alloc(void)
{
    quad *w = malloc(sizeof *w);
    if (!w) return NULL;
    w->gauss_kronrod = gsl_integration_workspace_alloc(SUBINTERVALS);
    w->clenshaw_curtis = gsl_integration_cquad_workspace_alloc(SUBINTERVALS);
    if (w->gauss_kronrod && w->clenshaw_curtis) return w;
    quad_free(w);
    return NULL;
}

void quad_free(quad *w)
{
    if (!w) return;
    if (w->gauss_kronrod) gsl_integration_workspace_free(w->gauss_kronrod);
    if (w->clenshaw_curtis) gsl_integration_cquad_workspace_free(w->clenshaw_curtis);
    free(w);
}

/* GSL stops with GSL_EROUND when rounding keeps it from epsrel: the bound it returns is still good.
 * We add 64 roundings of the sum of a few hundred terms.  Anything else is a failure. */
static double settle(int status, double result, double *abserr)
{
    if (status != GSL_SUCCESS && status != GSL_EROUND) {
        *abserr = (double)NAN;
        return (double)NAN;
    }
    *abserr += 64.0 * GSL_DBL_EPSILON * fabs(result);
    return result;
}

double quad_around(quad *w, quad_integrand f, void *params, double centre, double reach,
                   double *abserr)
{
    gsl_function F = {.function = f, .params = params};
    double result = (double)NAN;
    size_t evaluations;
    gsl_error_handler_t *old = gsl_set_error_handler_off();
    int status = gsl_integration_cquad(&F, centre - reach, centre + reach, 0.0, epsrel,
                                       w->clenshaw_curtis, &result, abserr, &evaluations);
    gsl_set_error_handler(old);
    return settle(status, result, abserr);
}

double quad_interval(quad *w, quad_integrand f, void *params, double a, double b, double *abserr)
{
    gsl_function F = {.function = f, .params = params};
    double result = (double)NAN;
    gsl_error_handler_t *old = gsl_set_error_handler_off();
    int status = gsl_integration_qag(&F, a, b, 0.0, epsrel, SUBINTERVALS, GSL_INTEG_GAUSS61,
                                     w->gauss_kronrod, &result, abserr);
    gsl_set_error_handler(old);
    return settle(status, result, abserr);
}

double quad_line(quad *w, quad_integrand f, void *params, double *abserr)
{
    gsl_function F = {.function = f, .params = params};
    double result = (double)NAN;
    gsl_error_handler_t *old = gsl_set_error_handler_off();
    int status =
        gsl_integration_qagi(&F, 0.0, epsrel, SUBINTERVALS, w->gauss_kronrod, &result, abserr);
    gsl_set_error_handler(old);
    return settle(status, result, abserr);
}

/* Weight exp(-z^2/2) on the standard normal scale: nodes z_i, weights w_i, sum of weights sqrt(2 pi). */
static double hermite_sum(quad_integrand f, void *params, double mean, double sd, size_t n)
{
    gsl_error_handler_t *old = gsl_set_error_handler_off();
    gsl_integration_fixed_workspace *rule =
        gsl_integration_fixed_alloc(gsl_integration_fixed_hermite, n, 0.0, 0.5, 0.0, 0.0);
    gsl_set_error_handler(old);
    if (!rule) return (double)NAN;
    const double *z = gsl_integration_fixed_nodes(rule);
    const double *weight = gsl_integration_fixed_weights(rule);
    double sum = 0.0, total = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += weight[i] * f(mean + sd * z[i], params);
        total += weight[i];
    }
    gsl_integration_fixed_free(rule);
    return sum / total;
}

double quad_hermite(quad_integrand f, void *params, double mean, double sd, size_t n,
                    double *abserr)
{
    const double result = hermite_sum(f, params, mean, sd, n);
    if (abserr && n > 8)
        *abserr = fabs(result - hermite_sum(f, params, mean, sd, n - 8)) +
                  64.0 * GSL_DBL_EPSILON * fabs(result);
    else if (abserr)
        *abserr = 64.0 * GSL_DBL_EPSILON * fabs(result);
    return result;
}
