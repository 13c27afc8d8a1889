/* hint.c -- which named mistake is it?  The hint asks, it does not answer. */
#include "derive/checker.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "derive/hint_table.h"
#include "theory/misprint.h"
#include "theory/predict.h"

/* ---- A wrong formula of src/theory/misprint.c ---- */

typedef struct search {
    const node *a, *b;
    const misprint_quantity *quantity;
    const misprint *m;
    unsigned letters;
    bool by_noise;      /* b is a step: epsilon is set to a number */
    bool by_net;        /* the network's outputs stand for epsilon and x_0 */
    bool as_ratio;      /* compare quotients, not values */
    size_t tried, hits;
} search;

static bool near(double x, double y)
{
    return isfinite(x) && isfinite(y) && fabs(x - y) <= 1e-9 * (fabs(x) + fabs(y)) + 1e-12;
}

static const node *find_kl(const node *n)
{
    if (!n) return NULL;
    if (n->kind == NODE_KL) return n;
    const node *x = find_kl(n->child[0]);
    return x ? x : find_kl(n->child[1]);
}

/* The arguments of a quantity at a point; false when this line does not have them. */
static bool arguments(checker *c, const search *s, const env *at, int t, double arg[4])
{
    const world *w = c->ev.w;
    char names[64], *rest = NULL;
    size_t n = 0;
    snprintf(names, sizeof names, "%s", s->quantity->arguments);
    if (strcmp(s->quantity->name, "kl") == 0) {
        const node *kl = find_kl(s->a) ? find_kl(s->a) : find_kl(s->b);
        value m, v, k, u;
        if (!kl || !eval_gaussian(&c->ev, at, kl->child[0], &m, &v) || !eval_gaussian(&c->ev, at, kl->child[1], &k, &u)) return false;
        arg[0] = m.v[0];
        arg[1] = v.v[0];
        arg[2] = k.v[0];
        arg[3] = u.v[0];
        return true;
    }
    for (char *name = strtok_r(names, " ", &rest); name && n < 4; name = strtok_r(NULL, " ", &rest), n++) {
        const double x_t = at->x[t].v[0];
        double x_0 = at->x[0].v[0], eps = (x_t - sqrt(w->s->alpha_bar[t]) * x_0) / sqrt(w->s->var_bar[t]);
        if (s->by_noise) eps = at->noise.v[0];
        if (s->by_net) {
            world_eps(w, at->net, (size_t)t, &x_t, &eps);
            x_0 = predict_x0_from_eps(w->s, (size_t)t, x_t, eps);
        }
        if (strcmp(name, "x_t") == 0) arg[n] = x_t;
        else if (strcmp(name, "x_0") == 0) arg[n] = x_0;
        else if (strcmp(name, "x_{t-1}") == 0) arg[n] = at->x[t - 1].v[0];
        else if (strcmp(name, "eps") == 0) arg[n] = eps;
        else if (strcmp(name, "sigma_t^2") == 0) arg[n] = world_sigma2(w, c->choice, (size_t)t);
        else return false;
    }
    return true;
}

/* a : b as the truth : the misprint, as numbers, as ratios, or as logarithms. */
static bool matches(const search *s, double a, double b, double truth, double wrong)
{
    if (near(truth, wrong)) return true; /* this point does not tell them apart */
    if (s->by_noise) return near(b, wrong);
    if (s->as_ratio) {
        const bool scale = strncmp(s->quantity->name, "weight", 6) == 0 || strcmp(s->quantity->name, "posterior_var") == 0;
        return scale && a != 0.0 && near(b / a, wrong / truth);
    }
    if ((near(a, truth) && near(b, wrong)) || (near(-a, truth) && near(-b, wrong))) return true;
    if (strcmp(s->m->id, "kl-reversed") == 0) return near(fabs(a), fabs(wrong)) && near(fabs(b), fabs(truth));
    if (a > 0.0 && b > 0.0 && near(log(b) - log(a), wrong - truth) && strcmp(s->quantity->name, "bayes") == 0) return true;
    return strcmp(s->quantity->name, "bayes") == 0 && near(b - a, wrong - truth);
}

static void in_world(checker *c, void *data)
{
    search *s = data;
    env index = {0};
    for (size_t k = 0; letters_set(c->ev.w, s->letters, k, &index); k++) {
        env at = eval_env(&c->ev, 0, 0);
        memcpy(at.index, index.index, sizeof at.index);
        memcpy(at.bound, index.bound, sizeof at.bound);
        const int t = index.bound['t' - 'a'] ? index.index['t' - 'a'] : (int)c->ev.w->T;
        if ((size_t)t < s->quantity->first_t || t < 2) continue;
        at.noise = value_new(&c->work, 1, 1);
        at.noise.v[0] = 0.731;
        at.free_noise = s->by_noise;
        double arg[4] = {0};
        const value a = eval(&c->ev, &at, s->a), b = eval(&c->ev, &at, s->b);
        if (!arguments(c, s, &at, t, arg) || !isfinite(a.v[0]) || !isfinite(b.v[0])) return;
        const double truth = s->quantity->value(c->ev.w->s, (size_t)t, arg), wrong = s->m->value(c->ev.w->s, (size_t)t, arg);
        if (near(truth, wrong)) continue;
        s->tried++;
        s->hits += matches(s, a.v[0], b.v[0], truth, wrong);
    }
}

static bool fits(checker *c, search *s)
{
    s->tried = s->hits = 0;
    for (size_t i = 0; i < 2; i++) {
        const world *w = checker_world(c, (world_wish){true, false, false}, i + 1);
        if (!w || !checker_guard(c, w, in_world, s)) return false;
    }
    return s->tried > 0 && s->hits == s->tried;
}

static bool is_misprint(checker *c, derive_line *line, search s)
{
    for (size_t q = 0; q < misprint_n_quantities; q++)
        for (const misprint *m = NULL; (m = misprint_next(misprint_quantities[q].name, m));) {
            s.quantity = &misprint_quantities[q];
            s.m = m;
            if (!fits(c, &s)) continue;
            line->misprint = m->id;
            line->hint = m->hint;
            return true;
        }
    return false;
}

/* Values first, then the readings that could be a coincidence. */
static bool any_misprint(checker *c, derive_line *line, const node *a, const node *b)
{
    search s = {.a = a, .b = b, .letters = letters_free(c, a) | letters_free(c, b)};
    if (is_misprint(c, line, s)) return true;
    s.by_net = true;
    if (is_misprint(c, line, s)) return true;
    s.by_net = false;
    s.by_noise = a->kind == NODE_X;
    if (s.by_noise && is_misprint(c, line, s)) return true;
    s.by_noise = false;
    s.as_ratio = true;
    return is_misprint(c, line, s);
}

/* ---- Terms left over, factors too many: formulas of hint_table.c ---- */

typedef struct difference {
    const judgement *j;
    const node *formula;
    double value;
    bool known;
} difference;

static void evaluate(checker *c, void *data)
{
    difference *d = data;
    env at = eval_env(&c->ev, d->j->net, d->j->point);
    memcpy(at.index, d->j->index, sizeof at.index);
    memcpy(at.bound, d->j->bound, sizeof at.bound);
    const value v = eval(&c->ev, &at, d->formula);
    d->value = v.v[v.n == 1 ? 0 : d->j->row * v.d];
    d->known = isfinite(d->value);
}

static const node *formula_of(checker *c, const char *text)
{
    source s = {.name = "hint", .text = (char *)text, .length = strlen(text), .format = SOURCE_TEX};
    const token_list t = token_cut(&c->memory, &s, 0, s.length);
    parser p = {.memory = &c->memory, .s = &s, .t = t.t};
    const node *n = parse_expression(&p, 0, t.n);
    return p.error ? NULL : n;
}

static bool from_table(checker *c, derive_line *line, const judgement *j)
{
    const double gap_now = j->right - j->left, quotient = j->right / j->left;
    for (size_t i = 0; i < hint_n; i++) {
        difference d = {.j = j, .formula = formula_of(c, hints[i].formula)};
        if (!d.formula || !checker_guard(c, j->w, evaluate, &d) || !d.known) continue;
        const double noise = 1e-12 * (fabs(j->left) + fabs(j->right)) + 4.0 * (j->left_error + j->right_error);
        const bool same = hints[i].ratio ? near(quotient, d.value) || near(quotient, 1.0 / d.value)
                                         : fabs(fabs(gap_now) - fabs(d.value)) <= noise + 1e-9 * fabs(d.value);
        if (!same || fabs(d.value) < 1e-9) continue;
        line->hint = hints[i].question;
        return true;
    }
    return false;
}

/* ---- When nothing is known of the mistake ---- */

typedef struct sides {
    const node *a, *b;
    const judgement *j;
    unsigned left, right; /* the states they depend on */
} sides;

static void dependencies(checker *c, void *data)
{
    sides *s = data;
    env at = eval_env(&c->ev, 0, 0);
    memcpy(at.index, s->j->index, sizeof at.index);
    memcpy(at.bound, s->j->bound, sizeof at.bound);
    s->left = eval_depends(&c->ev, &at, s->a) & ~1u;
    s->right = eval_depends(&c->ev, &at, s->b) & ~1u;
}

static bool averages_log(const node *n, void *data)
{
    (void)data;
    return n->kind == NODE_EXPECT;
}

static void general(checker *c, derive_line *line, const judgement *j, const node *a, const node *b)
{
    sides s = {.a = a, .b = b, .j = j};
    if (!checker_guard(c, j->w, dependencies, &s)) return;
    if ((s.left == 0) != (s.right == 0)) line->hint = "One side is a number for each x_0. Which states does the other side still depend on, and who averages over them?";
    else if (node_any(a, averages_log, NULL) != node_any(b, averages_log, NULL) || (line->relation != '=' && node_any(b, averages_log, NULL)))
        line->hint = "Is the logarithm concave or convex, and on which side of it does the expectation stand?";
    else if (node_any(a, averages_log, NULL)) line->hint = "Over which states does each expectation average, and given what?";
}

void hint_find(checker *c, derive_line *line, const judgement *j, const node *a, const node *b)
{
    if (!j->w) {
        if (j->trouble && strstr(j->trouble, "point mass")) line->hint = "What is q(x_{t-1} | x_t, x_0) at t = 1?";
        else if (j->trouble && (strstr(j->trouble, "zero") || strstr(j->trouble, "variance 0"))) line->hint = "What is beta_tilde_1?";
        else if (j->trouble && strstr(j->trouble, "before x_0")) line->hint = "Which state would come before x_0? Look at the first term of the sum.";
        return;
    }
    if (line->relation == '=' && any_misprint(c, line, a, b)) return;
    if (from_table(c, line, j)) return;
    general(c, line, j, a, b);
}
