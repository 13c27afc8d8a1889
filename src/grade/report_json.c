/* report_json.c -- reports for machines: Gradescope's results.json, and the stored result. */
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "grade/report.h"

static void give(text *to, cJSON *json)
{
    char *printed = cJSON_Print(json);
    if (printed) text_add_bytes(to, printed, strlen(printed));
    text_add(to, "\n");
    cJSON_free(printed);
    cJSON_Delete(json);
}

/* cJSON writes bytes as they are, so foreign text is made valid UTF-8 first. */
static void add_string(cJSON *object, const char *name, const char *value)
{
    text plain = {0};
    text_add_plain(&plain, value, 20000);
    cJSON_AddStringToObject(object, name, text_of(&plain));
    text_free(&plain);
}

static void add_test(cJSON *tests, const item *i)
{
    text output = {0};
    char name[160];
    cJSON *test = cJSON_CreateObject();
    cJSON_AddNumberToObject(test, "score", i->earned);
    cJSON_AddNumberToObject(test, "max_score", i->row->points);
    cJSON_AddStringToObject(test, "status", i->state == ITEM_RIGHT ? "passed" : "failed");
    snprintf(name, sizeof name, "%s %s", i->row->item, i->row->title);
    cJSON_AddStringToObject(test, "name", name);
    cJSON_AddStringToObject(test, "number", i->row->item);
    if (i->why[0]) text_add(&output, "%s\n", i->why);
    if (i->hint[0]) text_add(&output, "Question: %s\n", i->hint);
    if (i->single_precision)
        text_add(&output, "Right, but only to about 7 digits: are all your variables double?\n");
    if (i->replaced)
        text_add(&output, "Right, with the reference in place of an earlier function.\n");
    add_string(test, "output", text_of(&output));
    text_free(&output);
    cJSON_AddItemToArray(tests, test);
}

void report_gradescope(text *to, const grading *g, const workshop *w)
{
    text output = {0};
    cJSON *root = cJSON_CreateObject();
    cJSON *tests = cJSON_CreateArray();
    const tally all = grading_tally(g, NULL);
    cJSON_AddNumberToObject(root, "score", all.earned);
    cJSON_AddNumberToObject(root, "execution_time", (double)(long)(g->seconds + 0.999));
    if (g->compiler.size > 0 && !g->compiled)
        text_add(&output, "The program does not compile:\n%s\n", text_of(&g->compiler));
    text_add(&output, "%s", text_of(&g->complaint));
    report_score(&output, g);
    text_add(&output, "\nseed %lu\n", g->seed);
    add_string(root, "output", text_of(&output));
    cJSON_AddStringToObject(root, "output_format", "text");
    cJSON_AddStringToObject(root, "visibility", "visible");
    cJSON_AddStringToObject(root, "stdout_visibility", "hidden");
    for (size_t i = 0; i < g->n; i++)
        if (g->items[i].state != ITEM_PENDING && g->items[i].state != ITEM_SKIPPED)
            add_test(tests, &g->items[i]);
    cJSON_AddItemToObject(root, "tests", tests);
    cJSON *extra = cJSON_AddObjectToObject(root, "extra_data");
    cJSON_AddNumberToObject(extra, "seed", (double)g->seed);
    cJSON_AddNumberToObject(extra, "pending", all.pending);
    cJSON_AddNumberToObject(extra, "total", all.total);
    cJSON_AddStringToObject(extra, "confinement", w->where.words);
    text_free(&output);
    give(to, root);
}

void report_store(text *to, const grading *g, const workshop *w, const char *key)
{
    static const char *const states[] = {"skipped", "right",      "part",
                                         "wrong",   "unanswered", "pending"};
    const tally all = grading_tally(g, NULL);
    cJSON *root = cJSON_CreateObject();
    add_string(root, "student", g->student);
    if (g->submission[0]) add_string(root, "submission", g->submission);
    if (g->contents[0]) cJSON_AddStringToObject(root, "contents", g->contents);
    cJSON_AddStringToObject(root, "assignment", g->assignment);
    cJSON_AddStringToObject(root, "key", g->fault ? "" : key);
    cJSON_AddNumberToObject(root, "seed", (double)g->seed);
    cJSON_AddStringToObject(root, "confinement", w->where.words);
    cJSON_AddNumberToObject(root, "seconds", g->seconds);
    cJSON_AddNumberToObject(root, "earned", all.earned);
    cJSON_AddNumberToObject(root, "machine", all.machine);
    cJSON_AddNumberToObject(root, "pending", all.pending);
    cJSON_AddNumberToObject(root, "total", all.total);
    if (g->no_code) cJSON_AddTrueToObject(root, "no_code");
    cJSON_AddBoolToObject(root, "compiled", g->compiled);
    cJSON_AddBoolToObject(root, "timed_out", g->timed_out);
    if (g->fault) cJSON_AddTrueToObject(root, "failed");
    add_string(root, "complaint", text_of(&g->complaint));
    cJSON *items = cJSON_AddArrayToObject(root, "items");
    for (size_t i = 0; i < g->n; i++) {
        const item *it = &g->items[i];
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "item", it->row->item);
        cJSON_AddStringToObject(one, "kind", points_kind_names[it->row->kind]);
        cJSON_AddStringToObject(one, "state", states[it->state]);
        cJSON_AddNumberToObject(one, "earned", it->earned);
        cJSON_AddNumberToObject(one, "points", it->row->points);
        if (it->hint_id[0]) cJSON_AddStringToObject(one, "signature", it->hint_id);
        if (it->single_precision) cJSON_AddTrueToObject(one, "single_precision");
        if (it->replaced) cJSON_AddTrueToObject(one, "replaced");
        if (it->why[0]) add_string(one, "why", it->why);
        cJSON_AddItemToArray(items, one);
    }
    give(to, root);
}
