/* misprint.h -- named wrong formulas: misprints of the lectures and mistakes that people really made.
 *
 * One table feeds the lessons' controls, and later the grader's hints and the derivation checker's.
 * Every entry imitates one *quantity*; all share one signature, so that a loop can push each through
 * the very comparison that the true formula passes. */
#ifndef THEORY_MISPRINT_H
#define THEORY_MISPRINT_H

#include <stddef.h>

#include "theory/schedule.h"

/* s may be NULL for quantities that need no schedule; arg as the quantity says. */
typedef double (*misprint_formula)(const schedule *s, size_t t, const double *arg);

/* A quantity and its true formula. */
typedef struct misprint_quantity {
    const char *name;      /* "posterior_mean" */
    const char *function;  /* the function of src/theory that computes it */
    const char *equation;  /* ASCII */
    const char *arguments; /* what arg holds, e.g. "x_t x_0"; "" when nothing */
    size_t n_arguments;
    size_t first_t; /* 1, or 2 when t = 1 is degenerate */
    misprint_formula value;
} misprint_quantity;

/* A wrong formula. */
typedef struct misprint {
    const char *id;       /* "posterior-mean-swapped" */
    const char *quantity; /* what it imitates */
    const char *what;     /* what is wrong, a few words */
    const char *origin;   /* who wrote it, or "students" */
    const char *hint;     /* a question, never the answer */
    misprint_formula value;
} misprint;

extern const misprint_quantity misprint_quantities[];
extern const size_t misprint_n_quantities;
extern const misprint misprints[];
extern const size_t misprint_n;

/* The quantity of that name, or NULL. */
const misprint_quantity *misprint_quantity_find(const char *name);

/* The misprint of that id, or NULL. */
const misprint *misprint_find(const char *id);

/* The first misprint of a quantity after `last` (NULL to start); NULL at the end:
 *   for (const misprint *m = NULL; (m = misprint_next("posterior_mean", m));) ... */
const misprint *misprint_next(const char *quantity, const misprint *last);

#endif
