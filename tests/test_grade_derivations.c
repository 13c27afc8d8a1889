/* test_grade_derivations.c -- derivations in the grader: milestones, a checker that fails, what becomes of
 * an item. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "derive/points.h"
#include "grade/derivation.h"
#include "grade/written.h"

static const char *const table = "lessons/homework/points.tsv";

static bool asks(const char *hint)
{
    return hint[0] && hint[strlen(hint) - 1] == '?';
}

/* The points of the milestones stand in points.tsv alone: each is asked for once, is one that the checker
 * knows, and has a question. */
static void test_milestones(void **state)
{
    points_table p;
    char error[200], seen[40][16];
    size_t n_seen = 0;
    (void)state;
    assert_true(points_read(&p, table, error, sizeof error));
    for (size_t i = 0; i < p.n; i++) {
        milestone list[POINTS_MILESTONES];
        if (p.rows[i].kind != KIND_DERIVATION) continue;
        const size_t n = points_milestones(&p.rows[i], list);
        assert_true(n > 0);
        for (size_t k = 0; k < n; k++) {
            assert_non_null(derive_milestone(list[k].id));
            assert_true(asks(derivation_question(list[k].id)));
            assert_string_not_equal(derivation_question(list[k].id), derivation_question("none"));
            for (size_t j = 0; j < n_seen; j++) assert_string_not_equal(seen[j], list[k].id);
            assert_true(n_seen < 40);
            memcpy(seen[n_seen++], list[k].id, sizeof seen[0]);
        }
    }
    assert_int_equal(n_seen, 15);
    points_free(&p);
}

static void test_reached(void **state)
{
    const derivation d = {.reached = "HW2-C3a,HW3-A1,"};
    (void)state;
    assert_true(derivation_reached(&d, "HW2-C3a"));
    assert_true(derivation_reached(&d, "HW3-A1"));
    assert_false(derivation_reached(&d, "HW2-C3"));
    assert_false(derivation_reached(&d, "W3-A1"));
    assert_false(derivation_reached(&d, "HW3-A"));
    const derivation states[] = {{.state = DERIVATION_WRONG},
                                 {.state = DERIVATION_HOLDS, .unexplained = 1},
                                 {.state = DERIVATION_HOLDS, .unexplained = 2},
                                 {.state = DERIVATION_UNCLEAR},
                                 {.state = DERIVATION_COSTLY},
                                 {.state = DERIVATION_FAILED}};
    for (size_t i = 0; i < 6; i++) assert_int_equal(derivation_decided(&states[i]), i < 2);
}

/* A shell script in the place of the checker, in a directory of its own. */
static void put_script(char *scratch, char program[64], const char *script)
{
    assert_non_null(mkdtemp(scratch));
    assert_int_equal(chmod(scratch, 0755), 0);
    snprintf(program, 64, "%s/program", scratch);
    FILE *f = fopen(program, "w");
    assert_non_null(f);
    fprintf(f, "#!/bin/sh\n%s\n", script);
    fclose(f);
    assert_int_equal(chmod(program, 0755), 0);
}

static derivation run_script(const char *script)
{
    confinement where;
    derivation d;
    char error[200], scratch[] = "/tmp/script-XXXXXX", program[64];
    const text nothing = {0};
    assert_true(sandbox_choose(&where, CONFINE_NONE, 0, error, sizeof error));
    put_script(scratch, program, script);
    const derivation_job job = {.where = &where,
                                .program = program,
                                .scratch = scratch,
                                .own = "HW3-A1",
                                .others = "",
                                .before = &nothing,
                                .answer = &nothing,
                                .seconds = 0.4};
    derivation_judge(&d, &job);
    unlink(program);
    rmdir(scratch);
    return d;
}

/* Whatever the checker does, the grader goes on, and nothing is earned unless it came to its end. */
static void test_a_failing_checker(void **state)
{
    static const struct {
        const char *script;
        enum derivation_state state;
        bool fault;
    } cases[] = {
        {"printf 'reached\\tHW3-A1\\nstate\\tholds\\n'", DERIVATION_FAILED, false},
        {"printf 'reached\\tHW3-A1\\nstate\\tholds\\nend\\t\\n'; exit 3", DERIVATION_FAILED, false},
        {"printf 'reached\\tHW3-A1\\nend\\t\\n'; kill -SEGV $$", DERIVATION_FAILED, false},
        {"printf 'reached\\tHW3-A1\\nend\\t\\n'; sleep 60", DERIVATION_COSTLY, false},
        {"while :; do printf 'reached\\tHW3-A1\\n'; done", DERIVATION_FAILED, false},
        {"while :; do :; done", DERIVATION_COSTLY, false},
        {"echo nonsense", DERIVATION_FAILED, false},
        {"printf 'state\\tmarvellous\\nend\\t\\n'", DERIVATION_FAILED, false},
        {"echo 'sandbox: no' >&2; exit 125", DERIVATION_FAILED, true},
        {"printf 'state\\tholds\\nunexplained\\t1\\nend\\t\\n'", DERIVATION_HOLDS, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const derivation d = run_script(cases[i].script);
        if (d.state != cases[i].state || d.fault != cases[i].fault)
            fail_msg("%s: state %d, fault %d", cases[i].script, d.state, d.fault);
        if (derivation_reached(&d, "HW3-A1")) fail_msg("%s earns a milestone", cases[i].script);
    }
    const derivation d = run_script("printf 'reached\\tHW3-A1\\nstate\\twrong\\nrow\\t3\\n"
                                    "quote\\ta\\033[2Jb\\nend\\t\\n'");
    assert_true(derivation_reached(&d, "HW3-A1"));
    assert_int_equal(d.row, 3);
    assert_string_equal(d.quote, "a?[2Jb");
}

/* ---- What becomes of an item ---- */

/* The two derivations of hw03, with answers or without, and a script for the checker. */
static void grade_with(grading *g, points_table *p, const char *script, const char *first,
                       const char *second)
{
    char error[200], base[] = "/tmp/script-XXXXXX", program[64];
    workshop w = {.homework = "lessons/homework"};
    const char *const answers[] = {first, second};
    assert_true(points_read(p, table, error, sizeof error));
    *g = (grading){.items = calloc(2, sizeof *g->items), .n = 2};
    assert_non_null(g->items);
    g->items[0].row = points_find(p, "hw03", "A7");
    g->items[1].row = points_find(p, "hw03", "B4");
    for (size_t i = 0; i < 2; i++)
        text_add_bytes(&g->items[i].answer, answers[i], strlen(answers[i]));
    assert_true(sandbox_choose(&w.where, CONFINE_NONE, 0, error, sizeof error));
    put_script(base, program, script);
    snprintf(w.base, sizeof w.base, "%s", base);
    snprintf(w.deriver, sizeof w.deriver, "%s", program);
    written_derivations(g, &w);
    workshop_remove(base);
}

static void expect(const char *script, const char *first, enum item_state state, double earned,
                   const char *why)
{
    grading g;
    points_table p;
    grade_with(&g, &p, script, first, "");
    const item *i = &g.items[0];
    if (i->state != state || i->earned != earned || !strstr(i->why, why))
        fail_msg("%s: state %d, %g points, '%s'", script, i->state, i->earned, i->why);
    assert_int_equal(g.items[1].state, ITEM_UNANSWERED);
    assert_true(!i->hint[0] || asks(i->hint));
    grading_free(&g);
    points_free(&p);
}

static const char *const all = "reached\tHW3-A1\nreached\tHW3-A2\nreached\tHW3-A3\n";

/* A checker that says this and comes to its end. */
static const char *says(const char *first, const char *second)
{
    static char script[600];
    snprintf(script, sizeof script, "cat <<'E'\n%s%s\nend\t\nE", first, second);
    return script;
}

static void test_items(void **state)
{
    (void)state;
    expect(says(all, "state\tholds"), "x", ITEM_RIGHT, 2.0, "");
    expect(says(all, "state\twrong\nrow\t9"), "x", ITEM_RIGHT, 2.0, "");
    expect(says("", "reached\tHW3-A1\nstate\tholds"), "x", ITEM_PART, 0.5, "are collected");
    expect(says("", "reached\tHW3-A2\nstate\twrong\nrow\t3\nreason\twhy so"), "x", ITEM_PART, 0.75,
           "line 3 of the answer is wrong:   why so");
    expect(says("", "state\twrong\nrow\t3\nquote\ta = b\nworld\tT = 4\nvalues\tleft = 1"), "x",
           ITEM_WRONG, 0.0, "line 3 of the answer is wrong: a = b  in a world of T = 4: left = 1");
    expect(says("", "state\tholds\nunexplained\t1"), "x", ITEM_WRONG, 0.0, "x_0 is inserted");
    expect(says("", "restated\tHW3-A1\nstate\tholds"), "x", ITEM_WRONG, 0.0,
           "x_0 is inserted; one line leads from the beginning to the end");
    /* What cannot be decided waits, and what was reached before it is not awarded by halves. */
    expect(says("", "reached\tHW3-A1\nstate\tholds\nunexplained\t2"), "x", ITEM_PENDING, 0.0,
           "a way of its own");
    expect(says("", "reached\tHW3-A1\nstate\tunclear\nrow\t2\nreason\twhat is r?"), "x",
           ITEM_PENDING, 0.0, "line 2 (): what is r?");
    expect(says("", "state\toutside\nrow\t2\nreason\ta gradient"), "x", ITEM_PENDING, 0.0,
           "a gradient");
    expect(says("", "state\tnothing"), "x", ITEM_PENDING, 0.0, "no formula");
    expect(says("", "state\tunreadable\nreason\tzero byte"), "x", ITEM_PENDING, 0.0, "zero byte");
    expect("exit 1", "x", ITEM_PENDING, 0.0, "could not be checked");
    expect("kill -KILL $$", "x", ITEM_PENDING, 0.0, "too expensive");
    expect(says(all, "state\tholds"), "", ITEM_UNANSWERED, 0.0, "not answered");
}

/* A milestone counts wherever it is reached; an item without a text of its own can have a part. */
static void test_items_share_their_texts(void **state)
{
    grading g;
    points_table p;
    (void)state;
    grade_with(&g, &p, says("", "reached\tHW3-A1\nreached\tHW3-B1\nstate\tholds"), "", "x");
    assert_int_equal(g.items[0].state, ITEM_PART);
    assert_true(g.items[0].earned == 0.5 && g.items[1].earned == 0.5);
    assert_non_null(strstr(g.items[0].why, "only a part stands in another answer"));
    assert_false(g.fault);
    grading_free(&g);
    points_free(&p);
    grade_with(&g, &p, "echo 'sandbox: no' >&2; exit 125", "x", "x");
    assert_true(g.fault);
    grading_free(&g);
    points_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_milestones),
        cmocka_unit_test(test_reached),
        cmocka_unit_test(test_a_failing_checker),
        cmocka_unit_test(test_items),
        cmocka_unit_test(test_items_share_their_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
