/* points.c -- climbs the ladders along the valid chains of a text. */
#include "derive/points.h"

#include <string.h>

#include "derive/points_form.h"
#include "derive/points_table.h"

enum { MOST_HEIGHT = 8, MOST_LADDERS = 8 };

/* A ladder while the text is read. */
typedef struct climb {
    const char *ladder;
    int granted; /* forms up to here may be written down: an earlier item leads to them */
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

static bool is_before(const node *n)
{
    return n->kind == NODE_SCHEDULE && n->which == SYMBOL_ALPHA_BAR &&
           n->child[0]->kind == NODE_SUB;
}

/* Another quantity for alpha_bar_{t-1}; the tree is ours. */
static bool exchange_before(const node *n, void *data)
{
    if (is_before(n)) {
        ((node *)n)->which = SYMBOL_BETA;
        *(bool *)data = true;
    }
    return false;
}

/* Does alpha_bar_{t-1} stand there without effect, as in 0 abar_{t-1} or abar_{t-1}/abar_{t-1}?  Then
 * the side keeps its value when anything else stands in its place. */
static bool padded(checker *c, const node *n)
{
    bool any = false;
    node *other = node_copy(&c->memory, n);
    node_any(other, exchange_before, &any);
    return any && judge_equal(c, n, other, wish_of(c, n));
}

/* The rung that a side stands on: the highest one whose form it has, or -1. */
static int height_of(checker *c, const char *ladder, const node *n)
{
    int height = -1;
    if (strcmp(ladder, "HW3/eps") == 0 && padded(c, n)) return height;
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

/* Is the rung firm ground? */
static bool stands(const climb *k, int height)
{
    return height <= k->granted || k->reached[height];
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
    return stands(k, height) ? height : -1;
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
        if (height < 0 || !(named || belongs(c, k->ladder, l->right))) continue;
        if (named) { /* L = ...: a foothold, not an arrival */
            at = stands(k, height) ? height : -1;
            continue; /* the name of an unearned form is no foothold */
        }
        if (at >= 0) arrive(k, at, height, l->row);
        if (stands(k, height)) at = height > at ? height : at;
    }
}

static climb *climb_of(checker *c, derive_result *r, climb *all, const char *ladder, int granted)
{
    size_t i = 0;
    for (; i < MOST_LADDERS && all[i].ladder; i++)
        if (strcmp(all[i].ladder, ladder) == 0) return &all[i];
    all[i].ladder = ladder;
    all[i].granted = granted;
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
        const climb *k = climb_of(c, r, all, a->ladder, 0);
        one->earned = k->reached[a->height];
        one->row = k->row[a->height];
    }
    return n;
}

/* ---- Coursework: some milestones, and what an earlier item leads to is given ---- */

static const rung_award *award_find(const char *id)
{
    for (size_t i = 0; i < rung_award_n; i++)
        if (strcmp(rung_awards[i].id, id) == 0) return &rung_awards[i];
    return NULL;
}

const char *derive_milestone(const char *id)
{
    const rung_award *a = award_find(id);
    return a && a->ladder ? a->title : NULL;
}

/* The forms below the lowest own milestone of the ladder are given. */
static int granted_of(const char *ladder, const derive_award *own, size_t n_own)
{
    int lowest = MOST_HEIGHT;
    for (size_t i = 0; i < n_own; i++) {
        const rung_award *a = award_find(own[i].id);
        if (strcmp(a->ladder, ladder) == 0 && a->height < lowest) lowest = a->height;
    }
    return lowest == MOST_HEIGHT ? 0 : lowest - 1;
}

/* Lines that hold and say something, but whose form no own ladder knows, and the arrivals that were
 * refused behind such a line.  Padding says nothing. */
static size_t unexplained_by(checker *c, const derive_result *r, const climb *all)
{
    size_t n = 0, before = 0, chain = 0;
    for (const derive_line *l = r->lines; l; l = l->next) {
        if (l->verdict != DERIVE_OK || l->relation != '=' || !l->left || !l->right ||
            node_equal(l->left, l->right))
            continue;
        if (l->chain != chain) before = n;
        chain = l->chain;
        bool known = padded(c, l->right);
        for (size_t i = 0; i < MOST_LADDERS && all[i].ladder; i++) {
            const int height = height_of(c, all[i].ladder, l->right);
            known = known || (height >= 0 && (n == before || stands(&all[i], height)));
        }
        n += !known;
    }
    return n;
}

static size_t reach(checker *c, derive_result *r, derive_award *awards, size_t n, size_t n_own)
{
    climb all[MOST_LADDERS] = {{.ladder = NULL}};
    size_t unexplained = 0;
    for (size_t i = 0; i < n; i++) {
        const rung_award *a = award_find(awards[i].id);
        const climb *k = climb_of(c, r, all, a->ladder, granted_of(a->ladder, awards, n_own));
        awards[i].earned = k->reached[a->height];
        awards[i].row = k->row[a->height];
        if (i + 1 == n_own) unexplained = unexplained_by(c, r, all);
    }
    return unexplained;
}

size_t derive_reach(derive_result *r, derive_award *awards, size_t n, size_t n_own)
{
    checker *c = r->inside;
    jmp_buf escape;
    for (size_t i = 0; i < n; i++) awards[i].earned = false;
    c->memory.escape = &escape;
    if (r->error || setjmp(escape) != 0) return 0;
    return reach(c, r, awards, n, n_own);
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
