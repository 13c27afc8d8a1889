/* arena.h -- memory of one check: bump allocation, released all at once, with a ceiling.
 *
 * A line that needs too much jumps back to whoever armed the arena (arena.escape), with a reason: the
 * parser and the evaluator then need no error path of their own for memory and budget. */
#ifndef DERIVE_ARENA_H
#define DERIVE_ARENA_H

#include <setjmp.h>
#include <stddef.h>

typedef struct arena_block arena_block;

typedef struct arena {
    arena_block *head, *spare; /* in use; given back, all of the ordinary size */
    size_t used, limit;        /* bytes */
    size_t total;              /* bytes taken since it was opened, whether given back or not */
    jmp_buf *escape;           /* where arena_abandon jumps; must be armed before any allocation */
    const char *reason;        /* why it jumped, a literal */
} arena;

/* A place to come back to. */
typedef struct arena_mark {
    arena_block *head;
    size_t fill, used;
} arena_mark;

void arena_open(arena *a, size_t limit);
void arena_close(arena *a);

/* n bytes, aligned and zeroed; jumps when the limit or the memory is exhausted. */
void *arena_take(arena *a, size_t n);

/* A copy of the first n characters of text, terminated. */
char *arena_text(arena *a, const char *text, size_t n);

arena_mark arena_here(const arena *a);
/* Give back all that was taken since the mark. */
void arena_release(arena *a, arena_mark mark);

_Noreturn void arena_abandon(arena *a, const char *reason);

#endif
