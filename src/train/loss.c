/* loss.c -- the loss of a batch and its derivative by the network's output. */
#include "train/loss.h"

#include <math.h>

#include <gsl/gsl_math.h>

void loss_input(real *input, const real *x_0, const real *eps, const size_t *t, size_t n, size_t D,
                const task *k)
{
    for (size_t i = 0; i < n; i++) {
        const real signal = (real)(k->input[t[i]] * k->signal[t[i]]);
        const real noise = (real)(k->input[t[i]] * k->noise[t[i]]);
        for (size_t d = 0; d < D; d++)
            input[i * D + d] = signal * x_0[i * D + d] + noise * eps[i * D + d];
    }
}

/* One coordinate of the KL, or of the decoder at t = 1, with square = |mu_tilde - mu_theta|^2.
 * With l = ln sigma^2 and f the sigmoid of the logit,
 *   KL = (r - 1 - ln r)/2 + square e^-l / 2,    dKL/dl = (1 - r - square e^-l)/2,    r = e^(low - l);
 *   -log p = (ln 2 pi + l + square e^-l) / 2,   its dl = (1 - square e^-l)/2;
 *   dl/dlogit = f (1 - f) (high - low). */
static double learned(const task *k, size_t t, double square, double logit, double *by_logit,
                      double *precision)
{
    const double range = k->log_high[t] - k->log_low[t];
    const double above = task_between(0.0, range, logit);                              /* l - low */
    const double shrink = exp(-fabs(logit)), slope = shrink / gsl_pow_2(1.0 + shrink); /* f (1-f) */
    const double r = t > 1 ? exp(-above) : 0.0;
    *precision = exp(-(k->log_low[t] + above));
    *by_logit = 0.5 * (1.0 - r - square * *precision) * slope * range;
    const double variances =
        t > 1 ? expm1(-above) + above : log(2.0 * M_PI) + k->log_low[t] + above;
    return 0.5 * (variances + square * *precision);
}

/* One sample; out, d_out [D or 2 D]. */
static double one(real *d_out, const real *out, const real *x_0, const real *eps, size_t t,
                  size_t D, const task *k, double scale)
{
    const real x0_part = (real)k->target_x0[t], eps_part = (real)k->target_eps[t];
    double squares = 0.0, kl = 0.0;
    for (size_t d = 0; d < D; d++) {
        const double e = (double)(x0_part * x_0[d] + eps_part * eps[d] - out[d]);
        double slope = -2.0 * k->weight[t] * e; /* of the loss times D, by out */
        squares += e * e;
        if (k->kl > 0.0) {
            const double factor = gsl_pow_2(k->mean_out[t]);
            double by_logit, precision;
            kl += learned(k, t, factor * e * e, (double)out[D + d], &by_logit, &precision);
            if (k->kl_moves_mean) slope -= k->kl * factor * precision * e;
            d_out[D + d] = (real)(scale * k->kl * by_logit / (double)D);
        }
        d_out[d] = (real)(scale * slope / (double)D);
    }
    return (k->weight[t] * squares + k->kl * kl) / (double)D;
}

void loss_batch(double *loss, real *d_out, const real *out, const real *x_0, const real *eps,
                const size_t *t, size_t n, size_t D, const task *k, double scale)
{
    const size_t outputs = task_outputs(k, D);
    for (size_t i = 0; i < n; i++)
        loss[i] = one(d_out + i * outputs, out + i * outputs, x_0 + i * D, eps + i * D, t[i], D, k,
                      scale);
}
