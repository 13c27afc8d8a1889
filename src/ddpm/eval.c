/* eval.c -- `ddpm eval`: measure a trained network against the law of its data. */
#include "ddpm/eval.h"

#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "check/check.h"
#include "check/output.h"
#include "ddpm/eval_report.h"
#include "ddpm/loaded.h"
#include "ddpm/evaluation.h"
#include "ddpm/numbers.h"

typedef struct request {
    const char *model, *json, *sigma;
    size_t n, respace, threads;
    uint64_t seed;
} request;

static void print_help(void)
{
    printf(
        "usage: ddpm eval --model FILE [options]\n"
        "Measures the averaged parameters of a checkpoint: the denoiser against the exact optimum, "
        "the\nvariational bound beside its baselines, and samples beside data and the noise "
        "floor.\n"
        "  --model FILE      a checkpoint of ddpm train\n"
        "  --n N             samples and data points, 50 .. 20000 (default 4000); the time grows "
        "as n^2\n"
        "  --seed N          of everything random (default 1)\n"
        "  --sigma WORD      variance of the reverse kernel: beta, beta_tilde, learned (default: "
        "as trained)\n"
        "  --respace K       sample with K of the T steps (2 .. T); the bound is always that of "
        "all T\n"
        "  --json FILE       also write every number, complete or not at all\n"
        "  --threads N       1 .. 64 (default: one per processor)\n"
        "  --help            print this\n"
        "exit status: 0 measured (whatever the numbers say), 2 bad usage or a file that cannot be "
        "used\n");
}

static request read_request(int argc, char **argv)
{
    enum { MODEL, N, SEED, SIGMA, RESPACE, JSON, THREADS, HELP };
    static const struct option options[] = {{"model", required_argument, NULL, MODEL},
                                            {"n", required_argument, NULL, N},
                                            {"seed", required_argument, NULL, SEED},
                                            {"sigma", required_argument, NULL, SIGMA},
                                            {"respace", required_argument, NULL, RESPACE},
                                            {"json", required_argument, NULL, JSON},
                                            {"threads", required_argument, NULL, THREADS},
                                            {"help", no_argument, NULL, HELP},
                                            {NULL, 0, NULL, 0}};
    request r = {.n = 4000, .seed = 1};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case MODEL: r.model = optarg; break;
        case N: r.n = (size_t)numbers_whole("n", optarg, 50, 20000); break;
        case SEED: r.seed = numbers_whole("seed", optarg, 0, 4294967295.0); break;
        case SIGMA: r.sigma = optarg; break;
        case RESPACE: r.respace = (size_t)numbers_whole("respace", optarg, 2, 1e7); break;
        case JSON: r.json = optarg; break;
        case THREADS: r.threads = (size_t)numbers_whole("threads", optarg, 1, 64); break;
        case HELP: print_help(); exit(0);
        default: exit(2); /* getopt has named the option */
        }
    }
    if (optind < argc)
        check_refuse("ddpm eval: unexpected argument '%s'; try --help", argv[optind]);
    if (!r.model) check_refuse("ddpm eval: --model FILE is missing; try --help");
    return r;
}

static void measure(evaluation *e, loaded *l)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    if (!rng) check_refuse("ddpm eval: out of memory");
    gsl_rng_set(rng, e->seed);
    model_print(l->m, &l->words, stdout);
    evaluation_excess(e, l);
    eval_report_excess(e);
    fflush(stdout);
    evaluation_bound(e, l, rng);
    eval_report_bound(e, l);
    fflush(stdout);
    evaluation_samples(e, l, rng);
    eval_report_samples(e, l);
    gsl_rng_free(rng);
}

int eval_main(int argc, char **argv)
{
    const request r = read_request(argc, argv);
    loaded l;
    loaded_open(&l, r.model, r.sigma, r.threads, true, NULL);
    if (r.respace > l.m->s->T)
        check_refuse("--respace %zu: the chain of %s has %zu steps", r.respace, r.model, l.m->s->T);
    output *json = r.json ? output_open("--json", r.json) : NULL; /* now, not after the work */
    evaluation e = {.n = r.n, .respace = r.respace, .seed = r.seed};
    measure(&e, &l);
    if (json && !eval_report_json(&e, &l, r.model, json->stream))
        check_refuse("--json %s: out of memory", r.json);
    if (json) output_close(json);
    evaluation_free(&e);
    loaded_close(&l);
    return 0;
}
