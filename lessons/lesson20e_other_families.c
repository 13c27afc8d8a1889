/* Lesson 20, part e.  The same for a network that is linear in six features, and for one that is not. */
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_linalg.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_multifit.h>
#include <gsl/gsl_multimin.h>

#include "lesson20.h"

static const double eps = GSL_DBL_EPSILON;

/* Nodes of x_t: -6 .. 6, for data of two bumps with N(0,1) noise. */
enum { NODES = 161, FEATURES = 6 };

static double node(size_t i)
{
    return -6.0 + 12.0 * (double)i / (NODES - 1);
}

/* Probability of node i at time t; normalised, so that the nodes ARE the law of x_t. */
static void law_of_nodes(double *p, const schedule *s, size_t t)
{
    double sum = 0.0;
    for (size_t i = 0; i < NODES; i++) sum += p[i] = bumps_pdf(s, t, node(i));
    for (size_t i = 0; i < NODES; i++) p[i] /= sum;
}

/* --- Six features: x and tanh 2x, times 1, sqrt(1-abar_t) and abar_t ------------------------------- */
static void features(double *f, const schedule *s, size_t t, double x)
{
    const double time[3] = {1.0, sqrt(s->var_bar[t]), s->alpha_bar[t]};
    for (size_t k = 0; k < FEATURES; k++) f[k] = time[k % 3] * (k < 3 ? x : tanh(2.0 * x));
}

/* sum_t w_t E_t(theta) = constant - 2 g.theta + theta.M theta; eps* in the place of eps leaves out
 * what no theta can change. */
typedef struct parabola {
    double g[FEATURES], M[FEATURES * FEATURES], constant;
} parabola;

static parabola parabola_of(const schedule *s, weight_of w)
{
    parabola q = {{0.0}, {0.0}, 0.0};
    double p[NODES], f[FEATURES];
    for (size_t t = 1; t <= s->T; t++) {
        law_of_nodes(p, s, t);
        for (size_t i = 0; i < NODES; i++) {
            const double best = bumps_eps(s, t, node(i)), weight = w(s, t) * p[i];
            features(f, s, t, node(i));
            q.constant += weight * best * best;
            for (size_t a = 0; a < FEATURES; a++) {
                q.g[a] += weight * best * f[a];
                for (size_t b = 0; b < FEATURES; b++) q.M[a * FEATURES + b] += weight * f[a] * f[b];
            }
        }
    }
    return q;
}

static double value(const parabola *q, const double *theta)
{
    double sum = q->constant;
    for (size_t a = 0; a < FEATURES; a++) {
        sum -= 2.0 * q->g[a] * theta[a];
        for (size_t b = 0; b < FEATURES; b++) sum += theta[a] * q->M[a * FEATURES + b] * theta[b];
    }
    return sum;
}

/* The minimum: M theta = g. */
static void solve(double *theta, const parabola *q)
{
    double copy[FEATURES * FEATURES];
    for (size_t i = 0; i < FEATURES * FEATURES; i++) copy[i] = q->M[i];
    gsl_matrix_view M = gsl_matrix_view_array(copy, FEATURES, FEATURES);
    gsl_vector_const_view g = gsl_vector_const_view_array(q->g, FEATURES);
    gsl_vector_view x = gsl_vector_view_array(theta, FEATURES);
    gsl_linalg_cholesky_decomp1(&M.matrix);
    gsl_linalg_cholesky_solve(&M.matrix, &g.vector, &x.vector);
}

/* The least weighted sum of squares by another way: a regression on all T * NODES points (SVD). */
static double regression(const schedule *s, weight_of w)
{
    const size_t n = s->T * NODES;
    gsl_matrix *X = gsl_matrix_alloc(n, FEATURES), *cov = gsl_matrix_alloc(FEATURES, FEATURES);
    gsl_vector *y = gsl_vector_alloc(n), *weight = gsl_vector_alloc(n),
               *theta = gsl_vector_alloc(FEATURES);
    gsl_multifit_linear_workspace *work = gsl_multifit_linear_alloc(n, FEATURES);
    double least = (double)NAN, p[NODES];
    if (X && cov && y && weight && theta && work) {
        for (size_t i = 0; i < n; i++) {
            const size_t t = 1 + i / NODES;
            if (i % NODES == 0) law_of_nodes(p, s, t);
            features(gsl_matrix_ptr(X, i, 0), s, t, node(i % NODES));
            gsl_vector_set(y, i, bumps_eps(s, t, node(i % NODES)));
            gsl_vector_set(weight, i, w(s, t) * p[i % NODES]);
        }
        gsl_multifit_wlinear(X, weight, y, theta, cov, &least, work);
    }
    gsl_multifit_linear_free(work);
    gsl_vector_free(theta);
    gsl_vector_free(weight);
    gsl_vector_free(y);
    gsl_matrix_free(cov);
    gsl_matrix_free(X);
    return least;
}

typedef struct optimum {
    double simple[FEATURES], vlb[FEATURES];
} optimum;

static double six_features(lesson *L)
{
    gap least = {0}, wrong = {0};
    double V[2][2], S[2][2];
    for (size_t k = S10; k <= S50; k++) {
        const schedule *s = schedules[k];
        const parabola vlb = parabola_of(s, vlb_weight), simple = parabola_of(s, simple_weight);
        optimum o;
        solve(o.vlb, &vlb);
        solve(o.simple, &simple);
        V[k][0] = value(&vlb, o.vlb), V[k][1] = value(&vlb, o.simple);
        S[k][0] = value(&simple, o.vlb), S[k][1] = value(&simple, o.simple);
        /* 43 terms, each right to T NODES eps of the constant at worst. */
        const double tolerance = 43.0 * (double)(s->T * NODES) * eps * vlb.constant;
        gap_add(&least, s->T, V[k][0], regression(s, vlb_weight), tolerance);
        gap_add(&wrong, s->T, V[k][1], regression(s, vlb_weight), tolerance);
    }
    road_gap(L, NULL, "6 features: least VLB, normal equations = SVD", &least);
    control_gap(L, "the optimum of L_simple reaches it", &wrong);
    road_below(L, "weight_eps", "6 features, S50: VLB optimum below L_simple's", V[S50][0],
               V[S50][1], 0.0);
    road_below(L, "weight_eps", "... and above it at L_simple", S[S50][1], S[S50][0], 0.0);
    control_below(L, "exchanged", V[S50][1], V[S50][0], 0.0);
    say(L,
        "6 features, S50, above what eps* costs: VLB %.4f (own) and %.4f (trained with "
        "L_simple), L_simple %.4f and %.4f.",
        V[S50][0], V[S50][1], S[S50][0], S[S50][1]);
    return V[S50][1] - V[S50][0];
}

/* --- Not linear: x_0_hat = b tanh(a x), two numbers for all t --------------------------------------- */
typedef struct task {
    const schedule *s;
    weight_of w;
} task;

static double of_two(double a, double b, const task *k)
{
    double sum = 0.0, p[NODES];
    for (size_t t = 1; t <= k->s->T; t++) {
        law_of_nodes(p, k->s, t);
        for (size_t i = 0; i < NODES; i++) {
            const double x = node(i), guess = (x - sqrt(k->s->alpha_bar[t]) * b * tanh(a * x)) /
                                              sqrt(k->s->var_bar[t]);
            sum += k->w(k->s, t) * p[i] * gsl_pow_2(guess - bumps_eps(k->s, t, x));
        }
    }
    return sum;
}

static double of_vector(const gsl_vector *v, void *params)
{
    return of_two(gsl_vector_get(v, 0), gsl_vector_get(v, 1), params);
}

/* Nelder and Mead from a = 2, b = 0.8. */
static void search(double *theta, task *k)
{
    gsl_multimin_fminimizer *m =
        gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, 2);
    if (!m) return;
    double start[2] = {2.0, 0.8}, size[2] = {0.5, 0.2};
    gsl_vector_view x = gsl_vector_view_array(start, 2), step = gsl_vector_view_array(size, 2);
    gsl_multimin_function f = {of_vector, 2, k};
    gsl_multimin_fminimizer_set(m, &f, &x.vector, &step.vector);
    for (int i = 0; i < 120; i++) gsl_multimin_fminimizer_iterate(m);
    theta[0] = gsl_vector_get(m->x, 0);
    theta[1] = gsl_vector_get(m->x, 1);
    gsl_multimin_fminimizer_free(m);
}

static void two_numbers(lesson *L)
{
    task vlb = {schedules[S10], vlb_weight}, simple = {schedules[S10], simple_weight};
    double at_V[2] = {0.0}, at_S[2] = {0.0};
    search(at_V, &vlb);
    search(at_S, &simple);
    const double V = of_two(at_V[0], at_V[1], &vlb), V_S = of_two(at_S[0], at_S[1], &vlb),
                 S = of_two(at_S[0], at_S[1], &simple), S_V = of_two(at_V[0], at_V[1], &simple);
    size_t better = 0;
    for (int i = 0; i < 20; i++)
        for (int j = 0; j < 20; j++) {
            const double a = 0.1 + 0.35 * i, b = 0.1 + 0.08 * j;
            better += !(V <= of_two(a, b, &vlb)) + !(S <= of_two(a, b, &simple));
        }
    road_all(L, "weight_eps", "b tanh(a x): no point of a grid is better, both losses", better,
             800);
    road_below(L, "weight_eps", "b tanh(a x): VLB optimum below L_simple's", V, V_S, 0.0);
    road_below(L, "weight_eps", "... and above it at L_simple", S, S_V, 0.0);
    control_below(L, "exchanged", V_S, V, 0.0);
}

/* One family is essential: L_simple in the larger family against the VLB in the smaller. */
static void two_families(lesson *L)
{
    const schedule *s = schedules[S10];
    const parabola vlb = parabola_of(s, vlb_weight), simple = parabola_of(s, simple_weight);
    double six[FEATURES], one[FEATURES] = {0.0};
    solve(six, &simple);
    one[0] = vlb.g[0] / vlb.M[0]; /* c x_t */
    control_below(L, "another family (one c): its VLB optimum is lower", value(&vlb, one),
                  value(&vlb, six), 0.0);
}

double other_families(lesson *L)
{
    const double price = six_features(L);
    two_numbers(L);
    two_families(L);
    return price;
}

/* ---- Figure: who errs where, six features, S50 ---- */
void figure_weights(lesson *L)
{
    data_file *f = data_open(L, "weights", "t simple vlb");
    const schedule *s = schedules[S50];
    const parabola vlb = parabola_of(s, vlb_weight), simple = parabola_of(s, simple_weight);
    optimum o;
    solve(o.vlb, &vlb);
    solve(o.simple, &simple);
    for (size_t t = 1; f && t <= s->T; t++) {
        double p[NODES], excess[2] = {0.0};
        law_of_nodes(p, s, t);
        for (size_t i = 0; i < NODES; i++) {
            double g[FEATURES], error[2];
            features(g, s, t, node(i));
            error[0] = error[1] = -bumps_eps(s, t, node(i));
            for (size_t k = 0; k < FEATURES; k++) {
                error[0] += o.simple[k] * g[k];
                error[1] += o.vlb[k] * g[k];
            }
            for (int k = 0; k < 2; k++) excess[k] += p[i] * error[k] * error[k];
        }
        data_line(f, "%zu %.6g %.6g", t, excess[0], excess[1]);
    }
    data_close(f);
}
