/* images.c -- sets of images: MNIST, the built-in digits, or other IDX files. */
#include "data/images.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "data/digits.h"
#include "data/idx.h"
#include "data/mnist.h"

static const char *const part_name[2] = {"train", "test"};

/* SHA-256 of the four files of MNIST as they were published, uncompressed. */
static const char *const genuine_images[2] = {
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"};
static const char *const genuine_labels[2] = {
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"};

/* ---- Hashes ---------------------------------------------------------------------------------- */

static void big_endian(unsigned char *at, size_t x)
{
    for (size_t i = 0; i < 4; i++) at[i] = (unsigned char)(x >> (24 - 8 * i) & 0xFF);
}

/* The SHA-256 of an IDX file of these bytes: what `zcat FILE | sha256sum` prints. */
static void idx_digest(char *hex, const unsigned char *bytes, size_t rank, const size_t *shape)
{
    unsigned char header[16] = {0, 0, 8, (unsigned char)rank};
    size_t n = 1;
    for (size_t i = 0; i < rank; i++) {
        big_endian(header + 4 + 4 * i, shape[i]);
        n *= shape[i];
    }
    const digest_piece piece[2] = {{header, 4 + 4 * rank}, {bytes, n}};
    digest_pieces(hex, piece, 2);
}

static void know(images *s, images_part part)
{
    const size_t shape[3] = {s->n, s->rows, s->columns};
    char pixels[DIGEST_HEX], labels[DIGEST_HEX];
    idx_digest(pixels, s->pixel, 3, shape);
    idx_digest(labels, s->label, 1, shape);
    const digest_piece both[2] = {{pixels, DIGEST_HEX - 1}, {labels, DIGEST_HEX - 1}};
    digest_pieces(s->hash, both, 2);
    s->genuine =
        strcmp(pixels, genuine_images[part]) == 0 && strcmp(labels, genuine_labels[part]) == 0;
}

/* ---- Names ----------------------------------------------------------------------------------- */

/* A directory's name in a report: its last 32 characters, nothing that would break a line. */
static void tail_of(char *text, size_t size, const char *dir)
{
    const size_t n = strlen(dir), most = 32;
    snprintf(text, size, "%s%s", n > most ? "..." : "", n > most ? dir + n - most : dir);
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < 32 || *c == 127) *c = '?';
}

static void name_files(images *s, const char *word, const char *dir, images_part part)
{
    char tail[48];
    tail_of(tail, sizeof tail, dir);
    if (s->genuine)
        snprintf(s->name, sizeof s->name, "MNIST (%s)", part_name[part]);
    else
        snprintf(s->name, sizeof s->name, "%simages of %s (%s)",
                 strcmp(word, "mnist") == 0 ? "not the genuine MNIST, " : "", tail,
                 part_name[part]);
}

/* ---- Reading and making ---------------------------------------------------------------------- */

static images *fail(images *s, char *error, size_t error_size, const char *line)
{
    if (error_size > 0) snprintf(error, error_size, "%s", line);
    images_free(s);
    return NULL;
}

/* The arrays of the files become the set's own. */
static void take(images *s, mnist *files)
{
    s->n = files->images->n, s->rows = files->images->rows, s->columns = files->images->cols;
    s->pixel = files->images->pixel, s->label = files->labels->label;
    files->images->pixel = NULL, files->labels->label = NULL;
    mnist_free(files);
}

static images *read_files(const char *word, const char *dir, images_part part, char *error,
                          size_t error_size)
{
    mnist *files = NULL;
    const mnist_part which = part == IMAGES_TRAIN ? MNIST_TRAIN : MNIST_TEST;
    if (mnist_read(dir, which, &files, error, error_size) != GSL_SUCCESS) return NULL;
    images *const s = calloc(1, sizeof *s);
    if (!s) {
        mnist_free(files);
        return fail(NULL, error, error_size, "no memory for the images");
    }
    take(s, files);
    know(s, part);
    name_files(s, word, dir, part);
    return s;
}

static images *make_digits(images_part part, char *error, size_t error_size)
{
    images *const s = calloc(1, sizeof *s);
    if (!s) return fail(NULL, error, error_size, "no memory for the images");
    s->n = part == IMAGES_TRAIN ? DIGITS_TRAIN : DIGITS_TEST;
    s->rows = s->columns = DIGITS_SIDE;
    s->pixel = malloc(s->n * DIGITS_PIXELS);
    s->label = malloc(s->n);
    if (!s->pixel || !s->label) return fail(s, error, error_size, "no memory for the images");
    for (size_t i = 0; i < s->n; i++)
        s->label[i] = digits_image(s->pixel + i * DIGITS_PIXELS, (unsigned)part, i);
    know(s, part);
    snprintf(s->name, sizeof s->name, "built-in digits (%s)", part_name[part]);
    return s;
}

/* The nearest grey value; -1 for NaN. */
static int grey_of(float x)
{
    const double v = floor(127.5 * ((double)x + 1.0) + 0.5);
    if (!(v > 0.0)) return isnan(x) ? -1 : 0;
    return v < 255.0 ? (int)v : 255;
}

images *images_of_numbers(const float *x, size_t n, size_t rows, size_t columns, const char *name,
                          char *error, size_t error_size)
{
    const size_t pixels = rows * columns;
    if (n < 1 || pixels < 1) return fail(NULL, error, error_size, "no samples to look at");
    images *const s = calloc(1, sizeof *s);
    if (!s) return fail(NULL, error, error_size, "no memory for the images");
    s->n = n, s->rows = rows, s->columns = columns;
    s->pixel = malloc(n * pixels);
    s->label = calloc(n, 1);
    if (!s->pixel || !s->label) return fail(s, error, error_size, "no memory for the images");
    for (size_t i = 0; i < n * pixels; i++) {
        const int grey = grey_of(x[i]);
        if (grey < 0)
            return fail(s, error, error_size, "a sample has a pixel that is not a number");
        s->pixel[i] = (unsigned char)grey;
    }
    know(s, IMAGES_TRAIN);
    snprintf(s->name, sizeof s->name, "%s", name);
    return s;
}

static const char *after_idx(const char *word)
{
    return strncmp(word, "idx:", 4) == 0 && word[4] != '\0' ? word + 4 : NULL;
}

bool images_word(const char *word)
{
    return strcmp(word, "mnist") == 0 || strcmp(word, "digits") == 0 || after_idx(word) != NULL;
}

images *images_read(const char *word, images_part part, const char *option, char *error,
                    size_t error_size)
{
    if (strcmp(word, "digits") == 0) return make_digits(part, error, error_size);
    const char *const dir = strcmp(word, "mnist") == 0 ? mnist_dir(option) : after_idx(word);
    if (dir) return read_files(word, dir, part, error, error_size);
    if (error_size > 0 && strcmp(word, "mnist") == 0)
        snprintf(error, error_size,
                 "--data mnist: no MNIST files, expected --mnist DIR, MNIST_DIR or build/mnist "
                 "(`make mnist` fetches them); --data digits needs none");
    else if (error_size > 0)
        snprintf(error, error_size, "--data %.64s: expected mnist, digits or idx:DIR", word);
    return NULL;
}

void images_free(images *s)
{
    if (!s) return;
    free(s->pixel);
    free(s->label);
    free(s);
}

void images_scale(const images *s, size_t i, float *x)
{
    const size_t pixels = s->rows * s->columns;
    for (size_t p = 0; p < pixels; p++) x[p] = (float)mnist_scale_pixel(s->pixel[i * pixels + p]);
}
