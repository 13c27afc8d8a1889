/* sheet.c -- tab-separated tables. */
#include "grade/sheet.h"

#include <stdlib.h>
#include <string.h>

bool sheet_read(sheet *s, const char *path, size_t columns)
{
    *s = (sheet){.columns = columns};
    if (!text_read_file(&s->file, path, 1u << 20)) return false;
    size_t lines = 1;
    for (const char *c = s->file.at; *c; c++) lines += *c == '\n';
    s->cells = calloc(lines * columns, sizeof *s->cells);
    if (!s->cells) return false;
    char *save = NULL;
    for (char *line = strtok_r(s->file.at, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        if (line[0] == '#') continue;
        for (size_t i = 0; i < columns && line; i++) {
            char *tab = strchr(line, '\t');
            if (tab) *tab = '\0';
            s->cells[s->rows * columns + i] = line;
            line = tab ? tab + 1 : NULL;
        }
        s->rows++;
    }
    return true;
}

void sheet_free(sheet *s)
{
    free(s->cells);
    text_free(&s->file);
    *s = (sheet){.rows = 0};
}

const char *sheet_cell(const sheet *s, size_t row, size_t column)
{
    if (row >= s->rows || column >= s->columns) return "";
    const char *cell = s->cells[row * s->columns + column];
    return cell ? cell : "";
}

size_t sheet_find(const sheet *s, const char *const *words, size_t n)
{
    for (size_t row = 0; row < s->rows; row++) {
        size_t i = 0;
        while (i < n && strcmp(sheet_cell(s, row, i), words[i]) == 0) i++;
        if (i == n) return row;
    }
    return s->rows;
}
