/* eval_law.c -- densities of q and p_theta, Gaussian laws, divergences, the network. */
#include <math.h>

#include <gsl/gsl_math.h>

#include "derive/eval.h"

/* log N(x; m, v I) = -|x - m|^2/(2 v) - D/2 log(2 pi v). */
value eval_log_normal(evaluation *ev, value x, value mean, value var)
{
    for (size_t i = 0; i < var.n; i++)
        if (!(var.v[i] > 0.0))
            return eval_nan(ev, "a normal law of variance 0 has no density (beta_tilde_1 = 0)");
    if (var.d > 1) eval_abandon(ev, EVAL_UNDECIDABLE, NULL, "a variance that is a vector");
    value d = value_add(ev->memory, x, mean, -1.0);
    if (d.d == 1 && ev->w->D > 1) eval_abandon(ev, EVAL_WISH, NULL, "the density of a number");
    eval_spend(ev, 10 * d.n * d.d);
    const value square = value_div(ev->memory, value_dot(ev->memory, d, d),
                                   value_mul(ev->memory, eval_constant(ev, 2.0), var));
    const value logs = value_apply(ev->memory, FUNCTION_LOG,
                                   value_mul(ev->memory, eval_constant(ev, 2.0 * M_PI), var));
    const value half = value_mul(ev->memory, eval_constant(ev, 0.5 * (double)ev->w->D), logs);
    return value_neg(ev->memory, value_add(ev->memory, square, half, 1.0));
}

/* ---- q: a Markov chain that starts at the data ---- */

/* log q(x_j | x_i), i < j: mean sqrt(abar_j/abar_i) x_i, variance 1 - abar_j/abar_i. */
static value log_transition(evaluation *ev, const env *at, int i, int j)
{
    const schedule *s = ev->w->s;
    double ratio = 1.0, spread = 0.0;
    for (int t = i + 1; t <= j; t++) {
        ratio *= s->alpha[t];
        spread = s->alpha[t] * spread + s->beta[t];
    }
    const value mean = value_mul(ev->memory, eval_constant(ev, sqrt(ratio)), at->x[i]);
    return eval_log_normal(ev, at->x[j], mean, eval_constant(ev, spread));
}

/* log q(x_t) of the data's mixture. */
static value log_marginal(evaluation *ev, const env *at, int t)
{
    const value x = at->x[t];
    value r = value_new(ev->memory, x.n, 1);
    eval_spend(ev, 30 * x.n);
    for (size_t i = 0; i < x.n; i++) {
        r.v[i] = mixture_log_pdf_t(ev->w->data, ev->w->s, (size_t)t, x.v + i * x.d);
        r.e[i] = 64.0 * GSL_DBL_EPSILON * (1.0 + fabs(r.v[i]));
    }
    return r;
}

static int lowest(unsigned set)
{
    int t = 0;
    while (!(set & (1u << t))) t++;
    return t;
}

/* The transitions of the states in `set`, each to the next; bit j of `from[i]`: i -> j. */
static void transitions(unsigned set, int next[WORLD_T + 1])
{
    int last = -1;
    for (int t = 0; t <= WORLD_T; t++) next[t] = -1;
    for (int t = 0; t <= WORLD_T; t++) {
        if (!(set & (1u << t))) continue;
        if (last >= 0) next[last] = t;
        last = t;
    }
}

/* log q(A | B) = log q(A, B) - log q(B); factors that both joint densities share cancel unseen. */
static value log_q(evaluation *ev, const env *at, unsigned args, unsigned given)
{
    const unsigned both = args | given;
    int above[WORLD_T + 1], below[WORLD_T + 1];
    value sum = eval_constant(ev, 0.0);
    transitions(both, above);
    transitions(given, below);
    for (int t = 0; t <= WORLD_T; t++) {
        if (above[t] == below[t]) continue;
        if (above[t] >= 0)
            sum = value_add(ev->memory, sum, log_transition(ev, at, t, above[t]), 1.0);
        if (below[t] >= 0)
            sum = value_add(ev->memory, sum, log_transition(ev, at, t, below[t]), -1.0);
    }
    if (given && lowest(both) == lowest(given)) return sum;
    sum = value_add(ev->memory, sum, log_marginal(ev, at, lowest(both)), 1.0);
    return given ? value_add(ev->memory, sum, log_marginal(ev, at, lowest(given)), -1.0) : sum;
}

/* ---- p_theta: a Markov chain that starts at x_T ---- */

static value log_kernel(evaluation *ev, const env *at, int t) /* p(x_{t-1} | x_t) */
{
    const value mean = eval_output(ev, at, NET_MU, t, at->x[t]);
    return eval_log_normal(ev, at->x[t - 1], mean,
                           eval_constant(ev, world_sigma2(ev->w, ev->choice, (size_t)t)));
}

static value log_p_marginal(evaluation *ev, const env *at, int t)
{
    const value x = at->x[t];
    if (t == (int)ev->w->T)
        return eval_log_normal(ev, x, eval_constant(ev, 0.0), eval_constant(ev, 1.0));
    if (ev->w->D != 1) {
        ev->wish = (world_wish){true, true, false};
        eval_abandon(ev, EVAL_WISH, NULL, "the model's marginal needs one dimension");
    }
    value r = value_new(ev->memory, x.n, 1);
    eval_spend(ev, 50000 + 400 * x.n); /* a grid of 100 to 250 nodes, and its making */
    world_marginal(ev->w, at->net, ev->choice, (size_t)t, x.v, x.n, r.v);
    for (size_t i = 0; i < x.n; i++) {
        r.v[i] = log(r.v[i]);
        r.e[i] = 1e-10;
    }
    return r;
}

/* Is the set one run low .. high without holes? */
static bool contiguous(unsigned set, int *low, int *high)
{
    *low = lowest(set);
    for (*high = *low; set & (1u << (*high + 1)); ++*high) continue;
    return set >> (*high + 1) == 0;
}

static value log_p(evaluation *ev, const env *at, unsigned args, unsigned given, const node *n)
{
    const int T = (int)ev->w->T;
    int low, high;
    value sum = eval_constant(ev, 0.0);
    if (!given) {
        const bool run = contiguous(args, &low, &high);
        if (!run || (high != T && high != low))
            eval_abandon(ev, EVAL_UNDECIDABLE, n, "this marginal of p_theta is not evaluated");
        sum = log_p_marginal(ev, at, high);
    } else if (args < (given & (~given + 1u))) { /* all of A lies before B: kernels */
        const int end = lowest(given);
        if (!contiguous(args | 1u << end, &low, &high) || high != end)
            eval_abandon(ev, EVAL_UNDECIDABLE, n,
                         "p_theta over several steps at once is not evaluated");
        high = end;
    } else
        return value_add(ev->memory, log_p(ev, at, args | given, 0, n), log_p(ev, at, given, 0, n),
                         -1.0);
    for (int t = low + 1; t <= high; t++)
        sum = value_add(ev->memory, sum, log_kernel(ev, at, t), 1.0);
    return sum;
}

value eval_log_density(evaluation *ev, const env *at, const node *n)
{
    if (!n->args) eval_abandon(ev, EVAL_UNDECIDABLE, n, "a density needs its arguments here");
    const unsigned args = eval_times(ev, at, n->args), given = eval_times(ev, at, n->given);
    if (args == ~0u || given == ~0u) return eval_nan(ev, "a state outside x_0 .. x_T appears");
    if (args & given)
        return eval_nan(ev, "a density of a state given itself is a point mass (t = 1)");
    if (!args) return eval_constant(ev, 0.0);
    if (given && (given & 1u) && n->which == 'p' && !(args & 1u) && args < (given & ~1u) &&
        (given & ~1u))
        eval_abandon(ev, EVAL_UNDECIDABLE, n,
                     "p_theta given x_0 and later states is not evaluated");
    return n->which == 'q' ? log_q(ev, at, args, given) : log_p(ev, at, args, given, n);
}

/* ---- Gaussian laws of one state ---- */

/* Between its neighbours i < t < k of the chain x_t is normal:
 * precision = a_{it} / v_{it} + ..., here by conditioning the step t -> k on the step i -> t. */
void eval_bridge(evaluation *ev, const env *at, int t, unsigned given, value *mean, value *var)
{
    const schedule *s = ev->w->s;
    int below = t - 1, above = t + 1;
    while (below >= 0 && !(given & (1u << below))) below--;
    while (above <= (int)ev->w->T && !(given & (1u << above))) above++;
    if (below < 0)
        eval_abandon(ev, EVAL_UNDECIDABLE, NULL,
                     "an expectation that does not start from a given state");
    double a = 1.0, v = 0.0, b = 1.0, u = 0.0;
    for (int i = below + 1; i <= t; i++) {
        a *= s->alpha[i];
        v = s->alpha[i] * v + s->beta[i];
    }
    *mean = value_mul(ev->memory, eval_constant(ev, sqrt(a)), at->x[below]);
    if (above <= (int)ev->w->T) {
        for (int i = t + 1; i <= above; i++) {
            b *= s->alpha[i];
            u = s->alpha[i] * u + s->beta[i];
        }
        const double gain = v * sqrt(b) / (b * v + u);
        const value prediction = value_mul(ev->memory, eval_constant(ev, sqrt(b)), *mean);
        const value surprise = value_add(ev->memory, at->x[above], prediction, -1.0);
        *mean = value_add(ev->memory, *mean,
                          value_mul(ev->memory, eval_constant(ev, gain), surprise), 1.0);
        v = v * u / (b * v + u);
    }
    *var = eval_constant(ev, v);
}

bool eval_gaussian(evaluation *ev, const env *at, const node *law, value *mean, value *var)
{
    if (law->kind == NODE_NORMAL) {
        *mean = eval(ev, at, law->child[1]);
        *var = eval(ev, at, law->child[2]);
        return true;
    }
    const unsigned args = eval_times(ev, at, law->args), given = eval_times(ev, at, law->given);
    if (!args || args == ~0u || given == ~0u || (args & (args - 1u))) return false;
    const int t = lowest(args);
    if (law->which == 'p' && !given && t == (int)ev->w->T) {
        *mean = eval_constant(ev, 0.0);
        *var = eval_constant(ev, 1.0);
        return true;
    }
    if (law->which == 'p') {
        if (!(given & (1u << (t + 1))) || (given & ((1u << t) - 1u))) return false;
        *mean = eval_output(ev, at, NET_MU, t + 1, at->x[t + 1]);
        *var = eval_constant(ev, world_sigma2(ev->w, ev->choice, (size_t)t + 1));
        return true;
    }
    if (given & args) {
        *mean = at->x[t];
        *var = eval_constant(ev, 0.0);
        return true;
    }
    if (!(given & (args - 1u))) return false;
    eval_bridge(ev, at, t, given, mean, var);
    return true;
}

/* Expectation of log a - log b when the laws are not both normal laws of one state. */
static value general_kl(evaluation *ev, const env *at, const node *n)
{
    const node *a = n->child[0], *b = n->child[1];
    if (a->kind != NODE_DENSITY || a->which != 'q')
        eval_abandon(ev, EVAL_UNDECIDABLE, n, "this divergence is not evaluated");
    node *ratio =
        node_binary(ev->memory, NODE_DIV, node_copy(ev->memory, a), node_copy(ev->memory, b));
    node *log_ratio = node_new(ev->memory, NODE_FUNCTION, n->from, n->to);
    log_ratio->which = FUNCTION_LOG;
    log_ratio->child[0] = ratio;
    return eval_expect_under(ev, at, eval_times(ev, at, a->args), eval_times(ev, at, a->given), 0,
                             log_ratio);
}

/* KL(N(m,v) || N(n,u)) = |m - n|^2/(2u) + D/2 (r - 1 - log r), r = v/u. */
value eval_kl(evaluation *ev, const env *at, const node *n)
{
    value m, v, mean, u;
    if (!eval_gaussian(ev, at, n->child[0], &m, &v) ||
        !eval_gaussian(ev, at, n->child[1], &mean, &u))
        return general_kl(ev, at, n);
    for (size_t i = 0; i < v.n; i++)
        if (!(v.v[i] > 0.0))
            return eval_nan(ev, "the divergence of a point mass is infinite (beta_tilde_1 = 0)");
    const value d = value_add(ev->memory, m, mean, -1.0);
    if (d.d == 1 && ev->w->D > 1) {
        value wide = value_new(ev->memory, d.n, ev->w->D);
        return value_add(ev->memory, wide, eval_nan(ev, "the divergence of numbers"), 1.0);
    }
    eval_spend(ev, 20 * d.n * d.d);
    const value square = value_div(ev->memory, value_dot(ev->memory, d, d),
                                   value_mul(ev->memory, eval_constant(ev, 2.0), u));
    const value r = value_div(ev->memory, v, u), log_r = value_apply(ev->memory, FUNCTION_LOG, r);
    const value rest =
        value_add(ev->memory, value_add(ev->memory, r, eval_constant(ev, 1.0), -1.0), log_r, -1.0);
    return value_add(ev->memory, square,
                     value_mul(ev->memory, eval_constant(ev, 0.5 * (double)ev->w->D), rest), 1.0);
}
