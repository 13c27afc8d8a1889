/* Lesson 2.  Schedules, SNR and the prior term
 * --------------------------------------------
 * CLAIM   SNR(t) = abar_t/(1 - abar_t) falls at every step, and at its end the bound pays
 *           L_T = KL(q(x_T|x_0) || N(0, I)) = 1/2 sum_d (abar_T x_0^2 - abar_T - ln(1 - abar_T)),
 *         which is small if, and only if, the schedule is long enough for the scale of the data
 * WHY     L_T is the one term of the bound that no training can repair.
 * NEEDS   lesson 1.   Notes: docs/lesson02.md
 * RUN     make lesson02   FIGURES  build/figures/lesson02.png, lesson02_{snr,cauchy}.png
 *
 * Sections 2.2 and 2.3 are in part b, 2.4 and 2.5 in part c.
 * The closed form meets three others: quadrature of the divergence, simulation of the chain, and
 * the genuine MNIST test images.
 */
#include <math.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>

#include "lesson02.h"
#include "theory/elbo.h"
#include "theory/forward.h"

const char *const schedule_names[] = {"BAD50", "S10", "L1000", "S50", "COS50", "COS1000"};
schedule *schedules[N_SCHEDULES];
gsl_integration_glfixed_table *nodes[3];

/* --- 2.1  Schedules and the signal-to-noise ratio ------------------------------------------------
 * Each shape by its definition, computed another way: straight lines as weighted means of their
 * ends, the logistic function as a tanh, the cosine as the sine of the complement. */
static double straight(size_t t, size_t T, double first, double last)
{
    return ((double)(T - t) * first + (double)(t - 1) * last) / (double)(T - 1);
}

static gap straight_shapes(void)
{
    static const struct {
        size_t k, T;
        double first, last;
    } named[] = {{BAD50, 50, 1e-4, 0.02},
                 {S10, 10, 0.01, 0.5},
                 {L1000, 1000, 1e-4, 0.02},
                 {S50, 50, 0.002, 0.4}};
    gap g = {0};
    for (size_t i = 0; i < 4; i++)
        for (size_t t = 1; t <= named[i].T; t++)
            gap_add(&g, t, schedules[named[i].k]->beta[t],
                    straight(t, named[i].T, named[i].first, named[i].last),
                    4 * GSL_DBL_EPSILON * named[i].last);
    return g;
}

/* Quadratic, sigmoid and constant, T = 37; and a single step. */
static gap other_shapes(void)
{
    enum { T = 37 };
    const double a = 0.0031, b = 0.173;
    gap g = {0};
    schedule *q = schedule_quadratic_alloc(T, a, b), *l = schedule_sigmoid_alloc(T, a, b);
    schedule *c = schedule_constant_alloc(T, a), *one = schedule_linear_alloc(1, a, b);
    for (size_t t = 1; q && l && c && one && t <= T; t++) {
        const double half = 0.5 * straight(t, T, -6.0, 6.0);
        gap_add(&g, t, q->beta[t], gsl_pow_2(straight(t, T, sqrt(a), sqrt(b))),
                8 * GSL_DBL_EPSILON * b);
        gap_add(&g, t, l->beta[t], a + 0.5 * (b - a) * (1.0 + tanh(half)), 8 * GSL_DBL_EPSILON * b);
        gap_add(&g, t, c->beta[t], a, 0.0);
        gap_add(&g, 1, one->beta[1], a, 0.0);
    }
    schedule_free(q);
    schedule_free(l);
    schedule_free(c);
    schedule_free(one);
    return g;
}

/* abar_t = cos^2(pi/2 (t/T+s)/(1+s)) / cos^2(pi/2 s/(1+s)), cos(pi/2 u) = sin(pi/2 (1-u)).
 * Near t = T each beta carries 16 roundings amplified by T/(T-t), which alpha feels as beta/alpha;
 * alpha_bar collects them. */
static void cosine_shape(gap *g, const schedule *s, double offset, double clip)
{
    const double T = (double)s->T, start = sin(M_PI_2 / (1.0 + offset));
    double error = 4 * GSL_DBL_EPSILON;
    for (size_t t = 1; t <= s->T; t++) {
        if (s->beta[t] == clip) continue;
        const double end = sin(M_PI_2 * (T - (double)t) / (T * (1.0 + offset)));
        const double expected = gsl_pow_2(end / start);
        error +=
            GSL_DBL_EPSILON * (2.0 + 16.0 * T / (T - (double)t + 0.5) * s->beta[t] / s->alpha[t]);
        gap_add(g, t, s->alpha_bar[t], expected, error * expected);
    }
    gap_add(g, s->T, s->alpha_bar[s->T] / s->alpha_bar[s->T - 1], 1.0 - clip, 4 * GSL_DBL_EPSILON);
}

static gap cosine_shapes(void)
{
    gap g = {0};
    schedule *other = schedule_cosine_alloc(61, 0.047, 0.9);
    cosine_shape(&g, schedules[COS50], 0.008, 0.999);
    cosine_shape(&g, schedules[COS1000], 0.008, 0.999);
    if (other) cosine_shape(&g, other, 0.047, 0.9);
    schedule_free(other);
    return g;
}

/* 1/SNR(t) + 1 = 1/abar_t = exp(a), a = -sum ln(1 - beta_s): every step multiplies it by 1/alpha_t
 * > 1. The sum is right to (t/2 + 2) eps a, and expm1 amplifies that by e^a/(e^a - 1). */
enum ratio { OF_VARIANCES, OF_SDS, OF_ONE_STEP };

static gap snr_by_logarithms(enum ratio which)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        double a = 0.0;
        for (size_t t = 1; t <= s->T; t++) {
            a -= log1p(-s->beta[t]);
            const double expected = 1.0 / expm1(a), amplified = a / -expm1(-a);
            const double value = which == OF_VARIANCES ? forward_snr(s, t)
                                 : which == OF_SDS     ? sqrt(s->alpha_bar[t] / s->var_bar[t])
                                                       : s->alpha[t] / s->beta[t];
            gap_add(&g, t, value, expected,
                    (4.0 + (0.5 * (double)t + 2.0) * amplified) * GSL_DBL_EPSILON * expected);
        }
    }
    return g;
}

/* Steps at which the SNR of these betas does not fall; the product is formed here. */
static size_t rises(const double *beta, size_t T, bool reversed)
{
    size_t n = 0;
    double abar = 1.0, before = (double)INFINITY;
    for (size_t t = 1; t <= T; t++) {
        abar = reversed ? abar : abar * (1.0 - beta[t]);
        if (reversed) {
            abar = 1.0;
            for (size_t s = 1; s <= T + 1 - t; s++) abar *= 1.0 - beta[s];
        }
        const double snr = abar / (1.0 - abar);
        n += !(snr < before);
        before = snr;
    }
    return n;
}

/* What makes SNR fall is 0 < beta < 1, so the library must refuse anything else. */
static size_t accepted_nonsense(void)
{
    static const double nonsense[] = {0.0, 1.0, -0.05, 1.2, (double)NAN};
    size_t n = 0;
    gsl_error_handler_t *old = gsl_set_error_handler_off();
    for (size_t i = 0; i < 5; i++) {
        const double beta[] = {0.013, nonsense[i], 0.091};
        schedule *s = schedule_from_beta_alloc(beta, 3);
        n += s != NULL;
        schedule_free(s);
    }
    gsl_set_error_handler(old);
    return n;
}

static void the_ratio_falls(lesson *L)
{
    claim(L, "PRI-04");
    const gap lines = straight_shapes(), others = other_shapes(), cosines = cosine_shapes();
    road_gap(L, "schedule.beta", "linear schedules by their ends", &lines);
    road_gap(L, "schedule.beta", "quadratic, sigmoid, constant, one step", &others);
    road_gap(L, "schedule.alpha_bar", "cosine schedules by their definition", &cosines);
    const gap snr = snr_by_logarithms(OF_VARIANCES), sds = snr_by_logarithms(OF_SDS);
    const gap step = snr_by_logarithms(OF_ONE_STEP);
    road_gap(L, "forward_snr", "1/expm1(-sum ln(1-beta)), all t, 6 schedules", &snr);
    size_t violations = 0, cases = 0;
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++, cases++)
            violations += !(forward_snr(schedules[k], t) < forward_snr(schedules[k], t - 1));
    road_all(L, "forward_snr", "SNR(t) < SNR(t-1), 6 schedules", violations, cases);
    road_all(L, NULL, "a beta outside (0,1) is refused", accepted_nonsense(), 5);
    control_gap(L, "ratio of the sds for that of the variances", &sds);
    control_gap(L, "alpha_t/beta_t: the ratio of one step", &step);
    double beta[11];
    for (size_t t = 1; t <= 10; t++) beta[t] = t == 5 ? -0.05 : schedules[S10]->beta[t];
    control_all(L, "S10 with one negative beta", rises(beta, 10, false), 10);
    control_all(L, "S50 with abar read backwards", rises(schedules[S50]->beta, 50, true), 50);
    evidence(L, "SNR(1) to SNR(T): L1000 %.4g to %.4g, S50 %.3g to %.2g, COS1000 %.5g to %.2g",
             forward_snr(schedules[L1000], 1), forward_snr(schedules[L1000], 1000),
             forward_snr(schedules[S50], 1), forward_snr(schedules[S50], 50),
             forward_snr(schedules[COS1000], 1), forward_snr(schedules[COS1000], 1000));
}

/* --- Figures --------------------------------------------------------------------------------- */

/* L_T at x_0^2 = 1 against T for three recipes. */
static void write_prior(lesson *L)
{
    data_file *f = data_open(L, "prior", "T fixed scaled cosine");
    for (double exponent = 1.4; exponent <= 3.61; exponent += 0.05) {
        const size_t T = (size_t)lround(pow(10.0, exponent));
        schedule *fixed = schedule_linear_alloc(T, 1e-4, 0.02);
        schedule *scaled = schedule_linear_alloc(T, 0.1 / (double)T, 20.0 / (double)T);
        schedule *cosine = schedule_cosine_alloc(T, 0.008, 0.999);
        if (fixed && scaled && cosine)
            data_line(f, "%zu %.9g %.9g %.9g", T, elbo_prior(fixed, 1.0), elbo_prior(scaled, 1.0),
                      elbo_prior(cosine, 1.0));
        schedule_free(fixed);
        schedule_free(scaled);
        schedule_free(cosine);
    }
    data_close(f);
}

static void write_snr(lesson *L)
{
    data_file *f = data_open(L, "snr", "t/T log10(SNR) t schedule");
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        for (size_t t = 1; t <= s->T; t++)
            data_line(f, "%.9g %.9g %zu %zu", (double)t / (double)s->T, log10(forward_snr(s, t)), t,
                      k);
        data_gap(f);
        data_gap(f);
    }
    data_close(f);
}

/* The tables of nodes live as long as the lesson. */
static bool gauss_legendre(bool open)
{
    static const size_t sizes[] = {64, 256, 512};
    bool ready = true;
    for (size_t i = 0; i < 3; i++) {
        if (open)
            ready = (nodes[i] = gsl_integration_glfixed_table_alloc(sizes[i])) && ready;
        else
            gsl_integration_glfixed_table_free(nodes[i]);
    }
    return ready;
}

int main(int argc, char **argv)
{
    lesson *L = lesson_open(argc, argv, 2, "Schedules, SNR and the prior term");
    for (size_t k = 0; k < N_SCHEDULES; k++)
        if (!(schedules[k] = schedule_named_alloc(schedule_names[k]))) return 2;
    quad *w = quad_alloc();
    if (!w || !gauss_legendre(true)) return 2;
    const bool all = !lesson_random_only(L);

    if (all) {
        section(L, "2.1  Schedules, and the signal-to-noise ratio");
        the_ratio_falls(L);
        section(L, "2.2  The prior term");
        nearly_zero(L, w);
    }
    section(L, "2.3  Constant in what?");
    constant_in_theta(L);
    section(L, "2.4  Does the chain reach N(0, I)?");
    never_quite_normal(L, w);
    if (all) {
        section(L, "2.5  What x_T still knows about x_0");
        marginal_below_average(L, w);
        write_prior(L);
        write_snr(L);
        write_cauchy(L, w);
    }

    gauss_legendre(false);
    quad_free(w);
    for (size_t k = 0; k < N_SCHEDULES; k++) schedule_free(schedules[k]);
    return lesson_close(L);
}
