/* sample.c -- `ddpm sample`: draw samples from a trained network. */
#include "ddpm/sample.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "check/output.h"
#include "ddpm/loaded.h"
#include "ddpm/numbers.h"

typedef struct request {
    const char *model, *out, *sigma;
    size_t n, steps, threads;
    uint64_t seed;
} request;

static void print_help(void)
{
    printf(
        "usage: ddpm sample --model FILE [options]\n"
        "Walks from noise to data, t = T .. 1, with the averaged parameters of a checkpoint.\n"
        "  --model FILE      a checkpoint of ddpm train\n"
        "  --n N             samples, 1 .. 10^7 (default 1000)\n"
        "  --seed N          (default 1); the same seed gives the same bytes\n"
        "  --out FILE        FILE.npy for NumPy (float64), any other name for tab-separated "
        "numbers;\n"
        "                    complete or not at all (default: standard output)\n"
        "  --respace K       K of the T steps, evenly spread (2 .. T; also --steps K)\n"
        "  --sigma WORD      variance of the reverse kernel: beta, beta_tilde, learned (default: "
        "as trained)\n"
        "  --threads N       1 .. 64 (default: one per processor); changes no byte\n"
        "  --help            print this\n"
        "exit status: 0 good, 2 bad usage or a file that cannot be used\n");
}

static request read_request(int argc, char **argv)
{
    enum { MODEL, N, SEED, OUT, RESPACE, SIGMA, THREADS, HELP };
    static const struct option options[] = {{"model", required_argument, NULL, MODEL},
                                            {"n", required_argument, NULL, N},
                                            {"seed", required_argument, NULL, SEED},
                                            {"out", required_argument, NULL, OUT},
                                            {"respace", required_argument, NULL, RESPACE},
                                            {"steps", required_argument, NULL, RESPACE},
                                            {"sigma", required_argument, NULL, SIGMA},
                                            {"threads", required_argument, NULL, THREADS},
                                            {"help", no_argument, NULL, HELP},
                                            {NULL, 0, NULL, 0}};
    request r = {.n = 1000, .seed = 1};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case MODEL: r.model = optarg; break;
        case N: r.n = (size_t)numbers_whole("n", optarg, 1, 1e7); break;
        case SEED: r.seed = numbers_whole("seed", optarg, 0, 18446744073709551615.0); break;
        case OUT: r.out = optarg; break;
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

/* ---- Writing ----------------------------------------------------------------------------------- */

static void write_tsv(FILE *f, const double *x, size_t n, size_t D)
{
    fputc('#', f);
    for (size_t d = 0; d < D; d++) fprintf(f, "%cx_%zu", d > 0 ? '\t' : ' ', d + 1);
    fputc('\n', f);
    for (size_t i = 0; i < n && !ferror(f); i++)
        for (size_t d = 0; d < D; d++) fprintf(f, "%.9g%c", x[i * D + d], d + 1 < D ? '\t' : '\n');
}

/* NumPy's format, version 1.0: magic, length of the header, a Python literal padded to 64 bytes, data. */
static void write_npy(FILE *f, const double *x, size_t n, size_t D)
{
    char head[192];
    memset(head, ' ', sizeof head);
    memcpy(head, "\x93NUMPY\x01\x00", 8);
    const int text =
        snprintf(head + 10, sizeof head - 10,
                 "{'descr': '<f8', 'fortran_order': False, 'shape': (%zu, %zu), }", n, D);
    const size_t length = ((size_t)text + 11 + 63) / 64 * 64;
    head[10 + text] = ' ';
    head[length - 1] = '\n';
    head[8] = (char)(length - 10);
    head[9] = 0;
    fwrite(head, 1, length, f);
    fwrite(x, sizeof *x, n * D, f);
}

static bool ends_with(const char *text, const char *end)
{
    const size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static void write_samples(const char *path, const double *x, size_t n, size_t D)
{
    if (!path) {
        write_tsv(stdout, x, n, D);
        if (fflush(stdout) != 0 || ferror(stdout))
            check_refuse("ddpm sample: cannot write: %s", strerror(errno));
        return;
    }
    output *o = output_open("--out", path);
    if (ends_with(path, ".npy"))
        write_npy(o->stream, x, n, D);
    else
        write_tsv(o->stream, x, n, D);
    output_close(o);
}

int sample_main(int argc, char **argv)
{
    const request r = read_request(argc, argv);
    loaded l;
    loaded_open(&l, r.model, r.sigma, r.threads, false);
    if (r.steps > l.m->s->T)
        check_refuse("--respace %zu: the chain of %s has %zu steps", r.steps, r.model, l.m->s->T);
    if (r.n > SIZE_MAX / sizeof(double) / l.m->D) check_refuse("--n %zu: too many", r.n);
    double *x = malloc(r.n * l.m->D * sizeof *x);
    if (!x) check_refuse("--n %zu: out of memory", r.n);
    loaded_sample(&l, x, r.n, r.seed, r.steps);
    write_samples(r.out, x, r.n, l.m->D);
    free(x);
    loaded_close(&l);
    return 0;
}
