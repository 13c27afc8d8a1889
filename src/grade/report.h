/* report.h -- what a grading looks like: for the student, for the assistant, and for machines. */
#ifndef GRADE_REPORT_H
#define GRADE_REPORT_H

#include "grade/grade.h"

/* For the student: compiler errors first, then the parts with points, differences and hints.
 * Args  part  only this one, or NULL */
void report_student(text *to, const grading *g, const workshop *w, const char *part);

/* For the assistant: each item that waits for a person, with rubric, supporting numbers, and
 * answer. */
void report_review(text *to, const grading *g, const workshop *w);

/* Gradescope's results.json.
 * Source  gradescope/autograder_samples, docs/specs.md */
void report_gradescope(text *to, const grading *g, const workshop *w);

/* Everything the class report needs, as JSON (docs/grading.md lists the fields). */
void report_store(text *to, const grading *g, const workshop *w, const char *key);

/* One line: machine points, what waits, the total. */
void report_score(text *to, const grading *g);

#endif
