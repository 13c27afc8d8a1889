/* points.h -- what a derivation is worth: the milestones of the homework's derivation items.
 *
 * An item is a ladder: a start (rung 0) and rungs above it.  A rung is a *form*: which terms, index
 * ranges and symbols a side of a line has and which it no longer has.  A rung is earned when a valid
 * chain of the text leads to it from the rung below, or from the one below that (skipping one step is
 * fine and earns the skipped one as well).  But a line from the start of an item to its end earns
 * nothing where a form lies between.  So the answer alone, the answer restated, A = A, an empty chain,
 * 0 times something, +a - a, or a chain that ends elsewhere earn nothing. */
#ifndef DERIVE_POINTS_H
#define DERIVE_POINTS_H

#include "derive/derive.h"

typedef struct derive_award {
    const char *id;    /* "HW1-B3" */
    const char *title; /* what is to be reached */
    double points;
    bool machine; /* false: a person must judge it; never earned here */
    bool earned;
    bool restated; /* derive_reach: not earned by a line from the start of its item to the end */
    size_t row;    /* where it was reached, or 0 */
    size_t item;   /* derive_reach: milestones of one item share this number */
} derive_award;

enum { DERIVE_MOST_AWARDS = 32 };

/* The awards of one homework ("HW1", "HW2", "HW3") for a checked text.
 * Returns  their number, 0 for an unknown homework. */
size_t derive_points(derive_result *r, const char *homework,
                     derive_award awards[DERIVE_MOST_AWARDS]);

/* What is to be reached, for the id of an award that a derivation can earn ("HW3-A1"), else NULL. */
const char *derive_milestone(const char *id);

/* Which of some awards a text earns, for coursework that asks for a derivation in pieces: the forms
 * below an item's own milestones may be written down as a beginning, but earn nothing.
 * Args     awards  [n] with known ids and items; the first n_own are the item's own; earned,
 *                  restated and row are set
 * Returns  how many lines hold, say something and lie on no ladder of the item: a way that the ladders
 *          do not know, so that a person should look. */
size_t derive_reach(derive_result *r, derive_award *awards, size_t n, size_t n_own);

void derive_print_points(FILE *out, const derive_award *awards, size_t n);

#endif
