/* submission.c -- reads folders and archives of strangers. */
#define _GNU_SOURCE
#include "grade/submission.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of folders in a folder: room for what archivers and learning platforms put around a file. */
enum { DEPTH_MAX = 16 };

uint64_t submission_hash_bytes(uint64_t hash, const void *bytes, size_t n)
{
    const unsigned char *byte = bytes;
    if (hash == 0) hash = 14695981039346656037u;
    for (size_t i = 0; i < n; i++) hash = (hash ^ byte[i]) * 1099511628211u;
    return hash;
}

uint64_t submission_hash(const submission *s)
{
    uint64_t hash = submission_hash_bytes(0, s->assignment, strlen(s->assignment));
    hash = submission_hash_bytes(hash, text_of(&s->source), s->source.size);
    hash = submission_hash_bytes(hash, "|", 1);
    return submission_hash_bytes(hash, text_of(&s->answers), s->answers.size);
}

void submission_free(submission *s)
{
    text_free(&s->source);
    text_free(&s->answers);
    text_free(&s->notes);
}

static void note(submission *s, const char *before, const char *name, const char *after)
{
    if (s->notes.size > 2000) return;
    text_add(&s->notes, "%s", before);
    text_add_plain(&s->notes, name, 80);
    text_add(&s->notes, "%s\n", after);
}

static const char *base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Where a file of that name belongs: &source, &answers, or NULL. */
static text *place(submission *s, const char *name, const char *const *known)
{
    const size_t n = strlen(name);
    if (strcmp(name, "answers.txt") == 0) return &s->answers;
    if (n < 3 || strcmp(name + n - 2, ".c") != 0 || n - 2 >= sizeof s->assignment) return NULL;
    for (size_t i = 0; known[i]; i++) {
        if (strncmp(known[i], name, n - 2) != 0 || known[i][n - 2]) continue;
        if (s->assignment[0] && strcmp(s->assignment, known[i]) != 0) return NULL;
        snprintf(s->assignment, sizeof s->assignment, "%s", known[i]);
        return &s->source;
    }
    return NULL;
}

static bool *flag(submission *s, const text *where)
{
    return where == &s->source ? &s->has_source : &s->has_answers;
}

/* ---- Folders ---- */

static bool is_archive(const char *name)
{
    static const char *const endings[] = {".tar.gz", ".tgz", ".zip", ".tar", ".tar.xz", ".tar.bz2"};
    const size_t n = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        const size_t m = strlen(endings[i]);
        if (n > m && strcmp(name + n - m, endings[i]) == 0) return true;
    }
    return false;
}

/* Takes one file of a folder; symbolic links are not followed. */
static void take_file(submission *s, const char *path, const char *const *known)
{
    text *where = place(s, base(path), known);
    if (!where) return;
    if (*flag(s, where)) {
        note(s, "A second ", base(path), " was found and ignored.");
    } else if (text_read_file(where, path, SUBMISSION_FILE_MAX)) {
        *flag(s, where) = true;
    } else {
        text_free(where);
        note(s, "", base(path), " was not read: it is too big, a link, or no ordinary file.");
    }
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* Counts an entry; what comes after the first 200 is not read, and that is said once. */
static bool too_many(submission *s, bool fresh, size_t *entries)
{
    *entries += fresh;
    if (fresh && *entries == SUBMISSION_ENTRIES_MAX + 1)
        note(s, "There are more than ", "200", " files and folders; the rest was ignored.");
    return *entries > SUBMISSION_ENTRIES_MAX;
}

/* Files first, folders after them, in alphabetical order; `archive` receives the first archive. */
static void walk(submission *s, const char *folder, int depth, const char *const *known,
                 size_t *entries, char *archive, size_t archive_size)
{
    struct dirent **list;
    const int n = scandir(folder, &list, NULL, by_name);
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < n; i++) {
            char path[2048];
            struct stat status;
            const char *name = list[i]->d_name;
            if (name[0] == '.' || too_many(s, pass == 0, entries)) continue;
            if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) continue;
            if (lstat(path, &status) != 0) continue;
            if (S_ISDIR(status.st_mode)) {
                if (pass == 0) continue;
                if (depth < DEPTH_MAX)
                    walk(s, path, depth + 1, known, entries, archive, archive_size);
                else
                    note(s, "The folder ", name, " lies too deep and was not looked into.");
            } else if (pass == 0) {
                if (S_ISREG(status.st_mode) && is_archive(name)) {
                    if (archive[0])
                        note(s, "A second archive, ", name, ", was ignored.");
                    else
                        snprintf(archive, archive_size, "%s", path);
                }
                take_file(s, path, known);
            }
        }
    for (int i = 0; i < n; i++) free(list[i]);
    if (n >= 0) free(list);
}

/* ---- Archives ---- */

/* Why an entry is refused, or NULL. */
static const char *refusal(struct archive_entry *entry, const char *name)
{
    if (!name) return " has no readable name and was ignored.";
    if (name[0] == '/') return " has an absolute path and was ignored.";
    for (const char *part = name; part; part = strchr(part, '/')) {
        part += *part == '/';
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
            return " leads out of the archive and was ignored.";
    }
    if (archive_entry_hardlink(entry) || archive_entry_symlink(entry))
        return " is a link and was ignored.";
    const mode_t type = archive_entry_filetype(entry);
    if (type != AE_IFREG && type != AE_IFDIR) return " is no ordinary file and was ignored.";
    return NULL;
}

/* Reads the data of an entry into `where` (or nowhere), counting all of it.
 * Returns  false when the archive unpacks to too much or is damaged. */
static bool unpack(submission *s, struct archive *a, text *where, const char *name, size_t *total)
{
    char block[16384];
    for (;;) {
        const la_ssize_t got = archive_read_data(a, block, sizeof block);
        if (got == 0) return true;
        if (got < 0) {
            note(s, "The archive is damaged at ", name, ".");
            return false;
        }
        *total += (size_t)got;
        if (*total > SUBMISSION_UNPACKED_MAX) {
            note(s, "The archive unpacks to more than 8 MB; it was read no further than ", name,
                 ".");
            return false;
        }
        if (!where) continue;
        text_add_bytes(where, block, (size_t)got);
        if (where->size > SUBMISSION_FILE_MAX) {
            note(s, "", name, " is bigger than 256 KB and was not read.");
            text_free(where);
            *flag(s, where) = false;
            where = NULL;
        }
    }
}

static bool take_entry(submission *s, struct archive *a, struct archive_entry *entry,
                       const char *const *known, size_t *total)
{
    const char *name = archive_entry_pathname(entry);
    const char *why = refusal(entry, name);
    if (!name) name = "An entry";
    if (why) {
        note(s, "", name, why);
        return true;
    }
    text *where = archive_entry_filetype(entry) == AE_IFREG && base(name)[0] != '.'
                      ? place(s, base(name), known)
                      : NULL;
    if (where && *flag(s, where)) {
        note(s, "A second ", base(name), " was found and ignored.");
        where = NULL;
    }
    if (where) *flag(s, where) = true;
    return unpack(s, a, where, base(name), total);
}

static void read_archive(submission *s, const char *path, const char *const *known)
{
    struct archive *a = archive_read_new();
    struct archive_entry *entry;
    size_t total = 0, entries = 0;
    struct stat status;
    if (!a) return;
    archive_read_support_filter_gzip(a);
    archive_read_support_filter_bzip2(a);
    archive_read_support_filter_xz(a);
    archive_read_support_format_tar(a);
    archive_read_support_format_zip(a);
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) ||
        status.st_size > SUBMISSION_ARCHIVE_MAX) {
        note(s, "", base(path), " was not opened: it is bigger than 4 MB or no ordinary file.");
        s->unreadable = true;
    } else if (archive_read_open_fd(a, fd, 16384) != ARCHIVE_OK) {
        note(s, "", base(path), " is no archive that the grader can read (tar, tar.gz, zip).");
        s->unreadable = true;
    }
    while (!s->unreadable) {
        const int result = archive_read_next_header(a, &entry);
        if (result == ARCHIVE_EOF) break;
        if (result < ARCHIVE_WARN) {
            note(s, "", base(path), " is damaged or no archive.");
            s->unreadable = !s->has_source;
            break;
        }
        if (++entries > SUBMISSION_ENTRIES_MAX) {
            note(s, "", base(path), " has more than 200 entries; the rest was ignored.");
            break;
        }
        if (!take_entry(s, a, entry, known, &total)) break;
    }
    archive_read_free(a);
    if (fd >= 0) close(fd);
}

/* ---- Both ---- */

void submission_read(submission *s, const char *path, const char *assignment,
                     const char *const *known)
{
    struct stat status;
    char archive[2048] = "";
    size_t entries = 0;
    *s = (submission){.has_source = false};
    if (assignment) snprintf(s->assignment, sizeof s->assignment, "%s", assignment);
    if (lstat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        walk(s, path, 0, known, &entries, archive, sizeof archive);
        if (!s->has_source && !s->has_answers && archive[0]) read_archive(s, archive, known);
    } else {
        read_archive(s, path, known);
    }
    if (!s->has_source)
        note(s, "No file ", s->assignment[0] ? s->assignment : "hwNN", ".c was found.");
    if (!s->has_answers) note(s, "No file ", "answers.txt", " was found.");
    if (s->has_source && strlen(text_of(&s->source)) != s->source.size) {
        note(s, "", s->assignment, ".c holds zero bytes: it is no text and was not compiled.");
        text_free(&s->source);
        s->has_source = false;
    }
}
