/* evidence.c -- log p_theta(x_0) of a one-dimensional chain, by successive quadrature. */
#include "theory/evidence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>

#include "theory/gaussian.h"

static const double kernel_reach = 12.0; /* standard deviations: exp(-72) is beyond rounding */

static evidence_grid *allocate(double reach, size_t n)
{
    if (!(reach > 0.0 && n % 2 == 1 && n >= 3 && n <= 20001))
        GSL_ERROR_NULL("a grid needs reach > 0 and an odd number of nodes, 3 to 20001", GSL_EINVAL);
    evidence_grid *e = malloc(sizeof *e);
    double *block = calloc(2 * n, sizeof *block);
    if (!e || !block) {
        free(e);
        free(block);
        GSL_ERROR_NULL("out of memory for a grid", GSL_ENOMEM);
    }
    *e = (evidence_grid){.n = n, .reach = reach, .h = 2.0 * reach / (double)(n - 1), .x = block,
                    .density = block + n};
    for (size_t i = 0; i < n; i++) e->x[i] = -reach + e->h * (double)i;
    return e;
}

/* new(x') = sum_i h density(x_i) N(x'; mean(x_i), var(x_i)), only where the kernel is not negligible. */
static void carry(const evidence_grid *e, const reverse_model *p, size_t t, double *density)
{
    memset(density, 0, e->n * sizeof *density);
    for (size_t i = 0; i < e->n; i++) {
        const double mean = p->mean(e->x[i], t, p->params), var = p->var(e->x[i], t, p->params);
        const double factor = e->h * e->density[i] / sqrt(2.0 * M_PI * var);
        const double half = kernel_reach * sqrt(var);
        const double low = ceil((mean - half + e->reach) / e->h);
        const double high = floor((mean + half + e->reach) / e->h);
        const size_t first = low > 0.0 ? (size_t)low : 0;
        for (size_t j = first; j < e->n && (double)j <= high; j++)
            density[j] += factor * exp(-gsl_pow_2(e->x[j] - mean) / (2.0 * var));
    }
}

evidence_grid *evidence_alloc(size_t T, const reverse_model *p, double reach, size_t n)
{
    evidence_grid *e = allocate(reach, n);
    if (!e) return NULL;
    double *next = malloc(n * sizeof *next);
    if (!next) {
        evidence_free(e);
        GSL_ERROR_NULL("out of memory for a grid", GSL_ENOMEM);
    }
    e->p = p;
    for (size_t i = 0; i < n; i++) e->density[i] = exp(gaussian_log_pdf(e->x[i], 0.0, 1.0));
    for (size_t t = T; t >= 2; t--) {
        carry(e, p, t, next);
        memcpy(e->density, next, n * sizeof *next);
    }
    free(next);
    for (size_t i = 0; i < n; i++) e->mass += e->h * e->density[i];
    return e;
}

void evidence_free(evidence_grid *e)
{
    if (!e) return;
    free(e->x); /* the one block */
    free(e);
}

double evidence_log_p(const evidence_grid *e, double x_0, double *abserr)
{
    double sum = 0.0, even = 0.0;
    for (size_t i = 0; i < e->n; i++) {
        const double term = e->density[i] * exp(elbo_reverse_log_pdf(e->p, 1, x_0, e->x[i]));
        sum += e->h * term;
        if (i % 2 == 0) even += 2.0 * e->h * term;
    }
    if (abserr) *abserr = fabs(log(sum) - log(even));
    return log(sum);
}
