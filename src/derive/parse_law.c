/* parse_law.c -- densities, normal laws, divergences, expectations, integrals, sums and products. */
#include <string.h>

#include "derive/parse.h"

node *parse_close(parser *p, node *n)
{
    n->to = p->at > 0 ? p->t[p->at - 1].to : n->from;
    return n;
}

bool parse_is_index(const node *n)
{
    if (!n) return true;
    const bool leaf = n->kind == NODE_NUMBER || n->kind == NODE_STEPS || n->kind == NODE_DIM ||
                      (n->kind == NODE_LABEL && !n->child[0]);
    const bool inner = n->kind == NODE_NEG || n->kind == NODE_ADD || n->kind == NODE_SUB ||
                       n->kind == NODE_MUL || n->kind == NODE_DIV || n->kind == NODE_POW;
    return leaf || (inner && parse_is_index(n->child[0]) && parse_is_index(n->child[1]));
}

bool parse_op_at(const parser *p, size_t i, int op)
{
    return i < p->end && p->t[i].kind == TOKEN_OP && p->t[i].op == op;
}

/* Index of the token behind a subscript that starts at i (or i itself). */
static size_t behind_subscript(const parser *p, size_t i)
{
    if (!parse_op_at(p, i, '_')) return i;
    if (!parse_op_at(p, i + 1, '{')) return i + 2;
    int depth = 0;
    for (i++; i < p->end; i++) {
        if (parse_op_at(p, i, '{')) depth++;
        if (parse_op_at(p, i, '}') && --depth == 0) return i + 1;
    }
    return i;
}

bool parse_starts_density(const parser *p)
{
    if (!parse_is_word(p, "q") && !parse_is_word(p, "p")) return false;
    return parse_op_at(p, behind_subscript(p, p->at + 1), '(');
}

bool parse_starts_normal(const parser *p)
{
    return parse_is_word(p, "N") && parse_op_at(p, p->at + 1, '(');
}

bool parse_starts_divergence(const parser *p)
{
    if (parse_is_word(p, "KL") || parse_is_word(p, "DKL"))
        return parse_op_at(p, p->at + 1, '(') || parse_op_at(p, p->at + 1, '[');
    if (!parse_is_word(p, "D") || !parse_op_at(p, p->at + 1, '_')) return false;
    for (size_t i = p->at + 2; i < p->end && i < p->at + 5; i++)
        if (p->t[i].kind == TOKEN_WORD &&
            (strcmp(p->t[i].name, "KL") == 0 || strcmp(p->t[i].name, "K") == 0))
            return true;
    return false;
}

/* ---- Densities ---- */

static node *range(parser *p, node *low, node *high, size_t from)
{
    node *n = node_new(p->memory, NODE_RANGE, from, from);
    n->child[0] = low;
    n->child[1] = high;
    return parse_close(p, n);
}

/* x_t, x_{1:T}, x, z, or x_1, ..., x_T (the dots are seen by the list). */
node *parse_variable(parser *p)
{
    const size_t from = parse_here(p);
    if (parse_is_word(p, "z")) {
        p->at++;
        parse_assume(p, "z is read as x_{1:T}", from);
        return range(p, node_number(p->memory, 1.0, from),
                     node_new(p->memory, NODE_STEPS, from, from), from);
    }
    if (!parse_is_word(p, "x")) return parse_fail(p, "a state x_... was expected here", from);
    p->at++;
    if (!parse_accept(p, '_')) {
        parse_assume(p, "x without a time is read as x_0", from);
        return range(p, node_number(p->memory, 0.0, from), NULL, from);
    }
    if (parse_is_word(p, "sigma"))
        return parse_fail(p, "states x_sigma of score matching are not in the grammar", from);
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
        if (!parse_affordable(p)) break;
        if (parse_accept(p, 'd')) {
            parse_expect(p, ',', "a comma was expected after the dots");
            node *to = parse_variable(p);
            if (last && !p->error) last->child[1] = to->child[0];
            continue;
        }
        last = parse_variable(p);
        *tail = last;
        tail = &last->next;
    } while (!p->error && parse_accept(p, ','));
    return first;
}

/* The name q or p_theta of a law, without its parenthesis. */
static node *law_name(parser *p)
{
    node *n = node_new(p->memory, NODE_DENSITY, parse_here(p), parse_here(p));
    n->which = parse_peek(p)->name[0];
    p->at++;
    if (parse_is_op(p, '_')) {
        const size_t end = behind_subscript(p, p->at);
        for (size_t i = p->at; i < end && i < p->end; i++)
            if (p->t[i].kind == TOKEN_WORD && strcmp(p->t[i].name, "data") == 0)
                n->which = 'q'; /* p_data is q(x_0) */
        for (size_t i = p->at; i < end && i < p->end; i++)
            if (p->t[i].kind == TOKEN_WORD && strcmp(p->t[i].name, "infty") == 0) n->letter = 'i';
        p->at = end < p->end ? end : p->end;
    }
    return parse_close(p, n);
}

node *parse_density_at(parser *p)
{
    node *n = law_name(p);
    if (n->letter == 'i')
        return parse_fail(p, "p_infinity is not in the grammar: write N(x_T; 0, I)", n->from);
    p->at++;
    n->args = variables(p);
    if (!p->error && parse_accept(p, '|')) n->given = variables(p);
    parse_expect(p, ')', "this density is not understood from here on");
    return parse_close(p, n);
}

node *parse_normal(parser *p)
{
    node *n = node_new(p->memory, NODE_NORMAL, parse_here(p), parse_here(p)),
         *part[3] = {NULL, NULL, NULL};
    const int norms = p->norms, integrals = p->integrals, bars = p->bars;
    p->norms = p->integrals = 0;
    p->bars = 1;
    p->at += 2;
    p->normals++;
    int k = 0;
    bool with_argument = false;
    do {
        if (k == 3) {
            parse_fail(p, "a normal law has a mean and a variance", parse_here(p));
            break;
        }
        part[k++] = parse_sum(p);
        if (k == 1)
            with_argument = parse_is_op(p, ';') || parse_is_op(p, '|') || parse_is_op(p, ':');
    } while (!p->error && (parse_accept(p, ',') || parse_accept(p, ';') || parse_accept(p, '|') ||
                           parse_accept(p, ':')));
    p->normals--;
    p->norms = norms;
    p->integrals = integrals;
    p->bars = bars;
    parse_expect(p, ')', "this normal law is never closed");
    if (!p->error && k != (with_argument ? 3 : 2) && k != 3)
        return parse_fail(p, "a normal law has a mean and a variance", n->from);
    if (k == 2) {
        n->child[1] = part[0];
        n->child[2] = part[1];
    } else
        memcpy(n->child, part, sizeof part);
    return parse_close(p, n);
}

/* ---- Divergences ---- */

node *parse_law(parser *p)
{
    if (parse_starts_normal(p)) return parse_normal(p);
    if (parse_starts_density(p)) return parse_density_at(p);
    if (parse_is_word(p, "q") || parse_is_word(p, "p")) return law_name(p);
    return parse_fail(p, "a law was expected here: q(...), p(...) or N(...)", parse_here(p));
}

/* What a bare p_theta in D(q(a|b,x_0) || p_theta) stands for: the same a given the same b, without x_0. */
static void complete_bare(parser *p, const node *first, node *second)
{
    if (second->kind != NODE_DENSITY || second->args || first->kind != NODE_DENSITY || !first->args)
        return;
    parse_assume(p, "a law without arguments takes those of its partner", second->from);
    second->args = node_copy(p->memory, first->args);
    node **tail = &second->given;
    for (const node *g = first->given; g; g = g->next) {
        const bool x_0 =
            g->child[0]->kind == NODE_NUMBER && g->child[0]->number == 0.0 && !g->child[1];
        if (x_0) continue;
        if (!parse_is_index(g->child[0]) || !parse_is_index(g->child[1])) {
            parse_fail(p, "an index is made of letters and numbers", g->from);
            return;
        }
        node *one = node_new(p->memory, NODE_RANGE, g->from, g->to);
        one->child[0] = g->child[0];
        one->child[1] = g->child[1];
        *tail = one;
        tail = &one->next;
    }
}

node *parse_divergence(parser *p)
{
    node *n = node_new(p->memory, NODE_KL, parse_here(p), parse_here(p));
    if (parse_is_word(p, "D"))
        p->at = behind_subscript(p, p->at + 1);
    else
        p->at++;
    const bool square = parse_is_op(p, '[');
    if (!square && !parse_is_op(p, '('))
        return parse_fail(p, "a divergence needs two laws in parentheses", parse_here(p));
    p->at++;
    n->child[0] = parse_law(p);
    if (!p->error && !parse_accept(p, 'N') && !parse_accept(p, '|'))
        return parse_fail(p, "the two laws of a divergence are separated by \\|", parse_here(p));
    if (!p->error) n->child[1] = parse_law(p);
    if (p->error) return n;
    complete_bare(p, n->child[0], n->child[1]);
    parse_expect(p, square ? ']' : ')', "this divergence is never closed");
    return parse_close(p, n);
}
