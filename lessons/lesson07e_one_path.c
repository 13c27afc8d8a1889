/* Lesson 7, part e: what one path says, when the expectation is left out. */
#include <math.h>

#include <gsl/gsl_math.h>

#include "theory/linear.h"

#include "lesson07.h"

/* --- 7.5 continued: the box without an expectation ----------------------------------------------
 * Boxed without an expectation, the right-hand side depends on the path, the left-hand side does
 * not.  In the exact model of N(0,1), where p(x_{t-1}|x_t) = N(sqrt(alpha_t) x_t, beta_t), it is
 *   constant + sum_t y_t^2 / (2 beta_t),   y_t = E[x_{t-1}|x_t,x_0] - sqrt(alpha_t) x_t.
 * The y_t are normal together.  With means beta_t u_t and covariances beta_i beta_j c_ij,
 *   Var = sum_ij beta_i beta_j c_ij (c_ij/2 + u_i u_j),   u_t = sqrt(abar_{t-1}) x_0,
 * and c_ij from the slope of y_t, -sqrt(alpha_t) beta_t abar_{t-1}/(1 - abar_t), and
 * Cov(x_i, x_j) = sqrt(abar_j/abar_i) (1 - abar_i) for i <= j. */
static double variance_of_squares(const schedule *s, bool steps_independent)
{
    double sum = 0.0;
    for (size_t i = 1; i <= s->T; i++)
        for (size_t j = i; j <= (steps_independent ? i : s->T); j++) {
            const double both = s->alpha_bar[i - 1] * s->alpha_bar[j - 1];
            const double c = sqrt(s->alpha[i] * s->alpha[j] * s->alpha_bar[j] / s->alpha_bar[i]) *
                             both / s->var_bar[j];
            const double pair = s->beta[i] * s->beta[j] * c * (0.5 * c + sqrt(both) * x_0 * x_0);
            sum += i == j ? pair : 2.0 * pair;
        }
    return sum;
}

/* One term of the right-hand side that depends on the path. */
static double term_on_path(const walk *w, size_t t, double x)
{
    return t == 1 ? -elbo_reverse_log_pdf(&w->p, 1, x_0, x)
                  : elbo_denoising(w->s, t, &w->p, x, x_0);
}

/* Gauss-Hermite with 3 nodes is exact up to degree 5: the terms have degree 2, their products 4. */
static const double node[3] = {-1.7320508075688772, 0.0, 1.7320508075688772};
static const double node_weight[3] = {1.0 / 6.0, 2.0 / 3.0, 1.0 / 6.0};

static double mean_of_term(const walk *w, size_t t)
{
    double sum = 0.0;
    for (int k = 0; k < 3; k++)
        sum +=
            node_weight[k] *
            term_on_path(w, t, sqrt(w->s->alpha_bar[t]) * x_0 + sqrt(w->s->var_bar[t]) * node[k]);
    return sum;
}

static double covariance_of_terms(const walk *w, size_t i, size_t j) /* i <= j */
{
    const schedule *s = w->s;
    const double root = sqrt(s->alpha_bar[j] / s->alpha_bar[i]);
    const double rest = sqrt(fmax(0.0, s->var_bar[j] - root * root * s->var_bar[i]));
    const double mean_i = mean_of_term(w, i), mean_j = mean_of_term(w, j);
    double sum = 0.0;
    for (int k = 0; k < 3; k++) {
        const double x = sqrt(s->alpha_bar[i]) * x_0 + sqrt(s->var_bar[i]) * node[k];
        for (int l = 0; l < 3; l++)
            sum += node_weight[k] * node_weight[l] * (term_on_path(w, i, x) - mean_i) *
                   (term_on_path(w, j, root * x + rest * node[l]) - mean_j);
    }
    return sum;
}

/* The variance, pair of steps by pair of steps, with the terms as src/theory has them.  Each term is
 * a difference of size beta_t of numbers of size 1, squared and over beta_t: 64 roundings of 1. */
static gap spread_over_paths(bool steps_independent)
{
    static walk w;
    gap g = {0};
    for (size_t k = S10; k <= BAD50; k++) {
        linear_chain *c = linear_chain_alloc(schedules[k], 0.0, 1.0, SIGMA_BETA);
        take_walk(&w, schedules[k], 0);
        w.p = linear_reverse_model(c);
        double sum = 0.0;
        for (size_t i = 1; i <= w.s->T; i++)
            for (size_t j = i; j <= w.s->T; j++)
                sum += (i == j ? 1.0 : 2.0) * covariance_of_terms(&w, i, j);
        gap_add(&g, w.s->T, sum, variance_of_squares(w.s, steps_independent),
                64.0 * eps * (double)(w.s->T * w.s->T));
        linear_chain_free(c);
    }
    return g;
}

static void on_single_paths(lesson *L, walk *w, double exact, double error)
{
    schedule *s = schedules[L1000];
    linear_chain *c = linear_chain_alloc(s, 0.0, 1.0, SIGMA_BETA);
    double right[2], mean = elbo_prior(s, x_0);
    for (int kind = 0; kind < 2; kind++) {
        take_walk(w, s, kind);
        w->p = linear_reverse_model(c);
        right[kind] = right_hand_side(w);
    }
    printed(L, "L1000, one path: right-hand side = L_VLB", right[0], exact, error);
    printed(L, "L1000: right-hand side the same on two paths", right[0], right[1], 2.0 * error);
    for (size_t t = 1; t <= s->T; t++) mean += mean_of_term(w, t);
    road(L, "elbo_denoising", "L1000: its mean over x_t, term by term = L_VLB", mean, exact, error);
    linear_chain_free(c);
}

void missing_expectation(lesson *L)
{
    static walk w;
    claim(L, "TEL-09");
    const double exact = 0.5 * (x_0 * x_0 + log(2.0 * M_PI)); /* -log p(x_0): the bound is tight */
    linear_chain *c = linear_chain_alloc(schedules[L1000], 0.0, 1.0, SIGMA_BETA);
    const double error = linear_two_sums(schedules[L1000], c, x_0).error;
    linear_chain_free(c);
    if (!lesson_random_only(L)) {
        on_single_paths(L, &w, exact, error);
        const gap spread = spread_over_paths(false), independent = spread_over_paths(true);
        road_gap(L, "elbo_denoising", "its variance over paths, S10, S50, BAD50", &spread);
        control_gap(L, "the same with the x_t taken as independent", &independent);
    }
    c = linear_chain_alloc(schedules[S10], 0.0, 1.0, SIGMA_BETA);
    take_walk(&w, schedules[S10], 0);
    w.p = linear_reverse_model(c);
    const moments m = simulate(L, &w, lesson_samples(L, 40000), right_hand_side);
    road_mean(L, "linear_vlb", "S10: its mean over paths = L_VLB", &m,
              linear_vlb(schedules[S10], c, x_0));
    evidence(L,
             "exact model of N(0,1): L_VLB = %.4f; sd of the right-hand side over paths %.3f "
             "(S10), %.3f (L1000), exactly",
             linear_vlb(schedules[S10], c, x_0), sqrt(variance_of_squares(schedules[S10], false)),
             sqrt(variance_of_squares(schedules[L1000], false)));
    linear_chain_free(c);
}
