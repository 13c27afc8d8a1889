/* eval_expect.c -- expectations: linearity first, then closed form or quadrature. */
#include <math.h>
#include <string.h>

#include <gsl/gsl_integration.h>
#include <gsl/gsl_math.h>

#include "derive/eval.h"

enum { MOST_SCALARS = 3 };

/* Is it a product with a density among its factors?  Too narrow for Gauss and Hermite. */
static bool has_density(const node *n)
{
    if (n->kind == NODE_MUL || n->kind == NODE_DIV)
        return has_density(n->child[0]) || has_density(n->child[1]);
    return n->kind == NODE_PROD ? has_density(n->child[2]) : n->kind == NODE_DENSITY;
}

/* E over a whole path of something that is no polynomial: integrate the product with the density. */
static value expectation_on_grid(evaluation *ev, const env *at, unsigned over, unsigned given,
                                 const node *body)
{
    node *q = node_new(ev->memory, NODE_DENSITY, body->from, body->to), **args = &q->args,
         **cond = &q->given;
    q->which = 'q';
    for (int t = 0; t <= (int)ev->w->T; t++) {
        node ***list = (over & (1u << t)) ? &args : (given & (1u << t)) ? &cond : NULL;
        if (!list) continue;
        **list = node_new(ev->memory, NODE_RANGE, body->from, body->to);
        (**list)->child[0] = node_number(ev->memory, t, body->from);
        *list = &(**list)->next;
    }
    return eval_eliminate(ev, at, over,
                          node_binary(ev->memory, NODE_MUL, q, node_copy(ev->memory, body)));
}

/* A tensor rule in three dimensions has more than ten thousand nodes: that is affordable for one state, and
 * once, not at each of the eight paths. */
static bool feasible_in_space(evaluation *ev, const env *at, unsigned set, unsigned given,
                              const node *body)
{
    const unsigned others = (eval_depends(ev, at, body) | given) & ~set;
    for (size_t t = 0; t <= ev->w->T; t++)
        if ((others & (1u << t)) && at->x[t].n > 1) return false;
    return (set & (set - 1u)) == 0 && !has_density(body);
}

/* E over the states in `over` of a body that linearity does not split any further. */
static value atom(evaluation *ev, const env *at, unsigned over, unsigned given, const node *body)
{
    const unsigned set = over & eval_depends(ev, at, body);
    int first = -1, rough = 0, degree = 0;
    if (!set) return eval(ev, at, body);
    for (int t = (int)ev->w->T; t >= 0; t--) { /* the roughest state comes first */
        if (!(set & (1u << t))) continue;
        const int d = eval_degree(ev, at, body, t);
        if (d > 3) rough++;
        if (first < 0 || d > degree) {
            first = t;
            degree = d;
        }
    }
    if (rough > 0 && ev->w->D > 2 && !feasible_in_space(ev, at, set, given, body)) {
        ev->wish.flat = true;
        eval_abandon(ev, EVAL_WISH, body, "a quadrature in three dimensions");
    }
    const bool product = has_density(body);
    if ((size_t)rough * ev->w->D > MOST_SCALARS || (rough > 0 && product)) {
        if (at->model & over)
            eval_abandon(ev, EVAL_UNDECIDABLE, body,
                         "an expectation under p_theta of something this rough is not evaluated");
        if (ev->w->D > 1) {
            ev->wish.one_dimension = true;
            ev->wish.short_chain = true;
            eval_abandon(ev, EVAL_WISH, body, "this expectation needs one dimension");
        }
        return product ? expectation_on_grid(ev, at, over, given, body)
                       : eval_sampled(ev, at, set, given, body);
    }
    return eval_over_state(ev, at, set, given, body, first, degree);
}

/* ---- Linearity ---- */

static node *log_of(evaluation *ev, const node *n)
{
    node *l = node_new(ev->memory, NODE_FUNCTION, n->from, n->to);
    l->which = FUNCTION_LOG;
    l->child[0] = node_copy(ev->memory, n);
    l->child[0]->next = NULL;
    return l;
}

/* q(x_j | x_i) or p(x_i | x_j) as a node. */
static node *factor(evaluation *ev, int family, int of, int given)
{
    node *n = node_new(ev->memory, NODE_DENSITY, 0, 0);
    n->which = family;
    n->args = node_new(ev->memory, NODE_RANGE, 0, 0);
    n->args->child[0] = node_number(ev->memory, of, 0);
    if (given >= 0) {
        n->given = node_new(ev->memory, NODE_RANGE, 0, 0);
        n->given->child[0] = node_number(ev->memory, given, 0);
    }
    return n;
}

/* E log of a joint density of a whole run of states: the sum over its Markov factors. */
static bool joint(evaluation *ev, const env *at, unsigned over, unsigned given, const node *n,
                  value *sum)
{
    const unsigned args = eval_times(ev, at, n->args), cond = eval_times(ev, at, n->given);
    const int T = (int)ev->w->T;
    if (args == ~0u || cond == ~0u || !(args & (args - 1u)) || (args & cond)) return false;
    int low = 0, high = T;
    while (!(args & (1u << low))) low++;
    while (!(args & (1u << high))) high--;
    if (args != ((2u << high) - 1u) - ((1u << low) - 1u)) return false;
    const bool path = n->which == 'p' && cond == 1u && low == 1 && high == T; /* p(x_{1:T} | x_0) */
    if (path)
        low = 0;
    else if (n->which == 'q' ? cond != 1u << (low - (low > 0)) || low == 0 : cond != 0 || high != T)
        return false;
    *sum = value_scalar(ev->memory, 0.0, 0.0);
    for (int t = low; t <= high; t++) {
        const node *f =
            n->which == 'q' ? factor(ev, 'q', t, t - 1) : factor(ev, 'p', t, t < T ? t + 1 : -1);
        *sum = value_add(ev->memory, *sum, eval_expect_q(ev, at, over, given, log_of(ev, f)), 1.0);
    }
    if (path) *sum = value_add(ev->memory, *sum, eval_log(ev, at, factor(ev, 'p', 0, -1)), -1.0);
    return true;
}

static value over_log(evaluation *ev, const env *at, unsigned over, unsigned given, const node *n,
                      const node *whole)
{
    value a;
    if (n->kind == NODE_MUL || n->kind == NODE_DIV) {
        a = eval_expect_q(ev, at, over, given, log_of(ev, n->child[0]));
        const value b = eval_expect_q(ev, at, over, given, log_of(ev, n->child[1]));
        return value_add(ev->memory, a, b, n->kind == NODE_MUL ? 1.0 : -1.0);
    }
    if (n->kind == NODE_PROD) {
        node *sum = node_copy(ev->memory, n);
        sum->kind = NODE_SUM;
        sum->child[2] = log_of(ev, n->child[2]);
        return eval_expect_q(ev, at, over, given, sum);
    }
    if (n->kind == NODE_LABEL) {
        env inside;
        const definition *d = eval_lookup(ev, at, n, &inside);
        if (d && d->meaning && ++ev->nesting < EVAL_NESTING) {
            a = eval_expect_q(ev, &inside, over, given, log_of(ev, d->meaning));
            ev->nesting--;
            return a;
        }
    }
    if (n->kind == NODE_DENSITY && n->args && joint(ev, at, over, given, n, &a)) return a;
    return atom(ev, at, over, given, whole);
}

static value over_sum(evaluation *ev, const env *at, unsigned over, unsigned given, const node *n)
{
    env inner = *at;
    value total = value_scalar(ev->memory, 0.0, 0.0);
    const int low = eval_index(ev, at, n->child[0]), high = eval_index(ev, at, n->child[1]);
    if ((double)high - low > 1e5)
        eval_abandon(ev, EVAL_EXPENSIVE, n, "too expensive: a range of more than 100000 terms");
    inner.bound[n->letter - 'a'] = true;
    for (int i = low; i <= high; i++) {
        const arena_mark before = arena_here(ev->memory);
        inner.index[n->letter - 'a'] = i;
        total = eval_fold(ev, total, eval_expect_q(ev, &inner, over, given, n->child[2]), false,
                          before);
    }
    return total;
}

static value over_label(evaluation *ev, const env *at, unsigned over, unsigned given, const node *n)
{
    env inside;
    const definition *d = eval_lookup(ev, at, n, &inside);
    if (!d || !d->meaning || ++ev->nesting > EVAL_NESTING) return eval(ev, at, n);
    const value r = eval_expect_q(ev, &inside, over, given, d->meaning);
    ev->nesting--;
    return r;
}

value eval_expect_q(evaluation *ev, const env *at, unsigned over, unsigned given, const node *n)
{
    eval_spend(ev, 10);
    if (!(eval_depends(ev, at, n) & over)) return eval(ev, at, n);
    value a, b;
    switch (n->kind) {
    case NODE_ADD:
    case NODE_SUB:
        a = eval_expect_q(ev, at, over, given, n->child[0]);
        b = eval_expect_q(ev, at, over, given, n->child[1]);
        return value_add(ev->memory, a, b, n->kind == NODE_ADD ? 1.0 : -1.0);
    case NODE_NEG: return value_neg(ev->memory, eval_expect_q(ev, at, over, given, n->child[0]));
    case NODE_MUL:
        for (int i = 0; i < 2; i++) {
            if (eval_depends(ev, at, n->child[i]) & over) continue;
            a = eval(ev, at, n->child[i]);
            b = eval_expect_q(ev, at, over, given, n->child[1 - i]);
            return a.d > 1 && b.d > 1 ? value_dot(ev->memory, a, b) : value_mul(ev->memory, a, b);
        }
        break;
    case NODE_DIV:
        if (eval_depends(ev, at, n->child[1]) & over) break;
        a = eval_expect_q(ev, at, over, given, n->child[0]);
        b = eval(ev, at, n->child[1]);
        if (b.n == 1 && b.v[0] == 0.0) return eval_nan(ev, "a division by zero");
        return value_div(ev->memory, a, b);
    case NODE_SUM: return over_sum(ev, at, over, given, n);
    case NODE_FUNCTION:
        if (n->which == FUNCTION_LOG) return over_log(ev, at, over, given, n->child[0], n);
        break;
    case NODE_LABEL: return over_label(ev, at, over, given, n);
    default: break;
    }
    return atom(ev, at, over, given, n);
}

/* ---- The laws of an expectation's subscript ---- */

/* E over t: the average of the expectation without it. */
static value over_time(evaluation *ev, const env *at, const node *n, const node *law)
{
    node *rest = node_copy(ev->memory, n), **link = &rest->args;
    while (*link && (*link)->kind != NODE_LAW_TIME) link = &(*link)->next;
    if (*link) *link = (*link)->next;
    env inner = *at;
    const int low = law->child[0] ? eval_index(ev, at, law->child[0]) : 1;
    const int high = law->child[1] ? eval_index(ev, at, law->child[1]) : (int)ev->w->T;
    if (high < low || high - low > 1000) return eval_nan(ev, "an empty or huge range of times");
    value total = value_scalar(ev->memory, 0.0, 0.0);
    inner.bound['t' - 'a'] = true;
    for (int t = low; t <= high; t++) {
        const arena_mark before = arena_here(ev->memory);
        inner.index['t' - 'a'] = t;
        const value term =
            rest->args ? eval_expect(ev, &inner, rest) : eval(ev, &inner, rest->child[0]);
        total = eval_fold(ev, total, term, false, before);
    }
    return value_div(ev->memory, total, value_scalar(ev->memory, high - low + 1, 0.0));
}

value eval_expect(evaluation *ev, const env *at, const node *n)
{
    unsigned over = 0, given = 0;
    for (const node *l = n->args; l; l = l->next)
        if (l->kind == NODE_LAW_TIME) return over_time(ev, at, n, l);
    if (n->args && n->args->kind == NODE_DENSITY && n->args->which == 'p')
        return eval_under_model(ev, at, n);
    if (!n->args) {
        over = ((1u << (ev->w->T + 1)) - 1u) & ~1u;
        given = 1u;
    }
    for (const node *l = n->args; l; l = l->next) {
        if (l->kind == NODE_LAW_DATA)
            given |= 1u; /* at one x_0 at a time */
        else if (l->kind == NODE_LAW_EPS) {
            over |= eval_depends(ev, at, n->child[0]) & ~1u;
            given |= 1u;
        } else if (l->kind == NODE_DENSITY && l->which == 'q') {
            const unsigned args = eval_times(ev, at, l->args), cond = eval_times(ev, at, l->given);
            if (args == ~0u || cond == ~0u)
                return eval_nan(ev, "a state outside x_0 .. x_T appears");
            if (args & cond) return eval_nan(ev, "a state given itself is a point mass (t = 1)");
            if (args == 1u && !cond)
                given |= 1u;
            else {
                over |= args;
                given |= cond;
            }
        } else
            eval_abandon(ev, EVAL_UNDECIDABLE, l, "an expectation under this law is not evaluated");
    }
    return eval_expect_under(ev, at, over & ~given, given, 0, n->child[0]);
}
