/* data.c -- data files for the figures: tab separated, written beside and renamed when complete. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/lesson.h"

struct data_file {
    FILE *stream;
    char *path, *temporary;
};

/* OUT/lessonNN_name.tsv and a temporary name beside it. */
static char *path_of(const lesson *L, const char *name, const char *suffix)
{
    const size_t size = strlen(L->out_dir) + strlen(name) + strlen(suffix) + 32;
    char *path = malloc(size);
    if (!path) check_refuse("lesson %d: out of memory", L->number);
    snprintf(path, size, "%s/lesson%02d_%s.tsv%s", L->out_dir, L->number, name, suffix);
    return path;
}

/* Numbers are separated by tabs whatever blanks the caller wrote. */
static void print_tabbed(data_file *f, char *line)
{
    for (char *c = line; *c; c++)
        if (*c == ' ') *c = '\t';
    if (fprintf(f->stream, "%s\n", line) < 0) {
        const int error = errno;
        fclose(f->stream);
        remove(f->temporary);
        check_refuse("%s: cannot write: %s", f->path, strerror(error));
    }
}

data_file *data_open(lesson *L, const char *name, const char *columns)
{
    if (!L->out_dir) return NULL;
    data_file *f = calloc(1, sizeof *f);
    if (!f) check_refuse("lesson %d: out of memory", L->number);
    f->path = path_of(L, name, "");
    f->temporary = path_of(L, name, ".part");
    f->stream = fopen(f->temporary, "w");
    if (!f->stream) check_refuse("%s: cannot write: %s", f->path, strerror(errno));
    char header[512];
    snprintf(header, sizeof header, "%s", columns);
    fputs("# ", f->stream);
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
    if (!f) return;
    char nothing[] = "";
    print_tabbed(f, nothing);
}

void data_close(data_file *f)
{
    if (!f) return;
    const int flushed = fflush(f->stream) == 0 && !ferror(f->stream);
    const int closed = fclose(f->stream) == 0;
    if (!flushed || !closed || rename(f->temporary, f->path) != 0) {
        const int error = errno;
        remove(f->temporary);
        check_refuse("%s: cannot write: %s", f->path, strerror(error));
    }
    free(f->path);
    free(f->temporary);
    free(f);
}
