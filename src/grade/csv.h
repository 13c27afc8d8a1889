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

/* Reads a file; a byte-order mark and CR LF are accepted, and the apostrophe that csv_add puts
 * before a formula is taken away.  The first row is the heading. */
bool csv_read(csv *c, const char *path);
void csv_free(csv *c);

/* Number of the column whose heading is one of the names (case does not matter), or -1. */
int csv_column(const csv *c, const char *const *names);

/* A cell, "" where there is none. */
const char *csv_cell(const csv *c, size_t row, int column);

/* Changes a table in memory: a new empty row; a cell, the row grows as needed; the column of that
 * heading, appended when there is none (the heading must be there). */
size_t csv_put_row(csv *c);
void csv_put(csv *c, size_t row, int column, const char *cell);
int csv_put_column(csv *c, const char *name);

/* Appends a cell and a comma, or the end of the row.  Cells are quoted where needed; a cell that a
 * spreadsheet would take for a formula gets an apostrophe. */
void csv_add(text *to, const char *cell);
void csv_add_number(text *to, double value);
void csv_end(text *to);

#endif
