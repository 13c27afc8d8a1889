/* experiment.c -- train one network from start to end. */
#include "train/experiment.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static network *perceptron(const experiment *e, const task *k, char *error, size_t error_size)
{
    mlp_spec spec = mlp_default(e->data.D, e->s->T);
    spec.out = task_outputs(k, e->data.D);
    if (e->width) spec.width = e->width;
    if (e->depth) spec.depth = e->depth;
    if (e->embed) spec.embed = e->embed;
    return mlp_alloc(&spec, error, error_size);
}

trained *trained_alloc(const experiment *e, char *error, size_t error_size)
{
    trained *a = calloc(1, sizeof *a);
    if (!a) {
        snprintf(error, error_size, "out of memory");
        return NULL;
    }
    a->k = task_alloc(e->s, e->predict, e->loss, e->sigma, error, error_size);
    if (a->k) a->net = perceptron(e, a->k, error, error_size);
    trainer_config config = e->config;
    if (config.warm_up > config.steps / 10) config.warm_up = config.steps / 10;
    if (a->net) a->w = trainer_alloc(a->net, a->k, &e->data, &config, error, error_size);
    if (a->w) {
        a->use = denoise_alloc(a->net, a->k, a->w->average, e->config.threads);
        if (!a->use) snprintf(error, error_size, "out of memory");
    }
    if (a->use) return a;
    trained_free(a);
    return NULL;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

bool trained_run(trained *a, const char *name, char *error, size_t error_size)
{
    trainer *w = a->w;
    const bool live = isatty(STDERR_FILENO);
    const double begin = seconds();
    double shown = begin, mean = 0.0;
    while (w->step < w->config.steps) {
        if (trainer_step(w) != 0) {
            snprintf(error, error_size, "%s: %s", name, w->fault);
            return false;
        }
        mean += (w->loss - mean) * (mean == 0.0 ? 1.0 : 0.02);
        const double now = seconds();
        if (!live || now - shown < 0.25) continue;
        shown = now;
        fprintf(stderr, "\r%s: step %llu of %llu, loss %.4f, %.0f s left ", name,
                (unsigned long long)w->step, (unsigned long long)w->config.steps, mean,
                (now - begin) * (double)(w->config.steps - w->step) / (double)w->step);
    }
    fprintf(stderr, "%s%s: %llu steps of %zu, %.1f s\n", live ? "\r\033[K" : "", name,
            (unsigned long long)w->step, w->config.batch, seconds() - begin);
    return true;
}

void trained_free(trained *a)
{
    if (!a) return;
    denoise_free(a->use);
    trainer_free(a->w);
    network_free(a->net);
    task_free(a->k);
    free(a);
}
