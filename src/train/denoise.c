/* denoise.c -- a trained network at work: batches, and one point for the theory. */
#include "train/denoise.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>

#include "theory/predict.h"
#include "train/denoise_job.h"

/* ---- Room ------------------------------------------------------------------------------------- */

/* Samples per call of the network: as many as keep its workspace near 4 MB, 8 to 64. */
static size_t block_of(const network *net)
{
    size_t block = 64;
    while (block > 8 && net->workspace(net, block) > (size_t)1 << 20) block /= 2;
    return block;
}

/* All lanes in one block of memory. */
static denoise_room *make_room(const network *net)
{
    denoise_room *room = calloc(1, sizeof *room);
    if (!room) return NULL;
    const size_t block = block_of(net);
    const size_t space = GSL_MAX(net->workspace(net, block), net->workspace(net, 1));
    const size_t reals = block * (net->in + net->out) + space;
    const size_t bytes = reals * sizeof(real) + block * sizeof(size_t);
    const size_t line = (bytes + 63) / 64 * 64;
    char *memory = room->memory = calloc(DENOISE_LANES, line);
    if (!memory) {
        free(room);
        return NULL;
    }
    room->block = block;
    for (size_t j = 0; j < DENOISE_LANES; j++) {
        size_t *const t = (void *)(memory + j * line);
        real *const x = (void *)(t + block);
        room->lane[j] = (denoise_lane){x, x + block * net->in, x + block * (net->in + net->out), t};
    }
    return room;
}

denoise *denoise_alloc(const network *net, const task *k, const real *theta, size_t threads)
{
    denoise *w = calloc(1, sizeof *w);
    if (!w) GSL_ERROR_NULL("no memory for a denoiser", GSL_ENOMEM);
    *w = (denoise){.net = net, .k = k, .theta = theta, .D = net->in, .sigma = k->sigma};
    w->room = make_room(net);
    w->pool = w->room ? parallel_alloc(threads) : NULL;
    if (w->pool) return w;
    denoise_free(w);
    GSL_ERROR_NULL("no memory or threads for a denoiser", GSL_ENOMEM);
}

void denoise_free(denoise *w)
{
    if (!w) return;
    parallel_free(w->pool);
    if (w->room) free(w->room->memory);
    free(w->room);
    free(w);
}

/* ---- The network on a batch ------------------------------------------------------------------- */

static void run_block(const denoise_job *job, const denoise_lane *lane, size_t first, size_t n)
{
    const denoise *w = job->w;
    const size_t D = w->D;
    for (size_t i = 0; i < n; i++) {
        const size_t t = job->t ? job->t[first + i] : job->one_t;
        lane->t[i] = t;
        for (size_t d = 0; d < D; d++)
            lane->x[i * D + d] = (real)(w->k->input[t] * job->x[(first + i) * D + d]);
    }
    w->net->forward(w->net, lane->out, lane->x, lane->t, n, w->theta, lane->workspace);
    for (size_t i = 0; i < n; i++)
        job->use(job, first + i, lane->t[i], lane->out + i * w->net->out);
}

/* Lane j does blocks j, j + DENOISE_LANES, ... */
static void run_lane(size_t j, void *params)
{
    const denoise_job *job = params;
    const denoise_lane *lane = &job->w->room->lane[j];
    for (size_t first = j * job->block; first < job->n; first += DENOISE_LANES * job->block)
        run_block(job, lane, first, GSL_MIN(job->n - first, job->block));
}

void denoise_run(denoise_job *job)
{
    const size_t share = (job->n + DENOISE_LANES - 1) / DENOISE_LANES;
    job->block = GSL_MAX(1, GSL_MIN(share, job->w->room->block));
    const size_t blocks = (job->n + job->block - 1) / job->block;
    parallel_run(job->w->pool, GSL_MIN(blocks, DENOISE_LANES), run_lane, job);
}

double denoise_eps_of(const denoise *w, size_t t, double x_t, real out)
{
    return w->k->eps_x[t] * x_t + w->k->eps_out[t] * (double)out;
}

static void use_eps(const denoise_job *job, size_t i, size_t t, const real *out)
{
    const size_t D = job->w->D;
    for (size_t d = 0; d < D; d++)
        job->to[i * D + d] = denoise_eps_of(job->w, t, job->x[i * D + d], out[d]);
}

int denoise_eps(denoise *w, double *eps_hat, const double *x_t, const size_t *t, size_t n)
{
    denoise_run(&(denoise_job){.w = w, .x = x_t, .t = t, .n = n, .use = use_eps, .to = eps_hat});
    return GSL_SUCCESS;
}

static void use_x0(const denoise_job *job, size_t i, size_t t, const real *out)
{
    const task *k = job->w->k;
    const size_t D = job->w->D;
    for (size_t d = 0; d < D; d++) {
        const double x = job->x[i * D + d], eps = denoise_eps_of(job->w, t, x, out[d]);
        job->to[i * D + d] = (x - k->noise[t] * eps) / k->signal[t];
    }
}

int denoise_x0(denoise *w, double *x_0_hat, const double *x_t, const size_t *t, size_t n)
{
    denoise_run(&(denoise_job){.w = w, .x = x_t, .t = t, .n = n, .use = use_x0, .to = x_0_hat});
    return GSL_SUCCESS;
}

/* ---- The reverse kernel ----------------------------------------------------------------------- */

int denoise_check_kernel(const denoise *w)
{
    if (!w->k->s) GSL_ERROR("an NCSN has no reverse kernel", GSL_EINVAL);
    if (w->sigma == TASK_LEARNED && w->k->sigma != TASK_LEARNED && !w->sigma2)
        GSL_ERROR("this network has not learned a variance", GSL_EINVAL);
    return GSL_SUCCESS;
}

double denoise_var_of(const denoise *w, const schedule *s, size_t j, const real *logit)
{
    if (w->sigma2) return w->sigma2[j];
    if (w->sigma == TASK_BETA || s->T == 1) return s->beta[j];
    if (w->sigma == TASK_BETA_TILDE) return j > 1 ? s->beta_tilde[j] : s->beta[1];
    const double low = log(s->beta_tilde[j > 1 ? j : 2]), high = log(s->beta[j]);
    return exp(task_between(low, high, (double)*logit));
}

static void use_kernel(const denoise_job *job, size_t i, size_t t, const real *out)
{
    const denoise *w = job->w;
    const size_t D = w->D;
    for (size_t d = 0; d < D; d++) {
        const double x = job->x[i * D + d], eps = denoise_eps_of(w, t, x, out[d]);
        if (job->to) job->to[i * D + d] = predict_mean_from_eps(w->k->s, t, x, eps);
        if (job->to_var)
            job->to_var[i * D + d] = denoise_var_of(w, w->k->s, t, out + w->net->out - D + d);
    }
}

int denoise_kernel(denoise *w, double *mean, double *var, const double *x_t, const size_t *t,
                   size_t n)
{
    const int status = denoise_check_kernel(w);
    if (status != GSL_SUCCESS) return status;
    denoise_run(&(denoise_job){
        .w = w, .x = x_t, .t = t, .n = n, .use = use_kernel, .to = mean, .to_var = var});
    return GSL_SUCCESS;
}

/* ---- One point -------------------------------------------------------------------------------- */

static void one_eps(double *eps_hat, const double *x_t, size_t t, size_t D, void *params)
{
    (void)D;
    denoise_eps(params, eps_hat, x_t, &t, 1);
}

denoiser denoise_as_denoiser(denoise *w)
{
    return (denoiser){one_eps, w};
}

static double one_mean(double x_t, size_t t, void *params)
{
    double mean;
    return denoise_kernel(params, &mean, NULL, &x_t, &t, 1) == GSL_SUCCESS ? mean : (double)NAN;
}

/* A fixed variance asks no network. */
static double one_var(double x_t, size_t t, void *params)
{
    denoise *w = params;
    double var;
    if (w->sigma2 || w->sigma != TASK_LEARNED) return denoise_var_of(w, w->k->s, t, NULL);
    return denoise_kernel(w, NULL, &var, &x_t, &t, 1) == GSL_SUCCESS ? var : (double)NAN;
}

reverse_model denoise_as_reverse_model(denoise *w)
{
    return (reverse_model){one_mean, one_var, w};
}
