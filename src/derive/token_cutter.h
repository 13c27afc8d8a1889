/* token_cutter.h -- the lexer while it runs; shared by token.c and token_plain.c. */
#ifndef DERIVE_TOKEN_CUTTER_H
#define DERIVE_TOKEN_CUTTER_H

#include "derive/token.h"

typedef struct cutter {
    arena *memory;
    const source *s;
    const char *text;
    size_t at, to, capacity;
    size_t dropped[8], n_dropped; /* closing braces of \boxed */
    size_t boxes;                 /* looked at, closed or not: each costs a walk to its brace */
    token_list list;
} cutter;

/* Append a token that ends where the lexer stands. */
token *token_emit(cutter *c, token_kind kind, int op, const char *name, size_t from);

/* A word of plain text: `alpha_bar_t` gives alpha with a bar and the subscript t. */
void token_plain_word(cutter *c);

#endif
