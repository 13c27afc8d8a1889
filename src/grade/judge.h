/* judge.h -- judges one function of a student: calls it on random inputs and compares. */
#ifndef GRADE_JUDGE_H
#define GRADE_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "grade/exercise.h"
#include "grade/remote.h"

/* The schedules of a grading run. */
enum { JUDGE_SCHEDULES = 5 };
typedef struct judge_world {
    schedule *schedules[JUDGE_SCHEDULES];
    char names[JUDGE_SCHEDULES][32];
    unsigned long seed;
} judge_world;

/* L1000, S10, COS50 and two random ones.  Returns false when out of memory. */
bool judge_world_open(judge_world *w, unsigned long seed);
void judge_world_close(judge_world *w);

/* One call and what came back. */
typedef struct judge_case {
    size_t which, t, n; /* which: index of the schedule, from 0; JUDGE_SCHEDULES for none */
    bool end;           /* t = 1 of an exercise whose end counts apart */
    bool answered;
    double *in, *out, *truth, *tolerance;
} judge_case;

enum judge_result {
    RESULT_RIGHT,
    RESULT_WRONG,
    RESULT_UNWRITTEN, /* NaN everywhere: still the TODO */
    RESULT_MISSING,   /* no such function */
    RESULT_FAILED     /* crashed, hung, was stopped, or differs from call to call */
};

typedef struct verdict {
    enum judge_result result;
    double fraction;       /* of the points */
    bool single_precision; /* right to float's digits only */
    char why[400];         /* a plain sentence; got and expected; "" when right */
    char hint_id[64];      /* of the misprint, mistake or signature; "" when none */
    char hint[300];        /* a question; "" when none */
} verdict;

/* Judges the exercise with calls through r (whose schedules are the world's). */
void judge_exercise(const exercise *e, remote *r, const judge_world *w, verdict *v);

/* Is the value within the tolerance, `loose` times enlarged?  NaN never is. */
bool judge_close(double value, double truth, double tolerance, double loose);

/* The cases of an exercise, all inputs drawn.  Returns how many, 0 when out of memory. */
size_t judge_cases_alloc(const exercise *e, const judge_world *w, judge_case **cases);
void judge_cases_free(judge_case *cases, size_t n);

#endif
