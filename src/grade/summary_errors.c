/* summary_errors.c -- which mistakes the class made: errors.csv and summary.txt. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grade/summary_class.h"

typedef struct count {
    char what[120];
    size_t n;
} count;

typedef struct counts {
    count *at;
    size_t n;
} counts;

static bool is(const cJSON *object, const char *name)
{
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static void add(counts *c, const char *what)
{
    for (size_t i = 0; i < c->n; i++)
        if (strcmp(c->at[i].what, what) == 0) {
            c->at[i].n++;
            return;
        }
    count *grown = realloc(c->at, (c->n + 1) * sizeof *grown);
    if (!grown) exit(2);
    c->at = grown;
    snprintf(grown[c->n].what, sizeof grown[c->n].what, "%s", what);
    grown[c->n++].n = 1;
}

static int frequent_first(const void *a, const void *b)
{
    const count *x = a, *y = b;
    if (x->n != y->n) return x->n < y->n ? 1 : -1;
    return strcmp(x->what, y->what);
}

static void list_errors(const entry *e, text *table, counts *c)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, class_items(e->result))
    {
        char what[120];
        const char *signature = class_string(item, "signature");
        if (!signature[0]) continue;
        csv_add(table, e->id);
        csv_add(table, class_string(item, "item"));
        csv_add(table, signature);
        csv_add_number(table, class_number(item, "earned"));
        csv_add_number(table, class_number(item, "points"));
        csv_add(table, class_string(item, "why"));
        csv_end(table);
        snprintf(what, sizeof what, "%-4s %s", class_string(item, "item"), signature);
        add(c, what);
    }
}

static void list_status(text *to, const class *c, const char *title,
                        bool (*holds)(const cJSON *result))
{
    size_t found = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (!c->entries[i].result || !holds(c->entries[i].result)) continue;
        if (found++ == 0) text_add(to, "\n%s\n", title);
        text_add(to, "  ");
        text_add_plain(to, c->entries[i].id, 120);
        text_add(to, "\n");
    }
}

static bool not_compiled(const cJSON *r)
{
    return !is(r, "compiled") && !is(r, "failed") && !is(r, "no_code");
}
static bool no_code(const cJSON *r)
{
    return is(r, "no_code");
}
static bool timed_out(const cJSON *r)
{
    return is(r, "timed_out");
}
static bool failed(const cJSON *r)
{
    return is(r, "failed");
}

static void list_means(text *to, const class *c)
{
    size_t handed_in = 0;
    double earned = 0.0, machine = 0.0;
    for (size_t i = 0; i < c->n; i++) {
        const cJSON *result = c->entries[i].result;
        handed_in += result != NULL;
        earned += class_number(result, "earned");
        machine += class_number(result, "machine");
    }
    text_add(to, "%zu submissions, %zu on the roster without one\n", handed_in, c->n - handed_in);
    if (handed_in > 0)
        text_add(to, "mean machine points %.3g of %.3g\n", earned / (double)handed_in,
                 machine / (double)handed_in);
    if (c->notes.size > 0) text_add(to, "\n");
    text_add_bytes(to, text_of(&c->notes), c->notes.size);
}

bool class_write_errors(const class *c, const char *out)
{
    text table = {0}, to = {0};
    counts k = {.n = 0};
    text_add(&table, "student,item,signature,earned,points,what\n");
    for (size_t i = 0; i < c->n; i++) list_errors(&c->entries[i], &table, &k);
    list_means(&to, c);
    if (k.n > 1) qsort(k.at, k.n, sizeof *k.at, frequent_first);
    if (k.n > 0) text_add(&to, "\nThe most frequent errors (item, signature):\n");
    for (size_t i = 0; i < k.n && i < 25; i++)
        text_add(&to, "  %4zu  %s\n", k.at[i].n, k.at[i].what);
    list_status(&to, c, "Does not compile:", not_compiled);
    list_status(&to, c, "No code was handed in:", no_code);
    list_status(&to, c, "Ran out of time:", timed_out);
    list_status(&to, c, "The grader failed; grade again (ONLY=...):", failed);
    const bool ok = class_put(out, "errors.csv", &table) && class_put(out, "summary.txt", &to);
    free(k.at);
    text_free(&table);
    text_free(&to);
    return ok;
}
