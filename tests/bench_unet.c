/* bench_unet.c -- the U-Net's training and sampling throughput, and the numbers that bench_unet.py checks.
 *
 * usage: bench_unet train WIDTH SECONDS [THREADS]     images/s of whole training steps, batch 64
 *        bench_unet sample WIDTH SECONDS [THREADS]    images/s of sampling steps, 64 images at a time
 *        bench_unet write WIDTH FILE                  a checkpoint: parameters, x, t, outputs, gradients
 *
 * A training step is a whole one (src/train/trainer.h): draw x_0, t and eps; forward; L_simple; backward;
 * Adam; average.  A sampling step is one t of Algorithm 2 for one image; 1000 of them make a sample.
 * The best of five stretches counts, as in bench_unet.py.  One line: images/s, GF/s, peak GF/s, MB of
 * memory, settings.  GF/s count the multiplications and additions that the formulas have (unet_flops),
 * three times the forward ones in training; Winograd's method needs fewer, so they may exceed the peak,
 * which is that of fused multiply-adds on registers.  BENCH_CLOCK=cpu measures processor time. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "net/checkpoint.h"
#include "net/kernel.h"
#include "net/unet.h"
#include "peak.h"
#include "train/denoise.h"
#include "train/trainer.h"

enum { BATCH = 64, T = 1000, PIXELS = 28 * 28, STRETCHES = 6 };

/* A bright stripe at a random place: it costs nothing to draw. */
static void draw_stripe(real *x_0, uint64_t index, counter_rng *rng, const void *params)
{
    (void)index, (void)params;
    const size_t column = counter_below(rng, 28);
    for (size_t i = 0; i < PIXELS; i++) x_0[i] = i % 28 == column ? 1 : -1;
}

static double memory(void)
{
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return (double)use.ru_maxrss / 1024.0;
}

typedef struct job {
    trainer *w;
    denoise *use;
    double *x;
    size_t *t;
    double until;
    int steps;
} job;

static void train_for(job *j, double seconds)
{
    const double begin = peak_now();
    for (j->steps = 0; peak_now() - begin < seconds; j->steps++) trainer_step(j->w);
}

static int stop_in_time(size_t t, const double *x, size_t n, void *params)
{
    job *j = params;
    (void)x, (void)n;
    if (t < T) j->steps++;
    return peak_now() > j->until;
}

static void sample_for(job *j, double seconds)
{
    denoise_options how = {.seed = 1, .watch = stop_in_time, .params = j};
    j->steps = 0;
    j->until = peak_now() + seconds;
    while (peak_now() < j->until) denoise_sample(j->use, j->x, BATCH, &how);
}

static int run(bool training, size_t width, double seconds, size_t threads)
{
    char error[200] = "out of memory";
    static double x[BATCH * PIXELS];
    const unet_spec spec = unet_default(width, T);
    const adapt_data data = {PIXELS, draw_stripe, NULL};
    trainer_config config = trainer_defaults();
    config.batch = BATCH, config.threads = threads, config.steps = 1000000;
    schedule *s = schedule_linear_alloc(T, 1e-4, 0.02);
    task *k = task_alloc(s, "eps", "simple", "beta", error, sizeof error);
    network *net = unet_alloc(&spec, error, sizeof error);
    job j = {.x = x};
    j.w = k && net ? trainer_alloc(net, k, &data, &config, error, sizeof error) : NULL;
    if (j.w) j.use = denoise_alloc(net, k, j.w->theta, threads);
    if (!j.use) {
        fprintf(stderr, "bench_unet: %s\n", error);
        return 2;
    }
    const double top = peak(j.w->pool);
    double best = 0.0;
    for (int stretch = 0; stretch < STRETCHES; stretch++) { /* the first one warms up */
        const double begin = peak_now();
        if (training)
            train_for(&j, seconds / STRETCHES);
        else
            sample_for(&j, seconds / STRETCHES);
        if (stretch > 0) best = fmax(best, BATCH * j.steps / (peak_now() - begin));
    }
    printf("%.1f %.1f %.1f %.0f %s, %zu threads", best,
           best * unet_flops(&spec) * (training ? 3.0 : 1.0) * 1e-9, top, memory(),
           kernel_name(kernel_in_use()), parallel_threads(j.w->pool));
    if (training) printf(", loss %.3f", j.w->loss);
    printf("\n");
    denoise_free(j.use);
    trainer_free(j.w);
    network_free(net);
    task_free(k);
    schedule_free(s);
    return 0;
}

/* ---- What PyTorch is compared with ---- */

static void must(bool fine, const char *error)
{
    if (fine) return;
    fprintf(stderr, "bench_unet: %s\n", error);
    exit(2);
}

static real *numbers(size_t n)
{
    real *x = calloc(n, sizeof *x);
    must(x != NULL, "out of memory");
    return x;
}

static int write_checkpoint(size_t width, const char *path)
{
    enum { N = 5 };
    char error[300] = "out of memory", name[100];
    const unet_spec spec = unet_default(width, T);
    network *net = unet_alloc(&spec, error, sizeof error);
    checkpoint *c = checkpoint_alloc();
    must(net && c, error);
    counter_rng rng = counter_start(1, 77, 0, 0);
    real *theta = numbers(net->parameters), *gradient = numbers(net->parameters);
    real *x = numbers(N * PIXELS), *out = numbers(N * PIXELS), *d_out = numbers(N * PIXELS);
    real *spare = numbers(N * PIXELS), *workspace = numbers(net->workspace(net, N));
    size_t t[N];
    int64_t times[N];
    net->init(net, theta, 1);
    for (size_t i = 0; i < net->parameters; i++) theta[i] += (real)(0.05 * counter_normal(&rng));
    for (size_t i = 0; i < N * PIXELS; i++) x[i] = (real)counter_normal(&rng);
    for (size_t i = 0; i < N * PIXELS; i++) spare[i] = d_out[i] = (real)counter_normal(&rng);
    for (size_t i = 0; i < N; i++) times[i] = (int64_t)(t[i] = 1 + counter_below(&rng, T));
    net->forward(net, out, x, t, N, theta, workspace);
    net->backward(net, gradient, spare, x, t, N, theta, workspace);
    for (size_t i = 0; i < net->tensors; i++) {
        const network_tensor *v = &net->tensor[i];
        must(checkpoint_add(c, v->name, SAFETENSORS_F32, v->rank, v->shape, theta + v->at, error,
                            sizeof error),
             error);
        snprintf(name, sizeof name, "gradient.%s", v->name);
        must(checkpoint_add(c, name, SAFETENSORS_F32, v->rank, v->shape, gradient + v->at, error,
                            sizeof error),
             error);
    }
    const size_t shape[] = {N, 1, 28, 28};
    must(checkpoint_add(c, "t", SAFETENSORS_I64, 1, shape, times, error, sizeof error) &&
             checkpoint_add(c, "x", SAFETENSORS_F32, 4, shape, x, error, sizeof error) &&
             checkpoint_add(c, "out", SAFETENSORS_F32, 4, shape, out, error, sizeof error) &&
             checkpoint_add(c, "d_out", SAFETENSORS_F32, 4, shape, d_out, error, sizeof error) &&
             checkpoint_write(c, path, error, sizeof error),
         error);
    checkpoint_free(c);
    network_free(net);
    free(theta), free(gradient), free(x), free(out), free(d_out), free(spare), free(workspace);
    return 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 3 ? argv[1] : "";
    const size_t width = argc > 3 ? (size_t)atol(argv[2]) : 0;
    const size_t threads = argc > 4 ? (size_t)atol(argv[4]) : 0;
    if (strcmp(what, "write") == 0) return write_checkpoint(width, argv[3]);
    if (strcmp(what, "train") == 0) return run(true, width, atof(argv[3]), threads);
    if (strcmp(what, "sample") == 0) return run(false, width, atof(argv[3]), threads);
    fprintf(stderr, "usage: bench_unet train|sample WIDTH SECONDS [THREADS] | write WIDTH FILE\n");
    return 2;
}
