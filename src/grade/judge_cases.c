/* judge_cases.c -- the schedules of a grading run and the inputs of each exercise. */
#include "grade/judge.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_rng.h>

enum { MAX_CASES = 640, RANDOM_T = 20 };

/* ---- Schedules ---- */

static schedule *random_short(const gsl_rng *rng)
{
    double beta[24];
    const size_t T = 8 + gsl_rng_uniform_int(rng, 17);
    double next = 0.003 + 0.03 * gsl_rng_uniform(rng);
    for (size_t t = 0; t < T; t++) {
        beta[t] = next;
        next += (0.7 - next) * 0.2 * gsl_rng_uniform(rng);
    }
    return schedule_from_beta_alloc(beta, T);
}

static schedule *random_linear(const gsl_rng *rng)
{
    const size_t T = 100 + gsl_rng_uniform_int(rng, 301);
    return schedule_linear_alloc(T, 1e-4 + 1e-3 * gsl_rng_uniform(rng),
                                 0.02 + 0.05 * gsl_rng_uniform(rng));
}

bool judge_world_open(judge_world *w, unsigned long seed)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    if (!rng) return false;
    gsl_rng_set(rng, seed);
    *w = (judge_world){{schedule_named_alloc("L1000"), schedule_named_alloc("S10"),
                        schedule_named_alloc("COS50"), random_short(rng), random_linear(rng)},
                       {"L1000", "S10", "COS50", "a random schedule", "a random linear schedule"},
                       seed};
    gsl_rng_free(rng);
    for (int k = 0; k < JUDGE_SCHEDULES; k++)
        if (!w->schedules[k]) {
            judge_world_close(w);
            return false;
        }
    return true;
}

void judge_world_close(judge_world *w)
{
    for (int k = 0; k < JUDGE_SCHEDULES; k++) schedule_free(w->schedules[k]);
    *w = (judge_world){.seed = w->seed};
}

/* ---- Cases ---- */

typedef struct plan {
    const exercise *e;
    const judge_world *w;
    const gsl_rng *rng;
    judge_case *cases;
    size_t n;
    bool ends; /* now the cases whose end counts apart; they come last */
    bool failed;
} plan;

static void add(plan *p, size_t which, size_t t, size_t n)
{
    const size_t inputs = exercise_inputs(p->e, n), outputs = exercise_outputs(p->e, n);
    const bool end = p->e->end_counts && t == 1;
    if (p->n == MAX_CASES || p->failed || end != p->ends) return;
    judge_case *c = &p->cases[p->n];
    double *block = calloc(inputs + 3 * outputs + 1, sizeof *block);
    if (!block) {
        p->failed = true;
        return;
    }
    *c = (judge_case){.which = which, .t = t, .n = n, .in = block, .out = block + inputs};
    c->truth = c->out + outputs;
    c->tolerance = c->truth + outputs;
    c->end = end;
    schedule *s = which < JUDGE_SCHEDULES ? p->w->schedules[which] : NULL;
    exercise_generate(p->e, p->rng, s, t, n, c->in);
    p->e->reference(s, t, n, c->in, c->truth);
    exercise_tolerance(p->e, s, t, n, c->in, c->tolerance);
    p->n++;
}

/* One or two inputs at (schedule, t): two where the signature of an error is looked up. */
static void add_at(plan *p, size_t which, size_t t)
{
    static const size_t dimensions[] = {3, 2, 5, 1, 7};
    const bool mark = which < 2;
    if (t < p->e->first_t) return;
    for (int i = 0; i < (mark ? 2 : 1); i++) {
        if (p->e->shape == SHAPE_KIND)
            for (size_t kind = 0; kind < 3; kind++) add(p, which, t, kind);
        else
            add(p, which, t, p->e->shape == SHAPE_VECTOR ? dimensions[p->n % 5] : 0);
    }
}

static void add_steps(plan *p)
{
    for (size_t which = 0; which < JUDGE_SCHEDULES; which++) {
        const size_t T = p->w->schedules[which]->T;
        if (T <= 24) {
            for (size_t t = 1; t <= T; t++) add_at(p, which, t);
            continue;
        }
        const size_t marks[] = {1, 2, 3, T / 2, T - 1, T};
        for (size_t i = 0; i < 6; i++) add_at(p, which, marks[i]);
        for (size_t i = 0; i < RANDOM_T; i++) add_at(p, which, 1 + gsl_rng_uniform_int(p->rng, T));
    }
}

static void add_paths(plan *p)
{
    static const size_t lengths[] = {2, 3, 5, 17, 40};
    const bool bare = p->e->f != F_ELBO_ON_PATH;
    for (int i = 0; i < 4; i++) {
        for (size_t k = 0; bare && k < 5; k++) add(p, JUDGE_SCHEDULES, 0, lengths[k]);
        for (size_t which = 1; !bare && which <= 3; which++)
            add(p, which, 0, p->w->schedules[which]->T);
    }
}

static void add_bins(plan *p)
{
    for (int i = 0; i < 4; i++) {
        add(p, JUDGE_SCHEDULES, 0, 0);
        add(p, JUDGE_SCHEDULES, 255, 0);
    }
    for (int i = 0; i < 40; i++) add(p, JUDGE_SCHEDULES, gsl_rng_uniform_int(p->rng, 256), 0);
}

static void add_all(plan *p)
{
    switch (p->e->shape) {
    case SHAPE_PATH: add_paths(p); break;
    case SHAPE_BIN: add_bins(p); break;
    case SHAPE_END:
        for (size_t i = 0; i < 40; i++)
            add(p, p->e->f == F_PRIOR_KL ? i % JUDGE_SCHEDULES : JUDGE_SCHEDULES, 0, 0);
        break;
    default: add_steps(p);
    }
}

size_t judge_cases_alloc(const exercise *e, const judge_world *w, judge_case **cases)
{
    plan p = {.e = e, .w = w, .cases = calloc(MAX_CASES, sizeof **cases)};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    p.rng = rng;
    *cases = p.cases;
    if (!rng || !p.cases) p.failed = true;
    if (rng) gsl_rng_set(rng, w->seed * 31 + (unsigned long)e->f + 1);
    if (!p.failed) add_all(&p);
    p.ends = true;
    if (!p.failed) add_all(&p);
    gsl_rng_free(rng);
    if (p.failed) {
        judge_cases_free(p.cases, p.n);
        *cases = NULL;
        return 0;
    }
    return p.n;
}

void judge_cases_free(judge_case *cases, size_t n)
{
    for (size_t i = 0; cases && i < n; i++) free(cases[i].in);
    free(cases);
}
