/* summary.c -- the class tables. */
#include "grade/summary.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "grade/csv.h"
#include "grade/text.h"

/* One student: the stored result, or none for somebody on the roster who handed in nothing. */
typedef struct entry {
    char id[128];
    const roster_row *row;
    cJSON *result;
} entry;

typedef struct class
{
    entry *entries;
    size_t n;
    const cJSON *pattern; /* any result: all have the same items */
    const csv *marks;
    double *human, *left; /* per entry: points given by people, points still pending */
} class;

static double number(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNumber(item) ? item->valuedouble : 0.0;
}

static const char *string(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(item) ? item->valuestring : "";
}

static bool is(const cJSON *object, const char *name)
{
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static const cJSON *items(const cJSON *result)
{
    return cJSON_GetObjectItemCaseSensitive(result, "items");
}

static bool written(const cJSON *item)
{
    return strcmp(string(item, "kind"), "human") == 0 ||
           strcmp(string(item, "kind"), "derivation") == 0;
}

static const char *status(const entry *e)
{
    if (!e->result) return "no submission";
    if (is(e->result, "failed")) return "not graded";
    if (is(e->result, "timed_out")) return "timed out";
    return is(e->result, "compiled") ? "graded" : "does not compile";
}

/* ---- Loading ---- */

static int by_id(const void *a, const void *b)
{
    return strcmp(((const entry *)a)->id, ((const entry *)b)->id);
}

static void add_entry(class *c, const char *id, const roster *r, cJSON *result)
{
    entry *grown = realloc(c->entries, (c->n + 1) * sizeof *grown);
    if (!grown) exit(2);
    c->entries = grown;
    grown[c->n] = (entry){.row = roster_match(r, id), .result = result};
    snprintf(grown[c->n].id, sizeof grown[c->n].id, "%s", id);
    c->n++;
}

static void load_results(class *c, const char *out, const roster *r)
{
    char path[2048];
    snprintf(path, sizeof path, "%s/students", out);
    DIR *folder = opendir(path);
    for (struct dirent *one; folder && (one = readdir(folder));) {
        text file = {0};
        if (one->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/students/%s/result.json", out, one->d_name);
        if (text_read_file(&file, path, 4u << 20)) {
            cJSON *result = cJSON_Parse(file.at);
            if (result) add_entry(c, one->d_name, r, result);
        }
        text_free(&file);
    }
    if (folder) closedir(folder);
    const size_t handed_in = c->n;
    for (size_t k = 0; k < r->n; k++) {
        bool there = false;
        for (size_t i = 0; i < handed_in; i++) there = there || c->entries[i].row == &r->rows[k];
        if (!there) add_entry(c, r->rows[k].id, r, NULL);
    }
    if (c->n > 1) qsort(c->entries, c->n, sizeof *c->entries, by_id);
    for (size_t i = 0; i < c->n && !c->pattern; i++)
        if (cJSON_GetArraySize(items(c->entries[i].result)) > 0) c->pattern = c->entries[i].result;
}

/* The mark of a student for an item: NaN when none has been entered.
 * Returns  false when it is no number of points. */
static bool mark_of(const class *c, const entry *e, const cJSON *item, double *mark)
{
    static const char *const id[] = {"student", NULL};
    const char *const names[] = {string(item, "item"), NULL};
    char *end;
    *mark = (double)NAN;
    for (size_t row = 1; c->marks && row < c->marks->n; row++) {
        if (strcmp(csv_cell(c->marks, row, csv_column(c->marks, id)), e->id) != 0) continue;
        const char *cell = csv_cell(c->marks, row, csv_column(c->marks, names));
        if (!cell[0]) return true;
        *mark = strtod(cell, &end);
        return *end == '\0' && *mark >= 0.0 && *mark <= number(item, "points");
    }
    return true;
}

static bool add_marks(class *c, const char *marks, char *error, size_t error_size)
{
    c->human = calloc(c->n + 1, sizeof *c->human);
    c->left = calloc(c->n + 1, sizeof *c->left);
    if (!c->human || !c->left) exit(2);
    for (size_t i = 0; i < c->n; i++) {
        const cJSON *item;
        cJSON_ArrayForEach(item, items(c->entries[i].result))
        {
            double mark;
            if (!written(item)) continue;
            if (!mark_of(c, &c->entries[i], item, &mark)) {
                snprintf(error, error_size, "%s: %s, %s: not a number from 0 to %g", marks,
                         c->entries[i].id, string(item, "item"), number(item, "points"));
                return false;
            }
            if (!isnan(mark))
                c->human[i] += mark;
            else if (strcmp(string(item, "state"), "pending") == 0)
                c->left[i] += number(item, "points");
        }
    }
    return true;
}

/* ---- Tables ---- */

static double total(const class *c, size_t i)
{
    return number(c->entries[i].result, "earned") + c->human[i];
}

static const char *name_of(const entry *e)
{
    return e->row ? e->row->name : "";
}

static bool put(const char *out, const char *name, const text *bytes)
{
    char path[2048];
    snprintf(path, sizeof path, "%s/%s", out, name);
    return text_write_file(path, text_of(bytes), bytes->size);
}

static bool write_grades(const class *c, const char *out)
{
    static const char *const fixed[] = {"student",          "name",  "assignment", "machine",
                                        "machine possible", "human", "pending",    "total",
                                        "total possible",   "status"};
    text to = {0};
    const cJSON *item;
    for (size_t k = 0; k < sizeof fixed / sizeof fixed[0]; k++) csv_add(&to, fixed[k]);
    cJSON_ArrayForEach(item, items(c->pattern)) csv_add(&to, string(item, "item"));
    csv_end(&to);
    for (size_t i = 0; i < c->n; i++) {
        const entry *e = &c->entries[i];
        csv_add(&to, e->id);
        csv_add(&to, name_of(e));
        csv_add(&to, string(c->pattern, "assignment"));
        csv_add_number(&to, number(e->result, "earned"));
        csv_add_number(&to, number(c->pattern, "machine"));
        csv_add_number(&to, c->human[i]);
        csv_add_number(&to, c->left[i]);
        csv_add_number(&to, total(c, i));
        csv_add_number(&to, number(c->pattern, "total"));
        csv_add(&to, status(e));
        cJSON_ArrayForEach(item, items(e->result))
        {
            double mark = number(item, "earned");
            if (written(item)) mark_of(c, e, item, &mark);
            if (isnan(mark))
                csv_add(&to, "");
            else
                csv_add_number(&to, mark);
        }
        csv_end(&to);
    }
    const bool ok = put(out, "grades.csv", &to);
    text_free(&to);
    return ok;
}

static bool write_marks(const class *c, const char *out)
{
    text to = {0};
    const cJSON *item;
    csv_add(&to, "student");
    csv_add(&to, "name");
    cJSON_ArrayForEach(item, items(c->pattern)) if (written(item))
        csv_add(&to, string(item, "item"));
    csv_end(&to);
    for (size_t i = 0; i < c->n; i++) {
        if (!c->entries[i].result) continue;
        csv_add(&to, c->entries[i].id);
        csv_add(&to, name_of(&c->entries[i]));
        cJSON_ArrayForEach(item, items(c->pattern))
        {
            double mark;
            if (!written(item)) continue;
            if (mark_of(c, &c->entries[i], item, &mark) && !isnan(mark))
                csv_add_number(&to, mark);
            else
                text_add(&to, ",");
        }
        csv_end(&to);
    }
    const bool ok = put(out, "marks.csv", &to);
    text_free(&to);
    return ok;
}

/* Somebody without a submission gets no grade: what that means is for people to say. */
static void add_total(text *to, const class *c, size_t i)
{
    if (c->entries[i].result)
        csv_add_number(to, total(c, i));
    else
        csv_add(to, "");
}

/* Canvas: Grades > Import.  The heading of a new column becomes the assignment's name. */
static bool write_canvas(const class *c, const char *out)
{
    text to = {0};
    text_add(&to, "Student,ID,SIS User ID,SIS Login ID,Section,%s\n    Points Possible,,,,,%.6g\n",
             string(c->pattern, "assignment"), number(c->pattern, "total"));
    for (size_t i = 0; i < c->n; i++) {
        const entry *e = &c->entries[i];
        csv_add(&to, e->row && e->row->name[0] ? e->row->name : e->id);
        text_add(&to, ",");
        text_add(&to, "%s,", e->row ? e->row->canvas : "");
        csv_add(&to, e->row ? e->row->id : e->id);
        csv_add(&to, e->row ? e->row->section : "");
        add_total(&to, c, i);
        csv_end(&to);
    }
    const bool ok = put(out, "canvas.csv", &to);
    text_free(&to);
    return ok;
}

/* Moodle: Grades > Import > CSV file; map "ID number" or "Email address". */
static bool write_moodle(const class *c, const char *out)
{
    text to = {0};
    text_add(&to, "ID number,Full name,Email address,%s,Feedback\n",
             string(c->pattern, "assignment"));
    for (size_t i = 0; i < c->n; i++) {
        const entry *e = &c->entries[i];
        char feedback[200];
        csv_add(&to, e->row ? e->row->id : e->id);
        csv_add(&to, name_of(e));
        csv_add(&to, e->row ? e->row->email : "");
        add_total(&to, c, i);
        snprintf(feedback, sizeof feedback, "%s; machine %.4g of %.4g, pending %.4g", status(e),
                 number(e->result, "earned"), number(c->pattern, "machine"), c->left[i]);
        csv_add(&to, feedback);
        csv_end(&to);
    }
    const bool ok = put(out, "moodle.csv", &to);
    text_free(&to);
    return ok;
}

bool summary_write_errors(const char *out, cJSON *const *results, size_t n); /* summary_errors.c */

bool summary_write(const char *out, const roster *r, const char *marks, char *error,
                   size_t error_size)
{
    char path[2048];
    csv table = {.n = 0};
    class c = {.n = 0};
    bool ok = true;
    snprintf(path, sizeof path, "%s/marks.csv", out);
    if (marks && !csv_read(&table, marks)) {
        snprintf(error, error_size, "cannot read %s", marks);
        return false;
    }
    if (!marks) csv_read(&table, path);
    c.marks = table.n > 0 ? &table : NULL;
    load_results(&c, out, r);
    ok = add_marks(&c, marks ? marks : path, error, error_size);
    if (ok && c.pattern) {
        cJSON **results = calloc(c.n, sizeof *results);
        for (size_t i = 0; i < c.n && results; i++) results[i] = c.entries[i].result;
        ok = write_grades(&c, out) && write_marks(&c, out) && write_canvas(&c, out) &&
             write_moodle(&c, out) && results && summary_write_errors(out, results, c.n);
        free(results);
        if (!ok) snprintf(error, error_size, "cannot write into %s", out);
    }
    for (size_t i = 0; i < c.n; i++) cJSON_Delete(c.entries[i].result);
    free(c.entries);
    free(c.human);
    free(c.left);
    csv_free(&table);
    return ok;
}
