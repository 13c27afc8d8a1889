/* Lesson 24, part b.  The trained network.
 *
 * The training box as the documents print it: x_0 from the data, t uniform, eps normal, one step of
 * gradient descent on |eps - eps_hat(x_t, t)|^2.  The network returns v, and
 *     eps_hat = sqrt(1-abar_t) x_t + sqrt(abar_t) v :
 * the loss is that of eps, but at large t, where eps is nearly x_t, nothing has to be learned
 * (docs/training.md).  What comes out is reported, never judged. */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <gsl/gsl_math.h>

#include "lesson24.h"
#include "train/evaluate.h"
#include "train/experiment.h"

enum { STEPS = 15000, BATCH = 512 };

/* ---- Training ---- */

static trained *open_network(lesson *L, const adapt_data *data)
{
    char error[256];
    experiment e = {.s = schedules[L1000], .predict = "eps:skip", .data = *data};
    e.config = trainer_defaults();
    e.config.steps = lesson_steps(L, STEPS);
    e.config.batch = GSL_MIN(BATCH, 32 + e.config.steps / 16); /* --quick: quick everywhere */
    e.config.seed = lesson_seed(L);
    trained *a = trained_alloc(&e, error, sizeof error);
    if (!a) check_refuse("lesson 24: %s", error);
    return a;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static evaluate_excess *measure(denoise *use, size_t stride, size_t n, uint64_t seed)
{
    evaluate_excess *e = evaluate_excess_alloc(use, ring, stride, n, seed);
    if (!e) check_refuse("lesson 24: out of memory");
    return e;
}

/* One line of the training curve: the averaged parameters and those of this step, at 50 t. */
static void record(lesson *L, data_file *f, trained *a, double loss)
{
    if (!f) return;
    const size_t n = GSL_MAX(2, GSL_MIN(lesson_steps(L, 100), 1000));
    const uint64_t seed = lesson_seed(L);
    denoise *latest = denoise_alloc(a->net, a->k, a->w->theta, 1);
    if (!latest) check_refuse("lesson 24: out of memory");
    evaluate_excess *e = measure(a->use, 20, n, seed), *g = measure(latest, 20, n, seed);
    const evaluate_part averaged = evaluate_excess_part(e, 1, e->T),
                        now = evaluate_excess_part(g, 1, g->T);
    data_line(f, "%llu %.6g %.6g %.6g %.6g", (unsigned long long)a->w->step, loss,
              averaged.bayes.value, averaged.excess.value, now.excess.value);
    evaluate_excess_free(e);
    evaluate_excess_free(g);
    denoise_free(latest);
}

/* All steps; the curve has a point whenever the number of steps has grown by a fifth. */
static void train(lesson *L, trained *a)
{
    const double begin = seconds();
    const uint64_t last = a->w->config.steps;
    const bool live = isatty(STDERR_FILENO);
    data_file *f = data_open(L, "training", "step loss bayes excess excess_of_step");
    moments loss = {0};
    double shown = begin;
    for (uint64_t next = 10; a->w->step < last;) {
        if (trainer_step(a->w) != 0) check_refuse("lesson 24: %s", a->w->fault);
        moments_add(&loss, a->w->loss);
        if (a->w->step == GSL_MIN(next, last)) {
            record(L, f, a, loss.mean);
            loss = (moments){0};
            next += 1 + next / 5;
        }
        if (!live || seconds() - shown < 0.25) continue;
        shown = seconds();
        fprintf(stderr, "\rtraining: step %llu of %llu, %.0f s left ",
                (unsigned long long)a->w->step, (unsigned long long)last,
                (shown - begin) * (double)(last - a->w->step) / (double)a->w->step);
    }
    data_close(f);
    if (live) fprintf(stderr, "\r\033[K");
    measured(L, "trained for %llu steps of %zu points in %.1f s", (unsigned long long)last,
             a->w->config.batch, seconds() - begin);
}

/* ---- What came out ---- */

/* MMSE_eps(t), which no network can beat, and what this one adds to it. */
static void report_excess(lesson *L, trained *a)
{
    const size_t n = GSL_MAX(20, GSL_MIN(lesson_steps(L, 1000), 4000));
    evaluate_excess *e = measure(a->use, 4, n, lesson_seed(L) + 1);
    const evaluate_part all = evaluate_excess_part(e, 1, e->T);
    char tenths[160] = "";
    for (size_t i = 0, at = 0; i < 10; i++) {
        const double percent = 100.0 * evaluate_excess_tenth(e, i).ratio.value;
        at += (size_t)snprintf(tenths + at, sizeof tenths - at, " %.3g", percent);
    }
    measured(L, "L_simple/D: Bayes optimum %.5f, network %+.3f %% (standard error %.3f)",
             all.bayes.value, 100.0 * all.ratio.value, 100.0 * all.ratio.error);
    measured(L, "in tenths of t, %%:%s", tenths);
    data_file *f = data_open(L, "excess", "t bayes excess");
    for (size_t t = 1; t <= e->T; t += e->stride)
        data_line(f, "%zu %.6g %.6g", t, e->bayes[t].value, e->excess[t].value);
    data_close(f);
    evaluate_excess_free(e);
}

void train_network(lesson *L, cloud *samples)
{
    const adapt_data data = adapt_mixture_data(ring);
    trained *a = open_network(L, &data);
    say(L, "A network on the ring, L1000, from the training box:");
    train(L, a);
    report_excess(L, a);
    const denoise_options how = {.seed = lesson_seed(L)};
    if (denoise_sample(a->use, samples->x, samples->n, &how) != 0)
        check_refuse("lesson 24: the sampler of the trained network failed");
    trained_free(a);
}
