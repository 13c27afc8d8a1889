/* Lesson 6, part d.  The note on the VAE, and one name for three things. */
#include <math.h>

#include <gsl/gsl_linalg.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "check/quad.h"
#include "lesson06.h"
#include "theory/gaussian.h"

/* --- 6.6  What is printed otherwise -------------------------------------------------------------
 * The prior of the DDPM read as a VAE is p(z) = p(x_T) prod_{t>=2} p(x_{t-1}|x_t).  By the chain
 * rule KL(p(z) || N(0,I_T)) = sum_{t>=2} E KL(p(x_{t-1}|x_t) || N(0,1)); for N(0,1) data with
 * sigma^2 = beta each term is -ln(beta_t)/2. */
static double prior_against_normal(const schedule *s, const linear_chain *c)
{
    double sum = 0.0;
    for (size_t t = 2; t <= s->T; t++) /* x_t ~ N(0,1): mean of the squared mean is a_t^2 */
        sum += gaussian_kl_variances(c->var[t], 1.0) + 0.5 * gsl_pow_2(c->a[t]);
    return sum;
}

/* The same from the covariance of z: (tr Sigma - T - ln det Sigma)/2 with a Cholesky factor. */
static double prior_by_determinant(const linear_chain *c)
{
    dense g = dense_of(c);
    gsl_matrix_view z = gsl_matrix_submatrix(g.cov, 1, 1, g.T, g.T);
    double sum = -(double)g.T;
    for (size_t t = 0; t < g.T; t++) sum += gsl_matrix_get(&z.matrix, t, t);
    gsl_linalg_cholesky_decomp1(&z.matrix);
    for (size_t t = 0; t < g.T; t++) sum -= 2.0 * log(gsl_matrix_get(&z.matrix, t, t));
    dense_free(g);
    return 0.5 * sum;
}

static void figure_prior(lesson *L)
{
    data_file *f = data_open(L, "prior", "s t correlation");
    linear_chain *c = f ? linear_chain_alloc(schedules[S50], 0.0, 1.0, SIGMA_BETA) : NULL;
    if (!c) return;
    dense g = dense_of(c);
    for (size_t i = 1; i <= g.T; i++) {
        for (size_t j = 1; j <= g.T; j++)
            data_line(f, "%zu %zu %.6f", i, j, gsl_matrix_get(g.cov, i, j));
        data_gap(f);
    }
    data_close(f);
    dense_free(g);
    linear_chain_free(c);
}

void not_the_vanilla_vae(lesson *L)
{
    claim(L, "ELB-07");
    linear_chain *c[2] = {linear_chain_alloc(schedules[S10], 0.0, 1.0, SIGMA_BETA),
                          linear_chain_alloc(schedules[L1000], 0.0, 1.0, SIGMA_BETA)};
    if (!c[0] || !c[1]) return;
    if (!lesson_random_only(L)) {
        double kl[2], sum[2] = {0.0, 0.0};
        for (size_t k = 0; k < 2; k++) {
            const schedule *s = schedules[k ? L1000 : S10];
            kl[k] = prior_against_normal(s, c[k]);
            for (size_t t = 2; t <= s->T; t++) sum[k] -= 0.5 * log(s->beta[t]);
        }
        /* T terms below 5, summed: 8 roundings each, and the sum rounds T times at its size. */
        const double tolerance =
            8 * GSL_DBL_EPSILON * 5.0 * 1000.0 + 1000 * GSL_DBL_EPSILON * sum[1];
        road(L, "gaussian_kl_variances", "KL(p(z)||N(0,I)) = -sum ln(beta_t)/2, L1000", kl[1],
             sum[1], tolerance);
        /* 100 roundings, times the condition number: trace 10, inverse at most 4/var_2. */
        road(L, "gaussian_kl_variances", "the same from the determinant of Cov z, S10", kl[0],
             prior_by_determinant(c[0]), 100 * GSL_DBL_EPSILON * 10.0 * 4.0 / c[0]->var[2]);
        printed(L, "a standard normal prior: KL 0 (L1000)", 0.0, sum[1], tolerance);
        say(L,
            "The prior is a chain: corr(x_1, x_2) = sqrt(alpha_2) = %.5f on L1000. The decoder "
            "p(x_0|x_1) is one Gaussian of sd %.2g.",
            c[1]->a[2], sqrt(c[1]->var[1]));
        evidence(L,
                 "KL(p(z)||N(0,I)) = %.1f nats (L1000), %.3f (S10); corr(x_1,x_2) = %.5f (L1000)",
                 kl[1], kl[0], c[1]->a[2]);
        figure_prior(L);
    }
    /* Draw z from the model and look at x_1 x_2: a standard normal prior would give mean 0. */
    const schedule *s = schedules[S10];
    moments product = {0};
    gsl_rng *rng = lesson_rng(L);
    for (size_t i = 0, n = lesson_samples(L, 60000); i < n; i++) {
        double x = gsl_ran_gaussian_ziggurat(rng, 1.0), before = x;
        for (size_t t = s->T; t >= 2; t--) {
            before = x;
            x = c[0]->a[t] * x + gsl_ran_gaussian_ziggurat(rng, sqrt(c[0]->var[t]));
        }
        moments_add(&product, x * before);
    }
    road_mean(L, NULL, "S10: E x_1 x_2 = sqrt(alpha_2)", &product, sqrt(1.0 - s->beta[2]));
    printed_mean(L, "a standard normal prior: E x_1 x_2 = 0", &product, 0.0, 170.0);
    linear_chain_free(c[0]);
    linear_chain_free(c[1]);
}

/* One expectation over q(x_t|x_0), by quadrature of densities: for t >= 2 of ln
 * q(x_{t-1}|x_t,x_0)/p, with the posterior from adding precisions; for t = 1 of -ln p(x_0|x_1). */
typedef struct one_term {
    const schedule *s;
    const linear_chain *c;
    size_t t;
    double x_0;
} one_term;

static double one_term_at(double x_t, void *params)
{
    const one_term *o = params;
    const schedule *s = o->s;
    const size_t t = o->t;
    const double mean = o->c->a[t] * x_t + o->c->b[t], var = o->c->var[t];
    if (t == 1) return -log_normal(o->x_0, mean, var);
    const double likelihood = s->alpha[t] / s->beta[t], prior = 1.0 / s->var_bar[t - 1];
    const double precision = likelihood + prior;
    const double centre =
        (sqrt(s->alpha[t]) / s->beta[t] * x_t + prior * sqrt(s->alpha_bar[t - 1]) * o->x_0) /
        precision;
    /* E ln q = -ln(2 pi e / precision)/2 and E ln p = -ln(2 pi var)/2 - E(x_{t-1} - mean)^2/(2 var)
     */
    return 0.5 * (log(var * precision) - 1.0 + (1.0 / precision + gsl_pow_2(centre - mean)) / var);
}

void signs_and_names(lesson *L)
{
    claim(L, "ELB-08");
    gap right = {0}, shifted = {0};
    linear_chain *c = linear_chain_alloc(schedules[S10], 0.43, 0.61, SIGMA_BETA);
    linear_chain *unit = linear_chain_alloc(schedules[L1000], 0.0, 1.0, SIGMA_BETA);
    if (!c || !unit) return;
    for (size_t t = 1; t <= 10; t++) {
        one_term o = {schedules[S10], c, t, -0.87};
        const double reference = quad_hermite(one_term_at, &o, sqrt(o.s->alpha_bar[t]) * o.x_0,
                                              sqrt(o.s->var_bar[t]), 12, NULL);
        const double value =
            t == 1 ? linear_decoder(o.s, c, o.x_0) : linear_denoising(o.s, c, t, o.x_0);
        /* 12 nodes, 30 roundings of terms of size 1 + (x/sd)^2, at most 1/beta_1 = 100 */
        gap_add(&right, t, value, reference, 32 * GSL_DBL_EPSILON * 100.0);
        if (t >= 2 && t < 10)
            gap_add(&shifted, t, linear_denoising(o.s, c, t + 1, o.x_0), reference,
                    32 * GSL_DBL_EPSILON * 100.0);
    }
    road_gap(L, "linear_denoising", "L_{t-1} and L_0 of our convention, S10, all t", &right);
    const schedule *s = schedules[L1000];
    one_term o = {s, unit, 1, 1.0};
    const double L_0 =
        quad_hermite(one_term_at, &o, sqrt(s->alpha_bar[1]), sqrt(s->var_bar[1]), 12, NULL);
    /* x_0 - a x_1 is of size sd = sqrt(beta_1), its rounding of size eps: amplified by 1/sd = 100.
     */
    const double tolerance = 32 * GSL_DBL_EPSILON * (5.0 + 1.0 / sqrt(s->beta[1]));
    const double log_p = log_normal(1.0, 0.0, 1.0), sum = 64 * GSL_DBL_EPSILON * 1000.0;
    road(L, "linear_decoder", "L_0 = -E log p(x_0|x_1), N(0,1), L1000, x_0 = 1",
         linear_decoder(s, unit, 1.0), L_0, tolerance);
    road(L, "linear_vlb", "L_VLB = -ELBO = -log p(x_0), the gap being 0", linear_vlb(s, unit, 1.0),
         -log_p, sum);
    printed(L, "L_0 as in Chatterjee L4: +E log p(x_0|x_1)", -linear_decoder(s, unit, 1.0), L_0,
            tolerance);
    printed(L, "the total as an ELBO to be maximised", -linear_vlb(s, unit, 1.0), -log_p, sum);
    printed_gap(L, "L_t for the t-th KL, read as our L_t", &shifted);
    evidence(L,
             "N(0,1), L1000, x_0 = 1: L_0 = %.4f here and in the page, %+.4f in Chatterjee L4; "
             "total %.5f",
             L_0, -L_0, linear_vlb(s, unit, 1.0));
    linear_chain_free(c);
    linear_chain_free(unit);
}
