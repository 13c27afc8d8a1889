/* output.c -- a file that appears complete or not at all. */
#include "check/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "check/check.h"

static _Noreturn void refuse(const output *o, int error)
{
    check_refuse("%s%s%s: cannot write: %s", o->what ? o->what : "", o->what ? " " : "", o->path,
                 strerror(error));
}

/* A rename would put a file in the place of a device. */
static int is_device(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

output *output_open(const char *what, const char *path)
{
    const size_t size = strlen(path) + 1;
    output *o = malloc(sizeof *o);
    char *block = malloc(2 * size + sizeof ".part");
    if (!o || !block) check_refuse("%s: cannot write: out of memory", path);
    *o = (output){.path = block, .part = block + size, .what = what};
    memcpy(o->path, path, size);
    memcpy(o->part, path, size - 1);
    memcpy(o->part + size - 1, ".part", sizeof ".part");
    if (is_device(path)) o->part = o->path;
    o->stream = fopen(o->part, "w");
    if (!o->stream) refuse(o, errno);
    return o;
}

void output_close(output *o)
{
    errno = 0;
    const int written = fflush(o->stream) == 0 && !ferror(o->stream);
    int error = errno ? errno : EIO;
    const int closed = fclose(o->stream) == 0;
    const int replaces = o->part != o->path;
    if (!written || !closed || (replaces && rename(o->part, o->path) != 0)) {
        if (written) error = errno;
        if (replaces) remove(o->part);
        refuse(o, error);
    }
    free(o->path); /* the one block */
    free(o);
}
