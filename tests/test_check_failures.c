/* test_check_failures.c -- every way in which a comparison must fail. */
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

static const captured *run(int number, void (*steps)(lesson *), const char *a, const char *b)
{
    return play(number, steps, (const char *const[]){a, b, NULL});
}

static void good_pair(lesson *L)
{
    road(L, NULL, "two roads", 1.25, 1.25 + 1e-14, 1e-13);
    control(L, "a mistake", 1.5, 1.25, 1e-13);
}

static void failing_road(lesson *L)
{
    claim(L, "ERR-01");
    road(L, NULL, "off by two tolerances", 1.0 + 2e-13, 1.0, 1e-13);
    control(L, "a mistake", 1.5, 1.0, 1e-13);
    claim(L, "ERR-02");
    good_pair(L);
    claim(L, "ERR-03");
    good_pair(L);
}

static void nan_road(lesson *L)
{
    claim(L, "ERR-01");
    road(L, NULL, "not a number", (double)NAN, 1.0, 1e-13);
}

static void nan_control(lesson *L)
{
    claim(L, "ERR-01");
    control(L, "a mistake that is not a number", (double)NAN, 1.0, 1e-13);
}

static void infinite_tolerance(lesson *L)
{
    claim(L, "ERR-01");
    road(L, NULL, "any number would do", 1.0, 2.0, (double)INFINITY);
}

static void nan_tolerance(lesson *L)
{
    claim(L, "ERR-01");
    road(L, NULL, "a tolerance from nowhere", 1.0, 1.0 + 1e-3, (double)NAN);
}

static void tiny_tolerance(lesson *L)
{
    claim(L, "ERR-01");
    road(L, NULL, "below the last place", 1e6, 1e6, 1e-20);
}

static void accepted_control(lesson *L)
{
    claim(L, "ERR-01");
    control(L, "a mistake that nobody sees", 1.0 + 1e-14, 1.0, 1e-13);
}

static void empty_gap(lesson *L)
{
    claim(L, "ERR-01");
    const gap nothing = {0};
    road_gap(L, NULL, "no comparison at all", &nothing);
}

static void equal_sides(lesson *L)
{
    claim(L, "ERR-01");
    road_below(L, NULL, "equal both ways", 1.0, 1.0, 0.0);
}

static void nan_below(lesson *L)
{
    claim(L, "ERR-01");
    control_below(L, "not a number", (double)NAN, 1.0, 0.0);
}

static void no_cases(lesson *L)
{
    claim(L, "ERR-01");
    road_all(L, NULL, "in all of no cases", 0, 0);
}

static void nan_sticks(lesson *L)
{
    claim(L, "ERR-01");
    gap g = {0};
    gap_add(&g, 1, (double)NAN, 1.0, 1.0);
    gap_add(&g, 2, 5.0, 1.0, 1.0);
    control_gap(L, "one of many is not a number", &g);
}

static void test_each_failure_is_seen(void **state)
{
    (void)state;
    static const struct {
        void (*steps)(lesson *);
        const char *says;
    } cases[] = {
        {failing_road, "FAILED: 2 of the tolerance"},
        {nan_road, "FAILED: not a number"},
        {nan_control, "it does not count: not a number"},
        {infinite_tolerance, "the tolerance means nothing"},
        {nan_tolerance, "FAILED"},
        {tiny_tolerance, "the tolerance means nothing"},
        {accepted_control, "FAILED, not rejected"},
        {empty_gap, "nothing was compared"},
        {equal_sides, "moved by 8 tolerances it is still accepted"},
        {nan_below, "it does not count"},
        {no_cases, "no case was looked at"},
        {nan_sticks, "it does not count: not a number"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const captured *c = run(20, cases[i].steps, NULL, NULL);
        assert_int_equal(c->status, 1);
        assert_contains(c->out, cases[i].says);
        assert_contains(c->out, "=> FAILED");
        run(20, cases[i].steps, "--tap", NULL);
        assert_int_equal(play_seen.status, 1);
        assert_contains(play_seen.out, "not ok 1 - ERR-01");
    }
}

static void test_equality_is_shaken_too(void **state)
{
    (void)state;
    gap g = {0};
    gap_add(&g, 0, 0.731, 0.731, 0.0);
    assert_false(g.unshaken);
    assert_true(g.ratio == 0.0);
    gap_add(&g, 1, 0.731, 0.7310000001, 0.0);
    assert_true(isinf(g.ratio));
    assert_int_equal(g.at, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_failure_is_seen),
        cmocka_unit_test(test_equality_is_shaken_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
