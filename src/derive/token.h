/* token.h -- cuts a display into tokens; everything that is only typography is left out.
 *
 * One stream for all formats: `alpha_bar_t`, `\bar\alpha_t` and a Greek letter with a bar above it
 * become the same three tokens.  Spacing, sizes (\big, \left, \right), fonts, \boxed, \cancel, \label
 * and \tag vanish here. */
#ifndef DERIVE_TOKEN_H
#define DERIVE_TOKEN_H

#include "derive/arena.h"
#include "derive/source.h"

typedef enum token_kind {
    TOKEN_END,
    TOKEN_NUMBER,
    TOKEN_WORD,     /* a letter, a Greek name, a function's or a symbol's name */
    TOKEN_OP,       /* op is the character; 'N' is a norm bar, 'd' is dots */
    TOKEN_RELATION, /* op is one of the relation codes */
    TOKEN_ROW,      /* \\ */
    TOKEN_SPACE,    /* \quad */
    TOKEN_TEXT,     /* \text{...} that is prose */
    TOKEN_BAD       /* a character nobody knows */
} token_kind;

typedef enum accent { ACCENT_NONE, ACCENT_BAR, ACCENT_TILDE, ACCENT_HAT, ACCENT_OTHER } accent;

/* Relation codes. */
enum {
    REL_EQUAL = '=',
    REL_LE = '<',
    REL_GE = '>',
    REL_APPROX = '~',
    REL_PROPTO = 'p',
    REL_DEFINE = ':',
    REL_IMPLIES = 'I',
    REL_TO = 'T',
    REL_SIM = 'S',
    REL_OTHER = 'o' /* in, ll, ne, ...: read, not checked */
};

typedef struct token {
    token_kind kind;
    int op;
    const char *name;
    double number;
    accent accent; /* an accent that came with the character */
    size_t from, to;
} token;

typedef struct token_list {
    token *t; /* ends with TOKEN_END */
    size_t n;
    size_t bad; /* index of the first TOKEN_BAD, or n */
} token_list;

/* The tokens of the bytes from .. to of a source. */
token_list token_cut(arena *memory, const source *s, size_t from, size_t to);

#endif
