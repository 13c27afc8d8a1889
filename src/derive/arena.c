/* arena.c -- bump allocation in blocks. */
#include "derive/arena.h"

#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_WATCHED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_WATCHED 1
#endif
#endif

enum { BLOCK = 1 << 16, ALIGN = 16 };

/* Under the address sanitizer what is not taken is out of bounds, and a gap follows what is. */
#ifdef ARENA_WATCHED
#include <sanitizer/asan_interface.h>
enum { GAP = ALIGN };

static void hide(char *p, size_t n)
{
    __asan_poison_memory_region(p, n);
}

static void show(char *p, size_t n)
{
    __asan_unpoison_memory_region(p, n);
}
#else
enum { GAP = 0 };

static void hide(char *p, size_t n)
{
    (void)p;
    (void)n;
}

static void show(char *p, size_t n)
{
    (void)p;
    (void)n;
}
#endif

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

static void free_list(arena_block **list)
{
    while (*list) {
        arena_block *below = (*list)->below;
        free(*list);
        *list = below;
    }
}

void arena_close(arena *a)
{
    free_list(&a->head);
    free_list(&a->spare);
    a->used = 0;
}

void arena_abandon(arena *a, const char *reason)
{
    a->reason = reason;
    longjmp(*a->escape, 1);
}

/* Blocks that were given back are used again: their pages are there already. */
static arena_block *block_of(arena *a, size_t size)
{
    arena_block *b = a->spare;
    if (size > BLOCK) {
        free_list(&a->spare); /* so that all blocks together stay below the limit */
        b = NULL;
    }
    if (!b) return malloc(sizeof *b + ALIGN + size);
    a->spare = b->below;
    return b;
}

static void push_block(arena *a, size_t n)
{
    const size_t size = n > BLOCK ? n : BLOCK;
    arena_block *b = a->used + size <= a->limit ? block_of(a, size) : NULL;
    if (!b) arena_abandon(a, "too expensive: it needs too much memory");
    *b = (arena_block){.below = a->head, .size = size};
    a->head = b;
    a->used += size;
    hide(bytes(b), size);
}

void *arena_take(arena *a, size_t n)
{
    const size_t whole = (n + ALIGN - 1) / ALIGN * ALIGN + GAP;
    if (!a->head || a->head->size - a->head->fill < whole) push_block(a, whole);
    char *p = bytes(a->head) + a->head->fill;
    a->head->fill += whole;
    a->total += whole - GAP;
    show(p, n);
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
        arena_block *top = a->head;
        a->head = top->below;
        if (top->size == BLOCK) {
            top->below = a->spare;
            a->spare = top;
        } else
            free(top);
    }
    if (a->head) {
        a->head->fill = mark.fill;
        hide(bytes(a->head) + mark.fill, a->head->size - mark.fill);
    }
    a->used = mark.used;
}
