/* Lesson 20, part c.  How much of the noise can be predicted: the ring. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson20.h"
#include "theory/schedule_spec.h"

/* --- 20.2  Explained share ------------------------------------------------------------------------
 * The best prediction of eps is eps* = E[eps|x_t], and what it misses is uncorrelated with it, so
 *      1 = E|eps|^2 = E|eps*|^2 + E|eps - eps*|^2   (per coordinate).
 * The share explained is E|eps*|^2 = 1 - MMSE_eps = 1 - SNR(t) MMSE_{x_0}.
 * Data: 8 bumps of sd 0.05 on the unit circle. */
enum { MODES = 8 };
static const double ring_var = 0.0025;

static double mode(size_t k, size_t d)
{
    return d ? sin(M_PI_4 * (double)k) : cos(M_PI_4 * (double)k);
}

/* Density at time t and x_0_hat, from this lesson's own lines: each bump has the variance V = abar_t
 * 0.0025 + 1 - abar_t, and pulls to its regression line. */
static double look(double *x_0_hat, const schedule *s, size_t t, const double *x)
{
    const double root = sqrt(s->alpha_bar[t]), V = s->alpha_bar[t] * ring_var + s->var_bar[t];
    double q = 0.0, pull[2] = {0.0, 0.0};
    for (size_t k = 0; k < MODES; k++) {
        double square = 0.0;
        for (size_t d = 0; d < 2; d++) square += gsl_pow_2(x[d] - root * mode(k, d));
        const double p = exp(-0.5 * square / V) / (2.0 * M_PI * V * MODES);
        q += p;
        for (size_t d = 0; d < 2; d++)
            pull[d] += p * (s->var_bar[t] * mode(k, d) + root * ring_var * x[d]) / V;
    }
    for (size_t d = 0; d < 2; d++) x_0_hat[d] = q > 0.0 ? pull[d] / q : 0.0;
    return q;
}

/* The plane by a lattice of 2.5 points per standard deviation of a bump; the ring is even in both
 * coordinates, so a quarter is enough.  Smooth and decaying: the error is exp(-2 pi^2 2.5^2).
 * theory: E|eps*|^2 from src/theory; else 1 - SNR (E|x_0|^2 - E|x_0_hat|^2), per coordinate. */
static double lattice(const schedule *s, size_t t, mixture *theory)
{
    const double sd = sqrt(s->alpha_bar[t] * ring_var + s->var_bar[t]), h = sd / 2.5;
    const int n = (int)ceil((1.0 + 8.5 * sd) / h);
    double mass = 0.0, sum = 0.0;
    for (int i = 0; i <= n; i++)
        for (int j = 0; j <= n; j++) {
            const double x[2] = {h * i, h * j}, weight = (i ? 2.0 : 1.0) * (j ? 2.0 : 1.0) * h * h;
            double here[2];
            const double q = weight * look(here, s, t, x);
            if (q < 1e-25) continue;
            if (theory) mixture_mean_eps(here, theory, s, t, x);
            mass += q;
            sum += q * 0.5 * (here[0] * here[0] + here[1] * here[1]);
        }
    if (theory) return sum / mass;
    const double square = 0.5 * (1.0 + 2.0 * ring_var);
    return 1.0 - s->alpha_bar[t] / s->var_bar[t] * (square - sum / mass);
}

static const size_t seen[] = {1, 3, 10, 34, 100, 200, 400, 700, 1000};
enum { SEEN = sizeof seen / sizeof seen[0] };

static void by_lattice(lesson *L, mixture *ring)
{
    const schedule *s = schedules[L1000];
    gap right = {0}, root = {0};
    double share[SEEN];
    for (size_t i = 0; i < SEEN; i++) {
        const double snr = s->alpha_bar[seen[i]] / s->var_bar[seen[i]];
        const double reference = lattice(s, seen[i], NULL);
        share[i] = lattice(s, seen[i], ring);
        /* 1 - SNR (a - b): the two squares, 64 roundings each, magnified by the SNR; a lattice of
         * some 10^4 points loses at most 10^4 eps of its sums, evenly in both. */
        const double tolerance = (64.0 + 64.0 * snr) * GSL_DBL_EPSILON * 16.0;
        gap_add(&right, seen[i], share[i], reference, tolerance);
        gap_add(&root, seen[i], 1.0 - (1.0 - share[i]) / sqrt(snr), reference, tolerance);
    }
    road_gap(L, "mixture_mean_eps", "E|eps*|^2 = 1 - SNR(t) MMSE_{x_0}, 9 values of t", &right);
    control_gap(L, "the root of the SNR in that", &root);
    road_below(L, "mixture_mean_eps", "t = T: 99.99 percent explained", 0.9999, share[SEEN - 1],
               0.0);
    control_below(L, "t = 1: 90 percent explained", 0.9, share[0], 0.0);
    control_below(L, "t = 100: 90 percent explained", 0.9, share[4], 0.0);
    road(L, NULL, "docs/claims.tsv: 3.8 percent at t = 1", share[0], 0.038, 0.5e-3);
    road(L, NULL, "docs/claims.tsv: 99.998 percent at t = T", share[SEEN - 1], 0.99998, 0.5e-5);
    evidence(L, "ring, L1000: explained %.4f (t = 1), %.3f (34), %.3f (100), %.3f (400), %.6f (T)",
             share[0], share[3], share[4], share[6], share[SEEN - 1]);
}

/* Draws at t = 10: the error has the predicted size, and does not go along with eps*. */
static void by_draws(lesson *L, mixture *ring)
{
    const schedule *s = schedules[L1000];
    const size_t t = 10;
    moments error = {0}, along = {0};
    for (size_t n = lesson_samples(L, 20000); n > 0; n--) {
        const size_t k = gsl_rng_uniform_int(lesson_rng(L), MODES);
        double eps[2], x[2], x_0_hat[2], square = 0.0, product = 0.0;
        for (size_t d = 0; d < 2; d++) {
            const double x_0 =
                mode(k, d) + gsl_ran_gaussian_ziggurat(lesson_rng(L), sqrt(ring_var));
            eps[d] = gsl_ran_gaussian_ziggurat(lesson_rng(L), 1.0);
            x[d] = sqrt(s->alpha_bar[t]) * x_0 + sqrt(s->var_bar[t]) * eps[d];
        }
        look(x_0_hat, s, t, x);
        for (size_t d = 0; d < 2; d++) {
            const double best = (x[d] - sqrt(s->alpha_bar[t]) * x_0_hat[d]) / sqrt(s->var_bar[t]);
            square += 0.5 * gsl_pow_2(eps[d] - best);
            product += 0.5 * (eps[d] - best) * best;
        }
        moments_add(&error, square);
        moments_add(&along, product);
    }
    road_mean(L, "mixture_mean_eps", "drawn, t = 10: E|eps - eps*|^2", &error,
              1.0 - lattice(s, t, ring));
    control_mean(L, "the noise is predicted, error 0", &error, 0.0, 141.0);
    road_mean(L, NULL, "the error is orthogonal to eps*", &along, 0.0);
}

void explained(lesson *L)
{
    claim(L, "ERR-02");
    mixture *ring = mixture_ring_alloc(MODES, 1.0, ring_var, 0.0);
    if (!ring) return;
    if (!lesson_random_only(L)) by_lattice(L, ring);
    by_draws(L, ring);
    if (!lesson_random_only(L)) {
        schedule *s = schedule_of_figure(L);
        data_file *f = data_open(L, "share", "t ring normal");
        for (size_t t = 1; f && t <= s->T; t += 1 + t / 12)
            data_line(f, "%zu %.6g %.6g", t, lattice(s, t, ring), s->var_bar[t]);
        data_close(f);
        schedule_free(s);
    }
    mixture_free(ring);
}
