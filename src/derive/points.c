/* points.c -- climbs the ladders along the valid chains of a text. */
#include "derive/points.h"

#include <string.h>

#include "derive/points_form.h"
#include "derive/points_table.h"

enum { MOST_HEIGHT = 8, MOST_LADDERS = 8 };

/* A ladder while the text is read. */
typedef struct climb {
    const char *ladder;
    bool reached[MOST_HEIGHT];
    size_t row[MOST_HEIGHT];
} climb;

static const node *formula(checker *c, const char *text)
{
    source s = {
        .name = "points", .text = (char *)text, .length = strlen(text), .format = SOURCE_TEX};
    const token_list t = token_cut(&c->memory, &s, 0, s.length);
    parser p = {.memory = &c->memory, .s = &s, .t = t.t};
    const node *n = parse_expression(&p, 0, t.n);
    return p.error ? NULL : n;
}

static bool has_term(checker *c, const form *f, const char *text, bool strict, bool any_coefficient)
{
    form one = form_of(c, formula(c, text));
    if (one.n != 1) return false;
    if (any_coefficient) {
        for (size_t i = 0; i < f->n; i++) {
            one.t[0].coefficient = f->t[i].coefficient;
            if (form_has(f, &one.t[0], strict)) return true;
        }
        return false;
    }
    return form_has(f, &one.t[0], strict);
}

/* A product of densities is read through its logarithm. */
static const node *readable(checker *c, const rung *r, const node *n)
{
    if (strcmp(r->ladder, "HW1/bayes") != 0 || n->kind == NODE_FUNCTION || n->kind == NODE_ADD ||
        n->kind == NODE_SUB)
        return n;
    node *log = node_new(&c->memory, NODE_FUNCTION, n->from, n->to);
    log->which = FUNCTION_LOG;
    log->child[0] = (node *)n;
    return log;
}

static bool matches(checker *c, const rung *r, const node *n)
{
    n = readable(c, r, n);
    const form f = form_of(c, n);
    size_t wanted = 0;
    if (f.too_long || (f.has & r->has) != r->has || (f.has & r->lacks)) return false;
    if (r->once && (f.n_xt != 1 || f.n_noise != 1)) return false;
    for (; wanted < RUNG_TERMS && r->must[wanted]; wanted++)
        if (!has_term(c, &f, r->must[wanted], r->strict, false)) return false;
    for (size_t i = 0; i < RUNG_TERMS && r->must_not[i]; i++)
        if (has_term(c, &f, r->must_not[i], false, true)) return false;
    return !r->only || f.n == wanted;
}

/* The rung that a side stands on: the highest one whose form it has, or -1. */
static int height_of(checker *c, const char *ladder, const node *n)
{
    int height = -1;
    for (size_t i = 0; i < rung_n; i++)
        if (strcmp(rungs[i].ladder, ladder) == 0 && rungs[i].height > height &&
            matches(c, &rungs[i], n))
            height = rungs[i].height;
    return height;
}

/* The start's value: a side that has no name must have it, or it belongs to another derivation. */
static const char *value_of(const char *ladder)
{
    if (strcmp(ladder, "HW1/elbo") == 0)
        return "\\mathbb{E}_q\\left[\\log\\frac{p_\\theta(x_{0:T})}{q(x_{1:T}|x_0)}\\right]";
    if (strcmp(ladder, "HW3/eps") == 0) return "\\tilde\\mu_t";
    return NULL;
}

static bool belongs(checker *c, const char *ladder, const node *n)
{
    const char *text = value_of(ladder);
    return !text || judge_equal(c, formula(c, text), n, wish_of(c, n));
}

/* A name of the start's value: a label, mu_tilde. */
static const node *meant(checker *c, const char *ladder, const node *n)
{
    for (int i = 0; i < 5 && n->kind == NODE_LABEL; i++) {
        const definition *d = checker_known(c, n);
        if (!d || !d->meaning) break;
        n = d->meaning;
    }
    return strcmp(ladder, "HW3/eps") == 0 && n->kind == NODE_MU_TILDE ? NULL : n;
}

/* The rung from which a chain that begins with this side may climb: 0 for the start or a name of it, a
 * rung that was reached before, else -1. */
static int foothold(checker *c, const climb *k, const node *first)
{
    const node *n = meant(c, k->ladder, first);
    int highest = 0;
    for (int h = 1; h < MOST_HEIGHT; h++)
        if (k->reached[h]) highest = h;
    if (!n) return highest;
    const int height = height_of(c, k->ladder, n);
    if (height < 0 || !belongs(c, k->ladder, n)) return -1;
    if (height == 0) return highest; /* whatever was reached has the same value */
    return k->reached[height] ? height : -1;
}

static int part_of(const char *ladder, int height)
{
    for (size_t i = 0; i < rung_n; i++)
        if (strcmp(rungs[i].ladder, ladder) == 0 && rungs[i].height == height && rungs[i].part)
            return rungs[i].part;
    return height;
}

/* Arrive at a rung from another one: at most one part may be skipped. */
static void arrive(climb *k, int from, int to, size_t row)
{
    if (to <= from || part_of(k->ladder, to) - part_of(k->ladder, from) > 2) return;
    for (int h = from + 1; h <= to; h++) {
        if (!k->reached[h]) k->row[h] = row;
        k->reached[h] = true;
    }
}

static void climb_chain(checker *c, climb *k, const derive_line *first)
{
    int at = first->left ? foothold(c, k, first->left) : -1;
    for (const derive_line *l = first; l && l->chain == first->chain; l = l->next) {
        const bool named = l->class == DERIVE_DEFINITION && l->verdict == DERIVE_NOT_CHECKED;
        if (!l->right || (l->verdict != DERIVE_OK && !named) || l->relation != '=') return;
        const int height = height_of(c, k->ladder, l->right);
        if (height < 0 ||
            !(named || belongs(c, k->ladder, l->right) || strcmp(k->ladder, "HW1/elbo") != 0))
            continue;
        if (named) { /* L = ...: a foothold, not an arrival */
            at = height == 0 || k->reached[height] ? height : -1;
            continue; /* the name of an unearned form is no foothold */
        }
        if (at >= 0) arrive(k, at, height, l->row);
        if (at >= 0 && (height == 0 || k->reached[height]))
            at = height > at ? height : at;
        else if (at < 0 && (height == 0 || k->reached[height]))
            at = height;
    }
}

static climb *climb_of(checker *c, derive_result *r, climb *all, const char *ladder)
{
    size_t i = 0;
    for (; i < MOST_LADDERS && all[i].ladder; i++)
        if (strcmp(all[i].ladder, ladder) == 0) return &all[i];
    all[i].ladder = ladder;
    const derive_line *last = NULL;
    for (const derive_line *l = r->lines; l; last = l, l = l->next)
        if (l->chain && (!last || last->chain != l->chain)) climb_chain(c, &all[i], l);
    return &all[i];
}

size_t derive_points(derive_result *r, const char *homework,
                     derive_award awards[DERIVE_MOST_AWARDS])
{
    climb all[MOST_LADDERS] = {{.ladder = NULL}};
    checker *c = r->inside;
    jmp_buf escape;
    volatile size_t n = 0;
    const size_t length = strlen(homework);
    c->memory.escape = &escape;
    if (r->error || setjmp(escape) != 0) return n;
    for (size_t i = 0; i < rung_award_n && n < DERIVE_MOST_AWARDS; i++) {
        const rung_award *a = &rung_awards[i];
        if (strncmp(a->id, homework, length) != 0 || a->id[length] != '-') continue;
        derive_award *one = &awards[n];
        *one = (derive_award){
            .id = a->id, .title = a->title, .points = a->points, .machine = a->ladder != NULL};
        n = n + 1;
        if (!a->ladder) continue;
        const climb *k = climb_of(c, r, all, a->ladder);
        one->earned = k->reached[a->height];
        one->row = k->row[a->height];
    }
    return n;
}

void derive_print_points(FILE *out, const derive_award *awards, size_t n)
{
    double earned = 0.0, machine = 0.0, person = 0.0;
    for (size_t i = 0; i < n; i++) {
        const derive_award *a = &awards[i];
        const char *state = !a->machine ? "a person" : a->earned ? "earned" : "not reached";
        fprintf(out, "%-11s %4.1f  %-11s  %s", a->id, a->points, state, a->title);
        if (a->earned) fprintf(out, "  (line %zu)", a->row);
        fprintf(out, "\n");
        earned += a->earned ? a->points : 0.0;
        *(a->machine ? &machine : &person) += a->points;
    }
    fprintf(out, "%.1f of %.1f points by derivation; %.1f points are for a person to judge\n",
            earned, machine, person);
}
