/* exercise.c -- inputs, outputs and tolerances of the exercises. */
#include "grade/exercise.h"

#include <math.h>
#include <string.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_randist.h>

const exercise *exercise_find(const char *checker)
{
    for (size_t i = 0; i < n_exercises; i++)
        if (strcmp(exercises[i].checker, checker) == 0) return &exercises[i];
    return NULL;
}

static size_t row(const exercise *e, size_t n)
{
    return e->shape == SHAPE_PATH ? n + 1 : n;
}

size_t exercise_inputs(const exercise *e, size_t n)
{
    return e->scalars + e->vectors * row(e, n);
}

size_t exercise_outputs(const exercise *e, size_t n)
{
    return e->outputs == 1000 ? n + 1 : e->outputs == 0 ? n : e->outputs;
}

/* A number of either sign between 0.3 and 2.3 in absolute value. */
static double generic(const gsl_rng *rng)
{
    const double size = 0.3 + 2.0 * gsl_rng_uniform_pos(rng);
    return gsl_rng_uniform(rng) < 0.5 ? -size : size;
}

/* A path of the forward chain from a generic x_0; entry 0 is x_0. */
static void walk(const gsl_rng *rng, const schedule *s, size_t T, double *x)
{
    x[0] = generic(rng);
    for (size_t t = 1; t <= T; t++)
        x[t] = sqrt(s->alpha[t]) * x[t - 1] + gsl_ran_gaussian(rng, sqrt(s->beta[t]));
}

void exercise_generate(const exercise *e, const gsl_rng *rng, const schedule *s, size_t t, size_t n,
                       double *in)
{
    const size_t count = exercise_inputs(e, n);
    for (size_t i = 0; i < count; i++) in[i] = generic(rng);
    if (e->positive)
        for (size_t i = 0; i < e->scalars; i++) in[i] = 0.05 + fabs(in[i]);
    if (e->shape == SHAPE_BIN) { /* a mean near the bin, so that the probability is not 0 */
        in[1] = 0.02 + 0.1 * gsl_rng_uniform(rng);
        in[0] = 2.0 * (double)t / 255.0 - 1.0 + gsl_ran_gaussian(rng, in[1]);
    }
    if (e->f == F_LOG_GAUSSIAN) in[2] = 0.05 + fabs(in[2]);
    if (e->f == F_ELBO_ON_PATH) walk(rng, s, n, in + 1);
}

/* Calls the misprint on one coordinate. */
static double coordinate(const exercise *e, const misprint *m, const schedule *s, size_t t,
                         size_t n, const double *in, size_t d)
{
    switch (e->reading) {
    case READ_FIRST: return m->value(s, t, (const double[]){1.0, 0.0});
    case READ_SECOND: return m->value(s, t, (const double[]){0.0, 1.0});
    case READ_MINUS_SECOND: return -m->value(s, t, (const double[]){0.0, 1.0});
    case READ_EACH: return m->value(s, t, (const double[]){in[d], in[n + d]});
    case READ_KL: return m->value(s, t, (const double[]){in[2 + d], in[0], in[2 + n + d], in[1]});
    case READ_KL_EQUAL:
        return m->value(s, t, (const double[]){in[1 + d], in[0], in[1 + n + d], in[0]});
    case READ_STEP:
        return m->value(s, t, (const double[]){in[1 + d], in[1 + n + d]}) +
               (t > 1 ? in[0] * in[1 + 2 * n + d] : 0.0);
    default: return m->value(s, t, in);
    }
}

void exercise_misprint(const exercise *e, const misprint *m, const schedule *s, size_t t, size_t n,
                       const double *in, double *out)
{
    const bool each = e->reading == READ_EACH || e->reading == READ_STEP;
    const bool sum = e->reading == READ_KL || e->reading == READ_KL_EQUAL;
    out[0] = 0.0;
    for (size_t d = 0; d < (each || sum ? n : 1); d++) {
        const double value = coordinate(e, m, s, t, n, in, d);
        if (each)
            out[d] = value;
        else
            out[0] += value;
    }
}

/* ---- Tolerances ---- */

static const double step = 1e-6;

typedef struct measurement {
    const exercise *e;
    schedule *s;
    size_t t, n, outputs;
    const double *in;
    const double *truth;
    double *amplification;
} measurement;

/* Adds |f(moved) - f| / step for every output. */
static void add_change(const measurement *m, const double *in)
{
    double moved[EXERCISE_MAX_NUMBERS];
    m->e->reference(m->s, m->t, m->n, in, moved);
    for (size_t i = 0; i < m->outputs; i++) {
        const double change = fabs(moved[i] - m->truth[i]) / step;
        if (isfinite(change)) m->amplification[i] += change;
    }
}

static void move_entry(const measurement *m, double *entry, double by)
{
    const double kept = *entry;
    *entry = kept + by;
    if (isfinite(*entry)) add_change(m, m->in);
    *entry = kept;
}

static void move_schedule(const measurement *m, size_t t)
{
    schedule *s = m->s;
    const double v = s->var_bar[t], before = t > 1 ? s->var_bar[t - 1] : 1.0;
    move_entry(m, &s->beta[t], step * s->beta[t]);
    move_entry(m, &s->alpha[t], -step * s->alpha[t]);
    move_entry(m, &s->alpha_bar[t], -step * s->alpha_bar[t]);
    move_entry(m, &s->var_bar[t], step); /* absolutely: it may have been 1 - abar */
    move_entry(m, &s->log_alpha_bar[t], -step * fmax(1.0, -s->log_alpha_bar[t]));
    move_entry(m, &s->log_snr[t], step * (1.0 + 1.0 / v));
    move_entry(m, &s->beta_tilde[t], step * s->beta_tilde[t] * (1.0 + 1.0 / v + 1.0 / before));
}

void exercise_tolerance(const exercise *e, schedule *s, size_t t, size_t n, const double *in,
                        double *tolerance)
{
    double truth[EXERCISE_MAX_NUMBERS], amplification[EXERCISE_MAX_NUMBERS] = {0};
    double moved[EXERCISE_MAX_NUMBERS];
    const size_t count = exercise_inputs(e, n), outputs = exercise_outputs(e, n);
    const measurement m = {e, s, t, n, outputs, in, truth, amplification};
    e->reference(s, t, n, in, truth);
    memcpy(moved, in, count * sizeof *in);
    for (size_t i = 0; i < count; i++) {
        moved[i] = in[i] * (1.0 + step);
        add_change(&m, moved);
        moved[i] = in[i];
    }
    const size_t T = s ? s->T : 0;
    if (s && e->shape == SHAPE_PATH)
        for (size_t k = 1; k <= T && k <= n; k++) move_schedule(&m, k);
    if (s && (e->shape == SHAPE_POINT || e->shape == SHAPE_VECTOR || e->shape == SHAPE_KIND)) {
        move_schedule(&m, t);
        if (t > 1) move_schedule(&m, t - 1);
        if (t > 2) move_schedule(&m, 1);
    }
    if (s && e->shape == SHAPE_END) move_schedule(&m, T);
    const double steps = (double)(e->shape == SHAPE_POINT || e->shape == SHAPE_VECTOR ? t : T);
    double scale[EXERCISE_MAX_NUMBERS] = {0};
    if (e->scale) e->scale(s, t, n, in, scale);
    for (size_t i = 0; i < outputs; i++)
        tolerance[i] =
            (64.0 + 2.0 * steps) * GSL_DBL_EPSILON * (amplification[i] + fabs(truth[i]) + scale[i]);
}
