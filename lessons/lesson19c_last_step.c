/* Lesson 19, part c.  A single point, and the noise of the last step. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson19.h"
#include "theory/sampler.h"
#include "theory/weight.h"

static const double eps = GSL_DBL_EPSILON;

/* --- 19.3  A single point x* --------------------------------------------------------------------
 * At t = 1 the network knows eps exactly: mu(x_1, 1) = x* whatever x_1, and only sigma_1 is left. */
static const double star = 0.731;

void point_mass(lesson *L)
{
    claim(L, "SMP-03");
    gap mean = {0}, zero = {0}, beta = {0}, wrong = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        const normal with = sampled(s, star, 0.0, BETA, true),
                     tilde = sampled(s, star, 0.0, TILDE, true);
        /* a_1 = 0 up to the rounding of 1 - beta_1/V_1, times an x_1 of at most 2. */
        gap_add(&mean, s->T, with.mean, star, 16 * eps);
        gap_add(&mean, s->T, tilde.mean, star, 16 * eps);
        gap_add(&zero, s->T, tilde.var, 0.0, gsl_pow_2(16 * eps));
        gap_add(&beta, s->T, with.var, s->beta[1], 8 * eps);
        gap_add(&wrong, s->T, with.var, 0.0, gsl_pow_2(16 * eps));
    }
    road_gap(L, "linear_marginal", "mean x*, both choices, 6 schedules", &mean);
    road_gap(L, "linear_marginal", "beta_tilde: variance 0", &zero);
    road_gap(L, "linear_marginal", "beta: variance beta_1", &beta);
    control_gap(L, "beta: variance 0", &wrong);
    evidence(L,
             "with beta_tilde every sample is x*; with beta the variance is beta_1: %g (L1000), "
             "%g (S10)",
             schedules[L1000]->beta[1], schedules[S10]->beta[1]);
}

/* --- 19.3  The last step ------------------------------------------------------------------------ */

/* Runs of the sampler for the point x*, sigma^2 = beta: the last step of sampler.c adds no noise.
 * noise: the same with it. */
static gap runs(size_t n, bool noise)
{
    gap g = {0};
    mixture *m = mixture_alloc(1, 2);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (size_t k = S10; m && rng && k <= S50; k++) {
        const schedule *s = schedules[k];
        m->mean[0] = star;
        m->mean[1] = -1.283;
        m->var[0] = 0.0;
        sampler_oracle oracle = {m, s};
        const denoiser net = sampler_oracle_denoiser(&oracle);
        for (size_t i = 0; i < n; i++) {
            double x[2], eps_hat[2];
            sampler_ancestral(x, eps_hat, 2, s, &net, SIGMA_BETA, rng);
            for (size_t d = 0; d < 2; d++) {
                const double z = noise ? gsl_ran_gaussian_ziggurat(rng, sqrt(s->beta[1])) : 0.0;
                /* eps* and mu: 16 roundings of |x_1| + |x*|, below 6 */
                gap_add(&g, s->T, x[d] + z, m->mean[d], 16 * eps * 6.0);
            }
        }
    }
    gsl_rng_free(rng);
    mixture_free(m);
    return g;
}

/* N(0,1), sigma^2 = beta, without the last noise: 1 - beta_1. */
static gap without_last(bool claimed)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        gap_add(&g, s->T, sampled(s, 0.0, 1.0, BETA, claimed).var, 1.0 - s->beta[1],
                32.0 * (double)s->T * eps);
    }
    return g;
}

/* With one big last step it is no detail: betas 0.3, 0.2, 0.1, drawn. */
static void draw_last_step(lesson *L)
{
    static const double beta[] = {0.3, 0.2, 0.1};
    schedule *s = schedule_from_beta_alloc(beta, 3);
    mixture *m = mixture_alloc(1, 1);
    if (!s || !m) return;
    sampler_oracle oracle = {m, s};
    const denoiser net = sampler_oracle_denoiser(&oracle);
    moments x_0 = {0};
    for (size_t n = lesson_samples(L, 20000); n > 0; n--) {
        double x, eps_hat;
        sampler_ancestral(&x, &eps_hat, 1, s, &net, SIGMA_BETA, lesson_rng(L));
        moments_add(&x_0, x);
    }
    road_variance(L, "linear_marginal", "betas 0.3, 0.2, 0.1: variance 0.7, drawn", &x_0,
                  sampled(s, 0.0, 1.0, BETA, false).var);
    control_variance(L, "with the last noise: 1", &x_0, 1.0, 0.3 * sqrt(10000.0));
    mixture_free(m);
    schedule_free(s);
}

void last_step(lesson *L)
{
    claim(L, "SMP-05");
    if (!lesson_random_only(L)) {
        const gap none = without_last(false), noise = without_last(true);
        const gap at_star = runs(200, false), around = runs(200, true);
        size_t nonzero = 0;
        for (size_t k = 0; k < N_SCHEDULES; k++)
            nonzero += weight_sigma2(schedules[k], 1, SIGMA_BETA_TILDE) != 0.0;
        road_all(L, NULL, "beta_tilde_1 = 0: no noise by itself", nonzero, N_SCHEDULES);
        road_gap(L, "linear_marginal", "beta, last noise left out: variance 1 - beta_1", &none);
        road_gap(L, "sampler_ancestral", "beta, a single point: 400 runs end exactly there",
                 &at_star);
        control_gap(L, "the same with the last noise", &around);
        control_gap(L, "beta with the last noise: variance 1 - beta_1", &noise);
        evidence(L,
                 "N(0,1), beta: %.4f without the last noise, 1 with it (L1000); %.2f and 1 (S10)",
                 sampled(schedules[L1000], 0.0, 1.0, BETA, false).var,
                 sampled(schedules[S10], 0.0, 1.0, BETA, false).var);
    }
    draw_last_step(L);
}
