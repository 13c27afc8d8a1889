/* points.c -- reads and checks the table of points. */
#include "grade/points.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "derive/points.h"
#include "grade/exercise.h"
#include "grade/number.h"
#include "grade/text.h"

const char *const points_kind_names[] = {"code", "number", "choice", "derivation", "human"};

/* Cuts the next column (up to a tab) out of *line into `to`. */
static bool column(char **line, char *to, size_t size)
{
    if (!*line) return false;
    char *end = strchr(*line, '\t');
    const size_t n = end ? (size_t)(end - *line) : strlen(*line);
    if (n >= size) return false;
    memcpy(to, *line, n);
    to[n] = '\0';
    *line = end ? end + 1 : NULL;
    return true;
}

static bool kind_of(const char *name, enum points_kind *kind)
{
    for (int k = 0; k < 5; k++)
        if (strcmp(name, points_kind_names[k]) == 0) {
            *kind = (enum points_kind)k;
            return true;
        }
    return false;
}

static const char *fault_of_needs(const points_table *p, const points_row *row)
{
    char copy[32], *save = NULL;
    snprintf(copy, sizeof copy, "%s", row->needs);
    if (strcmp(copy, "-") == 0) return NULL;
    for (char *one = strtok_r(copy, ",", &save); one; one = strtok_r(NULL, ",", &save)) {
        const points_row *need = points_find(p, row->assignment, one);
        if (!need || need->kind != KIND_CODE) return "needs something that is no earlier code item";
        if (!function_replaceable(exercise_find(need->checker)->f))
            return "needs a function that cannot be replaced";
    }
    return NULL;
}

size_t points_milestones(const points_row *row, milestone list[POINTS_MILESTONES])
{
    char copy[sizeof row->checker], *save = NULL, *end;
    size_t n = 0;
    snprintf(copy, sizeof copy, "%s", row->checker);
    for (char *one = strtok_r(copy, ",", &save); one; one = strtok_r(NULL, ",", &save)) {
        char *value = strchr(one, '=');
        if (!value || n == POINTS_MILESTONES || value - one >= (int)sizeof list[n].id) return 0;
        *value++ = '\0';
        snprintf(list[n].id, sizeof list[n].id, "%s", one);
        list[n].points = strtod(value, &end);
        if (end == value || *end || !(list[n].points >= 0.0)) return 0;
        n++;
    }
    return n;
}

/* hw03 asks for milestones of HW3, which add up to its points. */
static const char *fault_of_milestones(const points_row *row)
{
    milestone list[POINTS_MILESTONES];
    const size_t n = points_milestones(row, list);
    char sheet[24];
    double sum = 0.0;
    snprintf(sheet, sizeof sheet, "HW%ld-",
             strncmp(row->assignment, "hw", 2) == 0 ? strtol(row->assignment + 2, NULL, 10) : 0);
    for (size_t i = 0; i < n; i++) {
        if (!derive_milestone(list[i].id)) return "has an unknown milestone";
        if (strncmp(list[i].id, sheet, strlen(sheet)) != 0) return "has a foreign milestone";
        sum += list[i].points;
    }
    if (n == 0) return "has no list of milestones";
    return fabs(sum - row->points) < 1e-9 ? NULL : "has milestones that do not add up";
}

static const char *parse(const points_table *p, char *line, points_row *row)
{
    char points[16], kind[16], *end;
    if (!column(&line, row->assignment, sizeof row->assignment) ||
        !column(&line, row->part, sizeof row->part) ||
        !column(&line, row->item, sizeof row->item) || !column(&line, points, sizeof points) ||
        !column(&line, kind, sizeof kind) || !column(&line, row->checker, sizeof row->checker) ||
        !column(&line, row->needs, sizeof row->needs) ||
        !column(&line, row->title, sizeof row->title) || line)
        return "does not have eight columns";
    row->points = strtod(points, &end);
    if (*end || !(row->points >= 0.0 && row->points <= 100.0)) return "has no usable points";
    if (!kind_of(kind, &row->kind)) return "has an unknown kind";
    if (row->kind == KIND_CODE && !exercise_find(row->checker)) return "has an unknown checker";
    if (row->kind == KIND_NUMBER && !number_find(row->checker)) return "has an unknown checker";
    if (points_find(p, row->assignment, row->item)) return "stands twice";
    const char *fault = row->kind == KIND_DERIVATION ? fault_of_milestones(row) : NULL;
    if (fault) return fault;
    return fault_of_needs(p, row);
}

bool points_read(points_table *p, const char *path, char *error, size_t error_size)
{
    text file = {0};
    char *save = NULL;
    size_t count = 0;
    *p = (points_table){0};
    if (!text_read_file(&file, path, 1u << 20)) {
        snprintf(error, error_size, "cannot read %s", path);
        return false;
    }
    p->rows = calloc(file.size / 16 + 1, sizeof *p->rows);
    for (char *line = strtok_r(file.at, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        count++;
        if (line[0] == '#') continue;
        points_row row = {.points = 0.0};
        const char *fault = p->rows ? parse(p, line, &row) : "does not fit into memory";
        if (fault) {
            snprintf(error, error_size, "%s: row %zu %s", path, count, fault);
            text_free(&file);
            points_free(p);
            return false;
        }
        p->rows[p->n++] = row;
    }
    text_free(&file);
    return true;
}

void points_free(points_table *p)
{
    free(p->rows);
    *p = (points_table){0};
}

const points_row *points_find(const points_table *p, const char *assignment, const char *item)
{
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(p->rows[i].assignment, assignment) == 0 && strcmp(p->rows[i].item, item) == 0)
            return &p->rows[i];
    return NULL;
}

bool points_machine(const points_row *row)
{
    return row->kind == KIND_CODE || row->kind == KIND_NUMBER || row->kind == KIND_CHOICE;
}

double points_sum(const points_table *p, const char *assignment, const char *part, bool machine)
{
    double sum = 0.0;
    for (size_t i = 0; i < p->n; i++) {
        const points_row *row = &p->rows[i];
        if (strcmp(row->assignment, assignment) != 0) continue;
        if (part && strcmp(row->part, part) != 0) continue;
        if (!machine || points_machine(row)) sum += row->points;
    }
    return sum;
}
