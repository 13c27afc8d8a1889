/* main.c -- the command line of the grader. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "grade_main/grade_main.h"

const char *const known_assignments[] = {"hw01",      "hw02",    "hw03", "inclass",
                                         "selfcheck", "widgets", NULL};

static const char *const usage =
    "usage: grade COMMAND [options]\n"
    "  check       --hw NAME --work DIR [--part A] [--watch]      a student's own copy\n"
    "  submit      --hw NAME --work DIR --archive FILE [--student ID]\n"
    "  one         --submission PATH [--hw NAME] [--student ID]   one result as JSON\n"
    "  class       --submissions DIR [--out DIR] [--hw NAME] [--jobs N] [--roster CSV] [--only "
    "ID]\n"
    "  merge       --marks CSV [--out DIR] [--hw NAME] [--roster CSV]   join the marks of people\n"
    "  gradescope  --submission DIR --results FILE [--metadata FILE] [--hw NAME]\n"
    "options: --homework DIR --solutions DIR --server FILE --compiler gcc --salt WORD --seed N\n"
    "         --confine auto|bwrap|landlock|none\n";

int refuse(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("grade: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return 2;
}

typedef struct word_option {
    const char *name;
    const char **value;
} word_option;

static bool parse_number(const char *words, unsigned long *value)
{
    char *end;
    errno = 0;
    *value = strtoul(words, &end, 10);
    return words[0] >= '0' && words[0] <= '9' && *end == '\0' && errno == 0;
}

static bool known(const char *assignment)
{
    for (size_t i = 0; known_assignments[i]; i++)
        if (strcmp(known_assignments[i], assignment) == 0) return true;
    return false;
}

/* Takes one option with its value.  Returns 0, or 2 after a complaint. */
static int take(options *o, const char *name, const char *value)
{
    const word_option words[] = {{"--homework", &o->homework},
                                 {"--solutions", &o->solutions},
                                 {"--server", &o->server},
                                 {"--compiler", &o->compiler},
                                 {"--salt", &o->salt},
                                 {"--hw", &o->assignment},
                                 {"--part", &o->part},
                                 {"--work", &o->work},
                                 {"--out", &o->out},
                                 {"--submissions", &o->submissions},
                                 {"--submission", &o->submissions},
                                 {"--roster", &o->roster},
                                 {"--only", &o->only},
                                 {"--marks", &o->marks},
                                 {"--student", &o->student},
                                 {"--archive", &o->archive},
                                 {"--results", &o->results},
                                 {"--metadata", &o->metadata}};
    unsigned long number = 0;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].name, name) == 0) {
            *words[i].value = value[0] ? value : *words[i].value;
            return 0;
        }
    if (strcmp(name, "--seed") == 0) {
        o->has_seed = parse_number(value, &o->seed);
        return o->has_seed ? 0 : refuse("--seed needs a number, not '%s'", value);
    }
    if (strcmp(name, "--jobs") == 0) {
        if (!parse_number(value, &number) || number < 1 || number > 64)
            return refuse("--jobs needs a number from 1 to 64, not '%s'", value);
        o->jobs = (unsigned)number;
        return 0;
    }
    if (strcmp(name, "--confine") == 0) {
        o->confine_given = true;
        return sandbox_mode_of(value, &o->mode)
                   ? 0
                   : refuse("--confine needs auto, bwrap, landlock or none, not '%s'", value);
    }
    return refuse("unknown option %s; grade --help lists them", name);
}

bool open_workshop(workshop *w, const options *o, bool own_machine)
{
    char error[400];
    *w = (workshop){.homework = o->homework,
                    .solutions = o->solutions,
                    .compiler = o->compiler,
                    .salt = o->salt};
    bool chosen = sandbox_choose(&w->where, o->mode, 0, error, sizeof error);
    if (!chosen && own_machine && !o->confine_given)
        chosen = sandbox_choose(&w->where, CONFINE_NONE, 0, error, sizeof error);
    if (chosen && workshop_open(w, o->server, error, sizeof error)) return true;
    workshop_close(w);
    refuse("%s", error);
    return false;
}

int main(int argc, char **argv)
{
    options o = {.command = argc > 1 ? argv[1] : "",
                 .homework = "lessons/homework",
                 .solutions = "tests/homework/solutions",
                 .server = "build/gcc/grade_server",
                 .compiler = "gcc",
                 .salt = "ddpm-lessons",
                 .jobs = 2};
    /* Students' mistakes reach the theory (as arguments of a replaced function, as a swapped pair): NaN
     * is the answer, never an abort. */
    gsl_set_error_handler_off();
    if (strcmp(o.command, "--help") == 0) {
        fputs(usage, stdout);
        return 0;
    }
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--watch") == 0) {
            o.watch = true;
            continue;
        }
        if (i + 1 == argc) return refuse("%s needs a value", argv[i]);
        const int bad = take(&o, argv[i], argv[i + 1]);
        if (bad) return bad;
        i++;
    }
    if (o.assignment && !known(o.assignment))
        return refuse("there is no assignment %s (hw01 hw02 hw03 inclass selfcheck widgets)",
                      o.assignment);
    if (strcmp(o.command, "check") == 0) return command_check(&o);
    if (strcmp(o.command, "submit") == 0) return command_submit(&o);
    if (strcmp(o.command, "one") == 0) return command_one(&o);
    if (strcmp(o.command, "class") == 0) return command_class(&o);
    if (strcmp(o.command, "merge") == 0) return command_merge(&o);
    if (strcmp(o.command, "gradescope") == 0) return command_gradescope(&o);
    fputs(usage, stderr);
    return 2;
}
