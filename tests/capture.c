/* capture.c -- runs a function in a child process. */
#include "capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void read_back(FILE *f, char *text, size_t size)
{
    rewind(f);
    text[fread(text, 1, size - 1, f)] = '\0';
    fclose(f);
}

void capture(captured *result, int (*body)(void *argument), void *argument)
{
    FILE *out = tmpfile(), *err = tmpfile();
    if (!out || !err) abort();
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        dup2(fileno(out), STDOUT_FILENO);
        dup2(fileno(err), STDERR_FILENO);
        exit(body(argument)); /* exit, not _exit: buffers and coverage counters are written */
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) abort();
    result->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    read_back(out, result->out, sizeof result->out);
    read_back(err, result->err, sizeof result->err);
}
