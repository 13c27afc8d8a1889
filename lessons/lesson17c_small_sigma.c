/* Lesson 17, part c.  Small sigma, the bridge to DDPM, and the data of the figures. */
#include <math.h>

#include <gsl/gsl_deriv.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson17.h"
#include "theory/misprint.h"
#include "theory/perturb.h"
#include "theory/predict.h"
#include "theory/schedule.h"

static const double ulp = GSL_DBL_EPSILON;

/* --- 17.4  Small sigma ----------------------------------------------------------------------------
 * q_sigma is the data blurred by a heat kernel: q_sigma = p + (sigma^2/2) p'' + ..., so
 *     s_sigma - s = (sigma^2/2) (p''/p)' + O(sigma^4).
 * The slide compares at different points, s_sigma(x_sigma) with s(x): that costs the first order,
 *     s_sigma(x + sigma eps) - s(x) = sigma eps s'(x) + O(sigma^2). */
static double sum_over_data(double (*f)(double x, double sigma, mixture *m), double sigma,
                            mixture *m)
{
    double sum = 0.0;
    for (size_t k = 0; k < m->K; k++)
        for (double u = -9.0; u <= 9.0; u += 0.05) {
            const double sd = sqrt(m->var[k] + sigma * sigma);
            sum += m->weight[k] * 0.05 / sqrt(2.0 * M_PI) * exp(-0.5 * u * u) *
                   f(m->mean[k] + sd * u, sigma, m);
        }
    return sum;
}

static double score_at(double x, double sigma, mixture *m)
{
    double score;
    perturb_score(&score, m, sigma, &x);
    return score;
}

static double same_point_square(double x, double sigma, mixture *m)
{
    return gsl_pow_2(score_at(x, sigma, m) - score_at(x, 0.0, m));
}

/* rms of s_sigma - s, both at x_sigma. */
static double same_point(double sigma)
{
    return sqrt(sum_over_data(same_point_square, sigma, bumps[0]));
}

/* rms of s_sigma(x_sigma) - s(x). */
static double as_written(double sigma)
{
    mixture *m = bumps[0];
    double sum = 0.0;
    for (size_t k = 0; k < m->K; k++)
        for (double u = -8.0; u <= 8.0; u += 0.1) {
            const double x = m->mean[k] + sqrt(m->var[k]) * u, clean = score_at(x, 0.0, m);
            for (double eps = -8.0; eps <= 8.0; eps += 0.2)
                sum += m->weight[k] * 0.02 / (2.0 * M_PI) * exp(-0.5 * (u * u + eps * eps)) *
                       gsl_pow_2(score_at(x + sigma * eps, sigma, m) - clean);
        }
    return sqrt(sum);
}

/* The data's density and its first three derivatives, by hand: Hermite polynomials. */
static void derivatives(double x, double *p)
{
    const mixture *m = bumps[0];
    for (size_t i = 0; i < 4; i++) p[i] = 0.0;
    for (size_t k = 0; k < m->K; k++) {
        const double sd = sqrt(m->var[k]), z = (x - m->mean[k]) / sd;
        const double f = m->weight[k] * exp(-0.5 * z * z) / (sqrt(2.0 * M_PI) * sd);
        p[0] += f;
        p[1] -= f * z / sd;
        p[2] += f * (z * z - 1.0) / gsl_pow_2(sd);
        p[3] -= f * (z * z * z - 3.0 * z) / gsl_pow_3(sd);
    }
}

/* E (p''/p)'^2 / 4 and E s'^2 over the data, s' = p''/p - (p'/p)^2. */
static double second_order(double x, double sigma, mixture *m)
{
    (void)sigma, (void)m;
    double p[4];
    derivatives(x, p);
    return 0.25 * gsl_pow_2(p[3] / p[0] - p[2] * p[1] / (p[0] * p[0]));
}
static double first_order(double x, double sigma, mixture *m)
{
    (void)sigma, (void)m;
    double p[4];
    derivatives(x, p);
    return gsl_pow_2(p[2] / p[0] - gsl_pow_2(p[1] / p[0]));
}

/* The limit of f(sigma)/sigma^power, from sigma, sigma/2 and sigma/4: the terms sigma^2 and sigma^4
 * are eliminated, and the last step taken is the error. */
static double limit_of(double (*f)(double sigma), int power, double sigma, double *error)
{
    double r[3];
    for (size_t i = 0; i < 3; i++) {
        const double s = sigma / (double)(1 << i);
        r[i] = f(s) / pow(s, power);
    }
    const double coarse = (4.0 * r[1] - r[0]) / 3.0, fine = (4.0 * r[2] - r[1]) / 3.0;
    *error = fabs(fine - coarse);
    return (16.0 * fine - coarse) / 15.0;
}

/* Two points instead of bumps: how far the scores of sigma and sigma/2 are from each other. */
static double halving_square(double x, double sigma, mixture *m)
{
    return gsl_pow_2(score_at(x, sigma, m) - score_at(x, 0.5 * sigma, m));
}
static double halving(double sigma, mixture *m)
{
    return sqrt(sum_over_data(halving_square, sigma, m));
}

void small_sigma(lesson *L)
{
    claim(L, "DSM-05");
    mixture *points = mixture_pair_alloc(0.0);
    if (!points) return;
    static const double at[] = {0.4, 0.2, 0.1, 0.05, 0.025},
                        ledger[] = {0.539, 0.158, 0.0412, 0.0104, 0.0026};
    double rms[5], error, first_error;
    gap remembered = {0}, falls = {0}, grows = {0}, fixed = {0};
    for (size_t i = 0; i < 5; i++) {
        rms[i] = same_point(at[i]);
        gap_add(&remembered, i, rms[i], ledger[i], 6e-4);
        if (i < 2) continue; /* so narrow that a point does not see the other */
        /* At a fixed x between the points, nearer to 1. */
        gap_add(&fixed, i, score_at(0.317, at[i], points), (1.0 - 0.317) / (at[i] * at[i]),
                64 * ulp / (at[i] * at[i]));
        /* Near its point the score is -(x - point)/sigma^2; the difference is 3 eps/sigma. */
        gap_add(&grows, i, halving(at[i], points), 3.0 / at[i], 256 * ulp * 3.0 / at[i]);
        gap_add(&falls, i, halving(at[i], points), halving(at[i], bumps[0]),
                256 * ulp * 3.0 / at[i]);
    }
    const double second = limit_of(same_point, 2, 0.05, &error);
    const double first = limit_of(as_written, 1, 0.05, &first_error);
    road(L, "perturb_score", "rms of s_sigma - s over sigma^2: by expansion", second,
         sqrt(sum_over_data(second_order, 0.0, bumps[0])), error);
    road(L, "perturb_score", "s_sigma(x_sigma) - s(x), as written, over sigma", first,
         sqrt(sum_over_data(first_order, 0.0, bumps[0])), first_error);
    road_gap(L, "perturb_score", "two points: |s_sigma - s_{sigma/2}| is 3/sigma", &grows);
    road_gap(L, "perturb_score", "two points: at x = 0.317 the score is 0.683/sigma^2", &fixed);
    control_gap(L, "two points behave as the bumps do", &falls);
    control_below(L, "two points: nearer at sigma = 0.05 than at 0.1", halving(0.05, points),
                  halving(0.1, points), 0.0);
    road_below(L, "perturb_score", "bumps: nearer at sigma = 0.05 than at 0.1",
               halving(0.05, bumps[0]), halving(0.1, bumps[0]), 0.0);
    road_gap(L, NULL, "docs/claims.tsv: 0.539 ... 0.0026", &remembered);
    evidence(L,
             "rms at one point: %.3f (sigma 0.4), %.3f (0.2), %.4f (0.1), %.4f (0.05); as written "
             "%.3f at 0.05",
             rms[0], rms[1], rms[2], rms[3], as_written(0.05));
    mixture_free(points);
}

/* --- 17.6  The bridge to DDPM ---------------------------------------------------------------------
 * x_t = sqrt(abar_t) (x_0 + sigma eps) with sigma^2 = (1-abar_t)/abar_t: the same noisy data in
 * other units.  Bayes by sums gives E[eps|x_t] = (x_sigma - E[x|x_sigma])/sigma. */
/* What the sums say about one x_t. */
typedef struct crossing {
    double x_t[MOST_D], scaled[MOST_D], sigma, root;
    seen at;
} crossing;

static crossing cross(const mixture *m, const schedule *s, size_t t)
{
    crossing c = {.root = sqrt(s->alpha_bar[t]), .sigma = sqrt(s->var_bar[t] / s->alpha_bar[t])};
    place(c.scaled, m, c.sigma, t);
    for (size_t d = 0; d < m->D; d++) {
        c.x_t[d] = c.root * c.scaled[d];
        c.scaled[d] = c.x_t[d] / c.root;
    }
    c.at = look(m, c.sigma, c.scaled);
    return c;
}

/* A score of x_t in DDPM's units against what the sums say. */
enum speaker { MIXTURE, PERTURB, PREDICT };

static gap scores_of(enum speaker who, misprint_formula wrong)
{
    gap g = {0};
    static const char *const names[] = {"S10", "L1000"};
    for (size_t n = 0; n < 2; n++) {
        schedule *s = schedule_named_alloc(names[n]);
        for (size_t t = 1; s && t <= s->T; t++)
            for (size_t w = 0; w < DIMENSIONS; w++) {
                mixture *m = bumps[w];
                const crossing c = cross(m, s, t);
                double score[MOST_D], eps_hat[MOST_D];
                if (who == MIXTURE) mixture_score(score, m, s, t, c.x_t);
                if (who == PERTURB) perturb_score(score, m, c.sigma, c.scaled);
                mixture_mean_eps(eps_hat, m, s, t, c.x_t);
                for (size_t d = 0; d < m->D; d++) {
                    if (who == PREDICT) score[d] = predict_score_from_eps(s, t, eps_hat[d]);
                    if (who == PERTURB) score[d] /= c.root;
                    if (wrong) score[d] = wrong(s, t, &eps_hat[d]);
                    gap_add(&g, t, score[d], c.at.target[d] / c.root,
                            4 * c.at.rounding * (c.at.size_target[d] + 1.0 / c.sigma) / c.root);
                }
            }
        schedule_free(s);
    }
    return g;
}

/* The ledger's example: bumps N(+-1, 0.04), t = 5 of S10, x = 0.4, the score by differences. */
static double log_q(double x_t, void *params)
{
    const crossing *c = params;
    const double x = x_t / c->root;
    mixture *pair = mixture_pair_alloc(0.04);
    const double value = pair ? look(pair, c->sigma, &x).log_q : (double)NAN;
    mixture_free(pair);
    return value;
}

void the_bridge(lesson *L)
{
    claim(L, "DSM-08");
    const gap ddpm = scores_of(MIXTURE, NULL), ncsn = scores_of(PERTURB, NULL),
              eps = scores_of(PREDICT, NULL);
    road_gap(L, "mixture_score", "score of x_t = E[-eps|x_t]/sqrt(1-abar_t), all t", &ddpm);
    road_gap(L, "predict_score_from_eps", "the same from eps_hat of the oracle", &eps);
    road_gap(L, "perturb_score", "the score of x_0 + sigma eps, in other units", &ncsn);
    for (const misprint *m = NULL; (m = misprint_next("score", m));) {
        const gap wrong = scores_of(PREDICT, m->value);
        control_gap(L, m->what, &wrong);
    }
    schedule *s = schedule_named_alloc("S10");
    mixture *pair = mixture_pair_alloc(0.04);
    if (!s || !pair) return;
    const double x = 0.4;
    crossing c = {.root = sqrt(s->alpha_bar[5]), .sigma = sqrt(s->var_bar[5] / s->alpha_bar[5])};
    double slope, error, score;
    gsl_function f = {log_q, &c};
    gsl_deriv_central(&f, x, 0.05, &slope, &error);
    mixture_score(&score, pair, s, 5, &x);
    /* gsl may take a step 100 times as small; the logarithm carries the roundings of the sums. */
    road(L, "mixture_score", "two bumps, S10, t = 5, x = 0.4: by differences", score, slope,
         error + 100.0 / 0.05 * 128 * ulp);
    road(L, NULL, "docs/claims.tsv: -0.04806890", slope, -0.04806890, 1e-8);
    evidence(L, "S10, t = 5, x = 0.4: score %.8f; root forgotten at t = 1 of L1000: a factor 100",
             score);
    mixture_free(pair);
    schedule_free(s);
}

/* --- Figures ------------------------------------------------------------------------------------- */
static void figure_cloud(lesson *L)
{
    const double sigma = 0.5;
    data_file *f = data_open(L, "cloud", "x_sigma target");
    for (size_t i = 0; i < 900; i++) {
        double x;
        mixture_sample(bumps[0], lesson_rng(L), &x);
        const double eps = gsl_ran_gaussian_ziggurat(lesson_rng(L), 1.0);
        data_line(f, "%.6g %.6g", x + sigma * eps, -eps / sigma);
    }
    data_close(f);
    f = data_open(L, "score", "x score density");
    for (size_t n = 0; n < 2; n++) {
        if (n > 0) data_gap(f), data_gap(f);
        for (double x = -4.0; x <= 4.0; x += 0.02)
            data_line(f, "%.6g %.9g %.9g", x, score_at(x, n ? 0.0 : sigma, bumps[0]),
                      exp(perturb_log_pdf(bumps[0], n ? 0.0 : sigma, &x)));
    }
    data_close(f);
}

static void figure_small(lesson *L)
{
    mixture *points = mixture_pair_alloc(0.0);
    if (!points) return;
    data_file *f = data_open(L, "small", "sigma same_point as_written two_points");
    for (double sigma = 0.8; f && sigma > 0.018; sigma /= 1.12)
        data_line(f, "%.6g %.9g %.9g %.9g", sigma, same_point(sigma), as_written(sigma),
                  halving(sigma, points));
    data_close(f);
    mixture_free(points);
}

void draw_figures(lesson *L)
{
    figure_cloud(L);
    figure_small(L);
}
