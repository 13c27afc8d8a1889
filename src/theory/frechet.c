/* frechet.c -- the Fréchet distance of two normal laws; roots of matrices from eigenvalues. */
#include "theory/frechet.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_blas.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_math.h>

/* ---- Moments --------------------------------------------------------------------------------- */

static void find_mean(double *mean, const double *x, size_t n, size_t d)
{
    memset(mean, 0, d * sizeof *mean);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++) mean[j] += x[i * d + j];
    for (size_t j = 0; j < d; j++) mean[j] /= (double)n;
}

/* The lower triangle of the sum of products, then both triangles. */
static void find_covariance(double *cov, const double *mean, const double *x, size_t n, size_t d)
{
    memset(cov, 0, d * d * sizeof *cov);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++) {
            const double u = x[i * d + j] - mean[j];
            for (size_t k = 0; k <= j; k++) cov[j * d + k] += u * (x[i * d + k] - mean[k]);
        }
    for (size_t j = 0; j < d; j++)
        for (size_t k = 0; k <= j; k++)
            cov[j * d + k] = cov[k * d + j] = cov[j * d + k] / (double)(n - 1);
}

void frechet_moments(double *mean, double *cov, const double *x, size_t n, size_t d)
{
    if (n >= 2) {
        find_mean(mean, x, n, d);
        find_covariance(cov, mean, x, n, d);
        return;
    }
    for (size_t i = 0; i < d; i++) mean[i] = (double)NAN;
    for (size_t i = 0; i < d * d; i++) cov[i] = (double)NAN;
}

/* ---- The distance ---------------------------------------------------------------------------- */

/* Everything that a distance needs, allocated together. */
typedef struct room {
    gsl_matrix *root[2], *product, *vectors;
    gsl_vector *values, *scratch;
    gsl_eigen_symmv_workspace *eigen;
} room;

static void room_free(room *r)
{
    for (size_t i = 0; i < 2; i++) gsl_matrix_free(r->root[i]);
    gsl_matrix_free(r->product);
    gsl_matrix_free(r->vectors);
    gsl_vector_free(r->values);
    gsl_vector_free(r->scratch);
    gsl_eigen_symmv_free(r->eigen);
}

static bool room_alloc(room *r, size_t d)
{
    *r = (room){.root = {gsl_matrix_alloc(d, d), gsl_matrix_alloc(d, d)},
                .product = gsl_matrix_alloc(d, d),
                .vectors = gsl_matrix_alloc(d, d),
                .values = gsl_vector_alloc(d),
                .scratch = gsl_vector_alloc(d),
                .eigen = gsl_eigen_symmv_alloc(d)};
    if (r->root[0] && r->root[1] && r->product && r->vectors && r->values && r->scratch && r->eigen)
        return true;
    room_free(r);
    return false;
}

static bool finite(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i])) return false;
    return true;
}

/* root root = s, for  s = U L U^T:  root = (U L^(1/4)) (U L^(1/4))^T.
 * Returns  GSL_EDOM when s is no covariance. */
static int find_root(gsl_matrix *root, const double *s, room *r)
{
    const size_t d = root->size1;
    gsl_matrix_const_view view = gsl_matrix_const_view_array(s, d, d);
    gsl_matrix_memcpy(r->product, &view.matrix);
    const int status = gsl_eigen_symmv(r->product, r->values, r->vectors, r->eigen);
    if (status != GSL_SUCCESS) return status;
    const double largest = fmax(gsl_vector_max(r->values), 0.0);
    if (gsl_vector_min(r->values) < -1e-8 * largest || gsl_vector_max(r->values) < 0.0)
        return GSL_EDOM;
    for (size_t j = 0; j < d; j++) {
        const double value = gsl_vector_get(r->values, j);
        const bool zero = !(value > (double)d * GSL_DBL_EPSILON * largest);
        gsl_vector_view column = gsl_matrix_column(r->vectors, j);
        gsl_vector_scale(&column.vector, zero ? 0.0 : sqrt(sqrt(value)));
    }
    return gsl_blas_dgemm(CblasNoTrans, CblasTrans, 1.0, r->vectors, r->vectors, 0.0, root);
}

/* tr (S_1 S_2)^(1/2) */
static int find_cross(double *cross, const double *s_1, const double *s_2, room *r)
{
    int status = find_root(r->root[0], s_1, r);
    if (status == GSL_SUCCESS) status = find_root(r->root[1], s_2, r);
    if (status == GSL_SUCCESS)
        status = gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1.0, r->root[0], r->root[1], 0.0,
                                r->product);
    if (status == GSL_SUCCESS)
        status = gsl_linalg_SV_decomp(r->product, r->vectors, r->values, r->scratch);
    *cross = 0.0;
    for (size_t j = 0; j < r->values->size; j++) *cross += gsl_vector_get(r->values, j);
    return status;
}

double frechet_distance(const double *m_1, const double *s_1, const double *m_2, const double *s_2,
                        size_t d)
{
    if (d == 0) GSL_ERROR_VAL("a Frechet distance needs a dimension", GSL_EINVAL, (double)NAN);
    if (!finite(m_1, d) || !finite(m_2, d) || !finite(s_1, d * d) || !finite(s_2, d * d))
        GSL_ERROR_VAL("a moment is not finite", GSL_EDOM, (double)NAN);
    room r;
    if (!room_alloc(&r, d)) GSL_ERROR_VAL("no memory for matrices", GSL_ENOMEM, (double)NAN);
    double cross;
    const int status = find_cross(&cross, s_1, s_2, &r);
    room_free(&r);
    if (status != GSL_SUCCESS)
        GSL_ERROR_VAL("a matrix is no covariance: an eigenvalue is negative", GSL_EDOM,
                      (double)NAN);
    double sum = -2.0 * cross;
    for (size_t i = 0; i < d; i++)
        sum += gsl_pow_2(m_1[i] - m_2[i]) + s_1[i * d + i] + s_2[i * d + i];
    return sum;
}
