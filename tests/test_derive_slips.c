/* test_derive_slips.c -- slips that cancel are noted at their place; legal rewritings are not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include <gsl/gsl_errno.h>

#include "derive/derive.h"

/* How many notes the last line of a text has; column of the first one. */
static size_t notes_of(const char *text, size_t *column)
{
    const derive_options o = derive_defaults();
    derive_result *r = derive_check_text("slip.tex", text, strlen(text), &o);
    assert_non_null(r);
    const derive_line *l = r->lines;
    while (l && l->next) l = l->next;
    if (!l || l->verdict != DERIVE_OK)
        fail_msg("%s: %s", text, !l ? "no line" : l->reason ? l->reason : "not ok");
    size_t n = 0;
    *column = l->notes ? l->notes->column : 0;
    for (const derive_note *note = l->notes; note; note = note->next) n++;
    derive_free(r);
    return n;
}

/* Each line holds although a part of it was copied wrongly. */
static void slips_are_noted(void **state)
{
    (void)state;
    static const struct {
        const char *text, *at; /* where the first note points: the last occurrence of this */
        size_t notes;
    } cases[] = {
        {"\\[ \\|(2x_t + x_0) - (2x_t + x_1)\\|^2 = \\|(3x_t + x_0) - (3x_t + x_1)\\|^2 \\]",
         "3x_t + x_0)", 1},
        {"\\[ \\|2x_t + x_0 - (2x_t + x_1)\\|^2 = \\|3x_t + x_0 - (3x_t + x_1)\\|^2 \\]",
         "3x_t + x_0 -", 1},
        {"\\[ \\|\\mu_\\theta - \\tilde\\mu_t\\|^2 = \\left\\|(2x_t + w_{x_0}\\hat x_\\theta) - "
         "(2x_t + w_{x_0}x_0)\\right\\|^2 \\]",
         "(2x_t + w_{x_0}\\hat", 2},
        {"% derive: let m = \\tilde\\mu_t\n\\[ \\|\\mu_\\theta - m\\|^2 = \\left\\|(2x_t + "
         "w_{x_0}\\hat x_\\theta) - (2x_t + w_{x_0}x_0)\\right\\|^2 \\]",
         "(2x_t + w_{x_0}\\hat", 2},
        {"\\[ \\frac{\\sqrt{\\alpha_t}\\beta_t}{\\sqrt{\\alpha_t}} = "
         "\\frac{\\sqrt{\\bar\\alpha_t}\\beta_t}{\\sqrt{\\bar\\alpha_t}} \\]",
         "\\sqrt{\\bar\\alpha_t}\\beta_t", 1},
        {"\\[ \\log\\frac{p_\\theta(x_0|x_1) q(x_2|x_1)}{q(x_2|x_1)} = "
         "\\log\\frac{p_\\theta(x_0|x_1) q(x_2|x_0)}{q(x_2|x_0)} \\]",
         "q(x_2|x_0)}{", 1},
        {"\\[ \\mathbb{E}_q[\\log q(x_1|x_0) - \\log q(x_1|x_0) + \\log p_\\theta(x_0|x_1)] = "
         "\\mathbb{E}_q[\\log q(x_2|x_1) - \\log q(x_2|x_1) + \\log p_\\theta(x_0|x_1)] \\]",
         "\\log q(x_2|x_1) -", 1},
        {"\\[ D_{KL}(\\mathcal{N}(x;\\tilde\\mu_t+x_0,\\beta_t I)\\|"
         "\\mathcal{N}(x;\\mu_\\theta+x_0,\\sigma_t^2 I)) = "
         "D_{KL}(\\mathcal{N}(x;\\tilde\\mu_t+2x_0,\\beta_t I)\\|"
         "\\mathcal{N}(x;\\mu_\\theta+2x_0,\\sigma_t^2 I)) \\]",
         "\\tilde\\mu_t+2x_0", 2},
        {"% derive: let c_t = \\sqrt{1-\\bar\\alpha_t}\n"
         "\\[ \\frac{c_t x_t}{c_t} = \\frac{\\sqrt{\\bar\\alpha_t}x_t}{\\sqrt{\\bar\\alpha_t}} \\]",
         "\\sqrt{\\bar\\alpha_t}x_t", 1},
        {"\\[ \\sum_{t=1}^T (\\beta_t + \\alpha_t - \\alpha_t) = "
         "\\sum_{t=1}^T (\\beta_t + \\bar\\alpha_t - \\bar\\alpha_t) \\]",
         "\\bar\\alpha_t - ", 1},
        {"\\[ 1 + \\log(x_t^2 + \\alpha_t - \\alpha_t) = "
         "1 + \\log(x_t^2 + \\beta_t - \\beta_t) \\]",
         "\\beta_t - ", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *last = strrchr(cases[i].text, '\n'), *line = last ? last + 1 : cases[i].text;
        const char *at = NULL;
        for (const char *p = line; (p = strstr(p, cases[i].at)); p++) at = p;
        assert_non_null(at);
        size_t column;
        const size_t n = notes_of(cases[i].text, &column);
        if (n != cases[i].notes || column != (size_t)(at - line) + 1)
            fail_msg("%s: %zu notes, at %zu", cases[i].text, n, column);
    }
}

/* What moves from one part to another, cancels, commutes or is collected is no slip. */
static void rewritings_are_not(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "\\[ \\frac{\\beta_t}{2} \\cdot 2\\alpha_t = \\beta_t\\alpha_t \\]",
        "\\[ \\frac{\\beta_t}{2} \\cdot 2\\alpha_t = 3\\beta_t \\cdot \\frac{\\alpha_t}{3} \\]",
        "\\[ (\\beta_t + \\alpha_t) + (x_t^2 - \\alpha_t) = \\beta_t + x_t^2 \\]",
        "\\[ (\\beta_t + \\alpha_t) + (x_t^2 - \\alpha_t) = (\\beta_t + x_t^2) + (\\alpha_t - "
        "\\alpha_t) \\]",
        "\\[ 2x_t + 3x_t = x_t + 4x_t \\]",
        "\\[ \\beta_t + x_t - x_t - x_0 + x_0 = \\beta_t - x_0 + x_0 \\]",
        "\\[ (\\alpha_t+\\beta_t) x_t + \\beta_t x_t = \\alpha_t x_t + 2\\beta_t x_t \\]",
        "\\[ \\|2x_t + x_0 - x_1\\|^2 = \\|x_0 - x_1 + 2x_t\\|^2 \\]",
        "\\[ \\|x_t - x_0\\|^2 = \\|x_0 - x_t\\|^2 \\]",
        "\\[ \\|(2x_t + x_0) - (2x_t + x_1)\\|^2 = \\|x_0 - x_1\\|^2 \\]",
        "\\[ \\|x_0 - x_1\\|^2 = \\|(2x_t + x_0) - (2x_t + x_1)\\|^2 \\]",
        "\\[ \\frac{\\beta_t\\sqrt{\\alpha_t}}{\\sqrt{\\alpha_t}} = \\beta_t \\]",
        "\\[ \\frac{1}{\\sqrt{\\alpha_t}} = \\frac{\\sqrt{\\alpha_t}}{\\alpha_t} \\]",
        "\\[ \\frac{\\beta_t}{\\sqrt{\\alpha_t}} = \\frac{\\sqrt{\\alpha_t}\\beta_t}{\\alpha_t} "
        "\\]",
        "\\[ \\beta_t + (\\alpha_t + \\beta_t - 1) = \\beta_t + "
        "(\\frac{\\bar\\alpha_t}{\\bar\\alpha_{t-1}} + \\beta_t - 1) \\]",
        "\\[ \\log\\frac{q(x_2|x_1)q(x_1|x_0)}{q(x_2|x_0)} = \\log q(x_1|x_2,x_0) + \\log "
        "q(x_2|x_0) - "
        "\\log q(x_2|x_0) \\]",
        "\\[ \\sum_{t=2}^T \\log\\frac{q(x_t|x_0)}{q(x_{t-1}|x_0)} = \\log q(x_T|x_0) - \\log "
        "q(x_1|x_0) \\]",
        "\\[ \\mathbb{E}_{q(x_t|x_0)}[x_t] = \\mathbb{E}_{q(x_t|x_0)}[\\sqrt{\\bar\\alpha_t}x_0] "
        "\\]",
        "\\[ D_{KL}(\\mathcal{N}(x;\\tilde\\mu_t,\\beta_t "
        "I)\\|\\mathcal{N}(x;\\mu_\\theta,\\beta_t I)) = "
        "D_{KL}(\\mathcal{N}(x;2\\tilde\\mu_t,4\\beta_t "
        "I)\\|\\mathcal{N}(x;2\\mu_\\theta,4\\beta_t I)) \\]",
        "\\[ \\|\\mu_\\theta - \\tilde\\mu_t\\|^2 = "
        "\\left\\|\\left(\\frac{1}{\\sqrt{\\alpha_t}}x_t - "
        "\\frac{\\beta_t}{\\sqrt{\\alpha_t}\\sqrt{1-\\bar\\alpha_t}}\\epsilon_\\theta\\right) - "
        "\\left(\\frac{1}{\\sqrt{\\alpha_t}}x_t - "
        "\\frac{\\beta_t}{\\sqrt{\\alpha_t}\\sqrt{1-\\bar\\alpha_t}}\\epsilon\\right)\\right\\|^2 "
        "\\]",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        size_t column;
        if (notes_of(texts[i], &column) != 0) fail_msg("%s: a note at %zu", texts[i], column);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(slips_are_noted),
                                       cmocka_unit_test(rewritings_are_not)};
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
