/* data.c -- data files for the figures: tab separated, complete or absent. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "check/lesson.h"
#include "check/output.h"

struct data_file {
    output *file;
};

/* Numbers are separated by tabs whatever blanks the caller wrote. */
static void print_tabbed(data_file *f, char *line)
{
    for (char *c = line; *c; c++)
        if (*c == ' ') *c = '\t';
    fprintf(f->file->stream, "%s\n", line);
}

data_file *data_open(lesson *L, const char *name, const char *columns)
{
    if (!L->out_dir) return NULL;
    char path[4096], header[512];
    data_file *f = malloc(sizeof *f);
    if (!f) check_refuse("lesson %d: out of memory", L->number);
    if (snprintf(path, sizeof path, "%s/lesson%02d_%s.tsv", L->out_dir, L->number, name) >=
        (int)sizeof path)
        check_refuse("--out %s: the path is too long", L->out_dir);
    f->file = output_open(NULL, path);
    snprintf(header, sizeof header, "%s", columns);
    fputs("# ", f->file->stream);
    print_tabbed(f, header);
    return f;
}

void data_line(data_file *f, const char *format, ...)
{
    if (!f) return;
    char line[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    print_tabbed(f, line);
}

void data_gap(data_file *f)
{
    if (f) fputc('\n', f->file->stream);
}

void data_close(data_file *f)
{
    if (!f) return;
    output_close(f->file);
    free(f);
}
