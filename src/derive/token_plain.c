/* token_plain.c -- words of plain text become the tokens that LaTeX would give. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "derive/token_cutter.h"

static const char *spelled(const char *part)
{
    static const char *const pairs[][2] = {{"eps", "epsilon"},
                                           {"ln", "log"},
                                           {"abar", "alpha"},
                                           {"mutilde", "mu"},
                                           {"noise", "epsilon"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (strcmp(part, pairs[i][0]) == 0) return pairs[i][1];
    return part;
}

static accent accent_of(const char *part)
{
    if (strcmp(part, "bar") == 0) return ACCENT_BAR;
    if (strcmp(part, "tilde") == 0) return ACCENT_TILDE;
    return strcmp(part, "hat") == 0 ? ACCENT_HAT : ACCENT_NONE;
}

void token_plain_word(cutter *c)
{
    const size_t from = c->at;
    size_t n = 0;
    while (c->at + n < c->to &&
           (isalnum((unsigned char)c->text[c->at + n]) || c->text[c->at + n] == '_'))
        n++;
    char *word = arena_text(c->memory, c->text + c->at, n), *rest = NULL;
    const bool open = n > 0 && word[n - 1] == '_'; /* a group follows */
    c->at += n;
    char *part = strtok_r(word, "_", &rest);
    token *base = token_emit(c, TOKEN_WORD, 0, spelled(part), from);
    if (strcmp(part, "abar") == 0) base->accent = ACCENT_BAR;
    size_t subscripts = 0;
    accent above = base->accent;
    while ((part = strtok_r(NULL, "_", &rest))) {
        if (accent_of(part) != ACCENT_NONE) {
            above = accent_of(part);
            continue;
        }
        token_emit(c, TOKEN_OP, subscripts ? ',' : '_', NULL, from);
        if (!subscripts++) token_emit(c, TOKEN_OP, '{', NULL, from);
        if (isdigit((unsigned char)part[0]))
            token_emit(c, TOKEN_NUMBER, 0, part, from)->number = strtod(part, NULL);
        else
            token_emit(c, TOKEN_WORD, 0, spelled(part), from);
    }
    if (subscripts) token_emit(c, TOKEN_OP, '}', NULL, from);
    for (size_t i = c->list.n; i-- > 0 && c->list.t[i].from == from;)
        if (c->list.t[i].kind == TOKEN_WORD) base = &c->list.t[i];
    base->accent = above;
    if (open) token_emit(c, TOKEN_OP, '_', NULL, from);
}
