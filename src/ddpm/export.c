/* export.c -- `ddpm export`: a checkpoint reduced to what sampling needs. */
#include "ddpm/export.h"

#include <getopt.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "check/check.h"
#include "ddpm/loaded.h"
#include "net/half.h"
#include "train/store.h"

typedef struct request {
    const char *model, *out;
    bool half, overwrite;
} request;

static void print_help(void)
{
    printf("usage: ddpm export --model FILE --out FILE [options]\n"
           "Writes a checkpoint without the state of its training: the averaged parameters, the "
           "schedule and\nthe words.  It can be sampled and measured, and not resumed.\n"
           "  --model FILE   a checkpoint of ddpm train\n"
           "  --out FILE     the small one\n"
           "  --half         parameters as float16: half the size, 3 decimal digits\n"
           "  --overwrite    replace an existing --out\n"
           "  --help         print this\n"
           "exit status: 0 good, 2 bad usage or a file that cannot be used\n");
}

static request read_request(int argc, char **argv)
{
    enum { MODEL, OUT, HALF, OVERWRITE, HELP };
    static const struct option options[] = {
        {"model", required_argument, NULL, MODEL}, {"out", required_argument, NULL, OUT},
        {"half", no_argument, NULL, HALF},         {"overwrite", no_argument, NULL, OVERWRITE},
        {"help", no_argument, NULL, HELP},         {NULL, 0, NULL, 0}};
    request r = {0};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case MODEL: r.model = optarg; break;
        case OUT: r.out = optarg; break;
        case HALF: r.half = true; break;
        case OVERWRITE: r.overwrite = true; break;
        case HELP: print_help(); exit(0);
        default: exit(2); /* getopt has named the option */
        }
    }
    if (optind < argc)
        check_refuse("ddpm export: unexpected argument '%s'; try --help", argv[optind]);
    if (!r.model) check_refuse("ddpm export: --model FILE is missing; try --help");
    if (!r.out) check_refuse("ddpm export: --out FILE is missing; try --help");
    if (!r.overwrite && access(r.out, F_OK) == 0)
        check_refuse("--out %s: exists; --overwrite replaces it", r.out);
    return r;
}

/* The parameters as float16.   Returns  NULL with the line in error. */
static uint16_t *halves_of(const loaded *l, const char *path, char *error, size_t error_size)
{
    const size_t n = l->m->net->parameters;
    uint16_t *half = malloc(n * sizeof *half);
    if (!half) snprintf(error, error_size, "out of memory");
    for (size_t i = 0; half && i < n; i++) {
        half[i] = half_from_float(l->theta[i]);
        if (isfinite(half_to_float(half[i]))) continue;
        snprintf(error, error_size, "--half: %s has a parameter of %g, beyond the range of float16",
                 path, (double)l->theta[i]);
        free(half);
        return NULL;
    }
    return half;
}

static bool add_halves(checkpoint *c, const network *net, const uint16_t *half, char *error,
                       size_t error_size)
{
    for (size_t i = 0; i < net->tensors; i++) {
        const network_tensor *v = &net->tensor[i];
        if (!checkpoint_add(c, v->name, SAFETENSORS_F16, v->rank, v->shape, half + v->at, error,
                            error_size))
            return false;
    }
    return true;
}

int export_main(int argc, char **argv)
{
    const request r = read_request(argc, argv);
    char error[CHECKPOINT_ERROR] = "out of memory", step[24];
    loaded l;
    loaded_open(&l, r.model, NULL, 1, false, NULL);
    uint16_t *half = r.half ? halves_of(&l, r.model, error, sizeof error) : NULL;
    if (r.half && !half) check_refuse("%s", error);
    checkpoint *c = checkpoint_alloc();
    snprintf(step, sizeof step, "%llu", (unsigned long long)l.step);
    const bool good = c && model_store(l.m, &l.words, c, error, sizeof error) &&
                      checkpoint_set(c, "step", step) && checkpoint_set(c, "task", l.m->k->words) &&
                      (half ? add_halves(c, l.m->net, half, error, sizeof error)
                            : store_parameters(c, l.m->net, l.theta, "", error, sizeof error)) &&
                      checkpoint_write(c, r.out, error, sizeof error);
    if (!good) check_refuse("ddpm export: %s", error);
    printf("%s: %zu parameters as %s, step %s of %s\n", r.out, l.m->net->parameters,
           half ? "float16" : "float32", step, l.words.text[WORD_STEPS]);
    checkpoint_free(c);
    free(half);
    loaded_close(&l);
    return 0;
}
