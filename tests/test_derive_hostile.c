/* test_derive_hostile.c -- files of up to 1 MB that are made to be expensive: each ends within a second,
 * with a report or with one line that says what was too much. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <gsl/gsl_errno.h>

#include "derive/derive.h"
#include "derive/points.h"

#if defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
static const double second = 60.0; /* an instrumented program says nothing about time */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
static const double second = 60.0;
#else
static const double second = 2.0; /* one is what it takes; a slow or busy machine gets two */
#endif
#else
static const double second = 2.0;
#endif

enum { MEGABYTE = 1000000 };

/* A file: head, as many units as fit, tail. */
typedef struct hostile {
    const char *name, *head, *unit, *tail;
} hostile;

#define MU "\\tilde\\mu_t=x_t,"
#define ELBO                                                                                       \
    "\\mathbb{E}_q[\\log\\frac{p_\\theta(x_{0:T})}{q(x_{1:T}|x_0)}] = "                            \
    "\\mathbb{E}_q[\\log p(x_T) + \\sum_{t=1}^T \\log "                                            \
    "\\frac{p_\\theta(x_{t-1}|x_t)}{q(x_t|x_{t-1})}]"

static const hostile files[] = {
    {"lines.txt", "", "1=2\n", ""},
    {"statements.tex", "\\[", "1=2,\n", "\\]"},
    {"equal.tex", "\\[ 1", "=1\n", "\\]"},
    {"rows.tex", "\\begin{align}", "\\beta_t &= 1-\\alpha_t \\\\\n", "\\end{align}"},
    {"sides.tex", "\\begin{align} \\beta_t", " &= 1-\\alpha_t \\\\\n", "\\end{align}"},
    {"displays.tex", "", "\\[ \\beta_t = 1-\\alpha_t \\]\n", ""},
    {"continued.md", "$$1=1$$\n", "$$+1$$\n", ""},
    {"breaks.tex", "\\[", "\\\\ \n", "\\]"},
    {"spaces.tex", "\\[", "\\quad\\\\\n", "1=1\\]"},
    {"boxes.tex", "\\[", "\\boxed{\n", "\\]"},
    {"labels.tex", "\\[", "\\label{\n", "\\]"},
    {"texts.tex", "\\[", "\\text{a}\n", "\\]"},
    {"braces.tex", "\\[ 1=", "{\n", "\\]"},
    {"closed.tex", "\\[ 1=", "}\n", "\\]"},
    {"groups.tex", "\\[ 1=", "{1}\n", "\\]"},
    {"words.txt", "a = ", "a_b_c \n+", "1"},
    {"word.txt", "a = ", "a \n = a_1_2_3_4 ", "1"},
    {"norms.tex", "\\[ ", "\\|\n", "\\]"},
    {"accents.tex", "\\[ ", "\\bar\n", "x \\]"},
    {"primes.tex", "\\[ x", "'\n", " = 1 \\]"},
    {"comments.tex", "", "% derive: let a = b + b\n", "\\[ a = 1 \\]"},
    {"vectors.tex", "% derive: vector ", "a, ", "b"},
    {"reset.tex", "", "% derive: reset\n", ""},
    {"verbatim.tex", "", "\\begin{verbatim}\n", ""},
    {"fences.md", "", "```math\n1=2\n```\n", ""},
    {"densities.tex", "\\[ q(x_1", ",x_1\n", "|x_0) = 1 \\]"},
    {"laws.tex", "\\[ \\mathbb{E}_{q(x_1|x_0)", ",q(x_1|x_0)\n", "}[x_1] = 1 \\]"},
    {"index.tex", "\\[ x_{t", "+1-1\n", "} = x_t \\]"},
    {"powers.tex", "\\[ \\beta_t", "^{1}\n", " = 1 \\]"},
    {"bound.tex", "", "\\[" ELBO "\\]\n", ""},
    {"wrong-bound.tex", "", "\\[ 1 + " ELBO "\\]\n", ""},
    {"chain.tex", "\\[ " ELBO, "\\\\ = " ELBO "\n", "\\]"},
    {"quadrature.tex", "",
     "\\[ \\mathbb{E}_q[\\sin(\\|x_1\\|^2+\\|x_2\\|^2)] = "
     "\\mathbb{E}_q[\\sin(\\|x_2\\|^2+\\|x_1\\|^2)+0] \\]\n",
     ""},
    {"sampled.tex", "",
     "\\[ \\mathbb{E}_q[\\sin(x_1x_2x_3x_4)] = \\mathbb{E}_q[\\sin(x_4x_2x_3x_1)+0] \\]\n", ""},
    {"integrals.tex", "",
     "\\[ \\int p_\\theta(x_{0:T})\\sin(x_1) dx_{1:T} = \\int \\sin(x_1) p_\\theta(x_{0:T}) "
     "dx_{1:T} \\]\n",
     ""},
    {"evidence.tex", "", "\\[ \\log p_\\theta(x_0) = \\log p_\\theta(x_0) + x_0^2 \\]\n", ""},
    {"marginals.tex", "", "\\[ p_\\theta(x_{t-1}) = p_\\theta(x_{t-1}) + p_\\theta(x_0) \\]\n", ""},
    {"means.tex", "",
     "\\[ \\tilde\\mu_t = \\frac{1}{\\sqrt{\\alpha_t}}(x_t - "
     "\\frac{\\beta_t}{1-\\bar\\alpha_t}\\epsilon) \\]\n",
     ""},
    {"letters.tex", "", "\\[ \\beta_i\\beta_j\\beta_k = \\beta_j\\beta_i\\beta_k \\]\n", ""},
    {"sums.tex", "", "\\[ \\sum_{i=1}^{99999}\\sum_{j=1}^{99999} \\beta_t = 1 \\]\n", ""},
    {"ranges.tex", "", "\\[ \\sum_{i=1}^{99999} \\|x_t\\|^2 = 1 \\]\n", ""},
    {"steps.tex", "", "\\[ x_t = \\sqrt{\\alpha_t}x_{t-1} + \\sqrt{\\beta_t}\\epsilon \\]\n", ""},
    {"propto.tex", "", "\\[ q(x_{t-1}|x_t,x_0) \\propto q(x_t|x_{t-1})q(x_{t-1}|x_0) \\]\n", ""},
    {"constant.tex", "",
     "\\[ D_{KL}(q(x_{t-1}|x_t,x_0)\\|p_\\theta(x_{t-1}|x_t)) = "
     "w_t\\|\\epsilon-\\epsilon_\\theta\\|^2+C \\]\n",
     ""},
    {"paths.tex", "",
     "\\[ D_{KL}(q(x_{1:T}|x_0)\\|p_\\theta(x_{1:T}|x_0)) = \\log p_\\theta(x_0) - " ELBO "\\]\n",
     ""},
    {"slips.tex", "",
     "\\[ a_1 = x_t-x_0+x_1-x_t+x_0-x_1 \\] \\[ 0 = x_t-x_0+x_1-x_t+x_0-x_1 = "
     "x_t+x_0-x_T-x_t-x_0+x_T \\]\n",
     ""},
    {"variances.tex", "", "\\[ \\sigma_t^2 = \\beta_t, \\quad \\sigma_t^2 = \\tilde\\beta_t \\]\n",
     ""},
    {"wrong.tex", "",
     "\\["
     "1=2,1=2,1=2,1=2,1=2,1=2,1=2,1=2,1=2,1=2,"
     "1=2 \\]\n",
     ""},
    {"hints.tex", "", "\\[" MU MU MU MU MU MU MU MU MU MU "\\]\n", ""},
    {"binary.tex", "\\[", "\xff\xfe\xcc\x80", "\\]"},
};

/* Names of names of names: each doubles, or more, what it costs to look inside. */
static size_t write_names(char *text, size_t size)
{
    size_t n = 0;
    for (char name = 'b'; name <= 'z'; name++) {
        if (strchr("dtxqpfghs", name)) continue; /* letters with a meaning */
        n += (size_t)snprintf(text + n, size - n, "%% derive: let %c = ", name);
        char before = (char)(name - 1);
        while (before > 'a' && strchr("dtxqpfghs", before)) before--;
        for (int i = 0; i < 90; i++)
            n += (size_t)snprintf(text + n, size - n, "%s%c", i ? "+" : "",
                                  before == 'a' ? '2' : before);
        n += (size_t)snprintf(text + n, size - n, "\n\\[ %c + 1 = \\|%c\\|^2 \\]\n", name, name);
    }
    return n;
}

static double cpu(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static void ends_in_time(const char *name, const char *text, size_t length)
{
    static const char *const homework[] = {"HW1", "HW2", "HW3"};
    derive_options o = derive_defaults();
    if (second == 60.0) o.budget /= 20; /* the limits are what is tested then, not the time */
    FILE *null = fopen("/dev/null", "w");
    assert_non_null(null);
    const double begin = cpu();
    derive_result *r = derive_check_text(name, text, length, &o);
    assert_non_null(r);
    derive_print(null, r, true);
    const double checked = cpu() - begin;
    derive_print_json(null, r, NULL, 0);
    const double printed = cpu() - begin;
    for (size_t i = 0; i < 3; i++) {
        derive_award awards[DERIVE_MOST_AWARDS];
        derive_points(r, homework[i], awards);
    }
    const double all = cpu() - begin;
    if (getenv("VERBOSE"))
        print_message("%-16s %5.2f s, JSON %5.2f, points %5.2f; %zu lines: %zu ok %zu wrong %zu "
                      "undecided; %s\n",
                      name, checked, printed - checked, all - printed, r->n_lines, r->n_verdict[0],
                      r->n_verdict[1], r->n_verdict[2], r->error ? r->error : "");
    if (printed > second || all - printed > second)
        fail_msg("%s: %.2f s, with points %.2f s", name, printed, all);
    derive_free(r);
    fclose(null);
}

static void hostile_files_end(void **state)
{
    (void)state;
    char *text = malloc(MEGABYTE + 1);
    assert_non_null(text);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        const hostile *f = &files[i];
        const size_t unit = strlen(f->unit), tail = strlen(f->tail);
        size_t n = strlen(f->head);
        memcpy(text, f->head, n);
        for (; n + unit + tail <= MEGABYTE; n += unit) memcpy(text + n, f->unit, unit);
        memcpy(text + n, f->tail, tail);
        ends_in_time(f->name, text, n + tail);
    }
    ends_in_time("names.tex", text, write_names(text, MEGABYTE));
    free(text);
}

/* The same with 1900 displays only, the most that a file may have. */
static void many_displays_end(void **state)
{
    (void)state;
    char *text = malloc(MEGABYTE + 1);
    assert_non_null(text);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        const hostile *f = &files[i];
        const size_t unit = strlen(f->unit), tail = strlen(f->tail);
        if (f->head[0] || tail || !strstr(f->unit, "\\[")) continue;
        size_t n = 0;
        for (size_t k = 0; k < 900 && n + unit <= MEGABYTE; k++, n += unit)
            memcpy(text + n, f->unit, unit);
        ends_in_time(f->name, text, n);
    }
    free(text);
}

static void memory_is_bounded(void **state)
{
    (void)state;
    struct rusage use;
    assert_int_equal(getrusage(RUSAGE_SELF, &use), 0);
    if (getenv("VERBOSE")) print_message("peak %ld MB\n", use.ru_maxrss / 1024);
    if (second < 60.0) assert_true(use.ru_maxrss < 256 * 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(hostile_files_end),
                                       cmocka_unit_test(many_displays_end),
                                       cmocka_unit_test(memory_is_bounded)};
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
