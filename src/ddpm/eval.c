/* eval.c -- `ddpm eval`: measure a trained network, of points (here) or of images
 * (eval_images.c). */
#include "ddpm/eval.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "check/check.h"
#include "check/output.h"
#include "ddpm/eval_images.h"
#include "ddpm/eval_report.h"
#include "ddpm/loaded.h"
#include "ddpm/evaluation.h"
#include "ddpm/numbers.h"

typedef struct request {
    const char *sigma;
    size_t threads;
    eval_images_request of; /* of images; model, json, n, respace and seed also of points */
} request;

static void print_help(void)
{
    printf(
        "usage: ddpm eval --model FILE [options]\n"
        "Measures the averaged parameters of a checkpoint.  Of points: the denoiser against the "
        "exact\noptimum, the variational bound beside its baselines, and samples beside data and "
        "the noise floor.\nOf images: bits per dimension beside what simple models need, and "
        "samples judged by a classifier.\n"
        "  --model FILE      a checkpoint of ddpm train\n"
        "  --n N             samples and data points, 50 .. 20000 (default 4000, of images 1000);\n"
        "                    of points the time grows as n^2\n"
        "  --seed N          of everything random (default 1)\n"
        "  --sigma WORD      variance of the reverse kernel: beta, beta_tilde, learned (default: "
        "as trained)\n"
        "  --respace K       sample with K of the T steps (2 .. T; default T, of images 100); the "
        "bound is\n                    always that of all T\n"
        "  --json FILE       also write every number, complete or not at all\n"
        "  --threads N       1 .. 64 (default: one per processor)\n"
        "for images\n"
        "  --calls N         network calls of the bound, at least 4 T (default 64000)\n"
        "  --classifier FILE of ddpm classifier, which judges the samples (default "
        "lessons/trained/lenet_*)\n"
        "  --full            ten times the calls, and samples with all steps (default: 1000 "
        "samples, "
        "100 steps)\n"
        "  --curve FILE      write the bound's term of every t with its error\n"
        "  --mistakes        also print what programs with a common mistake would get\n"
        "  --mnist DIR       where the MNIST files are (default MNIST_DIR, then build/mnist)\n"
        "  --help            print this\n"
        "exit status: 0 measured (whatever the numbers say), 1 the bound of an image model is "
        "worse "
        "than\n8 bits or its network is not finite, 2 bad usage or a file that cannot be used\n");
}

/* The options of images alone. */
static bool read_image_option(eval_images_request *r, int option)
{
    switch (option) {
    case 'c': r->calls = (size_t)numbers_whole("calls", optarg, 4, 1e9); return true;
    case 'f': r->full = true; return true;
    case 'u': r->curve = optarg; return true;
    case 'k': r->mistakes = true; return true;
    case 'd': r->mnist = optarg; return true;
    case 'l': r->classifier = optarg; return true;
    default: return false;
    }
}

static void read_option(request *r, int option)
{
    switch (option) {
    case 'm': r->of.model = optarg; break;
    case 'n': r->of.n = (size_t)numbers_whole("n", optarg, 50, 20000); break;
    case 's': r->of.seed = numbers_whole("seed", optarg, 0, 4294967295.0); break;
    case 'v': r->sigma = optarg; break;
    case 'r': r->of.respace = (size_t)numbers_whole("respace", optarg, 2, 1e7); break;
    case 'j': r->of.json = optarg; break;
    case 't': r->threads = (size_t)numbers_whole("threads", optarg, 1, 64); break;
    case 'h': print_help(); exit(0);
    default:
        if (!read_image_option(&r->of, option)) exit(2); /* getopt has named the option */
    }
}

static request read_request(int argc, char **argv)
{
    static const struct option options[] = {{"model", required_argument, NULL, 'm'},
                                            {"n", required_argument, NULL, 'n'},
                                            {"seed", required_argument, NULL, 's'},
                                            {"sigma", required_argument, NULL, 'v'},
                                            {"respace", required_argument, NULL, 'r'},
                                            {"json", required_argument, NULL, 'j'},
                                            {"threads", required_argument, NULL, 't'},
                                            {"calls", required_argument, NULL, 'c'},
                                            {"full", no_argument, NULL, 'f'},
                                            {"curve", required_argument, NULL, 'u'},
                                            {"mistakes", no_argument, NULL, 'k'},
                                            {"mnist", required_argument, NULL, 'd'},
                                            {"classifier", required_argument, NULL, 'l'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    request r = {.of = {.seed = 1}};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) read_option(&r, option);
    if (optind < argc)
        check_refuse("ddpm eval: unexpected argument '%s'; try --help", argv[optind]);
    if (!r.of.model) check_refuse("ddpm eval: --model FILE is missing; try --help");
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

static void refuse_image_options(const eval_images_request *r)
{
    const char *name = r->calls        ? "calls"
                       : r->full       ? "full"
                       : r->curve      ? "curve"
                       : r->mistakes   ? "mistakes"
                       : r->mnist      ? "mnist"
                       : r->classifier ? "classifier"
                                       : NULL;
    if (name) check_refuse("--%s: only for a model of images, and %s is none", name, r->model);
}

static int eval_points(const eval_images_request *r, loaded *l)
{
    refuse_image_options(r);
    output *json = r->json ? output_open("--json", r->json) : NULL; /* now, not after the work */
    evaluation e = {.n = r->n ? r->n : 4000, .respace = r->respace, .seed = r->seed};
    measure(&e, l);
    if (json && !eval_report_json(&e, l, r->model, json->stream))
        check_refuse("--json %s: out of memory", r->json);
    if (json) output_close(json);
    evaluation_free(&e);
    return 0;
}

int eval_main(int argc, char **argv)
{
    const request r = read_request(argc, argv);
    loaded l;
    loaded_open(&l, r.of.model, r.sigma, r.threads, true, r.of.mnist);
    if (r.of.respace > l.m->s->T)
        check_refuse("--respace %zu: the chain of %s has %zu steps", r.of.respace, r.of.model,
                     l.m->s->T);
    const int status = l.m->i ? eval_images(&r.of, &l) : eval_points(&r.of, &l);
    loaded_close(&l);
    return status;
}
