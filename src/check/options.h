/* options.h -- readers of numbers from a command line, shared by the lessons and ddpm. */
#ifndef CHECK_OPTIONS_H
#define CHECK_OPTIONS_H

#include <stddef.h>

/* The value of --T: a whole number from 1 to 10^7; anything else is refused (one line, exit 2). */
size_t options_read_steps(const char *text);

/* The value of --beta-min or --beta-max: a number strictly between 0 and 1; else refused.
 * Args  option  its name without the dashes. */
double options_read_beta(const char *option, const char *text);

#endif
