/* source.h -- reads a derivation from a file and finds what is to be checked: displays and directives.
 *
 * LaTeX: equation, align, gather, multline, ... (starred or not), \[ \], $$ $$.  Markdown: $$ $$,
 * \[ \] and ```math blocks.  Plain text: every run of lines that state or continue a relation.
 * A directive is a comment `% derive: ...` (LaTeX), `<!-- derive: ... -->` (Markdown), `# derive: ...`
 * (plain text). */
#ifndef DERIVE_SOURCE_H
#define DERIVE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "derive/arena.h"

typedef enum source_format { SOURCE_TEX, SOURCE_MARKDOWN, SOURCE_PLAIN } source_format;

/* Limits: larger files are refused, so that nothing takes long without saying so. */
enum {
    SOURCE_MAX_BYTES = 1 << 21,
    SOURCE_MAX_LINE = 1 << 16,
    SOURCE_MAX_ITEMS = 2000,
    SOURCE_STRIDE = 256
};

typedef struct source_item {
    bool directive;
    size_t from, to; /* bytes of the text, end excluded; without the delimiters */
    struct source_item *next;
} source_item;

/* Line and column of a byte. */
typedef struct source_mark {
    size_t line, column;
} source_mark;

typedef struct source {
    const char *name;
    char *text; /* zero-terminated */
    size_t length;
    source_format format;
    source_item *items;
    size_t n_displays;
    const source_mark
        *marks; /* every SOURCE_STRIDE bytes; NULL: places are counted from the beginning */
} source;

/* Read the file; everything lives in the arena.
 * Returns  true, or false with error set to one line that names the file and the place. */
bool source_read(source *s, arena *memory, const char *path, char *error, size_t error_size);

/* The same from memory; name decides the format (.tex, .md, anything else is looked at). */
bool source_from_text(source *s, arena *memory, const char *name, const char *text, size_t length,
                      char *error, size_t error_size);

/* Line and column (both from 1, columns in characters) of a byte. */
void source_place(const source *s, size_t at, size_t *line, size_t *column);

/* Note line and column of every SOURCE_STRIDE-th byte: a long file is asked for thousands of places. */
void source_set_marks(source *s, arena *memory);

#endif
