/* test_derive_parts.c -- the parts of the derivation checker alone: tokens, trees, values, worlds. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "derive/parse.h"
#include "derive/value.h"
#include "derive/world.h"

/* An arena that fails the test when it is exhausted. */
#define WITH_ARENA(a, limit)                                                                       \
    arena a;                                                                                       \
    jmp_buf escape;                                                                                \
    arena_open(&a, limit);                                                                         \
    a.escape = &escape;                                                                            \
    if (setjmp(escape) != 0) fail_msg("%s", a.reason)

static source text_source(const char *name, const char *text, source_format format)
{
    return (source){.name = name, .text = (char *)text, .length = strlen(text), .format = format};
}

static const node *parsed(arena *a, const char *text, source_format format)
{
    source s = text_source("t", text, format);
    const token_list t = token_cut(a, &s, 0, s.length);
    parser p = {.memory = a, .s = &s, .t = t.t};
    const node *n = parse_expression(&p, 0, t.n);
    if (p.error) fail_msg("%s: %s", text, p.error);
    return n;
}

/* Three spellings, one tree. */
static void spellings(void **state)
{
    (void)state;
    static const char *const rows[][3] = {
        {"\\bar{\\alpha}_{t-1}", "alpha_bar_{t-1}", "\xe1\xbe\xb1_{t-1}"},
        {"\\sqrt{1-\\bar\\alpha_t}", "sqrt(1 - abar_t)",
         "\xe2\x88\x9a(1\xe2\x88\x92\xce\xb1\xcc\x84_t)"},
        {"\\tilde{\\mu}_t", "mu_tilde_t", "\xce\xbc\xcc\x83_t"},
        {"\\epsilon_\\theta(x_t,t)", "eps_theta(x_t, t)", "\xce\xb5_\xce\xb8(x_t,t)"},
        {"\\|x_t\\|^2", "||x_t||^2", "\xe2\x80\x96x_t\xe2\x80\x96\xc2\xb2"},
        {"\\boldsymbol{\\tilde\\mu}_t(\\mathbf{x}_t,\\mathbf{x}_0)", "mu_tilde_t(x_t, x_0)",
         "mu_tilde_t(x_t,x_0)"},
        {"\\mathbb{E}_{q(x_t|x_0)}\\left[x_t\\right]", "E_{q(x_t|x_0)}[x_t]",
         "E_{q(x_t|x_0)}[x_t]"},
    };
    WITH_ARENA(a, 1 << 24);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const node *tex = parsed(&a, rows[i][0], SOURCE_TEX);
        for (size_t k = 1; k < 3; k++) {
            const node *plain = parsed(&a, rows[i][k], SOURCE_PLAIN);
            if (!node_equal(tex, plain)) fail_msg("%s is not %s", rows[i][0], rows[i][k]);
            assert_true(node_hash(tex) == node_hash(plain));
        }
        assert_true(node_equal(tex, node_copy(&a, tex)));
    }
    assert_false(node_equal(parsed(&a, "x_t", SOURCE_TEX), parsed(&a, "x_{t-1}", SOURCE_TEX)));
    arena_close(&a);
}

/* Line and column are the same whether they are counted from the beginning or from the nearest mark. */
static void places(void **state)
{
    (void)state;
    WITH_ARENA(a, 1 << 24);
    enum { SIZE = 3000 };
    char text[SIZE + 1] = "";
    for (size_t i = 0; i + 2 < SIZE; i += i % 5 ? 1 : 2)
        memcpy(text + i, i % 71 == 3 ? "\n." : i % 5 ? "x." : "\xce\xb1", 2);
    source s = text_source("places", text, SOURCE_PLAIN), marked = s;
    source_set_marks(&marked, &a);
    for (size_t at = 0; at <= s.length + 3; at++) {
        size_t line, column, same_line, same_column;
        source_place(&s, at, &line, &column);
        source_place(&marked, at, &same_line, &same_column);
        if (line != same_line || column != same_column) fail_msg("byte %zu", at);
    }
    arena_close(&a);
}

/* The bound of each operation contains what the operation does to its arguments at their worst. */
static void bounds_hold(void **state)
{
    (void)state;
    WITH_ARENA(a, 1 << 24);
    const double x = 2.385, y = -0.731, ex = 1e-3, ey = 2e-3;
    for (int corner = 0; corner < 4; corner++) {
        const double u = x + (corner & 1 ? ex : -ex), v = y + (corner & 2 ? ey : -ey);
        const value p = value_scalar(&a, x, ex), q = value_scalar(&a, y, ey);
        const value results[] = {value_add(&a, p, q, 1.0),
                                 value_add(&a, p, q, -1.0),
                                 value_mul(&a, p, q),
                                 value_div(&a, p, q),
                                 value_neg(&a, p),
                                 value_apply(&a, FUNCTION_LOG, p),
                                 value_apply(&a, FUNCTION_EXP, q),
                                 value_apply(&a, FUNCTION_SQRT, p),
                                 value_apply(&a, FUNCTION_SIN, p),
                                 value_apply(&a, FUNCTION_COS, q),
                                 value_apply(&a, FUNCTION_TANH, q),
                                 value_apply(&a, FUNCTION_ABS, q),
                                 value_pow(&a, p, 3.0),
                                 value_pow(&a, p, 0.5),
                                 value_pow(&a, q, -1.0),
                                 value_dot(&a, q, q)};
        const double exact[] = {u + v,     u - v,   u * v,   u / v,  -u,      log(u),
                                exp(v),    sqrt(u), sin(u),  cos(v), tanh(v), fabs(v),
                                u * u * u, sqrt(u), 1.0 / v, v * v};
        for (size_t i = 0; i < sizeof exact / sizeof exact[0]; i++) {
            if (fabs(results[i].v[0] - exact[i]) > results[i].e[0])
                fail_msg("operation %zu, corner %d", i, corner);
            if (!(results[i].e[0] < 0.05))
                fail_msg("operation %zu: an idle bound %g", i, results[i].e[0]);
        }
    }
    assert_true(
        isinf(value_div(&a, value_scalar(&a, 1.0, 0.0), value_scalar(&a, 1e-9, 1e-6)).e[0]));
    arena_close(&a);
}

static void memory_has_a_ceiling(void **state)
{
    (void)state;
    arena a;
    jmp_buf escape;
    arena_open(&a, 1 << 20);
    a.escape = &escape;
    if (setjmp(escape) == 0) {
        const arena_mark mark = arena_here(&a);
        for (size_t i = 0; i < 1000; i++) { /* given back each time */
            arena_take(&a, 1 << 18);
            arena_release(&a, mark);
        }
        for (;;) arena_take(&a, 1 << 12);
    }
    assert_non_null(strstr(a.reason, "too much memory"));
    arena_close(&a);
}

/* The same arguments give the same world; nothing holds by accident in it. */
static void worlds_are_generic(void **state)
{
    (void)state;
    static const world_wish wishes[] = {
        {false, false, false}, {true, false, false}, {true, true, false}, {false, false, true}};
    for (size_t k = 0; k < 4; k++)
        for (size_t i = 0; i < 16; i++) {
            world *w = world_alloc(7, i, wishes[k]), *again = world_alloc(7, i, wishes[k]);
            world *other = world_alloc(8, i, wishes[k]);
            assert_non_null(w);
            assert_true(w->T >= 2 && w->T <= (wishes[k].short_chain ? 4 : 6));
            assert_true(w->D >= 1 && w->D <= (wishes[k].one_dimension ? 1
                                              : wishes[k].flat        ? 2
                                                                      : 3));
            assert_memory_equal(w->path, again->path, sizeof w->path);
            assert_true(w->s->beta[1] == again->s->beta[1] && w->s->beta[1] != other->s->beta[1]);
            for (size_t t = 1; t <= w->T; t++) {
                const double sigma2 = world_sigma2(w, VARIANCE_OWN, t);
                assert_true(fabs(sigma2 / w->s->beta[t] - 1.0) > 1e-6);
                assert_true(t == 1 || fabs(sigma2 / w->s->beta_tilde[t] - 1.0) > 1e-6);
                assert_true(world_sigma2(w, VARIANCE_BETA, t) == w->s->beta[t]);
                double x[WORLD_D] = {0.3, -0.7, 1.1}, moved[WORLD_D] = {0.3, -0.7, 1.1},
                       e[2][WORLD_D];
                moved[w->D - 1] += 0.5;
                world_eps(w, 0, t, x, e[0]);
                world_eps(w, 0, t, moved, e[1]);
                assert_true(e[0][0] != e[1][0]); /* the last coordinate moves the first output */
                world_eps(w, 1, t, x, e[1]);
                assert_true(e[0][0] != e[1][0]); /* theta matters */
            }
            world_free(w);
            world_free(again);
            world_free(other);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places), cmocka_unit_test(spellings), cmocka_unit_test(bounds_hold),
        cmocka_unit_test(memory_has_a_ceiling), cmocka_unit_test(worlds_are_generic)};
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
