/* derive.h -- checks a derivation line by line.
 *
 *     derive_options o = derive_defaults();
 *     derive_result *r = derive_check_file("hw3.tex", &o);
 *     if (r->error) puts(r->error);
 *     for (const derive_line *l = r->lines; l; l = l->next) ... l->verdict, l->row, l->column ...
 *     derive_free(r);
 *
 * A line is one step of a chain: a relation with its two sides.  It is evaluated in random worlds
 * (derive/world.h): one world in which the sides differ refutes it; agreement in all worlds confirms it
 * beyond reasonable doubt. */
#ifndef DERIVE_DERIVE_H
#define DERIVE_DERIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef enum derive_class {
    DERIVE_STATEMENT,   /* claims something: checked */
    DERIVE_DEFINITION,  /* gives a name a meaning */
    DERIVE_TARGET,      /* says what is minimised */
    DERIVE_STEP,        /* a step of a sampler or of the chain */
    DERIVE_EXPRESSION,  /* no relation, or a side condition: claims nothing */
    DERIVE_UNDECIDABLE, /* not decidable here; the reason says why */
    DERIVE_CLASSES
} derive_class;

typedef enum derive_verdict {
    DERIVE_OK,
    DERIVE_WRONG,
    DERIVE_UNDECIDED,
    DERIVE_NOT_UNDERSTOOD,
    DERIVE_NOT_CHECKED, /* nothing to check: definitions, targets, ... */
    DERIVE_VERDICTS
} derive_verdict;

struct node;

typedef struct derive_note {
    const char *text;
    size_t row, column;
    struct derive_note *next;
} derive_note;

typedef struct derive_line {
    size_t number;  /* from 1 */
    size_t display; /* from 1 */
    derive_class class;
    derive_verdict verdict;
    bool first_wrong;                /* the first step of its display that is wrong */
    size_t row, column;              /* of the right side, from 1 */
    size_t from, to;                 /* its bytes */
    size_t at;                       /* the byte of row and column */
    const char *reason;              /* why this verdict or class; may be NULL */
    const char *hint;                /* a question, for a wrong line; may be NULL */
    const char *misprint;            /* id of the named wrong formula it matches, or NULL */
    const char *example;             /* the counter-example, several lines; may be NULL */
    const char *explained;           /* the evaluation, on request (derive_options.explain) */
    derive_note *notes;              /* slips that cancel */
    derive_note *assumptions;        /* how something was read */
    int relation;                    /* derive/token.h */
    size_t chain;                    /* lines of one chain share this number */
    const struct node *left, *right; /* the sides; NULL when not understood */
    struct derive_line *next;
} derive_line;

typedef struct derive_options {
    size_t worlds;      /* default 8, at most 64 */
    uint64_t seed;      /* default 1 */
    size_t budget;      /* operations per line and world; default 2.5e7 */
    size_t explain;     /* number of the line to explain, 0 = none */
    size_t file_budget; /* operations per file and world; 0: 5/4 of a line's */
    bool graded; /* what takes a line out of the check (skip, dimension 1) does not count */
} derive_options;

typedef struct derive_result {
    const char *name;
    const char *error; /* the file could not be read: one line; else NULL */
    bool malformed;    /* a display is unbalanced or nested too deep */
    derive_line *lines;
    size_t n_lines, n_displays, n_verdict[DERIVE_VERDICTS];
    struct checker *inside; /* owns everything */
} derive_result;

derive_options derive_defaults(void);

/* Check a file, or a text whose name decides the format.  Never NULL unless memory is short. */
derive_result *derive_check_file(const char *path, const derive_options *options);
derive_result *derive_check_text(const char *name, const char *text, size_t length,
                                 const derive_options *options);
void derive_free(derive_result *r);

/* 0 when all statements hold, 1 when one does not (or is undecided or not understood), 2 when the file
 * could not be read or does not balance. */
int derive_status(const derive_result *r);

const char *derive_class_name(derive_class c);
const char *derive_verdict_name(derive_verdict v);

/* Reports: text with carets; JSON.  `all` also shows what was not checked. */
void derive_print(FILE *out, const derive_result *r, bool all);
struct derive_award;
/* awards  what derive_points gave (derive/points.h), or NULL. */
void derive_print_json(FILE *out, const derive_result *r, const struct derive_award *awards,
                       size_t n_awards);

#endif
