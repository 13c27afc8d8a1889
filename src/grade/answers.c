/* answers.c -- reads answers.txt. */
#include "grade/answers.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool heading(const char *line, size_t n, const char *item)
{
    const size_t m = strlen(item);
    return n >= m + 2 && line[0] == '[' && strncmp(line + 1, item, m) == 0 && line[m + 1] == ']';
}

static bool any_heading(const char *line, size_t n)
{
    if (n < 3 || line[0] != '[' || !isalpha((unsigned char)line[1])) return false;
    for (size_t i = 2; i < n; i++) {
        if (line[i] == ']') return true;
        if (!isalnum((unsigned char)line[i])) return false;
    }
    return false;
}

bool answers_find(const text *file, const char *item, text *answer)
{
    bool inside = false;
    for (const char *line = text_of(file); *line;) {
        const char *end = strchr(line, '\n');
        const size_t n = end ? (size_t)(end - line) : strlen(line);
        if (any_heading(line, n))
            inside = answer->size == 0 && heading(line, n, item);
        else if (inside && line[0] != '#')
            text_add_bytes(answer, line, n + (end != NULL));
        line += n + (end != NULL);
    }
    size_t first = 0;
    while (answer->size > 0 && isspace((unsigned char)answer->at[answer->size - 1])) answer->size--;
    while (first < answer->size && isspace((unsigned char)answer->at[first])) first++;
    if (answer->at) {
        memmove(answer->at, answer->at + first, answer->size - first);
        answer->size -= first;
        answer->at[answer->size] = '\0';
    }
    return answer->size > 0 && strcmp(answer->at, "?") != 0;
}

bool answers_number(const text *answer, double *value)
{
    char *end;
    const char *at = text_of(answer);
    if (strlen(at) > 60) return false;
    *value = strtod(at, &end);
    return end != at && *end == '\0' && isfinite(*value);
}

bool answers_choice(const text *answer, char *choice, size_t size)
{
    size_t n = 0;
    for (const char *at = text_of(answer); *at; at++) {
        if (isspace((unsigned char)*at) || *at == ',' || *at == '.' || *at == ')') continue;
        if (!isalpha((unsigned char)*at) || n + 1 >= size) return false;
        choice[n++] = (char)tolower((unsigned char)*at);
    }
    choice[n] = '\0';
    return n > 0;
}
