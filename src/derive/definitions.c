/* definitions.c -- names and their meanings: labels, arbitrary parameters, the choice of a variance. */
#include <string.h>

#include "derive/reading.h"

void definition_add(checker *c, const node *label, const node *meaning, definition_kind kind)
{
    definition *d = arena_take(&c->memory, sizeof *d);
    if (label->kind == NODE_NEG) { /* -L = a means L = -a */
        node *minus = node_new(&c->memory, NODE_NEG, meaning->from, meaning->to);
        minus->child[0] = node_copy(&c->memory, meaning);
        meaning = minus;
        label = label->child[0];
    }
    *d = (definition){.label = label,
                      .meaning = meaning,
                      .kind = kind,
                      .serial = (c->known ? c->known->serial : 0) * 33 + (label->from & 0xffff) + 1,
                      .next = (definition *)c->known};
    c->known = d;
}

const node *definition_wanted(checker *c, const node *alone)
{
    if (!alone) return NULL;
    const node *label = alone->kind == NODE_NEG ? alone->child[0] : alone;
    if (label->kind != NODE_LABEL) return NULL;
    const definition *d = checker_known(c, label);
    const node *index = label->child[0];
    const bool end = index && (index->kind == NODE_STEPS ||
                               (index->kind == NODE_NUMBER && index->number == 0.0));
    if (d && !(end && !node_equal(d->label->child[0], index)))
        return NULL; /* L_0 and L_T are names of their own */
    return label->letter == 't' ? NULL : label;
}

definition *definition_of(checker *c, const node *alone)
{
    const node *label = alone->kind == NODE_NEG ? alone->child[0] : alone;
    return label->kind == NODE_LABEL ? (definition *)checker_known(c, label) : NULL;
}

/* ---- Arbitrary parameters ---- */

typedef struct generic {
    checker *c;
    derive_line *line;
    bool numbered; /* make sigma_1, sigma_2 names of their own */
} generic;

static void arbitrary(generic *g, const node *n, definition_kind kind)
{
    if (n->kind == NODE_POW) n = n->child[0];
    if (n->kind != NODE_LABEL || checker_known(g->c, n)) return;
    definition_add(g->c, n, NULL, kind);
    checker_assume(
        g->c, g->line,
        kind == DEFINITION_VECTOR
            ? "a name that stands alone as the mean of a normal law is read as any vector"
            : "a name that stands alone as the variance of a normal law is read as any positive "
              "number",
        n->from);
}

static bool is_numbered_sigma(const node *n)
{
    return n->kind == NODE_SCHEDULE && n->which == SYMBOL_SIGMA && n->child[0]->kind == NODE_NUMBER;
}

static bool rename_sigma(const node *n, void *data)
{
    generic *g = data;
    node *own = (node *)n; /* the tree is ours */
    if (!is_numbered_sigma(n)) return false;
    own->kind = NODE_LABEL;
    own->which = 0;
    own->name = "sigma";
    if (!checker_known(g->c, own)) definition_add(g->c, own, NULL, DEFINITION_POSITIVE);
    return false;
}

static bool visit_normal(const node *n, void *data)
{
    generic *g = data;
    if (n->kind != NODE_NORMAL) return false;
    const node *mean = n->child[1], *var = n->child[2];
    if (mean->kind == NODE_LABEL && var->kind == NODE_POW && is_numbered_sigma(var->child[0]))
        g->numbered = true;
    arbitrary(g, mean, DEFINITION_VECTOR);
    arbitrary(g, var, DEFINITION_POSITIVE);
    return false;
}

void definition_generic(checker *c, derive_line *line, node *left, node *right)
{
    generic g = {c, line, false};
    node_any(left, visit_normal, &g);
    node_any(right, visit_normal, &g);
    if (!g.numbered) return;
    node_any(left, rename_sigma, &g);
    node_any(right, rename_sigma, &g);
}

/* ---- The model's variance ---- */

static node *symbol_t(checker *c, schedule_symbol which, const node *index)
{
    node *n = node_new(&c->memory, NODE_SCHEDULE, 0, 0);
    n->which = (int)which;
    n->child[0] = node_copy(&c->memory, index);
    return n;
}

static bool choose(checker *c, const node *variance, const node *index)
{
    const world_wish any = {false, false, false};
    if (variance->kind == NODE_SCHEDULE && variance->which == SYMBOL_SIGMA) return false;
    const bool beta = judge_equal(c, variance, symbol_t(c, SYMBOL_BETA, index), any);
    const bool tilde =
        !beta && judge_equal(c, variance, symbol_t(c, SYMBOL_BETA_TILDE, index), any);
    if (beta || tilde) c->choice = beta ? VARIANCE_BETA : VARIANCE_BETA_TILDE;
    return beta || tilde;
}

static bool is_kernel(const node *n)
{
    return n->kind == NODE_DENSITY && n->which == 'p' && n->args && n->given && !n->args->next &&
           !n->given->next && !n->args->child[1] && !n->given->child[1];
}

bool definition_variance(checker *c, const node *left, const node *right)
{
    if (!left || !right) return false;
    if (left->kind == NODE_POW && left->child[0]->kind == NODE_SCHEDULE &&
        left->child[0]->which == SYMBOL_SIGMA && left->child[1]->kind == NODE_NUMBER &&
        left->child[1]->number == 2.0)
        return choose(c, right, left->child[0]->child[0]);
    if (left->kind == NODE_SCHEDULE && left->which == SYMBOL_SIGMA)
        return choose(c,
                      node_binary(&c->memory, NODE_POW, node_copy(&c->memory, right),
                                  node_number(&c->memory, 2.0, 0)),
                      left->child[0]);
    if (is_kernel(left) && right->kind == NODE_NORMAL)
        return choose(c, right->child[2], left->given->child[0]);
    return false;
}

/* ---- Normal laws without their variable ---- */

size_t definition_arguments(checker *c, node *to, const node *from)
{
    if (!to || !from) return 0;
    if (to->kind == NODE_NORMAL && !to->child[0]) {
        if (from->kind == NODE_NORMAL && from->child[0]) {
            to->child[0] = node_copy(&c->memory, from->child[0]);
            return to->from + 1;
        }
        if (from->kind != NODE_DENSITY || !from->args || from->args->next || from->args->child[1])
            return 0;
        node *x = node_new(&c->memory, NODE_X, to->from, to->from);
        x->child[0] = node_copy(&c->memory, from->args->child[0]);
        to->child[0] = x;
        return to->from + 1;
    }
    if (to->kind != from->kind || to->kind == NODE_KL) return 0;
    size_t done = 0;
    for (int i = 0; i < 3; i++) {
        const size_t one = definition_arguments(c, to->child[i], from->child[i]);
        if (one) done = one;
    }
    return done;
}
