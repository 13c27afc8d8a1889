/* Lesson 11, part b.  The weight of the squared error, and the function that makes it smallest. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson11.h"
#include "theory/misprint.h"
#include "theory/posterior.h"
#include "theory/weight.h"

static const double eps = GSL_DBL_EPSILON;

/* --- 11.3, continued  The weight ----------------------------------------------------------------
 * Square it, divide by 2 sigma_t^2.  With sigma_t^2 = beta_tilde_t the weight is half the loss of
 * SNR in step t, and the divergence of the two laws can be integrated. */
typedef struct pair {
    normal q, p;
} pair;

static double kl_integrand(double x, void *params)
{
    const pair *k = params;
    const double log_q = log_normal(x, k->q.mean, k->q.var);
    return exp(log_q) * (log_q - log_normal(x, k->p.mean, k->p.var));
}

static double divergence(quad *w, const schedule *s, size_t t, double *tolerance)
{
    pair k = {true_step(s, t, x_t, x_0), true_step(s, t, x_t, guess)};
    const double sd = sqrt(k.q.var), d = fabs(k.q.mean - k.p.mean);
    const double kl =
        quad_interval(w, kl_integrand, &k, k.q.mean - 12.0 * sd, k.q.mean + 12.0 * sd, tolerance);
    /* Roundings of the logarithms, and of the means, which are divided by a small variance. */
    *tolerance += 16.0 * eps *
                  (2.0 + fabs(log(k.q.var)) + fabs(kl) +
                   2.0 * (fabs(k.q.mean) + fabs(x_t)) * (d / k.q.var + 1.0 / sd));
    return kl;
}

/* weight * square against the integral, all t of S10 and L1000. */
static gap weights(quad *w, misprint_formula formula)
{
    gap g = {0};
    for (size_t k = 0; k <= L1000; k++)
        for (size_t t = 2; t <= schedules[k]->T; t++) {
            const double sigma2 = weight_sigma2(schedules[k], t, SIGMA_BETA_TILDE);
            double tolerance;
            const double kl = divergence(w, schedules[k], t, &tolerance);
            gap_add(&g, t, formula(schedules[k], t, &sigma2) * gsl_pow_2(guess - x_0), kl,
                    tolerance);
        }
    return g;
}

void the_weight(lesson *L, quad *w)
{
    claim(L, "X0P-03");
    const gap integral = weights(w, misprint_quantity_find("weight_x0")->value);
    road_gap(L, "weight_x0", "weight * square = KL by integration, all t", &integral);
    gap snr = {0}, wide = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 2; t <= schedules[k]->T; t++) {
            const schedule *s = schedules[k];
            const double before = s->alpha_bar[t - 1] / s->var_bar[t - 1],
                         after = s->alpha_bar[t] / s->var_bar[t];
            gap_add(&snr, t, weight_x0(s, t, s->beta_tilde[t]), 0.5 * (before - after),
                    16.0 * eps * before);
            const double square =
                gsl_pow_2(true_step(s, t, 0.0, guess).mean - true_step(s, t, 0.0, x_0).mean) /
                (2.0 * s->beta[t]);
            const double roundings = 64.0 * eps * (fabs(guess) + fabs(x_0)) / fabs(guess - x_0);
            gap_add(&wide, t, weight_x0(s, t, s->beta[t]) * gsl_pow_2(guess - x_0), square,
                    roundings * square);
        }
    road_gap(L, "weight_x0", "weight = (SNR(t-1) - SNR(t))/2, 4 schedules", &snr);
    road_gap(L, "weight_x0", "sigma^2 = beta: square of the means / (2 beta)", &wide);
    for (const misprint *m = NULL; (m = misprint_next("weight_x0", m));) {
        const gap wrong = weights(w, m->value);
        control_gap(L, m->what, &wrong);
    }
    const schedule *s = schedules[L1000];
    const double w2 = posterior_weight_x0(s, 2);
    evidence(L,
             "L1000, sigma^2 = beta_tilde: %.0f at t=2 down to %.2e at t=T; w_x0 %.4f, squared "
             "%.4f at t=2",
             weight_x0(s, 2, s->beta_tilde[2]), weight_x0(s, s->T, s->beta_tilde[s->T]), w2,
             w2 * w2);
}

/* --- 11.5  The optimum is a denoiser ------------------------------------------------------------
 * The regressor that minimises E|x_0 - f(x_t)|^2 is E[x_0|x_t]: here an integral over x_0. */
typedef struct look_back {
    const schedule *s;
    size_t t;
    double end;
    int power;
} look_back;

static double look_back_integrand(double x, void *params)
{
    const look_back *k = params;
    const double data = 0.5 * (exp(log_normal(x, 1.0, BUMP)) + exp(log_normal(x, -1.0, BUMP)));
    return gsl_pow_int(x, k->power) * data *
           exp(log_normal(k->end, sqrt(k->s->alpha_bar[k->t]) * x, k->s->var_bar[k->t]));
}

static double regress(quad *w, look_back k, double *tolerance)
{
    const double root = sqrt(k.s->alpha_bar[k.t]), reach = 12.0 * sqrt(k.s->var_bar[k.t]) / root;
    const double low = fmax(-3.4, k.end / root - reach), high = fmin(3.4, k.end / root + reach);
    double error_mass, error_first;
    const double mass = quad_interval(w, look_back_integrand, &k, low, high, &error_mass);
    k.power = 1;
    const double first = quad_interval(w, look_back_integrand, &k, low, high, &error_first);
    /* A rounding of x_t moves E[x_0|x_t] by at most sqrt(abar) Var x_0 / (1 - abar) of it. */
    *tolerance =
        (error_first + error_mass * fabs(first / mass)) / mass +
        64.0 * eps * (1.0 + (fabs(k.end) + root) * root * (1.0 + BUMP) / k.s->var_bar[k.t]);
    return first / mass;
}

void by_regression(lesson *L, quad *w, mixture *bumps)
{
    gap best = {0}, inverse = {0};
    for (size_t k = 0; k <= L1000; k++)
        for (size_t t = 1; t <= schedules[k]->T; t += schedules[k]->T / 10)
            for (int i = -1; i <= 1; i++) {
                const schedule *s = schedules[k];
                const double end =
                    0.94 * sqrt(s->alpha_bar[t]) + (1.1 * i - 0.3) * sqrt(s->var_bar[t]);
                double value, tolerance;
                mixture_mean_x0(&value, bumps, s, t, &end);
                const double reference = regress(w, (look_back){s, t, end, 0}, &tolerance);
                gap_add(&best, t, value, reference, tolerance);
                gap_add(&inverse, t, end / sqrt(s->alpha_bar[t]), reference, tolerance);
            }
    road_gap(L, "mixture_mean_x0", "E[x_0|x_t] of two bumps = integral over x_0", &best);
    control_gap(L, "x_t/sqrt(abar_t), the inverse of the jump", &inverse);
}

/* E[x_0_hat(x_t) tanh(3 x_t)] must be E[x_0 tanh(3 x_t)]: the error of the best regressor is
 * unrelated to every function of x_t. */
typedef struct probe {
    mixture *m;
    const schedule *s;
    size_t t;
} probe;

static double probed(double end, void *params)
{
    const probe *k = params;
    double x_0_hat;
    mixture_mean_x0(&x_0_hat, k->m, k->s, k->t, &end);
    return x_0_hat * tanh(3.0 * end);
}

void by_simulation(lesson *L, mixture *bumps)
{
    mixture *normal_data = mixture_alloc(1, 1); /* N(0,1) */
    if (!normal_data) return;
    const schedule *s = schedules[S10];
    const size_t t = 5, n = lesson_samples(L, 40000);
    moments slope = {0}, bumpy = {0};
    gsl_rng *rng = lesson_rng(L);
    const double root = sqrt(s->alpha_bar[t]), sd = sqrt(s->var_bar[t]), one = 1.0;
    for (size_t i = 0; i < n; i++) {
        const double x = gsl_ran_gaussian_ziggurat(rng, 1.0);
        moments_add(&slope, x * (root * x + gsl_ran_gaussian_ziggurat(rng, sd)));
        const double y =
            (gsl_rng_uniform(rng) < 0.5 ? -1.0 : 1.0) + gsl_ran_gaussian_ziggurat(rng, sqrt(BUMP));
        moments_add(&bumpy, y * tanh(3.0 * (root * y + gsl_ran_gaussian_ziggurat(rng, sd))));
    }
    double expected;
    mixture_mean_x0(&expected, normal_data, s, t,
                    &one); /* linear, so its value at 1 is the slope */
    road_mean(L, "mixture_mean_x0", "slope of x_0 on x_t, N(0,1) data, S10, t = 5", &slope,
              expected);
    control_mean(L, "the inverse of the jump, slope 1/sqrt(abar_t)", &slope, 1.0 / root,
                 (1.0 / root - root) / sqrt((1.0 + root * root) / 40000.0));
    probe k = {bumps, s, t};
    road_mean(L, "mixture_mean_x0", "E x_0 tanh(3 x_t) = E x_0_hat tanh(3 x_t), bumps", &bumpy,
              mixture_expectation(bumps, s, t, probed, &k, 80));
    evidence(L, "S10, t = 5, N(0,1): slope E x_0 x_t %.4f (se %.4f), exact %.4f; inverse map %.4f",
             slope.mean, moments_se(&slope), root, 1.0 / root);
    mixture_free(normal_data);
}
