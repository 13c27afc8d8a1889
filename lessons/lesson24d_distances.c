/* Lesson 24, part d.  How far from the data is each sampler's cloud?
 *
 * Three distances, each beside its noise floor: what two fresh samples of the data are apart at the
 * same size.  Nothing here is judged: a number below the floor proves nothing, one far above it shows a
 * fault, and the p-value says which is the case. */
#include <math.h>

#include <gsl/gsl_math.h>

#include "lesson24.h"
#include "theory/distance.h"

enum { DIRECTIONS = 32, PERMUTATIONS = 99, FLOORS = 20, MOST_POINTS = 4000 };

cloud clouds[N_CLOUDS];
static const char *const cloud_names[N_CLOUDS] = {"trained network", "perfect network",
                                                  "perfect network, one shot",
                                                  "perfect, a variance as sd", "fresh data"};

static double permutation_p(const cloud *c, const cloud *data, gsl_rng *rng)
{
    distance_pairs *p = distance_pairs_alloc(c->x, c->n, data->x, data->n, 2);
    const double p_value = p ? distance_permutation_p(p, PERMUTATIONS, rng) : (double)NAN;
    distance_pairs_free(p);
    return p_value;
}

static void report_cloud(lesson *L, const char *name, const cloud *c, const cloud *data)
{
    double u[2 * DIRECTIONS], equal[MODES], p_modes;
    size_t count[MODES];
    distance_directions_even(u, DIRECTIONS);
    for (size_t k = 0; k < MODES; k++) equal[k] = 1.0 / MODES;
    distance_nearest(count, c->x, c->n, 2, ring->mean, MODES);
    const double chi2 = distance_occupancy(count, equal, MODES, &p_modes);
    measured(L, "%-28s %8.5f %9.4f %8.1f (p %.2f)     %.2f", name,
             distance_energy(c->x, c->n, data->x, data->n, 2),
             distance_sliced_w1(c->x, c->n, data->x, data->n, 2, u, DIRECTIONS), chi2, p_modes,
             permutation_p(c, data, lesson_rng(L)));
}

/* Mean distance of two fresh samples. */
static void report_floor(lesson *L, size_t n)
{
    double u[2 * DIRECTIONS], sd[2];
    distance_directions_even(u, DIRECTIONS);
    distance_slices slices = {DIRECTIONS, u};
    const distance_metric energy = distance_metric_energy(),
                          sliced = distance_metric_sliced(&slices);
    const distance_law law = distance_law_mixture(ring);
    gsl_rng *rng = lesson_rng(L);
    const double floor_energy = distance_floor(&energy, &law, n, n, 2, FLOORS, rng, sd),
                 floor_sliced = distance_floor(&sliced, &law, n, n, 2, FLOORS, rng, sd + 1);
    measured(L, "%-28s %8.5f %9.4f %8.1f", "noise floor (mean of 20)", floor_energy, floor_sliced,
             MODES - 1.0);
}

void distances(lesson *L)
{
    const size_t n = GSL_MAX(20, GSL_MIN(lesson_steps(L, 2000), MOST_POINTS));
    const schedule *s = schedules[L1000];
    cloud data = cloud_alloc(n);
    for (size_t i = 0; i < N_CLOUDS; i++) clouds[i] = cloud_alloc(n);
    cloud_data(&data, ring, lesson_rng(L));
    cloud_data(&clouds[DATA], ring, lesson_rng(L));
    train_network(L, &clouds[NETWORK]);
    cloud_oracle(&clouds[ORACLE], ring, s, ROOT_BETA, lesson_rng(L));
    cloud_one_shot(&clouds[ONE_SHOT], ring, s, lesson_rng(L));
    cloud_oracle(&clouds[WRONG_SIGMA], ring, s, VARIANCE_AS_SD, lesson_rng(L));
    say(L, "The ring, L1000: %zu points of each sampler against as many of the data.", n);
    measured(L, "%-28s %8s %9s %8s %13s", "", "energy", "sliced W1", "chi^2_7", "perm. p");
    report_floor(L, n);
    for (size_t i = 0; i < N_CLOUDS; i++) report_cloud(L, cloud_names[i], &clouds[i], &data);
    cloud_free(&data);
}
