/* statement.h -- cuts a display into statements: chains of expressions joined by relations. */
#ifndef DERIVE_STATEMENT_H
#define DERIVE_STATEMENT_H

#include "derive/parse.h"

typedef struct side {
    size_t first, end; /* tokens */
    size_t from, to;   /* bytes */
    node *tree;        /* NULL when it was not understood */
    const char *error; /* why */
    size_t error_at;
    const char *assumption;
    size_t assumption_at;
    int relation; /* to the side before; 0 for the first */
} side;

typedef struct statement {
    side *sides;
    size_t n, capacity;
    bool condition;     /* follows `where', `for', `when', ...: says when, claims nothing */
    bool noise;         /* the display says that epsilon is a fresh normal variable */
    const char *remark; /* prose that follows it, or NULL */
    named_part *named;
    bool malformed;
    struct statement *next;
} statement;

/* The statements of the tokens of one display, parsed. */
statement *statement_read(arena *memory, const source *s, token_list tokens);

/* Does the display only continue the one before (it begins with + - = ...)? */
bool statement_continues(token_list tokens);

#endif
