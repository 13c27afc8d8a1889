/* test_grade_units.c -- the parts of the grader that need no student: tables, answers, numbers,
 * hints, tolerances. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grade/answers.h"
#include "grade/csv.h"
#include "grade/grade.h"
#include "grade/number.h"
#include "grade/signature.h"
#include "grade/summary.h"

static const char *const table = "lessons/homework/points.tsv";

/* ---- Points ---- */

static void test_points_add_up(void **state)
{
    points_table p;
    char error[200];
    (void)state;
    assert_true(points_read(&p, table, error, sizeof error));
    const char *const with[] = {"hw01", "hw02",
                                "hw03"}; /* test_grade_homework.sh: as on the sheets */
    for (size_t i = 0; i < 3; i++) {
        double sum = 0.0;
        for (char part[] = "A"; part[0] <= 'Z'; part[0]++)
            sum += points_sum(&p, with[i], part, false);
        assert_true(sum > 0.0);
        assert_float_equal(points_sum(&p, with[i], NULL, false), sum, 1e-12);
    }
    const char *const without[] = {"inclass", "selfcheck", "widgets"};
    for (size_t i = 0; i < 3; i++)
        assert_float_equal(points_sum(&p, without[i], NULL, false), 0.0, 0.0);
    points_free(&p);
}

static void refused(const char *rows, const char *why)
{
    char path[] = "/tmp/points-XXXXXX", error[200] = "";
    points_table p;
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, rows, strlen(rows)), (ssize_t)strlen(rows));
    close(fd);
    assert_false(points_read(&p, path, error, sizeof error));
    unlink(path);
    if (!strstr(error, why)) fail_msg("'%s' lacks '%s'", error, why);
}

static void test_bad_tables_are_refused(void **state)
{
    (void)state;
    const char *const row = "hw01\tA\tA1\t1\thuman\t-\t-\ttitle\n";
    char twice[200];
    snprintf(twice, sizeof twice, "%s%s", row, row);
    refused(twice, "row 2 stands twice");
    refused("hw01\tA\tA1\t1\thuman\t-\ttitle\n", "eight columns");
    refused("hw01\tA\tA1\t1\thuman\t-\t-\ttitle\tmore\n", "eight columns");
    refused("hw01\tA\tA1\tnan\thuman\t-\t-\ttitle\n", "no usable points");
    refused("hw01\tA\tA1\t-1\thuman\t-\t-\ttitle\n", "no usable points");
    refused("hw01\tA\tA1\t1\toracle\t-\t-\ttitle\n", "unknown kind");
    refused("hw01\tA\tA1\t1\tcode\tnosuch\t-\ttitle\n", "unknown checker");
    refused("hw01\tA\tA1\t1\tnumber\tnosuch\t-\ttitle\n", "unknown checker");
    refused("hw01\tA\tA1\t1\tcode\tleftover\tB1\ttitle\n", "no earlier code item");
    refused("hw01\tB\tB3\t1\tcode\telbo_reindexed\t-\ttitle\n"
            "hw01\tD\tD2\t1\tcode\telbo_on_path\tB3\ttitle\n",
            "needs a function that cannot be replaced");
    refused("hw01\tA\tA4\t1\tderivation\thw01a\t-\ttitle\n", "no list of milestones");
    refused("hw01\tA\tA4\t1\tderivation\tHW1-A2=x\t-\ttitle\n", "no list of milestones");
    refused("hw01\tA\tA4\t1\tderivation\tHW1-A2=-1\t-\ttitle\n", "no list of milestones");
    refused("hw01\tA\tA4\t1\tderivation\tHW1-Z9=1\t-\ttitle\n", "unknown milestone");
    refused("hw01\tA\tA1\t1\tderivation\tHW1-A1=1\t-\ttitle\n", "unknown milestone");
    refused("hw01\tA\tA4\t1\tderivation\tHW3-A1=1\t-\ttitle\n", "foreign milestone");
    refused("hw01\tA\tA4\t1\tderivation\tHW1-A2=0.5\t-\ttitle\n", "do not add up");
    points_table p;
    char error[200];
    assert_false(points_read(&p, "/nonexistent", error, sizeof error));
}

/* ---- Answers ---- */

static text make(const char *words)
{
    text t = {0};
    text_add_bytes(&t, words, strlen(words));
    return t;
}

static void test_answers(void **state)
{
    text file =
        make("# comment\n[A1]\n# question\n  two\nlines\n[open\n\n[A1n] 5\n1.5e-3\n[B1]\n?\n[C1]\n"
             "\n[D1]\n b, \n[A1]\nlater\n");
    text answer = {0};
    double value;
    char choice[8];
    (void)state;
    assert_true(answers_find(&file, "A1", &answer));
    assert_string_equal(text_of(&answer), "two\nlines\n[open");
    assert_false(answers_number(&answer, &value));
    text_free(&answer);
    assert_true(answers_find(&file, "A1n", &answer));
    assert_true(answers_number(&answer, &value));
    assert_float_equal(value, 1.5e-3, 0.0);
    assert_false(answers_choice(&answer, choice, sizeof choice));
    text_free(&answer);
    assert_false(answers_find(&file, "B1", &answer)); /* a question mark is no answer */
    text_free(&answer);
    assert_false(answers_find(&file, "C1", &answer));
    text_free(&answer);
    assert_true(answers_find(&file, "D1", &answer));
    assert_true(answers_choice(&answer, choice, sizeof choice));
    assert_string_equal(choice, "b");
    text_free(&answer);
    assert_false(answers_find(&file, "E9", &answer));
    text_free(&answer);
    text_free(&file);
    const char *const no_numbers[] = {"nan", "inf", "1e999", "1 2", "0.3 nats", ""};
    for (size_t i = 0; i < sizeof no_numbers / sizeof no_numbers[0]; i++) {
        answer = make(no_numbers[i]);
        assert_false(answers_number(&answer, &value));
        text_free(&answer);
    }
}

static bool asks(const char *hint)
{
    return hint && hint[0] && hint[strlen(hint) - 1] == '?';
}

static void test_numbers_know_right_from_wrong(void **state)
{
    const number *n;
    const char *id, *hint;
    (void)state;
    for (size_t i = 0; (n = number_at(i)); i++) {
        assert_true(isfinite(n->value()));
        assert_ptr_equal(number_find(n->name), n);
        if (!n->wrong[0].id) continue;
        assert_true(number_judge(n, n->value(), &id, &hint));
        for (int k = 0; k < NUMBER_WRONGS && n->wrong[k].id; k++) {
            assert_false(number_judge(n, n->wrong[k].value(), &id, &hint));
            assert_string_equal(id, n->wrong[k].id);
            if (!asks(hint)) fail_msg("%s %s does not ask: %s", n->name, id, hint);
        }
        assert_false(number_judge(n, 7654.321, &id, &hint));
        assert_true(asks(hint));
    }
}

static void test_every_hint_asks(void **state)
{
    sheet choices;
    (void)state;
    for (int f = 0; f < F_COUNT; f++)
        for (const mistake *m = NULL; (m = mistake_next((enum function_id)f, m));)
            if (!asks(m->hint)) fail_msg("%s does not ask", m->id);
    for (size_t i = 0; i < misprint_n; i++)
        if (!asks(misprints[i].hint)) fail_msg("%s does not ask", misprints[i].id);
    assert_true(sheet_read(&choices, "lessons/homework/choices.tsv", 5));
    assert_true(choices.rows > 20);
    for (size_t i = 0; i < choices.rows; i++)
        if (!asks(sheet_cell(&choices, i, 4))) fail_msg("row %zu of choices.tsv does not ask", i);
    sheet_free(&choices);
}

/* Every item that a person grades has a rubric, whose numbers exist. */
static void test_rubric(void **state)
{
    points_table p;
    sheet rubric;
    char error[200];
    (void)state;
    assert_true(points_read(&p, table, error, sizeof error));
    assert_true(sheet_read(&rubric, "lessons/homework/rubric.tsv", 4));
    for (size_t i = 0; i < p.n; i++) {
        const char *const words[] = {p.rows[i].assignment, p.rows[i].item};
        const size_t row = sheet_find(&rubric, words, 2);
        if (points_machine(&p.rows[i])) continue;
        if (row == rubric.rows) fail_msg("no rubric for %s %s", words[0], words[1]);
        char copy[200], *save = NULL;
        snprintf(copy, sizeof copy, "%s", sheet_cell(&rubric, row, 3));
        for (char *one = strtok_r(copy, ",", &save); one; one = strtok_r(NULL, ",", &save))
            if (strcmp(one, "-") != 0 && !number_find(one)) fail_msg("no number %s", one);
    }
    sheet_free(&rubric);
    points_free(&p);
}

/* ---- Exercises ---- */

/* Over 40 seeds: the reference passes; the tolerances are finite and small against the values; each
 * named wrong formula leaves them in some case, and is recognised by its values. */
static void check_mistake(const exercise *e, const judge_world *w, const mistake *m)
{
    judge_case *cases;
    const size_t n = judge_cases_alloc(e, w, &cases);
    size_t outside = 0;
    for (size_t i = 0; i < n; i++) {
        judge_case *c = &cases[i];
        m->value(c->which < JUDGE_SCHEDULES ? w->schedules[c->which] : NULL, c->t, c->n, c->in,
                 c->out);
        for (size_t k = 0; k < exercise_outputs(e, c->n); k++)
            outside += !judge_close(c->out[k], c->truth[k], c->tolerance[k], 536870912.0);
    }
    if (outside == 0) fail_msg("%s passes %s", m->id, e->checker);
    judge_cases_free(cases, n);
}

static void check_exercise(const exercise *e, const judge_world *w)
{
    judge_case *cases;
    const size_t n = judge_cases_alloc(e, w, &cases);
    assert_true(n >= 12);
    for (size_t i = 0; i < n; i++) {
        const judge_case *c = &cases[i];
        for (size_t k = 0; k < exercise_outputs(e, c->n); k++) {
            assert_true(isfinite(c->truth[k]) && isfinite(c->tolerance[k]));
            assert_true(c->tolerance[k] >= 0.0);
            assert_true(judge_close(c->truth[k], c->truth[k], c->tolerance[k], 1.0));
            assert_false(judge_close((double)NAN, c->truth[k], c->tolerance[k], 1.0));
        }
    }
    judge_cases_free(cases, n);
    for (const mistake *m = NULL; (m = mistake_next(e->f, m));)
        if (strncmp(e->checker, "separate", 8) != 0) check_mistake(e, w, m);
}

static void test_exercises(void **state)
{
    (void)state;
    for (unsigned long seed = 1; seed <= 6; seed++) {
        judge_world w;
        assert_true(judge_world_open(&w, seed * 7919));
        for (size_t i = 0; i < n_exercises; i++) {
            assert_ptr_equal(exercise_find(exercises[i].checker), &exercises[i]);
            check_exercise(&exercises[i], &w);
        }
        judge_world_close(&w);
    }
    assert_null(exercise_find("nosuch"));
    assert_int_equal(function_find("nosuch"), F_COUNT);
    assert_int_equal(function_find("x0_error"), F_X0_ERROR);
}

/* ---- Tables of the class ---- */

static void test_csv(void **state)
{
    static const char *const headings[] = {"NAME", "name", NULL}, *const none[] = {"x", NULL};
    char path[] = "/tmp/csv-XXXXXX";
    const char *const content = "\xef\xbb\xbfid,Name\r\n1,\"a \"\"b\"\", c\nd\"\r\n2\n";
    csv c;
    text to = {0};
    (void)state;
    const int fd = mkstemp(path);
    assert_int_equal(write(fd, content, strlen(content)), (ssize_t)strlen(content));
    close(fd);
    assert_true(csv_read(&c, path));
    assert_int_equal(c.n, 3);
    assert_int_equal(csv_column(&c, headings), 1);
    assert_int_equal(csv_column(&c, none), -1);
    assert_string_equal(csv_cell(&c, 1, 1), "a \"b\", c\nd");
    assert_string_equal(csv_cell(&c, 2, 1), "");
    assert_string_equal(csv_cell(&c, 9, 0), "");
    csv_free(&c);
    unlink(path);
    csv_add(&to, "=HYPERLINK(1)");
    csv_add(&to, "a \"b\"");
    csv_add(&to, "");
    csv_add_number(&to, 1.5);
    csv_end(&to);
    assert_string_equal(text_of(&to), "\"'=HYPERLINK(1)\",\"a \"\"b\"\"\",,1.5\n");
    text_free(&to);
    assert_false(csv_read(&c, "/nonexistent"));
}

/* What is written is read back the same, whatever is in it; a table grows where a cell is put. */
static void test_csv_there_and_back(void **state)
{
    static const char *const cells[] = {"-ann", "'=1", "@x", "a\nb,\"c\"", "", "'", "0.5"};
    char path[] = "/tmp/csv-XXXXXX";
    csv c = {.n = 0};
    text to = {0};
    (void)state;
    close(mkstemp(path));
    for (size_t i = 0; i < 7; i++) csv_add(&to, cells[i]);
    csv_end(&to);
    assert_true(text_write_file(path, text_of(&to), to.size));
    text_free(&to);
    assert_true(csv_read(&c, path));
    unlink(path);
    assert_int_equal(c.n, 1);
    for (int i = 0; i < 7; i++) assert_string_equal(csv_cell(&c, 0, i), cells[i]);
    assert_int_equal(csv_put_column(&c, "0.5"), 6);
    assert_int_equal(csv_put_column(&c, "new"), 7);
    assert_int_equal(csv_put_row(&c), 1);
    csv_put(&c, 1, 7, "cell");
    csv_put(&c, 1, 7, "other");
    assert_string_equal(csv_cell(&c, 1, 7), "other");
    assert_string_equal(csv_cell(&c, 1, 3), "");
    csv_free(&c);
}

static void test_roster_matches_downloads(void **state)
{
    roster_row rows[] = {{"ab12", "Ann Bell", "", "4711", ""},
                         {"cd3", "Carl Dee", "", "", ""},
                         {"cd34", "", "", "", ""}};
    const roster r = {rows, 3};
    (void)state;
    assert_ptr_equal(roster_match(&r, "ab12"), &rows[0]);
    assert_ptr_equal(roster_match(&r, "bellann_4711_99_hw03"), &rows[0]);
    assert_ptr_equal(roster_match(&r, "Carl Dee_815_assignsubmission_file_"), &rows[1]);
    assert_ptr_equal(roster_match(&r, "hw03-cd34"), &rows[2]);
    assert_null(roster_match(&r, "cd345"));
    assert_null(roster_match(&r, "ab12_cd3")); /* two fit */
}

static void test_foreign_text_is_plain(void **state)
{
    text to = {0};
    (void)state;
    text_add_plain(&to, "a\x1b[2J\xff \xc3\xa9\xc2\x9b\r\t!", 100);
    assert_string_equal(text_of(&to), "a?[2J? \xc3\xa9???\t!");
    text_free(&to);
    text_add_plain(&to, "abcdef", 3);
    assert_string_equal(text_of(&to), "abc ...");
    text_free(&to);
}

static void test_seeds(void **state)
{
    (void)state;
    assert_int_equal(grade_seed("ann", "hw03", "salt"), grade_seed("ann", "hw03", "salt"));
    assert_int_not_equal(grade_seed("ann", "hw03", "salt"), grade_seed("bob", "hw03", "salt"));
    assert_int_not_equal(grade_seed("ann", "hw03", "salt"), grade_seed("ann", "hw02", "salt"));
    assert_int_not_equal(grade_seed("ann", "hw03", "salt"), grade_seed("ann", "hw03", "pepper"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_points_add_up),
        cmocka_unit_test(test_bad_tables_are_refused),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_numbers_know_right_from_wrong),
        cmocka_unit_test(test_every_hint_asks),
        cmocka_unit_test(test_rubric),
        cmocka_unit_test(test_exercises),
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_csv_there_and_back),
        cmocka_unit_test(test_roster_matches_downloads),
        cmocka_unit_test(test_foreign_text_is_plain),
        cmocka_unit_test(test_seeds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
