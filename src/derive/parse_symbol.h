/* parse_symbol.h -- a name as it is written, before it has a meaning. */
#ifndef DERIVE_PARSE_SYMBOL_H
#define DERIVE_PARSE_SYMBOL_H

#include "derive/parse.h"

enum { MAX_ENTRIES = 4 };

/* A name as it is written. */
typedef struct symbol {
    const char *base;
    accent accent;
    bool star, prime;
    bool theta;                  /* a subscript theta or phi: the model's */
    bool has_subscript, is_text; /* is_text: the subscript is a word, e.g. simple */
    char text[96];               /* the subscript as it stands */
    node *index[MAX_ENTRIES];    /* entries that are expressions */
    int n_index;
    node *upper;    /* of a range a:b */
    node *variable; /* a subscript that is itself x_0 or x_t */
    node *power;
    node *argument[2];
    int n_arguments;
    size_t from, to;
} symbol;

bool parse_is_base(const symbol *s, const char *name);

/* The quantity that a name means: of the schedule, a state, the network, or a label. */
node *parse_meaning(parser *p, const symbol *s);

#endif
