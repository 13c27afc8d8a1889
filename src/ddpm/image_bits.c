/* image_bits.c -- bits per dimension of an image model, measured. */
#include "ddpm/image_bits.h"

#include <stdlib.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>

#include "check/check.h"
#include "ddpm/progress.h"

static _Noreturn void no_memory(void)
{
    check_refuse("ddpm eval: out of memory");
}

/* ---- The passes ------------------------------------------------------------------------------ */

static int watch(size_t pairs, void *params)
{
    progress *p = params;
    if (progress_due(p, pairs))
        progress_show(p, pairs, "%.0f images/s", (double)pairs / (progress_seconds(p) + 1e-9));
    return 0;
}

static bits_pass *ask(denoise *w, const bits_plan *plan, const images *data, const char *what)
{
    progress p = progress_start(what, 0, plan->pairs);
    int status;
    gsl_error_handler_t *old = gsl_set_error_handler_off();
    bits_pass *pass = bits_pass_alloc(w, plan, data->pixel, watch, &p, &status);
    gsl_set_error_handler(old);
    progress_end(&p);
    if (status == GSL_ERANGE) {
        fprintf(stderr, "ddpm eval: the network's output is not a finite number\n");
        exit(1);
    }
    if (!pass) no_memory();
    return pass;
}

static bits_plan *make_plan(const schedule *s, const images *data, size_t calls, uint64_t seed,
                            bool training)
{
    bits_plan *plan = bits_plan_alloc(s, data->n, GSL_MAX(calls, 4 * s->T), seed, training);
    if (!plan) no_memory();
    return plan;
}

/* The variances that training images like best. */
static void find_best(image_bits *b, denoise *w)
{
    b->plan_training = make_plan(b->s, b->train, b->calls / 2, b->seed, true);
    bits_pass *training = ask(w, b->plan_training, b->train, "variances: call");
    for (size_t clip = 0; clip < 2; clip++) {
        const int status =
            bits_best_sigma2(b->table[2 + clip], &b->best_cost[clip], training, clip == 1, w->pool);
        if (status != GSL_SUCCESS)
            check_refuse("ddpm eval: no best variance: %s", gsl_strerror(status));
    }
    bits_pass_free(training);
}

static void make_tables(image_bits *b)
{
    for (size_t i = 0; i < 4; i++) {
        b->table[i] = calloc(b->s->T + 1, sizeof **b->table);
        if (!b->table[i]) no_memory();
    }
    bits_sigma2(b->table[0], b->s, SIGMA_BETA);
    bits_sigma2(b->table[1], b->s, SIGMA_BETA_TILDE);
    for (size_t i = 0; i < IMAGE_BITS_LEARNED; i++)
        b->kernel[i] = (bits_kernel){.sigma2 = b->table[i < 3                       ? i
                                                        : i == IMAGE_BITS_BEST_CLIP ? 3
                                                                                    : i - 3],
                                     .clip = i >= 3};
}

/* ---- Bounds and baselines -------------------------------------------------------------------- */

static void find_bound(image_bits *b, size_t choice, parallel *pool)
{
    bits_kernel kernel = b->kernel[choice];
    b->bound[choice] = bits_bound_alloc(b->pass, &kernel, pool);
    if (!b->bound[choice]) no_memory();
    if (!kernel.sigma2) return;
    kernel.decoder = bits_decoder_tanh;
    evaluate_bound *other = bits_bound_alloc(b->pass, &kernel, pool);
    if (!other) no_memory();
    b->tanh[choice] = evaluate_bits(other->total, b->D);
    evaluate_bound_free(other);
}

static void count_images(image_bits *b)
{
    b->least_images = b->plan->images;
    for (size_t t = 1; t <= b->s->T; t++) {
        const size_t n = b->plan->first[t + 1] - b->plan->first[t];
        b->least_images = GSL_MIN(b->least_images, n);
        b->most_images = GSL_MAX(b->most_images, n);
    }
}

/* Laplace's rule for one histogram; a 1/32 for the places, most of which have one value only. */
static void find_baselines(image_bits *b)
{
    const images *a = b->train, *z = b->test;
    b->histogram = baseline_histogram(a->pixel, a->n, z->pixel, z->n, b->D);
    b->places = baseline_places(a->pixel, a->n, z->pixel, z->n, b->D, 1.0 / 32.0);
    b->deflate = baseline_deflate(z->pixel, z->n, b->D);
}

static bool is_worse(const image_bits *b)
{
    for (size_t i = 0; i < b->choices; i++) {
        const evaluate_number bits = evaluate_bits(b->bound[i]->total, b->D);
        if (bits.value - 3.0 * bits.error <= 8.0) return false;
    }
    return true;
}

void image_bits_measure(image_bits *b, denoise *w)
{
    b->s = w->k->s;
    b->D = w->D;
    b->choices = w->sigma == TASK_LEARNED ? IMAGE_BITS_CHOICES : IMAGE_BITS_LEARNED;
    make_tables(b);
    find_best(b, w);
    b->plan = make_plan(b->s, b->test, b->calls, b->seed, false);
    count_images(b);
    b->pass = ask(w, b->plan, b->test, "bound: call");
    for (size_t i = 0; i < b->choices; i++) find_bound(b, i, w->pool);
    find_baselines(b);
    b->worse_than_uniform = is_worse(b);
}

void image_bits_free(image_bits *b)
{
    for (size_t i = 0; i < 4; i++) free(b->table[i]);
    for (size_t i = 0; i < IMAGE_BITS_CHOICES; i++) evaluate_bound_free(b->bound[i]);
    bits_pass_free(b->pass);
    bits_plan_free(b->plan);
    bits_plan_free(b->plan_training);
}
