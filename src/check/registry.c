/* registry.c -- look-ups in the table of claims. */
#include "check/registry.h"

#include <stdlib.h>
#include <string.h>

const registry_row *registry_find(const char *id)
{
    for (size_t i = 0; i < registry_size; i++)
        if (strcmp(registry_rows[i].id, id) == 0) return &registry_rows[i];
    return NULL;
}

int registry_in_lesson(const registry_row *row, int lesson)
{
    return row->lesson[0] != '-' && atoi(row->lesson) == lesson;
}

size_t registry_count(int lesson)
{
    size_t n = 0;
    for (size_t i = 0; i < registry_size; i++)
        n += (size_t)registry_in_lesson(&registry_rows[i], lesson);
    return n;
}

const char *registry_verdict(const registry_row *row)
{
    static const char *const words[][2] = {
        {"T", "holds"},
        {"TD", "holds in distribution"},
        {"TC", "holds under a condition"},
        {"F", "FALSE as printed"},
        {"E", "empirical"},
        {"P", "prose"},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(row->verdict, words[i][0]) == 0) return words[i][1];
    return "unknown verdict";
}
