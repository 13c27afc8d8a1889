/* summary_overlay.c -- reads marks: those joined before, OUT/marks.csv as people may have changed it
 * since, and a file of theirs, each laid over the one before.  An empty cell takes nothing away. */
#include "grade/summary_class.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

const char class_awarded[] = "auto";

/* What it does not know is kept in OUT's own tables, and refused in a given one. */
enum kind { JOINED, OWN, GIVEN };

/* A table being read. */
typedef struct source {
    enum kind kind;
    bool in_place; /* an edited marks.csv: an emptied cell is worth a word */
    const char *path;
    csv table;
    bool *seen; /* per entry: it has had its row */
    char *error;
    size_t error_size;
} source;

#define FAULT(s, ...) (snprintf((s)->error, (s)->error_size, __VA_ARGS__), false)

/* The columns that hold neither marks nor comments. */
static bool about(const char *heading)
{
    static const char *const names[] = {"student", "id", "name", "assignment", "submission"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcasecmp(heading, names[i]) == 0) return true;
    return false;
}

static bool comment(const char *heading)
{
    return strncasecmp(heading, "comment", 7) == 0 || strncasecmp(heading, "note", 4) == 0;
}

/* Items are spelt as in the table of points, whatever the case in the file. */
static const cJSON *item_of(const class *c, const char *heading)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, class_items(c->pattern)) if (strcasecmp(class_string(item, "item"),
                                                                     heading) == 0) return item;
    return NULL;
}

static int student_column(const source *s)
{
    static const char *const names[] = {"student", "id", NULL};
    return csv_column(&s->table, names);
}

static bool column_in(const csv *table, const char *heading)
{
    const char *const names[] = {heading, NULL};
    return table->n > 0 && csv_column(table, names) >= 0;
}

static bool known_heading(class *c, source *s, int column)
{
    const char *heading = s->table.rows[0][column];
    const char *assignment = class_string(c->pattern, "assignment");
    bool used = heading[0];
    for (int k = 0; k < column; k++)
        if (heading[0] && strcasecmp(s->table.rows[0][k], heading) == 0)
            return FAULT(s, "%s: the column '%s' stands twice", s->path, heading);
    if (about(heading) || comment(heading) || item_of(c, heading)) return true;
    for (size_t row = 1; row < s->table.n; row++)
        used = used || csv_cell(&s->table, row, column)[0];
    if (!used) return true;
    if (!heading[0] || (s->kind == GIVEN && !column_in(&c->marks, heading)))
        return FAULT(s, "%s: the column '%s' is no item of %s (text goes into a column 'comment')",
                     s->path, heading, assignment);
    if (s->kind != JOINED)
        text_add(&c->notes, "%s: the column '%s' is no item of %s: kept, and counts for nothing\n",
                 s->path, heading, assignment);
    return true;
}

static bool known_headings(class *c, source *s)
{
    if (student_column(s) < 0)
        return FAULT(s, "%s: no column 'student' (the columns are separated by commas)", s->path);
    for (int k = 0; s->table.rows[0][k]; k++)
        if (!known_heading(c, s, k)) return false;
    return true;
}

static const char *submission_of(const source *s, size_t row)
{
    static const char *const names[] = {"submission", NULL};
    return csv_cell(&s->table, row, csv_column(&s->table, names));
}

static size_t row_of_submission(const class *c, const char *submission)
{
    char id[128];
    for (size_t i = 0; i < c->n; i++)
        if (strcmp(class_string(c->entries[i].result, "submission"), submission) == 0) return i + 1;
    const roster_row *row = roster_name(c->students, submission, id, sizeof id);
    for (size_t i = 0; i < c->n && row; i++)
        if (c->entries[i].row == row) return i + 1;
    return 0;
}

/* The row of c->marks that a student's marks belong to, 0 when there is none yet.  They go with what was
 * handed in: the id may have been another student's while the roster was wrong. */
static size_t row_of(const class *c, const char *student, const char *submission)
{
    const size_t found = submission[0] ? row_of_submission(c, submission) : 0;
    if (found > 0) return found;
    for (size_t i = 0; i < c->n; i++)
        if (strcmp(c->entries[i].id, student) == 0) return i + 1;
    const roster_row *row = roster_match(c->students, student);
    for (size_t i = 0; i < c->n && row; i++)
        if (c->entries[i].row == row) return i + 1;
    for (size_t i = c->n + 1; i < c->marks.n; i++)
        if (strcmp(csv_cell(&c->marks, i, 0), student) == 0) return i;
    return 0;
}

static bool usable(const char *cell, double points)
{
    char *end;
    const double mark = strtod(cell, &end);
    return end != cell && *end == '\0' && mark >= 0.0 && mark <= points;
}

static bool same_mark(const char *a, const char *b, bool numbers)
{
    return strcmp(a, b) == 0 || (numbers && !(fabs(strtod(a, NULL) - strtod(b, NULL)) > 0.0));
}

static void tell(class *c, const char *student, const char *heading, const char *what,
                 const char *old)
{
    text_add(&c->notes, "%.120s, %.60s: ", student, heading);
    text_add_plain(&c->notes, what, 60);
    text_add_plain(&c->notes, old, 60);
    text_add(&c->notes, "\n");
}

/* What is there stays when the cell is empty or holds the machine's word; - takes it away. */
static bool lay_cell(class *c, source *s, size_t row, int column, size_t to)
{
    const char *cell = csv_cell(&s->table, row, column), *heading = s->table.rows[0][column];
    const char *student = csv_cell(&s->table, row, student_column(s));
    if (!heading[0] || about(heading)) return true;
    const cJSON *item = item_of(c, heading);
    const int there = csv_put_column(&c->marks, item ? class_string(item, "item") : heading);
    const char *old = csv_cell(&c->marks, to, there);
    char what[80];
    if (!cell[0] || (item && strcmp(cell, class_awarded) == 0)) {
        if (old[0] && s->in_place) tell(c, student, heading, "put back (- removes it): ", old);
        return true;
    }
    if (strcmp(cell, "-") == 0) {
        if (old[0]) tell(c, student, heading, "removed: ", old);
        csv_put(&c->marks, to, there, "");
        return true;
    }
    if (item && to <= c->n && s->kind != JOINED && !usable(cell, class_number(item, "points")))
        return FAULT(s, "%s: %s, %s: not a number from 0 to %g", s->path, student,
                     class_string(item, "item"), class_number(item, "points"));
    snprintf(what, sizeof what, "%.50s replaces ", cell);
    if (old[0] && !same_mark(old, cell, item != NULL)) tell(c, student, heading, what, old);
    csv_put(&c->marks, to, there, cell);
    return true;
}

/* Somebody who is not here: his marks stay in marks.csv.  0 when there are none. */
static size_t keep_row(class *c, const source *s, size_t row)
{
    const char *student = csv_cell(&s->table, row, student_column(s));
    bool any = false;
    for (int k = 0; s->table.rows[0][k]; k++) {
        const char *cell = csv_cell(&s->table, row, k);
        any = any || (cell[0] && !about(s->table.rows[0][k]) && strcmp(cell, class_awarded) != 0);
    }
    if (!any) return 0;
    const size_t to = csv_put_row(&c->marks);
    csv_put(&c->marks, to, 0, student);
    csv_put(&c->marks, to, csv_put_column(&c->marks, "submission"), submission_of(s, row));
    text_add(&c->notes, "%s has no result and is not on the roster: the marks stay in marks.csv\n",
             student);
    return to;
}

static bool blank(const source *s, size_t row)
{
    for (char **cell = s->table.rows[row]; *cell; cell++)
        if (**cell) return false;
    return true;
}

/* Marks of another assignment would fit its items of the same name. */
static bool right_assignment(const class *c, source *s)
{
    static const char *const column[] = {"assignment", NULL};
    const char *assignment = class_string(c->pattern, "assignment");
    for (size_t row = 1; row < s->table.n; row++) {
        const char *of = csv_cell(&s->table, row, csv_column(&s->table, column));
        if (of[0] && strcmp(of, assignment) != 0)
            return FAULT(s, "%s: row %zu is of %s, the results are of %s", s->path, row + 1, of,
                         assignment);
    }
    return true;
}

/* Cells behind the last column: a comma instead of a point makes two cells of a number. */
static bool too_long(const source *s, size_t row)
{
    int columns = 0;
    while (s->table.rows[0][columns]) columns++;
    for (int k = 0; s->table.rows[row][k]; k++)
        if (k >= columns && s->table.rows[row][k][0]) return true;
    return false;
}

static bool lay_row(class *c, source *s, size_t row)
{
    const char *student = csv_cell(&s->table, row, student_column(s));
    if (blank(s, row)) return true;
    if (!student[0]) return FAULT(s, "%s: row %zu names no student", s->path, row + 1);
    if (too_long(s, row))
        return FAULT(s, "%s: row %zu (%s) has more cells than columns", s->path, row + 1, student);
    size_t to = row_of(c, student, submission_of(s, row));
    if (to == 0 && s->kind == GIVEN)
        return FAULT(s, "%s: row %zu: no student '%s' (no result, and not on the roster)", s->path,
                     row + 1, student);
    if (to == 0) to = keep_row(c, s, row);
    if (to == 0) return true;
    if (s->kind != JOINED && to <= c->n && s->seen[to - 1])
        return FAULT(s, "%s: %s stands twice", s->path, c->entries[to - 1].id);
    if (to <= c->n) s->seen[to - 1] = true;
    for (int k = 0; s->table.rows[0][k]; k++)
        if (!lay_cell(c, s, row, k, to)) return false;
    return true;
}

static bool lay(class *c, source *s)
{
    s->seen = calloc(c->n + 1, sizeof *s->seen);
    if (!s->seen) exit(2);
    bool ok = right_assignment(c, s) && known_headings(c, s);
    for (size_t row = 1; row < s->table.n && ok; row++) ok = lay_row(c, s, row);
    free(s->seen);
    csv_free(&s->table);
    return ok;
}

static bool same_file(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* A table of OUT's own need not be there; one that cannot be read must not be written over. */
static bool lay_own(class *c, source *s)
{
    struct stat status;
    if (lstat(s->path, &status) != 0) return true;
    if (!csv_read(&s->table, s->path)) return FAULT(s, "cannot read %s", s->path);
    return s->table.n == 0 || lay(c, s);
}

static bool lay_given(class *c, source *s)
{
    if (!csv_read(&s->table, s->path)) return FAULT(s, "cannot read %s", s->path);
    if (s->table.n == 0) return FAULT(s, "%s is empty", s->path);
    return lay(c, s);
}

/* The table of points may have changed since a mark was joined. */
static bool check_marks(const class *c, source *s)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, class_items(c->pattern)) for (size_t i = 0; i < c->n; i++)
    {
        const double mark = class_mark(c, i, item);
        if (mark > class_number(item, "points"))
            return FAULT(s, "%s: %s, %s: %g is more than %g", s->path, c->entries[i].id,
                         class_string(item, "item"), mark, class_number(item, "points"));
    }
    return true;
}

bool class_read_marks(class *c, const char *out, const char *given, char *error, size_t error_size)
{
    char path[2048], joined[2048];
    source s[] = {{.kind = JOINED, .path = joined, .error = error, .error_size = error_size},
                  {.kind = OWN, .path = path, .error = error, .error_size = error_size},
                  {.kind = GIVEN, .path = given, .error = error, .error_size = error_size}};
    snprintf(path, sizeof path, "%s/marks.csv", out);
    snprintf(joined, sizeof joined, "%s/.marks.csv", out);
    csv_put_row(&c->marks);
    csv_put(&c->marks, 0, 0, "student");
    for (size_t i = 0; i < c->n; i++) csv_put_row(&c->marks);
    const bool in_place = given && same_file(given, path);
    s[1].in_place = true;
    s[2].in_place = in_place;
    return lay_own(c, &s[0]) && (in_place || lay_own(c, &s[1])) &&
           (!given || lay_given(c, &s[2])) && check_marks(c, &s[1]);
}
