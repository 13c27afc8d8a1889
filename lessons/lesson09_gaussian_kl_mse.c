/* Lesson 9.  The KL divergence of two Gaussians is a squared distance
 * --------------------------------------------------------------------
 * CLAIM   KL(N(mu_q, v_q I) || N(mu_p, v_p I)) = |mu_q - mu_p|^2 / (2 v_p) + C,
 *           C = D/2 (r - 1 - ln r),  r = v_q / v_p,  and C = 0 when the variances are equal.
 *         So every term of the bound is  L_{t-1} = E |mu_tilde - mu_theta|^2 / (2 sigma_t^2) + C_t.
 * WHY     It turns a divergence of distributions into something a network can be trained on.
 * NEEDS   lessons 4 and 7.   Notes: docs/lesson09.md
 * RUN     make lesson09
 * FIGURES build/figures/lesson09.png, lesson09_line.png, lesson09_factor.png
 *
 * The reference is always the definition, E_q ln(q/p): integrated, simulated, or worked out with
 * full covariance matrices.  The lecture's formula must agree with it, and its misprints must not.
 */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson09.h"
#include "theory/gaussian.h"
#include "theory/misprint.h"
#include "theory/schedule.h"

static const double eps = GSL_DBL_EPSILON;

static const char *const names[N_SCHEDULES] = {"S10", "L1000", "S50", "COS1000"};
schedule *schedules[N_SCHEDULES];

/* ---- The definition ---------------------------------------------------------------------------
 * KL(q||p) = integral of q ln(q/p).  Nothing here knows the formula under test. */
double log_normal(double x, double mean, double var)
{
    return -0.5 * (gsl_pow_2(x - mean) / var + log(2.0 * M_PI * var));
}

double log_ratio(const pair *k, double x)
{
    return log_normal(x, k->mean_q, k->var_q) - log_normal(x, k->mean_p, k->var_p);
}

static double integrand(double x, void *params)
{
    const pair *k = params;
    return exp(log_normal(x, k->mean_q, k->var_q)) * log_ratio(k, x);
}

/* The tolerance is GSL's error bound plus 16 roundings of the largest summands of the logarithms;
 * where the variances are small, a rounding of a mean or of x is amplified. */
double integrate(quad *w, const pair *k, double *tolerance)
{
    pair copy = *k;
    const double reach = 12.0 * sqrt(k->var_q), d = fabs(k->mean_q - k->mean_p);
    const double kl =
        quad_interval(w, integrand, &copy, k->mean_q - reach, k->mean_q + reach, tolerance);
    const double amplified =
        (fabs(k->mean_q) + fabs(k->mean_p)) * (d / k->var_p + 1.0 / sqrt(k->var_q));
    *tolerance +=
        16.0 * eps * (1.0 + fabs(log(k->var_q)) + k->var_q / k->var_p + fabs(kl) + amplified);
    return kl;
}

static const pair equal[] = {/* the first is the ledger's */
                             {0.3, 0.5, -0.2, 0.5},
                             {0.731, 0.0137, -1.283, 0.0137},
                             {-2.41, 3.9, -2.37, 3.9},
                             {0.0731, 1.7e-4, 0.0519, 1.7e-4}};
const pair different[N_DIFFERENT] = {{0.3, 0.5, -0.2, 0.9},     {0.731, 0.0137, -1.283, 0.0211},
                                     {-2.41, 3.9, -2.37, 0.67}, {0.0731, 1.7e-4, 0.0519, 2.3e-4},
                                     {0.4, 0.61, 0.7, 0.613},   {0.4, 0.61, 0.7, 0.6}};
enum { N_EQUAL = sizeof equal / sizeof equal[0] };

/* Push a formula for the divergence through all pairs. */
static gap against_definition(quad *w, misprint_formula formula, const pair *pairs, size_t n)
{
    gap g = {0};
    for (size_t i = 0; i < n; i++) {
        const double arg[] = {pairs[i].mean_q, pairs[i].var_q, pairs[i].mean_p, pairs[i].var_p};
        double tolerance;
        const double kl = integrate(w, &pairs[i], &tolerance);
        gap_add(&g, i + 1, formula(NULL, 1, arg), kl, tolerance);
    }
    return g;
}

/* Average ln(q/p) over draws from q. */
static moments simulate(lesson *L, const pair *k, size_t n)
{
    moments m = {0};
    for (size_t i = 0; i < n; i++)
        moments_add(
            &m, log_ratio(k, k->mean_q + gsl_ran_gaussian_ziggurat(lesson_rng(L), sqrt(k->var_q))));
    return m;
}

/* Var_q ln(q/p) = (1-r)^2/2 + r d^2/v_p: what a mistake is worth in standard errors. */
static double size_of(const pair *k, double mistake, double n)
{
    const double r = k->var_q / k->var_p, d2 = gsl_pow_2(k->mean_q - k->mean_p);
    return fabs(mistake) * sqrt(n / (0.5 * gsl_pow_2(1.0 - r) + r * d2 / k->var_p));
}

/* --- 9.1  Equal variances -----------------------------------------------------------------------
 * The logarithm of the ratio is linear in x, and under q it averages to |mu_q - mu_p|^2 / (2 v). */
static void by_integral(lesson *L, quad *w)
{
    gap formula = {0};
    for (size_t i = 0; i < N_EQUAL; i++) {
        double tolerance;
        const double kl = integrate(w, &equal[i], &tolerance);
        gap_add(&formula, i + 1,
                gsl_pow_2(equal[i].mean_q - equal[i].mean_p) / (2.0 * equal[i].var_q), kl,
                tolerance);
    }
    road_gap(L, NULL, "distance^2/(2v) = integral of q ln(q/p), 4 pairs", &formula);
    const gap function = against_definition(w, misprint_quantity_find("kl")->value, equal, N_EQUAL);
    road_gap(L, "gaussian_kl", "our function = integral of q ln(q/p)", &function);
    in_d_dimensions(L, "5 dimensions, full covariances, Cholesky", 0.613, 0.613);
    static const char *const visible[] = {"kl-no-half", "kl-sigma"};
    for (size_t i = 0; i < sizeof visible / sizeof visible[0]; i++) {
        const misprint *m = misprint_find(visible[i]);
        const gap wrong = against_definition(w, m->value, equal, N_EQUAL);
        control_gap(L, m->what, &wrong);
    }
}

static void equal_variances(lesson *L, quad *w)
{
    claim(L, "KLG-01");
    if (!lesson_random_only(L)) by_integral(L, w);
    const pair *k = &equal[0];
    const double d2 = gsl_pow_2(k->mean_q - k->mean_p), kl = d2 / (2.0 * k->var_q);
    const moments m = simulate(L, k, lesson_samples(L, 50000));
    road_mean(L, "gaussian_kl", "ln(q/p) averaged over draws from q", &m,
              gaussian_kl(k->mean_q, k->var_q, k->mean_p, k->var_p));
    control_mean(L, "the factor 1/2 missing", &m, 2.0 * kl, size_of(k, kl, 50000.0));
    const double with_sd = d2 / (2.0 * sqrt(k->var_q));
    control_mean(L, "sigma for sigma^2", &m, with_sd, size_of(k, with_sd - kl, 50000.0));
    evidence(L,
             "means 0.3 and -0.2, variance 0.5: KL = %.10f nats; without 1/2 %.4f, sigma for "
             "sigma^2 %.4f",
             kl, 2.0 * kl, with_sd);
}

/* --- 9.2  Different variances -------------------------------------------------------------------
 * Then the variances cost something of their own, C = (r - 1 - ln r)/2 per coordinate.  It is an
 * integral in which nothing cancels, so it can be checked to full accuracy even for r near 1:
 *   r - 1 - ln r = integral of (u - v_p)/(v_p u) du from v_p to v_q = that of y/(v_p (v_p + y)) dy.
 */
static double slope_of_constant(double y, void *params)
{
    const double var_p = *(const double *)params;
    return 0.5 * y / (var_p * (var_p + y));
}

static void constant_alone(lesson *L, quad *w)
{
    gap g = {0}, swapped = {0};
    for (size_t i = 0; i < 40; i++) {
        double var_p = 0.731, tolerance;
        const double distance = pow(10.0, -6.0 + 0.2 * (double)i); /* 1e-6 .. 6e+1 */
        const double var_q = var_p * (i % 2 && distance < 1.0 ? 1.0 - distance : 1.0 + distance);
        const double reference =
            quad_interval(w, slope_of_constant, &var_p, 0.0, var_q - var_p, &tolerance);
        tolerance +=
            32.0 * eps * reference; /* the difference var_q - var_p is the same on both roads */
        gap_add(&g, i, gaussian_kl_variances(var_q, var_p), reference, tolerance);
        gap_add(&swapped, i, gaussian_kl_variances(var_p, var_q), reference, tolerance);
    }
    road_gap(L, "gaussian_kl_variances", "C alone, r = 1 +- 1e-6 up to r = 64", &g);
    control_gap(L, "r upside down in C", &swapped);
}

static void different_variances(lesson *L, quad *w)
{
    claim(L, "KLG-02");
    const pair *k = &different[0];
    const double kl = gaussian_kl(k->mean_q, k->var_q, k->mean_p, k->var_p);
    if (!lesson_random_only(L)) {
        const gap right =
            against_definition(w, misprint_quantity_find("kl")->value, different, N_DIFFERENT);
        road_gap(L, "gaussian_kl", "integral of q ln(q/p), 6 pairs", &right);
        constant_alone(L, w);
        in_d_dimensions(L, "5 dimensions, full covariances, Cholesky", 0.613, 0.877);
        road(L, "gaussian_kl", "variances 0.5 and 0.9, docs/claims.tsv: 0.2105599991", kl,
             0.2105599991, 0.5e-10);
        for (const misprint *m = NULL; (m = misprint_next("kl", m));) {
            const gap wrong = against_definition(w, m->value, different, N_DIFFERENT);
            control_gap(L, m->what, &wrong);
        }
    }
    const moments m = simulate(L, k, lesson_samples(L, 50000));
    road_mean(L, "gaussian_kl", "ln(q/p) averaged over draws from q", &m, kl);
    const double reversed = gaussian_kl(k->mean_p, k->var_p, k->mean_q, k->var_q);
    control_mean(L, "KL(p||q) for KL(q||p)", &m, reversed, size_of(k, reversed - kl, 50000.0));
    evidence(L,
             "variances 0.5 and 0.9, means 0.5 apart: KL = %.10f; squared distance alone %.5f, "
             "reversed %.5f",
             kl, gsl_pow_2(k->mean_q - k->mean_p) / (2.0 * k->var_p), reversed);
    say(L, "The divergence is not symmetric.  Between equal variances it is, so 9.1 could not see "
           "it.");
}

/* ---- Data for the figures ---- */
static void write_figures(lesson *L)
{
    const pair k = {0.6, 0.5, -0.4, 0.9};
    data_file *f = data_open(L, "integrand", "x q p integrand");
    for (int i = -350; i <= 350; i++) {
        pair copy = k;
        const double x = 0.01 * i;
        data_line(f, "%.9g %.9g %.9g %.9g", x, exp(log_normal(x, k.mean_q, k.var_q)),
                  exp(log_normal(x, k.mean_p, k.var_p)), integrand(x, &copy));
    }
    data_close(f);
    f = data_open(L, "line", "distance2 equal wider narrower");
    for (int i = 0; i <= 200; i++) {
        const double d2 = 0.01 * i, d = sqrt(d2);
        data_line(f, "%.9g %.9g %.9g %.9g", d2, gaussian_kl(d, 0.5, 0.0, 0.5),
                  gaussian_kl(d, 0.5, 0.0, 1.1), gaussian_kl(d, 0.5, 0.0, 0.2));
    }
    data_close(f);
    write_factor(L);
}

int main(int argc, char **argv)
{
    lesson *L =
        lesson_open(argc, argv, 9, "The KL divergence of two Gaussians is a squared distance");
    for (size_t k = 0; k < N_SCHEDULES; k++) schedules[k] = schedule_named_alloc(names[k]);
    quad *w = quad_alloc();
    const int all = !lesson_random_only(L);

    section(L, "9.1  Equal variances");
    equal_variances(L, w);
    section(L, "9.2  Different variances");
    different_variances(L, w);
    if (all) {
        section(L, "9.3  Matching the means");
        match_the_means(L, w);
        section(L, "9.4  The bound: both sides are Gaussian");
        both_are_gaussian(L, w);
        section(L, "9.5  The constant, and when it is zero");
        the_constant(L, w);
        the_full_term(L, w);
    }
    under_the_expectation(L);
    if (all) {
        section(L, "9.6  The factor, and what it may be pulled out of");
        the_factor(L, w);
        up_to_constants(L, w);
        write_figures(L);
    }

    quad_free(w);
    for (size_t k = 0; k < N_SCHEDULES; k++) schedule_free(schedules[k]);
    return lesson_close(L);
}
