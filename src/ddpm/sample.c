/* sample.c -- `ddpm sample`: draw samples from a trained network. */
#include "ddpm/sample.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "check/check.h"
#include "ddpm/loaded.h"
#include "ddpm/numbers.h"
#include "ddpm/sample_files.h"

typedef struct request {
    const char *model, *out, *strip, *gif, *sigma;
    size_t n, steps, threads;
    uint64_t seed;
} request;

static void print_help(void)
{
    printf(
        "usage: ddpm sample --model FILE [options]\n"
        "Walks from noise to data, t = T .. 1, with the averaged parameters of a checkpoint.\n"
        "  --model FILE      a checkpoint of ddpm train\n"
        "  --n N             samples, 1 .. 10^7 (default 1000; 64 images)\n"
        "  --seed N          (default 1); the same seed gives the same bytes\n"
        "  --out FILE        FILE.png for a sheet of images, FILE.npy for NumPy (float64), any "
        "other "
        "name for\n"
        "                    tab-separated numbers; complete or not at all (default: standard "
        "output)\n"
        "  --strip FILE.png  images: the way of the first 8 samples from noise\n"
        "  --gif FILE.gif    images: the first 36 samples being denoised, as a film\n"
        "  --respace K       K of the T steps, evenly spread (2 .. T; also --steps K)\n"
        "  --sigma WORD      variance of the reverse kernel: beta, beta_tilde, learned (default: "
        "as trained)\n"
        "  --threads N       1 .. 64 (default: one per processor); changes no byte\n"
        "  --help            print this\n"
        "exit status: 0 good, 2 bad usage or a file that cannot be used\n");
}

static request read_request(int argc, char **argv)
{
    enum { MODEL, N, SEED, OUT, STRIP, GIF, RESPACE, SIGMA, THREADS, HELP };
    static const struct option options[] = {{"model", required_argument, NULL, MODEL},
                                            {"n", required_argument, NULL, N},
                                            {"seed", required_argument, NULL, SEED},
                                            {"out", required_argument, NULL, OUT},
                                            {"strip", required_argument, NULL, STRIP},
                                            {"gif", required_argument, NULL, GIF},
                                            {"respace", required_argument, NULL, RESPACE},
                                            {"steps", required_argument, NULL, RESPACE},
                                            {"sigma", required_argument, NULL, SIGMA},
                                            {"threads", required_argument, NULL, THREADS},
                                            {"help", no_argument, NULL, HELP},
                                            {NULL, 0, NULL, 0}};
    request r = {.seed = 1};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case MODEL: r.model = optarg; break;
        case N: r.n = (size_t)numbers_whole("n", optarg, 1, 1e7); break;
        case SEED: r.seed = numbers_whole("seed", optarg, 0, 18446744073709551615.0); break;
        case OUT: r.out = optarg; break;
        case STRIP: r.strip = optarg; break;
        case GIF: r.gif = optarg; break;
        case RESPACE: r.steps = (size_t)numbers_whole("respace", optarg, 2, 1e7); break;
        case SIGMA: r.sigma = optarg; break;
        case THREADS: r.threads = (size_t)numbers_whole("threads", optarg, 1, 64); break;
        case HELP: print_help(); exit(0);
        default: exit(2); /* getopt has named the option */
        }
    }
    if (optind < argc)
        check_refuse("ddpm sample: unexpected argument '%s'; try --help", argv[optind]);
    if (!r.model) check_refuse("ddpm sample: --model FILE is missing; try --help");
    return r;
}

int sample_main(int argc, char **argv)
{
    request r = read_request(argc, argv);
    loaded l;
    loaded_open(&l, r.model, r.sigma, r.threads, false, NULL);
    const sample_shape shape = {l.m->D, l.m->rows, l.m->columns};
    sample_files_check(r.out, &shape);
    if (r.n == 0) r.n = shape.rows > 0 ? 64 : 1000;
    if (r.steps > l.m->s->T)
        check_refuse("--respace %zu: the chain of %s has %zu steps", r.steps, r.model, l.m->s->T);
    if (r.n > SIZE_MAX / sizeof(double) / l.m->D) check_refuse("--n %zu: too many", r.n);
    double *x = malloc(r.n * l.m->D * sizeof *x);
    if (!x) check_refuse("--n %zu: out of memory", r.n);
    sample_way way = sample_way_start(r.strip, r.gif, r.n, l.m->s->T, &shape);
    const bool seen = r.strip || r.gif;
    loaded_sample(&l, x, r.n, r.seed, r.steps, seen ? sample_way_see : NULL, &way);
    sample_way_end(&way, r.strip);
    if (r.out || !seen) sample_files_write(r.out, x, r.n, &shape);
    free(x);
    loaded_close(&l);
    return 0;
}
