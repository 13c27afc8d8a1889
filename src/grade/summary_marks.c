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

bool class_written(const cJSON *item)
{
    return strcmp(class_string(item, "kind"), "human") == 0 ||
           strcmp(class_string(item, "kind"), "derivation") == 0;
}

bool class_pending(const cJSON *item)
{
    return strcmp(class_string(item, "state"), "pending") == 0;
}

static const cJSON *item_of(const cJSON *result, const char *name)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, class_items(result)) if (strcmp(class_string(item, "item"), name) ==
                                                      0) return item;
    return NULL;
}

/* What stands in marks.csv where the machine has decided; a number in its place overrules it. */
static const char *const awarded = "auto";

bool class_mark(const class *c, const entry *e, const cJSON *item, double *mark)
{
    static const char *const id[] = {"student", NULL};
    const char *const names[] = {class_string(item, "item"), NULL};
    char *end;
    *mark = (double)NAN;
    for (size_t row = 1; c->marks && row < c->marks->n; row++) {
        if (strcmp(csv_cell(c->marks, row, csv_column(c->marks, id)), e->id) != 0) continue;
        const char *cell = csv_cell(c->marks, row, csv_column(c->marks, names));
        if (!cell[0] || strcmp(cell, awarded) == 0) return true;
        *mark = strtod(cell, &end);
        return *end == '\0' && *mark >= 0.0 && *mark <= class_number(item, "points");
    }
    return true;
}

bool class_add_marks(class *c, const char *marks, char *error, size_t error_size)
{
    c->human = calloc(c->n + 1, sizeof *c->human);
    c->left = calloc(c->n + 1, sizeof *c->left);
    c->taken = calloc(c->n + 1, sizeof *c->taken);
    if (!c->human || !c->left || !c->taken) exit(2);
    for (size_t i = 0; i < c->n; i++) {
        const cJSON *item;
        cJSON_ArrayForEach(item, class_items(c->entries[i].result))
        {
            double mark;
            if (!class_written(item)) continue;
            if (!class_mark(c, &c->entries[i], item, &mark)) {
                snprintf(error, error_size, "%s: %s, %s: not a number from 0 to %g", marks,
                         c->entries[i].id, class_string(item, "item"),
                         class_number(item, "points"));
                return false;
            }
            if (!isnan(mark)) {
                c->human[i] += mark;
                c->taken[i] += class_number(item, "earned");
            } else if (class_pending(item)) {
                c->left[i] += class_number(item, "points");
            }
        }
    }
    return true;
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

/* Has this item a column for people?  Texts have; a derivation when it waits for a person somewhere, or
 * has been given a mark. */
static bool asked(const class *c, const cJSON *item)
{
    bool any = class_written(item) && strcmp(class_string(item, "kind"), "human") == 0;
    for (size_t i = 0; i < c->n && class_written(item) && !any; i++) {
        double mark = (double)NAN;
        const cJSON *own = item_of(c->entries[i].result, class_string(item, "item"));
        any = own &&
              (class_pending(own) || (class_mark(c, &c->entries[i], own, &mark) && !isnan(mark)));
    }
    return any;
}

static void add_mark(text *to, const class *c, size_t i, const char *name)
{
    double mark = (double)NAN;
    const cJSON *item = item_of(c->entries[i].result, name);
    if (item && class_mark(c, &c->entries[i], item, &mark) && !isnan(mark))
        csv_add_number(to, mark);
    else
        csv_add(to, item && !class_pending(item) ? awarded : "");
}

bool class_write_marks(const class *c, const char *out)
{
    text to = {0};
    const cJSON *item;
    csv_add(&to, "student");
    csv_add(&to, "name");
    cJSON_ArrayForEach(item, class_items(c->pattern)) if (asked(c, item))
        csv_add(&to, class_string(item, "item"));
    csv_end(&to);
    for (size_t i = 0; i < c->n; i++) {
        if (!c->entries[i].result) continue;
        csv_add(&to, c->entries[i].id);
        csv_add(&to, class_name(&c->entries[i]));
        cJSON_ArrayForEach(item, class_items(c->pattern)) if (asked(c, item))
            add_mark(&to, c, i, class_string(item, "item"));
        csv_end(&to);
    }
    const bool ok = class_put(out, "marks.csv", &to);
    text_free(&to);
    return ok;
}
