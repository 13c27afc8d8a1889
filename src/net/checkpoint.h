/* checkpoint.h -- named tensors and words in one sealed file: written whole or not at all, and read
 * back whole or not at all.
 *
 * A checkpoint is a safetensors file (safetensors.h), so that other programs can open it, whose
 * metadata say in addition
 *     format   "ddpm-lessons"
 *     version  "1"; a reader refuses a larger one
 *     sha256   of the whole file, its own 64 digits replaced by zeros.
 * What else the metadata and tensors mean is the business of who writes them. */
#ifndef NET_CHECKPOINT_H
#define NET_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>

#include "net/safetensors.h"

#define CHECKPOINT_FORMAT "ddpm-lessons"
enum { CHECKPOINT_VERSION = 1, CHECKPOINT_ERROR = 512 };

typedef struct checkpoint {
    safetensors *header;
    const void **data;      /* [header->tensors]: the numbers of each tensor */
    size_t room;            /* of data, in one that is being made */
    unsigned char *payload; /* what a read checkpoint owns; NULL in one that is being made */
} checkpoint;

/* Returns  an empty checkpoint; NULL when memory is short. */
checkpoint *checkpoint_alloc(void);
void checkpoint_free(checkpoint *c); /* NULL is legal */

/* Append a tensor.
 * Args     data  [product of shape] numbers of that type; borrowed until the checkpoint is freed.
 * Returns  false with one line in error, as safetensors_add. */
bool checkpoint_add(checkpoint *c, const char *name, safetensors_type type, size_t rank,
                    const size_t *shape, const void *data, char *error, size_t error_size);

/* Set a word of the metadata, replacing an older one.   Returns  false when memory is short. */
bool checkpoint_set(checkpoint *c, const char *key, const char *value);

/* The word of that key, or NULL. */
const char *checkpoint_get(const checkpoint *c, const char *key);

/* Print "path: reason" into error, a long path by its tail; returns false. */
bool checkpoint_fail(const char *path, const char *reason, char *error, size_t error_size);

/* Write the file beside its final place, flush it to the disk and rename it, so that an older file
 * of that name survives every failure.  The bytes depend on the contents only.
 * Returns  false with one line in error: no memory, not writable, disk full, another process is
 *          writing it, or the path is something else than a file. */
bool checkpoint_write(const checkpoint *c, const char *path, char *error, size_t error_size);

/* Read a file and verify everything about it, the seal included.
 * Returns  the checkpoint; NULL with "path: reason" in error.  Memory grows with the bytes that are
 *          really there: the header is at most SAFETENSORS_HEADER, the payload SAFETENSORS_PAYLOAD. */
checkpoint *checkpoint_read(const char *path, char *error, size_t error_size);

/* The numbers of a tensor that must be there with this type and shape.
 * Args     out  receives them; untouched on failure.
 * Returns  false with one line in error: missing, another type, another shape. */
bool checkpoint_find(const checkpoint *c, const char *name, safetensors_type type, size_t rank,
                     const size_t *shape, void *out, char *error, size_t error_size);

/* The same as floats, from F16, F32 or F64. */
bool checkpoint_find_floats(const checkpoint *c, const char *name, size_t rank, const size_t *shape,
                            float *out, char *error, size_t error_size);

#endif
