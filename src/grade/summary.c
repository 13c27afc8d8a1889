/* summary.c -- the class tables. */
#include "grade/summary.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grade/summary_class.h"

static bool is(const cJSON *object, const char *name)
{
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, name));
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
        if (cJSON_GetArraySize(class_items(c->entries[i].result)) > 0)
            c->pattern = c->entries[i].result;
}

/* ---- Tables ---- */

static double machine(const class *c, size_t i)
{
    return class_number(c->entries[i].result, "earned") - c->taken[i];
}

static double total(const class *c, size_t i)
{
    return machine(c, i) + c->human[i];
}

static bool write_grades(const class *c, const char *out)
{
    static const char *const fixed[] = {"student",          "name",  "assignment", "machine",
                                        "machine possible", "human", "pending",    "total",
                                        "total possible",   "status"};
    text to = {0};
    const cJSON *item;
    for (size_t k = 0; k < sizeof fixed / sizeof fixed[0]; k++) csv_add(&to, fixed[k]);
    cJSON_ArrayForEach(item, class_items(c->pattern)) csv_add(&to, class_string(item, "item"));
    csv_end(&to);
    for (size_t i = 0; i < c->n; i++) {
        const entry *e = &c->entries[i];
        csv_add(&to, e->id);
        csv_add(&to, class_name(e));
        csv_add(&to, class_string(c->pattern, "assignment"));
        csv_add_number(&to, machine(c, i));
        csv_add_number(&to, class_number(e->result ? e->result : c->pattern, "machine"));
        csv_add_number(&to, c->human[i]);
        csv_add_number(&to, c->left[i]);
        csv_add_number(&to, total(c, i));
        csv_add_number(&to, class_number(c->pattern, "total"));
        csv_add(&to, status(e));
        cJSON_ArrayForEach(item, class_items(e->result))
        {
            double mark = (double)NAN;
            if (class_written(item)) class_mark(c, e, item, &mark);
            if (!isnan(mark))
                csv_add_number(&to, mark);
            else if (class_pending(item))
                csv_add(&to, "");
            else
                csv_add_number(&to, class_number(item, "earned"));
        }
        csv_end(&to);
    }
    const bool ok = class_put(out, "grades.csv", &to);
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
             class_string(c->pattern, "assignment"), class_number(c->pattern, "total"));
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
    const bool ok = class_put(out, "canvas.csv", &to);
    text_free(&to);
    return ok;
}

/* Moodle: Grades > Import > CSV file; map "ID number" or "Email address". */
static bool write_moodle(const class *c, const char *out)
{
    text to = {0};
    text_add(&to, "ID number,Full name,Email address,%s,Feedback\n",
             class_string(c->pattern, "assignment"));
    for (size_t i = 0; i < c->n; i++) {
        const entry *e = &c->entries[i];
        char feedback[200];
        csv_add(&to, e->row ? e->row->id : e->id);
        csv_add(&to, class_name(e));
        csv_add(&to, e->row ? e->row->email : "");
        add_total(&to, c, i);
        snprintf(feedback, sizeof feedback, "%s; machine %.4g of %.4g, pending %.4g", status(e),
                 machine(c, i), class_number(e->result ? e->result : c->pattern, "machine"),
                 c->left[i]);
        csv_add(&to, feedback);
        csv_end(&to);
    }
    const bool ok = class_put(out, "moodle.csv", &to);
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
    ok = class_add_marks(&c, marks ? marks : path, error, error_size);
    if (ok && c.pattern) {
        cJSON **results = calloc(c.n, sizeof *results);
        for (size_t i = 0; i < c.n && results; i++) results[i] = c.entries[i].result;
        ok = write_grades(&c, out) && class_write_marks(&c, out) && write_canvas(&c, out) &&
             write_moodle(&c, out) && results && summary_write_errors(out, results, c.n);
        free(results);
        if (!ok) snprintf(error, error_size, "cannot write into %s", out);
    }
    for (size_t i = 0; i < c.n; i++) cJSON_Delete(c.entries[i].result);
    free(c.entries);
    free(c.human);
    free(c.left);
    free(c.taken);
    csv_free(&table);
    return ok;
}
