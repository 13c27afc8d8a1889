/* sheet.h -- small tables in text files: tab-separated columns, # starts a comment line. */
#ifndef GRADE_SHEET_H
#define GRADE_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "grade/text.h"

typedef struct sheet {
    text file;
    char **cells; /* [rows * columns], "" where a row is short */
    size_t rows, columns;
} sheet;

/* Reads a table.  A missing file gives false and an empty table. */
bool sheet_read(sheet *s, const char *path, size_t columns);
void sheet_free(sheet *s);

const char *sheet_cell(const sheet *s, size_t row, size_t column);

/* The first row whose first n columns are these words; s->rows when there is none. */
size_t sheet_find(const sheet *s, const char *const *words, size_t n);

#endif
