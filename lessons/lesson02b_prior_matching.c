/* Lesson 2, part b.  The prior term, in closed form, by quadrature, simulated, and on MNIST. */
#include <math.h>
#include <stdio.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "data/mnist.h"
#include "lesson02.h"
#include "theory/elbo.h"
#include "theory/misprint.h"

/* --- 2.2  The prior term --------------------------------------------------------------------- */

/* e^d d - e^d + 1 = sum_{n>=2} (n-1) d^n/n!; the closed form loses nothing once d is of order 1. */
double phi(double d)
{
    if (fabs(d) > 0.7) return d * exp(d) - expm1(d);
    double sum = 0.0, power = 0.5 * d * d; /* d^n/n! */
    for (int n = 2; n < 20; n++) {         /* 0.7^18/19! < 1e-19 */
        sum += (n - 1) * power;
        power *= d / (n + 1);
    }
    return sum;
}

typedef struct endpoint {
    double mean, alpha_bar; /* q(x_T|x_0) = N(mean, 1 - alpha_bar) */
} endpoint;

/* ln q(x)/p(x) with the common part of the two exponents removed by hand. */
static double divergence_density(double x, void *params)
{
    const endpoint *e = params;
    const double var = 1.0 - e->alpha_bar;
    const double square = e->alpha_bar * x * x - 2.0 * e->mean * x + e->mean * e->mean;
    return gsl_ran_ugaussian_pdf(x) * phi(-0.5 * square / var - 0.5 * log1p(-e->alpha_bar));
}

/* Roundings: elbo_prior forms 1 - var_bar_T, wrong by eps, and weighs it with alpha_bar_T/2. */
static gap priors(quad *w, misprint_formula formula, bool closed)
{
    static const double starts[] = {0.731, -1.283, 2.190};
    gap g = {0};
    for (size_t i = 0; i < 3 * N_SCHEDULES; i++) {
        const schedule *s = schedules[i / 3];
        const double x_0 = starts[i % 3], abar = s->alpha_bar[s->T];
        endpoint e = {sqrt(abar) * x_0, abar};
        double abserr = 0.0;
        const double L_T = closed ? 0.5 * (abar * x_0 * x_0 - abar - log1p(-abar))
                                  : quad_interval(w, divergence_density, &e, -16.0, 16.0, &abserr);
        gap_add(&g, s->T, formula(s, s->T, &x_0), L_T, abserr + 8 * GSL_DBL_EPSILON * (L_T + abar));
    }
    return g;
}

/* L_T of one image, summed over its 784 pixels: mean over the test images.  There are only 256
 * pixel values, so the value asks elbo_prior for each and counts; the reference needs sum x^2 only.
 */
static void on_mnist(lesson *L, const schedule *s)
{
    const char *dir = mnist_dir(lesson_mnist(L));
    char error[512];
    mnist *data;
    if (!dir) {
        not_run(L, "L_T of the MNIST test images", "no MNIST files here (make mnist)");
        return;
    }
    if (mnist_read(dir, MNIST_TEST, &data, error, sizeof error) != GSL_SUCCESS)
        check_refuse("%s", error);
    enum { D = MNIST_SIDE * MNIST_SIDE };
    const size_t n = data->images->n;
    size_t count[256] = {0};
    for (size_t i = 0; i < n * D; i++) count[data->images->pixel[i]]++;
    double value = 0.0, square = 0.0;
    for (unsigned v = 0; v < 256; v++) {
        value += (double)count[v] / (double)n * elbo_prior(s, mnist_scale_pixel((unsigned char)v));
        square += (double)count[v] / (double)n * gsl_pow_2(2.0 * v / 255.0 - 1.0);
    }
    mnist_free(data);
    const double abar = s->alpha_bar[s->T],
                 reference = 0.5 * (abar * square - D * (abar + log1p(-abar)));
    road(L, "elbo_prior", "MNIST in [-1,1]: L_T of an image, from E x^2", value, reference,
         256 * GSL_DBL_EPSILON * (reference + D * abar));
    road_below(L, "elbo_prior", "MNIST: L_T per pixel below 1e-3", value / D, 1e-3, 0.0);
    control(L, "MNIST left in [0,1]: smaller E x^2",
            0.5 * (abar * 0.25 * (square + D) - D * (abar + log1p(-abar))), reference,
            256 * GSL_DBL_EPSILON * (reference + D * abar));
    say(L, "%zu images: E x^2 = %.4f, L_T = %.5f nats for all 784 pixels of an image.", n,
        square / D, value);
}

void nearly_zero(lesson *L, quad *w)
{
    claim(L, "PRI-01");
    const misprint_quantity *prior = misprint_quantity_find("prior");
    const gap integral = priors(w, prior->value, false), closed = priors(w, prior->value, true);
    road_gap(L, "elbo_prior", "KL by quadrature, 6 schedules, 3 x_0", &integral);
    road_gap(L, "elbo_prior", "the closed form, from alpha_bar_T alone", &closed);
    for (const misprint *m = NULL; (m = misprint_next("prior", m));) {
        const gap wrong = priors(w, m->value, false);
        control_gap(L, m->what, &wrong);
    }
    say(L, "'About 0': below 1e-3 nats per dimension for data of unit size, x_0^2 = 1.");
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        char what[64];
        snprintf(what, sizeof what, "%s: L_T below 1e-3", schedule_names[k]);
        if (k >= L1000)
            road_below(L, "elbo_prior", what, elbo_prior(schedules[k], 1.0), 1e-3, 0.0);
        else
            control_below(L, what, elbo_prior(schedules[k], 1.0), 1e-3, 0.0);
    }
    evidence(L,
             "nats/dim at x_0^2 = 1: L1000 %.3e, S50 %.2e, COS1000 %.2e, S10 %.2e, BAD50 %.4f "
             "(%.0f nats at D = 784)",
             elbo_prior(schedules[L1000], 1.0), elbo_prior(schedules[S50], 1.0),
             elbo_prior(schedules[COS1000], 1.0), elbo_prior(schedules[S10], 1.0),
             elbo_prior(schedules[BAD50], 1.0), 784 * elbo_prior(schedules[BAD50], 1.0));
    on_mnist(L, schedules[L1000]);
}

/* --- 2.3  Constant in what? ---------------------------------------------------------------------
 * Two reverse models that have nothing in common but their type. */
static double curved_mean(double x_t, size_t t, void *theta)
{
    return *(const double *)theta * tanh(x_t) + 0.01 * (double)t;
}

static double constant_var(double x_t, size_t t, void *theta)
{
    (void)x_t;
    (void)t;
    return 0.3 + fabs(*(const double *)theta);
}

/* log p(x_T)/q(x_T|x_0) as the bound meets it on a path, written out; about 10 roundings. */
static void same_for_all_theta(lesson *L)
{
    gap by_hand = {0}, between = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        static double x[1001], term[2][1001];
        double theta[] = {0.83, -0.37};
        for (size_t t = 0; t <= s->T; t++) x[t] = 1.283 * cos(0.7 * (double)t + 0.4);
        for (int i = 0; i < 2; i++) {
            const reverse_model p = {curved_mean, constant_var, &theta[i]};
            elbo_path_telescoped(s, &p, x, term[i]);
        }
        const double var = s->var_bar[s->T], off = x[s->T] - sqrt(s->alpha_bar[s->T]) * x[0];
        const double ratio = 0.5 * (off * off / var + log(var) - x[s->T] * x[s->T]);
        gap_add(&by_hand, s->T, term[0][1], ratio,
                16 * GSL_DBL_EPSILON * (1.0 + off * off / var + x[s->T] * x[s->T]));
        gap_add(&between, s->T, term[1][1], term[0][1], 0.0);
    }
    road_gap(L, NULL, "log p(x_T)/q(x_T|x_0) on a path, by hand", &by_hand);
    road_gap(L, NULL, "the same under two models theta, 6 schedules", &between);
}

/* L_T(x_0) - L_T(0) = abar_T x_0^2/2 is all that depends on x_0; abar_T by a sum of logarithms. */
static gap dependence(double of, double as)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        double ln = 0.0;
        for (size_t t = 1; t <= s->T; t++) ln += log1p(-s->beta[t]);
        const double expected = 0.5 * exp(ln) * as * as;
        gap_add(&g, s->T, elbo_prior(s, of) - elbo_prior(s, 0.0), expected,
                GSL_DBL_EPSILON *
                    (8.0 * exp(ln) + expected * (8.0 + 0.5 * (double)s->T * fabs(ln))));
    }
    return g;
}

void constant_in_theta(lesson *L)
{
    claim(L, "PRI-02");
    const double x_0 = 1.9;
    if (!lesson_random_only(L)) {
        same_for_all_theta(L);
        const gap right = dependence(x_0, x_0), flat = dependence(2.0, 1.0);
        road_gap(L, "elbo_prior", "L_T(x_0) - L_T(0) = abar_T x_0^2/2", &right);
        control_gap(L, "L_T the same at x_0^2 = 4 and 1", &flat);
    }
    const schedule *s = schedules[S10];
    moments m = {0};
    for (size_t i = 0, N = lesson_samples(L, 20000); i < N; i++) {
        double x = x_0;
        for (size_t t = 1; t <= 10; t++)
            x = sqrt(1.0 - s->beta[t]) * x +
                sqrt(s->beta[t]) * gsl_ran_gaussian_ziggurat(lesson_rng(L), 1.0);
        const double abar = s->alpha_bar[10], off = x - sqrt(abar) * x_0;
        moments_add(&m, 0.5 * (x * x - off * off / (1.0 - abar) - log1p(-abar)));
    }
    road_mean(L, "elbo_prior", "mean log q/p at the end of S10, simulated", &m, elbo_prior(s, x_0));
    control_mean(L, "the same, L_T taken at x_0 = 0", &m, elbo_prior(s, 0.0), 28.0);
    evidence(L, "nats/dim on L1000: %.2g (x_0^2 = 0), %.3g (1), %.3g (4)",
             elbo_prior(schedules[L1000], 0.0), elbo_prior(schedules[L1000], 1.0),
             elbo_prior(schedules[L1000], 2.0));
}
