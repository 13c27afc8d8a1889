/* example.c -- the text of a counter-example, and of an explanation: the values of every symbol. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "derive/checker.h"

typedef struct page {
    char text[1900];
    size_t n;
} page;

static void put(page *p, const char *format, ...) CHECK_PRINTF(2, 3);

static void put(page *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const int n = vsnprintf(p->text + p->n, sizeof p->text - p->n, format, args);
    va_end(args);
    if (n > 0) p->n += (size_t)n;
    if (p->n >= sizeof p->text) p->n = sizeof p->text - 1;
}

static void put_state(page *p, const world *w, const char *name, int t, const double *x)
{
    put(p, "%s%s_%d = ", p->n ? "" : "", name, t);
    for (size_t k = 0; k < w->D; k++)
        put(p, "%s%.4g%s",
            k          ? ", "
            : w->D > 1 ? "("
                       : "",
            x[k], k + 1 == w->D && w->D > 1 ? ")" : "");
}

static void put_schedule(page *p, const world *w, const checker *c)
{
    put(p, "T = %zu, D = %zu, beta_1..T =", w->T, w->D);
    for (size_t t = 1; t <= w->T; t++) put(p, " %.4f", w->s->beta[t]);
    put(p, "\nabar_1..T =");
    for (size_t t = 1; t <= w->T; t++) put(p, " %.4f", w->s->alpha_bar[t]);
    put(p, ", sigma^2_1..T =");
    for (size_t t = 1; t <= w->T; t++) put(p, " %.4f", world_sigma2(w, c->choice, t));
}

/* States, noise and network outputs of one path. */
static void put_path(page *p, const world *w, size_t row, int net, int point, const bool *bound,
                     const int *index)
{
    put(p, "\n");
    for (size_t t = 0; t <= w->T; t++) {
        put(p, "%s", t ? ", " : "");
        put_state(p, w, "x", (int)t, w->path[point][t] + (t ? row * w->D : 0));
    }
    if (!bound['t' - 'a']) return;
    const int t = index['t' - 'a'];
    const double *x = w->path[point][t] + row * w->D, *x_0 = w->path[point][0];
    double eps[WORLD_D], hat[WORLD_D];
    for (size_t k = 0; k < w->D; k++)
        eps[k] = (x[k] - sqrt(w->s->alpha_bar[t]) * x_0[k]) / sqrt(w->s->var_bar[t]);
    world_eps(w, net, (size_t)t, x, hat);
    put(p, "\nt = %d: ", t);
    put_state(p, w, "epsilon", t, eps);
    put_state(p, w, ", epsilon_theta at x", t, hat);
}

const char *example_text(checker *c, const judgement *j)
{
    page p = {.n = 0};
    if (!j->w) {
        put(&p, "%s", j->trouble ? j->trouble : "one side has no value");
        return checker_format(c, "%s", p.text);
    }
    put_schedule(&p, j->w, c);
    put_path(&p, j->w, j->row, j->net, j->point, j->bound, j->index);
    for (int l = 0; l < 26; l++)
        if (j->bound[l] && l != 't' - 'a') put(&p, ", %c = %d", 'a' + l, j->index[l]);
    put(&p, "\nleft = %.10g, right = %.10g, difference %.6g, ratio %.6g", j->left, j->right,
        j->right - j->left, j->right / j->left);
    return checker_format(c, "%s", p.text);
}

/* ---- --explain ---- */

const char *explain_text(checker *c, const node *a, int relation, const node *b)
{
    page p = {.n = 0};
    const size_t worlds = c->options.worlds;
    if (!b) return NULL;
    const world_wish one = wish_of(c, a), two = wish_of(c, b),
                     wish = {one.one_dimension || two.one_dimension,
                             one.short_chain || two.short_chain, false};
    put(&p, "the values of both sides, world by world (error bounds in brackets):");
    const world_wish j0 = judge(c, a, relation, b, MODE_EXACT, wish).wish;
    for (size_t i = 0; i < worlds && i < 8; i++) {
        /* one world at a time: exchange it with the first */
        const world *w = checker_world(c, j0, i);
        world **first = &c->worlds[(j0.one_dimension ? 1 : 0) + (j0.short_chain ? 2 : 0) +
                                   (j0.flat ? 4 : 0)][0],
              *kept = *first;
        *first = (world *)w;
        c->options.worlds = 1;
        const judgement j = judge(c, a, relation, b, MODE_EXACT, j0);
        c->options.worlds = worlds;
        *first = kept;
        if (!j.w) {
            put(&p, "\n  world %zu: %s", i + 1, j.reason ? j.reason : "no value");
            continue;
        }
        put(&p, "\n  world %zu (T=%zu, D=%zu", i + 1, j.w->T, j.w->D);
        for (int l = 0; l < 26; l++)
            if (j.bound[l]) put(&p, ", %c=%d", 'a' + l, j.index[l]);
        put(&p, "): %.12g [%.1e]   %.12g [%.1e]", j.left, j.left_error, j.right, j.right_error);
    }
    return checker_format(c, "%s", p.text);
}
