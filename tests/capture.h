/* capture.h -- runs a function in a child process and keeps what it printed and its exit status. */
#ifndef TESTS_CAPTURE_H
#define TESTS_CAPTURE_H

#include <stddef.h>

typedef struct captured {
    int status;      /* exit status, or 128 + signal */
    char out[65536]; /* stdout */
    char err[8192];  /* stderr */
} captured;

/* Run body(argument) in a child; its return value is the exit status. */
void capture(captured *result, int (*body)(void *argument), void *argument);

#endif
