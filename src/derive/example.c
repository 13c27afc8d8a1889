/* example.c -- the text of a counter-example, and of an explanation: the values of every symbol. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "derive/checker.h"

enum { PAGE = 4000, ROOM = 2600 /* for all that stands above the two sides */ };

typedef struct page {
    char text[PAGE];
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

/* A number, or a vector in parentheses. */
static void put_vector(page *p, const double *x, size_t d)
{
    for (size_t k = 0; k < d; k++)
        put(p, "%s%.4g%s", k ? ", " : d > 1 ? "(" : "", x[k], k + 1 == d && d > 1 ? ")" : "");
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

static void put_path(page *p, const judgement *j)
{
    const world *w = j->w;
    put(p, "\n");
    for (size_t t = 0; t <= w->T; t++) {
        const size_t row = t == 0 || (j->fixed & (1u << t)) ? 0 : j->row;
        put(p, "%sx_%zu = ", t ? ", " : "", t);
        put_vector(p, w->path[j->point][t] + row * w->D, w->D);
    }
}

/* ---- The symbols of the line ---- */

enum { MOST_SYMBOLS = 32, LONGEST = 60 };

typedef struct symbols {
    const node *n[MOST_SYMBOLS];
    char letter[MOST_SYMBOLS]; /* of the sum that the symbol stands in and depends on, or 0 */
    size_t count;
} symbols;

static bool has_letter(const node *n, void *data)
{
    return n->kind == NODE_LABEL && n->letter == *(const char *)data;
}

static bool is_symbol(const node *n)
{
    return n->kind == NODE_SCHEDULE || n->kind == NODE_EPS || n->kind == NODE_MU_TILDE ||
           n->kind == NODE_NET || n->kind == NODE_LABEL;
}

/* Each symbol once, in the order of the text; indices are none. */
static void collect(symbols *all, const node *n, char letter)
{
    if (!n || n->kind == NODE_X) return;
    if (is_symbol(n)) {
        size_t i = 0;
        const char of = letter && node_any(n, has_letter, &letter) ? letter : 0;
        while (i < all->count && !(all->letter[i] == of && node_equal(all->n[i], n))) i++;
        if (i < all->count || i == MOST_SYMBOLS || n->to <= n->from) return;
        all->letter[i] = of;
        all->n[all->count++] = n;
        return;
    }
    const bool sums = n->kind == NODE_SUM || n->kind == NODE_PROD;
    for (const node *l = n->args; l && n->kind == NODE_EXPECT; l = l->next)
        if (l->kind == NODE_LAW_TIME) letter = 't';
    if (sums)
        collect(all, n->child[2], n->letter);
    else
        for (int i = 0; i < 3; i++) collect(all, n->child[i], letter);
}

typedef struct look {
    page *p;
    const judgement *j;
    const node *n;
    char letter;
    int value; /* of the letter */
} look;

/* A symbol as the text has it, on one line. */
static void spelled(char name[LONGEST + 4], const char *text, size_t size)
{
    size_t n = 0;
    for (; n < size && n < LONGEST; n++) name[n] = strchr("\t\r\n", text[n]) ? ' ' : text[n];
    while (n > 0 && n < size && ((unsigned char)text[n] & 0xc0) == 0x80) n--; /* whole characters */
    strcpy(name + n, n < size ? "..." : "");
}

static void put_value(checker *c, void *data)
{
    const look *l = data;
    env at = eval_env(&c->ev, l->j->net, l->j->point);
    memcpy(at.index, l->j->index, sizeof at.index);
    memcpy(at.bound, l->j->bound, sizeof at.bound);
    if (l->letter) {
        at.bound[l->letter - 'a'] = true;
        at.index[l->letter - 'a'] = l->value;
    }
    for (size_t t = 1; t <= c->ev.w->T; t++)
        if (l->j->fixed & (1u << t)) at.x[t].n = 1;
    const value v = eval(&c->ev, &at, l->n);
    const double *x = v.v + (v.n == 1 ? 0 : l->j->row * v.d);
    if (!isfinite(x[0])) return;
    char name[LONGEST + 4];
    spelled(name, c->s.text + l->n->from, l->n->to - l->n->from);
    put(l->p, "%s%s", l->p->text[l->p->n - 1] == '\n' ? "" : ", ", name);
    if (l->letter) put(l->p, " at %c = %d", l->letter, l->value);
    put(l->p, " = ");
    put_vector(l->p, x, v.d);
}

static void put_symbols(page *p, checker *c, const judgement *j, const node *a, const node *b)
{
    symbols all = {.count = 0};
    collect(&all, a, 0);
    collect(&all, b, 0);
    put(p, "\n");
    for (int l = 0; l < 26; l++)
        if (j->bound[l])
            put(p, "%s%c = %d", p->text[p->n - 1] == '\n' ? "" : ", ", 'a' + l, j->index[l]);
    for (size_t i = 0; i < all.count; i++) {
        look l = {p, j, all.n[i], all.letter[i], 1};
        const int last = l.letter ? (int)j->w->T : 1;
        for (; l.value <= last && p->n < ROOM; l.value++) checker_guard(c, j->w, put_value, &l);
    }
    if (p->text[p->n - 1] == '\n') p->n--;
}

const char *example_text(checker *c, const judgement *j, const node *a, const node *b)
{
    page p = {.n = 0};
    if (!j->w) {
        put(&p, "%s", j->trouble ? j->trouble : "one side has no value");
        return checker_format(c, "%s", p.text);
    }
    put_schedule(&p, j->w, c);
    put_path(&p, j);
    put_symbols(&p, c, j, a, b);
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
