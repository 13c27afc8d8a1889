/* test_checkpoint.c -- what is written is read back, nothing else is, and an old file survives. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "forge.h"
#include "net/checkpoint.h"

static char dir[] = "/tmp/test_checkpoint.XXXXXX", error[CHECKPOINT_ERROR];

static const float weight[6] = {0.731f, -1.283f, 1e-30f, 137.0f, -0.0f, 3.5e8f};
static const double beta[3] = {1e-4, 0.0123456789012345, 0.02};
static const uint64_t step[1] = {(uint64_t)1 << 60 | 12345};
static const uint16_t half[2] = {0x3c00, 0xc100}; /* 1, -2.5 */

static checkpoint *make(void)
{
    checkpoint *c = checkpoint_alloc();
    assert_non_null(c);
    assert_true(checkpoint_add(c, "half", SAFETENSORS_F16, 1, (size_t[]){2}, half, error, 512));
    assert_true(checkpoint_add(c, "step", SAFETENSORS_U64, 0, NULL, step, error, 512));
    assert_true(checkpoint_add(c, "w", SAFETENSORS_F32, 2, (size_t[]){2, 3}, weight, error, 512));
    assert_true(checkpoint_add(c, "beta", SAFETENSORS_F64, 1, (size_t[]){3}, beta, error, 512));
    assert_true(checkpoint_set(c, "data", "ring"));
    assert_true(checkpoint_set(c, "data", "moons \"\\\n\xc3\xa9"));
    return c;
}

static size_t read_file(const char *path, char *text, size_t size)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    const size_t n = fread(text, 1, size, f);
    fclose(f);
    return n;
}

static void test_what_is_written_is_read_back(void **state)
{
    (void)state;
    char first[4096], second[4096];
    checkpoint *c = make();
    assert_true(checkpoint_write(c, "good", error, sizeof error));
    const size_t n = read_file("good", first, sizeof first);
    assert_true(n > 200 && (unsigned char)first[0] % 8 == 0); /* the payload is aligned */
    checkpoint_free(c);
    c = checkpoint_read("good", error, sizeof error);
    assert_non_null(c);
    assert_string_equal(checkpoint_get(c, "data"), "moons \"\\\n\xc3\xa9");
    assert_null(checkpoint_get(c, "nothing"));
    float w[6], b[3], h[2];
    double d[3];
    uint64_t k;
    assert_true(checkpoint_find(c, "w", SAFETENSORS_F32, 2, (size_t[]){2, 3}, w, error, 512));
    assert_memory_equal(w, weight, sizeof w);
    assert_true(checkpoint_find(c, "beta", SAFETENSORS_F64, 1, (size_t[]){3}, d, error, 512));
    assert_memory_equal(d, beta, sizeof d);
    assert_true(checkpoint_find(c, "step", SAFETENSORS_U64, 0, NULL, &k, error, 512));
    assert_true(k == step[0]);
    assert_true(checkpoint_find_floats(c, "beta", 1, (size_t[]){3}, b, error, 512));
    assert_true(b[1] == (float)beta[1]);
    assert_true(checkpoint_find_floats(c, "w", 2, (size_t[]){2, 3}, w, error, 512));
    assert_memory_equal(w, weight, sizeof w);
    assert_true(checkpoint_find_floats(c, "half", 1, (size_t[]){2}, h, error, 512));
    assert_true(h[0] == 1.0f && h[1] == -2.5f);
    /* The same contents give the same bytes, and an older file is replaced. */
    assert_true(checkpoint_write(c, "good", error, sizeof error));
    assert_int_equal(read_file("good", second, sizeof second), n);
    assert_memory_equal(first, second, n);
    checkpoint_free(c);
    checkpoint_free(NULL);
}

static void test_other_tensors_than_expected_are_named(void **state)
{
    (void)state;
    checkpoint *c = make();
    assert_true(checkpoint_write(c, "good", error, sizeof error));
    checkpoint_free(c);
    c = checkpoint_read("good", error, sizeof error);
    assert_non_null(c);
    float out[16];
    assert_false(checkpoint_find(c, "v", SAFETENSORS_F32, 0, NULL, out, error, 512));
    assert_string_equal(error, "tensor 'v' is missing");
    assert_false(checkpoint_find_floats(c, "w", 2, (size_t[]){3, 2}, out, error, 512));
    assert_string_equal(error, "tensor 'w' has shape [2,3], expected [3,2]");
    assert_false(checkpoint_find_floats(c, "w", 0, NULL, out, error, 512));
    assert_string_equal(error, "tensor 'w' has shape [2,3], expected []");
    assert_false(checkpoint_find(c, "w", SAFETENSORS_I64, 2, (size_t[]){2, 3}, out, error, 512));
    assert_string_equal(error, "tensor 'w' has type F32, expected I64");
    assert_false(checkpoint_find_floats(c, "step", 0, NULL, out, error, 512));
    assert_string_equal(error, "tensor 'step' has type U64, expected F16 F32 F64");
    checkpoint_free(c);
}

/* Every truncation and every flipped bit of a good file is refused. */
static void test_no_damage_goes_unnoticed(void **state)
{
    (void)state;
    char text[4096];
    checkpoint *c = make();
    assert_true(checkpoint_write(c, "good", error, sizeof error));
    checkpoint_free(c);
    const size_t n = read_file("good", text, sizeof text);
    for (size_t i = 0; i < n; i++) {
        forge_bytes("bad", text, i);
        assert_null(checkpoint_read("bad", error, sizeof error));
        text[i] = (char)(text[i] ^ 1 << i % 8);
        forge_bytes("bad", text, n);
        assert_null(checkpoint_read("bad", error, sizeof error));
        text[i] = (char)(text[i] ^ 1 << i % 8);
    }
}

static void test_absurd_tensors_are_not_added(void **state)
{
    (void)state;
    char name[120];
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    const size_t nine[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1}, huge[2] = {1 << 20, 1 << 20};
    checkpoint *c = make();
    assert_false(checkpoint_add(c, "w", SAFETENSORS_F32, 1, nine, weight, error, 512));
    assert_string_equal(error, "two tensors named 'w'");
    assert_false(checkpoint_add(c, name, SAFETENSORS_F32, 1, nine, weight, error, 512));
    assert_non_null(strstr(error, "expected 1 to 95 bytes"));
    assert_false(checkpoint_add(c, "__metadata__", SAFETENSORS_F32, 1, nine, weight, error, 512));
    assert_false(checkpoint_add(c, "v", SAFETENSORS_F32, 9, nine, weight, error, 512));
    assert_false(checkpoint_add(c, "v", SAFETENSORS_F32, 2, huge, weight, error, 512));
    assert_string_equal(error, "tensor 'v': an absurd shape");
    bool good = true;
    for (int i = 0; good; i++) {
        snprintf(name, sizeof name, "tensor %d", i);
        good = checkpoint_add(c, name, SAFETENSORS_F32, 1, nine, weight, error, sizeof error);
    }
    assert_string_equal(error, "more than 4096 tensors");
    /* Longer than any header that would be read: not written. */
    char *word = calloc(1, SAFETENSORS_HEADER + 1);
    assert_non_null(word);
    memset(word, 'w', SAFETENSORS_HEADER);
    assert_true(checkpoint_set(c, "word", word));
    free(word);
    assert_false(checkpoint_write(c, "long", error, sizeof error));
    assert_non_null(strstr(error, "File too large"));
    checkpoint_free(c);
}

static void test_an_old_file_survives(void **state)
{
    (void)state;
    char first[4096], second[4096];
    struct rlimit limit, old;
    checkpoint *c = make();
    assert_true(checkpoint_write(c, "good", error, sizeof error));
    const size_t n = read_file("good", first, sizeof first);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    signal(SIGXFSZ, SIG_IGN);
    limit = old;
    limit.rlim_cur = 100; /* the disk is full after 100 bytes */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    const bool written = checkpoint_write(c, "good", error, sizeof error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_false(written);
    assert_string_equal(error, "good: cannot write: File too large");
    assert_int_equal(read_file("good", second, sizeof second), n);
    assert_memory_equal(first, second, n);
    assert_false(checkpoint_write(c, "no/such/directory", error, sizeof error));
    assert_string_equal(error, "no/such/directory: cannot write: No such file or directory");
    assert_false(checkpoint_write(c, ".", error, sizeof error));
    assert_string_equal(error, ".: cannot write: it is no regular file");
    assert_false(checkpoint_write(c, "/dev/null", error, sizeof error));
    assert_string_equal(error, "/dev/null: cannot write: it is no regular file");
    checkpoint_free(c);
    assert_int_equal(system("ls | grep -q part"), 256); /* nothing half-written is left */
}

/* A killed process leaves PATH.part behind: the next writer takes it over, unless somebody writes. */
static void test_two_writers_do_not_meet(void **state)
{
    (void)state;
    checkpoint *c = make();
    forge_bytes("good.part", "left behind, and much longer than the file that is to come", 58);
    assert_true(checkpoint_write(c, "good", error, sizeof error));
    checkpoint_free(c);
    int ready[2], done[2];
    char byte = 0;
    assert_true(pipe(ready) == 0 && pipe(done) == 0);
    const pid_t child = fork();
    if (child == 0) {
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        const int fd = open("good.part", O_WRONLY | O_CREAT, 0666);
        if (fcntl(fd, F_SETLK, &lock) != 0 || write(ready[1], &byte, 1) != 1) _exit(1);
        _exit(read(done[0], &byte, 1) != 1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    c = checkpoint_read("good", error, sizeof error);
    assert_non_null(c);
    assert_false(checkpoint_write(c, "good", error, sizeof error));
    assert_string_equal(error, "good: cannot write: another process is writing it");
    int status = -1;
    assert_int_equal(write(done[1], &byte, 1), 1);
    assert_true(waitpid(child, &status, 0) == child && status == 0);
    assert_true(checkpoint_write(c, "good", error, sizeof error));
    checkpoint_free(c);
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_is_written_is_read_back),
                                       cmocka_unit_test(test_other_tensors_than_expected_are_named),
                                       cmocka_unit_test(test_no_damage_goes_unnoticed),
                                       cmocka_unit_test(test_absurd_tensors_are_not_added),
                                       cmocka_unit_test(test_an_old_file_survives),
                                       cmocka_unit_test(test_two_writers_do_not_meet)};
    return cmocka_run_group_tests_name("checkpoint", tests, enter, leave);
}
