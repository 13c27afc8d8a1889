/* student.c -- grade check and grade submit: what students run on their own copy. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "grade/report.h"
#include "grade_main/grade_main.h"

static void folder_of(const options *o, char *to, size_t size)
{
    snprintf(to, size, "%s/%s", o->work, o->assignment);
}

/* ---- Progress: the best points of each item so far, in WORK/.progress ---- */

static double best_so_far(const sheet *old, const grading *g, const item *i)
{
    const char *const words[] = {g->assignment, i->row->item};
    const size_t row = sheet_find(old, words, 2);
    return row < old->rows ? atof(sheet_cell(old, row, 2)) : 0.0;
}

/* Points count 1 for an item without points, so that it can be remembered too. */
static double reached(const item *i)
{
    return i->row->points > 0.0 ? i->earned : i->state == ITEM_RIGHT ? 1.0 : 0.0;
}

static void show_progress(const options *o, const grading *g, text *report)
{
    char path[1024];
    sheet old;
    text kept = {0}, fresh = {0};
    snprintf(path, sizeof path, "%s/.progress", o->work);
    sheet_read(&old, path, 3);
    for (size_t row = 0; row < old.rows; row++)
        if (strcmp(sheet_cell(&old, row, 0), g->assignment) != 0)
            text_add(&kept, "%s\t%s\t%s\n", sheet_cell(&old, row, 0), sheet_cell(&old, row, 1),
                     sheet_cell(&old, row, 2));
    text_add(report, "progress ");
    for (size_t k = 0; k < g->n; k++) {
        const item *i = &g->items[k];
        const double before = best_so_far(&old, g, i), now = reached(i);
        if (k == 0 || strcmp(g->items[k - 1].row->part, i->row->part) != 0)
            text_add(report, " %s ", i->row->part);
        text_add(report, "%s", i->state == ITEM_PENDING ? "." : i->state == ITEM_RIGHT ? "#" : "-");
        if (now > before) text_add(&fresh, " %s", i->row->item);
        text_add(&kept, "%s\t%s\t%.17g\n", g->assignment, i->row->item,
                 now > before ? now : before);
        if (before > now) text_add(&fresh, " (%s was right before)", i->row->item);
    }
    text_add(report, "    # right, - not yet, . waits for a person\n");
    if (fresh.size > 0) text_add(report, "new since last time:%s\n", text_of(&fresh));
    const tally all = grading_tally(g, NULL);
    if (all.total > 0.0 && all.earned == all.machine)
        text_add(report, "All machine points are yours. Hand in with: make submit HW=%s\n",
                 g->assignment + (strncmp(g->assignment, "hw", 2) == 0 ? 2 : 0));
    text_write_file(path, text_of(&kept), kept.size);
    text_free(&kept);
    text_free(&fresh);
    sheet_free(&old);
}

/* Returns the exit status: 0 when every machine point is reached. */
static int check_once(const options *o, workshop *w)
{
    char folder[1024];
    submission s;
    grading g;
    text report = {0};
    folder_of(o, folder, sizeof folder);
    submission_read(&s, folder, o->assignment, known_assignments);
    const unsigned long seed = o->has_seed ? o->seed : grade_seed("", o->assignment, o->salt);
    const bool ok = grade_submission(&g, w, &s, "", seed, NULL, NULL);
    report_student(&report, &g, w, o->part);
    if (ok) show_progress(o, &g, &report);
    fputs(text_of(&report), stdout);
    fflush(stdout);
    size_t missing = 0;
    for (size_t i = 0; i < g.n; i++)
        missing += g.items[i].state != ITEM_RIGHT && g.items[i].state != ITEM_PENDING &&
                   (!o->part || strcmp(o->part, g.items[i].row->part) == 0);
    text_free(&report);
    grading_free(&g);
    submission_free(&s);
    return ok && missing == 0 ? 0 : 1;
}

/* Something that changes when one of the two files is saved. */
static long long stamp(const options *o)
{
    long long sum = 0;
    const char *const names[] = {"answers.txt", o->assignment};
    for (int i = 0; i < 2; i++) {
        char path[1024];
        struct stat status;
        snprintf(path, sizeof path, "%s/%s/%s%s", o->work, o->assignment, names[i], i ? ".c" : "");
        if (stat(path, &status) == 0)
            sum += (long long)status.st_mtim.tv_sec * 1000000007ll + status.st_mtim.tv_nsec +
                   status.st_size;
    }
    return sum;
}

static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

/* The part as the table of points spells it; NULL after a complaint. */
static const char *find_part(const workshop *w, const options *o)
{
    const char *last = "";
    text parts = {0};
    for (size_t i = 0; i < w->points.n; i++) {
        const points_row *row = &w->points.rows[i];
        if (strcmp(row->assignment, o->assignment) != 0 || strcmp(row->part, last) == 0) continue;
        last = row->part;
        if (strcasecmp(last, o->part) == 0) {
            text_free(&parts);
            return last;
        }
        text_add(&parts, " %s", last);
    }
    refuse("%s has no part '%s': the parts are%s", o->assignment, o->part, text_of(&parts));
    text_free(&parts);
    return NULL;
}

int command_check(const options *given)
{
    workshop w;
    options asked = *given;
    const options *o = &asked;
    const struct sigaction action = {.sa_handler = interrupt};
    if (!o->assignment || !o->work) return refuse("check needs --hw and --work");
    if (!open_workshop(&w, o, true)) return 2;
    if (o->part && !(asked.part = find_part(&w, given))) {
        workshop_close(&w);
        return 2;
    }
    int result = check_once(o, &w);
    const struct timespec pause = {.tv_nsec = 300000000};
    if (o->watch) {
        sigaction(SIGINT, &action, NULL);
        sigaction(SIGTERM, &action, NULL);
    }
    for (long long last = stamp(o); o->watch && !interrupted;) {
        printf("\nwatching %s/%s (Ctrl-C ends) ...\n", o->work, o->assignment);
        fflush(stdout);
        while (stamp(o) == last && !interrupted) nanosleep(&pause, NULL);
        if (interrupted) break;
        last = stamp(o);
        printf("\n---- saved, checking ----\n");
        result = check_once(o, &w);
    }
    workshop_close(&w);
    return result;
}

int command_submit(const options *o)
{
    char folder[1024], error[1024];
    if (!o->assignment || !o->work || !o->archive)
        return refuse("submit needs --hw, --work and --archive");
    folder_of(o, folder, sizeof folder);
    if (!submission_pack(folder, o->assignment, o->student, o->archive, error, sizeof error))
        return refuse("%s", error);
    printf("%s is ready: %s.c, answers.txt and a manifest; the grader's reader reads it.\n",
           o->archive, o->assignment);
    return 0;
}
