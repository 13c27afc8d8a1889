/* Lesson 7, part b: the expectation turns log-ratios into KL divergences. */
#include <math.h>

#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "check/quad.h"
#include "theory/gaussian.h"
#include "theory/posterior.h"

#include "lesson07.h"

/* E f over q(x_{t-1}, x_t | x_0), nested Gauss-Hermite; `independent` draws x_t without x_{t-1}. */
typedef struct pair {
    walk *w;
    size_t t;
    double (*f)(const walk *w, size_t t);
    bool independent;
    double error;
} pair;

static double inner(double x_t, void *params)
{
    const pair *a = params;
    a->w->x[a->t] = x_t;
    return a->f(a->w, a->t);
}

static double outer(double x_prev, void *params)
{
    pair *a = params;
    const schedule *s = a->w->s;
    const double root =
        a->independent ? sqrt(s->alpha_bar[a->t]) * x_0 : sqrt(s->alpha[a->t]) * x_prev;
    double error;
    a->w->x[a->t - 1] = x_prev;
    const double r = quad_hermite(
        inner, a, root, sqrt(a->independent ? s->var_bar[a->t] : s->beta[a->t]), 40, &error);
    a->error = fmax(a->error, error);
    return r;
}

static double over_pair(walk *w, size_t t, double (*f)(const walk *w, size_t t), bool independent,
                        double *error)
{
    pair a = {w, t, f, independent, 0.0};
    double mine;
    w->x[0] = x_0;
    w->library = false;
    const double r = quad_hermite(outer, &a, sqrt(w->s->alpha_bar[t - 1]) * x_0,
                                  sqrt(w->s->var_bar[t - 1]), 40, &mine);
    *error += mine + a.error;
    return r;
}

static double log_ratio(const walk *w, size_t t)
{
    return log_posterior(w, t).value - log_p(w, t).value;
}

static double mismatched(const walk *w, size_t t)
{
    return log_step(w, t - 1).value - log_posterior(w, t).value;
}

/* The pair log p(x_{t-1}|x_t) - log q(x_{t-1}|x_{t-2}) at its best, p = q(x_{t-1}|x_t,x_0).  Both
 * are normal, so minus its expectation is a difference of entropies, and for t = 2 it is negative.
 */
void mismatched_pair(lesson *L)
{
    static walk w;
    static const int which[] = {L1000, S10, COS1000};
    double value = 0.0;
    claim(L, "TEL-04");
    gap g = {0};
    for (size_t k = 3; k-- > 0;) {
        double error = 0.0;
        take_walk(&w, schedules[which[k]], 0);
        const double reference = over_pair(&w, 2, mismatched, false, &error);
        value = gaussian_entropy(posterior_var(w.s, 2)) - gaussian_entropy(w.s->beta[1]);
        gap_add(&g, 2, value, reference, error + log_posterior(&w, 2).error);
    }
    road_gap(L, "gaussian_entropy", "E[log q - log p] by quadrature, t = 2, 3 schedules", &g);
    road(L, "schedule.beta_tilde", "docs/claims.tsv: -0.3032 on L1000", value, -0.3032, 0.5e-4);
    control_below(L, "it is >= 0, as a KL must be", 0.0, value, 0.0);
    size_t negative = 0, cases = 0;
    for (size_t t = 2; t <= w.s->T; t++)
        for (double x = -2.9; x < 3.0; x += 0.37, cases++)
            negative += !(elbo_denoising(w.s, t, &w.p, x, x_0) >= 0.0);
    road_all(L, "elbo_denoising", "the matched pair of line (D) never is negative", negative,
             cases);
    evidence(L, "L1000, t = 2: E[log q(x_1|x_0) - log q(x_1|x_2,x_0)] = %.4f < 0", value);
}

/* --- 7.5  The expectation: part D ---------------------------------------------------------------
 * E of line (D), term by term: a pair x_{t-1}, x_t is all that a term needs, and given x_t the
 * average over x_{t-1} ~ q(x_{t-1}|x_t,x_0) is a KL divergence (the tower rule). */
static double decoder_at(double x_1, void *params)
{
    return elbo_reverse_log_pdf(&((pair *)params)->w->p, 1, x_0, x_1);
}

static double kl_at(double x_t, void *params)
{
    const pair *a = params;
    return elbo_denoising(a->w->s, a->t, &a->w->p, x_t, x_0);
}

static double reversed_kl_at(double x_t, void *params) /* KL(p || q): a mistake */
{
    const pair *a = params;
    const reverse_model *p = &a->w->p;
    return gaussian_kl(p->mean(x_t, a->t, p->params), p->var(x_t, a->t, p->params),
                       posterior_mean(a->w->s, a->t, x_t, x_0), posterior_var(a->w->s, a->t));
}

static double over_jump(walk *w, size_t t, quad_integrand f, double *error) /* E over q(x_t|x_0) */
{
    pair a = {.w = w, .t = t};
    double mine;
    const double r =
        quad_hermite(f, &a, sqrt(w->s->alpha_bar[t]) * x_0, sqrt(w->s->var_bar[t]), 48, &mine);
    *error += mine;
    return r;
}

static double three_forces(walk *w, quad_integrand kl, double *error)
{
    double r = over_jump(w, 1, decoder_at, error) - elbo_prior(w->s, x_0);
    for (size_t t = 2; t <= w->s->T; t++) r -= over_jump(w, t, kl, error);
    return r;
}

static double log_p_value(const walk *w, size_t t)
{
    return log_p(w, t).value;
}

/* E of line (2), an arbitrary p: no Bayes, no KL.  E log q(x_t|x_{t-1}) = -ln(2 pi e beta_t)/2. */
static double expected_two_sums(walk *w, double *error)
{
    const size_t T = w->s->T;
    const double square = w->s->alpha_bar[T] * x_0 * x_0 + w->s->var_bar[T];
    double r = -0.5 * (square + log(2.0 * M_PI));
    for (size_t t = 1; t <= T; t++)
        r += over_pair(w, t, log_p_value, false, error) +
             0.5 * log(2.0 * M_PI * M_E * w->s->beta[t]);
    return r;
}

/* Simulate x_1 .. x_T by single steps and average f. */
moments simulate(lesson *L, walk *w, size_t n, double (*f)(walk *w))
{
    moments m = {0};
    gsl_rng *rng = lesson_rng(L);
    const schedule *s = w->s;
    for (size_t i = 0; i < n; i++) {
        for (size_t t = 1; t <= s->T; t++)
            w->x[t] =
                sqrt(s->alpha[t]) * w->x[t - 1] + gsl_ran_gaussian_ziggurat(rng, sqrt(s->beta[t]));
        moments_add(&m, f(w));
    }
    return m;
}

static double bracket_2(walk *w)
{
    return evaluate(&two_sums, w, false).value;
}

double right_hand_side(walk *w) /* as boxed on the Training Objective page: no expectation */
{
    double r = elbo_prior(w->s, x_0) - elbo_reverse_log_pdf(&w->p, 1, x_0, w->x[1]);
    for (size_t t = 2; t <= w->s->T; t++) r += elbo_denoising(w->s, t, &w->p, w->x[t], x_0);
    return r;
}

static double paired_difference(walk *w)
{
    return bracket_2(w) + right_hand_side(w);
}

void take_expectation(lesson *L)
{
    static walk w;
    double error = 0.0, unused = 0.0;
    claim(L, "TEL-07");
    take_walk(&w, schedules[S10], 0);
    const double forces = three_forces(&w, kl_at, &error),
                 reversed = three_forces(&w, reversed_kl_at, &unused);
    if (!lesson_random_only(L)) {
        const double sums = expected_two_sums(&w, &error);
        road(L, "elbo_denoising", "arbitrary p: E of line (2) by 2-D quadrature", forces, sums,
             error);
        control(L, "KL(p||q) instead of KL(q||p)", reversed, sums, error);
        linear_roads(L);
    }
    const size_t n = lesson_samples(L, 20000);
    take_walk(&w, schedules[S10], 0);
    const moments sums = simulate(L, &w, n, bracket_2),
                  difference = simulate(L, &w, n, paired_difference);
    road_mean(L, "elbo_denoising", "arbitrary p: line (2) on simulated paths", &sums, forces);
    road_mean(L, NULL, "line (2) - three forces, same paths: mean 0", &difference, 0.0);
    control_mean(L, "the same with KL(p||q)", &difference, reversed - forces, 490.0);
    evidence(L, "ELBO of the arbitrary p on S10, x_0 = %.3f: %.9f by both roads; exact model: %.9f",
             x_0, forces, -0.5 * (x_0 * x_0 + log(2.0 * M_PI)));
}

static double log_ratio_5(walk *w)
{
    return log_ratio(w, 5);
}

void subscripts(lesson *L)
{
    static walk w;
    double error = 0.0, unused = 0.0;
    claim(L, "TEL-08");
    take_walk(&w, schedules[S10], 0);
    const double tower = over_jump(&w, 5, kl_at, &error),
                 alone = over_pair(&w, 5, log_ratio, true, &unused);
    if (!lesson_random_only(L)) {
        const double joint = over_pair(&w, 5, log_ratio, false, &error);
        road(L, "elbo_denoising", "E_{q(x_t|x_0)} KL = E_{q(x_{t-1},x_t|x_0)} ratio", tower, joint,
             error);
        control(L, "x_{t-1} drawn independently of x_t", alone, joint, error);
    }
    take_walk(&w, schedules[S10], 0);
    const moments m = simulate(L, &w, lesson_samples(L, 20000), log_ratio_5);
    road_mean(L, "elbo_denoising", "the ratio averaged over whole paths x_1 .. x_10", &m, tower);
    control_mean(L, "x_{t-1} drawn independently of x_t", &m, alone, 49.0);
    evidence(L, "S10, t = 5: %.4f with x_{t-1}, x_t drawn jointly, %.4f independently", tower,
             alone);
}
