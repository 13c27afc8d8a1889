/* parallel.h -- a few threads that share out numbered pieces of work.
 *
 * Who does which piece is left to chance; so the pieces must not touch each other's memory, and the
 * result is the same for any number of threads. */
#ifndef TRAIN_PARALLEL_H
#define TRAIN_PARALLEL_H

#include <stddef.h>

typedef struct parallel parallel;

/* Start threads - 1 helpers, which sleep until there is work; the caller is the last thread.
 * Args     threads  0 means one per online processor, at most 64.
 * Returns  NULL with GSL_ENOMEM when memory or threads are short. */
parallel *parallel_alloc(size_t threads);

/* Ends the helpers; NULL is legal. */
void parallel_free(parallel *p);

/* The number of threads, the caller included. */
size_t parallel_threads(const parallel *p);

/* Call work(piece, params) once for every piece 0..pieces-1 and return when all are done.
 * NULL as p runs them one after the other.  Not to be called from inside work with the same p. */
void parallel_run(parallel *p, size_t pieces, void (*work)(size_t piece, void *params),
                  void *params);

#endif
