/* Lesson 12.  Predict the noise: x_0 and mu_tilde through eps
 * -----------------------------------------------------------
 * CLAIM   With x_t = sqrt(abar_t) x_0 + sqrt(1-abar_t) eps, the three are linearly related and
 *           x_0        = (x_t - sqrt(1-abar_t) eps) / sqrt(abar_t)
 *           mu_tilde_t = (x_t - beta_t / sqrt(1-abar_t) eps) / sqrt(alpha_t)
 * WHY     A network that predicts eps gives the mean of every reverse step: lessons 13 to 16, 19.
 * NEEDS   lessons 1 and 4.   Notes: docs/lesson12.md
 * RUN     make lesson12   FIGURES  build/figures/lesson12.png, lesson12_noise.png
 *
 * Four roads: Bayes' rule with x_0 put in; a projection that knows nothing of Bayes, solved as a
 * 2 x 2 system; a chain walked step by step; and a regression on simulated triples.
 */
#include <math.h>

#include <gsl/gsl_linalg.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson12.h"
#include "theory/forward.h"
#include "theory/posterior.h"
#include "theory/predict.h"

static const char *const names[] = {"S10", "L1000", "COS1000", "S50", "BAD50", "COS50"};
schedule *schedules[N_SCHEDULES];

point draw(gsl_rng *rng, const schedule *s, size_t t)
{
    point p;
    p.x_0 = 0.9 * gsl_ran_ugaussian(rng);
    p.eps = gsl_ran_ugaussian(rng);
    p.x_t = sqrt(s->alpha_bar[t]) * p.x_0 + sqrt(s->var_bar[t]) * p.eps;
    p.eps_hat = p.eps + 0.1 * gsl_ran_ugaussian(rng);
    return p;
}

/* Every mean below has summands no larger than the inputs over sqrt(alpha_t); each side makes about
 * a dozen roundings of half an epsilon, the x_t that both sides share was rounded three times. */
double roundings(const schedule *s, size_t t, const point *p)
{
    return 16 * GSL_DBL_EPSILON * (fabs(p->x_0) + fabs(p->eps) + fabs(p->eps_hat) + fabs(p->x_t)) /
           sqrt(s->alpha[t]);
}

/* --- 12.1  The jump, turned around ------------------------------------------------------------
 * Solve the jump for x_0.  The division by sqrt(abar_t) amplifies every rounding (and every error
 * of a network) by up to 157 on L1000 and 2e4 on COS1000; the tolerance says so. */
static gap round_trip(lesson *L, misprint_formula formula)
{
    gap g = {0};
    for (size_t k = 0; k < N_LOOPS; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++) {
            const schedule *s = schedules[k];
            const point p = draw(lesson_rng(L), s, t);
            const double arg[] = {p.x_t, p.eps}, scale = fabs(p.x_0) + fabs(p.eps) + fabs(p.x_t);
            gap_add(&g, t, formula(s, t, arg), p.x_0,
                    8 * GSL_DBL_EPSILON * scale / sqrt(s->alpha_bar[t]));
        }
    return g;
}

/* One step of a chain, and the noise of the jump so far: the noises of the steps add with weights
 *   sqrt(1-abar_t) eps_t = sqrt(alpha_t) sqrt(1-abar_{t-1}) eps_{t-1} + sqrt(beta_t) z_t. */
void step(walker *w, gsl_rng *rng, const schedule *s, size_t t)
{
    w->z = gsl_ran_ugaussian(rng);
    w->x_prev = w->x;
    w->x = sqrt(s->alpha[t]) * w->x + sqrt(s->beta[t]) * w->z;
    w->eps = (sqrt(s->alpha[t] * s->var_bar[t - 1]) * w->eps + sqrt(s->beta[t]) * w->z) /
             sqrt(s->var_bar[t]);
}

/* Each step rounds x and eps about four times, and the roundings of t steps add at worst. */
gap walk(lesson *L, bool find_noise)
{
    gap g = {0};
    for (size_t k = 0; k < N_LOOPS; k++) {
        const schedule *s = schedules[k];
        const double x_0 = 0.9 * gsl_ran_ugaussian(lesson_rng(L));
        walker w = {.x = x_0};
        for (size_t t = 1; t <= s->T; t++) {
            step(&w, lesson_rng(L), s, t);
            const double error = 4 * (double)(t + 4) * GSL_DBL_EPSILON * (3 + fabs(w.x));
            if (find_noise)
                gap_add(&g, t, forward_noise(s, t, w.x, x_0), w.eps, error / sqrt(s->var_bar[t]));
            else
                gap_add(&g, t, predict_x0_from_eps(s, t, w.x, w.eps), x_0,
                        error / sqrt(s->alpha_bar[t]));
        }
    }
    return g;
}

static void the_jump_turned_around(lesson *L)
{
    claim(L, "EPS-01");
    const gap there_and_back = round_trip(L, misprint_quantity_find("x0_from_eps")->value);
    road_gap(L, "predict_x0_from_eps", "there and back, all t, 3 schedules", &there_and_back);
    const gap chain = walk(L, false);
    road_gap(L, "predict_x0_from_eps", "the start of a chain walked step by step", &chain);
    for (const misprint *m = NULL; (m = misprint_next("x0_from_eps", m));) {
        const gap wrong = round_trip(L, m->value);
        control_gap(L, m->what, &wrong);
    }
    say(L,
        "An error of eps reaches x_0 sqrt((1-abar_t)/abar_t) times larger: %.2g at t = 1, %.0f at "
        "t = T of L1000, %.0f at t = T of COS1000.",
        sqrt(1 / forward_snr(schedules[L1000], 1)), sqrt(1 / forward_snr(schedules[L1000], 1000)),
        sqrt(1 / forward_snr(schedules[COS1000], 1000)));
    evidence(L, "1/sqrt(abar_T) = %.1f (L1000), %.3g (COS1000)",
             1 / sqrt(schedules[L1000]->alpha_bar[1000]),
             1 / sqrt(schedules[COS1000]->alpha_bar[1000]));
}

/* --- 12.2  The mean of the reverse step, without the formula ----------------------------------
 * Bayes: the step is a likelihood N(x_t; sqrt(alpha_t) x_{t-1}, beta_t), the jump to t-1 a prior
 * N(x_{t-1}; sqrt(abar_{t-1}) x_0, 1-abar_{t-1}); the mean is the precision-weighted average.
 * Both precisions are multiplied by beta_t (1-abar_{t-1}), which is harmless at t = 1. */
double bayes_mean(const schedule *s, size_t t, double x_t, double x_0)
{
    const double u = s->var_bar[t - 1];
    return (u * sqrt(s->alpha[t]) * x_t + s->beta[t] * sqrt(s->alpha_bar[t - 1]) * x_0) /
           (u * s->alpha[t] + s->beta[t]);
}

/* Projection: given x_0, both x_{t-1} and x_t are linear in unit noises, and the part of
 * sqrt(1-abar_{t-1}) eps_{t-1} along eps is cov = (1-abar_{t-1}) sqrt(alpha_t/(1-abar_t)).  So
 *   mu_tilde = sqrt(abar_{t-1}) x_0 + cov eps.
 * We want mu_tilde = a x_t + b eps.  Put in the jump and compare what stands before x_0 and eps:
 *   sqrt(abar_t) a            = sqrt(abar_{t-1})
 *   sqrt(1-abar_t) a  +  b    = cov. */
eps_form match_coefficients(const schedule *s, size_t t)
{
    double matrix[] = {sqrt(s->alpha_bar[t]), 0.0, sqrt(s->var_bar[t]), 1.0};
    double right[] = {sqrt(s->alpha_bar[t - 1]),
                      s->var_bar[t - 1] * sqrt(s->alpha[t] / s->var_bar[t])};
    size_t order[2];
    int sign;
    gsl_permutation permutation = {2, order};
    gsl_matrix_view A = gsl_matrix_view_array(matrix, 2, 2);
    gsl_vector_view x = gsl_vector_view_array(right, 2);
    gsl_linalg_LU_decomp(&A.matrix, &permutation, &sign);
    gsl_linalg_LU_svx(&A.matrix, &permutation, &x.vector);
    return (eps_form){right[0], right[1]};
}

/* Push a formula for the mean through all t: against Bayes with the true x_0, or the projection. */
static gap means(lesson *L, misprint_formula formula, bool bayes, size_t first)
{
    gap g = {0};
    for (size_t k = 0; k < N_LOOPS; k++)
        for (size_t t = first; t <= schedules[k]->T; t++) {
            const schedule *s = schedules[k];
            const point p = draw(lesson_rng(L), s, t);
            const double arg[] = {p.x_t, p.eps};
            const eps_form f = match_coefficients(s, t);
            gap_add(&g, t, formula(s, t, arg),
                    bayes ? bayes_mean(s, t, p.x_t, p.x_0) : f.a * p.x_t + f.b * p.eps,
                    roundings(s, t, &p));
        }
    return g;
}

/* Root mean square error of a linear formula in posterior sd, for data of variance 1.  With
 * wrong(x_t, eps) - mu_tilde = d x_t + e eps, and the jump put in for x_t, it is
 *   sqrt(d^2 abar_t + (d sqrt(1-abar_t) + e)^2). */
double error_in_sd(const schedule *s, size_t t, misprint_formula formula)
{
    static const double along_x[] = {1.0, 0.0}, along_eps[] = {0.0, 1.0};
    const double d = formula(s, t, along_x) - 1 / sqrt(s->alpha[t]);
    const double e = formula(s, t, along_eps) + s->beta[t] / sqrt(s->alpha[t] * s->var_bar[t]);
    return hypot(d * sqrt(s->alpha_bar[t]), d * sqrt(s->var_bar[t]) + e) / sqrt(s->beta_tilde[t]);
}

/* The same over all steps t = 2..T: root mean square. */
double error_of_chain(const schedule *s, misprint_formula formula)
{
    double sum = 0.0;
    for (size_t t = 2; t <= s->T; t++) sum += gsl_pow_2(error_in_sd(s, t, formula));
    return sqrt(sum / (double)(s->T - 1));
}

/* Regress on simulated triples: E[(x_{t-1} - x_t/sqrt(alpha_t)) eps] is minus the factor of eps,
 * because what eps and x_t leave open is independent of eps. */
static void regress(lesson *L, const schedule *s, size_t t)
{
    const size_t one = 100000, n = lesson_samples(L, one);
    moments m = {0};
    for (size_t i = 0; i < n; i++) {
        walker w = {.x = 0.9 * gsl_ran_ugaussian(lesson_rng(L))};
        for (size_t r = 1; r <= t; r++) step(&w, lesson_rng(L), s, r);
        moments_add(&m, (w.x_prev - w.x / sqrt(s->alpha[t])) * w.eps);
    }
    /* Var = 2 slope^2 + beta_tilde: the size of each control in standard errors follows. */
    const double slope = -match_coefficients(s, t).b;
    const double se = sqrt((2 * slope * slope + s->beta_tilde[t]) / (double)one);
    road_mean(L, "predict_mean_slope_eps", "regression on a simulated chain, S10, t = 5", &m,
              -predict_mean_slope_eps(s, t));
    const double root_beta = -sqrt(s->beta[t] / (s->alpha[t] * s->var_bar[t]));
    const double no_root = -s->beta[t] / (s->var_bar[t] * sqrt(s->alpha[t]));
    control_mean(L, "the factor with sqrt(beta_t)", &m, root_beta, fabs(root_beta + slope) / se);
    control_mean(L, "the factor with 1-abar_t", &m, no_root, fabs(no_root + slope) / se);
}

/* What each mistake does to a whole chain. */
static void table_of_mistakes(lesson *L)
{
    say(L, "%-52s%8s%8s", "error of one step in posterior sd (rms over t >= 2)", "L1000", "S10");
    for (const misprint *m = NULL; (m = misprint_next("mean_from_eps", m));)
        say(L, "%-52s%8.3g%8.3g", m->what, error_of_chain(schedules[L1000], m->value),
            error_of_chain(schedules[S10], m->value));
}

static void the_eps_form(lesson *L)
{
    claim(L, "EPS-02");
    const misprint_formula formula = misprint_quantity_find("mean_from_eps")->value;
    const gap bayes = means(L, formula, true, 1), projection = means(L, formula, false, 1);
    road_gap(L, "predict_mean_from_eps", "Bayes with the x_0 of the jump, all t", &bayes);
    road_gap(L, "predict_mean_from_eps", "projection, 2 x 2 system by LU, all t", &projection);
    for (const misprint *m = NULL; (m = misprint_next("mean_from_eps", m));) {
        const gap wrong = means(L, m->value, true, 2);
        control_gap(L, m->what, &wrong);
    }
    regress(L, schedules[S10], 5);
    mistakes_by_signs(L);
    table_of_mistakes(L);
    const misprint *root = misprint_find("mean-eps-no-root"),
                   *index = misprint_find("mean-eps-shifted");
    evidence(
        L,
        "error in posterior sd, L1000 and S10: no root %.3g and %.3g, shifted index %.2g and %.3g",
        error_of_chain(schedules[L1000], root->value), error_of_chain(schedules[S10], root->value),
        error_of_chain(schedules[L1000], index->value),
        error_of_chain(schedules[S10], index->value));
}

/* --- 12.3  The line in between ----------------------------------------------------------------
 *   w_xt x_t + w_x0 (x_t - sqrt(1-abar_t) eps)/sqrt(abar_t) :
 * before x_t stands
 *   w_xt + w_x0/sqrt(abar_t) = (alpha_t (1-abar_{t-1}) + beta_t) / (sqrt(alpha_t) (1-abar_t)),
 * which is 1/sqrt(alpha_t), because alpha_t (1-abar_{t-1}) + beta_t = 1-abar_t. */
static double line_in_between(const schedule *s, size_t t, const point *p, double root)
{
    const double xt = sqrt(s->alpha[t]) * s->var_bar[t - 1] / s->var_bar[t];
    const double x0 = sqrt(s->alpha_bar[t - 1]) * (1 - s->alpha[t]) / s->var_bar[t];
    return xt * p->x_t + x0 * (p->x_t - sqrt(s->var_bar[t]) * p->eps) / root;
}

static void the_line_in_between(lesson *L)
{
    claim(L, "EPS-03");
    gap line = {0}, forgot = {0}, before_x = {0}, before_eps = {0};
    for (size_t k = 0; k < N_LOOPS; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++) {
            const schedule *s = schedules[k];
            const point p = draw(lesson_rng(L), s, t);
            const double mean = predict_mean_from_eps(s, t, p.x_t, p.eps),
                         tol = roundings(s, t, &p);
            const double r = sqrt(s->alpha_bar[t]), x0 = posterior_weight_x0(s, t);
            /* 1 - alpha_t has lost an absolute half epsilon of beta_t: relative eps/(2 beta_t). */
            const double lost = GSL_DBL_EPSILON * x0 / s->beta[t] / r * (fabs(p.x_t) + fabs(p.eps));
            gap_add(&line, t, mean, line_in_between(s, t, &p, r), tol + lost);
            if (t >= 2) gap_add(&forgot, t, line_in_between(s, t, &p, 1.0), mean, tol + lost);
            gap_add(&before_x, t, posterior_weight_xt(s, t) + x0 / r, 1 / sqrt(s->alpha[t]),
                    8 * GSL_DBL_EPSILON / sqrt(s->alpha[t]));
            const double b = s->beta[t] / sqrt(s->alpha[t] * s->var_bar[t]);
            gap_add(&before_eps, t, x0 * sqrt(s->var_bar[t]) / r, b, 8 * GSL_DBL_EPSILON * b);
        }
    road_gap(L, "predict_mean_from_eps", "the line as printed, all t, 3 schedules", &line);
    road_gap(L, "posterior_weight_xt", "before x_t: 1/sqrt(alpha_t)", &before_x);
    road_gap(L, "posterior_weight_x0", "before eps: beta_t/sqrt(alpha_t (1-abar_t))", &before_eps);
    control_gap(L, "1/sqrt(abar_t) forgotten when x_0 is put in", &forgot);
    evidence(L, "S10, t=5: before x_t %.4f + %.4f = %.4f", posterior_weight_xt(schedules[S10], 5),
             posterior_weight_x0(schedules[S10], 5) / sqrt(schedules[S10]->alpha_bar[5]),
             1 / sqrt(schedules[S10]->alpha[5]));
}

/* --- 12.4  The last step ----------------------------------------------------------------------
 * At t = 1 one step is the whole jump: 1-abar_1 = beta_1, so sqrt(beta_1) eps is undone exactly. */
static void the_last_step(lesson *L)
{
    claim(L, "EPS-04");
    gap back = {0}, same = {0}, plus = {0}, no_root = {0};
    double off = 0.0;
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t i = 1; i <= 200; i++) {
            const schedule *s = schedules[k];
            const double x_0 = gsl_ran_ugaussian(lesson_rng(L)),
                         eps = gsl_ran_ugaussian(lesson_rng(L));
            const double x[] = {sqrt(s->alpha[1]) * x_0 + sqrt(s->beta[1]) * eps, eps};
            const double tol = 8 * GSL_DBL_EPSILON * (fabs(x_0) + sqrt(s->beta[1]) * fabs(eps));
            gap_add(&back, i, predict_mean_from_eps(s, 1, x[0], eps), x_0, tol);
            gap_add(&plus, i, misprint_find("mean-eps-plus")->value(s, 1, x), x_0, tol);
            gap_add(&no_root, i, misprint_find("mean-eps-no-root")->value(s, 1, x), x_0, tol);
            gap_add(&same, i, s->var_bar[1], s->beta[1], 0.0);
            off = fmax(off, fabs(predict_mean_from_eps(s, 1, x[0], eps) - x_0));
        }
    road_gap(L, "predict_mean_from_eps", "one step there and back, 6 schedules", &back);
    road_gap(L, "schedule.var_bar", "1-abar_1 = beta_1, digit for digit", &same);
    control_gap(L, "plus for minus", &plus);
    control_gap(L, "1-abar_t without its root", &no_root);
    say(L, "1/sqrt(abar_t) outside is invisible here: abar_1 = alpha_1.");
    evidence(L, "x_1 to x_0 within %.1g; with + it is missed by up to %.2f", off,
             fabs(plus.value - plus.reference));
}

int main(int argc, char **argv)
{
    lesson *L = lesson_open(argc, argv, 12, "Predict the noise: x_0 and mu_tilde through eps");
    for (size_t k = 0; k < N_SCHEDULES; k++)
        if (!(schedules[k] = schedule_named_alloc(names[k]))) return 2;
    section(L, "12.1  The jump, turned around");
    the_jump_turned_around(L);
    section(L, "12.2  The mean of the reverse step");
    the_eps_form(L);
    section(L, "12.3  The line in between");
    the_line_in_between(L);
    section(L, "12.4  The last step");
    the_last_step(L);
    section(L, "12.5  The error of the network");
    the_error_of_the_network(L);
    section(L, "12.6  Two ways to read mu_theta");
    two_ways_to_read_the_mean(L);
    section(L, "12.7  Which noise?");
    which_noise(L);
    if (!lesson_random_only(L)) write_figures(L);
    for (size_t k = 0; k < N_SCHEDULES; k++) schedule_free(schedules[k]);
    return lesson_close(L);
}
