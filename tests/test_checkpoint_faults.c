/* test_checkpoint_faults.c -- every way in which a file can be no checkpoint is named. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "forge.h"
#include "net/checkpoint.h"

#define TENSOR(type, shape, begin, end)                                                            \
    "{\"dtype\":\"" type "\",\"shape\":" shape ",\"data_offsets\":[" begin "," end "]}"

static char dir[] = "/tmp/test_checkpoint_faults.XXXXXX", error[CHECKPOINT_ERROR];

/* A header, the bytes after it, and a part of the reason for its refusal. */
static const struct {
    const char *text;
    size_t payload;
    const char *reason;
} bad[] = {
    {"[1]     ", 0, "is not a safetensors file: its header is no JSON"},
    {"{\"w\": ", 0, "is not a safetensors file: its header is no JSON"},
    {"{} x", 0, "is not a safetensors file: its header is no JSON"},
    {"{}", 0, "metadata do not say format"},
    {"{}", 4, "4 bytes of payload, its tensors have 0"},
    {"{\"w\":3}", 4, "entry 'w' is no tensor"},
    {"{\"w\":{\"dtype\":3}}", 4, "entry 'w' is no tensor"},
    {"{\"\":3}", 4, "a tensor named '', expected 1 to 95 bytes"},
    {"{\"a\tb\":3}", 4, "entry 'a?b' is no tensor"},
    {"{\"w\":" TENSOR("BF16", "[2]", "0", "4") "}", 4, "tensor 'w': type BF16, expected F16"},
    {"{\"w\":" TENSOR("F32", "[0]", "0", "0") "}", 4, "tensor 'w': an absurd shape"},
    {"{\"w\":" TENSOR("F32", "3", "0", "4") "}", 4, "tensor 'w': an absurd shape"},
    {"{\"w\":" TENSOR("F32", "[-1]", "0", "4") "}", 4, "tensor 'w': an absurd shape"},
    {"{\"w\":" TENSOR("F32", "[0.5]", "0", "2") "}", 4, "tensor 'w': an absurd shape"},
    {"{\"w\":" TENSOR("F32", "[1e300]", "0", "4") "}", 4, "tensor 'w': an absurd shape"},
    {"{\"w\":" TENSOR("F32", "[\"1\"]", "0", "4") "}", 4, "tensor 'w': an absurd shape"},
    {"{\"w\":" TENSOR("F64", "[65536,65536,65536,65536]", "0", "0") "}", 4, "an absurd shape"},
    {"{\"w\":" TENSOR("F32", "[1,1,1,1,1,1,1,1,1]", "0", "4") "}", 4, "an absurd shape"},
    {"{\"w\":" TENSOR("F32", "[2]", "0", "8") "}", 4, "'w': offsets outside the payload of 4"},
    {"{\"w\":" TENSOR("F32", "[1]", "4", "0") "}", 4, "'w': offsets outside the payload of 4"},
    {"{\"w\":" TENSOR("F32", "[1]", "0,2", "4") "}", 4, "'w': offsets outside the payload"},
    {"{\"w\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "'w': offsets outside the payload"},
    {"{\"w\":" TENSOR("F32", "[2]", "0", "4") "}", 4, "'w': 4 bytes, its shape needs 8"},
    {"{\"w\":" TENSOR("F32", "[1]", "4", "8") "}", 8, "'w' begins at byte 4, after a gap"},
    {"{\"w\":" TENSOR("F32", "[2]", "0", "8") ",\"v\":" TENSOR("F32", "[2]", "4", "12") "}", 12,
     "'v' begins at byte 4, inside another one"},
    {"{\"w\":" TENSOR("F32", "[1]", "0", "4") ",\"w\":" TENSOR("F32", "[1]", "4", "8") "}", 8,
     "two tensors named 'w'"},
    {"{\"w\":" TENSOR("F32", "[1]", "0", "4") "}", 8, "8 bytes of payload, its tensors have 4"},
    {"{\"__metadata__\":[\"x\"]}", 0, "__metadata__ does not hold strings"},
    {"{\"__metadata__\":{\"x\":1}}", 0, "__metadata__ does not hold strings"},
    {"{\"__metadata__\":{\"x\":\"1\",\"x\":\"2\"}}", 0, "two metadata named 'x'"},
    {"{\"__metadata__\":{\"x\":\"1\"},\"__metadata__\":{\"y\":\"2\"}}", 0, "two entries named"},
    {"{\"__metadata__\":{\"format\":\"pt\"}}", 0, "of another program"},
    {"{\"__metadata__\":{\"format\":\"ddpm-lessons\"}}", 0, "its metadata have no version"},
    {"{\"__metadata__\":{\"format\":\"ddpm-lessons\",\"version\":\"1b\"}}", 0, "have no version"},
    {"{\"__metadata__\":{\"format\":\"ddpm-lessons\",\"version\":\"0\"}}", 0, "have no version"},
    {"{\"__metadata__\":{\"format\":\"ddpm-lessons\",\"version\":\"2\"}}", 0, "a newer version"},
    {"{\"__metadata__\":{\"format\":\"ddpm-lessons\",\"version\":\"1\"}}", 0, "have no sha256"},
    {"{\"__metadata__\":{\"format\":\"ddpm-lessons\",\"version\":\"1\",\"sha256\":\"12\"}}", 0,
     "have no sha256"},
    {"{\"__metadata__\":{\"format\":\"ddpm-lessons\",\"version\":\"1\",\"sha256\":"
     "\"1234567812345678123456781234567812345678123456781234567812345678\"}}",
     0, "checksum mismatch"},
};

static void refuse(const char *path, const char *reason)
{
    checkpoint *c = checkpoint_read(path, error, sizeof error);
    if (c) fail_msg("accepted; expected: %s", reason);
    if (!strstr(error, reason) || strncmp(error, path, strlen(path)) != 0 || strchr(error, '\n'))
        fail_msg("'%s', expected '%s: ...%s'", error, path, reason);
}

static void test_every_fault_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        forge_file("bad", bad[i].text, bad[i].payload);
        refuse("bad", bad[i].reason);
    }
    forge_file("bad", "{" FORGE_WORDS ",\"w\":" TENSOR("F32", "[2]", "0", "8") "}  ", 8);
    checkpoint *c = checkpoint_read("bad", error, sizeof error);
    assert_non_null(c);
    checkpoint_free(c);
    forge_file("bad", "{" FORGE_WORDS "}", 0); /* no tensors at all */
    checkpoint_free(c = checkpoint_read("bad", error, sizeof error));
    assert_non_null(c);
}

static void test_what_is_no_checkpoint_is_named(void **state)
{
    (void)state;
    char block[64];
    memset(block, 'x', sizeof block);
    forge_bytes("bad", block, sizeof block);
    refuse("bad", "is not a safetensors file: absurd header length");
    forge_bytes("bad", block, 9);
    refuse("bad", "is too short to be a checkpoint");
    memcpy(block, "\x40\0\0\0\0\0\0", 8);
    forge_bytes("bad", block, sizeof block);
    refuse("bad", "is truncated: it ends inside its header");
    memcpy(block, "\1\0\0\0\0\0\0", 8);
    forge_bytes("bad", block, sizeof block);
    refuse("bad", "absurd header length");
    refuse("absent", "No such file");
    refuse(".", "is no regular file");
    assert_int_equal(mkfifo("pipe", 0600), 0);
    refuse("pipe", "is no regular file"); /* and nobody waits for a writer */
    memcpy(block, "\2\0\0\0\0\0\0\0{}", 10);
    forge_bytes("bad", block, 10);
    assert_int_equal(truncate("bad", ((off_t)1 << 31) + 11), 0); /* a hole, 2 GiB */
    refuse("bad", "has more than 2 GiB of payload");
    char path[700];
    memset(path, 'p', sizeof path);
    path[sizeof path - 1] = '\0';
    assert_null(checkpoint_read(path, error, sizeof error));
    assert_true(strncmp(error, "...ppp", 6) == 0 && strstr(error, "name too long"));
}

static int enter(void **state)
{
    (void)state;
    return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int leave(void **state)
{
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", dir);
    return chdir("/") == 0 ? system(command) : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_fault_is_named),
                                       cmocka_unit_test(test_what_is_no_checkpoint_is_named)};
    return cmocka_run_group_tests_name("checkpoint faults", tests, enter, leave);
}
