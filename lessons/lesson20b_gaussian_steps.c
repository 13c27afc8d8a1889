/* Lesson 20, part b.  Two bumps: what Gaussian steps cost the perfect network. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson20.h"
#include "theory/elbo.h"
#include "theory/law.h"
#include "theory/reverse.h"

/* --- The bumps in the lesson's own words: V = abar_t bump + 1 - abar_t, shares by tanh ------------ */
static double spread(const schedule *s, size_t t)
{
    return s->alpha_bar[t] * bump + s->var_bar[t];
}

double bumps_pdf(const schedule *s, size_t t, double x)
{
    const double sd = sqrt(spread(s, t)), root = sqrt(s->alpha_bar[t]);
    return 0.5 * (gsl_ran_gaussian_pdf(x - root, sd) + gsl_ran_gaussian_pdf(x + root, sd));
}

double bumps_eps(const schedule *s, size_t t, double x)
{
    const double V = spread(s, t), root = sqrt(s->alpha_bar[t]);
    return sqrt(s->var_bar[t]) * (x - root * tanh(root * x / V)) / V;
}

/* Var(x_{t-1}|x_t): beta_t V_{t-1}/V_t within a bump; between them m^2 (1 - tanh^2), m the offset of
 * the regression line of the right bump. */
static double own_best_variance(const schedule *s, size_t t, double x)
{
    const double V = spread(s, t), root = sqrt(s->alpha_bar[t]);
    const double m = sqrt(s->alpha_bar[t - 1]) * s->beta[t] / V;
    return s->beta[t] * spread(s, t - 1) / V + gsl_pow_2(m) * (1.0 - gsl_pow_2(tanh(root * x / V)));
}

/* E f(x_t): trapezoidal rule on -9 .. 9, 20 nodes per standard deviation of a bump. */
typedef double (*at_point)(const schedule *s, size_t t, double x);

static double average(const schedule *s, size_t t, at_point f)
{
    const double h = sqrt(spread(s, t)) / 20.0;
    double sum = 0.0;
    for (double x = -9.0; x < 9.0; x += h) {
        const double q = bumps_pdf(s, t, x);
        if (q > 1e-300) sum += h * q * f(s, t, x);
    }
    return sum;
}

static double minus_log(const schedule *s, size_t t, double x)
{
    return -log(bumps_pdf(s, t, x));
}

static double eps_square(const schedule *s, size_t t, double x)
{
    return gsl_pow_2(bumps_eps(s, t, x));
}

static double square(const schedule *s, size_t t, double x)
{
    (void)s, (void)t;
    return x * x;
}

/* --- 20.1  The price of the whole path, from entropies ---------------------------------------------
 * A Gaussian step N(mean, sigma^2) with the right mean costs
 *      floor_t = -H(x_{t-1}|x_t) + ln(2 pi sigma^2)/2 + E Var(x_{t-1}|x_t)/(2 sigma^2),
 *      H(x_{t-1}|x_t) = H(x_t|x_{t-1}) + H(x_{t-1}) - H(x_t),   H(x_t|x_{t-1}) = ln(2 pi e beta_t)/2,
 * and with sigma^2 = beta the entropies telescope. */
typedef struct budget {
    double start, floor, excess;
} budget;

static budget own_budget(const schedule *s, double d)
{
    budget b = {0};
    const double end = average(s, s->T, minus_log);
    b.start = -end + 0.5 * (log(2.0 * M_PI) + average(s, s->T, square));
    b.floor = end - average(s, 0, minus_log);
    for (size_t t = 1; t <= s->T; t++) {
        b.floor += 0.5 * (average(s, t, own_best_variance) / s->beta[t] - 1.0);
        const double shift = d * s->beta[t] / sqrt(s->alpha[t] * s->var_bar[t]); /* of the mean */
        b.excess += shift * shift * average(s, t, eps_square) / (2.0 * s->beta[t]);
    }
    return b;
}

/* --- The same through the terms of the bound: E L_VLB - H(x_0) ------------------------------------ */
typedef struct erring {
    reverse_oracle oracle;
    double d;
    reverse_denoiser denoiser;
} erring;

static void erring_eps(double *eps_hat, const double *x_t, size_t t, size_t D, void *params)
{
    const erring *e = params;
    const denoiser *net = &e->oracle.denoiser.net;
    net->eps(eps_hat, x_t, t, D, net->params);
    for (size_t i = 0; i < D; i++) eps_hat[i] *= 1.0 + e->d;
}

static reverse_model erring_model(erring *e, mixture *m, const schedule *s, double d)
{
    reverse_of_mixture(&e->oracle, m, s, SIGMA_BETA);
    e->d = d;
    e->denoiser =
        (reverse_denoiser){.net = {erring_eps, e}, .s = s, .choice = SIGMA_BETA, .sigma2 = NULL};
    return reverse_of_denoiser(&e->denoiser);
}

/* E over q(x_t|x_0), 16 nodes per standard deviation, of the t-th term. */
static double term(const schedule *s, size_t t, const reverse_model *p, double x_0)
{
    const double sd = sqrt(s->var_bar[t]), h = sd / 16.0;
    double sum = 0.0;
    for (int i = -144; i <= 144; i++) {
        const double x_t = sqrt(s->alpha_bar[t]) * x_0 + h * i;
        sum += h * gsl_ran_gaussian_pdf(h * i, sd) *
               (t > 1 ? elbo_denoising(s, t, p, x_t, x_0) : -elbo_reverse_log_pdf(p, 1, x_0, x_t));
    }
    return sum;
}

/* Both bumps are alike: x_0 around 1, 4 nodes per standard deviation. */
static double by_terms(const schedule *s, const reverse_model *p)
{
    double sum = -average(s, 0, minus_log);
    const double sd = sqrt(bump), h = sd / 4.0;
    for (int i = -36; i <= 36; i++) {
        const double x_0 = 1.0 + h * i;
        double bound = elbo_prior(s, x_0);
        for (size_t t = 1; t <= s->T; t++) bound += term(s, t, p, x_0);
        sum += h * gsl_ran_gaussian_pdf(h * i, sd) * bound;
    }
    return sum;
}

/* KL(p_data || p(x_0)) from the exact law of x_0, which includes the noise of the last step. */
static double divergence(const schedule *s, const reverse_model *p, double per_sd)
{
    law *l = law_alloc(s->T, 0, p, 8.0, per_sd);
    if (!l) return (double)NAN;
    double sum = 0.0;
    for (double x = -3.4; x < 3.4; x += 0.01) {
        const double q = bumps_pdf(s, 0, x);
        if (q > 1e-15) sum += 0.01 * q * log(q / law_pdf(l, x));
    }
    law_free(l);
    return sum;
}

bumps_budget gaussian_steps(lesson *L)
{
    mixture *m = mixture_pair_alloc(bump);
    if (!m) return (bumps_budget){0};
    static const double d[] = {0.0, 0.1, -0.1};
    gap paths = {0}, no_floor = {0};
    double KL[2][3];
    size_t above = 0;
    for (size_t k = S10; k <= S50; k++)
        for (size_t i = 0; i < 3; i++) {
            const schedule *s = schedules[k];
            erring e;
            const reverse_model p = erring_model(&e, m, s, d[i]);
            const budget b = own_budget(s, d[i]);
            const double total = b.start + b.floor + b.excess;
            KL[k][i] = divergence(s, &p, k == S10 ? 6.0 : 4.0);
            above += !(KL[k][i] <= total);
            if (k == S50) continue;
            /* Sums over some 10^5 nodes of terms up to 10. */
            const double tolerance = 1e5 * GSL_DBL_EPSILON * 10.0;
            const double terms = by_terms(s, &p);
            gap_add(&paths, i, terms, total, tolerance);
            gap_add(&no_floor, i, terms, b.start + b.excess, tolerance);
        }
    const budget perfect = own_budget(schedules[S10], 0.0);
    const double prior = elbo_prior(schedules[S10], sqrt(1.0 + bump)); /* quadratic: at E x_0^2 */
    say(L, "Two bumps, S10, d = 0: KL %.4f; start %.1e, L_T %.4f, floor %.4f.", KL[S10][0],
        perfect.start, prior, perfect.floor);
    road_gap(L, "elbo_denoising", "bumps: E L_VLB - H(x_0) = start + floor + excess", &paths);
    control_gap(L, "the floor left out", &no_floor);
    road_all(L, "law_pdf", "KL(p_data||p) <= start + floor + excess, S10, S50", above, 6);
    control_below(L, "perfect network: KL <= L_T + sum_t w_t excess_t", KL[S10][0], prior, 0.0);
    road_below(L, "law_pdf", "S10: d = 0.1 gives a SMALLER KL than d = 0", KL[S10][1], KL[S10][0],
               0.0);
    road_below(L, "law_pdf", "S50: the same", KL[S50][1], KL[S50][0], 0.0);
    control_below(L, "S10: d = -0.1 does too", KL[S10][2], KL[S10][0], 0.0);
    mixture_free(m);
    return (bumps_budget){KL[S10][0], KL[S10][1], perfect.start + perfect.floor};
}

/* ---- Figure: KL against d; its minimum is not at 0 ---- */
void figure_bumps(lesson *L)
{
    data_file *f = data_open(L, "bumps", "d S10 S50");
    mixture *m = mixture_pair_alloc(bump);
    for (int i = -10; f && m && i <= 70; i += 4) {
        const double d = 0.01 * (double)i;
        erring e;
        double KL[2];
        for (size_t k = S10; k <= S50; k++) {
            const reverse_model p = erring_model(&e, m, schedules[k], d);
            KL[k] = divergence(schedules[k], &p, 3.0);
        }
        data_line(f, "%.3f %.6g %.6g", d, KL[S10], KL[S50]);
    }
    mixture_free(m);
    data_close(f);
}
