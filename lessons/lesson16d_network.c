/* Lesson 16, part d.  The parameter gradients of a small real network, before training. */
#include <math.h>

#include <gsl/gsl_deriv.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson16.h"
#include "theory/posterior.h"
#include "theory/predict.h"

/* --- A small real network ---------------------------------------------------------------------
 *   in = (x_t, cos(pi t/T), sin(pi t/T)),   h = tanh(W1 in + b1),   out = W2 h + b2
 * with 16 hidden units and two outputs; all parameters in one array: W1 [16,4], b1, W2 [2,16], b2.
 */
enum { NET_IN = 4, NET_HIDDEN = 16, NET_OUT = 2, NODES = 8 };
enum {
    NET_B1 = NET_HIDDEN * NET_IN,
    NET_W2 = NET_B1 + NET_HIDDEN,
    NET_B2 = NET_W2 + NET_OUT * NET_HIDDEN,
    NET_SIZE = NET_B2 + NET_OUT
};

/* Weights N(0, 1/inputs), biases 0; the last layer 0 if so wished. */
static void net_start(double *p, bool last_layer_zero, gsl_rng *rng)
{
    for (size_t i = 0; i < NET_SIZE; i++) p[i] = 0.0;
    for (size_t i = 0; i < NET_B1; i++) p[i] = gsl_ran_gaussian_ziggurat(rng, 1.0 / sqrt(NET_IN));
    for (size_t i = NET_W2; i < NET_B2 && !last_layer_zero; i++)
        p[i] = gsl_ran_gaussian_ziggurat(rng, 1.0 / sqrt(NET_HIDDEN));
}

static void net_inputs(double *in, const double *x_t, size_t t, size_t T)
{
    const double angle = M_PI * (double)t / (double)T;
    in[0] = x_t[0];
    in[1] = x_t[1];
    in[2] = cos(angle);
    in[3] = sin(angle);
}

static void net_forward(const double *p, const double *in, double *h, double *out)
{
    for (size_t j = 0; j < NET_HIDDEN; j++) {
        double a = p[NET_B1 + j];
        for (size_t i = 0; i < NET_IN; i++) a += p[j * NET_IN + i] * in[i];
        h[j] = tanh(a);
    }
    for (size_t o = 0; o < NET_OUT; o++) {
        out[o] = p[NET_B2 + o];
        for (size_t j = 0; j < NET_HIDDEN; j++) out[o] += p[NET_W2 + o * NET_HIDDEN + j] * h[j];
    }
}

static double net_loss(const double *p, const double *in, const double *target)
{
    double h[NET_HIDDEN], out[NET_OUT];
    net_forward(p, in, h, out);
    return gsl_pow_2(target[0] - out[0]) + gsl_pow_2(target[1] - out[1]);
}

/* tanh'(a) in terms of h = tanh(a), and the slip that everybody makes once. */
static double tanh_slope(double h)
{
    return 1.0 - h * h;
}

static double tanh_slope_wrong(double h)
{
    return 1.0 - h;
}

/* dp += weight * gradient of net_loss, given h and out of the forward pass. */
static void net_backward(const double *p, const double *in, const double *h, const double *out,
                         const double *target, double (*slope)(double), double weight, double *dp)
{
    double dh[NET_HIDDEN] = {0};
    for (size_t o = 0; o < NET_OUT; o++) { /* out = W2 h + b2 */
        const double dout = 2.0 * weight * (out[o] - target[o]);
        dp[NET_B2 + o] += dout;
        for (size_t j = 0; j < NET_HIDDEN; j++) {
            dp[NET_W2 + o * NET_HIDDEN + j] += dout * h[j];
            dh[j] += dout * p[NET_W2 + o * NET_HIDDEN + j];
        }
    }
    for (size_t j = 0; j < NET_HIDDEN; j++) { /* h = tanh(W1 in + b1) */
        const double da = dh[j] * slope(h[j]);
        dp[NET_B1 + j] += da;
        for (size_t i = 0; i < NET_IN; i++) dp[j * NET_IN + i] += da * in[i];
    }
}

/* What the best predictor would answer: the expected gradient sees the target only through
 * E[target | x_t], because the network sees only x_t. */
static void net_targets(double target[TARGET_KINDS][2], mixture *m, const schedule *s, size_t t,
                        const double *x_t)
{
    mixture_mean_eps(target[TARGET_EPS], m, s, t, x_t);
    for (size_t d = 0; d < 2; d++) {
        target[TARGET_X0][d] = predict_x0_from_eps(s, t, x_t[d], target[TARGET_EPS][d]);
        target[TARGET_MU][d] = posterior_mean(s, t, x_t[d], target[TARGET_X0][d]);
    }
}

/* E[x_0|x_t] and E[mu_tilde|x_t] once more, without eps: by the mixture, and as the mean of the
 * reverse kernel q(x_{t-1}|x_t).  x_0 is amplified by 1/sqrt(abar_t), mu is a mean of such. */
static gap targets_by_kernel(mixture *m)
{
    gap g = {0};
    const schedule *s = schedules[S50];
    mixture *kernel = mixture_alloc(m->K, 2);
    for (size_t t = 1; kernel && t <= s->T; t++) {
        const double root = sqrt(s->alpha_bar[t]), sd = sqrt(s->var_bar[t]);
        const double x_t[2] = {root * x_0 + sd * slip, root * eps - sd * slip};
        double target[TARGET_KINDS][2], x_0_hat[2], mean[2] = {0};
        net_targets(target, m, s, t, x_t);
        mixture_mean_x0(x_0_hat, m, s, t, x_t);
        mixture_reverse_kernel(kernel, m, s, t, x_t);
        for (size_t k = 0; k < m->K; k++)
            for (size_t d = 0; d < 2; d++) mean[d] += kernel->weight[k] * kernel->mean[2 * k + d];
        for (size_t d = 0; d < 2; d++) {
            const double tolerance = 32.0 * GSL_DBL_EPSILON * (2.0 + fabs(x_t[d])) / root;
            gap_add(&g, t, target[TARGET_X0][d], x_0_hat[d], tolerance);
            gap_add(&g, t, target[TARGET_MU][d], mean[d], tolerance);
        }
    }
    mixture_free(kernel);
    return g;
}

/* norm[kind] = |expected gradient| at t: Gauss-Hermite around every bump of the mixture (var_k
 * equal). */
static void net_gradient_norms(double norm[TARGET_KINDS], const double *p, mixture *m,
                               const schedule *s, size_t t,
                               const gsl_integration_fixed_workspace *rule, size_t n)
{
    const double *z = gsl_integration_fixed_nodes(rule), *w = gsl_integration_fixed_weights(rule);
    const double root = sqrt(s->alpha_bar[t]),
                 sd = sqrt(s->alpha_bar[t] * m->var[0] + s->var_bar[t]);
    double dp[TARGET_KINDS][NET_SIZE] = {{0}}, in[NET_IN], h[NET_HIDDEN], out[2],
           target[TARGET_KINDS][2];
    for (size_t i = 0; i < m->K * n * n; i++) {
        const size_t k = i / (n * n), a = i / n % n, b = i % n;
        const double x_t[2] = {root * m->mean[2 * k] + sd * z[a],
                               root * m->mean[2 * k + 1] + sd * z[b]};
        const double weight = m->weight[k] * w[a] * w[b] / (2.0 * M_PI);
        net_targets(target, m, s, t, x_t);
        net_inputs(in, x_t, t, s->T);
        net_forward(p, in, h, out);
        for (size_t kind = 0; kind < TARGET_KINDS; kind++)
            net_backward(p, in, h, out, target[kind], tanh_slope, weight, dp[kind]);
    }
    for (size_t kind = 0; kind < TARGET_KINDS; kind++) {
        double square = 0.0;
        for (size_t i = 0; i < NET_SIZE; i++) square += dp[kind][i] * dp[kind][i];
        norm[kind] = sqrt(square);
    }
}

/* Every derivative of the network, by hand against Richardson's central difference. */
typedef struct nudge {
    double *p, *in, *target;
    size_t i;
} nudge;

static double nudged_loss(double value, void *params)
{
    const nudge *n = params;
    const double keep = n->p[n->i];
    n->p[n->i] = value;
    const double loss = net_loss(n->p, n->in, n->target);
    n->p[n->i] = keep;
    return loss;
}

static gap backward_against_differences(double *p, double (*slope)(double))
{
    const double step = 1e-3;
    gap g = {0};
    double in[NET_IN], h[NET_HIDDEN], out[2], target[2] = {eps, slip}, dp[NET_SIZE] = {0};
    net_inputs(in, (double[]){x_0, eps}, 17, 50);
    net_forward(p, in, h, out);
    net_backward(p, in, h, out, target, slope, 1.0, dp);
    for (size_t i = 0; i < NET_SIZE; i++) {
        nudge n = {p, in, target, i};
        const gsl_function f = {nudged_loss, &n};
        double difference, abserr;
        gsl_deriv_central(&f, p[i], step, &difference, &abserr);
        /* GSL's bound, and 8 roundings of the loss, divided by the step. */
        const double rounding = 8.0 * GSL_DBL_EPSILON * net_loss(p, in, target) / step;
        gap_add(&g, i, dp[i], difference, abserr + rounding);
    }
    return g;
}

/* Norm of the expected gradient at all t of S50, ring: max/min over t, geometric mean over starts.
 * With the last layer at 0 the network is the predictor 0, as in the text; otherwise its own answer
 * adds a part to every gradient that no target has caused. */
static void measure_network(lesson *L, mixture *m, gsl_integration_fixed_workspace *rule, bool zero,
                            double range[TARGET_KINDS])
{
    enum { STARTS = 5, T = 50 };
    double p[NET_SIZE], norm[TARGET_KINDS], y[TARGET_KINDS][T + 1];
    double mean[T + 1][TARGET_KINDS] = {{0}}, logs[TARGET_KINDS] = {0};
    for (size_t start = 0; start < STARTS; start++) {
        net_start(p, zero, lesson_rng(L));
        for (size_t t = 1; t <= T; t++) {
            net_gradient_norms(norm, p, m, schedules[S50], t, rule, NODES);
            for (size_t k = 0; k < TARGET_KINDS; k++) mean[t][k] += (y[k][t] = norm[k]) / STARTS;
        }
        for (size_t k = 0; k < TARGET_KINDS; k++) {
            const flatness f = flatness_of(y[k], T);
            logs[k] += log(f.largest / f.smallest) / STARTS;
        }
    }
    for (size_t k = 0; k < TARGET_KINDS; k++) range[k] = exp(logs[k]);
    data_file *f = data_open(L, zero ? "network" : "network_random", "t eps x_0 mu");
    for (size_t t = 1; t <= T; t++)
        data_line(f, "%zu %.9g %.9g %.9g", t, mean[t][0], mean[t][1], mean[t][2]);
    data_close(f);
}

void small_network(lesson *L, const flatness flat[TARGET_KINDS])
{
    double p[NET_SIZE], zero[TARGET_KINDS], random[TARGET_KINDS];
    for (size_t i = 0; i < NET_SIZE; i++) p[i] = 0.6 * sin(1.3 + slip * (double)i); /* generic */
    const gap right = backward_against_differences(p, tanh_slope);
    const gap wrong = backward_against_differences(p, tanh_slope_wrong);
    road_gap(L, NULL, "small network: backward pass = differences", &right);
    control_gap(L, "tanh' taken as 1 - tanh", &wrong);
    mixture *m = mixture_ring_alloc(8, 1.0, bump, 0.0);
    gsl_integration_fixed_workspace *rule =
        gsl_integration_fixed_alloc(gsl_integration_fixed_hermite, NODES, 0.0, 0.5, 0.0, 0.0);
    if (m && rule) {
        const gap targets = targets_by_kernel(m);
        road_gap(L, "posterior_mean", "its mean targets = those of q(x_{t-1}|x_t), S50", &targets);
        measure_network(L, m, rule, true, zero);
        measure_network(L, m, rule, false, random);
        static const char *const line = "  last layer %s   eps %6.1f    x_0 %6.1f    mu %5.2f";
        say(L, "A small tanh network before training (ring, S50): largest / smallest gradient:");
        say(L, line, "0:     ", zero[0], zero[1], zero[2]);
        say(L, line, "random:", random[0], random[1], random[2]);
        evidence(L,
                 "sd/mean over t, L1000: eps %.3f, x_0 %.3f, mu %.4f; network, max/min over t: "
                 "%.1f, %.1f, %.2f (last layer 0), %.1f, %.1f, %.2f (random)",
                 flat[TARGET_EPS].cv, flat[TARGET_X0].cv, flat[TARGET_MU].cv, zero[0], zero[1],
                 zero[2], random[0], random[1], random[2]);
    }
    if (rule) gsl_integration_fixed_free(rule);
    mixture_free(m);
}
