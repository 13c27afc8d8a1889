/* parse.c -- the parser's core: sums, products, powers, brackets, functions. */
#include "derive/parse.h"

#include <math.h>
#include <string.h>

const token *parse_peek(const parser *p)
{
    static const token end = {.kind = TOKEN_END};
    return p->at < p->end ? &p->t[p->at] : &end;
}

size_t parse_here(const parser *p)
{
    return p->t[p->at < p->end ? p->at : p->end].from;
}

/* End of the token before. */
size_t parse_before(const parser *p)
{
    return p->at > 0 ? p->t[p->at - 1].to : parse_here(p);
}

bool parse_is_op(const parser *p, int op)
{
    return parse_peek(p)->kind == TOKEN_OP && parse_peek(p)->op == op;
}

bool parse_is_word(const parser *p, const char *name)
{
    return parse_peek(p)->kind == TOKEN_WORD && strcmp(parse_peek(p)->name, name) == 0;
}

bool parse_accept(parser *p, int op)
{
    if (!parse_is_op(p, op)) return false;
    p->at++;
    return true;
}

node *parse_fail(parser *p, const char *message, size_t at)
{
    if (!p->error) {
        p->error = message;
        p->error_at = at;
    }
    p->at = p->end; /* nothing more is read */
    node *n = node_new(p->memory, NODE_BAD, at, at);
    n->name = message;
    return n;
}

bool parse_expect(parser *p, int op, const char *message)
{
    if (parse_accept(p, op)) return true;
    if (!p->error) parse_fail(p, message, parse_here(p));
    return false;
}

void parse_assume(parser *p, const char *what, size_t at)
{
    if (p->assumption) return;
    p->assumption = what;
    p->assumption_at = at;
}

/* Inside brackets the bars of an outer norm mean nothing. */
node *parse_bracketed(parser *p, int close, const char *message)
{
    const int norms = p->norms, integrals = p->integrals, bars = p->bars;
    p->norms = p->integrals = p->bars = 0;
    node *n = parse_sum(p);
    p->norms = norms;
    p->integrals = integrals;
    p->bars = bars;
    if (!p->error && !parse_is_op(p, close) && parse_peek(p)->kind == TOKEN_END)
        p->malformed = true;
    parse_expect(p, close, message);
    return n;
}

/* An argument without braces is one token: x_t^2 is not x_(t^2). */
static node *one_token(parser *p)
{
    static const char *const longer[] = {"frac", "sqrt", "bar", "tilde", "hat"};
    for (size_t i = 0; i < sizeof longer / sizeof longer[0]; i++)
        if (parse_is_word(p, longer[i])) return parse_primary(p);
    const size_t end = p->end;
    if (p->at + 1 < end) p->end = p->at + 1;
    node *n = parse_primary(p);
    if (p->error) return n;
    p->end = end;
    return n;
}

node *parse_argument(parser *p)
{
    if (parse_accept(p, '{')) return parse_bracketed(p, '}', "this group has no closing brace");
    token *t = &p->t[p->at];
    if (p->at < p->end && t->kind == TOKEN_NUMBER && strlen(t->name) > 1 && t->name[0] >= '0' &&
        t->name[0] <= '9') {
        /* \frac12: the digits are two arguments */
        node *n = node_number(p->memory, t->name[0] - '0', t->from);
        t->name++;
        t->from++;
        t->number = 0.0;
        for (const char *c = t->name; *c >= '0' && *c <= '9'; c++)
            t->number = 10.0 * t->number + (*c - '0');
        return n;
    }
    return one_token(p);
}

/* \underbrace{- a}_{L_0} after a term is a summand of its own. */
static bool signed_brace(const parser *p)
{
    if (!parse_is_word(p, "underbrace") && !parse_is_word(p, "overbrace")) return false;
    return parse_op_at(p, p->at + 1, '{') &&
           (parse_op_at(p, p->at + 2, '-') || parse_op_at(p, p->at + 2, '+'));
}

/* May a factor begin here without a sign of multiplication? */
static bool begins_factor(const parser *p)
{
    const token *t = parse_peek(p);
    if (t->kind == TOKEN_NUMBER) return true;
    if (signed_brace(p)) return false;
    if (t->kind == TOKEN_WORD) return !(p->integrals && strcmp(t->name, "d") == 0);
    if (t->kind != TOKEN_OP) return false;
    if (t->op == 'N') return !p->norms;
    return t->op == '(' || t->op == '[' || t->op == '{';
}

/* One more operation; a formula that needs very many is refused, for every step is one of recursion. */
bool parse_affordable(parser *p)
{
    if (++p->operations <= PARSE_OPERATIONS) return true;
    p->malformed = true;
    parse_fail(p, "a formula of more than 400 operations", parse_here(p));
    return false;
}

node *parse_term(parser *p)
{
    node *n = parse_primary(p);
    while (!p->error) {
        if (!parse_affordable(p)) break;
        const bool times = parse_accept(p, '*');
        if (times || (begins_factor(p) && !parse_is_op(p, '/'))) {
            node *right = parse_primary(p);
            if (right->kind != NODE_NUMBER || right->which != 1)
                n = node_binary(p->memory, NODE_MUL, n, right); /* not I */
        } else if (parse_accept(p, '/'))
            n = node_binary(p->memory, NODE_DIV, n, parse_primary(p));
        else
            break;
    }
    return n;
}

/* `... + \\ + ...`: a sign repeated after a line break is one sign. */
static void skip_repeated_sign(parser *p, int op)
{
    bool row = false;
    size_t at = p->at;
    while (at < p->end && (p->t[at].kind == TOKEN_ROW || p->t[at].kind == TOKEN_SPACE))
        row |= p->t[at++].kind == TOKEN_ROW;
    p->at = at;
    if (row && parse_is_op(p, op)) {
        parse_assume(p, "a sign repeated after the line break is read once", parse_here(p));
        p->at++;
    }
}

static void skip_breaks(parser *p)
{
    while (parse_peek(p)->kind == TOKEN_ROW || parse_peek(p)->kind == TOKEN_SPACE) p->at++;
}

node *parse_sum(parser *p)
{
    node *n = NULL;
    while (!p->error) {
        skip_breaks(p);
        const size_t from = parse_here(p);
        const bool minus = parse_is_op(p, '-'), plus = parse_is_op(p, '+');
        if (n && !minus && !plus && !signed_brace(p)) break;
        if (minus || plus) {
            p->at++;
            skip_repeated_sign(p, minus ? '-' : '+');
        }
        if (!parse_affordable(p)) break;
        node *term = parse_term(p);
        if (n)
            n = node_binary(p->memory, minus ? NODE_SUB : NODE_ADD, n, term);
        else if (minus) {
            n = node_new(p->memory, NODE_NEG, from, term->to);
            n->child[0] = term;
        } else
            n = term;
    }
    return n ? n : parse_fail(p, "a quantity is missing here", parse_here(p));
}

node *parse_expression(parser *p, size_t first, size_t end)
{
    p->at = first;
    p->end = end;
    p->depth = p->operations = p->norms = p->integrals = p->normals = p->bars = 0;
    node *n = parse_sum(p);
    if (!p->error && p->at < p->end) {
        const token *t = parse_peek(p);
        if (t->kind == TOKEN_OP && strchr(")]}", t->op)) p->malformed = true;
        parse_fail(p,
                   t->kind == TOKEN_OP && strchr(")]}", t->op)
                       ? "nothing was opened that this could close"
                       : "not understood from here on",
                   t->from);
    }
    return n;
}
