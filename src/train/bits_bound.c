/* bits_bound.c -- the bound of a choice of variances, from the squared distances of a pass. */
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>

#include "check/moments.h"
#include "train/bits.h"

enum { LANES = 8 };

typedef struct room {
    const bits_pass *pass;
    bits_kernel kernel;
    const double *square; /* [pairs], of its means */
    double *nats;         /* [pairs] */
    double *sum;          /* [images]: what each image adds to the error of the sum over t >= 2 */
    double *total;        /* [images]: of the bound */
    double *prior;        /* [images] */
} room;

/* ---- Terms of single pairs ------------------------------------------------------------------- */

static double decoder_nats(const room *r, size_t p)
{
    const bits_pass *pass = r->pass;
    const unsigned char *const level = pass->pixel + pass->plan->image[p] * pass->D;
    const double sigma = sqrt(r->kernel.sigma2[1]);
    double nats = 0.0;
    for (size_t d = 0; d < pass->D; d++)
        nats -= r->kernel.decoder(level[d], bits_decoder_mean(pass, p, d, r->kernel.clip), sigma);
    return nats;
}

/* KL of two Gaussians of D coordinates with one variance each (theory/gaussian.h, summed). */
static double denoising_nats(const room *r, size_t t, size_t p)
{
    const double sigma2 = r->kernel.sigma2[t], ratio = r->pass->s->beta_tilde[t] / sigma2;
    return 0.5 * ((double)r->pass->D * (ratio - 1.0 - log(ratio)) + r->square[p] / sigma2);
}

/* L_T in closed form, every image. */
static double prior_nats(const bits_pass *pass, size_t image)
{
    double nats = 0.0;
    for (size_t d = 0; d < pass->D; d++)
        nats += elbo_prior(pass->s, pass->pixel[image * pass->D + d] / 127.5 - 1.0);
    return nats;
}

static void find_terms(size_t lane, void *params)
{
    const room *r = params;
    const bits_plan *plan = r->pass->plan;
    for (size_t t = 1; t <= plan->T; t++)
        for (size_t p = plan->first[t] + lane; p < plan->first[t + 1]; p += LANES)
            r->nats[p] = !r->kernel.sigma2 ? r->pass->learned[p]
                         : t == 1          ? decoder_nats(r, p)
                                           : denoising_nats(r, t, p);
    for (size_t i = lane; i < plan->images; i += LANES) r->prior[i] = prior_nats(r->pass, i);
}

/* ---- Means and errors ------------------------------------------------------------------------ */

static evaluate_number mean_of(const double *x, size_t n)
{
    moments m = {0};
    for (size_t i = 0; i < n; i++) moments_add(&m, x[i]);
    return (evaluate_number){m.mean, moments_se(&m)};
}

/* The sum of all terms is sum_t mean_t; to first order image i moves it by sum_t (x_ti -
 * mean_t)/n_t over the t at which it was asked about.  The factor sqrt(n/(n-1)) makes one term
 * alone give exactly its standard error. */
static void spread_out(double *to, const double *x, const uint32_t *image, size_t n, double mean)
{
    const double share = sqrt((double)n / ((double)n - 1.0)) / (double)n;
    for (size_t i = 0; i < n; i++) to[image ? image[i] : i] += share * (x[i] - mean);
}

static double root_of_squares(const double *x, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) sum += x[i] * x[i];
    return sqrt(sum);
}

static void add_up(evaluate_bound *b, room *r)
{
    const bits_plan *plan = r->pass->plan;
    const size_t n = plan->images;
    for (size_t t = 1; t <= b->T; t++) {
        const size_t p = plan->first[t], pairs = plan->first[t + 1] - p;
        b->term[t] = mean_of(r->nats + p, pairs);
        spread_out(r->total, r->nats + p, plan->image + p, pairs, b->term[t].value);
        if (t == 1) continue;
        spread_out(r->sum, r->nats + p, plan->image + p, pairs, b->term[t].value);
        b->denoising.value += b->term[t].value;
    }
    b->denoising.error = root_of_squares(r->sum, n);
    b->decoder = b->term[1];
    b->prior = mean_of(r->prior, n);
    spread_out(r->total, r->prior, NULL, n, b->prior.value);
    b->total.value = b->prior.value + b->denoising.value + b->decoder.value;
    b->total.error = root_of_squares(r->total, n);
}

/* ---- The bound ------------------------------------------------------------------------------- */

static bool make_room(room *r)
{
    const bits_plan *plan = r->pass->plan;
    r->nats = calloc(plan->pairs + 3 * plan->images, sizeof *r->nats);
    if (!r->nats) return false;
    r->sum = r->nats + plan->pairs;
    r->total = r->sum + plan->images;
    r->prior = r->total + plan->images;
    return true;
}

static bool are_variances(const double *sigma2, size_t T)
{
    for (size_t t = 1; t <= T; t++)
        if (!(sigma2[t] > 0.0 && gsl_finite(sigma2[t]))) return false;
    return true;
}

evaluate_bound *bits_bound_alloc(const bits_pass *pass, const bits_kernel *kernel, parallel *pool)
{
    room r = {.pass = pass, .kernel = *kernel};
    if (kernel->sigma2 ? !are_variances(kernel->sigma2, pass->s->T) : !pass->learned)
        GSL_ERROR_NULL("a bound needs a positive variance for every t", GSL_EINVAL);
    if (!kernel->decoder) r.kernel.decoder = elbo_decoder_bin;
    r.square = kernel->clip ? pass->clipped : pass->square;
    evaluate_bound *b = calloc(1, sizeof *b);
    evaluate_number *term = calloc(pass->s->T + 1, sizeof *term);
    if (!b || !term || !make_room(&r)) {
        free(b);
        free(term);
        GSL_ERROR_NULL("out of memory for a bound", GSL_ENOMEM);
    }
    *b = (evaluate_bound){
        .T = pass->s->T, .D = pass->D, .n = pass->plan->images, .stride = 1, .term = term};
    parallel_run(pool, LANES, find_terms, &r);
    add_up(b, &r);
    free(r.nats);
    return b;
}

/* ---- Another decoder ------------------------------------------------------------------------- */

static double tanh_phi(double z)
{
    return 0.5 * (1.0 + tanh(sqrt(2.0 / M_PI) * (z + 0.044715 * z * z * z)));
}

double bits_decoder_tanh(unsigned level, double mean, double sigma)
{
    const double x = level / 127.5 - 1.0;
    const double upper = level == 255 ? 1.0 : tanh_phi((x + 1.0 / 255.0 - mean) / sigma);
    const double lower = level == 0 ? 0.0 : tanh_phi((x - 1.0 / 255.0 - mean) / sigma);
    return log(fmax(upper - lower, 1e-12));
}
