/* attention.c -- attention, naive and by products of matrices. */
#include "net/attention.h"

#include <math.h>
#include <string.h>

#include "net/gemm.h"
#include "net/image.h"
#include "net/kernel_image.h"

/* ---- The naive version ---- */

/* s[r] -> exp(s[r]) / sum exp;  the largest is taken out first, so that nothing overflows. */
static void softmax_naive(real *s, size_t N)
{
    double most = (double)s[0], sum = 0.0;
    for (size_t r = 1; r < N; r++) most = fmax(most, (double)s[r]);
    for (size_t r = 0; r < N; r++) sum += exp((double)s[r] - most);
    for (size_t r = 0; r < N; r++) s[r] = (real)(exp((double)s[r] - most) / sum);
}

void attention_naive_forward(real *y, real *P, const real *qkv, size_t n, size_t C, size_t N)
{
    const double scale = 1.0 / sqrt((double)C);
    for (size_t b = 0; b < n; b++, y += C * N, P += N * N, qkv += 3 * C * N) {
        const real *q = qkv, *k = q + C * N, *v = k + C * N;
        for (size_t p = 0; p < N; p++) {
            for (size_t r = 0; r < N; r++) {
                double s = 0.0;
                for (size_t c = 0; c < C; c++) s += (double)(q[c * N + p] * k[c * N + r]);
                P[p * N + r] = (real)(scale * s);
            }
            softmax_naive(P + p * N, N);
        }
        for (size_t c = 0; c < C; c++)
            for (size_t p = 0; p < N; p++) {
                y[c * N + p] = 0;
                for (size_t r = 0; r < N; r++) y[c * N + p] += P[p * N + r] * v[c * N + r];
            }
    }
}

/* forward: y_p = sum_r P[p][r] v_r.  Backward through the softmax:
 * ds[p][r] = P[p][r] (dP[p][r] - sum_u P[p][u] dP[p][u]),  dP[p][r] = dy_p . v_r. */
static void row_backward(real *dqkv, const real *dy, const real *P, const real *qkv, size_t C,
                         size_t N, size_t p)
{
    const real *q = qkv, *k = q + C * N, *v = k + C * N;
    real *dq = dqkv, *dk = dq + C * N, *dv = dk + C * N;
    const double scale = 1.0 / sqrt((double)C);
    double mean = 0.0; /* sum_u P dP = dy_p . sum_u P v_u */
    for (size_t u = 0; u < N; u++)
        for (size_t c = 0; c < C; c++) mean += (double)(P[u] * dy[c * N + p] * v[c * N + u]);
    for (size_t r = 0; r < N; r++) {
        double dP = 0.0;
        for (size_t c = 0; c < C; c++) dP += (double)(dy[c * N + p] * v[c * N + r]);
        const real ds = (real)(scale * (double)P[r] * (dP - mean));
        for (size_t c = 0; c < C; c++) {
            dq[c * N + p] += ds * k[c * N + r];
            dk[c * N + r] += ds * q[c * N + p];
            dv[c * N + r] += P[r] * dy[c * N + p];
        }
    }
}

void attention_naive_backward(real *dqkv, const real *dy, const real *P, const real *qkv, size_t n,
                              size_t C, size_t N)
{
    for (size_t b = 0; b < n; b++)
        for (size_t p = 0; p < N; p++)
            row_backward(dqkv + b * 3 * C * N, dy + b * C * N, P + (b * N + p) * N,
                         qkv + b * 3 * C * N, C, N, p);
}

/* ---- The fast version: the same products, all pixels of an image at once ---- */

void attention_forward(real *y, real *P, const real *qkv, size_t n, size_t C, size_t N, real *pack)
{
    const size_t row = image_channels(C), three = 3 * row, P_row = image_channels(N);
    const real scale = (real)(1.0 / sqrt((double)C));
    memset(y, 0, n * N * row * sizeof *y);
    memset(P, 0, n * N * P_row * sizeof *P);
    for (size_t b = 0; b < n; b++, y += N * row, P += N * P_row, qkv += N * three) {
        const real *q = qkv, *k = q + row, *v = k + row;
        gemm(P, P_row, q, three, 1, k, 1, three, N, N, C, pack);
        kernel_norm()->softmax(P, N, P_row, N, scale);
        gemm(y, row, P, P_row, 1, v, three, 1, N, C, N, pack);
    }
}

/* forward: s = q k^T scale, P = softmax(s), y = P v */
void attention_backward(real *dqkv, const real *dy, const real *P, const real *qkv, size_t n,
                        size_t C, size_t N, real *dP, real *pack)
{
    const size_t row = image_channels(C), three = 3 * row, P_row = image_channels(N);
    const real scale = (real)(1.0 / sqrt((double)C));
    memset(dqkv, 0, n * N * three * sizeof *dqkv);
    for (size_t b = 0; b < n; b++, dy += N * row, P += N * P_row) {
        const real *q = qkv + b * N * three, *k = q + row, *v = k + row;
        real *dq = dqkv + b * N * three, *dk = dq + row, *dv = dk + row;
        memset(dP, 0, N * P_row * sizeof *dP);
        gemm(dP, P_row, dy, row, 1, v, 1, three, N, N, C, pack);
        gemm(dv, three, P, 1, P_row, dy, row, 1, N, C, N, pack);
        kernel_norm()->softmax_backward(dP, P, N, P_row, N, scale);
        gemm(dq, three, dP, P_row, 1, k, three, 1, N, C, N, pack);
        gemm(dk, three, dP, 1, P_row, q, three, 1, N, C, N, pack);
    }
}
