/* gradcheck.c -- central differences with their own error bars. */
#include "net/gradcheck.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A line through x: x + s u.  u = NULL is the unit vector of coordinate i. */
typedef struct line {
    const gradcheck_job *job;
    const double *origin, *u;
    size_t i;
} line;

static double at(const line *l, double s)
{
    const gradcheck_job *job = l->job;
    if (l->u)
        for (size_t i = 0; i < job->n; i++) job->x[i] = l->origin[i] + s * l->u[i];
    else
        job->x[l->i] = l->origin[l->i] + s;
    const double f = job->f(job->params);
    if (l->u)
        memcpy(job->x, l->origin, job->n * sizeof *job->x);
    else
        job->x[l->i] = l->origin[l->i];
    return f;
}

static double slope(const line *l)
{
    double sum = 0.0;
    if (!l->u) return l->job->gradient[l->i];
    for (size_t i = 0; i < l->job->n; i++) sum += l->job->gradient[i] * l->u[i];
    return sum;
}

static void compare(gradcheck_result *r, const line *l)
{
    const double size = l->u ? 1.0 : fmax(1.0, fabs(l->origin[l->i]));
    const double h = cbrt(DBL_EPSILON) * size;
    const double near = (at(l, h) - at(l, -h)) / (2.0 * h);
    const double far = (at(l, 2.0 * h) - at(l, -2.0 * h)) / (4.0 * h);
    const double tolerance = 2.0 * fabs(far - near) / 3.0 + 2.0 * l->job->noise / h;
    const double claimed = slope(l), error = fabs(near - claimed);
    const double excess = isfinite(error) && isfinite(tolerance) ? error / tolerance : (double)INFINITY;
    if (excess > r->excess) {
        r->excess = excess;
        r->worst = l->u ? l->job->n : l->i;
    }
    r->error = fmax(r->error, error);
    r->sharpness = fmax(r->sharpness, tolerance);
    r->largest = fmax(r->largest, fabs(claimed));
}

gradcheck_result gradcheck(const gradcheck_job *job, counter_rng *rng)
{
    gradcheck_result r = {.worst = job->n};
    double *const memory = malloc(2 * job->n * sizeof *memory);
    if (!memory) return (gradcheck_result){.excess = (double)INFINITY};
    double *const origin = memory, *const u = memory + job->n;
    memcpy(origin, job->x, job->n * sizeof *origin);
    for (size_t k = 0; k < job->directions; k++) {
        for (size_t i = 0; i < job->n; i++) u[i] = counter_normal(rng);
        compare(&r, &(line){job, origin, u, 0});
    }
    const bool every = job->coordinates >= job->n;
    for (size_t k = 0; k < (every ? job->n : job->coordinates); k++)
        compare(&r, &(line){job, origin, NULL, every ? k : counter_below(rng, job->n)});
    free(memory);
    r.error /= r.largest;
    r.sharpness /= r.largest;
    return r;
}

bool gradcheck_accepts(const gradcheck_result *r, double sharp)
{
    return r->excess <= 1.0 && r->largest > 0.0 && r->sharpness <= sharp;
}
