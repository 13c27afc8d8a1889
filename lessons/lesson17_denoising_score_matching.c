/* Lesson 17.  Denoising score matching
 * ------------------------------------
 * CLAIM   For x_sigma = x + sigma eps the score of the noisy data can be learned without knowing it:
 *             E|s - grad log q(x_sigma)|^2 = E|s + eps/sigma|^2 + const,
 *         and the best s is the average target, E[-eps/sigma | x_sigma] = grad log q(x_sigma).
 * WHY     It is the loss of NCSN (lesson 18), and, in other units, L_simple (lesson 14).
 * NEEDS   lessons 1, 15.   Notes: docs/lesson17.md
 * RUN     make lesson17   FIGURE  build/figures/lesson17.png, lesson17_small.png
 *
 * Values come from src/theory/perturb.h; references from sums over a grid of x (Bayes' rule by brute
 * force), from differences of log densities, and from draws.  Part b has the theorem, part c small
 * sigma and the bridge to DDPM, part d the sums. */
#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_deriv.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson17.h"
#include "theory/perturb.h"

static const double ulp = GSL_DBL_EPSILON;
mixture *bumps[DIMENSIONS];
const double levels[LEVELS] = {0.071, 0.137, 0.3, 0.731, 2.3};

/* --- The data: 2, 3 and 4 bumps in 1, 2 and 3 dimensions ---------------------------------------- */
static bool bumps_alloc(void)
{
    static const double weight[DIMENSIONS][MOST_K] = {
        {0.4, 0.6}, {0.21, 0.33, 0.46}, {0.4, 0.3, 0.17, 0.13}};
    static const double var[DIMENSIONS][MOST_K] = {
        {0.3, 0.6}, {0.23, 0.07, 0.41}, {0.31, 0.11, 0.19, 0.53}};
    static const double mean[DIMENSIONS][MOST_K * MOST_D] = {
        {-2.0, 1.5},
        {-1.31, 0.27, 0.83, 1.17, 0.19, -1.43},
        {-0.9, 0.4, 1.3, 1.1, -0.6, 0.2, 0.3, 1.7, -0.8, -0.4, -1.5, -0.7}};
    for (size_t i = 0; i < DIMENSIONS; i++) {
        if (!(bumps[i] = mixture_alloc(i + 2, i + 1))) return false;
        for (size_t k = 0; k < i + 2; k++) {
            bumps[i]->weight[k] = weight[i][k];
            bumps[i]->var[k] = var[i][k];
        }
        for (size_t j = 0; j < (i + 1) * (i + 2); j++) bumps[i]->mean[j] = mean[i][j];
    }
    return true;
}

/* --- 17.1  The target -----------------------------------------------------------------------------
 * log N(x_sigma; x, sigma^2) = -(x_sigma - x)^2/(2 sigma^2) + const; its slope at x + sigma eps. */
typedef double (*target_formula)(double x_sigma, double x, double sigma);

static double without_scale(double x_sigma, double x, double sigma)
{
    return -(x_sigma - x) / sigma; /* -eps */
}
static double one_power_more(double x_sigma, double x, double sigma)
{
    return -(x_sigma - x) / (sigma * sigma * sigma); /* -eps/sigma^2 */
}
static double away_from_the_data(double x_sigma, double x, double sigma)
{
    return (x_sigma - x) / (sigma * sigma);
}

static const double point[] = {0.731, -1.283, 0.317, 2.17}, noise[] = {-1.37, 0.43, 2.11, -0.29};

static gap against_eps(target_formula f)
{
    gap g = {0};
    for (size_t i = 0; i < LEVELS * 16; i++) {
        const double sigma = levels[i / 16], x = point[i % 16 / 4], eps = noise[i % 4];
        /* The sum x + sigma eps is rounded once, its difference from x not; 4 more. */
        const double size = fabs(x) + sigma * fabs(eps);
        gap_add(&g, i, f(x + sigma * eps, x, sigma), -eps / sigma,
                4 * ulp * size / (sigma * sigma));
    }
    return g;
}

static double log_kernel(double x_sigma, void *params)
{
    const double *p = params; /* x, sigma */
    return -0.5 * gsl_pow_2((x_sigma - p[0]) / p[1]) - 0.5 * log(2.0 * M_PI * p[1] * p[1]);
}

static gap against_slope(target_formula f)
{
    gap g = {0};
    for (size_t i = 0; i < LEVELS * 16; i++) {
        double p[2] = {point[i % 16 / 4], levels[i / 16]}, slope, error;
        const double x_sigma = p[0] + p[1] * noise[i % 4];
        gsl_function log_density = {log_kernel, p};
        gsl_deriv_central(&log_density, x_sigma, 0.1 * p[1], &slope, &error);
        gap_add(&g, i, f(x_sigma, p[0], p[1]), slope, error);
    }
    return g;
}

static void the_target(lesson *L)
{
    claim(L, "DSM-01");
    const gap eps = against_eps(perturb_target), slope = against_slope(perturb_target);
    road_gap(L, "perturb_target", "-(x_sigma - x)/sigma^2 = -eps/sigma, five sigma", &eps);
    road_gap(L, "perturb_target", "slope of ln q(x_sigma|x) by differences", &slope);
    static const char *const what[] = {"-eps, without 1/sigma", "-eps/sigma^2",
                                       "away from x: +eps/sigma"};
    static const target_formula wrong[] = {without_scale, one_power_more, away_from_the_data};
    for (size_t i = 0; i < 3; i++) {
        const gap g = against_eps(wrong[i]);
        control_gap(L, what[i], &g);
    }
    evidence(L, "five noise levels from %.3f to %.1f: the slope agrees within %.0e of itself",
             levels[0], levels[LEVELS - 1], fabs(slope.value / slope.reference - 1.0));
}

/* --- 17.2  The perturbed density -------------------------------------------------------------- */
static gap densities(double (*log_pdf)(mixture *m, double sigma, const double *x))
{
    gap g = {0};
    for (size_t w = 0; w < DIMENSIONS; w++)
        for (size_t i = 0; i < LEVELS * 12; i++) {
            const double sigma = levels[i % LEVELS];
            double x[MOST_D];
            place(x, bumps[w], sigma, i);
            const seen s = look(bumps[w], sigma, x);
            gap_add(&g, w + 1, log_pdf(bumps[w], sigma, x), s.log_q, s.rounding * (double)(w + 1));
        }
    return g;
}

/* v + sigma for v + sigma^2. */
static double sd_added(mixture *m, double sigma, const double *x)
{
    return perturb_log_pdf(m, sqrt(sigma), x);
}
static double not_added(mixture *m, double sigma, const double *x)
{
    (void)sigma;
    return perturb_log_pdf(m, 0.0, x);
}

/* P(x_sigma <= cut) when component k has the variance v_k + added. */
static double below(double cut, double added)
{
    const mixture *m = bumps[0];
    double p = 0.0;
    for (size_t k = 0; k < m->K; k++)
        p += m->weight[k] * gsl_cdf_gaussian_P(cut - m->mean[k], sqrt(m->var[k] + added));
    return p;
}

static void the_density(lesson *L)
{
    claim(L, "DSM-02");
    const double sigma = 0.731, cut = -2.4;
    size_t hits = 0;
    const size_t n = lesson_samples(L, 20000);
    for (size_t i = 0; i < n; i++) {
        double x;
        mixture_sample(bumps[0], lesson_rng(L), &x);
        hits += x + gsl_ran_gaussian_ziggurat(lesson_rng(L), sigma) <= cut;
    }
    if (!lesson_random_only(L)) {
        const gap right = densities(perturb_log_pdf), wrong = densities(sd_added),
                  none = densities(not_added);
        road_gap(L, "perturb_log_pdf", "ln of integral q(x_sigma|x) p(x) dx, D = 1, 2, 3", &right);
        control_gap(L, "v + sigma for v + sigma^2", &wrong);
        control_gap(L, "the density of the clean data", &none);
        const double x = 0.731;
        say(L, "At sigma = 1 the first mistake cannot be seen: ln q(%.3f) = %.6f either way.", x,
            sd_added(bumps[0], 1.0, &x));
    }
    road_count(L, NULL, "drawn x + sigma eps below -2.4", hits, n, below(cut, sigma * sigma));
    control_count(L, "the same without noise", hits, n, below(cut, 0.0), 19.0);
    if (!lesson_random_only(L))
        evidence(L, "P(x_sigma < -2.4), sigma = 0.731: %.4f drawn, %.4f exact, %.4f without noise",
                 (double)hits / (double)n, below(cut, sigma * sigma), below(cut, 0.0));
}

/* --- 17.5  The score denoises ------------------------------------------------------------------ */
static gap means(int power)
{
    gap g = {0};
    for (size_t w = 0; w < DIMENSIONS; w++)
        for (size_t i = 0; i < LEVELS * 12; i++) {
            const double sigma = levels[i % LEVELS];
            double x[MOST_D], score[MOST_D];
            place(x, bumps[w], sigma, i);
            const seen s = look(bumps[w], sigma, x);
            perturb_score(score, bumps[w], sigma, x);
            for (size_t d = 0; d < bumps[w]->D; d++)
                /* The difference x_hat - x_sigma feels the roundings of both. */
                gap_add(&g, w + 1, score[d], (s.x_hat[d] - x[d]) / pow(sigma, power),
                        4 * s.rounding * (s.size_x[d] + fabs(x[d])) / pow(sigma, power) +
                            4 * s.rounding * s.size_target[d]);
        }
    return g;
}

static gap posterior_means(void)
{
    gap g = {0};
    for (size_t w = 0; w < DIMENSIONS; w++)
        for (size_t i = 0; i < LEVELS * 12; i++) {
            const double sigma = levels[i % LEVELS];
            double x[MOST_D], x_hat[MOST_D];
            place(x, bumps[w], sigma, i);
            const seen s = look(bumps[w], sigma, x);
            perturb_mean(x_hat, bumps[w], sigma, x);
            for (size_t d = 0; d < bumps[w]->D; d++)
                gap_add(&g, w + 1, x_hat[d], s.x_hat[d],
                        4 * s.rounding * (s.size_x[d] + fabs(x[d])));
        }
    return g;
}

static void the_score_denoises(lesson *L)
{
    claim(L, "DSM-06");
    /* Paired: |x_hat - x|^2 - |x_sigma - x|^2 = -sigma^4 |s|^2 on average, by Tweedie's formula. */
    const double sigma = 0.731;
    moments m = {0};
    for (size_t n = lesson_samples(L, 20000); n > 0; n--) {
        double x[2], y[2], score[2], paired = 0.0;
        mixture_sample(bumps[1], lesson_rng(L), x);
        for (size_t d = 0; d < 2; d++)
            y[d] = x[d] + gsl_ran_gaussian_ziggurat(lesson_rng(L), sigma);
        perturb_score(score, bumps[1], sigma, y);
        for (size_t d = 0; d < 2; d++)
            paired += gsl_pow_2(y[d] + sigma * sigma * score[d] - x[d]) - gsl_pow_2(y[d] - x[d]) +
                      gsl_pow_2(sigma * sigma * score[d]);
        moments_add(&m, paired);
    }
    if (!lesson_random_only(L)) {
        const gap tweedie = means(2), one_power = means(1), mean = posterior_means();
        road_gap(L, "perturb_score", "s = (E[x|x_sigma] - x_sigma)/sigma^2, D = 1, 2, 3", &tweedie);
        control_gap(L, "division by sigma", &one_power);
        road_gap(L, "perturb_mean", "E[x|x_sigma] itself, by Bayes' rule", &mean);
        double x[1] = {-0.4}, x_hat[1];
        perturb_mean(x_hat, bumps[0], 0.731, x);
        evidence(L, "x_sigma = -0.4, sigma = 0.731: denoised to %.4f", x_hat[0]);
    }
    road_mean(L, NULL, "drawn: |x_hat-x|^2 = |x_sigma-x|^2 - sigma^4|s|^2", &m, 0.0);
}

int main(int argc, char **argv)
{
    lesson *L = lesson_open(argc, argv, 17, "Denoising score matching");
    if (!bumps_alloc()) return 2;
    const bool all = !lesson_random_only(L);
    section(L, "17.1  The target");
    if (all) the_target(L);
    section(L, "17.2  The density of the noisy data");
    the_density(L);
    section(L, "17.3  The theorem");
    the_theorem(L);
    if (all) the_minimiser(L);
    if (all) the_loss_in_eps(L);
    section(L, "17.4  Small sigma");
    if (all) small_sigma(L);
    section(L, "17.5  The score denoises");
    the_score_denoises(L);
    section(L, "17.6  The bridge to DDPM");
    if (all) the_bridge(L);
    if (all) draw_figures(L);
    for (size_t i = 0; i < DIMENSIONS; i++) mixture_free(bumps[i]);
    return lesson_close(L);
}
