/* idx -- reads IDX files (the format of MNIST), gzipped or plain, and trusts nothing in them. */
#include "data/idx.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_errno.h>
#include <zlib.h>

#define MAGIC_LABELS 0x00000801u
#define MAGIC_IMAGES 0x00000803u
#define MAX_DIMS 3           /* of the two kinds read here */
#define FIRST_ROOM 65536     /* bytes of the first payload block; it doubles from there */
#define MAX_PIECE (1u << 30) /* gzread takes an unsigned and returns an int */

/* An open file, and where to complain about it. */
typedef struct idx_source {
    gzFile gz;
    const char *path;
    char *error;
    size_t error_size;
} idx_source;

/* --- Messages ------------------------------------------------------------------------------ */

static void vmessage(char *error, size_t size, const char *path, const char *format, va_list args)
{
    if (size == 0) return;
    /* A long path keeps its tail: the file's name, and room for the fault. */
    const size_t length = strlen(path);
    const int cut = length > size / 2;
    snprintf(error, size, "%s%s: ", cut ? "..." : "", cut ? path + (length - size / 2) : path);
    const size_t used = strlen(error);
    vsnprintf(error + used, size - used, format, args);
    for (char *c = error; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f) *c = '?';
}

int idx_fail(char *error, size_t error_size, const char *path, int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vmessage(error, error_size, path, format, args);
    va_end(args);
    return code;
}

static int fail(const idx_source *s, int code, const char *format, ...) /* idx_fail for s */
{
    va_list args;
    va_start(args, format);
    vmessage(s->error, s->error_size, s->path, format, args);
    va_end(args);
    return code;
}

/* What zlib objects to, if anything. */
static int stream_status(const idx_source *s)
{
    int status = Z_OK;
    const char *text = gzerror(s->gz, &status);
    const size_t prefix = strlen(s->path); /* zlib says "path: text" */
    if (strncmp(text, s->path, prefix) == 0 && strncmp(text + prefix, ": ", 2) == 0)
        text += prefix + 2;
    switch (status) {
    case Z_OK:
    case Z_STREAM_END: return GSL_SUCCESS;
    case Z_MEM_ERROR: return fail(s, GSL_ENOMEM, "out of memory while reading");
    case Z_ERRNO: return fail(s, GSL_EFAILED, "cannot be read (%s), expected an IDX file", text);
    case Z_BUF_ERROR: /* zlib's word for a gzip stream that stops in the middle */
        return fail(s, GSL_EFAILED, "truncated gzip stream, expected a complete one");
    default: return fail(s, GSL_EFAILED, "corrupt gzip stream (%s), expected an intact one", text);
    }
}

/* --- Reading ------------------------------------------------------------------------------- */

/* Reads size bytes, or fewer at the end of the file; *got tells how many. */
static int read_bytes(const idx_source *s, unsigned char *buffer, size_t size, size_t *got)
{
    *got = 0;
    while (*got < size) {
        const size_t left = size - *got;
        const unsigned piece = left < MAX_PIECE ? (unsigned)left : MAX_PIECE;
        const int count = gzread(s->gz, buffer + *got, piece);
        if (count <= 0) return stream_status(s);
        *got += (size_t)count;
    }
    return GSL_SUCCESS;
}

/* Reads n <= MAX_DIMS big-endian 32-bit fields of the header. */
static int read_fields(const idx_source *s, uint32_t *field, size_t n)
{
    unsigned char byte[4 * MAX_DIMS];
    size_t got;
    const int status = read_bytes(s, byte, 4 * n, &got);
    if (status != GSL_SUCCESS) return status;
    if (got < 4 * n)
        return fail(s, GSL_EFAILED, "truncated header, expected %zu more bytes in it", 4 * n - got);
    for (size_t i = 0; i < n; i++)
        field[i] = (uint32_t)byte[4 * i] << 24 | (uint32_t)byte[4 * i + 1] << 16 |
                   (uint32_t)byte[4 * i + 2] << 8 | (uint32_t)byte[4 * i + 3];
    return GSL_SUCCESS;
}

/* Reads the magic number; two files swapped by mistake deserve a message of their own. */
static int read_magic(const idx_source *s, uint32_t expected)
{
    uint32_t magic;
    const int status = read_fields(s, &magic, 1);
    if (status != GSL_SUCCESS || magic == expected) return status;
    const char *kind = expected == MAGIC_IMAGES ? "image" : "label";
    if (magic == MAGIC_IMAGES || magic == MAGIC_LABELS)
        return fail(s, GSL_EFAILED, "is an IDX %s file, expected an IDX %s file (swapped?)",
                    expected == MAGIC_IMAGES ? "label" : "image", kind);
    return fail(s, GSL_EFAILED, "wrong magic number 0x%08lx, expected 0x%08lx (IDX %s file)",
                (unsigned long)magic, (unsigned long)expected, kind);
}

/* Reads the dimensions and their product, the payload's size in bytes. */
static int read_dims(const idx_source *s, uint32_t *dim, size_t dims, size_t *total)
{
    const int status = read_fields(s, dim, dims);
    if (status != GSL_SUCCESS) return status;
    *total = 1;
    for (size_t i = 0; i < dims; i++) {
        if (dim[i] == 0)
            return fail(s, GSL_EFAILED, "dimension %zu of %zu is zero, expected at least 1", i + 1,
                        dims);
        if (dim[i] > IDX_MAX_BYTES / *total) /* the product would pass the cap, or overflow */
            return fail(s, GSL_EFAILED, "absurd size in the header, expected at most %zu bytes",
                        IDX_MAX_BYTES);
        *total *= dim[i];
    }
    return GSL_SUCCESS;
}

/* The file must end here; asking also makes zlib verify the gzip checksum. */
static int expect_end(const idx_source *s, size_t total)
{
    unsigned char byte;
    size_t got;
    const int status = read_bytes(s, &byte, 1, &got);
    if (status == GSL_SUCCESS && got > 0)
        return fail(s, GSL_EFAILED, "trailing bytes, expected the end after %zu payload bytes",
                    total);
    return status;
}

/* Enlarges *block from *room < total bytes to twice as many, at most total.  The doubling cannot
 * overflow: *room < IDX_MAX_BYTES, and twice one less than that fits 32 bits. */
static int grow(const idx_source *s, unsigned char **block, size_t *room, size_t total)
{
    const size_t doubled = *room == 0 ? FIRST_ROOM : 2 * *room;
    const size_t next = doubled < total ? doubled : total;
    unsigned char *larger = realloc(*block, next);
    if (larger == NULL)
        return fail(s, GSL_ENOMEM, "out of memory, expected room for %zu bytes", next);
    *block = larger;
    *room = next;
    return GSL_SUCCESS;
}

/* Reads total >= 1 bytes and the end of the file into *block, which the caller frees even on
 * failure; a header that lies about a short file costs at most twice the file. */
static int read_payload(const idx_source *s, size_t total, unsigned char **block)
{
    size_t have = 0, room = 0;
    while (have < total) {
        size_t got;
        int status = grow(s, block, &room, total);
        if (status == GSL_SUCCESS) status = read_bytes(s, *block + have, room - have, &got);
        if (status != GSL_SUCCESS) return status;
        have += got;
        if (have < room)
            return fail(s, GSL_EFAILED, "truncated payload of %zu bytes, expected %zu", have,
                        total);
    }
    return expect_end(s, total);
}

/* Reads a whole file of the kind magic: dim [dims], and the payload, which the caller frees. */
static int read_file(idx_source *s, uint32_t magic, uint32_t *dim, size_t dims,
                     unsigned char **payload)
{
    errno = 0;
    s->gz = gzopen(s->path, "rb");
    if (s->gz == NULL && (errno == 0 || errno == ENOMEM))
        return fail(s, GSL_ENOMEM, "out of memory while opening");
    if (s->gz == NULL)
        return fail(s, GSL_EFAILED, "cannot be opened (%s), expected an IDX file", strerror(errno));
    size_t total;
    int status = read_magic(s, magic);
    if (status == GSL_SUCCESS) status = read_dims(s, dim, dims, &total);
    if (status == GSL_SUCCESS) status = read_payload(s, total, payload);
    gzclose(s->gz); /* every fault of the stream has been seen by now */
    if (status != GSL_SUCCESS) {
        free(*payload);
        *payload = NULL;
    }
    return status;
}

/* --- The two kinds ------------------------------------------------------------------------- */

static int refuse_null(const char *function, char *error, size_t error_size)
{
    return idx_fail(error, error_size, function, GSL_EINVAL,
                    "NULL argument, expected a path and a place for the result");
}

int idx_images_read(const char *path, idx_images **out, char *error, size_t error_size)
{
    if (out != NULL) *out = NULL;
    if (path == NULL || out == NULL) return refuse_null("idx_images_read", error, error_size);
    idx_source s = {NULL, path, error, error_size};
    uint32_t dim[3];
    unsigned char *pixel = NULL;
    const int status = read_file(&s, MAGIC_IMAGES, dim, 3, &pixel);
    if (status != GSL_SUCCESS) return status;
    idx_images *images = malloc(sizeof *images);
    if (images == NULL) {
        free(pixel);
        return fail(&s, GSL_ENOMEM, "out of memory after reading");
    }
    *images = (idx_images){dim[0], dim[1], dim[2], pixel};
    *out = images;
    return GSL_SUCCESS;
}

void idx_images_free(idx_images *images)
{
    if (images == NULL) return;
    free(images->pixel);
    free(images);
}

static int check_labels(const idx_source *s, const unsigned char *label, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (label[i] > IDX_MAX_LABEL)
            return fail(s, GSL_EFAILED, "label %d at index %zu, expected 0..%d", label[i], i,
                        IDX_MAX_LABEL);
    return GSL_SUCCESS;
}

int idx_labels_read(const char *path, idx_labels **out, char *error, size_t error_size)
{
    if (out != NULL) *out = NULL;
    if (path == NULL || out == NULL) return refuse_null("idx_labels_read", error, error_size);
    idx_source s = {NULL, path, error, error_size};
    uint32_t n = 0;
    unsigned char *label = NULL;
    idx_labels *labels = NULL;
    int status = read_file(&s, MAGIC_LABELS, &n, 1, &label);
    if (status == GSL_SUCCESS) status = check_labels(&s, label, n);
    if (status == GSL_SUCCESS && (labels = malloc(sizeof *labels)) == NULL)
        status = fail(&s, GSL_ENOMEM, "out of memory after reading");
    if (status != GSL_SUCCESS) {
        free(label);
        return status;
    }
    *labels = (idx_labels){n, label};
    *out = labels;
    return GSL_SUCCESS;
}

void idx_labels_free(idx_labels *labels)
{
    if (labels == NULL) return;
    free(labels->label);
    free(labels);
}
