/* Lesson 10.  The optimal variance of the reverse step
 * ----------------------------------------------------
 * CLAIM   The sigma_t^2 that minimises E KL(q(x_{t-1}|x_t,x_0) || N(mu, sigma_t^2)), with the best
 *         mu, is  sigma*_t^2 = beta_tilde_t + w_{x0}^2 E Var(x_0 | x_t) = E Var(x_{t-1} | x_t):
 *         beta_t for N(0,1) data, beta_tilde_t for a point, and up to beta_t/alpha_t in general.
 * WHY     Lessons 13, 19 and 23 fix sigma_t^2 by hand; this is what that costs.
 * NEEDS   lessons 4, 9.   Notes: docs/lesson10.md
 * RUN     make lesson10   FIGURE  build/figures/lesson10.png, lesson10_point.png
 *
 * Three roads: the linear regression of x_{t-1} on x_t, a blind one-dimensional minimisation of the
 * exact expected divergence, and simulation.
 */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_min.h>
#include <gsl/gsl_randist.h>

#include "lesson10.h"
#include "theory/forward.h"
#include "theory/gaussian.h"
#include "theory/posterior.h"

static const char *const names[N_SCHEDULES] = {"L1000", "S10", "COS1000", "S50", "BAD50", "COS50"};
schedule *schedules[N_SCHEDULES];
const double sight = 1.2e-7;

/* Generic values: no 0, no 1, no simple ratio that could hide a lost factor. */
static const double centre = 0.37, x_t = -1.283;

/* --- 10.1  Regression: what is left of Var x_{t-1} when x_t is known --------------------------
 * For data of variance v the pair has Var x_{t-1} = V_{t-1}, Cov = sqrt(alpha_t) V_{t-1} and
 * Var x_t = V_t = alpha_t V_{t-1} + beta_t with V_0 = v.  So
 *   Var(x_{t-1}|x_t) = V_{t-1} - alpha_t V_{t-1}^2 / V_t = beta_t V_{t-1} / V_t.
 * v = 0 turns V into 1 - abar and the rest into beta_tilde; v = 1 keeps V = 1 and the rest is beta.
 * The walk has only positive terms: at most 2 eps of relative error per step. */
chain chain_start(double data)
{
    return (chain){
        .data = data, .alpha = 1.0, .abar_prev = 1.0, .abar = 1.0, .V_prev = data, .V = data};
}

void chain_walk(chain *c, double beta)
{
    c->beta = beta;
    c->alpha = 1.0 - beta;
    c->abar_prev = c->abar;
    c->abar *= c->alpha;
    c->v_prev = c->v;
    c->v = c->alpha * c->v + beta;
    c->V_prev = c->V;
    c->V = c->alpha * c->V + beta;
}

chain chain_at(const schedule *s, size_t t, double data)
{
    chain c = chain_start(data);
    for (size_t i = 1; i <= t; i++) chain_walk(&c, s->beta[i]);
    return c;
}

double chain_tolerance(size_t t)
{
    return (double)(2 * t + 32) * GSL_DBL_EPSILON;
}

double chain_rest(const chain *c)
{
    return c->beta * c->V_prev / c->V;
}

double chain_beta_tilde(const chain *c)
{
    return c->beta * c->v_prev / c->v;
}

double best_variance(mixture *normal, const schedule *s, size_t t, double data)
{
    normal->mean[0] = centre;
    normal->var[0] = data;
    return mixture_optimal_variance(normal, s, t, &x_t);
}

/* Wrong formulas for sigma*^2. */
static double without_square(mixture *normal, const schedule *s, size_t t, double data)
{
    normal->var[0] = data;
    return posterior_var(s, t) + posterior_weight_x0(s, t) * mixture_var_x0(normal, s, t, &x_t);
}

static double prior_variance(mixture *normal, const schedule *s, size_t t, double data)
{
    (void)normal;
    return posterior_var(s, t) + gsl_pow_2(posterior_weight_x0(s, t)) * data;
}

static double beta_for_tilde(mixture *normal, const schedule *s, size_t t, double data)
{
    return best_variance(normal, s, t, data) - posterior_var(s, t) + s->beta[t];
}

double beta_always(mixture *normal, const schedule *s, size_t t, double data)
{
    (void)normal;
    (void)data;
    return s->beta[t];
}

/* A formula against the regression at all t of all schedules. */
gap against_regression(mixture *normal, variance_formula f, const double *data, size_t n)
{
    gap g = {0};
    for (int k = 0; k < N_SCHEDULES; k++)
        for (size_t i = 0; i < n; i++) {
            chain c = chain_start(data[i]);
            for (size_t t = 1; t <= schedules[k]->T; t++) {
                chain_walk(&c, schedules[k]->beta[t]);
                gap_add(&g, t, f(normal, schedules[k], t, data[i]), chain_rest(&c),
                        chain_tolerance(t) * chain_rest(&c));
            }
        }
    return g;
}

static gap against_beta(mixture *normal, double data)
{
    gap g = {0};
    for (int k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++)
            gap_add(&g, t, best_variance(normal, schedules[k], t, data), schedules[k]->beta[t],
                    chain_tolerance(t) * schedules[k]->beta[t]);
    return g;
}

/* --- Minimisation: the expected divergence itself ---------------------------------------
 * J(sigma^2) = E_{x_0, x_t} KL( N(w_{x0} x_0 + w_{xt} x_t, beta_tilde) || N(E[x_{t-1}|x_t],
 * sigma^2) ). The divergence is quadratic in (x_0, x_t): 3 x 3 Hermite nodes give its expectation
 * exactly.  Means and variances come from the walk; nothing is told what the minimum should be. */
typedef struct divergence {
    chain c;
    double x_0, sigma2;
} divergence;

static double at_noise(double eps, void *params)
{
    const divergence *d = params;
    const chain *c = &d->c;
    const double end = sqrt(c->abar) * d->x_0 + sqrt(c->v) * eps;
    const double mean =
        sqrt(c->abar_prev) * c->beta / c->v * d->x_0 + sqrt(c->alpha) * c->v_prev / c->v * end;
    const double model = sqrt(c->abar_prev) * centre +
                         sqrt(c->alpha) * c->V_prev / c->V * (end - sqrt(c->abar) * centre);
    return gaussian_kl(mean, chain_beta_tilde(c), model, d->sigma2);
}

static double at_data(double x_0, void *params)
{
    divergence *d = params;
    d->x_0 = x_0;
    return quad_hermite(at_noise, d, 0.0, 1.0, 3, NULL);
}

static double expected_divergence(double log_sigma2, void *params)
{
    divergence *d = params;
    d->sigma2 = exp(log_sigma2);
    return quad_hermite(at_data, d, centre, sqrt(d->c.data), 3, NULL);
}

double minimise(double (*f)(double, void *), void *params, double guess)
{
    gsl_min_fminimizer *brent = gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent);
    if (!brent) return (double)NAN;
    gsl_function function = {f, params};
    double u = log(guess), lower = u - 1.9, upper = u + 2.3;
    for (; f(upper, params) < f(u, params) && upper < 700.0; upper += 2.3) u = upper;
    for (; f(lower, params) < f(u, params) && lower > -700.0; lower -= 1.9) u = lower;
    gsl_min_fminimizer_set(brent, &function, u, lower, upper);
    for (int i = 0; i < 60; i++) gsl_min_fminimizer_iterate(brent);
    const double at = exp(gsl_min_fminimizer_x_minimum(brent));
    gsl_min_fminimizer_free(brent);
    return at;
}

gap against_minimum(mixture *normal, variance_formula f, const double *data, size_t n)
{
    static const size_t places[][2] = {{L1000, 2},   {L1000, 318},   {L1000, 1000},
                                       {S10, 2},     {S10, 7},       {S10, 10},
                                       {COS1000, 2}, {COS1000, 500}, {COS1000, 1000}};
    gap g = {0};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        for (size_t j = 0; j < n; j++) {
            const schedule *s = schedules[places[i][0]];
            divergence d = {.c = chain_at(s, places[i][1], data[j])};
            const double least = minimise(expected_divergence, &d, 1.3 * chain_rest(&d.c));
            gap_add(&g, places[i][1], f(normal, s, places[i][1], data[j]), least, sight * least);
        }
    return g;
}

/* x_{t-1} - E[x_{t-1}|x_t] for N(0,1) data, where E[x_{t-1}|x_t] = sqrt(alpha_t) x_t. */
static void simulate(lesson *L, mixture *normal)
{
    const schedule *s = schedules[S10];
    const size_t n = lesson_samples(L, 20000), t = 5;
    moments m = {0};
    for (size_t i = 0; i < n; i++) {
        const double x_0 = gsl_ran_gaussian_ziggurat(lesson_rng(L), 1.0);
        const double x_prev =
            forward_jump(s, t - 1, x_0, gsl_ran_gaussian_ziggurat(lesson_rng(L), 1.0));
        const double end =
            forward_step(s, t, x_prev, gsl_ran_gaussian_ziggurat(lesson_rng(L), 1.0));
        moments_add(&m, x_prev - sqrt(s->alpha[t]) * end);
    }
    road_variance(L, "mixture_optimal_variance", "N(0,1), S10 t = 5: variance of x_{t-1} given x_t",
                  &m, best_variance(normal, s, t, 1.0));
    control_variance(L, "... beta_tilde_t instead", &m, s->beta_tilde[t], 47.2);
}

static void unit_normal(lesson *L, mixture *normal)
{
    claim(L, "VAR-01");
    if (!lesson_random_only(L)) {
        const double many[] = {0.01, 0.25, 1.0, 4.0, 123.0}, four[] = {4.0};
        const gap beta = against_beta(normal, 1.0);
        const gap all = against_regression(normal, best_variance, many, 5);
        const gap least = against_minimum(normal, best_variance, many, 5);
        road_gap(L, "mixture_optimal_variance", "v = 1: sigma*^2 = beta_t, all t, 6 schedules",
                 &beta);
        road_gap(L, "mixture_optimal_variance", "any v: sigma*^2 = Var(x_{t-1}|x_t) by regression",
                 &all);
        road_gap(L, "mixture_optimal_variance", "... = Brent's minimum of the expected KL", &least);
        const gap wrong[] = {against_beta(normal, 4.0),
                             against_minimum(normal, beta_always, four, 1),
                             against_regression(normal, without_square, many, 5),
                             against_regression(normal, prior_variance, many, 5),
                             against_regression(normal, beta_for_tilde, many, 5)};
        control_gap(L, "v = 4: sigma*^2 = beta_t", &wrong[0]);
        control_gap(L, "v = 4: beta_t is the minimum of the expected KL", &wrong[1]);
        control_gap(L, "w_{x0} not squared", &wrong[2]);
        control_gap(L, "Var x_0 for Var(x_0|x_t)", &wrong[3]);
        control_gap(L, "beta_t for beta_tilde_t in front", &wrong[4]);
        const schedule *s = schedules[S10];
        evidence(
            L,
            "v = 4 on S10: sigma*^2/beta_t = %.4f (t=2), %.4f (t=7), %.4f (T); v = 1: 1 everywhere",
            best_variance(normal, s, 2, 4.0) / s->beta[2],
            best_variance(normal, s, 7, 4.0) / s->beta[7],
            best_variance(normal, s, 10, 4.0) / s->beta[10]);
    }
    simulate(L, normal);
}

int main(int argc, char **argv)
{
    lesson *L = lesson_open(argc, argv, 10, "The optimal variance of the reverse step");
    for (int k = 0; k < N_SCHEDULES; k++)
        if (!(schedules[k] = schedule_named_alloc(names[k]))) return 2;
    mixture *normal = mixture_alloc(1, 1), *pair = mixture_pair_alloc(0.0);
    quad *w = quad_alloc();
    if (!normal || !pair || !w) return 2;

    section(L, "10.1  Data N(0,1): regression, minimisation, simulation");
    unit_normal(L, normal);
    if (!lesson_random_only(L)) {
        section(L, "10.2  A point mass");
        point_mass(L, normal);
        section(L, "10.3  The interval");
        the_interval(L, normal, pair, w);
        section(L, "10.4  Fixed, or better learned?");
        fixed_variance(L, normal, w);
    }
    section(L, "10.5  beta_t or beta_tilde_t: does it matter?");
    choice_of_variance(L);
    if (!lesson_random_only(L)) write_figures(L, pair);

    quad_free(w);
    mixture_free(pair);
    mixture_free(normal);
    for (int k = 0; k < N_SCHEDULES; k++) schedule_free(schedules[k]);
    return lesson_close(L);
}
