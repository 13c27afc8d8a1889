/* points.c -- climbs the ladders along the valid chains of a text. */
#include "derive/points.h"

#include <string.h>

#include "derive/points_form.h"
#include "derive/points_table.h"

enum { MOST_HEIGHT = 8, MOST_LADDERS = 8, MOST_TERMS = 64 };

/* The forms of the table's terms, made when first needed. */
typedef struct term_form {
    const char *text;
    bool one; /* it is one term */
    form_term t;
} term_form;

/* The points of one text. */
typedef struct climber {
    checker *c;
    term_form *terms; /* [MOST_TERMS] */
    size_t n_terms;
} climber;

/* A ladder while the text is read. */
typedef struct climb {
    const char *ladder;
    bool reached[MOST_HEIGHT];
    size_t row[MOST_HEIGHT];
} climb;

/* Where a side stands: on which rung (-1: on none), and whether it is minus the form of that rung. */
typedef struct stand {
    int height;
    bool negative;
} stand;

static const node *formula(checker *c, const char *text)
{
    source s = {
        .name = "points", .text = (char *)text, .length = strlen(text), .format = SOURCE_TEX};
    const token_list t = token_cut(&c->memory, &s, 0, s.length);
    parser p = {.memory = &c->memory, .s = &s, .t = t.t};
    const node *n = parse_expression(&p, 0, t.n);
    return p.error ? NULL : n;
}

/* The one term of a formula of the table, or NULL. */
static const form_term *term_of(climber *k, const char *text)
{
    size_t i = 0;
    while (i < k->n_terms && k->terms[i].text != text) i++;
    if (i == MOST_TERMS) return NULL;
    if (i == k->n_terms) {
        const form f = form_of(k->c, formula(k->c, text));
        k->terms[k->n_terms++] = (term_form){.text = text, .one = f.n == 1, .t = f.t[0]};
    }
    return k->terms[i].one ? &k->terms[i].t : NULL;
}

static bool has_term(climber *k, const form *f, const char *text, bool strict, bool any_coefficient)
{
    const form_term *known = term_of(k, text);
    if (!known) return false;
    form_term one = *known;
    if (!any_coefficient) return form_has(f, &one, strict);
    for (size_t i = 0; i < f->n; i++) {
        one.coefficient = f->t[i].coefficient;
        if (form_has(f, &one, strict)) return true;
    }
    return false;
}

/* A product of densities is read through its logarithm. */
static const node *readable(checker *c, const char *ladder, const node *n)
{
    if (strcmp(ladder, "HW1/bayes") != 0 || n->kind == NODE_FUNCTION || n->kind == NODE_ADD ||
        n->kind == NODE_SUB)
        return n;
    node *log = node_new(&c->memory, NODE_FUNCTION, n->from, n->to);
    log->which = FUNCTION_LOG;
    log->child[0] = (node *)n;
    return log;
}

static bool matches(climber *k, const rung *r, const form *f)
{
    size_t wanted = 0;
    if (f->too_long || (f->has & r->has) != r->has || (f->has & r->lacks)) return false;
    if (r->once && (f->n_xt != 1 || f->n_noise != 1)) return false;
    for (; wanted < RUNG_TERMS && r->must[wanted]; wanted++)
        if (!has_term(k, f, r->must[wanted], r->strict, false)) return false;
    for (size_t i = 0; i < RUNG_TERMS && r->must_not[i]; i++)
        if (has_term(k, f, r->must_not[i], false, true)) return false;
    return !r->only || f->n == wanted;
}

/* The highest rung of a ladder that has a form. */
static int highest(climber *k, const char *ladder, const form *f)
{
    int height = -1;
    for (size_t i = 0; i < rung_n; i++)
        if (strcmp(rungs[i].ladder, ladder) == 0 && rungs[i].height > height &&
            matches(k, &rungs[i], f))
            height = rungs[i].height;
    return height;
}

/* The bound may be written as a loss, with all its signs turned. */
static stand stand_of(climber *k, const char *ladder, const node *n)
{
    checker_next_line(k->c);
    form f = form_of(k->c, readable(k->c, ladder, n));
    stand s = {highest(k, ladder, &f), false};
    if (s.height >= 0 || strcmp(ladder, "HW1/elbo") != 0) return s;
    for (size_t i = 0; i < f.n; i++) f.t[i].coefficient = -f.t[i].coefficient;
    return (stand){highest(k, ladder, &f), true};
}

/* The start's value: a side that has no name must have it, or it belongs to another derivation. */
static const char *value_of(const char *ladder, bool negative)
{
    if (strcmp(ladder, "HW1/elbo") == 0)
        return negative
                   ? "-\\mathbb{E}_q\\left[\\log\\frac{p_\\theta(x_{0:T})}{q(x_{1:T}|x_0)}\\right]"
                   : "\\mathbb{E}_q\\left[\\log\\frac{p_\\theta(x_{0:T})}{q(x_{1:T}|x_0)}\\right]";
    return strcmp(ladder, "HW3/eps") == 0 ? "\\tilde\\mu_t" : NULL;
}

static bool belongs(climber *k, const char *ladder, const node *n, bool negative)
{
    checker *c = k->c;
    const char *text = value_of(ladder, negative);
    if (!text) return true;
    checker_next_line(c);
    return judge_equal(c, formula(c, text), n, wish_of(c, n));
}

/* A name of the start's value: a label, mu_tilde. */
static const node *meant(checker *c, const char *ladder, const node *n)
{
    if (n->kind == NODE_NEG && n->child[0]->kind == NODE_LABEL) n = n->child[0];
    for (int i = 0; i < 5 && n->kind == NODE_LABEL; i++) {
        const definition *d = checker_known(c, n);
        if (!d || !d->meaning) break;
        n = d->meaning;
    }
    return strcmp(ladder, "HW3/eps") == 0 && n->kind == NODE_MU_TILDE ? NULL : n;
}

/* The rung from which a chain that begins with this side may climb: 0 for the start or a name of it, a
 * rung that was reached before, else -1. */
static int foothold(climber *k, const climb *on, const node *first)
{
    const node *n = meant(k->c, on->ladder, first);
    int top = 0;
    for (int h = 1; h < MOST_HEIGHT; h++)
        if (on->reached[h]) top = h;
    if (!n) return top;
    const stand s = stand_of(k, on->ladder, n);
    if (s.height < 0 || !belongs(k, on->ladder, n, s.negative)) return -1;
    if (s.height == 0) return top; /* whatever was reached has the same value */
    return on->reached[s.height] ? s.height : -1;
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

/* One valid equality of a chain; `at` is the rung from which the chain climbs.
 * Returns  the rung from which it goes on. */
static int climb_line(climber *k, climb *on, const derive_line *l, int at)
{
    const bool named = l->class == DERIVE_DEFINITION;
    const stand s = stand_of(k, on->ladder, l->right);
    if (s.height < 0 || !(named || strcmp(on->ladder, "HW1/elbo") != 0 ||
                          belongs(k, on->ladder, l->right, s.negative)))
        return at;
    const bool firm = s.height == 0 || on->reached[s.height];
    if (named)
        return firm ? s.height : -1; /* L = ...: a foothold, not an arrival; the name of an
                                             * unearned form is none */
    if (at >= 0) arrive(on, at, s.height, l->row);
    if (s.height != 0 && !on->reached[s.height]) return at;
    return s.height > at ? s.height : at;
}

/* Equalities lead from rung to rung.  What holds in another sense (an inequality, an approximation, a
 * proportionality) says nothing of the value: behind it the chain begins anew. */
static void climb_chain(climber *k, climb *on, const derive_line *first)
{
    int at = -1;
    bool anew = true;
    for (const derive_line *l = first; l && l->chain == first->chain; l = l->next) {
        const bool named = l->class == DERIVE_DEFINITION && l->verdict == DERIVE_NOT_CHECKED;
        if (l->verdict != DERIVE_OK && l->verdict != DERIVE_NOT_CHECKED) return;
        if (anew) at = l->left ? foothold(k, on, l->left) : -1;
        anew = !(l->relation == REL_EQUAL || l->relation == REL_DEFINE) || !l->right ||
               (l->verdict == DERIVE_NOT_CHECKED && !named);
        if (!anew) at = climb_line(k, on, l, at);
    }
}

static climb *climb_of(climber *k, derive_result *r, climb *all, const char *ladder)
{
    size_t i = 0;
    for (; i < MOST_LADDERS && all[i].ladder; i++)
        if (strcmp(all[i].ladder, ladder) == 0) return &all[i];
    all[i].ladder = ladder;
    const derive_line *last = NULL;
    for (const derive_line *l = r->lines; l && !checker_exhausted(k->c); last = l, l = l->next)
        if (l->chain && (!last || last->chain != l->chain)) climb_chain(k, &all[i], l);
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
    checker_budget(c, 0.5);
    climber k = {.c = c, .terms = arena_take(&c->memory, MOST_TERMS * sizeof *k.terms)};
    for (size_t i = 0; i < rung_award_n && n < DERIVE_MOST_AWARDS; i++) {
        const rung_award *a = &rung_awards[i];
        if (strncmp(a->id, homework, length) != 0 || a->id[length] != '-') continue;
        derive_award *one = &awards[n];
        *one = (derive_award){
            .id = a->id, .title = a->title, .points = a->points, .machine = a->ladder != NULL};
        n = n + 1;
        if (!a->ladder) continue;
        const climb *on = climb_of(&k, r, all, a->ladder);
        one->earned = on->reached[a->height];
        one->row = on->row[a->height];
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
