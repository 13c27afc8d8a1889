/* probe.c -- what the gradients of a network are like at one t. */
#include "train/trainer.h"

#include <math.h>
#include <string.h>

#include "train/loss.h"

static double square(const real *x, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) sum += (double)x[i] * (double)x[i];
    return sum;
}

/* |E g|^2 without bias: with g_bar the mean of n independent g_i,
 * E |g_bar|^2 = |E g|^2 + (E |g|^2 - |E g|^2) / n. */
trainer_probe trainer_probe_at(trainer *w, size_t t, size_t n, uint64_t number)
{
    const double nan = (double)NAN;
    if (t < 1 || t > w->k->T || n < 2) return (trainer_probe){nan, nan, nan, nan};
    const size_t D = w->data.D, P = w->net->parameters;
    const trainer_slice s = w->slice[TRAINER_SLICES - 1]; /* never empty */
    trainer_probe p = {0};
    memset(w->spare, 0, P * sizeof *w->spare);
    for (size_t i = 0; i < n; i++) {
        counter_rng rng = counter_start(w->config.seed, STREAM_PROBE, number, i);
        w->data.draw(s.x_0, number * n + i, &rng, w->data.params);
        for (size_t d = 0; d < D; d++) s.eps[d] = (real)counter_normal(&rng);
        loss_input(s.input, s.x_0, s.eps, &t, 1, D, w->k);
        w->net->forward(w->net, s.out, s.input, &t, 1, w->theta, w->workspace[0]);
        double loss;
        loss_batch(&loss, s.d_out, s.out, s.x_0, s.eps, &t, 1, D, w->k, 1.0);
        p.loss += loss / (double)n;
        p.out_square += square(s.d_out, w->net->out) / (double)n;
        memset(s.gradient, 0, P * sizeof *s.gradient);
        w->net->backward(w->net, s.gradient, s.d_out, s.input, &t, 1, w->theta, w->workspace[0]);
        p.square += square(s.gradient, P) / (double)n;
        for (size_t j = 0; j < P; j++) w->spare[j] += s.gradient[j] / (real)n;
    }
    p.mean_square = ((double)n * square(w->spare, P) - p.square) / (double)(n - 1);
    return p;
}
