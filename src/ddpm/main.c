/* main.c -- the program `ddpm`: finds the subcommand. */
#include <stdio.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "check/check.h"
#include "ddpm/eval.h"
#include "ddpm/export.h"
#include "ddpm/sample.h"
#include "ddpm/table.h"
#include "ddpm/train.h"

/* The subcommands.  argv[0] of a subcommand is its full name, for getopt's messages. */
static const struct {
    const char *name, *full_name, *summary;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"table", "ddpm table", "every coefficient of a noise schedule, as tab-separated numbers",
     table_main},
    {"train", "ddpm train", "train a network to denoise; can be interrupted and resumed",
     train_main},
    {"sample", "ddpm sample", "draw samples from a trained network", sample_main},
    {"eval", "ddpm eval", "measure a trained network against the law of its data", eval_main},
    {"export", "ddpm export", "reduce a checkpoint to what sampling needs", export_main},
};
enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

static void print_help(void)
{
    printf("usage: ddpm COMMAND [options]\n");
    for (size_t i = 0; i < N_COMMANDS; i++)
        printf("  %-8s %s\n", commands[i].name, commands[i].summary);
    printf("ddpm COMMAND --help, or ddpm help COMMAND, explains a command; docs/ddpm.md has a "
           "tutorial.\n");
}

int main(int argc, char **argv)
{
    gsl_set_error_handler_off(); /* every status is looked at */
    if (argc < 2) check_refuse("usage: ddpm COMMAND [options]; try ddpm --help");
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        if (argc < 3) {
            print_help();
            return 0;
        }
        static char help[] = "--help"; /* ddpm help train = ddpm train --help */
        argv[1] = argv[2];
        argv[2] = help;
        argc = 3;
    }
    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (strcmp(argv[1], commands[i].name) != 0) continue;
        char name[32];
        snprintf(name, sizeof name, "%s", commands[i].full_name);
        argv[1] = name;
        return commands[i].run(argc - 1, argv + 1);
    }
    check_refuse("ddpm %s: no such command; try ddpm --help", argv[1]);
}
