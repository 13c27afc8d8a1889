/* signature.h -- from the way in which values are wrong to a question that leads on. */
#ifndef GRADE_SIGNATURE_H
#define GRADE_SIGNATURE_H

#include "grade/judge.h"

/* Fills v->hint_id and v->hint for a function whose values are wrong: first the table of named
 * wrong formulas (src/theory/misprint.c) and of wrong sums (mistake.c), compared over all cases;
 * then an index that is off by one or a swapped pair; then the ratio of value (or of each
 * coefficient) to truth at several t, compared with sqrt(1-abar), 1/sqrt(abar), sqrt(beta), 1/2, D,
 * ...; then a general question. */
void signature_find(const exercise *e, const judge_world *w, const judge_case *cases, size_t n,
                    verdict *v);

#endif
