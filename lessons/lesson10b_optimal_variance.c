/* lesson10b_optimal_variance.c -- lesson 10, part b: a point mass, and the interval of the slides.
 */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson10.h"
#include "theory/linear.h"

static const double point = 0.731; /* generic: no 0, no 1 */

/* --- 10.2  A point mass -----------------------------------------------------------------------
 * If x_0 is known before we start, the best model is q(x_{t-1}|x_t,x_0) itself: no divergence is
 * left.  Means of the chain carry about 16 roundings of (1 + |x_0|)/sqrt(alpha_t), here squared. */
static gap divergences(weight_variance choice)
{
    gap g = {0};
    for (int k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        linear_chain *c = linear_chain_alloc(s, point, 0.0, choice);
        if (!c) return (gap){0};
        for (size_t t = 2; t <= s->T; t++) {
            const double rounding = 16 * GSL_DBL_EPSILON * (1.0 + point) / sqrt(s->alpha[t]);
            gap_add(&g, t, linear_denoising(s, c, t, point), 0.0,
                    rounding * rounding / s->beta_tilde[t]);
        }
        linear_chain_free(c);
    }
    return g;
}

/* Mean or variance of the sampler's x_0; last is the variance of the noise of its last step. */
static gap endings(weight_variance choice, bool noisy_end, bool want_mean)
{
    gap g = {0};
    for (int k = 0; k < N_SCHEDULES; k++) {
        linear_chain *c = linear_chain_alloc(schedules[k], point, 0.0, choice);
        if (!c) return (gap){0};
        if (!noisy_end) c->var[1] = 0.0; /* the sampler adds no noise at t = 1 */
        double mean, var;
        linear_marginal(c, &mean, &var);
        /* x_0 = (x_1 - beta_1 ...): a few roundings of x_0; their square bounds the variance's. */
        gap_add(&g, (size_t)k, want_mean ? mean : var, want_mean ? point : 0.0,
                want_mean ? 16 * GSL_DBL_EPSILON : gsl_pow_2(16 * GSL_DBL_EPSILON));
        linear_chain_free(c);
    }
    return g;
}

/* The sampler's x_t on its way down, from N(0,1) at T instead of q(x_T|x*).  With beta_tilde_t each
 * step takes q(x_t|x*) into q(x_{t-1}|x*), and the wrong start shrinks with the product of the
 * slopes sqrt(alpha_t) v_{t-1}/v_t, v_t = 1 - abar_t, whose square is abar_T/abar_t (v_t/v_T)^2:
 *   Var x_t = v_t + abar_T^2/abar_t (v_t/v_T)^2.
 * A chain of T steps of about 16 roundings, all summands positive. */
static gap on_the_way(weight_variance choice)
{
    gap g = {0};
    for (int k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        linear_chain *c = linear_chain_alloc(s, point, 0.0, choice);
        if (!c) return (gap){0};
        const double v_T = s->var_bar[s->T], excess = gsl_pow_2(s->alpha_bar[s->T]);
        for (size_t t = 1; t <= s->T; t++) {
            c->a[t] = 1.0; /* stop at x_t */
            c->b[t] = c->var[t] = 0.0;
            double mean, var;
            linear_marginal(c, &mean, &var);
            const double v = s->var_bar[t];
            const double expected = v + excess / s->alpha_bar[t] * gsl_pow_2(v / v_T);
            gap_add(&g, t, var, expected, 16 * GSL_DBL_EPSILON * (double)s->T * expected);
        }
        linear_chain_free(c);
    }
    return g;
}

void point_mass(lesson *L, mixture *normal)
{
    claim(L, "VAR-02");
    const double none[] = {0.0};
    const gap best = against_regression(normal, best_variance, none, 1);
    const gap least = against_minimum(normal, best_variance, none, 1);
    const gap zero = divergences(SIGMA_BETA_TILDE);
    const gap mean = endings(SIGMA_BETA_TILDE, false, true),
              var = endings(SIGMA_BETA_TILDE, false, false);
    road_gap(L, "mixture_optimal_variance", "v = 0: sigma*^2 = Var(x_{t-1}|x_t), 6 schedules",
             &best);
    road_gap(L, "mixture_optimal_variance", "... = Brent's minimum of the expected KL", &least);
    road_gap(L, "linear_denoising", "beta_tilde_t leaves no divergence at any t", &zero);
    const gap way = on_the_way(SIGMA_BETA_TILDE);
    road_gap(L, "linear_marginal", "the sampler with beta_tilde_t: Var x_t, all t", &way);
    road_gap(L, "linear_marginal", "its last step, mu(x_1) = x* for any x_1: the mean", &mean);
    road_gap(L, "linear_marginal", "... and without noise variance 0", &var);
    const gap wrong[] = {against_regression(normal, beta_always, none, 1), divergences(SIGMA_BETA),
                         endings(SIGMA_BETA, true, false), on_the_way(SIGMA_BETA)};
    control_gap(L, "beta_t is Var(x_{t-1}|x_t)", &wrong[0]);
    control_gap(L, "beta_t leaves no divergence", &wrong[1]);
    control_gap(L, "the sampler with beta_t: Var x_t, all t", &wrong[3]);
    control_gap(L, "noise of variance beta_1 in the last step: variance 0", &wrong[2]);
    evidence(L, "final variance with beta_t: %.4g (L1000), %.4g (S10); with beta_tilde_t: 0",
             schedules[L1000]->beta[1], schedules[S10]->beta[1]);
}

/* --- 10.3  The interval -----------------------------------------------------------------------
 * beta_t V_{t-1}/V_t grows with V_{t-1}: from beta_tilde_t at v = 0 through beta_t at v = 1 (then
 * V = 1) to beta_t/alpha_t at v = infinity.  Measured in the printed interval [beta_tilde_t,
 * beta_t], (sigma*^2 - beta_tilde_t) / (beta_t - beta_tilde_t) = v / (abar_t v + 1 - abar_t). Any
 * data of variance v, not only normal ones, obey "<=": no regression beats E[x_{t-1}|x_t]. */

/* In how many cases sigma*^2 leaves [beta_tilde_t, beta_t] or [beta_tilde_t, beta_t/alpha_t];
 * 8 roundings are forgiven, because v = 1 and v = 0 lie on the ends. */
static size_t outside(mixture *normal, const double *data, size_t n, bool corrected, size_t *cases)
{
    size_t count = 0;
    *cases = 0;
    for (int k = 0; k < N_SCHEDULES; k++)
        for (size_t i = 0; i < n; i++)
            for (size_t t = 1; t <= schedules[k]->T; t++, ++*cases) {
                const schedule *s = schedules[k];
                const double best = best_variance(normal, s, t, data[i]);
                const double upper = corrected ? s->beta[t] / s->alpha[t] : s->beta[t];
                const double slack = 8 * GSL_DBL_EPSILON * best;
                if (!(s->beta_tilde[t] - slack <= best && best <= upper + slack)) count++;
            }
    return count;
}

/* Where sigma*^2 stands in the printed interval.  The two differences lose the factor
 * beta/(beta - beta_tilde) of precision. */
static gap positions(mixture *normal, double data, bool expect_one)
{
    gap g = {0};
    for (int k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        chain c = chain_start(data);
        for (size_t t = 1; t <= s->T; t++) {
            chain_walk(&c, s->beta[t]);
            const double width = s->beta[t] - s->beta_tilde[t];
            const double best = best_variance(normal, s, t, data);
            const double expected = expect_one ? 1.0 : data / c.V;
            gap_add(&g, t, (best - s->beta_tilde[t]) / width, expected,
                    chain_tolerance(t) * (best + s->beta[t]) * (1.0 + expected) / width);
        }
    }
    return g;
}

/* Data +-1 at one x_t: Var(x_0|x_t) = 1 - tanh^2(sqrt(abar_t) x_t / (1 - abar_t)).  The exponents
 * of src/theory reach x_t^2/v_t and lose that many roundings. */
static gap at_one_point(mixture *pair, double x)
{
    gap g = {0};
    for (int k = 0; k < N_SCHEDULES; k++) {
        chain c = chain_start(1.0);
        for (size_t t = 1; t <= schedules[k]->T; t++) {
            chain_walk(&c, schedules[k]->beta[t]);
            const double angle = sqrt(c.abar) * x / c.v;
            const double given = 1.0 / gsl_pow_2(cosh(angle));
            const double expected =
                chain_beta_tilde(&c) + c.abar_prev * gsl_pow_2(c.beta / c.v) * given;
            const double loss = 1.0 + 4.0 * (1.0 + fabs(x)) * (1.0 + fabs(x)) / c.v;
            gap_add(&g, t, mixture_optimal_variance(pair, schedules[k], t, &x), expected,
                    chain_tolerance(t) * loss * expected +
                        GSL_DBL_MIN); /* the tail of cosh underflows */
        }
    }
    return g;
}

/* The +-1 data at x_t = 0: the divergence to be minimised is a sum of two. */
static double pair_divergence(double log_sigma2, void *params)
{
    const chain *c = params;
    const double sigma2 = exp(log_sigma2), mean = sqrt(c->abar_prev) * c->beta / c->v;
    return 0.5 * (log_sigma2 - log(chain_beta_tilde(c)) +
                  (chain_beta_tilde(c) + mean * mean) / sigma2 - 1.0);
}

/* E over x_t of sigma*^2(x_t) for +-1 data: as src/theory has it, and with tanh from one side. */
typedef struct average {
    mixture *pair;
    const schedule *s;
    size_t t;
    chain c;
} average;

static double with_theory(double x, void *params)
{
    const average *a = params;
    return exp(mixture_log_pdf_t(a->pair, a->s, a->t, &x)) *
           mixture_optimal_variance(a->pair, a->s, a->t, &x);
}

static double with_tanh(double z, void *params)
{
    const average *a = params;
    const double x = sqrt(a->c.abar) + sqrt(a->c.v) * z;
    const double given = 1.0 / gsl_pow_2(cosh(sqrt(a->c.abar) * x / a->c.v));
    return gsl_ran_ugaussian_pdf(z) *
           (chain_beta_tilde(&a->c) + a->c.abar_prev * gsl_pow_2(a->c.beta / a->c.v) * given);
}

/* At some t of L1000 and all of S10; counts the averages outside the printed interval. */
static gap averages(mixture *pair, quad *w, size_t *out)
{
    static const size_t places[][2] = {{L1000, 2},   {L1000, 50},   {L1000, 137}, {L1000, 318},
                                       {L1000, 700}, {L1000, 1000}, {S10, 2},     {S10, 4},
                                       {S10, 7},     {S10, 10}};
    gap g = {0};
    *out = 0;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const size_t t = places[i][1];
        average a = {pair, schedules[places[i][0]], t, chain_at(schedules[places[i][0]], t, 1.0)};
        const double peak = sqrt(a.c.abar), sd = sqrt(a.c.v);
        const double edge[] = {-peak - 12.0 * sd, -peak, 0.0, peak, peak + 12.0 * sd};
        double value = 0.0, error, tolerance;
        const double expected = quad_around(w, with_tanh, &a, 0.0, 12.0, &tolerance);
        for (size_t k = 0; k < 4; k++) {
            value += quad_interval(w, with_theory, &a, edge[k], edge[k + 1], &error);
            tolerance += error;
        }
        tolerance += chain_tolerance(t) * (1.0 + 4.0 / a.c.v) * expected;
        gap_add(&g, t, value, expected, tolerance);
        if (!(a.s->beta_tilde[t] - tolerance <= value && value <= a.s->beta[t])) ++*out;
    }
    return g;
}

void the_interval(lesson *L, mixture *normal, mixture *pair, quad *w)
{
    claim(L, "VAR-03");
    static const double small[] = {0.0, 1e-6, 0.04, 0.25, 0.731, 1.0}, four[] = {4.0};
    static const double any[] = {0.0,  1e-6,  0.04, 0.25, 1.0,  1.3, 4.0,
                                 17.0, 123.0, 1e4,  1e8,  1e16, 1e30};
    const schedule *s = schedules[L1000];
    size_t cases, out = outside(normal, four, 1, false, &cases);
    printed_all(L, "N(0,4): sigma*^2 in [beta_tilde_t, beta_t]", out, cases);
    const double zero = 0.0;
    printed_below(L, "+-1, x_t = 0, L1000 t = 2: sigma*^2 <= beta_t",
                  mixture_optimal_variance(pair, s, 2, &zero), s->beta[2], 0.0);
    out = outside(normal, small, 6, false, &cases);
    road_all(L, "mixture_optimal_variance", "v <= 1: it is there, 6 schedules", out, cases);
    out = outside(normal, any, 13, true, &cases);
    road_all(L, "mixture_optimal_variance", "any v: in [beta_tilde_t, beta_t/alpha_t]", out, cases);
    gap limit = {0};
    for (int k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++) {
            const double beta = schedules[k]->beta[t], upper = beta / (1.0 - beta);
            gap_add(&limit, t, best_variance(normal, schedules[k], t, 1e30), upper,
                    32 * GSL_DBL_EPSILON * upper);
        }
    road_gap(L, "mixture_optimal_variance", "v = 1e30 reaches the end beta_t/alpha_t", &limit);
    const gap place = positions(normal, 4.0, false), not_one = positions(normal, 4.0, true);
    road_gap(L, "mixture_optimal_variance", "v = 4: position v/(abar_t v + 1 - abar_t)", &place);
    control_gap(L, "v = 4: position 1 (that is beta_t)", &not_one);
    const gap origin = at_one_point(pair, 0.0), beside = at_one_point(pair, -0.0371);
    road_gap(L, "mixture_optimal_variance", "+-1 data at x_t = 0, closed form", &origin);
    road_gap(L, "mixture_optimal_variance", "+-1 data at x_t = -0.0371, closed form", &beside);
    chain c = chain_at(s, 10, 1.0);
    const double least = minimise(pair_divergence, &c, 1.3 * 78.5 * c.beta);
    road(L, "mixture_optimal_variance", "+-1, x_t = 0, L1000 t = 10: Brent's minimum",
         mixture_optimal_variance(pair, s, 10, &zero), least, sight * least);
    size_t pointwise = 0;
    for (size_t t = 1; t <= s->T; t++)
        if (!(mixture_optimal_variance(pair, s, t, &zero) <= s->beta[t] / s->alpha[t])) pointwise++;
    control_all(L, "beta_t/alpha_t bounds it at each x_t (+-1, x_t = 0)", pointwise, s->T);
    const gap mean = averages(pair, w, &out);
    road_gap(L, "mixture_optimal_variance", "+-1 data: the average over x_t, by quadrature", &mean);
    road_all(L, "mixture_optimal_variance", "... and the average is in [beta_tilde_t, beta_t]", out,
             mean.n);
    evidence(L,
             "sigma*^2/beta: N(0,4) %.4f (L1000 t=318), %.4f (S10 t=7); v=100 %.3f (S10 T); +-1 at "
             "x_t=0, L1000: %.0f (t=2), %.1f (10), %.3f (100)",
             best_variance(normal, s, 318, 4.0) / s->beta[318],
             best_variance(normal, schedules[S10], 7, 4.0) / schedules[S10]->beta[7],
             best_variance(normal, schedules[S10], 10, 100.0) / schedules[S10]->beta[10],
             mixture_optimal_variance(pair, s, 2, &zero) / s->beta[2],
             mixture_optimal_variance(pair, s, 10, &zero) / s->beta[10],
             mixture_optimal_variance(pair, s, 100, &zero) / s->beta[100]);
}
