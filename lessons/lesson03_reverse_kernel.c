/* Lesson 3.  The reverse kernel q(x_{t-1} | x_t)
 * ----------------------------------------------
 * CLAIM   q(x_{t-1}|x_t) = q(x_t|x_{t-1}) q(x_{t-1}) / q(x_t).  It is not Gaussian, but for a
 *         smooth q(x_{t-1}) its divergence from the normal law with the same two moments is
 *           KL = beta^3/12 ((ln q)''')^2 + O(beta^4)
 * WHY     This is the licence, and the price, of every Gaussian step p_theta(x_{t-1}|x_t) to come.
 * NEEDS   lessons 1, 2.   Notes: docs/lesson03.md
 * RUN     make lesson03   FIGURES  build/figures/lesson03.png, lesson03_{kernel,feller,chain}.png
 *
 * The data are Gaussian mixtures: for them the "intractable" kernel is a mixture in closed form.
 * Beside it we multiply and divide densities on a grid, knowing nothing of mixtures of kernels.
 */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_exp.h>

#include "lesson03.h"

static const char *const names[N_SCHEDULES] = {"S10", "S50", "L1000", "COS1000"};
schedule *schedules[N_SCHEDULES];

double normal_pdf(double x, double mean, double var)
{
    return exp(-gsl_pow_2(x - mean) / (2.0 * var)) / sqrt(2.0 * M_PI * var);
}

/* --- 3.1  Bayes' rule ---------------------------------------------------------------------------
 * Data of three bumps in the plane, nothing about them round.  blurred() is q(x_t) written down
 * naively: bump k moves to `shrink` mean_k and has variance shrink^2 var_k + spread.  `feel` is
 * what its logarithm feels of relative errors of x: sum_k gamma_k |x - mean_k| (|x| + |mean_k|) /
 * var_k. */
mixture *three_bumps(void)
{
    mixture *m = mixture_alloc(3, 2);
    const double weight[] = {0.2, 0.5, 0.3}, var[] = {0.09, 0.31, 0.17};
    const double mean[] = {-1.1, 0.43, 0.35, -0.67, 1.6, 0.81};
    for (size_t i = 0; m && i < 6; i++) m->mean[i] = mean[i];
    for (size_t k = 0; m && k < 3; k++) m->weight[k] = weight[k], m->var[k] = var[k];
    return m;
}

double blurred(const mixture *m, double shrink, double spread, const double *x, double *feel)
{
    double sum = 0.0, weighted = 0.0;
    for (size_t k = 0; k < m->K; k++) {
        const double var = shrink * shrink * m->var[k] + spread;
        double term = m->weight[k], steep = 0.0;
        for (size_t d = 0; d < m->D; d++) {
            const double mean = shrink * m->mean[k * m->D + d];
            term *= normal_pdf(x[d], mean, var);
            steep += fabs(x[d] - mean) * (fabs(x[d]) + fabs(mean)) / var;
        }
        sum += term;
        weighted += term * steep;
    }
    if (feel) *feel += weighted / sum;
    return sum;
}

/* log of the Bayes ratio; `keep` = 0 forgets the normaliser q(x_t). */
static double log_bayes(const mixture *m, const schedule *s, size_t t, const double *x_prev,
                        const double *x_t, double keep, double *feel)
{
    const double root = sqrt(s->alpha[t]);
    double likelihood = 0.0;
    *feel = 4.0 * M_LN10;
    for (size_t d = 0; d < m->D; d++) {
        const double gap_d = x_t[d] - root * x_prev[d];
        likelihood += -0.5 * (gap_d * gap_d / s->beta[t] + log(2.0 * M_PI * s->beta[t]));
        *feel += (fabs(gap_d) + sqrt(s->beta[t])) * (fabs(x_t[d]) + fabs(x_prev[d])) / s->beta[t];
    }
    return likelihood +
           log(blurred(m, sqrt(s->alpha_bar[t - 1]), s->var_bar[t - 1], x_prev, feel)) -
           keep * log(blurred(m, sqrt(s->alpha_bar[t]), s->var_bar[t], x_t, feel));
}

/* The closed form of `assumed` data against the Bayes ratio of the true ones, at nine points for
 * every t. Tolerance: 24 roundings of what the exponents feel. */
static gap kernel_against_bayes(mixture *assumed, const mixture *truth, double keep)
{
    static const double c[] = {-1.7, 0.45, 2.3}, anchor[] = {-0.9, 0.37, 1.1};
    mixture *kernel = mixture_alloc(3, 2);
    gap g = {0};
    for (size_t k = 0; kernel && k < N_SCHEDULES; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++)
            for (size_t i = 0; i < 9; i++) {
                const schedule *s = schedules[k];
                /* Points where the kernel lives: u stands for the variance of a bump at t-1. */
                const double u = 0.2 * s->alpha_bar[t - 1] + s->var_bar[t - 1],
                             root = sqrt(s->alpha[t]);
                const double before = sqrt(s->alpha_bar[t - 1]), sum = s->beta[t] + s->alpha[t] * u;
                const double a = anchor[i / 3], sd = sqrt(u * s->beta[t] / sum);
                const double x_t[] = {before * root * a + 0.4 * sqrt(sum) * c[i / 3],
                                      0.5 * sqrt(sum) * c[i / 3]};
                const double x[] = {(s->beta[t] * before * a + u * root * x_t[0]) / sum +
                                        sd * c[i % 3],
                                    u * root * x_t[1] / sum - 0.6 * sd * c[i % 3]};
                double feel;
                const double reference = log_bayes(truth, s, t, x, x_t, keep, &feel);
                mixture_reverse_kernel(kernel, assumed, s, t, x_t);
                gap_add(&g, t, mixture_log_pdf(kernel, x), reference, 24 * GSL_DBL_EPSILON * feel);
            }
    mixture_free(kernel);
    return g;
}

/* --- 3.2  How far from Gaussian?  ---------------------------------------------------------------
 * KL(f || g), g = the normal law with f's mean and variance.  With d = ln(f/g),
 *   integral f d  =  integral f (d - 1 + e^{-d})      because both densities have mass 1,
 * and the new integrand is positive, about f d^2/2: nothing cancels when f is nearly normal. */
static double divergence_density(double f, double d)
{
    return d > -1.0 ? 0.5 * f * d * d * gsl_sf_exprel_2(-d) : f * (d - 1.0) + f * exp(-d);
}

/* KL of a mixture in one dimension from the normal law N(mean, var) of the same moments.
 * Trapezoidal rule with 12 nodes per standard deviation of the narrowest bump: spectrally accurate.
 * The error is the change that every second node makes, plus the rounding of d (felt as f d): of
 * its own arithmetic, and of the positions, eps reach, in units of the narrowest bump. */
double kl_of_kernel(const mixture *kernel, double *error)
{
    double mean = 0.0, var = 0.0, least = HUGE_VAL, reach = 0.0, kl[2] = {0.0, 0.0};
    for (size_t k = 0; k < kernel->K; k++) mean += kernel->weight[k] * kernel->mean[k];
    for (size_t k = 0; k < kernel->K; k++) {
        const double away = kernel->mean[k] - mean;
        var += kernel->weight[k] * (kernel->var[k] + away * away);
        if (kernel->weight[k] < 1e-25) continue; /* a bump that nobody will ever see */
        least = fmin(least, kernel->var[k]);
        reach = fmax(reach, fabs(away) + 11.0 * sqrt(kernel->var[k]));
    }
    reach = fmax(reach, 9.5 * sqrt(var)); /* g must have room as well */
    const size_t n = 2 * (size_t)ceil(12.0 * reach / sqrt(least));
    const double h = 2.0 * reach / (double)n;
    for (size_t i = 0; i <= n; i++) {
        const double x = mean - reach + h * (double)i, log_f = mixture_log_pdf(kernel, &x);
        const double log_g = -0.5 * (gsl_pow_2(x - mean) / var + log(2.0 * M_PI * var));
        const double term =
            log_f > -700.0 ? divergence_density(exp(log_f), log_f - log_g) : exp(log_g);
        kl[0] += h * term;
        if (i % 2 == 0) kl[1] += 2.0 * h * term;
    }
    const double roundings = 64.0 + 8.0 * (reach + fabs(mean)) / sqrt(least);
    *error = fabs(kl[0] - kl[1]) + roundings * GSL_DBL_EPSILON * sqrt(2.0 * kl[0]);
    return kl[0];
}

/* The same from the product q(x_t|x_{t-1}) q(x_{t-1}) alone, on n + 1 points of x_{t-1}. */
static double kl_on_grid(product p, size_t n, double *log_mass)
{
    const double root = sqrt(1.0 - p.beta), sd = sqrt(p.beta) / root, h = 26.0 * sd / (double)n;
    double m0 = 0.0, m1 = 0.0, m2 = 0.0, kl = 0.0;
    for (int pass = 0; pass < 3; pass++) { /* mass and mean; variance; divergence */
        for (size_t i = 0; i <= n; i++) {
            const double x = p.x_t / root + sd * (26.0 * (double)i / (double)n - 13.0);
            const double f = h * normal_pdf(p.x_t, root * x, p.beta) *
                             blurred(p.prior, p.shrink, p.spread, &x, NULL);
            if (pass == 0) m0 += f, m1 += f * x;
            if (pass == 1) m2 += f / m0 * gsl_pow_2(x - m1);
            if (pass < 2 || !(f > 1e-300)) continue;
            const double log_g = -0.5 * (gsl_pow_2(x - m1) / m2 + log(2.0 * M_PI * m2));
            kl += divergence_density(f / m0, log(f / (m0 * h)) - log_g);
        }
        if (pass == 0) m1 /= m0;
    }
    if (log_mass) *log_mass = log(m0);
    return kl;
}

double kl_by_bayes(product p, double *error)
{
    const double fine = kl_on_grid(p, 1200, NULL);
    *error += fabs(fine - kl_on_grid(p, 600, NULL)) + 64 * GSL_DBL_EPSILON * sqrt(2.0 * fine);
    return fine;
}

static void bayes_rule(lesson *L)
{
    claim(L, "REV-01");
    mixture *truth = three_bumps(), *moved = three_bumps(), *kernel = mixture_alloc(2, 1);
    mixture *pair = mixture_pair_alloc(0.25);
    const double beta = 0.1, x_t = 0.3;
    schedule *one = schedule_from_beta_alloc(&beta, 1);
    if (!truth || !moved || !kernel || !pair || !one) return;
    moved->mean[0] += 0.01;
    if (!lesson_random_only(L)) {
        const gap right = kernel_against_bayes(truth, truth, 1.0);
        road_gap(L, "mixture_reverse_kernel", "Bayes ratio, 2-D data, all t, 4 schedules", &right);
        double log_mass;
        kl_on_grid((product){pair, 1.0, 0.0, beta, x_t}, 1200, &log_mass);
        const double q_t = exp(mixture_log_pdf_t(pair, one, 1, &x_t));
        road(L, "mixture_log_pdf_t", "integral of q(x_t|x_{t-1}) q(x_{t-1}) is q(x_t)", q_t,
             exp(log_mass), 256 * GSL_DBL_EPSILON); /* 1200 positive summands of mass 0.2, half of
                                                       the 1200 ulp bound */
        const gap unnormalised = kernel_against_bayes(truth, truth, 0.0);
        control_gap(L, "the normaliser q(x_t) dropped", &unnormalised);
        const gap foreign = kernel_against_bayes(moved, truth, 1.0);
        control_gap(L, "kernel of other data (one mean moved by 0.01)", &foreign);
        control(L, "mass of the product taken as 1", exp(log_mass), 1.0, 256 * GSL_DBL_EPSILON);
        evidence(L, "two bumps N(+-1, 0.25), beta = 0.1, x_t = 0.3: q(x_t) = %.4f", q_t);
    }
    /* Forward to x_t, back by the kernel: (x_{t-1}', x_t) must have the law of (x_{t-1}, x_t). */
    moments difference = {0}, forgetful = {0};
    gsl_rng *rng = lesson_rng(L);
    for (size_t i = 0, n = lesson_samples(L, 40000); i < n; i++) {
        double x, back;
        mixture_sample(pair, rng, &x);
        const double end = sqrt(1.0 - beta) * x + gsl_ran_gaussian_ziggurat(rng, sqrt(beta));
        mixture_reverse_kernel(kernel, pair, one, 1, &end);
        mixture_sample(kernel, rng, &back);
        moments_add(&difference, end * (back - x) + back * back - x * x);
        const double naive = end + gsl_ran_gaussian_ziggurat(rng, sqrt(beta));
        moments_add(&forgetful, end * (naive - x) + naive * naive - x * x);
    }
    road_mean(L, NULL, "forward and back: the pair keeps its law", &difference, 0.0);
    control_mean(L, "back by N(x_t, beta_t), as if there were no data", &forgetful, 0.0, 15.4);
    schedule_free(one);
    mixture_free(pair);
    mixture_free(kernel);
    mixture_free(moved);
    mixture_free(truth);
}

int main(int argc, char **argv)
{
    lesson *L = lesson_open(argc, argv, 3, "The reverse kernel q(x_{t-1} | x_t)");
    for (size_t k = 0; k < N_SCHEDULES; k++)
        if (!(schedules[k] = schedule_named_alloc(names[k]))) return 2;
    section(L, "3.1  Bayes' rule");
    bayes_rule(L);
    if (!lesson_random_only(L)) {
        section(L, "3.2  How far from Gaussian?");
        small_beta(L);
        section(L, "3.3  What the limit does not guarantee");
        feller(L);
        section(L, "3.4  Told x_0, it is Gaussian");
        told_x_0(L);
    }
    section(L, "3.5  Gaussian steps all the same: the price");
    price_of_gaussian_steps(L);
    section(L, "3.6  Does the chain come home?");
    chain_comes_home(L);
    if (!lesson_random_only(L)) {
        figures_of_kernels(L);
        figure_chain(L);
    }
    for (size_t k = 0; k < N_SCHEDULES; k++) schedule_free(schedules[k]);
    return lesson_close(L);
}
