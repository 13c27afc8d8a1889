/* idx -- reads IDX files (the format of MNIST), gzipped or plain, and trusts nothing in them. */
#ifndef DATA_IDX_H
#define DATA_IDX_H

#include <stddef.h>

/* An IDX file is big-endian: a magic number (0, 0, type, number of dimensions), one 32-bit
 * length per dimension, then the entries row by row.  Only the two kinds MNIST uses are read.
 *
 * A bad file is an input, not a programming error: the functions below do not call GSL's error
 * handler.  They write one line "file: fault, what was expected" and return a GSL error code.
 */

/* The most payload bytes a header may announce; MNIST's largest file holds 47 040 000. */
#define IDX_MAX_BYTES ((size_t)1 << 31)

/* The largest legal label: the classes are the digits 0..9. */
#define IDX_MAX_LABEL 9

typedef struct idx_images {
    size_t n, rows, cols;
    unsigned char *pixel; /* [n, rows, cols], 0 = background, 255 = full ink */
} idx_images;

typedef struct idx_labels {
    size_t n;
    unsigned char *label; /* [n], 0..IDX_MAX_LABEL */
} idx_labels;

/* Reads a file of images (magic number 0x00000803).
 * path: the file, gzipped or plain (told by its content, not its name).
 * out: receives the images, to be freed with idx_images_free; NULL on failure.
 * error [error_size]: receives one line on failure, untouched on success; NULL if error_size = 0.
 * Memory grows with the data that really arrive, not with what the header announces.  Bytes that
 * follow a complete gzip stream and are not gzip themselves are ignored, as gzip does.
 * Returns GSL_SUCCESS or an error code.
 * Errors: GSL_EINVAL (path or out is NULL), GSL_ENOMEM, and GSL_EFAILED for a file that cannot
 * be read, is a label file, has a wrong magic number, a zero or absurd dimension, is too short
 * or too long, or is a corrupt gzip stream.
 */
int idx_images_read(const char *path, idx_images **out, char *error, size_t error_size);

/* Frees images; NULL is legal. */
void idx_images_free(idx_images *images);

/* Reads a file of labels (magic number 0x00000801).
 * Arguments, return value and errors as idx_images_read; a label above IDX_MAX_LABEL is refused
 * with GSL_EFAILED too.
 */
int idx_labels_read(const char *path, idx_labels **out, char *error, size_t error_size);

/* Frees labels; NULL is legal. */
void idx_labels_free(idx_labels *labels);

/* Writes the one-line message "path: text" for a data file and returns code, for `return`.
 * error [error_size]: receives the line; NULL if error_size = 0.
 * path: shown by its last error_size / 2 characters when longer; control characters become '?'.
 * format: as printf, followed by its arguments.
 * Returns code.
 */
int idx_fail(char *error, size_t error_size, const char *path, int code, const char *format, ...);

#endif
