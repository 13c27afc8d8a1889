/* digest.h -- the SHA-256 of bytes, in hexadecimal: names a data set, seals a checkpoint. */
#ifndef NET_DIGEST_H
#define NET_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

enum { DIGEST_HEX = 65 }; /* 64 digits and the final 0 */

/* One stretch of bytes. */
typedef struct digest_piece {
    const void *bytes;
    size_t n;
} digest_piece;

/* hex = SHA-256 of the pieces, one after the other. */
void digest_pieces(char hex[DIGEST_HEX], const digest_piece *piece, size_t pieces);

/* hex = SHA-256 of one piece. */
void digest_bytes(char hex[DIGEST_HEX], const void *bytes, size_t n);

/* hex = SHA-256 of a file, as sha256sum prints it.   Returns  false, with errno, when it cannot be read. */
bool digest_file(char hex[DIGEST_HEX], const char *path);

#endif
