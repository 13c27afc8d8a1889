/* points_table.h -- the derivation items of HW1 to HW3 as ladders, in data. */
#ifndef DERIVE_POINTS_TABLE_H
#define DERIVE_POINTS_TABLE_H

#include <stdbool.h>
#include <stddef.h>

enum { RUNG_TERMS = 8 };

/* One form of a rung; two rows with the same rung are two routes. */
typedef struct rung {
    const char *ladder;           /* "HW1/elbo" */
    int height;                   /* 0 is the start */
    int part;                     /* rungs of one part count as one step; 0: the height itself */
    const char *must[RUNG_TERMS]; /* LaTeX: terms the side has */
    const char *must_not[RUNG_TERMS]; /* terms it no longer has (whatever their coefficient) */
    bool only;                        /* and it has no other terms */
    bool strict;                      /* the laws of the expectations count */
    unsigned has, lacks;              /* symbols, points_form.h */
    bool once;                        /* x_t and epsilon stand there once each */
    bool apart;     /* each of three or more terms has an expectation of its own */
    bool densities; /* all terms are of densities and divergences */
    bool at_once;   /* nothing lies between it and the start of its item */
} rung;

/* What a rung earns. */
typedef struct rung_award {
    const char *id, *title;
    double points;
    const char *ladder; /* NULL: judged by a person */
    int height;
} rung_award;

extern const rung rungs[];
extern const size_t rung_n;
extern const rung_award rung_awards[];
extern const size_t rung_award_n;

#endif
