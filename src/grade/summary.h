/* summary.h -- the class tables, from the stored result of each student. */
#ifndef GRADE_SUMMARY_H
#define GRADE_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>

#include "grade/text.h"

/* Names of students: a CSV with a column id, and perhaps name, email, canvas (the number in Canvas'
 * column ID), section. */
typedef struct roster_row {
    char id[128], name[128], email[128], canvas[64], section[64];
} roster_row;
typedef struct roster {
    roster_row *rows;
    size_t n;
} roster;

/* NULL path: an empty roster.  Returns false with one line in error. */
bool roster_read(roster *r, const char *path, char *error, size_t error_size);
void roster_free(roster *r);

/* The row a submission belongs to: its name is the id, or contains it between other characters than
 * letters and digits (the way Canvas and Moodle name downloads); NULL when none or several fit. */
const roster_row *roster_match(const roster *r, const char *submission);

/* The id of a submission: that of its row, otherwise its name without the ending of an archive or
 * "_hw03"; characters that have no place in a file name become _.
 * Returns  the row, or NULL. */
const roster_row *roster_name(const roster *r, const char *submission, char *id, size_t size);

/* Reads the result.json of every student and writes grades.csv, marks.csv (marks already entered in
 * it are kept), canvas.csv, moodle.csv, errors.csv and summary.txt into OUT.
 * Args     marks  a CSV with points given by people, laid over marks.csv, or NULL
 *          notes  receives lines for the assistant; NULL leaves marks.csv alone (tables of a part)
 * Returns  false with one line in error, and nothing written: no results, or results or marks that
 *          do not fit together. */
bool summary_write(const char *out, const roster *r, const char *marks, text *notes, char *error,
                   size_t error_size);

/* Is OUT empty, or does it hold this assignment?  Returns false with one line in error. */
bool summary_fits(const char *out, const char *assignment, char *error, size_t error_size);

#endif
