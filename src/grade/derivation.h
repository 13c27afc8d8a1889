/* derivation.h -- the one place where the derivation checker (src/derive) joins the grader.
 *
 * A student's text is foreign input: it is read by a program of its own (src/grade_deriver), under the
 * same confinement and limits as students' code, which says which milestones a valid chain reaches and
 * which line is the first that is not in order.  Whatever happens to that program, the grader goes on. */
#ifndef GRADE_DERIVATION_H
#define GRADE_DERIVATION_H

#include <stdbool.h>
#include <stddef.h>

#include "grade/points.h"
#include "grade/sandbox.h"
#include "grade/text.h"

enum derivation_state {
    DERIVATION_HOLDS,      /* every line holds */
    DERIVATION_WRONG,      /* the first line that is not in order is refuted */
    DERIVATION_UNCLEAR,    /* it is undecided or was not understood */
    DERIVATION_OUTSIDE,    /* a display is outside of what can be decided */
    DERIVATION_NOTHING,    /* no formula was found */
    DERIVATION_UNREADABLE, /* not a text, or a display that is never closed */
    DERIVATION_COSTLY,     /* time or memory ran out */
    DERIVATION_FAILED,     /* the checker could not be run, or broke off */
    DERIVATION_STATES
};

typedef struct derivation {
    enum derivation_state state;
    bool fault;         /* the confinement failed: not final */
    size_t held, lines; /* lines that hold, of all */
    size_t unexplained; /* derive_reach */
    bool restated;      /* derive_award */
    size_t row;         /* of the answer: the line that is not in order */
    char reached[400];  /* ids, each followed by a comma */
    char quote[120], reason[240], world[40], values[170], hint[300], signature[64];
} derivation;

/* What the checker is run with. */
typedef struct derivation_job {
    const confinement *where;
    const char *program; /* grade_deriver, readable by the confined uid */
    const char *scratch; /* a directory of that uid */
    const char *own;     /* milestones of the item, separated by commas */
    const char *others;  /* those of the other derivations, a / between two items, or "" */
    const text *before;  /* the student's earlier answers, or empty */
    const text *answer;
    double seconds; /* until it is given up */
} derivation_job;

enum { DERIVATION_SECONDS = 20 };

/* Judges a written derivation: at most the seconds of the job and 512 MB,
 * then the state is DERIVATION_COSTLY. */
void derivation_judge(derivation *d, const derivation_job *job);

/* Was the milestone reached? */
bool derivation_reached(const derivation *d, const char *id);

/* May a machine take the missing points away?  Only when every line was understood up to the first that
 * is refuted, or when all hold and the missing steps are simply not there. */
bool derivation_decided(const derivation *d);

/* The question that leads to a milestone; never NULL. */
const char *derivation_question(const char *id);

#endif
