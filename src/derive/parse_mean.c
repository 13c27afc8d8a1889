/* parse_mean.c -- expectations, integrals, sums and products. */
#include <string.h>

#include "derive/parse.h"

/* ---- Expectations ---- */

static node *time_law(parser *p, size_t from)
{
    node *n = node_new(p->memory, NODE_LAW_TIME, from, from);
    n->letter = 't';
    if (parse_peek(p)->kind != TOKEN_RELATION) return n;
    p->at++;
    while (parse_peek(p)->kind == TOKEN_WORD || parse_peek(p)->kind == TOKEN_TEXT)
        p->at++; /* U, Uniform */
    if (!parse_accept(p, '(') && !parse_accept(p, '[') && !parse_accept(p, '{'))
        return parse_fail(p, "a range of times was expected here", parse_here(p));
    const bool second = parse_accept(p, '[') || parse_accept(p, '{');
    n->child[0] = parse_sum(p);
    while (parse_accept(p, ',') || parse_accept(p, 'd')) continue;
    if (!p->error) n->child[1] = parse_sum(p);
    if (!p->error && !parse_accept(p, ')') && !parse_accept(p, ']') && !parse_accept(p, '}'))
        return parse_fail(p, "this range of times is never closed", parse_here(p));
    if (second && !p->error && !parse_accept(p, ')') && !parse_accept(p, ']')) parse_accept(p, '}');
    return n;
}

/* One entry of an expectation's subscript. */
static node *expectation_law(parser *p)
{
    const size_t from = parse_here(p);
    if (parse_is_word(p, "t")) {
        p->at++;
        return time_law(p, from);
    }
    if (parse_starts_normal(p)) { /* E_{N(0,I)}: the noise */
        node *normal = parse_normal(p), *n = node_new(p->memory, NODE_LAW_EPS, from, normal->to);
        return n;
    }
    if (parse_is_word(p, "x") || parse_is_word(p, "epsilon")) {
        node *v = parse_symbol(p);
        if (p->error || (parse_peek(p)->kind == TOKEN_RELATION && parse_peek(p)->op == REL_SIM)) {
            if (p->error) return v;
            p->at++;
            node *of =
                v->kind == NODE_EPS && parse_starts_normal(p) ? parse_normal(p) : parse_law(p);
            if (v->kind != NODE_EPS) return of;
        }
        if (parse_is_op(p, '|'))
            return parse_fail(p, "an expectation over the data given a state is not in the grammar",
                              from);
        node *n =
            node_new(p->memory, v->kind == NODE_EPS ? NODE_LAW_EPS : NODE_LAW_DATA, from, from);
        if (v->kind == NODE_EPS) n->child[0] = v->child[0];
        return parse_close(p, n);
    }
    node *n = parse_law(p);
    if (!p->error && n->kind == NODE_DENSITY && !n->args && n->which != 'q')
        return parse_fail(p, "over which law? p needs its arguments", from);
    return n;
}

/* What the mean is taken of: a bracket, or the factors up to the next + or -. */
static node *expectation_body(parser *p, node *n)
{
    if (parse_is_op(p, '[') || (parse_is_op(p, '(') && !n->args)) {
        const int close = parse_is_op(p, '[') ? ']' : ')', norms = p->norms,
                  integrals = p->integrals;
        p->norms = p->integrals = 0;
        p->at++;
        n->child[0] = parse_sum(p);
        p->norms = norms;
        p->integrals = integrals;
        if (!p->error && parse_is_op(p, '|'))
            return parse_fail(p, "a conditional expectation E[a | b] is not in the grammar",
                              parse_here(p));
        parse_expect(p, close, "this expectation is never closed");
        if (!p->error && close == ')' &&
            parse_is_op(p, '^')) { /* E (a)^2 is the mean of the square */
            p->at++;
            n->child[0] = node_binary(p->memory, NODE_POW, n->child[0], parse_argument(p));
        }
    } else
        n->child[0] = parse_term(p);
    return parse_close(p, n);
}

node *parse_expectation(parser *p)
{
    node *n = node_new(p->memory, NODE_EXPECT, parse_here(p), parse_here(p)), **tail = &n->args;
    p->at++;
    if (parse_accept(p, '_')) {
        const bool group = parse_accept(p, '{');
        if (!group &&
            (parse_is_word(p, "q") || parse_is_word(p, "p"))) { /* E_q (...): no argument of q */
            p->at++;
            return expectation_body(p, n);
        }
        do {
            if (!parse_affordable(p)) return n;
            *tail = expectation_law(p);
            if (p->error) return n;
            if ((*tail)->kind == NODE_DENSITY && !(*tail)->args)
                continue; /* a bare q: everything */
            tail = &(*tail)->next;
        } while (group && parse_accept(p, ','));
        if (*tail && (*tail)->kind == NODE_DENSITY && !(*tail)->args) *tail = NULL;
        if (group) parse_expect(p, '}', "this law is not understood from here on");
    }
    return p->error ? n : expectation_body(p, n);
}

/* ---- Integrals, sums, products ---- */

node *parse_integral(parser *p)
{
    node *n = node_new(p->memory, NODE_INTEGRAL, parse_here(p), parse_here(p)), **tail = &n->args;
    p->at++;
    p->integrals++;
    n->child[0] = parse_term(p);
    p->integrals--;
    node *last = NULL;
    bool dots = false;
    while (!p->error && parse_is_word(p, "d") && parse_affordable(p)) {
        p->at++;
        node *v = parse_variable(p);
        if (dots && last && !p->error)
            last->child[1] = v->child[0]; /* dx_1 ... dx_T */
        else {
            *tail = last = v;
            tail = &v->next;
        }
        dots = parse_accept(p, 'd');
    }
    if (!p->error && !n->args)
        return parse_fail(p, "an integral ends with d and its variable", parse_here(p));
    return parse_close(p, n);
}

static bool is_relation(const parser *p, int op)
{
    return parse_peek(p)->kind == TOKEN_RELATION && parse_peek(p)->op == op;
}

/* _{t=2}^{T}, _{t>1}, _t, or nothing (then the letter is t and the range 1 .. T). */
static void limits(parser *p, node *n)
{
    n->letter = 't';
    if (!parse_accept(p, '_')) return;
    const bool group = parse_accept(p, '{');
    const token *t = parse_peek(p);
    if (t->kind != TOKEN_WORD || strlen(t->name) != 1 || t->name[0] < 'a' || t->name[0] > 'z') {
        parse_fail(p, "the letter of the sum was expected here", parse_here(p));
        return;
    }
    n->letter = t->name[0];
    p->at++;
    if (group && (is_relation(p, REL_EQUAL) || is_relation(p, REL_GE) || is_relation(p, REL_LE))) {
        const bool above = parse_peek(p)->op == REL_GE;
        const bool strict = above && p->t[p->at].to - p->t[p->at].from == 1;
        if (parse_peek(p)->op == REL_LE) {
            parse_fail(p, "write the range of the sum as t=a to b", parse_here(p));
            return;
        }
        p->at++;
        n->child[0] = parse_sum(p);
        if (strict && !p->error)
            n->child[0] =
                node_binary(p->memory, NODE_ADD, n->child[0], node_number(p->memory, 1.0, n->from));
    }
    if (group) parse_expect(p, '}', "the range of the sum is not understood");
    if (!p->error && parse_accept(p, '^')) {
        if (parse_is_word(p, "top") ||
            (parse_op_at(p, p->at, '{') && p->at + 1 < p->end &&
             p->t[p->at + 1].kind == TOKEN_WORD && strcmp(p->t[p->at + 1].name, "top") == 0)) {
            parse_assume(p, "the upper limit \\top (a transpose sign) is read as T", parse_here(p));
            n->child[1] = node_new(p->memory, NODE_STEPS, parse_here(p), parse_here(p));
            p->at += parse_is_word(p, "top") ? 1 : 3;
        } else
            n->child[1] = parse_argument(p);
    }
}

static bool has_letter(const node *n, void *data)
{
    return n->kind == NODE_LABEL && n->letter == *(const char *)data;
}

/* prod_t a_t . b is (prod_t a_t) b when b does not contain t: the texts write it so. */
static node *constants_out(parser *p, node *n)
{
    if (p->error) return n;
    node *body = n->child[2], *outside = NULL;
    while (body->kind == NODE_MUL && !node_any(body->child[1], has_letter, &n->letter)) {
        outside =
            outside ? node_binary(p->memory, NODE_MUL, body->child[1], outside) : body->child[1];
        body = body->child[0];
    }
    if (!outside) return n;
    parse_assume(p, "a factor without the letter of the product stands outside of it",
                 outside->from);
    n->child[2] = body;
    return node_binary(p->memory, NODE_MUL, n, outside);
}

node *parse_big(parser *p, node_kind kind)
{
    node *n = node_new(p->memory, kind, parse_here(p), parse_here(p));
    p->at++;
    limits(p, n);
    if (p->error) return n;
    if (!n->child[0]) n->child[0] = node_number(p->memory, 1.0, n->from);
    if (!n->child[1])
        n->child[1] =
            node_new(p->memory, n->letter == 'd' ? NODE_DIM : NODE_STEPS, n->from, n->from);
    n->child[2] = parse_term(p);
    return kind == NODE_PROD ? constants_out(p, parse_close(p, n)) : parse_close(p, n);
}
