/* workshop.c -- tables and scratch space of a grading run. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <signal.h>
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

/* Ends the processes whose command line mentions a directory: a bubblewrap whose parent was killed in
 * the middle of setting up waits forever (no student code runs in it). */
static void end_users_of(const char *path)
{
    DIR *folder = opendir("/proc");
    for (struct dirent *one; folder && (one = readdir(folder));) {
        char file[300], line[4096];
        const long pid = atol(one->d_name);
        if (pid <= 1 || pid == (long)getpid()) continue;
        snprintf(file, sizeof file, "/proc/%ld/cmdline", pid);
        FILE *words = fopen(file, "r");
        const size_t n = words ? fread(line, 1, sizeof line - 1, words) : 0;
        if (words) fclose(words);
        for (size_t i = 0; i < n; i++)
            if (line[i] == '\0') line[i] = ' ';
        line[n] = '\0';
        if (strncmp(line, "bwrap ", 6) == 0 && strstr(line, path)) kill((pid_t)pid, SIGKILL);
    }
    if (folder) closedir(folder);
}

/* Removes what a killed run left behind: directories named after a process that is gone. */
static void remove_stale(const char *temporary)
{
    DIR *folder = opendir(temporary);
    for (struct dirent *one; folder && (one = readdir(folder));) {
        char path[600];
        struct stat status;
        if (strncmp(one->d_name, "ddpm-grade-", 11) != 0) continue;
        const long pid = atol(one->d_name + 11);
        snprintf(path, sizeof path, "%s/%.200s", temporary, one->d_name);
        if (pid > 1 && kill((pid_t)pid, 0) != 0 && errno == ESRCH && lstat(path, &status) == 0 &&
            S_ISDIR(status.st_mode) && status.st_uid == geteuid()) {
            end_users_of(path);
            workshop_remove(path);
        }
    }
    if (folder) closedir(folder);
}

/* The confined uid reads it: a copy in the workshop's own directory. */
static bool bring(const char *from, const char *to, char *error, size_t error_size)
{
    if (copy_program(from, to)) return true;
    snprintf(error, error_size, "cannot copy %s", from);
    return false;
}

/* The derivation checker stands beside the function server. */
static bool bring_programs(workshop *w, const char *server, char *error, size_t error_size)
{
    char beside[1024];
    const char *slash = strrchr(server, '/');
    snprintf(beside, sizeof beside, "%.*sgrade_deriver", slash ? (int)(slash + 1 - server) : 0,
             server);
    snprintf(w->server, sizeof w->server, "%s/server", w->base);
    snprintf(w->deriver, sizeof w->deriver, "%s/deriver", w->base);
    return bring(server, w->server, error, error_size) &&
           bring(beside, w->deriver, error, error_size);
}

bool workshop_scratch(const workshop *w, char *scratch, size_t size)
{
    char slot[300];
    snprintf(slot, sizeof slot, "%s/slot%u", w->base, w->slot);
    snprintf(scratch, size, "%s/work", slot);
    if (mkdir(slot, 0711) != 0) workshop_remove(scratch);
    chmod(slot, 0711);
    return mkdir(scratch, 0700) == 0 &&
           (!w->where.root || chown(scratch, w->where.uid, (gid_t)w->where.uid) == 0);
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
    remove_stale(temporary);
    snprintf(w->base, sizeof w->base, "%.200s/ddpm-grade-%ld-XXXXXX", temporary, (long)getpid());
    if (!mkdtemp(w->base) || chmod(w->base, 0711) != 0) {
        snprintf(error, error_size, "cannot make a scratch directory in %s", temporary);
        w->base[0] = '\0';
        return false;
    }
    return bring_programs(w, server, error, error_size);
}

void workshop_close(workshop *w)
{
    points_free(&w->points);
    sheet_free(&w->rubric);
    sheet_free(&w->choices);
    if (w->base[0]) workshop_remove(w->base);
    w->base[0] = '\0';
}
