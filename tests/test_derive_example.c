/* test_derive_example.c -- a counter-example has every symbol of the line, with the values that make it fail. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "derive/derive.h"

static derive_result *wrong(const char *text)
{
    const derive_options o = derive_defaults();
    derive_result *r = derive_check_text("example.tex", text, strlen(text), &o);
    assert_non_null(r);
    const derive_line *l = r->lines;
    if (!l || l->verdict != DERIVE_WRONG || !l->example) fail_msg("%s: not refuted", text);
    return r;
}

/* The number behind `name = ` in the counter-example; its first coordinate. */
static double value_of(const derive_result *r, const char *name)
{
    char what[100];
    snprintf(what, sizeof what, "%s = ", name);
    const char *at = strstr(r->lines->example, what);
    if (!at) fail_msg("no `%s` in\n%s", what, r->lines->example);
    at += strlen(what);
    return strtod(at + (*at == '('), NULL);
}

static void is_near(double a, double b)
{
    if (!(fabs(a - b) <= 2e-3 * (fabs(a) + fabs(b))))
        fail_msg("%g is not %g", a, b); /* four digits */
}

static void symbols_are_listed(void **state)
{
    (void)state;
    derive_result *r =
        wrong("\\[ \\tilde\\mu_t = w_t\\,\\mu_\\theta(x_t,\n t) + \\hat x_\\theta \\]");
    is_near(value_of(r, "\\tilde\\mu_t"), value_of(r, "left"));
    is_near(value_of(r, "w_t") * value_of(r, "\\mu_\\theta(x_t,  t)") +
                value_of(r, "\\hat x_\\theta"),
            value_of(r, "right"));
    derive_free(r);
    r = wrong(
        "% derive: let c_t = 1 - \\bar\\alpha_t\n\\[ \\bar\\alpha_t = c_t + \\tilde\\beta_t \\]");
    is_near(value_of(r, "c_t") + value_of(r, "\\tilde\\beta_t"), value_of(r, "right"));
    is_near(value_of(r, "\\bar\\alpha_t"), value_of(r, "left"));
    derive_free(r);
}

/* Under a sum a symbol has a value for each of its indices. */
static void sums_are_listed(void **state)
{
    (void)state;
    derive_result *r = wrong("\\[ \\sum_{s=1}^{2} \\beta_s = 3 \\]");
    is_near(value_of(r, "\\beta_s at s = 1") + value_of(r, "\\beta_s at s = 2"),
            value_of(r, "left"));
    derive_free(r);
}

/* Where only one state varies, the others are shown as they were. */
static void fixed_states(void **state)
{
    (void)state;
    derive_result *r = wrong("% derive: dimension 1\n"
                             "\\[ x_{t-1}^2 + x_{t-1}x_t = x_{t-1}^2 + C \\]");
    const int t = (int)value_of(r, "t");
    char now[20], before[20];
    snprintf(now, sizeof now, "x_%d", t);
    snprintf(before, sizeof before, "x_%d", t - 1);
    const double x = value_of(r, now), y = value_of(r, before);
    is_near(y * y + x * y, value_of(r, "left"));
    is_near(y * y, value_of(r, "right"));
    derive_free(r);
}

/* One state to integrate: that is done in three dimensions too, and decides. */
static void three_dimensions(void **state)
{
    (void)state;
    const char *text =
        "\\[ \\mathbb{E}_{q(x_t|x_0)} D_{KL}(\\mathcal{N}(x;\\tilde\\mu_t,\\sigma_t^2 I)\\|"
        "\\mathcal{N}(x;\\mu_\\theta,\\sigma_t^2 I)) = "
        "\\frac{1}{2\\sigma_t^2}\\mathbb{E}_{q(x_t|x_0)}\\|\\mu_\\theta-\\tilde\\mu_t\\|^2 \\]";
    derive_options o = derive_defaults();
    o.explain = 1;
    derive_result *r = derive_check_text("space.tex", text, strlen(text), &o);
    assert_non_null(r);
    assert_int_equal(r->lines->verdict, DERIVE_OK);
    assert_non_null(strstr(r->lines->explained, "D=3"));
    derive_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(symbols_are_listed), cmocka_unit_test(sums_are_listed),
        cmocka_unit_test(fixed_states), cmocka_unit_test(three_dimensions)};
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
