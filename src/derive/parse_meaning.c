/* parse_meaning.c -- from a name as it is written to the quantity of the world that it means. */
#include <stdio.h>
#include <string.h>

#include "derive/parse_symbol.h"

static node *make(parser *p, const symbol *s, node_kind kind, int which)
{
    node *n = node_new(p->memory, kind, s->from, s->to);
    n->which = which;
    return n;
}

/* The index, or t when none was written. */
static node *index_of(parser *p, const symbol *s)
{
    if (s->n_index > 0) return s->index[0];
    node *t = node_new(p->memory, NODE_LABEL, s->from, s->to);
    t->name = "t";
    t->letter = 't';
    return t;
}

static node *scheduled(parser *p, const symbol *s, schedule_symbol which)
{
    node *n = make(p, s, NODE_SCHEDULE, (int)which);
    n->child[0] = index_of(p, s);
    return n;
}

static node *square_root(parser *p, node *a)
{
    node *n = node_new(p->memory, NODE_FUNCTION, a->from, a->to);
    n->which = FUNCTION_SQRT;
    n->child[0] = a;
    return n;
}

/* The index of a network's output: mu_{theta,t}(x_t), mu_theta(x_t, t), mu_theta(x_1, 1), mu_theta. */
static node *network(parser *p, const symbol *s, net_symbol which)
{
    node *n = make(p, s, NODE_NET, (int)which);
    n->child[0] = s->n_index > 0 && which != NET_X0 ? s->index[0] : NULL;
    if (s->n_arguments > 0) n->child[1] = s->argument[0];
    if (s->n_arguments > 1) n->child[0] = s->argument[1];
    if (!n->child[0] && n->child[1] && n->child[1]->kind == NODE_X &&
        parse_is_index(n->child[1]->child[0]))
        n->child[0] = n->child[1]->child[0];
    if (!n->child[0]) n->child[0] = index_of(p, &(symbol){.from = s->from, .to = s->to});
    return n;
}

static node *label(parser *p, const symbol *s)
{
    node *n = make(p, s, NODE_LABEL, 0);
    static const char *const accents[] = {"", "bar ", "tilde ", "hat ", "vec "};
    const bool indexed = s->n_index == 1 && !s->upper && !s->theta && !s->is_text && !s->variable;
    const bool worded = s->has_subscript && !indexed;
    char name[200];
    snprintf(name, sizeof name, "%s%.40s%s%s%s%.90s", accents[s->accent], s->base,
             s->star ? "*" : "", s->prime ? "'" : "", worded ? "_" : "", worded ? s->text : "");
    n->name = arena_text(p->memory, name, strlen(name));
    if (indexed)
        n->child[0] = s->index[0];
    else if (!s->has_subscript && s->n_arguments == 1 && strchr("fghJF", s->base[0]))
        n->child[0] = s->argument[0];
    if (!s->has_subscript && s->accent == ACCENT_NONE && strlen(s->base) == 1 &&
        s->base[0] >= 'a' && s->base[0] <= 'z')
        n->letter = s->base[0];
    return n;
}

static node *meaning_x(parser *p, const symbol *s)
{
    if (s->accent == ACCENT_HAT) return network(p, s, NET_X0);
    if (s->accent != ACCENT_NONE || s->star || s->is_text || s->theta) return label(p, s);
    if (s->n_index > 0 && s->index[0]->kind == NODE_LABEL && !s->index[0]->letter)
        return parse_fail(p, "states x_sigma of score matching are not in the grammar", s->from);
    node *n = make(p, s, NODE_X, 0);
    n->child[0] = s->n_index > 0 ? s->index[0] : node_number(p->memory, 0.0, s->from);
    if (s->n_index == 2) n->child[1] = s->index[1];
    if (!s->has_subscript) parse_assume(p, "x without a time is read as x_0", s->from);
    return n;
}

static node *meaning_mu(parser *p, const symbol *s)
{
    const bool posterior =
        s->accent == ACCENT_TILDE || (s->is_text && strncmp(s->text, "q", 1) == 0);
    if (s->theta && s->accent == ACCENT_NONE && !s->star) return network(p, s, NET_MU);
    if (!posterior || s->star) return label(p, s);
    node *n = make(p, s, NODE_MU_TILDE, s->accent != ACCENT_TILDE);
    n->child[0] = index_of(p, s);
    if (s->n_arguments >= 2) {
        n->child[1] = s->argument[0];
        n->child[2] = s->argument[1];
    }
    return n;
}

static node *meaning_sigma(parser *p, const symbol *s)
{
    if (s->star || s->prime) return label(p, s);
    if (s->accent == ACCENT_TILDE || (s->is_text && strncmp(s->text, "q", 1) == 0))
        return square_root(p, scheduled(p, s, SYMBOL_BETA_TILDE));
    if (s->accent != ACCENT_NONE || s->is_text || (!s->theta && s->n_index == 0))
        return label(p, s);
    node *n = scheduled(p, s, SYMBOL_SIGMA);
    if (s->n_index == 0 && s->n_arguments > 1) n->child[0] = s->argument[1];
    return n;
}

/* The identity matrix: the number 1 that a product leaves out. */
static node *identity(parser *p, const symbol *s)
{
    node *n = node_number(p->memory, 1.0, s->from);
    n->which = 1;
    n->to = s->to;
    return n;
}

node *parse_meaning(parser *p, const symbol *s)
{
    const bool bare = s->accent == ACCENT_NONE && !s->star && !s->prime;
    if (s->prime) return label(p, s); /* x' is another x */
    if (parse_is_base(s, "alpha") && !s->is_text)
        return scheduled(p, s, s->accent == ACCENT_BAR ? SYMBOL_ALPHA_BAR : SYMBOL_ALPHA);
    if (parse_is_base(s, "beta") && !s->is_text && s->accent != ACCENT_BAR)
        return scheduled(p, s, s->accent == ACCENT_TILDE ? SYMBOL_BETA_TILDE : SYMBOL_BETA);
    if (parse_is_base(s, "s") && s->theta)
        return parse_fail(p, "the score network s_theta is not in the grammar", s->from);
    if (parse_is_base(s, "x")) return meaning_x(p, s);
    if (parse_is_base(s, "mu")) return meaning_mu(p, s);
    if (parse_is_base(s, "sigma")) return meaning_sigma(p, s);
    if (parse_is_base(s, "epsilon") && !s->star && !s->is_text) {
        if (s->theta || s->accent == ACCENT_HAT) return network(p, s, NET_EPS);
        node *n = make(p, s, NODE_EPS, 0);
        n->child[0] = index_of(p, s);
        return n;
    }
    if (parse_is_base(s, "w") && bare && s->variable) {
        const node *i = s->variable->child[0];
        const bool zero = s->variable->kind == NODE_X && i->kind == NODE_NUMBER && i->number == 0.0;
        return scheduled(p, &(symbol){.from = s->from, .to = s->to},
                         zero ? SYMBOL_W_X0 : SYMBOL_W_XT);
    }
    if (parse_is_base(s, "w") && bare && s->n_index == 1 && !s->theta)
        return scheduled(p, s, SYMBOL_WEIGHT);
    if (parse_is_base(s, "SNR") && s->n_arguments == 1) {
        node *n = make(p, s, NODE_SCHEDULE, SYMBOL_SNR);
        n->child[0] = s->argument[0];
        return n;
    }
    if (parse_is_base(s, "pi") && !s->has_subscript && bare)
        return node_number(p->memory, 3.14159265358979323846, s->from);
    if (parse_is_base(s, "T") && !s->has_subscript && bare) return make(p, s, NODE_STEPS, 0);
    if (parse_is_base(s, "D") && !s->has_subscript && bare) return make(p, s, NODE_DIM, 0);
    if (parse_is_base(s, "I") && !s->has_subscript && bare) {
        if (p->normals == 0) parse_assume(p, "I is read as the identity matrix", s->from);
        return parse_is_op(p, '(')
                   ? parse_fail(p, "information I(a; b) is not in the grammar", s->from)
                   : identity(p, s);
    }
    if ((parse_is_base(s, "C") && !s->is_text) || parse_is_base(s, "const"))
        return make(p, s, NODE_CONST, 0);
    return label(p, s);
}
