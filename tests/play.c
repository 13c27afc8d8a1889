/* play.c -- plays a lesson made of one function in a child process. */
#include "play.h"

#include <stddef.h>

enum { MOST_OPTIONS = 8 };

typedef struct script {
    int number;
    const char *const *options;
    void (*steps)(lesson *L);
} script;

captured play_seen;

static int act(void *argument)
{
    const script *s = argument;
    char *argv[MOST_OPTIONS + 2] = {(char *)"lesson"};
    int argc = 1;
    for (; argc <= MOST_OPTIONS && s->options[argc - 1]; argc++)
        argv[argc] = (char *)s->options[argc - 1];
    lesson *L = lesson_open(argc, argv, s->number, "A lesson of the tests");
    s->steps(L);
    return lesson_close(L);
}

const captured *play(int number, void (*steps)(lesson *L), const char *const options[])
{
    script s = {number, options, steps};
    capture(&play_seen, act, &s);
    return &play_seen;
}
