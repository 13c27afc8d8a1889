/* forge.c -- makes safetensors files, good and bad, without the code under test. */
#include "forge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sha2.h>

void forge_bytes(const char *path, const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    if (!f || (n > 0 && fwrite(bytes, 1, n, f) != n) || fclose(f) != 0) abort();
}

void forge_file(const char *path, const char *text, size_t payload)
{
    const size_t length = strlen(text), n = 8 + length + payload;
    char *block = malloc(n + 1), hex[SHA256_DIGEST_STRING_LENGTH];
    if (!block) abort();
    for (int i = 0; i < 8; i++) block[i] = (char)(length >> 8 * i & 255);
    memcpy(block + 8, text, length + 1);
    char *seal = strstr(block + 8, FORGE_SEAL);
    for (size_t i = 0; i < payload; i++) block[8 + length + i] = (char)(i & 127);
    SHA256Data((const uint8_t *)block, n, hex);
    if (seal) memcpy(seal, hex, 64);
    forge_bytes(path, block, n);
    free(block);
}
