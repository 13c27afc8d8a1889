/* server.c -- the function server: loads a student's library and answers calls over a pipe.
 *
 * usage: server LIBRARY          (requests on descriptor 3, replies on descriptor 4)
 *
 * It decides nothing.  Before the library is loaded, a seccomp filter takes away everything but
 * memory, the two pipes and opening files for reading (the loader needs that); before the first
 * call opening goes too.  Constructors and resolvers of the library therefore run confined. */
#include "grade_server/server.h"

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "grade/wire.h"
#include "noise.h"

void *student_function[F_COUNT];
bool function_replaced[F_COUNT];

static noise_schedule schedules[WIRE_SCHEDULES];
static double numbers[WIRE_MAX_NUMBERS], results[2 * WIRE_MAX_NUMBERS];
static uint64_t current_id;
static uint32_t next_ask;

static bool read_all(void *to, size_t n)
{
    for (size_t done = 0; done < n;) {
        const ssize_t got = read(WIRE_FD_IN, (char *)to + done, n - done);
        if (got <= 0) return false;
        done += (size_t)got;
    }
    return true;
}

static bool write_all(const void *from, size_t n)
{
    for (size_t done = 0; done < n;) {
        const ssize_t put = write(WIRE_FD_OUT, (const char *)from + done, n - done);
        if (put <= 0) return false;
        done += (size_t)put;
    }
    return true;
}

static bool send_message(const wire_head *head, const double *body)
{
    return write_all(head, sizeof *head) && write_all(body, head->count * sizeof *body);
}

static bool receive(wire_head *head, double *body)
{
    return read_all(head, sizeof *head) && head->magic == WIRE_MAGIC &&
           head->count <= WIRE_MAX_NUMBERS && read_all(body, head->count * sizeof *body);
}

/* The number of a schedule on the wire; a copy of the structure will do.  0 for none. */
static uint32_t number_of(const noise_schedule *s)
{
    for (uint32_t i = 0; s && i < WIRE_SCHEDULES; i++)
        if (schedules[i].beta && s->beta == schedules[i].beta &&
            s->alpha_bar == schedules[i].alpha_bar)
            return i + 1;
    return 0;
}

void server_ask(enum function_id f, const noise_schedule *s, size_t t, size_t n, const double *in,
                size_t count, double *out, size_t n_out)
{
    static double answer[WIRE_MAX_NUMBERS];
    wire_head head = {.magic = WIRE_MAGIC,
                      .kind = WIRE_ASK,
                      .id = current_id,
                      .function = (uint32_t)f,
                      .schedule = number_of(s),
                      .t = (uint32_t)t,
                      .n = (uint32_t)n,
                      .count = (uint32_t)count,
                      .unused = next_ask++};
    for (size_t i = 0; i < n_out; i++) out[i] = (double)NAN;
    if (count > WIRE_MAX_NUMBERS || n > WIRE_MAX_NUMBERS) return;
    if (!send_message(&head, in) || !receive(&head, answer)) _exit(3);
    if (head.kind == WIRE_ANSWER && head.count == n_out) memcpy(out, answer, n_out * sizeof *out);
}

/* The arrays of a schedule live in pages of their own that are read-only from here on: a function
 * that writes into its input dies at once instead of spoiling later calls. */
static bool keep_schedule(const wire_head *head, const double *body)
{
    const size_t entries = (size_t)head->t + 1, bytes = 4 * entries * sizeof(double);
    if (head->schedule < 1 || head->schedule > WIRE_SCHEDULES || head->count != 4 * entries)
        return false;
    double *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) return false;
    memcpy(pages, body, bytes);
    if (mprotect(pages, bytes, PROT_READ) != 0) return false;
    schedules[head->schedule - 1] =
        (noise_schedule){head->t, pages, pages + entries, pages + 2 * entries, pages + 3 * entries};
    return true;
}

static bool answer_call(const wire_head *head)
{
    if (head->function >= F_COUNT || head->schedule > WIRE_SCHEDULES) return false;
    const call c = {.s = head->schedule ? &schedules[head->schedule - 1] : NULL,
                    .schedule = head->schedule,
                    .t = head->t,
                    .n = head->n,
                    .in = numbers,
                    .count = head->count};
    current_id = head->id;
    for (size_t i = 0; i < WIRE_MAX_NUMBERS; i++) results[i] = (double)NAN;
    const size_t n = adaptor_call((enum function_id)head->function, &c, results);
    wire_head reply = *head;
    reply.kind = WIRE_REPLY;
    reply.count = (uint32_t)n;
    return send_message(&reply, results);
}

static bool load(const char *library)
{
    void *handle = dlopen(library, RTLD_LAZY | RTLD_LOCAL);
    if (!handle) {
        fprintf(stderr, "%s\n", dlerror());
        return false;
    }
    double present[F_COUNT];
    for (int f = 0; f < F_COUNT; f++) {
        student_function[f] = dlsym(handle, function_names[f]);
        present[f] = student_function[f] ? 1.0 : 0.0;
    }
    wire_head ready = {.magic = WIRE_MAGIC, .kind = WIRE_READY, .count = F_COUNT};
    return send_message(&ready, present);
}

int main(int argc, char **argv)
{
    if (argc != 2) return 2;
    if (!filter_install(true) || !load(argv[1])) return 2;
    if (!filter_install(false)) return 2;
    for (wire_head head; receive(&head, numbers);) {
        bool ok = false;
        if (head.kind == WIRE_SCHEDULE) ok = keep_schedule(&head, numbers);
        if (head.kind == WIRE_REPLACE && head.function < F_COUNT)
            ok = function_replaced[head.function] = true;
        if (head.kind == WIRE_CALL) ok = answer_call(&head);
        if (!ok) _exit(2);
    }
    _exit(0);
}
