/* test_derive.c -- the derivation checker on its corpus: correct derivations hold, each planted mistake is
 * found at its line, the documents' displays are classified, bad files give one clear line. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "derive/derive.h"
#include "derive/points.h"

/* ---- Files ---- */

enum { MOST_FILES = 200 };
static char paths[MOST_FILES][512];

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* The files of tests/derive/NAME, sorted. */
static size_t list(const char *name)
{
    char dir[200];
    size_t n = 0;
    snprintf(dir, sizeof dir, "tests/derive/%s", name);
    DIR *d = opendir(dir);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d)) && n < MOST_FILES;)
        if (e->d_name[0] != '.') snprintf(paths[n++], sizeof paths[0], "%s/%s", dir, e->d_name);
    closedir(d);
    qsort(paths, n, sizeof paths[0], by_name);
    return n;
}

static derive_result *check(const char *path)
{
    const derive_options o = derive_defaults();
    derive_result *r = derive_check_file(path, &o);
    assert_non_null(r);
    return r;
}

static derive_result *check_text(const char *name, const char *text)
{
    const derive_options o = derive_defaults();
    derive_result *r = derive_check_text(name, text, strlen(text), &o);
    assert_non_null(r);
    return r;
}

/* What stands behind `word` in the file's first comment that has it. */
static bool expectation(const char *path, const char *word, char *value, size_t size)
{
    char text[600] = "";
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while (fgets(text, sizeof text, f) && !strstr(text, "expect:")) continue;
    fclose(f);
    const char *at = strstr(text, word);
    if (!at) return false;
    at += strlen(word) + 1;
    snprintf(value, size, "%.*s", (int)strcspn(at, " \n"), at);
    return true;
}

/* ---- The corpus ---- */

static void right_ones_hold(void **state)
{
    (void)state;
    const size_t n = list("right");
    assert_true(n >= 30);
    for (size_t i = 0; i < n; i++) {
        derive_result *r = check(paths[i]);
        if (derive_status(r) != 0) derive_print(stderr, r, false);
        if (derive_status(r) != 0) fail_msg("%s: a false alarm", paths[i]);
        if (r->n_verdict[DERIVE_OK] == 0) fail_msg("%s: nothing was checked", paths[i]);
        for (const derive_line *l = r->lines; l; l = l->next)
            if (l->notes) fail_msg("%s:%zu: a note on a correct line", paths[i], l->row);
        derive_free(r);
    }
}

static void wrong_ones_are_found(void **state)
{
    (void)state;
    const size_t n = list("wrong");
    assert_true(n >= 50);
    for (size_t i = 0; i < n; i++) {
        char row[20], hint[80];
        derive_result *r = check(paths[i]);
        if (!expectation(paths[i], "wrong at", row, sizeof row))
            fail_msg("%s says nothing", paths[i]);
        const derive_line *l = r->lines;
        while (l && (l->verdict == DERIVE_OK || l->verdict == DERIVE_NOT_CHECKED)) l = l->next;
        if (!l || l->verdict != DERIVE_WRONG) fail_msg("%s: not found", paths[i]);
        if (l->row != strtoul(row, NULL, 10)) fail_msg("%s: found at %zu", paths[i], l->row);
        assert_true(l->first_wrong);
        assert_non_null(l->example);
        if (expectation(paths[i], " hint", hint, sizeof hint) &&
            (!l->misprint || strcmp(hint, l->misprint) != 0))
            fail_msg("%s: taken for %s", paths[i], l->misprint ? l->misprint : "nothing");
        if (l->hint) assert_non_null(strchr(l->hint, '?'));
        assert_int_equal(derive_status(r), 1);
        derive_free(r);
    }
}

static void false_claims_are_refuted(void **state)
{
    (void)state;
    const size_t n = list("claims");
    for (size_t i = 0; i < n; i++) {
        derive_result *r = check(paths[i]);
        for (const derive_line *l = r->lines; l; l = l->next)
            if (l->verdict != DERIVE_WRONG || !l->example)
                fail_msg("%s:%zu: not refuted", paths[i], l->row);
        assert_true(r->n_lines >= 18);
        derive_free(r);
    }
}

/* What the fuzzer found, kept: it ends in a report (under the sanitizers, without a complaint). */
static void findings_of_the_fuzzer(void **state)
{
    (void)state;
    const size_t n = list("fuzz");
    assert_true(n >= 1);
    for (size_t i = 0; i < n; i++) {
        derive_award awards[DERIVE_MOST_AWARDS];
        derive_result *r = check(paths[i]);
        assert_true(r->error || r->n_lines > 0);
        assert_true(derive_points(r, "HW1", awards) > 0 || r->error);
        assert_true(derive_points(r, "HW2", awards) > 0 || r->error);
        assert_true(derive_points(r, "HW3", awards) > 0 || r->error);
        derive_free(r);
    }
}

/* Nothing undecided, nothing not understood; the statements that are wrong are these and no others. */
static void documents_are_judged(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t displays, wrong, notes;
    } documents[] = {{"prathosh-elbo-equivalence.tex", 9, 0, 1},
                     {"chatterjee-l4.tex", 27, 0, 0},
                     {"isachenko-l8.tex", 143, 3, 0},
                     {"training-objective.md", 16, 1, 0}};
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
        char path[200];
        size_t notes = 0;
        snprintf(path, sizeof path, "tests/derive/documents/%s", documents[i].name);
        derive_result *r = check(path);
        for (const derive_line *l = r->lines; l; l = l->next) notes += l->notes != NULL;
        assert_int_equal(r->n_displays, documents[i].displays);
        assert_int_equal(r->n_verdict[DERIVE_UNDECIDED], 0);
        assert_int_equal(r->n_verdict[DERIVE_NOT_UNDERSTOOD], 0);
        assert_int_equal(r->n_verdict[DERIVE_WRONG], documents[i].wrong);
        assert_int_equal(notes, documents[i].notes);
        derive_free(r);
    }
}

/* ---- Single lines: text, verdict of the last line ---- */

static void lines(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        derive_verdict verdict;
        derive_class class;
    } cases[] = {
        {"\\[ \\beta_t = 1-\\alpha_t \\]", DERIVE_OK, DERIVE_STATEMENT},
        {"\\[ \\beta_t = 1-\\alpha_{t-1} \\]", DERIVE_WRONG, DERIVE_STATEMENT},
        {"\\[ c_t := \\sqrt{1-\\bar\\alpha_t} \\] \\[ c_t^2 + \\bar\\alpha_t = 1 \\]", DERIVE_OK,
         DERIVE_STATEMENT},
        {"\\[ c_t := \\sqrt{1-\\bar\\alpha_t} \\] \\[ c_{t-1}^2 = 1-\\bar\\alpha_{t-1} \\]",
         DERIVE_OK, DERIVE_STATEMENT},
        {"\\[ \\zeta = \\beta_t \\]", DERIVE_NOT_CHECKED, DERIVE_DEFINITION},
        {"\\[ \\beta_t + \\zeta = 1 \\]", DERIVE_NOT_UNDERSTOOD, DERIVE_STATEMENT},
        {"\\[ \\beta_t = \\]", DERIVE_NOT_UNDERSTOOD, DERIVE_STATEMENT},
        {"\\[ \\frac{1}{\\beta_t = 2 \\]", DERIVE_NOT_UNDERSTOOD, DERIVE_EXPRESSION},
        {"\\[ \\|\\epsilon\\|^2 \\to \\min_\\theta \\]", DERIVE_NOT_CHECKED, DERIVE_TARGET},
        {"\\[ \\min_\\theta \\|\\epsilon-\\epsilon_\\theta\\|^2 = 0 \\]", DERIVE_NOT_CHECKED,
         DERIVE_TARGET},
        {"\\[ \\beta_t \\to 0 \\]", DERIVE_NOT_CHECKED, DERIVE_UNDECIDABLE},
        {"\\[ x_0 \\sim q(x_0) \\]", DERIVE_NOT_CHECKED, DERIVE_DEFINITION},
        {"\\[ \\beta_t \\in (0,1) \\]", DERIVE_NOT_CHECKED, DERIVE_UNDECIDABLE},
        {"\\[ \\bar\\alpha_t \\approx 0 \\]", DERIVE_NOT_CHECKED, DERIVE_UNDECIDABLE},
        {"% derive: approx 0.001\n\\[ \\bar\\alpha_t \\approx 0.5 \\]", DERIVE_WRONG,
         DERIVE_STATEMENT},
        {"\\[ \\sum_{i=1}^{10^9} \\beta_t = 1 \\]", DERIVE_UNDECIDED, DERIVE_STATEMENT},
        {"\\[ \\sum_{i=1}^{1000} 1 = 1000 \\]", DERIVE_OK, DERIVE_STATEMENT},
        {"\\[ \\nabla_{x_t} \\log q(x_t) = 0 \\]", DERIVE_NOT_CHECKED, DERIVE_UNDECIDABLE},
        {"\\[ \\sigma_1 < \\sigma_2 \\]", DERIVE_NOT_CHECKED, DERIVE_UNDECIDABLE},
        {"\\[ x_0 = 0 \\]", DERIVE_WRONG, DERIVE_STATEMENT},
        {"\\[ \\tilde\\beta_1 = 0 \\]", DERIVE_OK, DERIVE_STATEMENT},
        {"\\[ L \\propto \\|x_t\\|^2 \\] \\[ L \\propto \\|x_t\\|^2 + 1 \\]", DERIVE_WRONG,
         DERIVE_STATEMENT},
        {"\\[ L = \\|x_t\\|^2 + C \\] \\[ L \\propto 3\\|x_t\\|^2 \\]", DERIVE_OK,
         DERIVE_STATEMENT},
        {"\\[ -L = \\beta_t \\] \\[ L + \\beta_t = 0 \\]", DERIVE_OK, DERIVE_STATEMENT},
        {"% derive: skip because\n\\[ 1 = 2 \\]", DERIVE_NOT_CHECKED, DERIVE_UNDECIDABLE},
        {"% derive: let \\beta_t = 1\n\\[ 1 = 1 \\]", DERIVE_OK, DERIVE_STATEMENT},
        {"% derive: let r = \\beta_t\n% derive: reset\n\\[ r + 1 = \\beta_t \\]",
         DERIVE_NOT_UNDERSTOOD, DERIVE_STATEMENT},
        {"% derive: vector a, b\n\\[ \\|a+b\\|^2 - \\|a-b\\|^2 = 4 a^\\top b \\]", DERIVE_OK,
         DERIVE_STATEMENT},
        {"\\[ \\log p_\\theta(x_0) \\ge \\log p_\\theta(x_0) + 1 \\]", DERIVE_WRONG,
         DERIVE_STATEMENT},
        {"\\[ f(t) = f(t) + 1 \\]", DERIVE_NOT_UNDERSTOOD, DERIVE_STATEMENT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        derive_result *r = check_text("line.tex", cases[i].text);
        if (r->error) fail_msg("%s: %s", cases[i].text, r->error);
        const derive_line *l = r->lines;
        while (l && l->next) l = l->next;
        assert_non_null(l);
        if (l->verdict != cases[i].verdict || l->class != cases[i].class)
            fail_msg("%s: %s %s (%s)", cases[i].text, derive_class_name(l->class),
                     derive_verdict_name(l->verdict), l->reason ? l->reason : "");
        derive_free(r);
    }
}

/* ---- Points ---- */

static void points_are_earned_by_steps(void **state)
{
    (void)state;
    const size_t n = list("points");
    assert_true(n >= 30);
    for (size_t i = 0; i < n; i++) {
        char homework[20], wanted[20];
        derive_award awards[DERIVE_MOST_AWARDS];
        double earned = 0.0;
        assert_true(expectation(paths[i], "expect:", homework, sizeof homework));
        assert_true(expectation(paths[i], homework, wanted, sizeof wanted));
        derive_result *r = check(paths[i]);
        const size_t count = derive_points(r, homework, awards);
        assert_true(count > 0);
        for (size_t k = 0; k < count; k++) {
            assert_true(awards[k].machine || !awards[k].earned);
            earned += awards[k].earned ? awards[k].points : 0.0;
        }
        if (earned != strtod(wanted, NULL)) fail_msg("%s: %g points", paths[i], earned);
        derive_free(r);
    }
}

/* The sheet's totals: HW1 20, HW2 15, HW3 12. */
static void points_add_up(void **state)
{
    (void)state;
    static const struct {
        const char *homework;
        double points;
    } sheets[] = {{"HW1", 20.0}, {"HW2", 15.0}, {"HW3", 12.0}};
    derive_result *r = check_text("empty.tex", "");
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    for (size_t i = 0; i < 3; i++) {
        derive_award awards[DERIVE_MOST_AWARDS];
        double sum = 0.0;
        const size_t n = derive_points(r, sheets[i].homework, awards);
        for (size_t k = 0; k < n; k++) sum += awards[k].points;
        assert_true(sum == sheets[i].points);
        derive_print_points(out, awards, n);
        derive_print_json(out, r, awards, n);
    }
    fclose(out);
    assert_non_null(strstr(text, "\"id\":\t\"HW3-B1\""));
    assert_non_null(strstr(text, "0.0 of 14.0 points by derivation"));
    free(text);
    derive_award none[DERIVE_MOST_AWARDS];
    assert_int_equal(derive_points(r, "HW4", none), 0);
    derive_free(r);
}

/* ---- Bad files ---- */

static void one_clear_line(const char *name, const char *text, size_t length, const char *part)
{
    const derive_options o = derive_defaults();
    derive_result *r = derive_check_text(name, text, length, &o);
    assert_non_null(r);
    assert_int_equal(derive_status(r), 2);
    const char *message = r->error ? r->error : r->lines->reason;
    if (!message || !strstr(message, part))
        fail_msg("%s: '%s' has no '%s'", name, message ? message : "", part);
    derive_free(r);
}

static void bad_files(void **state)
{
    (void)state;
    enum { BIG = 3 << 20 };
    char *big = malloc(BIG);
    assert_non_null(big);
    memset(big, 'x', BIG);
    one_clear_line("big.tex", big, BIG, "2 MB");
    one_clear_line("line.tex", big, 1 << 20, "65536");
    one_clear_line("binary.tex", "\\[ a \x01 \\]", 10, "control character");
    one_clear_line("zero.tex", "\\[ a \0 \\]", 9, "zero byte");
    one_clear_line("open.tex", "\\[ a = b", 8, "never closed");
    one_clear_line("brace.tex", "\\[ \\frac{1}{2 = b \\]", 20, "closing brace");
    one_clear_line("close.tex", "\\[ 1) = b \\]", 12, "");
    one_clear_line("fence.md", "```math\na = b\n", 14, "never closed");
    memset(big, '(', 1000);
    memcpy(big, "\\[", 2);
    memcpy(big + 998, "\\]", 2);
    one_clear_line("deep.tex", big, 1000, "120 levels");
    free(big);
    derive_result *r = check("/nonexistent/hw3.tex");
    assert_non_null(r->error);
    assert_int_equal(derive_status(r), 2);
    derive_free(r);
}

/* The reports: a caret under the place, and JSON that names the line. */
static void reports(void **state)
{
    (void)state;
    const derive_options o = {.worlds = 2, .seed = 1, .budget = 1000000, .explain = 1};
    const char *text = "\\[ \\tilde\\mu_t = "
                       "\\frac{1}{\\sqrt{\\bar\\alpha_t}}\\left(x_t-\\frac{\\beta_t}{\\sqrt{1-"
                       "\\bar\\alpha_t}}\\epsilon\\right) \\]\n";
    derive_result *r = derive_check_text("caret.tex", text, strlen(text), &o);
    char *report = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&report, &size);
    derive_print(out, r, true);
    derive_print_json(out, r, NULL, 0);
    fclose(out);
    assert_non_null(strstr(report, "caret.tex:1:18: line 1: WRONG"));
    assert_non_null(strstr(report, "\n                     ^\n"));
    assert_non_null(strstr(report, "hint: Do you step back"));
    assert_non_null(strstr(report, "world by world"));
    assert_non_null(strstr(report, "\"misprint\":\t\"mean-eps-root-abar\""));
    free(report);
    derive_free(r);
}

/* Long lines are cut around the place, notes reach the JSON, a file error is one line. */
static void reports_of_files(void **state)
{
    (void)state;
    const derive_options o = {.worlds = 2, .seed = 1, .budget = 1000000, .explain = 1};
    const char *wide = "# \xce\xb1\nβ_t + α_t + β_t·α_t + β_t·α_t + β_t·α_t + β_t·α_t + β_t·α_t + "
                       "β_t·α_t + β_t·α_t"
                       " + β_t·α_t + β_t·α_t = log(0 - β_t)\n";
    derive_result *r[] = {
        check("tests/derive/documents/prathosh-elbo-equivalence.tex"),
        check("tests/derive/documents/isachenko-l8.tex"),
        derive_check_text("wide.txt", wide, strlen(wide), &o),
        check_text("notes", "\\begin{align} 1 = 2 \\end{align}"),
        check_text("list.md", "\\[ \\beta_t = 1 - \\alpha_t \\]"),
        check("/nonexistent.tex"),
    };
    char *report = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&report, &size);
    for (size_t i = 0; i < sizeof r / sizeof r[0]; i++) {
        derive_print(out, r[i], true);
        derive_print_json(out, r[i], NULL, 0);
    }
    fclose(out);
    assert_non_null(strstr(report, "note, 19:32: this is not"));
    assert_non_null(strstr(report, "drops out of the line\""));
    assert_non_null(strstr(report, "/nonexistent.tex: cannot be read"));
    assert_non_null(strstr(report, "    ..."));
    assert_non_null(strstr(report, "target: what is optimised"));
    for (size_t i = 0; i < sizeof r / sizeof r[0]; i++) derive_free(r[i]);
    free(report);
}

/* One operation too many is refused before it becomes recursion. */
static void long_formulas(void **state)
{
    (void)state;
    char text[4000] = "\\[ 1";
    for (size_t i = 0; i < 450; i++) strcat(text, "+1");
    strcat(text, " = 451 \\]");
    one_clear_line("long.tex", text, strlen(text), "400 operations");
    const derive_options poor = {.worlds = 2, .seed = 1, .budget = 100};
    const char *line = "\\[ \\sum_{i=1}^{99} \\beta_t = 99\\beta_t \\]";
    derive_result *r = derive_check_text("poor.tex", line, strlen(line), &poor);
    assert_int_equal(r->lines->verdict, DERIVE_UNDECIDED);
    assert_non_null(strstr(r->lines->reason, "too expensive"));
    derive_free(r);
}

/* % derive: speaks to the checker in every format; elsewhere in a Markdown line it is text. */
static void a_directive_is_read_in_every_format(void **state)
{
    static const struct {
        const char *name, *text;
        derive_verdict verdict;
    } cases[] = {
        {"a.tex", "% derive: let r_t = 2\\beta_t\n\\[ r_t = \\beta_t + \\beta_t \\]", DERIVE_OK},
        {"a.md", "% derive: let r_t = 2\\beta_t\n```math\nr_t = \\beta_t + \\beta_t\n```\n",
         DERIVE_OK},
        {"a.md", "Words.\n  %% derive: let r_t = 2\\beta_t\n\\[ r_t = \\beta_t + \\beta_t \\]",
         DERIVE_OK},
        {"answer", "% derive: let r_t = 2\\beta_t\n```math\nr_t = \\beta_t + \\beta_t\n```\n",
         DERIVE_OK},
        {"a.md", "100 % derive: let r_t = 2\\beta_t\n\\[ r_t + 0 = \\beta_t + \\beta_t \\]",
         DERIVE_NOT_UNDERSTOOD},
        {"a.txt", "% derive: let r_t = 2*beta_t\nr_t = beta_t + beta_t\n", DERIVE_OK},
        {"a.txt", "# derive: let r_t = 2*beta_t\nr_t = beta_t + beta_t\n", DERIVE_OK},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        derive_result *r = check_text(cases[i].name, cases[i].text);
        if (r->error || r->n_lines != 1 || r->lines->verdict != cases[i].verdict)
            fail_msg("%s: %s", cases[i].text, r->error ? r->error : "another verdict");
        derive_free(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_ones_hold),
        cmocka_unit_test(wrong_ones_are_found),
        cmocka_unit_test(false_claims_are_refuted),
        cmocka_unit_test(documents_are_judged),
        cmocka_unit_test(findings_of_the_fuzzer),
        cmocka_unit_test(lines),
        cmocka_unit_test(bad_files),
        cmocka_unit_test(reports),
        cmocka_unit_test(points_are_earned_by_steps),
        cmocka_unit_test(points_add_up),
        cmocka_unit_test(a_directive_is_read_in_every_format),
        cmocka_unit_test(reports_of_files),
        cmocka_unit_test(long_formulas),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
