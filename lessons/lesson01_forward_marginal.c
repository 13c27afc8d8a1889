/* Lesson 1.  The forward chain and its one-jump marginal
 * ------------------------------------------------------
 * CLAIM   one step   x_t = sqrt(1 - beta_t) x_{t-1} + sqrt(beta_t) eps,   t = 1 .. T,   implies
 *         one jump   x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) eps,
 *         abar_t = (1 - beta_1) (1 - beta_2) .. (1 - beta_t)
 * WHY     Training never walks the chain: it jumps.  Every later lesson uses these two lines.
 * NEEDS   nothing.   Notes: docs/lesson01.md
 * RUN     make lesson01   FIGURES  build/figures/lesson01.png, lesson01_{schedule,chain}.png
 *
 * Sections 1.4 and 1.5 are in part b, 1.6, 1.7 and the figures in part c.
 *
 * We reach the jump by four roads: long multiplication of the alphas, a recurrence for two moments,
 * convolution by quadrature, and simulation of the chain, step by step.
 */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson01.h"
#include "theory/forward.h"
#include "theory/misprint.h"

const double x_0 = 0.731;
static const double noise = -1.283;

const char *const schedule_names[] = {"S10", "L1000", "COS1000", "BAD50", "S50", "COS50"};
schedule *schedules[N_SCHEDULES];

/* --- 1.1  One step ----------------------------------------------------------------------------
 * The pair (sqrt(1-beta), sqrt(beta)) lies on the unit circle: one step is a *rotation* of the
 * plane (x_{t-1}, eps) by the angle theta_t = atan sqrt(beta_t/(1-beta_t)), of which we keep x_t.
 * That is why unit variance stays unit variance.  Five roundings on each side, none amplified. */
static gap steps_against_rotation(misprint_formula formula)
{
    gap g = {0};
    const double arg[] = {x_0, noise};
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++) {
            const double beta = schedules[k]->beta[t], theta = atan(sqrt(beta / (1.0 - beta)));
            gap_add(&g, t, formula(schedules[k], t, arg), cos(theta) * x_0 + sin(theta) * noise,
                    8 * GSL_DBL_EPSILON * (fabs(x_0) + fabs(noise)));
        }
    return g;
}

/* The same step as a density, against GSL's.  x - mean is right to eps |x|, that is eps |x|/sd in
 * units of the sd, and z times that in the exponent. */
static gap step_densities(void)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++) {
            const double sd = sqrt(schedules[k]->beta[t]), mean = sqrt(1.0 - sd * sd) * x_0;
            const double x = mean + 1.37 * sd;
            gap_add(&g, t, forward_step_log_pdf(schedules[k], t, x, x_0),
                    log(gsl_ran_gaussian_pdf(x - mean, sd)),
                    GSL_DBL_EPSILON * (16 + 8 * (fabs(x) + fabs(x_0)) * 1.37 / sd));
        }
    return g;
}

void walk(const schedule *s, size_t t_end, double *x, double *e, gsl_rng *rng)
{
    for (size_t t = 1; t <= t_end; t++) {
        e[t] = gsl_ran_gaussian_ziggurat(rng, 1.0);
        x[t] = sqrt(1.0 - s->beta[t]) * x[t - 1] + sqrt(s->beta[t]) * e[t];
    }
}

static void one_step(lesson *L)
{
    claim(L, "FWD-01");
    if (!lesson_random_only(L)) {
        const gap right = steps_against_rotation(misprint_quantity_find("forward_step")->value);
        road_gap(L, "forward_step", "rotation by theta_t, all t, 6 schedules", &right);
        for (const misprint *m = NULL; (m = misprint_next("forward_step", m));) {
            const gap wrong = steps_against_rotation(m->value);
            control_gap(L, m->what, &wrong);
        }
        const gap density = step_densities();
        road_gap(L, "forward_step_log_pdf", "the density of GSL, all t", &density);
    }
    const schedule *s = schedules[S10];
    const size_t N = lesson_samples(L, 50000);
    moments good = {0}, bad = {0};
    for (size_t i = 0; i < N; i++) {
        double x[11] = {1.5}, e[11], wrong = 1.5;
        walk(s, 10, x, e, lesson_rng(L));
        for (size_t t = 1; t <= 10; t++) wrong = sqrt(s->alpha[t]) * wrong + s->beta[t] * e[t];
        moments_add(&good, x[10]);
        moments_add(&bad, wrong);
    }
    road_mean(L, "forward_jump", "10 simulated steps (S10): mean of x_T", &good,
              forward_jump(s, 10, 1.5, 0.0));
    road_variance(L, "forward_variance", "10 simulated steps (S10): variance of x_T", &good,
                  forward_variance(s, 10, 0.0));
    control_variance(L, "10 steps with noise beta_t eps: variance of x_T", &bad, s->var_bar[10],
                     87.7);
    evidence(L,
             "S10 from 1.5: mean %.5f, variance %.5f; with beta_t for sqrt(beta_t) variance %.4f",
             good.mean, moments_variance(&good), moments_variance(&bad));
}

/* --- 1.2  The product ---------------------------------------------------------------------------
 * abar_t by long multiplication: the product as an unevaluated sum high + low, about 32 digits.
 * fma(a, b, -ab) is the exact rounding error of ab; 1 - beta = alpha + rest holds exactly. */
typedef struct product {
    double high, low;
} product;

static product times_one_minus(product p, double beta)
{
    const double alpha = 1.0 - beta, rest = (1.0 - alpha) - beta, high = p.high * alpha;
    const double low = fma(p.high, alpha, -high) + p.high * rest + p.low * alpha;
    return (product){high + low, low - ((high + low) - high)};
}

/* ln(abar/(1-abar)) = ln(1 + (2 abar - 1)/(1-abar)): the second form where the first cancels. */
static double log_ratio(product p, double var)
{
    const double excess = ((p.high - 0.5) + p.low) / (0.5 * var);
    return fabs(excess) < 0.3 ? log1p(excess) : log(p.high / var);
}

/* One array of a schedule against the same quantity from the long product, all t, all schedules. */
enum quantity { ALPHA_BAR, VAR_BAR, LOG_ALPHA_BAR, LOG_SNR };

static gap array_against_product(enum quantity which)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        product p = {1.0, 0.0};
        for (size_t t = 1; t <= s->T; t++) {
            p = times_one_minus(p, s->beta[t]);
            const double var = (1.0 - p.high) - p.low, ulp = GSL_DBL_EPSILON;
            const double ln = p.high > 0.7 ? log1p(-var) : log(p.high), snr = log_ratio(p, var);
            if (which == ALPHA_BAR) gap_add(&g, t, s->alpha_bar[t], p.high, 2 * ulp * p.high);
            if (which == VAR_BAR) gap_add(&g, t, s->var_bar[t], var, 2 * ulp * var);
            if (which == LOG_ALPHA_BAR) gap_add(&g, t, s->log_alpha_bar[t], ln, 3 * ulp * fabs(ln));
            /* abar/var carries 3 roundings of 1; near abar = 1/2 all errors are relative. */
            if (which == LOG_SNR)
                gap_add(&g, t, s->log_snr[t], snr, 4 * ulp * (fabs(snr) + (fabs(snr) > 0.25)));
        }
    }
    return g;
}

/* Mistakes about the product, through the comparison that var_bar passes. */
static gap mistaken_variances(int mistake)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        double product_of_beta = 1.0, sum_of_beta = 0.0;
        for (size_t t = 1; t <= s->T; t++) {
            product_of_beta *= s->beta[t];
            sum_of_beta += s->beta[t];
            const double twice = 1.0 - s->alpha_bar[t] * s->alpha[1];
            const double wrong[] = {1.0 - product_of_beta, sum_of_beta, s->var_bar[t - 1], twice};
            gap_add(&g, t, wrong[mistake], s->var_bar[t], 2 * GSL_DBL_EPSILON * s->var_bar[t]);
        }
    }
    return g;
}

static void the_product(lesson *L)
{
    claim(L, "FWD-02");
    gap alpha = {0};
    for (size_t t = 0; t <= 1000; t++) /* t = 0: no step, alpha_0 = 1 */
        gap_add(&alpha, t, schedules[COS1000]->alpha[t],
                fma(-1.0, schedules[COS1000]->beta[t], 1.0), 0.0);
    road_gap(L, "schedule.alpha", "alpha_t = 1 - beta_t", &alpha);
    static const char *const arrays[] = {"schedule.alpha_bar", "schedule.var_bar",
                                         "schedule.log_alpha_bar", "schedule.log_snr"};
    static const char *const roads[] = {"abar_t by long multiplication, 6 schedules",
                                        "1 - abar_t from all 32 digits", "ln abar_t",
                                        "ln(abar_t/(1-abar_t))"};
    for (int i = ALPHA_BAR; i <= LOG_SNR; i++) {
        const gap g = array_against_product((enum quantity)i);
        road_gap(L, arrays[i], roads[i], &g);
    }
    road(L, "schedule.alpha_bar", "the empty product abar_0", schedules[S10]->alpha_bar[0], 1.0,
         0.0);
    static const char *const mistakes[] = {"1 - prod(beta) for 1 - prod(alpha)",
                                           "sum of the betas as variance", "product up to t-1",
                                           "beta_1 counted twice"};
    for (int i = 0; i < 4; i++) {
        const gap wrong = mistaken_variances(i);
        control_gap(L, mistakes[i], &wrong);
    }
    evidence(L, "L1000: abar_T = %.4e, 1-abar_T = %.5f", schedules[L1000]->alpha_bar[1000],
             schedules[L1000]->var_bar[1000]);
}

/* --- 1.3  The jump ------------------------------------------------------------------------------
 * The chain is linear, so its mean and variance given x_0 obey
 *      m_t = sqrt(alpha_t) m_{t-1},   v_t = alpha_t v_{t-1} + beta_t,   m_0 = x_0, v_0 = 0.
 * Three positive roundings per step, so both are right to 2 t eps. */
static gap jumps_against_recurrence(misprint_formula formula)
{
    gap g = {0};
    const double arg[] = {x_0, noise};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        double m = x_0, v = 0.0;
        for (size_t t = 1; t <= schedules[k]->T; t++) {
            const double beta = schedules[k]->beta[t];
            m = sqrt(1.0 - beta) * m;
            v = (1.0 - beta) * v + beta;
            gap_add(&g, t, formula(schedules[k], t, arg), m + sqrt(v) * noise,
                    (2.0 * (double)t + 4) * GSL_DBL_EPSILON * (fabs(m) + sqrt(v) * fabs(noise)));
        }
    }
    return g;
}

/* One step after a jump of t-1 steps: the integrand of q(x_t|x_0) = int q(x_t|y) q(y|x_0) dy. */
typedef struct folding {
    double x, root, sd, mean, sd_prev;
} folding;

static double fold(double y, void *params)
{
    const folding *f = params;
    return gsl_ran_gaussian_pdf(f->x - f->root * y, f->sd) *
           gsl_ran_gaussian_pdf(y - f->mean, f->sd_prev);
}

/* Five points within three sd; log densities differ by at most the relative error of the integral,
 * to which the two exponents (|z| <= 3, but x known to eps |x| in units of sd) add their roundings.
 */
static gap jumps_against_folding(quad *w, size_t shift)
{
    gap g = {0};
    for (size_t k = S10; k <= BAD50; k++) {
        const schedule *s = schedules[k];
        const size_t times[] = {2, 5, s->T / 2, s->T};
        for (size_t i = 0; i < 20; i++) {
            const size_t t = times[i / 5];
            folding f = {.root = sqrt(1.0 - s->beta[t]),
                         .sd = sqrt(s->beta[t]),
                         .mean = sqrt(s->alpha_bar[t - 1]) * x_0,
                         .sd_prev = sqrt(s->var_bar[t - 1])};
            const double sd = hypot(f.root * f.sd_prev, f.sd), z = -2.9 + 1.37 * (double)(i % 5);
            f.x = f.root * f.mean + z * sd;
            const double width = f.sd * f.sd_prev / sd; /* of the product, and where it peaks: */
            const double peak = f.mean + z * f.root * f.sd_prev * f.sd_prev / sd;
            double abserr;
            const double density = quad_around(w, fold, &f, peak, 14.0 * width, &abserr);
            gap_add(&g, t, forward_jump_log_pdf(s, t - shift, f.x, x_0), log(density),
                    abserr / density +
                        16 * GSL_DBL_EPSILON *
                            (4 + 3 * (fabs(f.x) + fabs(x_0)) / fmin(f.sd, f.sd_prev)));
        }
    }
    return g;
}

static void the_jump(lesson *L, quad *w)
{
    claim(L, "FWD-03");
    const gap right = jumps_against_recurrence(misprint_quantity_find("forward_jump")->value);
    road_gap(L, "forward_jump", "recurrence of two moments, all t, 6 schedules", &right);
    const gap folded = jumps_against_folding(w, 0);
    road_gap(L, "forward_jump_log_pdf", "one more step folded in by quadrature", &folded);
    for (const misprint *m = NULL; (m = misprint_next("forward_jump", m));) {
        const gap wrong = jumps_against_recurrence(m->value);
        control_gap(L, m->what, &wrong);
    }
    const gap shifted = jumps_against_folding(w, 1);
    control_gap(L, "density with the index off by one", &shifted);
    say(L, "COS1000 ends with beta_T = %.3f: the line does not need beta_t << 1.",
        schedules[COS1000]->beta[1000]);
    evidence(L, "L1000 t=500: sqrt(abar_t) = %.4f, abar_t = %.4f; beta_T = 0.999 included",
             sqrt(schedules[L1000]->alpha_bar[500]), schedules[L1000]->alpha_bar[500]);
}

/* Without its schedules the lesson cannot go on, and says so as a failed check. */
static int give_up(lesson *L, size_t missing)
{
    claim(L, "FWD-02");
    road_all(L, NULL, "the six schedules can be made", missing, N_SCHEDULES);
    return lesson_close(L);
}

int main(int argc, char **argv)
{
    lesson *L = lesson_open(argc, argv, 1, "The forward chain and its one-jump marginal");
    size_t missing = 0;
    for (size_t k = 0; k < N_SCHEDULES; k++)
        missing += !(schedules[k] = schedule_named_alloc(schedule_names[k]));
    if (missing > 0) return give_up(L, missing);
    quad *w = quad_alloc();
    if (!w) return 2;
    const bool all = !lesson_random_only(L);

    section(L, "1.1  One step");
    one_step(L);
    if (all) {
        section(L, "1.2  The product of the alphas");
        the_product(L);
        section(L, "1.3  One jump");
        the_jump(L, w);
    }
    section(L, "1.4  Which noise is the eps of the jump?");
    which_noise(L);
    section(L, "1.5  What happens to the variance");
    keep_the_variance(L);
    if (all) {
        spread_or_contract(L, w);
        section(L, "1.6  The whole path");
        the_whole_path(L);
        shapes(L);
        section(L, "1.7  From barely perturbed to pure noise");
        span(L);
        write_figures(L);
    }

    quad_free(w);
    for (size_t k = 0; k < N_SCHEDULES; k++) schedule_free(schedules[k]);
    return lesson_close(L);
}
