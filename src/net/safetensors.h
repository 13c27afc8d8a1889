/* safetensors.h -- the header of a safetensors file: names, types, shapes and places of its tensors.
 *
 * The format (huggingface.co/docs/safetensors): 8 bytes, little-endian, the length N of the header;
 * N bytes of JSON, padded with blanks; the payload.  The JSON object maps every tensor's name to
 *     {"dtype": "F32", "shape": [64, 2], "data_offsets": [begin, end]},
 * offsets counted from the start of the payload, which the tensors cover without gap or overlap; the
 * key "__metadata__" maps strings to strings.  Numbers are little-endian, row by row.
 *
 * A header is an input to be doubted: everything is checked against the bytes that are really there,
 * and a fault is one line of text, not a crash. */
#ifndef NET_SAFETENSORS_H
#define NET_SAFETENSORS_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

/* The types read and written here; other types are refused by name. */
typedef enum safetensors_type {
    SAFETENSORS_F16,
    SAFETENSORS_F32,
    SAFETENSORS_F64,
    SAFETENSORS_I64,
    SAFETENSORS_U64,
    SAFETENSORS_TYPES
} safetensors_type;

enum {
    SAFETENSORS_NAME = 96,  /* longest name, with its final 0 */
    SAFETENSORS_RANK = 8,   /* most dimensions; 0 is a single number */
    SAFETENSORS_MOST = 4096 /* most tensors, and most keys of the metadata */
};

/* Longest header and payload accepted, in bytes; the memory a reader needs stays in proportion. */
#define SAFETENSORS_HEADER ((size_t)1 << 20)
#define SAFETENSORS_PAYLOAD ((size_t)1 << 31)

typedef struct safetensors_tensor {
    char name[SAFETENSORS_NAME];
    safetensors_type type;
    size_t rank, shape[SAFETENSORS_RANK];
    size_t at, bytes; /* its place in the payload */
} safetensors_tensor;

typedef struct safetensors {
    size_t tensors, room;
    safetensors_tensor *tensor; /* [tensors] */
    cJSON *metadata;            /* an object of strings */
} safetensors;

/* Returns  no tensors, no metadata; NULL when memory is short. */
safetensors *safetensors_alloc(void);
void safetensors_free(safetensors *f); /* NULL is legal */

const char *safetensors_type_name(safetensors_type type); /* "F16", "F32", ... */
size_t safetensors_type_bytes(safetensors_type type);

/* Append a tensor; its place follows the last one.
 * Args     shape  [rank], every dimension >= 1.
 * Returns  false when the name is empty, too long or taken, a size absurd, or memory short: then
 *          error has one line. */
bool safetensors_add(safetensors *f, const char *name, safetensors_type type, size_t rank,
                     const size_t *shape, char *error, size_t error_size);

/* The tensor of that name, or NULL. */
const safetensors_tensor *safetensors_find(const safetensors *f, const char *name);

/* The first N + 8 bytes of the file, N a multiple of 8; *bytes receives N + 8.
 * Returns  a block to be freed; NULL when memory is short. */
char *safetensors_print(const safetensors *f, size_t *bytes);

/* Read a header.
 * Args     text [n]  the JSON, without the 8 bytes before it;
 *          payload   bytes that follow it in the file.
 * Returns  NULL, with one line in error, for: no JSON object, text after it, more than
 *          SAFETENSORS_MOST entries, a duplicate name, an entry that is no tensor, an unknown type, a
 *          shape that does not fit its place, tensors that overlap, leave a gap or end elsewhere than
 *          the payload, metadata that are not strings, memory too short. */
safetensors *safetensors_parse(const char *text, size_t n, size_t payload, char *error,
                               size_t error_size);

/* Print one line into error, control characters replaced, and return false. */
bool safetensors_fail(char *error, size_t error_size, const char *format, ...);

#endif
