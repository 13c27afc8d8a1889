/* checkpoint.c -- named tensors and words in one sealed file. */
#include "net/checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/digest.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are written as they lie");

static const char no_seal[] = "0000000000000000000000000000000000000000000000000000000000000000";

/* ---- Contents ---------------------------------------------------------------------------------- */

checkpoint *checkpoint_alloc(void)
{
    checkpoint *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    c->header = safetensors_alloc();
    if (c->header) return c;
    free(c);
    return NULL;
}

void checkpoint_free(checkpoint *c)
{
    if (!c) return;
    safetensors_free(c->header);
    free((void *)c->data);
    free(c->payload);
    free(c);
}

/* Room for one more pointer. */
static bool reserve(checkpoint *c)
{
    if (c->header->tensors < c->room) return true;
    const size_t room = 2 * c->room + 32;
    const void **larger = realloc((void *)c->data, room * sizeof *larger);
    if (!larger) return false;
    c->data = larger;
    c->room = room;
    return true;
}

bool checkpoint_add(checkpoint *c, const char *name, safetensors_type type, size_t rank,
                    const size_t *shape, const void *data, char *error, size_t error_size)
{
    if (!reserve(c)) return safetensors_fail(error, error_size, "out of memory");
    if (!safetensors_add(c->header, name, type, rank, shape, error, error_size)) return false;
    c->data[c->header->tensors - 1] = data;
    return true;
}

bool checkpoint_set(checkpoint *c, const char *key, const char *value)
{
    cJSON_DeleteItemFromObjectCaseSensitive(c->header->metadata, key);
    return cJSON_AddStringToObject(c->header->metadata, key, value) != NULL;
}

const char *checkpoint_get(const checkpoint *c, const char *key)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(c->header->metadata, key));
}

bool checkpoint_fail(const char *path, const char *reason, char *error, size_t error_size)
{
    const size_t length = strlen(path), most = error_size / 2;
    const bool cut = length > most;
    return safetensors_fail(error, error_size, "%s%s: %s", cut ? "..." : "",
                            cut ? path + (length - most) : path, reason);
}

/* ---- Writing ----------------------------------------------------------------------------------- */

/* The header with its seal; the words of the format come first, in a fixed order. */
static char *sealed_header(const checkpoint *c, digest_piece *piece, size_t *bytes)
{
    safetensors head = *c->header;
    char version[16], hex[DIGEST_HEX];
    snprintf(version, sizeof version, "%d", CHECKPOINT_VERSION);
    head.metadata = cJSON_CreateObject();
    bool good = cJSON_AddStringToObject(head.metadata, "format", CHECKPOINT_FORMAT) &&
                cJSON_AddStringToObject(head.metadata, "version", version) &&
                cJSON_AddStringToObject(head.metadata, "sha256", no_seal);
    for (const cJSON *word = c->header->metadata->child; good && word; word = word->next)
        if (!cJSON_GetObjectItemCaseSensitive(head.metadata, word->string))
            good = cJSON_AddStringToObject(head.metadata, word->string, word->valuestring) != NULL;
    char *text = good ? safetensors_print(&head, bytes) : NULL;
    cJSON_Delete(head.metadata);
    if (!text) return NULL;
    piece[0] = (digest_piece){text, *bytes};
    for (size_t i = 0; i < head.tensors; i++)
        piece[i + 1] = (digest_piece){c->data[i], head.tensor[i].bytes};
    digest_pieces(hex, piece, head.tensors + 1);
    memcpy(strstr(text + 8, no_seal), hex,
           DIGEST_HEX - 1); /* the first run of zeros: nothing precedes it */
    return text;
}

/* Open PATH.part for this process alone.  One that a killed process left is taken over; one that
 * another process is writing is not touched.   Returns  NULL with errno. */
static FILE *open_part(const char *part)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct stat ours, named;
    const int fd = open(part, O_WRONLY | O_CREAT, 0666);
    if (fd < 0) return NULL;
    FILE *f = NULL;
    if (fcntl(fd, F_SETLK, &lock) != 0 || fstat(fd, &ours) != 0 || stat(part, &named) != 0 ||
        ours.st_ino != named.st_ino) /* renamed before the lock was ours: now a finished file */
        errno = EBUSY;
    else if (ftruncate(fd, 0) == 0)
        f = fdopen(fd, "wb");
    if (!f) {
        const int error = errno;
        close(fd);
        errno = error;
    }
    return f;
}

/* Write, flush and rename; 0 or the error number. */
static int write_pieces(const char *path, const char *part, const digest_piece *piece, size_t n)
{
    FILE *f = open_part(part);
    if (!f) return errno;
    bool good = true;
    errno = 0;
    for (size_t i = 0; good && i < n; i++)
        good = fwrite(piece[i].bytes, 1, piece[i].n, f) == piece[i].n;
    good = good && fflush(f) == 0 && fsync(fileno(f)) == 0 && rename(part, path) == 0;
    const int status = good ? 0 : errno ? errno : EIO;
    if (!good) remove(part);
    fclose(f); /* flushed already; ends the lock */
    return status;
}

/* A rename is on the disk when its directory is; a directory that cannot be opened is let be. */
static void flush_directory(char *path)
{
    const int fd = open(dirname(path), O_RDONLY);
    if (fd < 0) return;
    (void)fsync(fd);
    close(fd);
}

static int replace(const char *path, char *part, const digest_piece *piece, size_t pieces)
{
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) return EEXIST;
    const int status = write_pieces(path, part, piece, pieces);
    if (status == 0) flush_directory(part);
    return status;
}

bool checkpoint_write(const checkpoint *c, const char *path, char *error, size_t error_size)
{
    const size_t size = strlen(path) + sizeof ".part", n = c->header->tensors + 1;
    size_t bytes = 0;
    char *part = malloc(size);
    digest_piece *piece = malloc(n * sizeof *piece);
    char *text = part && piece ? sealed_header(c, piece, &bytes) : NULL;
    int status = ENOMEM;
    if (text && bytes - 8 > SAFETENSORS_HEADER)
        status = EFBIG;
    else if (text) {
        snprintf(part, size, "%s.part", path);
        status = replace(path, part, piece, n);
    }
    free(text);
    free(piece);
    free(part);
    if (status == 0) return true;
    const char *why = status == EEXIST  ? "it is no regular file"
                      : status == EBUSY ? "another process is writing it"
                                        : strerror(status);
    char reason[CHECKPOINT_ERROR / 2];
    snprintf(reason, sizeof reason, "cannot write: %s", why);
    return checkpoint_fail(path, reason, error, error_size);
}
