/* train.c -- `ddpm train`: the command line. */
#include "ddpm/train.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "ddpm/numbers.h"
#include "ddpm/training.h"

static void print_help(void)
{
    printf(
        "usage: ddpm train --out FILE [options]\n"
        "Trains a network to denoise and writes a checkpoint; Ctrl-C stops after the present step "
        "and\nwrites one too.\n\nwhat is trained (all of it is stored in the checkpoint):\n");
    words_help(stdout);
    printf(
        "\nhow:\n"
        "  --out FILE         the checkpoint, a safetensors file; never half-written\n"
        "  --resume           continue the training in --out: the final file has the same bytes as "
        "if it had\n"
        "                     not been interrupted.  Other options are taken from the file; given "
        "again, they\n"
        "                     must agree with it (--steps may grow if the file has --decay 0)\n"
        "  --overwrite        replace an existing --out\n"
        "  --save-every N     steps between two checkpoints (default 1000)\n"
        "  --stop-at STEP     stop after this step as Ctrl-C does\n"
        "  --log FILE         also write step, images, seconds, loss and rate to FILE, 500 lines "
        "in "
        "all\n"
        "  --mnist DIR        where the files of --data mnist are (default MNIST_DIR, then "
        "build/mnist)\n"
        "  --threads N        1 .. 64 (default: one per processor); changes no byte\n"
        "  --help             print this\n"
        "exit status: 0 trained, 1 a number was not finite, 2 bad usage or a file that cannot be "
        "used,\n"
        "             130 or 143 stopped by SIGINT or SIGTERM\n"
        "docs/ddpm.md has a tutorial and the format of the checkpoint.\n");
}

enum { OUT = WORDS, RESUME, OVERWRITE, SAVE_EVERY, STOP_AT, LOG, MNIST, THREADS, HELP, OPTIONS };

static void list_options(struct option options[OPTIONS + 1])
{
    static const struct option own[] = {{"out", required_argument, NULL, OUT},
                                        {"resume", no_argument, NULL, RESUME},
                                        {"overwrite", no_argument, NULL, OVERWRITE},
                                        {"save-every", required_argument, NULL, SAVE_EVERY},
                                        {"stop-at", required_argument, NULL, STOP_AT},
                                        {"log", required_argument, NULL, LOG},
                                        {"mnist", required_argument, NULL, MNIST},
                                        {"threads", required_argument, NULL, THREADS},
                                        {"help", no_argument, NULL, HELP},
                                        {NULL, 0, NULL, 0}};
    for (int i = 0; i < WORDS; i++)
        options[i] = (struct option){words_name((word)i), required_argument, NULL, i};
    memcpy(options + WORDS, own, sizeof own);
}

static void read_request(training_request *r, int argc, char **argv)
{
    struct option options[OPTIONS + 1];
    list_options(options);
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case OUT: r->out = optarg; break;
        case RESUME: r->resume = true; break;
        case OVERWRITE: r->overwrite = true; break;
        case SAVE_EVERY: r->save_every = numbers_whole("save-every", optarg, 1, 1e12); break;
        case STOP_AT: r->stop_at = numbers_whole("stop-at", optarg, 1, 1e12); break;
        case LOG: r->log = optarg; break;
        case MNIST: r->mnist = optarg; break;
        case THREADS: r->threads = (size_t)numbers_whole("threads", optarg, 1, 64); break;
        case HELP: print_help(); exit(0);
        case '?': exit(2); /* getopt has named the option */
        default: words_set(&r->given, (word)option, optarg);
        }
    }
    if (optind < argc)
        check_refuse("ddpm train: unexpected argument '%s'; try --help", argv[optind]);
    if (!r->out) check_refuse("ddpm train: --out FILE is missing; try --help");
    if (r->resume && r->overwrite) check_refuse("--resume and --overwrite contradict each other");
}

int train_main(int argc, char **argv)
{
    static training_request r = {.save_every = 1000};
    read_request(&r, argc, argv);
    return training_run(&r);
}
