/* Lesson 19, part e.  Two bumps and more steps; the figures. */
#include <math.h>

#include "lesson19.h"
#include "theory/law.h"

/* --- 19.5  More steps --------------------------------------------------------------------------- */
static const size_t lengths[] = {10, 15, 25, 50, 100};
enum { N_LENGTHS = sizeof lengths / sizeof lengths[0] };

/* Cosine schedules exist for every T: how often is a longer one not closer? */
static size_t not_closer(void)
{
    size_t violations = 0;
    for (int choice = 0; choice < N_CHOICES; choice++) {
        double last = (double)INFINITY;
        for (size_t i = 0; i < N_LENGTHS; i++) {
            schedule *s = schedule_cosine_alloc(lengths[i], 0.008, 0.999);
            const double now = s ? distance_of(s, choice) : (double)NAN;
            violations += !(now < last);
            last = now;
            schedule_free(s);
        }
    }
    return violations;
}

static void more_steps(lesson *L)
{
    claim(L, "SMP-06");
    const double middle = bumps_below(0.4, NULL) - bumps_below(-0.4, NULL);
    if (!lesson_random_only(L)) {
        gap law_of_x0 = {0}, data = {0};
        add_points(&law_of_x0, &data, BETA);
        const double bridge[] = {share(S10, BETA, -0.4, 0.4), share(S50, BETA, -0.4, 0.4),
                                 share(L1000, BETA, -0.4, 0.4)};
        const double noise = noise_level(1e4);
        road_gap(L, "law_below", "sigma^2 = beta, S10: forwards = backwards in t", &law_of_x0);
        road_below(L, "law_wasserstein", "W1: S50 nearer than S10", W1[S50][BETA], W1[S10][BETA],
                   0.0);
        road_below(L, "law_wasserstein", "W1: L1000 nearer than S50", W1[L1000][BETA],
                   W1[S50][BETA], 0.0);
        road_all(L, "law_wasserstein", "cosine, T = 10 .. 100: longer is nearer, 3 variances",
                 not_closer(), N_CHOICES * N_LENGTHS);
        control_below(L, "T = 10 passes for data among 10000", W1[S10][BETA], noise, 0.0);
        say(L,
            "Share of x_0 between the bumps, |x_0| < 0.4: %.4f (S10), %.4f (S50), %.5f (L1000); "
            "data %.5f.",
            bridge[0], bridge[1], bridge[2], middle);
        evidence(L,
                 "sigma^2 = beta, exact: W1 %.4f (S10), %.4f (S50), %.5f (L1000); |x_0| "
                 "< 0.4: %.4f, %.4f, %.5f (data %.5f)",
                 W1[S10][BETA], W1[S50][BETA], W1[L1000][BETA], bridge[0], bridge[1], bridge[2],
                 middle);
    }
    const size_t n = lesson_samples(L, 20000);
    const size_t inside = drawn(L, schedules[S10], SIGMA_BETA, n, -0.4, 0.4);
    road_count(L, "law_below", "S10: samples between the bumps, |x_0| < 0.4", inside, n,
               share(S10, BETA, -0.4, 0.4));
    control_count(L, "as few as among the data", inside, n, middle, 91.0);
    meters(L);
}

/* ---- Data for the figures ---- */
static void density(data_file *f, size_t k, int choice)
{
    for (double z = -2.0; z < 2.001; z += 0.01) {
        const schedule *s = schedules[k];
        const double slope = (pull(s, 1, z + 1e-4) - pull(s, 1, z - 1e-4)) / 2e-4;
        data_line(f, "%.6f %.9g", pull(s, 1, z), law_pdf(chains[k][choice].l, z) / slope);
    }
    data_gap(f);
    data_gap(f);
}

static void figure_bumps(lesson *L)
{
    data_file *f = data_open(L, "bumps", "x_0 density");
    for (double x = -2.0; f && x < 2.001; x += 0.01)
        data_line(f, "%.4f %.9g", x, exp(mixture_log_pdf(bumps, &x)));
    data_gap(f);
    data_gap(f);
    for (size_t k = S10; f && k <= L1000; k++) density(f, k, BETA);
    if (f) density(f, S10, TILDE);
    data_close(f);
}

static void figure_distance(lesson *L)
{
    static const size_t T[] = {5, 7, 10, 14, 20, 30, 50, 70, 100, 150, 200, 300};
    data_file *f = data_open(L, "distance", "T beta beta_tilde best noise");
    for (size_t i = 0; f && i < sizeof T / sizeof T[0]; i++) {
        schedule *s = schedule_cosine_alloc(T[i], 0.008, 0.999);
        if (!s) break;
        data_line(f, "%zu %.6g %.6g %.6g %.6g", T[i], distance_of(s, BETA), distance_of(s, TILDE),
                  distance_of(s, BEST), noise_level(1e4));
        schedule_free(s);
    }
    data_gap(f);
    data_gap(f);
    for (size_t k = S10; f && k <= L1000; k++)
        data_line(f, "%zu %.6g %.6g nan %.6g", schedules[k]->T, W1[k][BETA], W1[k][TILDE],
                  noise_level(1e4));
    data_close(f);
}

void two_bumps(lesson *L)
{
    if (chains_open(lesson_random_only(L))) {
        section(L, "19.4  The whole box, on two bumps");
        samples_of_data(L);
        section(L, "19.5  More steps");
        more_steps(L);
        if (!lesson_random_only(L)) figure_bumps(L);
        if (!lesson_random_only(L)) figure_distance(L);
    }
    for (size_t k = 0; k < 6; k++) chain_close(&chains[k / 2][k % 2]);
}
