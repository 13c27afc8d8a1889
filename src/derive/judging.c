/* judging.c -- one line with both its sides: definition, choice, or statement to be judged. */
#include "derive/reading.h"

enum { COUNTER_EXAMPLE = 60000 /* operations: its text, and the search for a hint */ };

void reading_finish(derive_line *l, derive_class class, derive_verdict verdict, const char *reason)
{
    l->class = class;
    l->verdict = verdict;
    l->reason = reason;
}

static bool names_noise(const node *n, void *data)
{
    (void)data;
    return n->kind == NODE_EPS;
}

static bool has_constant(const node *n, void *data)
{
    (void)data;
    return n->kind == NODE_CONST;
}

static bool has_free_sigma(const node *n, void *data)
{
    const checker *c = data;
    return n->kind == NODE_SCHEDULE && n->which == SYMBOL_SIGMA && c->choice == VARIANCE_OWN;
}

static bool has_states(const node *n, void *data)
{
    (void)data;
    return n->kind == NODE_X || n->kind == NODE_EPS || n->kind == NODE_DENSITY ||
           n->kind == NODE_NET || n->kind == NODE_LABEL;
}

/* Does C stand where it is no additive constant, as in C x_0? */
static bool constant_misused(const node *n)
{
    if (!n || n->kind == NODE_CONST || !node_any(n, has_constant, NULL)) return false;
    const node *a = n->child[0], *b = n->child[1];
    switch (n->kind) {
    case NODE_ADD:
    case NODE_SUB:
    case NODE_NEG:
    case NODE_EXPECT:
    case NODE_SUM:
        return constant_misused(a) || constant_misused(b) || constant_misused(n->child[2]);
    case NODE_MUL:
    case NODE_DIV: {
        const node *other = node_any(a, has_constant, NULL) ? b : a;
        return node_any(other, has_states, NULL) || constant_misused(other == a ? b : a);
    }
    default: return true;
    }
}

/* How the label's knowledge and the signs + C and proportional decide the comparison. */
static int mode_of(checker *c, const node *a, int relation, const node *b, derive_line *l)
{
    int mode = relation == REL_PROPTO ? MODE_FACTOR : MODE_EXACT;
    if (node_any(a, has_constant, NULL) || node_any(b, has_constant, NULL)) mode |= MODE_CONSTANT;
    const node *const sides[] = {a, b};
    for (int i = 0; i < 2; i++) {
        const definition *d = definition_of(c, sides[i]);
        if (!d || !d->meaning) continue;
        if (d->kind == DEFINITION_CONSTANT || d->kind == DEFINITION_AFFINE) mode |= MODE_CONSTANT;
        if (d->kind == DEFINITION_FACTOR || d->kind == DEFINITION_AFFINE) mode |= MODE_FACTOR;
    }
    if (mode == MODE_AFFINE)
        checker_assume(
            c, l,
            "read up to the additive constant that an earlier line introduced, and up to a factor",
            l->from);
    else if (mode == MODE_FACTOR && relation != REL_PROPTO)
        checker_assume(c, l, "the name was known up to a factor only: this line fixes it", l->from);
    return mode;
}

/* After a line about a label holds, the label is known as this line says. */
static void learn(checker *c, const node *a, const node *b, int mode, int relation)
{
    const node *const sides[] = {a, b};
    for (int i = 0; i < 2; i++) {
        const definition *d = definition_of(c, sides[i]);
        if (!d || !d->meaning) continue;
        const bool constant =
            relation == REL_EQUAL && mode == MODE_CONSTANT && d->kind == DEFINITION_EXACT;
        const bool fixed = relation == REL_EQUAL && mode == MODE_FACTOR;
        if (constant) definition_add(c, sides[i], sides[1 - i], DEFINITION_CONSTANT);
        if (fixed) definition_add(c, sides[i], sides[1 - i], DEFINITION_EXACT);
        return;
    }
}

static const char *question(checker *c, const judgement *j)
{
    if (j->verdict != DERIVE_NOT_UNDERSTOOD || !j->culprit || j->culprit->kind != NODE_LABEL)
        return j->reason;
    const size_t n = j->culprit->to > j->culprit->from ? j->culprit->to - j->culprit->from : 0;
    if (n == 0 || n > 60)
        return checker_format(c, "what is %s?", j->culprit->name ? j->culprit->name : "this");
    return checker_format(c, "what is `%.*s`?  Say it: derive: let %.*s = ...", (int)n,
                          c->s.text + j->culprit->from, (int)n, c->s.text + j->culprit->from);
}

static void verdict_of(reading *r, derive_line *l, const judgement *j, const node *a, const node *b)
{
    checker *c = r->c;
    reading_finish(l, DERIVE_STATEMENT, j->verdict, question(c, j));
    if (j->culprit && j->culprit->to > 0 &&
        (j->verdict == DERIVE_NOT_UNDERSTOOD || j->verdict == DERIVE_UNDECIDED))
        checker_place(c, l, j->culprit->from);
    if (j->verdict == DERIVE_OK && j->skipped && j->trouble)
        checker_assume(c, l,
                       checker_format(c, "where it has no value it was left out: %s", j->trouble),
                       l->from);
    if (j->wish.one_dimension && j->verdict <= DERIVE_WRONG)
        checker_assume(c, l, "read in one dimension (D = 1)", l->from);
    if (j->within_state)
        checker_assume(c, l,
                       "nothing here depends on theta: C is read as a constant in x_{t-1}, or the "
                       "earliest state",
                       l->from);
    if (j->verdict != DERIVE_WRONG) return;
    checker_spend(c, COUNTER_EXAMPLE);
    l->example = example_text(c, j, a, b);
    if (!l->reason) l->reason = j->only_above_one ? "it holds for D = 1 only" : NULL;
    hint_find(c, l, j, a, b);
    if (j->only_above_one && !l->hint)
        l->hint = "It holds in one dimension. How often does each coordinate count?";
}

static bool is_state(const node *n)
{
    return n->kind == NODE_X && !n->child[1];
}

/* Another way to read a line that failed: a choice of the variance, or the law of a random step. */
static bool another_reading(reading *r, derive_line *l, const node *a, const node *b)
{
    checker *c = r->c;
    if (is_state(a) && node_any(b, names_noise, NULL) && step_holds(c, a, b)) {
        reading_finish(l, DERIVE_STEP, DERIVE_OK, NULL);
        checker_assume(
            c, l,
            "epsilon is read as the fresh noise of this step: the law of the state is what holds",
            l->from);
        return true;
    }
    return false;
}

static void statement_line(reading *r, derive_line *l, node *a, int relation, node *b)
{
    checker *c = r->c;
    const world_wish one = wish_of(c, a), two = wish_of(c, b);
    const world_wish wish = {one.one_dimension || two.one_dimension,
                             one.short_chain || two.short_chain, false};
    if (constant_misused(a) || constant_misused(b)) {
        reading_finish(l, DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
                       "C stands for an additive constant only");
        return;
    }
    const int mode = mode_of(c, a, relation, b, l);
    const judgement j = judge(c, a, relation == REL_DEFINE ? REL_EQUAL : relation, b, mode, wish);
    c->starved = false;
    if (j.verdict == DERIVE_WRONG && relation == REL_EQUAL && another_reading(r, l, a, b)) return;
    if (c->starved) { /* the other reading could not be tried */
        reading_finish(l, DERIVE_STATEMENT, DERIVE_UNDECIDED,
                       "too expensive: read as a random step it takes more operations than it may");
        return;
    }
    verdict_of(r, l, &j, a, b);
    if (mode == MODE_FACTOR && a->kind == NODE_DENSITY)
        checker_assume(c, l, "proportional as a function of the density's own variable", l->from);
    if (j.verdict != DERIVE_OK) return;
    if (relation != REL_LE && relation != REL_GE && relation != REL_APPROX)
        slip_find(c, l, a, b, j.wish);
    learn(c, a, b, mode, relation);
}

/* The meaning must be evaluable, or the reader is asked at once. */
static void definition_line(reading *r, derive_line *l, const node *label, node *meaning,
                            int relation)
{
    checker *c = r->c;
    const size_t worlds = c->options.worlds;
    c->options.worlds = 1;
    c->letters = letters_free(c, label); /* f(s) = ... is for all s */
    const judgement j = judge(c, meaning, REL_EQUAL, meaning, MODE_EXACT, wish_of(c, meaning));
    c->options.worlds = worlds;
    c->letters = 0;
    if (j.verdict == DERIVE_NOT_UNDERSTOOD) {
        verdict_of(r, l, &j, meaning, meaning);
        return;
    }
    definition_kind kind = relation == REL_PROPTO ? DEFINITION_FACTOR : DEFINITION_EXACT;
    if (node_any(meaning, has_constant, NULL))
        kind = kind == DEFINITION_EXACT ? DEFINITION_CONSTANT : DEFINITION_AFFINE;
    definition_add(c, label, meaning, kind);
    reading_finish(l, DERIVE_DEFINITION, DERIVE_NOT_CHECKED,
                   kind == DEFINITION_EXACT    ? NULL
                   : kind == DEFINITION_FACTOR ? "known up to a factor"
                                               : "known up to a constant");
}

void reading_judge(reading *r, derive_line *l, const side *left, const side *right, node *first)
{
    checker *c = r->c;
    node *a = left->tree, *b = right->tree;
    const int relation = right->relation;
    size_t at = definition_arguments(c, b, a);
    if (!at) at = definition_arguments(c, b, first);
    if (!at) at = definition_arguments(c, a, b);
    if (at)
        checker_assume(c, l,
                       "a normal law without its variable takes that of the factor it stands for",
                       at - 1);
    if (right->assumption) checker_assume(c, l, right->assumption, right->assumption_at);
    if (left->assumption) checker_assume(c, l, left->assumption, left->assumption_at);
    definition_generic(c, l, a, b);
    l->left = a;
    l->right = b;
    const bool names = relation == REL_EQUAL || relation == REL_DEFINE || relation == REL_PROPTO;
    const node *wanted_left = names ? definition_wanted(c, a) : NULL,
               *wanted_right = names ? definition_wanted(c, b) : NULL;
    if (a->kind == NODE_LABEL && a->letter == 't') { /* t = T, ..., 1 */
        reading_finish(l, DERIVE_EXPRESSION, DERIVE_NOT_CHECKED, "a range of the index");
    } else if (relation == REL_EQUAL && definition_variance(c, a, b)) {
        reading_finish(l, DERIVE_DEFINITION, DERIVE_NOT_CHECKED,
                       "a choice of the variance of p_theta; it holds for the lines below");
        if (a->kind == NODE_DENSITY) statement_line(r, l, a, relation, b);
    } else if (wanted_left && !wanted_right)
        definition_line(r, l, a, b, relation);
    else if (wanted_right && !wanted_left)
        definition_line(r, l, b, a, relation);
    else if ((relation == REL_LE || relation == REL_GE) && !node_any(a, has_states, NULL) &&
             !node_any(b, has_states, NULL) &&
             (node_any(a, has_free_sigma, c) || node_any(b, has_free_sigma, c)))
        reading_finish(l, DERIVE_UNDECIDABLE, DERIVE_NOT_CHECKED,
                       "the variances of p_theta are free here: an assumption, not a claim");
    else
        statement_line(r, l, a, relation, b);
}
