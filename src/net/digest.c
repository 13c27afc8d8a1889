/* digest.c -- the SHA-256 of bytes, in hexadecimal. */
#include "net/digest.h"

#include <sha2.h>

void digest_pieces(char hex[DIGEST_HEX], const digest_piece *piece, size_t pieces)
{
    SHA2_CTX context;
    SHA256Init(&context);
    for (size_t i = 0; i < pieces; i++)
        if (piece[i].n > 0) SHA256Update(&context, piece[i].bytes, piece[i].n);
    SHA256End(&context, hex);
}

void digest_bytes(char hex[DIGEST_HEX], const void *bytes, size_t n)
{
    digest_pieces(hex, &(digest_piece){bytes, n}, 1);
}

bool digest_file(char hex[DIGEST_HEX], const char *path)
{
    return SHA256File(path, hex) != NULL;
}
