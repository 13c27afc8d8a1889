/* play.h -- plays a lesson made of one function in a child process, for the engine's tests. */
#ifndef TESTS_PLAY_H
#define TESTS_PLAY_H

#include "capture.h"
#include "check/check.h"

/* Lesson `number` with up to 8 options (NULL-terminated); the result stays in play_seen. */
const captured *play(int number, void (*steps)(lesson *L), const char *const options[]);
extern captured play_seen;

#define assert_contains(text, part)                                                                \
    if (!strstr(text, part)) fail_msg("no '%s' in:\n%s", part, text)
#define assert_lacks(text, part)                                                                   \
    if (strstr(text, part)) fail_msg("'%s' in:\n%s", part, text)

#endif
