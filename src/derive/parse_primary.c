/* parse_primary.c -- what a factor can be: fractions, roots, functions, norms, groups, braces with names. */
#include <string.h>

#include "derive/parse.h"

static node *fraction(parser *p)
{
    p->at++;
    node *a = parse_argument(p), *b = parse_argument(p);
    return node_binary(p->memory, NODE_DIV, a, b);
}

static node *call(parser *p, function_symbol f, node *argument, size_t from)
{
    node *n = node_new(p->memory, NODE_FUNCTION, from, parse_before(p));
    n->which = (int)f;
    n->child[0] = argument;
    return n;
}

static node *root(parser *p)
{
    const size_t from = parse_here(p);
    p->at++;
    if (parse_is_op(p, '[')) return parse_fail(p, "only square roots are read", parse_here(p));
    node *a = parse_accept(p, '(') ? parse_bracketed(p, ')', "this root has no closing parenthesis")
              : parse_is_op(p, '{') ? parse_argument(p)
                                    : parse_primary(p);
    return call(p, FUNCTION_SQRT, a, from);
}

/* The argument of log, exp, ...: a bracket, or the factors up to the next + or - or dot. */
static node *function_argument(parser *p)
{
    if (parse_accept(p, '(')) return parse_bracketed(p, ')', "this parenthesis is never closed");
    if (parse_accept(p, '[')) return parse_bracketed(p, ']', "this bracket is never closed");
    if (parse_is_op(p, '-')) return parse_fail(p, "what is this function taken of?", parse_here(p));
    node *n = parse_primary(p);
    while (!p->error && parse_affordable(p)) {
        const token *t = parse_peek(p);
        const bool stop = t->kind == TOKEN_END || parse_is_word(p, "log") ||
                          (p->norms && parse_is_op(p, 'N')) ||
                          (p->integrals && parse_is_word(p, "d"));
        const bool factor = t->kind == TOKEN_WORD || t->kind == TOKEN_NUMBER || parse_is_op(p, '{');
        if (stop || !(factor || parse_is_op(p, '/'))) break;
        const bool divide = parse_accept(p, '/');
        n = node_binary(p->memory, divide ? NODE_DIV : NODE_MUL, n, parse_primary(p));
    }
    return n;
}

static node *power(parser *p, node *base)
{
    while (!p->error && parse_is_op(p, '^') && parse_affordable(p)) {
        p->at++;
        if (parse_is_word(p,
                          "top")) { /* a transpose: the product that follows is an inner product */
            p->at++;
            continue;
        }
        if (parse_is_op(p, '{') && p->at + 2 < p->end && p->t[p->at + 1].kind == TOKEN_WORD &&
            strcmp(p->t[p->at + 1].name, "top") == 0) {
            p->at += 3;
            continue;
        }
        base = node_binary(p->memory, NODE_POW, base, parse_argument(p));
    }
    return base;
}

static node *function(parser *p)
{
    static const struct {
        const char *name;
        function_symbol f;
    } known[] = {{"log", FUNCTION_LOG},
                 {"exp", FUNCTION_EXP},
                 {"sin", FUNCTION_SIN},
                 {"cos", FUNCTION_COS},
                 {"tanh", FUNCTION_TANH}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (!parse_is_word(p, known[i].name)) continue;
        const size_t from = parse_here(p);
        p->at++;
        node *exponent = NULL;
        if (parse_accept(p, '^')) exponent = parse_argument(p); /* sin^2 x */
        node *n = call(p, known[i].f, function_argument(p), from);
        return exponent ? node_binary(p->memory, NODE_POW, n, exponent) : n;
    }
    return NULL;
}

static node *norm(parser *p)
{
    const size_t from = parse_here(p);
    p->at++;
    const int norms = p->norms;
    p->norms = 1;
    node *a = parse_sum(p);
    p->norms = norms;
    if (!p->error && !parse_is_op(p, 'N')) p->malformed = parse_peek(p)->kind == TOKEN_END;
    parse_expect(p, 'N', "this norm is never closed");
    if (parse_is_op(p, '_')) { /* the index 2 of the Euclidean norm */
        p->at++;
        const node *which = parse_argument(p);
        if (!p->error && !(which->kind == NODE_NUMBER && which->number == 2.0))
            return parse_fail(p, "only the Euclidean norm is read", which->from);
    }
    node *n = node_new(p->memory, NODE_NORM, from, parse_before(p));
    n->child[0] = a;
    return n;
}

/* \underbrace{part}_{name}: the part; the name is remembered when it is a symbol. */
static node *underbrace(parser *p)
{
    const bool under = parse_is_word(p, "underbrace");
    p->at++;
    node *part = parse_argument(p);
    if (!parse_accept(p, under ? '_' : '^') || p->error) return part;
    const size_t open = p->at;
    if (!parse_accept(p, '{')) {
        p->at++;
        return part;
    }
    int depth = 1;
    size_t close = p->at;
    for (; close < p->end && depth > 0; close++)
        if (p->t[close].kind == TOKEN_OP)
            depth += p->t[close].op == '{' ? 1 : p->t[close].op == '}' ? -1 : 0;
    if (depth > 0) {
        p->malformed = true;
        return parse_fail(p, "this group has no closing brace", p->t[open].from);
    }
    const token *first = &p->t[p->at];
    if (first->kind == TOKEN_WORD &&
        (strcmp(first->name, "L") == 0 || strcmp(first->name, "ell") == 0)) {
        named_part *named = arena_take(p->memory, sizeof *named);
        *named = (named_part){.label = parse_symbol(p), .part = part, .next = p->named};
        if (!p->error) p->named = named;
    }
    if (!p->error) p->at = close;
    return part;
}

static node *group(parser *p)
{
    const token *t = parse_peek(p);
    const int close = t->op == '(' ? ')' : t->op == '[' ? ']' : '}';
    const size_t from = t->from;
    p->at++;
    node *n = parse_bracketed(p, close, "this bracket is never closed");
    if (!p->error && n->kind != NODE_NUMBER) {
        n->from = from;
        n->to = parse_before(p);
    }
    return n;
}

/* {...}_...: a name in braces with an index behind them. */
static bool braced_name(const parser *p)
{
    int depth = 0;
    for (size_t i = p->at; i < p->end && i < p->at + 12; i++) {
        if (p->t[i].kind != TOKEN_OP) continue;
        if (p->t[i].op == '{') depth++;
        if (p->t[i].op == '}' && --depth == 0)
            return i + 1 < p->end && p->t[i + 1].kind == TOKEN_OP && p->t[i + 1].op == '_';
    }
    return false;
}

static node *operator_primary(parser *p)
{
    const token *t = parse_peek(p);
    if (t->op == '{' && braced_name(p)) return parse_symbol(p);
    if (t->op == '(' || t->op == '[' || t->op == '{') return group(p);
    if (t->op == 'N') return norm(p);
    if (t->op == '-') { /* after a dot or a slash */
        p->at++;
        node *a = parse_primary(p), *n = node_new(p->memory, NODE_NEG, t->from, a->to);
        n->child[0] = a;
        return n;
    }
    if (t->op == '|' && !p->bars) {
        p->at++;
        const int bars = p->bars;
        p->bars = 1;
        node *a = parse_sum(p);
        p->bars = bars;
        parse_expect(p, '|', "this bar is never closed");
        return call(p, FUNCTION_ABS, a, t->from);
    }
    if (t->op == '}' || t->op == ')' || t->op == ']') p->malformed = true;
    return parse_fail(
        p, t->op == 'd' ? "dots: write the sum or the product out" : "a quantity is missing here",
        t->from);
}

static node *word_primary(parser *p)
{
    const token *t = parse_peek(p);
    if (parse_is_word(p, "frac")) return fraction(p);
    if (parse_is_word(p, "sqrt")) return root(p);
    if (parse_is_word(p, "sum")) return parse_big(p, NODE_SUM);
    if (parse_is_word(p, "prod")) return parse_big(p, NODE_PROD);
    if (parse_is_word(p, "int")) return parse_integral(p);
    if (parse_is_word(p, "underbrace") || parse_is_word(p, "overbrace")) return underbrace(p);
    if (parse_is_word(p, "E") && t->accent == ACCENT_NONE) return parse_expectation(p);
    if (parse_starts_divergence(p)) return parse_divergence(p);
    if (parse_starts_density(p)) return parse_density_at(p);
    if (parse_starts_normal(p)) return parse_normal(p);
    node *n = function(p);
    return n ? n : parse_symbol(p);
}

node *parse_primary(parser *p)
{
    const token *t = parse_peek(p);
    node *n;
    if (p->error) return node_new(p->memory, NODE_BAD, t->from, t->from);
    if (++p->depth > PARSE_DEPTH) {
        p->malformed = true;
        return parse_fail(p, "nested deeper than 120 levels", parse_here(p));
    }
    if (t->kind == TOKEN_NUMBER) {
        n = node_number(p->memory, t->number, t->from);
        n->to = t->to;
        p->at++;
    } else if (t->kind == TOKEN_WORD)
        n = word_primary(p);
    else if (t->kind == TOKEN_OP)
        n = operator_primary(p);
    else if (t->kind == TOKEN_TEXT)
        n = parse_fail(p, "words inside a formula", t->from);
    else if (t->kind == TOKEN_BAD)
        n = parse_fail(p, "a character that is not known here", t->from);
    else
        n = parse_fail(p, "a quantity is missing here", parse_here(p));
    if (!p->error) n = power(p, n);
    p->depth--;
    return n;
}
