/* test_table.c -- `ddpm table`: every column of every row against a computation of its own. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <libgen.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture.h"

static char program[4096], dir[] = "/tmp/test_table.XXXXXX", path[64];
static captured seen;

static int execute(void *argument)
{
    char **argv = argument;
    execv(program, argv);
    return 127;
}

/* ddpm table with up to 10 further words; the result is in `seen`. */
static int table(const char *const words[])
{
    char *argv[16] = {program, "table"};
    for (size_t i = 0; words[i]; i++) argv[i + 2] = (char *)words[i];
    capture(&seen, execute, argv);
    return seen.status;
}

/* ---- The other computation ---------------------------------------------------------------------
 * Unevaluated sums of two doubles, products by fma.  1 - alpha_bar_t comes from the recursion
 * v_t = alpha_t v_{t-1} + beta_t, whose terms are positive, and never from a difference; the posterior
 * from adding precisions.  Every number below is right to about 10 units in the last place. */
typedef struct pair {
    double hi, lo;
} pair;

static pair add(pair x, pair y)
{
    const double s = x.hi + y.hi, b = s - x.hi;
    const double lo = ((x.hi - (s - b)) + (y.hi - b)) + (x.lo + y.lo);
    return (pair){s + lo, lo - ((s + lo) - s)};
}

static pair multiply(pair x, pair y)
{
    const double p = x.hi * y.hi, lo = fma(x.hi, y.hi, -p) + (x.hi * y.lo + x.lo * y.hi);
    return (pair){p + lo, lo - ((p + lo) - p)};
}

/* ln(a/v): by log1p of the exact relative difference where a and v are near each other. */
static double log_ratio(pair a, pair v)
{
    const double excess = add(a, (pair){-v.hi, -v.lo}).hi / v.hi;
    return fabs(excess) < 0.25 ? log1p(excess) : log(a.hi) - log(v.hi);
}

enum { N = 18 };
static const char header[] =
    "# "
    "t\tbeta\talpha\talpha_bar\tvar_bar\tbeta_tilde\tlog_snr\tw_x0\tw_xt\teps_form_xt\teps_form_"
    "eps\tv_form_xt\tv_form_v\t"
    "x0_eps_xt\tx0_eps_eps\tx0_v_xt\tx0_v_v\tw_eps_beta\tw_eps_beta_tilde\n";

/* Row t from beta_t and the state at t - 1, which moves on to t. */
static void expect(double row[N], double beta, pair *abar, pair *var)
{
    const pair alpha = add((pair){1.0, 0.0}, (pair){-beta, 0.0});
    const double abar_prev = abar->hi, var_prev = var->hi;
    *abar = multiply(*abar, alpha);
    *var = add(multiply(*var, alpha), (pair){beta, 0.0});
    const double a = alpha.hi, A = abar->hi, v = var->hi, share = beta / v;
    const double tilde = var_prev > 0.0 ? 1.0 / (a / beta + 1.0 / var_prev) : 0.0;
    const double x0 = sqrt(abar_prev) * share, eps = -share * sqrt(v / a);
    const double all[N] = {beta,
                           a,
                           A,
                           v,
                           tilde,
                           log_ratio(*abar, *var),
                           x0,
                           tilde / beta * sqrt(a),
                           sqrt(1.0 / a),
                           eps,
                           sqrt(a),
                           -x0 * sqrt(v),
                           sqrt(1.0 / A),
                           -sqrt(v) * sqrt(1.0 / A),
                           sqrt(A),
                           -sqrt(v),
                           0.5 * share / a,
                           var_prev > 0.0 ? 0.5 * (beta / var_prev) / a : (double)INFINITY};
    memcpy(row, all, sizeof all);
}

/* The worst relative error of a table; its betas are also compared with `ideal` if that is given. */
static double worst_error(FILE *f, size_t T, double (*ideal)(size_t t, size_t T))
{
    char line[2048];
    assert_non_null(fgets(line, sizeof line, f));
    assert_string_equal(line, header);
    pair abar = {1.0, 0.0}, var = {0.0, 0.0};
    double worst = 0.0;
    for (size_t t = 1; t <= T; t++) {
        assert_non_null(fgets(line, sizeof line, f));
        assert_null(strstr(line, "nan"));
        char *at = line;
        assert_int_equal(strtoul(at, &at, 10), t);
        double row[N];
        for (size_t i = 0; i < N; i++) {
            assert_int_equal(*at++, '\t');
            const double value = strtod(at, &at);
            if (i == 0) expect(row, value, &abar, &var);
            if (i == 0 && ideal) row[0] = ideal(t, T);
            if (value == row[i]) continue;
            const double error = fabs(value - row[i]) / fabs(row[i]);
            if (!(error <= 2e-13))
                fail_msg("t = %zu, column %zu: %.17g, expected %.17g", t, i + 2, value, row[i]);
            worst = fmax(worst, error);
        }
        assert_string_equal(at, "\n");
    }
    assert_null(fgets(line, sizeof line, f));
    return worst;
}

static void check(const char *const words[], size_t T, double (*ideal)(size_t t, size_t T))
{
    const char *all[12] = {"--out", path};
    for (size_t i = 0; words[i]; i++) all[i + 2] = words[i];
    if (table(all) != 0) fail_msg("exit %d: %s", seen.status, seen.err);
    assert_string_equal(seen.out, "");
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    const double worst = worst_error(f, T, ideal);
    fclose(f);
    if (!(worst <= 2e-13)) fail_msg("%s %s: worst relative error %g", words[0], words[1], worst);
    remove(path);
}

/* ---- Schedules by their definitions ---- */

static double linear(size_t t, size_t T)
{
    return ((double)(T - t) * (0.1 / (double)T) + (double)(t - 1) * (20.0 / (double)T)) /
           (double)(T - 1);
}

/* 1 - f(t)/f(t-1) = d (2 - d) with cos(b)/cos(a) = 1 - d, d = 2 sin^2(h/2) + sin(h) tan(a), h = b - a. */
static double cosine(size_t t, size_t T)
{
    const double quarter = acos(0.0) / 1.008, h = quarter / (double)T;
    const double a = quarter * ((double)(t - 1) / (double)T + 0.008),
                 left = quarter * ((double)(T + 1 - t) / (double)T);
    const double d =
        2.0 * sin(h / 2.0) * sin(h / 2.0) + sin(h) * (a < 0.7 ? tan(a) : 1.0 / tan(left));
    return fmin(d * (2.0 - d), 0.999);
}

static void test_every_column(void **state)
{
    (void)state;
    check((const char *const[]){"--schedule", "linear", NULL}, 1000, linear);
    check((const char *const[]){"--T", "100000", NULL}, 100000, linear);
    check((const char *const[]){"--schedule", "cosine", NULL}, 1000, cosine);
    check((const char *const[]){"--schedule", "cosine", "--T", "100000", NULL}, 100000, cosine);
    check((const char *const[]){"--schedule", "cosine", "--T", "50", NULL}, 50, cosine);
    check((const char *const[]){"--schedule", "cosine", "--T", "2", NULL}, 2, cosine);
    check((const char *const[]){"--schedule", "cosine", "--T", "1", NULL}, 1, cosine);
    check((const char *const[]){"--T", "50", NULL}, 50, linear);
    check((const char *const[]){"--T", "1", "--beta-min", "0.31", "--beta-max", "0.73", NULL}, 1,
          NULL);
    check((const char *const[]){"--T", "2", "--beta-min", "1e-9", "--beta-max", "0.999999", NULL},
          2, NULL);
    check((const char *const[]){"--schedule", "quadratic", "--T", "777", NULL}, 777, NULL);
    check((const char *const[]){"--schedule", "sigmoid", "--T", "50", NULL}, 50, NULL);
    check((const char *const[]){"--schedule", "constant", "--T", "100000", "--beta-max", "1e-5",
                                NULL},
          100000, NULL);
    check((const char *const[]){"--schedule", "BAD50", NULL}, 50, NULL);
    check((const char *const[]){"--schedule", "S10", NULL}, 10, NULL);
}

/* alpha_bar_T near 1e-286, and betas so small that their squares vanish. */
static void test_extremes(void **state)
{
    (void)state;
    check((const char *const[]){"--T", "100000", "--beta-max", "0.0131", NULL}, 100000, NULL);
    check((const char *const[]){"--schedule", "constant", "--T", "95", "--beta-max", "0.999",
                                "--beta-min", "0.9", NULL},
          95, NULL);
    check((const char *const[]){"--schedule", "constant", "--T", "1000", "--beta-max", "1e-20",
                                "--beta-min", "1e-21", NULL},
          1000, NULL);
    check((const char *const[]){"--T", "3", "--beta-min", "1e-200", "--beta-max", "0.5", NULL}, 3,
          NULL);
}

static const char *write_file(const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    return path;
}

static void test_file_and_stdout(void **state)
{
    (void)state;
    char word[80];
    snprintf(word, sizeof word, "file:%s", write_file("# three\n0.1\n0.1\n0.25\n"));
    assert_int_equal(table((const char *const[]){"--schedule", word, NULL}), 0);
    FILE *f = fmemopen(seen.out, strlen(seen.out), "r");
    assert_true(worst_error(f, 3, NULL) <= 2e-13);
    fclose(f);
    assert_non_null(strstr(seen.out, "\tinf\n2\t"));
    assert_int_equal(table((const char *const[]){"--schedule", word, "--T", "4", NULL}), 2);
    snprintf(word, sizeof word, "file:%s", write_file("0.2\n0.1\n"));
    assert_int_equal(table((const char *const[]){"--schedule", word, NULL}), 2);
    assert_non_null(strstr(seen.err, "does not decrease"));
    remove(path);
    assert_int_equal(table((const char *const[]){"--help", NULL}), 0);
    assert_non_null(strstr(seen.out, "w_eps_beta_tilde"));
}

static void test_bad_usage(void **state)
{
    (void)state;
    static const char *const bad[][5] = {{"--T", "0"},
                                         {"--T", "-1"},
                                         {"--T", "1e3"},
                                         {"--T", "10000001"},
                                         {"--T", ""},
                                         {"--beta-min", "0"},
                                         {"--beta-min", "nan"},
                                         {"--beta-max", "1"},
                                         {"--beta-max", "-0.1"},
                                         {"--beta-max", "inf"},
                                         {"--beta-max", "0.1x"},
                                         {"--beta-min", "0.3", "--beta-max", "0.2"},
                                         {"--schedule", "spiral"},
                                         {"--schedule", "file:/nonexistent"},
                                         {"--schedule", "L1000", "--beta-max", "0.1"},
                                         {"--T", "20"},
                                         {"--T", "100000", "--beta-max", "0.1"},
                                         {"--bogus"},
                                         {"stray"},
                                         {"--T"},
                                         {"--out", "/nonexistent/x"},
                                         {"--out", "/dev/null/x"},
                                         {"--out", dir}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (table(bad[i]) != 2) fail_msg("%s %s: exit %d", bad[i][0], bad[i][1], seen.status);
        assert_string_equal(seen.out, "");
        char *newline = strchr(seen.err, '\n'); /* exactly one line */
        if (!newline || newline[1]) fail_msg("%s %s: said '%s'", bad[i][0], bad[i][1], seen.err);
    }
    char beside[80];
    snprintf(beside, sizeof beside, "%s.part", dir);
    assert_int_not_equal(access(beside, F_OK), 0);
    char command[4200];
    snprintf(command, sizeof command, "'%s' table > /dev/full 2> /dev/null", program);
    assert_int_equal(system(command) >> 8, 2);
    snprintf(command, sizeof command, "'%s' nonsense 2> /dev/null", program);
    assert_int_equal(system(command) >> 8, 2);
}

int main(int argc, char **argv)
{
    (void)argc;
    char *copy = strdup(argv[0]);
    if (!copy || !mkdtemp(dir)) return 2;
    snprintf(program, sizeof program, "%s/../ddpm", dirname(copy));
    free(copy);
    snprintf(path, sizeof path, "%s/table", dir);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_column), cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_file_and_stdout), cmocka_unit_test(test_bad_usage)};
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(dir);
    return failed;
}
