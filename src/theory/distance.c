/* distance.c -- energy distance, Wasserstein-1, occupancy of modes, and the noise floor of each. */
#include "theory/distance.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>

static double between(const double *a, const double *b, size_t D)
{
    double square = 0.0;
    for (size_t d = 0; d < D; d++) square += gsl_pow_2(a[d] - b[d]);
    return sqrt(square);
}

/* Sum of |x_i - y_j| over all pairs; row by row, so that long sums stay accurate. */
static double sum_across(const double *x, size_t n, const double *y, size_t m, size_t D)
{
    double total = 0.0;
    for (size_t i = 0; i < n; i++) {
        double row = 0.0;
        for (size_t j = 0; j < m; j++) row += between(x + i * D, y + j * D, D);
        total += row;
    }
    return total;
}

/* Sum of |x_i - x_j| over j < i. */
static double sum_within(const double *x, size_t n, size_t D)
{
    double total = 0.0;
    for (size_t i = 1; i < n; i++) {
        double row = 0.0;
        for (size_t j = 0; j < i; j++) row += between(x + i * D, x + j * D, D);
        total += row;
    }
    return total;
}

/* Energy distance from the three sums; a sample of n has n * others ordered pairs. */
static double energy(double across, double within_x, double within_y, size_t n, size_t m,
                     size_t others_x, size_t others_y)
{
    return 2.0 * across / ((double)n * (double)m) -
           2.0 * within_x / ((double)n * (double)others_x) -
           2.0 * within_y / ((double)m * (double)others_y);
}

double distance_energy(const double *x, size_t n, const double *y, size_t m, size_t D)
{
    if (!(n >= 1 && m >= 1 && D >= 1))
        GSL_ERROR_VAL("a distance needs two samples of at least one point", GSL_EINVAL,
                      (double)NAN);
    return energy(sum_across(x, n, y, m, D), sum_within(x, n, D), sum_within(y, m, D), n, m, n, m);
}

double distance_energy_unbiased(const double *x, size_t n, const double *y, size_t m, size_t D)
{
    if (!(n >= 2 && m >= 2 && D >= 1))
        GSL_ERROR_VAL("the unbiased energy distance needs two points in each sample", GSL_EINVAL,
                      (double)NAN);
    return energy(sum_across(x, n, y, m, D), sum_within(x, n, D), sum_within(y, m, D), n, m, n - 1,
                  m - 1);
}

double distance_w1_sorted(const double *x, size_t n, const double *y, size_t m)
{
    if (!(n >= 1 && m >= 1))
        GSL_ERROR_VAL("a distance needs two samples of at least one point", GSL_EINVAL,
                      (double)NAN);
    /* Between two neighbours of the merged sample F_x = i/n and F_y = j/m. */
    double sum = 0.0, last = GSL_MIN(x[0], y[0]);
    for (size_t i = 0, j = 0; i < n || j < m;) {
        const double gap = fabs((double)i / (double)n - (double)j / (double)m);
        const double z = j == m || (i < n && x[i] <= y[j]) ? x[i++] : y[j++];
        sum += gap * (z - last);
        last = z;
    }
    return sum;
}

void distance_directions_random(double *u, size_t K, size_t D, gsl_rng *rng)
{
    for (size_t k = 0; k < K; k++) gsl_ran_dir_nd(rng, D, u + k * D);
}

void distance_directions_even(double *u, size_t K)
{
    for (size_t k = 0; k < K; k++) {
        const double angle = ((double)k + 0.5) * M_PI / (double)K;
        *u++ = cos(angle);
        *u++ = sin(angle);
    }
}

static void project(double *out, const double *x, size_t n, size_t D, const double *u)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = 0.0;
        for (size_t d = 0; d < D; d++) out[i] += u[d] * x[i * D + d];
    }
    gsl_sort(out, 1, n);
}

double distance_sliced_w1(const double *x, size_t n, const double *y, size_t m, size_t D,
                          const double *u, size_t K)
{
    if (!(n >= 1 && m >= 1 && D >= 1 && K >= 1))
        GSL_ERROR_VAL("a sliced distance needs two samples and a direction", GSL_EINVAL,
                      (double)NAN);
    double *line = malloc((n + m) * sizeof *line);
    if (!line) GSL_ERROR_VAL("out of memory for projections", GSL_ENOMEM, (double)NAN);
    double sum = 0.0;
    for (size_t k = 0; k < K; k++) {
        project(line, x, n, D, u + k * D);
        project(line + n, y, m, D, u + k * D);
        sum += distance_w1_sorted(line, n, line + n, m);
    }
    free(line);
    return sum / (double)K;
}

/* ---- The permutation test ---- */

void distance_pairs_free(distance_pairs *p)
{
    if (!p) return;
    free(p->r);
    free(p->row);
    free(p->order); /* with member */
    free(p);
}

distance_pairs *distance_pairs_alloc(const double *x, size_t n, const double *y, size_t m, size_t D)
{
    if (!(n >= 1 && m >= 1 && D >= 1))
        GSL_ERROR_NULL("a distance needs two samples of at least one point", GSL_EINVAL);
    const size_t N = n + m;
    distance_pairs *p = calloc(1, sizeof *p);
    if (!p) GSL_ERROR_NULL("out of memory for distances", GSL_ENOMEM);
    p->n = n;
    p->m = m;
    p->N = N;
    p->r = malloc(N * (N + 1) / 2 * sizeof *p->r);
    p->row = calloc(N, sizeof *p->row);
    p->order = malloc(2 * N * sizeof *p->order);
    if (!p->r || !p->row || !p->order) {
        distance_pairs_free(p);
        GSL_ERROR_NULL("out of memory for distances", GSL_ENOMEM);
    }
    p->member = p->order + N;
    float *r = p->r;
    for (size_t i = 0; i < N; i++) {
        const double *const a = i < n ? x + i * D : y + (i - n) * D;
        for (size_t j = 0; j < i; j++) {
            const float distance = (float)between(a, j < n ? x + j * D : y + (j - n) * D, D);
            *r++ = distance;
            p->row[i] += (double)distance;
            p->row[j] += (double)distance;
        }
        *r++ = 0.0f; /* to itself */
    }
    for (size_t i = 0; i < N; i++) p->total += 0.5 * p->row[i];
    return p;
}

/* The energy distance when the first sample consists of the n members, in rising order.
 * Sum of a member's row = its distances to the other members + those across, so only the distances
 * within the first sample are summed. */
static double energy_of_members(const distance_pairs *p)
{
    double rows = 0.0, within_x = 0.0;
    for (size_t k = 0; k < p->n; k++) {
        const size_t i = p->member[k];
        const float *const r = p->r + i * (i + 1) / 2;
        double sum = 0.0;
        for (size_t l = 0; l < k; l++) sum += (double)r[p->member[l]];
        within_x += sum;
        rows += p->row[i];
    }
    const double across = rows - 2.0 * within_x;
    return energy(across, within_x, p->total - across - within_x, p->n, p->m, p->n, p->m);
}

double distance_pairs_energy(distance_pairs *p)
{
    for (size_t k = 0; k < p->n; k++) p->member[k] = k;
    return energy_of_members(p);
}

double distance_permutation_p(distance_pairs *p, size_t permutations, gsl_rng *rng)
{
    const size_t N = p->N;
    /* A dealing that repeats the observed one must count although its sum is rounded otherwise. */
    const double rounding = (double)N * GSL_DBL_EPSILON * p->total / ((double)p->n * (double)p->m);
    const double observed = distance_pairs_energy(p) - rounding;
    size_t as_large = 1;
    for (size_t k = 0; k < N; k++) p->order[k] = k;
    for (size_t b = 0; b < permutations; b++) {
        gsl_ran_choose(rng, p->member, p->n, p->order, N, sizeof *p->order); /* in rising order */
        if (energy_of_members(p) >= observed) as_large++;
    }
    return (double)as_large / (double)(1 + permutations);
}

/* ---- Modes ---- */

void distance_nearest(size_t *count, const double *x, size_t n, size_t D, const double *centre,
                      size_t K)
{
    for (size_t k = 0; k < K; k++) count[k] = 0;
    for (size_t i = 0; i < n; i++) {
        size_t nearest = 0;
        for (size_t k = 1; k < K; k++)
            if (between(x + i * D, centre + k * D, D) < between(x + i * D, centre + nearest * D, D))
                nearest = k;
        count[nearest]++;
    }
}

double distance_occupancy(const size_t *count, const double *probability, size_t K, double *p_value)
{
    size_t N = 0;
    int legal = 1;
    if (!(K >= 2)) legal = 0;
    for (size_t k = 0; k < K; k++) {
        N += count[k];
        if (!(probability[k] > 0.0)) legal = 0;
    }
    if (p_value) *p_value = (double)NAN;
    if (!(legal && N > 0))
        GSL_ERROR_VAL("occupancy needs counts and two or more positive probabilities", GSL_EINVAL,
                      (double)NAN);
    double chi2 = 0.0;
    for (size_t k = 0; k < K; k++) {
        const double expected = (double)N * probability[k];
        chi2 += gsl_pow_2((double)count[k] - expected) / expected;
    }
    if (p_value) *p_value = gsl_cdf_chisq_Q(chi2, (double)(K - 1));
    return chi2;
}

/* ---- The noise floor ---- */

static void draw_mixture(double *x, gsl_rng *rng, void *params)
{
    mixture_sample(params, rng, x);
}

distance_law distance_law_mixture(mixture *m)
{
    return (distance_law){draw_mixture, m};
}

void distance_draw(double *x, size_t n, size_t D, const distance_law *law, gsl_rng *rng)
{
    for (size_t i = 0; i < n; i++) law->draw(x + i * D, rng, law->params);
}

static double value_energy(const double *x, size_t n, const double *y, size_t m, size_t D,
                           void *params)
{
    (void)params;
    return distance_energy(x, n, y, m, D);
}

static double value_unbiased(const double *x, size_t n, const double *y, size_t m, size_t D,
                             void *params)
{
    (void)params;
    return distance_energy_unbiased(x, n, y, m, D);
}

static double value_sliced(const double *x, size_t n, const double *y, size_t m, size_t D,
                           void *params)
{
    const distance_slices *slices = params;
    return distance_sliced_w1(x, n, y, m, D, slices->u, slices->K);
}

distance_metric distance_metric_energy(void)
{
    return (distance_metric){value_energy, NULL};
}

distance_metric distance_metric_energy_unbiased(void)
{
    return (distance_metric){value_unbiased, NULL};
}

distance_metric distance_metric_sliced(distance_slices *slices)
{
    return (distance_metric){value_sliced, slices};
}

double distance_floor(const distance_metric *metric, const distance_law *law, size_t n, size_t m,
                      size_t D, size_t repeats, gsl_rng *rng, double *sd)
{
    if (sd) *sd = (double)NAN;
    if (!(repeats >= 1 && n >= 1 && m >= 1 && D >= 1))
        GSL_ERROR_VAL("a noise floor needs samples and repeats", GSL_EINVAL, (double)NAN);
    double *const x = malloc(((n + m) * D + repeats) * sizeof *x);
    if (!x) GSL_ERROR_VAL("out of memory for samples", GSL_ENOMEM, (double)NAN);
    double *const y = x + n * D, *const value = y + m * D;
    for (size_t k = 0; k < repeats; k++) {
        distance_draw(x, n, D, law, rng);
        distance_draw(y, m, D, law, rng);
        value[k] = metric->value(x, n, y, m, D, metric->params);
    }
    const double mean = gsl_stats_mean(value, 1, repeats);
    if (sd) *sd = repeats > 1 ? gsl_stats_sd_m(value, 1, repeats, mean) : 0.0;
    free(x);
    return mean;
}
