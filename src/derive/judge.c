/* judge.c -- compares the two sides of a line in random worlds. */
#include <math.h>
#include <string.h>

#include "derive/compare.h"

/* Take the values of both sides for one theta and one data point into the samples. */
static void take(checker *c, comparison *q, const env *base, int net, int point)
{
    env at = eval_env(&c->ev, net, point);
    memcpy(at.index, base->index, sizeof at.index);
    memcpy(at.bound, base->bound, sizeof at.bound);
    if (q->density) { /* only the states of the density's argument vary */
        for (size_t t = 1; t <= c->ev.w->T; t++)
            if (!q->density[t])
                for (size_t i = 1; i < WORLD_PATHS; i++)
                    memcpy(at.x[t].v + i * c->ev.w->D, at.x[t].v, c->ev.w->D * sizeof(double));
    }
    const value a = eval(&c->ev, &at, q->a), b = eval(&c->ev, &at, q->b);
    const size_t n = a.n > b.n ? a.n : b.n, d = a.d > b.d ? a.d : b.d;
    if (a.d != b.d) { /* a number against a vector: only 0 may stand for both */
        const value one = a.d == 1 ? a : b;
        for (size_t i = 0; i < one.n; i++)
            if (!(one.v[i] == 0.0 || one.v[i] != one.v[i])) {
                c->ev.wish.one_dimension = true;
                eval_abandon(&c->ev, EVAL_WISH, q->b, "a number equals a vector");
            }
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d && q->n < MOST_SAMPLES; k++) {
            const size_t x = value_at(&a, i, k), y = value_at(&b, i, k);
            const sample s = {a.v[x], a.e[x], b.v[y], b.e[y], net, point, i};
            if (!isfinite(s.a) || !isfinite(s.b)) {
                q->broken = true;
                if (isfinite(s.a) != isfinite(s.b)) q->one_sided++;
                continue;
            }
            q->s[q->n++] = s;
        }
}

/* x_{t-1}, when the formula has such a state. */
static bool is_before(const node *n, void *data)
{
    const node **found = data;
    if ((n->kind != NODE_X && n->kind != NODE_RANGE) || n->child[0]->kind != NODE_SUB) return false;
    *found = n->child[0];
    return true;
}

/* Without theta, + C is a constant in x_{t-1}, or in the earliest state there is; 0 when there is none. */
static int state_of_constant(checker *c, const comparison *q, const env *at)
{
    const node *index = NULL;
    if (node_any(q->a, is_before, &index) || node_any(q->b, is_before, &index))
        return eval_index(&c->ev, at, index);
    const unsigned states = (eval_depends(&c->ev, at, q->a) | eval_depends(&c->ev, at, q->b)) & ~1u;
    int t = 0;
    while (states && !(states & (1u << t))) t++;
    return t;
}

/* All values of the free letters in one world. */
static void in_world(checker *c, void *data)
{
    comparison *q = data;
    env at = {0};
    for (size_t k = 0; letters_set(c->ev.w, q->letters, k, &at); k++) {
        const arena_mark mark = arena_here(&c->work);
        char argument[WORLD_T + 1] = {0};
        q->n = 0;
        q->broken = false;
        if (q->mode == MODE_FACTOR && q->a->kind == NODE_DENSITY && q->a->args) {
            const unsigned times = eval_times(&c->ev, &at, q->a->args);
            for (size_t t = 0; t <= c->ev.w->T; t++) argument[t] = (char)(times >> t & 1u);
            q->density = argument;
        }
        if (q->mode == MODE_CONSTANT && q->theta_free) {
            const int t = state_of_constant(c, q, &at);
            if (!eval_time_ok(&c->ev, t, 1)) {
                if (!q->j->trouble)
                    q->j->trouble = "+ C says nothing when neither theta nor a state varies";
                continue;
            }
            argument[t] = 1;
            q->density = argument;
            q->j->within_state = true;
        }
        for (int net = 0; net < (q->mode != MODE_EXACT && !q->density ? NETS : 1); net++)
            for (int point = 0; point < ((q->mode & MODE_FACTOR) && !q->density ? POINTS : 1);
                 point++)
                take(c, q, &at, net, point);
        if (q->broken) {
            q->j->skipped = true;
            if (!q->j->trouble) q->j->trouble = c->ev.trouble;
        } else
            compare_samples(c, q, &at);
        q->density = NULL;
        arena_release(&c->work, mark);
    }
}

static judgement settle(const comparison *q, judgement j)
{
    if (q->refused)
        j.verdict = DERIVE_WRONG;
    else if (q->undecided) {
        j.verdict = DERIVE_UNDECIDED;
        j.reason = "the difference is larger than rounding and smaller than a mistake";
    } else if (q->valid)
        j.verdict = DERIVE_OK;
    else if (q->one_sided) {
        j.verdict = DERIVE_WRONG;
        j.reason = j.trouble;
    } else {
        j.verdict = DERIVE_UNDECIDED;
        j.reason = j.trouble ? j.trouble : "it has no value in any world";
    }
    return j;
}

static judgement abandoned(const checker *c, judgement j)
{
    j.verdict = c->ev.outcome == EVAL_UNKNOWN ? DERIVE_NOT_UNDERSTOOD : DERIVE_UNDECIDED;
    j.reason = checker_exhausted(c) ? checker_exhausted_reason : c->work.reason;
    j.culprit = c->ev.culprit;
    return j;
}

/* Worlds of three dimensions are given up where they do not decide, or cost too much. */
static world_wish flattened(world_wish wish)
{
    return (world_wish){wish.one_dimension, wish.short_chain, true};
}

judgement judge(checker *c, const node *a, int relation, const node *b, int mode, world_wish wish)
{
    comparison q = {.a = a, .b = b, .relation = relation, .mode = mode, .tolerance = c->tolerance};
    judgement j = {.wish = wish};
    q.theta_free = mode == MODE_CONSTANT && a->kind != NODE_CONST && b->kind != NODE_CONST &&
                   !letters_theta(c, a) && !letters_theta(c, b);
    q.j = &j;
    q.letters = letters_free(c, a) | letters_free(c, b) | c->letters;
    for (size_t i = 0; i < c->options.worlds; i++) {
        const world *w = checker_world(c, j.wish, i);
        if (checker_exhausted(c))
            return (judgement){.verdict = DERIVE_UNDECIDED, .reason = checker_exhausted_reason};
        if (!w) return (judgement){.verdict = DERIVE_UNDECIDED, .reason = "memory is short"};
        if (checker_guard(c, w, in_world, &q)) {
            if (!(w->D == 3 && q.undecided && !q.refused)) continue;
            return judge(c, a, relation, b, mode, flattened(j.wish)); /* the rule was too coarse */
        }
        if (w->D == 3 && c->ev.outcome == EVAL_EXPENSIVE && !q.refused && !checker_exhausted(c))
            return judge(c, a, relation, b, mode, flattened(j.wish));
        world_wish more = {j.wish.one_dimension || c->ev.wish.one_dimension,
                           j.wish.short_chain || c->ev.wish.short_chain,
                           j.wish.flat || c->ev.wish.flat};
        if (!c->ev.wish.flat) more.one_dimension = true;
        const bool new = more.one_dimension != j.wish.one_dimension ||
                         more.short_chain != j.wish.short_chain || more.flat != j.wish.flat;
        if (c->ev.outcome == EVAL_WISH && new) return judge(c, a, relation, b, mode, more);
        if (q.refused) break; /* one world is enough */
        return abandoned(c, j);
    }
    j = settle(&q, j);
    if (j.verdict == DERIVE_WRONG && !j.wish.one_dimension && j.w && j.w->D > 1) {
        const world_wish one = {true, j.wish.short_chain, false};
        j.only_above_one = judge(c, a, relation, b, mode, one).verdict == DERIVE_OK;
    }
    return j;
}

bool judge_equal(checker *c, const node *a, const node *b, world_wish wish)
{
    const size_t worlds = c->options.worlds;
    c->options.worlds = worlds < 3 ? worlds : 3;
    const judgement j = judge(c, a, REL_EQUAL, b, MODE_EXACT, wish);
    c->options.worlds = worlds;
    return j.verdict == DERIVE_OK;
}
