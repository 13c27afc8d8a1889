/* parse_symbol.c -- names with accents, subscripts, arguments: which quantity of the world is meant? */
#include <stdio.h>
#include <string.h>

#include "derive/parse.h"

enum { MAX_ENTRIES = 4 };

/* A name as it is written. */
typedef struct symbol {
    const char *base;
    accent accent;
    bool star, prime;
    bool theta;                  /* a subscript theta or phi: the model's */
    bool has_subscript, is_text; /* is_text: the subscript is a word, e.g. simple */
    char text[96];               /* the subscript as it stands */
    node *index[MAX_ENTRIES];    /* entries that are expressions */
    int n_index;
    node *upper;                 /* of a range a:b */
    node *variable;              /* a subscript that is itself x_0 or x_t */
    node *power;
    node *argument[2];
    int n_arguments;
    size_t from, to;
} symbol;

static size_t here(const parser *p)
{
    return p->t[p->at < p->end ? p->at : p->end].from;
}

static void append(symbol *s, const char *word)
{
    const size_t n = strlen(s->text);
    snprintf(s->text + n, sizeof s->text - n, "%s", word);
}

/* The subscript as text, from the tokens first .. end. */
static void spell(parser *p, symbol *s, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        const token *t = &p->t[i];
        const char op[2] = {(char)t->op, '\0'};
        if (t->kind == TOKEN_OP && strchr("{}", t->op)) continue;
        append(s, t->name ? t->name : t->kind == TOKEN_OP || t->kind == TOKEN_RELATION ? op : "?");
    }
}

static bool is_model_letter(const parser *p)
{
    return parse_is_word(p, "theta") || parse_is_word(p, "phi") || parse_is_word(p, "psi");
}

static bool is_word_entry(const parser *p)
{
    const token *t = parse_peek(p);
    if (t->kind == TOKEN_TEXT) return true;
    static const char *const words[] = {"q", "p", "simple", "VLB", "vlb", "data", "ELBO", "elbo", "prior", "infty", "KL"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (parse_is_word(p, words[i])) return true;
    return false;
}

/* One entry of a subscript list. */
static void entry(parser *p, symbol *s)
{
    if (is_model_letter(p)) {
        s->theta = true;
        p->at++;
    } else if (is_word_entry(p)) {
        s->is_text = true;
        p->at++;
    } else if (parse_is_word(p, "x") && p->at + 1 < p->end && p->t[p->at + 1].kind == TOKEN_OP &&
               p->t[p->at + 1].op == '_') {
        s->variable = parse_symbol(p);
    } else {
        node *n;
        if (parse_is_word(p, "top")) { /* a typographic T */
            parse_assume(p, "the transpose sign is read as T", here(p));
            n = node_new(p->memory, NODE_STEPS, here(p), here(p));
            p->at++;
        } else n = parse_sum(p);
        if (parse_accept(p, ':')) s->upper = parse_sum(p);
        if (s->n_index < MAX_ENTRIES) s->index[s->n_index++] = n;
    }
}

static void subscript(parser *p, symbol *s)
{
    const size_t first = p->at + 1;
    p->at++;
    s->has_subscript = true;
    if (parse_accept(p, '{')) {
        do entry(p, s);
        while (!p->error && parse_accept(p, ','));
        parse_expect(p, '}', "this subscript is not understood");
    } else if (is_model_letter(p)) {
        s->theta = true;
        p->at++;
    } else if (is_word_entry(p)) {
        s->is_text = true;
        p->at++;
    } else {
        node *n = parse_argument(p);
        if (s->n_index < MAX_ENTRIES) s->index[s->n_index++] = n;
    }
    if (!p->error) spell(p, s, first, p->at);
}

static void superscript(parser *p, symbol *s)
{
    const token *t = p->at + 1 < p->end ? &p->t[p->at + 1] : parse_peek(p);
    const bool group = t->kind == TOKEN_OP && t->op == '{';
    const token *first = group && p->at + 2 < p->end ? &p->t[p->at + 2] : t;
    if (first->kind == TOKEN_OP && first->op == '*') {
        s->star = true;
        p->at += 2;
        if (!group) return;
        p->at++;
        if (parse_is_op(p, '}')) p->at++;
        else {
            s->power = parse_sum(p); /* sigma^{*2} */
            parse_expect(p, '}', "this superscript is not understood");
        }
        return;
    }
    if (first->kind == TOKEN_WORD && strcmp(first->name, "top") == 0) {
        p->at += group ? 4 : 2;
        return;
    }
    p->at++;
    s->power = parse_argument(p);
}

/* (a, b) or (a; b): at most two arguments are kept. */
static void arguments(parser *p, symbol *s)
{
    const int norms = p->norms, integrals = p->integrals;
    p->norms = p->integrals = 0;
    p->at++;
    do {
        node *n = parse_sum(p);
        if (s->n_arguments < 2) s->argument[s->n_arguments] = n;
        s->n_arguments++;
    } while (!p->error && (parse_accept(p, ',') || parse_accept(p, ';') || parse_accept(p, '|')));
    p->norms = norms;
    p->integrals = integrals;
    parse_expect(p, ')', "this parenthesis is never closed");
}

static bool is_base(const symbol *s, const char *name)
{
    return strcmp(s->base, name) == 0;
}

/* Does a parenthesis after this name hold arguments (and not a factor)? */
static bool takes_arguments(const symbol *s)
{
    if (is_base(s, "SNR") || is_base(s, "const") || is_base(s, "MMSE")) return true;
    if (is_base(s, "mu") || (is_base(s, "epsilon") && (s->theta || s->accent == ACCENT_HAT || s->star))) return true;
    if (is_base(s, "sigma")) return s->theta;
    if (is_base(s, "x")) return s->accent == ACCENT_HAT;
    if (is_base(s, "s") && s->theta) return true;
    return strchr("LJFfgh", s->base[0]) && s->base[1] == '\0';
}

static accent accent_command(const char *name)
{
    if (strcmp(name, "bar") == 0) return ACCENT_BAR;
    if (strcmp(name, "tilde") == 0) return ACCENT_TILDE;
    if (strcmp(name, "hat") == 0) return ACCENT_HAT;
    return strcmp(name, "vec") == 0 || strcmp(name, "dot") == 0 ? ACCENT_OTHER : ACCENT_NONE;
}

/* The letter under its accents; braces around it do not count, but what follows it inside them does. */
static void base(parser *p, symbol *s)
{
    const token *t = parse_peek(p);
    if (t->kind == TOKEN_WORD && accent_command(t->name) != ACCENT_NONE) {
        s->accent = accent_command(t->name);
        p->at++;
        const bool open = parse_accept(p, '{');
        base(p, s);
        if (open && parse_is_op(p, '_') && !p->error) subscript(p, s);
        if (open) parse_expect(p, '}', "this accent stands over more than a letter");
    } else if (parse_is_op(p, '{')) {
        p->at++;
        base(p, s);
        parse_expect(p, '}', "a name was expected here");
    } else if (t->kind == TOKEN_WORD) {
        s->base = t->name;
        if (t->accent != ACCENT_NONE) s->accent = t->accent;
        p->at++;
    } else parse_fail(p, "a name was expected here", here(p));
}

/* ---- Meaning ---- */

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
    if (!n->child[0] && n->child[1] && n->child[1]->kind == NODE_X) n->child[0] = n->child[1]->child[0];
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
    snprintf(name, sizeof name, "%s%.40s%s%s%s%.90s", accents[s->accent], s->base, s->star ? "*" : "", s->prime ? "'" : "",
             worded ? "_" : "", worded ? s->text : "");
    n->name = arena_text(p->memory, name, strlen(name));
    if (indexed) n->child[0] = s->index[0];
    else if (!s->has_subscript && s->n_arguments == 1 && strchr("fghJF", s->base[0])) n->child[0] = s->argument[0];
    if (!s->has_subscript && s->accent == ACCENT_NONE && strlen(s->base) == 1 && s->base[0] >= 'a' && s->base[0] <= 'z')
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
    const bool posterior = s->accent == ACCENT_TILDE || (s->is_text && strncmp(s->text, "q", 1) == 0);
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
    if (s->accent != ACCENT_NONE || s->is_text || (!s->theta && s->n_index == 0)) return label(p, s);
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

static node *meaning(parser *p, const symbol *s)
{
    const bool bare = s->accent == ACCENT_NONE && !s->star && !s->prime;
    if (is_base(s, "alpha") && !s->is_text) return scheduled(p, s, s->accent == ACCENT_BAR ? SYMBOL_ALPHA_BAR : SYMBOL_ALPHA);
    if (is_base(s, "beta") && !s->is_text && s->accent != ACCENT_BAR)
        return scheduled(p, s, s->accent == ACCENT_TILDE ? SYMBOL_BETA_TILDE : SYMBOL_BETA);
    if (is_base(s, "s") && s->theta) return parse_fail(p, "the score network s_theta is not in the grammar", s->from);
    if (is_base(s, "x")) return meaning_x(p, s);
    if (is_base(s, "mu")) return meaning_mu(p, s);
    if (is_base(s, "sigma")) return meaning_sigma(p, s);
    if (is_base(s, "epsilon") && !s->star && !s->is_text) {
        if (s->theta || s->accent == ACCENT_HAT) return network(p, s, NET_EPS);
        node *n = make(p, s, NODE_EPS, 0);
        n->child[0] = index_of(p, s);
        return n;
    }
    if (is_base(s, "w") && bare && s->variable) {
        const node *i = s->variable->child[0];
        const bool zero = s->variable->kind == NODE_X && i->kind == NODE_NUMBER && i->number == 0.0;
        return scheduled(p, &(symbol){.from = s->from, .to = s->to}, zero ? SYMBOL_W_X0 : SYMBOL_W_XT);
    }
    if (is_base(s, "w") && bare && s->n_index == 1 && !s->theta) return scheduled(p, s, SYMBOL_WEIGHT);
    if (is_base(s, "SNR") && s->n_arguments == 1) {
        node *n = make(p, s, NODE_SCHEDULE, SYMBOL_SNR);
        n->child[0] = s->argument[0];
        return n;
    }
    if (is_base(s, "pi") && !s->has_subscript && bare) return node_number(p->memory, 3.14159265358979323846, s->from);
    if (is_base(s, "T") && !s->has_subscript && bare) return make(p, s, NODE_STEPS, 0);
    if (is_base(s, "D") && !s->has_subscript && bare) return make(p, s, NODE_DIM, 0);
    if (is_base(s, "I") && !s->has_subscript && bare) {
        if (p->normals == 0) parse_assume(p, "I is read as the identity matrix", s->from);
        return parse_is_op(p, '(') ? parse_fail(p, "information I(a; b) is not in the grammar", s->from) : identity(p, s);
    }
    if ((is_base(s, "C") && !s->is_text) || is_base(s, "const")) return make(p, s, NODE_CONST, 0);
    return label(p, s);
}

node *parse_symbol(parser *p)
{
    static const char *const foreign[] = {"nabla", "arg",  "tr",   "Var",  "Cov",   "corr", "partial", "det",
                                          "lim",   "inf",  "sup",  "min",  "max",   "infty", "delta",  "O"};
    symbol s = {.from = here(p)};
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        if (parse_is_word(p, foreign[i])) return parse_fail(p, "this notation is not in the grammar (docs/derive.md)", s.from);
    base(p, &s);
    while (!p->error) {
        if (parse_is_op(p, '_') && !s.has_subscript) subscript(p, &s);
        else if (parse_is_op(p, '^') && !s.power && !s.star) superscript(p, &s);
        else if (parse_accept(p, '\'')) s.prime = true;
        else break;
    }
    if (!p->error && parse_is_op(p, '(') && takes_arguments(&s)) arguments(p, &s);
    if (p->error) return node_new(p->memory, NODE_BAD, s.from, s.from);
    s.to = p->t[p->at - 1].to;
    node *n = meaning(p, &s);
    return s.power ? node_binary(p->memory, NODE_POW, n, s.power) : n;
}
