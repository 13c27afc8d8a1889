/* schedule_spec.h -- a schedule from words: what `ddpm table` and the figures' options accept. */
#ifndef THEORY_SCHEDULE_SPEC_H
#define THEORY_SCHEDULE_SPEC_H

#include <stddef.h>

#include "check/check.h"
#include "theory/schedule.h"

/* A schedule from words.
 * Args     shape     linear | cosine | quadratic | sigmoid | constant | file:PATH, or one of the named
 *                    schedules (L1000, S10, ...); NULL means linear
 *          T         steps; 0 means 1000 (a named schedule or a file has its own)
 *          beta_min, beta_max   in (0,1); 0 means 0.1/T and 20/T, which is 1e-4 and 0.02 at T = 1000;
 *                    constant uses beta_max; cosine needs none
 *          error     receives one line naming the option and what was expected
 * Returns  the schedule, or NULL with error set. */
schedule *schedule_spec_alloc(const char *shape, size_t T, double beta_min, double beta_max,
                              char *error, size_t error_size);

/* The schedule of a lesson's figure: --schedule, --T, --beta-min, --beta-max of its command line.
 * The checks never use it.
 * Returns  never NULL: a bad option, or fewer than 10 steps, ends the program with exit 2. */
schedule *schedule_of_figure(lesson *L);

#endif
