/* Lesson 12, part c.  Two more names of the same thing: v and the score.  Errors of 12.2 again. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>

#include "theory/predict.h"

#include "lesson12.h"

/* --- 12.2  (continued)  The table of mistakes once more ------------------------------------------
 * The square of wrong - mu_tilde is quadratic in (x_0, eps): its mean over two independent
 * variables of variance 1 is that over their four signs, with mu_tilde by Bayes.  Roundings of the
 * means are divided by a posterior sd; the rms over t is off by no more than the worst t. */
static double error_by_signs(const schedule *s, misprint_formula wrong, double *tolerance)
{
    double sum = 0.0;
    *tolerance = 0.0;
    for (size_t t = 2; t <= s->T; t++)
        for (int i = 0; i < 4; i++) {
            point p = {.x_0 = i & 1 ? 1 : -1, .eps = i & 2 ? 1 : -1};
            p.x_t = sqrt(s->alpha_bar[t]) * p.x_0 + sqrt(s->var_bar[t]) * p.eps;
            const double arg[] = {p.x_t, p.eps}, mean = wrong(s, t, arg);
            const double miss = mean - bayes_mean(s, t, p.x_t, p.x_0);
            sum += 0.25 * miss * miss / s->beta_tilde[t];
            const double off = roundings(s, t, &p) + 16 * GSL_DBL_EPSILON * fabs(mean);
            *tolerance = fmax(*tolerance, off / sqrt(s->beta_tilde[t]));
        }
    return sqrt(sum / (double)(s->T - 1));
}

void mistakes_by_signs(lesson *L)
{
    gap g = {0};
    size_t i = 0;
    for (const misprint *m = NULL; (m = misprint_next("mean_from_eps", m)); i++)
        for (int k = S10; k <= L1000; k++) {
            double tolerance;
            const double error = error_by_signs(schedules[k], m->value, &tolerance);
            gap_add(&g, i, error_of_chain(schedules[k], m->value), error, tolerance);
        }
    road_gap(L, NULL, "the errors below: four signs of (x_0, eps)", &g);
}

/* --- 12.6  (continued)  v is a rotation ----------------------------------------------------------
 * alpha_bar + (1 - alpha_bar) = 1: the jump turns the pair (x_0, eps) by the angle phi_t with
 * tan phi_t = sqrt((1-abar_t)/abar_t).  Its first coordinate is x_t, its second is what Salimans
 * & Ho (2022) call v.  Turning back gives x_0 and eps without any division. */
static void rotation(lesson *L)
{
    gap forward = {0}, to_x0 = {0}, to_eps = {0}, wrong_way = {0};
    for (size_t k = 0; k < N_LOOPS; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++) {
            const schedule *s = schedules[k];
            const point p = draw(lesson_rng(L), s, t);
            const double phi = atan2(sqrt(s->var_bar[t]), sqrt(s->alpha_bar[t]));
            const double v = cos(phi) * p.eps - sin(phi) * p.x_0;
            /* a dozen roundings on each side, of summands no larger than the inputs */
            const double tol = 16 * GSL_DBL_EPSILON * (fabs(p.x_0) + fabs(p.eps) + fabs(p.x_t));
            gap_add(&forward, t, predict_v(s, t, p.x_0, p.eps), v, tol);
            gap_add(&to_x0, t, predict_x0_from_v(s, t, p.x_t, v), p.x_0, tol);
            gap_add(&to_eps, t, predict_eps_from_v(s, t, p.x_t, v), p.eps, tol);
            gap_add(&wrong_way, t, predict_x0_from_v(s, t, p.x_t, -v), p.x_0, tol);
        }
    road_gap(L, "predict_v", "v: (x_0, eps) turned by phi_t, all t", &forward);
    road_gap(L, "predict_x0_from_v", "turned back: x_0", &to_x0);
    road_gap(L, "predict_eps_from_v", "turned back: eps", &to_eps);
    control_gap(L, "v with the other sign", &wrong_way);
}

/* The conditional score is the slope of log q(x_t|x_0).  The logarithm is a parabola, so a central
 * difference with the step of one standard deviation is exact but for rounding. */
static double log_jump(const schedule *s, size_t t, double x, double x_0)
{
    return -gsl_pow_2(x - sqrt(s->alpha_bar[t]) * x_0) / (2.0 * s->var_bar[t]);
}

static gap scores(lesson *L, misprint_formula formula)
{
    gap g = {0};
    gsl_rng *rng = gsl_rng_clone(lesson_rng(L)); /* the same points for every formula */
    for (size_t k = 0; k < N_LOOPS; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++) {
            const schedule *s = schedules[k];
            const point p = draw(rng, s, t);
            const double sd = sqrt(s->var_bar[t]);
            const double rise =
                log_jump(s, t, p.x_t + sd, p.x_0) - log_jump(s, t, p.x_t - sd, p.x_0);
            /* the difference of two squares of size (1+|z|)^2, and x_t rounded where 1/sd
             * magnifies it */
            const double z = 1.0 + fabs(p.eps), size = fabs(p.x_t) + fabs(p.x_0) + sd;
            gap_add(&g, t, formula(s, t, &p.eps), rise / (2.0 * sd),
                    8 * GSL_DBL_EPSILON * (z * z + z * size / sd) / sd);
        }
    gsl_rng_free(rng);
    return g;
}

static void the_score(lesson *L)
{
    const gap right = scores(L, misprint_quantity_find("score")->value);
    road_gap(L, "predict_score_from_eps", "score: the slope of log q(x_t|x_0), all t", &right);
    for (const misprint *m = NULL; (m = misprint_next("score", m));) {
        const gap wrong = scores(L, m->value);
        control_gap(L, m->what, &wrong);
    }
    gap mean = {0};
    for (size_t k = 0; k < N_LOOPS; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++) {
            const schedule *s = schedules[k];
            const point p = draw(lesson_rng(L), s, t);
            const double score = (sqrt(s->alpha_bar[t]) * p.x_0 - p.x_t) / s->var_bar[t];
            /* the score is known to eps |x|/var, and beta/var <= 1 brings that to eps |x| */
            gap_add(&mean, t, predict_mean_from_score(s, t, p.x_t, score),
                    bayes_mean(s, t, p.x_t, p.x_0), roundings(s, t, &p));
        }
    road_gap(L, "predict_mean_from_score", "mu_tilde = (x_t + beta_t score)/sqrt(alpha_t)", &mean);
}

void other_predictions(lesson *L)
{
    rotation(L);
    the_score(L);
}
