/* Lesson 15, part c.  What the references rest on: the ring in the lesson's own words, the
 * integral over the plane, Bayes' rule by brute force.  And the data of the figures. */
#include <math.h>

#include <gsl/gsl_integration.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson15.h"
#include "theory/schedule_spec.h"

static const double ulp = GSL_DBL_EPSILON;

level level_of(const schedule *s, size_t t)
{
    return (level){sqrt(s->alpha_bar[t]), s->var_bar[t]};
}

/* Multiples of 45 degrees. */
double mode(size_t k, size_t d)
{
    static const double coordinate[MODES] = {1.0,  M_SQRT1_2,  0.0, -M_SQRT1_2,
                                             -1.0, -M_SQRT1_2, 0.0, M_SQRT1_2};
    return coordinate[(k + (d ? 6 : 0)) % MODES];
}

/* All modes are equally long and equally wide, so |x|^2 and |mode|^2 drop out of the shares:
 *      share_k ~ exp(root x . mode_k / s^2),   s^2 = root^2 0.0025 + spread,
 * and x_0_hat follows from the score (Tweedie): root x_0_hat = x + spread grad ln q(x). */
view look(level v, const double *x)
{
    const double s2 = v.root * v.root * ring_var + v.spread;
    double largest = -(double)INFINITY, dot[MODES], sum = 0.0, pull[2] = {0};
    for (size_t k = 0; k < MODES; k++) {
        dot[k] = v.root * (x[0] * mode(k, 0) + x[1] * mode(k, 1)) / s2;
        largest = fmax(largest, dot[k]);
    }
    view seen;
    for (size_t k = 0; k < MODES; k++) sum += seen.share[k] = exp(dot[k] - largest);
    for (size_t k = 0; k < MODES; k++) {
        seen.share[k] /= sum;
        for (size_t d = 0; d < 2; d++) pull[d] += seen.share[k] * mode(k, d);
    }
    const double square = x[0] * x[0] + x[1] * x[1] + v.root * v.root;
    seen.q = sum / MODES * exp(largest - 0.5 * square / s2) / (2.0 * M_PI * s2);
    /* (x + spread (root pull - x)/s^2)/root, with x - x spread/s^2 = x root^2 0.0025/s^2. */
    for (size_t d = 0; d < 2; d++)
        seen.x_0_hat[d] = (v.root * ring_var * x[d] + v.spread * pull[d]) / s2;
    return seen;
}

/* --- The plane --------------------------------------------------------------------------------
 * The ring repeats every 45 degrees and is symmetric: 0 .. 22.5 degrees, 16 times.  In the angle
 * the integrand is smooth and periodic, so the trapezoidal rule converges like exp(-2 pi p/h), p
 * the distance of its poles (where two shares cancel) from the real line: about pi s^2/(0.765
 * root^2) beside a weight of exp(-(0.38 root/s)^2/2); 48 panels are enough for every s, 16 when
 * s is wide. */
static double plane_rule(level v, double centre, plane_function f, void *params, size_t n_angle,
                         size_t n_radius)
{
    const double s = sqrt(v.root * v.root * ring_var + v.spread);
    const double inner = fmax(0.0, v.root - 9.5 * s), outer = v.root + 9.5 * s,
                 h = M_PI / 8.0 / (double)n_angle;
    gsl_integration_glfixed_table *table = gsl_integration_glfixed_table_alloc(n_radius);
    if (!table) return (double)NAN;
    double sum = 0.0;
    for (size_t i = 0; i < n_radius; i++) {
        double r, weight;
        gsl_integration_glfixed_point(inner, outer, i, &r, &weight, table);
        for (size_t j = 0; j <= n_angle; j++) {
            const double angle = h * (double)j, here[2] = {r * cos(angle), r * sin(angle)};
            const double there[2] = {here[0] + v.root * centre, here[1]};
            const view seen = look(v, here);
            sum +=
                (j % n_angle ? 16.0 : 8.0) * h * weight * r * seen.q * f(there, &seen, v, params);
        }
    }
    gsl_integration_glfixed_table_free(table);
    return sum;
}

double over_plane(level v, double centre, plane_function f, void *params, double *abserr)
{
    const double s = sqrt(v.root * v.root * ring_var + v.spread);
    const size_t n_angle = s > 0.3 * v.root ? 16 : 48;
    const double result = plane_rule(v, centre, f, params, n_angle, 40);
    if (abserr)
        *abserr = fabs(result - plane_rule(v, centre, f, params, 3 * n_angle / 2, 56)) +
                  64 * GSL_DBL_EPSILON * fmax(1.0, fabs(result));
    return result;
}

static double seen_square(const double *x, const view *seen, level v, void *params)
{
    (void)x, (void)v, (void)params;
    return gsl_pow_2(seen->x_0_hat[0]) + gsl_pow_2(seen->x_0_hat[1]);
}

double own_mmse(level v, double *abserr)
{
    return 0.5 * (1.0 + 2.0 * ring_var - over_plane(v, 0.0, seen_square, NULL, abserr));
}

drawn draw(level v, gsl_rng *rng)
{
    drawn a;
    const size_t k = gsl_rng_uniform_int(rng, MODES);
    for (size_t d = 0; d < 2; d++) {
        a.x_0[d] = mode(k, d) + sqrt(ring_var) * gsl_ran_gaussian_ziggurat(rng, 1.0);
        a.eps[d] = gsl_ran_gaussian_ziggurat(rng, 1.0);
        a.x_t[d] = v.root * a.x_0[d] + sqrt(v.spread) * a.eps[d];
    }
    a.seen = look(v, a.x_t);
    return a;
}

double noise_error(level v, const drawn *a)
{
    double sum = 0.0;
    for (size_t d = 0; d < 2; d++)
        sum += gsl_pow_2(a->eps[d] - (a->x_t[d] - v.root * a->seen.x_0_hat[d]) / sqrt(v.spread));
    return 0.5 * sum;
}

/* One mixture per dimension, nothing equal to anything: weights, places and widths all differ in
 * the first and the third; the second is the ring, shifted. */
mixture *worlds[DIMENSIONS];

bool worlds_alloc(void)
{
    static const double weight[2][4] = {{0.5, 0.31, 0.19, 0}, {0.37, 0.29, 0.21, 0.13}};
    static const double var[2][4] = {{0.021, 0.153, 0.47, 0}, {0.12, 0.033, 0.38, 0.071}};
    static const double mean[2][12] = {
        {-1.31, 0.43, 2.17}, {-0.9, 0.6, 1.1, 1.4, -0.3, 0.2, 0.5, 1.7, -1.2, -0.4, -1.1, 0.8}};
    worlds[0] = mixture_alloc(3, 1);
    worlds[1] = mixture_ring_alloc(MODES, 1.0, ring_var, 0.37);
    worlds[2] = mixture_alloc(4, 3);
    if (!worlds[0] || !worlds[1] || !worlds[2]) return false;
    for (size_t w = 0; w < DIMENSIONS; w += 2)
        for (size_t k = 0; k < worlds[w]->K; k++) {
            worlds[w]->weight[k] = weight[w / 2][k];
            worlds[w]->var[k] = var[w / 2][k];
            for (size_t d = 0; d < worlds[w]->D; d++)
                worlds[w]->mean[k * worlds[w]->D + d] = mean[w / 2][k * worlds[w]->D + d];
        }
    return true;
}

void worlds_free(void)
{
    for (size_t w = 0; w < DIMENSIONS; w++) mixture_free(worlds[w]);
}

/* --- Bayes' rule by brute force ---------------------------------------------------------------
 * y has prior  sum_k weight_k prod_d N(y_d; mean_kd, var_k),  and  x_d | y, k ~ N(slope y_d +
 * offset_kd, noise_k). Components and noise are isotropic, so every integral over y is a product
 * of one-dimensional ones; those are sums over 61 nodes.  y may be x_0, eps or x_{t-1}: the same
 * rule serves three times. */

/* The product of two Gaussians is no wider than the narrower, and no narrower than 0.7 of it (or
 * it is negligible): nodes at 0.4 standard deviations of the narrower, 12 to each side.  The
 * trapezoidal rule then errs by exp(-2 pi^2 / 0.57^2) = e^-60. */
static double integrate(const bayes *b, size_t k, size_t d, double *mean, double *var)
{
    const bool prior_narrow = b->var[k] * gsl_pow_2(b->slope) <= b->noise[k];
    const double centre = prior_narrow ? b->mean[k][d] : (b->x[d] - b->offset[k][d]) / b->slope;
    const double h = 0.4 * (prior_narrow ? sqrt(b->var[k]) : sqrt(b->noise[k]) / b->slope);
    double mass[61], sum = 0.0, first = 0.0, second = 0.0;
    for (int i = 0; i <= 60; i++) {
        const double y = centre + h * (i - 30);
        mass[i] = exp(-0.5 * gsl_pow_2(y - b->mean[k][d]) / b->var[k] -
                      0.5 * gsl_pow_2(b->x[d] - b->offset[k][d] - b->slope * y) / b->noise[k]);
        sum += mass[i];
        first += mass[i] * (i - 30);
    }
    const double shift = sum > 0.0 ? first / sum : 0.0;
    for (int i = 0; i <= 60; i++) second += mass[i] * gsl_pow_2(i - 30 - shift);
    *mean = centre + h * shift;
    *var = sum > 0.0 ? h * h * second / sum : 0.0;
    return h * sum / (2.0 * M_PI * sqrt(b->var[k] * b->noise[k]));
}

/* An exponent u^2/2 with |u| <= 8 carries 8 times the rounding of u, and u is a difference of
 * numbers of size |x| + |mean| over a standard deviation. */
static void count_roundings(bayes *b)
{
    double size = 0.0, sd = (double)INFINITY;
    for (size_t k = 0; k < b->K; k++) {
        sd = fmin(sd, fmin(sqrt(b->var[k]) * b->slope, sqrt(b->noise[k])));
        for (size_t d = 0; d < b->D; d++)
            size =
                fmax(size, fabs(b->x[d]) + fabs(b->slope * b->mean[k][d]) + fabs(b->offset[k][d]));
    }
    b->rounding = ulp * (128.0 + 16.0 * (double)b->D * size / sd);
}

static void apply_bayes(bayes *b)
{
    double evidence_sum = 0.0, var[MOST_K][MOST_D];
    for (size_t k = 0; k < b->K; k++) {
        b->share[k] = b->weight[k];
        for (size_t d = 0; d < b->D; d++)
            b->share[k] *= integrate(b, k, d, &b->part_mean[k][d], &var[k][d]);
        b->part_var[k] = var[k][0];
        evidence_sum += b->share[k];
    }
    b->log_evidence = log(evidence_sum);
    for (size_t k = 0; k < b->K; k++) b->share[k] /= evidence_sum;
    for (size_t d = 0; d < b->D; d++) {
        b->post_mean[d] = b->bend[d] = 0.0;
        for (size_t k = 0; k < b->K; k++) b->post_mean[d] += b->share[k] * b->part_mean[k][d];
        for (size_t k = 0; k < b->K; k++)
            b->bend[d] += b->share[k] * fabs(b->part_mean[k][d] - b->post_mean[d]);
    }
    for (size_t d = 0; d < b->D; d++)
        for (size_t e = 0; e < b->D; e++) {
            b->post_cov[d][e] = 0.0;
            for (size_t k = 0; k < b->K; k++)
                b->post_cov[d][e] += b->share[k] * ((d == e ? var[k][d] : 0.0) +
                                                    (b->part_mean[k][d] - b->post_mean[d]) *
                                                        (b->part_mean[k][e] - b->post_mean[e]));
        }
    count_roundings(b);
}

/* y = x_0:      x_t = sqrt(abar_t) y + noise.
 * y = eps:      x_t = sqrt(1-abar_t) y + sqrt(abar_t) x_0, x_0 from component k.
 * y = x_{t-1}:  x_t = sqrt(alpha_t) y + sqrt(beta_t) noise, y from the mixture at t-1. */
bayes infer(enum unknown y, const mixture *m, const schedule *s, size_t t, const double *x)
{
    const double abar = s->alpha_bar[t], before = s->alpha_bar[t - 1];
    bayes b = {.K = m->K, .D = m->D};
    b.slope = y == X_0 ? sqrt(abar) : y == EPS ? sqrt(s->var_bar[t]) : sqrt(s->alpha[t]);
    for (size_t k = 0; k < m->K; k++) {
        b.weight[k] = m->weight[k];
        b.var[k] = y == X_0 ? m->var[k] : y == EPS ? 1.0 : before * m->var[k] + s->var_bar[t - 1];
        b.noise[k] = y == X_0 ? s->var_bar[t] : y == EPS ? abar * m->var[k] : s->beta[t];
        for (size_t d = 0; d < m->D; d++) {
            const double mean = m->mean[k * m->D + d];
            b.mean[k][d] = y == X_0 ? mean : y == EPS ? 0.0 : sqrt(before) * mean;
            b.offset[k][d] = y == EPS ? sqrt(abar) * mean : 0.0;
        }
    }
    for (size_t d = 0; d < m->D; d++) b.x[d] = x[d];
    apply_bayes(&b);
    return b;
}

/* --- The figures ------------------------------------------------------------------------------ */
static void draw_panel(lesson *L, const schedule *s, size_t panel, size_t t, data_file *summary)
{
    static const char *const panel_names[] = {"widget1", "widget2", "widget3", "widget4"};
    const level v = level_of(s, t);
    moments distance = {0};
    gsl_rng *rng = gsl_rng_clone(lesson_rng(L)); /* the same x_0 and eps in every panel */
    data_file *f = data_open(L, panel_names[panel], "x_0 y_0 x_t y_t x_0_hat y_0_hat");
    for (int i = 0; f && i < 20000; i++) { /* 160 are shown, all make the read-out */
        const drawn a = draw(v, rng);
        moments_add(&distance, hypot(a.seen.x_0_hat[0] - a.x_0[0], a.seen.x_0_hat[1] - a.x_0[1]));
        if (i >= 160) continue;
        data_line(f, "%.6g %.6g %.6g %.6g %.6g %.6g", a.x_0[0], a.x_0[1], a.x_t[0], a.x_t[1],
                  a.seen.x_0_hat[0], a.seen.x_0_hat[1]);
    }
    data_close(f);
    gsl_rng_free(rng);
    data_line(summary, "%zu %.9g %.9g %.9g", t, v.root, sqrt(v.spread), distance.mean);
}

void draw_figures(lesson *L)
{
    schedule *s = schedule_of_figure(L);
    data_file *f = data_open(L, "mmse", "t mmse_x0 mmse_eps alpha_bar");
    for (size_t t = 1; f && t <= s->T; t = t < s->T ? GSL_MIN(s->T, t + 1 + t / 12) : t + 1) {
        const double error = own_mmse(level_of(s, t), NULL);
        data_line(f, "%zu %.9g %.9g %.9g", t, error, s->alpha_bar[t] / s->var_bar[t] * error,
                  s->alpha_bar[t]);
    }
    data_close(f);
    f = data_open(L, "widget", "t root_abar root_var mean_distance");
    const size_t T = s->T, shown[4] = {(T + 99) / 100, (T + 9) / 10, (2 * T + 4) / 5, T};
    for (size_t i = 0; i < 4; i++) draw_panel(L, s, i, shown[i], f);
    data_close(f);
    schedule_free(s);
}
