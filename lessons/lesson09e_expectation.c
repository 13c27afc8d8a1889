/* Lesson 9, part e.  Under the expectation: L_{t-1} averages over x_t as well. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson09.h"
#include "theory/linear.h"
#include "theory/posterior.h"

static const double eps = GSL_DBL_EPSILON;

/* --- 9.5, continued  Under the expectation -------------------------------------------------------
 * L_{t-1} is an average over x_t as well.  For a linear network ln(q/p) is a quadratic polynomial
 * of (x_t, x_{t-1}), and three Gauss-Hermite nodes each way, -sqrt 3, 0, sqrt 3, average it
 * exactly. */
static double nine_points(const schedule *s, size_t t, const linear_chain *c, double *largest)
{
    static const double z[] = {-M_SQRT3, 0.0, M_SQRT3},
                        weight[] = {1.0 / 6.0, 2.0 / 3.0, 1.0 / 6.0};
    double sum = 0.0;
    *largest = 1.0;
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++) {
            const double end = sqrt(s->alpha_bar[t]) * x_0 + sqrt(s->var_bar[t]) * z[i];
            pair k = true_step(s, t, end);
            k.mean_p = c->a[t] * end + c->b[t];
            k.var_p = c->var[t];
            const double x = k.mean_q + sqrt(k.var_q) * z[j];
            sum += weight[i] * weight[j] * log_ratio(&k, x);
            const double amplified = (fabs(k.mean_q) + fabs(k.mean_p)) *
                                     (fabs(k.mean_q - k.mean_p) / k.var_p + 1.0 / sqrt(k.var_q));
            *largest = fmax(*largest, 1.0 + fabs(log(k.var_q)) + amplified);
        }
    return sum;
}

/* One draw of ln q(x_{t-1}|x_t,x_0) - ln p(x_{t-1}|x_t) along the chain itself; q by Bayes' rule.
 */
static double draw_ratio(const schedule *s, size_t t, const network *net, gsl_rng *rng)
{
    const double before =
        sqrt(s->alpha_bar[t - 1]) * x_0 + gsl_ran_gaussian_ziggurat(rng, sqrt(s->var_bar[t - 1]));
    const double end =
        sqrt(s->alpha[t]) * before + gsl_ran_gaussian_ziggurat(rng, sqrt(s->beta[t]));
    const double log_q = log_normal(end, sqrt(s->alpha[t]) * before, s->beta[t]) +
                         log_normal(before, sqrt(s->alpha_bar[t - 1]) * x_0, s->var_bar[t - 1]) -
                         log_normal(end, sqrt(s->alpha_bar[t]) * x_0, s->var_bar[t]);
    network copy = *net;
    return log_q - log_normal(before, network_mean(end, t, &copy), true_step(s, t, end).var_q);
}

typedef struct squared_error {
    const schedule *s;
    size_t t;
    double factor;
} squared_error;

static double weighted_square(double x_t, void *params)
{
    const squared_error *e = params;
    network net = {e->s, SIGMA_BETA_TILDE};
    return e->factor *
           gsl_pow_2(posterior_mean(e->s, e->t, x_t, x_0) - network_mean(x_t, e->t, &net));
}

/* E_{q(x_t|x_0)} of factor * square, by 60 nodes. */
static double expected_square(const schedule *s, size_t t, double factor)
{
    squared_error e = {s, t, factor};
    return quad_hermite(weighted_square, &e, sqrt(s->alpha_bar[t]) * x_0, sqrt(s->var_bar[t]), 60,
                        NULL);
}

static void by_nine_points(lesson *L)
{
    gap exact = {0}, wrong = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        linear_chain *c = linear_chain_alloc(s, 0.4, 1.7, SIGMA_BETA_TILDE);
        if (!c) return;
        for (size_t t = 2; t <= s->T; t++) {
            double largest;
            const double reference = nine_points(s, t, c, &largest),
                         tolerance = 64.0 * eps * largest;
            gap_add(&exact, t, linear_denoising(s, c, t, x_0), reference, tolerance);
            gap_add(&wrong, t, linear_denoising(s, c, t, x_0) * posterior_var(s, t) / s->beta[t],
                    reference, tolerance);
        }
        linear_chain_free(c);
    }
    road_gap(L, "linear_denoising", "9-point average of ln(q/p), all t, 4 schedules", &exact);
    control_gap(L, "1/(2 beta_t) for 1/(2 beta_tilde_t)", &wrong);
}

void under_the_expectation(lesson *L)
{
    claim(L, "KLG-08");
    if (!lesson_random_only(L)) by_nine_points(L);
    const schedule *s = schedules[L1000];
    const network net = {s, SIGMA_BETA_TILDE};
    const size_t t = 2, n = lesson_samples(L, 40000);
    moments m = {0};
    for (size_t i = 0; i < n; i++) moments_add(&m, draw_ratio(s, t, &net, lesson_rng(L)));
    const double right = expected_square(s, t, weight_mu(posterior_var(s, t)));
    const double wrong = expected_square(s, t, weight_mu(s->beta[t]));
    road_mean(L, "weight_mu", "ln(q/p) along simulated chains, t = 2, L1000", &m, right);
    /* Given x_t the logarithm has variance 2 KL; over x_t the divergence itself hardly varies. */
    control_mean(L, "1/(2 beta_t) for 1/(2 beta_tilde_t)", &m, wrong,
                 (right - wrong) / sqrt(2.0 * right / 40000.0));
    evidence(L,
             "t = 2 of L1000: 1/(2 beta_t) is %.4f of the right factor; untrained network: %.2f "
             "nats, not %.2f",
             posterior_var(s, t) / s->beta[t], right, wrong);
}
