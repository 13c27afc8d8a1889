/* Lesson 9, part c.  The bound: what q and p are, and why both are Gaussian. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>

#include "lesson09.h"
#include "theory/misprint.h"

static const double eps = GSL_DBL_EPSILON;

/* Generic values: no 0, no 1, no simple ratio that could hide a lost factor. */
const double x_0 = 0.731;
static const double noise = -0.83;

/* A typical x_t: the jump from x_0 with one fixed noise. */
double end_of(const schedule *s, size_t t)
{
    return sqrt(s->alpha_bar[t]) * x_0 + sqrt(s->var_bar[t]) * noise;
}

/* q(x_{t-1}|x_t,x_0) by adding precisions (lesson 4), t >= 2; p is left open. */
pair true_step(const schedule *s, size_t t, double x_t)
{
    const double likelihood = s->alpha[t] / s->beta[t], prior = 1.0 / s->var_bar[t - 1];
    const double pull =
        sqrt(s->alpha[t]) / s->beta[t] * x_t + sqrt(s->alpha_bar[t - 1]) * prior * x_0;
    return (pair){.mean_q = pull / (likelihood + prior), .var_q = 1.0 / (likelihood + prior)};
}

double network_mean(double x_t, size_t t, void *params)
{
    const network *net = params;
    return 0.9 * x_t + 0.1 * tanh(3.0 * x_t + (double)t / (double)net->s->T);
}

static double network_var(double x_t, size_t t, void *params)
{
    (void)x_t;
    const network *net = params;
    return weight_sigma2(net->s, t, net->choice);
}

reverse_model model_of(network *net)
{
    return (reverse_model){network_mean, network_var, net};
}

/* q and p of one step of that network; its variance is beta_t, or the variance of q itself. */
pair both_steps(const schedule *s, size_t t, weight_variance choice)
{
    network net = {s, choice};
    pair k = true_step(s, t, end_of(s, t));
    k.mean_p = network_mean(end_of(s, t), t, &net);
    k.var_p = choice == SIGMA_BETA ? s->beta[t] : k.var_q;
    return k;
}

/* --- 9.4  Both are Gaussian ---------------------------------------------------------------------
 * q(x_{t-1}|x_t,x_0), because Bayes' rule multiplies two Gaussians of x_{t-1}:
 *     q(x_t|x_{t-1}) q(x_{t-1}|x_0) / q(x_t|x_0);
 * p_theta because we chose it.  A density is Gaussian when its distance from the normal law with
 * its own mean and variance is zero. */
typedef struct reverse_step {
    const schedule *s;
    size_t t;
    int conditioned; /* on x_0; otherwise x_{t-1} has the bumpy law of bumps() */
    double x_t, mean, var, log_mass;
    int power; /* 0, 1, 2: moments;  3: the divergence + 1, for a relative accuracy near 0 */
} reverse_step;

/* Two bumps at -1 and 1, of variance 1/4 each. */
static double bumps(double x)
{
    return log(0.5 * (exp(log_normal(x, -1.0, 0.25)) + exp(log_normal(x, 1.0, 0.25))));
}

static double log_joint(const reverse_step *k, double x)
{
    const schedule *s = k->s;
    const double before =
        k->conditioned ? log_normal(x, sqrt(s->alpha_bar[k->t - 1]) * x_0, s->var_bar[k->t - 1])
                       : bumps(x);
    return log_normal(k->x_t, sqrt(s->alpha[k->t]) * x, s->beta[k->t]) + before;
}

static double step_integrand(double x, void *params)
{
    const reverse_step *k = params;
    const double log_q = log_joint(k, x) - k->log_mass;
    if (k->power == 3) return exp(log_q) * (log_q - log_normal(x, k->mean, k->var) + 1.0);
    return exp(log_q) * gsl_pow_int(x - k->mean, k->power);
}

static double moment(quad *w, reverse_step *k, int power, double *abserr)
{
    k->power = power;
    return quad_interval(w, step_integrand, k, -8.0, 8.0, abserr);
}

static double distance_from_normal(quad *w, reverse_step k, double *tolerance)
{
    k.log_mass = log(moment(w, &k, 0, tolerance));
    k.mean = moment(w, &k, 1, tolerance);
    k.var = moment(w, &k, 2, tolerance);
    const double kl = moment(w, &k, 3, tolerance) - 1.0;
    *tolerance += 400.0 * eps; /* roundings of four logarithms, none above 100 where q counts */
    return kl;
}

/* Bayes' rule against our log-density, 1.3 standard deviations beside the mean. */
static gap bayes_against(misprint_formula formula)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 2; t <= schedules[k]->T; t++) {
            const schedule *s = schedules[k];
            const double end = end_of(s, t);
            const pair q = true_step(s, t, end);
            const double x = q.mean_q + 1.3 * sqrt(q.var_q), arg[] = {x, end, x_0};
            const double reference =
                log_normal(end, sqrt(s->alpha[t]) * x, s->beta[t]) +
                log_normal(x, sqrt(s->alpha_bar[t - 1]) * x_0, s->var_bar[t - 1]) -
                log_normal(end, sqrt(s->alpha_bar[t]) * x_0, s->var_bar[t]);
            /* A rounding of x or of a mean is divided by a standard deviation. */
            const double amplified = (fabs(x) + fabs(x_0) + fabs(end)) / sqrt(q.var_q);
            gap_add(&g, t, formula(s, t, arg), reference,
                    32.0 * eps * (4.0 + fabs(log(q.var_q)) + amplified));
        }
    return g;
}

void both_are_gaussian(lesson *L, quad *w)
{
    claim(L, "KLG-09");
    const gap bayes = bayes_against(misprint_quantity_find("bayes")->value);
    road_gap(L, "posterior_log_pdf", "ln N(mu_tilde, beta_tilde) = Bayes, 4 schedules", &bayes);
    gap normal = {0}, curvature = {0};
    const schedule *s = schedules[S10];
    network net = {s, SIGMA_BETA};
    const reverse_model p = model_of(&net);
    for (size_t t = 2; t <= s->T; t++) {
        double tolerance;
        const reverse_step k = {.s = s, .t = t, .conditioned = 1, .x_t = end_of(s, t)};
        const double kl = distance_from_normal(w, k, &tolerance);
        gap_add(&normal, t, kl, 0.0, tolerance);
        const double h = sqrt(s->beta[t]), end = end_of(s, t);
        const double bend = elbo_reverse_log_pdf(&p, t, x_0 + h, end) +
                            elbo_reverse_log_pdf(&p, t, x_0 - h, end) -
                            2.0 * elbo_reverse_log_pdf(&p, t, x_0, end);
        const double largest = fabs(elbo_reverse_log_pdf(&p, t, x_0 + h, end)) +
                               fabs(elbo_reverse_log_pdf(&p, t, x_0 - h, end));
        gap_add(&curvature, t, bend, -1.0, 32.0 * eps * (1.0 + largest));
    }
    road_gap(L, NULL, "q is its own matched normal law, S10, all t", &normal);
    road_gap(L, "elbo_reverse_log_pdf", "ln p_theta bends by -1/sigma^2, any network", &curvature);
    for (const misprint *m = NULL; (m = misprint_next("bayes", m));) {
        const gap wrong = bayes_against(m->value);
        control_gap(L, m->what, &wrong);
    }
    schedule *half = schedule_constant_alloc(1, 0.5);
    if (!half) return;
    double tolerance;
    const double unconditioned =
        distance_from_normal(w, (reverse_step){.s = half, .t = 1, .x_t = 0.3}, &tolerance);
    control(L, "q(x_{t-1}|x_t) without x_0, two bumps, beta = 0.5", unconditioned, 0.0, tolerance);
    schedule_free(half);
    evidence(L,
             "KL to the matched normal: 0 given x_0; %.4f nats without x_0 (two bumps, beta = 0.5)",
             unconditioned);
}
