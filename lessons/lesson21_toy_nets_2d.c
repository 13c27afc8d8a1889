/* Lesson 21.  Three networks on a ring: eps, x_0 or mu
 * ------------------------------------------------------
 * CLAIM   The training loop of the documents converges to E[eps|x_t]; its gradient is right; every
 *         network's loss is the best possible one plus its distance from the best, t by t.  How near
 *         training comes, and with which target, is measured.
 * WHY     Lessons 11, 12 and 16 compared the targets on paper.  Here the same network is trained on
 *         each of them, from the same start, and held against the exact optimum.
 * NEEDS   lessons 12, 15, 16.   Notes: docs/lesson21.md
 * RUN     make lesson21   FIGURE  build/figures/lesson21.png, lesson21_gradients.png
 *
 * The excess over the optimum is E|eps_hat - E[eps|x_t]|^2, an average of exact squared distances: no
 * two noisy losses are subtracted.  Rankings are reported with their spread and never asserted.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_math.h>

#include "lesson21.h"
#include "theory/target.h"
#include "train/evaluate.h"
#include "train/experiment.h"
#include "train/worth.h"

const char *const kind_words[KINDS] = {"eps", "x0", "mu"};
static const char *const kind_names[KINDS] = {"eps", "x_0", "mu"};
enum { SEEDS = 3, STAGES = 3 };
static const double ring_square = 0.5025; /* E x_0^2 per coordinate: radius^2/2 + 0.0025 */

static schedule *s50;
static mixture *ring;

/* --- 21.2  Nine trainings ------------------------------------------------------------------------- */
typedef struct run {
    worth of[KINDS][SEEDS];
    double *excess[KINDS], *best;    /* [T+1], averaged over the seeds */
    double *gradient[KINDS][STAGES]; /* [T+1] rms gradient of one sample: start, half way, end */
    worth_meter *meter;
    size_t steps, batch;
} run;

/* Root mean square, over samples, of the gradient by all parameters. */
static void probe(trainer *w, double *gradient)
{
    for (size_t t = 1; t <= w->k->T; t++) gradient[t] = sqrt(trainer_probe_at(w, t, 24, 0).square);
}

static void excess_by_t(run *r, denoise *use, int kind, uint64_t seed)
{
    evaluate_excess *e = evaluate_excess_alloc(use, ring, 1, r->meter->n / 4 + 2, seed);
    if (!e) check_refuse("lesson 21: out of memory");
    for (size_t t = 1; t <= e->T; t++) {
        r->excess[kind][t] += e->excess[t].value / SEEDS;
        r->best[t] = e->bayes[t].value;
    }
    evaluate_excess_free(e);
}

static void train_one(lesson *L, run *r, int kind, size_t seed)
{
    char error[256], name[48];
    experiment e = {.s = s50, .data = adapt_mixture_data(ring), .predict = kind_words[kind]};
    e.config = trainer_defaults();
    e.config.steps = r->steps;
    e.config.batch = r->batch;
    e.config.seed = lesson_seed(L) + seed; /* the same start and the same data for all three */
    snprintf(name, sizeof name, "%s, seed %zu", kind_words[kind], seed + 1);
    trained *a = trained_alloc(&e, error, sizeof error);
    if (!a) check_refuse("lesson 21: %s", error);
    if (seed == 0) {
        probe(a->w, r->gradient[kind][0]);
        while (a->w->step < r->steps / 2)
            if (trainer_step(a->w) != 0) check_refuse("lesson 21: %s", a->w->fault);
        probe(a->w, r->gradient[kind][1]);
    }
    if (!trained_run(a, name, error, sizeof error)) check_refuse("lesson 21: %s", error);
    if (seed == 0) probe(a->w, r->gradient[kind][2]);
    if (worth_measure(&r->of[kind][seed], r->meter, a->use, 1) != 0)
        check_refuse("lesson 21: a network cannot be measured");
    excess_by_t(r, a->use, kind, lesson_seed(L) + 1);
    trained_free(a);
}

static double *curve(void)
{
    double *y = calloc(s50->T + 1, sizeof *y);
    if (!y) check_refuse("lesson 21: out of memory");
    return y;
}

static run train_all(lesson *L)
{
    const size_t scaled = lesson_steps(L, 2500), n = scaled < 200    ? 200
                                                     : scaled > 4000 ? 4000
                                                                     : scaled;
    run r = {.steps = lesson_steps(L, 4000), .batch = 256, .best = curve()};
    r.meter = worth_meter_alloc(ring, n, lesson_seed(L));
    if (!r.meter) check_refuse("lesson 21: out of memory");
    for (int kind = 0; kind < KINDS; kind++) {
        r.excess[kind] = curve();
        for (int stage = 0; stage < STAGES; stage++) r.gradient[kind][stage] = curve();
        for (size_t seed = 0; seed < SEEDS; seed++) train_one(L, &r, kind, seed);
    }
    return r;
}

static void run_free(run *r)
{
    for (int kind = 0; kind < KINDS; kind++) {
        free(r->excess[kind]);
        for (int stage = 0; stage < STAGES; stage++) free(r->gradient[kind][stage]);
    }
    free(r->best);
    worth_meter_free(r->meter);
}

/* --- What came out -------------------------------------------------------------------------------- */
typedef struct spread {
    double mean, sd;
} spread;

static spread over_seeds(const run *r, int kind, size_t offset)
{
    double x[SEEDS];
    spread a = {0};
    for (size_t i = 0; i < SEEDS; i++) {
        memcpy(&x[i], (const char *)&r->of[kind][i] + offset, sizeof x[i]);
        a.mean += x[i] / SEEDS;
    }
    for (size_t i = 0; i < SEEDS; i++) a.sd += gsl_pow_2(x[i] - a.mean) / (SEEDS - 1.0);
    a.sd = sqrt(a.sd);
    return a;
}

static double mean_best(const run *r)
{
    double sum = 0.0;
    for (size_t t = 1; t <= s50->T; t++) sum += r->best[t] / (double)s50->T;
    return sum;
}

static void converges(lesson *L, const run *r)
{
    claim(L, "TRN-01");
    const double best = mean_best(r);
    const spread x = over_seeds(r, EPS, offsetof(worth, simple));
    measured(L, "best possible L_simple per coordinate %.5f; the eps network is above it by", best);
    measured(L, "%.5f +- %.5f (%.2f %%), mean and standard deviation of %d seeds", x.mean, x.sd,
             100.0 * x.mean / best, SEEDS);
    measured(L, "(%zu steps of %zu, T = 50)", r->steps, r->batch);
    evidence(L, "ring, S50, %zu x %zu: L_simple/D %.4f, the oracle's %.4f, excess %.2f %%",
             r->steps, r->batch, best + x.mean, best, 100.0 * x.mean / best);
}

static void row(lesson *L, const run *r, const char *name, size_t offset)
{
    spread a[KINDS];
    for (int kind = 0; kind < KINDS; kind++) a[kind] = over_seeds(r, kind, offset);
    measured(L, "%-24s %8.5f +- %.5f %8.5f +- %.5f %8.5f +- %.5f", name, a[EPS].mean, a[EPS].sd,
             a[X0].mean, a[X0].sd, a[MU].mean, a[MU].sd);
}

static void three_targets(lesson *L, const run *r)
{
    claim(L, "TRN-03");
    say(L, "Mean and standard deviation over %d seeds; same start, same data, same steps.", SEEDS);
    measured(L, "%-24s %19s %19s %19s", "", "eps", "x_0", "mu");
    row(L, r, "excess of L_simple", offsetof(worth, simple));
    row(L, r, "excess of the bound", offsetof(worth, vlb));
    row(L, r, "energy distance", offsetof(worth, energy));
    row(L, r, "sliced W1", offsetof(worth, sliced));
    measured(L, "a perfect sampler: energy distance 0 +- %.5f, sliced W1 %.5f",
             r->meter->floor_energy, r->meter->floor_sliced);
    evidence(L,
             "ring, S50, 3 seeds, eps/x_0/mu: excess of L_simple %.4f/%.4f/%.4f, of the bound "
             "%.3f/%.3f/%.3f nats, energy distance %.4f/%.4f/%.4f",
             over_seeds(r, EPS, offsetof(worth, simple)).mean,
             over_seeds(r, X0, offsetof(worth, simple)).mean,
             over_seeds(r, MU, offsetof(worth, simple)).mean,
             over_seeds(r, EPS, offsetof(worth, vlb)).mean,
             over_seeds(r, X0, offsetof(worth, vlb)).mean,
             over_seeds(r, MU, offsetof(worth, vlb)).mean,
             over_seeds(r, EPS, offsetof(worth, energy)).mean,
             over_seeds(r, X0, offsetof(worth, energy)).mean,
             over_seeds(r, MU, offsetof(worth, energy)).mean);
}

/* Is a better than b in one number?  Two standard deviations of three seeds each decide nothing fine. */
static const char *better(const run *r, int a, int b, size_t offset)
{
    const spread x = over_seeds(r, a, offset), y = over_seeds(r, b, offset);
    const double noise = 2.0 * hypot(x.sd, y.sd);
    if (!(fabs(x.mean - y.mean) > noise)) return "no clear difference";
    return x.mean < y.mean ? "better" : "worse";
}

static void rankings(lesson *L, const run *r)
{
    claim(L, "PRO-02");
    measured(L, "x_0 beside mu: samples %s, bound %s", better(r, X0, MU, offsetof(worth, energy)),
             better(r, X0, MU, offsetof(worth, vlb)));
    evidence(L, "x_0 beside mu, 3 seeds: samples %s, bound %s",
             better(r, X0, MU, offsetof(worth, energy)), better(r, X0, MU, offsetof(worth, vlb)));
    claim(L, "PRO-03");
    measured(L, "eps beside x_0: samples %s, bound %s", better(r, EPS, X0, offsetof(worth, energy)),
             better(r, EPS, X0, offsetof(worth, vlb)));
    say(L, "One architecture served all three targets and all t.");
    evidence(L, "eps beside x_0, 3 seeds: samples %s, bound %s; one architecture served all three",
             better(r, EPS, X0, offsetof(worth, energy)), better(r, EPS, X0, offsetof(worth, vlb)));
}

/* --- 21.3  Step by step ---------------------------------------------------------------------------- */
static double flatness(const double *y)
{
    double low = y[1], high = y[1];
    for (size_t t = 2; t <= s50->T; t++) {
        low = fmin(low, y[t]);
        high = fmax(high, y[t]);
    }
    return high / low;
}

static void gradients(lesson *L, const run *r)
{
    say(L, "Gradient of one sample, largest over t divided by smallest (lesson 16 predicts one");
    say(L, "linear weight; a network has 66 000 of them and moves):");
    measured(L, "%-6s %14s %10s %10s %10s", "", "lesson 16", "start", "half way", "end");
    double *predicted = curve();
    data_file *f = data_open(L, "gradients", "t kind lesson16 start half end");
    for (int kind = 0; kind < KINDS; kind++) {
        for (size_t t = 1; t <= s50->T; t++) {
            predicted[t] = target_gradient_rms(s50, t, (target_kind)kind, ring_square);
            data_line(f, "%zu %d %.6g %.6g %.6g %.6g", t, kind, predicted[t],
                      r->gradient[kind][0][t], r->gradient[kind][1][t], r->gradient[kind][2][t]);
        }
        data_gap(f);
        data_gap(f);
        measured(L, "%-6s %14.2f %10.2f %10.2f %10.2f", kind_names[kind], flatness(predicted),
                 flatness(r->gradient[kind][0]), flatness(r->gradient[kind][1]),
                 flatness(r->gradient[kind][2]));
    }
    data_close(f);
    free(predicted);
}

/* The largest excess relative to the best loss, over the t where the best loss is at least a
 * hundredth of its mean: beyond them there is almost nothing left to be wrong about. */
static double worst_excess(const run *r, size_t *at)
{
    const double floor = 0.01 * mean_best(r);
    double worst = 0.0;
    for (size_t t = 1; t <= s50->T; t++) {
        const double ratio = r->excess[EPS][t] / r->best[t];
        if (r->best[t] < floor || ratio <= worst) continue;
        worst = ratio;
        *at = t;
    }
    return worst;
}

static void by_t(lesson *L, const run *r)
{
    claim(L, "TRN-04");
    loss_splits(L);
    data_file *f = data_open(L, "excess", "t best eps x_0 mu");
    for (size_t t = 1; t <= s50->T; t++)
        data_line(f, "%zu %.6g %.6g %.6g %.6g", t, r->best[t], r->excess[EPS][t], r->excess[X0][t],
                  r->excess[MU][t]);
    data_close(f);
    size_t at = 0;
    const double worst = 100.0 * worst_excess(r, &at);
    measured(L, "the trained eps network is at most %.1f %% above the best loss, at t = %zu", worst,
             at);
    measured(L, "(of the t whose best loss is at least a hundredth of the mean)");
    evidence(L, "trained eps network, 3 seeds: at most %.1f %% above the best loss (t = %zu)",
             worst, at);
}

int main(int argc, char **argv)
{
    lesson *L = lesson_open(argc, argv, 21, "Three networks on a ring: eps, x_0 or mu");
    if (lesson_random_only(L)) {
        claim(L, "TRN-04");
        loss_splits(L);
        return lesson_close(L);
    }
    s50 = schedule_named_alloc("S50");
    ring = mixture_ring_alloc(8, 1.0, 0.0025, 0.0);
    if (!s50 || !ring) return 2;

    section(L, "21.1  The gradient");
    gradient_by_hand(L);
    section(L, "21.2  Nine trainings");
    run r = train_all(L);
    converges(L, &r);
    three_targets(L, &r);
    rankings(L, &r);
    section(L, "21.3  Step by step");
    gradients(L, &r);
    by_t(L, &r);

    run_free(&r);
    mixture_free(ring);
    schedule_free(s50);
    return lesson_close(L);
}
