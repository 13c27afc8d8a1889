/* failing_alloc.h -- an allocator that counts, and fails once: the memory of one test program.
 *
 * Included by exactly one file of a program.  Under a sanitizer, which has an allocator of its own, and
 * without glibc nothing is replaced: NO_INTERPOSING is defined, and such tests are left out. */
#ifndef TESTS_FAILING_ALLOC_H
#define TESTS_FAILING_ALLOC_H

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__) || !defined(__GLIBC__)
#define NO_INTERPOSING 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define NO_INTERPOSING 1
#endif
#endif

static struct {
    long countdown; /* allocations until the failure; -1: never */
    long count;     /* of all allocations */
    long live;      /* blocks that were allocated and not freed */
} allocator __attribute__((unused)) = {-1, 0, 0};

#ifndef NO_INTERPOSING
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void __libc_free(void *);

static int allocator_fails(void)
{
    allocator.count++;
    if (allocator.countdown < 0 || allocator.countdown-- > 0) return 0;
    errno = ENOMEM;
    return 1;
}

static void *allocator_counted(void *block)
{
    allocator.live += block != NULL;
    return block;
}

void *malloc(size_t size)
{
    return allocator_fails() ? NULL : allocator_counted(__libc_malloc(size));
}

void *calloc(size_t n, size_t size)
{
    return allocator_fails() ? NULL : allocator_counted(__libc_calloc(n, size));
}

void *realloc(void *old, size_t size)
{
    if (allocator_fails()) return NULL;
    return old ? __libc_realloc(old, size) : allocator_counted(__libc_realloc(old, size));
}

void free(void *block)
{
    allocator.live -= block != NULL;
    __libc_free(block);
}
#endif

#endif
