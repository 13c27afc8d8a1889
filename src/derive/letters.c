/* letters.c -- free index letters and vectors: what a formula ranges over and what it asks of a world. */
#include <string.h>

#include "derive/checker.h"

enum { DEPTH = 8, VISIT = 5 /* operations of one step of a walk */ };

static unsigned bit(char letter)
{
    return letter >= 'a' && letter <= 'z' ? 1u << (letter - 'a') : 0;
}

/* Letters of an index expression. */
static unsigned of_index(const node *n)
{
    if (!n) return 0;
    if (n->kind == NODE_LABEL) return bit(n->letter);
    return of_index(n->child[0]) | of_index(n->child[1]);
}

const definition *checker_known(checker *c, const node *label)
{
    for (const definition *d = c->known; d; d = d->next) {
        c->spent++;
        if (strcmp(d->label->name, label->name) == 0 &&
            node_equal(d->label->child[0], label->child[0]))
            return d;
    }
    if (!label->child[0]) return NULL;
    for (const definition *d = c->known; d; d = d->next)
        if (strcmp(d->label->name, label->name) == 0 && of_index(d->label->child[0])) return d;
    return NULL;
}

static unsigned of_list(const node *list)
{
    unsigned set = 0;
    for (; list; list = list->next) set |= of_index(list->child[0]) | of_index(list->child[1]);
    return set;
}

static unsigned of_node(checker *c, const node *n, int depth)
{
    if (!n || depth > DEPTH * 16 || !checker_spend(c, VISIT)) return 0;
    unsigned set = 0;
    switch (n->kind) {
    case NODE_LABEL: {
        const definition *d = checker_known(c, n);
        if (!d && !n->child[0]) return n->letter == 't' ? bit('t') : 0;
        set = of_index(n->child[0]);
        if (!d || depth > DEPTH * 15) return set;
        unsigned inside = of_node(c, d->meaning, depth + 16);
        inside &= ~of_index(d->label->child[0]);
        return set | inside;
    }
    case NODE_SCHEDULE:
    case NODE_EPS: return of_index(n->child[0]);
    case NODE_X: return of_index(n->child[0]) | of_index(n->child[1]);
    case NODE_SUM:
    case NODE_PROD:
        set = of_index(n->child[0]) | of_index(n->child[1]);
        return set | (of_node(c, n->child[2], depth + 1) & ~bit(n->letter));
    case NODE_DENSITY: return of_list(n->args) | of_list(n->given);
    case NODE_EXPECT:
        set = of_node(c, n->child[0], depth + 1);
        for (const node *l = n->args; l; l = l->next) {
            if (l->kind == NODE_LAW_TIME)
                set &= ~bit('t');
            else if (l->kind == NODE_DENSITY)
                set |= of_list(l->args) | of_list(l->given);
        }
        return set;
    case NODE_INTEGRAL: return of_node(c, n->child[0], depth + 1) | of_list(n->args);
    default:
        for (int i = 0; i < 3; i++) set |= of_node(c, n->child[i], depth + 1);
        return set | (n->kind == NODE_MU_TILDE || n->kind == NODE_NET ? of_index(n->child[0]) : 0);
    }
}

unsigned letters_free(checker *c, const node *n)
{
    return of_node(c, n, 0);
}

bool letters_set(const world *w, unsigned letters, size_t k, env *at)
{
    memset(at->index, 0, sizeof at->index);
    memset(at->bound, 0, sizeof at->bound);
    size_t n = 0;
    for (int l = 0; l < 26; l++) {
        if (!(letters & (1u << l))) continue;
        if (++n > CHECKER_LETTERS) break;
        const size_t size = l == 'd' - 'a' ? w->D : w->T;
        at->bound[l] = true;
        at->index[l] = 1 + (int)(k % size);
        k /= size;
    }
    return k == 0;
}

/* ---- Theta ---- */

typedef struct theta {
    checker *c;
    int depth;
} theta;

static bool has_theta(const node *n, void *data)
{
    theta *t = data;
    if (n->kind == NODE_NET || !checker_spend(t->c, VISIT)) return true;
    if (n->kind == NODE_DENSITY && n->which == 'p')
        return n->given || !n->args || n->args->child[1] || n->args->child[0]->kind != NODE_STEPS;
    const definition *d = n->kind == NODE_LABEL ? checker_known(t->c, n) : NULL;
    if (d && d->kind == DEFINITION_VECTOR) return true; /* any vector: it varies as theta does */
    if (!d || !d->meaning || t->depth >= EVAL_NESTING) return false;
    theta inside = {t->c, t->depth + 1};
    return node_any(d->meaning, has_theta, &inside);
}

bool letters_theta(checker *c, const node *n)
{
    theta t = {c, 0};
    return node_any(n, has_theta, &t);
}

/* ---- Vectors ---- */

static bool is_vector(checker *c, const node *n, int depth)
{
    if (!n || depth > EVAL_NESTING || !checker_spend(c, VISIT)) return false;
    const definition *d;
    switch (n->kind) {
    case NODE_X: return n->child[1] == NULL;
    case NODE_EPS:
    case NODE_MU_TILDE:
    case NODE_NET: return true;
    case NODE_LABEL:
        d = checker_known(c, n);
        return d && (d->kind == DEFINITION_VECTOR ||
                     (d->meaning && is_vector(c, d->meaning, depth + 1)));
    case NODE_ADD:
    case NODE_SUB: return is_vector(c, n->child[0], depth) || is_vector(c, n->child[1], depth);
    case NODE_MUL: return is_vector(c, n->child[0], depth) != is_vector(c, n->child[1], depth);
    case NODE_DIV: return is_vector(c, n->child[0], depth) && !is_vector(c, n->child[1], depth);
    case NODE_NEG: return is_vector(c, n->child[0], depth);
    case NODE_EXPECT: return is_vector(c, n->child[0], depth);
    case NODE_SUM: return is_vector(c, n->child[2], depth);
    default: return false;
    }
}

bool wish_is_vector(checker *c, const node *n)
{
    return is_vector(c, n, 0);
}

/* A vector where a number belongs (or the other way round): the line is meant for one dimension. */
static bool reads_as_number(const node *n, void *data)
{
    checker *c = data;
    const bool a = wish_is_vector(c, n->child[0]), b = wish_is_vector(c, n->child[1]);
    const node *x = n->child[0], *y = n->child[1];
    switch (n->kind) {
    case NODE_POW: return a;
    case NODE_MUL: return a && b;
    case NODE_DIV: return b;
    case NODE_FUNCTION: return a;
    case NODE_ADD:
    case NODE_SUB:
        return a != b && !((a ? y : x)->kind == NODE_NUMBER && (a ? y : x)->number == 0.0) &&
               (a ? y : x)->kind != NODE_CONST;
    default: return false;
    }
}

static bool integrates(const node *n, void *data)
{
    (void)data;
    if (n->kind == NODE_INTEGRAL) return true;
    if (n->kind != NODE_DENSITY || n->which != 'p' || !n->args) return false;
    const bool x_0 = n->args->child[0]->kind == NODE_NUMBER && n->args->child[0]->number == 0.0;
    return !n->given && !n->args->child[1] && !n->args->next && x_0; /* p_theta(x_0) */
}

world_wish wish_of(checker *c, const node *n)
{
    const bool path = node_any(n, integrates, NULL);
    return (world_wish){c->one_dimension || path || node_any(n, reads_as_number, c), path, false};
}
