/* poison.c -- a preloaded library that spoils one function of src/theory, named by POISON.
 *
 * Every public function of src/theory is interposed; all pass through unless POISON names them.  A
 * spoiled number v becomes 1.001 v + 0.0007: wrong everywhere, also where v is 0.
 * MISPRINT=id instead puts a named wrong formula of src/theory/misprint.c in the place of the function
 * that it imitates. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "theory/distance.h"
#include "theory/elbo.h"
#include "theory/forward.h"
#include "theory/frechet.h"
#include "theory/gaussian.h"
#include "theory/langevin.h"
#include "theory/langevin_law.h"
#include "theory/law.h"
#include "theory/linear.h"
#include "theory/misprint.h"
#include "theory/mixture.h"
#include "theory/perturb.h"
#include "theory/posterior.h"
#include "theory/predict.h"
#include "theory/reverse.h"
#include "theory/sampler.h"
#include "theory/schedule.h"
#include "theory/target.h"
#include "theory/weight.h"

static int named(const char *name)
{
    const char *wanted = getenv("POISON");
    return wanted && strcmp(wanted, name) == 0;
}

static double spoil(double v)
{
    return 1.001 * v + 0.0007;
}

static void spoil_all(double *v, size_t n)
{
    for (size_t i = 0; i < n; i++) v[i] = spoil(v[i]);
}

/* The misprint wanted for this function, or NULL; a misprint may itself call the true function. */
static int inside;

static const misprint *misprinted(const char *function)
{
    const char *id = getenv("MISPRINT");
    const misprint *m = id && !inside ? misprint_find(id) : NULL;
    return m && strcmp(misprint_quantity_find(m->quantity)->function, function) == 0 ? m : NULL;
}

static double misprint_of(const misprint *m, const schedule *s, size_t t, const double *arg)
{
    inside = 1;
    const double v = m->value(s, t, arg);
    inside = 0;
    return v;
}

/* Find the real function once. */
#define REAL(name, type)                                                                           \
    static type real;                                                                              \
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, #name)

/* A function that returns a number. */
#define NUMBER(name, params, args)                                                                 \
    double name params                                                                             \
    {                                                                                              \
        typedef double(*type) params;                                                              \
        REAL(name, type);                                                                          \
        const double value = real args;                                                            \
        return named(#name) ? spoil(value) : value;                                                \
    }

/* A number that some quantity of misprint.c imitates: S, T and the arguments in the quantity's order. */
#define QUANTITY(name, params, args, S, T, ...)                                                    \
    double name params                                                                             \
    {                                                                                              \
        typedef double(*type) params;                                                              \
        REAL(name, type);                                                                          \
        const misprint *m = misprinted(#name);                                                     \
        if (m) return misprint_of(m, S, T, (const double[]){__VA_ARGS__});                         \
        const double value = real args;                                                            \
        return named(#name) ? spoil(value) : value;                                                \
    }

/* A function that fills n numbers at out. */
#define FILL(name, params, args, out, n)                                                           \
    void name params                                                                               \
    {                                                                                              \
        typedef void(*type) params;                                                                \
        REAL(name, type);                                                                          \
        real args;                                                                                 \
        if (named(#name)) spoil_all(out, n);                                                       \
    }

FILL(frechet_moments, (double *m, double *s, const double *x, size_t n, size_t d), (m, s, x, n, d), m, d)
NUMBER(frechet_distance,
       (const double *m, const double *s, const double *p, const double *q, size_t d), (m, s, p, q, d))
NUMBER(gaussian_log_pdf, (double x, double m, double v), (x, m, v))
QUANTITY(gaussian_kl, (double a, double b, double c, double d), (a, b, c, d), NULL, 1, a, b, c, d)
NUMBER(gaussian_kl_variances, (double a, double b), (a, b))
NUMBER(gaussian_entropy, (double v), (v))
QUANTITY(forward_step, (const schedule *s, size_t t, double x, double e), (s, t, x, e), s, t, x, e)
QUANTITY(forward_jump, (const schedule *s, size_t t, double x, double e), (s, t, x, e), s, t, x, e)
NUMBER(forward_noise, (const schedule *s, size_t t, double x, double y), (s, t, x, y))
NUMBER(forward_step_log_pdf, (const schedule *s, size_t t, double x, double y), (s, t, x, y))
NUMBER(forward_jump_log_pdf, (const schedule *s, size_t t, double x, double y), (s, t, x, y))
NUMBER(forward_covariance, (const schedule *s, size_t i, size_t j), (s, i, j))
NUMBER(forward_variance, (const schedule *s, size_t t, double v), (s, t, v))
NUMBER(forward_snr, (const schedule *s, size_t t), (s, t))
NUMBER(posterior_weight_x0, (const schedule *s, size_t t), (s, t))
NUMBER(posterior_weight_xt, (const schedule *s, size_t t), (s, t))
QUANTITY(posterior_mean, (const schedule *s, size_t t, double x, double y), (s, t, x, y), s, t, x, y)
QUANTITY(posterior_var, (const schedule *s, size_t t), (s, t), s, t, 0.0)
QUANTITY(posterior_log_pdf, (const schedule *s, size_t t, double x, double y, double z), (s, t, x, y, z), s, t, x, y, z)
QUANTITY(predict_x0_from_eps, (const schedule *s, size_t t, double x, double e), (s, t, x, e), s, t, x, e)
QUANTITY(predict_mean_from_eps, (const schedule *s, size_t t, double x, double e), (s, t, x, e), s, t, x, e)
NUMBER(predict_mean_slope_eps, (const schedule *s, size_t t), (s, t))
NUMBER(predict_v, (const schedule *s, size_t t, double x, double e), (s, t, x, e))
NUMBER(predict_x0_from_v, (const schedule *s, size_t t, double x, double v), (s, t, x, v))
NUMBER(predict_eps_from_v, (const schedule *s, size_t t, double x, double v), (s, t, x, v))
QUANTITY(predict_score_from_eps, (const schedule *s, size_t t, double e), (s, t, e), s, t, e)
NUMBER(predict_mean_from_score, (const schedule *s, size_t t, double x, double v), (s, t, x, v))
NUMBER(weight_sigma2, (const schedule *s, size_t t, weight_variance c), (s, t, c))
NUMBER(weight_mu, (double v), (v))
QUANTITY(weight_x0, (const schedule *s, size_t t, double v), (s, t, v), s, t, v)
NUMBER(target_square, (const schedule *s, size_t t, target_kind k, double v), (s, t, k, v))
NUMBER(target_covariance, (const schedule *s, size_t t, target_kind k, double v), (s, t, k, v))
NUMBER(target_gradient, (const schedule *s, size_t t, target_kind k, double v), (s, t, k, v))
NUMBER(target_gradient_rms, (const schedule *s, size_t t, target_kind k, double v), (s, t, k, v))
QUANTITY(weight_eps, (const schedule *s, size_t t, double v), (s, t, v), s, t, v)
NUMBER(elbo_reverse_log_pdf, (const reverse_model *p, size_t t, double x, double y), (p, t, x, y))
QUANTITY(elbo_prior, (const schedule *s, double x), (s, x), s, s->T, x)
NUMBER(elbo_denoising, (const schedule *s, size_t t, const reverse_model *p, double x, double y),
       (s, t, p, x, y))
NUMBER(elbo_path, (const schedule *s, const reverse_model *p, const double *x), (s, p, x))
NUMBER(elbo_path_telescoped,
       (const schedule *s, const reverse_model *p, const double *x, double *term), (s, p, x, term))
NUMBER(elbo_decoder_bin, (unsigned k, double m, double v), (k, m, v))
NUMBER(linear_log_evidence, (const linear_chain *c, double x), (c, x))
NUMBER(linear_denoising, (const schedule *s, const linear_chain *c, size_t t, double x), (s, c, t, x))
NUMBER(linear_decoder, (const schedule *s, const linear_chain *c, double x), (s, c, x))
NUMBER(linear_vlb, (const schedule *s, const linear_chain *c, double x), (s, c, x))
NUMBER(mixture_log_pdf, (const mixture *m, const double *x), (m, x))
NUMBER(mixture_log_pdf_t, (mixture * m, const schedule *s, size_t t, const double *x), (m, s, t, x))
NUMBER(mixture_var_x0, (mixture * m, const schedule *s, size_t t, const double *x), (m, s, t, x))
NUMBER(mixture_optimal_variance, (mixture * m, const schedule *s, size_t t, const double *x), (m, s, t, x))
NUMBER(mixture_expectation,
       (const mixture *m, const schedule *s, size_t t, double (*f)(double, void *), void *q, size_t n),
       (m, s, t, f, q, n))

NUMBER(law_below, (const law *l, double x), (l, x))
NUMBER(law_pdf, (const law *l, double x), (l, x))
NUMBER(law_wasserstein,
       (const law *l, double (*f)(double, void *), void *fp, double (*G)(double, void *), void *gp,
        double reach, size_t n, double *err),
       (l, f, fp, G, gp, reach, n, err))

NUMBER(distance_energy,
       (const double *x, size_t n, const double *y, size_t m, size_t D), (x, n, y, m, D))
NUMBER(distance_energy_unbiased,
       (const double *x, size_t n, const double *y, size_t m, size_t D), (x, n, y, m, D))
NUMBER(distance_w1_sorted, (const double *x, size_t n, const double *y, size_t m), (x, n, y, m))
NUMBER(distance_sliced_w1,
       (const double *x, size_t n, const double *y, size_t m, size_t D, const double *u, size_t K),
       (x, n, y, m, D, u, K))
NUMBER(distance_pairs_energy, (distance_pairs * p), (p))
NUMBER(distance_permutation_p, (distance_pairs * p, size_t n, gsl_rng *r), (p, n, r))
NUMBER(distance_occupancy, (const size_t *c, const double *q, size_t K, double *p), (c, q, K, p))
NUMBER(distance_floor,
       (const distance_metric *f, const distance_law *q, size_t n, size_t m, size_t D, size_t k,
        gsl_rng *r, double *sd),
       (f, q, n, m, D, k, r, sd))
NUMBER(reverse_last_mean, (double x, void *p), (x, p))

FILL(distance_directions_random, (double *u, size_t K, size_t D, gsl_rng *r), (u, K, D, r), u, K *D)
FILL(distance_directions_even, (double *u, size_t K), (u, K), u, 2 * K)
FILL(distance_draw, (double *x, size_t n, size_t D, const distance_law *q, gsl_rng *r),
     (x, n, D, q, r), x, n *D)

/* A spoiled count: the first centre is never the nearest. */
void distance_nearest(size_t *count, const double *x, size_t n, size_t D, const double *c, size_t K)
{
    typedef void (*type)(size_t *, const double *, size_t, size_t, const double *, size_t);
    REAL(distance_nearest, type);
    real(count, x, n, D, c, K);
    if (!named("distance_nearest")) return;
    count[K - 1] += count[0];
    count[0] = 0;
}

NUMBER(perturb_target, (double y, double x, double sigma), (y, x, sigma))
NUMBER(perturb_log_pdf, (mixture * m, double sigma, const double *x), (m, sigma, x))
NUMBER(perturb_loss, (const double *s, const double *e, double sigma, size_t D), (s, e, sigma, D))
FILL(perturb_score, (double *out, mixture *m, double sigma, const double *x), (out, m, sigma, x), out, m->D)
FILL(perturb_mean, (double *out, mixture *m, double sigma, const double *x), (out, m, sigma, x), out, m->D)
NUMBER(langevin_variance, (double v, double eta), (v, eta))
NUMBER(langevin_variance_after, (double v, double eta, size_t n, double start), (v, eta, n, start))
FILL(langevin_step,
     (double *x, double *s, size_t D, const score_model *m, double sigma, size_t t, double eta, gsl_rng *r),
     (x, s, D, m, sigma, t, eta, r), x, D)
FILL(langevin_annealed,
     (double *x, double *s, size_t D, const ladder *l, size_t L, langevin_order o, const score_model *m,
      gsl_rng *r),
     (x, s, D, l, L, o, m, r), x, D)

void langevin_law_moments(const law *l, double *mean, double *var, double *lost)
{
    typedef void (*type)(const law *, double *, double *, double *);
    REAL(langevin_law_moments, type);
    real(l, mean, var, lost);
    if (!named("langevin_law_moments")) return;
    if (mean) *mean = spoil(*mean);
    if (var) *var = spoil(*var);
    if (lost) *lost = spoil(*lost);
}

FILL(mixture_score, (double *out, mixture *m, const schedule *s, size_t t, const double *x),
     (out, m, s, t, x), out, m->D)
FILL(mixture_mean_x0, (double *out, mixture *m, const schedule *s, size_t t, const double *x),
     (out, m, s, t, x), out, m->D)
FILL(mixture_mean_eps, (double *out, mixture *m, const schedule *s, size_t t, const double *x),
     (out, m, s, t, x), out, m->D)
FILL(mixture_cov_x0, (double *out, mixture *m, const schedule *s, size_t t, const double *x),
     (out, m, s, t, x), out, m->D *m->D)
FILL(mixture_reverse_kernel,
     (mixture * out, mixture *m, const schedule *s, size_t t, const double *x), (out, m, s, t, x),
     out->mean, m->K *m->D)
FILL(mixture_sample, (const mixture *m, gsl_rng *r, double *out), (m, r, out), out, m->D)
void linear_marginal(const linear_chain *c, double *mean, double *var)
{
    typedef void (*type)(const linear_chain *, double *, double *);
    REAL(linear_marginal, type);
    real(c, mean, var);
    if (!named("linear_marginal")) return;
    *mean = spoil(*mean);
    *var = spoil(*var);
}

FILL(sampler_step,
     (double *x, double *e, size_t D, const schedule *s, size_t t, const denoiser *n, double sigma,
      gsl_rng *r),
     (x, e, D, s, t, n, sigma, r), x, D)
FILL(sampler_ancestral,
     (double *x, double *e, size_t D, const schedule *s, const denoiser *n, weight_variance c, gsl_rng *r),
     (x, e, D, s, n, c, r), x, D)

/* Allocators: their arrays are spoiled, under the allocator's name or, for schedules, under
 * schedule.FIELD, once (schedule_named_alloc calls another allocator). */
static int depth;

static schedule *spoil_schedule(schedule *s)
{
    if (!s || depth > 0) return s;
    double *const fields[] = {s->beta, s->alpha, s->alpha_bar, s->var_bar, s->log_alpha_bar, s->log_snr, s->beta_tilde};
    static const char *const names[] = {"schedule.beta", "schedule.alpha", "schedule.alpha_bar", "schedule.var_bar",
                                        "schedule.log_alpha_bar", "schedule.log_snr", "schedule.beta_tilde"};
    for (int i = 0; i < 7; i++)
        if (named(names[i])) spoil_all(fields[i], s->T + 1);
    return s;
}

#define SCHEDULE(name, params, args)                                                               \
    schedule *name params                                                                          \
    {                                                                                              \
        typedef schedule *(*type)params;                                                           \
        REAL(name, type);                                                                          \
        depth++;                                                                                   \
        schedule *s = real args;                                                                   \
        depth--;                                                                                   \
        s = spoil_schedule(s);                                                                     \
        if (s && depth == 0 && named(#name)) spoil_all(s->beta, s->T + 1);                         \
        return s;                                                                                  \
    }

SCHEDULE(schedule_from_beta_alloc, (const double *b, size_t T), (b, T))
SCHEDULE(schedule_linear_alloc, (size_t T, double a, double b), (T, a, b))
SCHEDULE(schedule_quadratic_alloc, (size_t T, double a, double b), (T, a, b))
SCHEDULE(schedule_sigmoid_alloc, (size_t T, double a, double b), (T, a, b))
SCHEDULE(schedule_constant_alloc, (size_t T, double b), (T, b))
SCHEDULE(schedule_cosine_alloc, (size_t T, double o, double c), (T, o, c))
SCHEDULE(schedule_named_alloc, (const char *n), (n))

linear_chain *linear_chain_alloc(const schedule *s, double m, double v, weight_variance c)
{
    typedef linear_chain *(*type)(const schedule *, double, double, weight_variance);
    REAL(linear_chain_alloc, type);
    linear_chain *chain = real(s, m, v, c);
    if (chain && named("linear_chain_alloc")) spoil_all(chain->a, chain->T + 1);
    return chain;
}

law *law_alloc(size_t T, size_t last, const reverse_model *p, double reach, double per_sd)
{
    typedef law *(*type)(size_t, size_t, const reverse_model *, double, double);
    REAL(law_alloc, type);
    law *l = real(T, last, p, reach, per_sd);
    if (l && named("law_alloc")) spoil_all(l->mass, l->n);
    return l;
}

ladder *ladder_alloc(size_t T, double low, double high, double step)
{
    typedef ladder *(*type)(size_t, double, double, double);
    REAL(ladder_alloc, type);
    ladder *l = real(T, low, high, step);
    if (l && named("ladder_alloc")) spoil_all(l->sigma + 1, T);
    return l;
}

int langevin_law_walk(law *l, const score_model *model, double sigma, size_t t, double eta, size_t n,
                      double reach, double per_sd)
{
    typedef int (*type)(law *, const score_model *, double, size_t, double, size_t, double, double);
    REAL(langevin_law_walk, type);
    const int status = real(l, model, sigma, t, eta, n, reach, per_sd);
    if (named("langevin_law_walk")) spoil_all(l->mass, l->n);
    return status;
}
