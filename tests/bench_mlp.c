/* bench_mlp.c -- how fast the default network trains, and how much of the processor that is.
 *
 * usage: bench_mlp SECONDS [BATCH [THREADS]]      one line: steps per second, GF/s, peak GF/s, settings
 *        bench_mlp --layers                       GF/s of each product of a layer, one thread
 *
 * A step is a whole one (src/train/trainer.h): draw x_0 (ring of eight), t and eps; forward; L_simple;
 * backward; Adam; average.  The best stretch of a tenth of a second counts, as in bench_mlp.py.  Multiplications and
 * additions are counted for the products that are needed, not for padding.  The peak is that of fused
 * multiply-adds on registers, on as many threads, just before. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/dense.h"
#include "net/gemm.h"
#include "net/kernel.h"
#include "net/mlp.h"
#include "peak.h"
#include "train/trainer.h"

/* ---- A layer ---- */

static real *numbers(size_t n)
{
    real *x = aligned_alloc(64, (n * sizeof *x + 63) / 64 * 64);
    if (!x) exit(2);
    for (size_t i = 0; i < n; i++) x[i] = (real)((double)(i * 37 % 101) / 1000.0 - 0.05);
    return x;
}

enum { WIDTH = 128, SAMPLES = 64, PRODUCTS = 5 };

static void layers(void)
{
    static const char *const names[PRODUCTS] = {"forward", "forward and SiLU",
                                                "input gradient, times slope", "weight gradient",
                                                "SiLU alone, ns per number"};
    const size_t row = dense_row(SAMPLES);
    real *x = numbers(WIDTH * row), *y = numbers(WIDTH * row), *slope = numbers(WIDTH * row);
    real *w = numbers(WIDTH * WIDTH), *dw = numbers(WIDTH * WIDTH), *b = numbers(WIDTH),
         *pack = numbers(GEMM_PACK);
    parallel *alone = parallel_alloc(1);
    for (kernel_isa isa = KERNEL_BASELINE; isa < KERNEL_SETS; isa++) {
        if (kernel_limit(isa) != isa) continue;
        double best[PRODUCTS] = {0};
        for (int round = 0; round < 400; round++)
            for (int k = 0; k < PRODUCTS; k++) {
                const double begin = peak_now();
                for (int i = 0; i < 10; i++) {
                    if (k == 0) dense_forward(y, x, w, b, WIDTH, WIDTH, SAMPLES, row, pack);
                    if (k == 1)
                        dense_act_forward(y, slope, x, w, b, ACT_SILU, WIDTH, WIDTH, SAMPLES, row,
                                          pack);
                    if (k == 2)
                        dense_backward_input(y, slope, x, w, WIDTH, WIDTH, SAMPLES, row, pack);
                    if (k == 3)
                        dense_backward_weight(dw, b, y, x, WIDTH, WIDTH, SAMPLES, row, pack);
                    if (k == 4) act_forward(y, slope, x, WIDTH * SAMPLES, ACT_SILU);
                }
                best[k] =
                    fmax(best[k], 10.0 * 2.0 * WIDTH * WIDTH * SAMPLES * 1e-9 / (peak_now() - begin));
            }
        printf("%s: peak %.1f GF/s on one thread; %d samples, %d to %d:\n", kernel_name(isa),
               peak(alone), SAMPLES, WIDTH, WIDTH);
        for (int k = 0; k < PRODUCTS; k++)
            printf("  %-28s %6.2f\n", names[k], k < 4 ? best[k] : 2.0 * WIDTH / best[k]);
    }
    free(x), free(y), free(slope), free(w), free(dw), free(b), free(pack);
    parallel_free(alone);
}

/* ---- Training ---- */

static void draw_ring(real *x_0, uint64_t index, counter_rng *rng, const void *params)
{
    const double angle = (double)counter_below(rng, 8) * (acos(-1.0) / 4.0);
    (void)index, (void)params;
    x_0[0] = (real)(cos(angle) + 0.1 * counter_normal(rng));
    x_0[1] = (real)(sin(angle) + 0.1 * counter_normal(rng));
}

/* Forward, both gradients of every layer but the first, whose input needs none. */
static double flops_per_sample(const network *net)
{
    double forward = 0.0;
    for (size_t i = 0; i < net->tensors; i++)
        if (net->tensor[i].rank == 2) forward += 2.0 * (double)net->tensor[i].size;
    return 3.0 * forward - 2.0 * (double)net->tensor[0].size;
}

static int training(double seconds, size_t batch, size_t threads)
{
    char error[200];
    const mlp_spec spec = mlp_default(2, 1000);
    const adapt_data data = {2, draw_ring, NULL};
    trainer_config config = trainer_defaults();
    config.batch = batch;
    config.threads = threads;
    config.steps = 1000000;
    schedule *s = schedule_linear_alloc(1000, 1e-4, 0.02);
    task *k = task_alloc(s, "eps", "simple", "beta", error, sizeof error);
    network *net = mlp_alloc(&spec, error, sizeof error);
    trainer *w = k && net ? trainer_alloc(net, k, &data, &config, error, sizeof error) : NULL;
    if (!w) {
        fprintf(stderr, "bench_mlp: %s\n", error);
        return 2;
    }
    const double top = peak(w->pool);
    double best = 0.0;
    const double start = peak_now();
    for (double begin = start; begin - start < seconds; begin = peak_now()) {
        int steps = 0;
        for (; peak_now() - begin < 0.1; steps++) trainer_step(w);
        if (begin - start > seconds / 10.0) best = fmax(best, steps / (peak_now() - begin));
    }
    const double work = best * (double)batch * flops_per_sample(net) * 1e-9;
    printf("%.1f %.1f %.1f %s, %zu threads, loss %.3f\n", best, work, top,
           kernel_name(kernel_in_use()), parallel_threads(w->pool), w->loss);
    trainer_free(w);
    network_free(net);
    task_free(k);
    schedule_free(s);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--layers") == 0) {
        layers();
        return 0;
    }
    if (argc < 2) {
        fprintf(stderr, "usage: bench_mlp SECONDS [BATCH [THREADS]] | --layers\n");
        return 2;
    }
    return training(atof(argv[1]), argc > 2 ? (size_t)atol(argv[2]) : 512,
                    argc > 3 ? (size_t)atol(argv[3]) : 0);
}
