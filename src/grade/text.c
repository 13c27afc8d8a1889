/* text.c -- growing strings and whole files. */
#include "grade/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void text_add_bytes(text *t, const char *bytes, size_t n)
{
    char *grown = realloc(t->at, t->size + n + 1);
    if (!grown) {
        fputs("grade: out of memory\n", stderr);
        exit(2);
    }
    t->at = grown;
    if (n > 0) memcpy(t->at + t->size, bytes, n);
    t->size += n;
    t->at[t->size] = '\0';
}

void text_add(text *t, const char *format, ...)
{
    char line[4096];
    va_list arguments;
    va_start(arguments, format);
    const int n = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (n > 0) text_add_bytes(t, line, (size_t)n < sizeof line ? (size_t)n : sizeof line - 1);
}

void text_free(text *t)
{
    free(t->at);
    *t = (text){0};
}

const char *text_of(const text *t)
{
    return t->at ? t->at : "";
}

/* Length of the UTF-8 sequence at s (2 to 4), or 0 when it is none. */
static size_t sequence(const unsigned char *s)
{
    const size_t n = s[0] >= 0xc2 && s[0] < 0xe0   ? 2
                     : s[0] >= 0xe0 && s[0] < 0xf0 ? 3
                     : s[0] >= 0xf0 && s[0] < 0xf5 ? 4
                                                   : 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80) return 0;
    if (n == 2 && s[0] == 0xc2 && s[1] < 0xa0) return 0; /* C1 control characters */
    if (n == 3 && s[0] == 0xe0 && s[1] < 0xa0) return 0;
    if (n == 3 && s[0] == 0xed && s[1] >= 0xa0) return 0;
    if (n == 4 && s[0] == 0xf0 && s[1] < 0x90) return 0;
    if (n == 4 && s[0] == 0xf4 && s[1] >= 0x90) return 0;
    return n;
}

void text_add_plain(text *t, const char *foreign, size_t max)
{
    size_t i = 0;
    while (foreign[i] && i < max) {
        const unsigned char c = (unsigned char)foreign[i];
        const size_t n = c < 0x80 ? 0 : sequence((const unsigned char *)foreign + i);
        if (n > 0) {
            text_add_bytes(t, foreign + i, n);
            i += n;
            continue;
        }
        const bool printable = (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t';
        text_add_bytes(t, printable ? foreign + i : "?", 1);
        i++;
    }
    if (foreign[i]) text_add(t, " ...");
}

bool text_read_file(text *t, const char *path, size_t max)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    struct stat status;
    bool ok = fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    size_t total = 0;
    char block[65536];
    while (ok) {
        const ssize_t got = read(fd, block, sizeof block);
        if (got == 0) break;
        ok = got > 0 && (total += (size_t)got) <= max;
        if (ok) text_add_bytes(t, block, (size_t)got);
    }
    if (fd >= 0) close(fd);
    if (ok) text_add_bytes(t, "", 0);
    return ok;
}

bool text_write_file(const char *path, const char *bytes, size_t n)
{
    char part[4096];
    if (snprintf(part, sizeof part, "%s.part%ld", path, (long)getpid()) >= (int)sizeof part)
        return false;
    const int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0) return false;
    bool ok = true;
    for (size_t done = 0; ok && done < n;) {
        const ssize_t put = write(fd, bytes + done, n - done);
        ok = put > 0;
        done += ok ? (size_t)put : 0;
    }
    ok = fsync(fd) == 0 && ok;
    ok = close(fd) == 0 && ok;
    ok = ok && rename(part, path) == 0;
    if (!ok) unlink(part);
    return ok;
}

bool text_make_directory(const char *path)
{
    char copy[4096];
    if (snprintf(copy, sizeof copy, "%s", path) >= (int)sizeof copy) return false;
    for (char *slash = copy + 1; *slash; slash++) {
        if (*slash != '/') continue;
        *slash = '\0';
        if (mkdir(copy, 0777) != 0 && errno != EEXIST) return false;
        *slash = '/';
    }
    return mkdir(copy, 0777) == 0 || errno == EEXIST;
}
