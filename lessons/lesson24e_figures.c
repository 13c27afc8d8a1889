/* Lesson 24, part e.  The data of the figures. */
#include <math.h>

#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "data/toy.h"
#include "lesson24.h"
#include "theory/schedule_spec.h"

/* Six t of the forward chain: 0 and about 1/40, 1/10, 1/5, 2/5 and all of T. */
enum { STRIP = 6, STRIP_POINTS = 600 };

static void write_strip(lesson *L, const schedule *s, gsl_rng *rng)
{
    const size_t T = s->T,
                 when[STRIP] = {0, (T + 39) / 40, (T + 9) / 10, (T + 4) / 5, (2 * T + 4) / 5, T};
    static double x_0[2 * STRIP_POINTS], eps[2 * STRIP_POINTS]; /* the same in every panel */
    for (size_t i = 0; i < STRIP_POINTS; i++) mixture_sample(ring, rng, x_0 + 2 * i);
    for (size_t i = 0; i < 2 * STRIP_POINTS; i++) eps[i] = gsl_ran_gaussian_ziggurat(rng, 1.0);
    data_file *f = data_open(L, "forward", "x y"), *at = data_open(L, "forward_t", "t abar");
    for (size_t k = 0; k < STRIP; k++) {
        const double root = sqrt(s->alpha_bar[when[k]]), noise = sqrt(s->var_bar[when[k]]);
        data_line(at, "%zu %.9g", when[k], root * root);
        for (size_t i = 0; i < STRIP_POINTS; i++)
            data_line(f, "%.5g %.5g", root * x_0[2 * i] + noise * eps[2 * i],
                      root * x_0[2 * i + 1] + noise * eps[2 * i + 1]);
        data_gap(f);
        data_gap(f);
    }
    data_close(at);
    data_close(f);
}

/* At time t mode k has become N(sqrt(abar_t) mode_k, s2 I): a circle of radius 2 sqrt(s2) around each
 * holds 86 percent of it.  Neighbours touch when 2 sqrt(s2) = sqrt(abar_t) sin(pi/8). */
static void write_rings(lesson *L, const schedule *s)
{
    static const double share[4] = {0.0, 0.15, 0.45,
                                    1.2}; /* of the touching radius; first: t = 0 */
    data_file *f = data_open(L, "rings", "x y radius t");
    for (size_t k = 0; k < 4; k++) {
        size_t t = 0;
        while (k > 0 && t < s->T &&
               2.0 * sqrt(s->alpha_bar[t] * ring_var + s->var_bar[t]) <
                   sqrt(s->alpha_bar[t]) * (0.1 + share[k] * sin(M_PI / 8.0)))
            t++;
        const double root = sqrt(s->alpha_bar[t]),
                     radius = 2.0 * sqrt(s->alpha_bar[t] * ring_var + s->var_bar[t]);
        for (size_t j = 0; j < MODES; j++)
            data_line(f, "%.6g %.6g %.6g %zu", root * ring->mean[2 * j],
                      root * ring->mean[2 * j + 1], radius, t);
        data_gap(f);
        data_gap(f);
    }
    data_close(f);
}

/* Paths of Algorithm 2 with the perfect network. */
static void write_paths(lesson *L, const schedule *s, gsl_rng *rng)
{
    enum { PATHS = 8 };
    sampler_oracle oracle = {ring, s};
    const denoiser net = sampler_oracle_denoiser(&oracle);
    data_file *f = data_open(L, "paths", "t x y");
    for (size_t i = 0; f && i < PATHS; i++) {
        double x[2] = {gsl_ran_gaussian_ziggurat(rng, 1.0), gsl_ran_gaussian_ziggurat(rng, 1.0)};
        double eps_hat[2];
        data_line(f, "%zu %.5g %.5g", s->T, x[0], x[1]);
        size_t shown = s->T; /* a point whenever t has fallen by an eighth */
        for (size_t t = s->T; t >= 1; t--) {
            sampler_step(x, eps_hat, 2, s, t, &net, t > 1 ? sqrt(s->beta[t]) : 0.0, rng);
            if (8 * (t - 1) > 7 * shown) continue;
            shown = t - 1;
            data_line(f, "%zu %.5g %.5g", shown, x[0], x[1]);
        }
        data_gap(f);
        data_gap(f);
    }
    data_close(f);
}

static void write_samples(lesson *L)
{
    data_file *f = data_open(L, "samples", "x y");
    for (size_t k = 0; k < N_CLOUDS; k++) {
        for (size_t i = 0; i < GSL_MIN(clouds[k].n, 800); i++)
            data_line(f, "%.5g %.5g", clouds[k].x[2 * i], clouds[k].x[2 * i + 1]);
        data_gap(f);
        data_gap(f);
        cloud_free(&clouds[k]);
    }
    data_close(f);
}

static double uniform(void *rng)
{
    return gsl_rng_uniform(rng);
}

/* The data sets of `ddpm train --data`. */
static void write_data_sets(lesson *L, gsl_rng *rng)
{
    static const char *const sets[] = {"ring", "moons", "swissroll", "checkerboard"};
    data_file *f = data_open(L, "data", "x y");
    for (size_t k = 0; f && k < 4; k++) {
        char error[200];
        toy *d = toy_alloc(sets[k], error, sizeof error);
        if (!d) check_refuse("lesson 24: %s", error);
        for (int i = 0; i < 1200; i++) {
            double x[2];
            toy_sample(d, x, uniform, rng);
            data_line(f, "%.5g %.5g", x[0], x[1]);
        }
        data_gap(f);
        data_gap(f);
        toy_free(d);
    }
    data_close(f);
}

void write_figures(lesson *L)
{
    schedule *s = schedule_of_figure(L);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    if (!rng) check_refuse("lesson 24: out of memory");
    gsl_rng_set(rng, (unsigned long)(lesson_seed(L) & 0xffffffffu));
    write_strip(L, s, rng);
    write_rings(L, s);
    write_paths(L, s, rng);
    write_samples(L);
    write_data_sets(L, rng);
    write_frames(L, s);
    gsl_rng_free(rng);
    schedule_free(s);
}
