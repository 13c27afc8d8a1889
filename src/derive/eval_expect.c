/* eval_expect.c -- expectations: linearity first, then closed form or quadrature. */
#include <math.h>
#include <string.h>

#include <gsl/gsl_integration.h>
#include <gsl/gsl_math.h>

#include "derive/eval.h"

/* Nodes of the coarse rule per coordinate, in one dimension and in two; the fine one has 8 more, and
 * their difference is the error estimate. */
enum { MOST_NODES = 40, COARSE_1 = 26, COARSE_2 = 18, MORE = 8, MEMO = 2048, MOST_SCALARS = 3 };

/* ---- Expectations that were taken already: consecutive lines share most of their terms ---- */

struct memo {
    uint64_t key[MEMO];
    double v[MEMO], e[MEMO];
    struct {
        size_t n;
        double node[MOST_NODES], weight[MOST_NODES];
    } hermite[4]; /* Gauss-Hermite rules that were used already */
};

const size_t eval_memo_bytes = sizeof(struct memo);

static uint64_t memo_key(const evaluation *ev, const env *at, unsigned over, unsigned given, const node *body)
{
    uint64_t h = node_hash(body) ^ ev->w->id ^ ((uint64_t)over << 40) ^ ((uint64_t)given << 48);
    h = h * 31 + (uint64_t)at->net * 7 + (uint64_t)at->point * 3 + (uint64_t)ev->choice * 11;
    for (int i = 0; i < 26; i++)
        if (at->bound[i]) h = (h ^ (uint64_t)(i * 64 + at->index[i] + 7)) * 0x9e3779b97f4a7c15u;
    for (const definition *d = ev->known; d; d = d->next) h = h * 33 + (uint64_t)(d->label->from & 0xffff);
    return h ? h : 1;
}

bool eval_recall(const evaluation *ev, uint64_t key, value *r)
{
    if (ev->memo->key[key % MEMO] != key) return false;
    *r = value_scalar(ev->memory, ev->memo->v[key % MEMO], ev->memo->e[key % MEMO]);
    return true;
}

void eval_remember(const evaluation *ev, uint64_t key, value r)
{
    if (r.n != 1 || r.d != 1) return;
    ev->memo->key[key % MEMO] = key;
    ev->memo->v[key % MEMO] = r.v[0];
    ev->memo->e[key % MEMO] = r.e[0];
}

/* ---- Quadrature over one state ---- */

/* A rule for N(0, I_D): m points z [m*D] with weights. */
typedef struct rule {
    size_t m;
    double *z, *weight;
} rule;

/* The n-point rule for the weight exp(-x^2). */
static size_t line_rule(evaluation *ev, size_t n)
{
    size_t i = 0;
    while (ev->memo->hermite[i].n && ev->memo->hermite[i].n != n) i++; /* two rules for each of two dimensions */
    if (ev->memo->hermite[i].n == n) return i;
    gsl_integration_fixed_workspace *w = gsl_integration_fixed_alloc(gsl_integration_fixed_hermite, n, 0.0, 1.0, 0.0, 0.0);
    if (!w) eval_abandon(ev, EVAL_EXPENSIVE, NULL, "too expensive: memory is short");
    memcpy(ev->memo->hermite[i].node, gsl_integration_fixed_nodes(w), n * sizeof(double));
    memcpy(ev->memo->hermite[i].weight, gsl_integration_fixed_weights(w), n * sizeof(double));
    ev->memo->hermite[i].n = n;
    gsl_integration_fixed_free(w);
    return i;
}

/* Tensor Gauss-Hermite with n nodes per coordinate. */
static rule hermite(evaluation *ev, size_t n)
{
    const size_t D = ev->w->D, kept = line_rule(ev, n);
    const double *nodes = ev->memo->hermite[kept].node, *weight = ev->memo->hermite[kept].weight;
    rule r = {.m = 1};
    for (size_t k = 0; k < D; k++) r.m *= n;
    r.z = arena_take(ev->memory, r.m * D * sizeof *r.z);
    r.weight = arena_take(ev->memory, r.m * sizeof *r.weight);
    for (size_t i = 0; i < r.m; i++) {
        r.weight[i] = 1.0;
        for (size_t k = 0, rest = i; k < D; k++, rest /= n) {
            r.z[i * D + k] = M_SQRT2 * nodes[rest % n];
            r.weight[i] *= weight[rest % n] / sqrt(M_PI);
        }
    }
    return r;
}

/* The 2D points +- sqrt(D) e_k: exact for polynomials of degree 3. */
static rule cubature(evaluation *ev)
{
    const size_t D = ev->w->D;
    rule r = {.m = 2 * D};
    r.z = arena_take(ev->memory, r.m * D * sizeof *r.z);
    r.weight = arena_take(ev->memory, r.m * sizeof *r.weight);
    for (size_t i = 0; i < r.m; i++) {
        r.weight[i] = 1.0 / (double)r.m;
        r.z[i * D + i / 2] = (i % 2 ? -1.0 : 1.0) * sqrt((double)D);
    }
    return r;
}

/* Every state that matters, repeated m times at each point. */
static env spread(evaluation *ev, const env *at, unsigned needed, size_t n, size_t m)
{
    const size_t D = ev->w->D;
    env wide = *at;
    for (size_t t = 0; t <= ev->w->T; t++) {
        const value *x = &at->x[t];
        if (!(needed & (1u << t)) || x->n == 1) continue;
        wide.x[t] = value_new(ev->memory, n * m, D);
        for (size_t i = 0; i < n * m; i++) {
            memcpy(wide.x[t].v + i * D, x->v + (i / m) * D, D * sizeof(double));
            memcpy(wide.x[t].e + i * D, x->e + (i / m) * D, D * sizeof(double));
        }
    }
    return wide;
}

/* Sum over state t by the rule, the rest of `over` inside. */
static value integrate(evaluation *ev, const env *at, unsigned over, unsigned given, const node *body, int t, rule r)
{
    const size_t D = ev->w->D;
    value mean, var;
    size_t n = 1;
    eval_bridge(ev, at, t, given, &mean, &var);
    const unsigned needed = (eval_depends(ev, at, body) | given) & ~over;
    for (size_t i = 0; i <= ev->w->T; i++)
        if ((needed & (1u << i)) && at->x[i].n > n) n = at->x[i].n;
    eval_spend(ev, n * r.m);
    env wide = spread(ev, at, needed, n, r.m);
    value x = value_new(ev->memory, n * r.m, D);
    for (size_t i = 0; i < n * r.m; i++)
        for (size_t k = 0; k < D; k++) {
            const size_t from = value_at(&mean, i / r.m, k);
            x.v[i * D + k] = mean.v[from] + sqrt(var.v[0]) * r.z[(i % r.m) * D + k];
            x.e[i * D + k] = mean.e[from] + 4.0 * GSL_DBL_EPSILON * fabs(x.v[i * D + k]);
        }
    wide.x[t] = x;
    const value f = eval_expect_q(ev, &wide, over & ~(1u << t), given | 1u << t, body);
    value sum = value_new(ev->memory, n, f.d);
    for (size_t i = 0; i < n * r.m; i++)
        for (size_t k = 0; k < f.d; k++) {
            const size_t to = (i / r.m) * f.d + k, from = value_at(&f, i, k);
            sum.v[to] += r.weight[i % r.m] * f.v[from];
            sum.e[to] += r.weight[i % r.m] * (f.e[from] + 2.0 * GSL_DBL_EPSILON * fabs(f.v[from]));
        }
    return sum;
}

/* E over a whole path of something that is no polynomial: integrate the product with the density. */
static value expectation_on_grid(evaluation *ev, const env *at, unsigned over, unsigned given, const node *body)
{
    node *q = node_new(ev->memory, NODE_DENSITY, body->from, body->to), **args = &q->args, **cond = &q->given;
    q->which = 'q';
    for (int t = 0; t <= (int)ev->w->T; t++) {
        node ***list = (over & (1u << t)) ? &args : (given & (1u << t)) ? &cond : NULL;
        if (!list) continue;
        **list = node_new(ev->memory, NODE_RANGE, body->from, body->to);
        (**list)->child[0] = node_number(ev->memory, t, body->from);
        *list = &(**list)->next;
    }
    return eval_eliminate(ev, at, over, node_binary(ev->memory, NODE_MUL, q, node_copy(ev->memory, body)));
}

/* E over the states in `over` of a body that linearity does not split any further. */
static value atom(evaluation *ev, const env *at, unsigned over, unsigned given, const node *body)
{
    const unsigned set = over & eval_depends(ev, at, body);
    int first = -1, rough = 0, degree = 0;
    if (!set) return eval(ev, at, body);
    for (int t = (int)ev->w->T; t >= 0; t--) { /* the state in which the body is no polynomial comes first */
        if (!(set & (1u << t))) continue;
        const int d = eval_degree(ev, at, body, t);
        if (d > 3) rough++;
        if (first < 0 || d > degree) {
            first = t;
            degree = d;
        }
    }
    if (rough > 0 && ev->w->D > 2) { /* three dimensions are for what needs no quadrature */
        ev->wish.flat = true;
        eval_abandon(ev, EVAL_WISH, body, "a quadrature in three dimensions");
    }
    const bool product = body->kind == NODE_MUL || body->kind == NODE_DIV || body->kind == NODE_PROD || body->kind == NODE_DENSITY;
    if ((size_t)rough * ev->w->D > MOST_SCALARS || (rough > 1 && product)) {
        if (ev->w->D > 1) {
            ev->wish.one_dimension = true;
            ev->wish.short_chain = true;
            eval_abandon(ev, EVAL_WISH, body, "this expectation needs one dimension");
        }
        return expectation_on_grid(ev, at, over, given, body);
    }
    uint64_t key = memo_key(ev, at, set, given, body);
    value r;
    if (eval_recall(ev, key, &r)) return r;
    if (degree <= 3) r = integrate(ev, at, set, given, body, first, cubature(ev));
    else {
        const size_t n = ev->w->D == 1 ? COARSE_1 : COARSE_2;
        const value coarse = integrate(ev, at, set, given, body, first, hermite(ev, n));
        r = integrate(ev, at, set, given, body, first, hermite(ev, n + MORE));
        for (size_t i = 0; i < r.n * r.d; i++) r.e[i] += fabs(r.v[i] - coarse.v[i]);
    }
    eval_remember(ev, key, r);
    return r;
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
static bool joint(evaluation *ev, const env *at, unsigned over, unsigned given, const node *n, value *sum)
{
    const unsigned args = eval_times(ev, at, n->args), cond = eval_times(ev, at, n->given);
    const int T = (int)ev->w->T;
    if (args == ~0u || cond == ~0u || !(args & (args - 1u)) || (args & cond)) return false;
    int low = 0, high = T;
    while (!(args & (1u << low))) low++;
    while (!(args & (1u << high))) high--;
    if (args != ((2u << high) - 1u) - ((1u << low) - 1u)) return false;
    const bool path = n->which == 'p' && cond == 1u && low == 1 && high == T; /* p(x_{1:T} | x_0) */
    if (path) low = 0;
    else if (n->which == 'q' ? cond != 1u << (low - (low > 0)) || low == 0 : cond != 0 || high != T) return false;
    *sum = value_scalar(ev->memory, 0.0, 0.0);
    for (int t = low; t <= high; t++) {
        const node *f = n->which == 'q' ? factor(ev, 'q', t, t - 1) : factor(ev, 'p', t, t < T ? t + 1 : -1);
        *sum = value_add(ev->memory, *sum, eval_expect_q(ev, at, over, given, log_of(ev, f)), 1.0);
    }
    if (path) *sum = value_add(ev->memory, *sum, eval_log(ev, at, factor(ev, 'p', 0, -1)), -1.0);
    return true;
}

static value over_log(evaluation *ev, const env *at, unsigned over, unsigned given, const node *n, const node *whole)
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
        if (d && d->meaning && ++ev->nesting < 30) {
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
    if ((double)high - low > 1e5) eval_abandon(ev, EVAL_EXPENSIVE, n, "too expensive: a range of more than 100000 terms");
    inner.bound[n->letter - 'a'] = true;
    for (int i = low; i <= high; i++) {
        inner.index[n->letter - 'a'] = i;
        total = value_add(ev->memory, total, eval_expect_q(ev, &inner, over, given, n->child[2]), 1.0);
    }
    return total;
}

static value over_label(evaluation *ev, const env *at, unsigned over, unsigned given, const node *n)
{
    env inside;
    const definition *d = eval_lookup(ev, at, n, &inside);
    if (!d || !d->meaning || ++ev->nesting > 30) return eval(ev, at, n);
    const value r = eval_expect_q(ev, &inside, over, given, d->meaning);
    ev->nesting--;
    return r;
}

value eval_expect_q(evaluation *ev, const env *at, unsigned over, unsigned given, const node *n)
{
    eval_spend(ev, 1);
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
        inner.index['t' - 'a'] = t;
        const value term = rest->args ? eval_expect(ev, &inner, rest) : eval(ev, &inner, rest->child[0]);
        total = value_add(ev->memory, total, term, 1.0);
    }
    return value_div(ev->memory, total, value_scalar(ev->memory, high - low + 1, 0.0));
}

/* E over p_theta(x_{t-1} | x_t): a one-dimensional or polynomial matter; only single kernels are read. */
value eval_expect(evaluation *ev, const env *at, const node *n)
{
    unsigned over = 0, given = 0;
    for (const node *l = n->args; l; l = l->next)
        if (l->kind == NODE_LAW_TIME) return over_time(ev, at, n, l);
    if (!n->args) {
        over = ((1u << (ev->w->T + 1)) - 1u) & ~1u;
        given = 1u;
    }
    for (const node *l = n->args; l; l = l->next) {
        if (l->kind == NODE_LAW_DATA) given |= 1u; /* at one x_0 at a time */
        else if (l->kind == NODE_LAW_EPS) {
            over |= eval_depends(ev, at, n->child[0]) & ~1u;
            given |= 1u;
        } else if (l->kind == NODE_DENSITY && l->which == 'q') {
            const unsigned args = eval_times(ev, at, l->args), cond = eval_times(ev, at, l->given);
            if (args == ~0u || cond == ~0u) return eval_nan(ev, "a state outside x_0 .. x_T appears");
            if (args & cond) return eval_nan(ev, "a state given itself is a point mass (t = 1)");
            if (args == 1u && !cond) given |= 1u;
            else {
                over |= args;
                given |= cond;
            }
        } else eval_abandon(ev, EVAL_UNDECIDABLE, l, "an expectation under this law is not evaluated");
    }
    return eval_expect_q(ev, at, over & ~given, given, n->child[0]);
}
