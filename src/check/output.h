/* output.h -- a file that appears complete or not at all: written beside, renamed when closed. */
#ifndef CHECK_OUTPUT_H
#define CHECK_OUTPUT_H

#include <stdio.h>

typedef struct output {
    FILE *stream;      /* write here */
    char *path, *part; /* part is path for what cannot be replaced: a device, a pipe */
    const char *what;
} output;

/* Begin PATH as PATH.part; /dev/null and the like are written as they are.
 * Args     what  the option for messages, e.g. "--json"; NULL when the path says enough; kept
 * Returns  never NULL: a file that cannot be written ends the program with one line and exit 2. */
output *output_open(const char *what, const char *path);

/* Flush, close and rename; frees it.  Any error since output_open removes the part and ends the
 * program with one line and exit 2; an older file of that name is left as it was. */
void output_close(output *o);

#endif
