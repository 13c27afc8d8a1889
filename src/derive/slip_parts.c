/* slip_parts.c -- slips that cancel, place by place: a part was copied wrongly, but twice, and drops out.
 *
 * Two sides are walked together as long as they have the same outer tree.  At a sum (a product) both are
 * taken apart, and what stands on both sides, in whatever order, is struck out.  When what is left on
 * either side amounts to nothing by itself (a - a; a factor over itself), and it is not the same nothing,
 * then a pair of parts was replaced by another pair: that is a slip.  What moves from one part to
 * another (2a * b/2 -> a * b, a + (b - c) -> (a + b) - c) leaves something that counts, and is legal. */
#include "derive/slip.h"

enum { MOST_PARTS = 16, MOST_LEFT = 6 };

/* A term with its sign, or a factor with the sign of its exponent. */
typedef struct part {
    const node *n;
    int sign;
} part;

typedef struct parts {
    part p[MOST_PARTS];
    size_t n;
    bool product, too_many;
} parts;

static bool is_product(const node *n)
{
    return n->kind == NODE_MUL || n->kind == NODE_DIV;
}

static void take_apart(parts *all, const node *n, int sign)
{
    const bool inner = all->product ? is_product(n) : slip_is_sum(n);
    if (inner) {
        take_apart(all, n->child[0], sign);
        take_apart(all, n->child[1], n->kind == NODE_SUB || n->kind == NODE_DIV ? -sign : sign);
    } else if (!all->product && n->kind == NODE_NEG)
        take_apart(all, n->child[0], -sign);
    else if (n->kind == NODE_NUMBER)
        return; /* numbers are collected and moved freely */
    else if (all->n == MOST_PARTS)
        all->too_many = true;
    else
        all->p[all->n++] = (part){n, sign};
}

static void drop(parts *all, size_t i)
{
    for (all->n--; i < all->n; i++) all->p[i] = all->p[i + 1];
}

/* Strike out what stands on both sides: the same text first, then the same value. */
static void strike(checker *c, parts *a, parts *b, world_wish wish, bool by_value)
{
    if (by_value && (a->n > MOST_LEFT || b->n > MOST_LEFT)) return;
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < b->n; k++) {
            const part x = a->p[i], y = b->p[k];
            if (x.sign != y.sign) continue;
            if (by_value ? !judge_equal(c, x.n, y.n, wish) : !node_equal(x.n, y.n)) continue;
            drop(a, i--);
            drop(b, k);
            break;
        }
}

/* Do the parts amount to nothing: a sum of 0, a product of 1? */
static bool is_nothing(checker *c, const parts *all, world_wish wish)
{
    node *total = node_number(&c->memory, all->product ? 1.0 : 0.0, 0), *none = total;
    for (size_t i = 0; i < all->n; i++) {
        const node_kind kind = all->product ? (all->p[i].sign > 0 ? NODE_MUL : NODE_DIV)
                                            : (all->p[i].sign > 0 ? NODE_ADD : NODE_SUB);
        node *copy = node_copy(&c->memory, all->p[i].n);
        total = i == 0 && all->p[i].sign > 0 ? copy : node_binary(&c->memory, kind, total, copy);
    }
    return judge_equal(c, total, none, wish);
}

static void compare_parts(checker *c, derive_line *line, const node *a, const node *b,
                          world_wish wish)
{
    parts x = {.product = is_product(a)}, y = {.product = is_product(b)};
    take_apart(&x, a, 1);
    take_apart(&y, b, 1);
    if (x.too_many || y.too_many) return;
    strike(c, &x, &y, wish, false);
    if (x.n == 1 && y.n == 1 && x.p[0].sign == y.p[0].sign) {
        slip_walk(c, line, x.p[0].n, y.p[0].n, wish);
        return;
    }
    if (x.n == 0 || y.n == 0) return;
    strike(c, &x, &y, wish, true);
    if (x.n < 2 || x.n != y.n || x.n > MOST_LEFT || !is_nothing(c, &x, wish) ||
        !is_nothing(c, &y, wish))
        return;
    for (size_t i = 0; i < x.n; i++)
        if (x.p[i].sign == y.p[0].sign && slip_vectors(x.p[i].n) == slip_vectors(y.p[0].n)) {
            slip_note(c, line, x.p[i].n, y.p[0].n);
            return;
        }
}

/* Two divergences of normal laws are equal when both means are shifted alike. */
static void compare_means(checker *c, derive_line *line, const node *a, const node *b,
                          world_wish wish)
{
    for (int i = 0; i < 2; i++) {
        const node *x = a->child[i], *y = b->child[i];
        if (x->kind != NODE_NORMAL || y->kind != NODE_NORMAL ||
            !judge_equal(c, x->child[2], y->child[2], wish) ||
            !slip_attempts(x->child[1], y->child[1]))
            return;
    }
    for (int i = 0; i < 2; i++) {
        const node *x = a->child[i]->child[1], *y = b->child[i]->child[1];
        c->starved = false;
        if (!judge_equal(c, x, y, wish) && !c->starved) slip_note(c, line, x, y);
    }
}

void slip_walk(checker *c, derive_line *line, const node *a, const node *b, world_wish wish)
{
    if (node_equal(a, b) || checker_exhausted(c)) return;
    if ((is_product(a) && is_product(b)) || (slip_is_sum(a) && slip_is_sum(b))) {
        compare_parts(c, line, a, b, wish);
        return;
    }
    if (a->kind != b->kind || a->which != b->which || a->letter != b->letter) return;
    switch (a->kind) {
    case NODE_NEG:
    case NODE_NORM:
    case NODE_FUNCTION: slip_walk(c, line, a->child[0], b->child[0], wish); break;
    case NODE_POW:
        if (node_equal(a->child[1], b->child[1]))
            slip_walk(c, line, a->child[0], b->child[0], wish);
        break;
    case NODE_SUM:
    case NODE_PROD:
        if (node_equal(a->child[0], b->child[0]) && node_equal(a->child[1], b->child[1]))
            slip_walk(c, line, a->child[2], b->child[2], wish);
        break;
    case NODE_EXPECT:
    case NODE_INTEGRAL:
        if (node_equal(a->args, b->args)) slip_walk(c, line, a->child[0], b->child[0], wish);
        break;
    case NODE_KL: compare_means(c, line, a, b, wish); break;
    default: break;
    }
}
