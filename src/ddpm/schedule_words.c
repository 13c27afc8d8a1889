/* schedule_words.c -- the schedule of a command line. */
#include "ddpm/schedule_words.h"

#include <string.h>

#include "check/check.h"
#include "theory/schedule_spec.h"

bool schedule_words_complete(const char *shape)
{
    return strncmp(shape, "file:", 5) == 0 || (shape[0] >= 'A' && shape[0] <= 'Z');
}

schedule *schedule_words_alloc(const char *shape, size_t T, double beta_min, double beta_max)
{
    char error[512];
    const bool complete = schedule_words_complete(shape);
    if (!complete && strcmp(shape, "cosine") != 0 && T >= 1 && T <= 20 && beta_max == 0.0)
        check_refuse(
            "--T %zu: needs --beta-max, and usually --beta-min (the default 20/T is not below 1)",
            T);
    schedule *s = schedule_spec_alloc(shape, T, beta_min, beta_max, error, sizeof error);
    if (!s) check_refuse("%s", error);
    if (!complete || (beta_min == 0.0 && beta_max == 0.0 && (T == 0 || T == s->T))) return s;
    const size_t has = s->T;
    schedule_free(s);
    check_refuse(
        "--schedule %s: has its own %zu betas; --T, --beta-min and --beta-max do not apply", shape,
        has);
}
