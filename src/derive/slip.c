/* slip.c -- slips that cancel: a line that holds although a part of it was copied wrongly. */
#include "derive/slip.h"

enum {
    HAS_XT = 1,
    HAS_X0 = 2,
    HAS_EPS = 4,
    HAS_EPS_NET = 8,
    HAS_X0_NET = 16,
    HAS_MU_TILDE = 32,
    HAS_MU_NET = 64
};

int slip_vectors(const node *n)
{
    int set = 0;
    if (!n) return 0;
    switch (n->kind) {
    case NODE_X:
        return n->child[0]->kind == NODE_NUMBER && n->child[0]->number == 0.0 ? HAS_X0 : HAS_XT;
    case NODE_EPS: return HAS_EPS;
    case NODE_NET:
        return n->which == NET_EPS ? HAS_EPS_NET : n->which == NET_X0 ? HAS_X0_NET : HAS_MU_NET;
    case NODE_MU_TILDE: return HAS_MU_TILDE;
    default:
        for (int i = 0; i < 3; i++) set |= slip_vectors(n->child[i]);
        return set;
    }
}

bool slip_attempts(const node *x, const node *y)
{
    const int a = slip_vectors(x), b = slip_vectors(y);
    if (a == b) return true;
    if (a == HAS_MU_TILDE) return b == (HAS_XT | HAS_X0) || b == (HAS_XT | HAS_EPS);
    return a == HAS_MU_NET && (b == (HAS_XT | HAS_X0_NET) || b == (HAS_XT | HAS_EPS_NET));
}

bool slip_is_sum(const node *n)
{
    return n->kind == NODE_ADD || n->kind == NODE_SUB;
}

static const char *source_of(checker *c, const node *n)
{
    const size_t size = n->to > n->from ? n->to - n->from : 0;
    return size > 0 && size < 80 ? arena_text(&c->memory, c->s.text + n->from, size) : NULL;
}

void slip_note(checker *c, derive_line *line, const node *a, const node *b)
{
    const char *text = source_of(c, a);
    size_t row, column;
    source_place(&c->s, b->from, &row, &column);
    for (const derive_note *n = line->notes; n; n = n->next)
        if (n->row == row && n->column == column) return;
    checker_note(
        c, line,
        text
            ? checker_format(c, "this is not `%s`; the difference drops out of the line", text)
            : "this part differs from the part it stands for; the difference drops out of the line",
        b->from);
}

/* A sum that stands for one operand must stand in brackets: in a - b - c nothing stands for `a - b`. */
static bool bracketed(const checker *c, const node *n)
{
    const char first = n->from < c->s.length ? c->s.text[n->from] : ' ';
    return !slip_is_sum(n) || first == '(' || first == '[' || first == '{';
}

static bool is_name(const node *n)
{
    return n->kind == NODE_NET || n->kind == NODE_MU_TILDE || n->kind == NODE_LABEL;
}

/* Is y an attempt to write out the name x? */
static bool attempts_name(checker *c, const node *x, const node *y)
{
    const definition *d = x->kind == NODE_LABEL ? checker_known(c, x) : NULL;
    return slip_attempts(d && d->meaning ? d->meaning : x, y);
}

/* Operands of two sums, place by place: where a name is replaced by a sum, that must be its value. */
static void pair(checker *c, derive_line *line, const node *a, const node *b, world_wish wish)
{
    if (slip_is_sum(a) && a->kind == b->kind && wish_is_vector(c, a) && wish_is_vector(c, b)) {
        for (int i = 0; i < 2; i++) {
            const node *x = a->child[i], *y = b->child[i];
            if (!is_name(x) || !wish_is_vector(c, y) || !attempts_name(c, x, y) || !bracketed(c, y))
                continue;
            c->starved = false;
            if (judge_equal(c, x, y, wish) || c->starved) continue;
            if (judge_equal(c, x, b->child[1 - i], wish))
                continue; /* the operands changed places */
            slip_note(c, line, x, y);
        }
        return;
    }
    if (a->kind != b->kind ||
        (a->kind != NODE_MUL && a->kind != NODE_DIV && a->kind != NODE_NEG && a->kind != NODE_POW))
        return;
    for (int i = 0; i < 2; i++)
        if (a->child[i] && b->child[i]) pair(c, line, a->child[i], b->child[i], wish);
}

typedef struct norms {
    const node *n[8];
    size_t count;
} norms;

static bool collect(const node *n, void *data)
{
    norms *all = data;
    if (n->kind == NODE_NORM && all->count < 8) all->n[all->count++] = n->child[0];
    return false;
}

void slip_find(checker *c, derive_line *line, const node *a, const node *b, world_wish wish)
{
    for (int i = 0; i < 4 && a->kind == NODE_LABEL; i++) {
        const definition *d = checker_known(c, a);
        if (!d || !d->meaning) return;
        a = d->meaning;
    }
    norms x = {.count = 0}, y = {.count = 0};
    node_any(a, collect, &x);
    node_any(b, collect, &y);
    if (x.count > 0 && x.count == y.count)
        for (size_t i = 0; i < x.count; i++) pair(c, line, x.n[i], y.n[i], wish);
    else
        pair(c, line, a, b, wish);
    if (!line->notes) slip_walk(c, line, a, b, wish);
}
