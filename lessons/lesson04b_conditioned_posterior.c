/* Lesson 4, part b.  Bayes' rule by quadrature: no algebra at all; and the figure. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_min.h>
#include <gsl/gsl_randist.h>

#include "lesson04.h"
#include "theory/misprint.h"
#include "theory/posterior.h"

/* --- 4.2  Bayes' rule by quadrature ------------------------------------------------------------
 * No algebra at all: the three densities, multiplied and divided, integrated over x_{t-1}. */
typedef struct ends {
    const schedule *s;
    size_t t;
    double x_t, x_0;
    int power; /* integrate (x_{t-1} - centre)^power times the density */
    double centre;
} ends;

static double log_normal(double x, double mean, double var)
{
    return -0.5 * (gsl_pow_2(x - mean) / var + log(2.0 * M_PI * var));
}

/* log of q(x_t|x_{t-1}) q(x_{t-1}|x_0) / q(x_t|x_0). */
static double log_bayes(const schedule *s, size_t t, double x, double end, double start)
{
    return log_normal(end, sqrt(s->alpha[t]) * x, s->beta[t]) +
           log_normal(x, sqrt(s->alpha_bar[t - 1]) * start, s->var_bar[t - 1]) -
           log_normal(end, sqrt(s->alpha_bar[t]) * start, s->var_bar[t]);
}

static double integrand(double x, void *params)
{
    const ends *e = params;
    return gsl_pow_int(x - e->centre, e->power) * exp(log_bayes(e->s, e->t, x, e->x_t, e->x_0));
}

/* Rounding error of the exponent.  A factor with |x - mean| = z sd makes the exponent z^2/2, and x
 * itself is rounded by eps |x|, which the exponent feels as eps |x| z / sd.  Here z is 9 for the
 * range we look at, plus how far the two given ends are apart. */
static double exponent_error(const schedule *s, size_t t, double end, double start)
{
    const double size = fabs(end) + fabs(start) + 1.0;
    const double z = 9.0 + fabs(end - sqrt(s->alpha_bar[t]) * start) / sqrt(s->var_bar[t]);
    const double steepness =
        1.0 / sqrt(s->beta[t]) + 1.0 / sqrt(s->var_bar[t - 1]) + 1.0 / sqrt(s->var_bar[t]);
    return GSL_DBL_EPSILON * z * (size * steepness + 4.0 * z);
}

/* The moment of order power about centre, with its error. */
static double moment(quad *w, ends e, int power, double centre, double *error)
{
    const normal where =
        complete_the_square(e.s, e.t, e.x_t, e.x_0); /* only to place the interval */
    e.power = power;
    e.centre = centre;
    const double value = quad_around(w, integrand, &e, where.mean, 14.0 * sqrt(where.var), error);
    *error +=
        exponent_error(e.s, e.t, e.x_t, e.x_0) * fmax(fabs(value), pow(where.var, 0.5 * power));
    return value;
}

static const size_t places[][2] = {{S10, 2},   {S10, 6},     {S10, 10},
                                   {L1000, 2}, {L1000, 137}, {L1000, 1000}};
enum { N_PLACES = sizeof places / sizeof places[0] };

static void integrate_bayes(lesson *L, quad *w)
{
    gap mass = {0}, mean = {0}, var = {0}, too_wide = {0};
    for (size_t i = 0; i < N_PLACES; i++) {
        const schedule *s = schedules[places[i][0]];
        const size_t t = places[i][1];
        const ends e = {.s = s, .t = t, .x_t = x_t, .x_0 = x_0};
        double e0, e1, e2;
        const double m0 = moment(w, e, 0, 0.0, &e0), m1 = moment(w, e, 1, 0.0, &e1);
        const double m2 = moment(w, e, 2, m1, &e2);
        gap_add(&mass, t, m0, 1.0, e0);
        gap_add(&mean, t, posterior_mean(s, t, x_t, x_0), m1,
                e1 + 32 * GSL_DBL_EPSILON * fabs(x_t));
        gap_add(&var, t, posterior_var(s, t), m2, e2 + 32 * GSL_DBL_EPSILON * m2);
        gap_add(&too_wide, t, s->beta[t], m2, e2 + 32 * GSL_DBL_EPSILON * m2);
    }
    road_gap(L, NULL, "Bayes' ratio integrates to 1 (it needs no constant)", &mass);
    road_gap(L, "posterior_mean", "its mean, by quadrature at 6 places", &mean);
    road_gap(L, "posterior_var", "its variance, by quadrature at 6 places", &var);
    control_gap(L, "beta_t as its variance", &too_wide);
}

/* Pointwise: two log-densities at random points within a few standard deviations. */
static gap log_densities(lesson *L, misprint_formula formula)
{
    gap g = {0};
    gsl_rng *rng = gsl_rng_clone(lesson_rng(L)); /* every formula sees the same points */
    for (size_t i = 0; i < 20000; i++) {
        const schedule *s = schedules[i % N_SCHEDULES];
        const size_t t = 2 + gsl_rng_uniform_int(rng, s->T - 1);
        const double start = gsl_ran_gaussian(rng, 1.0);
        const double end =
            sqrt(s->alpha_bar[t]) * start + gsl_ran_gaussian(rng, sqrt(s->var_bar[t]));
        const normal q = complete_the_square(s, t, end, start);
        const double x = q.mean + gsl_ran_gaussian(rng, sqrt(q.var));
        gap_add(&g, t, formula(s, t, (const double[]){x, end, start}),
                log_bayes(s, t, x, end, start),
                4 * exponent_error(s, t, end, start) + 64 * GSL_DBL_EPSILON);
    }
    gsl_rng_free(rng);
    return g;
}

void bayes_is_normal(lesson *L, quad *w)
{
    claim(L, "POS-01");
    integrate_bayes(L, w);
    const gap right = log_densities(L, misprint_quantity_find("bayes")->value);
    road_gap(L, "posterior_log_pdf", "log-density at 20000 random points", &right);
    for (const misprint *m = NULL; (m = misprint_next("bayes", m));) {
        const gap wrong = log_densities(L, m->value);
        control_gap(L, m->what, &wrong);
    }
}

/* The display of Isachenko's slide has three N(..), each with a mean and a variance but no
 * argument. Read literally, all in x_{t-1}, the first would have mean sqrt(1-beta_t) x_{t-1}: its
 * own argument. A reader who puts x_t's side in as N(x_{t-1}; sqrt(alpha_t) x_t, beta_t) gets
 * another mean. */
void read_the_display(lesson *L)
{
    claim(L, "POS-09");
    gap each = {0}, one = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 2; t <= schedules[k]->T; t++) {
            const schedule *s = schedules[k];
            const double right = complete_the_square(s, t, x_t, x_0).mean;
            const double a = 1.0 / s->beta[t], b = 1.0 / s->var_bar[t - 1];
            const double literal =
                (a * sqrt(s->alpha[t]) * x_t + b * sqrt(s->alpha_bar[t - 1]) * x_0) / (a + b);
            const double tolerance = 32 * GSL_DBL_EPSILON * (fabs(x_0) + fabs(x_t));
            gap_add(&each, t, posterior_mean(s, t, x_t, x_0), right, tolerance);
            gap_add(&one, t, literal, right, tolerance);
        }
    road_gap(L, "posterior_mean", "each density read at its own variable", &each);
    control_gap(L, "first factor read as a density in x_{t-1}", &one);
}

void the_variance_is_constant(lesson *L, quad *w)
{
    claim(L, "POS-05");
    static const double pairs[][2] = {{-1.283, 0.731}, {0.417, 0.731}, {-1.283, -2.09}, {3.1, 1.9}};
    gap fixed = {0}, moving = {0};
    double first = 0.0;
    const schedule *s = schedules[S10];
    for (size_t i = 0; i < 4; i++) {
        const ends e = {.s = s, .t = 6, .x_t = pairs[i][0], .x_0 = pairs[i][1]};
        double e1, e2;
        const double mean = moment(w, e, 1, 0.0, &e1), var = moment(w, e, 2, mean, &e2);
        gap_add(&fixed, i, posterior_var(s, 6), var, e2 + 32 * GSL_DBL_EPSILON * var);
        /* Without x_0: two equally likely starts +-0.731 give a variance that moves with x_t. */
        const double up = complete_the_square(s, 6, e.x_t, x_0).mean,
                     down = complete_the_square(s, 6, e.x_t, -x_0).mean;
        const double odds = exp(log_normal(e.x_t, sqrt(s->alpha_bar[6]) * x_0, s->var_bar[6]) -
                                log_normal(e.x_t, -sqrt(s->alpha_bar[6]) * x_0, s->var_bar[6]));
        const double p = odds / (1.0 + odds);
        const double mixed = var + p * (1.0 - p) * gsl_pow_2(up - down);
        if (i == 0) first = mixed;
        gap_add(&moving, i, mixed, first, e2 + 32 * GSL_DBL_EPSILON * mixed);
    }
    road_gap(L, "posterior_var", "the same at four pairs (x_t, x_0), quadrature", &fixed);
    control_gap(L, "x_0 not given (two starts): the same at each x_t", &moving);
}

static double minus_log(double x, void *params)
{
    const ends *e = params;
    return -(e->power ? log_bayes(e->s, e->t, x, e->x_t, e->x_0)
                      : log_normal(x, sqrt(e->s->alpha_bar[e->t - 1]) * e->x_0,
                                   e->s->var_bar[e->t - 1]));
}

/* Brent's minimum of a function with curvature 1/sd^2 is known to about sd sqrt(2 ulp of its
 * value). */
static double mode(ends *e, double sd, double guess)
{
    gsl_min_fminimizer *brent = gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent);
    gsl_function f = {minus_log, e};
    gsl_min_fminimizer_set(brent, &f, guess, guess - 9.0 * sd, guess + 7.0 * sd);
    for (int i = 0; i < 100; i++) gsl_min_fminimizer_iterate(brent);
    const double x = gsl_min_fminimizer_x_minimum(brent);
    gsl_min_fminimizer_free(brent);
    return x;
}

void the_mode(lesson *L)
{
    claim(L, "POS-08");
    gap both = {0}, prior_only = {0};
    for (size_t i = 0; i < N_PLACES; i++) {
        const schedule *s = schedules[places[i][0]];
        const size_t t = places[i][1];
        ends e = {.s = s, .t = t, .x_t = x_t, .x_0 = x_0, .power = 1};
        const normal q = complete_the_square(s, t, x_t, x_0);
        const double sd = sqrt(q.var);
        const double depth =
            3.0 + fabs(minus_log(q.mean, &e)); /* rounding of the function itself */
        const double tolerance =
            4.0 * sd * sqrt(GSL_DBL_EPSILON * depth + exponent_error(s, t, x_t, x_0));
        gap_add(&both, t, posterior_mean(s, t, x_t, x_0), mode(&e, sd, q.mean + 0.3 * sd),
                tolerance);
        e.power = 0;
        const double prior = sqrt(s->alpha_bar[t - 1]) * x_0, prior_sd = sqrt(s->var_bar[t - 1]);
        gap_add(&prior_only, t, posterior_mean(s, t, x_t, x_0),
                mode(&e, prior_sd, prior + 0.3 * prior_sd), tolerance);
    }
    road_gap(L, "posterior_mean", "Brent's minimum of -log Bayes, 6 places", &both);
    control_gap(L, "minimum of -log q(x_{t-1}|x_0) alone", &prior_only);
}

/* --- Figure ---------------------------------------------------------------------------------- */

/* Prior, likelihood and posterior as functions of x_{t-1}, at three steps of S10. */
void write_figure(lesson *L)
{
    static const size_t steps[] = {3, 5, 9};
    data_file *f = data_open(L, "bayes", "x prior likelihood posterior t");
    for (size_t k = 0; k < 3; k++) {
        const schedule *s = schedules[S10];
        const size_t t = steps[k];
        const double prior_mean = sqrt(s->alpha_bar[t - 1]) * x_0, end = -0.6;
        const double like_mean = end / sqrt(s->alpha[t]), like_var = s->beta[t] / s->alpha[t];
        for (int i = -150; i <= 150; i++) {
            const double x = 0.02 * i;
            data_line(
                f, "%.9g %.9g %.9g %.9g %zu", x,
                gsl_ran_gaussian_pdf(x - prior_mean, sqrt(s->var_bar[t - 1])),
                gsl_ran_gaussian_pdf(x - like_mean, sqrt(like_var)),
                gsl_ran_gaussian_pdf(x - posterior_mean(s, t, end, x_0), sqrt(posterior_var(s, t))),
                t);
        }
        data_gap(f);
        data_gap(f);
    }
    data_close(f);
}
