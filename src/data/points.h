/* points -- reads rows of numbers from a text file, and trusts nothing in it. */
#ifndef DATA_POINTS_H
#define DATA_POINTS_H

#include <stddef.h>

/* The format.  One point per line, every line with the same number of numbers; they stand apart by
 * blanks, tabs, or one comma or semicolon.  Blank lines, and everything after a #, are skipped.
 *
 * A bad file is an input, not a programming error: GSL's error handler is not called.  The error
 * is one line, "file:line: fault, what was expected". */

/* The longest row, and the largest number (either sign): beyond it a variance would lose its
 * meaning in single precision. */
#define POINTS_MAX_D 4096
#define POINTS_MAX_SIZE 1e15

typedef struct points {
    size_t n, D; /* both at least 1 */
    double *x;   /* [n,D], finite */
} points;

/* What else a row [D] must satisfy: returns NULL, or what was expected, in words. */
typedef const char *points_rule(const double *row, size_t D);

/* Reads a file of points.
 * path: the file.
 * most: the most numbers it may hold.
 * rule: asked for every row; NULL if every row will do.
 * error [error_size]: receives one line on failure, untouched on success; NULL if error_size = 0.
 * Returns the points, to be freed with points_free; NULL on failure: a file that cannot be read or
 * holds no number, a word that is no number, an empty field, a number that is not finite or above
 * POINTS_MAX_SIZE, rows of different lengths, too many numbers, a broken rule, or no memory. */
points *points_read(const char *path, size_t most, points_rule *rule, char *error,
                    size_t error_size);

/* Frees points; NULL is legal. */
void points_free(points *p);

#endif
