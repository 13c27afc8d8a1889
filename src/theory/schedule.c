/* schedule.c -- noise schedules, each array accurate to a few units in the last place. */
#include "theory/schedule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>

static const size_t longest = 10000000;
static const double smallest_alpha_bar = 1e-290;

/* ---- Doubled precision: an unevaluated sum high + low, |low| <= ulp(high)/2 ---- */

typedef struct doubled {
    double high, low;
} doubled;

/* a + b exactly, for |a| >= |b| (Dekker 1971). */
static doubled two_sum(double a, double b)
{
    const double high = a + b;
    return (doubled){high, b - (high - a)};
}

/* a b exactly (Veltkamp's splitting into 26 bits, Dekker 1971). */
static doubled two_product(double a, double b)
{
    const double splitter = 134217729.0; /* 2^27 + 1 */
    const double ca = splitter * a, cb = splitter * b;
    const double a1 = ca - (ca - a), b1 = cb - (cb - b);
    const double a2 = a - a1, b2 = b - b1;
    const double high = a * b;
    return (doubled){high, ((a1 * b1 - high) + a1 * b2 + a2 * b1) + a2 * b2};
}

static doubled multiply(doubled x, doubled y)
{
    const doubled p = two_product(x.high, y.high);
    return two_sum(p.high, p.low + (x.high * y.low + x.low * y.high));
}

/* ---- Allocation ---- */

static schedule *allocate(size_t T)
{
    if (!(T >= 1 && T <= longest)) GSL_ERROR_NULL("a schedule needs 1 to 10^7 steps", GSL_EINVAL);
    schedule *s = malloc(sizeof *s);
    double *block = calloc(7 * (T + 1), sizeof *block);
    if (!s || !block) {
        free(s);
        free(block);
        GSL_ERROR_NULL("out of memory for a schedule", GSL_ENOMEM);
    }
    *s = (schedule){T,
                    block,
                    block + (T + 1),
                    block + 2 * (T + 1),
                    block + 3 * (T + 1),
                    block + 4 * (T + 1),
                    block + 5 * (T + 1),
                    block + 6 * (T + 1)};
    return s;
}

void schedule_free(schedule *s)
{
    if (!s) return;
    free(s->beta); /* the one block */
    free(s);
}

/* ln(alpha_bar / (1 - alpha_bar)).  Where the two nearly cancel we use log1p of the relative excess
 * (2 alpha_bar - 1) / (1 - alpha_bar), whose numerator the low part makes exact. */
static double log_snr(doubled alpha_bar, double var_bar, double log_alpha_bar)
{
    const double excess = ((2.0 * alpha_bar.high - 1.0) + 2.0 * alpha_bar.low) / var_bar;
    return fabs(excess) < 0.5 ? log1p(excess) : log_alpha_bar - log(var_bar);
}

/* alpha_bar_t = alpha_bar_{t-1} (1 - beta_t) in doubled precision; the rest follows:
 *   var_bar       = (1 - high) - low                          no cancellation is left
 *   log_alpha_bar = log1p(-var_bar) near 1, log(alpha_bar) elsewhere
 *   beta_tilde    = beta_t var_bar_{t-1} / var_bar_t          (Ho et al. 2020, eq. 7) */
static void accumulate(schedule *s)
{
    doubled product = {1.0, 0.0};
    s->alpha[0] = s->alpha_bar[0] = 1.0;
    s->log_snr[0] = (double)INFINITY;
    for (size_t t = 1; t <= s->T; t++) {
        product = multiply(product, two_sum(1.0, -s->beta[t]));
        s->alpha[t] = 1.0 - s->beta[t];
        s->alpha_bar[t] = product.high;
        s->var_bar[t] = (1.0 - product.high) - product.low;
        s->log_alpha_bar[t] = product.high > 0.5 ? log1p(-s->var_bar[t]) : log(product.high);
        s->log_snr[t] = log_snr(product, s->var_bar[t], s->log_alpha_bar[t]);
        s->beta_tilde[t] = s->beta[t] * s->var_bar[t - 1] / s->var_bar[t];
    }
}

/* Check s->beta[1..T] and fill the other arrays; frees s on error. */
static schedule *complete(schedule *s)
{
    for (size_t t = 1; t <= s->T; t++)
        if (!(0.0 < s->beta[t] && s->beta[t] < 1.0)) {
            schedule_free(s);
            GSL_ERROR_NULL("every beta must lie strictly between 0 and 1", GSL_EDOM);
        }
    accumulate(s);
    if (!(s->alpha_bar[s->T] >= smallest_alpha_bar)) {
        schedule_free(s);
        GSL_ERROR_NULL("alpha_bar_T underflows: fewer steps or smaller betas are needed",
                       GSL_EUNDRFLW);
    }
    return s;
}

schedule *schedule_from_beta_alloc(const double *beta, size_t T)
{
    schedule *s = allocate(T);
    if (!s) return NULL;
    memcpy(s->beta + 1, beta, T * sizeof *beta);
    return complete(s);
}

/* ---- The usual shapes ---- */

/* Position of step t between 0 (t = 1) and 1 (t = T). */
static double position(size_t t, size_t T)
{
    return T == 1 ? 0.0 : (double)(t - 1) / (double)(T - 1);
}

schedule *schedule_linear_alloc(size_t T, double beta_min, double beta_max)
{
    schedule *s = allocate(T);
    if (!s) return NULL;
    for (size_t t = 1; t <= T; t++) s->beta[t] = beta_min + (beta_max - beta_min) * position(t, T);
    return complete(s);
}

schedule *schedule_quadratic_alloc(size_t T, double beta_min, double beta_max)
{
    schedule *s = allocate(T);
    if (!s) return NULL;
    const double first = sqrt(beta_min), last = sqrt(beta_max);
    for (size_t t = 1; t <= T; t++) s->beta[t] = gsl_pow_2(first + (last - first) * position(t, T));
    return complete(s);
}

schedule *schedule_sigmoid_alloc(size_t T, double beta_min, double beta_max)
{
    schedule *s = allocate(T);
    if (!s) return NULL;
    for (size_t t = 1; t <= T; t++)
        s->beta[t] = beta_min + (beta_max - beta_min) / (1.0 + exp(6.0 - 12.0 * position(t, T)));
    return complete(s);
}

schedule *schedule_constant_alloc(size_t T, double beta)
{
    return schedule_linear_alloc(T, beta, beta);
}

/* 1 - cos^2(b)/cos^2(a) = sin(b-a) sin(b+a) / cos^2(a): no cancellation at small t.  Near t = T the
 * angles approach pi/2 and pi, where cos and sin forget their argument: there we use the complement
 * left = pi/2 - a, which is as exact. */
static double cosine_beta(size_t t, size_t T, double offset)
{
    const double quarter = M_PI_2 / (1.0 + offset), step = quarter / (double)T;
    const double a = quarter * ((double)(t - 1) / (double)T + offset);
    const double left = quarter * ((double)(T - t + 1) / (double)T);
    const double sum = a < M_PI_4 ? sin(2.0 * a + step) : sin(2.0 * left - step);
    return sin(step) * sum / gsl_pow_2(sin(left));
}

schedule *schedule_cosine_alloc(size_t T, double offset, double beta_clip)
{
    if (!(offset >= 0.0 && offset < 1.0 && beta_clip > 0.0 && beta_clip < 1.0))
        GSL_ERROR_NULL("cosine: expected an offset in [0,1) and a clip in (0,1)", GSL_EDOM);
    schedule *s = allocate(T);
    if (!s) return NULL;
    for (size_t t = 1; t <= T; t++) s->beta[t] = fmin(cosine_beta(t, T, offset), beta_clip);
    return complete(s);
}

schedule *schedule_named_alloc(const char *name)
{
    static const struct {
        const char *name;
        size_t T;
        double beta_min, beta_max; /* beta_max = 0: cosine */
    } known[] = {{"L1000", 1000, 1e-4, 0.02}, {"S10", 10, 0.01, 0.5},  {"S50", 50, 0.002, 0.4},
                 {"BAD50", 50, 1e-4, 0.02},   {"COS1000", 1000, 0, 0}, {"COS50", 50, 0, 0}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(name, known[i].name) != 0) continue;
        if (known[i].beta_max == 0.0) return schedule_cosine_alloc(known[i].T, 0.008, 0.999);
        return schedule_linear_alloc(known[i].T, known[i].beta_min, known[i].beta_max);
    }
    GSL_ERROR_NULL("the named schedules are L1000 S10 S50 BAD50 COS1000 COS50", GSL_EINVAL);
}
