/* world.c -- random worlds. */
#include "derive/world.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "theory/forward.h"
#include "theory/law.h"
#include "theory/predict.h"

struct world_laws {
    law *of[2][3][WORLD_T]; /* theta, choice of the variance, time */
};

static uint64_t scramble(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static double between(gsl_rng *rng, double low, double high)
{
    return low + (high - low) * gsl_rng_uniform(rng);
}

static double signed_between(gsl_rng *rng, double low, double high)
{
    return between(rng, low, high) * (gsl_rng_uniform(rng) < 0.5 ? -1.0 : 1.0);
}

static void draw_schedule(world *w, gsl_rng *rng)
{
    double beta[WORLD_T];
    for (size_t t = 0; t < w->T; t++) beta[t] = between(rng, 0.12, 0.62);
    w->s = schedule_from_beta_alloc(beta, w->T);
    for (size_t t = 1; t <= w->T && w->s; t++)
        w->sigma2[t] = w->s->beta[t] * between(rng, 0.6, 1.7);
}

/* The slope is near that of the best linear network, so that the model's chain stays where the data are. */
static void draw_net(const world *w, world_net *net, gsl_rng *rng)
{
    for (size_t t = 1; t <= w->T; t++) {
        net->slope[t] = sqrt(w->s->var_bar[t]) * between(rng, 0.8, 1.2);
        net->phase[t] = between(rng, 0.0, 6.0);
    }
    net->sine = signed_between(rng, 0.2, 0.5);
    net->bump = signed_between(rng, 0.2, 0.5);
    for (size_t k = 0; k < WORLD_D; k++) net->frequency[k] = signed_between(rng, 0.5, 1.1);
}

static void draw_data(world *w, gsl_rng *rng)
{
    for (size_t k = 0; k < 2; k++) {
        w->data->weight[k] = k == 0 ? 0.35 : 0.65;
        w->data->var[k] = between(rng, 0.2, 0.6);
        for (size_t i = 0; i < w->D; i++)
            w->data->mean[k * w->D + i] = signed_between(rng, 0.4, 1.2);
    }
    for (size_t v = 0; v < 2; v++)
        for (size_t k = 0; k < w->D; k++) w->x_0[v][k] = signed_between(rng, 0.4, 1.6);
}

static void draw_paths(world *w, gsl_rng *rng)
{
    for (size_t i = 0; i < WORLD_PATHS; i++)
        for (size_t k = 0; k < w->D; k++) {
            const size_t at = i * w->D + k;
            for (int v = 0; v < 2; v++) w->path[v][0][at] = w->x_0[v][k];
            for (size_t t = 1; t <= w->T; t++) {
                const double z = gsl_ran_gaussian(rng, 1.0);
                for (int v = 0; v < 2; v++)
                    w->path[v][t][at] = forward_step(w->s, t, w->path[v][t - 1][at], z);
            }
        }
}

world *world_alloc(uint64_t seed, size_t index, world_wish wish)
{
    world *w = calloc(1, sizeof *w);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    if (w) w->laws = calloc(1, sizeof *w->laws);
    if (!w || !rng || !w->laws) {
        world_free(w);
        if (rng) gsl_rng_free(rng);
        return NULL;
    }
    static const size_t dimensions[] = {2, 1, 3, 1, 2, 1, 1, 2};
    w->id = scramble(seed * 1000003u + index * 8u + (wish.one_dimension ? 1u : 0u) +
                     (wish.short_chain ? 2u : 0u) + (wish.flat ? 4u : 0u));
    gsl_rng_set(rng, (unsigned long)(w->id & 0xffffffffu));
    w->T = wish.short_chain ? 2 + index % 3 : 2 + (index + (size_t)(w->id % 5)) % 5;
    if (index == 0 && !wish.short_chain) w->T = 4;
    w->D = wish.one_dimension ? 1 : dimensions[index % 8];
    if (wish.flat && w->D > 2) w->D = 2;
    draw_schedule(w, rng);
    w->data = mixture_alloc(2, w->D);
    if (!w->s || !w->data) {
        gsl_rng_free(rng);
        world_free(w);
        return NULL;
    }
    for (int v = 0; v < 2; v++) draw_net(w, &w->net[v], rng);
    draw_data(w, rng);
    draw_paths(w, rng);
    gsl_rng_free(rng);
    return w;
}

void world_free(world *w)
{
    if (!w) return;
    schedule_free(w->s);
    mixture_free(w->data);
    for (int net = 0; net < 2 && w->laws; net++)
        for (int choice = 0; choice < 3; choice++)
            for (int t = 0; t < WORLD_T; t++) law_free(w->laws->of[net][choice][t]);
    free(w->laws);
    free(w);
}

void world_eps(const world *w, int net, size_t t, const double *x, double *eps_hat)
{
    const world_net *n = &w->net[net];
    double square = 0.0, phase = n->phase[t];
    for (size_t k = 0; k < w->D; k++) {
        square += x[k] * x[k];
        phase += n->frequency[k] * x[k];
    }
    const double bump = n->bump * exp(-square / 4.0), c = cos(phase), s = sin(phase);
    static const double cosine[WORLD_D] = {1.0, 0.54030230586813972, -0.41614683654714239};
    static const double sine[WORLD_D] = {0.0, 0.84147098480789651, 0.90929742682568170};
    for (size_t k = 0; k < w->D; k++) /* sin(phase + k) */
        eps_hat[k] = n->slope[t] * x[k] + n->sine * (s * cosine[k] + c * sine[k]) + bump * x[k];
}

double world_sigma2(const world *w, world_variance choice, size_t t)
{
    if (choice == VARIANCE_BETA) return w->s->beta[t];
    return choice == VARIANCE_BETA_TILDE && t > 1 ? w->s->beta_tilde[t] : w->sigma2[t];
}

/* ---- The model as src/theory sees it ---- */

typedef struct model {
    const world *w;
    int net;
    world_variance choice;
} model;

static double model_mean(double x, size_t t, void *params)
{
    const model *m = params;
    double eps;
    world_eps(m->w, m->net, t, &x, &eps);
    return predict_mean_from_eps(m->w->s, t, x, eps);
}

static double model_var(double x, size_t t, void *params)
{
    const model *m = params;
    (void)x;
    return world_sigma2(m->w, m->choice, t);
}

void world_marginal(const world *w, int net, world_variance choice, size_t t, const double *x,
                    size_t n, double *density)
{
    model m = {w, net, choice};
    const reverse_model p = {model_mean, model_var, &m};
    law **l = &w->laws->of[net][choice][t];
    if (!*l && w->D == 1) *l = law_alloc(w->T, t, &p, 12.0, 3.0);
    for (size_t i = 0; i < n; i++) density[i] = *l ? law_pdf(*l, x[i]) : (double)NAN;
}

double world_uniform(const world *w, uint64_t name)
{
    return ((double)(scramble(w->id ^ scramble(name)) >> 11) + 0.5) * 0x1p-53;
}
