/* claims.c -- merges the lessons' JSON and the registry into docs/claims.md and claims.json.
 *
 * usage: claims REPORT_DIR MARKDOWN
 * Reads REPORT_DIR/lessonNN.json (missing ones mean "not yet"), writes REPORT_DIR/claims.json and
 * MARKDOWN, each beside and renamed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "check/output.h"
#include "check/registry.h"

enum { LESSONS = 25, MOST_PATH = 4096 };

static cJSON *reports[LESSONS + 1];

static _Noreturn void refuse(const char *path, const char *fault)
{
    fprintf(stderr, "%s: %s\n", path, fault);
    exit(2);
}

static char *read_text(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) return NULL;
    char *text = NULL;
    if (fseek(f, 0, SEEK_END) == 0) {
        const long size = ftell(f);
        rewind(f);
        text = size >= 0 ? calloc((size_t)size + 1, 1) : NULL;
        if (text && fread(text, 1, (size_t)size, f) != (size_t)size) refuse(path, "cannot read");
    }
    fclose(f);
    return text;
}

static void read_reports(const char *dir)
{
    for (int n = 1; n <= LESSONS; n++) {
        char path[MOST_PATH];
        snprintf(path, sizeof path, "%s/lesson%02d.json", dir, n);
        char *text = read_text(path);
        if (!text) continue;
        reports[n] = cJSON_Parse(text);
        free(text);
        if (!reports[n]) refuse(path, "expected the JSON of a lesson");
    }
}

static const cJSON *claim_of(const registry_row *row)
{
    const int n = row->lesson[0] == '-' ? 0 : atoi(row->lesson);
    const cJSON *claim;
    cJSON_ArrayForEach(
        claim, cJSON_GetObjectItem(
                   reports[n], "claims")) if (strcmp(cJSON_GetObjectItem(claim, "id")->valuestring,
                                                     row->id) == 0) return claim;
    return NULL;
}

static const char *text_of(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItem(object, name);
    return item && item->valuestring ? item->valuestring : "";
}

/* passed, failed, stated, not run, not yet, registry text */
static const char *status_of(const registry_row *row, const cJSON *claim)
{
    if (row->lesson[0] == '-') return "registry text";
    return claim ? text_of(claim, "status") : "not yet";
}

typedef struct counts {
    int roads, controls, printed;
} counts;

static counts count_checks(const cJSON *claim)
{
    counts c = {0};
    const cJSON *check;
    cJSON_ArrayForEach(check, cJSON_GetObjectItem(claim, "checks"))
    {
        const char *kind = text_of(check, "kind");
        c.roads += strcmp(kind, "road") == 0;
        c.controls += strcmp(kind, "control") == 0;
        c.printed += strcmp(kind, "printed") == 0;
    }
    return c;
}

/* Markdown tables end a cell at a bar. */
static void print_cell(FILE *f, const char *text)
{
    for (; *text; text++)
        if (*text == '|')
            fputs("\\|", f);
        else if (*text == '<')
            fputs("&lt;", f);
        else if (*text == '_' || *text == '*')
            fprintf(f, "\\%c", *text);
        else
            fputc(*text, f);
}

static void print_row(FILE *f, const registry_row *row)
{
    const cJSON *claim = claim_of(row);
    const char *evidence = text_of(claim, "evidence");
    char checks[80] = "";
    const counts c = count_checks(claim);
    if (claim) snprintf(checks, sizeof checks, "%d/%d/%d", c.roads, c.controls, c.printed);
    fprintf(f, "| %s | ", row->id);
    print_cell(f, row->statement);
    fputs(" | ", f);
    print_cell(f, row->source);
    fprintf(f, " | %s | %s | %s | ", registry_verdict(row), status_of(row, claim), checks);
    print_cell(f, *evidence                                ? evidence
                  : claim && strcmp(row->reason, "-") != 0 ? row->reason
                  : claim                                  ? ""
                                                           : row->numbers);
    if (strcmp(row->correction, "-") != 0) {
        fputs(row->verdict[0] == 'F' ? " **Instead:** " : " **Holds** ", f);
        print_cell(f, row->correction);
    }
    fputs(" |\n", f);
}

static void print_changes(FILE *f)
{
    int n = 0;
    fputs("\n## Verdicts that differ from the initial ledger\n\n", f);
    for (size_t i = 0; i < registry_size; i++) {
        const registry_row *row = &registry_rows[i];
        if (strcmp(row->ledger, row->verdict) == 0) continue;
        fprintf(f, "- **%s**: the ledger said %s, we say %s (%s). ", row->id, row->ledger,
                row->verdict, registry_verdict(row));
        print_cell(f, row->reason);
        fputc('\n', f);
        n++;
    }
    if (n == 0) fputs("None.\n", f);
}

/* The short list: what no program can check, and what can have no planted mistake. */
static void print_exceptions(FILE *f)
{
    fputs("\n## Rows that a program cannot check with numbers\n\n", f);
    for (size_t i = 0; i < registry_size; i++) {
        const registry_row *row = &registry_rows[i];
        if (strcmp(row->check, "numeric") == 0) continue;
        fprintf(f, "- **%s** (%s): ", row->id, row->check);
        print_cell(f, row->reason);
        fputc('\n', f);
    }
    fputs("\n## Rows without a planted mistake\n\n", f);
    for (size_t i = 0; i < registry_size; i++) {
        const registry_row *row = &registry_rows[i];
        if (strncmp(row->control, "none: ", 6) != 0 || row->verdict[0] == 'P') continue;
        fprintf(f, "- **%s**: ", row->id);
        print_cell(f, row->control + 6);
        fputc('\n', f);
    }
}

static void print_lesson(FILE *f, const char *lesson)
{
    const int n = lesson[0] == '-' ? 0 : atoi(lesson);
    if (n)
        fprintf(f, "\n## Lesson %d%s%s\n\n", n, reports[n] ? ". " : " (not yet)",
                reports[n] ? text_of(reports[n], "title") : "");
    else
        fputs("\n## Registry text\n\n", f);
    fputs("| id | claim | source | verdict | status | roads/controls/printed | evidence |\n"
          "|---|---|---|---|---|---|---|\n",
          f);
    for (size_t i = 0; i < registry_size; i++)
        if (strcmp(registry_rows[i].lesson, lesson) == 0) print_row(f, &registry_rows[i]);
}

static void print_head(FILE *f)
{
    int done[6] = {0};
    static const char *const words[] = {"passed",  "failed",        "not run",
                                        "not yet", "registry text", "stated"};
    for (size_t i = 0; i < registry_size; i++)
        for (int k = 0; k < 6; k++)
            done[k] +=
                strcmp(status_of(&registry_rows[i], claim_of(&registry_rows[i])), words[k]) == 0;
    fprintf(
        f,
        "# The claims\n\n"
        "Written by `make claims` from docs/claims.tsv and the lessons' own results; do not edit.\n"
        "All %zu checkable statements of the five documents (docs/sources.md): %d passed, %d "
        "failed, "
        "%d stated in words, %d not run, %d not yet, %d registry text.\n\n"
        "*Passed* means: every road of the claim agreed, and every planted mistake was rejected. "
        "*Stated*: prose, or an outcome of training that a later lesson reports. *Not run*: the "
        "data "
        "it needs (MNIST) were absent. *Not yet*: its lesson is not built; the numbers in its last "
        "column are the initial ledger's.\n",
        registry_size, done[0], done[1], done[5], done[2], done[3], done[4]);
}

static void write_markdown(FILE *f)
{
    char lesson[8];
    print_head(f);
    print_changes(f);
    print_exceptions(f);
    for (int n = 1; n <= LESSONS; n++) {
        snprintf(lesson, sizeof lesson, "%02d", n);
        print_lesson(f, lesson);
    }
    print_lesson(f, "-");
}

static void write_json(FILE *f)
{
    cJSON *all = cJSON_CreateArray();
    for (size_t i = 0; i < registry_size; i++) {
        const registry_row *row = &registry_rows[i];
        const cJSON *claim = claim_of(row);
        cJSON *object = cJSON_CreateObject();
        cJSON_AddStringToObject(object, "id", row->id);
        cJSON_AddStringToObject(object, "lesson", row->lesson);
        cJSON_AddStringToObject(object, "source", row->source);
        cJSON_AddStringToObject(object, "statement", row->statement);
        cJSON_AddStringToObject(object, "correction", row->correction);
        cJSON_AddStringToObject(object, "ledger", row->ledger);
        cJSON_AddStringToObject(object, "verdict", row->verdict);
        cJSON_AddStringToObject(object, "check", row->check);
        cJSON_AddStringToObject(object, "reason", row->reason);
        cJSON_AddStringToObject(object, "status", status_of(row, claim));
        cJSON_AddStringToObject(object, "evidence",
                                claim ? text_of(claim, "evidence") : row->numbers);
        if (claim)
            cJSON_AddItemToObject(object, "checks",
                                  cJSON_Duplicate(cJSON_GetObjectItem(claim, "checks"), 1));
        cJSON_AddItemToArray(all, object);
    }
    char *text = cJSON_Print(all);
    if (!text) refuse("claims.json", "out of memory");
    fprintf(f, "%s\n", text);
    cJSON_free(text);
    cJSON_Delete(all);
}

static void write_file(const char *path, void (*write)(FILE *))
{
    output *o = output_open(NULL, path);
    write(o->stream);
    output_close(o);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: claims REPORT_DIR MARKDOWN\n");
        return 2;
    }
    char path[MOST_PATH];
    snprintf(path, sizeof path, "%s/claims.json", argv[1]);
    read_reports(argv[1]);
    write_file(path, write_json);
    write_file(argv[2], write_markdown);
    int failed = 0, passed = 0;
    for (size_t i = 0; i < registry_size; i++) {
        const char *status = status_of(&registry_rows[i], claim_of(&registry_rows[i]));
        passed += strcmp(status, "passed") == 0;
        failed += strcmp(status, "failed") == 0;
    }
    printf("%s and %s: %zu claims\n%d passed, %d failed\n", argv[2], path, registry_size, passed,
           failed);
    for (int n = 0; n <= LESSONS; n++) cJSON_Delete(reports[n]);
    return failed > 0;
}
