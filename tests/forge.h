/* forge.h -- makes safetensors files, good and bad, without the code under test. */
#ifndef TESTS_FORGE_H
#define TESTS_FORGE_H

#include <stddef.h>

/* The seal that forge_file replaces by the right one. */
#define FORGE_SEAL "0000000000000000000000000000000000000000000000000000000000000000"
/* Metadata that pass. */
#define FORGE_WORDS                                                                                \
    "\"__metadata__\":{\"format\":\"ddpm-lessons\",\"version\":\"1\",\"sha256\":\"" FORGE_SEAL "\"}"

/* Write 8 bytes of length, the text and `payload` bytes 0, 1, 2, ...; seal the file if the text has
 * FORGE_SEAL in it. */
void forge_file(const char *path, const char *text, size_t payload);

/* The same with these bytes; [n] as it is, no seal. */
void forge_bytes(const char *path, const void *bytes, size_t n);

#endif
