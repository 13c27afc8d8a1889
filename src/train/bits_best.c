/* bits_best.c -- variances of the reverse kernel: the two usual tables and the best one. */
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_min.h>

#include "check/moments.h"
#include "train/bits.h"

void bits_sigma2(double *sigma2, const schedule *s, weight_variance choice)
{
    sigma2[0] = 0.0;
    for (size_t t = 1; t <= s->T; t++)
        sigma2[t] = choice == SIGMA_BETA ? s->beta[t] : s->beta_tilde[t];
    if (choice == SIGMA_BETA_TILDE) sigma2[1] = s->T > 1 ? s->beta_tilde[2] : s->beta[1];
}

/* ---- t >= 2 ---------------------------------------------------------------------------------- */

/* d/ds [ D/2 (b/s - 1 - ln(b/s)) + S/(2s) ] = 0 at s = b + S/D; there the second derivative by ln s
 * is D/2, so that an error of ln s with standard deviation q costs D q^2 / 4. */
static double best_at(const bits_pass *pass, size_t t, bool clip, double *cost)
{
    const bits_plan *plan = pass->plan;
    const double *square = clip ? pass->clipped : pass->square;
    moments m = {0};
    for (size_t p = plan->first[t]; p < plan->first[t + 1]; p++)
        moments_add(&m, square[p] / (double)pass->D);
    const double sigma2 = pass->s->beta_tilde[t] + m.mean;
    *cost += 0.25 * (double)pass->D * gsl_pow_2(moments_se(&m) / sigma2);
    return sigma2;
}

/* ---- t = 1 ----------------------------------------------------------------------------------- */

/* The decoder's term at a sigma_1, mean over the first n images. */
typedef struct search {
    const bits_pass *pass;
    size_t n;
    bool clip;
    parallel *pool;
    double sigma, *nats; /* [n] */
} search;

enum { LANES = 8, MOST_IMAGES = 2048, OCTAVES = 16 };

/* From far below the width of a bin, where nothing changes any more, in factors of two. */
static const double least_sigma = 1e-4;

static void decode(size_t lane, void *params)
{
    const search *f = params;
    const bits_pass *pass = f->pass;
    for (size_t p = lane; p < f->n; p += LANES) {
        const unsigned char *const level = pass->pixel + pass->plan->image[p] * pass->D;
        f->nats[p] = 0.0;
        for (size_t d = 0; d < pass->D; d++)
            f->nats[p] -=
                elbo_decoder_bin(level[d], bits_decoder_mean(pass, p, d, f->clip), f->sigma);
    }
}

static double mean_at(double log_sigma, void *params)
{
    search *f = params;
    double sum = 0.0;
    f->sigma = exp(log_sigma);
    parallel_run(f->pool, LANES, decode, f);
    for (size_t p = 0; p < f->n; p++) sum += f->nats[p];
    return sum / (double)f->n;
}

/* The octave with the least term, and the middle of it as a first answer. */
static size_t scan(double value[OCTAVES], search *f)
{
    size_t best = 0;
    for (size_t k = 0; k < OCTAVES; k++) {
        value[k] = mean_at(log(least_sigma) + M_LN2 * (double)k, f);
        if (value[k] <= value[best]) best = k;
    }
    return best;
}

/* Brent's method to a hundredth of a percent of sigma_1: the term is flat there, and the rest costs
 * less than 1e-8 of it.  A minimum at an end of the scan, or a flat one, is taken as it is. */
static int minimise(double *log_sigma, search *f)
{
    double value[OCTAVES];
    const size_t k = scan(value, f);
    *log_sigma = log(least_sigma) + M_LN2 * (double)k;
    if (k == 0 || k + 1 == OCTAVES || !(value[k] < value[k - 1] && value[k] < value[k + 1]))
        return GSL_SUCCESS;
    gsl_min_fminimizer *m = gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent);
    if (!m) return GSL_ENOMEM;
    gsl_function J = {mean_at, f};
    int status = gsl_min_fminimizer_set_with_values(m, &J, *log_sigma, value[k], *log_sigma - M_LN2,
                                                    value[k - 1], *log_sigma + M_LN2, value[k + 1]);
    for (int i = 0; i < 60 && status == GSL_SUCCESS; i++) {
        status = gsl_min_fminimizer_iterate(m);
        if (gsl_min_fminimizer_x_upper(m) - gsl_min_fminimizer_x_lower(m) < 1e-4) break;
    }
    *log_sigma = gsl_min_fminimizer_x_minimum(m);
    gsl_min_fminimizer_free(m);
    return status;
}

/* J is the mean over images of j, least at a: the least point of another sample of n images is off
 * by Var(j'(a)) / (n J''(a)^2) in square, which costs half of J'' times that. */
static double price(search *f, double a)
{
    static const double h = 0.05;
    moments slope = {0};
    double *const before = f->nats + f->n;
    const double low = mean_at(a - h, f);
    for (size_t p = 0; p < f->n; p++) before[p] = f->nats[p];
    const double high = mean_at(a + h, f);
    for (size_t p = 0; p < f->n; p++) moments_add(&slope, (f->nats[p] - before[p]) / (2.0 * h));
    const double curvature = (low + high - 2.0 * mean_at(a, f)) / (h * h);
    return curvature > 0.0 ? 0.5 * gsl_pow_2(moments_se(&slope)) / curvature : 0.0;
}

int bits_best_sigma2(double *sigma2, double *cost, const bits_pass *training, bool clip,
                     parallel *pool)
{
    const size_t n = GSL_MIN(training->plan->first[2], MOST_IMAGES);
    double log_sigma = 0.0;
    search f = {.pass = training, .n = n, .clip = clip, .pool = pool};
    f.nats = malloc(2 * n * sizeof *f.nats);
    if (!f.nats) GSL_ERROR("out of memory for the best variance", GSL_ENOMEM);
    const int status = minimise(&log_sigma, &f);
    *cost = price(&f, log_sigma);
    sigma2[0] = 0.0;
    sigma2[1] = exp(2.0 * log_sigma);
    for (size_t t = 2; t <= training->s->T; t++) sigma2[t] = best_at(training, t, clip, cost);
    free(f.nats);
    return status;
}
