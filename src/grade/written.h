/* written.h -- what students write down: derivations, which a machine awards where it can decide. */
#ifndef GRADE_WRITTEN_H
#define GRADE_WRITTEN_H

#include "grade/grade.h"

/* Awards the derivations of a submission, whose answers have been read into the items.
 * A milestone counts whichever answer of the assignment earns it.  Then an item is
 *   right      every milestone is reached;
 *   partly, wrong   some are not, and the machine can say why: the first line that is not in order is
 *              refuted, or every line holds and the steps are not there;
 *   unanswered nothing was written;
 *   pending    anything else: a person decides, and the reason says what could not be. */
void written_derivations(grading *g, const workshop *w);

#endif
