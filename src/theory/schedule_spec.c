/* schedule_spec.c -- a schedule from words. */
#include "theory/schedule_spec.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <gsl/gsl_errno.h>

enum { FEWEST_STEPS = 10 }; /* a curve against t, or bars over tenths of T */

static schedule *refuse(char *error, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(error, size, format, args);
    va_end(args);
    return NULL;
}

static int is_named(const char *shape)
{
    static const char *const names[] = {"L1000", "S10", "S50", "BAD50", "COS1000", "COS50"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(shape, names[i]) == 0) return 1;
    return 0;
}

/* The shapes that need T and two betas; NULL when the shape is unknown or the numbers are refused. */
static schedule *shaped(const char *shape, size_t T, double beta_min, double beta_max)
{
    if (strcmp(shape, "linear") == 0) return schedule_linear_alloc(T, beta_min, beta_max);
    if (strcmp(shape, "quadratic") == 0) return schedule_quadratic_alloc(T, beta_min, beta_max);
    if (strcmp(shape, "sigmoid") == 0) return schedule_sigmoid_alloc(T, beta_min, beta_max);
    if (strcmp(shape, "constant") == 0) return schedule_constant_alloc(T, beta_max);
    return schedule_cosine_alloc(T, 0.008, 0.999);
}

static int is_shape(const char *shape)
{
    static const char *const shapes[] = {"linear", "cosine", "quadratic", "sigmoid", "constant"};
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        if (strcmp(shape, shapes[i]) == 0) return 1;
    return 0;
}

schedule *schedule_spec_alloc(const char *shape, size_t T, double beta_min, double beta_max,
                              char *error, size_t size)
{
    if (!shape) shape = "linear";
    if (strncmp(shape, "file:", 5) == 0) return schedule_file_alloc(shape + 5, error, size);
    if (is_named(shape)) {
        schedule *named = schedule_named_alloc(shape);
        return named ? named : refuse(error, size, "--schedule %s: out of memory", shape);
    }
    if (!is_shape(shape))
        return refuse(error, size,
                      "--schedule %s: expected linear, cosine, quadratic, sigmoid, constant, "
                      "file:PATH or L1000, S10, S50, BAD50, COS1000, COS50",
                      shape);
    if (T == 0) T = 1000;
    if (beta_min == 0.0) beta_min = 0.1 / (double)T;
    if (beta_max == 0.0) beta_max = 20.0 / (double)T;
    if (!(0.0 < beta_min && beta_min <= beta_max && beta_max < 1.0) && strcmp(shape, "cosine") != 0)
        return refuse(error, size,
                      "--beta-min %g --beta-max %g: expected 0 < beta-min <= beta-max < 1",
                      beta_min, beta_max);
    gsl_error_handler_t *old = gsl_set_error_handler_off();
    schedule *s = shaped(shape, T, beta_min, beta_max);
    gsl_set_error_handler(old);
    if (s) return s;
    return refuse(
        error, size,
        "--schedule %s --T %zu: expected 1 <= T <= 10^7 and betas so small that alpha_bar_T "
        "does not underflow (1e-290)",
        shape, T);
}

schedule *schedule_of_figure(lesson *L)
{
    char error[512];
    const figure_option *o = lesson_figure(L);
    schedule *s =
        schedule_spec_alloc(o->schedule, o->T, o->beta_min, o->beta_max, error, sizeof error);
    if (!s) check_refuse("%s", error);
    if (s->T >= FEWEST_STEPS) return s;
    const size_t T = s->T;
    schedule_free(s);
    check_refuse("--schedule: %zu steps; a figure needs at least %d, expected a larger --T", T,
                 FEWEST_STEPS);
}
