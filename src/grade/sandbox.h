/* sandbox.h -- runs a program confined: no network, no files but the named ones, limits on
 * everything.
 *
 * Two confinements: bubblewrap (namespaces, where the kernel lets us), otherwise Landlock (files)
 * with seccomp (network and the rest).  Both come with resource limits.  Started as root, the
 * program drops to an unprivileged uid first, one per job, because RLIMIT_NPROC does not bind root.
 */
#ifndef GRADE_SANDBOX_H
#define GRADE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum confinement_mode { CONFINE_AUTO, CONFINE_BWRAP, CONFINE_LANDLOCK, CONFINE_NONE };

typedef struct confinement {
    enum confinement_mode mode; /* never CONFINE_AUTO after sandbox_choose */
    bool root;                  /* we are root and drop to uid */
    uid_t uid;                  /* the uid of the confined program (ours when not root) */
    char words[160];            /* one line for the report */
} confinement;

typedef struct sandbox_job {
    const char *const *argv; /* paths as seen inside: the scratch directory is its own path */
    const char *scratch;     /* absolute; the working directory */
    bool scratch_writable;
    bool tools;            /* the whole of /usr (a compiler); otherwise only the libraries */
    const char *readable;  /* one more file that may be read and executed, or NULL */
    int in, out, err;      /* become 0, 1, 2 */
    int wire_in, wire_out; /* become 3 and 4; -1 for none */
    unsigned cpu_seconds;
    unsigned long memory, file_size; /* bytes */
    unsigned processes;
} sandbox_job;

/* Picks the confinement: `wanted`, or for CONFINE_AUTO the first that works here.
 * Args     slot  number of the parallel job; as root each slot has a uid of its own
 *          error receives one line
 * Returns  false when it does not work; CONFINE_NONE is only taken when it is wanted. */
bool sandbox_choose(confinement *c, enum confinement_mode wanted, unsigned slot, char *error,
                    size_t error_size);

/* Name of a mode on the command line: auto, bwrap, landlock, none. */
bool sandbox_mode_of(const char *name, enum confinement_mode *mode);

/* Starts the job in a process group of its own.  The caller waits for it.
 * Returns  the process id, or -1. */
pid_t sandbox_start(const confinement *c, const sandbox_job *job);

/* Ends the whole job, whatever it has become, and reaps it.
 * Returns  its wait status. */
int sandbox_end(pid_t pid);

/* Waits for at most `seconds`, then ends it.
 * Returns  the wait status; *late says whether it had to be ended. */
int sandbox_wait(pid_t pid, double seconds, bool *late);

/* Does what a failed job said mean that the confinement, and not the program, failed? */
bool sandbox_fault(const char *said);

/* Seconds on a clock that nobody sets. */
double sandbox_clock(void);

#endif
