/* points_climb.h -- climbs a ladder of points_table.h along the valid chains of a text. */
#ifndef DERIVE_POINTS_CLIMB_H
#define DERIVE_POINTS_CLIMB_H

#include "derive/points_form.h"

enum { MOST_HEIGHT = 10, MOST_LADDERS = 8, MOST_TERMS = 64 };

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
    int begin[MOST_HEIGHT], end[MOST_HEIGHT]; /* of the item that asks for a rung; 0, 0: none */
    bool reached[MOST_HEIGHT];
    bool restated[MOST_HEIGHT]; /* passed by a line from the start of its item to the end */
    size_t row[MOST_HEIGHT];
} climb;

/* Where a side stands: on which rung (-1: on none), and whether it is minus the form of that rung. */
typedef struct stand {
    int height;
    bool negative;
    bool at_once; /* rung.at_once */
} stand;

/* For a text that has been checked; may spend half as much again. */
climber climber_open(checker *c);

/* Item: the rungs above `begin`, up to `end`. */
void climb_item(climb *on, int begin, int end);

/* The ladder, climbed when it is asked for the first time.
 * Args  all  [MOST_LADDERS] the ladders so far, zeroed at first
 *       fresh  the ladder before the first step: its name, what is granted, the items */
climb *climb_of(climber *k, derive_result *r, climb *all, const climb *fresh);

/* Where a side stands.  The bound may be written as a loss, with all its signs turned. */
stand climb_stand(climber *k, const char *ladder, const node *n);

/* Has the side the value of the ladder's start?  Otherwise it belongs to another derivation. */
bool climb_belongs(climber *k, const climb *on, const node *n, stand s);

/* Is the rung firm ground: reached, or given? */
bool climb_stands(const climb *on, int height);

/* Does something that tells the ladder's rungs apart stand there without effect, as in
 * 0 abar_{t-1} or abar_{t-1}/abar_{t-1}?  Then the side keeps its value when anything else stands in
 * its place. */
bool climb_padded(checker *c, const char *ladder, const node *n);

#endif
