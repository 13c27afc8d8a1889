/* arena.h -- cutting a workspace into pieces, or only counting what that takes. */
#ifndef NET_ARENA_H
#define NET_ARENA_H

#include <stddef.h>
#include <stdint.h>

#include "net/real.h"

enum { ARENA_LINE = 64 / sizeof(real) }; /* pieces begin on cache lines */

typedef struct arena {
    real *base; /* NULL: counting */
    size_t used;
} arena;

/* A workspace may begin anywhere; arena_start moves to the next cache line, and arena_size has room for
 * that move. */
static inline arena arena_start(real *workspace)
{
    const size_t off = (uintptr_t)workspace / sizeof(real) % ARENA_LINE;
    return (arena){workspace ? workspace + (ARENA_LINE - off) % ARENA_LINE : NULL, 0};
}

static inline size_t arena_size(const arena *a)
{
    return a->used + ARENA_LINE;
}

/* The next n reals; NULL when counting. */
static inline real *arena_take(arena *a, size_t n)
{
    real *const piece = a->base ? a->base + a->used : NULL;
    a->used += (n + ARENA_LINE - 1) / ARENA_LINE * ARENA_LINE;
    return piece;
}

#endif
