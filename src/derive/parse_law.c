/* parse_law.c -- densities, normal laws, divergences, expectations, integrals, sums and products. */
#include <string.h>

#include "derive/parse.h"

static size_t here(const parser *p)
{
    return p->t[p->at < p->end ? p->at : p->end].from;
}

static node *close_at(parser *p, node *n)
{
    n->to = p->at > 0 ? p->t[p->at - 1].to : n->from;
    return n;
}

static bool op_at(const parser *p, size_t i, int op)
{
    return i < p->end && p->t[i].kind == TOKEN_OP && p->t[i].op == op;
}

/* Index of the token behind a subscript that starts at i (or i itself). */
static size_t behind_subscript(const parser *p, size_t i)
{
    if (!op_at(p, i, '_')) return i;
    if (!op_at(p, i + 1, '{')) return i + 2;
    int depth = 0;
    for (i++; i < p->end; i++) {
        if (op_at(p, i, '{')) depth++;
        if (op_at(p, i, '}') && --depth == 0) return i + 1;
    }
    return i;
}

bool parse_starts_density(const parser *p)
{
    if (!parse_is_word(p, "q") && !parse_is_word(p, "p")) return false;
    return op_at(p, behind_subscript(p, p->at + 1), '(');
}

bool parse_starts_normal(const parser *p)
{
    return parse_is_word(p, "N") && op_at(p, p->at + 1, '(');
}

bool parse_starts_divergence(const parser *p)
{
    if (parse_is_word(p, "KL") || parse_is_word(p, "DKL")) return op_at(p, p->at + 1, '(') || op_at(p, p->at + 1, '[');
    if (!parse_is_word(p, "D") || !op_at(p, p->at + 1, '_')) return false;
    for (size_t i = p->at + 2; i < p->end && i < p->at + 5; i++)
        if (p->t[i].kind == TOKEN_WORD && (strcmp(p->t[i].name, "KL") == 0 || strcmp(p->t[i].name, "K") == 0)) return true;
    return false;
}

/* ---- Densities ---- */

static node *range(parser *p, node *low, node *high, size_t from)
{
    node *n = node_new(p->memory, NODE_RANGE, from, from);
    n->child[0] = low;
    n->child[1] = high;
    return close_at(p, n);
}

/* x_t, x_{1:T}, x, z, or x_1, ..., x_T (the dots are seen by the list). */
static node *variable(parser *p)
{
    const size_t from = here(p);
    if (parse_is_word(p, "z")) {
        p->at++;
        parse_assume(p, "z is read as x_{1:T}", from);
        return range(p, node_number(p->memory, 1.0, from), node_new(p->memory, NODE_STEPS, from, from), from);
    }
    if (!parse_is_word(p, "x")) return parse_fail(p, "a state x_... was expected here", from);
    p->at++;
    if (!parse_accept(p, '_')) {
        parse_assume(p, "x without a time is read as x_0", from);
        return range(p, node_number(p->memory, 0.0, from), NULL, from);
    }
    if (parse_is_word(p, "sigma")) return parse_fail(p, "states x_sigma of score matching are not in the grammar", from);
    if (!parse_accept(p, '{')) return range(p, parse_argument(p), NULL, from);
    node *low = parse_sum(p), *high = NULL;
    if (parse_accept(p, ':')) high = parse_sum(p);
    parse_expect(p, '}', "this index is not understood");
    return range(p, low, high, from);
}

/* A list of states, e.g. x_1, ..., x_T. */
static node *variables(parser *p)
{
    node *first = NULL, **tail = &first, *last = NULL;
    do {
        if (parse_accept(p, 'd')) {
            parse_expect(p, ',', "a comma was expected after the dots");
            node *to = variable(p);
            if (last && !p->error) last->child[1] = to->child[0];
            continue;
        }
        last = variable(p);
        *tail = last;
        tail = &last->next;
    } while (!p->error && parse_accept(p, ','));
    return first;
}

/* The name q or p_theta of a law, without its parenthesis. */
static node *law_name(parser *p)
{
    node *n = node_new(p->memory, NODE_DENSITY, here(p), here(p));
    n->which = parse_peek(p)->name[0];
    p->at++;
    if (parse_is_op(p, '_')) {
        const size_t end = behind_subscript(p, p->at);
        for (size_t i = p->at; i < end && i < p->end; i++)
            if (p->t[i].kind == TOKEN_WORD && strcmp(p->t[i].name, "data") == 0) n->which = 'q'; /* p_data is q(x_0) */
        for (size_t i = p->at; i < end && i < p->end; i++)
            if (p->t[i].kind == TOKEN_WORD && strcmp(p->t[i].name, "infty") == 0) n->letter = 'i';
        p->at = end < p->end ? end : p->end;
    }
    return close_at(p, n);
}

node *parse_density_at(parser *p)
{
    node *n = law_name(p);
    if (n->letter == 'i') return parse_fail(p, "p_infinity is not in the grammar: write N(x_T; 0, I)", n->from);
    p->at++;
    n->args = variables(p);
    if (!p->error && parse_accept(p, '|')) n->given = variables(p);
    parse_expect(p, ')', "this density is not understood from here on");
    return close_at(p, n);
}

node *parse_normal(parser *p)
{
    node *n = node_new(p->memory, NODE_NORMAL, here(p), here(p)), *part[3] = {NULL, NULL, NULL};
    const int norms = p->norms, integrals = p->integrals, bars = p->bars;
    p->norms = p->integrals = 0;
    p->bars = 1;
    p->at += 2;
    p->normals++;
    int k = 0;
    bool with_argument = false;
    do {
        if (k == 3) {
            parse_fail(p, "a normal law has a mean and a variance", here(p));
            break;
        }
        part[k++] = parse_sum(p);
        if (k == 1) with_argument = parse_is_op(p, ';') || parse_is_op(p, '|') || parse_is_op(p, ':');
    } while (!p->error && (parse_accept(p, ',') || parse_accept(p, ';') || parse_accept(p, '|') || parse_accept(p, ':')));
    p->normals--;
    p->norms = norms;
    p->integrals = integrals;
    p->bars = bars;
    parse_expect(p, ')', "this normal law is never closed");
    if (!p->error && k != (with_argument ? 3 : 2) && k != 3) return parse_fail(p, "a normal law has a mean and a variance", n->from);
    if (k == 2) {
        n->child[1] = part[0];
        n->child[2] = part[1];
    } else memcpy(n->child, part, sizeof part);
    return close_at(p, n);
}

/* ---- Divergences ---- */

static node *law(parser *p)
{
    if (parse_starts_normal(p)) return parse_normal(p);
    if (parse_starts_density(p)) return parse_density_at(p);
    if (parse_is_word(p, "q") || parse_is_word(p, "p")) return law_name(p);
    return parse_fail(p, "a law was expected here: q(...), p(...) or N(...)", here(p));
}

/* What a bare p_theta in D(q(a|b,x_0) || p_theta) stands for: the same a given the same b, without x_0. */
static void complete_bare(parser *p, const node *first, node *second)
{
    if (second->kind != NODE_DENSITY || second->args || first->kind != NODE_DENSITY || !first->args) return;
    parse_assume(p, "a law without arguments takes those of its partner", second->from);
    second->args = node_copy(p->memory, first->args);
    node **tail = &second->given;
    for (const node *g = first->given; g; g = g->next) {
        const bool x_0 = g->child[0]->kind == NODE_NUMBER && g->child[0]->number == 0.0 && !g->child[1];
        if (x_0) continue;
        node *one = node_new(p->memory, NODE_RANGE, g->from, g->to);
        one->child[0] = g->child[0];
        one->child[1] = g->child[1];
        *tail = one;
        tail = &one->next;
    }
}

node *parse_divergence(parser *p)
{
    node *n = node_new(p->memory, NODE_KL, here(p), here(p));
    if (parse_is_word(p, "D")) p->at = behind_subscript(p, p->at + 1);
    else p->at++;
    const bool square = parse_is_op(p, '[');
    if (!square && !parse_is_op(p, '(')) return parse_fail(p, "a divergence needs two laws in parentheses", here(p));
    p->at++;
    n->child[0] = law(p);
    if (!p->error && !parse_accept(p, 'N') && !parse_accept(p, '|'))
        return parse_fail(p, "the two laws of a divergence are separated by \\|", here(p));
    if (!p->error) n->child[1] = law(p);
    if (p->error) return n;
    complete_bare(p, n->child[0], n->child[1]);
    parse_expect(p, square ? ']' : ')', "this divergence is never closed");
    return close_at(p, n);
}

/* ---- Expectations ---- */

static node *time_law(parser *p, size_t from)
{
    node *n = node_new(p->memory, NODE_LAW_TIME, from, from);
    n->letter = 't';
    if (parse_peek(p)->kind != TOKEN_RELATION) return n;
    p->at++;
    while (parse_peek(p)->kind == TOKEN_WORD || parse_peek(p)->kind == TOKEN_TEXT) p->at++; /* U, Uniform */
    if (!parse_accept(p, '(') && !parse_accept(p, '[') && !parse_accept(p, '{')) return parse_fail(p, "a range of times was expected here", here(p));
    const bool second = parse_accept(p, '[') || parse_accept(p, '{');
    n->child[0] = parse_sum(p);
    while (parse_accept(p, ',') || parse_accept(p, 'd')) continue;
    if (!p->error) n->child[1] = parse_sum(p);
    if (!p->error && !parse_accept(p, ')') && !parse_accept(p, ']') && !parse_accept(p, '}'))
        return parse_fail(p, "this range of times is never closed", here(p));
    if (second && !p->error && !parse_accept(p, ')') && !parse_accept(p, ']')) parse_accept(p, '}');
    return n;
}

/* One entry of an expectation's subscript. */
static node *expectation_law(parser *p)
{
    const size_t from = here(p);
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
            node *of = v->kind == NODE_EPS && parse_starts_normal(p) ? parse_normal(p) : law(p);
            if (v->kind != NODE_EPS) return of;
        }
        if (parse_is_op(p, '|')) return parse_fail(p, "an expectation over the data given a state is not in the grammar", from);
        node *n = node_new(p->memory, v->kind == NODE_EPS ? NODE_LAW_EPS : NODE_LAW_DATA, from, from);
        if (v->kind == NODE_EPS) n->child[0] = v->child[0];
        return close_at(p, n);
    }
    node *n = law(p);
    if (!p->error && n->kind == NODE_DENSITY && !n->args && n->which != 'q') return parse_fail(p, "over which law? p needs its arguments", from);
    return n;
}

/* What the mean is taken of: a bracket, or the factors up to the next + or -. */
static node *expectation_body(parser *p, node *n)
{
    if (parse_is_op(p, '[') || (parse_is_op(p, '(') && !n->args)) {
        const int close = parse_is_op(p, '[') ? ']' : ')', norms = p->norms, integrals = p->integrals;
        p->norms = p->integrals = 0;
        p->at++;
        n->child[0] = parse_sum(p);
        p->norms = norms;
        p->integrals = integrals;
        if (!p->error && parse_is_op(p, '|')) return parse_fail(p, "a conditional expectation E[a | b] is not in the grammar", here(p));
        parse_expect(p, close, "this expectation is never closed");
        if (!p->error && close == ')' && parse_is_op(p, '^')) { /* E (a)^2 is the mean of the square */
            p->at++;
            n->child[0] = node_binary(p->memory, NODE_POW, n->child[0], parse_argument(p));
        }
    } else n->child[0] = parse_term(p);
    return close_at(p, n);
}

node *parse_expectation(parser *p)
{
    node *n = node_new(p->memory, NODE_EXPECT, here(p), here(p)), **tail = &n->args;
    p->at++;
    if (parse_accept(p, '_')) {
        const bool group = parse_accept(p, '{');
        if (!group && (parse_is_word(p, "q") || parse_is_word(p, "p"))) { /* E_q (...): no argument of q */
            p->at++;
            return expectation_body(p, n);
        }
        do {
            *tail = expectation_law(p);
            if (p->error) return n;
            if ((*tail)->kind == NODE_DENSITY && !(*tail)->args) continue; /* a bare q: everything */
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
    node *n = node_new(p->memory, NODE_INTEGRAL, here(p), here(p)), **tail = &n->args;
    p->at++;
    p->integrals++;
    n->child[0] = parse_term(p);
    p->integrals--;
    while (!p->error && parse_is_word(p, "d")) {
        p->at++;
        *tail = variable(p);
        tail = &(*tail)->next;
    }
    if (!p->error && !n->args) return parse_fail(p, "an integral ends with d and its variable", here(p));
    return close_at(p, n);
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
        parse_fail(p, "the letter of the sum was expected here", here(p));
        return;
    }
    n->letter = t->name[0];
    p->at++;
    if (group && (is_relation(p, REL_EQUAL) || is_relation(p, REL_GE) || is_relation(p, REL_LE))) {
        const bool above = parse_peek(p)->op == REL_GE;
        const bool strict = above && p->t[p->at].to - p->t[p->at].from == 1;
        if (parse_peek(p)->op == REL_LE) {
            parse_fail(p, "write the range of the sum as t=a to b", here(p));
            return;
        }
        p->at++;
        n->child[0] = parse_sum(p);
        if (strict && !p->error) n->child[0] = node_binary(p->memory, NODE_ADD, n->child[0], node_number(p->memory, 1.0, n->from));
    }
    if (group) parse_expect(p, '}', "the range of the sum is not understood");
    if (!p->error && parse_accept(p, '^')) {
        if (parse_is_word(p, "top") || (op_at(p, p->at, '{') && p->at + 1 < p->end && p->t[p->at + 1].kind == TOKEN_WORD &&
                                        strcmp(p->t[p->at + 1].name, "top") == 0)) {
            parse_assume(p, "the upper limit \\top (a transpose sign) is read as T", here(p));
            n->child[1] = node_new(p->memory, NODE_STEPS, here(p), here(p));
            p->at += parse_is_word(p, "top") ? 1 : 3;
        } else n->child[1] = parse_argument(p);
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
        outside = outside ? node_binary(p->memory, NODE_MUL, body->child[1], outside) : body->child[1];
        body = body->child[0];
    }
    if (!outside) return n;
    parse_assume(p, "a factor without the letter of the product stands outside of it", outside->from);
    n->child[2] = body;
    return node_binary(p->memory, NODE_MUL, n, outside);
}

node *parse_big(parser *p, node_kind kind)
{
    node *n = node_new(p->memory, kind, here(p), here(p));
    p->at++;
    limits(p, n);
    if (p->error) return n;
    if (!n->child[0]) n->child[0] = node_number(p->memory, 1.0, n->from);
    if (!n->child[1]) n->child[1] = node_new(p->memory, n->letter == 'd' ? NODE_DIM : NODE_STEPS, n->from, n->from);
    n->child[2] = parse_term(p);
    return kind == NODE_PROD ? constants_out(p, close_at(p, n)) : close_at(p, n);
}
