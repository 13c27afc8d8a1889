/* summary_errors.c -- which mistakes the class made: errors.csv and summary.txt. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "grade/csv.h"
#include "grade/summary.h"
#include "grade/text.h"

bool summary_write_errors(const char *out, cJSON *const *results, size_t n);

typedef struct count {
    char what[120];
    size_t n;
} count;

typedef struct counts {
    count *at;
    size_t n;
} counts;

static const char *string(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(item) ? item->valuestring : "";
}

static double number(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNumber(item) ? item->valuedouble : 0.0;
}

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

static void list_errors(const cJSON *result, text *table, counts *c)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(result, "items"))
    {
        char what[120];
        const char *signature = string(item, "signature");
        if (!signature[0]) continue;
        csv_add(table, string(result, "student"));
        csv_add(table, string(item, "item"));
        csv_add(table, signature);
        csv_add_number(table, number(item, "earned"));
        csv_add_number(table, number(item, "points"));
        csv_add(table, string(item, "why"));
        csv_end(table);
        snprintf(what, sizeof what, "%-4s %s", string(item, "item"), signature);
        add(c, what);
    }
}

static void list_status(text *to, cJSON *const *results, size_t n, const char *title,
                        bool (*holds)(const cJSON *result))
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        if (!results[i] || !holds(results[i])) continue;
        if (found++ == 0) text_add(to, "\n%s\n", title);
        text_add(to, "  ");
        text_add_plain(to, string(results[i], "student"), 120);
        text_add(to, "\n");
    }
}

static bool not_compiled(const cJSON *r)
{
    return !is(r, "compiled") && !is(r, "failed");
}
static bool timed_out(const cJSON *r)
{
    return is(r, "timed_out");
}
static bool failed(const cJSON *r)
{
    return is(r, "failed");
}

bool summary_write_errors(const char *out, cJSON *const *results, size_t n)
{
    char path[2048];
    text table = {0}, to = {0};
    counts c = {.n = 0};
    size_t handed_in = 0;
    double earned = 0.0, machine = 0.0;
    text_add(&table, "student,item,signature,earned,points,what\n");
    for (size_t i = 0; i < n; i++) {
        if (!results[i]) continue;
        handed_in++;
        earned += number(results[i], "earned");
        machine += number(results[i], "machine");
        list_errors(results[i], &table, &c);
    }
    text_add(&to, "%zu submissions, %zu on the roster without one\n", handed_in, n - handed_in);
    if (handed_in > 0)
        text_add(&to, "mean machine points %.3g of %.3g\n", earned / (double)handed_in,
                 machine / (double)handed_in);
    if (c.n > 1) qsort(c.at, c.n, sizeof *c.at, frequent_first);
    if (c.n > 0) text_add(&to, "\nThe most frequent errors (item, signature):\n");
    for (size_t i = 0; i < c.n && i < 25; i++)
        text_add(&to, "  %4zu  %s\n", c.at[i].n, c.at[i].what);
    list_status(&to, results, n, "Does not compile, or no code was handed in:", not_compiled);
    list_status(&to, results, n, "Ran out of time:", timed_out);
    list_status(&to, results, n, "The grader failed; grade again (ONLY=...):", failed);
    snprintf(path, sizeof path, "%s/errors.csv", out);
    bool ok = text_write_file(path, text_of(&table), table.size);
    snprintf(path, sizeof path, "%s/summary.txt", out);
    ok = text_write_file(path, text_of(&to), to.size) && ok;
    free(c.at);
    text_free(&table);
    text_free(&to);
    return ok;
}
