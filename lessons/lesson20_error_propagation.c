/* Lesson 20.  From the error of the network to the error of the samples
 * ---------------------------------------------------------------------
 * CLAIM   With q the forward chain and p the model,
 *             KL(p_data || p(x_0)) <= KL(q(x_T)||p(x_T)) + sum_t floor_t + sum_t w_t excess_t,
 *         excess_t = E|eps_theta - eps*|^2, w_t the weight of the bound, floor_t what a Gaussian
 *         step costs the perfect network.  For N(0,1) data and sigma_t^2 = beta_t only the last
 *         sum is left.
 * WHY     "Good noise prediction gives good generation": true, with this weight, up to the floor.
 * NEEDS   lessons 8, 10, 13, 15, 19.   Notes: docs/lesson20.md
 * RUN     make lesson20   FIGURES  build/figures/lesson20.png, lesson20_{bumps,share,weights}.png
 *
 * Both sides are computed exactly, for a network that errs by a factor 1 + d: by recursion and dense
 * matrices for normal data, by carrying the law for two bumps (part b).  Part c asks how much of
 * the noise can be known at all, parts d and e what the wrong weight costs.
 */
#include <math.h>

#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>

#include "lesson20.h"
#include "theory/elbo.h"
#include "theory/gaussian.h"
#include "theory/linear.h"
#include "theory/misprint.h"
#include "theory/predict.h"
#include "theory/weight.h"

static const char *const names[N_SCHEDULES] = {"S10", "S50", "L1000", "COS1000"};
schedule *schedules[N_SCHEDULES];
static const double eps = GSL_DBL_EPSILON;

/* Relative errors d of the network: eps_theta = (1 + d) eps*. */
static const double errors[] = {-0.3, -0.1, -0.01, 0.01, 0.1, 0.3};
enum { N_ERRORS = sizeof errors / sizeof errors[0] };

/* --- 20.1  Data N(0,1) --------------------------------------------------------------------------
 * Then eps*(x_t) = sqrt(1-abar_t) x_t and the exact kernel is N(sqrt(alpha_t) x_t, beta_t).  The
 * erring model keeps beta_t and has the slope a_t = (1 - (1+d) beta_t)/sqrt(alpha_t). */
static double slope(const schedule *s, size_t t, double d)
{
    return (1.0 - (1.0 + d) * s->beta[t]) / sqrt(s->alpha[t]);
}

/* Variance of its x_0: what x_T and every later noise leave there. */
static double own_variance(const schedule *s, double d)
{
    double sum = 0.0, factor = 1.0;
    for (size_t t = 1; t <= s->T; t++) {
        sum += s->beta[t] * factor;
        factor *= gsl_pow_2(slope(s, t, d));
    }
    return sum + factor;
}

/* The same model through src/theory, and its distance from the data. */
static double model_variance(const schedule *s, double d)
{
    double mean, var = (double)NAN;
    linear_chain *c = linear_chain_alloc(s, 0.0, 1.0, SIGMA_BETA);
    if (!c) return var;
    for (size_t t = 1; t <= s->T; t++)
        c->a[t] = predict_mean_from_eps(s, t, 1.0, (1.0 + d) * sqrt(s->var_bar[t]));
    linear_marginal(c, &mean, &var);
    linear_chain_free(c);
    return var;
}

static double divergence(const schedule *s, double d)
{
    return gaussian_kl(0.0, 1.0, 0.0, model_variance(s, d));
}

static double log_ratio(double x, void *params)
{
    const double var = *(const double *)params;
    return exp(-0.5 * x * x) / sqrt(2.0 * M_PI) * 0.5 * (log(var) + x * x / var - x * x);
}

/* sum_t w_t excess_t with excess_t = d^2 E|eps*|^2 = d^2 (1-abar_t). */
static double weighted(const schedule *s, double d)
{
    double sum = 0.0;
    for (size_t t = 1; t <= s->T; t++) sum += weight_eps(s, t, s->beta[t]) * d * d * s->var_bar[t];
    return sum;
}

/* With the weight that one document prints: 1/(2 sigma_t^2) is missing (WT-03). */
static double weighted_as_printed(const schedule *s, double d)
{
    const misprint *m = misprint_find("weight-no-sigma");
    double sum = 0.0;
    for (size_t t = 1; m && t <= s->T; t++)
        sum += m->value(s, t, &s->beta[t]) * d * d * s->var_bar[t];
    return sum;
}

/* Per step: w_t excess_t = E KL(exact kernel || model) = (a_t - sqrt(alpha_t))^2/(2 beta_t). */
static gap per_step(bool as_printed)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t i = 0; i < N_ERRORS; i++)
            for (size_t t = 1; t <= schedules[k]->T; t++) {
                const schedule *s = schedules[k];
                const double d = errors[i], a = slope(s, t, d), b = sqrt(s->alpha[t]);
                const double w = as_printed
                                     ? misprint_find("weight-no-sigma")->value(s, t, &s->beta[t])
                                     : weight_eps(s, t, s->beta[t]);
                /* a and b are right to 4 eps of 1/b, their difference is d beta/b. */
                const double size = gsl_pow_2(a - b) / (2.0 * s->beta[t]);
                gap_add(&g, t, w * d * d * s->var_bar[t], size,
                        32 * eps * (size + fabs(a - b) / (b * s->beta[t])));
            }
    return g;
}

/* ---- The chain rule with matrices: KL of the two laws of the WHOLE path (x_0, ..., x_T), S10 ---- */
enum { PATH = 11 };

/* Cov(x_i, x_j) = prod of the slopes between them times the variance at the end where both start. */
static void covariance(gsl_matrix *m, const schedule *s, double d, bool model)
{
    double var = 1.0;
    for (size_t n = PATH; n-- > 0;) { /* from x_T down to x_0 */
        if (n + 1 < PATH) {
            const double a = slope(s, n + 1, model ? d : 0.0);
            for (size_t j = n + 1; j < PATH; j++)
                gsl_matrix_set(m, n, j, a * gsl_matrix_get(m, n + 1, j));
            var = a * a * var + s->beta[n + 1];
        }
        gsl_matrix_set(m, n, n, var);
        for (size_t j = n + 1; j < PATH; j++) gsl_matrix_set(m, j, n, gsl_matrix_get(m, n, j));
    }
}

/* KL(N(0,Q)||N(0,P)) = (tr P^-1 Q - n + ln det P - ln det Q)/2.  loss: the condition of P, by which
 * a solution may lose digits. */
static double matrix_kl(gsl_matrix *Q, gsl_matrix *P, double *loss)
{
    gsl_matrix *R = gsl_matrix_alloc(PATH, PATH);
    if (!R) return (double)NAN;
    gsl_matrix_memcpy(R, Q);
    gsl_linalg_cholesky_decomp1(P);
    gsl_linalg_cholesky_decomp1(Q);
    gsl_blas_dtrsm(CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, 1.0, P, R);
    gsl_blas_dtrsm(CblasRight, CblasLower, CblasTrans, CblasNonUnit, 1.0, P, R);
    double sum = -(double)PATH, least = 1.0, largest = 1.0;
    for (size_t i = 0; i < PATH; i++) {
        const double p = gsl_matrix_get(P, i, i);
        sum += gsl_matrix_get(R, i, i) + 2.0 * log(p / gsl_matrix_get(Q, i, i));
        least = fmin(least, p);
        largest = fmax(largest, p);
    }
    gsl_matrix_free(R);
    *loss = gsl_pow_2(largest / least);
    return 0.5 * sum;
}

static gap whole_path(void)
{
    gap g = {0};
    gsl_matrix *Q = gsl_matrix_alloc(PATH, PATH), *P = gsl_matrix_alloc(PATH, PATH);
    for (size_t i = 0; Q && P && i < N_ERRORS; i++) {
        double loss = 0.0;
        covariance(Q, schedules[S10], errors[i], false);
        covariance(P, schedules[S10], errors[i], true);
        const double reference = matrix_kl(Q, P, &loss);
        /* 11^2 roundings of numbers about 1, and what the condition of P makes of them. */
        gap_add(&g, i, weighted(schedules[S10], errors[i]), reference, 121.0 * eps * loss);
    }
    gsl_matrix_free(P);
    gsl_matrix_free(Q);
    return g;
}

static gap by_quadrature(quad *w)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t i = 0; i < N_ERRORS; i++) {
            double var = own_variance(schedules[k], errors[i]), error;
            const double KL = quad_around(w, log_ratio, &var, 0.0, 14.0, &error);
            /* Rounding: 8 T eps in the variance, times dKL/dvar < 1/var. */
            gap_add(&g, schedules[k]->T, divergence(schedules[k], errors[i]), KL,
                    error + 8.0 * (double)schedules[k]->T * eps / fmin(var, 1.0));
        }
    return g;
}

/* How often does KL <= bound fail?  The bound is this function of schedule and error. */
static size_t violations(double (*bound)(const schedule *s, double d))
{
    size_t n = 0;
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t i = 0; i < N_ERRORS; i++)
            n += !(divergence(schedules[k], errors[i]) <= bound(schedules[k], errors[i]));
    return n;
}

static void normal_data(lesson *L)
{
    quad *w = quad_alloc();
    if (!w) return;
    const schedule *s = schedules[L1000];
    const gap KL = by_quadrature(w), step = per_step(false), printed = per_step(true);
    const gap path = whole_path();
    const double prior = elbo_prior(s, 1.0); /* quadratic in x_0: its mean over N(0,1) */
    road_gap(L, "linear_marginal", "N(0,1): KL(p_data||p), recursion = quadrature", &KL);
    road_gap(L, "weight_eps", "w_t excess_t = KL of the two kernels, all t", &step);
    control_gap(L, "the weight without 1/(2 sigma_t^2)", &printed);
    road_gap(L, "weight_eps", "sum_t w_t excess_t = KL of the whole paths, S10", &path);
    road_all(L, "weight_eps", "KL(p_data||p) <= sum_t w_t excess_t", violations(weighted),
             N_SCHEDULES * N_ERRORS);
    control_all(L, "the same with the weight without 1/(2 sigma_t^2)",
                violations(weighted_as_printed), N_SCHEDULES * N_ERRORS);
    const double small = divergence(s, 0.01), half = divergence(s, 0.005);
    road_below(L, "gaussian_kl", "half the error, a quarter of the KL (to 1 percent)",
               fabs(4.0 * half / small - 1.0), 0.01, 0.0);
    control_below(L, "half the error, half the KL (to 1 percent)", fabs(2.0 * half / small - 1.0),
                  0.01, 0.0);
    say(L, "L1000, 10 percent error: KL %.2e, bound %.2e (with L_T %.2e); printed weight %.2e.",
        divergence(s, 0.1), weighted(s, 0.1), weighted(s, 0.1) + prior,
        weighted_as_printed(s, 0.1));
    quad_free(w);
}

static void good_generation(lesson *L)
{
    const schedule *s = schedules[L1000];
    claim(L, "ERR-01");
    normal_data(L);
    const bumps_budget b = gaussian_steps(L);
    evidence(L,
             "N(0,1), L1000: d = 0.1 KL %.2e <= %.2e, d = 0.01 %.2e <= %.2e; bumps, S10: d = 0 KL "
             "%.3f <= %.3f, all floor; d = 0.1 KL %.3f, smaller",
             divergence(s, 0.1), weighted(s, 0.1), divergence(s, 0.01), weighted(s, 0.01), b.KL,
             b.bound, b.KL_worse);
}

/* ---- Figure: KL and bound against the error of the network ---- */
static void figure_budget(lesson *L)
{
    data_file *f = data_open(L, "budget", "d KL bound printed");
    const schedule *s = schedules[L1000];
    for (double d = 0.003; f && d < 0.51; d *= 1.3)
        data_line(f, "%.6g %.6g %.6g %.6g", d, divergence(s, d), weighted(s, d),
                  weighted_as_printed(s, d));
    data_close(f);
}

int main(int argc, char **argv)
{
    lesson *L = lesson_open(argc, argv, 20, "From the error of the network to that of the samples");
    for (size_t k = 0; k < N_SCHEDULES; k++)
        if (!(schedules[k] = schedule_named_alloc(names[k]))) return 2;
    if (!lesson_random_only(L)) {
        section(L, "20.1  Good noise prediction, good generation?");
        good_generation(L);
    }
    section(L, "20.2  How much of the noise can be predicted");
    explained(L);
    if (!lesson_random_only(L)) {
        section(L, "20.3  One family, two weights");
        two_weights(L);
        figure_budget(L);
        figure_bumps(L);
        figure_weights(L);
    }
    for (size_t k = 0; k < N_SCHEDULES; k++) schedule_free(schedules[k]);
    return lesson_close(L);
}
