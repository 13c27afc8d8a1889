/* independence.c -- proves that the references of a lesson's roads do not use the formula under test.
 *
 * usage: independence LESSON POISON_LIBRARY
 * Runs the lesson once as it is and once per formula its roads name, with that formula poisoned.  Of
 * every road that names it the reference must be the same to the last bit, and in every claim at least
 * one such road's value must have moved.  Ends with `N passed, N failed`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

enum { MOST_FORMULAS = 128, MOST_PATH = 1024 };

static char work[] = "/tmp/independence.XXXXXX";

static cJSON *read_json(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) return NULL;
    fseek(f, 0, SEEK_END);
    const long size = ftell(f);
    rewind(f);
    char *text = calloc((size_t)size + 1, 1);
    const size_t got = text ? fread(text, 1, (size_t)size, f) : 0;
    fclose(f);
    cJSON *json = got == (size_t)size ? cJSON_Parse(text) : NULL;
    free(text);
    return json;
}

/* The lesson's JSON, with one formula poisoned (or NULL). */
static cJSON *run(const char *lesson, const char *library, const char *formula)
{
    char command[3 * MOST_PATH], path[MOST_PATH];
    snprintf(path, sizeof path, "%s/out.json", work);
    remove(path);
    if (formula)
        snprintf(command, sizeof command,
                 "POISON=%s LD_PRELOAD=%s %s --quick --mnist none --json %s >/dev/null 2>&1", formula,
                 library, lesson, path);
    else
        snprintf(command, sizeof command, "%s --quick --mnist none --json %s >/dev/null 2>&1", lesson,
                 path);
    const int status = system(command);
    (void)status; /* a poisoned lesson fails, as it should */
    return read_json(path);
}

static const char *text_of(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItem(object, name);
    return item && item->valuestring ? item->valuestring : "";
}

/* Does this road compare a value with a reference, for this formula? */
static int concerns(const cJSON *check, const char *formula)
{
    const char *shape = text_of(check, "shape");
    return strcmp(text_of(check, "kind"), "road") == 0 && strcmp(shape, "below") != 0 &&
           strcmp(shape, "all") != 0 && strcmp(text_of(check, "formula"), formula) == 0;
}

static size_t collect(const cJSON *lesson, const char *formulas[])
{
    size_t n = 0;
    const cJSON *claim, *check;
    cJSON_ArrayForEach(claim, cJSON_GetObjectItem(lesson, "claims"))
        cJSON_ArrayForEach(check, cJSON_GetObjectItem(claim, "checks"))
    {
        const char *formula = text_of(check, "formula");
        size_t i = 0;
        while (i < n && strcmp(formulas[i], formula) != 0) i++;
        if (i == n && n < MOST_FORMULAS && concerns(check, formula) && *formula)
            formulas[n++] = formula;
    }
    return n;
}

/* One claim under one poison: 0 good, else a word on what is wrong. */
static const char *judge(const cJSON *before, const cJSON *after, const char *formula,
                         const char **what)
{
    int roads = 0, moved = 0;
    const cJSON *a = cJSON_GetObjectItem(before, "checks")->child;
    const cJSON *b = after ? cJSON_GetObjectItem(after, "checks")->child : NULL;
    for (; a; a = a->next, b = b->next) {
        if (!b) return "the poisoned run has fewer checks";
        if (!concerns(a, formula)) continue;
        roads++;
        moved += strcmp(text_of(a, "value_hash"), text_of(b, "value_hash")) != 0;
        *what = text_of(a, "what");
        if (strcmp(text_of(a, "reference_hash"), text_of(b, "reference_hash")) != 0)
            return "its reference moved: the road is not independent";
    }
    return roads && !moved ? "its value did not move: the formula is not under test" : NULL;
}

static int compare(const cJSON *before, const cJSON *after, const char *formula, int *failed)
{
    int passed = 0;
    const cJSON *a = cJSON_GetObjectItem(before, "claims")->child;
    const cJSON *b = after ? cJSON_GetObjectItem(after, "claims")->child : NULL;
    for (; a; a = a->next, b = b ? b->next : NULL) {
        const char *what = "";
        const char *wrong = judge(a, b, formula, &what);
        if (!wrong)
            passed++;
        else {
            ++*failed;
            printf("not ok - %s, %s poisoned, '%s': %s\n", text_of(a, "id"), formula, what, wrong);
        }
    }
    return passed;
}

int main(int argc, char **argv)
{
    if (argc != 3 || !mkdtemp(work)) {
        fprintf(stderr, "usage: independence LESSON POISON_LIBRARY\n");
        return 2;
    }
    const char *formulas[MOST_FORMULAS];
    cJSON *before = run(argv[1], argv[2], NULL);
    if (!before) {
        fprintf(stderr, "%s: no JSON\n", argv[1]);
        return 2;
    }
    const size_t n = collect(before, formulas);
    int passed = 0, failed = 0;
    for (size_t i = 0; i < n; i++) {
        cJSON *after = run(argv[1], argv[2], formulas[i]);
        passed += compare(before, after, formulas[i], &failed);
        cJSON_Delete(after);
    }
    printf("%zu formulas poisoned\n%d passed, %d failed\n", n, passed, failed);
    cJSON_Delete(before);
    char command[MOST_PATH];
    snprintf(command, sizeof command, "rm -rf %s", work);
    return system(command) != 0 || failed > 0 || n == 0;
}
