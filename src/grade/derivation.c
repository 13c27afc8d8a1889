/* derivation.c -- runs the derivation checker on a student's text and reads what it found. */
#define _GNU_SOURCE
#include "grade/derivation.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    CPU_SECONDS = 5,
    MOST_OUTPUT = 1 << 16,
    UNEXPLAINED = 2 /* so many lines on a way of their own deserve a person's eyes */
};

/* ---- Questions ---- */

typedef struct question {
    const char *milestone, *words;
} question;

static const question questions[] = {
    {"HW1-A2",
     "Which term of the reverse sum is of another kind, and what sum is left without it?"},
    {"HW1-B1",
     "Which forward term has no reverse term beside it, and what sum is left without it?"},
    {"HW1-B3", "After which change of the index do both sums run from 2 to T?"},
    {"HW1-C2", "What does Bayes' rule say about q(x_{t-1}|x_t,x_0), and which t does it need?"},
    {"HW1-C3", "What takes the place of log q(x_t|x_{t-1}) from t = 2 on, given x_0?"},
    {"HW1-C4", "Which two marginals are left when the sum telescopes, and what meets them?"},
    {"HW1-D1", "Which expected differences of logarithms are divergences, and with which sign?"},
    {"HW1-D2",
     "Over which state does each expectation still run when x_{t-1} is integrated inside?"},
    {"HW2-B1", "What is the divergence of two normal laws, with the means and variances at t = T?"},
    {"HW2-C3a", "What is left of the divergence when the terms without theta are a constant?"},
    {"HW2-C3", "Which multiple of the difference of the noises is the difference of the means?"},
    {"HW3-A1", "What does the mean look like when only x_0 is replaced?"},
    {"HW3-A2", "What stands before x_t, and what before eps, once they are collected?"},
    {"HW3-A3", "Which relation between beta_t, alpha_t and abar_t makes the coefficients short?"},
    {"HW3-B1", "Which part of the divergence comes from the variances, and which from the means?"},
    {"HW3-B2", "What is left of the divergence when the variances do not depend on theta?"},
    {"HW3-B3", "Which multiple of the difference of the noises is the difference of the means?"},
};

const char *derivation_question(const char *id)
{
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
        if (strcmp(questions[i].milestone, id) == 0) return questions[i].words;
    return "Which line is missing?";
}

/* ---- Running ---- */

static bool write_all(int fd, const char *bytes, size_t n)
{
    for (size_t done = 0; done < n;) {
        const ssize_t put = write(fd, bytes + done, n - done);
        if (put <= 0) return false;
        done += (size_t)put;
    }
    return true;
}

/* The input as a file in memory, so that nobody waits for anybody. */
static int input_of(const derivation_job *job)
{
    char sizes[64];
    const int fd = memfd_create("answer", MFD_CLOEXEC);
    const int n = snprintf(sizes, sizeof sizes, "%zu %zu\n", job->before->size, job->answer->size);
    if (fd >= 0 && write_all(fd, sizes, (size_t)n) &&
        write_all(fd, text_of(job->before), job->before->size) &&
        write_all(fd, text_of(job->answer), job->answer->size) && lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    if (fd >= 0) close(fd);
    return -1;
}

static void read_back(text *to, int fd)
{
    char block[4096];
    ssize_t got;
    if (lseek(fd, 0, SEEK_SET) != 0) return;
    while ((got = read(fd, block, sizeof block)) > 0 && to->size < MOST_OUTPUT)
        text_add_bytes(to, block, (size_t)got);
}

/* Returns whether the program ended by itself; *late whether time ran out. */
static bool run_once(const derivation_job *job, text *out, text *err, bool *late)
{
    const char *const argv[] = {job->program, job->own, job->others, NULL};
    const int files[] = {input_of(job), memfd_create("found", MFD_CLOEXEC),
                         memfd_create("said", MFD_CLOEXEC)};
    const sandbox_job confined = {.argv = argv,
                                  .scratch = job->scratch,
                                  .readable = job->program,
                                  .in = files[0],
                                  .out = files[1],
                                  .err = files[2],
                                  .wire_in = -1,
                                  .wire_out = -1,
                                  .cpu_seconds = CPU_SECONDS,
                                  .memory = 512ul << 20,
                                  .file_size = MOST_OUTPUT,
                                  .processes = 8};
    int status = -1;
    const bool ready = files[0] >= 0 && files[1] >= 0 && files[2] >= 0;
    const pid_t pid = ready ? sandbox_start(job->where, &confined) : -1;
    if (pid > 0) status = sandbox_wait(pid, job->seconds, late);
    if (ready) read_back(out, files[1]), read_back(err, files[2]);
    for (int i = 0; i < 3; i++)
        if (files[i] >= 0) close(files[i]);
    const int signal = pid > 0 && WIFSIGNALED(status) ? WTERMSIG(status)
                       : pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) - 128
                                                      : 0;
    *late = *late || signal == SIGXCPU || signal == SIGKILL;
    return pid > 0 && !*late && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* ---- Reading what was found ---- */

static const char *const state_words[DERIVATION_STATES] = {
    "holds", "wrong", "unclear", "outside", "nothing", "unreadable", "", ""};

static void take_state(derivation *d, const char *value)
{
    for (int s = DERIVATION_HOLDS; s <= DERIVATION_UNREADABLE; s++)
        if (strcmp(value, state_words[s]) == 0) d->state = (enum derivation_state)s;
}

static void take_words(char *to, size_t size, const char *value)
{
    text plain = {0};
    text_add_plain(&plain, value, size - 8);
    snprintf(to, size, "%s", text_of(&plain));
    text_free(&plain);
}

static void take(derivation *d, const char *word, const char *value)
{
    const struct {
        const char *word;
        char *to;
        size_t size;
    } words[] = {
        {"quote", d->quote, sizeof d->quote}, {"reason", d->reason, sizeof d->reason},
        {"world", d->world, sizeof d->world}, {"values", d->values, sizeof d->values},
        {"hint", d->hint, sizeof d->hint},    {"signature", d->signature, sizeof d->signature}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(word, words[i].word) == 0) take_words(words[i].to, words[i].size, value);
    if (strcmp(word, "state") == 0) take_state(d, value);
    if (strcmp(word, "held") == 0) d->held = strtoul(value, NULL, 10);
    if (strcmp(word, "lines") == 0) d->lines = strtoul(value, NULL, 10);
    if (strcmp(word, "unexplained") == 0) d->unexplained = strtoul(value, NULL, 10);
    if (strcmp(word, "restated") == 0) d->restated = true;
    if (strcmp(word, "row") == 0) d->row = strtoul(value, NULL, 10);
    const size_t n = strlen(d->reached);
    if (strcmp(word, "reached") == 0) snprintf(d->reached + n, sizeof d->reached - n, "%s,", value);
}

/* Returns whether the last line was there: otherwise the program was cut off. */
static bool take_all(derivation *d, char *found)
{
    char *save = NULL;
    for (char *line = strtok_r(found, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        char *value = strchr(line, '\t');
        if (!value) return false;
        *value++ = '\0';
        if (strcmp(line, "end") == 0) return true;
        take(d, line, value);
    }
    return false;
}

void derivation_judge(derivation *d, const derivation_job *job)
{
    const struct timespec nap = {.tv_nsec = 200000000};
    for (int attempt = 0; attempt < 3; attempt++) { /* the confinement may be short of something */
        text out = {0}, err = {0};
        bool late = false;
        *d = (derivation){.state = DERIVATION_FAILED};
        text_add_bytes(&out, "", 0), text_add_bytes(&err, "", 0);
        const bool ended = run_once(job, &out, &err, &late);
        d->fault = !ended && !late && sandbox_fault(err.at);
        if (ended && !take_all(d, out.at))
            *d = (derivation){.state = DERIVATION_FAILED};
        else if (late)
            d->state = DERIVATION_COSTLY;
        text_free(&out);
        text_free(&err);
        if (!d->fault) return;
        nanosleep(&nap, NULL);
    }
}

bool derivation_reached(const derivation *d, const char *id)
{
    const size_t n = strlen(id);
    for (const char *at = d->reached; (at = strstr(at, id)); at += n)
        if ((at == d->reached || at[-1] == ',') && at[n] == ',') return true;
    return false;
}

bool derivation_decided(const derivation *d)
{
    return d->state == DERIVATION_WRONG ||
           (d->state == DERIVATION_HOLDS && d->unexplained < UNEXPLAINED);
}
