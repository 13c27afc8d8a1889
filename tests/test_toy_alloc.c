/* test_toy_alloc.c -- the k-th allocation fails, for every k: a data set is refused, nothing leaks or crashes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data/toy.h"
#include "failing_alloc.h"

static char path[] = "/tmp/test_toy_alloc.XXXXXX";

/* How many of the allocations are needed: each one's failure must be reported as such. */
static size_t refusals(const char *spec)
{
    char error[300] = "";
    size_t refused = 0;
    for (size_t k = 0; k < 100; k++) {
        allocator.countdown = (long)k;
        toy *d = toy_alloc(spec, error, sizeof error);
        const int reached = allocator.countdown < 0;
        allocator.countdown = -1;
        toy_free(d);
        if (d && !reached) return refused;
        refused += d == NULL;
        /* stdio reads on without its buffer */
        if (!d && !strstr(error, "memory") && !strstr(error, "allocate")) fail_msg("%s", error);
        if (d && !strchr(spec, '/')) fail_msg("allocation %zu failed and nobody noticed", k);
    }
    fail_msg("never succeeded");
    return 0;
}

static void test_data_sets(void **state)
{
    (void)state;
    static const char *const specs[] = {"ring", "moons", "swissroll", "checkerboard"};
    char spec[100];
    for (size_t i = 0; i < 4; i++) assert_int_equal(refusals(specs[i]), 2);
    /* the stream; two blocks of numbers; the points; the set and its block */
    snprintf(spec, sizeof spec, "points:%s", path);
    assert_int_equal(refusals(spec), 6);
    snprintf(spec, sizeof spec, "gmm:%s", path);
    assert_int_equal(refusals(spec), 6);
}

static int write_points(void **state)
{
    (void)state;
    const int fd = mkstemp(path);
    FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!f) return -1;
    for (int i = 0; i < 500; i++) fprintf(f, "%d %d 3\n", i + 1, i); /* above the first room */
    return fclose(f);
}

static int remove_points(void **state)
{
    (void)state;
    return remove(path);
}

int main(void)
{
#ifdef NO_INTERPOSING
    puts("SKIP: the sanitizer has an allocator of its own");
    return 77;
#endif
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_data_sets)};
    return cmocka_run_group_tests(tests, write_points, remove_points);
}
