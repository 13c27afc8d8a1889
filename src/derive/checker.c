/* checker.c -- one check from beginning to end: files, worlds, displays, results. */
#include "derive/checker.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "derive/reading.h"

enum { MEMORY_RESULTS = 64 << 20, MEMORY_WORK = 64 << 20 };

derive_options derive_defaults(void)
{
    return (derive_options){.worlds = 8, .seed = 1, .budget = 25000000};
}

char *checker_format(checker *c, const char *format, ...)
{
    char text[4096];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return arena_text(&c->memory, text, strlen(text));
}

static void add_note(checker *c, derive_note **list, const char *text, size_t at)
{
    while (*list) list = &(*list)->next;
    *list = arena_take(&c->memory, sizeof **list);
    (*list)->text = text;
    source_place(&c->s, at, &(*list)->row, &(*list)->column);
}

void checker_place(const checker *c, derive_line *line, size_t at)
{
    line->at = at < c->s.length ? at : c->s.length;
    source_place(&c->s, at, &line->row, &line->column);
}

derive_line *checker_line(checker *c, size_t display, size_t from, size_t to)
{
    if (c->n_lines == CHECKER_LINES) arena_abandon(&c->memory, "more than 10000 lines to check");
    derive_line *l = arena_take(&c->memory, sizeof *l);
    l->number = ++c->n_lines;
    l->display = display;
    l->from = from;
    l->to = to;
    checker_place(c, l, from);
    *c->tail = l;
    c->tail = &l->next;
    checker_next_line(c);
    return l;
}

void checker_assume(checker *c, derive_line *line, const char *text, size_t at)
{
    for (const derive_note *n = line->assumptions; n; n = n->next)
        if (strcmp(n->text, text) == 0) return;
    add_note(c, &line->assumptions, text, at);
}

void checker_note(checker *c, derive_line *line, const char *text, size_t at)
{
    add_note(c, &line->notes, text, at);
}

const world *checker_world(checker *c, world_wish wish, size_t index)
{
    world **w = &c->worlds[(wish.one_dimension ? 1 : 0) + (wish.short_chain ? 2 : 0) +
                           (wish.flat ? 4 : 0)][index];
    if (!*w) *w = world_alloc(c->options.seed, index, wish);
    return *w;
}

/* ---- Displays ---- */

/* The tokens of a display and of the displays that continue it; *item moves to the last of them. */
static token_list gather(checker *c, const source_item **item)
{
    token_list all = token_cut(&c->memory, &c->s, (*item)->from, (*item)->to);
    while ((*item)->next && !(*item)->next->directive) {
        const source_item *next = (*item)->next;
        bool close = true; /* nothing but white space and delimiters between the two */
        for (size_t i = (*item)->to; i < next->from; i++)
            close &= strchr(" \t\n\r$\\[]`math", c->s.text[i]) != NULL;
        if (!close || c->s.format == SOURCE_PLAIN) break;
        const token_list more = token_cut(&c->memory, &c->s, next->from, next->to);
        if (!statement_continues(more)) break;
        token *t = arena_take(&c->memory, (all.n + more.n + 2) * sizeof *t);
        memcpy(t, all.t, all.n * sizeof *t);
        t[all.n] = (token){.kind = TOKEN_ROW, .from = next->from, .to = next->from};
        memcpy(t + all.n + 1, more.t, (more.n + 1) * sizeof *t);
        all.t = t;
        all.n += more.n + 1;
        *item = next;
        c->result->n_displays++;
    }
    return all;
}

static void mark_first_wrong(derive_line *first)
{
    for (derive_line *l = first; l; l = l->next) {
        if (l->verdict != DERIVE_WRONG) continue;
        l->first_wrong = true;
        return;
    }
}

static void check_items(checker *c)
{
    for (const source_item *item = c->s.items; item; item = item->next) {
        if (item->directive) {
            reading_directive(c, item);
            continue;
        }
        c->result->n_displays++;
        const size_t display = c->result->n_displays;
        derive_line **before = c->tail;
        const token_list tokens = gather(c, &item);
        reading_display(c, tokens, display);
        mark_first_wrong(*before);
    }
    for (const derive_line *l = c->result->lines; l; l = l->next) {
        c->result->n_lines++;
        c->result->n_verdict[l->verdict]++;
    }
}

/* ---- The whole ---- */

static derive_result *open_check(const derive_options *options)
{
    derive_result *r = calloc(1, sizeof *r);
    checker *c = r ? calloc(1, sizeof *c) : NULL;
    struct memo *memo = c ? calloc(1, eval_memo_bytes) : NULL;
    if (!memo) {
        free(c);
        free(r);
        return NULL;
    }
    c->options = *options;
    if (c->options.worlds < 1) c->options.worlds = 1;
    if (c->options.worlds > CHECKER_WORLDS) c->options.worlds = CHECKER_WORLDS;
    c->result = r;
    c->tail = &r->lines;
    checker_budget(c, 1.0);
    c->memo = memo;
    arena_open(&c->memory, MEMORY_RESULTS);
    arena_open(&c->work, MEMORY_WORK);
    r->inside = c;
    return r;
}

/* Read by `path` when text is NULL. */
static void run(checker *c, const char *name, const char *text, size_t length)
{
    jmp_buf escape;
    char error[512] = "";
    c->memory.escape = &escape;
    if (setjmp(escape) != 0) {
        snprintf(c->too_large, sizeof c->too_large, "%.200s: too large: %s", name,
                 strncmp(c->memory.reason, "more than", 9) == 0 ? c->memory.reason
                                                                : "it needs too much memory");
        c->result->error = c->too_large;
        return;
    }
    c->result->name = arena_text(&c->memory, name, strlen(name));
    const bool ok = text ? source_from_text(&c->s, &c->memory, c->result->name, text, length, error,
                                            sizeof error)
                         : source_read(&c->s, &c->memory, c->result->name, error, sizeof error);
    if (ok)
        check_items(c);
    else
        c->result->error = arena_text(&c->memory, error, strlen(error));
}

derive_result *derive_check_text(const char *name, const char *text, size_t length,
                                 const derive_options *options)
{
    derive_result *r = open_check(options);
    if (r) run(r->inside, name, text, length);
    return r;
}

derive_result *derive_check_file(const char *path, const derive_options *options)
{
    derive_result *r = open_check(options);
    if (r) run(r->inside, path, NULL, 0);
    return r;
}

void derive_free(derive_result *r)
{
    if (!r) return;
    checker *c = r->inside;
    for (size_t i = 0; i < CHECKER_WISHES; i++)
        for (size_t k = 0; k < CHECKER_WORLDS; k++) world_free(c->worlds[i][k]);
    arena_close(&c->memory);
    arena_close(&c->work);
    free(c->memo);
    free(c);
    free(r);
}

int derive_status(const derive_result *r)
{
    if (r->error || r->malformed) return 2;
    return r->n_verdict[DERIVE_WRONG] || r->n_verdict[DERIVE_UNDECIDED] ||
                   r->n_verdict[DERIVE_NOT_UNDERSTOOD]
               ? 1
               : 0;
}

const char *derive_class_name(derive_class c)
{
    static const char *const names[] = {"statement", "definition", "target",
                                        "step",      "expression", "not decidable here"};
    return names[c];
}

const char *derive_verdict_name(derive_verdict v)
{
    static const char *const names[] = {"ok", "WRONG", "undecided", "not understood",
                                        "not checked"};
    return names[v];
}
