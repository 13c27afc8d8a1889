/* options.c -- the command line every lesson shares. */
#include "check/options.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check/lesson.h"

static const uint64_t default_seed = 20251122;

_Noreturn void check_refuse(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(2);
}

static void print_help(const lesson *L, const char *program)
{
    printf(
        "Lesson %d.  %s\n\n"
        "usage: %s [options]\n"
        "  --seed S|random   seed of all random checks (default %llu); always printed\n"
        "  --effort X        multiply the sample sizes by X, 0.01 .. 1000 (default 1)\n"
        "  --quick           train networks for a fiftieth of the steps: the checks hold, the\n"
        "                    measured outcomes mean nothing\n"
        "  --random-only     only the checks that use random numbers\n"
        "  --fail-fast       stop at the first failed check\n"
        "  --tap             print TAP instead of the transcript\n"
        "  --json FILE       also write every check as JSON\n"
        "  --out DIR         write the data of the figures to DIR\n"
        "  --schedule WORD   schedule of the figure: linear, cosine, quadratic, sigmoid, "
        "constant,\n"
        "                    file:PATH, L1000, S10, S50, BAD50, COS1000, COS50 (checks keep "
        "theirs)\n"
        "  --T N, --beta-min X, --beta-max X   its steps and betas\n"
        "  --mnist DIR|none  directory of the MNIST files (default MNIST_DIR, then build/mnist)\n"
        "  --model FILE      another trained network than the one that comes with the lesson\n"
        "  --list            print the claims of this lesson\n"
        "  --help            print this\n"
        "exit status: 0 all passed, 1 a check failed, 2 bad usage or a file that cannot be "
        "written\n",
        L->number, L->title, program, (unsigned long long)default_seed);
}

static void print_claims(const lesson *L)
{
    for (size_t i = 0; i < registry_size; i++) {
        const registry_row *row = &registry_rows[i];
        if (registry_in_lesson(row, L->number))
            printf("%s\t%s\t%s\n", row->id, registry_verdict(row), row->statement);
    }
}

static uint64_t random_seed(void)
{
    uint64_t seed = 0;
    FILE *f = fopen("/dev/urandom", "rb");
    const size_t got = f ? fread(&seed, sizeof seed, 1, f) : 0;
    if (f) fclose(f);
    if (got != 1) check_refuse("--seed random: cannot read /dev/urandom");
    return seed >> 1; /* fits the signed readers of other tools */
}

static uint64_t read_seed(const char *text)
{
    if (strcmp(text, "random") == 0) return random_seed();
    char *end;
    errno = 0;
    const unsigned long long seed = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno)
        check_refuse("--seed %s: expected a whole number from 0 to 2^64-1, or random", text);
    return seed;
}

static double read_effort(const char *text)
{
    char *end;
    const double effort = strtod(text, &end);
    if (end == text || *end || !(0.01 <= effort && effort <= 1000.0))
        check_refuse("--effort %s: expected a number from 0.01 to 1000", text);
    return effort;
}

size_t options_read_steps(const char *text)
{
    char *end;
    errno = 0;
    const unsigned long long T = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno || T < 1 || T > 10000000)
        check_refuse("--T %s: expected a whole number from 1 to 10^7", text);
    return (size_t)T;
}

double options_read_beta(const char *option, const char *text)
{
    char *end;
    const double beta = strtod(text, &end);
    if (end == text || *end || !(0.0 < beta && beta < 1.0))
        check_refuse("--%s %s: expected a number strictly between 0 and 1", option, text);
    return beta;
}

/* The directory is made here, so that a bad --out is refused before any work. */
static const char *read_out(const char *dir)
{
    struct stat st;
    if (mkdir(dir, 0777) != 0 && errno != EEXIST)
        check_refuse("--out %s: cannot make the directory: %s", dir, strerror(errno));
    if (stat(dir, &st) != 0 || !S_ISDIR(st.st_mode) || access(dir, W_OK) != 0)
        check_refuse("--out %s: expected a directory that can be written", dir);
    return dir;
}

void options_read(lesson *L, int argc, char **argv)
{
    enum {
        SEED,
        EFFORT,
        QUICK,
        RANDOM_ONLY,
        FAIL_FAST,
        TAP,
        JSON,
        OUT,
        MNIST,
        MODEL,
        LIST,
        HELP,
        SCHEDULE,
        STEPS,
        BETA_MIN,
        BETA_MAX
    };
    static const struct option options[] = {{"seed", required_argument, NULL, SEED},
                                            {"effort", required_argument, NULL, EFFORT},
                                            {"quick", no_argument, NULL, QUICK},
                                            {"random-only", no_argument, NULL, RANDOM_ONLY},
                                            {"fail-fast", no_argument, NULL, FAIL_FAST},
                                            {"tap", no_argument, NULL, TAP},
                                            {"json", required_argument, NULL, JSON},
                                            {"out", required_argument, NULL, OUT},
                                            {"mnist", required_argument, NULL, MNIST},
                                            {"model", required_argument, NULL, MODEL},
                                            {"schedule", required_argument, NULL, SCHEDULE},
                                            {"T", required_argument, NULL, STEPS},
                                            {"beta-min", required_argument, NULL, BETA_MIN},
                                            {"beta-max", required_argument, NULL, BETA_MAX},
                                            {"list", no_argument, NULL, LIST},
                                            {"help", no_argument, NULL, HELP},
                                            {NULL, 0, NULL, 0}};
    L->seed = default_seed;
    L->effort = 1.0;
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case SEED: L->seed = read_seed(optarg); break;
        case EFFORT: L->effort = read_effort(optarg); break;
        case QUICK: L->quick = true; break;
        case RANDOM_ONLY: L->random_only = true; break;
        case FAIL_FAST: L->fail_fast = true; break;
        case TAP: L->tap = true; break;
        case JSON: L->json_path = optarg; break;
        case OUT: L->out_dir = read_out(optarg); break;
        case MNIST: L->mnist_dir = optarg; break;
        case MODEL: L->model_path = optarg; break;
        case SCHEDULE: L->figure.schedule = optarg; break;
        case STEPS: L->figure.T = options_read_steps(optarg); break;
        case BETA_MIN: L->figure.beta_min = options_read_beta("beta-min", optarg); break;
        case BETA_MAX: L->figure.beta_max = options_read_beta("beta-max", optarg); break;
        case LIST: print_claims(L); exit(0);
        case HELP: print_help(L, argv[0]); exit(0);
        default: exit(2); /* getopt has named the option */
        }
    }
    if (optind < argc)
        check_refuse("%s: unexpected argument '%s'; try --help", argv[0], argv[optind]);
}
