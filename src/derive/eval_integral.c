/* eval_integral.c -- integrals over states: x_T, x_{T-1}, ... are eliminated in turn on a grid (D = 1). */
#include <math.h>
#include <string.h>

#include <gsl/gsl_math.h>

#include "derive/eval.h"

enum { MOST_FACTORS = 64, FINE = 97, COARSE = 81 };
static const double reach = 9.0;

/* One factor of the integrand, or a message: the integral over an eliminated state as a function of the
 * next one, as a table on the grid. */
typedef struct factor {
    const node *n;
    env at;
    double sign; /* -1: a divisor */
    unsigned depends;
    const double *table;
} factor;

typedef struct elimination {
    evaluation *ev;
    factor f[MOST_FACTORS];
    size_t n_factors, n; /* n nodes of the grid */
    double h, log_free;  /* factors that depend on no integrated state */
} elimination;

static node *transition(evaluation *ev, int family, int of, int given);

/* q(x_i | x_j) or p(x_i | x_j) with numbers for its indices, so that equal factors are seen to be equal. */
static const node *canonical(evaluation *ev, const env *at, const node *n)
{
    if (n->kind != NODE_DENSITY || !n->args) return n;
    const unsigned args = eval_times(ev, at, n->args), given = eval_times(ev, at, n->given);
    if (!args || args == ~0u || given == ~0u || (args & (args - 1u)) || (given & (given - 1u)))
        return n;
    int of = 0, by = given ? 0 : -1;
    while (!(args & (1u << of))) of++;
    while (given && !(given & (1u << by))) by++;
    return transition(ev, n->which, of, by);
}

/* A factor and its inverse cancel. */
static bool cancels(elimination *e, const node *n, double sign)
{
    for (size_t i = 0; i < e->n_factors; i++) {
        if (e->f[i].sign == sign || !node_equal(e->f[i].n, n)) continue;
        e->f[i] = e->f[--e->n_factors];
        return true;
    }
    return false;
}

static void add(elimination *e, const env *at, const node *n, double sign)
{
    n = canonical(e->ev, at, n);
    if (n->kind == NODE_DENSITY && cancels(e, n, sign)) return;
    if (e->n_factors == MOST_FACTORS)
        eval_abandon(e->ev, EVAL_UNDECIDABLE, n, "an integrand of more than 64 factors");
    e->f[e->n_factors++] =
        (factor){.n = n, .at = *at, .sign = sign, .depends = eval_depends(e->ev, at, n)};
}

static node *transition(evaluation *ev, int family, int of, int given)
{
    node *n = node_new(ev->memory, NODE_DENSITY, 0, 0);
    n->which = family;
    n->args = node_new(ev->memory, NODE_RANGE, 0, 0);
    n->args->child[0] = node_number(ev->memory, of, 0);
    if (given < 0) return n;
    n->given = node_new(ev->memory, NODE_RANGE, 0, 0);
    n->given->child[0] = node_number(ev->memory, given, 0);
    return n;
}

/* The Markov factors of a joint density; anything else stays whole. */
static void split_density(elimination *e, const env *at, const node *n, double sign)
{
    const unsigned args = eval_times(e->ev, at, n->args), given = eval_times(e->ev, at, n->given),
                   all = args | given;
    const int T = (int)e->ev->w->T;
    int low = 0, high = T;
    while (low < T && !(all & (1u << low))) low++;
    while (high > 0 && !(all & (1u << high))) high--;
    const bool run = all == (2u << high) - (1u << low);
    if (run && n->which == 'q' && given == 1u << low && args && !(args & given)) {
        for (int t = low + 1; t <= high; t++) add(e, at, transition(e->ev, 'q', t, t - 1), sign);
    } else if (run && n->which == 'p' && !given && high == T && args) {
        for (int t = low; t <= high; t++)
            add(e, at, transition(e->ev, 'p', t, t < T ? t + 1 : -1), sign);
    } else
        add(e, at, n, sign);
}

static void split(elimination *e, const env *at, const node *n, double sign)
{
    if (n->kind == NODE_MUL || n->kind == NODE_DIV) {
        split(e, at, n->child[0], sign);
        split(e, at, n->child[1], n->kind == NODE_DIV ? -sign : sign);
    } else if (n->kind == NODE_PROD) {
        const int low = eval_index(e->ev, at, n->child[0]),
                  high = eval_index(e->ev, at, n->child[1]);
        env inner = *at;
        inner.bound[n->letter - 'a'] = true;
        for (int t = low; t <= high; t++) {
            inner.index[n->letter - 'a'] = t;
            split(e, &inner, n->child[2], sign);
            if (t - low > MOST_FACTORS) break;
        }
    } else if (n->kind == NODE_DENSITY && n->args)
        split_density(e, at, n, sign);
    else
        add(e, at, n, sign);
}

static double node_of(const elimination *e, size_t i)
{
    return -reach + e->h * (double)i;
}

/* Put state t of an environment on the grid: every node `repeat` times, the whole `tile` times. */
static void lay(const elimination *e, env *at, int t, size_t repeat, size_t tile)
{
    at->x[t] = value_new(e->ev->memory, e->n * repeat * tile, 1);
    for (size_t i = 0; i < e->n * repeat * tile; i++)
        at->x[t].v[i] = node_of(e, (i / repeat) % e->n);
}

/* Multiply what the factor is at all points into logs (densities) or plain numbers (the rest). */
static void multiply(const elimination *e, const factor *f, env *at, size_t points, double *logs,
                     double *plain)
{
    const bool density = f->n->kind == NODE_DENSITY || f->n->kind == NODE_NORMAL;
    memcpy(at->index, f->at.index, sizeof at->index);
    memcpy(at->bound, f->at.bound, sizeof at->bound);
    const value v = density ? eval_log(e->ev, at, f->n) : eval(e->ev, at, f->n);
    for (size_t i = 0; i < points; i++) {
        const double x = v.v[v.n == 1 ? 0 : i];
        if (density)
            logs[i] += f->sign * x;
        else
            plain[i] *= f->sign > 0.0 ? x : 1.0 / x;
    }
}

/* Integrate state t out of the factors that contain it. */
static void eliminate_one(elimination *e, const env *at, int t, unsigned left)
{
    unsigned others = 0;
    for (size_t i = 0; i < e->n_factors; i++)
        if (e->f[i].depends & (1u << t)) others |= e->f[i].depends & left & ~(1u << t);
    if (others & (others - 1u))
        eval_abandon(e->ev, EVAL_UNDECIDABLE, NULL,
                     "an integrand that couples more than two neighbouring states");
    int u = 0;
    while (others && !(others & (1u << u))) u++;
    const size_t rows = others ? e->n : 1, points = rows * e->n;
    double *message = arena_take(e->ev->memory, rows * sizeof *message);
    const arena_mark mark = arena_here(e->ev->memory);
    env wide = *at;
    lay(e, &wide, t, 1, rows);
    if (others) lay(e, &wide, u, e->n, 1);
    double *logs = arena_take(e->ev->memory, points * sizeof *logs),
           *plain = arena_take(e->ev->memory, points * sizeof *plain);
    for (size_t i = 0; i < points; i++) plain[i] = 1.0;
    eval_spend(e->ev, points * e->n_factors);
    size_t kept = 0;
    for (size_t i = 0; i < e->n_factors; i++) {
        const factor f = e->f[i];
        if (!(f.depends & (1u << t)))
            e->f[kept++] = f;
        else if (f.table)
            for (size_t k = 0; k < points; k++) plain[k] *= f.table[k % e->n];
        else
            multiply(e, &f, &wide, points, logs, plain);
    }
    for (size_t k = 0; k < points; k++) message[k / e->n] += e->h * plain[k] * exp(logs[k]);
    arena_release(e->ev->memory, mark);
    e->n_factors = kept;
    e->f[e->n_factors++] = (factor){.at = *at, .sign = 1.0, .depends = others, .table = message};
}

/* A key for a product of densities at the world's own x_0, in any order of its factors; 0 for others. */
static uint64_t key_of(const elimination *e, const env *at, unsigned over)
{
    uint64_t h = e->ev->w->id ^ ((uint64_t)over << 50) ^ ((uint64_t)(unsigned)e->ev->choice << 40) ^
                 ((uint64_t)e->n << 20);
    for (size_t i = 0; i < e->n_factors; i++) {
        if (e->f[i].n->kind != NODE_DENSITY || (e->f[i].depends & ~over & ~1u)) return 0;
        h += node_hash(e->f[i].n) * (e->f[i].sign > 0.0 ? 3u : 5u);
    }
    return (h ^ (uint64_t)(at->net * 2 + at->point + 1)) | 1u;
}

static double eliminate(evaluation *ev, const env *at, unsigned over, const node *integrand,
                        size_t n)
{
    elimination *e = arena_take(ev->memory, sizeof *e);
    e->ev = ev;
    e->n = n;
    e->h = 2.0 * reach / (double)(n - 1);
    split(e, at, integrand, 1.0);
    const uint64_t key = key_of(e, at, over);
    value known;
    if (key && eval_recall(ev, key, &known)) return known.v[0];
    for (int t = (int)ev->w->T; t >= 0; t--) {
        if (!(over & (1u << t))) continue;
        eliminate_one(e, at, t, over & ((2u << t) - 1u));
    }
    double product = 1.0, logs = 0.0;
    for (size_t i = 0; i < e->n_factors; i++) {
        env one = *at;
        if (e->f[i].table)
            product *= e->f[i].table[0];
        else
            multiply(e, &e->f[i], &one, 1, &logs, &product);
    }
    product *= exp(logs);
    if (key) eval_remember(ev, key, value_scalar(ev->memory, product, 0.0));
    return product;
}

/* The environment at one point of the batch. */
static env row(evaluation *ev, const env *at, size_t i)
{
    env one = *at;
    for (size_t t = 0; t <= ev->w->T; t++) {
        if (at->x[t].n == 1) continue;
        one.x[t] = value_new(ev->memory, 1, 1);
        one.x[t].v[0] = at->x[t].v[i];
    }
    return one;
}

value eval_eliminate(evaluation *ev, const env *at, unsigned over, const node *integrand)
{
    if (ev->w->D != 1) {
        ev->wish = (world_wish){true, true, false};
        eval_abandon(ev, EVAL_WISH, integrand, "an integral over states needs one dimension");
    }
    const unsigned free_states = eval_depends(ev, at, integrand) & ~over;
    size_t n = 1;
    for (size_t t = 0; t <= ev->w->T; t++)
        if ((free_states & (1u << t)) && at->x[t].n > n) n = at->x[t].n;
    if (n > WORLD_PATHS)
        eval_abandon(ev, EVAL_EXPENSIVE, integrand,
                     "too expensive: an integral inside an expectation");
    value r = value_new(ev->memory, n, 1);
    for (size_t i = 0; i < n; i++) {
        const arena_mark mark = arena_here(ev->memory);
        const env one = row(ev, at, i);
        const double fine = eliminate(ev, &one, over, integrand, FINE),
                     coarse = eliminate(ev, &one, over, integrand, COARSE);
        arena_release(ev->memory, mark);
        r.v[i] = fine;
        r.e[i] = fabs(fine - coarse) + 1e-10 * fabs(fine); /* and what lies outside the grid */
    }
    return r;
}

/* ---- The integral sign ---- */

/* Take the density q(over | ...) out of a product: the integral is then an expectation. */
static const node *density_in(evaluation *ev, const env *at, const node *n, unsigned over,
                              node **rest)
{
    if (n->kind == NODE_DENSITY && n->which == 'q' && n->args &&
        eval_times(ev, at, n->args) == over &&
        (eval_times(ev, at, n->given) & (over - 1u) & ~over)) {
        *rest = NULL;
        return n;
    }
    if (n->kind != NODE_MUL && n->kind != NODE_DIV) return NULL;
    for (int i = 0; i < (n->kind == NODE_MUL ? 2 : 1); i++) {
        node *left = NULL;
        const node *found = density_in(ev, at, n->child[i], over, &left);
        if (!found) continue;
        node *other = node_copy(ev->memory, n->child[1 - i]);
        if (!left && n->kind == NODE_MUL)
            *rest = other;
        else
            *rest = node_binary(ev->memory, n->kind,
                                left ? left : node_number(ev->memory, 1.0, n->from), other);
        return found;
    }
    return NULL;
}

value eval_integral(evaluation *ev, const env *at, const node *n)
{
    const unsigned over = eval_times(ev, at, n->args);
    if (over == ~0u) return eval_nan(ev, "a state outside x_0 .. x_T appears");
    node *rest = NULL;
    const node *q = density_in(ev, at, n->child[0], over, &rest);
    if (q && rest) return eval_expect_under(ev, at, over, eval_times(ev, at, q->given), 0, rest);
    return eval_eliminate(ev, at, over, n->child[0]);
}
