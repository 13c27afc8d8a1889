/* digits.c -- draws handwritten-like digits. */
#include "data/digits.h"

#include <math.h>
#include <string.h>

#include "data/digits_table.h"

/* The set's own seed ("digits") and streams; the streams of training are small numbers. */
static const uint64_t digits_seed = 0x646967697473;
enum { STREAM_PART = 1000 };

/* A curve as a chain of short pieces: PIECES to a span between two knots. */
enum { PIECES = 6, MOST = DIGITS_STROKES * (DIGITS_KNOTS - 1) * PIECES };

typedef struct point {
    double x, y;
} point;

typedef struct piece {
    point from, to;
    double radius; /* half the pen's width, in pixels */
} piece;

typedef struct drawing {
    size_t n;
    piece piece[MOST];
} drawing;

/* ---- The hand: a smooth random field, and an affine map -------------------------------------- */

enum { WAVES = 4 };

typedef struct hand {
    point slow[WAVES], push[WAVES]; /* the field is  sum_j push_j sin(slow_j . p + phase_j) */
    double phase[WAVES];
    double xx, xy, yx, yy;             /* the affine map */
    double radius, swing, beat, start; /* of the pen: radius (1 + swing sin(beat s + start)) */
} hand;

static double clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

static hand hand_draw(counter_rng *rng)
{
    static const double two_pi = 6.28318530717958647692;
    hand h = {0};
    for (size_t j = 0; j < WAVES; j++) {
        const double rate = 0.03 * (double)(j + 1), size = 5.0 / (double)(j + 1);
        h.slow[j] = (point){rate * counter_normal(rng), rate * counter_normal(rng)};
        h.push[j] = (point){size * counter_normal(rng), size * counter_normal(rng)};
        h.phase[j] = two_pi * counter_uniform(rng);
    }
    const double turn = 0.10 * counter_normal(rng), shear = 0.14 + 0.24 * counter_normal(rng);
    const double width = exp(0.05 + 0.18 * counter_normal(rng));
    const double c = cos(turn), s = sin(turn);
    h.xx = c * width, h.xy = -c * shear - s; /* y points down: a right slant has x falling with y */
    h.yx = s * width, h.yy = c - s * shear;
    h.radius = clamp(1.16 * exp(0.26 * counter_normal(rng)), 0.65, 2.1);
    h.swing = 0.14 * counter_uniform(rng);
    h.beat = 0.3 + 0.5 * counter_uniform(rng);
    h.start = two_pi * counter_uniform(rng);
    return h;
}

static point hand_move(const hand *h, point p)
{
    point q = p;
    for (size_t j = 0; j < WAVES; j++) {
        const double wave = sin(h->slow[j].x * p.x + h->slow[j].y * p.y + h->phase[j]);
        q.x += h->push[j].x * wave;
        q.y += h->push[j].y * wave;
    }
    return (point){h->xx * q.x + h->xy * q.y, h->yx * q.x + h->yy * q.y};
}

/* ---- The curve ------------------------------------------------------------------------------- */

/* Catmull and Rom's cubic through b and c with the neighbours a and d, at u in [0,1]. */
static point between(point a, point b, point c, point d, double u)
{
    const double u2 = u * u, u3 = u2 * u;
    const double wa = 0.5 * (2 * u2 - u - u3), wb = 0.5 * (2 - 5 * u2 + 3 * u3);
    const double wc = 0.5 * (u + 4 * u2 - 3 * u3), wd = 0.5 * (u3 - u2);
    return (point){wa * a.x + wb * b.x + wc * c.x + wd * d.x,
                   wa * a.y + wb * b.y + wc * c.y + wd * d.y};
}

static void add_stroke(drawing *g, const digits_stroke *s, const hand *h)
{
    point p[DIGITS_KNOTS + 2]; /* with a neighbour before the first knot and one after the last */
    const size_t n = s->knots;
    for (size_t i = 0; i < n; i++) p[i + 1] = hand_move(h, (point){s->at[i][0], s->at[i][1]});
    p[0] = p[1], p[n + 1] = p[n];
    for (size_t i = 1; i < n; i++) {
        point from = p[i];
        for (size_t k = 1; k <= PIECES; k++) {
            const point to =
                between(p[i - 1], p[i], p[i + 1], p[i + 2], (double)k / (double)PIECES);
            const double beat = h->beat * (double)g->n / PIECES + h->start;
            g->piece[g->n++] = (piece){from, to, h->radius * (1 + h->swing * sin(beat))};
            from = to;
        }
    }
}

/* ---- Into the box, and its centre of mass into the middle ------------------------------------ */

static double least(double a, double b)
{
    return a < b ? a : b;
}

static double most(double a, double b)
{
    return a > b ? a : b;
}

/* How many pixels a unit of the curve is, so that the ink fills a box of 20 x 20. */
static double scale_of(const drawing *g, double radius)
{
    point low = {HUGE_VAL, HUGE_VAL}, high = {-HUGE_VAL, -HUGE_VAL};
    for (size_t i = 0; i < 2 * g->n; i++) {
        const point p = i % 2 ? g->piece[i / 2].to : g->piece[i / 2].from;
        low = (point){least(low.x, p.x), least(low.y, p.y)};
        high = (point){most(high.x, p.x), most(high.y, p.y)};
    }
    return (20.0 - 2.0 * radius) / most(high.x - low.x, high.y - low.y);
}

/* The ink of a piece goes with its length times the pen's width. */
static point centre_of(const drawing *g)
{
    point sum = {0, 0};
    double all = 0.0;
    for (size_t i = 0; i < g->n; i++) {
        const piece *const s = &g->piece[i];
        const double ink = s->radius * hypot(s->to.x - s->from.x, s->to.y - s->from.y);
        sum.x += ink * 0.5 * (s->from.x + s->to.x);
        sum.y += ink * 0.5 * (s->from.y + s->to.y);
        all += ink;
    }
    return (point){sum.x / all, sum.y / all};
}

/* Point c into the middle of the image, everything else in scale. */
static void place(drawing *g, point c, double scale)
{
    const double middle = 0.5 * DIGITS_SIDE;
    for (size_t i = 0; i < g->n; i++) {
        point *const end[2] = {&g->piece[i].from, &g->piece[i].to};
        for (size_t e = 0; e < 2; e++)
            *end[e] =
                (point){middle + scale * (end[e]->x - c.x), middle + scale * (end[e]->y - c.y)};
    }
}

/* ---- Ink ------------------------------------------------------------------------------------- */

/* The grey edge of a line: its ink falls from 1 to 0 over this many pixels. */
static const double edge = 1.25;

/* A centre of mass this far from the middle, in pixels, is left alone; MNIST moves by whole pixels. */
static const double tolerable = 0.25;

/* How far p is from a piece. */
static double distance_to(const piece *s, point p)
{
    const double dx = s->to.x - s->from.x, dy = s->to.y - s->from.y;
    const double px = p.x - s->from.x, py = p.y - s->from.y;
    const double square = dx * dx + dy * dy;
    const double along = square > 0.0 ? clamp((px * dx + py * dy) / square, 0.0, 1.0) : 0.0;
    const double x = px - along * dx, y = py - along * dy;
    return sqrt(x * x + y * y);
}

/* The pixels first .. end-1 of a line that ink between a and b, `reach` wide, can touch. */
static void span(double a, double b, double reach, size_t *first, size_t *end)
{
    *first = (size_t)clamp(floor(least(a, b) - reach), 0.0, DIGITS_SIDE);
    *end = (size_t)clamp(ceil(most(a, b) + reach), 0.0, DIGITS_SIDE);
}

static void ink_piece(double *ink, const piece *s)
{
    const double reach = s->radius + 0.5 * edge;
    size_t row, row_end, first, end;
    span(s->from.y, s->to.y, reach, &row, &row_end);
    span(s->from.x, s->to.x, reach, &first, &end);
    for (; row < row_end; row++)
        for (size_t column = first; column < end; column++) {
            const point p = {(double)column + 0.5, (double)row + 0.5};
            const double here = (reach - distance_to(s, p)) / edge;
            double *const at = &ink[row * DIGITS_SIDE + column];
            *at = most(*at, least(here, 1.0));
        }
}

static void draw_ink(double *ink, const drawing *g)
{
    memset(ink, 0, DIGITS_PIXELS * sizeof *ink);
    for (size_t i = 0; i < g->n; i++) ink_piece(ink, &g->piece[i]);
}

static point centre_of_ink(const double *ink)
{
    point sum = {0, 0};
    double all = 0.0;
    for (size_t p = 0; p < DIGITS_PIXELS; p++) {
        sum.x += ink[p] * ((double)(p % DIGITS_SIDE) + 0.5);
        sum.y += ink[p] * ((double)(p / DIGITS_SIDE) + 0.5);
        all += ink[p];
    }
    return (point){sum.x / all, sum.y / all};
}

unsigned char digits_draw(unsigned char *pixel, counter_rng *rng)
{
    const unsigned char digit = (unsigned char)counter_below(rng, 10);
    const digits_ways ways = digits_ways_of(digit);
    const digits_skeleton *const skeleton = &ways.way[counter_below(rng, ways.ways)];
    const hand h = hand_draw(rng);
    drawing g;
    g.n = 0;
    for (size_t i = 0; i < skeleton->strokes; i++) add_stroke(&g, &skeleton->stroke[i], &h);
    place(&g, centre_of(&g), scale_of(&g, h.radius));
    double ink[DIGITS_PIXELS];
    draw_ink(ink, &g);
    const point c = centre_of_ink(ink); /* where strokes cross, ink was counted twice */
    if (hypot(c.x - 0.5 * DIGITS_SIDE, c.y - 0.5 * DIGITS_SIDE) > tolerable) {
        place(&g, c, 1.0);
        draw_ink(ink, &g);
    }
    for (size_t p = 0; p < DIGITS_PIXELS; p++) pixel[p] = (unsigned char)(255.0 * ink[p] + 0.5);
    return digit;
}

unsigned char digits_image(unsigned char *pixel, unsigned part, size_t i)
{
    counter_rng rng = counter_start(digits_seed, STREAM_PART + part, 0, i);
    return digits_draw(pixel, &rng);
}
