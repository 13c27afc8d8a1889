/* summary_class.h -- a class being summed up: what the files summary_*.c share. */
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
    char id[128], folder[128]; /* folder: in OUT/students, where the result was found */
    char other[128]; /* a folder with a result of another submission of the student, or "" */
    const roster_row *row;
    cJSON *result;
    double human, left; /* points given by people, points still pending */
    double taken;       /* machine points that a mark has replaced */
    bool marked;        /* by a person, be it with 0 */
} entry;

typedef struct class
{
    const roster *students;
    entry *entries;
    size_t n;
    const cJSON *pattern; /* any result: all have the same items */
    csv marks;  /* a heading; row 1 + i is of entry i; then rows of people who are not here */
    text notes; /* lines for the assistant */
} class;

/* Members of a stored result or item: 0, "" and NULL when they are not there. */
double class_number(const cJSON *object, const char *name);
const char *class_string(const cJSON *object, const char *name);
const cJSON *class_items(const cJSON *result);
const cJSON *class_item(const cJSON *result, const char *name);

/* Does it wait for a person? */
bool class_pending(const cJSON *item);

/* Reads all results below out, and adds who is on the roster without one (summary_load.c).
 * Returns  false with one line in error: results of two assignments, two of one student. */
bool class_load(class *c, const char *out, char *error, size_t error_size);
void class_free(class *c);

/* Reads the marks joined before (OUT/.marks.csv), lays those of OUT/marks.csv over them, and those of
 * `given` (may be NULL) over both (summary_overlay.c).
 * Returns  false with one line in error: a student or column that is not there, a mark that is no
 *          number of points, two rows of one student. */
bool class_read_marks(class *c, const char *out, const char *given, char *error, size_t error_size);

/* What stands in marks.csv where the machine has decided; a number in its place overrules it. */
extern const char class_awarded[];

/* The mark of entry i for an item: NaN when none has been entered. */
double class_mark(const class *c, size_t i, const cJSON *item);
void class_add_marks(class *c); /* into the entries */
const char *class_name(const entry *e);

/* Writes a table into the directory out.  Returns false when that fails. */
bool class_put(const char *out, const char *name, const text *bytes);
bool class_write_marks(const class *c, const char *out);
bool class_write_errors(const class *c, const char *out); /* summary_errors.c */

#endif
