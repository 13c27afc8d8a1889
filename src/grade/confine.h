/* confine.h -- the two kernel mechanisms under sandbox.c: Landlock and seccomp. */
#ifndef GRADE_CONFINE_H
#define GRADE_CONFINE_H

#include <stdbool.h>

#include "grade/sandbox.h"

/* Is Landlock there?  Returns its ABI version, 0 if not. */
int confine_landlock_abi(void);

/* Restricts this process to the files of the job.  false on any failure. */
bool confine_landlock(const sandbox_job *job);

/* Loads the outer filter into this process: no sockets, tracing, mounting, namespaces, keys ... */
bool confine_filter(void);

/* The same filter as a file descriptor for bubblewrap's --seccomp; -1 on failure. */
int confine_filter_fd(void);

#endif
