/* eval_net.c -- the network in its three coordinates, and the posterior mean. */
#include <math.h>

#include <gsl/gsl_math.h>

#include "derive/eval.h"
#include "theory/posterior.h"

value eval_constant(evaluation *ev, double v)
{
    return value_scalar(ev->memory, v, 4.0 * GSL_DBL_EPSILON * fabs(v));
}

/* eps_theta, mu_theta or x_hat_theta at the points x; one function in three coordinates. */
value eval_output(evaluation *ev, const env *at, net_symbol which, int t, value x)
{
    const schedule *s = ev->w->s;
    const size_t D = ev->w->D;
    value r = value_new(ev->memory, x.n, D);
    const double a = s->alpha_bar[t], v = s->var_bar[t];
    const double scale = which == NET_MU ? 1.0 / sqrt(s->alpha[t]) : 1.0 / sqrt(a);
    const double slope = which == NET_MU ? s->beta[t] / sqrt(v) : sqrt(v);
    eval_spend(ev, 20 * x.n * D);
    for (size_t i = 0; i < x.n; i++) {
        double in = 0.0, size = 1.0;
        world_eps(ev->w, at->net, (size_t)t, x.v + i * D, r.v + i * D);
        for (size_t k = 0; k < D; k++) {
            in += x.e[i * D + k];
            size += fabs(x.v[i * D + k]);
        }
        for (size_t k = 0; k < D; k++) { /* the network's slope is below 4 */
            const size_t j = i * D + k;
            r.e[j] = 4.0 * in + 16.0 * GSL_DBL_EPSILON * size;
            if (which == NET_EPS) continue;
            r.v[j] = scale * (x.v[j] - slope * r.v[j]);
            r.e[j] = scale * (x.e[j] + slope * r.e[j]) + 8.0 * GSL_DBL_EPSILON * scale * size;
        }
    }
    return r;
}

value eval_network(evaluation *ev, const env *at, const node *n)
{
    const int t = eval_index(ev, at, n->child[0]);
    if (!eval_time_ok(ev, t, 1))
        return eval_nan(ev, "the network at a time outside 1 .. T appears");
    const value x = n->child[1] ? eval(ev, at, n->child[1]) : at->x[t];
    if (x.d != ev->w->D) {
        if (!(x.v[0] == x.v[0])) return x;
        eval_abandon(ev, EVAL_UNDECIDABLE, n, "the network needs a state as its argument");
    }
    return eval_output(ev, at, (net_symbol)n->which, t, x);
}

static bool is_noise(const node *n)
{
    return n->kind == NODE_EPS || (n->kind == NODE_NET && n->which == NET_EPS);
}

/* mu_tilde_t(x_t, x_0), or mu_tilde_t(x_t, eps) with x_0 = (x_t - sqrt(1-abar_t) eps)/sqrt(abar_t). */
value eval_mu_tilde(evaluation *ev, const env *at, const node *n)
{
    const int t = eval_index(ev, at, n->child[0]);
    const schedule *s = ev->w->s;
    if (!eval_time_ok(ev, t, 1))
        return eval_nan(ev, "the posterior at a time outside 1 .. T appears");
    const value x = n->child[1] ? eval(ev, at, n->child[1]) : at->x[t];
    value x_0 = n->child[2] ? eval(ev, at, n->child[2]) : at->x[0];
    if (n->child[2] && is_noise(n->child[2])) {
        const value noise = value_mul(ev->memory, eval_constant(ev, sqrt(s->var_bar[t])), x_0);
        x_0 = value_div(ev->memory, value_add(ev->memory, x, noise, -1.0),
                        eval_constant(ev, sqrt(s->alpha_bar[t])));
    }
    return value_add(
        ev->memory, value_mul(ev->memory, eval_constant(ev, posterior_weight_xt(s, (size_t)t)), x),
        value_mul(ev->memory, eval_constant(ev, posterior_weight_x0(s, (size_t)t)), x_0), 1.0);
}
