/* Lesson 15, part b.  The oracle against Bayes' rule: every function of src/theory/mixture.h, at
 * all t. */
#include <math.h>

#include <gsl/gsl_deriv.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson15.h"

static const double ulp = GSL_DBL_EPSILON;
/* A likely x_t, another one at every t, now near one mode and now near another. */
static void place(double *x, const mixture *m, const schedule *s, size_t t)
{
    static const double z[MOST_D] = {0.731, -1.283, 0.517};
    const size_t k = t % m->K;
    for (size_t d = 0; d < m->D; d++)
        x[d] = sqrt(s->alpha_bar[t]) *
                   (m->mean[k * m->D + d] + 0.6 * sqrt(m->var[k]) * z[(d + 1) % MOST_D]) +
               sqrt(s->var_bar[t]) * z[(d + t) % MOST_D] * (t % 2 ? 1.0 : -0.8);
}

/* Everything the oracle says, one gap per function. */
typedef struct verdicts {
    gap density, score, mean, noise, identity, nearest, cov, var, best_var, independent, share,
        part, kernel;
} verdicts;
static verdicts found;

static double mean_tolerance(const bayes *b, size_t d)
{
    double size = fabs(b->x[d]) / b->slope;
    for (size_t k = 0; k < b->K; k++)
        size = fmax(fabs(b->offset[k][d]) / b->slope, fmax(size, fabs(b->mean[k][d])));
    return b->rounding * b->bend[d] + 16 * ulp * size;
}

static void compare_means(mixture *m, const schedule *s, size_t t, const double *x, const bayes *b)
{
    const bayes e = infer(EPS, m, s, t, x);
    const double root = sqrt(s->alpha_bar[t]), noise = sqrt(s->var_bar[t]);
    double x_0_hat[MOST_D], eps_hat[MOST_D], score[MOST_D];
    gap_add(&found.density, t, mixture_log_pdf_t(m, s, t, x), b->log_evidence, b->rounding);
    mixture_mean_x0(x_0_hat, m, s, t, x);
    mixture_mean_eps(eps_hat, m, s, t, x);
    mixture_score(score, m, s, t, x);
    size_t near = 0;
    for (size_t k = 0; k < m->K; k++)
        if (b->share[k] > b->share[near]) near = k;
    for (size_t d = 0; d < m->D; d++) {
        /* x_0_hat is a mean of numbers below |x|/root and the modes, whichever is nearer the
         * noise. */
        const double mode_d = m->mean[near * m->D + d], cap = fabs(x[d]) + fabs(mode_d) + 3.0;
        const double tol_mean = b->rounding * b->bend[d] + 16 * ulp * cap;
        gap_add(&found.mean, t, x_0_hat[d], b->post_mean[d], tol_mean);
        gap_add(&found.noise, t, eps_hat[d], e.post_mean[d],
                mean_tolerance(&e, d) + b->rounding * root / noise * b->bend[d]);
        gap_add(&found.identity, t, root * x_0_hat[d] + noise * eps_hat[d], x[d],
                2 * b->rounding * root * b->bend[d] + 32 * ulp * cap);
        gap_add(&found.nearest, t, root * mode_d + noise * eps_hat[d], x[d],
                2 * b->rounding * root * b->bend[d] + 32 * ulp * cap);
        gap_add(&found.score, t, score[d], (root * b->post_mean[d] - x[d]) / s->var_bar[t],
                (2 * root * tol_mean + 16 * ulp * cap) / s->var_bar[t]);
    }
}

static void compare_variances(mixture *m, const schedule *s, size_t t, const double *x,
                              const bayes *b)
{
    double cov[MOST_D * MOST_D], trace = 0.0, trace_tolerance = 0.0;
    mixture_cov_x0(cov, m, s, t, x);
    for (size_t d = 0; d < m->D; d++)
        for (size_t e = 0; e < m->D; e++) {
            double scale = 0.0; /* size of the summands, and of their factors for the roundings */
            for (size_t k = 0; k < m->K; k++) {
                const double u = fabs(b->part_mean[k][d] - b->post_mean[d]),
                             v = fabs(b->part_mean[k][e] - b->post_mean[e]);
                scale += b->share[k] * (b->part_var[k] + u * v) * b->rounding +
                         b->share[k] * 64 * ulp * (u + v) * 4.0;
            }
            scale += 64 * ulp * b->rounding;
            gap_add(&found.cov, t, cov[d * m->D + e], b->post_cov[d][e], scale);
            gap_add(&found.independent, t, d == e ? cov[d * m->D + e] : 0.0, b->post_cov[d][e],
                    scale);
            if (d == e) trace += b->post_cov[d][d], trace_tolerance += scale;
        }
    gap_add(&found.var, t, mixture_var_x0(m, s, t, x), trace / (double)m->D, trace_tolerance);
}

static void compare_reverse(mixture *kernel, mixture *m, const schedule *s, size_t t,
                            const double *x)
{
    const bayes r = infer(X_PREV, m, s, t, x);
    double trace = 0.0, y[MOST_D], step = 0.0;
    for (size_t d = 0; d < m->D; d++) trace += r.post_cov[d][d] / (double)m->D;
    gap_add(&found.best_var, t, mixture_optimal_variance(m, s, t, x), trace, r.rounding * trace);
    mixture_reverse_kernel(kernel, m, s, t, x);
    for (size_t k = 0; k < m->K; k++) {
        gap_add(&found.share, t, kernel->weight[k], r.share[k], r.rounding * (r.share[k] + 1e-9));
        if (r.share[k] < 1e-9) continue; /* so far away that the 61 nodes miss it */
        gap_add(&found.part, t, kernel->var[k], r.part_var[k], 128 * ulp * r.part_var[k]);
        for (size_t d = 0; d < m->D; d++)
            gap_add(&found.part, t, kernel->mean[k * m->D + d], r.part_mean[k][d],
                    64 * ulp * (fabs(x[d]) + 3.0) / r.slope);
    }
    /* The kernel's density at a point, by Bayes: q(x_{t-1}) q(x_t|x_{t-1}) / q(x_t), in
     * logarithms. */
    for (size_t d = 0; d < m->D; d++) {
        y[d] = r.post_mean[d] + 0.4 * sqrt(trace);
        step -= 0.5 * gsl_pow_2(x[d] - r.slope * y[d]) / s->beta[t] +
                0.5 * log(2.0 * M_PI * s->beta[t]);
    }
    double prior = 0.0;
    for (size_t k = 0; k < m->K; k++) {
        double square = 0.0;
        for (size_t d = 0; d < m->D; d++) square += gsl_pow_2(y[d] - r.mean[k][d]);
        prior += r.weight[k] * exp(-0.5 * square / r.var[k]) /
                 pow(2.0 * M_PI * r.var[k], 0.5 * (double)m->D);
    }
    const double log_prior = log(prior);
    gap_add(&found.kernel, t, mixture_log_pdf(kernel, y), log_prior + step - r.log_evidence,
            4 * r.rounding + 16 * ulp * (fabs(log_prior) + fabs(step)));
}

static bool compare_all(void)
{
    static const size_t used[] = {S10, L1000, COS1000};
    for (size_t w = 0; w < DIMENSIONS; w++) {
        mixture *kernel = mixture_alloc(worlds[w]->K, worlds[w]->D);
        if (!kernel) return false;
        for (size_t i = 0; i < 3; i++)
            for (size_t t = 1; t <= schedules[used[i]]->T; t++) {
                double x[MOST_D];
                place(x, worlds[w], schedules[used[i]], t);
                const bayes b = infer(X_0, worlds[w], schedules[used[i]], t, x);
                compare_means(worlds[w], schedules[used[i]], t, x, &b);
                compare_variances(worlds[w], schedules[used[i]], t, x, &b);
                compare_reverse(kernel, worlds[w], schedules[used[i]], t, x);
            }
        mixture_free(kernel);
    }
    return true;
}

/* The score as a slope of ln q, q from Bayes' rule: no formula for a gradient at all. */
typedef struct line {
    size_t world, t, d, which;
    double x[MOST_D];
} line;

static double log_density_on_line(double u, void *params)
{
    line l = *(const line *)params;
    l.x[l.d] = u;
    return infer(X_0, worlds[l.world], schedules[l.which], l.t, l.x).log_evidence;
}

static gap slopes(void)
{
    gap g = {0};
    static const size_t at[][2] = {{S10, 1},    {S10, 2},     {S10, 3},     {S10, 4},
                                   {S10, 5},    {S10, 7},     {S10, 10},    {L1000, 1},
                                   {L1000, 10}, {L1000, 137}, {L1000, 500}, {L1000, 1000}};
    for (size_t w = 0; w < DIMENSIONS; w++)
        for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
            const schedule *s = schedules[at[i][0]];
            line l = {.world = w, .t = at[i][1], .which = at[i][0]};
            double score[MOST_D], slope, error;
            place(l.x, worlds[w], s, l.t);
            mixture_score(score, worlds[w], s, l.t, l.x);
            const double h = 0.1 * sqrt(s->var_bar[l.t] + s->alpha_bar[l.t] * ring_var);
            for (l.d = 0; l.d < worlds[w]->D; l.d++) {
                gsl_function f = {log_density_on_line, &l};
                gsl_deriv_central(&f, l.x[l.d], h, &slope, &error);
                /* gsl may divide by a step 100 times as small; the density carries the roundings
                 * of Bayes. */
                error += 100.0 / h * infer(X_0, worlds[w], s, l.t, l.x).rounding;
                gap_add(&g, l.t, score[l.d], slope, error);
            }
        }
    return g;
}

/* Two points at +-1: E[x_0|x_t] = tanh(sqrt(abar_t) x_t/(1-abar_t)), Var = 1 - tanh^2. */
static gap two_points(double scale)
{
    gap g = {0};
    mixture *m = mixture_pair_alloc(0.0);
    if (!m) return g;
    for (size_t k = S10; k <= COS1000; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++) {
            const schedule *s = schedules[k];
            const double argument = 0.2 + 0.4 * (double)(t % 7),
                         x = argument * s->var_bar[t] / sqrt(s->alpha_bar[t]);
            double x_0_hat;
            mixture_mean_x0(&x_0_hat, m, s, t, &x);
            /* The two exponents are up to (|x|+1)^2/(2 (1-abar_t)) large; their difference
             * decides. */
            const double tolerance = 8 * ulp * (4.0 + gsl_pow_2(x + 1.0) / s->var_bar[t]);
            gap_add(&g, t, x_0_hat, tanh(scale * argument), tolerance);
            gap_add(&g, t, mixture_var_x0(m, s, t, &x), 1.0 - gsl_pow_2(tanh(scale * argument)),
                    2.0 * tolerance);
        }
    mixture_free(m);
    return g;
}

/* Five modes by turning the first one, again and again, through 72 degrees. */
static gap places(void)
{
    gap g = {0};
    const double c = 0.25 * (sqrt(5.0) - 1.0), s = sqrt(1.0 - c * c);
    mixture *m = mixture_ring_alloc(5, 1.7, 0.04, 0.3);
    double x = 1.7, y = 0.0;
    for (size_t k = 0; m && k < 5; k++) {
        gap_add(&g, k, m->mean[2 * k] - 0.3, x, 32 * ulp);
        gap_add(&g, k, m->mean[2 * k + 1], y, 32 * ulp);
        const double turned = c * x - s * y;
        y = s * x + c * y;
        x = turned;
    }
    mixture_free(m);
    return g;
}

/* E cos(x_d - 0.4) of each coordinate of the third mixture, drawn and exact. */
static void draw_data(lesson *L)
{
    static const char *const what[] = {"drawn data in 3 dimensions: E cos(x_0 - 0.4)",
                                       "the second coordinate", "the third coordinate"};
    const mixture *m = worlds[2];
    moments wave[MOST_D] = {0};
    for (size_t n = lesson_samples(L, 20000); n > 0; n--) {
        double x_0[MOST_D];
        mixture_sample(m, lesson_rng(L), x_0);
        for (size_t d = 0; d < m->D; d++) moments_add(&wave[d], cos(x_0[d] - 0.4));
    }
    for (size_t d = 0; d < m->D; d++) {
        double exact = 0.0;
        for (size_t k = 0; k < m->K; k++)
            exact += m->weight[k] * cos(m->mean[k * m->D + d] - 0.4) * exp(-0.5 * m->var[k]);
        road_mean(L, NULL, what[d], &wave[d], exact);
    }
}

void the_oracle(lesson *L)
{
    claim(L, "ORA-01");
    if (!lesson_random_only(L)) {
        if (!compare_all()) return;
        const gap ring_of_5 = places(), slope = slopes();
        const gap pair = two_points(1.0), pair_wrong = two_points(0.5);
        road_gap(L, "mixture_mean_eps", "sqrt(abar) x_0_hat + sqrt(1-abar) eps* = x_t, all t",
                 &found.identity);
        control_gap(L, "the nearest mode for the posterior mean", &found.nearest);
        say(L, "By Bayes' rule, sums over 61 nodes, D = 1, 2, 3, all t of S10, L1000, COS1000:");
        road_gap(L, "mixture_mean_x0", "x_0_hat = E[x_0|x_t]", &found.mean);
        road_gap(L, "mixture_mean_eps", "eps* = E[eps|x_t], integrating over eps", &found.noise);
        road_gap(L, "mixture_log_pdf_t", "ln q(x_t)", &found.density);
        road_gap(L, "mixture_score", "score = (sqrt(abar) x_0_hat - x_t)/(1-abar)", &found.score);
        road_gap(L, "mixture_score", "score = slope of ln q by finite differences", &slope);
        road_gap(L, "mixture_reverse_kernel", "q(x_{t-1}|x_t): shares of its modes", &found.share);
        road_gap(L, "mixture_reverse_kernel", "    their means and variances", &found.part);
        road_gap(L, "mixture_log_pdf", "    its density at a point", &found.kernel);
        road_gap(L, "mixture_optimal_variance", "    its variance per coordinate", &found.best_var);
        say(L, "And where something simpler is known:");
        road_gap(L, "mixture_mean_x0", "two points at +-1: tanh and 1 - tanh^2", &pair);
        control_gap(L, "their exponent halved", &pair_wrong);
        road_gap(L, NULL, "a ring of five modes, by rotation", &ring_of_5);
        evidence(L, "mixtures of 3, 8 and 4 bumps in 1, 2 and 3 dimensions: eight functions of the "
                    "oracle agree with Bayes' rule to rounding");
    }
    draw_data(L);
}

void the_posterior_variance_pointwise(lesson *L)
{
    road_gap(L, "mixture_cov_x0", "Cov(x_0|x_t) by Bayes' rule, D = 1, 2, 3, all t", &found.cov);
    road_gap(L, "mixture_var_x0", "its trace over D", &found.var);
    control_gap(L, "coordinates taken as independent given x_t", &found.independent);
}
