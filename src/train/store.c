/* store.c -- trained parameters and the state of a trainer in a checkpoint. */
#include "train/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

enum { STATES = 3 };
static const char *const prefixes[STATES] = {"train.theta.", "train.m.", "train.v."};

bool store_parameters(checkpoint *c, const network *net, const real *theta, const char *prefix,
                      char *error, size_t error_size)
{
    for (size_t i = 0; i < net->tensors; i++) {
        const network_tensor *v = &net->tensor[i];
        char name[SAFETENSORS_NAME];
        snprintf(name, sizeof name, "%s%s", prefix, v->name);
        if (!checkpoint_add(c, name, SAFETENSORS_F32, v->rank, v->shape, theta + v->at, error,
                            error_size))
            return false;
    }
    return true;
}

bool store_find_parameters(const checkpoint *c, const network *net, real *theta, const char *prefix,
                           char *error, size_t error_size)
{
    for (size_t i = 0; i < net->tensors; i++) {
        const network_tensor *v = &net->tensor[i];
        char name[SAFETENSORS_NAME];
        snprintf(name, sizeof name, "%s%s", prefix, v->name);
        if (!checkpoint_find_floats(c, name, v->rank, v->shape, theta + v->at, error, error_size))
            return false;
    }
    return true;
}

/* The words on which the steps to come depend, besides "step". */
typedef struct words {
    const char *key[3];
    char value[3][80];
} words;

static words words_of(const trainer *w)
{
    words s = {.key = {"task", "batch", "seed"}};
    snprintf(s.value[0], sizeof s.value[0], "%s", w->k->words);
    snprintf(s.value[1], sizeof s.value[1], "%zu", w->config.batch);
    snprintf(s.value[2], sizeof s.value[2], "%" PRIu64, w->config.seed);
    return s;
}

bool store_trainer(checkpoint *c, const trainer *w, char *error, size_t error_size)
{
    const real *const state[STATES] = {w->theta, w->m, w->v};
    char step[24];
    const words s = words_of(w);
    snprintf(step, sizeof step, "%" PRIu64, w->step);
    bool set = checkpoint_set(c, "step", step);
    for (size_t i = 0; i < 3; i++) set = set && checkpoint_set(c, s.key[i], s.value[i]);
    if (!set) return safetensors_fail(error, error_size, "no memory for the checkpoint");
    if (!store_parameters(c, w->net, w->average, "", error, error_size)) return false;
    for (size_t i = 0; i < STATES; i++)
        if (!store_parameters(c, w->net, state[i], prefixes[i], error, error_size)) return false;
    return true;
}

/* A tensor that only a training needs. */
static const char *first_state(const network *net, char *name)
{
    snprintf(name, SAFETENSORS_NAME, "%s%s", prefixes[0], net->tensor[0].name);
    return name;
}

bool store_find_trainer(const checkpoint *c, trainer *w, char *error, size_t error_size)
{
    real *const state[STATES] = {w->theta, w->m, w->v};
    const words s = words_of(w);
    const char *const step = checkpoint_get(c, "step");
    uint64_t number;
    char rest, name[SAFETENSORS_NAME];
    if (!step || sscanf(step, "%" SCNu64 "%c", &number, &rest) != 1)
        return safetensors_fail(error, error_size, "no state of a training in the checkpoint");
    for (size_t i = 0; i < 3; i++) {
        const char *const was = checkpoint_get(c, s.key[i]);
        if (!was || strcmp(was, s.value[i]) != 0)
            return safetensors_fail(error, error_size,
                                    "the checkpoint was trained with %s %.60s, not %.60s", s.key[i],
                                    was ? was : "(none)", s.value[i]);
    }
    if (!safetensors_find(c->header, first_state(w->net, name)))
        return safetensors_fail(error, error_size, "no state of a training in the checkpoint");
    if (!store_find_parameters(c, w->net, w->average, "", error, error_size)) return false;
    for (size_t i = 0; i < STATES; i++)
        if (!store_find_parameters(c, w->net, state[i], prefixes[i], error, error_size))
            return false;
    if (trainer_resume(w, number) != GSL_SUCCESS)
        return safetensors_fail(error, error_size, "%s", w->fault);
    return true;
}
