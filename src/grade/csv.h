/* csv.h -- tables with commas (RFC 4180), as spreadsheets and learning platforms read and write
 * them.
 */
#ifndef GRADE_CSV_H
#define GRADE_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "grade/text.h"

typedef struct csv {
    char ***rows; /* rows[r][c], NULL-terminated rows */
    size_t n;
} csv;

/* Reads a file; a byte-order mark and CR LF are accepted.  The first row is the heading. */
bool csv_read(csv *c, const char *path);
void csv_free(csv *c);

/* Number of the column whose heading is one of the names (case does not matter), or -1. */
int csv_column(const csv *c, const char *const *names);

/* A cell, "" where there is none. */
const char *csv_cell(const csv *c, size_t row, int column);

/* Appends a cell and a comma, or the end of the row.  Cells are quoted where needed; a cell that a
 * spreadsheet would take for a formula gets an apostrophe. */
void csv_add(text *to, const char *cell);
void csv_add_number(text *to, double value);
void csv_end(text *to);

#endif
