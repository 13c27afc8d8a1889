/* Lesson 7, part c: a linear model, how large the three forces are, figures. */
#include <math.h>

#include <gsl/gsl_math.h>

#include "check/quad.h"
#include "theory/gaussian.h"
#include "theory/linear.h"
#include "theory/schedule_spec.h"

#include "lesson07.h"

/* --- 7.5 continued: a linear model -------------------------------------------------------------
 * E of line (2) for p = N(a_t x_t + b_t, var_t) in closed form: only means, variances and the
 * covariance sqrt(alpha_t)(1-abar_{t-1}) of neighbours. */
bounded linear_two_sums(const schedule *s, const linear_chain *c, double x)
{
    bounded r = log_normal(0.0, sqrt(s->alpha_bar[s->T]) * x, fabs(x), 1.0);
    add(&r, -0.5, (bounded){s->var_bar[s->T], 4.0 * eps});
    for (size_t t = 1; t <= s->T; t++) {
        const double a = c->a[t],
                     mean = (sqrt(s->alpha_bar[t - 1]) - a * sqrt(s->alpha_bar[t])) * x - c->b[t];
        const double var =
            s->var_bar[t - 1] * (1.0 - 2.0 * a * sqrt(s->alpha[t])) + a * a * s->var_bar[t];
        const double parts = 1.0 + fabs(x * mean) + 4.0 * (s->var_bar[t - 1] + s->var_bar[t]);
        add(&r, -0.5, (bounded){(mean * mean + var) / c->var[t], 8.0 * eps * parts / c->var[t]});
        add(&r, 0.5, (bounded){1.0 + log(s->beta[t] / c->var[t]), 8.0 * eps});
    }
    return r;
}

static const double data_mean = 0.4, data_var = 0.6;

static gap linear_model(bool omit_prior)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (int choice = SIGMA_BETA; choice <= SIGMA_BETA_TILDE; choice++) {
            linear_chain *c =
                linear_chain_alloc(schedules[k], data_mean, data_var, (weight_variance)choice);
            const bounded r = linear_two_sums(schedules[k], c, x_0);
            const double vlb = linear_vlb(schedules[k], c, x_0);
            gap_add(&g, schedules[k]->T, -vlb + (omit_prior ? elbo_prior(schedules[k], x_0) : 0.0),
                    r.value, r.error);
            linear_chain_free(c);
        }
    return g;
}

/* The linear chain as a reverse_model: log p(x_{t-1}|x_t) against a_t, b_t, var_t used directly. */
static gap linear_kernels(void)
{
    static walk w;
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        linear_chain *c = linear_chain_alloc(schedules[k], data_mean, data_var, SIGMA_BETA_TILDE);
        take_walk(&w, schedules[k], 0);
        w.p = linear_reverse_model(c);
        for (size_t t = 1; t <= w.s->T; t++) {
            const double ax = c->a[t] * w.x[t];
            const bounded r = log_normal(w.x[t - 1], ax + c->b[t], fabs(ax) + c->b[t], c->var[t]);
            gap_add(&g, t, elbo_reverse_log_pdf(&w.p, t, w.x[t - 1], w.x[t]), r.value,
                    2.0 * r.error);
        }
        linear_chain_free(c);
    }
    return g;
}

/* With N(0,1) data and sigma_t^2 = beta_t the model is exact: -L_VLB = log p(x_0) = log N(x_0;0,1),
 * and the bracket of line (2) is that number on EVERY path. */
static void tight_bound(lesson *L)
{
    static walk w;
    gap vlb = {0}, evidence_gap = {0}, path = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        linear_chain *c = linear_chain_alloc(schedules[k], 0.0, 1.0, SIGMA_BETA);
        const double exact = -0.5 * (x_0 * x_0 + log(2.0 * M_PI));
        const double error = linear_two_sums(schedules[k], c, x_0).error;
        gap_add(&vlb, schedules[k]->T, -linear_vlb(schedules[k], c, x_0), exact, error);
        gap_add(&evidence_gap, schedules[k]->T, linear_log_evidence(c, x_0), exact,
                4.0 * eps * (double)schedules[k]->T);
        take_walk(&w, schedules[k], 0);
        w.p = linear_reverse_model(c);
        gap_add(&path, schedules[k]->T, elbo_path(w.s, &w.p, w.x), exact,
                evaluate(&two_sums, &w, false).error);
        linear_chain_free(c);
    }
    road_gap(L, "linear_vlb", "exact model of N(0,1): -L_VLB = log N(x_0;0,1)", &vlb);
    road_gap(L, "linear_log_evidence", "and so is log p(x_0): the bound is tight", &evidence_gap);
    road_gap(L, "elbo_path", "and so is the bracket on every single path", &path);
}

void linear_roads(lesson *L)
{
    const gap exact = linear_model(false), omitted = linear_model(true), kernels = linear_kernels();
    road_gap(L, "elbo_reverse_log_pdf", "linear p: each kernel is N(a_t x_t + b_t, var_t)",
             &kernels);
    road_gap(L, "linear_vlb", "linear p: E of line (2) from moments, 5 schedules", &exact);
    tight_bound(L);
    control_gap(L, "L_T omitted", &omitted);
}

/* The sum runs to T (the print has a transpose sign), and the decoder carries the index 1. */
void two_slips(lesson *L)
{
    static walk w;
    claim(L, "TEL-10");
    take_walk(&w, schedules[L1000], 0);
    const bounded one = evaluate(&product, &w, false), last = evaluate(&telescoped, &w, true);
    const double decoder = elbo_reverse_log_pdf(&w.p, 1, x_0, w.x[1]);
    road(L, "elbo_reverse_log_pdf", "line (D) with mu_{theta,1}, sigma_{theta,1} = line (1)",
         last.value, one.value, last.error + one.error);
    printed(L, "decoder with another index, the nearest: t = 2",
            last.value - decoder + elbo_reverse_log_pdf(&w.p, 2, x_0, w.x[1]), one.value,
            last.error + one.error);
    evidence(L, "decoder with t = 2 instead of 1 on L1000: off by %.3f nats on one path",
             elbo_reverse_log_pdf(&w.p, 2, x_0, w.x[1]) - decoder);
}

/* --- 7.6  How large are the three forces? -------------------------------------------------------
 * Exact model of N(0,1), averaged over the data: the three numbers telescope once more, to the
 * entropy, -ln(v_T)/2 + ln(v_T/beta_1)/2 + ln(2 pi e beta_1)/2 = ln(2 pi e)/2, v_T = 1 - abar_T. */
typedef struct term_at {
    const schedule *s;
    const linear_chain *c;
    size_t t; /* T + 1: prior, 1: decoder, else L_{t-1} */
} term_at;

static double term_of(double x, void *params)
{
    const term_at *a = params;
    if (a->t > a->s->T) return elbo_prior(a->s, x);
    return a->t == 1 ? linear_decoder(a->s, a->c, x) : linear_denoising(a->s, a->c, a->t, x);
}

/* Quadratic in x_0, so three Gauss-Hermite nodes are exact. */
static double average_term(const schedule *s, const linear_chain *c, size_t t)
{
    term_at a = {s, c, t};
    return quad_hermite(term_of, &a, 0.0, 1.0, 3, NULL);
}

typedef struct forces {
    double prior, denoising, decoder;
} forces;

static forces measure_forces(const schedule *s)
{
    linear_chain *c = linear_chain_alloc(s, 0.0, 1.0, SIGMA_BETA);
    forces f = {average_term(s, c, s->T + 1), 0.0, average_term(s, c, 1)};
    for (size_t t = 2; t <= s->T; t++) f.denoising += average_term(s, c, t);
    linear_chain_free(c);
    return f;
}

/* When is the sum the largest in magnitude?  From the three numbers, with v = v_T:
 *   sum > |L_0|  where L_0 > 0:  v/beta_1 > 2 pi e beta_1;   where L_0 < 0:  v > 1/(2 pi e),
 *   sum > L_T:   v/beta_1 > 1/v.
 * The first two are one: v > max(2 pi e beta_1^2, 1/(2 pi e)).  T = 1, v = beta_1 fails the third.
 */
static bool long_enough(const schedule *s, bool against_prior, bool floor)
{
    const double v = s->var_bar[s->T], beta = s->beta[1], c = 2.0 * M_PI * M_E;
    if (against_prior && !(v * v > beta)) return false;
    return v > c * beta * beta && (!floor || v > 1.0 / c);
}

/* Chains of constant beta for which the condition and the measured forces disagree. */
static size_t disagreements(bool against_prior, bool floor, size_t *cases)
{
    static const double beta[] = {1e-4, 1e-3, 0.01, 0.03, 0.05, 0.07, 0.1, 0.2, 0.3, 0.5, 0.7};
    static const size_t T[] = {1, 2, 3, 4, 5, 7, 10, 20, 50, 100, 200};
    size_t wrong = 0;
    *cases = 0;
    for (size_t i = 0; i < sizeof beta / sizeof beta[0]; i++)
        for (size_t k = 0; k < sizeof T / sizeof T[0]; k++, ++*cases) {
            schedule *s = schedule_constant_alloc(T[k], beta[i]);
            if (!s) continue;
            const forces f = measure_forces(s);
            const bool largest = f.denoising > fabs(f.decoder) && f.denoising > f.prior;
            wrong += largest != long_enough(s, against_prior, floor);
            schedule_free(s);
        }
    return wrong;
}

static void when_largest(lesson *L)
{
    size_t cases, wrong = disagreements(true, true, &cases);
    road_all(L, "linear_denoising", "it is, if and only if the condition below holds", wrong,
             cases);
    wrong = disagreements(true, false, &cases);
    control_all(L, "the same without v_T > 1/(2 pi e)", wrong, cases);
    wrong = disagreements(false, true, &cases);
    control_all(L, "the same without v_T^2 > beta_1", wrong, cases);
}

void sizes(lesson *L)
{
    claim(L, "TEL-12");
    gap prior = {0}, denoising = {0}, decoder = {0}, sum = {0}, entropy = {0};
    size_t smaller = 0;
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        const forces f = measure_forces(s);
        const double v_T = s->var_bar[s->T],
                     tolerance = 64.0 * eps * (double)s->T; /* 64 roundings of O(1) a term */
        gap_add(&prior, s->T, f.prior, -0.5 * log(v_T), tolerance);
        gap_add(&denoising, s->T, f.denoising, 0.5 * log(v_T / s->beta[1]), tolerance);
        gap_add(&decoder, s->T, f.decoder, 0.5 * log(2.0 * M_PI * M_E * s->beta[1]), tolerance);
        gap_add(&entropy, s->T, gaussian_entropy(s->beta[1]), f.decoder, tolerance);
        gap_add(&sum, s->T, f.prior + f.denoising + f.decoder, 0.5 * log(2.0 * M_PI * M_E),
                3.0 * tolerance);
        smaller += !(f.denoising > fabs(f.decoder) && f.denoising > f.prior);
        say(L, "%-7s  L_T %.2e   sum of L_{t-1} %.4f   L_0 %+.4f   together %.5f",
            schedule_names[k], f.prior, f.denoising, f.decoder, f.prior + f.denoising + f.decoder);
    }
    road_gap(L, "elbo_prior", "L_T = -ln(v_T)/2, 5 schedules", &prior);
    road_gap(L, "linear_denoising", "sum of L_{t-1} = ln(v_T/beta_1)/2", &denoising);
    road_gap(L, "linear_decoder", "L_0 = ln(2 pi e beta_1)/2", &decoder);
    road_gap(L, "gaussian_entropy", "L_0 is the entropy of q(x_1|x_0)", &entropy);
    road_gap(L, "linear_decoder", "together = entropy of N(0,1), ln(2 pi e)/2", &sum);
    road_all(L, "linear_denoising", "the denoising sum is the largest in magnitude", smaller,
             N_SCHEDULES);
    schedule *one = schedule_constant_alloc(1, 0.37), *two = schedule_constant_alloc(2, 0.5),
             *ten = schedule_constant_alloc(10, 1e-4);
    if (one && two && ten) {
        const forces f = measure_forces(one), h = measure_forces(two), i = measure_forces(ten);
        control_below(L, "T = 1: the denoising sum exceeds |L_0|", fabs(f.decoder), f.denoising,
                      0.0);
        control_below(L, "T = 2, beta = 0.5: it exceeds |L_0|", fabs(h.decoder), h.denoising, 0.0);
        control_below(L, "T = 10, beta = 0.0001: it exceeds |L_0|", fabs(i.decoder), i.denoising,
                      0.0);
    }
    schedule_free(one);
    schedule_free(two);
    schedule_free(ten);
    when_largest(L);
    const forces f = measure_forces(schedules[L1000]), h = measure_forces(schedules[S10]);
    evidence(L,
             "L_T / sum / L_0: L1000 %.1e / %.4f / %.4f; S10 %.4f / %.4f / %.4f; needs a small "
             "beta_1 and a chain long enough",
             f.prior, f.denoising, f.decoder, h.prior, h.denoising, h.decoder);
}

/* --- 7.7  Figures -------------------------------------------------------------------------------
 * Waterfall: the terms from t = T down.  Paths: the partial sums of line (2) and of line (D),
 *   before: sum_{s<=t} log p(x_{s-1}|x_s)/q(x_s|x_{s-1}),
 *   after:  log p(x_0|x_1) + sum_{2<=s<=t} log p(x_{s-1}|x_s)/q(x_{s-1}|x_s,x_0).
 * In the exact model they are log p(x_0) - log p(x_t) and log p(x_0|x_t). */
static void draw_waterfall(lesson *L, const char *name, const schedule *s)
{
    data_file *f = data_open(L, name, "t from to term");
    linear_chain *c = linear_chain_alloc(s, 0.0, 1.0, SIGMA_BETA);
    double sum = 0.0;
    for (size_t t = s->T + 1; f && t >= 1; t--) {
        const double term = average_term(s, c, t);
        data_line(f, "%zu %.9g %.9g %.9g", t, sum, sum + term, term);
        sum += term;
    }
    linear_chain_free(c);
    data_close(f);
}

static void draw_paths(lesson *L)
{
    static walk w;
    data_file *f = data_open(L, "paths", "path t before after");
    linear_chain *c = linear_chain_alloc(schedules[S50], 0.0, 1.0, SIGMA_BETA);
    for (int kind = 0; f && kind < 2; kind++) {
        take_walk(&w, schedules[S50], kind);
        w.p = linear_reverse_model(c);
        double before = 0.0, after = 0.0;
        for (size_t t = 1; t <= w.s->T; t++) {
            before += log_p(&w, t).value - log_step(&w, t).value;
            after += log_p(&w, t).value - (t == 1 ? 0.0 : log_posterior(&w, t).value);
            data_line(f, "%d %zu %.9g %.9g", kind, t, before, after);
        }
        const double prior = log_prior(&w, w.s->T).value;
        data_line(f, "%d %zu %.9g %.9g", kind, w.s->T + 1, before + prior,
                  after + prior - log_jump(&w, w.s->T).value);
        data_gap(f);
        data_gap(f);
    }
    linear_chain_free(c);
    data_close(f);
}

void draw(lesson *L)
{
    schedule *s = schedule_of_figure(L);
    draw_waterfall(L, "waterfall", schedules[S10]);
    draw_waterfall(L, "forces", s);
    draw_paths(L);
    schedule_free(s);
}
