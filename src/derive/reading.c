/* reading.c -- what is each line: statement, definition, target, step?  Then it is judged. */
#include "derive/reading.h"

#include <string.h>

static derive_line *new_line(reading *r, size_t from, size_t to, int relation)
{
    checker *c = r->c;
    derive_line *l = checker_line(c, r->display, from, to);
    l->relation = relation;
    l->chain = c->chains;
    return l;
}

static bool outside_grammar(const side *s)
{
    return s->error && strstr(s->error, "not in the grammar") != NULL;
}

/* A side that was not understood: outside the grammar, or simply wrong. */
static void not_read(reading *r, derive_line *l, const side *s, const side *left)
{
    const bool outside = outside_grammar(s);
    if (outside && left->tree && left->tree->kind == NODE_X)
        reading_finish(l, DERIVE_STEP, DERIVE_NOT_CHECKED,
                       "the step of another sampler: its score network is not in this world");
    else if (outside)
        reading_finish(l, DERIVE_UNDECIDABLE, DERIVE_NOT_CHECKED, s->error);
    else
        reading_finish(l, DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD, s->error);
    if (!outside) checker_place(r->c, l, s->error_at);
}

static bool begins_with(const checker *c, const token_list *t, const side *s, const char *a,
                        const char *b)
{
    (void)c;
    const token *first = &t->t[s->first];
    if (s->end > s->first + 1 && first[1].kind == TOKEN_OP && first[1].op == '(')
        return false; /* min(a, b) */
    return s->end > s->first && first->kind == TOKEN_WORD &&
           (strcmp(first->name, a) == 0 || strcmp(first->name, b) == 0);
}

static bool is_number(const node *n)
{
    if (n && n->kind == NODE_NEG) n = n->child[0];
    return n && n->kind == NODE_NUMBER;
}

/* `log p >= L = ...`: the name gets its meaning from the side behind it, before it is compared. */
static void look_ahead(reading *r, size_t k)
{
    const statement *st = r->st;
    const int relation = st->sides[k].relation;
    if (k + 1 >= st->n || relation == REL_EQUAL || relation == REL_DEFINE || !st->sides[k + 1].tree)
        return;
    const int next = st->sides[k + 1].relation;
    const node *label = definition_wanted(r->c, st->sides[k].tree);
    if (!label || label != st->sides[k].tree || (next != REL_EQUAL && next != REL_DEFINE) ||
        definition_wanted(r->c, st->sides[k + 1].tree))
        return;
    definition_add(r->c, label, st->sides[k + 1].tree, DEFINITION_EXACT);
    r->defined = k + 1;
}

/* One link of a chain: sides[k] against the last side that was understood. */
static void link(reading *r, const token_list *tokens, size_t k, const side *left)
{
    checker *c = r->c;
    const side *right = &r->st->sides[k];
    derive_line *l = new_line(r, right->from, right->to, right->relation);
    if (c->skip)
        reading_finish(l, DERIVE_UNDECIDABLE, DERIVE_NOT_CHECKED, c->skip);
    else if (r->st->condition)
        reading_finish(l, DERIVE_EXPRESSION, DERIVE_NOT_CHECKED, "a side condition");
    else if (right->relation == REL_TO && begins_with(c, tokens, right, "min", "max"))
        reading_finish(l, DERIVE_TARGET, DERIVE_NOT_CHECKED,
                       "what is optimised; nothing is claimed");
    else if (begins_with(c, tokens, left, "min", "arg") ||
             begins_with(c, tokens, right, "min", "arg"))
        reading_finish(l, DERIVE_TARGET, DERIVE_NOT_CHECKED,
                       "what is optimised; nothing is claimed");
    else if (right->relation == REL_TO)
        reading_finish(l, DERIVE_UNDECIDABLE, DERIVE_NOT_CHECKED,
                       "an arrow: a limit or a diagram, not an equation");
    else if (right->relation == REL_SIM)
        reading_finish(l, DERIVE_DEFINITION, DERIVE_NOT_CHECKED, "the law of a variable");
    else if (right->relation == REL_OTHER)
        reading_finish(l, DERIVE_UNDECIDABLE, DERIVE_NOT_CHECKED, "this relation is not checked");
    else if (r->st->remark && strncmp(r->st->remark, "on ", 3) == 0 && k + 1 == r->st->n &&
             is_number(right->tree))
        reading_finish(l, DERIVE_UNDECIDABLE, DERIVE_NOT_CHECKED,
                       "a number that belongs to one schedule");
    else if (!left->tree)
        not_read(r, l, left, left);
    else if (!right->tree)
        not_read(r, l, right, left);
    else if (r->defined == k) {
        l->left = left->tree;
        l->right = right->tree;
        reading_finish(l, DERIVE_DEFINITION, DERIVE_NOT_CHECKED, NULL);
    } else if (right->relation == REL_APPROX && c->tolerance == 0.0)
        reading_finish(l, DERIVE_UNDECIDABLE, DERIVE_NOT_CHECKED,
                       "approximately: how nearly?  derive: approx 0.01");
    else
        reading_judge(r, l, left, right, r->st->sides[0].tree);
    if (c->options.explain == l->number && l->left)
        l->explained = explain_text(c, l->left, l->relation, l->right);
}

static void chain(reading *r, const token_list *tokens)
{
    statement *st = r->st;
    r->c->chains++;
    const side *last = &st->sides[0];
    for (size_t k = 1; k < st->n; k++) {
        look_ahead(r, k);
        link(r, tokens, k, last);
        if (st->sides[k].tree && st->sides[k].relation != REL_TO) last = &st->sides[k];
    }
    for (const named_part *p = st->named; p; p = p->next)
        if (definition_wanted(r->c, p->label))
            definition_add(r->c, p->label, p->part, DEFINITION_EXACT);
}

/* A side condition like `when sigma_t^2 = beta_t` chooses the variance for this display. */
static void choices(checker *c, const statement *first)
{
    for (const statement *s = first; s; s = s->next)
        if (s->condition && s->n == 2 && s->sides[0].tree && s->sides[1].tree &&
            s->sides[1].relation == REL_EQUAL)
            definition_variance(c, s->sides[0].tree, s->sides[1].tree);
}

/* A side without a relation claims nothing; but what cannot be read must be said. */
static void lone_side(checker *c, const statement *s, derive_line *l)
{
    const side *only = &s->sides[0];
    const bool dots =
        c->s.text[only->from] == '\\' && strncmp(c->s.text + only->from + 1, "dots", 4) == 0;
    const bool ellipsis = dots || strncmp(c->s.text + only->from, "\\ldots", 6) == 0 ||
                          strncmp(c->s.text + only->from, "\\cdots", 6) == 0;
    if (c->skip)
        reading_finish(l, DERIVE_UNDECIDABLE, DERIVE_NOT_CHECKED, c->skip);
    else if (only->error && outside_grammar(only))
        reading_finish(l, DERIVE_UNDECIDABLE, DERIVE_NOT_CHECKED, only->error);
    else if (only->error && !s->condition && !ellipsis) {
        reading_finish(l, DERIVE_EXPRESSION, DERIVE_NOT_UNDERSTOOD, only->error);
        checker_place(c, l, only->error_at);
    } else
        reading_finish(l, DERIVE_EXPRESSION, DERIVE_NOT_CHECKED,
                       s->condition ? "a side condition" : "no relation: nothing is claimed");
}

void reading_display(checker *c, token_list tokens, size_t display)
{
    checker_next_line(c);
    statement *first = statement_read(&c->memory, &c->s, tokens);
    const world_variance choice = c->choice;
    choices(c, first);
    const bool for_here = c->choice != choice;
    for (statement *s = first; s; s = s->next) {
        reading r = {c, s, display, 0};
        c->result->malformed |= s->malformed;
        if (s->n > 1) {
            chain(&r, &tokens);
            continue;
        }
        if (s->n == 0) continue;
        derive_line *l = new_line(&r, s->sides[0].from, s->sides[0].to, 0);
        lone_side(c, s, l);
        l->left = s->sides[0].tree;
    }
    if (for_here) c->choice = choice;
    c->skip = NULL;
}
