/* fuzz_checkpoint.c -- arbitrary bytes as a checkpoint: refused with one line, or read and written back
 * to the same contents; never a crash.  `make fuzz` builds it with clang's libFuzzer and sanitizers.
 *
 * A random file never has the right seal, so the seal is put right where one can be seen. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/checkpoint.h"
#include "net/digest.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool condition, const char *what)
{
    if (condition) return;
    fprintf(stderr, "violated: %s\n", what);
    abort();
}

/* The 64 digits after "sha256":" become the digest of the file with zeros there. */
static void seal(uint8_t *text, size_t n)
{
    static const char key[] = "\"sha256\":\"";
    const size_t length = sizeof key - 1;
    char hex[DIGEST_HEX];
    for (size_t i = 0; i + length + 64 <= n; i++) {
        if (memcmp(text + i, key, length) != 0) continue;
        memset(text + i + length, '0', 64);
        digest_bytes(hex, text, n);
        memcpy(text + i + length, hex, 64);
        return;
    }
}

static void check_contents(const checkpoint *c)
{
    char error[CHECKPOINT_ERROR];
    unsigned char out[64];
    float number;
    for (size_t i = 0; i < c->header->tensors; i++) {
        const safetensors_tensor *t = &c->header->tensor[i];
        must(safetensors_find(c->header, t->name) == t, "names are unique");
        if (t->bytes <= sizeof out)
            must(checkpoint_find(c, t->name, t->type, t->rank, t->shape, out, error, sizeof error),
                 "what is there is found");
        if (t->bytes == safetensors_type_bytes(t->type) && t->type <= SAFETENSORS_F64)
            must(
                checkpoint_find_floats(c, t->name, t->rank, t->shape, &number, error, sizeof error),
                "a number is a float");
    }
}

static void write_back(const checkpoint *c, const char *path)
{
    char error[CHECKPOINT_ERROR];
    must(checkpoint_write(c, path, error, sizeof error) ||
             strstr(error, "File too large") != NULL, /* escapes can make a header longer */
         error);
    checkpoint *again = checkpoint_read(path, error, sizeof error);
    if (!again) return;
    must(again->header->tensors == c->header->tensors, "as many tensors");
    checkpoint_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char path[64], error[CHECKPOINT_ERROR] = "";
    uint8_t *copy = malloc(n + 1);
    must(copy != NULL, "memory");
    memcpy(copy, bytes, n);
    seal(copy, n);
    snprintf(path, sizeof path, "/dev/shm/fuzz_checkpoint.%ld", (long)getpid());
    FILE *f = fopen(path, "wb");
    must(f && fwrite(copy, 1, n, f) == n && fclose(f) == 0, "room in /dev/shm");
    checkpoint *c = checkpoint_read(path, error, sizeof error);
    if (c) {
        check_contents(c);
        if (n % 8 == 0) write_back(c, path);
    } else {
        must(strncmp(error, path, strlen(path)) == 0 && !strchr(error, '\n'), "one line");
    }
    checkpoint_free(c);
    remove(path);
    free(copy);
    return 0;
}
