/* training.c -- a training of `ddpm train`, from its beginning or from a checkpoint to its end. */
#include "ddpm/training.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <gsl/gsl_errno.h>

#include "check/check.h"
#include "ddpm/progress.h"
#include "ddpm/training_log.h"
#include "train/store.h"

/* Everything a training needs while it runs. */
typedef struct training {
    const training_request *r;
    words words;
    checkpoint *from; /* the words may point into it */
    model *m;
    trainer *w;
    training_log *log; /* NULL: none */
    uint64_t saved;    /* step of the checkpoint on the disk */
    double seconds;    /* spent in run */
} training;

/* ---- Beginning --------------------------------------------------------------------------------- */

static void begin_new(training *s)
{
    if (access(s->r->out, F_OK) == 0 && !s->r->overwrite)
        check_refuse("--out %s: exists; --resume continues it, --overwrite replaces it", s->r->out);
    for (int i = 0; i < WORDS; i++)
        if (s->r->given.text[i]) words_set(&s->words, (word)i, s->r->given.text[i]);
    words_default(&s->words);
    s->m = model_from_words(&s->words, s->r->mnist);
}

/* More steps than planned are the same training only if the rate does not know the plan. */
static void extend(training *s)
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

static void begin_again(training *s)
{
    char error[CHECKPOINT_ERROR];
    const char *path = s->r->out;
    s->from = checkpoint_read(path, error, sizeof error);
    if (!s->from) check_refuse("--resume: %s", error);
    words_find(&s->words, s->from);
    words_agree(&s->r->given, &s->words, WORD_STEPS, path);
    s->m = model_from_checkpoint(&s->words, s->from, path, true, s->r->mnist);
    extend(s);
}

static void begin(training *s)
{
    char error[CHECKPOINT_ERROR];
    if (s->r->resume)
        begin_again(s);
    else
        begin_new(s);
    const adapt_data data = model_data(s->m);
    const trainer_config config = model_config(&s->words, s->r->threads);
    s->w = trainer_alloc(s->m->net, s->m->k, &data, &config, error, sizeof error);
    if (!s->w) check_refuse("ddpm train: %s", error);
    if (s->r->resume && !store_find_trainer(s->from, s->w, error, sizeof error))
        check_refuse("--resume: %s: %s", s->r->out, error);
    s->saved = s->w->step;
    if (s->r->log) s->log = training_log_open(s->r->log, s->w->step);
}

/* ---- Saving ------------------------------------------------------------------------------------ */

static bool save(training *s, char *error, size_t error_size)
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

static void save_or_refuse(training *s)
{
    char error[CHECKPOINT_ERROR];
    if (save(s, error, sizeof error)) return;
    if (s->saved < s->w->step)
        check_refuse("ddpm train: %s; it still holds step %" PRIu64, error, s->saved);
    check_refuse("ddpm train: %s", error);
}

/* A disk that is full for a while does not end the training. */
static void save_or_warn(training *s, progress *p)
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

/* Asked twice is asked once: timeout(1) sends its signal to the process and to its group, and stopping takes
 * no longer than a step and a checkpoint. */
static void listen_to_signals(void)
{
    struct sigaction a = {.sa_handler = catch_signal, .sa_flags = SA_RESTART};
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

static void add_loss(recent *r, double loss)
{
    r->sum += loss;
    r->n++;
}

static void report(training *s, progress *p, recent *losses)
{
    const trainer *w = s->w;
    char pace_of_images[32] = "";
    add_loss(losses, w->loss);
    if (!progress_due(p, w->step)) return;
    const double pace = (double)(w->step - p->first) / progress_seconds(p);
    if (s->m->i)
        snprintf(pace_of_images, sizeof pace_of_images, "  %.0f images/s",
                 pace * (double)w->config.batch);
    progress_show(p, w->step, "loss %.5g  lr %.2g  %.*f steps/s%s", losses->sum / (double)losses->n,
                  w->rate, pace < 20.0 ? 1 : 0, pace, pace_of_images);
    *losses = (recent){0};
}

/* One line of the log for every 500th part of the training. */
static void log_step(training *s, const progress *p, recent *losses)
{
    const trainer *w = s->w;
    const uint64_t every = (w->config.steps + 499) / 500;
    if (!s->log) return;
    add_loss(losses, w->loss);
    if (w->step % every != 0 && w->step != w->config.steps) return;
    training_log_line(s->log, w->step, w->step * w->config.batch, progress_seconds(p),
                      losses->sum / (double)losses->n, w->rate);
    *losses = (recent){0};
}

static _Noreturn void give_up(const training *s)
{
    fprintf(stderr, "ddpm train: %s\nthe last good checkpoint is %s, step %" PRIu64 "\n",
            s->w->fault, s->r->out, s->saved);
    exit(1);
}

/* Steps up to `last`, or until a signal. */
static void run(training *s, uint64_t last)
{
    progress p = progress_start("step", s->w->step, s->w->config.steps);
    recent losses = {0}, logged = {0};
    while (s->w->step < last && !caught) {
        if (trainer_step(s->w) != GSL_SUCCESS) {
            progress_end(&p);
            give_up(s);
        }
        report(s, &p, &losses);
        log_step(s, &p, &logged);
        if (s->w->step % s->r->save_every == 0 && s->w->step < last) save_or_warn(s, &p);
    }
    progress_end(&p);
    s->seconds = progress_seconds(&p);
}

static int finish(training *s)
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
    printf("next: ddpm sample --model %s --out samples.%s; ddpm eval --model %s\n", s->r->out,
           s->m->rows ? "png" : "tsv", s->r->out);
    return 0;
}

int training_run(const training_request *r)
{
    training s = {.r = r};
    begin(&s);
    listen_to_signals();
    const uint64_t steps = s.w->config.steps;
    if (!r->resume) save_or_refuse(&s); /* now, not after an hour: can it be written? */
    model_print(s.m, &s.words, stdout);
    fflush(stdout);
    run(&s, r->stop_at > 0 && r->stop_at < steps ? r->stop_at : steps);
    const int status = finish(&s);
    training_log_close(s.log);
    trainer_free(s.w);
    model_free(s.m);
    checkpoint_free(s.from);
    return status;
}
