/* eval.c -- evaluates the tree: arithmetic, schedule, sums; laws and expectations have their own files. */
#include "derive/eval.h"

#include <math.h>
#include <string.h>

#include <gsl/gsl_math.h>

#include "theory/forward.h"
#include "theory/posterior.h"
#include "theory/weight.h"

enum { VISIT = 30 /* operations of a node, whatever it computes */ };

env eval_env(evaluation *ev, int net, int point)
{
    env at = {.net = net, .point = point};
    const size_t D = ev->w->D;
    for (size_t t = 0; t <= ev->w->T; t++) {
        at.x[t] = value_new(ev->memory, t == 0 ? 1 : WORLD_PATHS, D);
        memcpy(at.x[t].v, ev->w->path[point][t], at.x[t].n * D * sizeof(double));
    }
    return at;
}

bool eval_time_ok(const evaluation *ev, int t, int least)
{
    return t >= least && t <= (int)ev->w->T;
}

value eval_state(evaluation *ev, const env *at, int t)
{
    if (!eval_time_ok(ev, t, 0))
        return eval_nan(ev, t < 0 ? "a state before x_0 appears" : "a state after x_T appears");
    return at->x[t];
}

/* ---- Schedule ---- */

static double scheduled(const evaluation *ev, schedule_symbol which, size_t t)
{
    const schedule *s = ev->w->s;
    const double sigma2 = world_sigma2(ev->w, ev->choice, t);
    switch (which) {
    case SYMBOL_ALPHA: return s->alpha[t];
    case SYMBOL_BETA: return s->beta[t];
    case SYMBOL_ALPHA_BAR: return s->alpha_bar[t];
    case SYMBOL_BETA_TILDE: return s->beta_tilde[t];
    case SYMBOL_SIGMA: return sqrt(sigma2);
    case SYMBOL_SNR: return forward_snr(s, t);
    case SYMBOL_WEIGHT: return weight_eps(s, t, sigma2);
    case SYMBOL_W_X0: return posterior_weight_x0(s, t);
    case SYMBOL_W_XT:
    default: return posterior_weight_xt(s, t);
    }
}

static value schedule_value(evaluation *ev, const env *at, const node *n)
{
    const int t = eval_index(ev, at, n->child[0]);
    const bool from_zero = n->which == SYMBOL_ALPHA_BAR || n->which == SYMBOL_SNR;
    if (!eval_time_ok(ev, t, from_zero ? 0 : 1))
        return eval_nan(ev, "an index outside 1 .. T appears");
    const double v = scheduled(ev, (schedule_symbol)n->which, (size_t)t);
    if (!gsl_finite(v)) return eval_nan(ev, "SNR(0) is infinite");
    return value_scalar(ev->memory, v, 8.0 * GSL_DBL_EPSILON * fabs(v));
}

/* ---- Sums, powers, labels ---- */

/* The range of a sum, checked against what can be afforded. */
static void bounds(evaluation *ev, const env *at, const node *n, int *low, int *high)
{
    *low = eval_index(ev, at, n->child[0]);
    *high = eval_index(ev, at, n->child[1]);
    if (*high > *low && (double)*high - *low > 1e5)
        eval_abandon(ev, EVAL_EXPENSIVE, n, "too expensive: a range of more than 100000 terms");
}

value eval_fold(evaluation *ev, value total, value term, bool times, arena_mark before)
{
    const value next =
        times ? value_mul(ev->memory, total, term) : value_add(ev->memory, total, term, 1.0);
    if (next.n != total.n || next.d != total.d) return next;
    memcpy(total.v, next.v, next.n * next.d * sizeof *next.v);
    memcpy(total.e, next.e, next.n * next.d * sizeof *next.e);
    arena_release(ev->memory, before);
    return total;
}

static value sum_or_product(evaluation *ev, const env *at, const node *n)
{
    int low, high;
    bounds(ev, at, n, &low, &high);
    env inner = *at;
    inner.bound[n->letter - 'a'] = true;
    value total = value_scalar(ev->memory, n->kind == NODE_SUM ? 0.0 : 1.0, 0.0);
    for (int i = low; i <= high; i++) {
        const arena_mark before = arena_here(ev->memory);
        inner.index[n->letter - 'a'] = i;
        total = eval_fold(ev, total, eval(ev, &inner, n->child[2]), n->kind == NODE_PROD, before);
    }
    return total;
}

static value power(evaluation *ev, const env *at, const node *n)
{
    const value exponent = eval(ev, at, n->child[1]);
    if (exponent.n != 1 || exponent.d != 1)
        eval_abandon(ev, EVAL_UNDECIDABLE, n, "an exponent that is not one number");
    const bool square = exponent.v[0] == 2.0;
    if (n->child[0]->kind == NODE_NORM && square) {
        const value a = eval(ev, at, n->child[0]->child[0]);
        return value_dot(ev->memory, a, a);
    }
    const value base = eval(ev, at, n->child[0]);
    if (square) return value_dot(ev->memory, base, base);
    if (base.d != 1) eval_abandon(ev, EVAL_UNDECIDABLE, n, "a power of a vector");
    return value_pow(ev->memory, base, exponent.v[0]);
}

static value label(evaluation *ev, const env *at, const node *n)
{
    env inside;
    if (n->letter && at->bound[n->letter - 'a'])
        return value_scalar(ev->memory, at->index[n->letter - 'a'], 0.0);
    const definition *d = eval_lookup(ev, at, n, &inside);
    if (!d) eval_abandon(ev, EVAL_UNKNOWN, n, "unknown symbol");
    if (d->kind == DEFINITION_VECTOR || d->kind == DEFINITION_POSITIVE) {
        const bool vector = d->kind == DEFINITION_VECTOR; /* varies with theta, as a mean does */
        const uint64_t shift = 64u * (uint64_t)(vector ? at->net : 0);
        value a = value_new(ev->memory, 1, vector ? ev->w->D : 1);
        for (size_t k = 0; k < a.d; k++) {
            const double u = world_uniform(ev->w, node_hash(n) + k + shift);
            a.v[k] = vector ? 4.0 * u - 2.0 : 0.3 + 1.7 * u;
        }
        return a;
    }
    if (++ev->nesting > EVAL_NESTING)
        eval_abandon(ev, EVAL_UNDECIDABLE, n, "a name that is defined by itself");
    const value v = eval(ev, &inside, d->meaning);
    ev->nesting--;
    return v;
}

static value product(evaluation *ev, const env *at, const node *n)
{
    const value a = eval(ev, at, n->child[0]), b = eval(ev, at, n->child[1]);
    if (a.d > 1 && b.d > 1) return value_dot(ev->memory, a, b);
    return value_mul(ev->memory, a, b);
}

static value quotient(evaluation *ev, const env *at, const node *n)
{
    const value a = eval(ev, at, n->child[0]), b = eval(ev, at, n->child[1]);
    if (b.d > 1) eval_abandon(ev, EVAL_WISH, n, "a quotient of vectors");
    for (size_t i = 0; i < b.n; i++)
        if (b.v[i] == 0.0) return eval_nan(ev, "a division by zero");
    return value_div(ev->memory, a, b);
}

static value function(evaluation *ev, const env *at, const node *n)
{
    if (n->which == FUNCTION_LOG) return eval_log(ev, at, n->child[0]);
    const value a = eval(ev, at, n->child[0]);
    return value_apply(ev->memory, (function_symbol)n->which, a);
}

static value state(evaluation *ev, const env *at, const node *n)
{
    const value x = eval_state(ev, at, eval_index(ev, at, n->child[0]));
    if (!n->child[1] || !(x.v[0] == x.v[0])) return x;
    const int k = eval_index(ev, at, n->child[1]);
    if (k < 1 || k > (int)ev->w->D) return eval_nan(ev, "a coordinate outside 1 .. D appears");
    value one = value_new(ev->memory, x.n, 1);
    for (size_t i = 0; i < x.n; i++) one.v[i] = x.v[i * x.d + (size_t)k - 1];
    return one;
}

static value noise(evaluation *ev, const env *at, const node *n)
{
    const int t = eval_index(ev, at, n->child[0]);
    if (at->free_noise) return at->noise;
    if (!eval_time_ok(ev, t, 1)) return eval_nan(ev, "the noise of a step outside 1 .. T appears");
    const schedule *s = ev->w->s;
    const double a = sqrt(s->alpha_bar[t]), b = sqrt(s->var_bar[t]);
    const value x_0 =
        value_mul(ev->memory, value_scalar(ev->memory, a, 4.0 * GSL_DBL_EPSILON), at->x[0]);
    const value d = value_add(ev->memory, at->x[t], x_0, -1.0);
    return value_div(ev->memory, d, value_scalar(ev->memory, b, 4.0 * GSL_DBL_EPSILON * b));
}

static value norm(evaluation *ev, const env *at, const node *n)
{
    const value a = eval(ev, at, n->child[0]);
    return value_apply(ev->memory, FUNCTION_SQRT, value_dot(ev->memory, a, a));
}

value eval(evaluation *ev, const env *at, const node *n)
{
    eval_spend(ev, VISIT);
    value a, b;
    switch (n->kind) {
    case NODE_NUMBER:
        return value_scalar(ev->memory, n->number, fabs(n->number) * 0.5 * GSL_DBL_EPSILON);
    case NODE_LABEL: return label(ev, at, n);
    case NODE_STEPS: return value_scalar(ev->memory, (double)ev->w->T, 0.0);
    case NODE_DIM: return value_scalar(ev->memory, (double)ev->w->D, 0.0);
    case NODE_SCHEDULE: return schedule_value(ev, at, n);
    case NODE_X: return state(ev, at, n);
    case NODE_EPS: return noise(ev, at, n);
    case NODE_MU_TILDE: return eval_mu_tilde(ev, at, n);
    case NODE_NET: return eval_network(ev, at, n);
    case NODE_ADD:
    case NODE_SUB:
        a = eval(ev, at, n->child[0]);
        b = eval(ev, at, n->child[1]);
        eval_spend(ev, a.n > b.n ? a.n : b.n);
        return value_add(ev->memory, a, b, n->kind == NODE_ADD ? 1.0 : -1.0);
    case NODE_MUL: return product(ev, at, n);
    case NODE_DIV: return quotient(ev, at, n);
    case NODE_NEG: return value_neg(ev->memory, eval(ev, at, n->child[0]));
    case NODE_POW: return power(ev, at, n);
    case NODE_FUNCTION: return function(ev, at, n);
    case NODE_NORM: return norm(ev, at, n);
    case NODE_SUM:
    case NODE_PROD: return sum_or_product(ev, at, n);
    case NODE_DENSITY:
    case NODE_NORMAL: return value_apply(ev->memory, FUNCTION_EXP, eval_log(ev, at, n));
    case NODE_KL: return eval_kl(ev, at, n);
    case NODE_EXPECT: return eval_expect(ev, at, n);
    case NODE_INTEGRAL: return eval_integral(ev, at, n);
    case NODE_CONST: return value_scalar(ev->memory, 0.0, 0.0);
    default: eval_abandon(ev, EVAL_UNDECIDABLE, n, "this stands where a number should be");
    }
}

value eval_log(evaluation *ev, const env *at, const node *n)
{
    eval_spend(ev, VISIT);
    switch (n->kind) {
    case NODE_DENSITY: return eval_log_density(ev, at, n);
    case NODE_NORMAL:
        if (!n->child[0])
            eval_abandon(ev, EVAL_UNDECIDABLE, n,
                         "a normal law without its variable: write N(x; m, v)");
        return eval_log_normal(ev, eval(ev, at, n->child[0]), eval(ev, at, n->child[1]),
                               eval(ev, at, n->child[2]));
    case NODE_MUL:
        return value_add(ev->memory, eval_log(ev, at, n->child[0]), eval_log(ev, at, n->child[1]),
                         1.0);
    case NODE_DIV:
        return value_add(ev->memory, eval_log(ev, at, n->child[0]), eval_log(ev, at, n->child[1]),
                         -1.0);
    case NODE_PROD: {
        int low, high;
        bounds(ev, at, n, &low, &high);
        env inner = *at;
        inner.bound[n->letter - 'a'] = true;
        value total = value_scalar(ev->memory, 0.0, 0.0);
        for (int i = low; i <= high; i++) {
            const arena_mark before = arena_here(ev->memory);
            inner.index[n->letter - 'a'] = i;
            total = eval_fold(ev, total, eval_log(ev, &inner, n->child[2]), false, before);
        }
        return total;
    }
    case NODE_FUNCTION:
        if (n->which == FUNCTION_EXP) return eval(ev, at, n->child[0]);
        break;
    case NODE_LABEL: {
        env inside;
        const definition *d =
            n->letter && at->bound[n->letter - 'a'] ? NULL : eval_lookup(ev, at, n, &inside);
        if (!d || !d->meaning || ++ev->nesting > EVAL_NESTING) break;
        const value v = eval_log(ev, &inside, d->meaning);
        ev->nesting--;
        return v;
    }
    default: break;
    }
    const value a = eval(ev, at, n);
    if (a.d > 1) eval_abandon(ev, EVAL_WISH, n, "a logarithm of a vector");
    for (size_t i = 0; i < a.n; i++)
        if (a.v[i] <= 0.0) return eval_nan(ev, "a logarithm of something that is not positive");
    return value_apply(ev->memory, FUNCTION_LOG, a);
}
