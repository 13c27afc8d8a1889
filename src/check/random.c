/* random.c -- random comparisons under the one statistical rule. */
#include <math.h>
#include <stdio.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_machine.h>

#include "check/lesson.h"

/* Is the normal tail right to a factor of 2 at CHECK_Z?  The first Edgeworth correction multiplies
 * it by exp(skew z^3 / (6 sqrt(n))), so we need skew z^3 / (6 sqrt(n)) < ln 2. */
static bool normal_enough(const moments *m)
{
    const double exponent =
        fabs(moments_skewness(m)) * CHECK_Z * CHECK_Z * CHECK_Z / (6.0 * sqrt((double)m->n));
    return exponent < log(2.0);
}

/* A two-sided p-value as a number of standard errors, for the reader. */
static double z_of(double p)
{
    return p > 0.0 ? gsl_cdf_ugaussian_Qinv(0.5 * p) : 40.0;
}

/* Complete and report a random finding that lies z standard errors away. */
static void settle(lesson *L, finding *f, double z, double size)
{
    f->random = true;
    f->ratio = z / CHECK_Z;
    f->accepted = z <= CHECK_Z;
    f->shaken = f->tolerance > 0.0 && isfinite(f->tolerance);
    f->counts = f->why == NULL && z == z;
    L->random_checks++;
    if (L->effort < 1.0 && (f->why || (f->kind != ROAD && f->accepted))) {
        not_run(L, f->what, "too few samples at this effort");
        return;
    }
    if (f->kind != ROAD) {
        const double expected = L->effort < 1.0 ? z : size * sqrt(L->effort);
        if (size < CHECK_Z + 6.0)
            f->why = "its declared size is below the threshold + 6 standard errors";
        else if (fabs(z - expected) > 0.3 * expected + CHECK_Z)
            f->why = "its size is not the declared one";
        if (f->why) f->counts = false;
    } else if (f->why == NULL && z != z) {
        f->why = "not a number";
    }
    f->value_hash = check_hash(0, f->value);
    f->reference_hash = check_hash(0, f->reference);
    snprintf(f->measure, sizeof f->measure, "%.1f standard errors (%.1f allowed), N = %zu", z,
             CHECK_Z, f->n);
    report_finding(L, f);
}

/* The formula's value is the expectation; the sample is the reference that must not depend on it. */
static void compare_mean(lesson *L, enum kind kind, const char *formula, const char *what,
                         const moments *m, double expected, double size)
{
    const double se = moments_se(m);
    finding f = {.kind = kind,
                 .formula = formula,
                 .what = what,
                 .shape = "mean",
                 .value = expected,
                 .reference = m->mean,
                 .tolerance = CHECK_Z * se,
                 .n = m->n};
    if (m->n < 10000)
        f.why = "a z test needs 10000 samples";
    else if (!normal_enough(m))
        f.why = "the sample is too skewed for a z test";
    settle(L, &f, fabs(m->mean - expected) / se, size);
}

void road_mean(lesson *L, const char *formula, const char *what, const moments *m, double expected)
{
    compare_mean(L, ROAD, formula, what, m, expected, 0.0);
}

void control_mean(lesson *L, const char *what, const moments *m, double wrong, double size)
{
    compare_mean(L, CONTROL, NULL, what, m, wrong, size);
}

void printed_mean(lesson *L, const char *what, const moments *m, double as_printed, double size)
{
    compare_mean(L, PRINTED, NULL, what, m, as_printed, size);
}

/* For a normal sample (n-1) s^2 / sigma^2 is chi^2 with n-1 degrees of freedom. */
static void compare_variance(lesson *L, enum kind kind, const char *formula, const char *what,
                             const moments *m, double expected, double size)
{
    const double nu = (double)m->n - 1.0;
    const double s2 = moments_variance(m);
    finding f = {.kind = kind,
                 .formula = formula,
                 .what = what,
                 .shape = "variance",
                 .value = expected,
                 .reference = s2,
                 .tolerance = CHECK_Z * expected * sqrt(2.0 / nu),
                 .n = m->n};
    if (m->n < 100) f.why = "the variance of fewer than 100 samples says little";
    const double chi2 = nu * s2 / expected;
    const double tail = fmin(gsl_cdf_chisq_P(chi2, nu), gsl_cdf_chisq_Q(chi2, nu));
    const double normal = fabs(s2 / expected - 1.0) / sqrt(2.0 / nu);
    /* Far out the tail underflows and its inverse saturates: there the normal scale is enough. */
    settle(L, &f, tail > 1e-250 ? z_of(2.0 * tail) : normal, size);
}

void road_variance(lesson *L, const char *formula, const char *what, const moments *m,
                   double expected)
{
    compare_variance(L, ROAD, formula, what, m, expected, 0.0);
}

void control_variance(lesson *L, const char *what, const moments *m, double wrong, double size)
{
    compare_variance(L, CONTROL, NULL, what, m, wrong, size);
}

void printed_variance(lesson *L, const char *what, const moments *m, double as_printed, double size)
{
    compare_variance(L, PRINTED, NULL, what, m, as_printed, size);
}

static void compare_count(lesson *L, enum kind kind, const char *formula, const char *what,
                          size_t k, size_t n, double p, double size)
{
    const double np = (double)n * p;
    const double sd = sqrt(np * (1.0 - p));
    finding f = {.kind = kind,
                 .formula = formula,
                 .what = what,
                 .shape = "count",
                 .value = p,
                 .reference = (double)k / (double)n,
                 .tolerance = CHECK_Z * sd / (double)n,
                 .n = n};
    if (!(p > 0.0 && p < 1.0) || k > n || n == 0) f.why = "unusable count or probability";
    const unsigned K = (unsigned)k, N = (unsigned)n;
    const double lower = gsl_cdf_binomial_P(K, p, N);
    const double upper = k == 0 ? 1.0 : gsl_cdf_binomial_Q(K - 1, p, N);
    const double tail = fmin(fmin(lower, upper), 0.5);
    settle(L, &f, tail > 1e-250 ? z_of(2.0 * tail) : fabs((double)k - np) / sd, size);
}

void road_count(lesson *L, const char *formula, const char *what, size_t k, size_t n, double p)
{
    compare_count(L, ROAD, formula, what, k, n, p, 0.0);
}

void control_count(lesson *L, const char *what, size_t k, size_t n, double wrong_p, double size)
{
    compare_count(L, CONTROL, NULL, what, k, n, wrong_p, size);
}

void printed_count(lesson *L, const char *what, size_t k, size_t n, double printed_p, double size)
{
    compare_count(L, PRINTED, NULL, what, k, n, printed_p, size);
}
