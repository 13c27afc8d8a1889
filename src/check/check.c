/* check.c -- claims, exact comparisons and the life of a lesson. */
#include "check/check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_machine.h>

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

/* ---- Exact comparisons ---- */

static bool accepted(double value, double reference, double tolerance)
{
    return fabs(value - reference) <= tolerance; /* NaN is refused */
}

/* 8 tolerances away, on either side, the same comparison must refuse.  Equality (tolerance 0) is
 * shaken by 8 units in the last place. */
static bool shaken(double value, double reference, double tolerance)
{
    const double step =
        tolerance > 0.0 ? 8.0 * tolerance : 8.0 * GSL_DBL_EPSILON * fmax(fabs(reference), 1.0);
    return !accepted(value + step, reference, tolerance) &&
           !accepted(value - step, reference, tolerance);
}

static double ratio_of(double value, double reference, double tolerance)
{
    const double difference = fabs(value - reference);
    if (difference == 0.0) return 0.0;
    return tolerance > 0.0            ? difference / tolerance
           : difference == difference ? (double)INFINITY
                                      : (double)NAN;
}

unsigned long check_hash(unsigned long hash, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (unsigned long)(((uint64_t)hash ^ bits) * 1099511628211u + 0x9e3779b97f4a7c15u);
}

void gap_add(gap *g, size_t at, double value, double reference, double tolerance)
{
    const double ratio = ratio_of(value, reference, tolerance);
    const bool worse = g->n == 0 || ratio > g->ratio || (ratio != ratio && g->ratio == g->ratio);
    g->n++;
    if (worse && g->ratio == g->ratio) {
        g->at = at;
        g->ratio = ratio;
        g->value = value;
        g->reference = reference;
        g->tolerance = tolerance;
    }
    if (accepted(value, reference, tolerance) && !shaken(value, reference, tolerance))
        g->unshaken = true;
    g->value_hash = check_hash(g->value_hash, value);
    g->reference_hash = check_hash(g->reference_hash, reference);
}

static void measure_exact(finding *f)
{
    const int n = (int)sizeof f->measure;
    if (f->ratio != f->ratio)
        snprintf(f->measure, (size_t)n, "not a number");
    else if (f->ratio == 0.0)
        snprintf(f->measure, (size_t)n, "exact");
    else if (f->tolerance == 0.0)
        snprintf(f->measure, (size_t)n, "off by %.2g where equality is due",
                 fabs(f->value - f->reference));
    else
        snprintf(f->measure, (size_t)n, "%.2g of the tolerance %.1e", f->ratio, f->tolerance);
}

static void compare_gap(lesson *L, enum kind kind, const char *formula, const char *what,
                        const gap *g)
{
    finding f = {.kind = kind,
                 .formula = formula,
                 .what = what,
                 .shape = "value",
                 .n = g->n,
                 .at = g->at,
                 .value = g->value,
                 .reference = g->reference,
                 .tolerance = g->tolerance,
                 .ratio = g->ratio,
                 .value_hash = g->value_hash,
                 .reference_hash = g->reference_hash};
    f.accepted = g->n > 0 && g->ratio <= 1.0;
    f.shaken = !g->unshaken;
    f.counts = g->n > 0 && g->ratio == g->ratio;
    f.why = g->n == 0 ? "nothing was compared" : f.counts ? NULL : "not a number";
    measure_exact(&f);
    report_finding(L, &f);
}

void road_gap(lesson *L, const char *formula, const char *what, const gap *g)
{
    compare_gap(L, ROAD, formula, what, g);
}

void control_gap(lesson *L, const char *what, const gap *g)
{
    compare_gap(L, CONTROL, NULL, what, g);
}

void printed_gap(lesson *L, const char *what, const gap *g)
{
    compare_gap(L, PRINTED, NULL, what, g);
}

static void compare(lesson *L, enum kind kind, const char *formula, const char *what, double value,
                    double reference, double tolerance)
{
    gap one = {0};
    gap_add(&one, 0, value, reference, tolerance);
    compare_gap(L, kind, formula, what, &one);
}

void road(lesson *L, const char *formula, const char *what, double value, double reference,
          double tolerance)
{
    compare(L, ROAD, formula, what, value, reference, tolerance);
}

void control(lesson *L, const char *what, double wrong, double reference, double tolerance)
{
    compare(L, CONTROL, NULL, what, wrong, reference, tolerance);
}

void printed(lesson *L, const char *what, double as_printed, double reference, double tolerance)
{
    compare(L, PRINTED, NULL, what, as_printed, reference, tolerance);
}

/* ---- Inequalities and exhaustive loops ---- */

static void compare_below(lesson *L, enum kind kind, const char *formula, const char *what,
                          double smaller, double larger, double margin)
{
    finding f = {.kind = kind,
                 .formula = formula,
                 .what = what,
                 .shape = "below",
                 .n = 1,
                 .value = smaller,
                 .reference = larger,
                 .tolerance = margin,
                 .ratio = larger - smaller};
    f.value_hash = check_hash(0, smaller);
    f.reference_hash = check_hash(0, larger);
    f.accepted = smaller + margin <= larger;
    f.shaken = !(larger + margin <= smaller); /* the exchanged inequality must not hold as well */
    f.counts = margin >= 0.0 && f.ratio == f.ratio;
    f.why = f.counts ? NULL : "not a number";
    snprintf(f.measure, sizeof f.measure, "%.6g %s %.6g", smaller, f.accepted ? "<=" : "exceeds",
             larger);
    report_finding(L, &f);
}

void road_below(lesson *L, const char *formula, const char *what, double smaller, double larger,
                double margin)
{
    compare_below(L, ROAD, formula, what, smaller, larger, margin);
}

void control_below(lesson *L, const char *what, double smaller, double larger, double margin)
{
    compare_below(L, CONTROL, NULL, what, smaller, larger, margin);
}

void printed_below(lesson *L, const char *what, double smaller, double larger, double margin)
{
    compare_below(L, PRINTED, NULL, what, smaller, larger, margin);
}

static void compare_all(lesson *L, enum kind kind, const char *formula, const char *what,
                        size_t violations, size_t cases)
{
    finding f = {.kind = kind,
                 .formula = formula,
                 .what = what,
                 .shape = "all",
                 .n = cases,
                 .value = (double)violations,
                 .ratio = (double)violations,
                 .shaken = true};
    f.value_hash = check_hash(0, f.value);
    f.accepted = cases > 0 && violations == 0;
    f.counts = cases > 0 && violations <= cases;
    f.why = f.counts ? NULL : "no case was looked at";
    if (violations > 0)
        snprintf(f.measure, sizeof f.measure, "violated in %zu of %zu cases", violations, cases);
    else
        snprintf(f.measure, sizeof f.measure, "in all %zu cases", cases);
    report_finding(L, &f);
}

void road_all(lesson *L, const char *formula, const char *what, size_t violations, size_t cases)
{
    compare_all(L, ROAD, formula, what, violations, cases);
}

void control_all(lesson *L, const char *what, size_t violations, size_t cases)
{
    compare_all(L, CONTROL, NULL, what, violations, cases);
}

void printed_all(lesson *L, const char *what, size_t violations, size_t cases)
{
    compare_all(L, PRINTED, NULL, what, violations, cases);
}
