/* token_table.h -- the lexer's tables: commands, characters, names. */
#ifndef DERIVE_TOKEN_TABLE_H
#define DERIVE_TOKEN_TABLE_H

#include <stdbool.h>

#include "derive/token.h"

typedef struct token_meaning {
    const char *name;
    token_kind kind;
    int op;
    const char *word;
} token_meaning;

/* What a command (without its backslash) means, or NULL when it is its own name. */
const token_meaning *token_command(const char *name);

/* What the character outside ASCII at `text` means, with its length in bytes, or NULL. */
const token_meaning *token_character(const char *text, size_t *length);

/* Commands that are dropped; commands that are dropped together with their argument. */
bool token_is_typography(const char *name);
bool token_swallows_argument(const char *name);

/* Words of several letters that are one name in a formula. */
bool token_is_name(const char *name);

#endif
