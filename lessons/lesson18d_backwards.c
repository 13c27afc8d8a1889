/* Lesson 18, part d.  The backward equation: a second road to everything that a chain ends in.
 *
 * The forward equation carries a density, q_{l+1}(x') = integral K(x'|x) q_l(x) dx.  The backward one
 * carries a question: u_l(x) = E[f(x_end) | x_l = x] obeys
 *     u_l(x) = integral K(x'|x) u_{l+1}(x') dx',   K = N(x + (eta/2) s(x), eta),   u_end = f,
 * and E f(x_end) = integral start(x) u_0(x) dx.  The score is the lesson's own.  The grids have
 * another spacing than those of the forward road: on the same ones the two sums would be transposes
 * of each other and agree however coarse they are. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>

#include "lesson18.h"

/* u on the nodes h (i - half), all questions side by side. */
typedef struct field {
    double h, half;
    size_t n;
    double (*u)[ANSWERS];
} field;

static const double sds = 9.0;

static bool field_open(field *f, double h, double reach)
{
    f->h = h;
    f->half = ceil(reach / h);
    f->n = 2 * (size_t)f->half + 1;
    f->u = calloc(f->n, sizeof *f->u);
    return f->u != NULL;
}

static double node(const field *f, size_t i)
{
    return f->h * ((double)i - f->half);
}

static double mean_after(const leg *g, const data_law *d, double x)
{
    return x + 0.5 * g->eta * own_score(d, x, g->sigma);
}

/* One step from the end, in closed form: E f(mean + sd eps). */
static void last_step(double *u, double mean, double sd)
{
    u[LEFT] = gsl_cdf_gaussian_P(0.0 - mean, sd);
    u[BELOW_4_2] = gsl_cdf_gaussian_P(4.2 - mean, sd);
    u[SQUARE] = mean * mean + sd * sd;
}

/* The nodes that N(mean, sd^2) sees, and its weights on them. */
static size_t window(const field *f, double mean, double sd, double *weight, size_t *n)
{
    const double low = ceil((mean - sds * sd) / f->h + f->half);
    const size_t first = (size_t)fmin(fmax(low, 0.0), (double)(f->n - 1));
    size_t k = 0;
    for (; first + k < f->n && node(f, first + k) <= mean + sds * sd; k++)
        weight[k] = f->h / (sqrt(2.0 * M_PI) * sd) *
                    exp(-0.5 * gsl_pow_2((node(f, first + k) - mean) / sd));
    *n = k;
    return first;
}

static void weigh(double *u, const field *f, size_t first, const double *weight, size_t n)
{
    double sum[ANSWERS] = {0};
    for (size_t k = 0; k < n; k++)
        for (size_t a = 0; a < ANSWERS; a++) sum[a] += weight[k] * f->u[first + k][a];
    memcpy(u, sum, sizeof sum);
}

/* One step back: to u at the nodes of `earlier`, from u at those of `later`. */
static bool step_back(field *earlier, const field *later, const leg *g, const data_law *d)
{
    const double sd = sqrt(g->eta);
    double *weight = malloc((size_t)(2.0 * sds * sd / later->h + 3.0) * sizeof *weight);
    for (size_t i = 0; weight && i < earlier->n; i++) {
        size_t n;
        const size_t first = window(later, mean_after(g, d, node(earlier, i)), sd, weight, &n);
        weigh(earlier->u[i], later, first, weight, n);
    }
    free(weight);
    return weight != NULL;
}

/* The same step back again and again on one grid: the weights are computed once. */
static bool repeat_back(field *f, const leg *g, const data_law *d, size_t steps)
{
    const double sd = sqrt(g->eta);
    const size_t width = (size_t)(2.0 * sds * sd / f->h + 3.0);
    double *weight = malloc(f->n * width * sizeof *weight);
    size_t *first = malloc(2 * f->n * sizeof *first), *n = first + f->n;
    double(*next)[ANSWERS] = malloc(f->n * sizeof *next);
    const bool ready = weight && first && next;
    for (size_t i = 0; ready && i < f->n; i++)
        first[i] = window(f, mean_after(g, d, node(f, i)), sd, weight + i * width, &n[i]);
    for (size_t s = 0; ready && s < steps; s++) {
        for (size_t i = 0; i < f->n; i++) weigh(next[i], f, first[i], weight + i * width, n[i]);
        memcpy(f->u, next, f->n * sizeof *next);
    }
    free(weight);
    free(first);
    free(next);
    return ready;
}

/* A grid sees u, as smooth as the step after it, through the kernel of the step before it. */
static double spacing(double eta_after, double eta_before, const plan *p)
{
    return sqrt(fmin(eta_after, eta_before)) / (0.9 * p->per_sd);
}

/* Through one leg, from its end to its start. */
static bool leg_back(field *f, const plan *p, size_t i, const data_law *d, bool last)
{
    const leg *g = &p->at[i];
    const double before = i > 0 ? p->at[i - 1].eta : gsl_pow_2(p->start_sd);
    const double reach_before = i > 0 ? p->at[i - 1].reach : 0.0;
    size_t left = g->steps;
    field own, out;
    if (last) {
        if (!field_open(f, sqrt(g->eta) / (0.9 * p->per_sd), g->reach)) return false;
        for (size_t j = 0; j < f->n; j++)
            last_step(f->u[j], mean_after(g, d, node(f, j)), sqrt(g->eta));
        left--;
    } else {
        if (!field_open(&own, sqrt(g->eta) / (0.9 * p->per_sd), g->reach)) return false;
        const bool done = step_back(&own, f, g, d);
        free(f->u);
        *f = own;
        left--;
        if (!done) return false;
    }
    if (!repeat_back(f, g, d, left - 1)) return false;
    /* The first step of the leg looks back on a grid that the step before it can see through. */
    if (!field_open(&out, spacing(g->eta, before, p), fmax(g->reach, reach_before))) return false;
    const bool done = step_back(&out, f, g, d);
    free(f->u);
    *f = out;
    return done;
}

answers ask_backwards(const plan *p, const data_law *d)
{
    answers a = {.done = true};
    field f = {0};
    for (size_t i = p->n; i-- > 0 && a.done;) a.done = leg_back(&f, p, i, d, i == p->n - 1);
    double *weight = a.done ? malloc(f.n * sizeof *weight) : NULL;
    size_t n;
    a.done = a.done && weight;
    if (a.done) {
        const size_t first = window(&f, p->start_mean, p->start_sd, weight, &n);
        weigh(a.value, &f, first, weight, n);
    }
    free(weight);
    free(f.u);
    return a;
}
