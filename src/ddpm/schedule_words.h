/* schedule_words.h -- the schedule of a command line: --schedule, --T, --beta-min, --beta-max. */
#ifndef DDPM_SCHEDULE_WORDS_H
#define DDPM_SCHEDULE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "theory/schedule.h"

/* The schedule; options that do not go together end the program with one line and exit 2.
 * Args     shape  as schedule_spec_alloc has it;  T, beta_min, beta_max  0 when not given. */
schedule *schedule_words_alloc(const char *shape, size_t T, double beta_min, double beta_max);

/* Does the word bring its own T and betas (file:PATH, L1000, ...)? */
bool schedule_words_complete(const char *shape);

#endif
