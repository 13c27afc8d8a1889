/* wire.h -- what the grader and the function server say to each other over two pipes.
 *
 * A message is a wire_head followed by `count` doubles.  The grader sends schedules and calls; the
 * server answers each call with its numbers.  Nothing that the server says is believed: the grader
 * compares the numbers with its own.  When a function is replaced (its item has been judged wrong),
 * the server asks for the reference values instead of calling the student's function. */
#ifndef GRADE_WIRE_H
#define GRADE_WIRE_H

#include <stdint.h>

enum { WIRE_MAGIC = 0x64647031, WIRE_MAX_NUMBERS = 16384 };

enum wire_kind {
    WIRE_SCHEDULE = 1, /* grader: schedule number `schedule`, t = T, beta alpha alpha_bar var_bar */
    WIRE_REPLACE,      /* grader: function `function` is replaced by the reference from now on */
    WIRE_CALL,         /* grader: call `function` with schedule, t, n and these numbers */
    WIRE_READY, /* server: the student's library is loaded; one number per function, 1 if there */
    WIRE_REPLY, /* server: the numbers of call `id` */
    WIRE_ASK,   /* server: the reference values of a replaced function, inside call `id` */
    WIRE_ANSWER /* grader: these values; none when the question makes no sense */
};

typedef struct wire_head {
    uint32_t magic, kind;
    uint64_t id;
    uint32_t function, schedule;
    uint32_t t, n;
    uint32_t count, unused;
} wire_head;

/* Descriptors in the server: requests come in on 3, replies go out on 4. */
enum { WIRE_FD_IN = 3, WIRE_FD_OUT = 4, WIRE_SCHEDULES = 16 };

#endif
