/* test_options.c -- the command line of every lesson, its data files and its JSON. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "play.h"

static char dir[] = "/tmp/test_options.XXXXXX";

static const captured *run(void (*steps)(lesson *), const char *a, const char *b, const char *c,
                           const char *d)
{
    return play(20, steps, (const char *const[]){a, b, c, d, NULL});
}

static void write_data(lesson *L)
{
    claim(L, "ERR-01");
    road(L, NULL, "two roads", 1.0, 1.0, 1e-13);
    control(L, "a mistake", 2.0, 1.0, 1e-13);
    control(L, "an infinite mistake", 1.0 / (lesson_samples(L, 1) - 10000.0), 1.0, 0.0);
    claim(L, "ERR-02");
    road(L, "forward_snr", "two roads", 1.0, 1.0, 1e-13);
    control(L, "not a number", 0.0 / (lesson_samples(L, 1) - 10000.0), 1.0, 0.0);
    data_file *f = data_open(L, "curve", "t beta");
    data_line(f, "%d %.9g", 1, 0.25);
    data_gap(f);
    data_line(f, "%d %.9g", 2, 0.5);
    data_close(f);
}

static void test_bad_options(void **state)
{
    (void)state;
    static const struct {
        const char *options[2];
        const char *says;
    } cases[] = {
        {{"--sede", "1"}, "--sede"},
        {{"--seed", "one"}, "--seed one: expected a whole number"},
        {{"--seed", "-1"}, "--seed -1: expected"},
        {{"--seed", "1x"}, "--seed 1x: expected"},
        {{"--seed", "99999999999999999999"}, "--seed 99999999999999999999: expected"},
        {{"--effort", "0"}, "--effort 0: expected"},
        {{"--effort", "nan"}, "--effort nan: expected"},
        {{"--effort", "x"}, "--effort x: expected"},
        {{"--effort", "1001"}, "--effort 1001: expected"},
        {{"--effort", "1e"}, "--effort 1e: expected"},
        {{"--T", "0"}, "--T 0: expected a whole number from 1"},
        {{"--T", "-3"}, "--T -3: expected"},
        {{"--T", "1.5"}, "--T 1.5: expected"},
        {{"--beta-min", "0"}, "--beta-min 0: expected"},
        {{"--beta-max", "1"}, "--beta-max 1: expected"},
        {{"--beta-max", "nan"}, "--beta-max nan: expected"},
        {{"--out", "/dev/null/x"}, "--out /dev/null/x: cannot make"},
        {{"--out", "/dev/null"}, "--out /dev/null: expected a directory"},
        {{"stray", NULL}, "unexpected argument 'stray'"},
        {{"--seed", NULL}, "seed"},
        {{"--json", "/nonexistent/x.json"}, "--json /nonexistent/x.json: cannot write"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        run(write_data, cases[i].options[0], cases[i].options[1], NULL, NULL);
        assert_int_equal(play_seen.status, 2);
        assert_contains(play_seen.err, cases[i].says);
        assert_true(strchr(play_seen.err, '\n') == strrchr(play_seen.err, '\n')); /* one line */
    }
}

static void read_file(const char *name, char *text, size_t size)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    text[fread(text, 1, size - 1, f)] = '\0';
    fclose(f);
}

static void test_data_files(void **state)
{
    (void)state;
    char text[1000];
    run(write_data, "--out", dir, NULL, NULL);
    read_file("lesson20_curve.tsv", text, sizeof text);
    assert_string_equal(text, "# t\tbeta\n1\t0.25\n\n2\t0.5\n");
    char part[200];
    snprintf(part, sizeof part, "%s/lesson20_curve.tsv.part", dir);
    assert_int_equal(access(part, F_OK), -1);
}

static void test_json(void **state)
{
    (void)state;
    char path[200], text[20000];
    snprintf(path, sizeof path, "%s/l.json", dir);
    run(write_data, "--json", path, "--seed", "18446744073709551615");
    read_file("l.json", text, sizeof text);
    cJSON *json = cJSON_Parse(text);
    assert_non_null(json);
    assert_contains(text, "18446744073709551615"); /* all 64 bits */
    cJSON *claims = cJSON_GetObjectItem(json, "claims");
    assert_int_equal(cJSON_GetArraySize(claims), 2);
    cJSON *first = cJSON_GetArrayItem(claims, 0),
          *check = cJSON_GetArrayItem(cJSON_GetObjectItem(first, "checks"), 1);
    assert_string_equal(cJSON_GetObjectItem(first, "status")->valuestring, "passed");
    assert_contains(cJSON_GetObjectItem(first, "evidence")->valuestring, "1 road agrees");
    assert_string_equal(cJSON_GetObjectItem(check, "kind")->valuestring, "control");
    assert_true(cJSON_GetObjectItem(check, "value")->valuedouble == 2.0);
    assert_contains(text, "\"inf\"");
    assert_contains(text, "\"nan\"");
    assert_contains(text, "\"forward_snr\"");
    cJSON_Delete(json);
}

/* /dev/full takes what is written and fails when it is flushed: nothing may be left behind. */
static void test_full_disk(void **state)
{
    (void)state;
    char link[200], name[200];
    snprintf(link, sizeof link, "%s/lesson20_full.tsv.part", dir);
    (void)name;
    assert_int_equal(symlink("/dev/full", link), 0);
    snprintf(link, sizeof link, "%s/f.json.part", dir);
    assert_int_equal(symlink("/dev/full", link), 0);
    snprintf(link, sizeof link, "%s/f.json", dir);
    run(write_data, "--json", link, NULL, NULL);
    assert_int_equal(play_seen.status, 2);
    assert_contains(play_seen.err, "cannot write");
    assert_int_equal(access(link, F_OK), -1);
}

static void write_full(lesson *L)
{
    claim(L, "ERR-01");
    data_file *f = data_open(L, "full", "t beta");
    for (int i = 0; i < 20000; i++) data_line(f, "%d %.9g", i, 0.25);
    data_close(f);
}

static void write_little(lesson *L)
{
    claim(L, "ERR-01");
    data_file *f = data_open(L, "little", "t beta");
    data_close(f);
}

static void test_full_disk_data(void **state)
{
    (void)state;
    char link[200];
    run(write_full, "--out", dir, NULL,
        NULL); /* the symlink of the test before: fails in the middle */
    assert_int_equal(play_seen.status, 2);
    assert_contains(play_seen.err, "lesson20_full.tsv: cannot write");
    snprintf(link, sizeof link, "%s/lesson20_little.tsv.part", dir);
    assert_int_equal(symlink("/dev/full", link), 0);
    run(write_little, "--out", dir, NULL, NULL); /* fails when closed */
    assert_int_equal(play_seen.status, 2);
    assert_int_equal(access(link, F_OK), -1);
    snprintf(link, sizeof link, "%s/lesson20_little.tsv.part", dir);
    assert_int_equal(mkdir(link, 0700), 0);
    run(write_little, "--out", dir, NULL, NULL); /* cannot be opened */
    assert_int_equal(play_seen.status, 2);
    rmdir(link);
}

static void long_json(lesson *L)
{
    (void)L;
}

static void test_long_path(void **state)
{
    (void)state;
    static char path[5000];
    memset(path, 'x', sizeof path - 1);
    run(long_json, "--json", path, NULL, NULL);
    assert_int_equal(play_seen.status, 2);
    assert_int_equal(play_seen.status, 2);
    assert_contains(play_seen.err, "cannot write: File name too long");
}

static void ask_figure(lesson *L)
{
    const figure_option *o = lesson_figure(L);
    printf("%s %zu %g %g %s\n", o->schedule ? o->schedule : "-", o->T, o->beta_min, o->beta_max,
           lesson_mnist(L) ? lesson_mnist(L) : "-");
}

static void test_figure_options(void **state)
{
    (void)state;
    run(ask_figure, "--schedule", "cosine", "--T", "50");
    assert_contains(play_seen.out, "cosine 50 0 0 -\n");
    run(ask_figure, "--beta-min", "0.1", "--beta-max", "0.2");
    assert_contains(play_seen.out, "- 0 0.1 0.2 -\n");
    run(ask_figure, "--mnist", "none", NULL, NULL);
    assert_contains(play_seen.out, "- 0 0 0 none\n");
    run(write_data, "--schedule", "cosine", "--out", dir); /* nobody asked */
    assert_int_equal(play_seen.status, 2);
    assert_contains(play_seen.err, "does not depend on a schedule");
}

static void ask_model(lesson *L)
{
    printf("%s\n", lesson_model(L) ? lesson_model(L) : "the one that comes with the lesson");
}

static void test_model_option(void **state)
{
    (void)state;
    run(ask_model, "--model", "mine.safetensors", NULL, NULL);
    assert_contains(play_seen.out, "mine.safetensors\n");
    run(ask_model, "--mnist", "none", NULL, NULL);
    assert_contains(play_seen.out, "the one that comes with the lesson\n");
    run(write_data, "--model", "mine.safetensors", NULL, NULL); /* nobody asked */
    assert_int_equal(play_seen.status, 2);
    assert_contains(play_seen.err, "--model mine.safetensors: lesson");
    assert_contains(play_seen.err, "has no trained network");
}

static int make_dir(void **state)
{
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    (void)state;
    char command[200];
    snprintf(command, sizeof command, "rm -rf %s", dir);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_options),    cmocka_unit_test(test_data_files),
        cmocka_unit_test(test_json),           cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_full_disk_data), cmocka_unit_test(test_long_path),
        cmocka_unit_test(test_figure_options), cmocka_unit_test(test_model_option),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
