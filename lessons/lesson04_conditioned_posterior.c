/* Lesson 4.  The forward posterior q(x_{t-1} | x_t, x_0)
 * ------------------------------------------------------
 * CLAIM   q(x_{t-1} | x_t, x_0) = N(mu_tilde_t(x_t, x_0), beta_tilde_t)  with
 *           mu_tilde_t   = sqrt(abar_{t-1}) beta_t / (1 - abar_t) x_0
 *                        + sqrt(alpha_t) (1 - abar_{t-1}) / (1 - abar_t) x_t
 *           beta_tilde_t = (1 - abar_{t-1}) / (1 - abar_t) beta_t
 * WHY     It is the target of every reverse step: lessons 7 to 13 stand on these two lines.
 * NEEDS   lesson 1.   Notes: docs/lesson04.md
 * RUN     make lesson04   FIGURE  build/figures/lesson04.png (drawn in part b)
 *
 * We reach the same numbers by four roads: completing the square, brute quadrature of Bayes' rule,
 * Cholesky conditioning of the whole path, and simulation.
 */
#include <math.h>

#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson04.h"
#include "theory/misprint.h"
#include "theory/posterior.h"

const double x_0 = 0.731, x_t = -1.283;

static const char *const names[ALL_SCHEDULES] = {"S10", "L1000", "COS1000",
                                                 "S50", "BAD50", "COS50"};
schedule *schedules[ALL_SCHEDULES];

/* --- 4.1  Completing the square ---------------------------------------------------------------
 * Bayes:  q(x_{t-1}|x_t,x_0) is proportional, as a function of x_{t-1}, to
 *           N(x_t; sqrt(alpha_t) x_{t-1}, beta_t)                    likelihood
 *         x N(x_{t-1}; sqrt(abar_{t-1}) x_0, 1 - abar_{t-1})         prior
 * Precisions add, and the mean is the precision-weighted average.  The posterior's own formulas are
 * not used here: this is a road, not a repetition. */
normal complete_the_square(const schedule *s, size_t t, double end, double start)
{
    const double likelihood = s->alpha[t] / s->beta[t]; /* precisions of x_{t-1} */
    const double prior = 1.0 / s->var_bar[t - 1];
    const double precision = likelihood + prior;
    const double pull =
        sqrt(s->alpha[t]) / s->beta[t] * end + sqrt(s->alpha_bar[t - 1]) * prior * start;
    return (normal){pull / precision, 1.0 / precision};
}

/* A formula for the mean against the square, at every t.  Each side makes about 16 roundings, all
 * relative to summands no larger than |x_0| + |x_t|. */
static gap means_against_square(misprint_formula formula)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 2; t <= schedules[k]->T; t++)
            gap_add(&g, t, formula(schedules[k], t, (const double[]){x_t, x_0}),
                    complete_the_square(schedules[k], t, x_t, x_0).mean,
                    32 * GSL_DBL_EPSILON * (fabs(x_0) + fabs(x_t)));
    return g;
}

static gap variances_against_square(misprint_formula formula)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 2; t <= schedules[k]->T; t++) {
            const double var = complete_the_square(schedules[k], t, x_t, x_0).var;
            gap_add(&g, t, formula(schedules[k], t, NULL), var, 16 * GSL_DBL_EPSILON * var);
        }
    return g;
}

static void reject_misprints(lesson *L, const char *quantity, gap (*compare)(misprint_formula))
{
    for (const misprint *m = NULL; (m = misprint_next(quantity, m));) {
        const gap wrong = compare(m->value);
        control_gap(L, m->what, &wrong);
    }
}

static void the_mean(lesson *L)
{
    claim(L, "POS-02");
    const gap right = means_against_square(misprint_quantity_find("posterior_mean")->value);
    road_gap(L, "posterior_mean", "precision-weighted mean, all t, 3 schedules", &right);
    reject_misprints(L, "posterior_mean", means_against_square);
    evidence(L, "L1000, t=500: x_0 weighs %.6f and x_t %.6f",
             posterior_weight_x0(schedules[L1000], 500),
             posterior_weight_xt(schedules[L1000], 500));
}

static void the_variance(lesson *L)
{
    claim(L, "POS-03");
    const gap right = variances_against_square(misprint_quantity_find("posterior_var")->value);
    road_gap(L, "posterior_var", "1 / (sum of the two precisions), all t", &right);
    reject_misprints(L, "posterior_var", variances_against_square);
    evidence(L, "beta_tilde_2/beta_2 is %.5f on L1000 and %.5f on S10",
             posterior_var(schedules[L1000], 2) / schedules[L1000]->beta[2],
             posterior_var(schedules[S10], 2) / schedules[S10]->beta[2]);
}

/* The coefficient as Prathosh's notes print it in section 4, step 2: sqrt(abar_t) for
 * sqrt(alpha_t). */
static double printed_weight(const schedule *s, size_t t)
{
    return sqrt(s->alpha_bar[t]) * s->var_bar[t - 1] / s->var_bar[t];
}

static void the_misprint(lesson *L)
{
    claim(L, "POS-10");
    gap true_weight = {0}, misprinted = {0};
    const schedule *s = schedules[L1000];
    for (size_t t = 2; t <= s->T; t++) {
        /* The weight of x_t is the mean at x_t = 1, x_0 = 0. */
        const double weight = complete_the_square(s, t, 1.0, 0.0).mean;
        gap_add(&true_weight, t, posterior_weight_xt(s, t), weight, 32 * GSL_DBL_EPSILON);
        gap_add(&misprinted, t, printed_weight(s, t), weight, 32 * GSL_DBL_EPSILON);
    }
    printed_gap(L, "sqrt(abar_t) (1-abar_{t-1})/(1-abar_t), L1000", &misprinted);
    road_gap(L, "posterior_weight_xt", "corrected: sqrt(alpha_t), all t of L1000", &true_weight);
    evidence(L, "L1000, printed/true: t=2 %.6f/%.6f, t=500 %.4f/%.4f, t=1000 %.5f/%.5f",
             printed_weight(s, 2), posterior_weight_xt(s, 2), printed_weight(s, 500),
             posterior_weight_xt(s, 500), printed_weight(s, 1000), posterior_weight_xt(s, 1000));
    say(L, "At t = 2 nobody would notice: the two differ by 2e-5.  Test formulas at large t too.");
}

/* --- 4.3  Conditioning the whole path ----------------------------------------------------------
 * Given x_0, the path (x_1 .. x_T) is one Gaussian vector: x = m + A eps, with A built by running
 * the chain T times, once per noise.  Condition x_{t-1} on ALL later values x_t .. x_T by Cholesky:
 * by the Markov property only x_t may matter, so mu_tilde and beta_tilde must come out. */
static gsl_matrix *noise_to_path(const schedule *s)
{
    gsl_matrix *A = gsl_matrix_calloc(s->T, s->T);
    for (size_t j = 1; j <= s->T; j++) {
        double x = sqrt(s->beta[j]); /* unit noise enters at step j ... */
        for (size_t i = j; i <= s->T; i++) {
            if (i > j) x *= sqrt(s->alpha[i]); /* ... and is carried on */
            gsl_matrix_set(A, i - 1, j - 1, x);
        }
    }
    return A;
}

/* Regress x_{t-1} on x_t .. x_T: solve Cov(later, later) k = Cov(later, x_{t-1}). */
static normal condition_on_later(const schedule *s, const gsl_matrix *cov, size_t t,
                                 const double *path)
{
    const size_t n = s->T - t + 1;
    gsl_matrix *later = gsl_matrix_alloc(n, n);
    gsl_vector *k = gsl_vector_alloc(n);
    gsl_matrix_const_view block = gsl_matrix_const_submatrix(cov, t - 1, t - 1, n, n);
    gsl_matrix_memcpy(later, &block.matrix);
    for (size_t i = 0; i < n; i++) gsl_vector_set(k, i, gsl_matrix_get(cov, t - 1 + i, t - 2));
    gsl_linalg_cholesky_decomp1(later);
    gsl_linalg_cholesky_svx(later, k);
    normal q = {0.0, gsl_matrix_get(cov, t - 2, t - 2)};
    double shrink = 1.0;
    for (size_t i = 1; i < t; i++) shrink *= sqrt(s->alpha[i]);
    q.mean = shrink * x_0;
    for (size_t i = 0; i < n; i++) {
        shrink *= sqrt(s->alpha[t + i]);
        q.mean += gsl_vector_get(k, i) * (path[t + i] - shrink * x_0);
        q.var -= gsl_vector_get(k, i) * gsl_matrix_get(cov, t - 1 + i, t - 2);
    }
    gsl_matrix_free(later);
    gsl_vector_free(k);
    return q;
}

/* E[mu_tilde | x_0] and the law of total variance, with the condition replaced by its own law. */
static void condition_the_path(lesson *L)
{
    claim(L, "POS-06");
    const schedule *s = schedules[S10];
    gsl_matrix *A = noise_to_path(s), *cov = gsl_matrix_alloc(s->T, s->T);
    gsl_blas_dgemm(CblasNoTrans, CblasTrans, 1.0, A, A, 0.0, cov);
    gap mean = {0}, var = {0};
    double path[11];
    for (size_t t = 0; t <= s->T; t++)
        path[t] = t == 0 ? x_0 : x_t * cos(1.7 * (double)t); /* any path */
    for (size_t t = 2; t <= s->T; t++) {
        const normal q = condition_on_later(s, cov, t, path);
        /* Solving T equations whose condition number is below 1e3 costs about 1e3 T roundings. */
        const double tolerance = 1e3 * (double)s->T * GSL_DBL_EPSILON;
        gap_add(&mean, t, posterior_mean(s, t, path[t], x_0), q.mean, tolerance);
        gap_add(&var, t, posterior_var(s, t), q.var, tolerance);
    }
    road_gap(L, "posterior_mean", "Cholesky: x_{t-1} given ALL of x_t .. x_T, S10", &mean);
    road_gap(L, "posterior_var", "its variance; what follows x_t adds nothing", &var);
    gsl_matrix_free(A);
    gsl_matrix_free(cov);
}

/* The tower property, every t, every schedule:
 *   E[mu_tilde | x_0] = sqrt(abar_{t-1}) x_0,   w_xt^2 (1-abar_t) + beta_tilde_t = 1 - abar_{t-1}
 */
static void tower(lesson *L)
{
    gap mean = {0}, var = {0}, swapped = {0};
    for (size_t k = 0; k < ALL_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        double shrink = 1.0, carried = 0.0; /* sqrt(abar_{t-1}), 1 - abar_{t-1} by recursion */
        for (size_t t = 1; t <= s->T; t++) {
            const double at_mean = sqrt(s->alpha_bar[t]) * x_0; /* E[x_t | x_0] */
            const double w = posterior_weight_xt(s, t);
            const double tolerance = 4.0 * (double)(t + 8) * GSL_DBL_EPSILON; /* t products */
            gap_add(&mean, t, posterior_mean(s, t, at_mean, x_0), shrink * x_0, tolerance * shrink);
            gap_add(&var, t, w * w * s->var_bar[t] + posterior_var(s, t), carried,
                    tolerance * carried);
            gap_add(&swapped, t,
                    misprint_find("posterior-mean-swapped")
                        ->value(s, t, (const double[]){at_mean, x_0}),
                    shrink * x_0, tolerance * shrink);
            shrink *= sqrt(s->alpha[t]);
            carried = s->alpha[t] * carried + s->beta[t];
        }
    }
    road_gap(L, "posterior_mean", "E[mu_tilde | x_0] = sqrt(abar_{t-1}) x_0, 6 schedules", &mean);
    road_gap(L, "posterior_var", "variances add up to 1 - abar_{t-1}", &var);
    control_gap(L, "the two weights swapped", &swapped);
}

/* --- 4.3 continued: simulation ------------------------------------------------------------------
 * Run the chain from x_0; what is left of x_{t-1} after the predicted mean is pure noise: mean 0,
 * unrelated to x_t, variance beta_tilde.  An illustration: it would miss a 1 % error. */
static void simulate(lesson *L)
{
    const schedule *s = schedules[S10];
    const size_t t = 5, n = lesson_samples(L, 40000);
    moments rest = {0}, related = {0};
    gsl_rng *rng = lesson_rng(L);
    for (size_t i = 0; i < n; i++) {
        double x = x_0, before = x_0;
        for (size_t u = 1; u <= t; u++) {
            before = x;
            x = sqrt(s->alpha[u]) * x + gsl_ran_gaussian_ziggurat(rng, sqrt(s->beta[u]));
        }
        const double residual = before - complete_the_square(s, t, x, x_0).mean;
        moments_add(&rest, residual);
        moments_add(&related, residual * x);
    }
    road_mean(L, NULL, "x_{t-1} - mean averages to 0, S10, t = 5", &rest, 0.0);
    road_mean(L, NULL, "and is unrelated to x_t", &related, 0.0);
    road_variance(L, "posterior_var", "its variance is beta_tilde", &rest, posterior_var(s, t));
    /* The wrong variance is off by beta/beta_tilde - 1, in units of sqrt(2/n) of itself. */
    const double ratio = posterior_var(s, t) / s->beta[t];
    control_variance(L, "beta_t for beta_tilde_t", &rest, s->beta[t],
                     (1.0 - ratio) / sqrt(2.0 / 40000.0));
}

/* --- 4.4  The two ends, and the order --------------------------------------------------------- */
static void the_first_step(lesson *L)
{
    claim(L, "POS-07");
    gap point = {0}, var = {0}, shifted = {0};
    for (size_t k = 0; k < ALL_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        /* Equality: abar_0 = 1 and 1 - abar_1 = beta_1 exactly, so nothing is rounded. */
        gap_add(&point, k, posterior_mean(s, 1, x_t, x_0), x_0, 0.0);
        gap_add(&point, k, posterior_mean(s, 1, 1e3 * x_0, x_0), x_0, 0.0);
        gap_add(&var, k, posterior_var(s, 1), 0.0, 0.0);
        const double var_0 = s->var_bar[1], var_1 = s->alpha[1] * var_0 + s->beta[1];
        gap_add(&shifted, k, s->beta[1] * var_0 / var_1, 0.0, 0.0);
    }
    road_gap(L, "posterior_mean", "mu_tilde_1 = x_0 whatever x_1 is, exactly", &point);
    road_gap(L, "posterior_var", "beta_tilde_1 = 0, exactly", &var);
    control_gap(L, "abar_0 taken from the first entry of an array", &shifted);
}

static void the_order(lesson *L)
{
    claim(L, "POS-04");
    size_t above = 0, falling = 0, above_inverted = 0, cases = 0;
    for (size_t k = 0; k < ALL_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        double last = -1.0;
        for (size_t t = 1; t <= s->T; t++, cases++) {
            const double ratio = posterior_var(s, t) / s->beta[t];
            above += !(ratio <= 1.0 + 2 * GSL_DBL_EPSILON); /* an ulp is no violation, NaN is */
            falling += !(ratio >= last * (1.0 - 4 * GSL_DBL_EPSILON));
            above_inverted += t > 1 && 1.0 / ratio > 1.0 + 2 * GSL_DBL_EPSILON;
            last = ratio;
        }
    }
    road_all(L, "posterior_var", "beta_tilde_t <= beta_t, all t of 6 schedules", above, cases);
    road_all(L, "posterior_var", "beta_tilde_t/beta_t never falls", falling, cases);
    control_all(L, "the two abar indices swapped: below beta_t?", above_inverted, cases);
    evidence(L, "at T: beta_tilde/beta = %.8f (L1000), %.4f (S10)",
             posterior_var(schedules[L1000], 1000) / schedules[L1000]->beta[1000],
             posterior_var(schedules[S10], 10) / schedules[S10]->beta[10]);
}

int main(int argc, char **argv)
{
    lesson *L = lesson_open(argc, argv, 4, "The forward posterior q(x_{t-1} | x_t, x_0)");
    for (size_t k = 0; k < ALL_SCHEDULES; k++)
        if (!(schedules[k] = schedule_named_alloc(names[k]))) return 2;
    quad *w = quad_alloc();
    if (!w) return 2;

    if (!lesson_random_only(L)) {
        section(L, "4.1  Completing the square");
        the_mean(L);
        the_variance(L);
        the_misprint(L);
        section(L, "4.2  Bayes' rule by quadrature");
        bayes_is_normal(L, w);
        read_the_display(L);
        the_variance_is_constant(L, w);
        the_mode(L);
    }
    section(L, "4.3  Conditioning the whole path, and simulating it");
    condition_the_path(L);
    tower(L);
    simulate(L);
    if (!lesson_random_only(L)) {
        section(L, "4.4  The two ends");
        the_first_step(L);
        the_order(L);
        write_figure(L);
    }

    quad_free(w);
    for (size_t k = 0; k < ALL_SCHEDULES; k++) schedule_free(schedules[k]);
    return lesson_close(L);
}
