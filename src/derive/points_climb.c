/* points_climb.c -- where sides stand, and how chains lead from rung to rung. */
#include "derive/points_climb.h"

#include <string.h>

#include "derive/points_table.h"

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
    if (r->apart && f->n_laws < 3) return false;
    for (size_t i = 0; i < f->n; i++)
        if (r->densities && f->t[i].kind == 'o') return false;
    for (; wanted < RUNG_TERMS && r->must[wanted]; wanted++)
        if (!has_term(k, f, r->must[wanted], r->strict, false)) return false;
    for (size_t i = 0; i < RUNG_TERMS && r->must_not[i]; i++)
        if (has_term(k, f, r->must_not[i], false, true)) return false;
    return !r->only || f->n == wanted;
}

/* The highest rung of a ladder that has a form. */
static stand highest(climber *k, const char *ladder, const form *f)
{
    stand s = {.height = -1};
    for (size_t i = 0; i < rung_n; i++)
        if (strcmp(rungs[i].ladder, ladder) == 0 && rungs[i].height > s.height &&
            matches(k, &rungs[i], f))
            s = (stand){.height = rungs[i].height, .at_once = rungs[i].at_once};
    return s;
}

/* ---- What stands there without effect ---- */

typedef struct exchange {
    arena *memory;
    bool any;
} exchange;

/* Another quantity for alpha_bar_{t-1}; the trees are ours here and below. */
static void exchange_before(exchange *x, node *n)
{
    if (n->kind != NODE_SCHEDULE || n->which != SYMBOL_ALPHA_BAR || n->child[0]->kind != NODE_SUB)
        return;
    n->which = SYMBOL_BETA;
    x->any = true;
}

/* x_t for the means. */
static void exchange_means(exchange *x, node *n)
{
    if (n->kind != NODE_MU_TILDE && !(n->kind == NODE_NET && n->which == NET_MU)) return;
    n->kind = NODE_X;
    n->child[1] = n->child[2] = NULL;
    x->any = true;
}

/* Another mean for a normal law, 0 under an expectation, 1 + alpha_bar for a variance. */
static void exchange_laws(exchange *x, node *n)
{
    if (n->kind == NODE_NORMAL) {
        n->child[1] = node_new(x->memory, NODE_X, n->from, n->to);
        n->child[1]->child[0] = node_number(x->memory, 0.0, n->from);
    } else if (n->kind == NODE_EXPECT || n->kind == NODE_INTEGRAL)
        n->child[0] = node_number(x->memory, 0.0, n->from);
    else if (form_is_variance(n))
        n->kind = NODE_ADD;
    else
        return;
    x->any = true;
}

static void exchange_all(exchange *x, void (*one)(exchange *x, node *n), node *n)
{
    if (!n || (n->kind == NODE_FUNCTION && n->which == FUNCTION_LOG && one == exchange_laws))
        return;
    one(x, n);
    for (int i = 0; i < 3; i++) exchange_all(x, one, n->child[i]);
}

bool climb_padded(checker *c, const char *ladder, const node *n)
{
    exchange x = {.memory = &c->memory};
    node *other = node_copy(&c->memory, n);
    if (strcmp(ladder, "HW3/eps") == 0) exchange_all(&x, exchange_before, other);
    if (strcmp(ladder, "KL") == 0) exchange_all(&x, exchange_means, other);
    if (strcmp(ladder, "HW2/prior") == 0) exchange_all(&x, exchange_laws, other);
    return x.any && judge_equal(c, n, other, wish_of(c, n));
}

stand climb_stand(climber *k, const char *ladder, const node *n)
{
    checker_next_line(k->c);
    if (climb_padded(k->c, ladder, n)) return (stand){.height = -1};
    form f = form_of(k->c, readable(k->c, ladder, n));
    stand s = highest(k, ladder, &f);
    if (s.height >= 0 || strcmp(ladder, "HW1/elbo") != 0) return s;
    for (size_t i = 0; i < f.n; i++) f.t[i].coefficient = -f.t[i].coefficient;
    s = highest(k, ladder, &f);
    s.negative = true;
    return s;
}

/* ---- The value of the start ---- */

static const char *value_of(const char *ladder, bool negative)
{
    if (strcmp(ladder, "HW1/elbo") == 0)
        return negative
                   ? "-\\mathbb{E}_q\\left[\\log\\frac{p_\\theta(x_{0:T})}{q(x_{1:T}|x_0)}\\right]"
                   : "\\mathbb{E}_q\\left[\\log\\frac{p_\\theta(x_{0:T})}{q(x_{1:T}|x_0)}\\right]";
    return strcmp(ladder, "HW3/eps") == 0 ? "\\tilde\\mu_t" : NULL;
}

static bool is_divergence(checker *c, const node *n, world_variance choice, bool exact)
{
    const node *start = formula(c, "D_{KL}(q(x_{t-1}|x_t,x_0) \\| p_\\theta(x_{t-1}|x_t))");
    c->choice = choice;
    const judgement j =
        judge(c, start, REL_EQUAL, n, exact ? MODE_EXACT : MODE_CONSTANT, wish_of(c, n));
    c->choice = VARIANCE_OWN;
    return j.verdict == DERIVE_OK;
}

/* The sheet's sigma_t^2 is any variance: a choice of the text does not count, except that the
 * variances may be made equal once the general form is there. */
static bool belongs_to_kl(climber *k, const climb *on, const node *n, int height)
{
    const bool equal = on->reached[1] && (height == 2 || !k->c->options.graded);
    return is_divergence(k->c, n, VARIANCE_OWN, height == 1) ||
           (equal && height >= 2 && is_divergence(k->c, n, VARIANCE_BETA_TILDE, false));
}

bool climb_belongs(climber *k, const climb *on, const node *n, stand s)
{
    checker *c = k->c;
    const char *text = value_of(on->ladder, s.negative);
    checker_next_line(c);
    if (strcmp(on->ladder, "KL") == 0) return s.height < 1 || belongs_to_kl(k, on, n, s.height);
    return !text || judge_equal(c, formula(c, text), n, wish_of(c, n));
}

/* ---- Climbing ---- */

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

bool climb_stands(const climb *on, int height)
{
    return height <= on->granted || on->reached[height];
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
    const stand s = climb_stand(k, on->ladder, n);
    if (s.height < 0 || !climb_belongs(k, on, n, s) || !climb_stands(on, s.height)) return -1;
    return s.height > top ? s.height : top; /* whatever was reached has the same value */
}

static int part_of(const char *ladder, int height)
{
    for (size_t i = 0; i < rung_n; i++)
        if (strcmp(rungs[i].ladder, ladder) == 0 && rungs[i].height == height && rungs[i].part)
            return rungs[i].part;
    return height;
}

void climb_item(climb *on, int begin, int end)
{
    for (int h = begin + 1; h <= end; h++) {
        on->begin[h] = begin;
        on->end[h] = end;
    }
}

/* Does a step pass a whole item, from its beginning (or a form that was only written down) to its end,
 * without one of the forms between?  Then it restates the answer. */
static bool restates(const climb *k, int from, stand to, int item)
{
    const int begin = k->begin[item], end = k->end[item], low = from > begin ? from : begin;
    if (to.height < end || end - low < 2 || (from > begin && k->reached[from])) return false;
    return !(to.at_once && to.height == end && from == begin);
}

/* Arrive at a rung from another one: at most one part may be skipped, and no item as a whole. */
static void arrive(climb *k, int from, stand to, size_t row)
{
    const bool far = part_of(k->ladder, to.height) - part_of(k->ladder, from) > 2;
    for (int h = from + 1; h <= to.height; h++) {
        const bool restated = restates(k, from, to, h);
        k->restated[h] |= restated;
        if (far || restated) continue;
        if (!k->reached[h]) k->row[h] = row;
        k->reached[h] = true;
    }
}

/* One valid equality of a chain; `at` is the rung from which the chain climbs.
 * Returns  the rung from which it goes on. */
static int climb_line(climber *k, climb *on, const derive_line *l, int at)
{
    const bool named = l->class == DERIVE_DEFINITION;
    const stand s = climb_stand(k, on->ladder, l->right);
    if (s.height < 0 || !(named || climb_belongs(k, on, l->right, s))) return at;
    if (named) /* L = ...: a foothold, not an arrival; the name of an unearned form is none */
        return climb_stands(on, s.height) ? s.height : -1;
    if (at >= 0) arrive(on, at, s, l->row);
    if (!climb_stands(on, s.height)) return at;
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

climb *climb_of(climber *k, derive_result *r, climb *all, const climb *fresh)
{
    size_t i = 0;
    for (; i < MOST_LADDERS && all[i].ladder; i++)
        if (strcmp(all[i].ladder, fresh->ladder) == 0) return &all[i];
    all[i] = *fresh;
    const derive_line *last = NULL;
    for (const derive_line *l = r->lines; l && !checker_exhausted(k->c); last = l, l = l->next)
        if (l->chain && (!last || last->chain != l->chain)) climb_chain(k, &all[i], l);
    return &all[i];
}

climber climber_open(checker *c)
{
    checker_budget(c, 0.5);
    c->choice = VARIANCE_OWN;
    return (climber){.c = c, .terms = arena_take(&c->memory, MOST_TERMS * sizeof(term_form))};
}
