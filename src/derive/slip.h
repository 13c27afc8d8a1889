/* slip.h -- slips that cancel: shared by the files that look for them. */
#ifndef DERIVE_SLIP_H
#define DERIVE_SLIP_H

#include "derive/checker.h"

/* Vectors that a formula is built from, as bits; the arguments of the network do not count. */
int slip_vectors(const node *n);

/* Is b an attempt to write a: built from the same vectors, or from those of a's definition? */
bool slip_attempts(const node *a, const node *b);

bool slip_is_sum(const node *n);

/* Note that b is not the part a for which it stands; each place once. */
void slip_note(checker *c, derive_line *line, const node *a, const node *b);

/* Compare two sides of the same outer tree part by part. */
void slip_walk(checker *c, derive_line *line, const node *a, const node *b, world_wish wish);

#endif
