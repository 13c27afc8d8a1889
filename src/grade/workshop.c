/* workshop.c -- tables and scratch space of a grading run. */
#define _GNU_SOURCE
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "grade/grade.h"

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status, (void)type, (void)where;
    return remove(path);
}

void workshop_remove(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static bool copy_program(const char *from, const char *to)
{
    text bytes = {0};
    const bool ok = text_read_file(&bytes, from, 64u << 20) &&
                    text_write_file(to, bytes.at, bytes.size) && chmod(to, 0755) == 0;
    text_free(&bytes);
    return ok;
}

bool workshop_open(workshop *w, const char *server, char *error, size_t error_size)
{
    char path[1024];
    const char *temporary = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/points.tsv", w->homework);
    if (!points_read(&w->points, path, error, error_size)) return false;
    snprintf(path, sizeof path, "%s/rubric.tsv", w->homework);
    sheet_read(&w->rubric, path, 4);
    snprintf(path, sizeof path, "%s/choices.tsv", w->homework);
    sheet_read(&w->choices, path, 5);
    /* The confined uid must be able to walk there, so a private TMPDIR of root's will not do. */
    if (!temporary || temporary[0] != '/' || w->where.root) temporary = "/tmp";
    snprintf(w->base, sizeof w->base, "%s/ddpm-grade-XXXXXX", temporary);
    if (!mkdtemp(w->base) || chmod(w->base, 0711) != 0) {
        snprintf(error, error_size, "cannot make a scratch directory in %s", temporary);
        w->base[0] = '\0';
        return false;
    }
    snprintf(w->server, sizeof w->server, "%s/server", w->base);
    if (!copy_program(server, w->server)) {
        snprintf(error, error_size, "cannot copy %s", server);
        return false;
    }
    return true;
}

void workshop_close(workshop *w)
{
    points_free(&w->points);
    sheet_free(&w->rubric);
    sheet_free(&w->choices);
    if (w->base[0]) workshop_remove(w->base);
    w->base[0] = '\0';
}
