/* tree.c -- nodes: making, copying, comparing, walking. */
#include "derive/tree.h"

#include <string.h>

node *node_new(arena *memory, node_kind kind, size_t from, size_t to)
{
    node *n = arena_take(memory, sizeof *n);
    n->kind = kind;
    n->from = from;
    n->to = to;
    return n;
}

node *node_number(arena *memory, double value, size_t at)
{
    node *n = node_new(memory, NODE_NUMBER, at, at);
    n->number = value;
    return n;
}

node *node_binary(arena *memory, node_kind kind, node *a, node *b)
{
    node *n = node_new(memory, kind, a->from, b->to);
    n->child[0] = a;
    n->child[1] = b;
    return n;
}

node *node_copy(arena *memory, const node *n)
{
    if (!n) return NULL;
    node *copy = node_new(memory, n->kind, n->from, n->to);
    *copy = *n;
    for (int i = 0; i < 3; i++) copy->child[i] = node_copy(memory, n->child[i]);
    copy->args = node_copy(memory, n->args);
    copy->given = node_copy(memory, n->given);
    copy->next = node_copy(memory, n->next);
    return copy;
}

static bool same_name(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool node_equal(const node *a, const node *b)
{
    if (!a || !b) return a == b;
    if (a->kind != b->kind || a->which != b->which || a->letter != b->letter) return false;
    if (!(a->number == b->number) || !same_name(a->name, b->name)) return false;
    for (int i = 0; i < 3; i++)
        if (!node_equal(a->child[i], b->child[i])) return false;
    return node_equal(a->args, b->args) && node_equal(a->given, b->given) &&
           node_equal(a->next, b->next);
}

static uint64_t mix(uint64_t h, uint64_t x)
{
    h = (h ^ x) * 0x9e3779b97f4a7c15u;
    return h ^ (h >> 29);
}

uint64_t node_hash(const node *n)
{
    if (!n) return 0x51ed270b;
    uint64_t bits, h = mix(mix(mix(17, (uint64_t)n->kind), (uint64_t)n->which),
                           (uint64_t)(unsigned char)n->letter);
    memcpy(&bits, &n->number, sizeof bits);
    h = mix(h, bits);
    for (const char *c = n->name ? n->name : ""; *c; c++) h = mix(h, (uint64_t)(unsigned char)*c);
    for (int i = 0; i < 3; i++) h = mix(h, node_hash(n->child[i]));
    h = mix(h, node_hash(n->args));
    h = mix(h, node_hash(n->given));
    return mix(h, node_hash(n->next));
}

bool node_any(const node *n, bool (*visit)(const node *n, void *data), void *data)
{
    if (!n) return false;
    if (visit(n, data)) return true;
    for (int i = 0; i < 3; i++)
        if (node_any(n->child[i], visit, data)) return true;
    return node_any(n->args, visit, data) || node_any(n->given, visit, data) ||
           node_any(n->next, visit, data);
}
