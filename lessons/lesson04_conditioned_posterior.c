/* Lesson 4.  The forward posterior q(x_{t-1} | x_t, x_0)
 * ------------------------------------------------------
 * CLAIM   q(x_{t-1} | x_t, x_0) = N(mu_tilde_t(x_t, x_0), beta_tilde_t)  with
 *           mu_tilde_t   = sqrt(abar_{t-1}) beta_t / (1 - abar_t) x_0
 *                        + sqrt(alpha_t) (1 - abar_{t-1}) / (1 - abar_t) x_t
 *           beta_tilde_t = (1 - abar_{t-1}) / (1 - abar_t) beta_t
 * WHY     It is the target of every reverse step: lessons 7 to 13 stand on these two lines.
 * NEEDS   lesson 1.   Notes: docs/lesson04.md
 * RUN     make lesson04   FIGURE  build/figures/lesson04.png
 *
 * We reach the same numbers by four roads: completing the square, brute quadrature of Bayes' rule,
 * Cholesky conditioning of the joint Gaussian, and simulation.
 */
#include <math.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_min.h>
#include <gsl/gsl_randist.h>

#include "check/check.h"
#include "check/quad.h"
#include "theory/forward.h"
#include "theory/gaussian.h"
#include "theory/misprint.h"
#include "theory/posterior.h"
#include "theory/predict.h"
#include "theory/schedule.h"
#include "theory/schedule_spec.h"

/* Generic values: no 0, no 1, no simple ratio that could hide a lost factor. */
static const double x_0 = 0.731, x_t = -1.283, x_prev = -0.517;

/* The short coarse schedule shows what the long fine one hides, and the reverse: use both. */
static schedule *schedules[3];
static const char *const schedule_names[3] = {"S10", "L1000", "COS1000"};

/* --- 4.1  Completing the square ---------------------------------------------------------------
 * Bayes:  q(x_{t-1}|x_t,x_0) is proportional, as a function of x_{t-1}, to
 *           N(x_t; sqrt(alpha_t) x_{t-1}, beta_t)                    likelihood
 *         x N(x_{t-1}; sqrt(abar_{t-1}) x_0, 1 - abar_{t-1})         prior
 * Precisions add, and the mean is the precision-weighted average.  Nothing here is taken from
 * src/theory but the schedule. */
typedef struct square {
    double mean, var;
} square;

static square complete_the_square(const schedule *s, size_t t, double end, double start)
{
    const double likelihood = s->alpha[t] / s->beta[t]; /* precisions of x_{t-1} */
    const double prior = 1.0 / s->var_bar[t - 1];
    const double precision = likelihood + prior;
    const double pull = sqrt(s->alpha[t]) / s->beta[t] * end +
                        sqrt(s->alpha_bar[t - 1]) * prior * start;
    return (square){pull / precision, 1.0 / precision};
}

/* Largest summand of the mean: what its roundings are relative to. */
static double scale_of_mean(const schedule *s, size_t t, const double *x)
{
    return fabs(posterior_weight_x0(s, t) * x[1]) + fabs(posterior_weight_xt(s, t) * x[0]);
}

/* Push a formula for the mean through all t of all schedules; 16 counted roundings on each side. */
static gap means_against_square(misprint_formula formula)
{
    gap g = {0};
    const double x[] = {x_t, x_0};
    for (size_t k = 0; k < 3; k++)
        for (size_t t = 2; t <= schedules[k]->T; t++)
            gap_add(&g, t, formula(schedules[k], t, x),
                    complete_the_square(schedules[k], t, x_t, x_0).mean,
                    32 * GSL_DBL_EPSILON * scale_of_mean(schedules[k], t, x));
    return g;
}

static gap variances_against_square(misprint_formula formula)
{
    gap g = {0};
    for (size_t k = 0; k < 3; k++)
        for (size_t t = 2; t <= schedules[k]->T; t++) {
            const double var = complete_the_square(schedules[k], t, x_t, x_0).var;
            gap_add(&g, t, formula(schedules[k], t, NULL), var, 16 * GSL_DBL_EPSILON * var);
        }
    return g;
}

static void the_mean(lesson *L)
{
    claim(L, "POS-02");
    const misprint_quantity *mean = misprint_quantity_find("posterior_mean");
    const gap right = means_against_square(mean->value);
    road_gap(L, "posterior_mean", "precision-weighted mean, all t, 3 schedules", &right);
    for (const misprint *m = NULL; (m = misprint_next("posterior_mean", m));) {
        const gap wrong = means_against_square(m->value);
        control_gap(L, m->what, &wrong);
    }
    evidence(L, "L1000 t=500: weights of x_0 and x_t %.6f and %.6f", posterior_weight_x0(schedules[1], 500),
             posterior_weight_xt(schedules[1], 500));
}

static void the_variance(lesson *L)
{
    claim(L, "POS-03");
    const misprint_quantity *var = misprint_quantity_find("posterior_var");
    const gap right = variances_against_square(var->value);
    road_gap(L, "schedule.beta_tilde", "1 / (sum of the two precisions)", &right);
    for (const misprint *m = NULL; (m = misprint_next("posterior_var", m));) {
        const gap wrong = variances_against_square(m->value);
        control_gap(L, m->what, &wrong);
    }
    evidence(L, "beta_tilde_2/beta_2 = %.5f on L1000, %.5f on S10",
             posterior_var(schedules[1], 2) / schedules[1]->beta[2],
             posterior_var(schedules[0], 2) / schedules[0]->beta[2]);
}

int main(int argc, char **argv)
{
    lesson *L = lesson_open(argc, argv, 4, "The forward posterior q(x_{t-1} | x_t, x_0)");
    for (size_t k = 0; k < 3; k++) schedules[k] = schedule_named_alloc(schedule_names[k]);
    section(L, "4.1  Completing the square");
    the_mean(L);
    the_variance(L);
    for (size_t k = 0; k < 3; k++) schedule_free(schedules[k]);
    return lesson_close(L);
}
