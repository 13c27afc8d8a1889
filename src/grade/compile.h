/* compile.h -- compiles a student's file into a library, confined, and words the errors plainly. */
#ifndef GRADE_COMPILE_H
#define GRADE_COMPILE_H

#include <stdbool.h>

#include "grade/sandbox.h"
#include "grade/text.h"

typedef struct compilation {
    bool ok;
    bool fault;     /* the confinement failed, not the program */
    text complaint; /* one plain sentence when !ok */
    text errors;    /* the compiler's errors and warnings, a line each: "line 12: error: ..." */
} compilation;

/* Compiles NAME.c (its text is `source`) in the empty directory `scratch` into NAME.so.
 * Args     headers   directory with noise.h and NAME.h, which are copied into scratch
 *          compiler  gcc or clang */
compilation compile(const confinement *c, const char *compiler, const char *scratch,
                    const char *headers, const char *name, const text *source);
void compilation_free(compilation *c);

#endif
