/* Lesson 22, part c.  The theorem behind "a worse bound", exactly. */
#include <math.h>

#include <gsl/gsl_linalg.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>

#include "lesson22.h"
#include "theory/weight.h"

/* --- A family with one global optimum -----------------------------------------------------------
 * Data N(+-1, 0.04), noise schedule S50, predictions  eps_hat = sum_j a_j phi_j(x_t, t)  with
 *   phi = x, x^3, x^5, and the same three times sqrt(alpha_bar_t).
 * Under any weights w the loss is a quadratic function of a,
 *   L_w(a) = sum_t w_t E(eps - a.phi)^2 = sum_t w_t - 2 b.a + a'A a,
 *   b = sum_t w_t E[eps phi],   A = sum_t w_t E[phi phi'],
 * and has exactly one minimum, a_w = A^{-1} b.  All expectations are moments of x_t. */
enum { FEATURES = 6 };
static const double bump_var = 0.04;

/* E x_t^k for even k: x_t = +-c + sd z, binomial sum. */
static double moment(const schedule *s, size_t t, int k)
{
    const double c2 = s->alpha_bar[t], v = s->alpha_bar[t] * bump_var + s->var_bar[t];
    double sum = 0.0, term = 1.0; /* term = (k choose 2i) (2i-1)!! v^i */
    for (int i = 0; 2 * i <= k; i++) {
        if (i > 0) term *= (double)((k - 2 * i + 2) * (k - 2 * i + 1)) / (2.0 * i) * v;
        sum += term * pow(c2, 0.5 * (k - 2 * i));
    }
    return sum;
}

static int power(size_t j)
{
    return 1 + 2 * (int)(j % 3);
}

static double factor(const schedule *s, size_t t, size_t j)
{
    return j < 3 ? 1.0 : sqrt(s->alpha_bar[t]);
}

/* E[eps phi_j] by Stein's lemma: E[eps f(x_t)] = sqrt(1 - alpha_bar_t) E f'(x_t). */
static double stein(const schedule *s, size_t t, size_t j)
{
    return factor(s, t, j) * sqrt(s->var_bar[t]) * power(j) * moment(s, t, power(j) - 1);
}

/* The same through the exact denoiser: E[eps phi] = E[E[eps|x_t] phi]. */
typedef struct oracle_term {
    mixture *m;
    const schedule *s;
    size_t t, j;
} oracle_term;

static double oracle_integrand(double x_t, void *params)
{
    const oracle_term *o = params;
    double eps_hat;
    mixture_mean_eps(&eps_hat, o->m, o->s, o->t, &x_t);
    return factor(o->s, o->t, o->j) * gsl_pow_int(x_t, power(o->j)) * eps_hat;
}

/* --- Losses --------------------------------------------------------------------------------------*/
typedef struct quadratic {
    gsl_matrix *A;
    gsl_vector *b, *best;
    double constant;
} quadratic;

static quadratic quadratic_of(const schedule *s, const double *w)
{
    quadratic q = {gsl_matrix_calloc(FEATURES, FEATURES), gsl_vector_calloc(FEATURES),
                   gsl_vector_calloc(FEATURES), 0.0};
    for (size_t t = 1; t <= s->T; t++) {
        q.constant += w[t];
        for (size_t i = 0; i < FEATURES; i++) {
            *gsl_vector_ptr(q.b, i) += w[t] * stein(s, t, i);
            for (size_t j = 0; j < FEATURES; j++)
                *gsl_matrix_ptr(q.A, i, j) +=
                    w[t] * factor(s, t, i) * factor(s, t, j) * moment(s, t, power(i) + power(j));
        }
    }
    gsl_matrix *copy = gsl_matrix_alloc(FEATURES, FEATURES);
    gsl_matrix_memcpy(copy, q.A);
    gsl_linalg_cholesky_decomp1(copy);
    gsl_linalg_cholesky_solve(copy, q.b, q.best);
    gsl_matrix_free(copy);
    return q;
}

static void quadratic_free(quadratic q)
{
    gsl_matrix_free(q.A);
    gsl_vector_free(q.b);
    gsl_vector_free(q.best);
}

/* L(a), and the size of its largest summands for the rounding bound. */
static double loss(const quadratic *q, const gsl_vector *a, double *size)
{
    double sum = q->constant;
    *size = q->constant;
    for (size_t i = 0; i < FEATURES; i++) {
        const double a_i = gsl_vector_get(a, i), linear = 2.0 * a_i * gsl_vector_get(q->b, i);
        sum -= linear;
        *size += fabs(linear);
        for (size_t j = 0; j < FEATURES; j++) {
            const double term = a_i * gsl_matrix_get(q->A, i, j) * gsl_vector_get(a, j);
            sum += term;
            *size += fabs(term);
        }
    }
    return sum;
}

/* (a - c)' A (a - c): what it costs under these weights to be at a instead of at the optimum c. */
static double price(const quadratic *q, const gsl_vector *a, double *size)
{
    double sum = 0.0;
    *size = 0.0;
    for (size_t i = 0; i < FEATURES; i++)
        for (size_t j = 0; j < FEATURES; j++) {
            const double term = (gsl_vector_get(a, i) - gsl_vector_get(q->best, i)) *
                                gsl_matrix_get(q->A, i, j) *
                                (gsl_vector_get(a, j) - gsl_vector_get(q->best, j));
            sum += term;
            *size += fabs(term);
        }
    return sum;
}

static void expectations(lesson *L, const schedule *s)
{
    mixture *m = mixture_pair_alloc(bump_var);
    gap g = {0}, other = {0};
    for (size_t t = 1; m && t <= s->T; t++)
        for (size_t j = 0; j < FEATURES; j++) {
            oracle_term o = {m, s, t, j};
            const double value = mixture_expectation(m, s, t, oracle_integrand, &o, 120),
                         error =
                             fabs(value - mixture_expectation(m, s, t, oracle_integrand, &o, 96)) +
                             2000 * GSL_DBL_EPSILON * (1.0 + fabs(value));
            gap_add(&g, t, value, stein(s, t, j), error);
            gap_add(&other, t, value, stein(s, t, j) / sqrt(s->var_bar[t]), error);
        }
    road_gap(L, "mixture_mean_eps", "E[eps phi] by the oracle = by Stein's lemma", &g);
    control_gap(L, "the factor sqrt(1 - abar_t) forgotten", &other);
    mixture_free(m);
}

/* With its own optimum each loss is the smallest; and the difference is the squared distance of the
 * two optima in the metric of the loss, so that it is zero only where they coincide. */
void theorem(lesson *L)
{
    schedule *s = schedule_named_alloc("S50");
    if (!s) check_refuse("lesson 22: out of memory");
    expectations(L, s);
    double uniform[64], bound[64]; /* S50 has T + 1 = 51 entries */
    for (size_t t = 1; t <= s->T; t++) {
        bound[t] = weight_eps(s, t, s->beta[t]);
        uniform[t] = 1.0 / (double)s->T;
    }
    const quadratic simple = quadratic_of(s, uniform), vlb = quadratic_of(s, bound);
    double size[4];
    const double vlb_of_simple = loss(&vlb, simple.best, &size[0]),
                 vlb_of_vlb = loss(&vlb, vlb.best, &size[1]);
    const double simple_of_vlb = loss(&simple, vlb.best, &size[2]),
                 simple_of_simple = loss(&simple, simple.best, &size[3]);
    const double rounding = 64 * GSL_DBL_EPSILON;
    const double error = rounding * (size[0] + size[1]), other = rounding * (size[2] + size[3]);
    road_below(L, NULL, "bound at the VLB optimum < at that of L_simple", vlb_of_vlb, vlb_of_simple,
               error);
    road_below(L, NULL, "L_simple at its optimum < at that of the VLB", simple_of_simple,
               simple_of_vlb, other);
    control_below(L, "the two optima exchanged", vlb_of_simple, vlb_of_vlb, 0.0);
    double price_size;
    const double cost = price(&vlb, simple.best, &price_size);
    road(L, NULL, "the difference = (a - a*)' A (a - a*)", vlb_of_simple - vlb_of_vlb, cost,
         error + rounding * price_size);
    say(L,
        "Six features, S50: bound (weighted error) %.5f at the optimum of L_simple, %.5f at its "
        "own.",
        vlb_of_simple, vlb_of_vlb);
    say(L, "L_simple %.5f at its own, %.5f at that of the bound.", simple_of_simple, simple_of_vlb);
    quadratic_free(simple);
    quadratic_free(vlb);
    schedule_free(s);
}

/* --- How the two losses share themselves out over t, at the best possible network ----------------- */
typedef struct residual {
    mixture *m;
    const schedule *s;
    size_t t;
} residual;

static double conditional_variance(double x_t, void *params)
{
    const residual *r = params;
    return mixture_var_x0(r->m, r->s, r->t, &x_t);
}

static double middle_of(const schedule *s, mixture *m, bool weighted)
{
    double middle = 0.0, all = 0.0;
    for (size_t t = 1; t <= s->T; t += 7) {
        residual r = {m, s, t};
        const double best =
            exp(s->log_snr[t]) * mixture_expectation(m, s, t, conditional_variance, &r, 60);
        const double share = best * (weighted ? weight_eps(s, t, s->beta[t]) : 1.0);
        all += share;
        if (5 * t > s->T && 10 * t <= 7 * s->T) middle += share;
    }
    return middle / all;
}

void shares_of_the_optimum(lesson *L)
{
    schedule *s = schedule_named_alloc("L1000");
    mixture *m = mixture_pair_alloc(bump_var);
    if (s && m)
        say(L,
            "Half of all t lies between 20 and 70 %%.  Of the loss of a perfect network on L1000, "
            "N(+-1, 0.04), %.3f lies there for L_simple and %.3f for the bound.",
            middle_of(s, m, false), middle_of(s, m, true));
    mixture_free(m);
    schedule_free(s);
}
