/* train.c -- `ddpm train`: train a network on a data set, interruptible and resumable bit by bit. */
#include "ddpm/train.h"

#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gsl/gsl_errno.h>

#include "check/check.h"
#include "ddpm/model.h"
#include "ddpm/numbers.h"
#include "ddpm/progress.h"
#include "ddpm/words.h"
#include "train/store.h"
#include "train/trainer.h"

typedef struct request {
    words given;
    const char *out;
    bool resume, overwrite;
    uint64_t save_every, stop_at; /* 0: not given */
    size_t threads;
} request;

/* Everything a training needs while it runs. */
typedef struct session {
    const request *r;
    words words;
    checkpoint *from; /* the words may point into it */
    model *m;
    trainer *w;
    uint64_t saved; /* step of the checkpoint on the disk */
    double seconds; /* spent in run */
} session;

/* ---- Command line ------------------------------------------------------------------------------ */

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
        "  --threads N        1 .. 64 (default: one per processor); changes no byte\n"
        "  --help             print this\n"
        "exit status: 0 trained, 1 a number was not finite, 2 bad usage or a file that cannot be "
        "used,\n"
        "             130 or 143 stopped by SIGINT or SIGTERM\n"
        "docs/ddpm.md has a tutorial and the format of the checkpoint.\n");
}

enum { OUT = WORDS, RESUME, OVERWRITE, SAVE_EVERY, STOP_AT, THREADS, HELP, OPTIONS };

static void list_options(struct option options[OPTIONS + 1])
{
    static const struct option own[] = {{"out", required_argument, NULL, OUT},
                                        {"resume", no_argument, NULL, RESUME},
                                        {"overwrite", no_argument, NULL, OVERWRITE},
                                        {"save-every", required_argument, NULL, SAVE_EVERY},
                                        {"stop-at", required_argument, NULL, STOP_AT},
                                        {"threads", required_argument, NULL, THREADS},
                                        {"help", no_argument, NULL, HELP},
                                        {NULL, 0, NULL, 0}};
    for (int i = 0; i < WORDS; i++)
        options[i] = (struct option){words_name((word)i), required_argument, NULL, i};
    memcpy(options + WORDS, own, sizeof own);
}

static void read_request(request *r, int argc, char **argv)
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

/* ---- Beginning --------------------------------------------------------------------------------- */

static void begin_new(session *s)
{
    if (access(s->r->out, F_OK) == 0 && !s->r->overwrite)
        check_refuse("--out %s: exists; --resume continues it, --overwrite replaces it", s->r->out);
    for (int i = 0; i < WORDS; i++)
        if (s->r->given.text[i]) words_set(&s->words, (word)i, s->r->given.text[i]);
    words_default(&s->words);
    s->m = model_from_words(&s->words);
}

/* More steps than planned are the same training only if the rate does not know the plan. */
static void extend(session *s)
{
    const words *given = &s->r->given;
    if (!given->text[WORD_STEPS]) return;
    const uint64_t planned = words_whole(&s->words, WORD_STEPS),
                   asked = words_whole(given, WORD_STEPS);
    if (asked == planned) return;
    if (asked < planned)
        check_refuse("--resume: --steps %" PRIu64 " is less than the %" PRIu64
                     " that %s is planned "
                     "for; --stop-at stops earlier",
                     asked, planned, s->r->out);
    if (words_number(&s->words, WORD_DECAY) > 0.0)
        check_refuse("--resume: --steps %" PRIu64 " contradicts %s, whose learning rate falls over "
                     "%" PRIu64 " steps; only a training with --decay 0 can be extended",
                     asked, s->r->out, planned);
    words_set(&s->words, WORD_STEPS, given->text[WORD_STEPS]);
}

static void begin_again(session *s)
{
    char error[CHECKPOINT_ERROR];
    const char *path = s->r->out;
    s->from = checkpoint_read(path, error, sizeof error);
    if (!s->from) check_refuse("--resume: %s", error);
    words_find(&s->words, s->from);
    words_agree(&s->r->given, &s->words, WORD_STEPS, path);
    s->m = model_from_checkpoint(&s->words, s->from, path, true);
    extend(s);
}

static void begin(session *s)
{
    char error[CHECKPOINT_ERROR];
    if (s->r->resume)
        begin_again(s);
    else
        begin_new(s);
    const adapt_data data = adapt_toy_data(&s->m->units);
    const trainer_config config = model_config(&s->words, s->r->threads);
    s->w = trainer_alloc(s->m->net, s->m->k, &data, &config, error, sizeof error);
    if (!s->w) check_refuse("ddpm train: %s", error);
    if (s->r->resume && !store_find_trainer(s->from, s->w, error, sizeof error))
        check_refuse("--resume: %s: %s", s->r->out, error);
    s->saved = s->w->step;
}

/* ---- Saving ------------------------------------------------------------------------------------ */

static bool save(session *s, char *error, size_t error_size)
{
    checkpoint *c = checkpoint_alloc();
    if (!c) return safetensors_fail(error, error_size, "%s: out of memory", s->r->out);
    const bool good = model_store(s->m, &s->words, c, error, error_size) &&
                      store_trainer(c, s->w, error, error_size) &&
                      checkpoint_write(c, s->r->out, error, error_size);
    checkpoint_free(c);
    if (good) s->saved = s->w->step;
    return good;
}

static void save_or_refuse(session *s)
{
    char error[CHECKPOINT_ERROR];
    if (save(s, error, sizeof error)) return;
    if (s->saved < s->w->step)
        check_refuse("ddpm train: %s; it still holds step %" PRIu64, error, s->saved);
    check_refuse("ddpm train: %s", error);
}

/* A disk that is full for a while does not end the training. */
static void save_or_warn(session *s, progress *p)
{
    char error[CHECKPOINT_ERROR];
    if (save(s, error, sizeof error)) return;
    progress_end(p);
    fprintf(stderr, "ddpm train: %s; going on, the next checkpoint is due in %" PRIu64 " steps\n",
            error, s->r->save_every);
}

/* ---- Training ---------------------------------------------------------------------------------- */

static volatile sig_atomic_t caught; /* the signal that asked to stop */

static void catch_signal(int number)
{
    caught = number;
}

/* Once: a second Ctrl-C ends the program at once, and the file on the disk is still whole. */
static void listen_to_signals(void)
{
    struct sigaction a = {.sa_handler = catch_signal, .sa_flags = (int)SA_RESETHAND | SA_RESTART};
    sigemptyset(&a.sa_mask);
    sigaction(SIGINT, &a, NULL);
    sigaction(SIGTERM, &a, NULL);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error of write */
}

/* Mean loss since the last line. */
typedef struct recent {
    double sum;
    uint64_t n;
} recent;

static void report(session *s, progress *p, recent *losses)
{
    const trainer *w = s->w;
    losses->sum += w->loss;
    losses->n++;
    if (!progress_due(p, w->step)) return;
    const double pace = (double)(w->step - p->first) / progress_seconds(p);
    progress_show(p, w->step, "loss %.5g  lr %.2g  %.0f steps/s", losses->sum / (double)losses->n,
                  w->rate, pace);
    *losses = (recent){0};
}

static _Noreturn void give_up(const session *s)
{
    fprintf(stderr, "ddpm train: %s\nthe last good checkpoint is %s, step %" PRIu64 "\n",
            s->w->fault, s->r->out, s->saved);
    exit(1);
}

/* Steps up to `last`, or until a signal. */
static void run(session *s, uint64_t last)
{
    progress p = progress_start("step", s->w->step, s->w->config.steps);
    recent losses = {0};
    while (s->w->step < last && !caught) {
        if (trainer_step(s->w) != GSL_SUCCESS) {
            progress_end(&p);
            give_up(s);
        }
        report(s, &p, &losses);
        if (s->w->step % s->r->save_every == 0 && s->w->step < last) save_or_warn(s, &p);
    }
    progress_end(&p);
    s->seconds = progress_seconds(&p);
}

static int finish(session *s)
{
    char time[32];
    const uint64_t step = s->w->step, steps = s->w->config.steps;
    progress_print_time(time, sizeof time, s->seconds);
    if (s->saved < step) save_or_refuse(s);
    printf("%s: step %" PRIu64 " of %" PRIu64 ", after %s\n", s->r->out, step, steps, time);
    if (step < steps) {
        printf("continue with: ddpm train --resume --out %s\n", s->r->out);
        return caught ? 128 + caught : 0;
    }
    printf("next: ddpm sample --model %s --out samples.tsv; ddpm eval --model %s\n", s->r->out,
           s->r->out);
    return 0;
}

int train_main(int argc, char **argv)
{
    static request r = {.save_every = 1000};
    read_request(&r, argc, argv);
    session s = {.r = &r};
    begin(&s);
    listen_to_signals();
    const uint64_t steps = s.w->config.steps;
    if (!r.resume) save_or_refuse(&s); /* now, not after an hour: can it be written? */
    model_print(s.m, &s.words, stdout);
    fflush(stdout);
    run(&s, r.stop_at > 0 && r.stop_at < steps ? r.stop_at : steps);
    const int status = finish(&s);
    trainer_free(s.w);
    model_free(s.m);
    checkpoint_free(s.from);
    return status;
}
