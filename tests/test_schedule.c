/* test_schedule.c -- schedules: their ends, every documented error, and files with every fault. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gsl/gsl_errno.h>

#include "play.h"
#include "theory/schedule_spec.h"

static char path[] = "/tmp/test_schedule.XXXXXX";
static int last_error;

static void remember(const char *reason, const char *file, int line, int code)
{
    (void)reason, (void)file, (void)line;
    last_error = code;
}

static void assert_refused(schedule *s, int code)
{
    assert_null(s);
    assert_int_equal(last_error, code);
    last_error = 0;
}

static void test_documented_errors(void **state)
{
    (void)state;
    gsl_error_handler_t *old = gsl_set_error_handler(remember);
    const double many[3] = {0.1, 0.2, 0.3}, zero[2] = {0.1, 0.0}, one[2] = {0.1, 1.0},
                 nan[2] = {0.1, (double)NAN};
    assert_refused(schedule_from_beta_alloc(many, 0), GSL_EINVAL);
    assert_refused(schedule_linear_alloc(10000001, 1e-4, 0.02), GSL_EINVAL);
    assert_refused(schedule_from_beta_alloc(zero, 2), GSL_EDOM);
    assert_refused(schedule_from_beta_alloc(one, 2), GSL_EDOM);
    assert_refused(schedule_from_beta_alloc(nan, 2), GSL_EDOM);
    assert_refused(schedule_linear_alloc(50, -1e-4, 0.02), GSL_EDOM);
    assert_refused(schedule_quadratic_alloc(50, 1e-4, 1.2), GSL_EDOM);
    assert_refused(schedule_sigmoid_alloc(0, 1e-4, 0.2), GSL_EINVAL);
    assert_refused(schedule_quadratic_alloc(0, 1e-4, 0.2), GSL_EINVAL);
    assert_refused(schedule_constant_alloc(50, 0.0), GSL_EDOM);
    assert_refused(schedule_cosine_alloc(50, -0.1, 0.999), GSL_EDOM);
    assert_refused(schedule_cosine_alloc(50, 0.008, 1.0), GSL_EDOM);
    assert_refused(schedule_cosine_alloc(0, 0.008, 0.999), GSL_EINVAL);
    assert_refused(schedule_linear_alloc(1000, 0.5, 0.999), GSL_EUNDRFLW);
    assert_refused(schedule_named_alloc("L1001"), GSL_EINVAL);
    gsl_set_error_handler(old);
    schedule_free(NULL);
}

/* One and two steps are schedules like any other: nothing is NaN. */
static void test_short_schedules(void **state)
{
    (void)state;
    for (size_t T = 1; T <= 2; T++) {
        schedule *all[] = {schedule_linear_alloc(T, 0.1, 0.3),
                           schedule_quadratic_alloc(T, 0.1, 0.3),
                           schedule_sigmoid_alloc(T, 0.1, 0.3), schedule_constant_alloc(T, 0.2),
                           schedule_cosine_alloc(T, 0.008, 0.999)};
        for (size_t i = 0; i < 5; i++) {
            const schedule *s = all[i];
            assert_non_null(s);
            assert_true(s->beta[0] == 0.0 && s->alpha_bar[0] == 1.0 && s->var_bar[0] == 0.0 &&
                        isinf(s->log_snr[0]));
            assert_true(s->beta_tilde[1] == 0.0 && s->var_bar[1] == s->beta[1]);
            for (size_t t = 1; t <= T; t++)
                assert_true(isfinite(s->alpha_bar[t]) && isfinite(s->log_snr[t]) &&
                            isfinite(s->beta_tilde[t]) && s->var_bar[t] > 0.0);
            schedule_free(all[i]);
        }
    }
}

/* The first and the last step of every shape. */
static void test_ends_of_the_shapes(void **state)
{
    (void)state;
    schedule *s = schedule_linear_alloc(50, 1e-4, 0.02);
    assert_true(s->beta[1] == 1e-4 && fabs(s->beta[50] - 0.02) < 1e-17);
    schedule_free(s);
    s = schedule_quadratic_alloc(50, 1e-4, 0.02);
    assert_true(fabs(s->beta[1] - 1e-4) < 1e-19 && fabs(s->beta[50] - 0.02) < 1e-17);
    schedule_free(s);
    s = schedule_sigmoid_alloc(51, 1e-4,
                               0.02); /* the middle of the sigmoid is the middle of the range */
    assert_true(fabs(s->beta[26] - 0.5 * (1e-4 + 0.02)) < 1e-17);
    schedule_free(s);
    s = schedule_cosine_alloc(50, 0.008, 0.999);
    assert_true(s->beta[50] == 0.999);
    schedule_free(s);
}

/* ---- Files ---- */

static void write_text(const char *text)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void test_good_files(void **state)
{
    (void)state;
    char error[300];
    static const char *const texts[] = {"0.1\n0.2\n0.3\n", "# t beta\n1 0.1\n2\t0.2\n\n 3 0.3",
                                        "0.1\r\n0.2\r\n0.3\r\n", "  0.1\n#\n0.2\n0.3  \n"};
    for (size_t i = 0; i < 4; i++) {
        write_text(texts[i]);
        schedule *s = schedule_file_alloc(path, error, sizeof error);
        assert_non_null(s);
        assert_int_equal(s->T, 3);
        assert_true(s->beta[2] == 0.2);
        schedule_free(s);
    }
}

static void test_bad_files(void **state)
{
    (void)state;
    static char error[400], longest[400], what[500];
    memset(longest, ' ', 300);
    strcpy(longest + 300, "0.1\n");
    const struct {
        const char *text, *says;
    } cases[] = {
        {"", "no betas"},
        {"0.1\nx\n", ":2: expected a number"},
        {"0.1\n1.5\n", ":2: beta 1.5, expected a number strictly"},
        {"0\n", ":1: beta 0, expected"},
        {"nan\n", ":1: beta nan, expected"},
        {"0.2\n0.1\n", "below the one before, 0.2"},
        {"1 0.1\n3 0.2\n", ":2: t = 3 where 2 was expected"},
        {"1 0.1 7\n", "expected `beta` or `t beta`"},
        {"1 x\n", "expected `beta` or `t beta`"},
        {longest, ":1: a line longer than 254"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_text(cases[i].text);
        assert_null(schedule_file_alloc(path, error, sizeof error));
        assert_contains(error, cases[i].says);
        assert_contains(error, path);
        assert_null(strchr(error, '\n'));
    }
    assert_null(schedule_file_alloc("/nonexistent/betas", error, sizeof error));
    assert_contains(error, "/nonexistent/betas: cannot read: No such file");
    assert_null(schedule_file_alloc("/tmp", error, sizeof error));
    assert_contains(error, "/tmp: cannot read");
    FILE *f = fopen(path, "w");
    for (int i = 0; i < 3000; i++) fputs("0.9\n", f);
    fclose(f);
    assert_null(schedule_file_alloc(path, error, sizeof error));
    assert_contains(error, "alpha_bar underflows after 3000 steps");
    snprintf(what, sizeof what, "file:%s", path);
    assert_null(schedule_spec_alloc(what, 0, 0, 0, error, sizeof error));
    assert_contains(error, "underflows");
}

/* ---- Words ---- */

static void test_words(void **state)
{
    (void)state;
    char error[400];
    schedule *s = schedule_spec_alloc(NULL, 0, 0, 0, error, sizeof error),
             *l1000 = schedule_named_alloc("L1000");
    assert_memory_equal(s->beta, l1000->beta, 1001 * sizeof(double));
    schedule_free(s);
    schedule_free(l1000);
    static const char *const words[] = {"linear", "cosine", "quadratic", "sigmoid", "constant",
                                        "S10",    "S50",    "BAD50",     "COS1000", "COS50"};
    for (size_t i = 0; i < 10; i++) {
        s = schedule_spec_alloc(words[i], 50, 1e-3, 0.4, error, sizeof error);
        assert_non_null(s);
        assert_int_equal(s->T, strcmp(words[i], "S10") == 0       ? 10
                               : strcmp(words[i], "COS1000") == 0 ? 1000
                                                                  : 50);
        schedule_free(s);
    }
    s = schedule_spec_alloc("constant", 50, 0, 0.01, error, sizeof error);
    assert_true(s->beta[1] == 0.01 && s->beta[50] == 0.01);
    schedule_free(s);
    assert_null(schedule_spec_alloc("linaer", 50, 0, 0, error, sizeof error));
    assert_contains(error, "--schedule linaer: expected linear, cosine");
    assert_null(schedule_spec_alloc("linear", 50, 0.5, 0.2, error, sizeof error));
    assert_contains(error, "--beta-min 0.5 --beta-max 0.2: expected");
    assert_null(schedule_spec_alloc("linear", 10, 0, 0, error, sizeof error)); /* 20/T is above 1 */
    assert_contains(error, "--beta-max 2");
    assert_null(schedule_spec_alloc("linear", 1000, 0.5, 0.99, error, sizeof error));
    assert_contains(error, "--schedule linear --T 1000: expected");
}

static void figure(lesson *L)
{
    schedule *s = schedule_of_figure(L);
    printf("T = %zu\n", s->T);
    schedule_free(s);
}

static void test_figure_schedule(void **state)
{
    (void)state;
    play(20, figure, (const char *const[]){"--schedule", "cosine", "--T", "77", NULL});
    assert_contains(play_seen.out, "T = 77");
    play(20, figure, (const char *const[]){"--T", "2", "--beta-max", "0.3", NULL});
    assert_int_equal(play_seen.status, 2);
    assert_contains(play_seen.err, "2 steps; a figure needs at least 10");
    play(20, figure, (const char *const[]){"--schedule", "cosinus", NULL});
    assert_int_equal(play_seen.status, 2);
    assert_contains(play_seen.err, "--schedule cosinus: expected");
}

static int make_file(void **state)
{
    (void)state;
    const int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documented_errors),  cmocka_unit_test(test_short_schedules),
        cmocka_unit_test(test_ends_of_the_shapes), cmocka_unit_test(test_good_files),
        cmocka_unit_test(test_bad_files),          cmocka_unit_test(test_words),
        cmocka_unit_test(test_figure_schedule),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
