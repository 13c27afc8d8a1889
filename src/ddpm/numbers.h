/* numbers.h -- numbers of the command line; an unusable one ends the program with one line, exit 2. */
#ifndef DDPM_NUMBERS_H
#define DDPM_NUMBERS_H

#include <stdint.h>

/* A whole number, written in digits.
 * Args  option  its name without the dashes;  low, high  inclusive. */
uint64_t numbers_whole(const char *option, const char *text, double low, double high);

#endif
