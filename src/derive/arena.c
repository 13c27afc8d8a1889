/* arena.c -- bump allocation in blocks. */
#include "derive/arena.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1 << 16, ALIGN = 16 };

struct arena_block {
    arena_block *below;
    size_t size, fill;
};

static char *bytes(arena_block *b)
{
    return (char *)b + ((sizeof *b + ALIGN - 1) / ALIGN) * ALIGN;
}

void arena_open(arena *a, size_t limit)
{
    *a = (arena){.limit = limit};
}

void arena_close(arena *a)
{
    while (a->head) {
        arena_block *below = a->head->below;
        free(a->head);
        a->head = below;
    }
    a->used = 0;
}

void arena_abandon(arena *a, const char *reason)
{
    a->reason = reason;
    longjmp(*a->escape, 1);
}

static void push_block(arena *a, size_t n)
{
    const size_t size = n > BLOCK ? n : BLOCK;
    arena_block *b = a->used + size <= a->limit ? malloc(sizeof *b + ALIGN + size) : NULL;
    if (!b) arena_abandon(a, "too expensive: it needs too much memory");
    *b = (arena_block){.below = a->head, .size = size};
    a->head = b;
    a->used += size;
}

void *arena_take(arena *a, size_t n)
{
    n = (n + ALIGN - 1) / ALIGN * ALIGN;
    if (!a->head || a->head->size - a->head->fill < n) push_block(a, n);
    void *p = bytes(a->head) + a->head->fill;
    a->head->fill += n;
    return memset(p, 0, n);
}

char *arena_text(arena *a, const char *text, size_t n)
{
    char *copy = arena_take(a, n + 1);
    memcpy(copy, text, n);
    return copy;
}

arena_mark arena_here(const arena *a)
{
    return (arena_mark){a->head, a->head ? a->head->fill : 0, a->used};
}

void arena_release(arena *a, arena_mark mark)
{
    while (a->head != mark.head) {
        arena_block *below = a->head->below;
        free(a->head);
        a->head = below;
    }
    if (a->head) a->head->fill = mark.fill;
    a->used = mark.used;
}
