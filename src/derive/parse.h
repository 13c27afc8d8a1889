/* parse.h -- from tokens to the typed tree.
 *
 * The grammar (docs/derive.md has it in full):
 *   sum     = term { ("+" | "-") term }
 *   term    = ["-"] factor { ["*" | "/"] factor }
 *   factor  = primary [ "^" primary ]
 *   primary = number | symbol | "(" sum ")" | fraction | root | function | norm | density | normal law
 *           | divergence | "E" [ "_" laws ] (bracket | term) | "sum" limits term | "int" term "d" x */
#ifndef DERIVE_PARSE_H
#define DERIVE_PARSE_H

#include "derive/token.h"
#include "derive/tree.h"

/* A name that an underbrace gives to what stands above it. */
typedef struct named_part {
    node *label, *part;
    struct named_part *next;
} named_part;

typedef struct parser {
    arena *memory;
    const source *s;
    token *t; /* the tokens */
    size_t at, end;
    int depth, operations, norms, integrals, normals, bars;
    const char *error; /* the first error, or NULL */
    size_t error_at;   /* its byte */
    bool malformed;    /* unbalanced or too deep: the text cannot be read at all */
    named_part *named;
    const char *assumption; /* something that was read in one of several ways */
    size_t assumption_at;
} parser;

enum { PARSE_DEPTH = 120, PARSE_OPERATIONS = 400 };

/* The tokens first .. end (excluded) as one expression.
 * Returns  the tree; p->error is set when something was not understood. */
node *parse_expression(parser *p, size_t first, size_t end);

/* ---- Shared by the parser's files ---- */
bool parse_affordable(parser *p);     /* one more operation; false when there were too many */
size_t parse_here(const parser *p);   /* byte of the present token */
size_t parse_before(const parser *p); /* end of the token before */
node *parse_bracketed(parser *p, int close, const char *message);
const token *parse_peek(const parser *p);
bool parse_is_op(const parser *p, int op);
bool parse_is_word(const parser *p, const char *name);
bool parse_accept(parser *p, int op);
bool parse_expect(parser *p, int op, const char *message);
node *parse_fail(parser *p, const char *message, size_t at);
void parse_assume(parser *p, const char *what, size_t at);
node *parse_sum(parser *p);
node *parse_term(parser *p);
node *parse_primary(parser *p);
node *parse_argument(parser *p); /* of a command: a group or one token */

node *parse_symbol(parser *p);      /* names with accents, indices, arguments, power */
node *parse_density_at(parser *p);  /* q(...), p_theta(...) */
node *parse_normal(parser *p);      /* N(x; m, v) */
node *parse_divergence(parser *p);  /* D_KL(a || b), KL(a || b) */
node *parse_expectation(parser *p); /* E_{...}[...] */
node *parse_integral(parser *p);
node *parse_big(parser *p, node_kind kind); /* sum and product */
node *parse_law(parser *p);                 /* q(...), p(...), N(...), or a bare q or p */
node *parse_variable(parser *p);            /* x_t, x_{1:T}, x, z */
/* Is it an expression of letters and numbers?  Only such a one may hang in two places of a tree: what
 * nests would double with every level. */
bool parse_is_index(const node *n);
node *parse_close(parser *p, node *n); /* n ends with the token before */
bool parse_op_at(const parser *p, size_t i, int op);
bool parse_starts_density(const parser *p);
bool parse_starts_normal(const parser *p);
bool parse_starts_divergence(const parser *p);

#endif
