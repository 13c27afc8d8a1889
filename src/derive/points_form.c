/* points_form.c -- expands a side into terms: sums of logs and divergences, by linearity. */
#include "derive/points_form.h"

#include <math.h>
#include <string.h>

typedef struct expansion {
    checker *c;
    form *f;
    const node *n;
} expansion;

/* Where in the formula we are. */
typedef struct place {
    double coefficient;
    char letter;
    int low, high;
    const node *law; /* the innermost expectation */
    bool inside_log;
} place;

static env letters_at(checker *c, const place *p, int number)
{
    env at = eval_env(&c->ev, 0, 0);
    at.bound['t' - 'a'] = true; /* a free t stands for any time */
    at.index['t' - 'a'] = 3;
    if (p->letter) {
        at.bound[p->letter - 'a'] = true;
        at.index[p->letter - 'a'] = number;
    }
    return at;
}

static void push(expansion *x, form_term term)
{
    if (x->f->n == FORM_TERMS)
        x->f->too_long = true;
    else
        x->f->t[x->f->n++] = term;
}

static form_term term_at(expansion *x, const place *p, char kind)
{
    form_term t = {.coefficient = p->coefficient, .kind = kind, .low = p->low, .high = p->high};
    t.law = p->law;
    if (!p->law) return t;
    const env first = letters_at(x->c, p, p->low);
    t.over = 62; /* a bare E: x_1 .. x_5 */
    t.given = 1;
    if (p->law->args) t.over = t.given = 0;
    for (const node *l = p->law->args; l; l = l->next) {
        if (l->kind != NODE_DENSITY)
            t.over |= 1u << 30;
        else {
            t.over |= eval_times(&x->c->ev, &first, l->args);
            t.given |= eval_times(&x->c->ev, &first, l->given);
        }
    }
    return t;
}

/* q(x_t | x_{t-1}, x_0) is q(x_t | x_{t-1}): below the nearest earlier state nothing matters. */
static unsigned markov(unsigned args, unsigned given)
{
    const unsigned below = given & ((args & (~args + 1u)) - 1u);
    unsigned nearest = below;
    while (nearest & (nearest - 1u)) nearest &= nearest - 1u;
    return (given & ~below) | nearest;
}

static void push_density(expansion *x, const place *p, const node *n)
{
    form_term t = term_at(x, p, (char)n->which);
    for (int end = 0; end < 2; end++) {
        const env at = letters_at(x->c, p, end ? p->high : p->low);
        t.set[2 * end] = eval_times(&x->c->ev, &at, n->args);
        t.set[2 * end + 1] = eval_times(&x->c->ev, &at, n->given);
        if (n->which == 'q') t.set[2 * end + 1] = markov(t.set[2 * end], t.set[2 * end + 1]);
    }
    push(x, t);
}

static void push_kl(expansion *x, const place *p, const node *n)
{
    form_term t = term_at(x, p, 'K');
    for (int end = 0; end < 2; end++)
        for (int law = 0; law < 2; law++) {
            const env at = letters_at(x->c, p, end ? p->high : p->low);
            const node *d = n->child[law];
            if (d->kind != NODE_DENSITY) {
                t.kind = 'o';
                t.other = node_hash(n);
                continue;
            }
            t.set[4 * end + 2 * law] = eval_times(&x->c->ev, &at, d->args);
            t.set[4 * end + 2 * law + 1] = eval_times(&x->c->ev, &at, d->given);
        }
    push(x, t);
}

static void push_other(expansion *x, const place *p, const node *n)
{
    form_term t = term_at(x, p, 'o');
    t.other = node_hash(n) | 1u;
    push(x, t);
}

static void expand(expansion *x, place p, const node *n);

static void expand_range(expansion *x, place p, const node *n)
{
    const env at = letters_at(x->c, &p, p.low);
    if (p.letter) { /* a sum in a sum is kept whole */
        push_other(x, &p, n);
        return;
    }
    p.low = eval_index(&x->c->ev, &at, n->child[0]);
    p.high = eval_index(&x->c->ev, &at, n->child[1]);
    p.letter = n->letter;
    if (p.low > p.high) return;
    expand(x, p, n->child[2]);
}

static void expand_label(expansion *x, place p, const node *n)
{
    const definition *d = checker_known(x->c, n);
    if (!d || !d->meaning || !node_equal(d->label->child[0], n->child[0])) {
        push_other(x, &p, n);
        return;
    }
    if (++x->c->ev.nesting > EVAL_NESTING) /* a name that means itself */
        push_other(x, &p, n);
    else
        expand(x, p, d->meaning);
    x->c->ev.nesting--;
}

static void expand_log(expansion *x, place p, const node *n)
{
    p.inside_log = true;
    eval_spend(&x->c->ev, 10);
    if (n->kind == NODE_MUL || n->kind == NODE_DIV) {
        expand_log(x, p, n->child[0]);
        if (n->kind == NODE_DIV) p.coefficient = -p.coefficient;
        expand_log(x, p, n->child[1]);
    } else if (n->kind == NODE_PROD)
        expand_range(x, p, n);
    else if (n->kind == NODE_DENSITY && n->args)
        push_density(x, &p, n);
    else
        push_other(x, &p, n);
}

static void expand(expansion *x, place p, const node *n)
{
    eval_spend(&x->c->ev, 10);
    if (p.inside_log) { /* the body of a product */
        expand_log(x, p, n);
        return;
    }
    const bool scaled = n->kind == NODE_MUL && n->child[0]->kind == NODE_NUMBER;
    switch (n->kind) {
    case NODE_ADD:
    case NODE_SUB:
        expand(x, p, n->child[0]);
        if (n->kind == NODE_SUB) p.coefficient = -p.coefficient;
        expand(x, p, n->child[1]);
        break;
    case NODE_NEG:
        p.coefficient = -p.coefficient;
        expand(x, p, n->child[0]);
        break;
    case NODE_MUL:
        if (!scaled) push_other(x, &p, n);
        p.coefficient *= scaled ? n->child[0]->number : 1.0;
        if (scaled) expand(x, p, n->child[1]);
        break;
    case NODE_SUM: expand_range(x, p, n); break;
    case NODE_EXPECT:
        p.law = n;
        expand(x, p, n->child[0]);
        break;
    case NODE_KL: push_kl(x, &p, n); break;
    case NODE_LABEL: expand_label(x, p, n); break;
    case NODE_FUNCTION:
        if (n->which == FUNCTION_LOG)
            expand_log(x, p, n->child[0]);
        else
            push_other(x, &p, n);
        break;
    default: push_other(x, &p, n);
    }
}

static bool same_term(const form_term *a, const form_term *b, bool strict)
{
    if (a->kind != b->kind || a->low != b->low || a->high != b->high || a->other != b->other)
        return false;
    if (strict && (a->over != b->over || a->given != b->given)) return false;
    return memcmp(a->set, b->set, sizeof a->set) == 0;
}

/* +a - a and 0 a are not there. */
static void combine(form *f)
{
    size_t kept = 0;
    for (size_t i = 0; i < f->n; i++) {
        size_t k = 0;
        while (k < kept && !same_term(&f->t[k], &f->t[i], true)) k++;
        if (k < kept)
            f->t[k].coefficient += f->t[i].coefficient;
        else
            f->t[kept++] = f->t[i];
    }
    f->n = 0;
    for (size_t i = 0; i < kept; i++)
        if (fabs(f->t[i].coefficient) > 1e-12) f->t[f->n++] = f->t[i];
}

/* How many expectations share the terms. */
static size_t laws(const form *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++) {
        size_t k = 0;
        while (k < i && f->t[k].law != f->t[i].law) k++;
        n += k == i && f->t[i].law;
    }
    return n;
}

/* ---- Symbols ---- */

bool form_is_variance(const node *n)
{
    return n->kind == NODE_SUB && n->child[0]->kind == NODE_NUMBER && n->child[0]->number == 1.0 &&
           n->child[1]->kind == NODE_SCHEDULE && n->child[1]->which == SYMBOL_ALPHA_BAR;
}

static void symbols(form *f, const node *n)
{
    if (!n) return;
    const node *i = n->child[0];
    switch (n->kind) {
    case NODE_X:
        if (i->kind == NODE_NUMBER && i->number == 0.0)
            f->has |= FORM_X0;
        else
            f->n_xt++, f->has |= FORM_XT;
        return;
    case NODE_EPS:
        f->has |= FORM_EPS;
        f->n_noise++;
        return;
    case NODE_NET: f->has |= n->which == NET_EPS ? FORM_EPS_NET : FORM_MU; return;
    case NODE_MU_TILDE: f->has |= FORM_MU; return;
    case NODE_KL: f->has |= FORM_KL; break;
    case NODE_DENSITY: f->has |= FORM_DENSITY | FORM_NAMED; return;
    case NODE_CONST: f->has |= FORM_CONSTANT; return;
    case NODE_SCHEDULE:
        if (i->kind == NODE_SUB && n->which == SYMBOL_ALPHA_BAR) f->has |= FORM_BEFORE;
        return;
    case NODE_NORM: f->has |= FORM_NORM; break;
    case NODE_EXPECT:
    case NODE_INTEGRAL: f->has |= FORM_EXPECT; break;
    case NODE_NORMAL: f->has |= FORM_DENSITY | FORM_NORMAL; break;
    case NODE_FUNCTION: {
        const unsigned outside = ~f->has & FORM_VARIANCE;
        symbols(f, i);
        if (n->which == FUNCTION_LOG) f->has = (f->has | FORM_LOG) & ~outside;
        return;
    }
    default: f->has |= form_is_variance(n) ? FORM_VARIANCE : 0; break;
    }
    for (int k = 0; k < 3; k++) symbols(f, n->child[k]);
}

static void in_world(checker *c, void *data)
{
    expansion *x = data;
    x->c = c;
    expand(x, (place){.coefficient = 1.0}, x->n);
}

/* A world of T = 5, for the ranges. */
static const world *five(checker *c)
{
    for (size_t i = 0; i < CHECKER_WORLDS; i++) {
        const world *w = checker_world(c, (world_wish){true, false, false}, i);
        if (!w || w->T == 5) return w;
    }
    return NULL;
}

form form_of(checker *c, const node *n)
{
    form f = {.n = 0};
    expansion x = {.f = &f, .n = n};
    const world *w = five(c);
    if (!n || !w || !checker_guard(c, w, in_world, &x)) f.too_long = true;
    combine(&f);
    f.n_laws = laws(&f);
    symbols(&f, n);
    return f;
}

bool form_has(const form *f, const form_term *t, bool strict)
{
    for (size_t i = 0; i < f->n; i++)
        if (same_term(&f->t[i], t, strict) && fabs(f->t[i].coefficient - t->coefficient) < 1e-12)
            return true;
    return false;
}
