/* Lesson 9, part d.  The constant, the condition, the expectation, the factor. */
#include <math.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>

#include "lesson09.h"
#include "theory/gaussian.h"
#include "theory/linear.h"
#include "theory/posterior.h"
#include "theory/schedule_spec.h"

static const double eps = GSL_DBL_EPSILON;

/* --- 9.5  The constant --------------------------------------------------------------------------
 * q has variance beta_tilde_t.  Give the model beta_t and each t >= 2 costs
 *     C_t = (r_t - 1 - ln r_t)/2,   r_t = beta_tilde_t/beta_t = (1-abar_{t-1})/(1-abar_t),
 * whatever the network does.  The logarithms telescope:
 *     sum_{t>=2} C_t = ( sum_{t>=2} (r_t - 1) + ln (1-abar_T)/(1-abar_1) ) / 2. */
static double total_constant(const schedule *s)
{
    double sum = 0.0;
    for (size_t t = 2; t <= s->T; t++)
        sum += gaussian_kl_variances(posterior_var(s, t), s->beta[t]);
    return sum;
}

static void sum_the_constants(lesson *L)
{
    static const double ledger[] = {0.85498, 0.33716, 0.86997,
                                    0.29975}; /* in the order of the names */
    gap telescoped = {0}, known = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        double ratios = 0.0;
        for (size_t t = 2; t <= s->T; t++)
            ratios -= s->alpha_bar[t - 1] * s->beta[t] / s->var_bar[t]; /* r_t - 1 */
        const double logs = log(s->var_bar[s->T] / s->var_bar[1]);
        gap_add(&telescoped, k + 1, total_constant(s), 0.5 * (ratios + logs),
                2.0 * (double)s->T * eps * logs);
        gap_add(&known, k + 1, total_constant(s), ledger[k], 0.5e-5);
    }
    road_gap(L, "gaussian_kl_variances", "their sum: the logarithms telescope, 4 schedules",
             &telescoped);
    road_gap(L, "gaussian_kl_variances", "the ledger's four sums, 5 digits", &known);
}

void the_constant(lesson *L, quad *w)
{
    claim(L, "KLG-03");
    gap constant = {0}, zero = {0}, term = {0}, dropped = {0};
    for (size_t k = 0; k <= L1000; k++)
        for (size_t t = 2; t <= schedules[k]->T; t++) {
            const schedule *s = schedules[k];
            network net = {s, SIGMA_BETA};
            const reverse_model p = model_of(&net);
            const pair steps = both_steps(s, t, SIGMA_BETA);
            pair matched = steps;
            matched.mean_p = matched.mean_q;
            double tolerance;
            const double c = integrate(w, &matched, &tolerance);
            gap_add(&constant, t, gaussian_kl_variances(posterior_var(s, t), s->beta[t]), c,
                    tolerance);
            /* (r - 1)^2/4 with r = 1 up to 16 roundings. */
            gap_add(&zero, t, gaussian_kl_variances(posterior_var(s, t), steps.var_q), 0.0,
                    gsl_pow_2(8.0 * eps));
            const double kl = integrate(w, &steps, &tolerance);
            gap_add(&term, t, elbo_denoising(s, t, &p, end_of(s, t), x_0), kl, tolerance);
            gap_add(&dropped, t, gsl_pow_2(steps.mean_q - steps.mean_p) / (2.0 * s->beta[t]), kl,
                    tolerance);
        }
    road_gap(L, "gaussian_kl_variances", "C_t = integral at matched means, sigma^2 = beta",
             &constant);
    road_gap(L, "elbo_denoising", "square/(2 beta_t) + C_t = integral, any network", &term);
    road_gap(L, NULL, "C_t = 0 if sigma^2 = beta_tilde", &zero);
    sum_the_constants(L);
    control_gap(L, "C_t taken as zero although sigma^2 = beta", &dropped);

    /* For N(0,1) data and sigma^2 = beta the bound is tight, so L_VLB must be -ln N(x_0; 0, 1). */
    const schedule *s = schedules[L1000];
    linear_chain *c = linear_chain_alloc(s, 0.0, 1.0, SIGMA_BETA);
    if (!c) return;
    const double vlb = linear_vlb(s, c, x_0), surprise = -log_normal(x_0, 0.0, 1.0);
    const double roundings = 8.0 * (double)s->T * eps * log(s->var_bar[s->T] / s->var_bar[1]);
    road(L, "linear_vlb", "with it the bound of N(0,1) data is tight, L1000", vlb, surprise,
         roundings);
    control(L, "the same bound without the constants", vlb - total_constant(s), surprise,
            roundings);
    linear_chain_free(c);
    evidence(L,
             "sum over t >= 2, sigma^2 = beta, per dimension: L1000 %.5f (t=2 alone %.5f), S10 "
             "%.5f, S50 %.5f, COS1000 %.5f",
             total_constant(s), gaussian_kl_variances(posterior_var(s, 2), s->beta[2]),
             total_constant(schedules[S10]), total_constant(schedules[S50]),
             total_constant(schedules[COS1000]));
    say(L,
        "An image of 784 pixels pays %.0f nats for the choice sigma^2 = beta, before the network "
        "says a word.",
        784.0 * total_constant(s));
}

/* "The full term": |mu_theta - mu_q|^2 / (2 sigma_q^2), if the model has the variance of q, t >= 2.
 */
static int refuses_first_step(const schedule *s)
{
    gsl_error_handler_t *old = gsl_set_error_handler_off();
    const double weight = weight_mu(posterior_var(s, 1));
    gsl_set_error_handler(old);
    return weight != weight;
}

void the_full_term(lesson *L, quad *w)
{
    claim(L, "KLG-04");
    gap full = {0}, other = {0};
    size_t taken = 0;
    for (size_t k = 0; k <= L1000; k++) {
        const schedule *s = schedules[k];
        for (size_t t = 2; t <= s->T; t++) {
            const pair same = both_steps(s, t, SIGMA_BETA_TILDE),
                       wider = both_steps(s, t, SIGMA_BETA);
            const double square = gsl_pow_2(posterior_mean(s, t, end_of(s, t), x_0) - same.mean_p);
            double tolerance;
            const double kl = integrate(w, &same, &tolerance);
            gap_add(&full, t, weight_mu(posterior_var(s, t)) * square, kl, tolerance);
            const double kl_wider = integrate(w, &wider, &tolerance);
            gap_add(&other, t, weight_mu(posterior_var(s, t)) * square, kl_wider, tolerance);
        }
        taken += !refuses_first_step(s);
    }
    road_gap(L, "weight_mu", "square/(2 beta_tilde) = integral, S10 and L1000", &full);
    road_all(L, NULL, "t = 1, where beta_tilde = 0, is refused", taken, 2);
    control_gap(L, "the same when the model's variance is beta_t", &other);
    const pair wider = both_steps(schedules[L1000], 2, SIGMA_BETA);
    double tolerance;
    pair matched = wider;
    matched.mean_p = matched.mean_q;
    const double left = integrate(w, &matched, &tolerance);
    control(L, "t = 2, matched means: full term 0, divergence not", 0.0, left, tolerance);
    evidence(L,
             "exact for sigma^2 = beta_tilde, t >= 2; t = 1 would divide by 0; with sigma^2 = beta "
             "it misses %.5f at t = 2 of L1000",
             gaussian_kl_variances(wider.var_q, wider.var_p));
}

/* --- 9.6  The factor ----------------------------------------------------------------------------
 * Move the model's mean by d: the divergence grows by d^2/(2 sigma_t^2), for every d, at every t.
 * The factor does not depend on theta.  It does depend on t. */
static const double moves[] = {0.13, -0.71, 2.9};

void the_factor(lesson *L, quad *w)
{
    claim(L, "KLG-05");
    gap by_theta = {0}, by_t = {0};
    for (size_t k = 0; k <= L1000; k++) {
        const schedule *s = schedules[k];
        for (size_t t = 1; t <= s->T; t += s->T / 10)
            for (size_t i = 0; i < 3; i++) {
                const double d = moves[i] * sqrt(s->beta[t]);
                const pair p = {0.731, s->beta[t], 0.731 + d, s->beta[t]};
                double tolerance;
                const double kl = integrate(w, &p, &tolerance);
                gap_add(&by_theta, t, weight_mu(s->beta[t]) * d * d, kl, tolerance);
                gap_add(&by_t, t, weight_mu(s->beta[s->T]) * d * d, kl, tolerance);
            }
    }
    const schedule *s = schedules[L1000];
    const pair first = {0.731, s->beta[1], 0.744, s->beta[1]},
               last = {0.731, s->beta[s->T], 0.744, s->beta[s->T]};
    double error_first, error_last;
    const double a = integrate(w, &first, &error_first), b = integrate(w, &last, &error_last);
    road_gap(L, "weight_mu", "KL/square = 1/(2 sigma_t^2), 3 networks, many t", &by_theta);
    road(L, "weight_mu", "factor at t = 1 over factor at T, by integrals",
         weight_mu(s->beta[1]) / weight_mu(s->beta[s->T]), a / b,
         (error_first + error_last * a / b) / b);
    control_gap(L, "one factor for all t: that of t = T", &by_t);
    evidence(L, "1/(2 beta_t) on L1000: %.0f at t = 1, %.0f at t = T, factor %.0f",
             weight_mu(s->beta[1]), weight_mu(s->beta[s->T]),
             weight_mu(s->beta[1]) / weight_mu(s->beta[s->T]));
    say(L, "So 'proportional to' may be used inside one t.  Pulled out of the sum over t, it "
           "becomes WT-03.");
}

/* Against the square, the divergence of step t is a straight line.  Two points fix it, a third
 * tests it: the intercept is the additive constant, the slope the multiplicative one. */
void up_to_constants(lesson *L, quad *w)
{
    claim(L, "KLG-07");
    gap intercept = {0}, slope = {0}, third = {0}, one_slope = {0}, no_intercept = {0};
    const schedule *s = schedules[L1000];
    for (size_t t = 2; t <= s->T; t += t < 20 ? 1 : 70) {
        pair k = true_step(s, t, end_of(s, t));
        k.var_p = s->beta[t];
        double kl[3], d2[3], error[3];
        for (size_t i = 0; i < 3; i++) {
            k.mean_p = k.mean_q + (i == 0 ? 0.0 : moves[i] * sqrt(k.var_p));
            d2[i] = gsl_pow_2(k.mean_p - k.mean_q);
            kl[i] = integrate(w, &k, &error[i]);
        }
        const double line = (kl[1] - kl[0]) / d2[1], line_error = (error[0] + error[1]) / d2[1];
        gap_add(&intercept, t, gaussian_kl_variances(posterior_var(s, t), s->beta[t]), kl[0],
                error[0]);
        gap_add(&slope, t, weight_mu(s->beta[t]), line, line_error);
        gap_add(&third, t, kl[0] + line * d2[2], kl[2], error[0] + error[2] + line_error * d2[2]);
        gap_add(&one_slope, t, weight_mu(s->beta[s->T]), line, line_error);
        gap_add(&no_intercept, t, 0.0, kl[0], error[0]);
    }
    road_gap(L, NULL, "KL against the square: three points on one line", &third);
    road_gap(L, "weight_mu", "its slope is 1/(2 beta_t)", &slope);
    road_gap(L, "gaussian_kl_variances", "its intercept is C_t", &intercept);
    control_gap(L, "one slope for all t", &one_slope);
    control_gap(L, "no intercept", &no_intercept);
    evidence(L,
             "L1000, sigma^2 = beta: slopes 1/(2 beta_t) from %.0f to %.0f, intercepts adding up "
             "to %.5f per dimension",
             weight_mu(s->beta[1]), weight_mu(s->beta[s->T]), total_constant(s));
}

void write_factor(lesson *L)
{
    schedule *s = schedule_of_figure(L);
    data_file *f = data_open(L, "factor", "t factor_beta factor_beta_tilde constant");
    for (size_t t = 2; t <= s->T; t++)
        data_line(f, "%zu %.9g %.9g %.9g", t, weight_mu(s->beta[t]), weight_mu(posterior_var(s, t)),
                  gaussian_kl_variances(posterior_var(s, t), s->beta[t]));
    data_close(f);
    schedule_free(s);
}
