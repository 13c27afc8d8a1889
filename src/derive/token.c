/* token.c -- the lexer. */
#include "derive/token.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "derive/token_cutter.h"
#include "derive/token_table.h"

token *token_emit(cutter *c, token_kind kind, int op, const char *name, size_t from)
{
    if (c->list.n + 1 >= c->capacity) {
        const size_t more = c->capacity ? 2 * c->capacity : 64;
        token *grown = arena_take(c->memory, more * sizeof *grown);
        if (c->list.n) memcpy(grown, c->list.t, c->list.n * sizeof *grown);
        c->list.t = grown;
        c->capacity = more;
    }
    token *t = &c->list.t[c->list.n++];
    *t = (token){.kind = kind, .op = op, .name = name, .from = from, .to = c->at};
    return t;
}

static void emit_word(cutter *c, const char *name, size_t n, size_t from)
{
    token_emit(c, TOKEN_WORD, 0, arena_text(c->memory, name, n), from);
}

static void skip_blanks(cutter *c)
{
    while (c->at < c->to && isspace((unsigned char)c->text[c->at])) c->at++;
}

/* Step over {...} with everything in it. */
static void skip_group(cutter *c)
{
    skip_blanks(c);
    if (c->at >= c->to || c->text[c->at] != '{') return;
    int depth = 0;
    for (; c->at < c->to; c->at++) {
        if (c->text[c->at] == '{') depth++;
        if (c->text[c->at] == '}' && --depth == 0) {
            c->at++;
            return;
        }
    }
}

static void command(cutter *c);

/* \text{...} and the font commands: a name when it holds letters only, else prose (\text) or a group. */
static bool worded_group(cutter *c, bool text, bool prose, size_t from)
{
    skip_blanks(c);
    if (c->at >= c->to || c->text[c->at] != '{') return false;
    size_t begin = c->at + 1, end = begin;
    while (end < c->to && c->text[end] != '}' && c->text[end] != '{' && c->text[end] != '\n') end++;
    if (end >= c->to || c->text[end] != '}') return false;
    size_t word_end = begin + 1;
    while (!prose && c->text[begin] == '\\' && word_end < end &&
           isalpha((unsigned char)c->text[word_end]))
        word_end++;
    if (!prose && word_end == end && end > begin + 1) { /* \boldsymbol{\mu} */
        c->at = begin;
        command(c);
        c->at = end + 1;
        return true;
    }
    bool letters = end > begin;
    for (size_t i = begin; i < end; i++) letters &= isalpha((unsigned char)c->text[i]) != 0;
    const size_t n = end - begin;
    char *word = arena_text(c->memory, c->text + begin, n);
    if (n > 1 && strncmp(word, "const", 5) == 0) word[5] = '\0', letters = true;
    if (!letters && !prose) return false;
    c->at = end + 1;
    if (letters && (n == 1 || !text || token_is_name(word)))
        token_emit(c, TOKEN_WORD, 0, strcmp(word, "ln") == 0 ? "log" : word, from);
    else
        token_emit(c, TOKEN_TEXT, 0, word, from);
    return true;
}

static bool is_font(const char *name)
{
    return strncmp(name, "math", 4) == 0 || strcmp(name, "operatorname") == 0 ||
           strcmp(name, "boldsymbol") == 0 || strcmp(name, "bm") == 0;
}

/* \boxed{...}: the box goes, and both braces with it. */
static void unbox(cutter *c)
{
    skip_blanks(c);
    const size_t open = c->at;
    if (open >= c->to || c->text[open] != '{' ||
        ++c->boxes > sizeof c->dropped / sizeof c->dropped[0])
        return;
    skip_group(c);
    if (c->at > open && c->text[c->at - 1] == '}') c->dropped[c->n_dropped++] = c->at - 1;
    c->at = c->at > open ? open + 1 : open;
}

static void command(cutter *c)
{
    const size_t from = c->at++;
    size_t n = 0;
    while (c->at + n < c->to && isalpha((unsigned char)c->text[c->at + n])) n++;
    if (n == 0 && c->at < c->to) n = 1;
    char name[24] = "";
    memcpy(name, c->text + c->at, n < sizeof name ? n : sizeof name - 1);
    c->at += n;
    if (strcmp(name, "\\") == 0) {
        skip_blanks(c);
        if (c->at + 1 < c->to && c->text[c->at] == '[' &&
            isdigit((unsigned char)c->text[c->at + 1]))
            while (c->at < c->to && c->text[c->at++] != ']') continue;
        token_emit(c, TOKEN_ROW, 0, NULL, from);
        return;
    }
    const token_meaning *m = token_command(name);
    const bool prose = strncmp(name, "text", 4) == 0 && strcmp(name, "textstyle") != 0;
    if (m)
        token_emit(c, m->kind, m->op, m->word, from);
    else if (token_swallows_argument(name))
        skip_group(c);
    else if (strcmp(name, "boxed") == 0 || strcmp(name, "fbox") == 0)
        unbox(c);
    else if (prose || (is_font(name) && strcmp(name, "mathstrut") != 0)) {
        if (!worded_group(c, prose, prose || strcmp(name, "mathrm") == 0, from) && prose)
            skip_group(c);
    } else if (!token_is_typography(name))
        emit_word(c, name, strlen(name), from);
    if ((strcmp(name, "left") == 0 || strcmp(name, "right") == 0) && c->at < c->to &&
        c->text[c->at] == '.')
        c->at++;
}

static void number(cutter *c)
{
    const size_t from = c->at;
    char digits[64];
    size_t n = 0;
    while (c->at < c->to && n + 3 < sizeof digits) {
        const char x = c->text[c->at];
        const bool exponent = (x == 'e' || x == 'E') && n > 0 && c->at + 1 < c->to &&
                              (isdigit((unsigned char)c->text[c->at + 1]) ||
                               (c->text[c->at + 1] == '-' && c->at + 2 < c->to &&
                                isdigit((unsigned char)c->text[c->at + 2])));
        const bool point =
            x == '.' && c->at + 1 < c->to && isdigit((unsigned char)c->text[c->at + 1]);
        if (!isdigit((unsigned char)x) && !point && !exponent) break;
        digits[n++] = x;
        c->at++;
        if (exponent) digits[n++] = c->text[c->at++];
    }
    digits[n] = '\0';
    token *t = token_emit(c, TOKEN_NUMBER, 0, arena_text(c->memory, digits, n), from);
    t->number = strtod(digits, NULL);
}

/* A run of letters in LaTeX: one name when we know it, else the first letter alone. */
static void letters(cutter *c)
{
    const size_t from = c->at;
    size_t n = 0;
    while (c->at + n < c->to && isalpha((unsigned char)c->text[c->at + n])) n++;
    char *run = arena_text(c->memory, c->text + c->at, n);
    if (n == 1 || !token_is_name(run)) n = 1;
    run[n] = '\0';
    c->at += n;
    token_emit(c, TOKEN_WORD, 0, run, from);
}

static bool relation(cutter *c)
{
    static const struct {
        const char *text;
        int op;
    } relations[] = {{":=", REL_DEFINE},  {"<=", REL_LE}, {">=", REL_GE},   {"~=", REL_APPROX},
                     {"=>", REL_IMPLIES}, {"->", REL_TO}, {"=", REL_EQUAL}, {"<", REL_LE},
                     {">", REL_GE},       {"~", REL_SIM}};
    for (size_t i = 0; i < sizeof relations / sizeof relations[0]; i++) {
        const size_t n = strlen(relations[i].text);
        if (c->at + n > c->to || strncmp(c->text + c->at, relations[i].text, n) != 0) continue;
        if (relations[i].op == REL_SIM && c->s->format != SOURCE_PLAIN) return false; /* a tie */
        const size_t from = c->at;
        c->at += n;
        token_emit(c, TOKEN_RELATION, relations[i].op, NULL, from);
        return true;
    }
    return false;
}

/* A character outside ASCII: from the table, or an accent that belongs to the word before it. */
static void foreign(cutter *c)
{
    const size_t from = c->at;
    size_t n = 0;
    const token_meaning *m = token_character(c->text + c->at, &n);
    token *last = c->list.n ? &c->list.t[c->list.n - 1] : NULL;
    if (m) {
        c->at += n;
        if (m->kind == TOKEN_NUMBER)
            token_emit(c, TOKEN_NUMBER, 0, "0.5", from)->number = 0.5;
        else
            token_emit(c, m->kind, m->op, m->word, from);
    } else if (strncmp(c->text + c->at, "\xe1\xbe\xb1", 3) == 0) { /* alpha with macron */
        c->at += 3;
        token_emit(c, TOKEN_WORD, 0, "alpha", from)->accent = ACCENT_BAR;
    } else if (strncmp(c->text + c->at, "\xc2\xb2", 2) == 0) { /* superscript two */
        c->at += 2;
        token_emit(c, TOKEN_OP, '^', NULL, from);
        token_emit(c, TOKEN_NUMBER, 0, "2", from)->number = 2.0;
    } else if (last && (unsigned char)c->text[c->at] == 0xcc) { /* combining accents */
        const unsigned char mark = (unsigned char)c->text[c->at + 1];
        last->accent = mark == 0x84   ? ACCENT_BAR
                       : mark == 0x83 ? ACCENT_TILDE
                       : mark == 0x82 ? ACCENT_HAT
                                      : ACCENT_OTHER;
        c->at += c->at + 1 < c->to ? 2 : 1;
    } else {
        do c->at++;
        while (c->at < c->to && ((unsigned char)c->text[c->at] & 0xc0) == 0x80);
        if (c->list.bad == (size_t)-1) c->list.bad = c->list.n;
        token_emit(c, TOKEN_BAD, 0, NULL, from);
    }
}

static void step(cutter *c)
{
    const char x = c->text[c->at];
    const size_t from = c->at;
    const bool plain = c->s->format == SOURCE_PLAIN;
    for (size_t i = 0; i < c->n_dropped; i++)
        if (c->dropped[i] == c->at) {
            c->at++;
            return;
        }
    if (isspace((unsigned char)x) || x == '&' || (x == '~' && !plain))
        c->at++;
    else if (x == '%' && c->s->format == SOURCE_TEX)
        while (c->at < c->to && c->text[c->at] != '\n') c->at++;
    else if (x == '\\')
        command(c);
    else if (isdigit((unsigned char)x))
        number(c);
    else if (isalpha((unsigned char)x))
        plain ? token_plain_word(c) : letters(c);
    else if ((unsigned char)x >= 0x80)
        foreign(c);
    else if (relation(c))
        return;
    else if (x == '|' && c->at + 1 < c->to && c->text[c->at + 1] == '|') {
        c->at += 2;
        token_emit(c, TOKEN_OP, 'N', NULL, from);
    } else if (strchr("+-*/^_()[]{}|,;.:'", x)) {
        c->at++;
        if (x == '.' && c->at + 1 < c->to && c->text[c->at] == '.') {
            while (c->at < c->to && c->text[c->at] == '.') c->at++;
            token_emit(c, TOKEN_OP, 'd', NULL, from);
        } else
            token_emit(c, TOKEN_OP, x, NULL, from);
    } else {
        c->at++;
        if (c->list.bad == (size_t)-1) c->list.bad = c->list.n;
        token_emit(c, TOKEN_BAD, 0, NULL, from);
    }
}

token_list token_cut(arena *memory, const source *s, size_t from, size_t to)
{
    cutter c = {
        .memory = memory, .s = s, .text = s->text, .at = from, .to = to, .list.bad = (size_t)-1};
    while (c.at < c.to) step(&c);
    if (c.list.bad == (size_t)-1) c.list.bad = c.list.n;
    token_emit(&c, TOKEN_END, 0, NULL, to)->to = to;
    c.list.n--;
    return c.list;
}
