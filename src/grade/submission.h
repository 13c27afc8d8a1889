/* submission.h -- what a student handed in: read from a folder or an archive, and packed for
 * handing in.
 */
#ifndef GRADE_SUBMISSION_H
#define GRADE_SUBMISSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "grade/text.h"

enum {
    SUBMISSION_FILE_MAX = 256 * 1024,          /* of one file */
    SUBMISSION_ARCHIVE_MAX = 4 * 1024 * 1024,  /* of the archive itself */
    SUBMISSION_UNPACKED_MAX = 8 * 1024 * 1024, /* of all it unpacks to */
    SUBMISSION_ENTRIES_MAX = 200
};

typedef struct submission {
    char assignment[16];  /* hw03, from the name of the C file; "" when none was found */
    text source, answers; /* the two files that count */
    bool has_source, has_answers;
    text notes; /* plain sentences, one per line: what was ignored, and why nothing could be read */
    bool unreadable;
} submission;

/* Reads a folder or an archive (tar, tar.gz, zip ...).  Only NAME.c and answers.txt count, at any
 * depth; links, devices, absolute names and names with .. are refused with a sentence.
 * Args  assignment  the name to look for, or NULL: the first known one
 *       known       NULL-terminated list of assignments */
void submission_read(submission *s, const char *path, const char *assignment,
                     const char *const *known);
void submission_free(submission *s);

/* A hash of what counts. */
uint64_t submission_hash(const submission *s);

/* FNV-1a, continued from `hash` (start with 0). */
uint64_t submission_hash_bytes(uint64_t hash, const void *bytes, size_t n);

/* Packs NAME.c and answers.txt of a folder with a manifest (sizes and hashes) into a .tar.gz, then
 * reads it back with submission_read and compares.
 * Returns  false with one line in error. */
bool submission_pack(const char *folder, const char *assignment, const char *student,
                     const char *archive, char *error, size_t error_size);

#endif
