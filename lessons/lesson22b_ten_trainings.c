/* Lesson 22, part b.  Ten trainings: five seeds, each with L_simple and with the bound. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <gsl/gsl_math.h>

#include "lesson22.h"
#include "theory/distance.h"
#include "train/experiment.h"

const size_t cut_at[CUTS] = {5, 15};

/* What all ten are trained on and measured with. */
typedef struct yardstick {
    mixture *ring;
    schedule *s;
    worth_meter *meter;
} yardstick;

/* --- Chains that are left early: x_0_hat(x_t, t) in the place of the last t steps ----------------- */
typedef struct cutter {
    denoise *use;
    worth_meter *meter;
    double *x_0_hat;
    size_t *t;
    outcome *o;
} cutter;

static int leave(size_t t, const double *x, size_t n, void *params)
{
    cutter *c = params;
    for (size_t j = 0; j < CUTS; j++) {
        if (t != cut_at[j]) continue;
        for (size_t i = 0; i < n; i++) c->t[i] = t;
        if (denoise_x0(c->use, c->x_0_hat, x, c->t, n) != 0) return 1;
        c->o->cut[j] = distance_energy_unbiased(c->x_0_hat, n, c->meter->law, n, 2);
    }
    return 0;
}

static void leave_early(worth_meter *meter, denoise *use, outcome *o)
{
    const size_t n = meter->n;
    cutter c = {use, meter, calloc(2 * n, sizeof(double)), calloc(n, sizeof(size_t)), o};
    const denoise_options how = {.seed = meter->seed, .watch = leave, .params = &c};
    if (!c.x_0_hat || !c.t || denoise_sample(use, meter->x, n, &how) != 0)
        check_refuse("lesson 22: sampling failed");
    free(c.x_0_hat);
    free(c.t);
}

/* --- Share of the squared gradient: E|g|^2 at one t, g the gradient of the weighted loss ---------- */
static double middle_share(trainer *w)
{
    double middle = 0.0, all = 0.0;
    const size_t T = w->k->T;
    for (size_t t = 1; t <= T; t++) {
        const double square = trainer_probe_at(w, t, 16, 0).square;
        all += square;
        if (5 * t > T && 10 * t <= 7 * T) middle += square;
    }
    return middle / all;
}

static void train_one(lesson *L, const yardstick *y, size_t seed, int loss, trial *r)
{
    static const char *const words[LOSSES] = {"simple", "vlb"};
    char error[256], name[48];
    experiment e = {.s = y->s, .data = adapt_mixture_data(y->ring), .loss = words[loss]};
    e.config = trainer_defaults();
    e.config.steps = lesson_steps(L, 4000);
    e.config.batch = 256;
    e.config.seed = lesson_seed(L) + seed;
    r->steps = e.config.steps;
    r->batch = e.config.batch;
    snprintf(name, sizeof name, "seed %zu, %s", seed + 1, words[loss]);
    trained *a = trained_alloc(&e, error, sizeof error);
    if (!a || !trained_run(a, name, error, sizeof error)) check_refuse("lesson 22: %s", error);
    outcome *o = &r->of[seed][loss];
    if (worth_measure(&o->worth, y->meter, a->use, 1) != 0)
        check_refuse("lesson 22: a network cannot be measured");
    leave_early(y->meter, a->use, o);
    o->middle = middle_share(a->w);
    trained_free(a);
}

trial run_trial(lesson *L)
{
    trial r = {0};
    const size_t scaled = lesson_steps(L, 2500), n = scaled < 200    ? 200
                                                     : scaled > 4000 ? 4000
                                                                     : scaled;
    yardstick y = {.ring = mixture_ring_alloc(8, 1.0, 0.0025, 0.0),
                   .s = schedule_named_alloc("S50")};
    if (y.ring) y.meter = worth_meter_alloc(y.ring, n, lesson_seed(L));
    if (!y.s || !y.meter) check_refuse("lesson 22: out of memory");
    for (size_t seed = 0; seed < SEEDS; seed++)
        for (int loss = 0; loss < LOSSES; loss++) train_one(L, &y, seed, loss, &r);
    r.floor_energy = y.meter->floor_energy;
    r.floor_sliced = y.meter->floor_sliced;
    worth_meter_free(y.meter);
    schedule_free(y.s);
    mixture_free(y.ring);
    return r;
}
