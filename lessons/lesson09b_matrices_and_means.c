/* Lesson 9, part b.  Full covariance matrices, and the means that match. */
#include <math.h>

#include <gsl/gsl_blas.h>
#include <gsl/gsl_deriv.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>

#include "lesson09.h"
#include "theory/gaussian.h"

static const double eps = GSL_DBL_EPSILON;

/* ---- The definition with full covariance matrices ----------------------------------------------
 *   KL = (tr(P^-1 Q) - D + ln det P - ln det Q + delta' P^-1 delta) / 2,   Q, P covariances. */
enum { D = 5 };

static double divergence_of_matrices(const gsl_matrix *Q, const gsl_matrix *P,
                                     const gsl_vector *delta)
{
    gsl_matrix *q = gsl_matrix_alloc(D, D), *p = gsl_matrix_alloc(D, D),
               *ratio = gsl_matrix_alloc(D, D);
    gsl_vector *u = gsl_vector_alloc(D);
    gsl_matrix_memcpy(q, Q);
    gsl_matrix_memcpy(p, P);
    gsl_matrix_memcpy(ratio, Q);
    gsl_vector_memcpy(u, delta);
    gsl_linalg_cholesky_decomp1(q);
    gsl_linalg_cholesky_decomp1(p);
    gsl_linalg_cholesky_svx(p, u); /* P^-1 delta */
    double twice = -(double)D, square;
    gsl_blas_ddot(delta, u, &square);
    for (size_t i = 0; i < D; i++) {
        gsl_vector_view column = gsl_matrix_column(ratio, i);
        gsl_linalg_cholesky_svx(p, &column.vector); /* column i of P^-1 Q */
        twice += gsl_matrix_get(ratio, i, i) +
                 2.0 * log(gsl_matrix_get(p, i, i) / gsl_matrix_get(q, i, i));
    }
    gsl_matrix_free(q);
    gsl_matrix_free(p);
    gsl_matrix_free(ratio);
    gsl_vector_free(u);
    return 0.5 * (twice + square);
}

/* Look at isotropic x in D dimensions through y = A x: means A m, covariances v A A', nothing
 * diagonal any more.  A divergence does not care about coordinates, so the sum of the D
 * one-dimensional divergences must come out.  A = 1 + B with |B| = f < 1: cond(A) <= (1+f)/(1-f).
 */
void in_d_dimensions(lesson *L, const char *what, double var_q, double var_p)
{
    gsl_matrix *A = gsl_matrix_alloc(D, D), *Q = gsl_matrix_alloc(D, D),
               *P = gsl_matrix_alloc(D, D);
    gsl_vector *apart = gsl_vector_alloc(D), *delta = gsl_vector_alloc(D);
    double sum = 0.0, f2 = 0.0;
    for (size_t i = 0; i < D; i++) {
        const double mean_q = 0.731 * cos(1.0 + 2.3 * (double)i),
                     mean_p = 0.417 * sin(2.0 + 1.7 * (double)i);
        gsl_vector_set(apart, i, mean_q - mean_p);
        sum += gaussian_kl(mean_q, var_q, mean_p, var_p);
        for (size_t j = 0; j < D; j++) {
            const double b = 0.2 * sin(1.0 + 5.0 * (double)i + 1.3 * (double)j);
            gsl_matrix_set(A, i, j, b + (i == j ? 1.0 : 0.0));
            f2 += b * b;
        }
    }
    gsl_blas_dgemm(CblasNoTrans, CblasTrans, var_q, A, A, 0.0, Q);
    gsl_blas_dgemm(CblasNoTrans, CblasTrans, var_p, A, A, 0.0, P);
    gsl_blas_dgemv(CblasNoTrans, 1.0, A, apart, 0.0, delta);
    /* Solving with A A' amplifies the D^2 roundings of a column by cond(A)^2. */
    const double cond = (1.0 + sqrt(f2)) / (1.0 - sqrt(f2));
    const double scale = cond * cond * (double)D * (1.0 + var_q / var_p + sum);
    road(L, "gaussian_kl", what, sum, divergence_of_matrices(Q, P, delta),
         (double)(D * D) * eps * scale);
    gsl_matrix_free(A);
    gsl_matrix_free(Q);
    gsl_matrix_free(P);
    gsl_vector_free(apart);
    gsl_vector_free(delta);
}

/* --- 9.3  Matching the means --------------------------------------------------------------------
 * d KL/d mu_p = (mu_p - mu_q)/v_p: zero at mu_p = mu_q only, and the floor there is C. */
static double kl_of_mean(double mean_p, void *params)
{
    const pair *k = params;
    return gaussian_kl(k->mean_q, k->var_q, mean_p, k->var_p);
}

/* -d/dmu_p of ln p under the integral sign: the slope without any formula for the divergence. */
static double slope_integrand(double x, void *params)
{
    const pair *k = params;
    return exp(log_normal(x, k->mean_q, k->var_q)) * (k->mean_p - x) / k->var_p;
}

void match_the_means(lesson *L, quad *w)
{
    claim(L, "KLG-06");
    gap slope = {0}, at_match = {0};
    for (size_t i = 0; i < N_DIFFERENT; i++) {
        pair k = different[i];
        const gsl_function f = {kl_of_mean, &k};
        for (size_t j = 0; j < 2; j++) { /* once elsewhere, once where the means match */
            if (j == 1) k.mean_p = k.mean_q;
            const double sd = sqrt(k.var_p), reach = 12.0 * sqrt(k.var_q);
            double value, abserr, tolerance;
            gsl_deriv_central(&f, k.mean_p, 0.01 * sd, &value, &abserr);
            const double expected = quad_interval(w, slope_integrand, &k, k.mean_q - reach,
                                                  k.mean_q + reach, &tolerance);
            tolerance +=
                abserr + 16.0 * eps * (fabs(k.mean_q) + fabs(k.mean_p) + sqrt(k.var_q)) / k.var_p;
            gap_add(j ? &at_match : &slope, i + 1, value, j ? 0.0 : expected, tolerance);
        }
    }
    road_gap(L, "gaussian_kl", "slope (gsl_deriv) = -E_q d/dmu ln p (integral)", &slope);
    road_gap(L, NULL, "slope = 0 where the means match, 6 pairs", &at_match);
    pair k = different[0];
    double tolerance;
    k.mean_p = k.mean_q;
    const double floor_value = integrate(w, &k, &tolerance);
    road(L, "gaussian_kl_variances", "what is left at the match is C",
         gaussian_kl_variances(k.var_q, k.var_p), floor_value, tolerance);
    road_below(L, NULL, "a mean 1 % of an sd away is worse", floor_value,
               kl_of_mean(k.mean_q + 0.01 * sqrt(k.var_p), &k), tolerance);
    control(L, "matched means taken as enough, variance free too", floor_value, 0.0, tolerance);
    evidence(L,
             "variances 0.5 and 0.9: slope 0 at mu_q, floor C = %.7f; with a free variance the "
             "floor is 0",
             floor_value);
}
