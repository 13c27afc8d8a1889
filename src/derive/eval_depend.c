/* eval_depend.c -- indices, definitions, and what a formula depends on: times and degrees. */
#include <math.h>
#include <string.h>

#include "derive/eval.h"

enum { NO_POLYNOMIAL = 99 };

int eval_index(evaluation *ev, const env *at, const node *n)
{
    double a, b;
    eval_spend(ev, 5);
    switch (n->kind) {
    case NODE_NUMBER:
        if (n->number != floor(n->number)) break;
        return fabs(n->number) < 1e9 ? (int)n->number : n->number > 0.0 ? 1000000000 : -1000000000;
    case NODE_STEPS: return (int)ev->w->T;
    case NODE_DIM: return (int)ev->w->D;
    case NODE_LABEL:
        if (n->letter && at->bound[n->letter - 'a']) return at->index[n->letter - 'a'];
        eval_abandon(ev, EVAL_UNKNOWN, n, "an index without a value");
    case NODE_NEG: return -eval_index(ev, at, n->child[0]);
    case NODE_ADD:
    case NODE_SUB:
    case NODE_MUL:
    case NODE_POW:
        a = eval_index(ev, at, n->child[0]);
        b = eval_index(ev, at, n->child[1]);
        a = n->kind == NODE_ADD   ? a + b
            : n->kind == NODE_SUB ? a - b
            : n->kind == NODE_MUL ? a * b
                                  : pow(a, b);
        return a > 1e9 ? 1000000000 : a < -1e9 ? -1000000000 : (int)a;
    default: break;
    }
    eval_abandon(ev, EVAL_UNDECIDABLE, n, "an index that is not a whole number");
}

/* The one letter of an index like t - 1, or 0. */
static char letter_of(const node *n)
{
    if (!n) return 0;
    if (n->kind == NODE_LABEL) return n->letter;
    const char a = letter_of(n->child[0]);
    return a ? a : letter_of(n->child[1]);
}

const definition *eval_lookup(evaluation *ev, const env *at, const node *label, env *inside)
{
    *inside = *at;
    for (const definition *d = ev->known; d; d = d->next) { /* L_T itself */
        eval_spend(ev, 1);
        if (strcmp(d->label->name, label->name) == 0 &&
            node_equal(d->label->child[0], label->child[0]))
            return d;
    }
    for (const definition *d = ev->known; d; d = d->next) { /* L_T from the definition of L_{t-1} */
        const char letter = letter_of(d->label->child[0]);
        eval_spend(ev, 1);
        if (!letter || !label->child[0] || strcmp(d->label->name, label->name) != 0) continue;
        const int wanted = eval_index(ev, at, label->child[0]);
        inside->bound[letter - 'a'] = true;
        inside->index[letter - 'a'] = 0;
        inside->index[letter - 'a'] = wanted - eval_index(ev, inside, d->label->child[0]);
        return d;
    }
    return NULL;
}

unsigned eval_times(evaluation *ev, const env *at, const node *ranges)
{
    unsigned set = 0;
    for (const node *r = ranges; r; r = r->next) {
        const int low = eval_index(ev, at, r->child[0]),
                  high = r->child[1] ? eval_index(ev, at, r->child[1]) : low;
        if (low > high) continue; /* x_{2:1} is empty */
        if (!eval_time_ok(ev, low, 0) || !eval_time_ok(ev, high, 0)) {
            if (!ev->trouble)
                ev->trouble = low < 0 ? "a state before x_0 appears" : "a state after x_T appears";
            return ~0u;
        }
        for (int t = low; t <= high; t++) set |= 1u << t;
    }
    return set;
}

/* Bits of one time, none when it is outside (its value is then not a number anyway). */
static unsigned one(const evaluation *ev, int t)
{
    return eval_time_ok(ev, t, 0) ? 1u << t : 0;
}

static unsigned over_range(evaluation *ev, const env *at, const node *n)
{
    env inner = *at;
    unsigned set = 0;
    const int low = eval_index(ev, at, n->child[0]), high = eval_index(ev, at, n->child[1]);
    inner.bound[n->letter - 'a'] = true;
    for (int i = low; i <= high && i <= low + 64; i++) {
        inner.index[n->letter - 'a'] = i;
        set |= eval_depends(ev, &inner, n->child[2]);
    }
    return set;
}

static unsigned of_expectation(evaluation *ev, const env *at, const node *n)
{
    unsigned bound = 0, given = 0, inside = eval_depends(ev, at, n->child[0]);
    if (!n->args) return inside & 1u;
    for (const node *l = n->args; l; l = l->next) {
        if (l->kind == NODE_DENSITY) {
            bound |= eval_times(ev, at, l->args);
            given |= eval_times(ev, at, l->given);
        } else if (l->kind == NODE_LAW_EPS) {
            given |= 1u;
            bound |= ~1u;
        } else
            return 1u;
    }
    return (inside & ~bound) | given;
}

unsigned eval_depends(evaluation *ev, const env *at, const node *n)
{
    if (!n) return 0;
    env inside;
    const definition *d;
    unsigned set = 0;
    eval_spend(ev, 5);
    switch (n->kind) {
    case NODE_X: return one(ev, eval_index(ev, at, n->child[0]));
    case NODE_EPS: return 1u | one(ev, eval_index(ev, at, n->child[0]));
    case NODE_MU_TILDE:
        if (n->child[1])
            return eval_depends(ev, at, n->child[1]) | eval_depends(ev, at, n->child[2]);
        return 1u | one(ev, eval_index(ev, at, n->child[0]));
    case NODE_NET:
        return n->child[1] ? eval_depends(ev, at, n->child[1])
                           : one(ev, eval_index(ev, at, n->child[0]));
    case NODE_LABEL:
        if (n->letter && at->bound[n->letter - 'a']) return 0;
        d = eval_lookup(ev, at, n, &inside);
        if (!d) eval_abandon(ev, EVAL_UNKNOWN, n, "unknown symbol");
        if (++ev->nesting > EVAL_NESTING)
            eval_abandon(ev, EVAL_UNDECIDABLE, n, "a name that is defined by itself");
        set = eval_depends(ev, &inside, d->meaning);
        ev->nesting--;
        return set;
    case NODE_SUM:
    case NODE_PROD: return over_range(ev, at, n);
    case NODE_SCHEDULE: return 0;
    case NODE_DENSITY: return eval_times(ev, at, n->args) | eval_times(ev, at, n->given);
    case NODE_KL:
        for (int i = 0; i < 2; i++) {
            const node *l = n->child[i];
            if (l->kind == NODE_DENSITY)
                set |= eval_times(ev, at, l->given);
            else
                set |= eval_depends(ev, at, l->child[1]) | eval_depends(ev, at, l->child[2]);
        }
        return set;
    case NODE_EXPECT: return of_expectation(ev, at, n);
    case NODE_INTEGRAL: return eval_depends(ev, at, n->child[0]) & ~eval_times(ev, at, n->args);
    default:
        for (int i = 0; i < 3; i++) set |= eval_depends(ev, at, n->child[i]);
        return set;
    }
}

static int most(int a, int b)
{
    return a > b ? a : b;
}

static int log_degree(evaluation *ev, const env *at, const node *n, int t)
{
    if (n->kind == NODE_DENSITY && n->which == 'q') { /* Gaussian when the first state is given */
        const unsigned given = eval_times(ev, at, n->given),
                       all = given | eval_times(ev, at, n->args);
        return (given & (all & (~all + 1u))) ? 2 : NO_POLYNOMIAL;
    }
    if (n->kind == NODE_DENSITY)
        return eval_times(ev, at, n->args) == 1u << t && n->given ? 2 : NO_POLYNOMIAL;
    if (n->kind == NODE_NORMAL && n->child[0] && !(eval_depends(ev, at, n->child[2]) & (1u << t)))
        return 2 * most(eval_degree(ev, at, n->child[0], t), eval_degree(ev, at, n->child[1], t));
    return NO_POLYNOMIAL;
}

int eval_degree(evaluation *ev, const env *at, const node *n, int t)
{
    env inside;
    const definition *d;
    if (!n || !(eval_depends(ev, at, n) & (1u << t))) return 0;
    switch (n->kind) {
    case NODE_X:
    case NODE_EPS: return 1;
    case NODE_MU_TILDE:
        return n->child[1]
                   ? most(eval_degree(ev, at, n->child[1], t), eval_degree(ev, at, n->child[2], t))
                   : 1;
    case NODE_ADD:
    case NODE_SUB:
        return most(eval_degree(ev, at, n->child[0], t), eval_degree(ev, at, n->child[1], t));
    case NODE_MUL: return eval_degree(ev, at, n->child[0], t) + eval_degree(ev, at, n->child[1], t);
    case NODE_DIV:
        return (eval_depends(ev, at, n->child[1]) & (1u << t))
                   ? NO_POLYNOMIAL
                   : eval_degree(ev, at, n->child[0], t);
    case NODE_NEG: return eval_degree(ev, at, n->child[0], t);
    case NODE_POW:
        if (n->child[1]->kind != NODE_NUMBER || n->child[1]->number != 2.0) return NO_POLYNOMIAL;
        return 2 * eval_degree(ev, at,
                               n->child[0]->kind == NODE_NORM ? n->child[0]->child[0] : n->child[0],
                               t);
    case NODE_LABEL:
        d = eval_lookup(ev, at, n, &inside);
        return d && d->meaning ? eval_degree(ev, &inside, d->meaning, t) : NO_POLYNOMIAL;
    case NODE_FUNCTION:
        return n->which == FUNCTION_LOG ? log_degree(ev, at, n->child[0], t) : NO_POLYNOMIAL;
    default: return NO_POLYNOMIAL;
    }
}
