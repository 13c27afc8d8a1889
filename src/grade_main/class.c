/* class.c -- grade class: many submissions in parallel; grade merge: the marks of people. */
#define _GNU_SOURCE
#include "grade_main/class.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_JOBS = 64, GIVE_UP_SECONDS = 120 };

/* ---- What there is to grade ---- */

/* The name without folder and archive ending; characters that have no place in a file name go. */
static void name_candidate(const run *r, candidate *c, const char *name)
{
    static const char *const endings[] = {".tar.gz", ".tar.xz", ".tar.bz2", ".tgz", ".zip", ".tar"};
    snprintf(c->id, sizeof c->id, "%.120s", name);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        const size_t n = strlen(c->id), m = strlen(endings[i]);
        if (n > m && strcmp(c->id + n - m, endings[i]) == 0) {
            c->id[n - m] = '\0';
            break;
        }
    }
    const roster_row *row = roster_match(&r->students, c->id);
    if (row) snprintf(c->id, sizeof c->id, "%s", row->id);
    for (char *at = c->id; *at; at++)
        if (*at == '/' || (unsigned char)*at < 0x20 || *at == 0x7f) *at = '_';
}

/* A second submission of one student keeps a folder of its own. */
static void make_unique(const run *r, candidate *c)
{
    const size_t n = strlen(c->id);
    for (unsigned again = 2; again < 100; again++) {
        bool taken = false;
        for (size_t i = 0; i < r->n; i++) taken = taken || strcmp(r->list[i].id, c->id) == 0;
        if (!taken) return;
        snprintf(c->id + n, sizeof c->id - n, "-%u", again);
    }
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool list_candidates(run *r)
{
    struct dirent **names;
    const int n = scandir(r->o->submissions, &names, NULL, by_name);
    r->list = n > 0 ? calloc((size_t)n, sizeof *r->list) : NULL;
    for (int i = 0; i < n; i++) {
        struct stat status;
        candidate *c = &r->list[r->n];
        const char *name = names[i]->d_name;
        if (name[0] != '.' &&
            snprintf(c->path, sizeof c->path, "%s/%s", r->o->submissions, name) <
                (int)sizeof c->path &&
            lstat(c->path, &status) == 0 && (S_ISDIR(status.st_mode) || S_ISREG(status.st_mode))) {
            name_candidate(r, c, name);
            make_unique(r, c);
            if (!r->o->only || strcmp(r->o->only, c->id) == 0) r->n++;
        }
        free(names[i]);
    }
    if (n >= 0) free(names);
    snprintf(r->error, sizeof r->error, n < 0 ? "cannot read %s" : "nothing to grade in %s",
             r->o->submissions);
    return r->n > 0;
}

/* Without --hw: the one assignment that the submissions hold.  Foreign archives are read in a
 * child.
 */
static bool find_assignment(run *r)
{
    r->assignment = r->o->assignment;
    if (r->assignment) return true;
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        int found = -1;
        for (size_t i = 0; i < r->n; i++) {
            submission s;
            submission_read(&s, r->list[i].path, NULL, known_assignments);
            for (int k = 0; s.has_source && known_assignments[k]; k++) {
                if (strcmp(known_assignments[k], s.assignment) != 0) continue;
                if (found >= 0 && found != k) _exit(100);
                found = k;
            }
            submission_free(&s);
        }
        _exit(found < 0 ? 101 : found);
    }
    int status = 0;
    waitpid(child, &status, 0);
    const int found = WIFEXITED(status) ? WEXITSTATUS(status) : 101;
    snprintf(r->error, sizeof r->error, "%s; say which with HW= (--hw)",
             found == 100 ? "the submissions hold more than one assignment"
                          : "no submission holds a file such as hw03.c");
    if (found < 100) r->assignment = known_assignments[found];
    return found < 100;
}

/* ---- The pool ---- */

typedef struct job {
    pid_t pid; /* 0: free */
    size_t which;
    double begin;
} job;

static bool start_job(run *r, job *j, size_t which, unsigned slot)
{
    const pid_t parent = getpid();
    fflush(NULL);
    *j = (job){fork(), which, sandbox_clock()};
    if (j->pid == 0) {
        signal(SIGINT, SIG_DFL);
        signal(SIGTERM, SIG_DFL);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) _exit(1);
        exit(worker_grade(r, &r->list[which], slot));
    }
    return j->pid > 0;
}

static job *find_job(job *jobs, unsigned n, pid_t pid)
{
    for (unsigned i = 0; i < n; i++)
        if (jobs[i].pid == pid) return &jobs[i];
    return NULL;
}

static void end_overdue(job *jobs, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if (jobs[i].pid > 0 && sandbox_clock() - jobs[i].begin > GIVE_UP_SECONDS)
            kill(jobs[i].pid, SIGKILL);
}

static volatile sig_atomic_t interrupted;

/* SIGALRM only wakes waitpid; the others end the run after the tables have been written. */
static void wake(int signal)
{
    if (signal != SIGALRM) interrupted = 1;
}

static void grade_all(run *r, size_t *kept, size_t *failed)
{
    job jobs[MAX_JOBS] = {{0}};
    size_t next = 0, done = 0;
    double written = sandbox_clock();
    const struct sigaction action = {.sa_handler = wake};
    sigaction(SIGALRM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    while (done < r->n && !interrupted) {
        for (unsigned i = 0; i < r->o->jobs && !interrupted && next < r->n; i++)
            if (jobs[i].pid == 0 && start_job(r, &jobs[i], next, i)) next++;
        int status = 0;
        alarm(5);
        const pid_t pid = waitpid(-1, &status, 0);
        end_overdue(jobs, r->o->jobs);
        job *j = pid > 0 ? find_job(jobs, r->o->jobs, pid) : NULL;
        if (!j) continue;
        const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        j->pid = 0;
        done++;
        *kept += code == WORKER_KEPT;
        *failed += code != 0 && code != WORKER_KEPT;
        if (code != 0 && code != WORKER_KEPT && code != WORKER_FAULT)
            worker_write_failure(r, &r->list[j->which]);
        fprintf(stderr, "\r%zu of %zu ", done, r->n);
        if (sandbox_clock() - written > 2.0) { /* partial tables, should we be interrupted */
            summary_write(r->o->out, &r->students, NULL, r->error, sizeof r->error);
            written = sandbox_clock();
        }
    }
    for (unsigned i = 0; i < r->o->jobs; i++)
        if (jobs[i].pid > 0) kill(jobs[i].pid, SIGKILL);
    r->n = done;
    alarm(0);
    fprintf(stderr, "\n");
}

/* Grades everything in r->list; r->error is set on failure. */
static int run_class(run *r)
{
    size_t kept = 0, failed = 0;
    const options *o = r->o;
    const double begin = sandbox_clock();
    if (!open_workshop(&r->w, o, false)) return 2;
    r->key = worker_key(r);
    printf("%s, %zu submissions, %u at a time, confinement: %s, salt: %s\n", r->assignment, r->n,
           o->jobs, r->w.where.words, o->salt);
    grade_all(r, &kept, &failed);
    const bool ok = summary_write(o->out, &r->students, NULL, r->error, sizeof r->error);
    printf("%zu graded, %zu unchanged since last time, %zu failed, %.1f s; tables in %s\n",
           r->n - kept - failed, kept, failed, sandbox_clock() - begin, o->out);
    workshop_close(&r->w);
    if (!ok) return refuse("%s", r->error);
    return failed > 0 || interrupted;
}

int command_class(const options *o)
{
    run r = {.o = o};
    int result = 2;
    if (!o->submissions || !o->out) return refuse("class needs --submissions and --out");
    if (!roster_read(&r.students, o->roster, r.error, sizeof r.error) || !list_candidates(&r) ||
        !find_assignment(&r))
        refuse("%s", r.error);
    else if (!text_make_directory(o->out))
        refuse("cannot make %s", o->out);
    else
        result = run_class(&r);
    roster_free(&r.students);
    free(r.list);
    return result;
}

int command_merge(const options *o)
{
    roster students;
    char error[1024];
    if (!o->out || !o->marks) return refuse("merge needs --out and --marks");
    if (!roster_read(&students, o->roster, error, sizeof error)) return refuse("%s", error);
    const bool ok = summary_write(o->out, &students, o->marks, error, sizeof error);
    roster_free(&students);
    if (!ok) return refuse("%s", error);
    printf("%s joined: grades.csv, canvas.csv and moodle.csv in %s are complete\n", o->marks,
           o->out);
    return 0;
}
