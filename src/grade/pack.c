/* pack.c -- packs a student's files for handing in. */
#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <string.h>

#include "grade/submission.h"

static bool add(struct archive *a, const char *assignment, const char *name, const text *bytes)
{
    char path[128];
    struct archive_entry *entry = archive_entry_new();
    if (!entry) return false;
    snprintf(path, sizeof path, "%s/%s", assignment, name);
    archive_entry_set_pathname(entry, path);
    archive_entry_set_size(entry, (la_int64_t)bytes->size);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_mtime(entry, 0, 0);
    const bool ok = archive_write_header(a, entry) == ARCHIVE_OK &&
                    archive_write_data(a, bytes->at, bytes->size) == (la_ssize_t)bytes->size;
    archive_entry_free(entry);
    return ok;
}

static void manifest(text *to, const submission *s, const char *student)
{
    text_add(to, "assignment\t%s\n", s->assignment);
    if (student && student[0]) text_add(to, "student\t%s\n", student);
    text_add(to, "%s.c\t%zu bytes\t%016llx\n", s->assignment, s->source.size,
             (unsigned long long)submission_hash_bytes(0, text_of(&s->source), s->source.size));
    text_add(to, "answers.txt\t%zu bytes\t%016llx\n", s->answers.size,
             (unsigned long long)submission_hash_bytes(0, text_of(&s->answers), s->answers.size));
    text_add(to, "together\t%016llx\n", (unsigned long long)submission_hash(s));
}

bool submission_pack(const char *folder, const char *assignment, const char *student,
                     const char *archive, char *error, size_t error_size)
{
    const char *const known[] = {assignment, NULL};
    char name[32];
    submission s, back;
    text list = {0};
    submission_read(&s, folder, assignment, known);
    if (!s.has_source || !s.has_answers) {
        snprintf(error, error_size, "%s: %s", folder, text_of(&s.notes));
        submission_free(&s);
        return false;
    }
    manifest(&list, &s, student);
    struct archive *a = archive_write_new();
    bool ok = a && archive_write_add_filter_gzip(a) == ARCHIVE_OK &&
              archive_write_set_filter_option(a, "gzip", "timestamp", NULL) == ARCHIVE_OK &&
              archive_write_set_format_ustar(a) == ARCHIVE_OK &&
              archive_write_open_filename(a, archive) == ARCHIVE_OK;
    snprintf(name, sizeof name, "%s.c", assignment);
    ok = ok && add(a, assignment, name, &s.source) &&
         add(a, assignment, "answers.txt", &s.answers) && add(a, assignment, "MANIFEST", &list);
    ok = a && archive_write_close(a) == ARCHIVE_OK && ok;
    if (a) archive_write_free(a);
    submission_read(&back, archive, assignment, known);
    if (!ok || submission_hash(&back) != submission_hash(&s)) {
        snprintf(error, error_size, "%s could not be written and read back", archive);
        ok = false;
    }
    submission_free(&back);
    submission_free(&s);
    text_free(&list);
    return ok;
}
