/* checker.h -- the state of one check, shared by the files that read, judge, note and hint. */
#ifndef DERIVE_CHECKER_H
#define DERIVE_CHECKER_H

#include "check/check.h"
#include "derive/derive.h"
#include "derive/eval.h"
#include "derive/source.h"
#include "derive/statement.h"

enum { CHECKER_WORLDS = 64, CHECKER_WISHES = 8, CHECKER_LETTERS = 3, CHECKER_LINES = 10000 };

typedef struct checker {
    derive_options options;
    derive_result *result;
    derive_line **tail;
    arena memory, work; /* results; evaluations */
    source s;
    world *worlds[CHECKER_WISHES][CHECKER_WORLDS];
    struct memo *memo;
    const definition *known;
    world_variance choice;
    double tolerance;   /* of approximations, relative; 0 = none was stated */
    bool one_dimension; /* declared */
    bool propto_theta;  /* declared: proportional means a ratio free of theta only */
    const char *skip;   /* the next display is declared to be outside; its reason */
    size_t chains;
    size_t spent, most;          /* operations so far, and how many the file may take */
    size_t line_from, line_most; /* spent when the present line began, and what a line may take */
    bool starved;                /* an evaluation was abandoned for its cost */
    size_t n_lines;
    char too_large[256];        /* the error of a file that needs too much */
    unsigned letters;           /* index letters that a line ranges over besides its own */
    const node **hint_formulas; /* those of hint_table.c, parsed when first needed */
    evaluation ev;              /* the present one */
} checker;

/* What comparing two sides found. */
typedef struct judgement {
    derive_verdict verdict;
    const char *reason;
    const node *culprit;
    world_wish wish;
    bool skipped; /* some value of the index was left out: trouble says why */
    const char *trouble;
    const world *w; /* where it fails (or was last looked at) */
    int index[26];
    bool bound[26];
    size_t row;     /* of the paths */
    unsigned fixed; /* states that are those of the first path in every row */
    int net, point;
    double left, right, left_error, right_error;
    bool only_above_one; /* it fails, but not in one dimension */
    bool within_state;   /* + C was read as a constant in the earliest state, for want of theta */
} judgement;

/* How two sides are compared. */
enum { MODE_EXACT = 0, MODE_CONSTANT = 1, MODE_FACTOR = 2, MODE_AFFINE = 3 };

/* Compare a with b in all worlds. */
judgement judge(checker *c, const node *a, int relation, const node *b, int mode, world_wish wish);

/* Is a (a function of states, times, theta) equal to b in all worlds?  Quiet: for notes and hints. */
bool judge_equal(checker *c, const node *a, const node *b, world_wish wish);

/* Allow the share of what the options give to a file from here on. */
void checker_budget(checker *c, double share);
/* Another line begins, with a budget of its own. */
void checker_next_line(checker *c);
/* Count n operations outside of an evaluation; false when the file has none left. */
bool checker_spend(checker *c, size_t n);
bool checker_exhausted(const checker *c);
extern const char *const checker_exhausted_reason;

/* Run body(c, data) with the evaluation armed in world w; false when it was abandoned. */
bool checker_guard(checker *c, const world *w, void (*body)(checker *c, void *data), void *data);
const world *checker_world(checker *c, world_wish wish, size_t index);

/* Letters that occur free in an expression, definitions included, as bits. */
unsigned letters_free(checker *c, const node *n);
/* Set the letters to their k-th combination of values; false when there is none. */
bool letters_set(const world *w, unsigned letters, size_t k, env *at);

/* Does a formula depend on theta: the network, p_theta, or a name with either in its meaning? */
bool letters_theta(checker *c, const node *n);

/* What a formula asks of its worlds: numbers and vectors mixed mean one dimension. */
world_wish wish_of(checker *c, const node *n);
bool wish_is_vector(checker *c, const node *n);

/* A slip that cancels: subtrees that should be equal and are not, though the line holds. */
void slip_find(checker *c, derive_line *line, const node *a, const node *b, world_wish wish);

/* The hint for a wrong line; sets line->hint and line->misprint. */
void hint_find(checker *c, derive_line *line, const judgement *j, const node *a, const node *b);

/* The law that x_s = ... eps ... describes: is it the chain's (or the model's) step? */
bool step_holds(checker *c, const node *state, const node *formula);

/* Text of the counter-example to a line with the sides a and b. */
const char *example_text(checker *c, const judgement *j, const node *a, const node *b);
const char *explain_text(checker *c, const node *a, int relation, const node *b);

/* The static lookup of a label: is anything known of this name? */
const definition *checker_known(checker *c, const node *label);
char *checker_format(checker *c, const char *format, ...) CHECK_PRINTF(2, 3);
/* Set the place of a line: a byte of the source. */
void checker_place(const checker *c, derive_line *line, size_t at);
/* A new line at the end of the report; too many end the check. */
derive_line *checker_line(checker *c, size_t display, size_t from, size_t to);
void checker_assume(checker *c, derive_line *line, const char *text, size_t at);
void checker_note(checker *c, derive_line *line, const char *text, size_t at);

#endif
