/* points_climb.h -- climbs a ladder of points_table.h along the valid chains of a text. */
#ifndef DERIVE_POINTS_CLIMB_H
#define DERIVE_POINTS_CLIMB_H

#include "derive/points_form.h"

enum { MOST_HEIGHT = 8, MOST_LADDERS = 8, MOST_TERMS = 64 };

/* The forms of the table's terms, made when first needed. */
typedef struct term_form {
    const char *text;
    bool one; /* it is one term */
    form_term t;
} term_form;

/* The points of one text. */
typedef struct climber {
    checker *c;
    term_form *terms; /* [MOST_TERMS] */
    size_t n_terms;
} climber;

/* A ladder while the text is read. */
typedef struct climb {
    const char *ladder;
    int granted; /* forms up to here may be written down: an earlier item leads to them */
    bool reached[MOST_HEIGHT];
    size_t row[MOST_HEIGHT];
} climb;

/* Where a side stands: on which rung (-1: on none), and whether it is minus the form of that rung. */
typedef struct stand {
    int height;
    bool negative;
} stand;

/* For a text that has been checked; may spend half as much again. */
climber climber_open(checker *c);

/* The ladder, climbed when it is asked for the first time.
 * Args  all  [MOST_LADDERS] the ladders so far, zeroed at first
 *       granted  climb.granted */
climb *climb_of(climber *k, derive_result *r, climb *all, const char *ladder, int granted);

/* Where a side stands.  The bound may be written as a loss, with all its signs turned. */
stand climb_stand(climber *k, const char *ladder, const node *n);

/* Is the rung firm ground: reached, or given? */
bool climb_stands(const climb *on, int height);

/* Does alpha_bar_{t-1} stand there without effect, as in 0 abar_{t-1} or abar_{t-1}/abar_{t-1}?
 * Then the side keeps its value when anything else stands in its place. */
bool climb_padded(checker *c, const node *n);

#endif
