/* summary.c -- the class tables. */
#include "grade/summary.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
    if (is(e->result, "no_code")) return "no code";
    return is(e->result, "compiled") ? "graded" : "does not compile";
}

/* ---- Tables ---- */

static double machine(const class *c, size_t i)
{
    return class_number(c->entries[i].result, "earned") - c->entries[i].taken;
}

static double total(const class *c, size_t i)
{
    return machine(c, i) + c->entries[i].human;
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
        csv_add_number(&to, c->entries[i].human);
        csv_add_number(&to, c->entries[i].left);
        csv_add_number(&to, total(c, i));
        csv_add_number(&to, class_number(c->pattern, "total"));
        csv_add(&to, status(e));
        cJSON_ArrayForEach(item, class_items(c->pattern))
        {
            const cJSON *own = class_item(e->result, class_string(item, "item"));
            const double mark = class_mark(c, i, item);
            if (!isnan(mark))
                csv_add_number(&to, mark);
            else if (!own || class_pending(own))
                csv_add(&to, "");
            else
                csv_add_number(&to, class_number(own, "earned"));
        }
        csv_end(&to);
    }
    const bool ok = class_put(out, "grades.csv", &to);
    text_free(&to);
    return ok;
}

/* Somebody without a submission gets no grade, unless people say what. */
static void add_total(text *to, const class *c, size_t i)
{
    if (c->entries[i].result || c->entries[i].marked)
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
                 c->entries[i].left);
        csv_add(&to, feedback);
        csv_end(&to);
    }
    const bool ok = class_put(out, "moodle.csv", &to);
    text_free(&to);
    return ok;
}

/* Learning platforms know no pending points: they take them for 0. */
static void note_pending(class *c)
{
    size_t students = 0;
    double points = 0.0;
    for (size_t i = 0; i < c->n; i++) {
        students += c->entries[i].left > 0.0;
        points += c->entries[i].left;
    }
    if (students > 0)
        text_add(
            &c->notes,
            "pending: %.6g points of %zu students wait in marks.csv; until then canvas.csv and "
            "moodle.csv count them as 0\n",
            points, students);
}

static bool write_all(const class *c, const char *out, bool marks)
{
    return (!marks || class_write_marks(c, out)) && write_grades(c, out) && write_canvas(c, out) &&
           write_moodle(c, out) && class_write_errors(c, out);
}

/* Two programs that join marks at the same time: one after the other. */
static int lock(const char *out)
{
    char path[2048];
    snprintf(path, sizeof path, "%s/.lock", out);
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fd >= 0) fcntl(fd, F_SETLKW, &whole);
    return fd;
}

bool summary_write(const char *out, const roster *r, const char *marks, text *notes, char *error,
                   size_t error_size)
{
    class c = {.students = r};
    const int fd = lock(out);
    bool ok = class_load(&c, out, error, error_size);
    if (ok && !c.pattern) {
        snprintf(error, error_size, "%s holds no results: grade first", out);
        ok = false;
    }
    ok = ok && class_read_marks(&c, out, marks, error, error_size);
    if (ok) {
        class_add_marks(&c);
        note_pending(&c);
        ok = write_all(&c, out, notes != NULL);
        if (!ok) snprintf(error, error_size, "cannot write into %s", out);
    }
    if (notes) text_add_bytes(notes, text_of(&c.notes), c.notes.size);
    class_free(&c);
    if (fd >= 0) close(fd);
    return ok;
}
