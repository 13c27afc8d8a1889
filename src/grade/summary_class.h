/* summary_class.h -- a class being summed up: what summary.c and summary_marks.c share. */
#ifndef GRADE_SUMMARY_CLASS_H
#define GRADE_SUMMARY_CLASS_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "grade/csv.h"
#include "grade/summary.h"
#include "grade/text.h"

/* One student: the stored result, or none for somebody on the roster who handed in nothing. */
typedef struct entry {
    char id[128];
    const roster_row *row;
    cJSON *result;
} entry;

typedef struct class
{
    entry *entries;
    size_t n;
    const cJSON *pattern; /* any result: all have the same items */
    const csv *marks;
    double *human, *left; /* per entry: points given by people, points still pending */
    double *taken;        /* per entry: machine points that a mark has replaced */
} class;

/* Members of a stored result or item: 0, "" and NULL when they are not there. */
double class_number(const cJSON *object, const char *name);
const char *class_string(const cJSON *object, const char *name);
const cJSON *class_items(const cJSON *result);

/* What a person may give points for: texts, and derivations also against the machine. */
bool class_written(const cJSON *item);

/* Does it wait for a person? */
bool class_pending(const cJSON *item);

/* The mark of a student for an item: NaN when none has been entered.
 * Returns  false when it is no number of points. */
bool class_mark(const class *c, const entry *e, const cJSON *item, double *mark);

/* Sums the marks of people.  Returns false with one line in error for a mark that is none. */
bool class_add_marks(class *c, const char *marks, char *error, size_t error_size);

const char *class_name(const entry *e);

/* Writes a table into the directory out.  Returns false when that fails. */
bool class_put(const char *out, const char *name, const text *bytes);
bool class_write_marks(const class *c, const char *out);

#endif
