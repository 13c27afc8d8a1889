/* loaded.c -- a trained network from a checkpoint, ready to work. */
#include "ddpm/loaded.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "check/check.h"
#include "ddpm/progress.h"
#include "train/store.h"

/* The variance that was asked for, if the network has it. */
static task_sigma choose_sigma(const task *k, const char *name, const char *path)
{
    for (int i = 0; i < TASK_SIGMAS; i++) {
        if (strcmp(name, task_sigma_word((task_sigma)i)) != 0) continue;
        if (i == TASK_LEARNED && k->sigma != TASK_LEARNED)
            check_refuse("--sigma learned: %s was trained with --sigma %s; it has no variance to "
                         "offer",
                         path, task_sigma_word(k->sigma));
        return (task_sigma)i;
    }
    check_refuse("--sigma %s: expected one of beta beta_tilde learned", name);
}

void loaded_open(loaded *l, const char *path, const char *sigma, size_t threads, bool with_data,
                 const char *mnist)
{
    char error[CHECKPOINT_ERROR];
    *l = (loaded){.c = checkpoint_read(path, error, sizeof error)};
    if (!l->c) check_refuse("--model %s", error);
    words_find(&l->words, l->c);
    l->m = model_from_checkpoint(&l->words, l->c, path, with_data, mnist);
    l->theta = calloc(l->m->net->parameters, sizeof *l->theta);
    if (!l->theta) check_refuse("ddpm: out of memory");
    if (!store_find_parameters(l->c, l->m->net, l->theta, "", error, sizeof error))
        check_refuse("--model %s: %s", path, error);
    l->w = denoise_alloc(l->m->net, l->m->k, l->theta, threads);
    if (!l->w) check_refuse("ddpm: out of memory or threads");
    if (sigma) l->w->sigma = choose_sigma(l->m->k, sigma, path);
    const char *step = checkpoint_get(l->c, "step");
    l->step = step ? strtoull(step, NULL, 10) : 0;
    const uint64_t steps = words_whole(&l->words, WORD_STEPS);
    if (l->step < steps)
        fprintf(stderr,
                "note: %s holds step %" PRIu64 " of %" PRIu64 ": its training is not "
                "finished\n",
                path, l->step, steps);
}

void loaded_close(loaded *l)
{
    denoise_free(l->w);
    free(l->theta);
    model_free(l->m);
    checkpoint_free(l->c);
}

/* ---- Sampling ---------------------------------------------------------------------------------- */

/* What a terminal shows. */
typedef struct view {
    progress p;
    size_t done, now, T, total;
    void (*see)(size_t t, const double *x, size_t n, void *params);
    void *params;
} view;

static int watch(size_t t, const double *x, size_t n, void *params)
{
    view *v = params;
    if (v->see && v->done == 0) v->see(t, x, n, v->params);
    /* In samples: those done, and of the present piece the part of the chain behind it. */
    const double part = 1.0 - (double)t / (double)v->T;
    const uint64_t done = v->done + (uint64_t)(part * (double)v->now);
    if (v->p.terminal && progress_due(&v->p, done)) progress_show(&v->p, done, "t = %zu", t);
    return 0;
}

void loaded_sample(loaded *l, double *x, size_t n, uint64_t seed, size_t steps,
                   void (*see)(size_t t, const double *x, size_t n, void *params), void *params)
{
    const size_t D = l->m->D;
    view v = {.p = progress_start("sample", 0, n), .T = l->m->s->T, .see = see, .params = params};
    for (; v.done < n; v.done += v.now) {
        v.now = n - v.done < LOADED_PIECE ? n - v.done : LOADED_PIECE;
        const denoise_options how = {
            .seed = seed, .first = v.done, .steps = steps, .watch = watch, .params = &v};
        const int status = denoise_sample(l->w, x + v.done * D, v.now, &how);
        if (status == GSL_SUCCESS) continue;
        progress_end(&v.p);
        check_refuse("ddpm: cannot sample: %s",
                     status == GSL_ERANGE ? "a sample is not finite" : gsl_strerror(status));
    }
    progress_end(&v.p);
    for (size_t i = 0; i < n; i++)
        for (size_t d = 0; d < D; d++) x[i * D + d] = l->m->shift[d] + l->m->scale * x[i * D + d];
}
