/* sandbox.c -- starts confined programs and ends them. */
#define _GNU_SOURCE
#include "grade/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "grade/confine.h"

enum { FIRST_UID = 61184, RUNS = 64, SLOTS = 64, MAX_ARGUMENTS = 96 };

double sandbox_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ---- In the child: from here on nothing may fail quietly ---- */

static _Noreturn void give_up(const char *what)
{
    dprintf(2, "sandbox: %s: %s\n", what, strerror(errno));
    _exit(125);
}

static void limit(int resource, unsigned long value)
{
    const struct rlimit both = {value, value};
    if (setrlimit(resource, &both) != 0) give_up("setrlimit");
}

/* RLIMIT_NPROC counts all processes of a uid.  A slot's uid runs nothing else; an ordinary user's
 * does, so that there the limit only stops a flood. */
static void set_limits(const confinement *c, const sandbox_job *job)
{
    limit(RLIMIT_CPU, job->cpu_seconds);
    limit(RLIMIT_AS, job->memory);
    limit(RLIMIT_DATA, job->memory);
    limit(RLIMIT_FSIZE, job->file_size);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, 64);
    limit(RLIMIT_STACK, 16ul << 20);
    limit(RLIMIT_MEMLOCK, 0);
    limit(RLIMIT_MSGQUEUE, 0);
    struct rlimit now;
    if (c->root)
        limit(RLIMIT_NPROC, job->processes);
    else if (getrlimit(RLIMIT_NPROC, &now) == 0 && now.rlim_cur > 4096)
        limit(RLIMIT_NPROC, 4096);
}

static void drop_root(const confinement *c)
{
    if (!c->root) return;
    const gid_t gid = (gid_t)c->uid;
    if (setgroups(0, NULL) != 0 || setresgid(gid, gid, gid) != 0 ||
        setresuid(c->uid, c->uid, c->uid) != 0)
        give_up("dropping root");
    if (setuid(0) == 0) give_up("root came back");
}

/* The descriptors of the job become 0 .. 4; a seccomp program for bubblewrap 5; all others close.
 */
static void arrange_descriptors(const sandbox_job *job, int filter)
{
    const int wanted[] = {job->in, job->out, job->err, job->wire_in, job->wire_out, filter};
    int high[6];
    for (int i = 0; i < 6; i++) high[i] = wanted[i] < 0 ? -1 : fcntl(wanted[i], F_DUPFD, 20);
    for (int i = 0; i < 6; i++) {
        if (high[i] < 0)
            close(i);
        else if (dup2(high[i], i) < 0)
            give_up("dup2");
    }
    syscall(SYS_close_range, 6u, ~0u, 0u);
    for (int i = 6; i < 256; i++) close(i); /* where close_range is not known */
}

/* ---- bubblewrap's command line ---- */

static void add(const char **argv, size_t *n, const char *a, const char *b, const char *c)
{
    const char *const words[] = {a, b, c};
    for (int i = 0; i < 3; i++)
        if (words[i] && *n < MAX_ARGUMENTS - 1) argv[(*n)++] = words[i];
}

/* /lib and friends are links into /usr on a merged system, directories on others. */
static void add_root_directory(const char **argv, size_t *n, const char *path, const char *link)
{
    struct stat status;
    if (lstat(path, &status) != 0) return;
    if (S_ISLNK(status.st_mode))
        add(argv, n, "--symlink", link, path);
    else
        add(argv, n, "--ro-bind", path, path);
}

static size_t bwrap_arguments(const char **argv, const sandbox_job *job)
{
    size_t n = 0;
    add(argv, &n, "bwrap", "--unshare-all", "--die-with-parent");
    add(argv, &n, "--cap-drop", "ALL", NULL);
    if (job->tools) {
        add(argv, &n, "--ro-bind", "/usr", "/usr");
        add_root_directory(argv, &n, "/bin", "usr/bin");
    } else {
        add(argv, &n, "--ro-bind", "/usr/lib", "/usr/lib");
        add(argv, &n, "--ro-bind-try", "/usr/lib64", "/usr/lib64");
    }
    add_root_directory(argv, &n, "/lib", "usr/lib");
    add_root_directory(argv, &n, "/lib64", "usr/lib64");
    add(argv, &n, "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache");
    add(argv, &n, "--dev-bind", "/dev/null", "/dev/null");
    if (job->readable) add(argv, &n, "--ro-bind", job->readable, job->readable);
    add(argv, &n, job->scratch_writable ? "--bind" : "--ro-bind", job->scratch, job->scratch);
    add(argv, &n, "--chdir", job->scratch, NULL);
    add(argv, &n, "--seccomp", "5", "--");
    for (const char *const *word = job->argv; *word; word++) add(argv, &n, *word, NULL, NULL);
    argv[n] = NULL;
    return n;
}

static _Noreturn void child(const confinement *c, const sandbox_job *job, pid_t parent)
{
    setpgid(0, 0);
    const int filter = c->mode == CONFINE_BWRAP ? confine_filter_fd() : -1;
    if (c->mode == CONFINE_BWRAP && filter < 0) give_up("seccomp");
    arrange_descriptors(job, filter);
    drop_root(c);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) give_up("parent is gone");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) give_up("no_new_privs");
    for (int i = 1; i < NSIG; i++) signal(i, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (chdir(job->scratch) != 0) give_up("scratch directory");
    char temporary[512];
    snprintf(temporary, sizeof temporary, "TMPDIR=%s", job->scratch);
    char *environment[] = {(char *)"PATH=/usr/bin:/bin", (char *)"LC_ALL=C", temporary, NULL};
    umask(077);
    if (c->mode == CONFINE_BWRAP) {
        const char *argv[MAX_ARGUMENTS];
        bwrap_arguments(argv, job);
        set_limits(c, job);
        execvpe("bwrap", (char *const *)argv, environment);
        give_up("bwrap");
    }
    if (c->mode == CONFINE_LANDLOCK && !confine_landlock(job)) give_up("Landlock");
    if (!confine_filter()) give_up("seccomp");
    set_limits(c, job);
    execvpe(job->argv[0], (char *const *)job->argv, environment);
    give_up(job->argv[0]);
}

/* ---- In the grader ---- */

pid_t sandbox_start(const confinement *c, const sandbox_job *job)
{
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid == 0) child(c, job, parent);
    if (pid > 0) setpgid(pid, pid);
    return pid;
}

int sandbox_end(pid_t pid)
{
    int status = 0;
    kill(-pid, SIGKILL);
    kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
    /* What it leaves behind falls to us (subreaper, below).  Unreaped, it would count against the
     * process limit of the next job; in a container nobody else may ever reap it. */
    for (int other; waitpid(-pid, &other, 0) > 0 || errno == EINTR;) continue;
    return status;
}

int sandbox_wait(pid_t pid, double seconds, bool *late)
{
    const double until = sandbox_clock() + seconds;
    const struct timespec nap = {.tv_nsec = 4000000};
    siginfo_t end = {.si_pid = 0};
    for (*late = false; !*late; *late = sandbox_clock() > until) {
        end.si_pid = 0;
        if (waitid(P_PID, (id_t)pid, &end, WEXITED | WNOHANG | WNOWAIT) == 0 && end.si_pid == pid)
            break;
        nanosleep(&nap, NULL);
    }
    return sandbox_end(pid); /* also what it left behind in its group */
}

bool sandbox_fault(const char *said)
{
    return strncmp(said, "bwrap: ", 7) == 0 || strncmp(said, "sandbox: ", 9) == 0;
}

bool sandbox_mode_of(const char *name, enum confinement_mode *mode)
{
    static const char *const names[] = {"auto", "bwrap", "landlock", "none"};
    for (int i = 0; i < 4; i++)
        if (strcmp(name, names[i]) == 0) {
            *mode = (enum confinement_mode)i;
            return true;
        }
    return false;
}

/* Does a harmless program run under c? */
static bool works(const confinement *c)
{
    char scratch[] = "/tmp/ddpm-probe-XXXXXX";
    if (!mkdtemp(scratch)) return false;
    if (c->root && chown(scratch, c->uid, (gid_t)c->uid) != 0) return false;
    const char *const argv[] = {"/usr/bin/true", NULL};
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    const sandbox_job job = {.argv = argv,
                             .scratch = scratch,
                             .tools = true,
                             .in = null,
                             .out = null,
                             .err = null,
                             .wire_in = -1,
                             .wire_out = -1,
                             .cpu_seconds = 5,
                             .memory = 256ul << 20,
                             .file_size = 1ul << 20,
                             .processes = 32};
    bool late = true;
    const pid_t pid = sandbox_start(c, &job);
    const int status = pid > 0 ? sandbox_wait(pid, 5.0, &late) : -1;
    close(null);
    rmdir(scratch);
    return pid > 0 && !late && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool sandbox_choose(confinement *c, enum confinement_mode wanted, unsigned slot, char *error,
                    size_t error_size)
{
    static const char *const names[] = {"", "bubblewrap", "Landlock and seccomp",
                                        "NO confinement of files"};
    static const char *const failures[] = {"neither bubblewrap nor Landlock works",
                                           "bubblewrap does not work", "Landlock does not work",
                                           "no program can be started"};
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    *c = (confinement){.root = geteuid() == 0, .uid = geteuid()};
    /* Runs differ in their uids too: what a killed run left behind must not count against this one. */
    if (c->root) c->uid = FIRST_UID + (uid_t)(getpid() % RUNS) * SLOTS + slot % SLOTS;
    for (int mode = CONFINE_BWRAP; mode <= CONFINE_NONE; mode++) {
        if (wanted == CONFINE_AUTO ? mode == CONFINE_NONE : mode != (int)wanted) continue;
        c->mode = (enum confinement_mode)mode;
        if (!works(c)) continue;
        snprintf(c->words, sizeof c->words, "%s, resource limits%s", names[mode],
                 c->root ? ", unprivileged uid" : "");
        return true;
    }
    snprintf(error, error_size, "%s here; --confine none (make: CONFINE=none) grades without it",
             failures[wanted]);
    return false;
}
