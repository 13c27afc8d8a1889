/* hint.c -- which named mistake is it?  The hint asks, it does not answer. */
#include "derive/checker.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "derive/hint_table.h"
#include "theory/misprint.h"
#include "theory/predict.h"

/* ---- A wrong formula of src/theory/misprint.c ---- */

enum { MOST_POINTS = 16, FORMULA = 40 /* operations of one wrong formula at one point */ };

/* Both sides at one time of one world (D = 1), with what the formulas take as arguments. */
typedef struct point {
    const world *w;
    size_t t;
    double a, b;    /* the sides, with epsilon that of the path */
    double b_noise; /* the right side with epsilon = noise, for random steps */
    double x_t, x_prev, x_0, eps, eps_net, x_0_net, sigma2;
    double kl[4]; /* arguments of the line's divergence */
    bool has_kl;
} point;

typedef struct search {
    const node *a, *b;
    unsigned letters;
    point at[MOST_POINTS];
    size_t n;
} search;

/* How the line's symbols are matched with a formula's arguments. */
typedef enum manner { BY_PATH, BY_NETWORK, BY_NOISE, BY_RATIO, MANNERS } manner;

static const double noise = 0.731;

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

static double first(value v)
{
    return v.v[0];
}

static void take_kl(checker *c, const env *at, const search *s, point *p)
{
    const node *kl = find_kl(s->a) ? find_kl(s->a) : find_kl(s->b);
    value m, v, k, u;
    p->has_kl = kl && eval_gaussian(&c->ev, at, kl->child[0], &m, &v) &&
                eval_gaussian(&c->ev, at, kl->child[1], &k, &u);
    if (!p->has_kl) return;
    p->kl[0] = first(m);
    p->kl[1] = first(v);
    p->kl[2] = first(k);
    p->kl[3] = first(u);
}

static void take_point(checker *c, env *at, search *s, int t)
{
    const world *w = c->ev.w;
    point *p = &s->at[s->n];
    *p = (point){.w = w,
                 .t = (size_t)t,
                 .x_t = first(at->x[t]),
                 .x_prev = first(at->x[t - 1]),
                 .x_0 = first(at->x[0])};
    p->eps = (p->x_t - sqrt(w->s->alpha_bar[t]) * p->x_0) / sqrt(w->s->var_bar[t]);
    world_eps(w, at->net, p->t, &p->x_t, &p->eps_net);
    p->x_0_net = predict_x0_from_eps(w->s, p->t, p->x_t, p->eps_net);
    p->sigma2 = world_sigma2(w, c->choice, p->t);
    p->a = first(eval(&c->ev, at, s->a));
    p->b = first(eval(&c->ev, at, s->b));
    if (s->a->kind == NODE_X) {
        at->free_noise = true;
        at->noise = value_scalar(&c->work, noise, 0.0);
        p->b_noise = first(eval(&c->ev, at, s->b));
        at->free_noise = false;
    }
    take_kl(c, at, s, p);
    s->n += isfinite(p->a) && isfinite(p->b);
}

static void take_points(checker *c, void *data)
{
    search *s = data;
    env index = {0};
    for (size_t k = 0; letters_set(c->ev.w, s->letters, k, &index) && s->n < MOST_POINTS; k++) {
        env at = eval_env(&c->ev, 0, 0);
        memcpy(at.index, index.index, sizeof at.index);
        memcpy(at.bound, index.bound, sizeof at.bound);
        const int t = index.bound['t' - 'a'] ? index.index['t' - 'a'] : (int)c->ev.w->T;
        if (t >= 2) take_point(c, &at, s, t);
    }
}

/* The arguments of a quantity at a point; false when this line does not have them. */
static bool arguments(const misprint_quantity *q, const point *p, manner how, double arg[4])
{
    char names[64], *rest = NULL;
    size_t n = 0;
    if (strcmp(q->name, "kl") == 0) {
        memcpy(arg, p->kl, sizeof p->kl);
        return p->has_kl;
    }
    snprintf(names, sizeof names, "%s", q->arguments);
    for (char *name = strtok_r(names, " ", &rest); name && n < 4;
         name = strtok_r(NULL, " ", &rest), n++) {
        if (strcmp(name, "x_t") == 0)
            arg[n] = p->x_t;
        else if (strcmp(name, "x_0") == 0)
            arg[n] = how == BY_NETWORK ? p->x_0_net : p->x_0;
        else if (strcmp(name, "x_{t-1}") == 0)
            arg[n] = p->x_prev;
        else if (strcmp(name, "eps") == 0)
            arg[n] = how == BY_NOISE ? noise : how == BY_NETWORK ? p->eps_net : p->eps;
        else if (strcmp(name, "sigma_t^2") == 0)
            arg[n] = p->sigma2;
        else
            return false;
    }
    return true;
}

/* Left : right as the truth : the misprint, as numbers, as ratios, or as logarithms. */
static bool matches(const misprint *m, const point *p, manner how, double truth, double wrong)
{
    const bool bayes = strcmp(m->quantity, "bayes") == 0;
    if (how == BY_NOISE) return near(p->b_noise, wrong);
    if (how == BY_RATIO) {
        const bool scale =
            strncmp(m->quantity, "weight", 6) == 0 || strcmp(m->quantity, "posterior_var") == 0;
        return scale && p->a != 0.0 && near(p->b / p->a, wrong / truth);
    }
    if ((near(p->a, truth) && near(p->b, wrong)) || (near(-p->a, truth) && near(-p->b, wrong)))
        return true;
    if (strcmp(m->id, "kl-reversed") == 0)
        return near(fabs(p->a), fabs(wrong)) && near(fabs(p->b), fabs(truth));
    if (bayes && p->a > 0.0 && p->b > 0.0 && near(log(p->b) - log(p->a), wrong - truth))
        return true;
    return bayes && near(p->b - p->a, wrong - truth);
}

static bool fits(checker *c, const search *s, const misprint_quantity *q, const misprint *m,
                 manner how)
{
    size_t tried = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (!checker_spend(c, FORMULA)) return false;
        const point *p = &s->at[i];
        double arg[4] = {0};
        if (!arguments(q, p, how, arg)) return false;
        const double truth = q->value(p->w->s, p->t, arg), wrong = m->value(p->w->s, p->t, arg);
        if (near(truth, wrong)) continue; /* this point does not tell them apart */
        if (!matches(m, p, how, truth, wrong)) return false;
        tried++;
    }
    return tried > 0;
}

static bool find_misprint(checker *c, derive_line *line, const node *a, const node *b)
{
    search s = {.a = a, .b = b, .letters = letters_free(c, a) | letters_free(c, b)};
    for (size_t i = 0; i < 2; i++) {
        const world *w = checker_world(c, (world_wish){true, false, false}, i + 1);
        if (!w || !checker_guard(c, w, take_points, &s)) return false;
    }
    for (int how = 0; how < MANNERS; how++) {
        if (how == BY_NOISE && a->kind != NODE_X) continue;
        for (size_t q = 0; q < misprint_n_quantities; q++)
            for (const misprint *m = NULL; (m = misprint_next(misprint_quantities[q].name, m));) {
                if (!fits(c, &s, &misprint_quantities[q], m, (manner)how)) continue;
                line->misprint = m->id;
                line->hint = m->hint;
                return true;
            }
    }
    return false;
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

static void parse_table(checker *c)
{
    if (c->hint_formulas) return;
    c->hint_formulas = arena_take(&c->memory, hint_n * sizeof *c->hint_formulas);
    for (size_t i = 0; i < hint_n; i++) c->hint_formulas[i] = formula_of(c, hints[i].formula);
}

static bool from_table(checker *c, derive_line *line, const judgement *j)
{
    parse_table(c);
    const double gap_now = j->right - j->left, quotient = j->right / j->left;
    for (size_t i = 0; i < hint_n; i++) {
        difference d = {.j = j, .formula = c->hint_formulas[i]};
        if (!d.formula || !checker_guard(c, j->w, evaluate, &d) || !d.known) continue;
        const double rounding =
            1e-12 * (fabs(j->left) + fabs(j->right)) + 4.0 * (j->left_error + j->right_error);
        const bool same =
            hints[i].ratio ? near(quotient, d.value) || near(quotient, 1.0 / d.value)
                           : fabs(fabs(gap_now) - fabs(d.value)) <= rounding + 1e-9 * fabs(d.value);
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
    if ((s.left == 0) != (s.right == 0))
        line->hint = "One side is a number for each x_0. Which states does the other side still "
                     "depend on, and who averages over them?";
    else if (node_any(a, averages_log, NULL) != node_any(b, averages_log, NULL) ||
             (line->relation != '=' && node_any(b, averages_log, NULL)))
        line->hint = "Is the logarithm concave or convex, and on which side of it does the "
                     "expectation stand?";
    else if (node_any(a, averages_log, NULL))
        line->hint = "Over which states does each expectation average, and given what?";
}

void hint_find(checker *c, derive_line *line, const judgement *j, const node *a, const node *b)
{
    if (!j->w) {
        if (j->trouble && strstr(j->trouble, "point mass"))
            line->hint = "What is q(x_{t-1} | x_t, x_0) at t = 1?";
        else if (j->trouble && (strstr(j->trouble, "zero") || strstr(j->trouble, "variance 0")))
            line->hint = "What is beta_tilde_1?";
        else if (j->trouble && strstr(j->trouble, "before x_0"))
            line->hint = "Which state would come before x_0? Look at the first term of the sum.";
        return;
    }
    if (line->relation == '=' && find_misprint(c, line, a, b)) return;
    if (from_table(c, line, j)) return;
    general(c, line, j, a, b);
}
