/* main.c -- the program that checks one written derivation for the grader, confined.
 *
 *     grade_deriver OWN[,OWN...] [OTHER,.../...]      milestones (derive/points.h)
 *
 * OWN are those of the item, OTHER those of the assignment's other items, with a / between two items.
 * Standard input: a line with two sizes, then the student's earlier answers, then the answer itself.
 * Standard output: lines `word TAB value`, the last of them `end` (grade/derivation.c reads them). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gsl/gsl_errno.h>

#include "derive/checker.h"
#include "derive/points.h"

enum { MOST_BYTES = 1 << 20, QUOTE = 96 };

typedef struct attempt {
    derive_result *r;
    derive_award awards[DERIVE_MOST_AWARDS];
    size_t n, n_own;
    size_t rows_before; /* lines of earlier answers in front of the answer */
    size_t unexplained;
} attempt;

static _Noreturn void give_up(const char *why)
{
    fprintf(stderr, "grade_deriver: %s\n", why);
    exit(2);
}

/* ---- Reading ---- */

static size_t read_all(char *to, size_t most)
{
    size_t n = 0;
    while (n < most) {
        const ssize_t got = read(0, to + n, most - n);
        if (got == 0) break;
        if (got < 0 && errno != EINTR) give_up("cannot read");
        if (got > 0) n += (size_t)got;
    }
    return n;
}

/* Appends the comma-separated ids of one item; the words stay where they are. */
static void add_item(attempt *a, char *ids, size_t item)
{
    char *save = NULL;
    for (char *id = strtok_r(ids, ",", &save); id; id = strtok_r(NULL, ",", &save)) {
        if (!derive_milestone(id)) give_up("unknown milestone");
        if (a->n == DERIVE_MOST_AWARDS) give_up("too many milestones");
        a->awards[a->n++] = (derive_award){.id = id, .item = item};
    }
}

static void add_items(attempt *a, char *items)
{
    char *save = NULL;
    size_t number = 1;
    for (char *ids = strtok_r(items, "/", &save); ids; ids = strtok_r(NULL, "/", &save))
        add_item(a, ids, number++);
}

/* ---- Checking ---- */

static void check(attempt *a, const char *text, size_t length, size_t rows_before)
{
    derive_options o = derive_defaults();
    o.graded = true;
    a->rows_before = rows_before;
    a->r = derive_check_text("answer", text, length, &o);
    if (!a->r) give_up("memory is short");
    a->unexplained = derive_reach(a->r, a->awards, a->n, a->n_own);
}

static size_t own_reached(const attempt *a)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n_own; i++) n += a->awards[i].earned;
    return n;
}

/* The first line of the answer that is not in order: wrong, undecided, not understood. */
static const derive_line *first_bad(const attempt *a)
{
    for (const derive_line *l = a->r->lines; l; l = l->next)
        if (l->row > a->rows_before && l->verdict != DERIVE_OK && l->verdict != DERIVE_NOT_CHECKED)
            return l;
    return NULL;
}

/* It reaches more, or it is understood at least. */
static bool says_more(const attempt *a, const attempt *than)
{
    const derive_line *bad = first_bad(a);
    if (a->r->error || own_reached(a) < own_reached(than)) return false;
    return own_reached(a) > own_reached(than) || !bad || bad->verdict == DERIVE_WRONG;
}

/* The answer with the earlier ones in front: names that were introduced there are known here. */
static void check_together(attempt *a, const char *before, size_t n_before, const char *own,
                           size_t n_own)
{
    attempt again = *a;
    size_t rows = 2;
    char *both = malloc(n_before + n_own + 3);
    if (!both) give_up("memory is short");
    memcpy(both, before, n_before);
    memcpy(both + n_before, "\n\n", 2);
    memcpy(both + n_before + 2, own, n_own);
    for (size_t i = 0; i < n_before; i++) rows += before[i] == '\n';
    check(&again, both, n_before + 2 + n_own, rows);
    free(both);
    const bool clearer = says_more(&again, a);
    derive_free(clearer ? a->r : again.r);
    if (clearer) *a = again;
}

/* ---- Writing ---- */

/* One field: everything that would end it becomes a space. */
static void field(const char *word, const char *words)
{
    printf("%s\t", word);
    for (; words && *words; words++) putchar((unsigned char)*words < 32 ? ' ' : *words);
    putchar('\n');
}

/* The source line without the spaces around it, cut to a readable length between two characters. */
static void quote(const attempt *a, const derive_line *l)
{
    const source *s = &a->r->inside->s;
    char text[QUOTE + 4];
    size_t from = 0, row = 1, n = 0;
    while (row < l->row && from < s->length) row += s->text[from++] == '\n';
    while (s->text[from] == ' ' || s->text[from] == '\t') from++;
    while (n < QUOTE && s->text[from + n] && s->text[from + n] != '\n') n++;
    const bool cut = s->text[from + n] && s->text[from + n] != '\n';
    while (cut && n > 0 && ((unsigned char)s->text[from + n] & 0xc0) == 0x80) n--;
    snprintf(text, sizeof text, "%.*s%s", (int)n, s->text + from, cut ? "..." : "");
    field("quote", text);
}

/* The last line of a counter-example (the two values) and the beginning of the first (T). */
static void example(const derive_line *l)
{
    if (!l->example) return;
    const char *last = strstr(l->example, "left = ");
    char steps[32], values[160];
    snprintf(steps, sizeof steps, "%.*s", (int)strcspn(l->example, ","), l->example);
    field("world", steps);
    if (!last) return;
    snprintf(values, sizeof values, "%.*s", (int)strcspn(last, "\n"), last);
    char *rest = strstr(values, ", difference");
    if (rest) *rest = '\0';
    field("values", values);
}

static const derive_line *first_undecidable(const attempt *a)
{
    for (const derive_line *l = a->r->lines; l; l = l->next)
        if (l->row > a->rows_before && l->class == DERIVE_UNDECIDABLE) return l;
    return NULL;
}

static void put_line(const attempt *a, const char *state, const derive_line *l)
{
    field("state", state);
    printf("row\t%zu\n", l->row - a->rows_before);
    quote(a, l);
    field("reason", l->reason ? l->reason : "");
    if (l->verdict != DERIVE_WRONG) return;
    example(l);
    field("hint", l->hint ? l->hint : "");
    field("signature", l->misprint ? l->misprint : "");
}

static void put_counts(const attempt *a)
{
    size_t held = 0, lines = 0;
    for (const derive_line *l = a->r->lines; l; l = l->next) {
        lines += l->row > a->rows_before;
        held += l->row > a->rows_before && l->verdict == DERIVE_OK;
    }
    printf("held\t%zu\nlines\t%zu\nunexplained\t%zu\n", held, lines, a->unexplained);
    for (size_t i = 0; i < a->n_own; i++)
        if (a->awards[i].restated) printf("restated\t%s\n", a->awards[i].id);
    for (size_t i = 0; i < a->n; i++)
        if (a->awards[i].earned) printf("reached\t%s\n", a->awards[i].id);
}

static void put_exhausted(void)
{
    field("state", "unreadable");
    field("reason", "too expensive: the text takes more operations than it may");
}

static void put(const attempt *a)
{
    const derive_line *bad = first_bad(a), *outside = first_undecidable(a);
    if (a->r->error) {
        field("state", "unreadable");
        field("reason", strncmp(a->r->error, "answer:", 7) ? a->r->error : a->r->error + 7);
        printf("end\t\n");
        return;
    }
    put_counts(a);
    if (bad)
        put_line(a, bad->verdict == DERIVE_WRONG ? "wrong" : "unclear", bad);
    else if (outside)
        put_line(a, "outside", outside);
    else if (own_reached(a) < a->n_own && checker_exhausted(a->r->inside))
        put_exhausted();
    else
        field("state", a->r->lines ? "holds" : "nothing");
    printf("end\t\n");
}

int main(int argc, char **argv)
{
    static char input[MOST_BYTES + 64];
    static attempt a;
    unsigned long n_before = 0, n_own = 0;
    if (argc < 2) give_up("which milestones?");
    gsl_set_error_handler_off(); /* what is not a number is found out by comparing */
    const size_t n = read_all(input, sizeof input - 1);
    const char *line = memchr(input, '\n', n < 60 ? n : 60);
    if (!line || sscanf(input, "%lu %lu", &n_before, &n_own) != 2 || n_before > MOST_BYTES ||
        n_own > MOST_BYTES || (size_t)(line + 1 - input) + n_before + n_own != n)
        give_up("the input has another size");
    add_item(&a, argv[1], 0);
    a.n_own = a.n;
    if (argc > 2) add_items(&a, argv[2]);
    const char *before = line + 1, *own = before + n_before;
    check(&a, own, n_own, 0);
    if (n_before > 0 && own_reached(&a) < a.n_own && !a.r->error &&
        a.r->n_verdict[DERIVE_NOT_UNDERSTOOD] > 0)
        check_together(&a, before, n_before, own, n_own);
    put(&a);
    return 0;
}
