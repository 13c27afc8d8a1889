/* langevin_law.c -- the exact law of a one-dimensional Langevin chain. */
#include "theory/langevin_law.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>

static const double kernel_reach = 9.0; /* standard deviations: exp(-40.5) is beyond rounding */
static const double most_nodes = 1e6;
static const double least_mass = 1e-200; /* nothing can be seen of it, and denormals are slow */

static double *grid_alloc(size_t n)
{
    return malloc(4 * n * sizeof(double));
}

static void adopt(law *l, double *block, size_t n)
{
    free(l->x); /* the old block */
    l->n = n;
    l->x = block;
    l->mass = block + n;
    l->mean = block + 2 * n;
    l->sd = block + 3 * n;
}

/* One node, whose kernel is the start. */
law *langevin_law_alloc(double mean, double sd)
{
    if (!(sd > 0.0)) GSL_ERROR_NULL("a law on a grid starts with sd > 0", GSL_EDOM);
    law *l = calloc(1, sizeof *l);
    double *block = grid_alloc(1);
    if (!l || !block) {
        free(l);
        free(block);
        GSL_ERROR_NULL("out of memory for a law", GSL_ENOMEM);
    }
    adopt(l, block, 1);
    l->x[0] = l->mean[0] = mean;
    l->mass[0] = 1.0;
    l->sd[0] = sd;
    return l;
}

/* The kernels of l at the nodes first .. last of a grid x_j = h (j - half). */
typedef struct band {
    double h, half;
    size_t n, width;
    size_t *first; /* [l->n] */
    double *value; /* [l->n, width]: h times the density, 0 beyond the last node */
} band;

/* Returns false when memory is short. */
static bool band_fill(band *b, const law *l)
{
    b->width = 0;
    for (size_t i = 0; i < l->n; i++)
        b->width = GSL_MAX(b->width, (size_t)ceil(2.0 * kernel_reach * l->sd[i] / b->h) + 2);
    b->width = GSL_MIN(b->width, b->n);
    b->first = calloc(l->n, sizeof *b->first);
    b->value = calloc(l->n * b->width, sizeof *b->value);
    if (!b->first || !b->value) return false;
    for (size_t i = 0; i < l->n; i++) {
        const double mean = l->mean[i], sd = l->sd[i];
        const double low = ceil((mean - kernel_reach * sd) / b->h + b->half);
        const double most = (double)(b->n - b->width);
        b->first[i] = (size_t)fmin(fmax(low, 0.0), most);
        for (size_t k = 0; k < b->width; k++) {
            const double x = b->h * ((double)(b->first[i] + k) - b->half);
            b->value[i * b->width + k] =
                b->h / (sqrt(2.0 * M_PI) * sd) * exp(-0.5 * gsl_pow_2((x - mean) / sd));
        }
    }
    return true;
}

static void band_free(band *b)
{
    free(b->first);
    free(b->value);
}

/* to[j] = sum_i mass_i K_ij. */
static void carry(double *to, const band *b, const double *mass, size_t n)
{
    memset(to, 0, b->n * sizeof *to);
    for (size_t i = 0; i < n; i++) {
        if (mass[i] < least_mass) continue;
        const double *value = b->value + i * b->width;
        double *target = to + b->first[i];
        for (size_t k = 0; k < b->width; k++) target[k] += mass[i] * value[k];
    }
}

/* What a walk is made of. */
typedef struct walk {
    const score_model *model;
    double sigma, eta, reach, per_sd;
    size_t t;
} walk;

/* The pending kernels of l act, onto a grid of spacing h; there the kernel of w waits. */
static int step_to(law *l, const walk *w, double h)
{
    const double half = ceil(w->reach / h);
    if (!(2.0 * half < most_nodes))
        GSL_ERROR("the law would need a grid of more than 10^6 nodes", GSL_EINVAL);
    band b = {.h = h, .half = half, .n = 2 * (size_t)half + 1};
    double *block = grid_alloc(b.n);
    if (!block || !band_fill(&b, l)) {
        free(block);
        band_free(&b);
        GSL_ERROR("out of memory for a law", GSL_ENOMEM);
    }
    carry(block + b.n, &b, l->mass, l->n);
    band_free(&b);
    adopt(l, block, b.n);
    l->h = h;
    for (size_t j = 0; j < l->n; j++) {
        double score;
        l->x[j] = h * ((double)j - half);
        w->model->score(&score, &l->x[j], w->sigma, w->t, 1, w->model->params);
        l->mean[j] = l->x[j] + 0.5 * w->eta * score;
        l->sd[j] = sqrt(w->eta);
    }
    l->t++;
    return GSL_SUCCESS;
}

/* The same kernel n times: its values are computed once. */
static int repeat(law *l, size_t n)
{
    band b = {.h = l->h, .half = (double)(l->n / 2), .n = l->n};
    double *scratch = malloc(l->n * sizeof *scratch);
    if (!scratch || !band_fill(&b, l)) {
        free(scratch);
        band_free(&b);
        GSL_ERROR("out of memory for a law", GSL_ENOMEM);
    }
    for (size_t i = 0; i < n; i++) {
        carry(scratch, &b, l->mass, l->n);
        memcpy(l->mass, scratch, l->n * sizeof *scratch);
    }
    free(scratch);
    band_free(&b);
    l->t += n;
    return GSL_SUCCESS;
}

int langevin_law_walk(law *l, const score_model *model, double sigma, size_t t, double eta,
                      size_t n, double reach, double per_sd)
{
    if (!(eta > 0.0 && reach > 0.0 && per_sd > 0.0))
        GSL_ERROR("a walk on a grid needs eta, reach and per_sd > 0", GSL_EINVAL);
    const walk w = {model, sigma, eta, reach, per_sd, t};
    const double own = sqrt(eta) / per_sd, both = fmin(own, l->sd[0] / per_sd);
    int status = GSL_SUCCESS;
    /* The first grid resolves the last kernel of before as well; the second is this kernel's own. */
    if (n > 0) status = step_to(l, &w, both);
    if (n > 1 && status == GSL_SUCCESS && both < own) status = step_to(l, &w, own);
    const size_t done = both < own ? 2 : 1;
    if (n > done && status == GSL_SUCCESS) status = repeat(l, n - done);
    return status;
}

void langevin_law_moments(const law *l, double *mean, double *var, double *lost)
{
    double mass = 0.0, first = 0.0, second = 0.0;
    for (size_t i = 0; i < l->n; i++) {
        mass += l->mass[i];
        first += l->mass[i] * l->mean[i];
    }
    for (size_t i = 0; i < l->n; i++)
        second += l->mass[i] * (gsl_pow_2(l->mean[i] - first) + gsl_pow_2(l->sd[i]));
    if (mean) *mean = first;
    if (var) *var = second;
    if (lost) *lost = 1.0 - mass;
}
