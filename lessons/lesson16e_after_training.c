/* Lesson 16, part e.  After training, and what an error of eps becomes in x_0 and in mu. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>

#include "check/quad.h"
#include "lesson16.h"
#include "theory/forward.h"
#include "theory/predict.h"

/* --- 16.4  After training --------------------------------------------------------------------- */

/* N(0,1) data: MMSE_eps = SNR Var(x_0|x_t) = abar_t. */
static comparison best_eps_loss(const schedule *s, size_t t, const walk *w, void *params)
{
    const double x_t = w->signal * x_0 + sqrt(w->noise) * eps, abar = w->signal * w->signal;
    return (comparison){forward_snr(s, t) * mixture_var_x0(params, s, t, &x_t), abar,
                        2.0 * w->roundings * abar};
}

/* MMSE_x0 of the ring per coordinate: the eight bumps are alike, so we look around one of them. */
typedef struct spot {
    mixture *m;
    const schedule *s;
    size_t t;
    double x, sd;
    bool known;   /* add the part that x_t reveals: together they are E x_0^2 */
    double worst; /* error bound of the inner rule */
} spot;

static double var_along_y(double y, void *params)
{
    const spot *p = params;
    const double x_t[2] = {p->x, y};
    double x_0_hat[2] = {0};
    if (p->known) mixture_mean_x0(x_0_hat, p->m, p->s, p->t, x_t);
    return mixture_var_x0(p->m, p->s, p->t, x_t) +
           0.5 * (gsl_pow_2(x_0_hat[0]) + gsl_pow_2(x_0_hat[1]));
}

static double var_along_x(double x, void *params)
{
    spot *p = params;
    double error;
    p->x = x;
    const double inner = quad_hermite(var_along_y, p, 0.0, p->sd, 16, &error);
    p->worst = fmax(p->worst, error);
    return inner;
}

double ring_mmse_x0(mixture *m, const schedule *s, size_t t)
{
    spot p = {m, s, t, 0.0, sqrt(forward_variance(s, t, bump)), false, 0.0};
    return quad_hermite(var_along_x, &p, sqrt(s->alpha_bar[t]), p.sd, 16, NULL);
}

/* The same rule over known + unknown part must return E x_0^2; the bounds of both rules add. */
static gap ring_known_and_unknown(mixture *m)
{
    gap g = {0};
    for (size_t t = 1; t <= 1000; t += 37) {
        const schedule *s = schedules[L1000];
        spot p = {m, s, t, 0.0, sqrt(forward_variance(s, t, bump)), true, 0.0};
        double error;
        const double sum = quad_hermite(var_along_x, &p, sqrt(s->alpha_bar[t]), p.sd, 16, &error);
        gap_add(&g, t, sum, ring, error + p.worst);
    }
    return g;
}

void after_training(lesson *L)
{
    claim(L, "GRD-09");
    const schedule *s = schedules[L1000];
    mixture *normal = mixture_alloc(1, 1), *eight = mixture_ring_alloc(8, 1.0, bump, 0.0);
    if (normal && eight) {
        const gap g = everywhere(best_eps_loss, normal, 1);
        const size_t ts[4] = {1, 100, 400, s->T};
        double best[4];
        for (size_t i = 0; i < 4; i++)
            best[i] = forward_snr(s, ts[i]) * ring_mmse_x0(eight, s, ts[i]);
        printed_below(L, "N(0,1): the trained loss at T is half that at t = 1",
                      0.5 * s->alpha_bar[1], s->alpha_bar[s->T], 0.0);
        printed_below(L, "ring: the same", 0.5 * best[0], best[3], 0.0);
        road_gap(L, "mixture_var_x0", "N(0,1): best loss of eps = abar_t at all t", &g);
        const gap whole = ring_known_and_unknown(eight);
        road_gap(L, "mixture_var_x0", "ring: known + unknown part of x_0 = 0.5025", &whole);
        evidence(L,
                 "best loss of eps, L1000: N(0,1) %.4f (t=1), %.1e (T); ring %.4f (1), %.3f (100), "
                 "%.3f (400), %.1e (T)",
                 s->alpha_bar[1], s->alpha_bar[s->T], best[0], best[1], best[2], best[3]);
    }
    mixture_free(normal);
    mixture_free(eight);
}

/* A wrong eps_hat = eps + slip, read as x_0: the two losses differ by the factor SNR;
 * params: forget the factor. */
static comparison two_currencies(const schedule *s, size_t t, const walk *w, void *params)
{
    const double x_t = w->signal * x_0 + sqrt(w->noise) * eps;
    const double ratio = w->signal * w->signal / w->noise;
    const double error = predict_x0_from_eps(s, t, x_t, eps + slip) - x_0;
    const double scale = (fabs(x_t) + sqrt(w->noise) * 2.0) / w->signal;
    const double weight = *(bool *)params ? 1.0 : ratio;
    return (comparison){weight * error * error, slip * slip,
                        2.0 * w->roundings * ratio * (fabs(error) * scale + error * error)};
}

void one_network_for_all_t(lesson *L)
{
    claim(L, "GRD-10");
    const schedule *s = schedules[L1000];
    const gap g = everywhere(two_currencies, &(bool){false}, 1);
    const gap same = everywhere(two_currencies, &(bool){true}, 1);
    road_gap(L, "predict_x0_from_eps", "|eps - eps_hat|^2 = SNR |x_0 - x_0_hat|^2, all t", &g);
    control_gap(L, "one error, one loss: no factor", &same);
    say(L, "The choice of target is a choice of weights over t.  Which one trains better is an");
    say(L, "experiment: lesson 21 trains the same network on all three.");
    evidence(L,
             "eps for x_0 reweights t by SNR(t), L1000: %.0f (t=1) to %.1e (T); trained: lesson 21",
             forward_snr(s, 1), forward_snr(s, s->T));
}

/* --- 16.5  What an error of eps does ---------------------------------------------------------- */
typedef struct reading {
    misprint_formula formula; /* of (x_t, eps) */
    bool mean;                /* read as mu, not as x_0 */
} reading;

/* The slope in eps.  Into x_0: -sqrt(1-abar_t)/sqrt(abar_t).  Into mu: that times the weight of
 * x_0, which the two precisions give:
 *   sqrt(abar_{t-1})/(1-abar_{t-1}) / (alpha_t/beta_t + 1/(1-abar_{t-1})). */
static comparison slope_in_eps(const schedule *s, size_t t, const walk *w, void *params)
{
    const reading *r = params;
    const double x_t = w->signal * x_0 + sqrt(w->noise) * eps;
    const double right[2] = {x_t, eps}, off[2] = {x_t, eps + slip};
    const double w_x0 = w->old_signal / (s->alpha[t] * w->old_noise / s->beta[t] + 1.0);
    const double reference = -(r->mean ? w_x0 : 1.0) * sqrt(w->noise) / w->signal;
    const double scale =
        fabs(x_t) / (r->mean ? sqrt(s->alpha[t]) : w->signal) + 2.0 * fabs(reference);
    return (comparison){(r->formula(s, t, off) - r->formula(s, t, right)) / slip, reference,
                        w->roundings * (scale / slip + fabs(reference))};
}

static double x0_slope_for_mu(const schedule *s, size_t t, const double *x)
{
    return predict_x0_from_eps(s, t, x[0], x[1]);
}

static void push_reading(lesson *L, const char *quantity, bool mean, const char *what)
{
    const misprint_quantity *q = misprint_quantity_find(quantity);
    const gap right = everywhere(slope_in_eps, &(reading){q->value, mean}, 1);
    road_gap(L, q->function, what, &right);
    for (const misprint *m = NULL; (m = misprint_next(quantity, m));) {
        const gap wrong = everywhere(slope_in_eps, &(reading){m->value, mean}, 2);
        control_gap(L, m->what, &wrong);
    }
}

void an_error_of_eps(lesson *L)
{
    claim(L, "GRD-11");
    const schedule *s = schedules[L1000];
    double largest = 0.0;
    size_t above = 0, cases = 0, x_0_above = 0;
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++, cases++) {
            const double slope = predict_mean_slope_eps(schedules[k], t);
            const double limit = sqrt(schedules[k]->beta[t] / schedules[k]->alpha[t]) *
                                 (1.0 + 8.0 * GSL_DBL_EPSILON); /* equality at t = 1 */
            above += !(slope <= limit);
            x_0_above += !(1.0 / sqrt(forward_snr(schedules[k], t)) <= limit);
            if (schedules[k] == s) largest = fmax(largest, slope);
        }
    push_reading(L, "x0_from_eps", false, "into x_0: sqrt((1-abar_t)/abar_t)");
    push_reading(L, "mean_from_eps", true, "into mu: that times the weight of x_0");
    const gap wrong = everywhere(slope_in_eps, &(reading){x0_slope_for_mu, true}, 1);
    control_gap(L, "the x_0 factor used for mu", &wrong);
    road_all(L, "predict_mean_slope_eps", "into mu at most sqrt(beta_t/alpha_t)", above, cases);
    control_all(L, "into x_0 at most sqrt(beta_t/alpha_t)", x_0_above, cases);
    evidence(L,
             "L1000: into x_0 %.4f (t=1), %.3f (100), %.2f (500), %.0f (T); into mu at most %.4f",
             1.0 / sqrt(forward_snr(s, 1)), 1.0 / sqrt(forward_snr(s, 100)),
             1.0 / sqrt(forward_snr(s, 500)), 1.0 / sqrt(forward_snr(s, s->T)), largest);
}
