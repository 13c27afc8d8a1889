/* parallel.c -- a few threads that share out numbered pieces of work. */
#include "train/parallel.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include <gsl/gsl_errno.h>

static const size_t most_threads = 64;

struct parallel {
    size_t helpers;
    pthread_t *helper;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t start, done;
    bool end;
    size_t pieces, next, left; /* next: not yet taken; left: not yet finished */
    void (*work)(size_t piece, void *params);
    void *params;
};

/* Take a piece, do it, take the next; called and left with the lock held. */
static void work_on(parallel *p)
{
    while (p->next < p->pieces) {
        const size_t piece = p->next++;
        pthread_mutex_unlock(&p->lock);
        p->work(piece, p->params);
        pthread_mutex_lock(&p->lock);
        if (--p->left == 0) pthread_cond_signal(&p->done);
    }
}

static void *help(void *params)
{
    parallel *p = params;
    pthread_mutex_lock(&p->lock);
    while (!p->end) {
        work_on(p);
        if (!p->end) pthread_cond_wait(&p->start, &p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

void parallel_run(parallel *p, size_t pieces, void (*work)(size_t piece, void *params),
                  void *params)
{
    if (!p || p->helpers == 0 || pieces <= 1) {
        for (size_t i = 0; i < pieces; i++) work(i, params);
        return;
    }
    pthread_mutex_lock(&p->lock);
    p->work = work;
    p->params = params;
    p->next = 0;
    p->pieces = p->left = pieces;
    pthread_cond_broadcast(&p->start);
    work_on(p);
    while (p->left > 0) pthread_cond_wait(&p->done, &p->lock);
    p->pieces = 0;
    pthread_mutex_unlock(&p->lock);
}

/* Signals are for the caller's thread: Ctrl-C must find it. */
static bool start_helpers(parallel *p, size_t wanted)
{
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    while (p->helpers < wanted && pthread_create(&p->helper[p->helpers], NULL, help, p) == 0)
        p->helpers++;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return p->helpers == wanted;
}

parallel *parallel_alloc(size_t threads)
{
    if (threads == 0) {
        const long online = sysconf(_SC_NPROCESSORS_ONLN);
        threads = online > 1 ? (size_t)online : 1;
    }
    if (threads > most_threads) threads = most_threads;
    parallel *p = calloc(1, sizeof *p);
    pthread_t *helper = calloc(threads, sizeof *helper);
    if (!p || !helper) {
        free(p);
        free(helper);
        GSL_ERROR_NULL("out of memory for threads", GSL_ENOMEM);
    }
    p->helper = helper;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->start, NULL);
    pthread_cond_init(&p->done, NULL);
    if (!start_helpers(p, threads - 1)) {
        parallel_free(p);
        GSL_ERROR_NULL("no more threads to be had", GSL_ENOMEM);
    }
    return p;
}

size_t parallel_threads(const parallel *p)
{
    return p ? p->helpers + 1 : 1;
}

void parallel_free(parallel *p)
{
    if (!p) return;
    pthread_mutex_lock(&p->lock);
    p->end = true;
    pthread_cond_broadcast(&p->start);
    pthread_mutex_unlock(&p->lock);
    for (size_t i = 0; i < p->helpers; i++) pthread_join(p->helper[i], NULL);
    pthread_cond_destroy(&p->done);
    pthread_cond_destroy(&p->start);
    pthread_mutex_destroy(&p->lock);
    free(p->helper);
    free(p);
}
