/* law.c -- the exact law of a one-dimensional reverse chain, one grid per step. */
#include "theory/law.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>

static const double kernel_reach = 9.0; /* standard deviations: exp(-40.5) is beyond rounding */
static const size_t most_nodes = 1000001;

/* Spacing and number of nodes (odd) of the grid on which kernel t acts. */
static size_t nodes_of(const reverse_model *p, size_t t, double reach, double per_sd, double *h)
{
    *h = sqrt(p->var(0.0, t, p->params)) / per_sd;
    const double half = ceil(reach / *h);
    return half < 0.5 * (double)most_nodes ? 2 * (size_t)half + 1 : 0;
}

static void set_grid(law *l, const reverse_model *p, size_t t, double reach, double per_sd)
{
    l->t = t;
    l->n = nodes_of(p, t, reach, per_sd, &l->h);
    for (size_t i = 0; i < l->n; i++) {
        l->x[i] = l->h * ((double)i - (double)(l->n / 2));
        l->mean[i] = p->mean(l->x[i], t, p->params);
        l->sd[i] = sqrt(p->var(l->x[i], t, p->params));
    }
}

/* to->mass[j] = h' sum_i mass_i N(x_j; mean_i, sd_i^2), only where the kernel is not negligible. */
static void carry(const law *from, law *to)
{
    memset(to->mass, 0, to->n * sizeof *to->mass);
    for (size_t i = 0; i < from->n; i++) {
        const double mean = from->mean[i], sd = from->sd[i];
        const double factor = to->h * from->mass[i] / (sqrt(2.0 * M_PI) * sd);
        const double low = ceil((mean - kernel_reach * sd - to->x[0]) / to->h);
        const double high = floor((mean + kernel_reach * sd - to->x[0]) / to->h);
        for (size_t j = low > 0.0 ? (size_t)low : 0; j < to->n && (double)j <= high; j++)
            to->mass[j] += factor * exp(-0.5 * gsl_pow_2((to->x[j] - mean) / sd));
    }
}

static law *allocate(size_t n)
{
    law *l = calloc(1, sizeof *l);
    double *block = malloc(4 * n * sizeof *block);
    if (!l || !block) {
        free(l);
        free(block);
        return NULL;
    }
    l->x = block;
    l->mass = block + n;
    l->mean = block + 2 * n;
    l->sd = block + 3 * n;
    return l;
}

void law_free(law *l)
{
    if (!l) return;
    free(l->x); /* the one block */
    free(l);
}

law *law_alloc(size_t T, size_t last, const reverse_model *p, double reach, double per_sd)
{
    if (!(last < T && reach > 0.0 && per_sd > 0.0))
        GSL_ERROR_NULL("the law of a chain needs last < T and a grid of positive size", GSL_EINVAL);
    size_t largest = 0;
    double h;
    for (size_t t = T; t > last; t--) {
        const size_t n = nodes_of(p, t, reach, per_sd, &h);
        if (n == 0) GSL_ERROR_NULL("a kernel is too narrow for a grid of 10^6 nodes", GSL_EINVAL);
        largest = GSL_MAX(largest, n);
    }
    law *now = allocate(largest), *next = allocate(largest);
    if (!now || !next) {
        law_free(now);
        law_free(next);
        GSL_ERROR_NULL("out of memory for a grid", GSL_ENOMEM);
    }
    set_grid(now, p, T, reach, per_sd);
    for (size_t i = 0; i < now->n; i++)
        now->mass[i] = now->h * exp(-0.5 * gsl_pow_2(now->x[i])) / sqrt(2.0 * M_PI);
    for (size_t t = T - 1; t > last; t--) {
        set_grid(next, p, t, reach, per_sd);
        carry(now, next);
        law *const old = now;
        now = next;
        next = old;
    }
    law_free(next);
    return now;
}

double law_below(const law *l, double x)
{
    double sum = 0.0;
    for (size_t i = 0; i < l->n; i++) {
        const double z = (x - l->mean[i]) / l->sd[i];
        if (z > kernel_reach)
            sum += l->mass[i];
        else if (z > -kernel_reach)
            sum += l->mass[i] * gsl_cdf_ugaussian_P(z);
    }
    return sum;
}

double law_pdf(const law *l, double x)
{
    double sum = 0.0;
    for (size_t i = 0; i < l->n; i++)
        sum += l->mass[i] * exp(-0.5 * gsl_pow_2((x - l->mean[i]) / l->sd[i])) /
               (sqrt(2.0 * M_PI) * l->sd[i]);
    return sum;
}

double law_wasserstein(const law *l, double (*f)(double x, void *params), void *f_params,
                       double (*G)(double y, void *params), void *G_params, double reach, size_t n,
                       double *abserr)
{
    double *y = malloc(2 * n * sizeof *y);
    if (!y) return (double)NAN;
    double *difference = y + n, fine = 0.0, coarse = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double x = reach * (2.0 * (double)i / (double)(n - 1) - 1.0);
        y[i] = f ? f(x, f_params) : x;
        difference[i] = fabs(law_below(l, x) - G(y[i], G_params));
    }
    for (size_t i = 1; i < n; i++)
        fine += 0.5 * (y[i] - y[i - 1]) * (difference[i - 1] + difference[i]);
    for (size_t i = 2; i < n; i += 2)
        coarse += 0.5 * (y[i] - y[i - 2]) * (difference[i - 2] + difference[i]);
    free(y);
    if (abserr) *abserr = fabs(fine - coarse);
    return fine;
}
