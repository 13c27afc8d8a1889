/* source.c -- finds the displays and directives of a file. */
#include "derive/source.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct reader {
    source *s;
    arena *memory;
    source_item **tail;
    size_t at, n_items;
    char *error;
    size_t error_size;
} reader;

static bool fail(reader *r, size_t at, const char *what)
{
    size_t line, column;
    source_place(r->s, at, &line, &column);
    snprintf(r->error, r->error_size, "%s:%zu:%zu: %s", r->s->name, line, column, what);
    return false;
}

static bool add(reader *r, bool directive, size_t from, size_t to)
{
    if (++r->n_items > SOURCE_MAX_ITEMS) return fail(r, from, "more than 2000 displays");
    source_item *item = arena_take(r->memory, sizeof *item);
    *item = (source_item){.directive = directive, .from = from, .to = to};
    *r->tail = item;
    r->tail = &item->next;
    if (!directive) r->s->n_displays++;
    return true;
}

static bool here(const reader *r, const char *word)
{
    return strncmp(r->s->text + r->at, word, strlen(word)) == 0;
}

static size_t line_end(const reader *r, size_t at)
{
    while (at < r->s->length && r->s->text[at] != '\n') at++;
    return at;
}

/* A comment from r->at to the end of its line, or to `close`; keep it when it is a directive. */
static bool comment(reader *r, const char *close)
{
    const char *text = r->s->text;
    size_t from = r->at, to = line_end(r, from);
    if (close) {
        const char *end = strstr(text + from, close);
        to = end ? (size_t)(end - text) : r->s->length;
    }
    r->at = to;
    while (from < to && strchr("%#<!- \t", text[from])) from++;
    if (strncmp(text + from, "derive:", 7) != 0) return true;
    return add(r, true, from + 7, to);
}

/* A display from `from` to the word `close`; TeX comments inside do not close it. */
static bool display(reader *r, size_t from, const char *close)
{
    const size_t opened = r->at;
    for (r->at = from; r->at < r->s->length; r->at++) {
        const char c = r->s->text[r->at];
        if (here(r, close)) {
            const size_t to = r->at;
            r->at += strlen(close);
            return add(r, false, from, to);
        }
        if (c == '\\' && r->at + 1 < r->s->length)
            r->at++;
        else if (c == '%' && r->s->format == SOURCE_TEX)
            r->at = line_end(r, r->at);
    }
    return fail(r, opened, "this display is never closed");
}

static bool is_display(const char *name)
{
    static const char *const names[] = {"equation",    "align",       "gather",  "multline",
                                        "eqnarray",    "flalign",     "alignat", "math",
                                        "displaymath", "IEEEeqnarray"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0) return true;
    return false;
}

/* \begin{name}: a display, verbatim text to skip, or nothing to us. */
static bool environment(reader *r)
{
    char name[32] = "", close[48];
    size_t at = r->at + 7, n = 0;
    while (n + 1 < sizeof name && r->s->text[at + n] && !strchr("}\n", r->s->text[at + n])) n++;
    memcpy(name, r->s->text + at, n);
    at += n;
    snprintf(close, sizeof close, "\\end{%s}", name);
    if (r->s->text[at] == '}') at++;
    const bool verbatim = strcmp(name, "verbatim") == 0 || strcmp(name, "lstlisting") == 0;
    if (n > 0 && name[n - 1] == '*') name[n - 1] = '\0';
    if (verbatim) {
        const char *end = strstr(r->s->text + at, close);
        r->at = end ? (size_t)(end - r->s->text) : r->s->length;
        return true;
    }
    if (is_display(name)) return display(r, at, close);
    r->at = at;
    return true;
}

static bool read_tex(reader *r)
{
    while (r->at < r->s->length) {
        bool ok = true;
        if (r->s->text[r->at] == '%')
            ok = comment(r, NULL);
        else if (here(r, "\\begin{"))
            ok = environment(r);
        else if (here(r, "\\["))
            ok = display(r, r->at + 2, "\\]");
        else if (here(r, "$$"))
            ok = display(r, r->at + 2, "$$");
        else
            r->at += r->s->text[r->at] == '\\' && r->at + 1 < r->s->length ? 2 : 1;
        if (!ok) return false;
    }
    return true;
}

/* A fence of three or more backquotes: ```math is a display, any other is code to skip. */
static bool fence(reader *r)
{
    const bool math = here(r, "```math");
    const size_t opened = r->at, from = line_end(r, r->at);
    const char *end = strstr(r->s->text + from, "\n```");
    if (!end) return fail(r, opened, "this block is never closed");
    const size_t to = (size_t)(end - r->s->text);
    r->at = line_end(r, to + 1);
    return math ? add(r, false, from, to) : true;
}

/* % derive: ... on a line of its own, as in LaTeX. */
static bool tex_directive(const reader *r)
{
    const char *at = r->s->text + r->at;
    at += strspn(at, " \t");
    return *at == '%' && strncmp(at + strspn(at, "% \t"), "derive:", 7) == 0;
}

static bool read_markdown(reader *r)
{
    while (r->at < r->s->length) {
        bool ok = true;
        const bool line_start = r->at == 0 || r->s->text[r->at - 1] == '\n';
        if (line_start && here(r, "```"))
            ok = fence(r);
        else if (line_start && tex_directive(r))
            ok = comment(r, NULL);
        else if (here(r, "<!--"))
            ok = comment(r, "-->");
        else if (here(r, "$$"))
            ok = display(r, r->at + 2, "$$");
        else if (here(r, "\\["))
            ok = display(r, r->at + 2, "\\]");
        else
            r->at++;
        if (!ok) return false;
    }
    return true;
}

/* ---- Plain text ---- */

static bool continues(const char *line)
{
    while (*line == ' ' || *line == '\t') line++;
    return *line && (strchr("=<>+-*/", *line) || strncmp(line, "\xe2\x89", 2) == 0 ||
                     strncmp(line, "\xe2\x88\x9d", 3) == 0 || strncmp(line, "~=", 2) == 0);
}

static bool states(const char *line, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (line[i] == '=' || strncmp(line + i, "\xe2\x89", 2) == 0 || /* <= >= and their like */
            strncmp(line + i, "\xe2\x88\x9d", 3) == 0)                 /* proportional */
            return true;
    return false;
}

static bool read_plain(reader *r)
{
    size_t from = 0, to = 0; /* the display that is growing; empty when to == 0 */
    while (r->at < r->s->length) {
        const size_t end = line_end(r, r->at), start = r->at;
        size_t first = start;
        while (first < end && isspace((unsigned char)r->s->text[first])) first++;
        const bool remark = first < end && strchr("#%", r->s->text[first]);
        const bool more = to && !remark && first < end && continues(r->s->text + start);
        if (to && !more) {
            if (!add(r, false, from, to)) return false;
            to = 0;
        }
        if (remark) {
            if (!comment(r, NULL)) return false;
        } else if (more) {
            to = end;
        } else if (states(r->s->text + start, end - start)) {
            from = start;
            to = end;
        }
        r->at = end < r->s->length ? end + 1 : end;
    }
    return to ? add(r, false, from, to) : true;
}

/* ---- The whole file ---- */

static bool ends_with(const char *name, const char *end)
{
    const size_t n = strlen(name), m = strlen(end);
    return n >= m && strcmp(name + n - m, end) == 0;
}

static source_format guess(const source *s)
{
    if (ends_with(s->name, ".tex")) return SOURCE_TEX;
    if (ends_with(s->name, ".md")) return SOURCE_MARKDOWN;
    if (strstr(s->text, "```math")) return SOURCE_MARKDOWN;
    if (strstr(s->text, "\\begin{") || strstr(s->text, "\\[") || strstr(s->text, "$$"))
        return SOURCE_TEX;
    return SOURCE_PLAIN;
}

static bool legible(reader *r)
{
    size_t line = 0;
    for (size_t i = 0; i < r->s->length; i++) {
        const unsigned char c = (unsigned char)r->s->text[i];
        if (c < 32 && !strchr("\t\n\r\f", c))
            return fail(r, i, "not a text file (control character)");
        if (c == 0) return fail(r, i, "not a text file (zero byte)");
        line = c == '\n' ? 0 : line + 1;
        if (line > SOURCE_MAX_LINE) return fail(r, i, "a line of more than 65536 bytes");
    }
    return true;
}

bool source_from_text(source *s, arena *memory, const char *name, const char *text, size_t length,
                      char *error, size_t error_size)
{
    *s = (source){.name = name, .length = length};
    reader r = {
        .s = s, .memory = memory, .tail = &s->items, .error = error, .error_size = error_size};
    if (length > SOURCE_MAX_BYTES) {
        snprintf(error, error_size, "%s: larger than 2 MB", name);
        return false;
    }
    s->text = arena_text(memory, text, length);
    source_set_marks(s, memory);
    if (!legible(&r)) return false;
    s->format = guess(s);
    if (s->format == SOURCE_TEX) return read_tex(&r);
    return s->format == SOURCE_MARKDOWN ? read_markdown(&r) : read_plain(&r);
}

bool source_read(source *s, arena *memory, const char *path, char *error, size_t error_size)
{
    FILE *f = fopen(path, "rb");
    char *text = f ? malloc(SOURCE_MAX_BYTES + 2) : NULL;
    const size_t n = text ? fread(text, 1, SOURCE_MAX_BYTES + 1, f) : 0;
    const bool bad = !text || ferror(f);
    if (f) fclose(f);
    if (bad) {
        snprintf(error, error_size, "%s: cannot be read", path);
        free(text);
        return false;
    }
    const bool ok = source_from_text(s, memory, path, text, n, error, error_size);
    free(text);
    return ok;
}
