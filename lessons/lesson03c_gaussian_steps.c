/* Lesson 3, part c.  Gaussian steps all the same: what they cost. */
#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson03.h"
#include "theory/law.h"
#include "theory/linear.h"
#include "theory/predict.h"
#include "theory/reverse.h"

/* --- 3.5  Gaussian steps all the same -----------------------------------------------------------
 * The best network: mu_theta from eps* = E[eps|x_t]; sigma_t^2 = beta_tilde_t; no noise in the last
 * step: reverse_of_mixture, and law_alloc down to x_1. */

/* The same mean, written down here: each bump pulls with its share, bump k to where Bayes' rule for
 * that bump alone puts x_{t-1}.  x_prev and x_t are [D]. */
static void pull(double *x_prev, const mixture *m, const schedule *s, size_t t, const double *x_t)
{
    const double root = sqrt(s->alpha_bar[t]), before = sqrt(s->alpha_bar[t - 1]);
    double total = 0.0, sum[2] = {0.0, 0.0};
    for (size_t k = 0; k < m->K; k++) {
        const double var = s->alpha_bar[t] * m->var[k] + s->var_bar[t];
        const double u = s->alpha_bar[t - 1] * m->var[k] + s->var_bar[t - 1];
        double share = m->weight[k];
        for (size_t d = 0; d < m->D; d++)
            share *= normal_pdf(x_t[d], root * m->mean[k * m->D + d], var);
        total += share;
        for (size_t d = 0; d < m->D; d++)
            sum[d] +=
                share / var *
                (s->beta[t] * before * m->mean[k * m->D + d] + u * sqrt(s->alpha[t]) * x_t[d]);
    }
    for (size_t d = 0; d < m->D; d++) x_prev[d] = sum[d] / total;
}

static double pulled(const mixture *m, const schedule *s, size_t t, double x_t)
{
    double x_prev;
    pull(&x_prev, m, s, t, &x_t);
    return x_prev;
}

/* mu_theta(eps*) against it, in the plane, for every t. */
static void best_mean(lesson *L)
{
    mixture *m = three_bumps();
    gap g = {0};
    static const double x[3][2] = {{-1.283, 0.317}, {-0.217, -0.931}, {0.731, 0.553}};
    for (size_t k = 0; m && k < N_SCHEDULES; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++)
            for (size_t i = 0; i < 3; i++) {
                const schedule *s = schedules[k];
                double eps_hat[2], reference[2];
                mixture_mean_eps(eps_hat, m, s, t, x[i]);
                pull(reference, m, s, t, x[i]);
                /* eps* and its shares: 64 roundings relative to |x_t| + |mean|, all below 3. */
                for (size_t d = 0; d < 2; d++)
                    gap_add(&g, t, predict_mean_from_eps(s, t, x[i][d], eps_hat[d]), reference[d],
                            64 * GSL_DBL_EPSILON * 3.0 / sqrt(s->alpha[t]));
            }
    road_gap(L, "predict_mean_from_eps", "mu_theta(eps*) = mean of the exact kernel, all t", &g);
    mixture_free(m);
}

static double data_below(double x, void *params)
{
    const mixture *m = params;
    double sum = 0.0;
    for (size_t k = 0; k < m->K; k++)
        sum += m->weight[k] * gsl_cdf_ugaussian_P((x - m->mean[k]) / sqrt(m->var[k]));
    return sum;
}

/* Mean W1 of two samples of size n from the data: sqrt(4/(pi n)) integral sqrt(F(1-F)), because the
 * difference of two empirical distribution functions is nearly N(0, 2F(1-F)/n). */
static double noise_level(mixture *m, double n)
{
    double sum = 0.0;
    for (size_t i = 0; i <= 2000; i++) {
        const double F = data_below(-4.0 + 0.004 * (double)i, m);
        sum += 0.004 * sqrt(F * (1.0 - F));
    }
    return 2.0 * sum / sqrt(M_PI * n);
}

static double sampler_distance(mixture *m, const schedule *s, double *error)
{
    reverse_oracle o;
    reverse_model p = reverse_of_mixture(&o, m, s, SIGMA_BETA_TILDE);
    law *l = law_alloc(s->T, 1, &p, 7.0, 2.0);
    if (!l) return (double)NAN;
    const double distance =
        law_wasserstein(l, reverse_last_mean, &p, data_below, m, 7.0, 2001, error);
    law_free(l);
    return distance;
}

/* Data N(m, v): every law is normal.  Mean and variance of x_0 by running the chain, each mean
 * placed by Bayes' rule; the last step has variance `last`. */
static const double data_mean = 0.43, data_var = 0.61;

typedef struct normal {
    double mean, var;
} normal;

static normal end_of_chain(const schedule *s, double last)
{
    normal x = {0.0, 1.0};
    for (size_t t = s->T; t >= 1; t--) {
        const double u = s->alpha_bar[t - 1] * data_var + s->var_bar[t - 1];
        const double sum = s->beta[t] + s->alpha[t] * u, slope = u * sqrt(s->alpha[t]) / sum;
        const double pull = s->beta[t] * sqrt(s->alpha_bar[t - 1]) * data_mean / sum;
        const double var = t == 1 ? last : s->beta[t] * s->var_bar[t - 1] / s->var_bar[t];
        x = (normal){slope * x.mean + pull, slope * slope * x.var + var};
    }
    return x;
}

static double normal_below(double x, void *params)
{
    const normal *n = params;
    return gsl_cdf_ugaussian_P((x - n->mean) / sqrt(n->var));
}

static double linear_last(double x, void *params)
{
    const linear_chain *c = params;
    return c->a[1] * x + c->b[1];
}

/* W1 of two normal laws is E |d + r z|, with d and r the differences of means and of deviations:
 * r sqrt(2/pi) exp(-d^2/(2 r^2)) + d (1 - 2 Phi(-d/r)). */
static double normal_distance(normal x, normal y, bool squared)
{
    const double d = fabs(x.mean - y.mean);
    const double r = squared ? fabs(x.var - y.var) : fabs(sqrt(x.var) - sqrt(y.var));
    return r * sqrt(2.0 / M_PI) * exp(-d * d / (2.0 * r * r)) +
           d * (1.0 - 2.0 * gsl_cdf_ugaussian_P(-d / r));
}

static void distances_of_normal_data(lesson *L)
{
    gap g = {0}, wrong = {0}, bound = {0};
    /* 1401 nodes on [-7, 7].  The only error is at the kink of |F - G|, at most h^2 |F' - G'| / 4,
     * and densities of deviation 0.6 and more differ by less than 1. */
    const double h = 0.01, tolerance = h * h / 4.0;
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        normal data = {data_mean, data_var};
        linear_chain *c = linear_chain_alloc(s, data_mean, data_var, SIGMA_BETA_TILDE);
        if (!c) return;
        const reverse_model p = linear_reverse_model(c);
        law *l = law_alloc(s->T, 1, &p, 7.0, 1.5);
        if (!l) return;
        const normal end = end_of_chain(s, 0.0);
        double error = 0.0;
        const double distance =
            law_wasserstein(l, linear_last, c, normal_below, &data, 7.0, 1401, &error);
        gap_add(&g, s->T, distance, normal_distance(end, data, false), tolerance);
        gap_add(&bound, s->T, error, 0.0, 5.0 * tolerance); /* h^2/4 + (2h)^2/4 */
        gap_add(&wrong, s->T, distance, normal_distance(end, data, true), tolerance);
        law_free(l);
        linear_chain_free(c);
    }
    road_gap(L, "law_wasserstein", "N(0.43, 0.61) data: W1 of two normal laws", &g);
    road_gap(L, NULL, "the error that it reports is at most 5 h^2/4", &bound);
    control_gap(L, "variances for standard deviations in that W1", &wrong);
}

/* x_0 itself, with its last noise beta_1.  512 roundings: a few hundred nodes. */
static void law_of_normal_data(lesson *L)
{
    const schedule *s = schedules[S10];
    linear_chain *c = linear_chain_alloc(s, data_mean, data_var, SIGMA_BETA_TILDE);
    if (!c) return;
    const reverse_model p = linear_reverse_model(c);
    law *l = law_alloc(s->T, 0, &p, 9.0, 4.0);
    normal end = end_of_chain(s, s->beta[1]);
    gap density = {0}, below = {0};
    for (double x = -2.17; l && x < 2.5; x += 0.31) {
        gap_add(&density, 0, law_pdf(l, x), normal_pdf(x, end.mean, end.var),
                512 * GSL_DBL_EPSILON);
        gap_add(&below, 0, law_below(l, x), normal_below(x, &end), 512 * GSL_DBL_EPSILON);
    }
    road_gap(L, "law_pdf", "N(0.43, 0.61) data, S10: density of x_0", &density);
    road_gap(L, "law_below", "N(0.43, 0.61) data, S10: distribution of x_0", &below);
    law_free(l);
    linear_chain_free(c);
}

static void draw_against_law(lesson *L, mixture *m)
{
    const schedule *s = schedules[S10];
    reverse_oracle o;
    reverse_model p = reverse_of_mixture(&o, m, s, SIGMA_BETA_TILDE);
    law *l = law_alloc(s->T, 1, &p, 7.0, 6.0);
    if (!l) return;
    const double cut = 1.15, end = pulled(m, s, 1, cut); /* x_1 <= cut means x_0 <= end */
    const size_t n = lesson_samples(L, 30000);
    size_t below = 0;
    gsl_rng *rng = lesson_rng(L);
    for (size_t i = 0; i < n; i++) {
        double x = gsl_ran_gaussian_ziggurat(rng, 1.0);
        for (size_t t = s->T; t >= 1; t--) {
            const double sd = sqrt(s->beta[t] * s->var_bar[t - 1] / s->var_bar[t]);
            x = pulled(m, s, t, x);
            if (t > 1) x += gsl_ran_gaussian_ziggurat(rng, sd);
        }
        below += x <= end;
    }
    road_count(L, "law_below", "S10: share of draws below a point = the exact law", below, n,
               law_below(l, cut));
    control_count(L, "the same share taken from the data's law", below, n, data_below(end, m),
                  32.0);
    law_free(l);
}

void price_of_gaussian_steps(lesson *L)
{
    claim(L, "REV-04");
    mixture *m = mixture_pair_alloc(0.04);
    if (!m) return;
    if (!lesson_random_only(L)) {
        best_mean(L);
        law_of_normal_data(L);
        distances_of_normal_data(L);
        double e[3];
        const double w[] = {sampler_distance(m, schedules[S10], &e[0]),
                            sampler_distance(m, schedules[S50], &e[1]),
                            sampler_distance(m, schedules[L1000], &e[2])};
        const double noise = noise_level(m, 1e4);
        road_below(L, "law_wasserstein", "T = 1000: closer than two samples of 10000 data", w[2],
                   noise, e[2]);
        control_below(L, "T = 10: closer than two samples of 10000 data", w[0], noise, e[0]);
        say(L, "W1 to the data: %.4f (S10), %.4f (S50), %.4f (L1000); two samples of 10000: %.4f.",
            w[0], w[1], w[2], noise);
        evidence(L,
                 "N(+-1, 0.04), sigma^2 = beta_tilde: W1 %.4f (S10), %.4f (S50), %.4f (L1000); "
                 "noise of 10^4 samples %.4f",
                 w[0], w[1], w[2], noise);
    }
    draw_against_law(L, m);
    mixture_free(m);
}

/* --- Figure ---------------------------------------------------------------------------------- */

/* x_0 = mu(x_1) is increasing, so that its density is that of x_1 divided by mu'. */
void figure_chain(lesson *L)
{
    data_file *f = data_open(L, "chain", "x_0 density");
    mixture *m = mixture_pair_alloc(0.04);
    for (double x = -2.0; f && m && x < 2.001; x += 0.02)
        data_line(f, "%.4f %.9g", x, exp(mixture_log_pdf(m, &x)));
    data_gap(f);
    data_gap(f);
    for (size_t k = S10; f && m && k <= L1000; k++) {
        reverse_oracle o;
        reverse_model p = reverse_of_mixture(&o, m, schedules[k], SIGMA_BETA_TILDE);
        law *l = law_alloc(schedules[k]->T, 1, &p, 7.0, 2.0);
        for (double x = -2.0; l && x < 2.001; x += 0.01) {
            const double slope =
                (reverse_last_mean(x + 1e-4, &p) - reverse_last_mean(x - 1e-4, &p)) / 2e-4;
            data_line(f, "%.6f %.9g", reverse_last_mean(x, &p), law_pdf(l, x) / slope);
        }
        data_gap(f);
        data_gap(f);
        law_free(l);
    }
    mixture_free(m);
    data_close(f);
}
