/* class.c -- grade class: many submissions in parallel. */
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

const char *candidate_name(const candidate *c)
{
    return strrchr(c->path, '/') + 1;
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
        r->n += name[0] != '.' &&
                snprintf(c->path, sizeof c->path, "%s/%s", r->o->submissions, name) <
                    (int)sizeof c->path &&
                lstat(c->path, &status) == 0 &&
                (S_ISDIR(status.st_mode) || S_ISREG(status.st_mode));
        free(names[i]);
    }
    if (n >= 0) free(names);
    snprintf(r->error, sizeof r->error, n < 0 ? "cannot read %s" : "nothing to grade in %s",
             r->o->submissions);
    return r->n > 0;
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const candidate *)a)->id, ((const candidate *)b)->id);
}

/* Every submission gets the id of its student.  Two of one student are refused: which one counts is for
 * people to say.  Then --only picks one. */
static bool name_candidates(run *r)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->n; i++)
        roster_name(&r->students, candidate_name(&r->list[i]), r->list[i].id, sizeof r->list[i].id);
    qsort(r->list, r->n, sizeof *r->list, by_id);
    for (size_t i = 1; i < r->n; i++)
        if (strcmp(r->list[i - 1].id, r->list[i].id) == 0) {
            snprintf(r->error, sizeof r->error,
                     "%.300s and %.300s are both of %s: leave one of them",
                     candidate_name(&r->list[i - 1]), candidate_name(&r->list[i]), r->list[i].id);
            return false;
        }
    for (size_t i = 0; i < r->n; i++)
        if (!r->o->only || strcmp(r->o->only, r->list[i].id) == 0) r->list[kept++] = r->list[i];
    snprintf(r->error, sizeof r->error, "%s holds no submission of '%s'", r->o->submissions,
             r->o->only ? r->o->only : "");
    r->n = kept;
    return kept > 0;
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
            summary_write(r->out, &r->students, NULL, NULL, r->error, sizeof r->error);
            written = sandbox_clock();
        }
    }
    for (unsigned i = 0; i < r->o->jobs; i++)
        if (jobs[i].pid > 0) kill(jobs[i].pid, SIGKILL);
    r->n = done;
    alarm(0);
    fprintf(stderr, "\n");
}

/* Results of submissions that are no longer there count all the same (they may have been handed in
 * late, and lie elsewhere): that is said. */
static void say_absent(const run *r)
{
    struct dirent **names;
    char path[1200];
    snprintf(path, sizeof path, "%s/students", r->out);
    const int n = scandir(path, &names, NULL, by_name);
    for (int i = 0; i < n; i++) {
        char id[128];
        bool there = names[i]->d_name[0] == '.';
        roster_name(&r->students, names[i]->d_name, id, sizeof id);
        for (size_t k = 0; k < r->n && !there; k++) there = strcmp(r->list[k].id, id) == 0;
        if (!there)
            printf("%s is not in %s this time: the earlier result stands (%s/%s)\n", id,
                   r->o->submissions, path, names[i]->d_name);
        free(names[i]);
    }
    if (n >= 0) free(names);
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
    if (!o->only && !interrupted) say_absent(r);
    const bool ok = class_tables(r, NULL);
    printf("%zu graded, %zu unchanged since last time, %zu failed, %.1f s; %s %s\n",
           r->n - kept - failed, kept, failed, sandbox_clock() - begin,
           ok ? "tables in" : "no tables in", r->out);
    workshop_close(&r->w);
    if (!ok) return refuse("%s", r->error);
    return failed > 0 || interrupted;
}

static bool open_out(run *r)
{
    class_out(r);
    if (!summary_fits(r->out, r->assignment, r->error, sizeof r->error)) return false;
    snprintf(r->error, sizeof r->error, "cannot make %s", r->out);
    return text_make_directory(r->out);
}

int command_class(const options *o)
{
    run r = {.o = o};
    int result = 2;
    if (!o->submissions) return refuse("class needs --submissions");
    if (!list_candidates(&r) || !find_assignment(&r) || !open_out(&r) || !class_roster(&r) ||
        !name_candidates(&r) || !class_keep_roster(&r))
        refuse("%s", r.error);
    else
        result = run_class(&r);
    roster_free(&r.students);
    free(r.list);
    return result;
}
