/* points.h -- the one table of points: lessons/homework/points.tsv. */
#ifndef GRADE_POINTS_H
#define GRADE_POINTS_H

#include <stdbool.h>
#include <stddef.h>

enum points_kind { KIND_CODE, KIND_NUMBER, KIND_CHOICE, KIND_DERIVATION, KIND_HUMAN };

typedef struct points_row {
    char assignment[16], part[8], item[16], checker[96], needs[32], title[96];
    double points;
    enum points_kind kind;
} points_row;

typedef struct points_table {
    points_row *rows;
    size_t n;
} points_table;

/* One step of a derivation and what it is worth: derivation rows have a list of them for a checker,
 * "HW3-B1=0.5,HW3-B2=0.5", whose points add up to the row's. */
typedef struct milestone {
    char id[16];
    double points;
} milestone;

enum { POINTS_MILESTONES = 6 };

extern const char *const points_kind_names[];

/* Reads the table.
 * Errors  false with one line (file, line number, fault) in error: a row with too few columns, an
 *         unknown kind or checker, milestones that do not add up, a need that is not an earlier code
 *         item, an item that stands twice. */
bool points_read(points_table *p, const char *path, char *error, size_t error_size);
void points_free(points_table *p);

/* The row, or NULL. */
const points_row *points_find(const points_table *p, const char *assignment, const char *item);

/* Sum of the points of an assignment (NULL part: all parts); machine: only what a machine checks.
 */
double points_sum(const points_table *p, const char *assignment, const char *part, bool machine);

/* The milestones of a derivation row.
 * Returns  their number, 0 when the list is malformed. */
size_t points_milestones(const points_row *row, milestone list[POINTS_MILESTONES]);

/* Is the item always awarded by a machine?  (A derivation is, unless it cannot be decided.) */
bool points_machine(const points_row *row);

#endif
