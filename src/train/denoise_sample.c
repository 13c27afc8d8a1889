/* denoise_sample.c -- the samplers of a trained network. */
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>

#include "net/counter.h"
#include "theory/predict.h"
#include "train/denoise_job.h"
#include "train/trainer.h"

static const denoise_options defaults = {.seed = 0};

/* ---- Noise ------------------------------------------------------------------------------------ */

static counter_rng noise_of(const denoise_job *job, size_t i)
{
    return counter_start(job->seed, STREAM_SAMPLE, job->number, job->first + i);
}

/* x_T ~ N(0, sd^2 I), from the numbers of address 0. */
static void start(double *x, size_t n, size_t D, double sd, const denoise_options *how)
{
    for (size_t i = 0; i < n; i++) {
        counter_rng rng = counter_start(how->seed, STREAM_SAMPLE, 0, how->first + i);
        for (size_t d = 0; d < D; d++) x[i * D + d] = sd * counter_normal(&rng);
    }
}

static int finish(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i])) GSL_ERROR("a sample is not finite", GSL_ERANGE);
    return GSL_SUCCESS;
}

static bool stopped(const denoise_options *how, size_t t, const double *x, size_t n)
{
    return how->watch && how->watch(t, x, n, how->params) != 0;
}

/* ---- Ancestral -------------------------------------------------------------------------------- */

/* x <- mu_theta + sigma z; no noise in the last step. */
static void use_step(const denoise_job *job, size_t i, size_t t, const real *out)
{
    const denoise *w = job->w;
    const size_t D = w->D;
    counter_rng rng = noise_of(job, i);
    for (size_t d = 0; d < D; d++) {
        double *const x = &job->to[i * D + d];
        *x = predict_mean_from_eps(job->s, job->place, *x, denoise_eps_of(w, t, *x, out[d]));
        if (job->place > 1)
            *x += sqrt(denoise_var_of(w, job->s, job->place, out + w->net->out - D + d)) *
                  counter_normal(&rng);
    }
}

/* Place j = 1..steps of a strided chain stands at this t; the last at T. */
static size_t t_of(size_t j, size_t steps, size_t T)
{
    if (j == steps) return T;
    return 1 + (size_t)floor((double)(T - 1) * (double)(j - 1) / (double)(steps - 1) + 0.5);
}

/* The schedule of the sub-chain: its alpha_bar are those of s at the t it keeps. */
static schedule *sub_schedule(const schedule *s, size_t steps)
{
    double *beta = malloc(steps * sizeof *beta);
    if (!beta) GSL_ERROR_NULL("out of memory for a chain", GSL_ENOMEM);
    size_t before = 0;
    for (size_t j = 1; j <= steps; j++) {
        const size_t t = t_of(j, steps, s->T);
        beta[j - 1] = -expm1(s->log_alpha_bar[t] - s->log_alpha_bar[before]);
        before = t;
    }
    schedule *sub = schedule_from_beta_alloc(beta, steps);
    free(beta);
    return sub;
}

static int walk(denoise *w, double *x, size_t n, const schedule *s, const denoise_options *how)
{
    const size_t T = w->k->T;
    start(x, n, w->D, 1.0, how);
    if (stopped(how, T, x, n)) return GSL_EFAILED;
    for (size_t j = s->T; j >= 1; j--) {
        const size_t t = t_of(j, s->T, T), next = j > 1 ? t_of(j - 1, s->T, T) : 0;
        denoise_run(&(denoise_job){.w = w,
                                   .x = x,
                                   .one_t = t,
                                   .n = n,
                                   .use = use_step,
                                   .to = x,
                                   .s = s,
                                   .place = j,
                                   .seed = how->seed,
                                   .first = how->first,
                                   .number = t});
        if (stopped(how, next, x, n)) return GSL_EFAILED;
    }
    return finish(x, n * w->D);
}

int denoise_sample(denoise *w, double *x, size_t n, const denoise_options *how)
{
    if (!how) how = &defaults;
    const size_t T = w->k->T;
    int status = denoise_check_kernel(w);
    if (status != GSL_SUCCESS) return status;
    if (how->steps == 0 || how->steps == T) return walk(w, x, n, w->k->s, how);
    if (how->steps > T || w->sigma2)
        GSL_ERROR("a strided chain has 1..T steps and variances of its own", GSL_EINVAL);
    schedule *sub = sub_schedule(w->k->s, how->steps);
    if (!sub) return GSL_ENOMEM;
    status = walk(w, x, n, sub, how);
    schedule_free(sub);
    return status;
}

/* ---- In one call ------------------------------------------------------------------------------ */

int denoise_one_shot(denoise *w, double *x, size_t n, const denoise_options *how)
{
    if (!how) how = &defaults;
    const size_t T = w->k->T;
    start(x, n, w->D, w->k->s ? 1.0 : w->k->noise[T], how);
    if (stopped(how, T, x, n)) return GSL_EFAILED;
    size_t *t = malloc((n + 1) * sizeof *t);
    if (!t) GSL_ERROR("out of memory for a sample", GSL_ENOMEM);
    for (size_t i = 0; i < n; i++) t[i] = T;
    denoise_x0(w, x, x, t, n);
    free(t);
    return stopped(how, 0, x, n) ? GSL_EFAILED : finish(x, n * w->D);
}

/* ---- Annealed Langevin ------------------------------------------------------------------------ */

/* score = -eps_hat / sigma_t. */
static void use_langevin(const denoise_job *job, size_t i, size_t t, const real *out)
{
    const denoise *w = job->w;
    counter_rng rng = noise_of(job, i);
    for (size_t d = 0; d < w->D; d++) {
        double *const x = &job->to[i * w->D + d];
        const double score = -denoise_eps_of(w, t, *x, out[d]) / w->k->noise[t];
        *x += job->step * score + sqrt(2.0 * job->step) * counter_normal(&rng);
    }
}

int denoise_langevin(denoise *w, double *x, size_t n, const denoise_anneal *levels,
                     const denoise_options *how)
{
    if (!how) how = &defaults;
    const task *k = w->k;
    if (k->s) GSL_ERROR("annealed Langevin dynamics is for NCSN tasks", GSL_EINVAL);
    if (!(levels->repeats >= 1 && levels->size > 0.0))
        GSL_ERROR("annealed Langevin dynamics needs repeats >= 1, size > 0", GSL_EINVAL);
    start(x, n, w->D, k->noise[k->T], how);
    if (stopped(how, k->T, x, n)) return GSL_EFAILED;
    for (size_t done = 0; done < k->T; done++) {
        const size_t t = levels->upward ? done + 1 : k->T - done;
        for (size_t r = 0; r < levels->repeats; r++)
            denoise_run(
                &(denoise_job){.w = w,
                               .x = x,
                               .one_t = t,
                               .n = n,
                               .use = use_langevin,
                               .to = x,
                               .seed = how->seed,
                               .first = how->first,
                               .number = 1 + done * levels->repeats + r,
                               .step = levels->size * gsl_pow_2(k->noise[t] / k->noise[1])});
        if (stopped(how, t - 1, x, n)) return GSL_EFAILED;
    }
    return finish(x, n * w->D);
}
