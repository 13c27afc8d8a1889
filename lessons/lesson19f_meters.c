/* Lesson 19, part f.  The meters: what a distance between two SAMPLES says. */
#include <float.h>
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_sort.h>

#include "lesson19.h"
#include "theory/distance.h"

static const double eps = GSL_DBL_EPSILON;

enum { N = 37, M = 29 };

/* ---- By definition ---- */
static double below(const double *x, size_t n, double z)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) k += x[i] <= z;
    return (double)k / (double)n;
}

/* Integral of |F - G|^power, F and G counted anew at every point of either sample. */
static double between(const double *x, size_t n, const double *y, size_t m, int power)
{
    double z[N + M], sum = 0.0;
    for (size_t i = 0; i < n + m; i++) z[i] = i < n ? x[i] : y[i - n];
    gsl_sort(z, 1, n + m);
    for (size_t i = 1; i < n + m; i++)
        sum += gsl_pow_int(fabs(below(x, n, z[i - 1]) - below(y, m, z[i - 1])), power) *
               (z[i] - z[i - 1]);
    return sum;
}

/* Mean |u.e| of K evenly spread directions, e at this angle. */
static double mean_shadow(double angle, size_t K)
{
    double sum = 0.0;
    for (size_t k = 0; k < K; k++)
        sum += fabs(cos((2.0 * (double)k + 1.0) * M_PI_2 / (double)K - angle));
    return sum / (double)K;
}

/* --- On the line, and on a line in space: distances do not change, shadows shrink --- */
static void on_a_line(lesson *L)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937); /* the comparison is exact for any sample */
    mixture *other = mixture_pair_alloc(0.31);
    if (!rng || !other) return;
    const distance_law laws[2] = {distance_law_mixture(bumps), distance_law_mixture(other)};
    gap area = {0}, energy = {0}, space = {0}, sliced = {0}, squares = {0}, even = {0};
    for (int repeat = 0; repeat < 20; repeat++) {
        double x[N], y[M], x2[2 * N], y2[2 * M], u[2 * 7];
        distance_draw(x, N, 1, &laws[0], rng);
        distance_draw(y, M, 1, &laws[1], rng);
        gsl_sort(x, 1, N);
        gsl_sort(y, 1, M);
        const double angle = 0.3 + 0.29 * repeat;
        for (size_t i = 0; i < 2 * N; i++) x2[i] = x[i / 2] * (i % 2 ? sin(angle) : cos(angle));
        for (size_t i = 0; i < 2 * M; i++) y2[i] = y[i / 2] * (i % 2 ? sin(angle) : cos(angle));
        const double first = between(x, N, y, M, 1), second = 2.0 * between(x, N, y, M, 2);
        /* N M = 1073 distances below 8, each right to a few eps; their sums to 37 eps more. */
        const double tolerance = 64 * eps * 8.0;
        distance_directions_even(u, 7);
        for (size_t i = 0; i < 7; i++) {
            const double turn = (2.0 * (double)i + 1.0) * M_PI / 14.0;
            gap_add(&even, i, u[2 * i], cos(turn), 8 * eps);
            gap_add(&even, i, u[2 * i + 1], sin(turn), 8 * eps);
        }
        gap_add(&area, N, distance_w1_sorted(x, N, y, M), first, tolerance);
        gap_add(&energy, N, distance_energy(x, N, y, M, 1), second, 4 * tolerance);
        gap_add(&squares, N, distance_energy(x, N, y, M, 1), first, 4 * tolerance);
        gap_add(&space, N, distance_energy(x2, N, y2, M, 2), second, 4 * tolerance);
        gap_add(&sliced, N, distance_sliced_w1(x2, N, y2, M, 2, u, 7),
                mean_shadow(angle, 7) * first, tolerance);
    }
    mixture_free(other);
    gsl_rng_free(rng);
    road_gap(L, "distance_w1_sorted", "W1 of two samples = area between F and G", &area);
    road_gap(L, "distance_energy", "energy distance on the line = 2 int (F-G)^2", &energy);
    control_gap(L, "energy distance is the area |F-G|", &squares);
    road_gap(L, "distance_energy", "the same on a tilted line in the plane", &space);
    road_gap(L, "distance_directions_even", "evenly spread directions: (k + 1/2) pi/K", &even);
    road_gap(L, "distance_sliced_w1", "sliced W1 of that line = W1 times mean |cos|", &sliced);
}

/* --- Two laws whose energy distance is known: N(0,1) and N(d,1) ---------------------------------
 * E|X - Y| of a N(d, 2) is 2/sqrt(pi) exp(-d^2/4) + d erf(d/2); d = 0 gives E|X - X'|. */
static double mean_distance(double d)
{
    return 2.0 / sqrt(M_PI) * exp(-0.25 * d * d) + d * erf(0.5 * d);
}

/* Samples of 2 and 3 points only: the unbiased form is right on average all the same; the other
 * counts the n + m pairs i = j, and is too large by (1/n + 1/m) E|X - X'|. */
static void unbiased(lesson *L)
{
    const double d = 1.3;
    mixture *data[2] = {mixture_alloc(1, 1), mixture_alloc(1, 1)};
    if (!data[0] || !data[1]) return;
    data[1]->mean[0] = d;
    const distance_law from[2] = {distance_law_mixture(data[0]), distance_law_mixture(data[1])};
    const double exact = 2.0 * (mean_distance(d) - mean_distance(0.0));
    const double excess = mean_distance(0.0) * (1.0 / 2.0 + 1.0 / 3.0);
    moments U = {0}, V = {0};
    for (size_t n = lesson_samples(L, 10000); n > 0; n--) {
        double x[2], y[3];
        distance_draw(x, 2, 1, &from[0], lesson_rng(L));
        distance_draw(y, 3, 1, &from[1], lesson_rng(L));
        moments_add(&U, distance_energy_unbiased(x, 2, y, 3, 1));
        moments_add(&V, distance_energy(x, 2, y, 3, 1));
    }
    road_mean(L, NULL, "2 and 3 points: unbiased energy distance, mean", &U, exact);
    road_mean(L, NULL, "... as it stands: too large by (1/n+1/m) E|X-X'|", &V, exact + excess);
    control_mean(L, "... as it stands: unbiased", &V, exact, 73.0);
    mixture_free(data[0]);
    mixture_free(data[1]);
}

/* The floor is the mean distance of fresh pairs, its sd their spread: drawn again from a copy of the
 * generator, all three distances in the plane. */
static void floor_by_hand(lesson *L)
{
    static const double slice[4] = {0.8, 0.6, -0.28, 0.96};
    mixture *ring = mixture_ring_alloc(8, 1.0, 0.16, 0.3);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937), *twin = rng ? gsl_rng_clone(rng) : NULL;
    if (!ring || !twin) return;
    const distance_law from = distance_law_mixture(ring);
    distance_slices slices = {2, slice};
    const distance_metric metric[3] = {distance_metric_energy(), distance_metric_energy_unbiased(),
                                       distance_metric_sliced(&slices)};
    gap g = {0}, spread = {0};
    for (int k = 0; k < 3; k++) {
        double value[2], sd;
        for (int i = 0; i < 2; i++) {
            double x[6], y[8];
            distance_draw(x, 3, 2, &from, twin);
            distance_draw(y, 4, 2, &from, twin);
            value[i] = k == 0   ? distance_energy(x, 3, y, 4, 2)
                       : k == 1 ? distance_energy_unbiased(x, 3, y, 4, 2)
                                : distance_sliced_w1(x, 3, y, 4, 2, slice, 2);
        }
        const double mean = distance_floor(&metric[k], &from, 3, 4, 2, 2, rng, &sd);
        gap_add(&g, (size_t)k, mean, 0.5 * (value[0] + value[1]), 16 * eps);
        gap_add(&spread, (size_t)k, sd, fabs(value[0] - value[1]) / M_SQRT2, 16 * eps);
        distance_floor(&metric[k], &from, 3, 4, 2, 1, rng, &sd);
        gap_add(&spread, (size_t)k, sd, 0.0, 0.0);
        gsl_rng_memcpy(twin, rng);
    }
    road_gap(L, NULL, "noise floor = mean distance of fresh pairs", &g);
    road_gap(L, NULL, "and its standard deviation", &spread);
    gsl_rng_free(twin);
    gsl_rng_free(rng);
    mixture_free(ring);
}

/* --- The noise floor: N(0,I) in the plane twice, E|X - X'| = sqrt(pi) --- */
static void floor_of_noise(lesson *L)
{
    mixture *m = mixture_alloc(1, 2);
    if (!m) return;
    const distance_law from = distance_law_mixture(m);
    const distance_metric energy = distance_metric_energy();
    moments V = {0};
    for (size_t n = lesson_samples(L, 10000); n > 0; n--)
        moments_add(&V, distance_floor(&energy, &from, 2, 3, 2, 1, lesson_rng(L), NULL));
    road_mean(L, NULL, "noise floor in the plane: (1/n+1/m) sqrt(pi)", &V,
              sqrt(M_PI) * (1.0 / 2.0 + 1.0 / 3.0));
    control_mean(L, "no floor: two samples of one law have distance 0", &V, 0.0, 200.0);
    mixture_free(m);
}

/* --- The permutation test, against all 35 ways to deal 7 points into 3 and 4 --- */
static const double points[7] = {0.31, -0.47, 0.12, 0.93, 1.41, 0.22, 2.03};

static void all_dealings(size_t *as_large, size_t *larger, size_t *dealings)
{
    const double observed = between(points, 3, points + 3, 4, 2);
    for (unsigned set = 0; set < 128; set++) {
        double x[7], y[7];
        size_t n = 0, m = 0;
        for (unsigned i = 0; i < 7; i++) *(set >> i & 1 ? &x[n++] : &y[m++]) = points[i];
        if (n != 3) continue;
        const double here = between(x, 3, y, 4, 2);
        ++*dealings;
        *as_large += here >= observed - 64 * eps;
        *larger += here > observed + 64 * eps;
    }
}

/* The seven points on a tilted line in the plane, in two arrays. */
static distance_pairs *pairs_in_the_plane(void)
{
    double x[6], y[8];
    for (size_t i = 0; i < 6; i++) x[i] = points[i / 2] * (i % 2 ? 0.8 : -0.6);
    for (size_t i = 0; i < 8; i++) y[i] = points[3 + i / 2] * (i % 2 ? 0.8 : -0.6);
    return distance_pairs_alloc(x, 3, y, 4, 2);
}

static void permutations(lesson *L)
{
    size_t as_large = 0, larger = 0, dealings = 0;
    all_dealings(&as_large, &larger, &dealings);
    distance_pairs *p = pairs_in_the_plane();
    const size_t n = lesson_samples(L, 40000);
    const double p_value = p ? distance_permutation_p(p, n, lesson_rng(L)) : 1.0;
    const size_t k = (size_t)(p_value * (double)(n + 1) + 0.5) - 1;
    const double exact = (double)as_large / (double)dealings,
                 without = (double)larger / (double)dealings;
    road_count(L, NULL, "permutation p-value of 7 points = all 35 dealings", k, n, exact);
    control_count(L, "dealings that tie with the observed one left out", k, n, without,
                  (exact - without) / sqrt(without * (1.0 - without) / 40000.0));
    if (!lesson_random_only(L)) /* the distances are kept in float */
        road(L, "distance_pairs_energy", "energy distance from the kept distances",
             p ? distance_pairs_energy(p) : (double)NAN, 2.0 * between(points, 3, points + 3, 4, 2),
             8.0 * (double)FLT_EPSILON);
    distance_pairs_free(p);
}

/* --- Modes --- */
static void modes(lesson *L)
{
    mixture *ring = mixture_ring_alloc(8, 1.0, 0.16, 0.0);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    if (!ring || !rng) return;
    enum { SAMPLES = 500 };
    double x[2 * SAMPLES];
    size_t count[8], own[8] = {0};
    const distance_law from = distance_law_mixture(ring);
    distance_draw(x, SAMPLES, 2, &from, rng);
    distance_nearest(count, x, SAMPLES, 2, ring->mean, 8);
    gap sector = {0}, chi2 = {0}, p_value = {0}, swapped = {0};
    for (size_t i = 0; i < SAMPLES; i++)
        own[(size_t)(8.5 + atan2(x[2 * i + 1], x[2 * i]) / M_PI_4) % 8]++;
    for (size_t k = 0; k < 8; k++) gap_add(&sector, k, (double)count[k], (double)own[k], 0.0);
    const double tie[2] = {0.0, 0.3}, pair[4] = {-1.0, 0.0, 1.0, 0.0};
    distance_nearest(count, tie, 1, 2, pair, 2); /* of equally near ones the first */
    gap_add(&sector, 8, (double)count[0], 1.0, 0.0);
    /* Three classes: two degrees of freedom, P(chi^2 >= c) = exp(-c/2). */
    const size_t three[3] = {own[0] + own[1] + own[2], own[3] + own[4] + own[5], own[6] + own[7]};
    static const double probability[3] = {0.375, 0.375, 0.25};
    double p, expanded = 0.0;
    const double c = distance_occupancy(three, probability, 3, &p);
    for (size_t k = 0; k < 3; k++)
        expanded += gsl_pow_2((double)three[k]) / (SAMPLES * probability[k]);
    gap_add(&chi2, 3, c, expanded - SAMPLES, 16 * eps * SAMPLES);
    gap_add(&p_value, 3, p, exp(-0.5 * (expanded - SAMPLES)), 16 * eps * SAMPLES);
    gap_add(&swapped, 3, p, exp(-(expanded - SAMPLES)), 16 * eps * SAMPLES);
    road_gap(L, "distance_nearest", "nearest of 8 modes = sector of 45 degrees", &sector);
    road_gap(L, "distance_occupancy", "chi^2 of occupancy = sum n_k^2/(N p_k) - N", &chi2);
    road_gap(L, NULL, "three classes: p-value exp(-chi^2/2)", &p_value);
    control_gap(L, "p-value exp(-chi^2)", &swapped);
    gsl_rng_free(rng);
    mixture_free(ring);
}

/* Directions in space: E (u.e)^2 = 1/3 for every e. */
static void directions(lesson *L)
{
    moments square = {0};
    for (size_t n = lesson_samples(L, 10000); n > 0; n--) {
        double u[6];
        distance_directions_random(u, 2, 3, lesson_rng(L));
        moments_add(&square, gsl_pow_2(0.48 * u[3] - 0.64 * u[4] + 0.6 * u[5]));
    }
    road_mean(L, NULL, "random directions in space: E (u.e)^2 = 1/3", &square, 1.0 / 3.0);
}

void meters(lesson *L)
{
    say(L, "What distances between samples measure:");
    if (!lesson_random_only(L)) {
        on_a_line(L);
        modes(L);
        floor_by_hand(L);
    }
    unbiased(L);
    floor_of_noise(L);
    permutations(L);
    directions(L);
}
