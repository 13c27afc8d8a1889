/* text.h -- growing strings, and whole files read and written at once. */
#ifndef GRADE_TEXT_H
#define GRADE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* A growing string; {0} is empty.  at is always terminated, or NULL while empty. */
typedef struct text {
    char *at;
    size_t size;
} text;

/* Append.  Out of memory ends the program (exit 2): a report that silently lacks lines is worse. */
void text_add(text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_add_bytes(text *t, const char *bytes, size_t n);
void text_free(text *t);

/* The string, "" while empty. */
const char *text_of(const text *t);

/* A copy of the first max characters in which everything that a terminal might obey, and every byte
 * that is not UTF-8, is a question mark. */
void text_add_plain(text *t, const char *foreign, size_t max);

/* The whole file.
 * Returns  false when it is not a regular file of at most max bytes. */
bool text_read_file(text *t, const char *path, size_t max);

/* Writes path at once: a temporary file beside it, synced, then renamed. */
bool text_write_file(const char *path, const char *bytes, size_t n);

/* mkdir -p. */
bool text_make_directory(const char *path);

#endif
