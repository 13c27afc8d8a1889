/* parse_symbol.c -- names with accents, subscripts, arguments: which quantity of the world is meant? */
#include "derive/parse_symbol.h"

#include <stdio.h>
#include <string.h>

bool parse_is_base(const symbol *s, const char *name)
{
    return strcmp(s->base, name) == 0;
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
    static const char *const words[] = {"q",    "p",    "simple", "VLB",   "vlb", "data",
                                        "ELBO", "elbo", "prior",  "infty", "KL"};
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
            parse_assume(p, "the transpose sign is read as T", parse_here(p));
            n = node_new(p->memory, NODE_STEPS, parse_here(p), parse_here(p));
            p->at++;
        } else
            n = parse_sum(p);
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
        if (parse_is_op(p, '}'))
            p->at++;
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

/* Does a parenthesis after this name hold arguments (and not a factor)? */
static bool takes_arguments(const symbol *s)
{
    if (parse_is_base(s, "SNR") || parse_is_base(s, "const") || parse_is_base(s, "MMSE"))
        return true;
    if (parse_is_base(s, "mu") ||
        (parse_is_base(s, "epsilon") && (s->theta || s->accent == ACCENT_HAT || s->star)))
        return true;
    if (parse_is_base(s, "sigma")) return s->theta;
    if (parse_is_base(s, "x")) return s->accent == ACCENT_HAT;
    if (parse_is_base(s, "s") && s->theta) return true;
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
    if (!parse_affordable(p)) return; /* accents over accents: each is one more call */
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
    } else
        parse_fail(p, "a name was expected here", parse_here(p));
}

node *parse_symbol(parser *p)
{
    static const char *const foreign[] = {"nabla",   "arg",   "tr",    "Var", "Cov", "corr",
                                          "partial", "det",   "lim",   "inf", "sup", "min",
                                          "max",     "infty", "delta", "O"};
    symbol s = {.from = parse_here(p)};
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        if (parse_is_word(p, foreign[i]))
            return parse_fail(p, "this notation is not in the grammar (docs/derive.md)", s.from);
    base(p, &s);
    while (!p->error) {
        if (parse_is_op(p, '_') && !s.has_subscript)
            subscript(p, &s);
        else if (parse_is_op(p, '^') && !s.power && !s.star)
            superscript(p, &s);
        else if (parse_accept(p, '\''))
            s.prime = true;
        else
            break;
    }
    if (!p->error && parse_is_op(p, '(') && takes_arguments(&s)) arguments(p, &s);
    if (p->error) return node_new(p->memory, NODE_BAD, s.from, s.from);
    s.to = p->t[p->at - 1].to;
    node *n = parse_meaning(p, &s);
    return s.power ? node_binary(p->memory, NODE_POW, n, s.power) : n;
}
