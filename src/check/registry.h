/* registry.h -- the claims of the five documents, compiled in from docs/claims.tsv. */
#ifndef CHECK_REGISTRY_H
#define CHECK_REGISTRY_H

#include <stddef.h>

/* One row of docs/claims.tsv; every field is text, "-" when the row has none. */
typedef struct registry_row {
    const char *id;         /* POS-02 */
    const char *lesson;     /* "04", or "-" for registry text */
    const char *ledger;     /* T TD TC F E P: the initial verdict */
    const char *verdict;    /* the project's verdict */
    const char *check;      /* numeric, structure or prose */
    const char *source;     /* who says it, where */
    const char *statement;  /* the claim, one line */
    const char *correction; /* F: what is true instead; TC: the condition */
    const char *numbers;    /* the ledger's numbers, a second comparison at most */
    const char *control;    /* the planted mistake; "none: reason" when there can be none */
    const char *reason;     /* why a program can do no more (structure, prose) */
} registry_row;

/* All rows in the order of the file (generated at build time by src/check/registry.awk). */
extern const registry_row registry_rows[];
extern const size_t registry_size;

/* Find a row by its id.
 * Args     id   e.g. "POS-02".
 * Returns  the row, or NULL when the registry has no such id. */
const registry_row *registry_find(const char *id);

/* Number of rows that belong to a lesson.
 * Args     lesson  1..25. */
size_t registry_count(int lesson);

/* Whether a row belongs to a lesson. */
int registry_in_lesson(const registry_row *row, int lesson);

/* The verdict in words: "holds", "holds in distribution", "holds under a condition",
 * "FALSE as printed", "empirical", "prose". */
const char *registry_verdict(const registry_row *row);

#endif
