/* remote.h -- the grader's end of the wire: starts the function server, calls, and says what
 * happened.
 */
#ifndef GRADE_REMOTE_H
#define GRADE_REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "grade/function.h"
#include "grade/sandbox.h"
#include "grade/text.h"
#include "theory/schedule.h"

/* The reference values of a replaced function; the question comes from the student's process.
 * Args  out  at most WIRE_MAX_NUMBERS.
 * Returns  how many; 0 when the question makes no sense. */
typedef size_t remote_reference(void *context, enum function_id f, const schedule *s, size_t t,
                                size_t n, const double *in, size_t count, double *out);

typedef struct remote_options {
    const char *server;         /* path of the server program, readable by the confined uid */
    const char *scratch;        /* directory with the library */
    const char *library;        /* path of the library */
    double call_seconds;        /* wall time of one call: 2 */
    double total_seconds;       /* of all calls together: 10 */
    schedule *const *schedules; /* numbered from 1 on the wire */
    size_t n_schedules;
    remote_reference *reference;
    void *context;
} remote_options;

typedef struct remote {
    confinement where;
    remote_options options;
    pid_t pid; /* 0 when not running */
    int to, from, console;
    uint64_t next_id, nonce;
    double spent; /* seconds */
    bool late;    /* a call ran out of time */
    bool fault;   /* the confinement could not be started */
    size_t asked;
    size_t printed; /* bytes on the student's standard output and error */
    text console_text;
    bool present[F_COUNT], replaced[F_COUNT];
} remote;

enum remote_status {
    REMOTE_OK,
    REMOTE_MISSING, /* the function is not in the student's file */
    REMOTE_FAILED,  /* why says what happened; the server is gone */
    REMOTE_SPENT    /* no time is left for this student */
};

void remote_open(remote *r, const confinement *where, const remote_options *options);
void remote_close(remote *r);

/* Replaces a function by the reference from now on (restarts the server). */
void remote_replace(remote *r, enum function_id f);

/* The next call starts a fresh server. */
void remote_restart(remote *r);

/* One call; starts the server when it is not running.
 * Args     which     1 .. n_schedules, 0 for none
 *          out [n_out]
 *          why       receives one plain sentence unless the result is REMOTE_OK */
enum remote_status remote_call(remote *r, enum function_id f, size_t which, size_t t, size_t n,
                               const double *in, size_t count, double *out, size_t n_out, char *why,
                               size_t why_size);

#endif
