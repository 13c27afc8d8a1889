/* roster.c -- the list of students. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grade/csv.h"
#include "grade/summary.h"

static void copy(char *to, size_t size, const csv *c, size_t row, const char *const *names)
{
    snprintf(to, size, "%s", csv_cell(c, row, csv_column(c, names)));
}

/* Two rows of one id: whose name and number would a grade get? */
static bool twice(const roster *r, const char *id)
{
    for (size_t i = 0; i < r->n; i++)
        if (strcmp(r->rows[i].id, id) == 0) return true;
    return false;
}

bool roster_read(roster *r, const char *path, char *error, size_t error_size)
{
    static const char *const id[] = {"id",        "student",      "student id",
                                     "id number", "sis login id", NULL};
    static const char *const name[] = {"name", "full name", "student name", NULL};
    static const char *const email[] = {"email", "email address", NULL};
    static const char *const canvas[] = {"canvas", "canvas id", NULL};
    static const char *const section[] = {"section", NULL};
    csv c;
    *r = (roster){.n = 0};
    if (!path) return true;
    if (!csv_read(&c, path) || csv_column(&c, id) < 0) {
        snprintf(error, error_size, "%s: cannot read it, or it has no column 'id'", path);
        csv_free(&c);
        return false;
    }
    r->rows = calloc(c.n, sizeof *r->rows);
    for (size_t row = 1; row < c.n && r->rows; row++) {
        roster_row *one = &r->rows[r->n];
        copy(one->id, sizeof one->id, &c, row, id);
        if (!one->id[0]) continue;
        if (twice(r, one->id)) {
            snprintf(error, error_size, "%s: the id %s stands twice", path, one->id);
            csv_free(&c);
            return false;
        }
        copy(one->name, sizeof one->name, &c, row, name);
        copy(one->email, sizeof one->email, &c, row, email);
        copy(one->canvas, sizeof one->canvas, &c, row, canvas);
        copy(one->section, sizeof one->section, &c, row, section);
        r->n++;
    }
    csv_free(&c);
    return true;
}

void roster_free(roster *r)
{
    free(r->rows);
    *r = (roster){.n = 0};
}

/* Does `word` occur in `in` with no letter or digit on either side? */
static bool occurs(const char *in, const char *word)
{
    const size_t n = strlen(word);
    for (const char *at = in; (at = strstr(at, word)); at++) {
        const bool left = at == in || !isalnum((unsigned char)at[-1]);
        if (left && !isalnum((unsigned char)at[n])) return true;
    }
    return false;
}

const roster_row *roster_match(const roster *r, const char *submission)
{
    const roster_row *found = NULL;
    for (size_t i = 0; i < r->n; i++)
        if (strcmp(r->rows[i].id, submission) == 0) return &r->rows[i];
    for (size_t i = 0; i < r->n; i++) {
        const roster_row *row = &r->rows[i];
        if (!occurs(submission, row->id) && !(row->canvas[0] && occurs(submission, row->canvas)) &&
            !(row->name[0] && occurs(submission, row->name)))
            continue;
        if (found) return NULL;
        found = row;
    }
    return found;
}

/* Cuts a known ending off.  Returns whether there was one. */
static bool cut(char *name, const char *ending)
{
    const size_t n = strlen(name), m = strlen(ending);
    if (n <= m || strcmp(name + n - m, ending) != 0) return false;
    name[n - m] = '\0';
    return true;
}

const roster_row *roster_name(const roster *r, const char *submission, char *id, size_t size)
{
    static const char *const archives[] = {".tar.gz", ".tar.xz", ".tar.bz2", ".tgz",
                                           ".zip",    ".tar",    NULL};
    static const char *const packed[] = {"_hw01", "_hw02", "_hw03", NULL};
    snprintf(id, size, "%.120s", submission);
    for (size_t i = 0; archives[i] && !cut(id, archives[i]);) i++;
    const roster_row *row = roster_match(r, id);
    if (row) snprintf(id, size, "%.120s", row->id);
    for (size_t i = 0; !row && packed[i] && !cut(id, packed[i]);) i++; /* as make submit calls it */
    for (char *at = id; *at; at++)
        if (*at == '/' || (unsigned char)*at < 0x20 || *at == 0x7f) *at = '_';
    return row;
}
