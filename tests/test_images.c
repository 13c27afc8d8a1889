/* test_images.c -- sets of images: the built-in digits, files and their names, hashes, samples. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/digits.h"
#include "data/digits_table.h"
#include "data/images.h"
#include "data/mnist.h"

static char error[300], here[4096], work[] = "/tmp/test_images_XXXXXX";

static images *set(const char *word, images_part part)
{
    images *const s = images_read(word, part, NULL, error, sizeof error);
    if (!s) fail_msg("%s", error);
    return s;
}

/* ---- Built-in digits ---- */

/* These bytes were looked at (a sheet beside MNIST); whoever changes the generator looks again. */
static void test_digits_are_those_that_were_looked_at(void **state)
{
    (void)state;
    static const char *const hash[2] = {
        "c07942a69dd35dcda76b722b223bd62ec588e8b633d66749200af24e63656361",
        "13d953aad2a1504de6ec66385f266d08cf87249f4ae5842e046ed0171bafc3e5"};
    static const size_t n[2] = {20000, 10000};
    static const char *const name[2] = {"built-in digits (train)", "built-in digits (test)"};
    for (int part = 0; part < 2; part++) {
        images *const s = set("digits", (images_part)part);
        assert_string_equal(s->hash, hash[part]);
        assert_string_equal(s->name, name[part]);
        assert_true(s->n == n[part] && s->rows == 28 && s->columns == 28 && !s->genuine);
        images_free(s);
    }
}

typedef struct ink {
    double sum, x, y; /* the centre of mass, in pixels from the middle of the image */
    size_t not_black, grey, rows, columns;
} ink;

static ink ink_of(const unsigned char *pixel)
{
    ink k = {0};
    bool row[28] = {false}, column[28] = {false};
    for (size_t p = 0; p < 784; p++) {
        const double v = pixel[p];
        k.sum += v, k.x += v * ((double)(p % 28) - 13.5), k.y += v * ((double)(p / 28) - 13.5);
        k.not_black += v > 0, k.grey += v > 0 && v < 255;
        if (v >= 128) row[p / 28] = column[p % 28] = true;
    }
    for (size_t i = 0; i < 28; i++) k.rows += row[i], k.columns += column[i];
    k.x /= k.sum, k.y /= k.sum;
    return k;
}

/* MNIST has 19.1 % of its pixels not black, a mean of 33.3 grey values, and centres of mass within
 * half a pixel of the middle; its digits fill boxes of 20 x 20.  Ours lie between pixels: 20 can
 * touch 21, and a pen that swells by 14 % of a radius of 2.1 one more. */
static void test_digits_have_the_proportions_of_mnist(void **state)
{
    (void)state;
    images *const s = set("digits", IMAGES_TEST);
    double not_black = 0, mean = 0;
    size_t count[10] = {0};
    for (size_t i = 0; i < s->n; i++) {
        const ink k = ink_of(s->pixel + i * 784);
        not_black += (double)k.not_black / 784 / (double)s->n;
        mean += k.sum / 784 / (double)s->n;
        count[s->label[i]]++;
        if (!(hypot(k.x, k.y) < 0.5)) fail_msg("image %zu: centre at %g, %g", i, k.x, k.y);
        const size_t size = k.rows > k.columns ? k.rows : k.columns;
        if (!(size >= 17 && size <= 22)) fail_msg("image %zu: %zu pixels", i, size);
        assert_true(10 * k.grey > k.not_black);
    }
    print_message("not black %.4f, mean %.2f\n", not_black, mean);
    assert_true(not_black > 0.17 && not_black < 0.21);
    assert_true(mean > 29 && mean < 38);
    for (size_t c = 0; c < 10; c++) /* binomial: 1000 +- 30; six standard deviations */
        assert_true(fabs((double)count[c] - 1000.0) < 180.0);
    images_free(s);
}

/* No image twice, in either part: their hashes (FNV-1a, 64 bits) are all different. */
static int by_size(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void test_no_digit_comes_twice(void **state)
{
    (void)state;
    images *const s[2] = {set("digits", IMAGES_TRAIN), set("digits", IMAGES_TEST)};
    const size_t n = s[0]->n + s[1]->n;
    uint64_t *const sum = calloc(n, sizeof *sum);
    for (size_t i = 0; i < n; i++) {
        const unsigned char *const p =
            i < s[0]->n ? s[0]->pixel + i * 784 : s[1]->pixel + (i - s[0]->n) * 784;
        for (size_t j = 0; j < 784; j++) sum[i] = (sum[i] ^ p[j]) * UINT64_C(1099511628211);
    }
    qsort(sum, n, sizeof *sum, by_size);
    for (size_t i = 1; i < n; i++) assert_true(sum[i] != sum[i - 1]);
    free(sum), images_free(s[0]), images_free(s[1]);
}

static void test_an_image_is_a_function_of_its_address(void **state)
{
    (void)state;
    images *const s = set("digits", IMAGES_TRAIN);
    unsigned char pixel[784];
    for (size_t i = 0; i < s->n; i += 1713) {
        assert_int_equal(digits_image(pixel, 0, i), s->label[i]);
        assert_memory_equal(pixel, s->pixel + i * 784, 784);
        digits_image(pixel, 1, i);
        assert_true(memcmp(pixel, s->pixel + i * 784, 784) != 0);
    }
    images_free(s);
}

/* Strokes fit their arrays, and the table is what it says. */
static void test_the_table_of_strokes(void **state)
{
    (void)state;
    for (unsigned digit = 0; digit < 10; digit++) {
        const digits_ways w = digits_ways_of(digit);
        assert_true(w.ways >= 3);
        for (size_t i = 0; i < w.ways; i++) {
            int low = 100, high = 0;
            assert_true(w.way[i].strokes >= 1 && w.way[i].strokes <= DIGITS_STROKES);
            for (size_t k = 0; k < w.way[i].strokes; k++) {
                const digits_stroke *const s = &w.way[i].stroke[k];
                assert_true(s->knots >= 3 && s->knots <= DIGITS_KNOTS);
                for (size_t j = 0; j < s->knots; j++) {
                    low = s->at[j][1] < low ? s->at[j][1] : low;
                    high = s->at[j][1] > high ? s->at[j][1] : high;
                    assert_true(s->at[j][0] >= 0 && s->at[j][0] <= 75);
                    assert_true(j == 0 || s->at[j][0] != s->at[j - 1][0] ||
                                s->at[j][1] != s->at[j - 1][1]);
                }
            }
            assert_true(low <= 4 && high >= 96 && high <= 100);
        }
    }
}

/* ---- Files ---- */

static void put(FILE *f, uint32_t x)
{
    for (int i = 24; i >= 0; i -= 8) fputc((int)(x >> i & 0xFF), f);
}

static void write_set(const char *dir, const images *s, images_part part)
{
    char path[200];
    const char *const base = part == IMAGES_TRAIN ? "train" : "t10k";
    mkdir(dir, 0777);
    snprintf(path, sizeof path, "%s/%s-images-idx3-ubyte", dir, base);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    put(f, 0x803), put(f, (uint32_t)s->n), put(f, 28), put(f, 28);
    fwrite(s->pixel, 784, s->n, f);
    fclose(f);
    snprintf(path, sizeof path, "%s/%s-labels-idx1-ubyte", dir, base);
    f = fopen(path, "wb");
    put(f, 0x801), put(f, (uint32_t)s->n);
    fwrite(s->label, 1, s->n, f);
    fclose(f);
}

static images few(size_t n)
{
    images *const s = set("digits", IMAGES_TRAIN);
    images copy = {.n = n, .rows = 28, .columns = 28};
    copy.pixel = malloc(n * 784), copy.label = malloc(n);
    memcpy(copy.pixel, s->pixel, n * 784), memcpy(copy.label, s->label, n);
    images_free(s);
    return copy;
}

static void test_files_are_what_they_hold(void **state)
{
    (void)state;
    images s = few(37);
    write_set("files", &s, IMAGES_TEST);
    images *const idx = set("idx:files", IMAGES_TEST);
    assert_string_equal(idx->name, "images of files (test)");
    assert_true(idx->n == 37 && idx->rows == 28 && idx->columns == 28 && !idx->genuine);
    assert_memory_equal(idx->pixel, s.pixel, 37 * 784);
    assert_memory_equal(idx->label, s.label, 37);
    images *const other = images_read("mnist", IMAGES_TEST, "files", error, sizeof error);
    assert_string_equal(other->name, "not the genuine MNIST, images of files (test)");
    assert_true(!other->genuine);
    assert_string_equal(other->hash, idx->hash);
    s.label[36] ^= 1; /* the hash knows every label and every pixel */
    write_set("files", &s, IMAGES_TEST);
    images *const label = set("idx:files", IMAGES_TEST);
    assert_string_not_equal(label->hash, idx->hash);
    s.label[36] ^= 1, s.pixel[36 * 784 + 783] ^= 1;
    write_set("files", &s, IMAGES_TEST);
    images *const pixel = set("idx:files", IMAGES_TEST);
    assert_string_not_equal(pixel->hash, idx->hash);
    assert_string_not_equal(pixel->hash, label->hash);
    images_free(idx), images_free(other), images_free(label), images_free(pixel);
    free(s.pixel), free(s.label);
}

/* Written as files and read back, a set has the same hash; sha256sum would find it too:
 * echo -n "$(sha256sum < images)$(sha256sum < labels)", without the blanks, | sha256sum. */
static void test_the_hash_is_that_of_the_files(void **state)
{
    (void)state;
    images *const s = set("digits", IMAGES_TRAIN);
    write_set("whole", s, IMAGES_TRAIN);
    images *const back = set("idx:whole", IMAGES_TRAIN);
    assert_string_equal(back->hash, s->hash);
    char images_hex[DIGEST_HEX], labels_hex[DIGEST_HEX], both[2 * DIGEST_HEX], hash[DIGEST_HEX];
    assert_true(digest_file(images_hex, "whole/train-images-idx3-ubyte"));
    assert_true(digest_file(labels_hex, "whole/train-labels-idx1-ubyte"));
    snprintf(both, sizeof both, "%s%s", images_hex, labels_hex);
    digest_bytes(hash, both, 128);
    assert_string_equal(hash, s->hash);
    images_free(s), images_free(back);
}

static void test_a_long_directory_keeps_its_tail(void **state)
{
    (void)state;
    images s = few(2);
    mkdir("a_directory_with_a_name_that_is", 0777);
    write_set("a_directory_with_a_name_that_is/far_too_long_for_a_report\n", &s, IMAGES_TEST);
    images *const t =
        set("idx:a_directory_with_a_name_that_is/far_too_long_for_a_report\n", IMAGES_TEST);
    assert_string_equal(t->name, "images of ...at_is/far_too_long_for_a_report? (test)");
    images_free(t), free(s.pixel), free(s.label);
}

static void refused(const char *word, const char *option, const char *why)
{
    strcpy(error, "untouched");
    assert_null(images_read(word, IMAGES_TRAIN, option, error, sizeof error));
    if (!strstr(error, why) || strchr(error, '\n')) fail_msg("'%s' lacks '%s'", error, why);
    assert_null(images_read(word, IMAGES_TRAIN, option, NULL, 0));
}

static void test_refusals(void **state)
{
    (void)state;
    refused("mnist", "none", "expected --mnist DIR, MNIST_DIR or build/mnist");
    refused("mnist", "nowhere", "no MNIST file here");
    refused("idx:nowhere", NULL, "no MNIST file here");
    refused("idx:", NULL, "--data idx:: expected mnist, digits or idx:DIR");
    refused("ring", NULL, "--data ring: expected mnist, digits or idx:DIR");
    refused("", NULL, "expected mnist");
    assert_true(images_word("mnist") && images_word("digits") && images_word("idx:x"));
    assert_true(!images_word("idx:") && !images_word("idx") && !images_word("Digits"));
    assert_true(!images_word("mnist ") && !images_word(""));
    images_free(NULL);
}

static void test_genuine_mnist(void **state)
{
    (void)state;
    const char *const dir = getenv("MNIST_DIR");
    if (!dir || !*dir) {
        print_message("not run: MNIST_DIR is not set\n");
        skip();
    }
    for (int part = 0; part < 2; part++) {
        images *const s = images_read("mnist", (images_part)part, dir, error, sizeof error);
        if (!s) fail_msg("%s", error);
        assert_true(s->genuine && s->n == (part ? 10000 : 60000));
        assert_string_equal(s->name, part ? "MNIST (test)" : "MNIST (train)");
        char word[4200];
        snprintf(word, sizeof word, "idx:%s", dir);
        images *const same = set(word, (images_part)part);
        assert_string_equal(same->name, s->name);
        assert_string_equal(same->hash, s->hash);
        images_free(s), images_free(same);
    }
    images *const s = images_read("mnist", IMAGES_TEST, dir, error, sizeof error);
    for (int what = 0; what < 2; what++) { /* one label or one pixel is another: not MNIST */
        unsigned char *const at = what ? &s->label[9999] : &s->pixel[784];
        *at ^= 1;
        write_set("nearly", s, IMAGES_TEST);
        images *const t = images_read("mnist", IMAGES_TEST, "nearly", error, sizeof error);
        assert_true(!t->genuine);
        assert_string_equal(t->name, "not the genuine MNIST, images of nearly (test)");
        images_free(t);
        *at ^= 1;
    }
    images_free(s);
}

/* ---- Numbers ---- */

static void test_scale_and_back(void **state)
{
    (void)state;
    unsigned char grey[256];
    float x[256];
    for (int v = 0; v < 256; v++) grey[v] = (unsigned char)v;
    const images s = {.n = 2, .rows = 8, .columns = 16, .pixel = grey};
    images_scale(&s, 0, x), images_scale(&s, 1, x + 128);
    assert_true(x[0] == -1.0f && x[255] == 1.0f);
    for (int v = 0; v < 256; v++) assert_true(fabs((double)x[v] - (v / 127.5 - 1)) < 1e-7);
    images *const back = images_of_numbers(x, 2, 8, 16, "samples", error, sizeof error);
    assert_memory_equal(back->pixel, grey, 256);
    assert_string_equal(back->name, "samples");
    assert_true(back->label[0] == 0 && back->label[1] == 0 && strlen(back->hash) == 64);
    images_free(back);
}

static void test_samples_are_rounded_and_cut(void **state)
{
    (void)state;
    const float step = 2.0f / 255.0f;
    const float x[8] = {-1.7f,
                        9e30f,
                        -INFINITY,
                        INFINITY,
                        -1.0f + 0.49f * step,
                        -1.0f + 0.51f * step,
                        1.0f - 0.51f * step,
                        1.0f - 0.49f * step};
    const unsigned char expected[8] = {0, 255, 0, 255, 0, 1, 254, 255};
    images *const s = images_of_numbers(x, 1, 2, 4, "x", error, sizeof error);
    assert_memory_equal(s->pixel, expected, 8);
    images_free(s);
    const float bad[4] = {0, 0, NAN, 0};
    assert_null(images_of_numbers(bad, 1, 2, 2, "x", error, sizeof error));
    assert_non_null(strstr(error, "not a number"));
    assert_null(images_of_numbers(x, 0, 2, 4, "x", error, sizeof error));
    assert_null(images_of_numbers(x, 1, 0, 4, "x", NULL, 0));
}

static int enter(void **state)
{
    (void)state;
    if (!getcwd(here, sizeof here) || !mkdtemp(work)) return 1;
    return chdir(work);
}

static int leave(void **state)
{
    (void)state;
    char command[100];
    snprintf(command, sizeof command, "rm -rf '%s'", work);
    return chdir(here) || system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digits_are_those_that_were_looked_at),
        cmocka_unit_test(test_digits_have_the_proportions_of_mnist),
        cmocka_unit_test(test_no_digit_comes_twice),
        cmocka_unit_test(test_an_image_is_a_function_of_its_address),
        cmocka_unit_test(test_the_table_of_strokes),
        cmocka_unit_test(test_files_are_what_they_hold),
        cmocka_unit_test(test_the_hash_is_that_of_the_files),
        cmocka_unit_test(test_a_long_directory_keeps_its_tail),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_genuine_mnist),
        cmocka_unit_test(test_scale_and_back),
        cmocka_unit_test(test_samples_are_rounded_and_cut),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
