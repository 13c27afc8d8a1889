/* safetensors.c -- the header of a safetensors file: names, types, shapes and places of its tensors. */
#include "net/safetensors.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    size_t bytes;
} types[SAFETENSORS_TYPES] = {[SAFETENSORS_F16] = {"F16", 2},
                              [SAFETENSORS_F32] = {"F32", 4},
                              [SAFETENSORS_F64] = {"F64", 8},
                              [SAFETENSORS_I64] = {"I64", 8},
                              [SAFETENSORS_U64] = {"U64", 8}};

static const char metadata_key[] = "__metadata__";

const char *safetensors_type_name(safetensors_type type)
{
    return types[type].name;
}

size_t safetensors_type_bytes(safetensors_type type)
{
    return types[type].bytes;
}

bool safetensors_fail(char *error, size_t error_size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(error, error_size, format, args);
    va_end(args);
    for (char *c = error; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f) *c = '?';
    return false;
}

/* ---- The list ---------------------------------------------------------------------------------- */

safetensors *safetensors_alloc(void)
{
    safetensors *f = calloc(1, sizeof *f);
    if (!f) return NULL;
    f->metadata = cJSON_CreateObject();
    if (f->metadata) return f;
    free(f);
    return NULL;
}

void safetensors_free(safetensors *f)
{
    if (!f) return;
    cJSON_Delete(f->metadata);
    free(f->tensor);
    free(f);
}

const safetensors_tensor *safetensors_find(const safetensors *f, const char *name)
{
    for (size_t i = 0; i < f->tensors; i++)
        if (strcmp(f->tensor[i].name, name) == 0) return &f->tensor[i];
    return NULL;
}

/* Bytes of a shape, or 0 when a dimension is 0 or the product absurd. */
static size_t shape_bytes(safetensors_type type, size_t rank, const size_t *shape)
{
    size_t bytes = types[type].bytes;
    for (size_t i = 0; i < rank; i++) {
        if (shape[i] == 0 || shape[i] > SAFETENSORS_PAYLOAD / bytes) return 0;
        bytes *= shape[i];
    }
    return bytes;
}

/* Room for one more tensor; its name is legal. */
static safetensors_tensor *next_tensor(safetensors *f, const char *name, char *error, size_t size)
{
    if (*name == '\0' || strlen(name) >= SAFETENSORS_NAME || strcmp(name, metadata_key) == 0) {
        safetensors_fail(error, size, "a tensor named '%.100s', expected 1 to %d bytes", name,
                         SAFETENSORS_NAME - 1);
        return NULL;
    }
    if (safetensors_find(f, name)) {
        safetensors_fail(error, size, "two tensors named '%s'", name);
        return NULL;
    }
    if (f->tensors == SAFETENSORS_MOST) {
        safetensors_fail(error, size, "more than %d tensors", SAFETENSORS_MOST);
        return NULL;
    }
    if (f->tensors == f->room) {
        const size_t room = f->room ? 2 * f->room : 32;
        safetensors_tensor *larger = realloc(f->tensor, room * sizeof *larger);
        if (!larger) {
            safetensors_fail(error, size, "out of memory");
            return NULL;
        }
        f->tensor = larger;
        f->room = room;
    }
    safetensors_tensor *t = &f->tensor[f->tensors];
    *t = (safetensors_tensor){.rank = 0};
    memcpy(t->name, name, strlen(name) + 1);
    return t;
}

bool safetensors_add(safetensors *f, const char *name, safetensors_type type, size_t rank,
                     const size_t *shape, char *error, size_t error_size)
{
    const size_t bytes = rank <= SAFETENSORS_RANK ? shape_bytes(type, rank, shape) : 0;
    const safetensors_tensor *last = f->tensors > 0 ? &f->tensor[f->tensors - 1] : NULL;
    const size_t at = last ? last->at + last->bytes : 0;
    if (bytes == 0 || bytes > SAFETENSORS_PAYLOAD - at)
        return safetensors_fail(error, error_size, "tensor '%.100s': an absurd shape", name);
    safetensors_tensor *t = next_tensor(f, name, error, error_size);
    if (!t) return false;
    t->type = type;
    t->rank = rank;
    for (size_t i = 0; i < rank; i++) t->shape[i] = shape[i];
    t->at = at;
    t->bytes = bytes;
    f->tensors++;
    return true;
}

/* ---- Writing ----------------------------------------------------------------------------------- */

static bool append_number(cJSON *array, size_t value)
{
    cJSON *number = array ? cJSON_CreateNumber((double)value) : NULL; /* exact below 2^53 */
    return number && cJSON_AddItemToArray(array, number);
}

static bool append_tensor(cJSON *root, const safetensors_tensor *t)
{
    cJSON *entry = cJSON_AddObjectToObject(root, t->name);
    cJSON_AddStringToObject(entry, "dtype", types[t->type].name);
    cJSON *shape = cJSON_AddArrayToObject(entry, "shape");
    bool good = true;
    for (size_t i = 0; i < t->rank; i++) good = append_number(shape, t->shape[i]) && good;
    cJSON *offsets = cJSON_AddArrayToObject(entry, "data_offsets");
    good = append_number(offsets, t->at) && append_number(offsets, t->at + t->bytes) && good;
    return good && cJSON_GetArraySize(entry) == 3;
}

static char *print_json(const safetensors *f)
{
    cJSON *root = cJSON_CreateObject();
    cJSON *metadata = cJSON_Duplicate(f->metadata, true);
    bool good = cJSON_AddItemToObject(root, metadata_key, metadata);
    if (!good) cJSON_Delete(metadata);
    for (size_t i = 0; i < f->tensors; i++) good = good && append_tensor(root, &f->tensor[i]);
    char *json = good ? cJSON_PrintUnformatted(root) : NULL;
    cJSON_Delete(root);
    return json;
}

char *safetensors_print(const safetensors *f, size_t *bytes)
{
    char *json = print_json(f);
    if (!json) return NULL;
    const size_t length = strlen(json), padded = (length + 7) / 8 * 8;
    char *block = malloc(8 + padded);
    if (block) {
        for (size_t i = 0; i < 8; i++) block[i] = (char)(unsigned char)((uint64_t)padded >> 8 * i);
        memcpy(block + 8, json, length);
        memset(block + 8 + length, ' ', padded - length);
        *bytes = 8 + padded;
    }
    cJSON_free(json);
    return block;
}

/* ---- Reading ----------------------------------------------------------------------------------- */

/* A whole number 0 .. SAFETENSORS_PAYLOAD. */
static bool read_number(const cJSON *item, size_t *value)
{
    if (!cJSON_IsNumber(item)) return false;
    const double x = item->valuedouble;
    if (!(0.0 <= x && x <= (double)SAFETENSORS_PAYLOAD && x == floor(x))) return false;
    *value = (size_t)x;
    return true;
}

static bool read_type(const cJSON *item, safetensors_type *type)
{
    const char *name = cJSON_GetStringValue(item);
    for (int i = 0; name && i < SAFETENSORS_TYPES; i++) {
        *type = (safetensors_type)i;
        if (strcmp(types[i].name, name) == 0) return true;
    }
    return false;
}

static bool read_shape(const cJSON *array, safetensors_tensor *t)
{
    if (!cJSON_IsArray(array)) return false;
    t->rank = 0;
    for (const cJSON *item = array->child; item; item = item->next, t->rank++)
        if (t->rank == SAFETENSORS_RANK || !read_number(item, &t->shape[t->rank])) return false;
    return true;
}

static bool read_tensor(safetensors *f, const cJSON *entry, size_t payload, char *error,
                        size_t size)
{
    safetensors_tensor *t = next_tensor(f, entry->string, error, size);
    if (!t) return false;
    const cJSON *type = cJSON_GetObjectItemCaseSensitive(entry, "dtype");
    const cJSON *offsets = cJSON_GetObjectItemCaseSensitive(entry, "data_offsets");
    if (!cJSON_IsObject(entry) || !cJSON_IsString(type))
        return safetensors_fail(error, size, "entry '%s' is no tensor", t->name);
    if (!read_type(type, &t->type))
        return safetensors_fail(error, size,
                                "tensor '%s': type %.20s, expected F16 F32 F64 I64 U64", t->name,
                                type->valuestring);
    const size_t wanted = read_shape(cJSON_GetObjectItemCaseSensitive(entry, "shape"), t)
                              ? shape_bytes(t->type, t->rank, t->shape)
                              : 0;
    if (wanted == 0) return safetensors_fail(error, size, "tensor '%s': an absurd shape", t->name);
    size_t end;
    if (cJSON_GetArraySize(offsets) != 2 || !read_number(offsets->child, &t->at) ||
        !read_number(offsets->child->next, &end) || end < t->at || end > payload)
        return safetensors_fail(
            error, size, "tensor '%s': offsets outside the payload of %zu bytes", t->name, payload);
    t->bytes = end - t->at;
    if (t->bytes != wanted)
        return safetensors_fail(error, size, "tensor '%s': %zu bytes, its shape needs %zu", t->name,
                                t->bytes, wanted);
    f->tensors++;
    return true;
}

static bool read_metadata(safetensors *f, cJSON *entry, char *error, size_t size)
{
    if (cJSON_GetArraySize(f->metadata) > 0)
        return safetensors_fail(error, size, "two entries named %s", metadata_key);
    size_t n = 0;
    bool good = cJSON_IsObject(entry);
    for (const cJSON *item = entry->child; good && item; item = item->next)
        good = cJSON_IsString(item) && ++n <= SAFETENSORS_MOST;
    if (!good) return safetensors_fail(error, size, "%s does not hold strings", metadata_key);
    for (const cJSON *item = entry->child; item; item = item->next)
        if (cJSON_GetObjectItemCaseSensitive(entry, item->string) != item)
            return safetensors_fail(error, size, "two metadata named '%.80s'", item->string);
    cJSON *taken = f->metadata;
    f->metadata = cJSON_Duplicate(entry, true);
    cJSON_Delete(taken);
    return f->metadata ? true : safetensors_fail(error, size, "out of memory");
}

static int by_place(const void *a, const void *b)
{
    const safetensors_tensor *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

/* The tensors, in the order of their places, follow each other and fill the payload. */
static bool check_cover(safetensors *f, size_t payload, char *error, size_t size)
{
    size_t at = 0;
    if (f->tensors > 0) qsort(f->tensor, f->tensors, sizeof *f->tensor, by_place);
    for (size_t i = 0; i < f->tensors; i++) {
        const safetensors_tensor *t = &f->tensor[i];
        if (t->at != at)
            return safetensors_fail(error, size, "tensor '%s' begins at byte %zu, %s", t->name,
                                    t->at, t->at < at ? "inside another one" : "after a gap");
        at += t->bytes;
    }
    if (at == payload) return true;
    return safetensors_fail(error, size, "%zu bytes of payload, its tensors have %zu", payload, at);
}

static bool read_entries(safetensors *f, const cJSON *root, size_t payload, char *error,
                         size_t size)
{
    for (cJSON *entry = root->child; entry; entry = entry->next)
        if (!(strcmp(entry->string, metadata_key) == 0
                  ? read_metadata(f, entry, error, size)
                  : read_tensor(f, entry, payload, error, size)))
            return false;
    return check_cover(f, payload, error, size);
}

safetensors *safetensors_parse(const char *text, size_t n, size_t payload, char *error,
                               size_t error_size)
{
    const char *end = text;
    cJSON *root = n > 0 && text[0] == '{' ? cJSON_ParseWithLengthOpts(text, n, &end, false) : NULL;
    while (root && end < text + n && *end == ' ') end++;
    safetensors *f = safetensors_alloc();
    bool good = root && end == text + n;
    if (!f)
        safetensors_fail(error, error_size, "out of memory");
    else if (!good)
        safetensors_fail(error, error_size, "is not a safetensors file: its header is no JSON");
    good = f && good && read_entries(f, root, payload, error, error_size);
    cJSON_Delete(root);
    if (good) return f;
    safetensors_free(f);
    return NULL;
}
