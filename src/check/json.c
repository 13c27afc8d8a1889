/* json.c -- every claim and every check as JSON, for programs that read what people do not. */
#include <stdio.h>
#include <string.h>

#include "check/lesson.h"
#include "check/output.h"

static void json_number(cJSON *object, const char *name, double x)
{
    char text[32];
    if (x == x && x - x == 0.0) {
        snprintf(text, sizeof text, "%.17g", x);
        cJSON_AddRawToObject(object, name, text);
    } else {
        cJSON_AddStringToObject(object, name, x == x ? (x > 0 ? "inf" : "-inf") : "nan");
    }
}

void json_add_finding(const lesson *L, const finding *f, bool pass)
{
    if (!L->json_checks) return;
    cJSON *check = cJSON_CreateObject();
    char hash[2][20];
    snprintf(hash[0], sizeof hash[0], "%lx", f->value_hash);
    snprintf(hash[1], sizeof hash[1], "%lx", f->reference_hash);
    cJSON_AddStringToObject(check, "kind", report_kinds[f->kind]);
    cJSON_AddStringToObject(check, "what", f->what);
    cJSON_AddStringToObject(check, "shape", f->shape);
    if (f->formula) cJSON_AddStringToObject(check, "formula", f->formula);
    cJSON_AddBoolToObject(check, "pass", pass);
    cJSON_AddBoolToObject(check, "random", f->random);
    json_number(check, "value", f->value);
    json_number(check, "reference", f->reference);
    json_number(check, "tolerance", f->tolerance);
    json_number(check, "ratio", f->ratio);
    cJSON_AddNumberToObject(check, "comparisons", (double)f->n);
    cJSON_AddStringToObject(check, "value_hash", hash[0]);
    cJSON_AddStringToObject(check, "reference_hash", hash[1]);
    cJSON_AddItemToArray(L->json_checks, check);
}

/* Without words of its own a claim says how far its roads and controls were from their tolerances. */
static void default_evidence(lesson *L)
{
    const size_t roads = L->kinds[ROAD];
    int n = snprintf(L->evidence, sizeof L->evidence,
                     roads == 1 ? "%zu road agrees" : "%zu roads agree", roads);
    if (L->worst_road >= 0.0)
        n += snprintf(L->evidence + n, sizeof L->evidence - (size_t)n,
                      ", within %.2g of their tolerance", L->worst_road);
    if (L->weakest_control >= 0.0)
        snprintf(L->evidence + n, sizeof L->evidence - (size_t)n,
                 "; the weakest control is off by %.1e tolerances", L->weakest_control);
}

void json_add_claim(lesson *L)
{
    if (!L->json) return;
    if (!L->evidence[0] && L->kinds[ROAD] > 0) default_evidence(L);
    cJSON *object = cJSON_CreateObject();
    const bool skipped = L->claim_skipped && L->kinds[ROAD] == 0;
    cJSON_AddStringToObject(object, "id", L->row->id);
    cJSON_AddStringToObject(object, "verdict", L->row->verdict);
    const bool compared = L->kinds[ROAD] + L->kinds[CONTROL] + L->kinds[PRINTED] > 0;
    const char *good = compared ? "passed" : "stated"; /* in words only: an outcome, or prose */
    cJSON_AddStringToObject(object, "status",
                            L->claim_failed ? "failed"
                            : skipped       ? "not run"
                                            : good);
    cJSON_AddStringToObject(object, "evidence", L->evidence);
    cJSON_AddItemToObject(object, "checks", L->json_checks);
    cJSON_AddItemToArray(L->json_claims, object);
    L->json_checks = NULL;
}

void report_write_json(lesson *L)
{
    if (!L->json_path) return;
    char seed[24];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)L->seed);
    cJSON_AddNumberToObject(L->json, "lesson", L->number);
    cJSON_AddStringToObject(L->json, "title", L->title);
    cJSON_AddRawToObject(L->json, "seed", seed);
    cJSON_AddNumberToObject(L->json, "effort", L->effort);
    cJSON_AddBoolToObject(L->json, "quick", L->quick);
    cJSON_AddNumberToObject(L->json, "passed", (double)L->passed);
    cJSON_AddNumberToObject(L->json, "failed", (double)L->failed);
    cJSON_AddNumberToObject(L->json, "skipped", (double)L->skipped);
    cJSON_AddNumberToObject(L->json, "random_comparisons", (double)L->random_checks);
    char *text = cJSON_Print(L->json);
    if (!text) check_refuse("--json %s: out of memory", L->json_path);
    output *o = output_open("--json", L->json_path);
    fprintf(o->stream, "%s\n", text);
    output_close(o);
    cJSON_free(text);
}
