/* Lesson 8, part b: what no training removes, and what the last step is worth. */
#include <math.h>

#include <gsl/gsl_math.h>
#include <gsl/gsl_min.h>
#include <gsl/gsl_randist.h>

#include "theory/gaussian.h"
#include "theory/predict.h"
#include "theory/weight.h"

#include "lesson08.h"

/* --- 8.5  The floor -----------------------------------------------------------------------------
 * The target mu_tilde_t(x_t,x_0) depends on x_0, which the network does not see.  Whatever function
 * f of x_t it is,  E|eps - f(x_t)|^2 = E Var(eps|x_t) + E|eps* - f|^2,  and for data N(m, v)
 *   Var(eps|x_t) = abar_t v / V_t,  V_t = abar_t v + v_t  (conditioning one normal number on
 * another). */
static const double data_mean = 0.4, data_var = 0.6;

static double conditional_variance(const schedule *s, size_t t, double v)
{
    const double V = s->alpha_bar[t] * v + s->var_bar[t];
    return s->alpha_bar[t] * v / V;
}

/* The weighted error of the exact linear chain: L_{t-1} without its constant. */
static double weighted_error(const schedule *s, const linear_chain *c, size_t t, double m, double v)
{
    return average_term(s, c, t, m, v) - gaussian_kl_variances(s->beta_tilde[t], c->var[t]);
}

/* w_t E|eps - slope x_t - offset|^2 as a function of the slope, the offset being the best one: what
 * a linear network can reach.  x_t = sqrt(abar) x_0 + sqrt(v_t) eps; Cov(eps, x_t) = sqrt(v_t). */
typedef struct network {
    const schedule *s;
    size_t t;
} network;

static double loss_of_slope(double slope, void *params)
{
    const network *a = params;
    const double V = a->s->alpha_bar[a->t] * data_var + a->s->var_bar[a->t];
    return 1.0 - 2.0 * slope * sqrt(a->s->var_bar[a->t]) + slope * slope * V;
}

static double best_loss(const schedule *s, size_t t)
{
    network a = {s, t};
    gsl_function f = {loss_of_slope, &a};
    /* |Cov(eps, x_t)| <= sqrt(V), so that the best slope is between -unit and unit. */
    const double unit = 1.0 / sqrt(s->alpha_bar[t] * data_var + s->var_bar[t]);
    gsl_min_fminimizer *w = gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent);
    double best = (double)NAN;
    if (w && gsl_min_fminimizer_set(w, &f, 0.3 * unit, -1.3 * unit, 2.7 * unit) == 0) {
        for (int i = 0; i < 60; i++)
            if (gsl_min_fminimizer_iterate(w) != 0) break;
        best = gsl_min_fminimizer_f_minimum(w);
    }
    gsl_min_fminimizer_free(w);
    return best;
}

/* |eps - factor eps*(x_t)|^2 on simulated pairs; eps* = sqrt(v_t) (x_t - E x_t) / V_t. */
static moments squared_error(lesson *L, const schedule *s, size_t t, double factor)
{
    moments m = {0};
    gsl_rng *rng = lesson_rng(L);
    const double root = sqrt(s->alpha_bar[t]), V = s->alpha_bar[t] * data_var + s->var_bar[t];
    for (size_t i = lesson_samples(L, 40000); i-- > 0;) {
        const double x = data_mean + gsl_ran_gaussian_ziggurat(rng, sqrt(data_var));
        const double noise = gsl_ran_gaussian_ziggurat(rng, 1.0);
        const double x_t = root * x + sqrt(s->var_bar[t]) * noise;
        moments_add(&m,
                    gsl_pow_2(noise - factor * sqrt(s->var_bar[t]) / V * (x_t - root * data_mean)));
    }
    return m;
}

/* One image only (v = 0): then x_t determines eps, and the target can be hit. */
static gap single_image(void)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        linear_chain *c = linear_chain_alloc(schedules[k], data_mean, 0.0, SIGMA_BETA);
        for (size_t t = 2; t <= schedules[k]->T; t++) {
            const double w = weight_eps(schedules[k], t, schedules[k]->beta[t]);
            const double error =
                c ? weighted_error(schedules[k], c, t, data_mean, 0.0) : (double)NAN;
            gap_add(&g, t, error, 0.0, 64.0 * eps * (w + 1.0));
        }
        linear_chain_free(c);
    }
    return g;
}

void perfect_target(lesson *L)
{
    double floor_unit[N_SCHEDULES] = {0};
    claim(L, "TRM-05");
    const schedule *coarse = schedules[S10];
    linear_chain *chain = linear_chain_alloc(coarse, data_mean, data_var, SIGMA_BETA);
    const size_t t = 6;
    const double mmse = weighted_error(coarse, chain, t, data_mean, data_var) /
                        weight_eps(coarse, t, coarse->beta[t]);
    linear_chain_free(chain);
    if (!lesson_random_only(L)) {
        gap each = {0}, best = {0};
        for (size_t k = 0; k < N_SCHEDULES; k++) {
            const schedule *s = schedules[k];
            linear_chain *c = linear_chain_alloc(s, data_mean, data_var, SIGMA_BETA);
            linear_chain *unit = linear_chain_alloc(s, 0.0, 1.0, SIGMA_BETA);
            for (size_t i = 2; i <= s->T; i++) {
                const double w = s->beta[i] / (2.0 * (1.0 - s->beta[i]) * s->var_bar[i]);
                const double floor_here = w * conditional_variance(s, i, data_var);
                /* 64 roundings of summands below w + 1 and of the constant. */
                gap_add(&each, i, weighted_error(s, c, i, data_mean, data_var), floor_here,
                        64.0 * eps * (w + 1.0));
                if (i < 30)
                    gap_add(&best, i, weight_eps(s, i, s->beta[i]) * best_loss(s, i), floor_here,
                            64.0 * eps * (w + 1.0));
                floor_unit[k] += weighted_error(s, unit, i, 0.0, 1.0);
            }
            linear_chain_free(c);
            linear_chain_free(unit);
        }
        road_gap(L, "linear_denoising", "the exact network: w_t E Var(eps|x_t), all t", &each);
        road_gap(L, "weight_eps", "the best slope, found by gsl_min: the same", &best);
        const gap single = single_image();
        road_gap(L, "linear_denoising", "only if the data are one single image: 0", &single);
        road(L, "linear_denoising", "N(0,1), L1000, docs/claims.tsv: floor 4.268",
             floor_unit[L1000], 4.268, 0.5e-3);
        road(L, "linear_denoising", "N(0,1), S10, docs/claims.tsv: floor 1.426", floor_unit[S10],
             1.426, 0.5e-3);
        printed(L, "N(0,1), L1000: training can bring it to 0", 0.0, floor_unit[L1000],
                1e3 * 64.0 * eps);
        printed(L, "N(0,1), S10: training can bring it to 0", 0.0, floor_unit[S10],
                10.0 * 64.0 * eps);
    }
    const moments right = squared_error(L, coarse, t, 1.0),
                  shrunk = squared_error(L, coarse, t, 0.0);
    road_mean(L, "linear_denoising", "S10, t = 6: simulated |eps - eps*(x_t)|^2", &right, mmse);
    control_mean(L, "S10, t = 6: a network that says 0", &shrunk, mmse, 104.0);
    if (lesson_random_only(L)) return;
    evidence(L,
             "floor over t >= 2 for N(0,1): %.4f nats (L1000), %.4f (S10); S10, t = 6, N(%g, %g): "
             "MSE of eps at least %.4f",
             floor_unit[L1000], floor_unit[S10], data_mean, data_var, mmse);
}

/* --- 8.6  The chain rule ------------------------------------------------------------------------
 *   E KL(q(x_{t-1}|x_t,x_0) || p) = E KL(q(x_{t-1}|x_t) || p) + I(x_{t-1}; x_0 | x_t)
 * With x_0 ~ N(m, v) everything is normal: q(x_{t-1}|x_t) = N(A x_t + B, C) by regression, and the
 * information is half the log of the ratio of the two conditional variances. */
typedef struct reverse {
    double A, B, C;
} reverse;

static reverse exact_reverse(const schedule *s, size_t t)
{
    const double before = s->alpha_bar[t - 1] * data_var + s->var_bar[t - 1]; /* Var x_{t-1} */
    const double after = (1.0 - s->beta[t]) * before + s->beta[t];            /* Var x_t */
    const double A = sqrt(1.0 - s->beta[t]) * before / after;
    return (reverse){A, data_mean * (sqrt(s->alpha_bar[t - 1]) - A * sqrt(s->alpha_bar[t])),
                     before * s->beta[t] / after};
}

/* E KL(N(A x_t + B, C) || N(a x_t + b, var)) over x_t. */
static double unconditioned(const schedule *s, size_t t, reverse q, double a, double b, double var)
{
    const double V = s->alpha_bar[t] * data_var + s->var_bar[t],
                 centre = sqrt(s->alpha_bar[t]) * data_mean;
    const double bias = (q.A - a) * centre + q.B - b, r = q.C / var;
    return 0.5 * (r - 1.0 - log(r)) + (gsl_pow_2(q.A - a) * V + bias * bias) / (2.0 * var);
}

/* offset = 1 adds the information, 0 forgets it, -1 subtracts it; theta 0 is the exact network. */
static gap chain_rule(int theta, double offset)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        linear_chain *c = linear_chain_alloc(s, data_mean, data_var, SIGMA_BETA);
        for (size_t t = 2; t <= s->T; t++) {
            c->a[t] *= 1.0 - 0.07 * theta * s->beta[t];
            c->b[t] += 0.13 * theta * s->beta[t];
            c->var[t] *= 1.0 + 0.21 * theta;
            const reverse q = exact_reverse(s, t);
            const double posterior = s->beta[t] * s->var_bar[t - 1] / s->var_bar[t];
            const double information = 0.5 * log(q.C / posterior);
            /* (slopes of size 1, rounded 16 times)^2 / (2 var): 16 eps (mean error)/var <= 16 eps
             * (1 + theta). */
            const double tolerance = 64.0 * eps * (4.0 + 2.0 * theta);
            gap_add(&g, t, average_term(s, c, t, data_mean, data_var),
                    unconditioned(s, t, q, c->a[t], c->b[t], c->var[t]) + offset * information,
                    tolerance);
        }
        linear_chain_free(c);
    }
    return g;
}

void condition_on_x0(lesson *L)
{
    claim(L, "TRM-06");
    const gap exact = chain_rule(0, 1.0), other = chain_rule(1, 1.0);
    const gap equal = chain_rule(0, 0.0), opposite = chain_rule(1, -1.0);
    road_gap(L, "linear_denoising", "the exact network: KL + information, all t", &exact);
    road_gap(L, "linear_denoising", "another theta: the same information", &other);
    control_gap(L, "the two KL taken to be equal", &equal);
    control_gap(L, "the information subtracted", &opposite);
    const schedule *s = schedules[L1000];
    linear_chain *c = linear_chain_alloc(s, 0.0, 1.0, SIGMA_BETA);
    road(L, "linear_denoising", "N(0,1), L1000, t = 2, docs/claims.tsv: 0.39402",
         average_term(s, c, 2, 0.0, 1.0), 0.39402, 1e-5);
    road(L, "linear_denoising", "N(0,1), L1000, t = 10, docs/claims.tsv: 0.07959",
         average_term(s, c, 10, 0.0, 1.0), 0.07959, 1e-5);
    evidence(L, "N(0,1), L1000: offset %.5f (t = 2), %.5f (t = 10), %.1e (t = T)",
             average_term(s, c, 2, 0.0, 1.0), average_term(s, c, 10, 0.0, 1.0),
             average_term(s, c, s->T, 0.0, 1.0));
    linear_chain_free(c);
}

/* --- 8.7  The last step left out ----------------------------------------------------------------
 * A network that was never trained at t = 1 and says eps_theta = 0 returns x_1/sqrt(alpha_1), that
 * is x_0 + sqrt(beta_1/alpha_1) eps.  Grey levels: the range [-1,1] is 255 of them. */
void leave_out_the_last_step(lesson *L)
{
    claim(L, "TRM-07");
    double stays[N_SCHEDULES];
    for (size_t k = 0; k < N_SCHEDULES; k++) stays[k] = predict_mean_slope_eps(schedules[k], 1);
    if (!lesson_random_only(L)) {
        gap sampler = {0}, bound = {0}, dropped = {0};
        for (size_t k = 0; k < N_SCHEDULES; k++) {
            const schedule *s = schedules[k];
            linear_chain *c = linear_chain_alloc(s, 0.0, 1.0, SIGMA_BETA);
            const double entropy = 0.5 * log(2.0 * M_PI * M_E),
                         tolerance = 64.0 * eps * (double)s->T;
            double mean, var, vlb = -0.5 * log(s->var_bar[s->T]);
            for (size_t t = 2; t <= s->T; t++) vlb += average_term(s, c, t, 0.0, 1.0);
            gap_add(&bound, k, vlb + average_term(s, c, 1, 0.0, 1.0), entropy, tolerance);
            gap_add(&dropped, k, vlb, entropy, tolerance);
            c->a[1] = 1.0 / sqrt(s->alpha[1]);
            c->var[1] = 0.0;
            linear_marginal(c, &mean, &var);
            gap_add(&sampler, k, var, 1.0 + s->beta[1] / (1.0 - s->beta[1]),
                    16.0 * eps * (double)s->T);
            linear_chain_free(c);
        }
        road_gap(L, NULL, "eps_theta(.,1) = 0: Var x_0 = 1 + beta_1/alpha_1", &sampler);
        road_below(L, "predict_mean_slope_eps",
                   "L1000: grey levels of noise, below 1 per cent of 255", 127.5 * stays[L1000],
                   2.55, 0.0);
        control_below(L, "S10 (beta_1 = 0.01): the same", 127.5 * stays[S10], 2.55, 0.0);
        road_gap(L, "linear_decoder", "the bound with L_0 = the entropy of the data", &bound);
        control_gap(L, "the bound without L_0", &dropped);
    }
    moments m = {0};
    gsl_rng *rng = lesson_rng(L);
    const schedule *s = schedules[S10];
    for (size_t i = lesson_samples(L, 20000); i-- > 0;) {
        const double x = data_mean + gsl_ran_gaussian_ziggurat(rng, 0.8);
        const double x_1 =
            sqrt(1.0 - s->beta[1]) * x + gsl_ran_gaussian_ziggurat(rng, sqrt(s->beta[1]));
        moments_add(&m, x_1 / sqrt(1.0 - s->beta[1]) - x);
    }
    road_variance(L, "predict_mean_slope_eps", "S10: variance of what is left of the noise", &m,
                  gsl_pow_2(stays[S10]));
    control_variance(L, "S10: beta_1^2 instead of beta_1/alpha_1", &m, gsl_pow_2(s->beta[1]),
                     10001.0);
    evidence(L, "sd of the noise that stays: L1000 %.4f = %.2f grey levels of 255; S10 %.4f = %.1f",
             stays[L1000], 127.5 * stays[L1000], stays[S10], 127.5 * stays[S10]);
}
