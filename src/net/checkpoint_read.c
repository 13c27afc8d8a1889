/* checkpoint_read.c -- a checkpoint from a file that may be anything. */
#include "net/checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/digest.h"
#include "net/half.h"

/* ---- Reading ----------------------------------------------------------------------------------- */

/* An open file and where to complain about it. */
typedef struct source {
    FILE *f;
    const char *path;
    char *error;
    size_t error_size;
} source;

static bool refuse(const source *s, const char *reason)
{
    return checkpoint_fail(s->path, reason, s->error, s->error_size);
}

/* n bytes from the file, n >= 1. */
static bool read_block(const source *s, void *block, size_t n)
{
    errno = 0;
    if (fread(block, 1, n, s->f) == n) return true;
    return refuse(s, errno ? strerror(errno) : "ended while it was read");
}

/* Lengths of header and payload, checked against the length of the file. */
static bool read_lengths(const source *s, unsigned char head[8], size_t *header, size_t *payload)
{
    struct stat st;
    uint64_t length = 0;
    if (fstat(fileno(s->f), &st) != 0 || !S_ISREG(st.st_mode))
        return refuse(s, "is no regular file, expected a checkpoint");
    if (st.st_size < 10) return refuse(s, "is too short to be a checkpoint");
    if (!read_block(s, head, 8)) return false;
    for (int i = 0; i < 8; i++) length |= (uint64_t)head[i] << 8 * i;
    if (length < 2 || length > SAFETENSORS_HEADER)
        return refuse(s, "is not a safetensors file: absurd header length");
    const uint64_t size = (uint64_t)st.st_size - 8;
    if (length > size) return refuse(s, "is truncated: it ends inside its header");
    if (size - length > SAFETENSORS_PAYLOAD) return refuse(s, "has more than 2 GiB of payload");
    *header = (size_t)length;
    *payload = (size_t)(size - length);
    return true;
}

/* Is this header ours, and of a version we know? */
static bool check_format(const source *s, const checkpoint *c)
{
    const char *format = checkpoint_get(c, "format"), *version = checkpoint_get(c, "version");
    if (!format || strcmp(format, CHECKPOINT_FORMAT) != 0)
        return refuse(s, "is a safetensors file of another program: its metadata do not say "
                         "format " CHECKPOINT_FORMAT);
    char *end = NULL;
    const long number = version ? strtol(version, &end, 10) : 0;
    if (number < 1 || *end != '\0') return refuse(s, "its metadata have no version");
    if (number > CHECKPOINT_VERSION)
        return refuse(s, "was written by a newer version of this program");
    return true;
}

/* The seal: the digits are replaced by zeros in `text`. */
static bool check_seal(const source *s, const checkpoint *c, const unsigned char head[8],
                       char *text, size_t header, size_t payload)
{
    char seal[DIGEST_HEX], hex[DIGEST_HEX];
    const char *word = checkpoint_get(c, "sha256");
    char *place = word && strlen(word) == DIGEST_HEX - 1 ? strstr(text, word) : NULL;
    if (!place) return refuse(s, "its metadata have no sha256");
    memcpy(seal, word, sizeof seal);
    memset(place, '0', DIGEST_HEX - 1);
    const digest_piece piece[] = {{head, 8}, {text, header}, {c->payload, payload}};
    digest_pieces(hex, piece, 3);
    if (strcmp(seal, hex) == 0) return true;
    return refuse(s, "checksum mismatch: the file is damaged or was edited");
}

/* The numbers of all tensors; c is complete afterwards. */
static bool read_payload(const source *s, checkpoint *c, size_t payload)
{
    const size_t n = c->header->tensors;
    c->payload = malloc(payload + 1);
    c->data = malloc((n + 1) * sizeof *c->data);
    if (!c->payload || !c->data) return refuse(s, "out of memory");
    if (payload > 0 && !read_block(s, c->payload, payload)) return false;
    for (size_t i = 0; i < n; i++) c->data[i] = c->payload + c->header->tensor[i].at;
    return true;
}

static bool read_contents(const source *s, checkpoint *c)
{
    unsigned char head[8];
    size_t header = 0, payload = 0;
    char reason[CHECKPOINT_ERROR / 2];
    if (!read_lengths(s, head, &header, &payload)) return false;
    char *text = malloc(header + 1);
    if (!text) return refuse(s, "out of memory");
    text[header] = '\0';
    bool good = read_block(s, text, header);
    if (good) {
        c->header = safetensors_parse(text, header, payload, reason, sizeof reason);
        if (!c->header) good = refuse(s, reason);
    }
    good = good && check_format(s, c) && read_payload(s, c, payload) &&
           check_seal(s, c, head, text, header, payload);
    free(text);
    return good;
}

checkpoint *checkpoint_read(const char *path, char *error, size_t error_size)
{
    source s = {NULL, path, error, error_size};
    const int fd = open(path, O_RDONLY | O_NONBLOCK); /* a pipe is refused, not waited for */
    s.f = fd >= 0 ? fdopen(fd, "rb") : NULL;
    checkpoint *c = s.f ? calloc(1, sizeof *c) : NULL;
    bool good = false;
    if (c)
        good = read_contents(&s, c);
    else
        refuse(&s, strerror(errno));
    if (s.f) fclose(s.f);
    if (!s.f && fd >= 0) close(fd);
    if (good) return c;
    checkpoint_free(c);
    return NULL;
}

/* ---- Finding ----------------------------------------------------------------------------------- */

static void print_shape(char *text, size_t size, size_t rank, const size_t *shape)
{
    size_t used = (size_t)snprintf(text, size, "[");
    for (size_t i = 0; i < rank && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, i > 0 ? ",%zu" : "%zu", shape[i]);
    if (used < size) snprintf(text + used, size - used, "]");
}

/* The tensor, if it is there with this shape. */
static const safetensors_tensor *shaped(const checkpoint *c, const char *name, size_t rank,
                                        const size_t *shape, char *error, size_t size)
{
    const safetensors_tensor *t = safetensors_find(c->header, name);
    if (!t) {
        safetensors_fail(error, size, "tensor '%.100s' is missing", name);
        return NULL;
    }
    bool same = t->rank == rank;
    for (size_t i = 0; same && i < rank; i++) same = t->shape[i] == shape[i];
    if (same) return t;
    char has[128], wanted[128];
    print_shape(has, sizeof has, t->rank, t->shape);
    print_shape(wanted, sizeof wanted, rank, shape);
    safetensors_fail(error, size, "tensor '%s' has shape %s, expected %s", name, has, wanted);
    return NULL;
}

bool checkpoint_find(const checkpoint *c, const char *name, safetensors_type type, size_t rank,
                     const size_t *shape, void *out, char *error, size_t error_size)
{
    const safetensors_tensor *t = shaped(c, name, rank, shape, error, error_size);
    if (!t) return false;
    if (t->type != type)
        return safetensors_fail(error, error_size, "tensor '%s' has type %s, expected %s", name,
                                safetensors_type_name(t->type), safetensors_type_name(type));
    memcpy(out, c->data[t - c->header->tensor], t->bytes);
    return true;
}

bool checkpoint_find_floats(const checkpoint *c, const char *name, size_t rank, const size_t *shape,
                            float *out, char *error, size_t error_size)
{
    const safetensors_tensor *t = shaped(c, name, rank, shape, error, error_size);
    if (!t) return false;
    const unsigned char *byte = c->data[t - c->header->tensor];
    const size_t each = safetensors_type_bytes(t->type), n = t->bytes / each;
    if (t->type > SAFETENSORS_F64)
        return safetensors_fail(error, error_size, "tensor '%s' has type %s, expected F16 F32 F64",
                                name, safetensors_type_name(t->type));
    for (size_t i = 0; i < n; i++) { /* the bytes may not be aligned */
        uint16_t half;
        double wide;
        if (t->type == SAFETENSORS_F32)
            memcpy(&out[i], byte + i * each, each);
        else if (t->type == SAFETENSORS_F16)
            out[i] = half_to_float((memcpy(&half, byte + i * each, each), half));
        else
            out[i] = (float)(memcpy(&wide, byte + i * each, each), wide);
    }
    return true;
}
