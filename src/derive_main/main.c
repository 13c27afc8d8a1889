/* main.c -- the program `derive`: checks a derivation and prints the report. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "check/check.h"
#include "derive/derive.h"
#include "derive/points.h"

static void print_help(void)
{
    printf("usage: derive [options] FILE...\n"
           "Checks the displayed formulas of a LaTeX, Markdown or text file line by line.\n"
           "  --worlds N    random worlds per line, 1 to 64 (8)\n"
           "  --seed N      which worlds (1)\n"
           "  --budget N    N times the work before a line is called too expensive, 1 to 1000 (1)\n"
           "  --all         also list what holds and what needs no check\n"
           "  --explain N   show the evaluation of line N\n"
           "  --json        the report as JSON\n"
           "  --points HW1  the milestones of a homework that the text reaches (HW1, HW2, HW3)\n"
           "  --table       class and verdict of each display, as a Markdown table\n"
           "  --help\n"
           "Exit status: 0 when every statement holds, 1 when one does not, 2 when a file cannot "
           "be read or does not balance.\n"
           "docs/derive.md has a tutorial and the grammar.\n");
}

/* Class and verdict of all lines of a display, joined by commas. */
static void outcome(char *text, size_t size, const derive_result *r, size_t display)
{
    text[0] = '\0';
    for (const derive_line *l = r->lines; l; l = l->next) {
        if (l->display != display) continue;
        const bool checked = l->verdict != DERIVE_NOT_CHECKED;
        char one[160];
        snprintf(one, sizeof one, "%s%s%s%s", derive_class_name(l->class), checked ? " " : "",
                 checked ? derive_verdict_name(l->verdict) : "", l->notes ? " (with a note)" : "");
        const size_t n = strlen(text);
        if (n && strlen(one) <= n && strcmp(text + n - strlen(one), one) == 0)
            continue; /* the same again */
        snprintf(text + n, size - n, "%s%s", n ? ", " : "", one);
    }
    if (!text[0]) snprintf(text, size, "continues the display above");
}

/* Neighbouring displays with the same outcome share a row. */
static void print_table(const derive_result *r)
{
    char now[512], last[512];
    size_t from = 1;
    printf("| displays | class and verdict |\n|---|---|\n");
    outcome(last, sizeof last, r, 1);
    for (size_t d = 2; d <= r->n_displays + 1; d++) {
        outcome(now, sizeof now, r, d);
        if (d <= r->n_displays && strcmp(now, last) == 0) continue;
        if (from == d - 1)
            printf("| %zu | %s |\n", from, last);
        else
            printf("| %zu to %zu | %s |\n", from, d - 1, last);
        memcpy(last, now, sizeof last);
        from = d;
    }
}

static unsigned long whole(const char *option, const char *text, unsigned long least,
                           unsigned long most)
{
    char *end;
    const unsigned long n = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || n < least || n > most)
        check_refuse("derive --%s %s: a whole number from %lu to %lu was expected", option, text,
                     least, most);
    return n;
}

int main(int argc, char **argv)
{
    static const struct option known[] = {
        {"worlds", required_argument, NULL, 'w'},  {"seed", required_argument, NULL, 's'},
        {"budget", required_argument, NULL, 'b'},  {"all", no_argument, NULL, 'a'},
        {"explain", required_argument, NULL, 'e'}, {"json", no_argument, NULL, 'j'},
        {"table", no_argument, NULL, 't'},         {"points", required_argument, NULL, 'p'},
        {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0}};
    derive_options options = derive_defaults();
    const char *homework = NULL;
    bool all = false, json = false, table = false;
    int status = 0;
    gsl_set_error_handler_off(); /* what is not a number is found out by comparing */
    for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        if (option == 'w')
            options.worlds = whole("worlds", optarg, 1, 64);
        else if (option == 's')
            options.seed = whole("seed", optarg, 0, 1000000000);
        else if (option == 'b')
            options.budget = derive_defaults().budget * whole("budget", optarg, 1, 1000);
        else if (option == 'e')
            options.explain = whole("explain", optarg, 1, 1000000);
        else if (option == 'a')
            all = true;
        else if (option == 'j')
            json = true;
        else if (option == 't')
            table = true;
        else if (option == 'p')
            homework = optarg;
        else if (option == 'h') {
            print_help();
            return 0;
        } else
            return 2;
    }
    if (optind == argc) check_refuse("derive: no file; try derive --help");
    for (; optind < argc; optind++) {
        derive_result *r = derive_check_file(argv[optind], &options);
        if (!r) check_refuse("derive: memory is short");
        derive_award awards[DERIVE_MOST_AWARDS];
        const size_t n = homework && !r->error ? derive_points(r, homework, awards) : 0;
        if (homework && !r->error && n == 0)
            check_refuse("derive --points %s: HW1, HW2 or HW3 was expected", homework);
        if (json)
            derive_print_json(stdout, r, homework ? awards : NULL, n);
        else if (table && !r->error)
            print_table(r);
        else
            derive_print(r->error ? stderr : stdout, r, all);
        if (n && !json) derive_print_points(stdout, awards, n);
        const int one = derive_status(r);
        if (one > status) status = one;
        derive_free(r);
    }
    return status;
}
