/* report.c -- reports as text. */
#include "grade/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "grade/number.h"

void report_score(text *to, const grading *g)
{
    const tally all = grading_tally(g, NULL);
    if (all.total > 0.0) {
        text_add(to, "machine points %.4g of %.4g", all.earned, all.machine);
        if (all.pending > 0.0) text_add(to, ", pending %.4g (graded by a person)", all.pending);
        text_add(to, ", total possible %.4g", all.total);
        return;
    }
    size_t right = 0, checked = 0;
    for (size_t i = 0; i < g->n; i++) {
        checked += points_machine(g->items[i].row);
        right += g->items[i].state == ITEM_RIGHT;
    }
    text_add(to, "%zu of %zu right (no points in this exercise)", right, checked);
}

/* A fate that needs no second line. */
static bool brief(const item *i)
{
    return strncmp(i->why, "not ", 4) == 0;
}

static const char *word(const item *i)
{
    if (i->state != ITEM_PENDING && brief(i)) return i->why;
    switch (i->state) {
    case ITEM_RIGHT: return "ok";
    case ITEM_PART: return "partly";
    case ITEM_WRONG: return "wrong";
    case ITEM_UNANSWERED: return "to do";
    case ITEM_PENDING: return i->answer.size > 0 ? "pending" : "empty";
    default: return "-";
    }
}

/* The text in lines of at most 88 columns, each indented; the first after `mark`. */
static void wrap(text *to, const char *mark, const char *what)
{
    size_t column = 100;
    const char *at = what;
    bool first = true;
    while (*at) {
        const size_t n = strcspn(at, " \n");
        if (n > 0) {
            if (column + n + 1 > 88) {
                text_add(to, "%s       %s", first ? "" : "\n", first ? mark : "  ");
                column = 9;
                first = false;
            } else {
                text_add(to, " ");
                column++;
            }
            text_add_bytes(to, at, n);
            column += n;
        }
        at += n + (at[n] != '\0');
    }
    text_add(to, "\n");
}

static void add_item(text *to, const item *i)
{
    const bool counts = i->row->points > 0.0;
    text_add(to, "  %-4s %-52s", i->row->item, i->row->title);
    if (!counts)
        text_add(to, " %16s", word(i));
    else if (i->state == ITEM_PENDING)
        text_add(to, "    - / %-4.4g %s", i->row->points, word(i));
    else
        text_add(to, " %4.4g / %-4.4g %s", i->earned, i->row->points, word(i));
    text_add(to, "\n");
    if (i->why[0] && !brief(i)) wrap(to, "  ", i->why);
    if (i->hint[0]) wrap(to, "? ", i->hint);
    if (i->single_precision)
        wrap(to, "! ",
             "right, but only to about 7 digits: are all your variables double, and does "
             "every constant and function keep that precision?");
    if (i->replaced)
        wrap(to, "! ",
             "right, with the reference in place of an earlier function of yours that is "
             "not right yet.");
}

static void add_compiler(text *to, const grading *g)
{
    if (g->compiler.size == 0) return;
    text_add(to, g->compiled ? "The compiler warns:\n" : "The program does not compile:\n");
    for (const char *line = text_of(&g->compiler); *line;) {
        const size_t n = strcspn(line, "\n");
        text_add(to, "  ");
        text_add_bytes(to, line, n);
        text_add(to, "\n");
        line += n + (line[n] == '\n');
    }
    text_add(to, "\n");
}

void report_student(text *to, const grading *g, const workshop *w, const char *part)
{
    const char *shown = "";
    text_add(to, "%s   seed %lu   (%s)\n\n", g->assignment, g->seed, w->where.words);
    add_compiler(to, g);
    if (g->complaint.size > 0) text_add(to, "%s\n", text_of(&g->complaint));
    for (size_t i = 0; i < g->n; i++) {
        const item *it = &g->items[i];
        if (part && strcmp(part, it->row->part) != 0) continue;
        if (strcmp(shown, it->row->part) != 0) {
            const tally sum = grading_tally(g, it->row->part);
            text_add(to, "%sPart %s", shown[0] ? "\n" : "", it->row->part);
            if (sum.total > 0.0)
                text_add(to, "   %.4g of %.4g machine points, %.4g pending", sum.earned,
                         sum.machine, sum.pending);
            text_add(to, "\n");
            shown = it->row->part;
        }
        add_item(to, it);
    }
    if (g->console.size > 0) text_add(to, "\nYour program printed:\n%s\n", text_of(&g->console));
    text_add(to, "\n");
    report_score(to, g);
    text_add(to, "\n");
}

/* ---- For the assistant ---- */

static void add_numbers(text *to, const char *names)
{
    char copy[200], *save = NULL;
    snprintf(copy, sizeof copy, "%s", names);
    for (char *name = strtok_r(copy, ",", &save); name; name = strtok_r(NULL, ",", &save)) {
        const number *n = number_find(name);
        if (n) text_add(to, "  number   %s = %.6g\n", n->what, n->value());
    }
}

static void add_answer(text *to, const item *it)
{
    text_add(to, "  answer\n");
    if (it->answer.size == 0) text_add(to, "    (nothing)\n");
    const char *line = text_of(&it->answer);
    for (size_t used = 0; *line && used < 16000; used++) {
        const size_t n = strcspn(line, "\n");
        text one = {0};
        text_add_bytes(&one, line, n);
        text_add(to, "    ");
        text_add_plain(to, text_of(&one), 2000);
        text_add(to, "\n");
        text_free(&one);
        line += n + (line[n] == '\n');
    }
}

/* A derivation that the machine did not find complete: to be overruled in marks.csv if need be. */
static bool doubtful(const item *it)
{
    return it->row->kind == KIND_DERIVATION && it->answer.size > 0 && it->state != ITEM_PENDING &&
           it->state != ITEM_RIGHT;
}

void report_review(text *to, const grading *g, const workshop *w)
{
    text_add(to, "%s   %s\n", g->assignment, g->student);
    for (size_t i = 0; i < g->n; i++) {
        const item *it = &g->items[i];
        if (it->state != ITEM_PENDING && !doubtful(it)) continue;
        const char *const words[] = {it->row->assignment, it->row->item};
        const size_t row = sheet_find(&w->rubric, words, 2);
        text_add(to, "\n%s %s   %s   (%s, %.4g points)\n", g->assignment, it->row->item,
                 it->row->title, points_kind_names[it->row->kind], it->row->points);
        if (row < w->rubric.rows) {
            text_add(to, "  rubric   %s\n", sheet_cell(&w->rubric, row, 2));
            add_numbers(to, sheet_cell(&w->rubric, row, 3));
        }
        if (it->why[0]) text_add(to, "  machine  %s\n", it->why);
        add_answer(to, it);
        if (doubtful(it))
            text_add(to, "  points   awarded %.4g of %.4g; marks.csv overrules\n", it->earned,
                     it->row->points);
        else
            text_add(to, "  points   ____ of %.4g\n", it->row->points);
    }
}
