/* exact.h -- a network that holds the Bayes optimum of Gaussian data, or a known distance from it.
 *
 * Data N(centre, spread) in each coordinate, schedule S50.  With V_t = alpha_bar_t spread + var_bar_t,
 *     E[eps|x] = noise_t (x - signal_t centre) / V_t,   out = (E[eps|x] - eps_x_t x) / eps_out_t:
 * a line per t, so that samplers and measurements have closed forms to meet (theory/linear.h). */
#ifndef TESTS_EXACT_H
#define TESTS_EXACT_H

#include <math.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>

#include "tabular.h"
#include "theory/schedule.h"
#include "train/denoise.h"

static const double centre = 0.3, spread = 0.6, slip_slope = 0.02, slip_offset = -0.03;
static schedule *plan;
static int last_error;

typedef struct exact {
    task *k;
    network net;
    real *theta;
    denoise *w;
} exact;

/* The error handler of tests that provoke errors. */
static void remember(const char *reason, const char *file, int line, int code)
{
    (void)reason, (void)file, (void)line;
    last_error = code;
}

static void exact_free(exact *m)
{
    denoise_free(m->w);
    free(m->theta);
    task_free(m->k);
    free(m);
}

/* eps_hat = E[eps|x] + wrong (slip_slope x + slip_offset); a learned variance has some logit. */
static exact *exact_alloc(const char *predict, const char *sigma, size_t D, size_t threads,
                          double wrong)
{
    char error[200];
    exact *m = calloc(1, sizeof *m);
    m->k = task_alloc(plan, predict, "vlb", sigma, error, sizeof error);
    if (!m->k) fail_msg("%s", error);
    m->net = tabular(plan->T, D, task_outputs(m->k, D));
    m->theta = calloc(m->net.parameters, sizeof *m->theta);
    for (size_t t = 1; t <= plan->T; t++)
        for (size_t d = 0; d < m->net.out; d++) {
            real *line = m->theta + tabular_at(&m->net, t, d);
            const double V = plan->alpha_bar[t] * spread + plan->var_bar[t];
            const double noise = m->k->noise[t], signal = m->k->signal[t];
            if (d < D) {
                const double slope = noise / V + wrong * slip_slope;
                line[0] = (real)((slope - m->k->eps_x[t]) / m->k->eps_out[t]);
                line[1] =
                    (real)((wrong * slip_offset - noise * signal * centre / V) / m->k->eps_out[t]);
            } else /* another one in each coordinate */
                line[1] = (real)(0.1 * (double)t - 0.7 * (double)(d - D));
        }
    m->w = denoise_alloc(&m->net, m->k, m->theta, threads);
    assert_non_null(m->w);
    return m;
}

static int exact_open(void **state)
{
    (void)state;
    plan = schedule_named_alloc("S50");
    return plan == NULL;
}

static int exact_close(void **state)
{
    (void)state;
    schedule_free(plan);
    return 0;
}

#endif
