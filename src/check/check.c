/* check.c -- the life of a lesson, and its claims. */
#include "check/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gsl/gsl_errno.h>

#include "check/lesson.h"

/* A lesson never aborts inside GSL: a domain error gives NaN, and NaN fails its comparison. */
static void note_gsl_error(const char *reason, const char *file, int line, int code)
{
    fprintf(stderr, "gsl: %s (%s:%d, code %d)\n", reason, file, line, code);
}

lesson *lesson_open(int argc, char **argv, int number, const char *title)
{
    lesson *L = calloc(1, sizeof *L);
    if (!L) check_refuse("lesson %d: out of memory", number);
    L->number = number;
    L->title = title;
    L->program = argv[0];
    options_read(L, argc, argv);
    L->colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR") && !L->tap;
    gsl_set_error_handler(note_gsl_error);
    L->rng = gsl_rng_alloc(gsl_rng_mt19937);
    if (!L->rng) check_refuse("lesson %d: out of memory", number);
    if (L->json_path) {
        L->json = cJSON_CreateObject();
        L->json_claims = cJSON_AddArrayToObject(L->json, "claims");
    }
    report_open(L);
    return L;
}

/* Rows of this lesson that no claim() has opened.  Under --random-only and --fail-fast that is no
 * fault. */
static void miss_unreported(lesson *L)
{
    if (L->random_only || L->fail_fast) return;
    for (size_t i = 0; i < registry_size; i++) {
        const registry_row *row = &registry_rows[i];
        if (!registry_in_lesson(row, L->number)) continue;
        size_t k = 0;
        while (k < L->n_seen && L->seen[k] != row) k++;
        if (k < L->n_seen) continue;
        printf("%s   NOT REPORTED: the registry gives this claim to lesson %d\n", row->id,
               L->number);
        L->failed++;
        L->claims_failed++;
    }
}

int lesson_close(lesson *L)
{
    report_claim_close(L);
    miss_unreported(L);
    report_summary(L);
    if (L->figure.schedule && !L->figure_asked && L->out_dir)
        check_refuse("--schedule %s: the figure of lesson %d does not depend on a schedule",
                     L->figure.schedule, L->number);
    if (L->model_path && !L->model_asked && !L->random_only)
        check_refuse("--model %s: lesson %d has no trained network", L->model_path, L->number);
    report_write_json(L);
    const int status = L->failed > 0 || L->passed == 0;
    gsl_rng_free(L->rng);
    cJSON_Delete(L->json);
    free(L);
    if (fflush(stdout) != 0 || ferror(stdout)) check_refuse("cannot write the transcript");
    return status;
}

bool lesson_random_only(const lesson *L)
{
    return L->random_only;
}

size_t lesson_samples(const lesson *L, size_t n)
{
    const double scaled = (double)n * L->effort;
    return scaled < 1e4 ? 10000 : (size_t)scaled;
}

size_t lesson_steps(const lesson *L, size_t n)
{
    const double scaled = (double)n * L->effort / (L->quick ? 50.0 : 1.0);
    return scaled < 1.0 ? 1 : (size_t)scaled;
}

uint64_t lesson_seed(const lesson *L)
{
    return L->seed;
}

gsl_rng *lesson_rng(lesson *L)
{
    return L->rng;
}

const figure_option *lesson_figure(lesson *L)
{
    L->figure_asked = true;
    return &L->figure;
}

const char *lesson_mnist(const lesson *L)
{
    return L->mnist_dir;
}

const char *lesson_model(lesson *L)
{
    L->model_asked = true;
    return L->model_path;
}

/* The stream of a claim: FNV-1a of the seed and the id.  gsl takes 32 bits of it. */
static unsigned long stream_of(uint64_t seed, const char *id)
{
    uint64_t hash = 14695981039346656037u;
    for (int i = 0; i < 8; i++) hash = (hash ^ ((seed >> (8 * i)) & 255u)) * 1099511628211u;
    for (; *id; id++) hash = (hash ^ (unsigned char)*id) * 1099511628211u;
    return (unsigned long)((hash ^ (hash >> 32)) & 0xffffffffu);
}

void claim(lesson *L, const char *id)
{
    report_claim_close(L);
    const registry_row *row = registry_find(id);
    if (!row)
        check_refuse("lesson %d reports %s, which docs/claims.tsv does not know", L->number, id);
    if (!registry_in_lesson(row, L->number))
        check_refuse("lesson %d reports %s, which belongs to lesson %s", L->number, id,
                     row->lesson);
    for (size_t i = 0; i < L->n_seen; i++)
        if (L->seen[i] == row) check_refuse("lesson %d opens %s twice", L->number, id);
    if (L->n_seen == sizeof L->seen / sizeof L->seen[0])
        check_refuse("lesson %d has more than 64 claims", L->number);
    L->seen[L->n_seen++] = row;
    L->row = row;
    gsl_rng_set(L->rng, stream_of(L->seed, id));
    report_claim_open(L);
}

void evidence(lesson *L, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(L->evidence, sizeof L->evidence, format, args);
    va_end(args);
}
