/* Lesson 11, part c.  What dropping the weight changes. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_multifit.h>

#include "lesson11.h"
#include "theory/elbo.h"
#include "theory/forward.h"
#include "theory/law.h"
#include "theory/posterior.h"
#include "theory/predict.h"
#include "theory/weight.h"

static const double eps = GSL_DBL_EPSILON;

/* --- 11.4  Three objectives ---------------------------------------------------------------------
 * One network, one residual, three weights on |x_0 - x_0_hat|^2:  1 (Prathosh's L_simple), SNR(t)
 * (the L_simple of Ho et al., |eps - eps_hat|^2), and the bound's own weight. */
typedef enum objective { UNWEIGHTED, SIMPLE, BOUND } objective;

static double weight_of(const schedule *s, size_t t, objective o)
{
    return o == UNWEIGHTED ? 1.0 : o == SIMPLE ? forward_snr(s, t) : weight_x0(s, t, s->beta[t]);
}

/* The noise decides: fix eps and eps_hat, let x_0_hat follow, and compare the two squares. */
static void two_residuals(lesson *L)
{
    const double noise = -0.83, noise_hat = -0.29;
    gap as_printed = {0}, corrected = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++) {
            const schedule *s = schedules[k];
            const double end = sqrt(s->alpha_bar[t]) * x_0 + sqrt(s->var_bar[t]) * noise;
            const double x_0_hat = predict_x0_from_eps(s, t, end, noise_hat);
            const double square = gsl_pow_2(noise - noise_hat), snr = forward_snr(s, t);
            /* 8 roundings of x_0_hat and x_0, carried through the square. */
            const double slip =
                8.0 * eps * (fabs(end) + sqrt(s->var_bar[t]) + fabs(x_0)) / sqrt(s->alpha_bar[t]);
            const double tolerance = 2.0 * sqrt(snr) * fabs(noise - noise_hat) * slip +
                                     snr * slip * slip + 8.0 * eps * square;
            gap_add(&corrected, t, snr * gsl_pow_2(x_0 - x_0_hat), square, tolerance);
            if (k == L1000) gap_add(&as_printed, t, gsl_pow_2(x_0 - x_0_hat), square, tolerance);
        }
    printed_gap(L, "|x_0-x_0_hat|^2 taken for |eps-eps_hat|^2, L1000", &as_printed);
    road_gap(L, "forward_snr", "corrected: SNR(t) |x_0-x_0_hat|^2, 4 schedules", &corrected);
}

/* A small network: x_0_hat = sum of theta_k phi_k(x_t, t), six features shared by all t of S50. */
enum { FEATURES = 6, NODES = 121 };

static void features(double *phi, double x, double time)
{
    const double soft = tanh(x), sharp = tanh(4.0 * x);
    const double all[FEATURES] = {x, x * time, soft, soft * time, sharp, sharp * time};
    for (size_t k = 0; k < FEATURES; k++) phi[k] = all[k];
}

typedef struct small_net {
    const schedule *s;
    gsl_vector *theta;
} small_net;

static double small_net_x0(const small_net *net, double x, size_t t)
{
    double phi[FEATURES], sum = 0.0;
    features(phi, x, (double)t / (double)net->s->T);
    for (size_t k = 0; k < FEATURES; k++) sum += gsl_vector_get(net->theta, k) * phi[k];
    return sum;
}

static double small_net_mean(double x, size_t t, void *params)
{
    const small_net *net = params;
    return posterior_mean(net->s, t, x, small_net_x0(net, x, t));
}

static double beta_var(double x, size_t t, void *params)
{
    (void)x;
    const small_net *net = params;
    return net->s->beta[t];
}

/* x_t on a grid, with the probability of a cell: the trapezoidal rule on a smooth density. */
static double node(size_t i)
{
    return 3.6 * (2.0 * (double)i / (NODES - 1) - 1.0);
}

static double cell(mixture *bumps, const schedule *s, size_t t, size_t i)
{
    const double x = node(i);
    return 7.2 / (NODES - 1) * exp(mixture_log_pdf_t(bumps, s, t, &x));
}

/* The best theta for an objective: weighted least squares with E[x_0|x_t] as the target, because
 * E|x_0 - f|^2 = Var(x_0|x_t) + |E[x_0|x_t] - f|^2 and only the last term knows f. */
static gsl_vector *fit(mixture *bumps, const schedule *s, objective o)
{
    const size_t n = s->T * NODES;
    gsl_matrix *X = gsl_matrix_alloc(n, FEATURES), *cov = gsl_matrix_alloc(FEATURES, FEATURES);
    gsl_vector *weight = gsl_vector_alloc(n), *y = gsl_vector_alloc(n),
               *theta = gsl_vector_alloc(FEATURES);
    gsl_multifit_linear_workspace *work = gsl_multifit_linear_alloc(n, FEATURES);
    for (size_t r = 0; r < n; r++) {
        const size_t t = r / NODES + 1;
        const double x = node(r % NODES);
        features(gsl_matrix_ptr(X, r, 0), x, (double)t / (double)s->T);
        gsl_vector_set(weight, r, weight_of(s, t, o) * cell(bumps, s, t, r % NODES));
        mixture_mean_x0(gsl_vector_ptr(y, r), bumps, s, t, &x);
    }
    double chisq;
    gsl_multifit_wlinear(X, weight, y, theta, cov, &chisq, work);
    gsl_multifit_linear_free(work);
    gsl_matrix_free(X);
    gsl_matrix_free(cov);
    gsl_vector_free(weight);
    gsl_vector_free(y);
    return theta;
}

/* The best theta leaves a residual E[x_0|x_t] - f that is orthogonal, under the weight, to each
 * feature: sum of weight * residual * phi_k = 0.  The solver's roundings are those of sums of this
 * many terms of the sizes of the target and of the feature. */
static gap orthogonal(mixture *bumps, const schedule *s, const gsl_vector *theta, objective o)
{
    double product[FEATURES] = {0.0}, feature[FEATURES] = {0.0}, target = 0.0;
    for (size_t t = 1; t <= s->T; t++)
        for (size_t i = 0; i < NODES; i++) {
            const double x = node(i), w = weight_of(s, t, o) * cell(bumps, s, t, i);
            double best, phi[FEATURES], residual;
            mixture_mean_x0(&best, bumps, s, t, &x);
            features(phi, x, (double)t / (double)s->T);
            residual = best;
            for (size_t k = 0; k < FEATURES; k++) residual -= gsl_vector_get(theta, k) * phi[k];
            target += w * best * best;
            for (size_t k = 0; k < FEATURES; k++) {
                product[k] += w * residual * phi[k];
                feature[k] += w * phi[k] * phi[k];
            }
        }
    gap g = {0};
    for (size_t k = 0; k < FEATURES; k++)
        gap_add(&g, k, product[k], 0.0, eps * (double)(s->T * NODES) * sqrt(target * feature[k]));
    return g;
}

/* E weight |x_0 - x_0_hat|^2, averaged over t; without theta, that of the perfect network. */
static double loss(mixture *bumps, const schedule *s, gsl_vector *theta, objective o)
{
    const small_net net = {s, theta};
    double sum = 0.0;
    for (size_t t = 1; t <= s->T; t++)
        for (size_t i = 0; i < NODES; i++) {
            const double x = node(i);
            double best;
            mixture_mean_x0(&best, bumps, s, t, &x);
            const double miss = theta ? best - small_net_x0(&net, x, t) : 0.0;
            sum += weight_of(s, t, o) * cell(bumps, s, t, i) *
                   (miss * miss + mixture_var_x0(bumps, s, t, &x));
        }
    return sum / (double)s->T;
}

double bumps_below(double x, void *params)
{
    (void)params;
    const double sd = sqrt(2.0 * BUMP);
    return 0.25 * (erfc((-1.0 - x) / sd) + erfc((1.0 - x) / sd));
}

/* W1 between what T steps with this net produce and the data. */
static double distance_to_data(const schedule *s, gsl_vector *theta)
{
    small_net net = {s, theta};
    const reverse_model p = {small_net_mean, beta_var, &net};
    law *l = law_alloc(s->T, 0, &p, 6.0, 3.0);
    if (!l) return (double)NAN;
    const double W1 = law_wasserstein(l, NULL, NULL, bumps_below, NULL, 6.0, 1201, NULL);
    law_free(l);
    return W1;
}

void another_objective(lesson *L, mixture *bumps)
{
    claim(L, "X0P-04");
    two_residuals(L);
    const schedule *s = schedules[S50];
    gsl_vector *unweighted = fit(bumps, s, UNWEIGHTED), *simple = fit(bumps, s, SIMPLE);
    const double a = loss(bumps, s, simple, SIMPLE), b = loss(bumps, s, unweighted, SIMPLE);
    const double c = loss(bumps, s, unweighted, UNWEIGHTED), d = loss(bumps, s, simple, UNWEIGHTED);
    road_below(L, NULL, "6 shared features: L_simple prefers its own fit", a, b, 0.01 * a);
    road_below(L, NULL, "and |x_0-x_0_hat|^2 prefers its own", c, d, 0.01 * c);
    const gap own = orthogonal(bumps, s, simple, SIMPLE),
              other = orthogonal(bumps, s, unweighted, UNWEIGHTED),
              exchanged = orthogonal(bumps, s, unweighted, SIMPLE);
    road_gap(L, NULL, "each is the least: residual orthogonal, SNR(t)", &own);
    road_gap(L, NULL, "... and weight 1", &other);
    control_gap(L, "the fit for |x_0-x_0_hat|^2 is also that of L_simple", &exchanged);
    const double near = distance_to_data(s, simple), far = distance_to_data(s, unweighted);
    const schedule *l = schedules[L1000];
    evidence(L,
             "SNR %.0f to %.2e (L1000). 6 features, S50: L_simple %.4f fitted for it, %.4f fitted "
             "for x_0 (perfect net "
             "%.4f); W1 of samples %.3f, %.3f",
             forward_snr(l, 1), forward_snr(l, l->T), a, b, loss(bumps, s, NULL, SIMPLE), near,
             far);
    say(L, "Range of the factor on L1000: %.3g.  'L_simple' names two different losses.",
        forward_snr(l, 1) / forward_snr(l, l->T));
    gsl_vector_free(unweighted);
    gsl_vector_free(simple);
}

/* --- 11.4, continued  When are the minimisers equal? --------------------------------------------
 * Data N(0, v), network x_0_hat = slope x_t.  The population is replaced by the four signs of
 * (x_0/sqrt v, eps), which have the same second moments: least squares over them is exact.
 * free_t = 1: one slope for each t.  free_t = 0: eps_hat = c x_t with one c for all t. */
static void solve(const schedule *s, double v, objective o, int free_t, gsl_vector *slope)
{
    const size_t n = 4 * s->T, p = free_t ? s->T : 1;
    gsl_matrix *X = gsl_matrix_calloc(n, p), *cov = gsl_matrix_alloc(p, p);
    gsl_vector *weight = gsl_vector_alloc(n), *y = gsl_vector_alloc(n);
    gsl_multifit_linear_workspace *work = gsl_multifit_linear_alloc(n, p);
    for (size_t r = 0; r < n; r++) {
        const size_t t = r / 4 + 1;
        const double start = (r % 2 ? 1.0 : -1.0) * sqrt(v), noise = r % 4 < 2 ? 1.0 : -1.0;
        const double end = sqrt(s->alpha_bar[t]) * start + sqrt(s->var_bar[t]) * noise;
        gsl_matrix_set(X, r, free_t ? t - 1 : 0, end);
        gsl_vector_set(y, r, free_t ? start : noise);
        /* A squared error of eps is SNR(t) squared errors of x_0. */
        gsl_vector_set(weight, r,
                       free_t        ? weight_of(s, t, o)
                       : o == SIMPLE ? 1.0
                                     : weight_eps(s, t, s->beta[t]));
    }
    double chisq;
    gsl_multifit_wlinear(X, weight, y, slope, cov, &chisq, work);
    gsl_multifit_linear_free(work);
    gsl_matrix_free(X);
    gsl_matrix_free(cov);
    gsl_vector_free(weight);
    gsl_vector_free(y);
}

static void free_at_each_t(lesson *L)
{
    const schedule *s = schedules[S10];
    const double v = 1.7;
    gsl_vector *slope = gsl_vector_alloc(s->T);
    gap optimum[3] = {{0}, {0}, {0}};
    for (objective o = UNWEIGHTED; o <= BOUND; o++) {
        solve(s, v, o, 1, slope);
        for (size_t t = 1; t <= s->T; t++) {
            const double expected =
                sqrt(s->alpha_bar[t]) * v / (s->alpha_bar[t] * v + s->var_bar[t]);
            /* Singular values of the weighted columns spread by the root of the largest weight
             * ratio. */
            const double spread = sqrt(weight_of(s, 1, o) / weight_of(s, s->T, o));
            gap_add(&optimum[o], t, gsl_vector_get(slope, t - 1), expected,
                    64.0 * eps * (1.0 + spread));
        }
    }
    road_gap(L, NULL, "free at each t, weight 1: slope of E[x_0|x_t]", &optimum[UNWEIGHTED]);
    road_gap(L, NULL, "free at each t, weight SNR(t): the same", &optimum[SIMPLE]);
    road_gap(L, NULL, "free at each t, the bound's weight: the same", &optimum[BOUND]);
    gsl_vector_free(slope);
}

/* c = sum w_t sqrt(1-abar_t) / sum w_t for N(0,1) data, because E eps x_t = sqrt(1-abar_t) and
 * E x_t^2 = 1.  The bound's w_t is found again: half the square by which one unit of eps moves the
 * posterior mean (through x_0), over beta_t. */
static double scalar(const schedule *s, objective o)
{
    double above = 0.0, below = 0.0;
    for (size_t t = 1; t <= s->T; t++) {
        const double unit = sqrt(s->var_bar[t] / s->alpha_bar[t]); /* of x_0 for one unit of eps */
        const double moved = t > 1 ? true_step(s, t, 0.0, unit).mean : unit;
        const double w = o == SIMPLE ? 1.0 : gsl_pow_2(moved) / (2.0 * s->beta[t]);
        above += w * sqrt(s->var_bar[t]);
        below += w;
    }
    return above / below;
}

void same_minimiser(lesson *L)
{
    claim(L, "X0P-05");
    free_at_each_t(L);
    gap bound = {0}, simple = {0}, ledger = {0}, taken_equal = {0};
    static const double known[N_SCHEDULES][2] = {
        [L1000] = {0.5856, 0.8059}, [S50] = {0.7806, 0.8117}};
    double c[N_SCHEDULES][2];
    gsl_vector *slope = gsl_vector_alloc(1);
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const double tolerance =
            16.0 * (double)schedules[k]->T * eps; /* sums of T positive terms */
        for (objective o = SIMPLE; o <= BOUND; o++) {
            solve(schedules[k], 1.0, o, 0, slope);
            c[k][o == SIMPLE] = gsl_vector_get(slope, 0);
            gap_add(o == SIMPLE ? &simple : &bound, k + 1, c[k][o == SIMPLE],
                    scalar(schedules[k], o), tolerance);
            if (known[k][0] > 0.0)
                gap_add(&ledger, k + 1, c[k][o == SIMPLE], known[k][o == SIMPLE], 0.5e-4);
        }
        gap_add(&taken_equal, k + 1, c[k][1], c[k][0], tolerance);
    }
    road_gap(L, "weight_eps", "shared eps_hat = c x_t, bound: sums over t", &bound);
    road_gap(L, NULL, "shared eps_hat = c x_t, L_simple: sums over t", &simple);
    road_gap(L, "weight_eps", "the ledger's four numbers, 4 digits", &ledger);
    control_gap(L, "shared c: minimisers taken as equal", &taken_equal);
    evidence(L,
             "shared scalar c, bound against L_simple: %.4f and %.4f (L1000), %.4f and %.4f (S50); "
             "free at each t: equal",
             c[L1000][0], c[L1000][1], c[S50][0], c[S50][1]);
    gsl_vector_free(slope);
}
