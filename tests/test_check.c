/* test_check.c -- the verification engine: what it accepts, what it refuses, and that it cannot be fooled. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "play.h"
#include "check/registry.h"

/* Lesson 20 has three claims (ERR-01 and ERR-02 hold under a condition, ERR-03 holds); lesson 13 has
 * false ones; lesson 21 empirical ones. */
static const captured *run(int number, void (*steps)(lesson *), const char *a, const char *b)
{
    return play(number, steps, (const char *const[]){a, b, NULL});
}

/* ---- A lesson that is all right ---- */

static void good_pair(lesson *L)
{
    road(L, NULL, "two roads", 1.25, 1.25 + 1e-14, 1e-13);
    control(L, "a mistake", 1.5, 1.25, 1e-13);
}

static void good_lesson(lesson *L)
{
    section(L, "%d.1  A section", 20);
    claim(L, "ERR-01");
    good_pair(L);
    say(L, "a word of %s", "explanation");
    claim(L, "ERR-02");
    good_pair(L);
    evidence(L, "number %d", 7);
    claim(L, "ERR-03");
    road_below(L, NULL, "smaller", 1.0, 2.0, 0.5);
    control_below(L, "not smaller", 2.0, 1.0, 0.5);
    road_all(L, NULL, "always", 0, 7);
    control_all(L, "not always", 2, 7);
}

static void test_good_lesson_passes(void **state)
{
    (void)state;
    const captured *c = run(20, good_lesson, NULL, NULL);
    assert_int_equal(c->status, 0);
    assert_contains(c->out, "8 passed, 0 failed\n");
    assert_contains(c->out, "=> holds under a condition");
    assert_contains(c->out, "number    number 7");
    assert_contains(c->out, "violated in 2 of 7 cases");
    assert_contains(c->out, "seed 20251122, effort 1");
    assert_string_equal(c->err, "");
}

static void test_tap(void **state)
{
    (void)state;
    const captured *c = run(20, good_lesson, "--tap", NULL);
    assert_int_equal(c->status, 0);
    assert_contains(c->out, "TAP version 13\n");
    assert_contains(c->out, "ok 8 - ERR-03 control: not always");
    assert_contains(c->out, "1..8\n");
    assert_contains(c->out, "# 8 passed, 0 failed");
}

static void test_list_and_help(void **state)
{
    (void)state;
    assert_int_equal(run(20, good_lesson, "--list", NULL)->status, 0);
    assert_contains(play_seen.out, "ERR-03\tholds\t");
    assert_int_equal(run(20, good_lesson, "--help", NULL)->status, 0);
    assert_contains(play_seen.out, "--fail-fast");
}

/* ---- Completeness ---- */

static void unfinished(lesson *L)
{
    claim(L, "ERR-01");
    good_pair(L);
    claim(L, "ERR-02");
    road(L, NULL, "a road without a control", 1.0, 1.0, 1e-13);
}

static void test_completeness(void **state)
{
    (void)state;
    const captured *c = run(20, unfinished, NULL, NULL);
    assert_int_equal(c->status, 1);
    assert_contains(c->out, "no control was checked");
    assert_contains(c->out, "ERR-03   NOT REPORTED");
    assert_contains(c->out, "3 passed, 2 failed");
    run(20, unfinished, "--fail-fast", NULL); /* completeness is not asked of a run that may stop */
    assert_int_equal(play_seen.status, 0);
}

static void false_claims(lesson *L)
{
    claim(L, "WT-03"); /* false as printed, without the printed statement */
    good_pair(L);
    claim(L, "WT-04");
    printed(L, "as printed", 2.0, 1.0, 1e-13);
    control(L, "no road", 2.0, 1.0, 1e-13);
    claim(L, "WT-07");
    printed_below(L, "as printed", 2.0, 1.0, 0.1);
    printed_all(L, "as printed", 1, 2);
    gap g = {0};
    gap_add(&g, 0, 2.0, 1.0, 1e-3);
    printed_gap(L, "as printed", &g);
    road(L, NULL, "the correction", 1.0, 1.0, 1e-13);
}

static void test_false_claims_need_the_printed_statement(void **state)
{
    (void)state;
    const captured *c = run(13, false_claims, NULL, NULL);
    assert_int_equal(c->status, 1);
    assert_contains(c->out, "the statement as printed was not pushed through");
    assert_contains(c->out, "no road was checked");
    assert_contains(c->out, "=> FALSE as printed");
}

static void outcomes(lesson *L)
{
    claim(L, "TRN-01"); /* empirical: nothing is demanded */
    say(L, "as measured");
}

static void test_empirical_claims_demand_nothing(void **state)
{
    (void)state;
    run(21, outcomes, NULL, NULL);
    assert_lacks(play_seen.out, "TRN-01   NOT");
    assert_contains(play_seen.out, "=> empirical");
}

static void skipping(lesson *L)
{
    claim(L, "ERR-01");
    not_run(L, "images", "no files");
    claim(L, "ERR-02");
    good_pair(L);
    claim(L, "ERR-03");
    good_pair(L);
}

static void test_not_run_is_counted_apart(void **state)
{
    (void)state;
    const captured *c = run(20, skipping, NULL, NULL);
    assert_int_equal(c->status, 0);
    assert_contains(c->out, "(not run)");
    assert_contains(c->out, "4 passed, 0 failed, 1 skipped");
    assert_contains(c->out, "1 not run");
    run(20, skipping, "--tap", NULL);
    assert_contains(play_seen.out, "# SKIP no files");
}

static void fast(lesson *L)
{
    claim(L, "ERR-01");
    road(L, NULL, "wrong", 2.0, 1.0, 1e-13);
    fprintf(stderr, "not reached");
}

static void test_fail_fast(void **state)
{
    (void)state;
    run(20, fast, "--fail-fast", NULL);
    assert_int_equal(play_seen.status, 1);
    assert_string_equal(play_seen.err, "");
    assert_contains(play_seen.out, "0 passed, 1 failed");
}

/* ---- Claims that do not fit ---- */

static void unknown_claim(lesson *L)
{
    claim(L, "XYZ-99");
}
static void foreign_claim(lesson *L)
{
    claim(L, "POS-01");
}
static void text_claim(lesson *L)
{
    claim(L, "PRO-01");
}
static void no_claim(lesson *L)
{
    road(L, NULL, "outside", 1.0, 1.0, 1e-13);
}
static void nothing_at_all(lesson *L)
{
    (void)L;
}

static void twice(lesson *L)
{
    claim(L, "ERR-01");
    claim(L, "ERR-01");
}

static void test_claims_that_do_not_fit(void **state)
{
    (void)state;
    static const struct {
        void (*steps)(lesson *);
        int status;
        const char *says;
    } cases[] = {{unknown_claim, 2, "does not know"},    {foreign_claim, 2, "belongs to lesson 04"},
                 {text_claim, 2, "belongs to lesson -"}, {twice, 2, "opens ERR-01 twice"},
                 {no_claim, 2, "outside any claim"},     {nothing_at_all, 1, ""}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        run(20, cases[i].steps, NULL, NULL);
        assert_int_equal(play_seen.status, cases[i].status);
        assert_contains(play_seen.err, cases[i].says);
    }
}

static void test_registry(void **state)
{
    (void)state;
    assert_int_equal(registry_size, 190);
    assert_int_equal(registry_count(4), 10);
    assert_null(registry_find("POS-99"));
    const registry_row odd = {.verdict = "X"};
    assert_string_equal(registry_verdict(&odd), "unknown verdict");
    for (size_t i = 0; i < registry_size; i++)
        assert_string_not_equal(registry_verdict(&registry_rows[i]), "unknown verdict");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_lesson_passes),
        cmocka_unit_test(test_tap),
        cmocka_unit_test(test_list_and_help),
        cmocka_unit_test(test_completeness),
        cmocka_unit_test(test_false_claims_need_the_printed_statement),
        cmocka_unit_test(test_empirical_claims_demand_nothing),
        cmocka_unit_test(test_not_run_is_counted_apart),
        cmocka_unit_test(test_fail_fast),
        cmocka_unit_test(test_claims_that_do_not_fit),
        cmocka_unit_test(test_registry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
