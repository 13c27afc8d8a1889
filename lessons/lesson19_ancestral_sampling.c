/* Lesson 19.  Ancestral sampling
 * ------------------------------
 * CLAIM   x_T ~ N(0,1), then x_{t-1} = mu_theta(x_t, t) + sigma_t eps down to x_0, gives samples of
 *         the data, if the network is perfect and the steps are many.  With few steps the law of x_0
 *         is another one, and sigma_t^2 = beta_t, beta_tilde_t, sigma*_t^2 miss it differently.
 * WHY     Lessons 21 to 25 sample with trained networks: what they get wrong has to be told apart
 *         from what sampling itself gets wrong.
 * NEEDS   lessons 3, 10, 11.   Notes: docs/lesson19.md
 * RUN     make lesson19   FIGURES  build/figures/lesson19.png, lesson19_{bumps,distance}.png
 *
 * Nothing is left to chance that can be computed: for normal data the law of x_0 is normal (part b),
 * for two bumps it is found by integrating the chain (parts d, e), and runs of the sampler itself
 * must fall into it.  Part c has the last step, part f the meters with which samples are compared.
 */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson19.h"
#include "theory/elbo.h"
#include "theory/sampler.h"
#include "theory/weight.h"

static const char *const names[N_SCHEDULES] = {"S10", "S50", "L1000", "COS1000", "BAD50", "COS50"};
schedule *schedules[N_SCHEDULES];
mixture *bumps;

kernel regression(const schedule *s, size_t t, double m, double v)
{
    const double before = s->alpha_bar[t - 1] * v + s->var_bar[t - 1];
    const double here = s->alpha[t] * before + s->beta[t];
    const double slope = sqrt(s->alpha[t]) * before / here;
    /* offset = E x_{t-1} - slope E x_t, without the difference. */
    return (kernel){slope, sqrt(s->alpha_bar[t - 1]) * m * s->beta[t] / here,
                    s->beta[t] * before / here};
}

double pull(const schedule *s, size_t t, double x_t)
{
    const kernel right = regression(s, t, 1.0, bump);
    const double V = s->alpha_bar[t] * bump + s->var_bar[t];
    return right.slope * x_t + right.offset * tanh(sqrt(s->alpha_bar[t]) * x_t / V);
}

double bumps_below(double x, void *params)
{
    (void)params;
    const double root = sqrt(2.0 * bump);
    return 0.25 * (erfc((-1.0 - x) / root) + erfc((1.0 - x) / root));
}

/* --- 19.1  One step -----------------------------------------------------------------------------
 * x_{t-1} = mu + sigma eps: sigma is a standard deviation.  Data in three dimensions, N(m_d, 1/4)
 * each, so that mu is a regression line; the noise of the step is drawn again from a copy of the
 * generator. */
static const double centre[3] = {0.37, -0.91, 1.73};

static mixture *round_data(void)
{
    mixture *m = mixture_alloc(1, 3);
    for (size_t d = 0; m && d < 3; d++) m->mean[d] = centre[d];
    if (m) m->var[0] = 0.25;
    return m;
}

/* The step at t, all three coordinates, for both variances.  as_sd: hands over sigma^2 for sigma. */
static void add_step(gap *g, mixture *m, const schedule *s, size_t t, gsl_rng *rng, bool as_sd)
{
    static const double x_t[3] = {-1.283, 0.317, 0.731};
    sampler_oracle oracle = {m, s};
    const denoiser net = sampler_oracle_denoiser(&oracle);
    for (int choice = 0; choice < 2; choice++) {
        const double var = choice ? s->beta_tilde[t] : s->beta[t];
        double x[3] = {x_t[0], x_t[1], x_t[2]}, eps_hat[3];
        gsl_rng *twin = gsl_rng_clone(rng);
        sampler_step(x, eps_hat, 3, s, t, &net, as_sd ? var : sqrt(var), rng);
        for (size_t d = 0; twin && d < 3; d++) {
            const kernel k = regression(s, t, centre[d], m->var[0]);
            const double z = var > 0.0 ? gsl_ran_gaussian_ziggurat(twin, 1.0) : 0.0;
            /* 24 roundings of numbers below 4, magnified by 1/sqrt(alpha_t). */
            gap_add(g, t, x[d], k.slope * x_t[d] + k.offset + sqrt(var) * z,
                    24 * GSL_DBL_EPSILON * 4.0 / sqrt(s->alpha[t]));
        }
        gsl_rng_free(twin);
    }
}

static void every_step(lesson *L, mixture *m)
{
    gap right = {0}, wrong = {0};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937); /* the comparison is exact for any noise */
    for (size_t k = 0; rng && k < N_SCHEDULES; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++)
            add_step(&right, m, schedules[k], t, rng, false);
    for (size_t t = 1; rng && t <= 10; t++) add_step(&wrong, m, schedules[S10], t, rng, true);
    gsl_rng_free(rng);
    road_gap(L, "sampler_step", "regression line + sd * noise, all t, 6 schedules", &right);
    control_gap(L, "sigma_t^2 in the place of sigma_t (S10)", &wrong);
}

/* N(0,1) data keep mu = sqrt(alpha_t) x_t: the final variance when the sd is beta_tilde^power. */
static double final_variance(const schedule *s, double power)
{
    double var = 1.0;
    for (size_t t = s->T; t >= 1; t--)
        var = s->alpha[t] * var + gsl_pow_2(pow(s->beta_tilde[t], power));
    return var;
}

static void what_a_step_adds(lesson *L, mixture *m)
{
    const schedule *s = schedules[S10];
    sampler_oracle oracle = {m, s};
    const denoiser net = sampler_oracle_denoiser(&oracle);
    const size_t n = lesson_samples(L, 20000), t = 5;
    moments added = {0};
    for (size_t i = 0; i < n; i++) {
        double x[3] = {0.731, 0.317, -1.283}, eps_hat[3];
        sampler_step(x, eps_hat, 3, s, t, &net, sqrt(s->beta[t]), lesson_rng(L));
        moments_add(&added, x[2]);
    }
    road_variance(L, "weight_sigma2", "S10, t = 5: variance of many x_4 from one x_5", &added,
                  weight_sigma2(s, t, SIGMA_BETA));
    control_variance(L, "sigma^2 taken as the sd: its square", &added, gsl_pow_2(s->beta[t]),
                     (1.0 / s->beta[t] - 1.0) * sqrt(10000.0));
}

static void one_step(lesson *L)
{
    claim(L, "SMP-07");
    mixture *m = round_data();
    if (!m) return;
    if (!lesson_random_only(L)) {
        every_step(L, m);
        evidence(L,
                 "N(0,1), beta_tilde: final variance %.3f (L1000), %.3f (S10); with beta_tilde "
                 "as the sd %.4f and %.3f",
                 final_variance(schedules[L1000], 0.5), final_variance(schedules[S10], 0.5),
                 final_variance(schedules[L1000], 1.0), final_variance(schedules[S10], 1.0));
        road(L, NULL, "docs/claims.tsv: 0.0056 with beta_tilde as the sd",
             final_variance(schedules[L1000], 1.0), 0.0056, 0.5e-4);
    }
    what_a_step_adds(L, m);
    mixture_free(m);
}

/* --- 19.6  What a sample costs ------------------------------------------------------------------
 * A network that counts, and remembers whether it was asked in the order t = T, T-1, ..., 1. */
typedef struct counter {
    size_t calls, last_t, out_of_order;
} counter;

static void counting_eps(double *eps_hat, const double *x_t, size_t t, size_t D, void *params)
{
    counter *c = params;
    c->out_of_order += t + 1 != c->last_t;
    c->last_t = t;
    c->calls++;
    for (size_t d = 0; d < D; d++) eps_hat[d] = 0.3 * x_t[d];
}

/* The bound on one path asks the same network, once per t = 1 .. T. */
static size_t calls_of_the_bound(const schedule *s)
{
    counter c = {0};
    reverse_denoiser r = {.net = {counting_eps, &c}, .s = s, .choice = SIGMA_BETA};
    const reverse_model p = reverse_of_denoiser(&r);
    double path[1001];
    for (size_t t = 0; t <= s->T; t++) path[t] = 0.731 - 0.001 * (double)t;
    elbo_path(s, &p, path);
    return c.calls;
}

static void cost(lesson *L)
{
    claim(L, "SMP-08");
    gap calls = {0}, bound = {0};
    size_t out_of_order = 0;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (size_t k = 0; rng && k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        counter c = {.last_t = s->T + 1};
        const denoiser net = {counting_eps, &c};
        double x[2], eps_hat[2];
        sampler_ancestral(x, eps_hat, 2, s, &net, SIGMA_BETA_TILDE, rng);
        gap_add(&calls, s->T, (double)c.calls, (double)s->T, 0.0);
        gap_add(&bound, s->T, (double)calls_of_the_bound(s), (double)s->T, 0.0);
        out_of_order += c.out_of_order;
    }
    gsl_rng_free(rng);
    road_gap(L, NULL, "calls per sample: T, 6 schedules", &calls);
    road_gap(L, NULL, "calls for the bound of one path: T", &bound);
    road_all(L, NULL, "asked at t = T, T-1, ..., 1, each once", out_of_order, N_SCHEDULES);
    counter one = {.last_t = 1001};
    double x_T = 0.731, eps_hat;
    counting_eps(&eps_hat, &x_T, 1000, 1, &one);
    control(L, "one-shot generator: T calls", (double)one.calls, 1000.0, 0.0);
    evidence(L, "T = 1000: 1000 calls per sample and 1000 for the bound of one path; a call cannot "
                "start before the one for t + 1 is done");
}

int main(int argc, char **argv)
{
    lesson *L = lesson_open(argc, argv, 19, "Ancestral sampling");
    for (size_t k = 0; k < N_SCHEDULES; k++)
        if (!(schedules[k] = schedule_named_alloc(names[k]))) return 2;
    if (!(bumps = mixture_pair_alloc(bump))) return 2;
    section(L, "19.1  One step");
    one_step(L);
    section(L, "19.2  Normal data: the variance that comes out");
    variance_of_normal_data(L);
    other_normal_data(L);
    section(L, "19.3  A single point, and the last step");
    if (!lesson_random_only(L)) point_mass(L);
    last_step(L);
    two_bumps(L);
    if (!lesson_random_only(L)) {
        section(L, "19.6  What a sample costs");
        cost(L);
        figure_variance(L);
    }
    mixture_free(bumps);
    for (size_t k = 0; k < N_SCHEDULES; k++) schedule_free(schedules[k]);
    return lesson_close(L);
}
