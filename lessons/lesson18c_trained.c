/* Lesson 18, part c.  NCSN trained: a small network learns the scores of a ring at twelve levels.
 *
 * The training box as printed: x_0 from the data, t uniform on 1..T, eps normal,
 * x_t = x_0 + sigma_t eps, one step of gradient descent on sigma_t^2 |s_theta(x_t, t) + eps/sigma_t|^2.
 * The network's output is sigma_t s_theta, of one size at all levels (Song & Ermon 2020, technique 3).
 *
 * What comes out is reported, never judged. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson18.h"
#include "net/mlp.h"
#include "theory/distance.h"
#include "theory/perturb.h"
#include "train/adapt.h"
#include "train/denoise.h"
#include "train/trainer.h"

enum { TRAINING_STEPS = 4000, BATCH = 512, WALK = 60, MOST_POINTS = 1000 };
static const double step = 0.1; /* eta_t = step sigma_t^2 */

/* Everything that the training needs. */
typedef struct school {
    mixture *ring;
    adapt_data data;
    ladder *l;
    task *k;
    network *net;
    trainer *w;
    denoise *use;
    size_t points; /* how many samples are drawn and compared */
} school;

static void school_close(school *s)
{
    denoise_free(s->use);
    trainer_free(s->w);
    network_free(s->net);
    task_free(s->k);
    ladder_free(s->l);
    mixture_free(s->ring);
}

/* The ring of lesson 15 (8 bumps of sd 0.05), levels from 0.03 to 3: from within a bump to far
 * outside the ring. */
static void school_open(school *s, lesson *L)
{
    char error[200] = "out of memory";
    trainer_config config = trainer_defaults();
    config.steps = lesson_steps(L, TRAINING_STEPS);
    config.warm_up = config.steps / 10;
    config.batch = BATCH;
    config.ema = 0.995;
    config.seed = lesson_seed(L);
    s->points = config.steps < TRAINING_STEPS / 10 ? 100 : MOST_POINTS;
    s->ring = mixture_ring_alloc(8, 1.0, 0.0025, 0.0);
    s->l = ladder_alloc(LEVELS, 0.03, 3.0, step);
    if (!s->ring || !s->l) check_refuse("lesson 18: %s", error);
    s->data = adapt_mixture_data(s->ring);
    s->k = task_ncsn_alloc(s->l->sigma + 1, LEVELS, true, error, sizeof error);
    mlp_spec spec = mlp_default(2, LEVELS);
    spec.width = 96;
    spec.depth = 3;
    spec.embed = 32;
    if (s->k) s->net = mlp_alloc(&spec, error, sizeof error);
    if (s->net) s->w = trainer_alloc(s->net, s->k, &s->data, &config, error, sizeof error);
    if (s->w) s->use = denoise_alloc(s->net, s->k, s->w->average, 0);
    if (!s->use) check_refuse("lesson 18: %s", error);
}

static void learn(school *s)
{
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    while (s->w->step < s->w->config.steps)
        if (trainer_step(s->w) != GSL_SUCCESS) check_refuse("lesson 18: %s", s->w->fault);
    clock_gettime(CLOCK_MONOTONIC, &end);
    fprintf(stderr, "ncsn: %zu steps of %d, %.1f s\n", (size_t)s->w->step, BATCH,
            (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec));
}

/* --- The excess over the exact score ---------------------------------------------------------------
 * sigma_t^2 |s - s*|^2 per coordinate, beside what no network can avoid, E|eps - eps*|^2. */
typedef struct excess {
    double unavoidable, more;
} excess;

static excess excess_at(school *s, size_t t, size_t n, gsl_rng *rng)
{
    double *x = malloc(4 * n * sizeof *x), *eps_hat = x + 2 * n;
    size_t *level = malloc(n * sizeof *level);
    excess e = {0.0, 0.0};
    if (!x || !level) check_refuse("lesson 18: out of memory");
    const double sigma = s->l->sigma[t];
    for (size_t i = 0; i < n; i++) {
        double score[2];
        level[i] = t;
        mixture_sample(s->ring, rng, &x[2 * i]);
        for (size_t d = 0; d < 2; d++) x[2 * i + d] += gsl_ran_gaussian_ziggurat(rng, sigma);
        /* E|eps - eps*|^2 = 1 - E|eps*|^2, and eps* = -sigma score. */
        perturb_score(score, s->ring, sigma, &x[2 * i]);
        e.unavoidable +=
            (1.0 - 0.5 * sigma * sigma * (score[0] * score[0] + score[1] * score[1])) / (double)n;
    }
    if (denoise_eps(s->use, eps_hat, x, level, n) != GSL_SUCCESS)
        check_refuse("lesson 18: out of memory");
    for (size_t i = 0; i < n; i++) {
        double score[2];
        perturb_score(score, s->ring, sigma, &x[2 * i]);
        for (size_t d = 0; d < 2; d++)
            e.more += 0.5 * gsl_pow_2(eps_hat[2 * i + d] + sigma * score[d]) / (double)n;
    }
    free(level);
    free(x);
    return e;
}

/* Over all levels, and a table of them; a line for every third. */
static double report_levels(lesson *L, school *s)
{
    data_file *f = data_open(L, "excess", "sigma unavoidable excess");
    double least = 0.0, more = 0.0;
    for (size_t t = 1; t <= LEVELS; t++) {
        const excess e = excess_at(s, t, 4 * s->points, lesson_rng(L));
        least += e.unavoidable;
        more += e.more;
        data_line(f, "%.6g %.6g %.6g", s->l->sigma[t], e.unavoidable, e.more);
        if (t % 3 == 1 || t == LEVELS)
            measured(L, "sigma %.3f: loss of the exact score %.4f, the network's excess %.5f",
                     s->l->sigma[t], e.unavoidable, e.more);
    }
    data_close(f);
    return more / least;
}

/* --- Samples ------------------------------------------------------------------------------------- */
static void sample(school *s, double *x, bool upward, uint64_t seed)
{
    /* denoise.h walks x + a score + sqrt(2a) z: a = eta/2. */
    const denoise_anneal walk = {WALK, 0.5 * s->l->eta[1], upward};
    const denoise_options how = {.seed = seed};
    if (denoise_langevin(s->use, x, s->points, &walk, &how) != GSL_SUCCESS)
        check_refuse("lesson 18: the chain left the range of numbers");
}

static void sample_exact(school *s, double *x, langevin_order order, gsl_rng *rng)
{
    const score_model score = langevin_oracle(s->ring);
    double scratch[2];
    for (size_t i = 0; i < s->points; i++)
        langevin_annealed(&x[2 * i], scratch, 2, s->l, WALK, order, &score, rng);
}

static void save(lesson *L, const char *name, const double *x, size_t n)
{
    data_file *f = data_open(L, name, "x y");
    for (size_t i = 0; i < n; i++) data_line(f, "%.5g %.5g", x[2 * i], x[2 * i + 1]);
    data_close(f);
}

static void report_samples(lesson *L, school *s, double relative)
{
    const size_t n = s->points;
    double *x = malloc(10 * n * sizeof *x);
    if (!x) check_refuse("lesson 18: out of memory");
    double *down = x, *up = x + 2 * n, *exact = x + 4 * n, *data = x + 6 * n, *fresh = x + 8 * n;
    sample(s, down, false, lesson_seed(L));
    sample(s, up, true, lesson_seed(L));
    sample_exact(s, exact, LANGEVIN_DOWN, lesson_rng(L));
    for (size_t i = 0; i < n; i++) {
        mixture_sample(s->ring, lesson_rng(L), &data[2 * i]);
        mixture_sample(s->ring, lesson_rng(L), &fresh[2 * i]);
    }
    const double right = distance_energy(down, n, data, n, 2),
                 wrong = distance_energy(up, n, data, n, 2);
    const double oracle = distance_energy(exact, n, data, n, 2),
                 floor = distance_energy(fresh, n, data, n, 2);
    measured(L, "energy distance to the data, %zu samples: T..1 %.4f, 1..T %.3f,", n, right, wrong);
    measured(L, "    the exact score T..1 %.4f; two samples of the data %.4f", oracle, floor);
    evidence(L,
             "ring, 12 levels: excess %.2f percent of the unavoidable loss; energy distance %.4f "
             "(T..1), "
             "%.3f (1..T), exact score %.4f, floor %.4f",
             100.0 * relative, right, wrong, oracle, floor);
    save(L, "down", down, n);
    save(L, "up", up, n);
    free(x);
}

void the_training(lesson *L)
{
    claim(L, "NCS-08");
    school s = {0};
    school_open(&s, L);
    learn(&s);
    const double relative = report_levels(L, &s);
    measured(L, "all levels: excess %.2f percent of what no network can avoid", 100.0 * relative);
    report_samples(L, &s, relative);
    school_close(&s);
}
