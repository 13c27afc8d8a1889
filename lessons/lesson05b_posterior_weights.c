/* Lesson 5, part b.  Interpolation, the mu target, peaks and trust. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "check/quad.h"
#include "lesson05.h"
#include "theory/forward.h"
#include "theory/posterior.h"
#include "theory/schedule_spec.h"

/* Generic values: no 0, no 1, no simple ratio that could hide a lost factor. */
static const double x_0 = 0.731, x_t = -1.283;

/* --- 5.2  Interpolation, but of what? --------------------------------------------------------- */
/* Is mu_tilde between a and b?  (The order of a and b does not matter.)  Two weights that add up to
 * 1 give the ends within 8 roundings, so we forgive those: a = b must not fail by rounding. */
static bool between(double mean, double a, double b)
{
    const double slack = 8.0 * GSL_DBL_EPSILON * fmax(fabs(a), fabs(b));
    return fmin(a, b) - slack <= mean && mean <= fmax(a, b) + slack;
}

/* Cases in which mu_tilde leaves the interval of the raw arguments, or of rescaled estimates. */
static size_t outside(bool rescaled, double end, double origin, size_t *cases)
{
    size_t count = 0;
    *cases = 0;
    for (int k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 2; t <= schedules[k]->T; t++, ++*cases) {
            const schedule *s = schedules[k];
            const double a = rescaled ? sqrt(s->alpha_bar[t - 1]) * origin : origin;
            const double b = rescaled ? end / sqrt(s->alpha[t]) : end;
            if (!between(posterior_mean(s, t, end, origin), a, b)) count++;
        }
    return count;
}

void interpolation(lesson *L)
{
    claim(L, "WGT-08");
    gap linear = {0};
    for (int k = 0; k < N_SCHEDULES; k++) {
        bayes b = bayes_start;
        for (size_t t = 1; t <= schedules[k]->T; t++) {
            bayes_walk(&b, schedules[k]->beta[t]);
            gap_add(&linear, t, posterior_mean(schedules[k], t, x_t, x_0), b.x0 * x_0 + b.xt * x_t,
                    bayes_tolerance(t) * (b.x0 * fabs(x_0) + b.xt * fabs(x_t)));
        }
    }
    road_gap(L, "posterior_mean", "mu_tilde is the linear combination of Bayes' rule", &linear);
    size_t cases;
    size_t out = outside(true, 1.283, 0.731, &cases);
    road_all(L, "posterior_mean", "it lies between the rescaled estimates", out, cases);
    out = outside(false, 0.731, 0.731, &cases);
    control_all(L, "convex: x_0 = x_t = c gives mu_tilde = c", out, cases);
    out = outside(false, 0.757, 0.731, &cases);
    control_all(L, "it lies between x_0 and x_t", out, cases);
    evidence(L, "x_0 = x_t = 0.731 at T: mu_tilde = %.4f (L1000), %.4f (COS1000)",
             posterior_mean(schedules[L1000], 1000, 0.731, 0.731),
             posterior_mean(schedules[COS1000], 1000, 0.731, 0.731));
}

/* --- 5.4  What the mu target looks like -------------------------------------------------------
 * "Mostly x_0" means: nearer to x_0 than to x_t.  With eps ~ N(0,1) at fixed x_0,
 *   E (mu_tilde - x_t)^2 - E (mu_tilde - x_0)^2
 *     = (r' - r)^2 x_0^2 + (1 - w_{xt})^2 v - (1 - r')^2 x_0^2 - w_{xt}^2 v,
 * r = sqrt(abar_t), r' = sqrt(abar_{t-1}), v = 1 - abar_t: positive when x_0 is nearer.  For data
 * of mean 0 and variance 1 the average over x_0 is the value at x_0 = 1. */
static double bayes_nearness(const bayes *b)
{
    const double step = b->root - exp(0.5 * b->log_abar);
    return (gsl_pow_2(step) - gsl_pow_2(b->lost)) * x_0 * x_0 + (1.0 - 2.0 * b->xt) * b->v;
}

typedef struct place {
    const schedule *s;
    size_t t;
    double x_0;
} place;

static double nearness(double eps, void *params)
{
    const place *p = params;
    const double end = forward_jump(p->s, p->t, p->x_0, eps);
    const double mean = posterior_mean(p->s, p->t, end, p->x_0);
    return gsl_pow_2(mean - end) - gsl_pow_2(mean - p->x_0);
}

/* A polynomial of degree 2 in eps: 3 Hermite nodes are exact. */
static double mean_nearness(const schedule *s, size_t t, double origin)
{
    place p = {s, t, origin};
    return quad_hermite(nearness, &p, 0.0, 1.0, 3, NULL);
}

/* The squares carry about 32 roundings relative to (|x_0| + 3)^2, and the walk its own. */
static gap targets(bool reversed)
{
    gap g = {0};
    for (int k = S10; k <= COS50; k++) {
        bayes b = bayes_start;
        for (size_t t = 1; t <= schedules[k]->T; t++) {
            bayes_walk(&b, schedules[k]->beta[t]);
            gap_add(&g, t, mean_nearness(schedules[k], t, x_0),
                    (reversed ? -1.0 : 1.0) * bayes_nearness(&b),
                    (bayes_tolerance(t) + 32 * GSL_DBL_EPSILON) * gsl_pow_2(3.0 + x_0));
        }
    }
    return g;
}

void mu_target(lesson *L)
{
    claim(L, "WGT-05");
    size_t far = 0, cases = 0;
    if (!lesson_random_only(L)) {
        const gap right = targets(false), wrong = targets(true);
        road_gap(L, "posterior_mean", "how much nearer x_0 than x_t, 5 schedules", &right);
        control_gap(L, "the reverse: x_t at small t, x_0 at large t", &wrong);
        for (int k = 0; k < N_SCHEDULES; k++)
            for (size_t t = 1; t <= schedules[k]->T; t++) {
                if (t == 3) continue; /* where they cross */
                const double nearer_x0 = mean_nearness(schedules[k], t, 1.0);
                if (!(t <= 2 ? nearer_x0 > 0.0 : nearer_x0 < 0.0)) far++;
                cases++;
            }
        road_all(L, "posterior_mean", "nearer x_0 at t = 1, 2, nearer x_t from t = 4 on", far,
                 cases);
        evidence(L, "at t = 2 of L1000 mu_tilde is %.3f x_0 + %.3f x_t: \"small t\" means t <= 2",
                 posterior_weight_x0(schedules[L1000], 2),
                 posterior_weight_xt(schedules[L1000], 2));
    }
    moments m = {0};
    const size_t n = lesson_samples(L, 40000);
    place p = {schedules[S10], 2, x_0};
    bayes b = bayes_start;
    for (size_t t = 1; t <= 2; t++) bayes_walk(&b, p.s->beta[t]);
    for (size_t i = 0; i < n; i++)
        moments_add(&m, nearness(gsl_ran_gaussian_ziggurat(lesson_rng(L), 1.0), &p));
    road_mean(L, NULL, "S10 t = 2, simulated: nearer x_0", &m, bayes_nearness(&b));
    control_mean(L, "... as much nearer x_t", &m, -bayes_nearness(&b), 282.0);
}

/* At t = T the target is about sqrt(alpha_T) x_t when abar_T is small, and that is the scale of x_t
 * when beta_T is small as well.  Exactly, w_{xt} = sqrt(alpha_T) (1 - abar_{T-1} beta_T / (1 -
 * abar_T)). */
void last_target(lesson *L)
{
    claim(L, "WGT-06");
    gap exact = {0};
    for (int k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        bayes b = bayes_start;
        for (size_t t = 1; t <= s->T; t++) bayes_walk(&b, s->beta[t]);
        const double expected =
            sqrt(s->alpha[s->T]) * (1.0 - b.root * b.root * s->beta[s->T] / b.v);
        gap_add(&exact, s->T, posterior_weight_xt(s, s->T), expected, bayes_tolerance(s->T));
    }
    road_gap(L, "posterior_weight_xt", "w_{xt}(T) = sqrt(alpha_T)(1 - abar_{T-1} share)", &exact);
    const schedule *good = schedules[L1000], *bad = schedules[BAD50], *clipped = schedules[COS1000];
    road(L, "posterior_weight_xt", "L1000: sqrt(alpha_T), to 3 digits",
         posterior_weight_xt(good, 1000), sqrt(1.0 - 0.02), 1e-3);
    road(L, "posterior_weight_x0", "L1000: nothing of x_0, to 3 digits",
         posterior_weight_x0(good, 1000), 0.0, 1e-3);
    road(L, "posterior_weight_xt", "L1000: the scale of x_t, within beta_T = 0.02",
         posterior_weight_xt(good, 1000), 1.0, 0.02);
    control(L, "BAD50 (abar_T = 0.6): sqrt(alpha_T), to 3 digits", posterior_weight_xt(bad, 50),
            sqrt(1.0 - 0.02), 1e-3);
    control(L, "COS1000 (beta_T = 0.999): the scale of x_t", posterior_weight_xt(clipped, 1000),
            1.0, 0.02);
    evidence(L,
             "L1000 w_{xt}(T) = %.8f, sqrt(alpha_T) = %.8f, w_{x0}(T) = %.3g; COS1000 "
             "sqrt(alpha_T) = %.4f",
             posterior_weight_xt(good, 1000), sqrt(good->alpha[1000]),
             posterior_weight_x0(good, 1000), sqrt(clipped->alpha[1000]));
}

/* --- 5.5  Myths of monotonicity --------------------------------------------------------------- */
static size_t peak_of(statement f, const schedule *s, double sign)
{
    size_t best = 1;
    for (size_t t = 2; t <= s->T; t++)
        if (sign * f(s, t) > sign * f(s, best)) best = t;
    return best;
}

static size_t bayes_peak(reference f, const schedule *s, double sign)
{
    size_t best = 0;
    double extreme = -(double)INFINITY;
    bayes b = bayes_start;
    for (size_t t = 1; t <= s->T; t++) {
        bayes_walk(&b, s->beta[t]);
        if (!(sign * f(&b) > extreme)) continue;
        extreme = sign * f(&b);
        best = t;
    }
    return best;
}

/* Steps against the shape "up to the peak, then down" (sign = -1: down, then up). */
static size_t not_unimodal(statement f, double sign)
{
    size_t count = 0;
    for (int k = 0; k < N_SCHEDULES; k++) {
        const size_t peak = peak_of(f, schedules[k], sign);
        for (size_t t = 1; t < schedules[k]->T; t++) {
            const double rise = sign * (f(schedules[k], t + 1) - f(schedules[k], t));
            if (t < peak ? !(rise > 0.0) : !(rise < 0.0)) count++;
        }
    }
    return count;
}

static gap peaks(statement f, reference r, double sign)
{
    gap g = {0};
    for (int k = 0; k < N_SCHEDULES; k++)
        gap_add(&g, (size_t)k, (double)peak_of(f, schedules[k], sign),
                (double)bayes_peak(r, schedules[k], sign), 0.0);
    return g;
}

void rise_and_fall(lesson *L)
{
    claim(L, "WGT-07");
    const schedule *s = schedules[L1000];
    printed_all(L, "w_{xt} grows at every step of L1000", exceptions(posterior_weight_xt, s, false),
                999);
    const gap place_of_peak = peaks(posterior_weight_xt, bayes_xt, 1.0);
    const gap height = against_bayes(posterior_weight_xt, bayes_xt, 0, COS50);
    road_gap(L, "posterior_weight_xt", "its course, against Bayes' rule, 6 schedules", &height);
    road_gap(L, "posterior_weight_xt", "where it peaks, against Bayes' rule, 6 schedules",
             &place_of_peak);
    road_all(L, "posterior_weight_xt", "up to the peak, then down; no second peak",
             not_unimodal(posterior_weight_xt, 1.0), number_of_steps());
    size_t above = 0;
    for (int k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 2; t <= schedules[k]->T; t++)
            if (!(posterior_weight_xt(schedules[k], t) < sqrt(schedules[k]->alpha[t]))) above++;
    road_all(L, "posterior_weight_xt", "the ceiling w_{xt} < sqrt(alpha_t) presses it down", above,
             number_of_steps());
    say(L, "BAD50 stops before the ceiling is felt: there the weight is still rising at T.");
    evidence(L, "peak of w_{xt}: L1000 t = %zu (%.6f), S50 %zu, COS1000 %zu; BAD50 %zu = T",
             peak_of(posterior_weight_xt, s, 1.0),
             posterior_weight_xt(s, peak_of(posterior_weight_xt, s, 1.0)),
             peak_of(posterior_weight_xt, schedules[S50], 1.0),
             peak_of(posterior_weight_xt, schedules[COS1000], 1.0),
             peak_of(posterior_weight_xt, schedules[BAD50], 1.0));
}

/* --- 5.6  Trust, measured as information ------------------------------------------------------ */
static double share_from_weight(const schedule *s, size_t t)
{
    return posterior_weight_x0(s, t) / sqrt(s->alpha_bar[t - 1]);
}

static double share_closed(const schedule *s, size_t t)
{
    return s->beta[t] / s->var_bar[t];
}

static double share_alpha_forgotten(const schedule *s, size_t t)
{
    return s->beta[t] / (s->var_bar[t - 1] + s->beta[t]);
}

void trust(lesson *L)
{
    claim(L, "WGT-09");
    const schedule *s = schedules[L1000];
    printed_below(L, "L1000: share of x_0 at t = 2 below that at T", share_closed(s, 2),
                  share_closed(s, 1000), 0.0);
    printed_all(L, "the share of x_0 grows with t (L1000)", exceptions(share_closed, s, false),
                999);
    const gap weight = against_bayes(share_from_weight, bayes_share, 0, COS50);
    const gap closed = against_bayes(share_closed, bayes_share, 0, COS50);
    road_gap(L, "posterior_weight_x0", "w_{x0}/sqrt(abar_{t-1}) = precision of x_0 / total",
             &weight);
    road_gap(L, "schedule.var_bar", "beta_t/(1-abar_t)       = precision of x_0 / total", &closed);
    gap variance = {0};
    for (int k = 0; k < N_SCHEDULES; k++) {
        bayes b = bayes_start;
        bayes_walk(&b, schedules[k]->beta[1]);
        for (size_t t = 2; t <= schedules[k]->T; t++) {
            bayes_walk(&b, schedules[k]->beta[t]);
            gap_add(&variance, t, posterior_var(schedules[k], t) / b.v_prev, b.share,
                    2 * bayes_tolerance(t) * b.share);
        }
    }
    road_gap(L, "schedule.beta_tilde", "beta_tilde_t/(1-abar_{t-1}): the same share", &variance);
    const gap lowest = peaks(share_closed, bayes_share, -1.0);
    road_gap(L, "schedule.var_bar", "where the share is least, 6 schedules", &lowest);
    road_all(L, "schedule.var_bar", "falling to the least, rising after (BAD50: least at T)",
             not_unimodal(share_closed, -1.0), number_of_steps());
    control_below(L, "BAD50: a U, its least is before T",
                  (double)peak_of(share_closed, schedules[BAD50], -1.0), 49.0, 0.0);
    schedule *constant = schedule_constant_alloc(50, 0.037);
    if (constant)
        road_all(L, "schedule.var_bar", "constant betas: it only falls",
                 exceptions(share_closed, constant, true), 49);
    schedule_free(constant);
    const gap wrong = against_bayes(share_alpha_forgotten, bayes_share, 0, COS50);
    control_gap(L, "alpha_t forgotten in 1-abar_t", &wrong);
    say(L, "The slide's intuition comes true only where the last betas jump: COS1000 ends at %.3f.",
        share_closed(schedules[COS1000], 1000));
    const size_t least = peak_of(share_closed, s, -1.0);
    evidence(L,
             "L1000: %.3f (t=2), min %.4f (t=%zu), %.4f (T); S10: %.3f, %.3f, %.3f; COS1000: %.3f, "
             "%.4f, %.3f",
             share_closed(s, 2), share_closed(s, least), least, share_closed(s, 1000),
             share_closed(schedules[S10], 2), share_closed(schedules[S10], 7),
             share_closed(schedules[S10], 10), share_closed(schedules[COS1000], 2),
             share_closed(schedules[COS1000], 497), share_closed(schedules[COS1000], 1000));
}

/* --- The figures ------------------------------------------------------------------------------ */
static void write_weights(data_file *f, const schedule *s)
{
    for (size_t t = 1; t <= s->T; t++)
        data_line(f, "%zu %.9g %.9g %.9g %.9g %.9g", t, (double)t / (double)s->T,
                  posterior_weight_x0(s, t), posterior_weight_xt(s, t),
                  posterior_weight_x0(s, t) + posterior_weight_xt(s, t), share_closed(s, t));
    data_gap(f);
    data_gap(f);
}

void write_figure(lesson *L)
{
    schedule *s = schedule_of_figure(L);
    data_file *f = data_open(L, "weights", "t t/T w_x0 w_xt sum share_of_x0");
    write_weights(f, s);
    write_weights(f, schedules[S50]);
    write_weights(f, schedules[COS1000]);
    data_close(f);
    schedule_free(s);
}
