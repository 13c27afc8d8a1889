/* test_points.c -- files of points: every legal form, and every fault with its one-line message. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data/points.h"

static char path[] = "/tmp/test_points.XXXXXX";
static char error[600];

static void write_bytes(const char *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

/* The file is refused with this text after "path:" and nothing else. */
static void assert_refused(const char *text, size_t n, size_t most, points_rule *rule,
                           const char *says)
{
    char whole[700];
    snprintf(whole, sizeof whole, "%s:%s", path, says);
    write_bytes(text, n);
    assert_null(points_read(path, most, rule, error, sizeof error));
    assert_string_equal(error, whole);
}

/* ---- What is legal ---- */

static void test_every_legal_form(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "0.5 -1\n2 3e2\n",
        "0.5\t-1\n2\t3e2",                   /* no end of line at the end */
        "0.5,-1\r\n2,3e2\r\n",               /* a spreadsheet's */
        "0.5 ; -1\n\n2;3e2 # a remark\n",    /* blank lines, remarks */
        "# x y\n  0.5   -1  \n#\n2 3e2\n\n", /* a head */
        "\357\273\2770.5, -1\n+2.0,300\n",   /* U+FEFF */
        "0.5 -1#1 2 3\n2 3e2#",
    };
    const double expected[] = {0.5, -1.0, 2.0, 300.0};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        write_bytes(forms[i], strlen(forms[i]));
        strcpy(error, "untouched");
        points *p = points_read(path, 4, NULL, error, sizeof error);
        assert_string_equal(error, "untouched");
        assert_non_null(p);
        assert_true(p->n == 2 && p->D == 2);
        assert_memory_equal(p->x, expected, sizeof expected);
        points_free(p);
    }
    write_bytes("7\n", 2);
    points *p = points_read(path, 4, NULL, NULL, 0);
    assert_true(p && p->n == 1 && p->D == 1 && p->x[0] == 7.0);
    points_free(p);
    points_free(NULL);
}

/* More than the first room; %.17g comes back to the last bit. */
static void test_a_large_file(void **state)
{
    (void)state;
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    for (size_t i = 0; i < 3000; i++)
        fprintf(f, "%.17g %.17g %.17g\n", 1.0 / (double)(i + 3), 1e15 / (double)(i + 1), -0.1);
    assert_int_equal(fclose(f), 0);
    points *p = points_read(path, 9000, NULL, error, sizeof error);
    assert_true(p && p->n == 3000 && p->D == 3);
    for (size_t i = 0; i < 3000; i++)
        assert_true(p->x[3 * i] == 1.0 / (double)(i + 3) &&
                    p->x[3 * i + 1] == 1e15 / (double)(i + 1) && p->x[3 * i + 2] == -0.1);
    points_free(p);
    assert_null(points_read(path, 8999, NULL, error, sizeof error));
    assert_non_null(strstr(error, ":3000: more than 8999 numbers in the file"));
}

/* ---- What is refused ---- */

static const char *no_sevens(const double *row, size_t D)
{
    for (size_t i = 0; i < D; i++)
        if (row[i] == 7.0) return "expected no sevens";
    return NULL;
}

static void test_every_fault(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", " no numbers, expected one point per line"},
        {"# only\n\n  \n# remarks\n", " no numbers, expected one point per line"},
        {"1 2\n3\n", "2: 1 numbers in this row, expected 2 as in the rows before"},
        {"1 2\n3 4 5", "2: 3 numbers in this row, expected 2 as in the rows before"},
        {"x y\n1 2\n", "1: found `x`, expected a number (a line of words may start with #)"},
        {"1 2\n\n3 4k\n", "3: found `4k`, expected a number (a line of words may start with #)"},
        {"1 \"2\"\n", "1: found `\"2\"`, expected a number (a line of words may start with #)"},
        {"1 1.2.3\n", "1: found `1.2.3`, expected a number (a line of words may start with #)"},
        {"1 nan\n", "1: found `nan`, expected a finite number of size at most 1e15"},
        {"1 -inf\n", "1: found `-inf`, expected a finite number of size at most 1e15"},
        {"1 1e999\n", "1: found `1e999`, expected a finite number of size at most 1e15"},
        {"1 -2e15\n", "1: found `-2e15`, expected a finite number of size at most 1e15"},
        {"1,,2\n", "1: an empty field, expected a number"},
        {"1,2,\n", "1: an empty field, expected a number"},
        {",1\n", "1: an empty field, expected a number"},
        {"1 2\n3,#4\n", "2: an empty field, expected a number"},
        {"1;", "1: an empty field, expected a number"},
        {"1 2\n3 7\n", "2: expected no sevens"},
        {"1 2\n3 4\n5 6\n", "3: more than 5 numbers in the file"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_refused(cases[i].text, strlen(cases[i].text), 5, no_sevens, cases[i].says);
}

/* Bytes that are no text: a NUL, control characters, a word without an end. */
static void test_rubbish(void **state)
{
    (void)state;
    char word[500], says[200];
    assert_refused("1 \0002\n", 5, 9, NULL,
                   "1: found `?2`, expected a number (a line of words may start with #)");
    assert_refused("1 \033[2J\n", 7, 9, NULL,
                   "1: found `?[2J`, expected a number (a line of words may start with #)");
    memset(word, '1', sizeof word);
    snprintf(says, sizeof says,
             "1: found `%.63s`, expected a number (a line of words may start with #)", word);
    assert_refused(word, sizeof word, 9, NULL, says);
}

static void test_rows_without_an_end(void **state)
{
    (void)state;
    static char text[2 * (POINTS_MAX_D + 1)];
    for (size_t i = 0; i < sizeof text; i++) text[i] = i % 2 == 0 ? '1' : ' ';
    text[sizeof text - 1] = '\n';
    assert_refused(text, sizeof text, 1000000, NULL, "1: more than 4096 numbers in one row");
    text[sizeof text - 3] = '#'; /* one number fewer */
    write_bytes(text, sizeof text);
    points *p = points_read(path, 1000000, NULL, error, sizeof error);
    assert_true(p && p->D == POINTS_MAX_D && p->n == 1);
    points_free(p);
}

static void test_no_such_file(void **state)
{
    (void)state;
    assert_null(points_read("/nonexistent/x", 9, NULL, error, sizeof error));
    assert_string_equal(error, "/nonexistent/x: cannot be opened (No such file or directory), "
                               "expected a file of numbers");
    assert_null(points_read("/tmp", 9, NULL, error, sizeof error));
    assert_string_equal(error, "/tmp: cannot be read (Is a directory), expected a file of numbers");
    assert_null(points_read("/nonexistent/x", 9, NULL, NULL, 0));
    char tiny[20];
    assert_null(points_read("/nonexistent/x", 9, NULL, tiny, sizeof tiny));
    assert_int_equal(strlen(tiny), sizeof tiny - 1);
}

static int make_path(void **state)
{
    (void)state;
    const int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
    (void)state;
    return remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_legal_form),    cmocka_unit_test(test_a_large_file),
        cmocka_unit_test(test_every_fault),         cmocka_unit_test(test_rubbish),
        cmocka_unit_test(test_rows_without_an_end), cmocka_unit_test(test_no_such_file)};
    return cmocka_run_group_tests(tests, make_path, remove_path);
}
