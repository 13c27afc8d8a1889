/* report.c -- what the reader sees: the transcript and TAP. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/lesson.h"

const char *const report_kinds[] = {"road", "control", "printed"};

static const char *paint(const lesson *L, const char *escape)
{
    return L->colour ? escape : "";
}

/* Print text in lines of at most 96 columns, each after the first indented. */
static void print_wrapped(int first, int indent, const char *text)
{
    int column = first;
    bool start = true; /* no blank before the first word of a line */
    while (*text) {
        const int length = (int)strcspn(text, " ");
        if (!start && column + 1 + length > 96) {
            printf("\n%*s", indent, "");
            column = indent;
            start = true;
        }
        if (!start) column += printf(" ");
        column += printf("%.*s", length, text);
        text += length + (text[length] == ' ');
        start = false;
    }
    putchar('\n');
}

void report_open(lesson *L)
{
    if (L->tap) {
        printf("TAP version 13\n# Lesson %d. %s\n# seed %llu, effort %g%s\n", L->number, L->title,
               (unsigned long long)L->seed, L->effort, L->quick ? ", quick" : "");
        return;
    }
    const int width = printf("Lesson %d.  %s\n", L->number, L->title) - 1;
    for (int i = 0; i < width; i++) putchar('=');
    printf("\nseed %llu, effort %g%s%s\n", (unsigned long long)L->seed, L->effort,
           L->quick ? ", quick" : "", L->random_only ? ", random checks only" : "");
}

static void say_line(const lesson *L, const char *before, const char *format, va_list args)
{
    char text[1024];
    vsnprintf(text, sizeof text, format, args);
    printf("%s", L->tap ? "# " : before);
    print_wrapped(L->tap ? 2 : (int)strlen(before), L->tap ? 2 : (int)strlen(before), text);
}

void section(lesson *L, const char *format, ...)
{
    report_claim_close(L);
    va_list args;
    va_start(args, format);
    if (!L->tap) printf("\n%s", paint(L, "\033[1m"));
    say_line(L, "", format, args);
    if (!L->tap) printf("%s", paint(L, "\033[0m"));
    va_end(args);
}

void say(lesson *L, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_line(L, "  ", format, args);
    va_end(args);
}

void measured(lesson *L, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char text[256];
    vsnprintf(text, sizeof text, format, args);
    printf("%smeasured  %s\n", L->tap ? "# " : "  ", text);
    va_end(args);
}

void not_run(lesson *L, const char *what, const char *why)
{
    L->skipped++;
    L->claim_skipped++;
    if (L->tap)
        printf("ok %zu - %s # SKIP %s\n", ++L->tap_lines, what, why);
    else
        printf("  not run   %s: %s\n", what, why);
}

void report_claim_open(lesson *L)
{
    memset(L->kinds, 0, sizeof L->kinds);
    L->claim_failed = L->claim_skipped = 0;
    L->evidence[0] = '\0';
    L->worst_road = L->weakest_control = -1.0;
    L->json_checks = L->json ? cJSON_CreateArray() : NULL;
    if (L->tap) {
        printf("# %s: %s\n", L->row->id, L->row->statement);
        return;
    }
    printf("\n%s%s%s  ", paint(L, "\033[1m"), L->row->id, paint(L, "\033[0m"));
    print_wrapped((int)strlen(L->row->id) + 2, 8, L->row->statement);
    printf("        [");
    char source[600];
    snprintf(source, sizeof source, "%s]", L->row->source);
    print_wrapped(9, 9, source);
}

/* ---- One finding ---- */

static bool passes(const lesson *L, const finding *f)
{
    (void)L;
    if (!f->counts) return false;
    return f->kind == ROAD ? f->accepted && f->shaken : !f->accepted;
}

static void print_failure(const finding *f)
{
    if (f->why)
        printf("            it does not count: %s\n", f->why);
    else if (f->kind == ROAD && f->accepted)
        printf("            moved by 8 tolerances it is still accepted: the tolerance means "
               "nothing\n");
    printf("            value %.17g, reference %.17g, tolerance %.3g", f->value, f->reference,
           f->tolerance);
    if (f->n > 1 && !f->random) printf(", worst of %zu at %zu", f->n, f->at);
    putchar('\n');
}

static void print_finding(const lesson *L, const finding *f, bool pass)
{
    char measure[160];
    if (f->kind == ROAD || f->random || !f->counts)
        snprintf(measure, sizeof measure, "%s", f->measure);
    else if (f->tolerance > 0.0 && f->ratio > 1.0)
        snprintf(measure, sizeof measure, "%.1e tolerances", f->ratio);
    else
        snprintf(measure, sizeof measure, "%s", f->measure);
    const char *word = pass ? (f->kind == ROAD ? "" : "rejected: ")
                            : (f->kind == ROAD ? "FAILED: " : "FAILED, not rejected: ");
    printf("  %-7s   %s", report_kinds[f->kind], pass ? "" : paint(L, "\033[31m"));
    const int width = (int)strlen(f->what);
    if (width <= 52)
        printf("%-52s  ", f->what);
    else
        printf("%s\n%-64s  ", f->what, "");
    printf("%s%s%s\n", word, measure, pass ? "" : paint(L, "\033[0m"));
    if (!pass) print_failure(f);
}

static void print_tap(lesson *L, const finding *f, bool pass)
{
    printf("%s %zu - %s %s: %s (%s)\n", pass ? "ok" : "not ok", ++L->tap_lines,
           L->row ? L->row->id : "-", report_kinds[f->kind], f->what, f->measure);
    if (!pass)
        printf("  ---\n  value: %.17g\n  reference: %.17g\n  tolerance: %.3g\n  why: %s\n  ...\n",
               f->value, f->reference, f->tolerance, f->why ? f->why : "-");
}

/* The weakest links of a claim, for its evidence when the lesson gives none. */
static void remember_ratio(lesson *L, const finding *f)
{
    const bool scaled = strcmp(f->shape, "below") != 0 && strcmp(f->shape, "all") != 0;
    if (!scaled) return;
    if (f->kind == ROAD)
        L->worst_road = f->ratio > L->worst_road ? f->ratio : L->worst_road;
    else if (L->weakest_control < 0.0 || f->ratio < L->weakest_control)
        L->weakest_control = f->ratio;
}

void report_finding(lesson *L, const finding *f)
{
    const bool pass = passes(L, f);
    if (!L->row) check_refuse("lesson %d checks '%s' outside any claim", L->number, f->what);
    L->kinds[f->kind]++;
    if (pass)
        L->passed++;
    else
        L->failed++, L->claim_failed++;
    remember_ratio(L, f);
    if (L->tap)
        print_tap(L, f, pass);
    else
        print_finding(L, f, pass);
    json_add_finding(L, f, pass);
    if (!pass && L->fail_fast) exit(lesson_close(L));
}

/* ---- The end of a claim ---- */

static void fail_claim(lesson *L, const char *why)
{
    L->failed++;
    L->claim_failed++;
    if (L->tap)
        printf("not ok %zu - %s %s\n", ++L->tap_lines, L->row->id, why);
    else
        printf("  %sFAILED%s    %s\n", paint(L, "\033[31m"), paint(L, "\033[0m"), why);
}

static bool is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* A claim that could not have failed is not accepted. */
static void demand_completeness(lesson *L)
{
    if (L->random_only || L->fail_fast || L->claim_skipped || L->row->verdict[0] == 'E' ||
        L->row->verdict[0] == 'P')
        return;
    const bool numeric = is(L->row->check, "numeric");
    if (numeric && L->kinds[ROAD] == 0) fail_claim(L, "no road was checked");
    if (numeric && is(L->row->verdict, "F") && L->kinds[PRINTED] == 0)
        fail_claim(L, "the statement as printed was not pushed through");
    if (numeric && L->kinds[CONTROL] + L->kinds[PRINTED] == 0 &&
        strncmp(L->row->control, "none:", 5) != 0)
        fail_claim(L, "no control was checked");
}

static void print_verdict(const lesson *L)
{
    const registry_row *row = L->row;
    const bool ok = L->claim_failed == 0;
    printf("  => %s%s%s", paint(L, ok ? "\033[32m" : "\033[31m"),
           ok ? registry_verdict(row) : "FAILED", paint(L, "\033[0m"));
    if (ok && L->claim_skipped && L->kinds[ROAD] == 0) printf(" (not run)");
    putchar('\n');
    if (ok && !is(row->correction, "-")) {
        printf("     ");
        print_wrapped(5, 5, row->correction);
    }
    if (!is(row->check, "numeric")) {
        printf("     (%s) ", row->check);
        print_wrapped(9 + (int)strlen(row->check), 5, row->reason);
    }
}

static void count_verdict(lesson *L)
{
    static const char *const codes[] = {"T", "TD", "TC", "F", "E", "P"};
    if (L->claim_failed)
        L->claims_failed++;
    else if (L->claim_skipped && L->kinds[ROAD] == 0)
        L->claims_skipped++;
    else
        for (size_t i = 0; i < 6; i++) L->verdicts[i] += (size_t)is(L->row->verdict, codes[i]);
}

void report_claim_close(lesson *L)
{
    if (!L->row) return;
    demand_completeness(L);
    if (L->evidence[0] && !L->tap) {
        printf("  number    ");
        print_wrapped(12, 12, L->evidence);
    }
    if (!L->tap && !(L->random_only && L->kinds[0] + L->kinds[1] + L->kinds[2] == 0))
        print_verdict(L);
    count_verdict(L);
    json_add_claim(L);
    L->row = NULL;
}

/* ---- The end of the lesson ---- */

/* Is there a program of the next number beside this one? */
static bool has_next(const lesson *L)
{
    char path[4096];
    const char *slash = strrchr(L->program, '/');
    const int directory = slash ? (int)(slash - L->program) + 1 : 0;
    snprintf(path, sizeof path, "%.*slesson%02d", directory, L->program, L->number + 1);
    return access(path, X_OK) == 0;
}

void report_summary(lesson *L)
{
    if (L->random_checks > CHECK_RANDOM_PER_LESSON) {
        printf("FAILED: %zu random comparisons, a lesson's share is %d\n", L->random_checks,
               CHECK_RANDOM_PER_LESSON);
        L->failed++;
    }
    const char *before = L->tap ? "# " : "";
    if (L->tap)
        printf("1..%zu\n", L->tap_lines);
    else if (!L->random_only) {
        const size_t *v = L->verdicts;
        printf("\n%zu claims: %zu hold, %zu hold under a condition, %zu false as printed, "
               "%zu empirical or prose",
               L->n_seen, v[0] + v[1], v[2], v[3], v[4] + v[5]);
        if (L->claims_skipped) printf(", %zu not run", L->claims_skipped);
        if (L->claims_failed) printf(", %zu FAILED", L->claims_failed);
        printf(".\nRead on: docs/lesson%02d.md", L->number);
        if (has_next(L)) printf("   next: make lesson%02d", L->number + 1);
        putchar('\n');
    }
    printf("%s%zu passed, %zu failed", before, L->passed, L->failed);
    if (L->skipped) printf(", %zu skipped", L->skipped);
    putchar('\n');
}
