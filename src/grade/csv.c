/* csv.c -- reads and writes tables with commas. */
#include "grade/csv.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void *checked(void *p)
{
    if (!p) exit(2); /* as text.c */
    return p;
}

static void append_cell(char ***row, size_t *n, const char *cell)
{
    *row = checked(realloc(*row, (*n + 2) * sizeof **row));
    (*row)[(*n)++] = checked(strdup(cell));
    (*row)[*n] = NULL;
}

/* Would a spreadsheet take this for a formula, were it not for apostrophes? */
static bool formula(const char *cell)
{
    cell += strspn(cell, "'");
    return cell[0] && strchr("=+-@\t", cell[0]);
}

/* A cell as it was before csv_add put its apostrophe there. */
static const char *unguarded(const char *cell)
{
    return cell[0] == '\'' && formula(cell) ? cell + 1 : cell;
}

/* One row from *at on; *at moves behind it. */
static char **read_row(const char **at)
{
    char **row = NULL;
    size_t n = 0;
    text cell = {0};
    bool quoted = false;
    for (;; (*at)++) {
        const char c = **at;
        if (quoted && c != '\0') {
            if (c != '"')
                text_add_bytes(&cell, &c, 1);
            else if ((*at)[1] == '"')
                text_add_bytes(&cell, (*at)++, 1);
            else
                quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == ',' || c == '\n' || c == '\0') {
            if (c != ',' && cell.size > 0 && cell.at[cell.size - 1] == '\r')
                cell.at[--cell.size] = '\0';
            append_cell(&row, &n, unguarded(text_of(&cell)));
            text_free(&cell);
            if (c == ',') continue;
            *at += c == '\n';
            return row;
        } else {
            text_add_bytes(&cell, &c, 1);
        }
    }
}

bool csv_read(csv *c, const char *path)
{
    text file = {0};
    *c = (csv){.n = 0};
    if (!text_read_file(&file, path, 16u << 20)) return false;
    const char *at = text_of(&file);
    if (strncmp(at, "\xef\xbb\xbf", 3) == 0) at += 3;
    while (*at) {
        c->rows = checked(realloc(c->rows, (c->n + 1) * sizeof *c->rows));
        c->rows[c->n++] = read_row(&at);
    }
    text_free(&file);
    return true;
}

void csv_free(csv *c)
{
    for (size_t r = 0; r < c->n; r++) {
        for (char **cell = c->rows[r]; *cell; cell++) free(*cell);
        free(c->rows[r]);
    }
    free(c->rows);
    *c = (csv){.n = 0};
}

int csv_column(const csv *c, const char *const *names)
{
    for (size_t i = 0; names[i] && c->n > 0; i++)
        for (int k = 0; c->rows[0][k]; k++)
            if (strcasecmp(c->rows[0][k], names[i]) == 0) return k;
    return -1;
}

const char *csv_cell(const csv *c, size_t row, int column)
{
    if (row >= c->n || column < 0) return "";
    for (int k = 0; c->rows[row][k]; k++)
        if (k == column) return c->rows[row][k];
    return "";
}

size_t csv_put_row(csv *c)
{
    c->rows = checked(realloc(c->rows, (c->n + 1) * sizeof *c->rows));
    c->rows[c->n] = checked(calloc(1, sizeof **c->rows));
    return c->n++;
}

void csv_put(csv *c, size_t row, int column, const char *cell)
{
    int n = 0;
    while (c->rows[row][n]) n++;
    for (size_t width = (size_t)n; n <= column; n++) append_cell(&c->rows[row], &width, "");
    char *copy = checked(strdup(cell));
    free(c->rows[row][column]);
    c->rows[row][column] = copy;
}

int csv_put_column(csv *c, const char *name)
{
    const char *const names[] = {name, NULL};
    int column = csv_column(c, names);
    if (column >= 0) return column;
    for (column = 0; c->rows[0][column];) column++;
    csv_put(c, 0, column, name);
    return column;
}

void csv_add(text *to, const char *cell)
{
    const bool guard = formula(cell), quote = guard || strpbrk(cell, ",\"\n\r");
    if (to->size > 0 && to->at[to->size - 1] != '\n') text_add(to, ",");
    if (quote) text_add(to, "\"");
    if (guard) text_add(to, "'");
    for (const char *c = cell; *c; c++) text_add(to, *c == '"' ? "\"\"" : "%c", *c);
    if (quote) text_add(to, "\"");
    if (cell[0] == '\0' && (to->size == 0 || to->at[to->size - 1] == '\n')) text_add(to, "\"\"");
}

void csv_add_number(text *to, double value)
{
    if (to->size > 0 && to->at[to->size - 1] != '\n') text_add(to, ",");
    text_add(to, "%.6g", value);
}

void csv_end(text *to)
{
    text_add(to, "\n");
}
