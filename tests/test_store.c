/* test_store.c -- train 2N = train N, stop, resume N, byte by byte; a state that does not fit is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "small_run.h"
#include "train/store.h"

static void save(const run *r, const char *path)
{
    checkpoint *c = checkpoint_alloc();
    assert_non_null(c);
    assert_true(store_trainer(c, r->w, error, sizeof error));
    assert_true(checkpoint_write(c, path, error, sizeof error));
    checkpoint_free(c);
}

static char path[] = "/tmp/test_trainer.XXXXXX";

static void test_resume(void **state)
{
    (void)state;
    const trainer_config c = little();
    run whole = begin(&c), half = begin(&c), rest = begin(&c);
    go(&whole, 40);
    go(&half, 17);
    assert_int_equal(close(mkstemp(path)), 0);
    save(&half, path);
    checkpoint *file = checkpoint_read(path, error, sizeof error);
    if (!file) fail_msg("%s", error);
    assert_string_equal(checkpoint_get(file, "step"), "17");
    assert_true(store_find_trainer(file, rest.w, error, sizeof error));
    assert_same(&half, &rest);
    go(&rest, 40);
    assert_same(&whole, &rest);
    /* what a program that only samples reads */
    real *theta = calloc(rest.net->parameters, sizeof *theta);
    assert_true(store_find_parameters(file, rest.net, theta, "", error, sizeof error));
    assert_memory_equal(theta, half.w->average, rest.net->parameters * sizeof *theta);
    free(theta);

    /* another batch or seed is another training; so is a network of another shape */
    trainer_config other = c;
    other.batch++;
    run wrong = begin(&other);
    assert_false(store_find_trainer(file, wrong.w, error, sizeof error));
    assert_non_null(strstr(error, "trained with batch 60, not 61"));
    end(&wrong);
    other = c, other.seed++;
    wrong = begin(&other);
    assert_false(store_find_trainer(file, wrong.w, error, sizeof error));
    assert_non_null(strstr(error, "seed"));
    end(&wrong);
    checkpoint_free(file);
    end(&whole), end(&half), end(&rest);
    remove(path);
}

/* A file with one fault each: no step, a bad step, missing tensors, numbers that are not finite. */
static void test_bad_states(void **state)
{
    (void)state;
    const trainer_config c = little();
    run r = begin(&c), to = begin(&c);
    go(&r, 2);
    checkpoint *file = checkpoint_alloc();
    assert_false(store_find_trainer(file, to.w, error, sizeof error));
    assert_non_null(strstr(error, "no state"));
    assert_true(checkpoint_set(file, "step", "2x"));
    assert_false(store_find_trainer(file, to.w, error, sizeof error));
    assert_true(checkpoint_set(file, "step", "2"));
    assert_false(store_find_trainer(file, to.w, error, sizeof error));
    assert_non_null(strstr(error, "task (none)"));
    checkpoint_free(file);

    file = checkpoint_alloc();
    assert_true(store_trainer(file, r.w, error, sizeof error));
    assert_false(store_trainer(file, r.w, error, sizeof error)); /* the names are taken */
    checkpoint_free(file);

    for (int fault = 0; fault < 3; fault++) {
        file = checkpoint_alloc();
        const real good = r.w->m[3];
        if (fault == 2) r.w->m[3] = (real)NAN;
        assert_true(store_trainer(file, r.w, error, sizeof error));
        if (fault < 2) { /* a tensor under another name */
            static const char *const names[] = {"layers.0.weight", "train.m.layers.0.bias"};
            for (size_t i = 0; i < file->header->tensors; i++)
                if (strcmp(file->header->tensor[i].name, names[fault]) == 0)
                    strcpy(file->header->tensor[i].name, "else");
        }
        assert_true(checkpoint_write(file, path, error, sizeof error));
        checkpoint *back = checkpoint_read(path, error, sizeof error);
        if (!back) fail_msg("%s", error);
        assert_false(store_find_trainer(back, to.w, error, sizeof error));
        assert_non_null(strstr(error, fault < 2 ? "layers.0." : "not finite"));
        checkpoint_free(back);
        checkpoint_free(file);
        r.w->m[3] = good;
    }
    remove(path);
    end(&r), end(&to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_resume),
                                       cmocka_unit_test(test_bad_states)};
    return cmocka_run_group_tests(tests, open_all, close_all);
}
