/* step.c -- x_s = (formula with fresh noise): is it the law of the chain's, or the model's, step? */
#include <math.h>

#include <gsl/gsl_math.h>

#include "derive/checker.h"

typedef struct step {
    const node *state, *formula;
    unsigned letters;
    size_t seen, wrong;
} step;

static value at_noise(checker *c, const env *base, const node *formula, double z)
{
    env at = *base;
    at.free_noise = true;
    at.noise = value_new(&c->work, 1, c->ev.w->D);
    for (size_t k = 0; k < c->ev.w->D; k++) at.noise.v[k] = z;
    return eval(&c->ev, &at, formula);
}

/* The formula's states: its dependencies without those of the noise. */
static unsigned states(checker *c, const env *at, const node *n)
{
    if (!n || n->kind == NODE_EPS) return 0;
    if (n->kind == NODE_X || n->kind == NODE_NET || n->kind == NODE_MU_TILDE)
        return eval_depends(&c->ev, at, n);
    unsigned set = 0;
    for (int i = 0; i < 3; i++) set |= states(c, at, n->child[i]);
    return set;
}

static bool near(const value *a, const value *b)
{
    for (size_t i = 0; i < (a->n > b->n ? a->n : b->n); i++)
        for (size_t k = 0; k < (a->d > b->d ? a->d : b->d); k++) {
            const double x = a->v[value_at(a, i, k)], y = b->v[value_at(b, i, k)];
            if (!(fabs(x - y) <= 1e-10 * (1.0 + fabs(x) + fabs(y)))) return false;
        }
    return true;
}

/* Mean and variance of the state's law given the states of the formula. */
static bool law_of(checker *c, const env *at, int s, unsigned given, value *mean, value *var)
{
    const int T = (int)c->ev.w->T;
    if (given & ((1u << s) - 1u)) { /* from below, perhaps with later states: the chain q */
        eval_bridge(&c->ev, at, s, given, mean, var);
        return true;
    }
    if (s >= T || given != 1u << (s + 1)) return false; /* p_theta(x_s | x_{s+1}) */
    node *kernel = node_new(&c->work, NODE_DENSITY, 0, 0);
    kernel->which = 'p';
    kernel->args = node_new(&c->work, NODE_RANGE, 0, 0);
    kernel->args->child[0] = node_number(&c->work, s, 0);
    kernel->given = node_new(&c->work, NODE_RANGE, 0, 0);
    kernel->given->child[0] = node_number(&c->work, s + 1, 0);
    return eval_gaussian(&c->ev, at, kernel, mean, var);
}

static void in_world(checker *c, void *data)
{
    step *q = data;
    env index = {0};
    for (size_t k = 0; letters_set(c->ev.w, q->letters, k, &index); k++) {
        env at = eval_env(&c->ev, 0, 0);
        for (int l = 0; l < 26; l++) {
            at.index[l] = index.index[l];
            at.bound[l] = index.bound[l];
        }
        const int s = eval_index(&c->ev, &at, q->state->child[0]);
        if (!eval_time_ok(&c->ev, s, 0)) continue;
        const value zero = at_noise(c, &at, q->formula, 0.0),
                    one = at_noise(c, &at, q->formula, 1.0);
        const value two = at_noise(c, &at, q->formula, 2.0);
        if (!isfinite(zero.v[0]) || !isfinite(one.v[0])) continue;
        value mean, var;
        const unsigned given = states(c, &at, q->formula);
        if (given & (1u << s)) continue; /* a state given itself, at t = 1 */
        if (given == 0 || !law_of(c, &at, s, given, &mean, &var)) {
            q->wrong++;
            return;
        }
        const value sd = value_add(&c->work, one, zero, -1.0),
                    again = value_add(&c->work, two, one, -1.0);
        const bool sampler =
            !(given & ((1u << s) - 1u)) && c->choice == VARIANCE_OWN; /* its variance is free */
        const value square = value_new(&c->work, 1, 1);
        square.v[0] = sd.v[0] * sd.v[0];
        q->seen++;
        if (!near(&sd, &again) || !near(&zero, &mean) || (!sampler && !near(&square, &var)))
            q->wrong++;
    }
}

bool step_holds(checker *c, const node *state, const node *formula)
{
    step q = {.state = state, .formula = formula};
    q.letters = letters_free(c, state) | letters_free(c, formula);
    for (size_t i = 0; i < 3 && i < c->options.worlds; i++) {
        const world_wish any = {c->one_dimension, false, false};
        const world *w = checker_world(c, any, i);
        if (!w || !checker_guard(c, w, in_world, &q)) return false;
    }
    return q.seen > 0 && q.wrong == 0;
}
