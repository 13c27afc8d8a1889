/* Lesson 3, part d.  What is exact: the kernel given x_0, and the chain of exact kernels. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson03.h"
#include "theory/linear.h"
#include "theory/posterior.h"

/* --- 3.4  Told x_0, it is Gaussian --------------------------------------------------------------
 * The prior q(x_{t-1}|x_0) is one normal bump, and a product of two exponentials of quadratics is
 * the exponential of a quadratic: the divergence from the matched normal law is 0, for every beta.
 */
void told_x_0(lesson *L)
{
    claim(L, "REV-06");
    mixture *x_0 = mixture_alloc(1, 1), *pair = mixture_pair_alloc(0.25);
    if (!x_0 || !pair) return;
    x_0->mean[0] = 0.731;
    x_0->var[0] = 0.0;
    gap density = {0}, told = {0}, untold = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 2; t <= schedules[k]->T; t++) {
            const schedule *s = schedules[k];
            const double end = sqrt(s->alpha_bar[t]) * 0.731 + 1.3 * sqrt(s->var_bar[t]);
            const double shrink = sqrt(s->alpha_bar[t - 1]), root = sqrt(s->alpha[t]);
            const double sd = 1.0 / sqrt(s->alpha[t] / s->beta[t] + 1.0 / s->var_bar[t - 1]);
            const double x =
                shrink * 0.731 + 1.1 * sd; /* both factors within two of their deviations */
            double feel = 8.0 * (fabs(end - root * x) + sqrt(s->beta[t])) * (fabs(end) + fabs(x)) /
                              s->beta[t] +
                          60.0;
            const double reference =
                log(normal_pdf(end, root * x, s->beta[t])) +
                log(blurred(x_0, shrink, s->var_bar[t - 1], &x, &feel)) -
                log(blurred(x_0, sqrt(s->alpha_bar[t]), s->var_bar[t], &end, &feel));
            gap_add(&density, t, posterior_log_pdf(s, t, x, end, 0.731), reference,
                    16 * GSL_DBL_EPSILON * feel);
            if (t > 12 && t % 97 != 0) continue;
            double error = 0.0, other = 0.0;
            const double kl =
                kl_by_bayes((product){x_0, shrink, s->var_bar[t - 1], s->beta[t], end}, &error);
            /* d is rounding only, 32 of them, and the integrand is d^2/2. */
            const double d = 32 * GSL_DBL_EPSILON * (1.0 + 2.0 / sqrt(s->beta[t]));
            gap_add(&told, t, kl, 0.0, error + 0.5 * d * d);
            const double mixed =
                kl_by_bayes((product){pair, shrink, s->var_bar[t - 1], s->beta[t], end}, &other);
            gap_add(&untold, t, mixed, 0.0, error + other);
        }
    road_gap(L, NULL, "KL to the matched normal = 0, given x_0, 4 schedules", &told);
    road_gap(L, "posterior_log_pdf", "the Bayes ratio given x_0, all t, 4 schedules", &density);
    control_gap(L, "KL = 0 without x_0 (data: two bumps)", &untold);
    double error = 0.0;
    const double half = kl_by_bayes((product){pair, 1.0, 0.0, 0.5, 0.3}, &error);
    control(L, "KL = 0 without x_0, beta = 0.5", half, 0.0, error);
    evidence(L, "two bumps N(+-1, 0.25), beta = 0.5, x_t = 0.3: KL %.3f without x_0, 0 with it",
             half);
    mixture_free(pair);
    mixture_free(x_0);
}

/* --- 3.6  Does the chain come home? ---------------------------------------------------------- */

/* integral q(x_{t-1}|x_t) q(x_t) dx_t at x, n + 1 nodes. */
static double pushed_back(mixture *m, mixture *kernel, const schedule *s, size_t t, double x,
                          size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i <= n; i++) {
        const double h = 16.0 / (double)n, x_t = -8.0 + h * (double)i;
        mixture_reverse_kernel(kernel, m, s, t, &x_t);
        sum += h * blurred(m, sqrt(s->alpha_bar[t]), s->var_bar[t], &x_t, NULL) *
               exp(mixture_log_pdf(kernel, &x));
    }
    return sum;
}

static void exact_kernels(lesson *L, mixture *m, mixture *kernel)
{
    static const double x[] = {-1.283, 0.137, 0.731};
    const schedule *s = schedules[S10];
    gap g = {0}, start = {0};
    for (size_t t = 1; t <= s->T; t++)
        for (size_t i = 0; i < 3; i++) {
            const double fine = pushed_back(m, kernel, s, t, x[i], 1600);
            const double error = fabs(fine - pushed_back(m, kernel, s, t, x[i], 800)) +
                                 1024 * GSL_DBL_EPSILON * fine;
            gap_add(&g, t, fine,
                    blurred(m, sqrt(s->alpha_bar[t - 1]), s->var_bar[t - 1], &x[i], NULL), error);
            gap_add(&start, t, fine, blurred(m, sqrt(s->alpha_bar[t]), s->var_bar[t], &x[i], NULL),
                    error);
        }
    road_gap(L, "mixture_reverse_kernel", "exact kernel carries q(x_t) to q(x_{t-1}), all t", &g);
    control_gap(L, "it leaves q(x_t) as it is", &start);
}

/* Final variance of the chain for N(0, v) data with exact eps*; the last step without noise when
 * sigma_t^2 = beta_tilde_t. */
static double final_variance(const schedule *s, double v, weight_variance choice)
{
    linear_chain *c = linear_chain_alloc(s, 0.0, v, choice);
    double mean = (double)NAN, var = (double)NAN;
    if (c && choice == SIGMA_BETA_TILDE) c->var[1] = 0.0;
    if (c) linear_marginal(c, &mean, &var);
    linear_chain_free(c);
    return var;
}

void chain_comes_home(lesson *L)
{
    claim(L, "REV-05");
    mixture *m = mixture_pair_alloc(0.04), *kernel = mixture_alloc(2, 1);
    if (!m || !kernel) return;
    const schedule *s = schedules[S10];
    if (!lesson_random_only(L)) {
        exact_kernels(L, m, kernel);
        /* N(0,1) data: the exact kernel has variance beta_t.  With beta_tilde_t, the variance
         * missing at the end is sum_t abar_{t-1}^2 beta_t^2 / (1 - abar_t): it vanishes as the
         * steps get finer. */
        gap unit = {0}, missing = {0};
        for (size_t k = 0; k < N_SCHEDULES; k++) {
            double sum = 0.0;
            for (size_t t = 1; t <= schedules[k]->T; t++)
                sum += gsl_pow_2(schedules[k]->alpha_bar[t - 1] * schedules[k]->beta[t]) /
                       schedules[k]->var_bar[t];
            const double tolerance =
                8 * GSL_DBL_EPSILON * (double)schedules[k]->T; /* 8 roundings per step */
            gap_add(&unit, k, final_variance(schedules[k], 1.0, SIGMA_BETA), 1.0, tolerance);
            gap_add(&missing, k, final_variance(schedules[k], 1.0, SIGMA_BETA_TILDE), 1.0 - sum,
                    tolerance);
        }
        road_gap(L, "linear_marginal", "exact kernels, N(0,1): variance 1, 4 schedules", &unit);
        road_gap(L, "linear_marginal", "beta_tilde: 1 - sum abar_{t-1}^2 beta_t^2/(1-abar_t)",
                 &missing);
        control(L, "S10, sigma^2 = beta_tilde: the variance is 1",
                final_variance(s, 1.0, SIGMA_BETA_TILDE), 1.0, 80 * GSL_DBL_EPSILON);
        schedule *bad = schedule_named_alloc("BAD50");
        if (bad)
            control(L, "started at N(0,1), q(x_T) is not: BAD50, N(0,4)",
                    final_variance(bad, 4.0, SIGMA_BETA), 4.0, 400 * GSL_DBL_EPSILON);
        schedule_free(bad);
        evidence(L,
                 "N(0,1), sigma^2 = beta_tilde: final variance %.6f (S10), %.6f (S50), %.6f "
                 "(L1000); sigma^2 = beta: 1",
                 final_variance(s, 1.0, SIGMA_BETA_TILDE),
                 final_variance(schedules[S50], 1.0, SIGMA_BETA_TILDE),
                 final_variance(schedules[L1000], 1.0, SIGMA_BETA_TILDE));
    }
    moments square = {0};
    gsl_rng *rng = lesson_rng(L);
    for (size_t i = 0, n = lesson_samples(L, 20000); i < n; i++) {
        double x;
        mixture_sample(m, rng, &x);
        x = sqrt(s->alpha_bar[s->T]) * x + gsl_ran_gaussian_ziggurat(rng, sqrt(s->var_bar[s->T]));
        for (size_t t = s->T; t >= 1; t--) {
            mixture_reverse_kernel(kernel, m, s, t, &x);
            mixture_sample(kernel, rng, &x);
        }
        moments_add(&square, x * x);
    }
    road_mean(L, NULL, "exact kernels from q(x_T), S10: E x_0^2 = 1.04", &square, 1.04);
    control_mean(L, "E x_0^2 = 1, the bumps taken as points", &square, 1.0, 14.0);
    mixture_free(kernel);
    mixture_free(m);
}
