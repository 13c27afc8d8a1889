/* Lesson 16, part b.  The predictor 0: which of its losses depend on t? */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>

#include "check/quad.h"
#include "lesson16.h"
#include "theory/forward.h"

/* --- 16.2  The predictor 0 --------------------------------------------------------------------
 * Given x_t a target splits into what can be known and what cannot:
 *   E x_0^2 = E[ E[x_0|x_t]^2 ] + MMSE_x0,   E eps^2 = E[ E[eps|x_t]^2 ] + MMSE_eps,
 *   MMSE_eps = SNR MMSE_x0.
 * The pieces move with t by orders of magnitude; the sums, the losses of the predictor 0, do not.
 * Data: two bumps at +-1 of variance 0.09 (E x_0^2 = 1.09), exact denoiser, quadrature over x_t. */
typedef struct split {
    mixture *m;
    const schedule *s;
    size_t t;
    enum { KNOWN_X0, KNOWN_EPS, MMSE_X0 } piece;
} split;

static double split_integrand(double x_t, void *params)
{
    const split *p = params;
    const double density = exp(mixture_log_pdf_t(p->m, p->s, p->t, &x_t));
    double mean;
    if (p->piece == MMSE_X0) return density * mixture_var_x0(p->m, p->s, p->t, &x_t);
    if (p->piece == KNOWN_X0)
        mixture_mean_x0(&mean, p->m, p->s, p->t, &x_t);
    else
        mixture_mean_eps(&mean, p->m, p->s, p->t, &x_t);
    return density * mean * mean;
}

typedef struct losses {
    gap x_0, eps, best;    /* predictor 0 with either target; best predictor of eps */
    double x_0_1, x_0_T;   /* the loss of x_0 at the ends of L1000 */
    double mmse_1, mmse_T; /* MMSE_eps there */
    double worst_x_0;      /* the largest MMSE_x0 there */
} losses;

static void add_losses(losses *all, quad *q, mixture *m, const schedule *s, size_t t)
{
    double part[3], err[3];
    for (int i = 0; i < 3; i++) {
        split p = {.m = m, .s = s, .t = t, .piece = i};
        part[i] = quad_around(q, split_integrand, &p, 0.0, 14.0, &err[i]);
    }
    /* The denoiser subtracts x_t - sqrt(abar_t) mean_k and divides by the spread of a bump. */
    const double snr = forward_snr(s, t), known = 64.0 * GSL_DBL_EPSILON / 0.3;
    const double unknown = snr * part[MMSE_X0], unknown_err = snr * err[MMSE_X0] + known;
    gap_add(&all->x_0, t, part[KNOWN_X0] + part[MMSE_X0], 1.09,
            err[KNOWN_X0] + err[MMSE_X0] + known);
    gap_add(&all->eps, t, part[KNOWN_EPS] + unknown, 1.0, err[KNOWN_EPS] + unknown_err);
    gap_add(&all->best, t, unknown, 1.0, unknown_err);
    if (s != schedules[L1000]) return;
    all->worst_x_0 = fmax(all->worst_x_0, part[MMSE_X0]);
    all->x_0_T = part[KNOWN_X0] + part[MMSE_X0];
    all->mmse_T = unknown;
    if (t > 1) return;
    all->x_0_1 = all->x_0_T;
    all->mmse_1 = all->mmse_T;
}

static losses find_losses(void)
{
    losses all = {0};
    mixture *m = mixture_pair_alloc(0.09);
    quad *q = quad_alloc();
    for (size_t k = 0; m && q && k < N_SCHEDULES; k++)
        for (size_t t = 1; t <= schedules[k]->T; t += schedules[k]->T > 100 ? 27 : 1)
            add_losses(&all, q, m, schedules[k], t);
    quad_free(q);
    mixture_free(m);
    return all;
}

/* The same two parts for the three rings, in the plane: radius, centre, and E x_0^2 per coordinate. */
typedef struct circle {
    double radius, centre, square;
} circle;

typedef struct circle_losses {
    gap whole, known; /* both parts, and the known part alone, against E x_0^2 */
    double first, last;
} circle_losses;

/* Density times E[|x_0|^2 | x_t] is a sum of bumps times parabolas: two nodes per standard deviation
 * leave a relative error of exp(-2 pi^2 4), nine standard deviations exp(-40). */
static void add_circle(circle_losses *all, const circle *c, mixture *m, const schedule *s, size_t t)
{
    const double root = sqrt(s->alpha_bar[t]), sd = sqrt(forward_variance(s, t, bump)),
                 h = 0.5 * sd, reach = root * c->radius + 9.0 * sd;
    const int n = (int)ceil(reach / h);
    double known = 0.0, unknown = 0.0;
    for (int i = -n; i <= n; i++)
        for (int j = -n; j <= n; j++) {
            const double x_t[2] = {root * c->centre + h * i, h * j};
            const double mass = h * h * exp(mixture_log_pdf_t(m, s, t, x_t));
            double mean[2];
            mixture_mean_x0(mean, m, s, t, x_t);
            known += 0.5 * mass * (gsl_pow_2(mean[0]) + gsl_pow_2(mean[1]));
            unknown += mass * mixture_var_x0(m, s, t, x_t);
        }
    /* An exponent |x_t - root mean_k|^2/(2 sd^2) carries a rounding of |x_t| 9/sd. */
    const double size = 1.0 + c->radius + c->centre,
                 tolerance = 8.0 * GSL_DBL_EPSILON * c->square * size * (1.0 + 9.0 / sd);
    gap_add(&all->whole, t, known + unknown, c->square, tolerance);
    gap_add(&all->known, t, known, c->square, tolerance);
    if (t == 1) all->first = known + unknown;
    all->last = known + unknown;
}

static circle_losses losses_of_circle(const circle *c)
{
    circle_losses all = {0};
    mixture *m = mixture_ring_alloc(8, c->radius, bump, c->centre);
    for (size_t t = 1; m && t <= 10; t++) add_circle(&all, c, m, schedules[S10], t);
    for (size_t t = 1; m && t <= 1000; t += 111) add_circle(&all, c, m, schedules[L1000], t);
    mixture_free(m);
    return all;
}

/* x_t and eps give back the same x_0; params: the formula. */
static comparison data_again(const schedule *s, size_t t, const walk *w, void *params)
{
    misprint_formula *f = params;
    const double x[2] = {w->signal * x_0 + sqrt(w->noise) * eps, eps};
    return (comparison){(*f)(s, t, x), x_0,
                        w->roundings * (fabs(x[0]) + sqrt(w->noise) * fabs(eps)) / w->signal};
}

static losses zero_and_best_predictor(lesson *L)
{
    const losses all = find_losses();
    const circle_losses eight = losses_of_circle(&(circle){1.0, 0.0, ring});
    claim(L, "GRD-04");
    misprint_formula recover = misprint_quantity_find("x0_from_eps")->value;
    const gap same = everywhere(data_again, &recover, 1);
    printed_below(L, "the loss of x_0 moves by 1 percent or more", 0.01,
                  fabs(all.x_0.value / all.x_0.reference - 1.0), 0.0);
    road_gap(L, "predict_x0_from_eps", "x_t and eps give back the same x_0 at all t", &same);
    road_gap(L, "mixture_mean_x0", "known + unknown part of x_0 = E x_0^2 at all t", &all.x_0);
    control_misprints(L, "x0_from_eps", data_again);
    evidence(L,
             "the same vector at every t; known + unknown part for the ring: %.4f (t=1), %.4f (T)",
             eight.first, eight.last);

    claim(L, "GRD-05");
    road_gap(L, "mixture_mean_eps", "known + unknown part of eps = 1 at all t", &all.eps);
    control_gap(L, "the best predictor of eps instead of 0", &all.best);
    evidence(L,
             "predictor 0: 1.00 D at every t; best predictor, bumps at +-1: %.3f (t=1), %.1e (T)",
             all.mmse_1, all.mmse_T);
    return all;
}

/* Closed forms of src/theory/target.h against the walked chain.  Second moments of (target, x_t):
 *   E mu_tilde x_t = E x_{t-1} x_t                                       (tower property)
 *   E mu_tilde^2   = E x_{t-1}^2 - 1/(sum of the two precisions)         (law of total variance)
 * and E f^2 x^2 = E f^2 E x^2 + 2 (E f x)^2 for Gaussians               (Isserlis). */
comparison horse_walked(const schedule *s, size_t t, const walk *w, void *params)
{
    const horse *h = params;
    const double xx = w->signal * w->signal * h->v + w->noise;
    const double old = w->old_signal * w->old_signal * h->v + w->old_noise;
    const double known = t == 1 ? 0.0 : 1.0 / (s->alpha[t] / s->beta[t] + 1.0 / w->old_noise);
    const double ff[] = {1.0, h->v, old - known};
    const double fx[] = {sqrt(w->noise), w->signal * h->v, sqrt(s->alpha[t]) * old};
    const target_kind k = h->kind;
    const double rms = 2.0 * sqrt(ff[k] * xx + 2.0 * fx[k] * fx[k]);
    const double reference = h->quantity == LOSS       ? ff[k]
                             : h->quantity == GRADIENT ? 2.0 * fx[k]
                                                       : rms;
    return (comparison){h->formula(s, t, k, h->v), reference, w->roundings * (old + reference)};
}

/* E mu_tilde^2 from the formula for mu_tilde itself: two nodes +-sd in x_0 and in eps are exact for
 * a quadratic; params: the formula. */
static comparison mu_walked(const schedule *s, size_t t, const walk *w, void *params)
{
    horse mu = {TARGET_MU, ring, target_square, LOSS};
    comparison c = horse_walked(s, t, w, &mu);
    c.value = 0.0;
    for (int i = 0; i < 4; i++) {
        const double start = i & 1 ? sqrt(ring) : -sqrt(ring), noise = i & 2 ? 1.0 : -1.0;
        const double x[2] = {w->signal * start + sqrt(w->noise) * noise, start};
        c.value += 0.25 * gsl_pow_2((*(misprint_formula *)params)(s, t, x));
    }
    c.tolerance *= 8.0; /* |x_0| + |x_t|, squared, against a sum that may be 4 times smaller */
    return c;
}

static double largest_second_difference(const schedule *s, double v)
{
    double largest = 0.0;
    for (size_t t = 2; t < s->T; t++)
        largest = fmax(largest, fabs(target_square(s, t + 1, TARGET_MU, v) -
                                     2.0 * target_square(s, t, TARGET_MU, v) +
                                     target_square(s, t - 1, TARGET_MU, v)));
    return largest;
}

/* The noise-to-signal ratio: what an eps error of 1, squared, becomes in x_0. */
static comparison blown_up(const schedule *s, size_t t, const walk *w, void *params)
{
    (void)params;
    const double reference = w->noise / (w->signal * w->signal);
    return (comparison){1.0 / forward_snr(s, t), reference, 2.0 * w->roundings * reference};
}

static void the_balloon(lesson *L, const losses *all)
{
    claim(L, "GRD-06");
    const schedule *s = schedules[L1000];
    printed_below(L, "the loss of x_0 at T is twice that at t = 1", 2.0 * all->x_0_1, all->x_0_T,
                  0.0);
    const circle_losses near = losses_of_circle(&(circle){1.0, 0.0, ring}),
                        wide = losses_of_circle(&(circle){M_SQRT2, 0.0, unit_ring}),
                        far = losses_of_circle(&(circle){1.0, 3.0, far_ring});
    road_gap(L, "mixture_mean_x0", "known + unknown part, ring: 0.5025", &near.whole);
    road_gap(L, "mixture_mean_x0", "known + unknown part, unit ring: 1.0025", &wide.whole);
    road_gap(L, "mixture_var_x0", "known + unknown part, ring far away: 5.0025", &far.whole);
    control_gap(L, "the known part alone, which does move with t", &near.known);
    const gap g = everywhere(blown_up, NULL, 1);
    road_gap(L, "forward_snr", "an eps error seen in x_0: (1-abar_t)/abar_t", &g);
    road_below(L, NULL, "the trained optimum, MMSE_x0, never exceeds Var x_0", all->worst_x_0, 1.09,
               0.0);
    evidence(L, "loss(T)/loss(1) of x_0: %.3f; an eps error of 1 seen in x_0: %.1e (t=1), %.3g (T)",
             all->x_0_T / all->x_0_1, 1.0 / forward_snr(s, 1), 1.0 / forward_snr(s, s->T));
}

static void the_kink(lesson *L)
{
    claim(L, "GRD-07");
    const schedule *s = schedules[L1000];
    misprint_formula mean = misprint_quantity_find("posterior_mean")->value;
    const gap closed = everywhere(horse_walked, &(horse){TARGET_MU, ring, target_square, LOSS}, 1);
    const gap nodes = everywhere(mu_walked, &mean, 1);
    const double smooth = largest_second_difference(s, 1.0);
    const double cliff = largest_second_difference(schedules[COS1000], 1.0);
    printed_below(L, "L1000 has a kink: a second difference above 0.01", 0.01, smooth, 0.0);
    road_below(L, "target_square", "L1000: all second differences are below beta_1", smooth,
               s->beta[1], 0.0);
    road_gap(L, "target_square", "E mu^2 = E x_{t-1}^2 - Var(x_{t-1}|x_t,x_0)", &closed);
    road_gap(L, "posterior_mean", "the same from mu_tilde itself, all t", &nodes);
    control_misprints(L, "posterior_mean", mu_walked);
    road_below(L, NULL, "COS1000, where beta is clipped, does have a cliff", 0.01, cliff, 0.0);
    road(L, NULL, "docs/claims.tsv: second difference, L1000, 2 digits", smooth, 2.4e-5, 0.5e-6);
    road(L, NULL, "docs/claims.tsv: cliff, COS1000, 2 digits", cliff, 0.076, 0.5e-3);
    evidence(L, "v=1, L1000: E mu^2 from 1 to %.4f, second differences to %.1e; COS1000: to %.3f",
             target_square(s, s->T, TARGET_MU, 1.0), smooth, cliff);
}

void the_predictor_0(lesson *L)
{
    const losses all = zero_and_best_predictor(L);
    the_balloon(L, &all);
    the_kink(L);
}
