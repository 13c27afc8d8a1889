/* server.h -- the parts of the function server. */
#ifndef GRADE_SERVER_H
#define GRADE_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "grade/function.h"

struct noise_schedule; /* lessons/homework/noise.h */

/* One call: the schedule (or NULL), t, n (a length: T or D) and the numbers. */
typedef struct call {
    const struct noise_schedule *s;
    unsigned schedule; /* its number on the wire */
    size_t t, n;
    const double *in;
    size_t count;
} call;

/* The student's functions as found in the library; NULL when missing. */
extern void *student_function[F_COUNT];
extern bool function_replaced[F_COUNT];

/* Calls the student's function of number f; out receives its numbers.
 * Returns how many, or 0 when the function is missing. */
size_t adaptor_call(enum function_id f, const call *c, double *out);

/* Asks the grader for the reference values of a replaced function; out receives n_out numbers, NaN
 * when the grader has none. */
void server_ask(enum function_id f, const struct noise_schedule *s, size_t t, size_t n,
                const double *in, size_t count, double *out, size_t n_out);

/* The seccomp filters: the first is installed before the student's library is loaded, the second
 * (no more opening of files) before the first call.  Both end the process on refusal. */
bool filter_install(bool loading);

#endif
