/* grade_main.h -- the commands of the program grade. */
#ifndef GRADE_MAIN_H
#define GRADE_MAIN_H

#include <stdbool.h>

#include "grade/grade.h"

/* The command line, all options of all commands. */
typedef struct options {
    const char *command, *homework, *solutions, *server, *compiler, *salt;
    const char *assignment, *part, *work, *submissions, *out, *roster, *only, *marks, *student;
    const char *archive, *results, *metadata;
    enum confinement_mode mode;
    bool has_seed, watch, confine_given;
    unsigned long seed;
    unsigned jobs;
} options;

/* NULL-terminated list of the assignments in the table of points. */
extern const char *const known_assignments[];

/* Prints one line to standard error; returns 2, the exit status of bad usage. */
int refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Chooses the confinement and opens the workshop; without it: refuses, unless the student's own
 * machine (own_machine) or --confine none. */
bool open_workshop(workshop *w, const options *o, bool own_machine);

int command_check(const options *o);      /* grade check: a student's own copy */
int command_submit(const options *o);     /* grade submit: pack it */
int command_one(const options *o);        /* grade one: one submission, JSON on standard output */
int command_class(const options *o);      /* grade class: a directory of submissions */
int command_merge(const options *o);      /* grade merge: marks of the human parts */
int command_gradescope(const options *o); /* grade gradescope: /autograder */

#endif
