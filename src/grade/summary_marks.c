/* summary_marks.c -- marks.csv: what people give points for, and where they overrule the machine. */
#include "grade/summary_class.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

double class_number(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNumber(item) ? item->valuedouble : 0.0;
}

const char *class_string(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(item) ? item->valuestring : "";
}

const cJSON *class_items(const cJSON *result)
{
    return cJSON_GetObjectItemCaseSensitive(result, "items");
}

bool class_pending(const cJSON *item)
{
    return strcmp(class_string(item, "state"), "pending") == 0;
}

const cJSON *class_item(const cJSON *result, const char *name)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, class_items(result)) if (strcmp(class_string(item, "item"), name) ==
                                                      0) return item;
    return NULL;
}

/* The mark in a row of c->marks. */
static double mark_in(const class *c, size_t row, const cJSON *item)
{
    const char *const names[] = {class_string(item, "item"), NULL};
    const char *cell = csv_cell(&c->marks, row, csv_column(&c->marks, names));
    return cell[0] ? strtod(cell, NULL) : (double)NAN;
}

double class_mark(const class *c, size_t i, const cJSON *item)
{
    return mark_in(c, i + 1, item);
}

void class_add_marks(class *c)
{
    for (size_t i = 0; i < c->n; i++) {
        entry *e = &c->entries[i];
        const cJSON *item;
        cJSON_ArrayForEach(item, class_items(c->pattern))
        {
            const cJSON *own = class_item(e->result, class_string(item, "item"));
            const double mark = class_mark(c, i, item);
            if (!isnan(mark)) {
                e->marked = true;
                e->human += mark;
                e->taken += class_number(own, "earned");
            } else if (own && class_pending(own)) {
                e->left += class_number(own, "points");
            }
        }
    }
}

const char *class_name(const entry *e)
{
    return e->row ? e->row->name : "";
}

bool class_put(const char *out, const char *name, const text *bytes)
{
    char path[2048];
    snprintf(path, sizeof path, "%s/%s", out, name);
    return text_write_file(path, text_of(bytes), bytes->size);
}

/* Has this item a column for people?  Texts have; anything else when it waits for a person somewhere,
 * or has been given a mark. */
static bool asked(const class *c, const cJSON *item)
{
    const char *name = class_string(item, "item");
    bool any = strcmp(class_string(item, "kind"), "human") == 0;
    for (size_t row = 1; row < c->marks.n && !any; row++) {
        const cJSON *own = row <= c->n ? class_item(c->entries[row - 1].result, name) : NULL;
        any = (own && class_pending(own)) || !isnan(mark_in(c, row, item));
    }
    return any;
}

/* The columns that are no item: comments, and marks of an item that is gone. */
static bool beside(const class *c, int column)
{
    return column > 0 && strcmp(c->marks.rows[0][column], "submission") != 0 &&
           !class_item(c->pattern, c->marks.rows[0][column]);
}

static void add_mark(text *to, const class *c, size_t row, const char *name)
{
    const char *const names[] = {name, NULL};
    const char *cell = csv_cell(&c->marks, row, csv_column(&c->marks, names));
    const cJSON *own = row <= c->n ? class_item(c->entries[row - 1].result, name) : NULL;
    csv_add(to, !cell[0] && own && !class_pending(own) ? class_awarded : cell);
}

static void add_row(text *to, const class *c, size_t row)
{
    static const char *const submission[] = {"submission", NULL};
    const cJSON *item;
    const entry *e = row <= c->n ? &c->entries[row - 1] : NULL;
    csv_add(to, e ? e->id : csv_cell(&c->marks, row, 0));
    csv_add(to, e ? class_name(e) : "");
    csv_add(to, class_string(c->pattern, "assignment"));
    cJSON_ArrayForEach(item, class_items(c->pattern)) if (asked(c, item))
        add_mark(to, c, row, class_string(item, "item"));
    for (int k = 0; c->marks.rows[0][k]; k++)
        if (beside(c, k)) csv_add(to, csv_cell(&c->marks, row, k));
    csv_add(to, e ? class_string(e->result, "submission")
                  : csv_cell(&c->marks, row, csv_column(&c->marks, submission)));
    csv_end(to);
}

static bool empty(const class *c, size_t row)
{
    for (char **cell = c->marks.rows[row]; *cell; cell++)
        if (**cell) return false;
    return true;
}

bool class_write_marks(const class *c, const char *out)
{
    text to = {0};
    const cJSON *item;
    csv_add(&to, "student");
    csv_add(&to, "name");
    csv_add(&to, "assignment");
    cJSON_ArrayForEach(item, class_items(c->pattern)) if (asked(c, item))
        csv_add(&to, class_string(item, "item"));
    for (int k = 0; c->marks.rows[0][k]; k++)
        if (beside(c, k)) csv_add(&to, c->marks.rows[0][k]);
    csv_add(&to, "submission");
    csv_end(&to);
    for (size_t row = 1; row < c->marks.n; row++)
        if (row > c->n || c->entries[row - 1].result || !empty(c, row)) add_row(&to, c, row);
    const bool ok = class_put(out, "marks.csv", &to) && class_put(out, ".marks.csv", &to);
    text_free(&to);
    return ok;
}
