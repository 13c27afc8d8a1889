/* classifier.c -- `ddpm classifier`: trains and measures the classifier that judges samples. */
#include "ddpm/classifier.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/check.h"
#include "ddpm/numbers.h"
#include "ddpm/progress.h"
#include "train/classify.h"

typedef struct request {
    const char *data, *mnist, *out, *eval;
    classify_config config;
    bool shaped, overwrite; /* shaped: an option of the training was given */
    size_t threads;
} request;

static void print_help(void)
{
    const classify_config c = classify_defaults();
    printf("usage: ddpm classifier --out FILE [options]     train one\n"
           "       ddpm classifier --eval FILE [options]    measure one\n"
           "A small network that tells which digit is on an image; ddpm eval judges samples with "
           "it.\n"
           "  --data WORD       mnist (default), digits (built-in), idx:DIR\n"
           "  --mnist DIR       where the MNIST files are (default MNIST_DIR, then build/mnist)\n"
           "  --out FILE        a safetensors file of half-precision numbers; never half-written\n"
           "  --overwrite       replace an existing --out\n"
           "  --steps N         of training, 1 .. 10^7 (default %" PRIu64 ")\n"
           "  --batch N         images per step, 1 .. 65536 (default %zu)\n"
           "  --seed N          (default %" PRIu64 ")\n"
           "  --threads N       1 .. 64 (default: one per processor); changes no byte\n"
           "  --help            print this\n"
           "exit status: 0 good, 1 training failed, 2 bad usage or a file that cannot be used\n",
           c.steps, c.batch, c.seed);
}

enum { DATA, MNIST, OUT, EVAL, STEPS, BATCH, SEED, THREADS, OVERWRITE, HELP };

/* One option; getopt has found which. */
static void take(request *r, int option)
{
    switch (option) {
    case DATA: r->data = optarg; break;
    case MNIST: r->mnist = optarg; break;
    case OUT: r->out = optarg; break;
    case EVAL: r->eval = optarg; break;
    case STEPS: r->config.steps = numbers_whole("steps", optarg, 1, 1e7); break;
    case BATCH: r->config.batch = (size_t)numbers_whole("batch", optarg, 1, 65536); break;
    case SEED: r->config.seed = numbers_whole("seed", optarg, 0, 18446744073709551615.0); break;
    case THREADS: r->threads = (size_t)numbers_whole("threads", optarg, 1, 64); break;
    case OVERWRITE: r->overwrite = true; break;
    case HELP: print_help(); exit(0);
    default: exit(2); /* getopt has named the option */
    }
    r->shaped = r->shaped || option == STEPS || option == BATCH || option == SEED;
}

/* A place where nothing can be written is better known before the training than after it. */
static void examine_place(const char *path)
{
    const char *const slash = strrchr(path, '/');
    const size_t n = slash ? (size_t)(slash - path) + 1 : 1;
    char *const dir = calloc(n + 1, 1);
    if (!dir) check_refuse("--out %s: no memory", path);
    memcpy(dir, slash ? path : ".", n);
    if (access(dir, W_OK | X_OK) != 0) check_refuse("--out %s: %s", path, strerror(errno));
    free(dir);
}

static void examine(const request *r)
{
    if (!r->out == !r->eval)
        check_refuse("ddpm classifier: expected --out FILE to train or --eval FILE to measure; try "
                     "--help");
    if (r->eval && (r->shaped || r->overwrite))
        check_refuse("--eval: trains nothing; --steps, --batch, --seed and --overwrite go with "
                     "--out");
    if (!images_word(r->data))
        check_refuse("--data %s: expected mnist, digits or idx:DIR", r->data);
    if (r->out && access(r->out, F_OK) == 0 && !r->overwrite)
        check_refuse("--out %s: exists; --overwrite replaces it", r->out);
    if (r->out) examine_place(r->out);
}

static request read_request(int argc, char **argv)
{
    static const struct option options[] = {{"data", required_argument, NULL, DATA},
                                            {"mnist", required_argument, NULL, MNIST},
                                            {"out", required_argument, NULL, OUT},
                                            {"eval", required_argument, NULL, EVAL},
                                            {"steps", required_argument, NULL, STEPS},
                                            {"batch", required_argument, NULL, BATCH},
                                            {"seed", required_argument, NULL, SEED},
                                            {"threads", required_argument, NULL, THREADS},
                                            {"overwrite", no_argument, NULL, OVERWRITE},
                                            {"help", no_argument, NULL, HELP},
                                            {NULL, 0, NULL, 0}};
    request r = {.data = "mnist", .config = classify_defaults()};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) take(&r, option);
    if (optind < argc)
        check_refuse("ddpm classifier: unexpected argument '%s'; try --help", argv[optind]);
    examine(&r);
    return r;
}

static images *read_part(const request *r, images_part part)
{
    char error[512];
    images *const s = images_read(r->data, part, r->mnist, error, sizeof error);
    if (!s) check_refuse("%s", error);
    return s;
}

/* ---- What came out ----------------------------------------------------------------------------- */

static void print_score(const images *test, const classify_score *score)
{
    printf("test      %s, %zu images, sha256 %.16s\n", test->name, test->n, test->hash);
    printf("accuracy  %.4f +- %.4f (%zu mistakes)\n", score->accuracy, score->accuracy_se,
           score->n - score->right);
    printf("loss      %.4f +- %.4f nats; mean confidence %.4f +- %.4f\n", score->loss,
           score->loss_se, score->confidence, score->confidence_se);
    printf("right class in rows, chosen class in columns:\n");
    for (size_t i = 0; i < LENET_CLASSES; i++) {
        printf("  %zu ", i);
        for (size_t j = 0; j < LENET_CLASSES; j++) printf(" %5zu", score->confusion[i][j]);
        printf("\n");
    }
}

static void print_classifier(const char *path, const classifier *c)
{
    printf("%s: LeNet, trained on %s, %" PRIu64 " steps of %zu, seed %" PRIu64 "\n", path, c->data,
           c->config.steps, c->config.batch, c->config.seed);
    printf("parameters: sha256 %s\n", c->hash);
}

/* ---- Training ---------------------------------------------------------------------------------- */

typedef struct watcher {
    progress shown;
    double mean; /* of the loss, over about the last 50 steps */
} watcher;

static bool watch(uint64_t step, double loss, void *params)
{
    watcher *const w = params;
    w->mean += (loss - w->mean) / (step < 50 ? (double)step : 50.0);
    if (progress_due(&w->shown, step)) progress_show(&w->shown, step, "loss %.4f", w->mean);
    return true;
}

static classifier *train(const request *r, const images *s, parallel *pool)
{
    char error[256];
    watcher w = {.shown = progress_start("step", 0, r->config.steps)};
    classifier *const c = classify_train(s, NULL, &r->config, pool, watch, &w, error, sizeof error);
    progress_end(&w.shown);
    if (!c) {
        fprintf(stderr, "%s\n", error);
        exit(1);
    }
    char time[32];
    progress_print_time(time, sizeof time, progress_seconds(&w.shown));
    fprintf(stderr, "%" PRIu64 " steps in %s\n", r->config.steps, time);
    return c;
}

/* The command that makes the same file again. */
static void store(const request *r, const classifier *c, const images *test,
                  const classify_score *score)
{
    char command[256], accuracy[64], error[512];
    snprintf(command, sizeof command,
             "ddpm classifier --data %s --steps %" PRIu64 " --batch %zu --seed %" PRIu64, r->data,
             c->config.steps, c->config.batch, c->config.seed);
    snprintf(accuracy, sizeof accuracy, "%.4f +- %.4f", score->accuracy, score->accuracy_se);
    const char *const also[] = {"test-data", test->name, "test-sha256", test->hash,
                                "accuracy",  accuracy,   NULL};
    if (!classify_write(c, r->out, command, also, error, sizeof error)) check_refuse("%s", error);
    printf("wrote ");
    print_classifier(r->out, c);
}

int classifier_main(int argc, char **argv)
{
    const request r = read_request(argc, argv);
    parallel *const pool = parallel_alloc(r.threads);
    if (!pool) check_refuse("--threads %zu: no memory or threads", r.threads);
    char error[512];
    classifier *c = r.eval ? classify_read(r.eval, error, sizeof error) : NULL;
    if (r.eval && !c) check_refuse("--eval %s", error);
    images *const test = read_part(&r, IMAGES_TEST);
    if (r.out) {
        images *const s = read_part(&r, IMAGES_TRAIN);
        printf("training  %s, %zu images, sha256 %.16s\n", s->name, s->n, s->hash);
        fflush(stdout);
        c = train(&r, s, pool);
        images_free(s);
    } else {
        print_classifier(r.eval, c);
    }
    classify_score score;
    if (!classify_measure(c, test, NULL, &score, pool)) check_refuse("no memory for the test");
    print_score(test, &score);
    if (r.out) store(&r, c, test, &score);
    classify_free(c);
    images_free(test);
    parallel_free(pool);
    if (fflush(stdout) != 0 || ferror(stdout))
        check_refuse("ddpm classifier: cannot write: %s", strerror(errno));
    return 0;
}
