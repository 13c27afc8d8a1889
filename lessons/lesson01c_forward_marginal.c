/* Lesson 1, part c.  The joint law of the path, the span of the noise, and the figures. */
#include <math.h>
#include <stdio.h>

#include <gsl/gsl_linalg.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson01.h"
#include "theory/forward.h"
#include "theory/gaussian.h"
#include "theory/mixture.h"
#include "theory/schedule_spec.h"

/* --- 1.6  The whole path ------------------------------------------------------------------------
 * Given x_0, (x_1 .. x_T) is jointly Gaussian.  From x_j = sqrt(alpha_j) x_{j-1} + noise that is
 * independent of everything before:
 *      C_ij = sqrt(alpha_j) C_{i,j-1}  (i < j),     C_jj = alpha_j C_{j-1,j-1} + beta_j. */
enum { T = 10 };

static gsl_matrix *covariance_by_recurrence(const schedule *s)
{
    gsl_matrix *C = gsl_matrix_calloc(T, T);
    double var = 0.0;
    for (size_t i = 1; C && i <= T; i++) {
        double c = var = s->alpha[i] * var + s->beta[i];
        for (size_t j = i; j <= T; j++) {
            if (j > i) c *= sqrt(s->alpha[j]);
            gsl_matrix_set(C, i - 1, j - 1, c);
            gsl_matrix_set(C, j - 1, i - 1, c);
        }
    }
    return C;
}

/* All pairs of each schedule, both orders; 3 roundings per step up to j. */
static gap covariances(int mistake)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        double var = 0.0;
        for (size_t i = 1; i <= s->T; i++) {
            double c = var = s->alpha[i] * var + s->beta[i];
            for (size_t j = i; j <= s->T; j++) {
                if (j > i) c *= sqrt(s->alpha[j]);
                const double right =
                    (i + j) % 2 ? forward_covariance(s, i, j) : forward_covariance(s, j, i);
                const double wrong = sqrt(s->alpha_bar[j] / s->alpha_bar[i]) * s->var_bar[j];
                gap_add(&g, j, mistake ? wrong : right, c,
                        (2.0 * (double)j + 8) * GSL_DBL_EPSILON * c);
            }
        }
    }
    return g;
}

/* log q(x_{1:T}|x_0) from the joint Gaussian, by GSL. */
static double log_joint(const schedule *s, const double *x, const gsl_matrix *cholesky)
{
    gsl_vector *point = gsl_vector_alloc(T), *mean = gsl_vector_alloc(T),
               *work = gsl_vector_alloc(T);
    double result = (double)NAN, m = x[0];
    for (size_t t = 1; point && mean && work && t <= T; t++) {
        m *= sqrt(s->alpha[t]);
        gsl_vector_set(point, t - 1, x[t]);
        gsl_vector_set(mean, t - 1, m);
    }
    if (point && mean && work)
        gsl_ran_multivariate_gaussian_log_pdf(point, mean, cholesky, &result, work);
    gsl_vector_free(point);
    gsl_vector_free(mean);
    gsl_vector_free(work);
    return result;
}

/* Three ways to multiply densities along the path; only the first is the chain. */
enum chain { STEPS, TWO_BACK, JUMPS };

static double log_chain(const schedule *s, const double *x, enum chain which)
{
    double sum = 0.0;
    for (size_t t = 1; t <= T; t++) {
        if (which == STEPS) sum += forward_step_log_pdf(s, t, x[t], x[t - 1]);
        if (which == JUMPS) sum += forward_jump_log_pdf(s, t, x[t], x[0]);
        if (which == TWO_BACK && t == 1) sum += forward_step_log_pdf(s, t, x[t], x[0]);
        if (which == TWO_BACK && t > 1)
            sum += gaussian_log_pdf(x[t], sqrt(s->alpha[t] * s->alpha[t - 1]) * x[t - 2],
                                    s->alpha[t] * s->beta[t - 1] + s->beta[t]);
    }
    return sum;
}

/* |C| <= T and, C^-1 being tridiagonal with rows below 4/beta_1, |C^-1| <= 4/beta_1: rounding C by
 * eps changes the quadratic form, and C^-1, by at most T eps times the product. */
static double amplification(const schedule *s)
{
    return (double)T * (double)T * 4.0 / s->beta[1];
}

static gap paths(lesson *L, const gsl_matrix *cholesky, enum chain which)
{
    gap g = {0};
    const schedule *s = schedules[S10];
    gsl_rng_set(lesson_rng(L), 7); /* the same paths for each way of multiplying */
    for (size_t i = 0; i < 100; i++) {
        double x[T + 1] = {x_0}, e[T + 1];
        walk(s, T, x, e, lesson_rng(L));
        const double joint = log_joint(s, x, cholesky);
        gap_add(&g, i, log_chain(s, x, which), joint,
                amplification(s) * GSL_DBL_EPSILON * (2.0 * T + fabs(joint)));
    }
    return g;
}

/* Markov means: given its two neighbours, x_t depends on nothing else.  For a Gaussian path that is
 * a tridiagonal inverse covariance; its entries are read off the chain's exponent. */
static gap precisions(const gsl_matrix *P)
{
    gap g = {0};
    const schedule *s = schedules[S10];
    for (size_t i = 1; i <= T; i++)
        for (size_t j = i; j <= T; j++) {
            double expected = 0.0;
            if (j == i)
                expected = 1.0 / s->beta[i] + (i < T ? s->alpha[i + 1] / s->beta[i + 1] : 0.0);
            if (j == i + 1) expected = -sqrt(s->alpha[j]) / s->beta[j];
            gap_add(&g, j, gsl_matrix_get(P, i - 1, j - 1), expected,
                    amplification(s) * GSL_DBL_EPSILON * 4.0 / s->beta[1]);
        }
    return g;
}

void the_whole_path(lesson *L)
{
    claim(L, "FWD-07");
    gsl_matrix *C = covariance_by_recurrence(schedules[S10]);
    if (!C) return;
    const gap right = covariances(0), wrong = covariances(1);
    road_gap(L, "forward_covariance", "Cov(x_i, x_j) by recurrence, all pairs, 6 schedules",
             &right);
    gsl_linalg_cholesky_decomp1(C);
    const gap chain = paths(L, C, STEPS), two = paths(L, C, TWO_BACK), jumps = paths(L, C, JUMPS);
    road_gap(L, "forward_step_log_pdf", "product of steps = joint Gaussian, 100 paths (S10)",
             &chain);
    gsl_linalg_cholesky_invert(C);
    const gap tridiagonal = precisions(C);
    road_gap(L, NULL, "only neighbours are tied: C^-1 is tridiagonal", &tridiagonal);
    control_gap(L, "1 - abar_j for 1 - abar_i in the covariance", &wrong);
    control_gap(L, "q(x_t|x_{t-2}) in the product", &two);
    control_gap(L, "product of the jumps q(x_t|x_0)", &jumps);
    evidence(L,
             "S10, 100 paths: largest |chain - joint| = %.1e nats; with q(x_t|x_{t-2}) %.2f nats",
             fabs(chain.value - chain.reference), fabs(two.value - two.reference));
    gsl_matrix_free(C);
}

/* A matter of types: each x_t is as long as x_0, and the arguments of the forward functions are a
 * schedule, t, x and noise: no theta.  (The compiler checks these two lines.) */
static double (*const step)(const schedule *, size_t, double, double) = forward_step;
static double (*const jump)(const schedule *, size_t, double, double) = forward_jump;

void shapes(lesson *L)
{
    claim(L, "FWD-08");
    enum { D = 3 };
    const double data[D] = {0.731, -1.283, 0.119}, eps[D] = {0.442, 0.918, -0.377};
    double x[D], moved[D];
    size_t violations = 0;
    for (size_t k = 0; k < D; k++) /* move one coordinate of x_0 */
        for (size_t d = 0; d < D; d++) {
            x[d] =
                step(schedules[S10], 7, jump(schedules[S10], 6, data[d], eps[d]), eps[D - 1 - d]);
            moved[d] = step(schedules[S10], 7,
                            jump(schedules[S10], 6, data[d] + (d == k ? 0.25 : 0.0), eps[d]),
                            eps[D - 1 - d]);
            violations += (x[d] != moved[d]) != (d == k);
        }
    road_all(L, "forward_step", "coordinate k of x_0 moves coordinate k of x_t only", violations,
             D * D);
    say(L, "The encoder has beta_1 .. beta_T, which nobody trains, and no theta.");
    evidence(L, "array shapes and argument lists; nothing to measure");
}

/* --- 1.7  From barely perturbed to pure noise ---------------------------------------------------
 * Barely perturbed: noise sd below 5 percent of the data's (unit) sd.  Pure noise: at most 5
 * percent of the data's sd are left.  Both are definitions; the claim needs both. */
static const double trace = 0.05;

void span(lesson *L)
{
    claim(L, "FWD-09");
    size_t falls = 0, steps = 0;
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++, steps++)
            falls += !(schedules[k]->var_bar[t] > schedules[k]->var_bar[t - 1]);
    road_all(L, "schedule.var_bar", "the noise grows at every step, 6 schedules", falls, steps);
    gap ends = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        double sum = 0.0; /* of ln(1 - beta): (T/2 + 2) roundings, halved by the root of 1 - exp */
        for (size_t t = 1; t <= s->T; t++) sum += log1p(-s->beta[t]);
        gap_add(&ends, s->T, sqrt(s->var_bar[s->T]), sqrt(-expm1(sum)),
                (4.0 + 0.5 * (double)s->T * fabs(sum) * s->alpha_bar[s->T]) * GSL_DBL_EPSILON);
        gap_add(&ends, 1, sqrt(s->var_bar[1]), sqrt(s->beta[1]),
                GSL_DBL_EPSILON * sqrt(s->beta[1]));
    }
    road_gap(L, "schedule.var_bar", "both ends of sqrt(1-abar_t), 6 schedules", &ends);
    static const size_t long_enough[] = {L1000, COS1000, S50};
    for (size_t i = 0; i < 3; i++) {
        const schedule *s = schedules[long_enough[i]];
        char what[64];
        snprintf(what, sizeof what, "%s, smallest noise sqrt(1-abar_1)",
                 schedule_names[long_enough[i]]);
        road_below(L, "schedule.var_bar", what, sqrt(s->var_bar[1]), trace, 0.0);
        snprintf(what, sizeof what, "%s, last trace of x_0 sqrt(abar_T)",
                 schedule_names[long_enough[i]]);
        road_below(L, "schedule.alpha_bar", what, sqrt(s->alpha_bar[s->T]), trace, 0.0);
    }
    control_below(L, "BAD50, last trace of x_0 sqrt(abar_T)", sqrt(schedules[BAD50]->alpha_bar[50]),
                  trace, 0.0);
    control_below(L, "S10, smallest noise sqrt(1-abar_1)", sqrt(schedules[S10]->var_bar[1]), trace,
                  0.0);
    evidence(L, "sqrt(1-abar_t): L1000 %.4f to %.5f, S10 %.3f to %.3f, BAD50 only to %.3f",
             sqrt(schedules[L1000]->var_bar[1]), sqrt(schedules[L1000]->var_bar[1000]),
             sqrt(schedules[S10]->var_bar[1]), sqrt(schedules[S10]->var_bar[10]),
             sqrt(schedules[BAD50]->var_bar[50]));
}

/* --- Figures --------------------------------------------------------------------------------- */

/* Three paths from x_0 = 1.5 with mean and 2 sd band of the jump; and the schedule itself. */
static void write_paths(lesson *L, const schedule *s)
{
    data_file *f = data_open(L, "marginal", "t t/T mean low high path1 path2 path3");
    data_file *g =
        data_open(L, "schedule", "t t/T beta alpha_bar sqrt(alpha_bar) sqrt(1-alpha_bar)");
    double x[3] = {1.5, 1.5, 1.5};
    gsl_rng_set(lesson_rng(L), 20200619); /* the figure's paths do not depend on --seed */
    const size_t stride = s->T > 2000 ? s->T / 1000 : 1;
    for (size_t t = 0; t <= s->T; t++) {
        for (size_t i = 0; i < 3 && t > 0; i++)
            x[i] = forward_step(s, t, x[i], gsl_ran_gaussian_ziggurat(lesson_rng(L), 1.0));
        if (t % stride && t < s->T) continue;
        const double mean = forward_jump(s, t, 1.5, 0.0), sd = sqrt(s->var_bar[t]),
                     u = (double)t / (double)s->T;
        data_line(f, "%zu %.9g %.9g %.9g %.9g %.9g %.9g %.9g", t, u, mean, mean - 2.0 * sd,
                  mean + 2.0 * sd, x[0], x[1], x[2]);
        data_line(g, "%zu %.9g %.9g %.9g %.9g %.9g", t, u, s->beta[t], s->alpha_bar[t],
                  sqrt(s->alpha_bar[t]), sd);
    }
    data_close(f);
    data_close(g);
}

/* The chain as a strip: the density of x_t for two bumps, where 100, 90, 75, 50 percent and the
 * last trace of the signal sqrt(abar_t) are left. */
static void write_chain(lesson *L, const schedule *s)
{
    static const double left[] = {0.9, 0.75, 0.5};
    mixture *m = mixture_pair_alloc(0.05);
    if (!m) return;
    m->mean[0] = -1.35;
    m->mean[1] = 0.85;
    m->weight[0] = 0.42;
    m->weight[1] = 0.58;
    size_t times[5] = {0, 0, 0, 0, s->T};
    for (size_t i = 1; i < 4; i++)
        while (times[i] < s->T && s->alpha_bar[times[i]] > gsl_pow_2(left[i - 1])) times[i]++;
    data_file *f = data_open(L, "chain", "x density normal t");
    for (size_t i = 0; i < 5; i++) {
        for (int n = -300; n <= 300; n++) {
            const double x = 0.01 * n;
            data_line(f, "%.9g %.9g %.9g %zu", x, exp(mixture_log_pdf_t(m, s, times[i], &x)),
                      gsl_ran_ugaussian_pdf(x), times[i]);
        }
        data_gap(f);
        data_gap(f);
    }
    data_close(f);
    mixture_free(m);
}

void write_figures(lesson *L)
{
    schedule *s = schedule_of_figure(L);
    write_paths(L, s);
    write_chain(L, s);
    schedule_free(s);
}
