/* Lesson 19, part d.  Two bumps: the exact law of what the sampler returns, and samples of it. */
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson19.h"
#include "theory/law.h"
#include "theory/sampler.h"

/* --- 19.4  The law of x_0 -----------------------------------------------------------------------
 * From src/theory: the chain of the perfect network, carried down to x_1; the last step adds no
 * noise, so that x_0 = mu(x_1, 1), an increasing function. */
static double optimal(double x_t, void *params)
{
    const reverse_denoiser *at = params;
    return mixture_optimal_variance(bumps, at->s, (size_t)at->sigma2[0], &x_t);
}

/* sigma*_t^2, averaged over x_t as the bound asks (lesson 10). */
static double *best_variances(const schedule *s)
{
    double *sigma2 = malloc((s->T + 1) * sizeof *sigma2);
    for (size_t t = 1; sigma2 && t <= s->T; t++) {
        sigma2[0] = (double)t;
        reverse_denoiser at = {.s = s, .sigma2 = sigma2};
        sigma2[t] = mixture_expectation(bumps, s, t, optimal, &at, 40);
    }
    return sigma2;
}

static bool chain_open(chain *c, const schedule *s, int choice, double per_sd)
{
    c->model =
        reverse_of_mixture(&c->oracle, bumps, s, choice == TILDE ? SIGMA_BETA_TILDE : SIGMA_BETA);
    c->oracle.denoiser.sigma2 = c->sigma2 = choice == BEST ? best_variances(s) : NULL;
    c->l = law_alloc(s->T, 1, &c->model, 8.0, per_sd);
    return c->l != NULL;
}

void chain_close(chain *c)
{
    law_free(c->l);
    free(c->sigma2);
}

/* S10, S50 and L1000 with beta and beta_tilde.  A big step takes x_t through a mean that is steep
 * between the bumps: there the grid must be finer than the noise asks. */
chain chains[3][2];

bool chains_open(bool random_only)
{
    static const double per_sd[3] = {8.0, 4.0, 1.4};
    bool good = true;
    for (size_t k = S10; k <= L1000; k++)
        for (int choice = BETA; choice <= TILDE; choice++)
            if (k < L1000 || !random_only)
                good = chain_open(&chains[k][choice], schedules[k], choice, per_sd[k]) && good;
    return good;
}

static const double widest = 4.0; /* |x_1| stays below */

/* W1 for any schedule, to the 4 digits that a comparison or a curve needs. */
double distance_of(const schedule *s, int choice)
{
    chain c;
    const double per_sd = s->T < 60 ? 4.0 : s->T < 250 ? 2.0 : 1.4;
    const double far = chain_open(&c, s, choice, per_sd)
                           ? law_wasserstein(c.l, reverse_last_mean, &c.model, bumps_below, NULL,
                                             widest, 1001, NULL)
                           : (double)NAN;
    chain_close(&c);
    return far;
}

/* ---- The same law by walking backwards ----
 * u_t(x) = P(x_1 <= z | x_t = x) obeys u_t(x) = E u_{t-1}(pull(x) + sigma_t eps), from small t to
 * large; then P(x_1 <= z) = E u_T(N(0,1)).  src/theory carries densities the other way. */
enum { POINTS = 4 };

static double own_sigma(const schedule *s, size_t t, int choice)
{
    return sqrt(choice == BETA ? s->beta[t] : s->beta[t] * s->var_bar[t - 1] / s->var_bar[t]);
}

static void one_step_back(double *next, const double *u, size_t n, double h, double sd,
                          const double *mean)
{
    const double low = -h * 0.5 * (double)(n - 1);
    for (size_t i = 0; i < POINTS * n; i++) next[i] = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double first = ceil((mean[i] - 8.5 * sd - low) / h);
        for (size_t j = first > 0.0 ? (size_t)first : 0; j < n; j++) {
            const double z = (low + h * (double)j - mean[i]) / sd;
            if (z > 8.5) break;
            const double share = h / sd * exp(-0.5 * z * z) / sqrt(2.0 * M_PI);
            for (size_t k = 0; k < POINTS; k++) next[k * n + i] += share * u[k * n + j];
        }
    }
}

static bool backwards(double *P, const schedule *s, int choice, const double *z, double h)
{
    const double reach = 8.0;
    const size_t n = 2 * (size_t)ceil(reach / h) + 1;
    double *u = malloc((2 * POINTS + 1) * n * sizeof *u);
    if (!u) return false;
    double *next = u + POINTS * n, *const mean = u + 2 * POINTS * n, *const memory = u;
    const double low = -h * 0.5 * (double)(n - 1);
    for (size_t t = 2; t <= s->T; t++) {
        for (size_t i = 0; i < n; i++) mean[i] = pull(s, t, low + h * (double)i);
        const double sd = own_sigma(s, t, choice);
        if (t == 2)
            for (size_t i = 0; i < POINTS * n; i++)
                next[i] = 0.5 * erfc(-(z[i / n] - mean[i % n]) / (sd * M_SQRT2));
        else
            one_step_back(next, u, n, h, sd, mean);
        double *const old = u;
        u = next;
        next = old;
    }
    for (size_t k = 0; k < POINTS; k++) {
        P[k] = 0.0;
        for (size_t i = 0; i < n; i++)
            P[k] += h * gsl_ran_ugaussian_pdf(low + h * (double)i) * u[k * n + i];
    }
    free(memory);
    return true;
}

/* Where pull(x_1) = y: bisection, pull is increasing. */
static double before(const schedule *s, double y)
{
    double low = -4.0, high = 4.0;
    for (int i = 0; i < 60; i++) {
        const double middle = 0.5 * (low + high);
        *(pull(s, 1, middle) < y ? &low : &high) = middle;
    }
    return 0.5 * (low + high);
}

/* P(x_0 <= y) at four y, S10.  Both roads on two grids: what the finer one changes bounds its error;
 * rounding: T sums of at most 600 positive terms. */
void add_points(gap *g, gap *data, int choice)
{
    static const double y[POINTS] = {-1.217, -0.731, 0.137, 0.4};
    const schedule *s = schedules[S10];
    double z[POINTS], P[POINTS], coarse[POINTS];
    const double h = own_sigma(s, 2, choice) / 7.0;
    chain c = {0}, *const other = &chains[S10][choice];
    for (size_t k = 0; k < POINTS; k++) z[k] = before(s, y[k]);
    if (chain_open(&c, s, choice, 10.0) && backwards(P, s, choice, z, h) &&
        backwards(coarse, s, choice, z, 1.3 * h))
        for (size_t k = 0; k < POINTS; k++) {
            const double here = law_below(c.l, z[k]);
            const double tolerance = (double)s->T * 600.0 * GSL_DBL_EPSILON +
                                     fabs(P[k] - coarse[k]) +
                                     fabs(here - law_below(other->l, z[k]));
            gap_add(g, s->T, here, P[k], tolerance);
            gap_add(data, s->T, bumps_below(y[k], NULL), P[k], tolerance);
        }
    chain_close(&c);
}

/* ---- W1 by quantiles: the point of rank u of the samples goes to that of the data ----
 *      W1 = integral |mu(z, 1) - G^-1(F(z))| dF(z),  F the law of x_1; both sides are even. */
static double data_quantile(double u)
{
    double low = -8.0, high = 0.0;
    for (int i = 0; i < 60; i++) {
        const double middle = 0.5 * (low + high);
        *(bumps_below(middle, NULL) < u ? &low : &high) = middle;
    }
    return 0.5 * (low + high);
}

/* Trapezoidal rule, 8 times as fine between the bumps, where G^-1 is steep; the error is what every
 * second node would change. */
static double by_quantiles(const schedule *s, const law *l, double *error)
{
    double fine = 0.0, coarse = 0.0, z = 0.0, here[3] = {0.0}; /* at z = 0 both are 0 */
    for (double F = 0.5; F > 1e-13 && z > -6.0;) {
        const double h = z > -0.5 ? 0.0005 : 0.004;
        for (int i = 1; i < 3; i++) {
            z -= h;
            F = law_below(l, z);
            here[i] = law_pdf(l, z) * fabs(pull(s, 1, z) - data_quantile(F));
            fine += h * (here[i - 1] + here[i]);
        }
        coarse += 2.0 * h * (here[0] + here[2]);
        here[0] = here[2];
    }
    *error = fabs(fine - coarse);
    return fine;
}

double W1[3][2];

static gap quantiles(void)
{
    gap g = {0};
    for (size_t k = S10; k <= L1000; k++)
        for (int choice = BETA; choice <= TILDE; choice++) {
            chain *const c = &chains[k][choice];
            double error, other;
            const double reference = by_quantiles(schedules[k], c->l, &error);
            W1[k][choice] = law_wasserstein(c->l, reverse_last_mean, &c->model, bumps_below, NULL,
                                            widest, 2001, &other);
            /* A cell with a kink errs by h^2/8 times the jump of the slope, at most 2.2. */
            gap_add(&g, schedules[k]->T, W1[k][choice], reference,
                    error + other + 0.3 * (gsl_pow_2(0.004) + gsl_pow_2(0.004)));
        }
    return g;
}

/* Mean W1 of two samples of n data: sqrt(4/(pi n)) integral sqrt(G(1-G)) (lesson 3). */
double noise_level(double n)
{
    double sum = 0.0;
    for (size_t i = 0; i <= 2000; i++) {
        const double G = bumps_below(-4.0 + 0.004 * (double)i, NULL);
        sum += 0.004 * sqrt(G * (1.0 - G));
    }
    return 2.0 * sum / sqrt(M_PI * n);
}

/* Share of n samples of the sampler with low < x_0 <= high. */
size_t drawn(lesson *L, const schedule *s, weight_variance choice, size_t n, double low,
             double high)
{
    sampler_oracle oracle = {bumps, s};
    const denoiser net = sampler_oracle_denoiser(&oracle);
    size_t inside = 0;
    for (size_t i = 0; i < n; i++) {
        double x, eps_hat;
        sampler_ancestral(&x, &eps_hat, 1, s, &net, choice, lesson_rng(L));
        inside += low < x && x <= high;
    }
    return inside;
}

/* P(low < x_0 <= high) of the law. */
double share(size_t k, int choice, double low, double high)
{
    const schedule *s = schedules[k];
    const law *l = chains[k][choice].l;
    return law_below(l, before(s, high)) - law_below(l, before(s, low));
}

/* beta_tilde handed over as the standard deviation, S10. */
static double distance_when_squared(const schedule *s)
{
    double sigma2[11] = {0.0};
    for (size_t t = 1; t <= s->T; t++) sigma2[t] = gsl_pow_2(s->beta_tilde[t]);
    reverse_oracle o;
    reverse_model p = reverse_of_mixture(&o, bumps, s, SIGMA_BETA);
    o.denoiser.sigma2 = sigma2;
    law *l = law_alloc(s->T, 1, &p, 7.0, 1.5);
    const double far =
        l ? law_wasserstein(l, reverse_last_mean, &p, bumps_below, NULL, widest, 1001, NULL)
          : (double)NAN;
    law_free(l);
    return far;
}

void samples_of_data(lesson *L)
{
    claim(L, "SMP-01");
    const schedule *s = schedules[S10];
    if (!lesson_random_only(L)) {
        gap law_of_x0 = {0}, data = {0};
        add_points(&law_of_x0, &data, TILDE);
        const gap paired = quantiles();
        const double noise = noise_level(1e4), squared = distance_when_squared(s);
        road_gap(L, "law_below", "law of x_0, S10: forwards = backwards in t", &law_of_x0);
        control_gap(L, "it is the law of the data", &data);
        road_gap(L, "law_wasserstein", "W1 of x_0 to the data = pairing of quantiles", &paired);
        road_below(L, "law_wasserstein", "T = 1000: closer than two samples of 10000 data",
                   W1[L1000][TILDE], noise, 0.0);
        control_below(L, "T = 10: closer than two samples of 10000 data", W1[S10][TILDE], noise,
                      0.0);
        control_below(L, "S10, beta_tilde as the sd: closer than with its root", squared,
                      W1[S10][TILDE], 0.0);
        evidence(L,
                 "N(+-1, 0.04), exact law with beta_tilde: W1 %.4f (S10), %.4f (S50), %.4f "
                 "(L1000); beta_tilde as the sd %.3f (S10); two samples of 10^4 data %.4f",
                 W1[S10][TILDE], W1[S50][TILDE], W1[L1000][TILDE], squared, noise);
    }
    const size_t n = lesson_samples(L, 20000), few = lesson_samples(L, 10000);
    const double high = pull(s, 1, 1.15);
    const size_t below = drawn(L, s, SIGMA_BETA_TILDE, n, -9.0, high);
    road_count(L, "law_below", "S10: share of samples below a point", below, n,
               share(S10, TILDE, -3.5, high));
    control_count(L, "the same share among the data", below, n, bumps_below(high, NULL), 27.0);
    road_count(L, "law_below", "S50: share of samples in (-1, 0.3]",
               drawn(L, schedules[S50], SIGMA_BETA_TILDE, few, -1.0, 0.3), few,
               share(S50, TILDE, -1.0, 0.3));
}
