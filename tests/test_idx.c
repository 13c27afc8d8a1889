/* test_idx -- provokes every fault an IDX file can have, and checks how the MNIST loader copes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gsl/gsl_errno.h>
#include <zlib.h>

#include "data/idx.h"
#include "data/mnist.h"

#define N 3
#define ROWS 5
#define COLS 7
#define IMAGE_BYTES (16 + N * ROWS * COLS)
#define LABELS 11
#define LABEL_BYTES (8 + LABELS)
#define MAX_BYTES (16 + N * MNIST_SIDE * MNIST_SIDE) /* of any file here */
#define KEEP ((size_t)-1)                            /* a fault that changes no field */
#define PLAIN "wbT"                                  /* gzopen's mode for no compression */

static char old_dir[4096], temp_dir[4096], error[256];

/* --- Files --------------------------------------------------------------------------------- */

static void put_field(unsigned char *byte, uint32_t value)
{
    for (size_t i = 0; i < 4; i++) byte[i] = (unsigned char)(value >> (24 - 8 * i));
}

/* A good image file in byte; returns its size.  Pixels are (37 i + 11) mod 256. */
static size_t make_images(unsigned char *byte, uint32_t n, uint32_t rows, uint32_t cols)
{
    const uint32_t field[] = {0x00000803u, n, rows, cols};
    for (size_t i = 0; i < 4; i++) put_field(byte + 4 * i, field[i]);
    for (size_t i = 0; i < (size_t)n * rows * cols; i++)
        byte[16 + i] = (unsigned char)(37 * i + 11);
    return 16 + (size_t)n * rows * cols;
}

/* A good label file in byte; returns its size.  Labels are (7 i + 3) mod 10. */
static size_t make_labels(unsigned char *byte, uint32_t n)
{
    put_field(byte, 0x00000801u);
    put_field(byte + 4, n);
    for (size_t i = 0; i < n; i++) byte[8 + i] = (unsigned char)((7 * i + 3) % 10);
    return 8 + (size_t)n;
}

/* mode is gzopen's: "wb" compresses, PLAIN writes the bytes as they are. */
static void write_file(const char *path, const char *mode, const unsigned char *byte, size_t size)
{
    gzFile file = gzopen(path, mode);
    assert_non_null(file);
    if (size > 0) assert_int_equal(gzwrite(file, byte, (unsigned)size), (int)size);
    assert_int_equal(gzclose(file), Z_OK);
}

static size_t read_raw(const char *path, unsigned char *byte)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    const size_t size = fread(byte, 1, MAX_BYTES, file);
    fclose(file);
    return size;
}

/* The failure is GSL_EFAILED, leaves no object, and says so in one line with both parts in it. */
static void assert_refused(int status, const void *object, const char *name, const char *fault)
{
    assert_int_equal(status, GSL_EFAILED);
    assert_null(object);
    assert_null(strchr(error, '\n'));
    if (strstr(error, name) == NULL || strstr(error, fault) == NULL)
        fail_msg("expected \"%s\" and \"%s\" in: %s", name, fault, error);
}

static void refuse_images(const char *path, const char *name, const char *fault)
{
    idx_images *images = (idx_images *)&images; /* not NULL, so that the reader must clear it */
    const int status = idx_images_read(path, &images, error, sizeof error);
    assert_refused(status, images, name, fault);
}

static void refuse_labels(const char *path, const char *name, const char *fault)
{
    idx_labels *labels = (idx_labels *)&labels;
    const int status = idx_labels_read(path, &labels, error, sizeof error);
    assert_refused(status, labels, name, fault);
}

static void refuse_mnist(mnist_part part, const char *name, const char *fault)
{
    mnist *data = (mnist *)&data;
    const int status = mnist_read(".", part, &data, error, sizeof error);
    assert_refused(status, data, name, fault);
}

/* --- IDX: good files, and every fault ------------------------------------------------------ */

static void test_good_files_are_read_plain_and_compressed(void **state)
{
    (void)state;
    static const char *const mode[] = {"wb", PLAIN};
    unsigned char image[MAX_BYTES], label[MAX_BYTES];
    const size_t image_size = make_images(image, N, ROWS, COLS);
    const size_t label_size = make_labels(label, LABELS);
    for (size_t i = 0; i < 2; i++) {
        idx_images *images;
        idx_labels *labels;
        write_file("good", mode[i], image, image_size);
        assert_int_equal(idx_images_read("good", &images, error, sizeof error), GSL_SUCCESS);
        assert_true(images->n == N && images->rows == ROWS && images->cols == COLS);
        assert_memory_equal(images->pixel, image + 16, N * ROWS * COLS);
        idx_images_free(images);
        write_file("good", mode[i], label, label_size);
        assert_int_equal(idx_labels_read("good", &labels, NULL, 0), GSL_SUCCESS);
        assert_int_equal(labels->n, LABELS);
        assert_memory_equal(labels->label, label + 8, LABELS);
        idx_labels_free(labels);
    }
    idx_images_free(NULL);
    idx_labels_free(NULL);
}

/* A file larger than the reader's first block (65536 bytes) makes it grow; sizes at the seams. */
static void test_growing_blocks_keep_every_byte(void **state)
{
    (void)state;
    static const uint32_t size[] = {65535, 65536, 65537, 131072, 131073, 262147};
    unsigned char *byte = malloc(16 + 262147);
    assert_non_null(byte);
    for (size_t i = 0; i < sizeof size / sizeof size[0]; i++) {
        idx_images *images;
        write_file("large", "wb", byte, make_images(byte, size[i], 1, 1));
        assert_int_equal(idx_images_read("large", &images, error, sizeof error), GSL_SUCCESS);
        assert_memory_equal(images->pixel, byte + 16, size[i]);
        idx_images_free(images);
    }
    free(byte);
}

/* One fault: value is written big-endian at byte `at`, then the file is cut or padded to size. */
typedef struct fault {
    size_t at;
    uint32_t value;
    size_t size;
    const char *message;
} fault;

static const fault image_fault[] = {
    {KEEP, 0, 0, "truncated header"},
    {KEEP, 0, 3, "truncated header, expected 1 more"},
    {KEEP, 0, 9, "truncated header, expected 7 more"},
    {KEEP, 0, 16, "truncated payload of 0 bytes, expected 105"},
    {KEEP, 0, IMAGE_BYTES - 1, "truncated payload of 104 bytes, expected 105"},
    {KEEP, 0, IMAGE_BYTES + 1, "trailing bytes, expected the end after 105"},
    {0, 0x00000801u, IMAGE_BYTES, "is an IDX label file, expected an IDX image file"},
    {0, 0x00000801u, 4, "is an IDX label file"},
    {0, 0x00000d03u, IMAGE_BYTES, "wrong magic number 0x00000d03, expected 0x00000803"},
    {0, 0x03080000u, IMAGE_BYTES, "wrong magic number 0x03080000"},
    {4, 0, IMAGE_BYTES, "dimension 1 of 3 is zero"},
    {8, 0, IMAGE_BYTES, "dimension 2 of 3 is zero"},
    {12, 0, IMAGE_BYTES, "dimension 3 of 3 is zero"},
    {4, 0xffffffffu, IMAGE_BYTES, "absurd size in the header, expected at most 2147483648"},
    {8, 0x80000000u, IMAGE_BYTES, "absurd size"},
    {4, 61356676u, IMAGE_BYTES, "absurd size"},                   /* just above the cap */
    {4, 61356675u, IMAGE_BYTES, "truncated payload of 105 bytes"} /* just below */
};

static const fault label_fault[] = {
    {KEEP, 0, 0, "truncated header"},
    {KEEP, 0, 7, "truncated header, expected 1 more"},
    {KEEP, 0, LABEL_BYTES - 1, "truncated payload of 10 bytes, expected 11"},
    {KEEP, 0, LABEL_BYTES + 1, "trailing bytes"},
    {0, 0x00000803u, LABEL_BYTES, "is an IDX image file, expected an IDX label file"},
    {0, 0x1f8b0800u, 4, "truncated gzip stream"},
    {4, 0, LABEL_BYTES, "dimension 1 of 1 is zero"},
    {4, 0x80000001u, LABEL_BYTES, "absurd size"},
    {12, 0x09000a01u, LABEL_BYTES, "label 10 at index 6, expected 0..9"},
    {15, 0x010203ffu, LABEL_BYTES, "label 255 at index 10"}};

/* Applies one fault to a good file, plain and compressed. */
static void provoke(const fault *f, int is_image)
{
    static const char *const mode[] = {PLAIN, "wb"};
    for (size_t i = 0; i < 2; i++) {
        unsigned char byte[MAX_BYTES] = {0};
        is_image ? make_images(byte, N, ROWS, COLS) : make_labels(byte, LABELS);
        if (f->at != KEEP) put_field(byte + f->at, f->value);
        if (i == 1 && strstr(f->message, "gzip") != NULL)
            continue; /* the bytes themselves look like gzip: no use compressing them again */
        write_file("faulty", mode[i], byte, f->size);
        is_image ? refuse_images("faulty", "faulty: ", f->message)
                 : refuse_labels("faulty", "faulty: ", f->message);
    }
}

static void test_every_fault_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof image_fault / sizeof image_fault[0]; i++)
        provoke(&image_fault[i], 1);
    for (size_t i = 0; i < sizeof label_fault / sizeof label_fault[0]; i++)
        provoke(&label_fault[i], 0);
}

static void test_what_is_no_file_is_named(void **state)
{
    (void)state;
    char path[600] = "no\nfile";
    idx_images *images;
    refuse_images("missing", "missing: ",
                  "cannot be opened (No such file or directory), expected an IDX file");
    refuse_labels(".", ".: ", "cannot be read (Is a directory), expected an IDX file");
    refuse_images(path, "no?file: ", "");
    memset(path, 'a', sizeof path - 2); /* a long path must not push the fault out of the line */
    refuse_images(path, "...aaa", "cannot be opened");
    assert_int_equal(idx_images_read(NULL, &images, error, sizeof error), GSL_EINVAL);
    assert_null(images);
    assert_int_equal(idx_labels_read("missing", NULL, NULL, 0), GSL_EINVAL);
    for (size_t size = 0; size < 90; size++) /* a message cut short stays in its buffer */
        assert_int_equal(idx_images_read("missing", &images, error, size), GSL_EFAILED);
}

/* --- Gzip streams, cut and corrupted ------------------------------------------------------- */

/* Cut anywhere, even in the checksum at its end, a stream is refused. */
static void test_every_cut_of_a_gzip_stream_is_refused(void **state)
{
    (void)state;
    unsigned char byte[MAX_BYTES];
    write_file("cut", "wb", byte, make_images(byte, N, ROWS, COLS));
    const size_t size = read_raw("cut", byte);
    for (size_t keep = 0; keep < size; keep++) {
        write_file("cut", PLAIN, byte, keep);
        refuse_images("cut", "cut: ", keep < 2 ? "truncated header" : "truncated gzip stream");
    }
}

static void test_corrupt_gzip_streams_are_refused(void **state)
{
    (void)state;
    unsigned char byte[MAX_BYTES];
    write_file("corrupt", "wb", byte, make_images(byte, N, ROWS, COLS));
    const size_t size = read_raw("corrupt", byte);
    const size_t at[] = {2, size / 2, size - 7, size - 2}; /* method, data, checksum, length */
    for (size_t i = 0; i < 4; i++) {
        byte[at[i]] ^= 0x55;
        write_file("corrupt", PLAIN, byte, size);
        byte[at[i]] ^= 0x55;
        refuse_images("corrupt", "corrupt: ", "corrupt gzip stream (");
        assert_non_null(strstr(error, "), expected an intact one"));
    }
}

/* A deterministic generator (Knuth's MMIX): the test must not depend on what it tests. */
static uint32_t draw(uint64_t *x, size_t below)
{
    *x = *x * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((*x >> 33) % below);
}

/* 2000 times: up to three bytes changed, then one file in three cut.  Either the reader refuses,
 * with a message, or what it returns is consistent; a gzip stream's checksum lets nothing pass. */
static void mutate(const char *mode, uint64_t seed)
{
    unsigned char good[MAX_BYTES], original[MAX_BYTES], byte[MAX_BYTES];
    write_file("mutant", mode, good, make_images(good, N, ROWS, COLS));
    const size_t size = read_raw("mutant", original);
    uint64_t x = seed;
    size_t accepted = 0;
    for (size_t trial = 0; trial < 2000; trial++) {
        idx_images *images;
        memcpy(byte, original, size);
        for (size_t flips = draw(&x, 4); flips > 0; flips--)
            byte[draw(&x, size)] ^= (unsigned char)(1 + draw(&x, 255));
        write_file("mutant", PLAIN, byte, draw(&x, 3) == 0 ? draw(&x, size) : size);
        error[0] = '\0';
        const int status = idx_images_read("mutant", &images, error, sizeof error);
        const int is_gzip = strcmp(mode, PLAIN) != 0;
        const int sound = status == GSL_EFAILED
                              ? images == NULL && strncmp(error, "mutant: ", 8) == 0
                              : images->n * images->rows * images->cols == N * ROWS * COLS &&
                                    (!is_gzip || !memcmp(images->pixel, good + 16, 105));
        if (!sound)
            fail_msg("mutate(\"%s\", %lu), trial %zu: %s", mode, (unsigned long)seed, trial, error);
        accepted += status == GSL_SUCCESS;
        idx_images_free(images);
    }
    print_message("mutate(\"%s\", %lu): %zu of 2000 accepted\n", mode, (unsigned long)seed,
                  accepted);
    assert_in_range(accepted, 200, 1800); /* both outcomes were exercised */
}

static void test_mutants_never_crash_the_reader(void **state)
{
    (void)state;
    mutate(PLAIN, 731);
    mutate("wb", 137);
}

/* --- MNIST --------------------------------------------------------------------------------- */

static void write_pair(const char *images, const char *labels, const char *mode, uint32_t n)
{
    unsigned char byte[MAX_BYTES];
    write_file(images, mode, byte, make_images(byte, n, MNIST_SIDE, MNIST_SIDE));
    write_file(labels, mode, byte, make_labels(byte, n));
}

static void test_mnist_prefers_gz_and_finds_both_parts(void **state)
{
    (void)state;
    mnist *data;
    refuse_mnist(MNIST_TRAIN,
                 ".: ", "expected train-images-idx3-ubyte.gz or train-images-idx3-ubyte");
    write_pair("train-images-idx3-ubyte", "train-labels-idx1-ubyte", PLAIN, 1);
    write_pair("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "wb", 3);
    write_pair("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", PLAIN, 2);
    assert_int_equal(mnist_read(".", MNIST_TRAIN, &data, error, sizeof error), GSL_SUCCESS);
    assert_true(data->images->n == 3 && data->labels->n == 3 && data->labels->label[2] == 7);
    mnist_free(data);
    assert_int_equal(mnist_read(".", MNIST_TEST, &data, error, sizeof error), GSL_SUCCESS);
    assert_true(data->images->n == 2 && data->labels->n == 2);
    mnist_free(data);
    mnist_free(NULL);
}

static void test_mnist_refuses_what_does_not_fit(void **state)
{
    (void)state;
    unsigned char byte[MAX_BYTES];
    mnist *data;
    write_file("t10k-labels-idx1-ubyte", PLAIN, byte, make_labels(byte, 1));
    refuse_mnist(MNIST_TEST,
                 "./t10k-labels-idx1-ubyte: ", "1 labels, expected 2, one for each image");
    write_file("t10k-images-idx3-ubyte", PLAIN, byte, make_images(byte, 1, 27, 28));
    refuse_mnist(MNIST_TEST,
                 "./t10k-images-idx3-ubyte: ", "images of 27 x 28 pixels, expected 28 x 28");
    write_file("t10k-images-idx3-ubyte", PLAIN, byte, make_images(byte, 1, 28, 29));
    refuse_mnist(MNIST_TEST, "./t10k-images-idx3-ubyte: ", "images of 28 x 29 pixels");
    write_file("t10k-images-idx3-ubyte.gz", PLAIN, byte, make_labels(byte, 1));
    refuse_mnist(MNIST_TEST, "./t10k-images-idx3-ubyte.gz: ", "is an IDX label file");
    assert_int_equal(mnist_read(".", (mnist_part)7, &data, error, sizeof error), GSL_EINVAL);
    assert_int_equal(mnist_read(NULL, MNIST_TEST, &data, error, sizeof error), GSL_EINVAL);
    assert_int_equal(mnist_read(".", MNIST_TEST, NULL, error, sizeof error), GSL_EINVAL);
}

static void test_mnist_dir_asks_option_environment_default(void **state)
{
    (void)state;
    unsetenv("MNIST_DIR");
    assert_null(mnist_dir(NULL));
    assert_int_equal(mkdir("build", 0777), 0);
    assert_int_equal(mkdir("build/mnist", 0777), 0);
    write_pair("build/mnist/train-images-idx3-ubyte", "build/mnist/train-labels-idx1-ubyte.gz",
               "wb", 1);
    assert_null(mnist_dir(NULL)); /* two files of four */
    write_pair("build/mnist/t10k-images-idx3-ubyte.gz", "build/mnist/t10k-labels-idx1-ubyte", "wb",
               1);
    assert_string_equal(mnist_dir(NULL), "build/mnist");
    setenv("MNIST_DIR", "", 1);
    assert_string_equal(mnist_dir(NULL), "build/mnist");
    setenv("MNIST_DIR", "elsewhere", 1);
    assert_string_equal(mnist_dir(NULL), "elsewhere");
    assert_string_equal(mnist_dir("chosen"), "chosen");
}

static void test_pixels_scale_to_minus_one_and_one(void **state)
{
    (void)state;
    assert_true(mnist_scale_pixel(0) == -1.0 && mnist_scale_pixel(255) == 1.0);
    for (int v = 0; v < 256; v++) { /* symmetric about 127.5, to a few roundings */
        const double sum =
            mnist_scale_pixel((unsigned char)v) + mnist_scale_pixel((unsigned char)(255 - v));
        assert_true(sum <= 4 * 2.22e-16 && -sum <= 4 * 2.22e-16);
    }
    assert_true(mnist_scale_pixel(204) >= 0.6 - 1e-15 && mnist_scale_pixel(204) <= 0.6 + 1e-15);
}

/* --- The temporary directory the tests run in ---------------------------------------------- */

static int enter(void **state)
{
    (void)state;
    const char *base = getenv("TMPDIR");
    snprintf(temp_dir, sizeof temp_dir, "%s/test_idx.XXXXXX", base != NULL ? base : "/tmp");
    return getcwd(old_dir, sizeof old_dir) == NULL || mkdtemp(temp_dir) == NULL ||
           chdir(temp_dir) != 0;
}

static int remove_tree(const char *path)
{
    DIR *dir = opendir(path);
    if (dir == NULL) return -1;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char inner[8192];
        snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            remove(inner) != 0)
            remove_tree(inner);
    }
    closedir(dir);
    return remove(path);
}

static int leave(void **state)
{
    (void)state;
    return chdir(old_dir) != 0 || remove_tree(temp_dir) != 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_files_are_read_plain_and_compressed),
        cmocka_unit_test(test_growing_blocks_keep_every_byte),
        cmocka_unit_test(test_every_fault_is_named),
        cmocka_unit_test(test_what_is_no_file_is_named),
        cmocka_unit_test(test_every_cut_of_a_gzip_stream_is_refused),
        cmocka_unit_test(test_corrupt_gzip_streams_are_refused),
        cmocka_unit_test(test_mutants_never_crash_the_reader),
        cmocka_unit_test(test_mnist_prefers_gz_and_finds_both_parts),
        cmocka_unit_test(test_mnist_refuses_what_does_not_fit),
        cmocka_unit_test(test_mnist_dir_asks_option_environment_default),
        cmocka_unit_test(test_pixels_scale_to_minus_one_and_one),
    };
    return cmocka_run_group_tests_name("idx", tests, enter, leave);
}
