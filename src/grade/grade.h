/* grade.h -- grades one submission: answers, then code, then what waits for a person. */
#ifndef GRADE_GRADE_H
#define GRADE_GRADE_H

#include <stdbool.h>
#include <stddef.h>

#include "grade/judge.h"
#include "grade/points.h"
#include "grade/sandbox.h"
#include "grade/sheet.h"
#include "grade/submission.h"
#include "grade/text.h"

/* What every submission of a run shares. */
typedef struct workshop {
    const char *homework;  /* lessons/homework: points.tsv, headers, rubric.tsv, choices.tsv */
    const char *solutions; /* directory with NAME/answers.txt: the key of the choices */
    const char *compiler;
    const char *salt;
    confinement where;
    points_table points;
    sheet rubric, choices;
    char base[256]; /* scratch directory of the run */
    /* Copies in it of the function server, and of the derivation checker that stands beside it. */
    char server[300], deriver[300];
    unsigned slot;
} workshop;

/* Opens the workshop: reads the tables, makes the scratch directory, copies the server program
 * there. where must have been chosen.  Returns false with one line in error. */
bool workshop_open(workshop *w, const char *server, char *error, size_t error_size);
void workshop_close(workshop *w);

/* Makes an empty directory of the confined uid, the job's own; scratch receives its path.
 * Returns  false when that is not possible. */
bool workshop_scratch(const workshop *w, char *scratch, size_t size);

enum item_state {
    ITEM_SKIPPED, /* not looked at (yet) */
    ITEM_RIGHT,
    ITEM_PART, /* some of the points */
    ITEM_WRONG,
    ITEM_UNANSWERED,
    ITEM_PENDING /* waits for a person */
};

typedef struct item {
    const points_row *row;
    enum item_state state;
    double earned;
    bool single_precision; /* right, but only to the digits of float */
    bool replaced;         /* right with the reference in place of an earlier function */
    char why[480], hint_id[64], hint[300];
    text answer; /* of a derivation or a free text */
} item;

typedef struct grading {
    char student[128], assignment[16];
    char submission[256],
        contents[32]; /* name and hash of what was handed in, the caller's, or "" */
    unsigned long seed;
    item *items;
    size_t n;
    bool no_code, compiled, timed_out;
    bool fault;     /* the confinement failed: the result is not final */
    text complaint; /* plain sentences about the whole: not compiled, time used up ... */
    text compiler;  /* the compiler's lines */
    text console;   /* what the program printed */
    double seconds;
} grading;

/* The seed of a student: hash of (student, assignment, salt), 32 bits. */
unsigned long grade_seed(const char *student, const char *assignment, const char *salt);

/* Grades.  `after` (may be NULL) is called after each item, so that partial results can be written.
 * Returns  false when the grader itself failed (complaint says how). */
bool grade_submission(grading *g, workshop *w, const submission *s, const char *student,
                      unsigned long seed, void (*after)(const grading *g, void *context),
                      void *context);
void grading_free(grading *g);

/* Earned, waiting, and possible points of a part (NULL: all). */
typedef struct tally {
    double earned, machine, pending, total;
} tally;
tally grading_tally(const grading *g, const char *part);

/* Removes a directory and everything below; never follows links. */
void workshop_remove(const char *path);

#endif
