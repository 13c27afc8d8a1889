/* derivation.h -- the one place where the derivation checker joins the grader. */
#ifndef GRADE_DERIVATION_H
#define GRADE_DERIVATION_H

#include <stdbool.h>
#include <stddef.h>

#include "grade/text.h"

enum derivation_result { DERIVATION_PENDING, DERIVATION_RIGHT, DERIVATION_WRONG };

/* Judges a written derivation.
 * Args     checker  the column of points.tsv ("hw03a")
 *          answer   what the student wrote
 *          why, hint  receive a sentence and a question
 * Returns  DERIVATION_PENDING until a checker exists for it: a person grades it then. */
enum derivation_result grade_derivation(const char *checker, const text *answer, char *why,
                                        size_t why_size, char *hint, size_t hint_size);

#endif
