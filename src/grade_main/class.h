/* class.h -- a class being graded: the pool (class.c), one student (worker.c), the marks (merge.c). */
#ifndef CLASS_H
#define CLASS_H

#include "grade/summary.h"
#include "grade_main/grade_main.h"

enum { WORKER_KEPT = 10, WORKER_FAULT = 11 };

/* A submission: where it is, and whose. */
typedef struct candidate {
    char path[2048], id[128];
} candidate;

/* The name of its folder or file. */
const char *candidate_name(const candidate *c);

typedef struct run {
    const options *o;
    workshop w;
    roster students;
    candidate *list;
    size_t n;
    const char *assignment;
    char out[1024]; /* the directory of the tables */
    uint64_t key;   /* of everything that marks depend on besides the submission */
    char error[2048];
} run;

/* Each assignment has a directory of its own: --out, or grades/NAME. */
void class_out(run *r);

/* The roster is kept with the tables, so that it need not be given every time: reads the one given, or
 * that one; keeps the one given.  Return false, and r->error says why. */
bool class_roster(run *r);
bool class_keep_roster(run *r);

/* Writes the tables, with a file of marks or NULL, and prints what there is to say about them. */
bool class_tables(run *r, const char *marks);

/* A hash of everything that marks depend on besides the submission. */
uint64_t worker_key(const run *r);

/* Grades one student and writes the results.
 * Returns  the exit status of the worker: 0; WORKER_KEPT when the stored result is current;
 *          WORKER_FAULT when the confinement failed (the result says so, and is not final). */
int worker_grade(run *r, const candidate *c, unsigned slot);

/* The worker died or hung: that is written down too. */
void worker_write_failure(const run *r, const candidate *c);

#endif
