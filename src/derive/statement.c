/* statement.c -- cuts a display into statements. */
#include "derive/statement.h"

#include <string.h>

enum { FEW_SIDES = 4 };

typedef struct cutter {
    arena *memory;
    const source *s;
    token *t;
    size_t n;
    statement *first, **tail, *now, *latest;
    bool condition;
} cutter;

static bool is_op(const cutter *c, size_t i, const char *set)
{
    return i < c->n && c->t[i].kind == TOKEN_OP && c->t[i].op < 128 &&
           strchr(set, c->t[i].op) != NULL;
}

static bool is_break(const cutter *c, size_t i)
{
    return i < c->n && (c->t[i].kind == TOKEN_ROW || c->t[i].kind == TOKEN_SPACE);
}

static size_t skip_breaks(const cutter *c, size_t i)
{
    while (is_break(c, i)) i++;
    return i;
}

/* `\quad (7)` at the end of a row is a number of the equation. */
static size_t equation_number(const cutter *c, size_t i)
{
    if (!is_op(c, i, "(") || i + 2 >= c->n || c->t[i + 1].kind != TOKEN_NUMBER ||
        !is_op(c, i + 2, ")"))
        return 0;
    const size_t after = i + 3;
    return after >= c->n || c->t[after].kind == TOKEN_ROW || is_op(c, after, ".,;") ? 3 : 0;
}

static void begin(cutter *c)
{
    statement *s = arena_take(c->memory, sizeof *s);
    s->capacity = FEW_SIDES;
    s->sides = arena_take(c->memory, FEW_SIDES * sizeof *s->sides);
    s->condition = c->condition;
    c->now = c->latest = s;
    *c->tail = s;
    c->tail = &s->next;
}

/* Room for one more side. */
static void grow(cutter *c, statement *s)
{
    if (s->n < s->capacity) return;
    side *more = arena_take(c->memory, 2 * s->capacity * sizeof *more);
    memcpy(more, s->sides, s->n * sizeof *more);
    s->sides = more;
    s->capacity *= 2;
}

/* The tokens first .. end become the next side of the present statement. */
static void add_side(cutter *c, size_t first, size_t end, int relation)
{
    while (first < end && is_break(c, first)) first++;
    while (end > first && is_break(c, end - 1)) end--;
    if (first == end && !c->now) return;
    if (!c->now) begin(c);
    grow(c, c->now);
    side *s = &c->now->sides[c->now->n];
    if (first == end) {
        if (c->now->n == 0 || relation == 0) return;
        s->error = "nothing stands after this relation";
        s->error_at = c->t[first > 0 ? first - 1 : 0].from;
        s->from = s->to = s->error_at;
    } else {
        s->from = c->t[first].from;
        s->to = c->t[end - 1].to;
    }
    s->first = first;
    s->end = end;
    s->relation = relation;
    c->now->n++;
}

static bool opens_condition(const char *text)
{
    static const char *const words[] = {"where", "with",  "for",   "if",          "when",
                                        "on ",   "since", "given", "independent", "as "};
    while (*text == ' ' || *text == ',') text++;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strncmp(text, words[i], strlen(words[i])) == 0) return true;
    return false;
}

/* Does the chain go on after the break(s) at i? */
static bool goes_on(const cutter *c, size_t start, size_t i)
{
    const size_t after = skip_breaks(c, i);
    if (after >= c->n) return true; /* nothing follows */
    if (c->t[after].kind == TOKEN_RELATION && c->t[after].op != REL_IMPLIES) return true;
    if (is_op(c, after, "+-*/")) return true;
    return i > start && (is_op(c, i - 1, "+-*/=") || c->t[i - 1].kind == TOKEN_RELATION);
}

/* Do words stand where a quantity should, next to an operator or a relation? */
static bool within(const cutter *c, size_t i)
{
    const size_t after = skip_breaks(c, i + 1);
    if (i > 0 && is_op(c, i - 1, "+-*/^_")) return true;
    if (i > 0 && c->t[i - 1].kind == TOKEN_RELATION) return true;
    if (after >= c->n || after > i + 1) return false;
    return is_op(c, after, "+-*/^_") || c->t[after].kind == TOKEN_RELATION;
}

/* Everything up to the end becomes statements. */
static void cut(cutter *c)
{
    size_t start = 0;
    int depth = 0, relation = 0;
    for (size_t i = 0; i <= c->n; i++) {
        const token *t = &c->t[i < c->n ? i : c->n];
        const bool end = i == c->n;
        if (!end && is_op(c, i, "({[")) depth++;
        if (!end && is_op(c, i, ")}]")) depth--;
        if (!end && depth > 0) continue;
        if (end || (t->kind == TOKEN_TEXT && !within(c, i)) || is_op(c, i, ",;.:") ||
            (t->kind == TOKEN_RELATION && t->op == REL_IMPLIES) ||
            (is_break(c, i) && !goes_on(c, start, i))) {
            add_side(c, start, i, relation);
            relation = 0;
            if (!end && t->kind == TOKEN_TEXT && c->latest) c->latest->remark = t->name;
            c->now = NULL;
            if (!end && t->kind == TOKEN_TEXT && opens_condition(t->name)) c->condition = true;
            if (!end && t->kind == TOKEN_ROW) c->condition = false;
            start = i + 1;
        } else if (t->kind == TOKEN_RELATION) {
            const size_t next = skip_breaks(c, i + 1);
            const bool twice =
                next < c->n && c->t[next].kind == TOKEN_RELATION && c->t[next].op == t->op;
            add_side(c, start, i, relation);
            relation = t->op;
            if (twice) i = next; /* `= \\ =` is one */
            start = i + 1;
        }
    }
}

/* A run of line breaks and spaces is one of them, so that looking past it is one step. */
static void join_breaks(cutter *c)
{
    size_t kept = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (!is_break(c, i) || kept == 0 || !is_break(c, kept - 1))
            c->t[kept++] = c->t[i];
        else if (c->t[i].kind == TOKEN_ROW)
            c->t[kept - 1].kind = TOKEN_ROW;
    }
    c->t[kept] = c->t[c->n];
    c->n = kept;
}

/* Drop the numbers of equations, so that a sum can go on in the next row. */
static void drop_numbers(cutter *c)
{
    size_t kept = 0;
    for (size_t i = 0; i < c->n; i++) {
        const size_t number = is_break(c, i) ? equation_number(c, skip_breaks(c, i)) : 0;
        if (number)
            i = skip_breaks(c, i) + number - 1;
        else
            c->t[kept++] = c->t[i];
    }
    c->t[kept] = c->t[c->n];
    c->n = kept;
}

static void parse_sides(cutter *c, statement *s)
{
    for (size_t i = 0; i < s->n; i++) {
        side *x = &s->sides[i];
        if (x->error) continue;
        parser p = {.memory = c->memory, .s = c->s, .t = c->t};
        node *tree = parse_expression(&p, x->first, x->end);
        x->error = p.error;
        x->error_at = p.error_at;
        x->assumption = p.assumption;
        x->assumption_at = p.assumption_at;
        if (!p.error) x->tree = tree;
        if (!p.error && p.named) {
            named_part *last = p.named;
            while (last->next) last = last->next;
            last->next = s->named;
            s->named = p.named;
        }
        s->malformed |= p.malformed;
    }
}

/* The first brace without its partner, or NULL. */
static const token *lonely_brace(const cutter *c)
{
    size_t depth = 0;
    const token *open = NULL;
    for (size_t i = 0; i < c->n; i++) {
        if (is_op(c, i, "{") && depth++ == 0) open = &c->t[i];
        if (is_op(c, i, "}") && depth-- == 0) return &c->t[i];
    }
    return depth > 0 ? open : NULL;
}

statement *statement_read(arena *memory, const source *s, token_list tokens)
{
    cutter c = {.memory = memory, .s = s, .t = tokens.t, .n = tokens.n};
    c.tail = &c.first;
    join_breaks(&c);
    drop_numbers(&c);
    join_breaks(&c);
    const token *lonely = lonely_brace(&c);
    if (lonely) {
        begin(&c);
        add_side(&c, 0, c.n, 0);
        c.first->malformed = true;
        c.first->sides[0].error = lonely->op == '{'
                                      ? "this brace has no closing brace"
                                      : "nothing was opened that this brace could close";
        c.first->sides[0].error_at = lonely->from;
        return c.first;
    }
    cut(&c);
    bool noise = false;
    for (statement *st = c.first; st; st = st->next) {
        parse_sides(&c, st);
        if (st->n == 2 && st->sides[1].relation == REL_SIM && st->sides[0].tree &&
            st->sides[0].tree->kind == NODE_EPS)
            noise = true;
    }
    for (statement *st = c.first; st; st = st->next) st->noise = noise;
    return c.first;
}

bool statement_continues(token_list tokens)
{
    size_t i = 0;
    while (i < tokens.n && (tokens.t[i].kind == TOKEN_ROW || tokens.t[i].kind == TOKEN_SPACE)) i++;
    if (i == tokens.n) return false;
    if (tokens.t[i].kind == TOKEN_RELATION) return tokens.t[i].op != REL_IMPLIES;
    return tokens.t[i].kind == TOKEN_OP && (tokens.t[i].op == '+' || tokens.t[i].op == '-');
}
