/* summary_load.c -- the results of a class, each under the student it belongs to. */
#include "grade/summary_class.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_id(const void *a, const void *b)
{
    return strcmp(((const entry *)a)->id, ((const entry *)b)->id);
}

/* Whose result is it?  The roster decides anew, by the name of what was handed in: a result that was
 * stored before there was a roster, or with another one, may lie in a folder of another name. */
static void name_entry(const class *c, entry *e)
{
    char id[sizeof e->id];
    const char *handed_in = class_string(e->result, "submission");
    e->row = roster_name(c->students, handed_in[0] ? handed_in : e->folder, id, sizeof id);
    const roster_row *folder = roster_match(c->students, e->folder);
    const bool of_another = !e->row && folder && strcmp(folder->id, e->folder) == 0;
    snprintf(e->id, sizeof e->id, "%s", e->row || of_another ? id : e->folder);
}

static entry *add_entry(class *c, const entry *e)
{
    entry *grown = realloc(c->entries, (c->n + 1) * sizeof *grown);
    if (!grown) exit(2);
    c->entries = grown;
    grown[c->n] = *e;
    return &grown[c->n++];
}

/* A student has one result: the one in the folder of his name; others are earlier ones. */
static void join_entry(class *c, const entry *e)
{
    for (size_t i = 0; i < c->n; i++) {
        entry *old = &c->entries[i];
        if (strcmp(old->id, e->id) != 0) continue;
        const bool newer = strcmp(e->folder, e->id) == 0;
        entry less = newer ? *old : *e;
        if (newer) *old = *e;
        if (strcmp(class_string(less.result, "submission"),
                   class_string(old->result, "submission")) != 0)
            snprintf(old->other, sizeof old->other, "%s", less.folder);
        text_add(&c->notes, "students/%s does not count: students/%s is of %s too\n", less.folder,
                 old->folder, old->id);
        cJSON_Delete(less.result);
        return;
    }
    add_entry(c, e);
}

/* Two results of one student, of two submissions, and neither in the folder of his name. */
static bool clear(const class *c, char *error, size_t error_size)
{
    for (size_t i = 0; i < c->n; i++) {
        const entry *e = &c->entries[i];
        if (!e->other[0] || strcmp(e->folder, e->id) == 0) continue;
        snprintf(error, error_size,
                 "students/%s and students/%s are both of %s: remove one of them", e->folder,
                 e->other, e->id);
        return false;
    }
    return true;
}

static bool load_result(class *c, const char *out, const char *folder, char *error,
                        size_t error_size)
{
    char path[2048];
    text file = {0};
    entry e = {.row = NULL};
    snprintf(e.folder, sizeof e.folder, "%.127s", folder);
    snprintf(path, sizeof path, "%s/students/%s/result.json", out, e.folder);
    if (text_read_file(&file, path, 4u << 20)) e.result = cJSON_Parse(file.at);
    text_free(&file);
    if (!e.result) {
        text_add(&c->notes, "students/%s holds no result: grade it again\n", e.folder);
        return true;
    }
    const char *of = class_string(e.result, "assignment");
    const char *first = c->n > 0 ? class_string(c->entries[0].result, "assignment") : of;
    if (strcmp(of, first) != 0) {
        snprintf(error, error_size, "%s holds results of %s (%s) and of %s (%s)", out, first,
                 c->entries[0].folder, of, folder);
        cJSON_Delete(e.result);
        return false;
    }
    name_entry(c, &e);
    join_entry(c, &e);
    return true;
}

static void add_missing(class *c)
{
    const size_t handed_in = c->n;
    for (size_t k = 0; k < c->students->n; k++) {
        const roster_row *row = &c->students->rows[k];
        bool there = false;
        for (size_t i = 0; i < handed_in; i++) there = there || c->entries[i].row == row;
        if (there) continue;
        entry *e = add_entry(c, &(entry){.row = row});
        snprintf(e->id, sizeof e->id, "%s", row->id);
    }
    for (size_t i = 0; i < handed_in && c->students->n > 0; i++)
        if (!c->entries[i].row)
            text_add(&c->notes, "%s is nobody on the roster, or fits several\n", c->entries[i].id);
}

static bool same_items(const cJSON *a, const cJSON *b)
{
    if (cJSON_GetArraySize(class_items(a)) != cJSON_GetArraySize(class_items(b))) return false;
    const cJSON *item;
    cJSON_ArrayForEach(item, class_items(a))
    {
        const cJSON *other = class_item(b, class_string(item, "item"));
        if (!other || fabs(class_number(item, "points") - class_number(other, "points")) > 1e-9)
            return false;
    }
    return true;
}

/* All results should have the items of one table of points; of a failed one nothing is known. */
static void choose_pattern(class *c)
{
    size_t others = 0;
    for (size_t i = 0; i < c->n; i++) {
        const cJSON *result = c->entries[i].result;
        if (cJSON_GetArraySize(class_items(result)) == 0) continue;
        if (!c->pattern) c->pattern = result;
        others += !same_items(c->pattern, result);
    }
    if (others > 0)
        text_add(&c->notes, "%zu results are of another table of points: grade them again\n",
                 others);
}

bool class_load(class *c, const char *out, char *error, size_t error_size)
{
    char path[2048];
    struct dirent **names;
    bool ok = true;
    snprintf(path, sizeof path, "%s/students", out);
    const int n = scandir(path, &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        if (ok && names[i]->d_name[0] != '.')
            ok = load_result(c, out, names[i]->d_name, error, error_size);
        free(names[i]);
    }
    if (n >= 0) free(names);
    ok = ok && clear(c, error, error_size);
    add_missing(c);
    if (c->n > 1) qsort(c->entries, c->n, sizeof *c->entries, by_id);
    choose_pattern(c);
    return ok;
}

void class_free(class *c)
{
    for (size_t i = 0; i < c->n; i++) cJSON_Delete(c->entries[i].result);
    free(c->entries);
    csv_free(&c->marks);
    text_free(&c->notes);
}

/* ---- One OUT, one assignment ---- */

static bool other_marks(const char *out, const char *assignment, char *found, size_t size)
{
    static const char *const column[] = {"assignment", NULL};
    char path[2048];
    csv marks;
    bool other = false;
    snprintf(path, sizeof path, "%s/marks.csv", out);
    csv_read(&marks, path);
    for (size_t row = 1; row < marks.n && !other; row++) {
        const char *cell = csv_cell(&marks, row, csv_column(&marks, column));
        other = cell[0] && strcmp(cell, assignment) != 0;
        if (other) snprintf(found, size, "%s", cell);
    }
    csv_free(&marks);
    return other;
}

bool summary_fits(const char *out, const char *assignment, char *error, size_t error_size)
{
    const roster nobody = {.n = 0};
    class c = {.students = &nobody};
    char found[64] = "";
    bool ok = class_load(&c, out, error, error_size);
    if (ok && c.n > 0)
        snprintf(found, sizeof found, "%s", class_string(c.entries[0].result, "assignment"));
    if (ok && ((found[0] && strcmp(found, assignment) != 0) ||
               other_marks(out, assignment, found, sizeof found))) {
        snprintf(error, error_size, "%s holds %s: give %s a directory of its own (OUT=)", out,
                 found, assignment);
        ok = false;
    }
    class_free(&c);
    return ok;
}
