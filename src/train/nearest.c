/* nearest.c -- nearest neighbours of images, by products of matrices. */
#include "train/nearest.h"

#include <math.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_math.h>

#include "net/gemm.h"

/* |a - b|^2 = |a|^2 + |b|^2 - 2 a b: a block of queries against block after block of candidates. */
enum { QUERIES = 96, CANDIDATES = 256 };

typedef struct lane {
    real *query;     /* [QUERIES, D] */
    real *candidate; /* [CANDIDATES, D] */
    real *dot;       /* [QUERIES, CANDIDATES] */
    real *pack;
} lane;

typedef struct job {
    const images *s, *among;
    size_t D;
    double *distance;
    size_t *index;
    double *square; /* [among->n] |b|^2 */
    lane *lanes;
    atomic_size_t next;
} job;

static void load(real *x, const images *s, size_t first, size_t n, size_t D)
{
    const unsigned char *const from = s->pixel + first * D;
    for (size_t i = 0; i < n * D; i++) x[i] = (real)from[i] * (real)(1.0 / 255.0);
}

static double exact_square(const unsigned char *a, const unsigned char *b, size_t D)
{
    int64_t sum = 0;
    for (size_t p = 0; p < D; p++) sum += (a[p] - b[p]) * (a[p] - b[p]);
    return (double)sum / (255.0 * 255.0);
}

/* best[i] = min over the block of |b|^2 - 2 a_i b, and where. */
static void look_at(const job *w, const lane *l, size_t n, size_t first, size_t m, double *best,
                    size_t *index)
{
    load(l->candidate, w->among, first, m, w->D);
    memset(l->dot, 0, n * CANDIDATES * sizeof *l->dot);
    gemm(l->dot, CANDIDATES, l->query, w->D, 1, l->candidate, 1, w->D, n, m, w->D, l->pack);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++) {
            const double d = w->square[first + j] - 2.0 * (double)l->dot[i * CANDIDATES + j];
            if (d < best[i]) best[i] = d, index[i] = first + j;
        }
}

static void search(const job *w, size_t piece, const lane *l)
{
    const size_t first = piece * QUERIES, n = GSL_MIN(QUERIES, w->s->n - first);
    double best[QUERIES];
    size_t index[QUERIES] = {0};
    for (size_t i = 0; i < n; i++) best[i] = HUGE_VAL;
    load(l->query, w->s, first, n, w->D);
    for (size_t j = 0; j < w->among->n; j += CANDIDATES)
        look_at(w, l, n, j, GSL_MIN(CANDIDATES, w->among->n - j), best, index);
    for (size_t i = 0; i < n; i++) {
        const unsigned char *const a = w->s->pixel + (first + i) * w->D;
        w->distance[first + i] = sqrt(exact_square(a, w->among->pixel + index[i] * w->D, w->D));
        if (w->index) w->index[first + i] = index[i];
    }
}

static void search_lane(size_t number, void *params)
{
    job *const w = params;
    const size_t pieces = (w->s->n + QUERIES - 1) / QUERIES;
    for (size_t j; (j = atomic_fetch_add(&w->next, 1)) < pieces;) search(w, j, &w->lanes[number]);
}

static void find_squares(job *w)
{
    for (size_t j = 0; j < w->among->n; j++) {
        int64_t sum = 0;
        const unsigned char *const b = w->among->pixel + j * w->D;
        for (size_t p = 0; p < w->D; p++) sum += b[p] * b[p];
        w->square[j] = (double)sum / (255.0 * 255.0);
    }
}

/* Blocks for every lane; *memory is to be freed. */
static bool allocate(job *w, size_t lanes, real **memory)
{
    const size_t size = (QUERIES + CANDIDATES) * w->D + QUERIES * CANDIDATES + GEMM_PACK;
    *memory = calloc(lanes * size, sizeof **memory);
    w->lanes = calloc(lanes, sizeof *w->lanes);
    w->square = calloc(w->among->n, sizeof *w->square);
    if (!*memory || !w->lanes || !w->square) return false;
    for (size_t i = 0; i < lanes; i++) {
        real *const at = *memory + i * size;
        w->lanes[i] = (lane){.query = at,
                             .candidate = at + QUERIES * w->D,
                             .dot = at + (QUERIES + CANDIDATES) * w->D,
                             .pack = at + (QUERIES + CANDIDATES) * w->D + QUERIES * CANDIDATES};
    }
    return true;
}

bool nearest_find(double *distance, size_t *index, const images *s, const images *among,
                  parallel *pool)
{
    if (s->n < 1 || among->n < 1 || s->rows != among->rows || s->columns != among->columns)
        return false;
    job w = {
        .s = s, .among = among, .D = s->rows * s->columns, .distance = distance, .index = index};
    const size_t lanes = pool ? parallel_threads(pool) : 1;
    real *memory = NULL;
    const bool good = allocate(&w, lanes, &memory);
    if (good) {
        find_squares(&w);
        parallel_run(pool, lanes, search_lane, &w);
    }
    free(memory), free(w.lanes), free(w.square);
    return good;
}
