/* eval_quadrature.c -- expectations over one state: the rules, and a memory of what was integrated. */
#include <math.h>
#include <string.h>

#include <gsl/gsl_integration.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "derive/eval.h"

/* Nodes of the coarse rule per coordinate, in one, two and three dimensions; the fine one has 8 more, and
 * their difference is the error estimate. */
enum {
    MOST_NODES = 40,
    COARSE_1 = 26,
    COARSE_2 = 18,
    COARSE_3 = 10, /* three states */
    COARSE_SPACE = 16,
    MORE = 8,
    MEMO = 2048,
    SAMPLES = 4096
};

/* ---- Expectations that were taken already: consecutive lines share most of their terms ---- */

struct memo {
    uint64_t key[MEMO];
    double v[MEMO], e[MEMO];
    struct {
        size_t n;
        double node[MOST_NODES], weight[MOST_NODES];
    } hermite[8]; /* Gauss-Hermite rules that were used already */
};

const size_t eval_memo_bytes = sizeof(struct memo);

static uint64_t memo_key(const evaluation *ev, const env *at, unsigned over, unsigned given,
                         const node *body)
{
    uint64_t h = node_hash(body) ^ ev->w->id ^ ((uint64_t)over << 40) ^ ((uint64_t)given << 48);
    h = h * 31 + (uint64_t)at->net * 7 + (uint64_t)at->point * 3 + (uint64_t)ev->choice * 11 +
        (uint64_t)at->model * 13;
    for (int i = 0; i < 26; i++)
        if (at->bound[i]) h = (h ^ (uint64_t)(i * 64 + at->index[i] + 7)) * 0x9e3779b97f4a7c15u;
    h = h * 33 + (ev->known ? ev->known->serial : 0);
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
    while (ev->memo->hermite[i].n && ev->memo->hermite[i].n != n)
        i++; /* two rules for each of two dimensions */
    if (ev->memo->hermite[i].n == n) return i;
    gsl_integration_fixed_workspace *w =
        gsl_integration_fixed_alloc(gsl_integration_fixed_hermite, n, 0.0, 1.0, 0.0, 0.0);
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
static value integrate(evaluation *ev, const env *at, unsigned over, unsigned given,
                       const node *body, int t, rule r)
{
    const size_t D = ev->w->D;
    value mean, var;
    size_t n = 1;
    eval_law_of(ev, at, t, given, &mean, &var);
    const unsigned needed = (eval_depends(ev, at, body) | given) & ~over;
    for (size_t i = 0; i <= ev->w->T; i++)
        if ((needed & (1u << i)) && at->x[i].n > n) n = at->x[i].n;
    eval_spend(ev, 200 + 10 * n * r.m * D); /* its own sums and copies, and the rule */
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

value eval_over_state(evaluation *ev, const env *at, unsigned over, unsigned given,
                      const node *body, int t, int degree)
{
    const uint64_t key = memo_key(ev, at, over, given, body);
    value r;
    if (eval_recall(ev, key, &r)) return r;
    if (degree <= 3) {
        r = integrate(ev, at, over, given, body, t, cubature(ev));
    } else {
        const bool three = /* three states or more */
            ((over & (over - 1u)) & ((over & (over - 1u)) - 1u)) != 0;
        const size_t n = ev->w->D == 3   ? COARSE_SPACE
                         : three         ? COARSE_3
                         : ev->w->D == 1 ? COARSE_1
                                         : COARSE_2;
        const value coarse = integrate(ev, at, over, given, body, t, hermite(ev, n));
        r = integrate(ev, at, over, given, body, t, hermite(ev, n + MORE));
        for (size_t i = 0; i < r.n * r.d; i++) r.e[i] += fabs(r.v[i] - coarse.v[i]);
    }
    eval_remember(ev, key, r);
    return r;
}

/* ---- Monte Carlo, when too much is coupled ---- */

/* Draw state t given the states already there: x = mean + sd z, the same z for all lines. */
static void draw(evaluation *ev, env *wide, int t, unsigned given)
{
    value mean, var;
    eval_spend(ev, 100 * SAMPLES);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    if (!rng) eval_abandon(ev, EVAL_EXPENSIVE, NULL, "too expensive: memory is short");
    gsl_rng_set(rng, (unsigned long)((ev->w->id + (unsigned)t * 7919u) & 0xffffffffu));
    double *z = arena_take(ev->memory, SAMPLES * sizeof *z);
    for (size_t i = 0; i < SAMPLES; i++) z[i] = gsl_ran_gaussian(rng, 1.0);
    gsl_rng_free(rng);
    eval_bridge(ev, wide, t, given, &mean, &var);
    wide->x[t] = value_new(ev->memory, SAMPLES, 1);
    for (size_t i = 0; i < SAMPLES; i++)
        wide->x[t].v[i] = mean.v[value_at(&mean, i, 0)] + sqrt(var.v[0]) * z[i];
}

value eval_sampled(evaluation *ev, const env *at, unsigned over, unsigned given, const node *body)
{
    env wide = *at;
    for (int t = 0; t <= (int)ev->w->T; t++) {
        const bool needed = ((eval_depends(ev, at, body) | given) & (1u << t)) != 0;
        if (needed && !(over & (1u << t)) && at->x[t].n > 1)
            eval_abandon(ev, EVAL_EXPENSIVE, body, "too expensive: too many states are coupled");
    }
    for (int t = 0; t <= (int)ev->w->T; t++) {
        if (!(over & (1u << t))) continue;
        draw(ev, &wide, t, given);
        given |= 1u << t;
    }
    eval_spend(ev, 10 * SAMPLES);
    const value f = eval(ev, &wide, body);
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < f.n; i++) sum += f.v[i];
    const double mean = sum / (double)f.n;
    for (size_t i = 0; i < f.n; i++) squares += (f.v[i] - mean) * (f.v[i] - mean);
    return value_scalar(ev->memory, mean, 6.0 * sqrt(squares) / (double)f.n);
}
