/* json.c -- the report of a check as JSON. */
#include <stdlib.h>

#include <cjson/cJSON.h>

#include "derive/derive.h"
#include "derive/points.h"

static void add_text(cJSON *object, const char *name, const char *text)
{
    if (text) cJSON_AddStringToObject(object, name, text);
}

static void add_notes(cJSON *object, const char *name, const derive_note *n)
{
    cJSON *list = cJSON_AddArrayToObject(object, name);
    for (; n; n = n->next) {
        cJSON *one = cJSON_CreateObject();
        cJSON_AddNumberToObject(one, "line", (double)n->row);
        cJSON_AddNumberToObject(one, "column", (double)n->column);
        add_text(one, "text", n->text);
        cJSON_AddItemToArray(list, one);
    }
}

static cJSON *line_object(const derive_line *l)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "number", (double)l->number);
    cJSON_AddNumberToObject(o, "display", (double)l->display);
    cJSON_AddNumberToObject(o, "chain", (double)l->chain);
    cJSON_AddNumberToObject(o, "line", (double)l->row);
    cJSON_AddNumberToObject(o, "column", (double)l->column);
    add_text(o, "class", derive_class_name(l->class));
    add_text(o, "verdict", derive_verdict_name(l->verdict));
    cJSON_AddBoolToObject(o, "first_wrong", l->first_wrong);
    add_text(o, "reason", l->reason);
    add_text(o, "hint", l->hint);
    add_text(o, "misprint", l->misprint);
    add_text(o, "example", l->example);
    add_text(o, "explained", l->explained);
    add_notes(o, "notes", l->notes);
    add_notes(o, "assumptions", l->assumptions);
    return o;
}

static void add_points(cJSON *root, const derive_award *awards, size_t n)
{
    cJSON *list = cJSON_AddArrayToObject(root, "points");
    for (size_t i = 0; i < n; i++) {
        cJSON *one = cJSON_CreateObject();
        add_text(one, "id", awards[i].id);
        add_text(one, "title", awards[i].title);
        cJSON_AddNumberToObject(one, "points", awards[i].points);
        cJSON_AddBoolToObject(one, "machine", awards[i].machine);
        cJSON_AddBoolToObject(one, "earned", awards[i].earned);
        cJSON_AddNumberToObject(one, "line", (double)awards[i].row);
        cJSON_AddItemToArray(list, one);
    }
}

void derive_print_json(FILE *out, const derive_result *r, const derive_award *awards,
                       size_t n_awards)
{
    cJSON *root = cJSON_CreateObject(), *counts = cJSON_CreateObject();
    add_text(root, "file", r->name);
    add_text(root, "error", r->error);
    for (int v = 0; v < DERIVE_VERDICTS; v++)
        cJSON_AddNumberToObject(counts, derive_verdict_name((derive_verdict)v),
                                (double)r->n_verdict[v]);
    cJSON_AddItemToObject(root, "counts", counts);
    cJSON_AddNumberToObject(root, "displays", (double)r->n_displays);
    cJSON_AddNumberToObject(root, "status", derive_status(r));
    cJSON *lines = cJSON_AddArrayToObject(root, "lines");
    for (const derive_line *l = r->lines; l; l = l->next)
        cJSON_AddItemToArray(lines, line_object(l));
    if (awards) add_points(root, awards, n_awards);
    char *text = cJSON_Print(root);
    if (text) fprintf(out, "%s\n", text);
    free(text);
    cJSON_Delete(root);
}
