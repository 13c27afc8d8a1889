/* number.h -- the numbers that students compute, and those that support a human grader. */
#ifndef GRADE_NUMBER_H
#define GRADE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

enum { NUMBER_WRONGS = 4 };

typedef struct number {
    const char *name; /* the checker in points.tsv, or a name in rubric.tsv */
    const char *what; /* for the human grader */
    double (*value)(void);
    double tolerance; /* relative; absolute where the value is 0 */
    struct {
        const char *id, *hint; /* the hint is a question */
        double (*value)(void);
    } wrong[NUMBER_WRONGS];
} number;

const number *number_find(const char *name);

/* All of them, for tests and documents. */
const number *number_at(size_t i); /* NULL at the end */

/* Is the student's value right?  Otherwise *id and *hint say what it looks like. */
bool number_judge(const number *n, double answer, const char **id, const char **hint);

#endif
