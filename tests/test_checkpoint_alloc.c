/* test_checkpoint_alloc.c -- the k-th allocation fails, for every k: one line and nothing half-written. */
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

#include "failing_alloc.h"
#include "net/checkpoint.h"

static char path[] = "/tmp/test_checkpoint_alloc.XXXXXX", error[CHECKPOINT_ERROR];

/* 40 tensors, so that the lists have to grow. */
static bool add_all(checkpoint *c)
{
    static const float weight[3] = {0.731f, -1.283f, 137.0f};
    char name[16];
    bool good = checkpoint_set(c, "data", "ring");
    for (int i = 0; good && i < 40; i++) {
        snprintf(name, sizeof name, "w%d", i);
        good =
            checkpoint_add(c, name, SAFETENSORS_F32, 1, (size_t[]){3}, weight, error, sizeof error);
    }
    return good;
}

static bool write_one(void)
{
    checkpoint *c = checkpoint_alloc();
    const bool good = c && add_all(c) && checkpoint_write(c, path, error, sizeof error);
    checkpoint_free(c);
    return good;
}

static bool read_one(void)
{
    error[0] = '\0';
    checkpoint *c = checkpoint_read(path, error, sizeof error);
    const bool good = c != NULL;
    if (!good && error[0] == '\0') fail_msg("refused without a word");
    checkpoint_free(c);
    return good;
}

/* Run it with the k-th allocation failing, k = 0, 1, ... until all are reached; count the refusals. */
static size_t refusals(bool (*act)(void), bool (*check)(void))
{
    size_t refused = 0;
    for (long k = 0; k < 10000; k++) {
        const long before = allocator.live;
        allocator.countdown = k;
        const bool good = act();
        const bool reached = allocator.countdown < 0;
        allocator.countdown = -1;
        assert_int_equal(allocator.live, before); /* nothing leaks */
        if (!reached) return good ? refused : 0;
        refused += !good;
        assert_true(check()); /* the file on the disk is whole all the time */
    }
    return 0;
}

static void test_memory_is_short(void **state)
{
    (void)state;
    assert_true(write_one());
    assert_true(refusals(write_one, read_one) > 100);
    assert_true(refusals(read_one, read_one) > 100);
}

static int enter(void **state)
{
    (void)state;
    const int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int leave(void **state)
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_memory_is_short)};
    return cmocka_run_group_tests_name("checkpoint alloc", tests, enter, leave);
}
