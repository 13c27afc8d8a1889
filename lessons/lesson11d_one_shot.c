/* Lesson 11, part d.  How a denoiser becomes a sampler: one shot, T steps, small steps. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson11.h"
#include "theory/forward.h"
#include "theory/law.h"
#include "theory/linear.h"
#include "theory/reverse.h"
#include "theory/sampler.h"
#include "theory/schedule_spec.h"
#include "theory/weight.h"

static const double eps = GSL_DBL_EPSILON;

/* --- 11.6  One shot against T steps -------------------------------------------------------------
 * Use the perfect denoiser as a generator: draw x_T ~ N(0,1), return E[x_0|x_T].  All that comes
 * out is near the mean of the data, with variance abar_T (Var x_0)^2 or so. */
typedef struct oracle {
    mixture *m;
    const schedule *s;
} oracle;

static double one_shot(double x_T, void *params)
{
    const oracle *k = params;
    double x_0_hat;
    mixture_mean_x0(&x_0_hat, k->m, k->s, k->s->T, &x_T);
    return x_0_hat;
}

static double one_shot_square(double x_T, void *params)
{
    return gsl_pow_2(one_shot(x_T, params)) * exp(log_normal(x_T, 0.0, 1.0));
}

/* The same in one line of hyperbolic algebra: the two bumps weigh tanh(sqrt(abar) x/V). */
static double by_hand(double x_T, const oracle *k)
{
    const double abar = k->s->alpha_bar[k->s->T], var = k->s->var_bar[k->s->T],
                 V = abar * BUMP + var;
    return (var * tanh(sqrt(abar) * x_T / V) + sqrt(abar) * BUMP * x_T) / V;
}

static double by_hand_square(double x_T, void *params)
{
    return gsl_pow_2(by_hand(x_T, params)) * exp(log_normal(x_T, 0.0, 1.0));
}

static double by_hand_size(double x_T, void *params)
{
    return by_hand(x_T, params) * exp(log_normal(x_T, 0.0, 1.0));
}

/* W1 of the T-step sampler (no noise in the last step) from the data. */
static double many_steps(oracle *k)
{
    reverse_oracle o;
    reverse_model p = reverse_of_mixture(&o, k->m, k->s, SIGMA_BETA);
    law *l = law_alloc(k->s->T, 1, &p, 6.0, 2.0);
    if (!l) return (double)NAN;
    const double W1 = law_wasserstein(l, reverse_last_mean, &p, bumps_below, NULL, 6.0, 2401, NULL);
    law_free(l);
    return W1;
}

/* W1 of the one-shot generator: x_0_hat increases with x_T, so the quantiles of both are paired:
 *   W1 = integral |P(x_T <= z) - G(x_0_hat(z))| d x_0_hat(z), plus what G leaves outside its range.
 */
static double outside(double y, void *params)
{
    const double side = *(const double *)params;
    return side < 0.0 ? bumps_below(y, NULL) : 1.0 - bumps_below(y, NULL);
}

static double single_step(quad *w, oracle *k, double *widest)
{
    enum { CELLS = 4000 };
    double sum = 0.0, before = one_shot(-9.0, k), error;
    *widest = 0.0;
    double left = -1.0, right = 1.0;
    sum += quad_interval(w, outside, &left, -4.0, before, &error);
    for (int i = 1; i <= CELLS; i++) {
        const double z = -9.0 + 18.0 * i / CELLS, middle = z - 9.0 / CELLS, here = one_shot(z, k);
        sum += fabs(0.5 * erfc(-middle * M_SQRT1_2) - bumps_below(one_shot(middle, k), NULL)) *
               (here - before);
        *widest = fmax(*widest, here - before);
        before = here;
    }
    return sum + quad_interval(w, outside, &right, before, 4.0, &error);
}

/* Mean W1 of two samples of n data: sqrt(4/(pi n)) integral sqrt(F(1-F)), because the difference of
 * two empirical distribution functions is nearly N(0, 2F(1-F)/n). */
static double root_of_spread(double x, void *params)
{
    (void)params;
    return sqrt(bumps_below(x, NULL) * bumps_below(-x, NULL)); /* the law is even */
}

static double two_samples(quad *w, double n)
{
    double error;
    return 2.0 * quad_interval(w, root_of_spread, NULL, -4.0, 4.0, &error) / sqrt(M_PI * n);
}

/* Where the generator's quantiles all lie nearer to 0 than the data's, and both laws are even,
 * W1 = E|x_0| - E|x_0_hat|; a bump N(1, v) has E|x_0| = erf(1/sqrt(2v)) + sqrt(2v/pi) e^(-1/2v).
 * The cells above err by no more than one of them: |P - G| varies by 2 in all. */
static void distance_by_means(lesson *L, quad *w, oracle *k, double W1, double widest)
{
    double error;
    const double data = erf(sqrt(0.5 / BUMP)) + sqrt(2.0 * BUMP / M_PI) * exp(-0.5 / BUMP);
    const double size = 2.0 * quad_interval(w, by_hand_size, k, 0.0, 12.0, &error);
    road(L, "mixture_mean_x0", "W1 of one shot = E|x_0| - E|x_0_hat|, L1000", W1, data - size,
         widest + 2.0 * error);
}

/* E x_0^2 after T steps, from the law of x_1, against the samples of Algorithm 2. */
static void simulate(lesson *L, mixture *bumps)
{
    oracle k = {bumps, schedules[S50]};
    reverse_oracle o;
    const reverse_model p = reverse_of_mixture(&o, k.m, k.s, SIGMA_BETA);
    law *l = law_alloc(k.s->T, 0, &p, 6.0, 2.0);
    if (!l) return;
    double expected = 0.0;
    for (size_t i = 0; i < l->n; i++) expected += l->mass[i] * gsl_pow_2(l->mean[i]);
    law_free(l);
    moments square = {0};
    const size_t n = lesson_samples(L, 10000);
    for (size_t i = 0; i < n; i++) {
        double x, eps_hat;
        sampler_ancestral(&x, &eps_hat, 1, schedules[S50], &o.denoiser.net, SIGMA_BETA,
                          lesson_rng(L));
        moments_add(&square, x * x);
    }
    road_mean(L, "law_alloc", "E x_0^2 of 50 simulated steps = its exact law", &square, expected);
    /* x_0^2 of a bump has variance 4 BUMP + 2 BUMP^2. */
    control_mean(L, "E x_0^2 of the one-shot generator", &square, 8.4e-6,
                 1.04 * sqrt(10000.0 / (4.0 * BUMP + 2.0 * BUMP * BUMP)));
}

void a_component(lesson *L, quad *w, mixture *bumps)
{
    claim(L, "X0P-07");
    if (!lesson_random_only(L)) {
        static const double known[N_SCHEDULES] = {[L1000] = 4.4e-5, [S50] = 8.4e-6};
        double shot[N_SCHEDULES] = {0.0};
        gap spread = {0}, ledger = {0};
        for (size_t i = 0; i < N_SCHEDULES; i++) {
            oracle k = {bumps, schedules[i]};
            double error, tolerance;
            shot[i] = quad_interval(w, one_shot_square, &k, -12.0, 12.0, &error);
            const double reference = quad_interval(w, by_hand_square, &k, -12.0, 12.0, &tolerance);
            /* The two responsibilities nearly cancel: a rounding of x_0_hat is eps, not eps
             * x_0_hat. */
            gap_add(&spread, i + 1, shot[i], reference,
                    error + tolerance + 32.0 * eps * sqrt(shot[i]));
            if (known[i] > 0.0)
                gap_add(&ledger, i + 1, shot[i], known[i], 0.5e-6 * (i == L1000 ? 1.0 : 0.1));
        }
        road_gap(L, "mixture_mean_x0", "one shot: its variance, 4 schedules, by hand", &spread);
        road_gap(L, "mixture_mean_x0", "the ledger's variances on L1000 and S50, 2 digits",
                 &ledger);
        oracle k = {bumps, schedules[L1000]};
        double widest;
        const double one = single_step(w, &k, &widest), all = many_steps(&k);
        distance_by_means(L, w, &k, one, widest);
        const double noise = two_samples(w, 1e4);
        road_below(L, "law_wasserstein", "1000 steps: closer than two samples of 10000 data", all,
                   noise, 0.0);
        control_below(L, "one shot: closer than two samples of 10000 data", one, noise, 0.0);
        evidence(L,
                 "L1000: one shot has variance %.2e (data 1.04) and W1 %.4f to the data, 1000 "
                 "steps %.5f; one shot on S10 %.4f, on S50 %.1e",
                 shot[L1000], one, all, shot[S10], shot[S50]);
    }
    simulate(L, bumps);
}

void families(lesson *L)
{
    claim(L, "PRO-06");
    say(L, "A GAN or VAE calls its network once per sample.  A DDPM calls it T times, and each "
           "call only "
           "fills in x_0_hat.  X0P-07 measures what a single call would give.");
    evidence(L, "network calls per sample: 1 (GAN, VAE), T (DDPM); quantitative part X0P-07");
}

/* --- 11.6  A single, small step -----------------------------------------------------------------
 * Unit-variance data: E (x_{t-1} - x_t)^2 = 1 - 2 sqrt(alpha_t) + 1 per coordinate, computed
 * without cancellation as 2 beta_t / (1 + sqrt(alpha_t)).  The average of a quadratic over two
 * independent variables of mean 0 and variance 1 is its average over the four signs. */
static double square_step(const schedule *s, size_t t, double sd)
{
    double sum = 0.0;
    for (int a = -1; a <= 1; a += 2)
        for (int b = -1; b <= 1; b += 2)
            sum += 0.25 * gsl_pow_2(forward_step(s, t, a * sd, b) - a * sd);
    return sum;
}

static double longest_step(const schedule *s)
{
    double longest = 0.0;
    for (size_t t = 1; t <= s->T; t++) longest = fmax(longest, square_step(s, t, 1.0));
    return longest;
}

void a_small_step(lesson *L)
{
    claim(L, "X0P-08");
    const schedule *s = schedules[S10];
    if (!lesson_random_only(L)) {
        gap chain = {0}, model = {0}, other = {0};
        for (size_t k = 0; k < N_SCHEDULES; k++) {
            const schedule *u = schedules[k];
            linear_chain *c = linear_chain_alloc(u, 0.0, 1.0, SIGMA_BETA);
            if (!c) return;
            for (size_t t = 1; t <= u->T; t++) {
                const double expected = 2.0 * u->beta[t] / (1.0 + sqrt(u->alpha[t]));
                /* One rounding of x_t, times twice the step. */
                const double tolerance = 32.0 * eps * sqrt(expected);
                gap_add(&chain, t, square_step(u, t, 1.0), expected, tolerance);
                gap_add(&model, t, gsl_pow_2(1.0 - c->a[t]) + c->var[t], expected, tolerance);
                gap_add(&other, t, square_step(u, t, 2.0), expected, tolerance);
            }
            linear_chain_free(c);
        }
        road_gap(L, "forward_step", "E(x_{t-1}-x_t)^2 = 2 - 2 sqrt(alpha_t), all t", &chain);
        road_gap(L, "linear_chain_alloc", "the same for the reverse step of the best model",
                 &model);
        control_gap(L, "the same claimed for data of variance 4", &other);
        road_below(L, "forward_step", "L1000: no mean square step above 0.0202",
                   longest_step(schedules[L1000]), 0.0202, 0.0);
        control_below(L, "S10: no mean square step above 0.05", longest_step(s), 0.05, 0.0);
        control_below(L, "COS1000: no mean square step above 0.05",
                      longest_step(schedules[COS1000]), 0.05, 0.0);
    }
    const size_t n = lesson_samples(L, 40000); /* a square is skewed */
    const double sd = sqrt(s->beta[s->T]), root = sqrt(s->alpha[s->T]);
    moments m = {0};
    for (size_t i = 0; i < n; i++) {
        const double x = gsl_ran_gaussian_ziggurat(lesson_rng(L), 1.0);
        moments_add(&m, gsl_pow_2(root * x + gsl_ran_gaussian_ziggurat(lesson_rng(L), sd) - x));
    }
    road_mean(L, "forward_step", "simulated, S10, t = T", &m, square_step(s, s->T, 1.0));
    evidence(L, "largest mean square step: %.4f (L1000), %.3f (S10), %.3f (COS1000)",
             longest_step(schedules[L1000]), longest_step(s), longest_step(schedules[COS1000]));
}

/* ---- Data for the figures ---- */
static void write_one_shot(lesson *L, mixture *bumps)
{
    const schedule *s = schedules[S10];
    oracle k = {bumps, s};
    reverse_oracle o;
    reverse_model p = reverse_of_mixture(&o, k.m, k.s, SIGMA_BETA);
    law *l = law_alloc(s->T, 1, &p, 6.0, 3.0);
    data_file *f = data_open(L, "oneshot", "kind x density");
    for (int kind = 0; kind < 3 && l; kind++) {
        for (int i = -400; i <= 400; i++) {
            /* A density carried by an increasing map: divide by its slope. */
            const double z = 0.01 * i, h = 1e-4;
            const double data =
                0.5 * (exp(log_normal(z, 1.0, BUMP)) + exp(log_normal(z, -1.0, BUMP)));
            const double x = kind == 0 ? z : kind == 1 ? reverse_last_mean(z, &p) : one_shot(z, &k);
            const double slope =
                kind == 1
                    ? (reverse_last_mean(z + h, &p) - reverse_last_mean(z - h, &p)) / (2.0 * h)
                : kind == 2 ? (one_shot(z + h, &k) - one_shot(z - h, &k)) / (2.0 * h)
                            : 1.0;
            const double before = kind == 0   ? data
                                  : kind == 1 ? law_pdf(l, z)
                                              : exp(log_normal(z, 0.0, 1.0));
            data_line(f, "%d %.9g %.9g", kind, x, before / slope);
        }
        data_gap(f);
        data_gap(f);
    }
    data_close(f);
    law_free(l);
}

void write_figures(lesson *L, mixture *bumps)
{
    write_one_shot(L, bumps);
    schedule *s = schedule_of_figure(L);
    data_file *f = data_open(L, "ratio", "t bound snr");
    for (size_t t = 1; t <= s->T; t++)
        data_line(f, "%zu %.9g %.9g", t, weight_x0(s, t, s->beta[t]), forward_snr(s, t));
    data_close(f);
    schedule_free(s);
}
