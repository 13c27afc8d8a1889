/* Lesson 17, part d.  Bayes' rule by sums: what x_sigma = x + sigma eps tells about x. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>

#include "lesson17.h"

static const double ulp = GSL_DBL_EPSILON;

void place(double *x_sigma, const mixture *m, double sigma, size_t i)
{
    static const double z[MOST_D] = {0.731, -1.283, 0.517};
    const size_t k = i % m->K;
    for (size_t d = 0; d < m->D; d++)
        x_sigma[d] = m->mean[k * m->D + d] + 0.9 * sqrt(m->var[k]) * z[(d + i) % MOST_D] +
                     sigma * z[(d + 2 * i + 1) % MOST_D] * (i % 2 ? 1.0 : -0.8);
}

/* x given component k has independent coordinates, so every integral over x is a product of
 *     I[f] = integral N(x_sigma; y, sigma^2) N(y; m, v) f(y) dy,
 * a trapezoidal sum: for Gaussians it converges like exp(-2 pi^2 (sd/h)^2), here beyond rounding. */
typedef struct line {
    double mass, x, x_size, target, target_size, square;
} line;

static line sum_over(double x_sigma, double sigma, double m, double v)
{
    const double narrow = fmin(sigma, sqrt(v)), h = narrow / 3.0;
    const double low = fmax(x_sigma - 12.0 * sigma, m - 12.0 * sqrt(v));
    const double high = fmin(x_sigma + 12.0 * sigma, m + 12.0 * sqrt(v));
    line s = {0};
    for (size_t j = 0; low + h * (double)j <= high; j++) {
        const double y = low + h * (double)j, noise = (x_sigma - y) / sigma;
        const double f =
            h * exp(-0.5 * (noise * noise + gsl_pow_2(y - m) / v)) / (2.0 * M_PI * sigma * sqrt(v));
        s.mass += f;
        s.x += f * y;
        s.x_size += f * fabs(y);
        s.square += f * y * y;
        s.target += f * -(x_sigma - y) / (sigma * sigma);
        s.target_size += f * fabs(noise) / sigma;
    }
    return s;
}

/* Roundings: about 100 of the sum itself, 4 per unit of the exponent, and a node that is off by
 * |x| eps feels the steepest factor. */
static double rounding_of(const mixture *m, double sigma, const double *x_sigma, double exponent)
{
    double far = 0.0, narrow = sigma;
    for (size_t d = 0; d < m->D; d++) far = fmax(far, fabs(x_sigma[d]));
    for (size_t k = 0; k < m->K; k++) narrow = fmin(narrow, sqrt(m->var[k]));
    return ulp * (128.0 + 8.0 * fabs(exponent) + 8.0 * (far + 3.0) / narrow);
}

seen look(const mixture *m, double sigma, const double *x_sigma)
{
    seen s = {0};
    double q = 0.0;
    for (size_t k = 0; k < m->K; k++) {
        line at[MOST_D];
        double share = m->weight[k];
        for (size_t d = 0; d < m->D; d++) {
            at[d] = sum_over(x_sigma[d], sigma, m->mean[k * m->D + d], m->var[k]);
            share *= at[d].mass;
        }
        q += share;
        for (size_t d = 0; d < m->D && share > 0.0; d++) {
            s.x_hat[d] += share * at[d].x / at[d].mass;
            s.square += share * at[d].square / at[d].mass;
            s.size_x[d] += share * at[d].x_size / at[d].mass;
            s.target[d] += share * at[d].target / at[d].mass;
            s.size_target[d] += share * at[d].target_size / at[d].mass;
        }
    }
    for (size_t d = 0; d < m->D; d++) {
        s.x_hat[d] /= q;
        s.target[d] /= q;
        s.size_x[d] /= q;
        s.size_target[d] /= q;
    }
    s.square /= q;
    s.log_q = log(q);
    s.rounding = rounding_of(m, sigma, x_sigma, s.log_q);
    return s;
}
