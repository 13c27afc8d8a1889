/* hint_table.h -- differences and ratios that mistakes leave behind, each with a question. */
#ifndef DERIVE_HINT_TABLE_H
#define DERIVE_HINT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct hint_entry {
    bool ratio;           /* right/left or left/right is the formula; else |right - left| is */
    const char *formula;  /* LaTeX, read by the checker's own parser */
    const char *question; /* never the answer */
} hint_entry;

extern const hint_entry hints[];
extern const size_t hint_n;

#endif
