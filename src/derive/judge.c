/* judge.c -- compares the two sides of a line in random worlds. */
#include <math.h>
#include <string.h>

#include "derive/checker.h"

/* Two values on the same points, with the data they were taken at. */
typedef struct sample {
    double a, ea, b, eb;
    int net, point;
    size_t row;
} sample;

/* A file may spend as much as this many runaway lines, times the number of worlds. */
enum { FILE_BUDGETS = 2 };
enum { MOST_SAMPLES = 4 * WORLD_PATHS * WORLD_D, NETS = 2, POINTS = 2 };

typedef struct comparison {
    const node *a, *b;
    int relation, mode;
    unsigned letters;
    double tolerance;
    judgement *j;
    size_t valid, undecided, equal, refused, one_sided;
    const char *density; /* bits of the states a density's argument spans, or NULL */
    sample s[MOST_SAMPLES];
    size_t n;
    bool broken; /* a side is no number */
} comparison;

/* |x - y| against the sum of their bounds: 0 equal, 1 different by far more, -1 in between. */
static int tell(double x, double ex, double y, double ey)
{
    const double bound = 4.0 * (ex + ey), apart = fabs(x - y), scale = fmax(fabs(x), fabs(y));
    if (apart > 100.0 * bound + 1e-9 * scale) return 1;
    if (apart <= bound && apart <= 1e-11 * scale && isfinite(bound))
        return 0; /* the same errors on both sides */
    if (apart <= bound + 1e-300 && bound <= 1e-5 * fmax(scale, 1e-2)) return 0;
    return -1;
}

/* Take the values of both sides for one theta and one data point into the samples. */
static void take(checker *c, comparison *q, const env *base, int net, int point)
{
    env at = eval_env(&c->ev, net, point);
    memcpy(at.index, base->index, sizeof at.index);
    memcpy(at.bound, base->bound, sizeof at.bound);
    if (q->density) { /* only the states of the density's argument vary */
        for (size_t t = 1; t <= c->ev.w->T; t++)
            if (!q->density[t])
                for (size_t i = 1; i < WORLD_PATHS; i++)
                    memcpy(at.x[t].v + i * c->ev.w->D, at.x[t].v, c->ev.w->D * sizeof(double));
    }
    const value a = eval(&c->ev, &at, q->a), b = eval(&c->ev, &at, q->b);
    const size_t n = a.n > b.n ? a.n : b.n, d = a.d > b.d ? a.d : b.d;
    if (a.d != b.d) { /* a number against a vector: only 0 may stand for both */
        const value one = a.d == 1 ? a : b;
        for (size_t i = 0; i < one.n; i++)
            if (!(one.v[i] == 0.0 || one.v[i] != one.v[i])) {
                c->ev.wish.one_dimension = true;
                eval_abandon(&c->ev, EVAL_WISH, q->b, "a number equals a vector");
            }
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d && q->n < MOST_SAMPLES; k++) {
            const size_t x = value_at(&a, i, k), y = value_at(&b, i, k);
            const sample s = {a.v[x], a.e[x], b.v[y], b.e[y], net, point, i};
            if (!isfinite(s.a) || !isfinite(s.b)) {
                q->broken = true;
                if (isfinite(s.a) != isfinite(s.b)) q->one_sided++;
                continue;
            }
            q->s[q->n++] = s;
        }
}

static void count(checker *c, comparison *q, int told, const sample *s, const env *at)
{
    q->valid++;
    if (told == 0)
        q->equal++;
    else if (told < 0)
        q->undecided++;
    if (told > 0) q->refused++;
    if (told <= 0 && (q->refused || q->valid > 1)) return;
    if (told > 0 && q->refused > 1) return;
    judgement *j = q->j;
    j->w = c->ev.w;
    memcpy(j->index, at->index, sizeof j->index);
    memcpy(j->bound, at->bound, sizeof j->bound);
    j->row = s->row;
    j->net = s->net;
    j->point = s->point;
    j->left = s->a;
    j->right = s->b;
    j->left_error = s->ea;
    j->right_error = s->eb;
}

static int tell_relation(const comparison *q, const sample *s)
{
    const double bound = 4.0 * (s->ea + s->eb);
    if (q->relation == REL_APPROX)
        return fabs(s->a - s->b) <= q->tolerance * fmax(fabs(s->a), fabs(s->b)) + bound ? 0 : 1;
    if (q->relation == REL_LE && s->a <= s->b + bound) return 0;
    if (q->relation == REL_GE && s->b <= s->a + bound) return 0;
    return tell(s->a, s->ea, s->b, s->eb);
}

/* a - b must not depend on theta. */
static void compare_constant(checker *c, comparison *q, const env *at)
{
    for (size_t i = 0; i < q->n; i++)
        for (size_t k = i + 1; k < q->n; k++) {
            const sample *s = &q->s[i], *r = &q->s[k];
            if (r->net == s->net || r->point != s->point || k - i != q->n / 2) continue;
            const double round = 1e-15 * (fabs(s->a) + fabs(s->b) + fabs(r->a) + fabs(r->b));
            count(c, q,
                  tell(s->a - r->a, s->ea + r->ea + round, s->b - r->b, s->eb + r->eb + round), s,
                  at);
        }
}

/* a/b must be the same at all points; or, when that was declared, for both values of theta. */
static void compare_factor(checker *c, comparison *q, const env *at)
{
    const size_t half = q->n / 2;
    for (size_t i = c->propto_theta ? half : 1; i < q->n; i++) {
        const sample *s = &q->s[i], *r = &q->s[c->propto_theta ? i - half : 0];
        const double x = s->a * r->b, y = r->a * s->b;
        const double ex = fabs(s->a) * r->eb + fabs(r->b) * s->ea + 1e-15 * fabs(x);
        const double ey = fabs(r->a) * s->eb + fabs(s->b) * r->ea + 1e-15 * fabs(y);
        count(c, q, tell(x, ex, y, ey), s, at);
    }
}

/* a = k b + c with the same k and c at all points. */
static void compare_affine(checker *c, comparison *q, const env *at)
{
    size_t far = 0;
    for (size_t i = 1; i < q->n; i++)
        if (fabs(q->s[i].b - q->s[0].b) > fabs(q->s[far].b - q->s[0].b)) far = i;
    const sample *o = &q->s[0], *f = &q->s[far];
    for (size_t i = 1; i < q->n; i++) {
        const sample *s = &q->s[i];
        const double x = (s->a - o->a) * (f->b - o->b), y = (f->a - o->a) * (s->b - o->b);
        const double ea = s->ea + o->ea + f->ea + 1e-15 * (fabs(s->a) + fabs(o->a) + fabs(f->a));
        const double eb = s->eb + o->eb + f->eb + 1e-15 * (fabs(s->b) + fabs(o->b) + fabs(f->b));
        const double bound = ea * (fabs(f->b - o->b) + fabs(s->b - o->b)) +
                             eb * (fabs(s->a - o->a) + fabs(f->a - o->a));
        const double scale = fabs(f->b - o->b) * (fabs(f->a - o->a) + fabs(s->a - o->a));
        const int told = fabs(x - y) <= 4.0 * bound                   ? 0
                         : fabs(x - y) > 100.0 * bound + 1e-9 * scale ? 1
                                                                      : -1;
        count(c, q, told, s, at);
    }
}

static void compare(checker *c, comparison *q, const env *at)
{
    if (q->n == 0) return;
    if (q->mode == MODE_CONSTANT)
        compare_constant(c, q, at);
    else if (q->mode == MODE_FACTOR)
        compare_factor(c, q, at);
    else if (q->mode == MODE_AFFINE)
        compare_affine(c, q, at);
    else
        for (size_t i = 0; i < q->n; i++) count(c, q, tell_relation(q, &q->s[i]), &q->s[i], at);
}

/* All values of the free letters in one world. */
static void in_world(checker *c, void *data)
{
    comparison *q = data;
    env at = {0};
    for (size_t k = 0; letters_set(c->ev.w, q->letters, k, &at); k++) {
        const arena_mark mark = arena_here(&c->work);
        char argument[WORLD_T + 1] = {0};
        q->n = 0;
        q->broken = false;
        if (q->mode == MODE_FACTOR && q->a->kind == NODE_DENSITY && q->a->args) {
            const unsigned times = eval_times(&c->ev, &at, q->a->args);
            for (size_t t = 0; t <= c->ev.w->T; t++) argument[t] = (char)(times >> t & 1u);
            q->density = argument;
        }
        for (int net = 0; net < (q->mode != MODE_EXACT && !q->density ? NETS : 1); net++)
            for (int point = 0; point < ((q->mode & MODE_FACTOR) && !q->density ? POINTS : 1);
                 point++)
                take(c, q, &at, net, point);
        q->density = NULL;
        if (q->broken) {
            q->j->skipped = true;
            if (!q->j->trouble) q->j->trouble = c->ev.trouble;
        } else
            compare(c, q, &at);
        arena_release(&c->work, mark);
    }
}

bool checker_guard(checker *c, const world *w, void (*body)(checker *c, void *data), void *data)
{
    jmp_buf escape;
    jmp_buf *outer = c->work.escape;
    const arena_mark mark = arena_here(&c->work);
    const evaluation before = c->ev;
    const size_t most = FILE_BUDGETS * c->options.worlds * c->options.budget; /* for the whole file */
    const size_t left = c->spent < most ? most - c->spent : 0;
    c->ev = (evaluation){.memory = &c->work,
                         .w = w,
                         .choice = c->choice,
                         .known = c->known,
                         .budget = left < c->options.budget ? left : c->options.budget,
                         .memo = c->memo};
    c->work.reason = NULL;
    c->work.escape = &escape;
    const bool done = setjmp(escape) == 0;
    if (done) body(c, data);
    c->work.escape = outer;
    c->spent += c->ev.operations;
    if (!done && c->ev.culprit) { /* its node may lie in the memory that is given back now */
        node *culprit =
            node_new(&c->memory, c->ev.culprit->kind, c->ev.culprit->from, c->ev.culprit->to);
        culprit->name = c->ev.culprit->name;
        c->ev.culprit = culprit;
    }
    arena_release(&c->work, mark);
    if (done) c->ev = before; /* otherwise the caller reads why it was abandoned */
    return done;
}

static judgement settle(const comparison *q, judgement j)
{
    if (q->refused)
        j.verdict = DERIVE_WRONG;
    else if (q->undecided) {
        j.verdict = DERIVE_UNDECIDED;
        j.reason = "the difference is larger than rounding and smaller than a mistake";
    } else if (q->valid)
        j.verdict = DERIVE_OK;
    else if (q->one_sided) {
        j.verdict = DERIVE_WRONG;
        j.reason = j.trouble;
    } else {
        j.verdict = DERIVE_UNDECIDED;
        j.reason = j.trouble ? j.trouble : "it has no value in any world";
    }
    return j;
}

static judgement abandoned(const checker *c, judgement j)
{
    j.verdict = c->ev.outcome == EVAL_UNKNOWN ? DERIVE_NOT_UNDERSTOOD : DERIVE_UNDECIDED;
    j.reason = c->work.reason;
    j.culprit = c->ev.culprit;
    return j;
}

judgement judge(checker *c, const node *a, int relation, const node *b, int mode, world_wish wish)
{
    comparison q = {.a = a, .b = b, .relation = relation, .mode = mode, .tolerance = c->tolerance};
    judgement j = {.wish = wish};
    q.j = &j;
    q.letters = letters_free(c, a) | letters_free(c, b) | c->letters;
    for (size_t i = 0; i < c->options.worlds; i++) {
        const world *w = checker_world(c, j.wish, i);
        if (!w) return (judgement){.verdict = DERIVE_UNDECIDED, .reason = "memory is short"};
        if (checker_guard(c, w, in_world, &q)) continue;
        world_wish more = {j.wish.one_dimension || c->ev.wish.one_dimension,
                           j.wish.short_chain || c->ev.wish.short_chain,
                           j.wish.flat || c->ev.wish.flat};
        if (!c->ev.wish.flat) more.one_dimension = true;
        const bool new = more.one_dimension != j.wish.one_dimension ||
                         more.short_chain != j.wish.short_chain || more.flat != j.wish.flat;
        if (c->ev.outcome == EVAL_WISH && new) return judge(c, a, relation, b, mode, more);
        if (q.refused) break; /* one world is enough */
        return abandoned(c, j);
    }
    j = settle(&q, j);
    if (j.verdict == DERIVE_WRONG && !j.wish.one_dimension && j.w && j.w->D > 1) {
        const world_wish one = {true, j.wish.short_chain, false};
        j.only_above_one = judge(c, a, relation, b, mode, one).verdict == DERIVE_OK;
    }
    return j;
}

bool judge_equal(checker *c, const node *a, const node *b, world_wish wish)
{
    const size_t worlds = c->options.worlds;
    c->options.worlds = worlds < 3 ? worlds : 3;
    const judgement j = judge(c, a, REL_EQUAL, b, MODE_EXACT, wish);
    c->options.worlds = worlds;
    return j.verdict == DERIVE_OK;
}
