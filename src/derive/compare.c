/* compare.c -- equal, different by far more, or in between: pairs of values with their bounds. */
#include "derive/compare.h"

#include <math.h>
#include <string.h>

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
    j->fixed = 0;
    for (size_t t = 1; q->density && t <= c->ev.w->T; t++) j->fixed |= q->density[t] ? 0 : 1u << t;
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

/* a - b must not depend on the one state that varies. */
static void compare_state(checker *c, comparison *q, const env *at)
{
    for (size_t i = 1; i < q->n; i++) {
        const sample *s = &q->s[i], *r = &q->s[0];
        const double round = 1e-15 * (fabs(s->a) + fabs(s->b) + fabs(r->a) + fabs(r->b));
        count(c, q, tell(s->a - r->a, s->ea + r->ea + round, s->b - r->b, s->eb + r->eb + round), s,
              at);
    }
}

/* a - b must not depend on theta. */
static void compare_constant(checker *c, comparison *q, const env *at)
{
    if (q->theta_free) {
        compare_state(c, q, at);
        return;
    }
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

void compare_samples(checker *c, comparison *q, const env *at)
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
