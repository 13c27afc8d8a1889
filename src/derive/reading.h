/* reading.h -- classifies the statements of a display and has them judged. */
#ifndef DERIVE_READING_H
#define DERIVE_READING_H

#include "derive/checker.h"

typedef struct reading {
    checker *c;
    statement *st;
    size_t display;
    size_t defined; /* the side that was taken as the meaning of the name before it, or 0 */
} reading;

/* Set what a line is and what became of it. */
void reading_finish(derive_line *l, derive_class class, derive_verdict verdict, const char *reason);

/* Judge a link of a chain whose sides were both understood; `first` is the chain's first side. */
void reading_judge(reading *r, derive_line *l, const side *left, const side *right, node *first);

/* Classify and judge all statements of a display; appends to the result's lines. */
void reading_display(checker *c, token_list tokens, size_t display);

/* `% derive: let ... = ...` and its kin. */
void reading_directive(checker *c, const source_item *item);

/* ---- Definitions (definitions.c) ---- */

/* Give a label (or minus a label) a meaning. */
void definition_add(checker *c, const node *label, const node *meaning, definition_kind kind);
/* The label of a side that stands alone and has no meaning yet, or NULL. */
const node *definition_wanted(checker *c, const node *alone);
/* The latest definition of a side that is a label, or NULL. */
definition *definition_of(checker *c, const node *alone);

/* Names that stand alone as the mean or the variance of a normal law become arbitrary. */
void definition_generic(checker *c, derive_line *line, node *left, node *right);

/* Is `sigma_t^2 = ...` (or the variance of a kernel in a normal law) a choice of p_theta's variance?
 * Then make it, and return true. */
bool definition_variance(checker *c, const node *left, const node *right);

/* A normal law without its variable takes that of the density in the same place of the partner.
 * Returns  the byte of one that was completed, or 0. */
size_t definition_arguments(checker *c, node *to, const node *from);

#endif
