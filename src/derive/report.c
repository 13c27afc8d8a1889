/* report.c -- the report of a check as text: every line with its place, the source and a caret. */
#include <string.h>

#include "derive/checker.h"

/* One indented block of several lines. */
static void block(FILE *out, const char *text)
{
    while (*text) {
        const size_t n = strcspn(text, "\n");
        fprintf(out, "        %.*s\n", (int)n, text);
        text += n + (text[n] == '\n');
    }
}

static bool inside_character(const source *s, size_t at)
{
    return ((unsigned char)s->text[at] & 0xc0) == 0x80;
}

/* The source line, cut to a readable width around the place, and a caret below it.  Nothing is read
 * beyond that width: lines may be long, and many. */
static void caret(FILE *out, const derive_result *r, const derive_line *l)
{
    enum { WIDTH = 92 };
    const source *s = &r->inside->s;
    size_t from = l->at, to = l->at;
    while (from > 0 && l->at - from <= WIDTH && s->text[from - 1] != '\n') from--;
    while (to < s->length && to - l->at <= WIDTH && s->text[to] != '\n') to++;
    bool cut = false;
    while (l->at - from > WIDTH / 2 && to - from > WIDTH) { /* keep the place in view */
        do from++;
        while (from < l->at && inside_character(s, from));
        cut = true;
    }
    size_t end = to - from > WIDTH ? from + WIDTH : to;
    while (end < to && inside_character(s, end)) end++;
    fprintf(out, "    %s%.*s%s\n", cut ? "..." : "", (int)(end - from), s->text + from,
            end < to ? "..." : "");
    fprintf(out, "    %s", cut ? "   " : "");
    for (size_t i = from; i < l->at; i++)
        if (!inside_character(s, i)) fputc(s->text[i] == '\t' ? '\t' : ' ', out);
    fprintf(out, "^\n");
}

static void notes(FILE *out, const derive_note *n, const char *kind)
{
    for (; n; n = n->next) fprintf(out, "    %s, %zu:%zu: %s\n", kind, n->row, n->column, n->text);
}

static bool remarkable(const derive_line *l)
{
    return l->verdict == DERIVE_WRONG || l->verdict == DERIVE_UNDECIDED ||
           l->verdict == DERIVE_NOT_UNDERSTOOD;
}

static void print_line(FILE *out, const derive_result *r, const derive_line *l)
{
    fprintf(out, "%s:%zu:%zu: line %zu: ", r->name, l->row, l->column, l->number);
    if (l->verdict == DERIVE_NOT_CHECKED)
        fprintf(out, "%s", derive_class_name(l->class));
    else
        fprintf(out, "%s%s", derive_verdict_name(l->verdict),
                l->first_wrong ? ", the first wrong step here" : "");
    fprintf(out, "%s%s\n", l->reason ? ": " : "", l->reason ? l->reason : "");
    if (remarkable(l)) caret(out, r, l);
    notes(out, l->assumptions, "read");
    notes(out, l->notes, "note");
    if (l->example && l->first_wrong) {
        fprintf(out, "    a world in which it fails:\n");
        block(out, l->example);
    }
    if (l->hint) fprintf(out, "    hint: %s\n", l->hint);
    if (l->explained) block(out, l->explained);
}

void derive_print(FILE *out, const derive_result *r, bool all)
{
    if (r->error) {
        fprintf(out, "%s\n", r->error);
        return;
    }
    for (const derive_line *l = r->lines; l; l = l->next)
        if (all || remarkable(l) || l->notes || l->explained) print_line(out, r, l);
    fprintf(out,
            "%zu hold, %zu wrong, %zu undecided, %zu not understood, %zu with nothing to check; "
            "%zu displays\n",
            r->n_verdict[DERIVE_OK], r->n_verdict[DERIVE_WRONG], r->n_verdict[DERIVE_UNDECIDED],
            r->n_verdict[DERIVE_NOT_UNDERSTOOD], r->n_verdict[DERIVE_NOT_CHECKED], r->n_displays);
}
