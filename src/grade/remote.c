/* remote.c -- calls a student's functions in their own confined process. */
#define _GNU_SOURCE
#include "grade/remote.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "grade/wire.h"

enum { MAX_ASKED = 200000, MAX_PRINTED = 1 << 20, KEPT = 2000, LOADING_SECONDS = 5 };

enum link { LINK_OK, LINK_LATE, LINK_BROKEN, LINK_FLOOD };

void remote_open(remote *r, const confinement *where, const remote_options *options)
{
    *r = (remote){.where = *where, .options = *options, .to = -1, .from = -1, .console = -1};
    if (getrandom(&r->nonce, sizeof r->nonce, 0) != sizeof r->nonce) r->nonce = (uint64_t)getpid();
    signal(SIGPIPE, SIG_IGN);
}

static int stop(remote *r)
{
    int status = 0;
    const int fds[] = {r->to, r->from, r->console};
    if (r->pid > 0) status = sandbox_end(r->pid);
    for (int i = 0; i < 3; i++)
        if (fds[i] >= 0) close(fds[i]);
    r->pid = 0;
    r->to = r->from = r->console = -1;
    return status;
}

void remote_close(remote *r)
{
    stop(r);
    text_free(&r->console_text);
}

void remote_replace(remote *r, enum function_id f)
{
    stop(r);
    r->replaced[f] = true;
}

void remote_restart(remote *r)
{
    stop(r);
}

/* What the student prints is kept (a little of it) and counted, never obeyed. */
static enum link drain_console(remote *r)
{
    char block[4096];
    const ssize_t got = read(r->console, block, sizeof block);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN) {
            close(r->console);
            r->console = -1;
        }
        return LINK_OK;
    }
    r->printed += (size_t)got;
    if (r->console_text.size < KEPT) text_add_bytes(&r->console_text, block, (size_t)got);
    return r->printed > MAX_PRINTED ? LINK_FLOOD : LINK_OK;
}

/* Moves n bytes to or from the server before `until`. */
static enum link transfer(remote *r, bool sending, void *bytes, size_t n, double until)
{
    const int fd = sending ? r->to : r->from;
    for (size_t done = 0; done < n;) {
        struct pollfd both[] = {{.fd = fd, .events = sending ? POLLOUT : POLLIN},
                                {.fd = r->console, .events = POLLIN}};
        const double left = until - sandbox_clock();
        if (left <= 0.0) return LINK_LATE;
        const int ready = poll(both, 2, (int)(1000.0 * left) + 1);
        if (ready < 0 && errno != EINTR) return LINK_BROKEN;
        if (ready <= 0) continue;
        if (both[1].revents && drain_console(r) == LINK_FLOOD) return LINK_FLOOD;
        if (!both[0].revents) continue;
        const ssize_t moved = sending ? write(fd, (char *)bytes + done, n - done)
                                      : read(fd, (char *)bytes + done, n - done);
        if (moved > 0) done += (size_t)moved;
        if (moved == 0 || (moved < 0 && errno != EAGAIN && errno != EINTR)) return LINK_BROKEN;
    }
    return LINK_OK;
}

static enum link send_message(remote *r, wire_head *head, const double *body, double until)
{
    head->magic = WIRE_MAGIC;
    enum link l = transfer(r, true, head, sizeof *head, until);
    if (l == LINK_OK && head->count > 0)
        l = transfer(r, true, (void *)(uintptr_t)body, head->count * sizeof *body, until);
    return l;
}

static enum link receive(remote *r, wire_head *head, double *body, size_t max, double until)
{
    const enum link l = transfer(r, false, head, sizeof *head, until);
    if (l != LINK_OK) return l;
    if (head->magic != WIRE_MAGIC || head->count > max) return LINK_BROKEN;
    return head->count ? transfer(r, false, body, head->count * sizeof *body, until) : LINK_OK;
}

static enum link send_schedules(remote *r, double until)
{
    enum link l = LINK_OK;
    for (size_t i = 0; i < r->options.n_schedules && l == LINK_OK; i++) {
        const schedule *s = r->options.schedules[i];
        const size_t entries = s->T + 1;
        double *body = malloc(4 * entries * sizeof *body);
        if (!body) return LINK_BROKEN;
        memcpy(body, s->beta, entries * sizeof *body);
        memcpy(body + entries, s->alpha, entries * sizeof *body);
        memcpy(body + 2 * entries, s->alpha_bar, entries * sizeof *body);
        memcpy(body + 3 * entries, s->var_bar, entries * sizeof *body);
        wire_head head = {.kind = WIRE_SCHEDULE,
                          .schedule = (uint32_t)i + 1,
                          .t = (uint32_t)s->T,
                          .count = (uint32_t)(4 * entries)};
        l = send_message(r, &head, body, until);
        free(body);
    }
    for (uint32_t f = 0; f < F_COUNT && l == LINK_OK; f++) {
        wire_head head = {.kind = WIRE_REPLACE, .function = f};
        if (r->replaced[f]) l = send_message(r, &head, NULL, until);
    }
    return l;
}

static bool launch(remote *r)
{
    int to[2], from[2], console[2];
    if (pipe2(to, O_CLOEXEC) != 0) return false;
    if (pipe2(from, O_CLOEXEC) != 0) return false;
    if (pipe2(console, O_CLOEXEC) != 0) return false;
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    const char *const argv[] = {r->options.server, r->options.library, NULL};
    const sandbox_job job = {.argv = argv,
                             .scratch = r->options.scratch,
                             .readable = r->options.server,
                             .in = null,
                             .out = console[1],
                             .err = console[1],
                             .wire_in = to[0],
                             .wire_out = from[1],
                             .cpu_seconds = (unsigned)r->options.total_seconds + 1,
                             .memory = 512ul << 20,
                             .file_size = 0,
                             .processes = 8};
    r->pid = sandbox_start(&r->where, &job);
    close(null);
    close(to[0]);
    close(from[1]);
    close(console[1]);
    r->to = to[1];
    r->from = from[0];
    r->console = console[0];
    fcntl(r->to, F_SETFL, O_NONBLOCK);
    fcntl(r->from, F_SETFL, O_NONBLOCK);
    fcntl(r->console, F_SETFL, O_NONBLOCK);
    if (r->pid < 0) stop(r);
    return r->pid > 0;
}

/* ---- What went wrong, in one sentence ---- */

static const char *word_of_signal(int signal)
{
    switch (signal) {
    case SIGSEGV:
    case SIGBUS:
        return "crashed: it used memory that is not its own (an index out of range, a write "
               "into an input, endless recursion, or more memory than the limit)";
    case SIGFPE: return "crashed: an integer division by zero";
    case SIGABRT: return "aborted itself";
    case SIGSYS:
        return "was stopped: it asked the system for something that a formula does not need "
               "(a file, a process, a connection)";
    case SIGXCPU:
    case SIGKILL: return "used up its processor time or memory";
    case SIGILL:
    case SIGTRAP: return "crashed: it reached an instruction that cannot be executed";
    default: return "was ended by a signal";
    }
}

static void explain(remote *r, enum link l, const char *name, double allowed, char *why,
                    size_t size)
{
    const struct timespec nap = {.tv_nsec = 2000000}; /* let it finish dying by itself */
    for (int i = 0; i < 50 && l == LINK_BROKEN; i++) {
        siginfo_t end = {.si_pid = 0};
        waitid(P_PID, (id_t)r->pid, &end, WEXITED | WNOHANG | WNOWAIT);
        if (end.si_pid) break;
        nanosleep(&nap, NULL);
    }
    while (r->console >= 0 && r->printed < MAX_PRINTED) {
        const size_t before = r->printed;
        drain_console(r);
        if (r->printed == before) break;
    }
    const int status = stop(r);
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : code > 128 ? code - 128 : 0;
    r->late = r->late || l == LINK_LATE;
    if (l == LINK_LATE)
        snprintf(why, size, "%s gave no answer within %.2g seconds", name, allowed);
    else if (l == LINK_FLOOD)
        snprintf(why, size, "%s was stopped: it printed more than a megabyte", name);
    else if (signal > 0 && !(WIFSIGNALED(status) && signal == SIGKILL))
        snprintf(why, size, "%s %s", name, word_of_signal(signal));
    else if (code == 127)
        snprintf(why, size, "%s calls a function that does not exist", name);
    else if (WIFEXITED(status))
        snprintf(why, size, "%s ended the program (exit) instead of returning a value", name);
    else
        snprintf(why, size, "%s broke the connection to the grader", name);
}

/* ---- Calls ---- */

static enum link start_once(remote *r, double until)
{
    static double present[F_COUNT];
    wire_head head;
    if (!launch(r)) return LINK_BROKEN;
    const enum link l = receive(r, &head, present, F_COUNT, until);
    if (l != LINK_OK) return l;
    if (head.kind != WIRE_READY || head.count != F_COUNT) return LINK_BROKEN;
    for (int f = 0; f < F_COUNT; f++) r->present[f] = present[f] == 1.0;
    return send_schedules(r, until);
}

/* A confinement that could not be started is tried again, and is not held against the student. */
static enum link start(remote *r, double until)
{
    const struct timespec nap = {.tv_nsec = 200000000};
    enum link l = start_once(r, until);
    for (int attempt = 1; l == LINK_BROKEN && attempt < 3; attempt++) {
        while (r->console >= 0 && r->console_text.size == 0 && sandbox_clock() < until) {
            struct pollfd console = {.fd = r->console, .events = POLLIN};
            if (poll(&console, 1, 100) <= 0 || drain_console(r) != LINK_OK) break;
        }
        if (!sandbox_fault(text_of(&r->console_text))) return l;
        stop(r);
        text_free(&r->console_text);
        nanosleep(&nap, NULL);
        l = start_once(r, until);
    }
    r->fault = r->fault || (l == LINK_BROKEN && sandbox_fault(text_of(&r->console_text)));
    return l;
}

static enum link answer_question(remote *r, const wire_head *question, const double *in,
                                 double until)
{
    static double values[WIRE_MAX_NUMBERS];
    const uint32_t f = question->function, k = question->schedule;
    if (f >= F_COUNT || k > r->options.n_schedules || ++r->asked > MAX_ASKED) return LINK_BROKEN;
    const schedule *s = k ? r->options.schedules[k - 1] : NULL;
    wire_head answer = {.kind = WIRE_ANSWER, .id = question->id};
    if (r->replaced[f] && (!s || (question->t >= 1 && question->t <= s->T)))
        answer.count = (uint32_t)r->options.reference(r->options.context, f, s, question->t,
                                                      question->n, in, question->count, values);
    return send_message(r, &answer, values, until);
}

static enum link exchange(remote *r, wire_head *head, const double *in, double *out, size_t n_out,
                          double until)
{
    static double body[WIRE_MAX_NUMBERS];
    const uint64_t id = head->id;
    const uint32_t f = head->function;
    enum link l = send_message(r, head, in, until);
    while (l == LINK_OK) {
        wire_head reply;
        l = receive(r, &reply, body, WIRE_MAX_NUMBERS, until);
        if (l != LINK_OK) break;
        if (reply.kind == WIRE_ASK) {
            l = answer_question(r, &reply, body, until);
            continue;
        }
        if (reply.kind != WIRE_REPLY || reply.id != id || reply.function != f) return LINK_BROKEN;
        if (reply.count != n_out) return LINK_BROKEN;
        memcpy(out, body, n_out * sizeof *out);
        break;
    }
    return l;
}

enum remote_status remote_call(remote *r, enum function_id f, size_t which, size_t t, size_t n,
                               const double *in, size_t count, double *out, size_t n_out, char *why,
                               size_t why_size)
{
    const double begin = sandbox_clock(), left = r->options.total_seconds - r->spent;
    if (left <= 0.0) {
        r->late = true;
        snprintf(why, why_size, "the %g seconds of this submission are used up",
                 r->options.total_seconds);
        return REMOTE_SPENT;
    }
    enum link l = LINK_OK;
    const char *where = function_names[f];
    double allowed = fmin(left, r->options.call_seconds);
    if (r->pid == 0) { /* loading is no call, and a busy machine is not the student's fault */
        allowed = fmin(left, LOADING_SECONDS);
        l = start(r, begin + allowed);
        if (l != LINK_OK) where = "your file, while being loaded,";
        if (l == LINK_OK) allowed = fmin(left, r->options.call_seconds);
    }
    const double until = sandbox_clock() + allowed;
    if (l == LINK_OK && !r->present[f]) {
        snprintf(why, why_size, "there is no function %s in your file", function_names[f]);
        return REMOTE_MISSING;
    }
    wire_head head = {.kind = WIRE_CALL,
                      .id = r->nonce ^ ++r->next_id,
                      .function = (uint32_t)f,
                      .schedule = (uint32_t)which,
                      .t = (uint32_t)t,
                      .n = (uint32_t)n,
                      .count = (uint32_t)count};
    if (l == LINK_OK) l = exchange(r, &head, in, out, n_out, until);
    r->spent += sandbox_clock() - begin;
    if (l == LINK_OK) return REMOTE_OK;
    explain(r, l, where, allowed, why, why_size);
    return REMOTE_FAILED;
}
