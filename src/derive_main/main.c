/* main.c -- the program `derive`: checks a derivation and prints the report. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "check/check.h"
#include "derive/derive.h"

static void print_help(void)
{
    printf("usage: derive [options] FILE...\n"
           "Checks the displayed formulas of a LaTeX, Markdown or text file line by line.\n"
           "  --worlds N    random worlds per line, 1 to 64 (8)\n"
           "  --seed N      which worlds (1)\n"
           "  --all         also list what holds and what needs no check\n"
           "  --explain N   show the evaluation of line N\n"
           "  --json        the report as JSON\n"
           "  --help\n"
           "Exit status: 0 when every statement holds, 1 when one does not, 2 when a file cannot be read.\n"
           "docs/derive.md has a tutorial and the grammar.\n");
}

static unsigned long whole(const char *option, const char *text, unsigned long least, unsigned long most)
{
    char *end;
    const unsigned long n = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || n < least || n > most)
        check_refuse("derive --%s %s: a whole number from %lu to %lu was expected", option, text, least, most);
    return n;
}

int main(int argc, char **argv)
{
    static const struct option known[] = {
        {"worlds", required_argument, NULL, 'w'}, {"seed", required_argument, NULL, 's'}, {"all", no_argument, NULL, 'a'},
        {"explain", required_argument, NULL, 'e'}, {"json", no_argument, NULL, 'j'},      {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0}};
    derive_options options = derive_defaults();
    bool all = false, json = false;
    int status = 0;
    gsl_set_error_handler_off(); /* what is not a number is found out by comparing */
    for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        if (option == 'w') options.worlds = whole("worlds", optarg, 1, 64);
        else if (option == 's') options.seed = whole("seed", optarg, 0, 1000000000);
        else if (option == 'e') options.explain = whole("explain", optarg, 1, 1000000);
        else if (option == 'a') all = true;
        else if (option == 'j') json = true;
        else if (option == 'h') {
            print_help();
            return 0;
        } else return 2;
    }
    if (optind == argc) check_refuse("derive: no file; try derive --help");
    for (; optind < argc; optind++) {
        derive_result *r = derive_check_file(argv[optind], &options);
        if (!r) check_refuse("derive: memory is short");
        if (json) derive_print_json(stdout, r);
        else derive_print(r->error ? stderr : stdout, r, all);
        const int one = derive_status(r);
        if (one > status) status = one;
        derive_free(r);
    }
    return status;
}
