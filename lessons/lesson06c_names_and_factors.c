/* Lesson 6, part c.  The integral that is called intractable, the factors of the model, and their
 * names. */
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson06.h"
#include "theory/law.h"

/* --- 6.4  The integral --------------------------------------------------------------------------
 * p_theta(x_0) = integral of p(x_3) p(x_2|x_3) p(x_1|x_2) p(x_0|x_1) over (x_1, x_2, x_3), with a
 * model that is not linear: once as the triple sum that it is, once by three sweeps over one grid.
 */
static double triple_sum(const reverse_model *p, double x_0, size_t n)
{
    const double h = 12.0 / (double)n;
    double sum = 0.0;
    for (size_t i = 0; i <= n; i++) {
        const double x_3 = h * (double)i - 6.0, mean_3 = p->mean(x_3, 3, p->params),
                     var_3 = p->var(x_3, 3, p->params);
        for (size_t j = 0; j <= n; j++) {
            const double x_2 = h * (double)j - 6.0, mean_2 = p->mean(x_2, 2, p->params);
            const double weight =
                h * h * h * exp(log_normal(x_3, 0.0, 1.0) + log_normal(x_2, mean_3, var_3));
            const double var_2 = p->var(x_2, 2, p->params);
            for (size_t k = 0; weight > 1e-18 && k <= n; k++) {
                const double x_1 = h * (double)k - 6.0;
                sum += weight *
                       exp(log_normal(x_1, mean_2, var_2) +
                           log_normal(x_0, p->mean(x_1, 1, p->params), p->var(x_1, 1, p->params)));
            }
        }
    }
    return sum;
}

void intractable(lesson *L)
{
    claim(L, "ELB-04");
    wild w = {3, 0};
    const reverse_model p = {wild_mean, wild_var, &w};
    const double x_0 = 0.731;
    const double reach = 6.0, per_sd = 8.0;
    const double fine = triple_sum(&p, x_0, 72), coarse = triple_sum(&p, x_0, 48);
    w.calls = 0;
    law *sweep = law_alloc(3, 0, &p, reach, per_sd);
    const size_t calls = w.calls;
    law *rough = law_alloc(3, 0, &p, reach, 0.5 * per_sd),
        *short_sweep = law_alloc(2, 0, &p, reach, per_sd);
    if (!sweep || !rough || !short_sweep) return;
    const double log_p = log(law_pdf(sweep, x_0)), abserr = fabs(log_p - log(law_pdf(rough, x_0)));
    double nodes = 0.0; /* on three grids of per_sd nodes per standard deviation */
    for (size_t t = 1; t <= 3; t++)
        nodes += 2.0 * ceil(reach * per_sd / sqrt(p.var(0.0, t, p.params))) + 1.0;
    const double tolerance = fabs(log(fine) - log(coarse)) + abserr + 1e3 * GSL_DBL_EPSILON;
    road(L, "law_pdf", "T = 3: three sweeps = the triple integral", log_p, log(fine), tolerance);
    road(L, NULL, "cost: the mean once per node, T n times, not n^T", (double)calls, nodes, 0.0);
    control(L, "one integration forgotten", log(law_pdf(short_sweep, x_0)), log(fine), tolerance);
    const double node = log10(1201.0); /* multiplications, as powers of ten */
    evidence(L,
             "D = 1: T n^2 = 10^%.1f operations (T = 1000, n = 1201); grid over paths 10^%.0f; D = "
             "784: 10^%.0f",
             3.0 + 2.0 * node, 1000.0 * node, 3.0 + 1568.0 * node);
    law_free(sweep);
    law_free(rough);
    law_free(short_sweep);
}

/* --- 6.5  The factors ---------------------------------------------------------------------------
 * For a linear chain p(x_{0:T}) is one Gaussian of T+1 dimensions; its mean and covariance follow
 * step by step from x_{t-1} = a_t x_t + b_t + noise, and its density from a Cholesky factor. */
dense dense_of(const linear_chain *c)
{
    const size_t T = c->T;
    dense g = {T, gsl_matrix_calloc(T + 1, T + 1), gsl_vector_calloc(T + 1)};
    gsl_matrix_set(g.cov, T, T, 1.0);
    for (size_t t = T; t >= 1; t--) {
        gsl_vector_set(g.mean, t - 1, c->a[t] * gsl_vector_get(g.mean, t) + c->b[t]);
        for (size_t k = t; k <= T; k++) {
            const double cov = c->a[t] * gsl_matrix_get(g.cov, t, k);
            gsl_matrix_set(g.cov, t - 1, k, cov);
            gsl_matrix_set(g.cov, k, t - 1, cov);
        }
        gsl_matrix_set(g.cov, t - 1, t - 1,
                       gsl_pow_2(c->a[t]) * gsl_matrix_get(g.cov, t, t) + c->var[t]);
    }
    return g;
}

void dense_free(dense g)
{
    gsl_matrix_free(g.cov);
    gsl_vector_free(g.mean);
}

/* A path that is no special one. */
static double path_at(size_t t, size_t k)
{
    return 1.1 * sin(1.7 * (double)t + 0.9 * (double)k + 0.3) + 0.2;
}

static double log_joint(const reverse_model *p, size_t T, const double *x, bool with_prior)
{
    double sum = with_prior ? log_normal(x[T], 0.0, 1.0) : 0.0;
    for (size_t t = 1; t <= T; t++) sum += elbo_reverse_log_pdf(p, t, x[t - 1], x[t]);
    return sum;
}

static void density_of_paths(lesson *L, linear_chain *c)
{
    dense g = dense_of(c);
    gsl_vector *x = gsl_vector_alloc(g.T + 1), *work = gsl_vector_alloc(g.T + 1);
    const reverse_model p = linear_reverse_model(c);
    gap product = {0}, forgotten = {0};
    gsl_linalg_cholesky_decomp1(g.cov);
    for (size_t k = 0; k < 7; k++) {
        for (size_t t = 0; t <= g.T; t++) gsl_vector_set(x, t, path_at(t, k));
        double reference;
        gsl_ran_multivariate_gaussian_log_pdf(x, g.mean, g.cov, &reference, work);
        /* (T+1)^2 = 121 roundings of a quadratic form as large as |log density|, amplified by the
         * factor's largest ratio of diagonal elements, 1/sqrt(beta_1) = 10. */
        const double tolerance = 1210 * GSL_DBL_EPSILON * fabs(reference);
        gap_add(&product, k, log_joint(&p, g.T, x->data, true), reference, tolerance);
        gap_add(&forgotten, k, log_joint(&p, g.T, x->data, false), reference, tolerance);
    }
    road_gap(L, "elbo_reverse_log_pdf", "product of the factors = one 11-dim. Gaussian, S10",
             &product);
    control_gap(L, "p(x_T) forgotten", &forgotten);
    gsl_vector_free(x);
    gsl_vector_free(work);
    dense_free(g);
}

static double total_mass(const law *l)
{
    double sum = 0.0;
    for (size_t i = 0; i < l->n; i++) sum += l->mass[i];
    return sum;
}

void factors(lesson *L)
{
    claim(L, "ELB-05");
    linear_chain *c = linear_chain_alloc(schedules[S10], 0.43, 0.61, SIGMA_BETA);
    wild w = {10, 0};
    const reverse_model p = {wild_mean, wild_var, &w};
    law *fine = law_alloc(10, 0, &p, 9.0, 8.0), *coarse = law_alloc(10, 0, &p, 9.0, 4.0);
    if (!c || !fine || !coarse) return;
    density_of_paths(L, c);
    /* A few hundred summands of mass 1 in each of ten sweeps; beyond 9 there is 1e-18. */
    const double mass = total_mass(fine);
    road(L, "law_alloc", "nonlinear model: ten factors have mass 1", mass, 1.0,
         fabs(mass - total_mass(coarse)) + 512 * GSL_DBL_EPSILON);
    evidence(L, "mass after 10 kernels of a nonlinear model: 1 %+.1e", mass - 1.0);
    law_free(fine);
    law_free(coarse);
    linear_chain_free(c);
}

/* log p(x|z) + log p(z) - log q(z|x) with z = x_{1:T}; `twice` puts the decoder into the prior as
 * well. */
static double vae_form(const schedule *s, const reverse_model *p, const double *x, bool twice,
                       double *size)
{
    const double decoder =
        log_normal(x[0], p->mean(x[1], 1, p->params), p->var(x[1], 1, p->params));
    double prior = log_normal(x[s->T], 0.0, 1.0), encoder = 0.0;
    *size = fabs(decoder) + fabs(prior);
    for (size_t t = 1; t <= s->T; t++) {
        const double step = log_normal(x[t], sqrt(s->alpha[t]) * x[t - 1], s->beta[t]);
        encoder += step;
        *size += fabs(step) + gsl_pow_2(x[t] / s->beta[t]) * s->beta[t];
        if (t == 1) continue;
        const double link =
            log_normal(x[t - 1], p->mean(x[t], t, p->params), p->var(x[t], t, p->params));
        prior += link;
        *size += fabs(link);
    }
    return decoder + prior - encoder + (twice ? decoder : 0.0);
}

/* Given all of z the linear chain's x_0 depends on x_1 alone: regress x_0 on x_1 .. x_T. */
static void decoder_sees_x1_only(lesson *L)
{
    linear_chain *c = linear_chain_alloc(schedules[S10], 0.43, 0.61, SIGMA_BETA);
    if (!c) return;
    dense g = dense_of(c);
    gsl_matrix_view latent = gsl_matrix_submatrix(g.cov, 1, 1, g.T, g.T);
    gsl_vector *cross = gsl_vector_alloc(g.T), *weight = gsl_vector_alloc(g.T);
    for (size_t t = 0; t < g.T; t++) gsl_vector_set(cross, t, gsl_matrix_get(g.cov, 0, t + 1));
    gsl_linalg_cholesky_decomp1(&latent.matrix);
    gsl_linalg_cholesky_solve(&latent.matrix, cross, weight);
    const schedule *s = schedules[S10];
    const double V_1 =
        s->alpha_bar[1] * 0.61 + s->var_bar[1]; /* E[eps|x_1] of Gaussian data, in mu_theta: */
    const double a_1 = (1.0 - s->beta[1] / V_1) / sqrt(s->alpha[1]);
    gap g_weight = {0};
    /* 100 roundings per row, times the condition number: trace below 10, and the rows of the
     * tridiagonal inverse below 4 / smallest kernel variance. */
    for (size_t t = 0; t < g.T; t++)
        gap_add(&g_weight, t + 1, gsl_vector_get(weight, t), t == 0 ? a_1 : 0.0,
                100 * GSL_DBL_EPSILON * 10.0 * 4.0 / c->var[2]);
    road_gap(L, "linear_chain_alloc", "given z, x_0 depends on x_1 only: (a_1, 0, ..., 0)",
             &g_weight);
    gsl_vector_free(cross);
    gsl_vector_free(weight);
    dense_free(g);
    linear_chain_free(c);
}

void as_a_vae(lesson *L)
{
    claim(L, "ELB-06");
    gap g = {0}, twice = {0};
    double decoder = 0.0;
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        wild w = {s->T, 0};
        const reverse_model p = {wild_mean, wild_var, &w};
        double *x = malloc((s->T + 1) * sizeof *x), size;
        if (!x) return;
        for (size_t t = 0; t <= s->T; t++) x[t] = path_at(t, k);
        const double value = elbo_path(s, &p, x), reference = vae_form(s, &p, x, false, &size);
        const double tolerance =
            8 * GSL_DBL_EPSILON * size + (double)s->T * GSL_DBL_EPSILON * fabs(reference);
        gap_add(&g, s->T, value, reference, tolerance);
        gap_add(&twice, s->T, vae_form(s, &p, x, true, &size), value, tolerance);
        if (k == S10) decoder = vae_form(s, &p, x, true, &size) - reference;
        free(x);
    }
    road_gap(L, "elbo_path", "log p(x|z) p(z) / q(z|x), nonlinear p, 4 schedules", &g);
    decoder_sees_x1_only(L);
    control_gap(L, "p(x_0|x_1) in the prior as well", &twice);
    evidence(L, "one path, S10: with p(x_0|x_1) in both factors off by log p(x_0|x_1) = %.4f",
             decoder);
}
