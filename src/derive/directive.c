/* directive.c -- comments that speak to the checker: derive: let, vector, positive, approx, ... */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "derive/reading.h"

/* The rest of the directive after its keyword, or 0 when it is another one. */
static size_t keyword(const checker *c, const source_item *item, const char *word)
{
    size_t at = item->from;
    while (at < item->to && isspace((unsigned char)c->s.text[at])) at++;
    const size_t n = strlen(word);
    if (at + n > item->to || strncmp(c->s.text + at, word, n) != 0) return 0;
    return at + n;
}

/* A line of the report for a directive that was not understood. */
static void complain(checker *c, const source_item *item, const char *why)
{
    derive_line *l = checker_line(c, c->result->n_displays, item->from, item->to);
    l->class = DERIVE_DEFINITION;
    l->verdict = DERIVE_NOT_UNDERSTOOD;
    l->reason = why;
}

static void let(checker *c, const source_item *item, size_t from)
{
    const token_list t = token_cut(&c->memory, &c->s, from, item->to);
    const statement *s = statement_read(&c->memory, &c->s, t);
    if (!s || s->n != 2 || !s->sides[0].tree || !s->sides[1].tree) {
        complain(c, item,
                 s && s->n == 2 && s->sides[1].error ? s->sides[1].error
                                                     : "derive: let NAME = FORMULA");
        return;
    }
    const node *name = s->sides[0].tree;
    if (name->kind == NODE_LABEL)
        definition_add(c, name, s->sides[1].tree, DEFINITION_EXACT);
    else {
        c->choice = VARIANCE_OWN;
        if (!definition_variance(c, name, s->sides[1].tree))
            complain(c, item, "this name has a meaning already (docs/notation.md)");
    }
}

/* A list of names that stand for anything. */
static void arbitrary(checker *c, const source_item *item, size_t from, definition_kind kind)
{
    const token_list t = token_cut(&c->memory, &c->s, from, item->to);
    for (const statement *s = statement_read(&c->memory, &c->s, t); s; s = s->next) {
        if (s->n == 0) continue;
        const node *name = s->n == 1 ? s->sides[0].tree : NULL;
        if (name && name->kind == NODE_LABEL)
            definition_add(c, name, NULL, kind);
        else
            complain(c, item, "a list of names was expected here");
    }
}

void reading_directive(checker *c, const source_item *item)
{
    size_t at;
    if (c->options.graded && (keyword(c, item, "skip") || keyword(c, item, "dimension"))) return;
    if ((at = keyword(c, item, "let ")))
        let(c, item, at);
    else if ((at = keyword(c, item, "vector ")))
        arbitrary(c, item, at, DEFINITION_VECTOR);
    else if ((at = keyword(c, item, "positive ")))
        arbitrary(c, item, at, DEFINITION_POSITIVE);
    else if ((at = keyword(c, item, "approx ")))
        c->tolerance = strtod(c->s.text + at, NULL);
    else if (keyword(c, item, "propto theta"))
        c->propto_theta = true;
    else if (keyword(c, item, "propto all"))
        c->propto_theta = false;
    else if (keyword(c, item, "dimension 1"))
        c->one_dimension = true;
    else if (keyword(c, item, "dimension any"))
        c->one_dimension = false;
    else if (keyword(c, item, "reset")) {
        c->known = NULL;
        c->choice = VARIANCE_OWN;
        c->tolerance = 0.0;
        c->one_dimension = c->propto_theta = false;
    } else if ((at = keyword(c, item, "skip"))) {
        size_t end = item->to;
        while (end > at && isspace((unsigned char)c->s.text[end - 1])) end--;
        while (at < end && isspace((unsigned char)c->s.text[at])) at++;
        c->skip = end > at ? arena_text(&c->memory, c->s.text + at, end - at)
                           : "declared to be outside by the author";
    } else
        complain(c, item,
                 "known directives: let, vector, positive, approx, propto, dimension, skip, reset");
}
