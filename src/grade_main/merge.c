/* merge.c -- grade merge: the marks of people; and what it shares with grade class: where the tables are,
 * and the roster beside them. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "grade/csv.h"
#include "grade_main/class.h"

bool class_roster(run *r)
{
    char path[1200];
    snprintf(path, sizeof path, "%s/roster.csv", r->out);
    const char *from = r->o->roster ? r->o->roster : access(path, F_OK) == 0 ? path : NULL;
    return roster_read(&r->students, from, r->error, sizeof r->error);
}

bool class_keep_roster(run *r)
{
    char path[1200];
    text bytes = {0};
    if (!r->o->roster) return true;
    snprintf(path, sizeof path, "%s/roster.csv", r->out);
    const bool ok = text_read_file(&bytes, r->o->roster, 16u << 20) &&
                    text_write_file(path, text_of(&bytes), bytes.size);
    if (!ok) snprintf(r->error, sizeof r->error, "cannot write %s", path);
    text_free(&bytes);
    return ok;
}

void class_out(run *r)
{
    snprintf(r->out, sizeof r->out, "%.900s%s%s", r->o->out ? r->o->out : "grades",
             r->o->out ? "" : "/", r->o->out ? "" : r->assignment);
}

bool class_tables(run *r, const char *marks)
{
    text notes = {0};
    const bool ok = summary_write(r->out, &r->students, marks, &notes, r->error, sizeof r->error);
    if (ok) fputs(text_of(&notes), stdout);
    text_free(&notes);
    return ok;
}

/* Without --out: the directory where the marks lie beside tables, or that of the assignment which --hw
 * or the marks name. */
static bool find_out(run *r)
{
    static const char *const column[] = {"assignment", NULL};
    char path[2048];
    const char *marks = r->o->marks, *slash = strrchr(marks, '/');
    csv table;
    r->assignment = r->o->assignment;
    snprintf(path, sizeof path, "%.*sgrades.csv", slash ? (int)(slash + 1 - marks) : 0, marks);
    if (!r->o->out && access(path, F_OK) == 0) {
        snprintf(r->out, sizeof r->out, "%.*s", slash ? (int)(slash - marks) : 1,
                 slash ? marks : ".");
        return true;
    }
    if (!r->o->out && !r->assignment && csv_read(&table, marks)) {
        const char *cell = csv_cell(&table, 1, csv_column(&table, column));
        for (size_t i = 0; known_assignments[i]; i++)
            if (strcmp(known_assignments[i], cell) == 0) r->assignment = known_assignments[i];
        csv_free(&table);
    }
    if (r->o->out || r->assignment) class_out(r);
    snprintf(r->error, sizeof r->error, "%s: of which assignment? say HW= or OUT= (--hw, --out)",
             marks);
    return r->o->out || r->assignment;
}

int command_merge(const options *o)
{
    run r = {.o = o};
    char beside[2048];
    if (!o->marks) return refuse("merge needs --marks");
    if (!find_out(&r)) return refuse("%s", r.error);
    snprintf(beside, sizeof beside, "%s/%s", r.out, o->marks);
    const bool there = access(o->marks, F_OK) == 0 || access(beside, F_OK) != 0;
    bool ok = access(r.out, F_OK) == 0;
    snprintf(r.error, sizeof r.error, "%s holds no results: grade first", r.out);
    ok = ok && (!r.assignment || summary_fits(r.out, r.assignment, r.error, sizeof r.error)) &&
         class_roster(&r) && class_tables(&r, there ? o->marks : beside) && class_keep_roster(&r);
    roster_free(&r.students);
    if (!ok) return refuse("%s", r.error);
    printf("%s joined: grades.csv, marks.csv, canvas.csv and moodle.csv in %s are up to date\n",
           o->marks, r.out);
    return 0;
}
