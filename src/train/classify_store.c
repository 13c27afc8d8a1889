/* classify_store.c -- the classifier in a checkpoint. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/checkpoint.h"
#include "net/half.h"
#include "train/classify_parts.h"
#include "train/store.h"

static const char kind[] = "classifier", network_name[] = "lenet";

void classify_halves(const classifier *c, uint16_t *half)
{
    for (size_t i = 0; i < c->net->parameters; i++) half[i] = half_from_float(c->theta[i]);
}

/* ---- Writing --------------------------------------------------------------------------------- */

static bool set_number(checkpoint *f, const char *key, double value)
{
    char text[32];
    snprintf(text, sizeof text, "%.17g", value);
    return checkpoint_set(f, key, text);
}

static bool set_words(checkpoint *f, const classifier *c, const char *command,
                      const char *const *also)
{
    bool good = checkpoint_set(f, "kind", kind) && checkpoint_set(f, "network", network_name) &&
                checkpoint_set(f, "command", command) && checkpoint_set(f, "data", c->data) &&
                checkpoint_set(f, "data-sha256", c->data_hash) &&
                set_number(f, "steps", (double)c->config.steps) &&
                set_number(f, "batch", (double)c->config.batch) &&
                set_number(f, "rate", c->config.rate) &&
                set_number(f, "shift", (double)c->config.shift);
    char seed[24];
    snprintf(seed, sizeof seed, "%" PRIu64, c->config.seed);
    good = good && checkpoint_set(f, "seed", seed);
    for (; also && also[0]; also += 2) good = good && checkpoint_set(f, also[0], also[1]);
    return good;
}

static bool add_tensors(checkpoint *f, const classifier *c, const uint16_t *half, char *error,
                        size_t error_size)
{
    for (size_t i = 0; i < c->net->tensors; i++) {
        const network_tensor *const v = &c->net->tensor[i];
        if (!checkpoint_add(f, v->name, SAFETENSORS_F16, v->rank, v->shape, half + v->at, error,
                            error_size))
            return false;
    }
    return true;
}

bool classify_write(const classifier *c, const char *path, const char *command,
                    const char *const *also, char *error, size_t error_size)
{
    checkpoint *const f = checkpoint_alloc();
    uint16_t *const half = malloc(c->net->parameters * sizeof *half);
    bool good = f && half;
    if (good) classify_halves(c, half);
    if (!good || !set_words(f, c, command, also))
        good = checkpoint_fail(path, "no memory for the classifier", error, error_size);
    good = good && add_tensors(f, c, half, error, error_size);
    good = good && checkpoint_write(f, path, error, error_size);
    checkpoint_free(f);
    free(half);
    return good;
}

/* ---- Reading --------------------------------------------------------------------------------- */

static bool is_classifier(const checkpoint *f)
{
    const char *const k = checkpoint_get(f, "kind"), *const n = checkpoint_get(f, "network");
    return k && n && strcmp(k, kind) == 0 && strcmp(n, network_name) == 0;
}

static double number_of(const checkpoint *f, const char *key)
{
    const char *const text = checkpoint_get(f, key);
    return text ? strtod(text, NULL) : 0.0;
}

static void copy_word(char *to, size_t size, const checkpoint *f, const char *key)
{
    const char *const text = checkpoint_get(f, key);
    snprintf(to, size, "%s", text ? text : "unknown");
}

/* A whole number that a size_t can hold; 0 for anything else: it is for display only. */
static uint64_t whole(double x)
{
    return x >= 0.0 && x < 1e15 ? (uint64_t)x : 0;
}

static void get_words(classifier *c, const checkpoint *f)
{
    const char *const seed = checkpoint_get(f, "seed");
    copy_word(c->data, sizeof c->data, f, "data");
    copy_word(c->data_hash, sizeof c->data_hash, f, "data-sha256");
    c->config = (classify_config){.batch = (size_t)whole(number_of(f, "batch")),
                                  .steps = whole(number_of(f, "steps")),
                                  .rate = number_of(f, "rate"),
                                  .shift = (size_t)whole(number_of(f, "shift")),
                                  .seed = seed ? strtoull(seed, NULL, 10) : 0};
}

static bool get_parameters(classifier *c, const checkpoint *f, const char *path, char *error,
                           size_t error_size)
{
    char reason[256] = "";
    if (!store_find_parameters(f, c->net, c->theta, "", reason, sizeof reason))
        return checkpoint_fail(path, reason, error, error_size);
    if (!classify_seal(c)) return checkpoint_fail(path, "no memory", error, error_size);
    return classify_finite(c) ||
           checkpoint_fail(path, "a parameter is not finite in half precision", error, error_size);
}

classifier *classify_read(const char *path, char *error, size_t error_size)
{
    checkpoint *const f = checkpoint_read(path, error, error_size);
    if (!f) return NULL;
    classifier *c = NULL;
    if (!is_classifier(f))
        checkpoint_fail(path, "not a classifier, expected a file of ddpm classifier", error,
                        error_size);
    else if (!(c = classify_new()))
        checkpoint_fail(path, "no memory for the classifier", error, error_size);
    else {
        get_words(c, f);
        if (!get_parameters(c, f, path, error, error_size)) {
            classify_free(c);
            c = NULL;
        }
    }
    checkpoint_free(f);
    return c;
}
