/* answers.h -- answers.txt: a heading [ITEM] and the answer on the lines below it.
 *
 *     [C2n]
 *     # lines that start with # are the question and do not count
 *     157.4
 */
#ifndef GRADE_ANSWERS_H
#define GRADE_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>

#include "grade/text.h"

/* Appends the answer to an item to `answer` (all lines but comments; spaces at both ends cut off).
 * Returns  false when there is no such heading or nothing below it. */
bool answers_find(const text *file, const char *item, text *answer);

/* The answer as one number: decimal or scientific, nothing else beside it. */
bool answers_number(const text *answer, double *value);

/* The answer as a choice: letters, in lower case, without spaces and commas. */
bool answers_choice(const text *answer, char *choice, size_t size);

#endif
