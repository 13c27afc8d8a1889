/* numbers.c -- numbers of the command line. */
#include "ddpm/numbers.h"

#include <errno.h>
#include <stdlib.h>

#include "check/check.h"

uint64_t numbers_whole(const char *option, const char *text, double low, double high)
{
    char *end;
    errno = 0;
    const unsigned long long n = strtoull(text, &end, 10); /* takes signs: digits are asked for */
    if (text[0] < '0' || text[0] > '9' || *end || errno || !(low <= (double)n && (double)n <= high))
        check_refuse("--%s %s: expected a whole number from %.0f to %.0f", option, text, low, high);
    return n;
}
