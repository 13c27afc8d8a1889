/* points_climb.c -- where sides stand, and how chains lead from rung to rung. */
#include "derive/points_climb.h"

#include <string.h>

#include "derive/points_table.h"

static const node *formula(checker *c, const char *text)
{
    source s = {
        .name = "points", .text = (char *)text, .length = strlen(text), .format = SOURCE_TEX};
    const token_list t = token_cut(&c->memory, &s, 0, s.length);
    parser p = {.memory = &c->memory, .s = &s, .t = t.t};
    const node *n = parse_expression(&p, 0, t.n);
    return p.error ? NULL : n;
}

/* The one term of a formula of the table, or NULL. */
static const form_term *term_of(climber *k, const char *text)
{
    size_t i = 0;
    while (i < k->n_terms && k->terms[i].text != text) i++;
    if (i == MOST_TERMS) return NULL;
    if (i == k->n_terms) {
        const form f = form_of(k->c, formula(k->c, text));
        k->terms[k->n_terms++] = (term_form){.text = text, .one = f.n == 1, .t = f.t[0]};
    }
    return k->terms[i].one ? &k->terms[i].t : NULL;
}

static bool has_term(climber *k, const form *f, const char *text, bool strict, bool any_coefficient)
{
    const form_term *known = term_of(k, text);
    if (!known) return false;
    form_term one = *known;
    if (!any_coefficient) return form_has(f, &one, strict);
    for (size_t i = 0; i < f->n; i++) {
        one.coefficient = f->t[i].coefficient;
        if (form_has(f, &one, strict)) return true;
    }
    return false;
}

/* A product of densities is read through its logarithm. */
static const node *readable(checker *c, const char *ladder, const node *n)
{
    if (strcmp(ladder, "HW1/bayes") != 0 || n->kind == NODE_FUNCTION || n->kind == NODE_ADD ||
        n->kind == NODE_SUB)
        return n;
    node *log = node_new(&c->memory, NODE_FUNCTION, n->from, n->to);
    log->which = FUNCTION_LOG;
    log->child[0] = (node *)n;
    return log;
}

static bool matches(climber *k, const rung *r, const form *f)
{
    size_t wanted = 0;
    if (f->too_long || (f->has & r->has) != r->has || (f->has & r->lacks)) return false;
    if (r->once && (f->n_xt != 1 || f->n_noise != 1)) return false;
    for (; wanted < RUNG_TERMS && r->must[wanted]; wanted++)
        if (!has_term(k, f, r->must[wanted], r->strict, false)) return false;
    for (size_t i = 0; i < RUNG_TERMS && r->must_not[i]; i++)
        if (has_term(k, f, r->must_not[i], false, true)) return false;
    return !r->only || f->n == wanted;
}

/* The highest rung of a ladder that has a form. */
static int highest(climber *k, const char *ladder, const form *f)
{
    int height = -1;
    for (size_t i = 0; i < rung_n; i++)
        if (strcmp(rungs[i].ladder, ladder) == 0 && rungs[i].height > height &&
            matches(k, &rungs[i], f))
            height = rungs[i].height;
    return height;
}

static bool is_before(const node *n)
{
    return n->kind == NODE_SCHEDULE && n->which == SYMBOL_ALPHA_BAR &&
           n->child[0]->kind == NODE_SUB;
}

/* Another quantity for alpha_bar_{t-1}; the tree is ours. */
static bool exchange_before(const node *n, void *data)
{
    if (is_before(n)) {
        ((node *)n)->which = SYMBOL_BETA;
        *(bool *)data = true;
    }
    return false;
}

bool climb_padded(checker *c, const node *n)
{
    bool any = false;
    node *other = node_copy(&c->memory, n);
    node_any(other, exchange_before, &any);
    return any && judge_equal(c, n, other, wish_of(c, n));
}

stand climb_stand(climber *k, const char *ladder, const node *n)
{
    checker_next_line(k->c);
    if (strcmp(ladder, "HW3/eps") == 0 && climb_padded(k->c, n)) return (stand){-1, false};
    form f = form_of(k->c, readable(k->c, ladder, n));
    stand s = {highest(k, ladder, &f), false};
    if (s.height >= 0 || strcmp(ladder, "HW1/elbo") != 0) return s;
    for (size_t i = 0; i < f.n; i++) f.t[i].coefficient = -f.t[i].coefficient;
    return (stand){highest(k, ladder, &f), true};
}

/* The start's value: a side that has no name must have it, or it belongs to another derivation. */
static const char *value_of(const char *ladder, bool negative)
{
    if (strcmp(ladder, "HW1/elbo") == 0)
        return negative
                   ? "-\\mathbb{E}_q\\left[\\log\\frac{p_\\theta(x_{0:T})}{q(x_{1:T}|x_0)}\\right]"
                   : "\\mathbb{E}_q\\left[\\log\\frac{p_\\theta(x_{0:T})}{q(x_{1:T}|x_0)}\\right]";
    return strcmp(ladder, "HW3/eps") == 0 ? "\\tilde\\mu_t" : NULL;
}

static bool belongs(climber *k, const char *ladder, const node *n, bool negative)
{
    checker *c = k->c;
    const char *text = value_of(ladder, negative);
    if (!text) return true;
    checker_next_line(c);
    return judge_equal(c, formula(c, text), n, wish_of(c, n));
}

/* A name of the start's value: a label, mu_tilde. */
static const node *meant(checker *c, const char *ladder, const node *n)
{
    if (n->kind == NODE_NEG && n->child[0]->kind == NODE_LABEL) n = n->child[0];
    for (int i = 0; i < 5 && n->kind == NODE_LABEL; i++) {
        const definition *d = checker_known(c, n);
        if (!d || !d->meaning) break;
        n = d->meaning;
    }
    return strcmp(ladder, "HW3/eps") == 0 && n->kind == NODE_MU_TILDE ? NULL : n;
}

bool climb_stands(const climb *on, int height)
{
    return height <= on->granted || on->reached[height];
}

/* The rung from which a chain that begins with this side may climb: 0 for the start or a name of it, a
 * rung that was reached before, else -1. */
static int foothold(climber *k, const climb *on, const node *first)
{
    const node *n = meant(k->c, on->ladder, first);
    int top = 0;
    for (int h = 1; h < MOST_HEIGHT; h++)
        if (on->reached[h]) top = h;
    if (!n) return top;
    const stand s = climb_stand(k, on->ladder, n);
    if (s.height < 0 || !belongs(k, on->ladder, n, s.negative)) return -1;
    if (s.height == 0) return top; /* whatever was reached has the same value */
    return climb_stands(on, s.height) ? s.height : -1;
}

static int part_of(const char *ladder, int height)
{
    for (size_t i = 0; i < rung_n; i++)
        if (strcmp(rungs[i].ladder, ladder) == 0 && rungs[i].height == height && rungs[i].part)
            return rungs[i].part;
    return height;
}

/* Arrive at a rung from another one: at most one part may be skipped. */
static void arrive(climb *k, int from, int to, size_t row)
{
    if (to <= from || part_of(k->ladder, to) - part_of(k->ladder, from) > 2) return;
    for (int h = from + 1; h <= to; h++) {
        if (!k->reached[h]) k->row[h] = row;
        k->reached[h] = true;
    }
}

/* One valid equality of a chain; `at` is the rung from which the chain climbs.
 * Returns  the rung from which it goes on. */
static int climb_line(climber *k, climb *on, const derive_line *l, int at)
{
    const bool named = l->class == DERIVE_DEFINITION;
    const stand s = climb_stand(k, on->ladder, l->right);
    if (s.height < 0 || !(named || belongs(k, on->ladder, l->right, s.negative))) return at;
    if (named) /* L = ...: a foothold, not an arrival; the name of an unearned form is none */
        return climb_stands(on, s.height) ? s.height : -1;
    if (at >= 0) arrive(on, at, s.height, l->row);
    if (!climb_stands(on, s.height)) return at;
    return s.height > at ? s.height : at;
}

/* Equalities lead from rung to rung.  What holds in another sense (an inequality, an approximation, a
 * proportionality) says nothing of the value: behind it the chain begins anew. */
static void climb_chain(climber *k, climb *on, const derive_line *first)
{
    int at = -1;
    bool anew = true;
    for (const derive_line *l = first; l && l->chain == first->chain; l = l->next) {
        const bool named = l->class == DERIVE_DEFINITION && l->verdict == DERIVE_NOT_CHECKED;
        if (l->verdict != DERIVE_OK && l->verdict != DERIVE_NOT_CHECKED) return;
        if (anew) at = l->left ? foothold(k, on, l->left) : -1;
        anew = !(l->relation == REL_EQUAL || l->relation == REL_DEFINE) || !l->right ||
               (l->verdict == DERIVE_NOT_CHECKED && !named);
        if (!anew) at = climb_line(k, on, l, at);
    }
}

climb *climb_of(climber *k, derive_result *r, climb *all, const char *ladder, int granted)
{
    size_t i = 0;
    for (; i < MOST_LADDERS && all[i].ladder; i++)
        if (strcmp(all[i].ladder, ladder) == 0) return &all[i];
    all[i].ladder = ladder;
    all[i].granted = granted;
    const derive_line *last = NULL;
    for (const derive_line *l = r->lines; l && !checker_exhausted(k->c); last = l, l = l->next)
        if (l->chain && (!last || last->chain != l->chain)) climb_chain(k, &all[i], l);
    return &all[i];
}

climber climber_open(checker *c)
{
    checker_budget(c, 0.5);
    return (climber){.c = c, .terms = arena_take(&c->memory, MOST_TERMS * sizeof(term_form))};
}
